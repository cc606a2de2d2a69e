"""How often we have begun a contact with customers lately: one statement at any number of them."""

from collections.abc import Collection
from datetime import date

from django.db.models import Count, Exists, OuterRef

from collections_app.cases.models import ContactMade
from collections_app.visits.conduct import WEEK
from collections_app.visits.models import Appointment

BEGUN_BY_US = ("visit", "call", "mail")  # a letter is a notice


def begun(*, on: date, customers: Collection[int]) -> dict[int, int]:
    """By customer: contacts that we began in the seven days up to this one. Whoever had none is missing.

    A visit for which the customer gave an appointment is its own wish, and none of ours.
    """
    agreed = Appointment.objects.filter(customer=OuterRef("customer"), on=OuterRef("made_on"), cancelled_at=None)
    made = ContactMade.objects.filter(
        customer__in=customers, channel__in=BEGUN_BY_US, made_on__gt=on - WEEK, made_on__lte=on
    )
    found = made.exclude(Exists(agreed), channel="visit").order_by().values("customer").annotate(number=Count("pk"))
    return dict(found.values_list("customer", "number"))
