"""What we hold of a customer that settles nothing yet: money without an invoice, and free credit notes."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q

from common.money import ZERO
from customers.models import Customer
from receivables.models import CreditNote, Payment


@dataclass(frozen=True, slots=True)
class Held:
    """Of one customer and currency, as of now: whatever day a letter is of, its reader knows what was sent since."""

    unapplied_amount: Decimal = ZERO
    credit_amount: Decimal = ZERO
    credit_notes: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        return self.unapplied_amount + self.credit_amount


@dataclass(slots=True)
class _Sum:
    unapplied: Decimal = ZERO
    credit: Decimal = ZERO
    numbers: list[str] = field(default_factory=list)


def held(customer: Customer | None = None) -> dict[tuple[int, str], Held]:
    """By customer and currency, of one customer or of all. Two queries."""
    scope = Q(unapplied_amount__gt=0) if customer is None else Q(unapplied_amount__gt=0, customer=customer)
    sums: dict[tuple[int, str], _Sum] = defaultdict(_Sum)
    for key, currency, amount in Payment.objects.filter(scope).values_list(
        "customer_id", "currency", "unapplied_amount"
    ):
        sums[key, currency].unapplied += amount
    notes = CreditNote.objects.filter(scope).order_by("issued_on", "number", "pk")
    for key, currency, number, amount in notes.values_list("customer_id", "currency", "number", "unapplied_amount"):
        sums[key, currency].credit += amount
        sums[key, currency].numbers.append(number)
    return {key: Held(one.unapplied, one.credit, tuple(one.numbers)) for key, one in sums.items()}
