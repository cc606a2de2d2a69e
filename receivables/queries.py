"""Reading what the ledger knows beside its rows: rates of a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max, Q

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
