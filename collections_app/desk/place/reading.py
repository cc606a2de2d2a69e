"""Where a customer lies beside its rep's start and its neighbours, who has no position yet, and what looks wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.desk import lists
from collections_app.visits.drawn import Drawing, draw
from collections_app.visits.models import LeftOut
from common import distance
from common.columns import MoneyField
from common.templatetags.ui import active_locale
from customers import coordinates
from customers.coordinates import Position
from customers.models import Contact, Customer, Site
from receivables.queries import Stated
from staff.models import Business, User

AROUND = 1  # degrees to the north and the south in which neighbours are looked for
DRAWN, NAMED = 30, 5  # neighbours on the map, and in words
COARSE = (Site.Precision.POSTCODE, Site.Precision.CITY)


@dataclass(frozen=True, slots=True)
class Spot:
    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True, slots=True)
class Near:
    """Another customer, or where the rep's day begins, as the crow flies."""

    name: str
    url: str
    way: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The map, and in words what is on it."""

    map: Drawing
    start: Near | None
    near: tuple[Near, ...]
    credit: str


def surroundings(customer: Customer, position: Position, *, user: User) -> Surroundings:
    """Of a position that is known, or only looked at; neighbours are those that the person may see."""
    here, start = Spot(*position), _start(customer)
    neighbours = _neighbours(customer, here, user)
    where = Near(_("where the day begins (H)"), "", kilometres(here, start)) if start else None
    return Surroundings(
        map=draw(
            stops=[here],
            labels=["×"],
            start=start,
            others=[spot for spot, _row in neighbours[:DRAWN]],
            is_round=False,
            tiles=settings.MAP_TILES,
        ),
        start=where,
        near=tuple(
            Near(row["customer__name"], reverse("desk:customer", args=[row["customer__code"]]), kilometres(here, spot))
            for spot, row in neighbours[:NAMED]
        ),
        credit=settings.MAP_CREDIT,
    )


def _start(customer: Customer) -> Spot | None:
    """Where its rep's day begins, else the business."""
    for whose in (customer.owner, Business.objects.order_by("pk").first()):
        if whose is not None and whose.latitude is not None and whose.longitude is not None:
            return Spot(whose.latitude, whose.longitude)
    return None


def _neighbours(customer: Customer, here: Spot, user: User) -> list[tuple[Spot, dict[str, Any]]]:
    """The nearest first."""
    rows = (
        Site.objects.filter(
            customer__in=Customer.objects.visible_to(user).exclude(pk=customer.pk),
            latitude__range=(here.latitude - AROUND, here.latitude + AROUND),
            longitude__range=(here.longitude - 2 * AROUND, here.longitude + 2 * AROUND),
        )
        .order_by("customer", "-pays_here", "pk")
        .values("latitude", "longitude", "customer", "customer__name", "customer__code")
    )
    first: dict[int, Any] = {}
    for row in rows:
        first.setdefault(row["customer"], row)
    found = [(Spot(row["latitude"], row["longitude"]), row) for row in first.values()]
    return sorted(found, key=lambda one: (_metres(here, one[0]), one[1]["customer"]))


def _metres(one: Spot, other: Spot) -> float:
    return distance.as_the_crow_flies(one.latitude, one.longitude, other.latitude, other.longitude)


def kilometres(one: Spot, other: Spot) -> str:
    """ "12.4 km" as the crow flies."""
    return _km(_metres(one, other))


def _km(metres: float) -> str:
    pattern = "#,##0.#" if metres < 100_000 else "#,##0"
    return _("%(kilometres)s km") % {
        "kilometres": format_decimal(Decimal(metres) / 1000, format=pattern, locale=active_locale())
    }


def doubt(customer: Customer, position: Position, country: str) -> str:
    """A sentence where the position lies far from all other customers of its country; it may be right."""
    of_country = Q(country=country) | Q(country="", customer__country=country)
    sites = Site.objects.filter(of_country).exclude(customer=customer)
    others = [
        (north, east)
        for north, east in (sites.values_list("latitude", "longitude") if country else ())
        if north is not None and east is not None
    ]
    found = coordinates.doubt(position, others)
    if found is None:
        return ""
    facts = {"way": _km(found.metres), "country": country}
    if found.is_swapped:
        return (
            _(
                "It lies %(way)s from the next customer in %(country)s. Are latitude and longitude swapped? "
                "The latitude comes first."
            )
            % facts
        )
    return _("It lies %(way)s from the next customer in %(country)s. Look at it once more.") % facts


# Who has no position


def customers(*, user: User, as_of: date, rates: Mapping[str, Stated]) -> QuerySet[Customer]:
    """With what they owe, as the list of customers has it; `worth` is that of the visit which today's plan leaves out.

    `has_position` is of any site, `is_coarse` where none is known better than by its postcode or town.
    """
    sites = Site.objects.filter(customer=OuterRef("pk"), latitude__isnull=False)
    people = Contact.objects.filter(customer=OuterRef("pk")).filter(Q(left_on=None) | Q(left_on__gt=as_of))
    left_out = LeftOut.objects.filter(customer=OuterRef("pk"), plan__on=as_of).order_by("-worth", "pk")
    return (
        lists.customers(user=user, as_of=as_of, rates=rates)
        .exclude(closed_on__lte=as_of)
        .prefetch_related("sites")
        .annotate(
            has_position=Exists(sites),
            is_coarse=Exists(sites) & ~Exists(sites.exclude(precision__in=COARSE)),
            phone=Subquery(people.exclude(phone="").order_by("pk").values("phone")[:1]),
            worth=Subquery(left_out.values("worth")[:1], output_field=MoneyField()),
        )
    )


def address(sites: Sequence[Site]) -> str:
    """Of the site that pays, else of the first."""
    site = next((site for site in sites if site.pays_here), sites[0] if sites else None)
    if site is None:
        return ""
    town = " ".join(filter(None, (site.postcode, site.city)))
    return ", ".join(filter(None, (site.street, town, site.country)))
