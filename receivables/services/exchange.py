"""Money in one currency for what is owed in another: an explicit row with a stated rate, never a hidden one."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock, money
from customers import queries as families
from customers import services as customers
from receivables import ledger, queries
from receivables.models import FxDifference, Payment, Refund
from receivables.services import checks, payments


class NotARate(checks.Refused):
    """A rate that is none, or without a source."""


@transaction.atomic
def exchange(
    *, payment: Payment, amount: Decimal, into: str, rate: Decimal, source: str, on: date, by: Actor
) -> FxDifference:
    """Turn unapplied money into another currency at a stated rate (one unit of the payment's currency in `into`).

    The result is unapplied money there. What it wins or loses against the day's rates, in the base currency, is
    kept beside it; where a rate is missing it is unknown.
    """
    checks.check_amount(amount, payment.currency)
    checks.check_day(on, not_before=payment.counts_on)
    if rate <= 0 or not rate.is_finite() or not source.strip():
        raise NotARate(_("State a rate above zero and where it is from."))
    if into == payment.currency or not money.is_known(into):
        raise NotARate(_("Choose another currency to exchange into."))
    checks.check_account(into)
    customers.lock([payment.customer_id])
    payment = Payment.objects.get(pk=payment.pk)
    if amount > payment.unapplied_amount:
        raise checks.nothing_left(payment.unapplied_amount, payment.currency)
    checks.check_free(on, payment)
    result = money.rounded(amount * rate, into)
    checks.check_amount(result, into)
    now = clock.now()
    out = Refund(payment=payment, amount=amount, paid_on=on, entered_at=now)
    made = Payment(
        customer_id=payment.customer_id,
        method="exchange",
        reference=payment.reference,
        amount=result,
        currency=into,
        received_on=payment.received_on,
        counts_on=on,
        entered_at=now,
        reported_by_ledger=payment.reported_by_ledger,
    )
    with ledger.posting(on=on, by=by) as book:
        book.refund(out, payment)
        book.receive(made)
    row = FxDifference.objects.create(
        refund=out,
        into=made,
        rate=rate,
        source=source.strip()[:60],
        exchanged_on=on,
        entered_at=now,
        difference=_difference(amount, payment.currency, result, into, on),
    )
    audit.record(verb="receivables.exchanged", subject=payment, by=by, after={"amount": amount, "into": into})
    return row


@transaction.atomic
def reverse_exchange(*, exchange: FxDifference, on: date, by: Actor, because: str) -> None:
    """Back into the first currency: what the exchanged money settled is open again, the first payment has it back."""
    customers.lock(families.family(exchange.into.customer))
    payments.reverse(exchange.into, on=on, by=by, because=because)
    payments.give_back(exchange.refund, on=on, by=by)


def _difference(amount: Decimal, currency: str, result: Decimal, into: str, on: date) -> Decimal | None:
    base = queries.base_currency()
    rates = queries.rates_on(on, base=base)
    if currency not in rates or into not in rates:
        return None
    return money.rounded(result * rates[into].rate - amount * rates[currency].rate, base)
