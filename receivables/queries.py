"""Reading what the ledger knows beside its rows: rates of a day, and the order in which money settles."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max, Q

from contracts.models import Contract
from customers.models import Customer
from receivables.models import Rate
from staff.models import Business

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Stated:
    """One unit of a currency in the base currency, and the day of which the rate is."""

    rate: Decimal
    on: date


def base_currency() -> str:
    return Business.objects.order_by("pk").values_list("base_currency", flat=True).first() or "EUR"


def rates_on(day: date, *, base: str) -> dict[str, Stated]:
    """By currency the newest stated rate not after the day. A currency without one is missing; the base is 1."""
    newest = Rate.objects.filter(on__lte=day).order_by().values_list("currency").annotate(newest=Max("on"))
    wanted = Q(pk__in=[])
    for currency, on in newest:
        wanted |= Q(currency=currency, on=on)
    found = {rate.currency: Stated(rate.rate, rate.on) for rate in Rate.objects.filter(wanted).order_by("pk")}
    return found | {base: Stated(ONE, day)}


def charges_first(customer: Customer, on: date) -> bool:
    """Does money settle cost and interest before principal? The contract decides, else the law of the place."""
    running = Contract.objects.filter(customer=customer, state=Contract.State.ACTIVE, starts_on__lte=on)
    running = running.filter(Q(ends_before=None) | Q(ends_before__gt=on)).exclude(charges_first=None)
    agreed = running.order_by("-starts_on", "-pk").values_list("charges_first", flat=True).first()
    if agreed is not None:
        return agreed
    ours = Business.objects.order_by("pk").values_list("charges_first", flat=True).first()
    return True if ours is None else ours
