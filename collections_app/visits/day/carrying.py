"""What a rep takes along: copies of the invoices that are asked for, the papers a customer wants, the receipt book."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.visits.models import Stop
from receivables.models import Invoice

SHOWN = 4  # invoices of a stop that are named


@dataclass(frozen=True, slots=True)
class Copy:
    """An invoice that is asked for; without an address where it is not known any more."""

    number: str
    url: str


@dataclass(frozen=True, slots=True)
class Carry:
    """For one stop. `more` are invoices that are not named."""

    copies: tuple[Copy, ...] = ()
    more: int = 0
    papers: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return len(self.copies) + self.more


def carry_of(stops: Sequence[Stop]) -> dict[int, Carry]:
    """By stop. One statement at any size."""
    asked = {stop.pk: _asked(stop) for stop in stops}
    numbers = {number for some in asked.values() for number in some[:SHOWN]}
    rows = Invoice.objects.filter(customer__in={stop.customer_id for stop in stops}, number__in=numbers)
    keys = {(customer, number): key for customer, number, key in rows.values_list("customer", "number", "pk")}
    return {stop.pk: _carry(stop, asked[stop.pk], keys) for stop in stops}


def _asked(stop: Stop) -> list[str]:
    return list((stop.card.get("say") or {}).get("invoices") or ()) if stop.state == Stop.State.PLANNED else []


def _carry(stop: Stop, numbers: Sequence[str], keys: Mapping[tuple[int, str], int]) -> Carry:
    shown = numbers[:SHOWN]
    return Carry(
        copies=tuple(Copy(number, _copy_url(keys.get((stop.customer_id, number)))) for number in shown),
        more=len(numbers) - len(shown),
        papers=tuple(stop.card.get("papers") or ()),
    )


def _copy_url(key: int | None) -> str:
    return reverse("letters:invoice-copy", args=[key]) if key is not None else ""


def for_the_bag(rows: Iterable[Carry]) -> list[str]:
    """Everything for the whole round: "Receipt book", "24 invoice copies", "VAT invoice for 3 customers"."""
    rows = list(rows)
    copies = sum(row.count for row in rows)
    wanted: dict[str, int] = {}
    for row in rows:
        for paper in row.papers:
            wanted[paper] = wanted.get(paper, 0) + 1
    found = [_("Receipt book")]
    if copies:
        found.append(ngettext("%(count)s invoice copy", "%(count)s invoice copies", copies) % {"count": copies})
    for paper, count in sorted(wanted.items()):
        words = ngettext("%(paper)s for %(count)s customer", "%(paper)s for %(count)s customers", count)
        found.append(words % {"paper": paper, "count": count})
    return found
