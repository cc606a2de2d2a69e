"""To whom a letter of business goes: the site that post reaches, and the person it is for."""

from datetime import date

from common.postal import Place
from customers.models import Contact, Customer

ADDRESSED = (Contact.Kind.FINANCE, Contact.Kind.OWNER, Contact.Kind.LEGAL)  # in this order; nobody else


def place(customer: Customer) -> Place:
    """The business address: of the sites that post reaches the one that pays, else the first."""
    sites = sorted(customer.sites.all(), key=lambda site: (not site.pays_here, site.pk))
    places = [Place(site.street, site.postcode, site.city, site.country or customer.country) for site in sites]
    reached = next((one for one in places if one.is_postal), None)
    return reached or next(iter(places), Place(country=customer.country))


def contact(customer: Customer, on: date) -> Contact | None:
    """Who answers for the money there and has not left."""
    contacts = customer.contacts.all()
    present = [one for one in contacts if one.role in ADDRESSED and (one.left_on is None or one.left_on > on)]
    return min(present, key=lambda one: (ADDRESSED.index(Contact.Kind(one.role)), one.pk), default=None)
