"""Cash above what the law of the place allows is refused, however it is split."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from common import money
from common.columns import MoneySum
from common.money import ZERO
from common.templatetags.ui import money_text
from customers.models import Customer, Site
from receivables import cash_rules, queries
from receivables.models import Allocation, CashLimit, DueItem, Invoice, PaymentMethod, Receipt, ReceiptLine
from receivables.services import checks
from staff.models import Business


class AboveCashLimit(checks.Refused):
    """More cash for one deal than the country allows."""


def check(
    payer: Customer, amount: Decimal, currency: str, lines: Iterable[tuple[DueItem, Decimal]], *, on: date
) -> None:
    """May this much cash be taken from the payer for these items? Cash for the same invoice before is added.

    The caller holds the lock of the customers, so that two halves of one deal cannot pass side by side.
    """
    limits = _in_force(payer, on)
    if not limits:
        return
    cash: dict[int | None, Decimal] = defaultdict(Decimal)
    for item, part in lines:
        cash[item.invoice_id] += part
    cash[None] = amount - sum(cash.values(), ZERO)
    most, limit = min(((_in_currency(one, currency, on), one) for one in limits), key=lambda found: found[0])
    found = cash_rules.above_limit(cash, paid=_paid_in_cash([key for key in cash if key]), limit=most)
    if found is None:
        return
    facts = {
        "limit": money_text(limit.amount, limit.currency),
        "country": limit.country,
        "basis": limit.basis,
        "left": money_text(found.allowed, currency),
    }
    if found.paid and found.deal is not None:
        facts["invoice"] = Invoice.objects.values_list("number", flat=True).get(pk=found.deal)
        facts["paid"] = money_text(found.paid, currency)
        raise AboveCashLimit(
            _(
                "%(country)s allows at most %(limit)s in cash for one deal (%(basis)s). "
                "%(paid)s of invoice %(invoice)s was paid in cash before, so %(left)s is left. "
                "Ask for a transfer or a cheque."
            )
            % facts
        )
    raise AboveCashLimit(
        _("%(country)s allows at most %(limit)s in cash for one deal (%(basis)s). Ask for a transfer or a cheque.")
        % facts
    )


def _in_force(payer: Customer, on: date) -> Sequence[CashLimit]:
    """Of the place where it is paid, and of the seller's: both laws hold."""
    ours = Business.objects.order_by("pk").values_list("country", flat=True).first() or ""
    found: list[CashLimit] = []
    for country in dict.fromkeys((_place_of(payer) or ours, ours)):
        limits = CashLimit.objects.filter(country=country, starts_on__lte=on).order_by("-starts_on", "-pk")
        found += limits[:1]
    return found


def _place_of(payer: Customer) -> str:
    if payer.country:
        return payer.country
    sites = Site.objects.filter(customer=payer).exclude(country="").order_by("pk")
    return sites.values_list("country", flat=True).first() or ""


def _in_currency(limit: CashLimit, currency: str, on: date) -> Decimal:
    """The limit holds for its equivalent in other currencies too."""
    if limit.currency == currency:
        return limit.amount
    rates = queries.rates_on(on, base=queries.base_currency())
    if limit.currency not in rates or currency not in rates:
        raise AboveCashLimit(
            _(
                "Cash in %(currency)s cannot be compared with the limit of %(country)s: a rate is missing. "
                "Ask for a transfer or a cheque."
            )
            % {"currency": currency, "country": limit.country}
        )
    return money.rounded(limit.amount * rates[limit.currency].rate / rates[currency].rate, currency)


def _paid_in_cash(invoices: list[int]) -> dict[int | None, Decimal]:
    """By invoice: what provisional receipts are meant for, and what cash payments have settled."""
    found: dict[int | None, Decimal] = defaultdict(Decimal)
    provisional = ReceiptLine.objects.filter(
        due_item__invoice__in=invoices, receipt__method=PaymentMethod.CASH, receipt__state=Receipt.State.PROVISIONAL
    )
    settled = Allocation.objects.filter(due_item__invoice__in=invoices, payment__method=PaymentMethod.CASH)
    for rows in (provisional, settled):
        totals = rows.order_by().values_list("due_item__invoice").annotate(total=MoneySum("amount"))
        for invoice, total in totals:
            found[invoice] += total
    return found
