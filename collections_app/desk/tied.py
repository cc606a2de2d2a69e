"""The tie line in words: what the two books may not share, each with its document and customer."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collections_app.desk.panels import CauseRow, Tie
from collections_app.standings import tie
from collections_app.standings.tie_rules import Cause
from common.money import ZERO
from receivables import journal_rules as journal

WORDS: dict[str, Any] = {
    journal.RECEIPT: _("Payment that the ledger did not have that day"),
    journal.CREDIT_NOTE: _("Credit note that the ledger did not have that day"),
    journal.REFUND: _("Refund that the ledger did not have that day"),
    journal.EXCHANGE: _("Currency exchange that the ledger did not have that day"),
    journal.DISCOUNT: _("Cash discount that the ledger did not have that day"),
    journal.DIFFERENCE: _("Difference that the ledger did not have that day"),
    journal.WRITE_OFF: _("Write-off that the ledger did not have that day"),
    journal.VAT: _("Write-off that the ledger did not have that day"),
    journal.CHARGE: _("Charge that the ledger did not have that day"),
    tie.BILLED_HERE: _("Invoice made here that the ledger did not have that day"),
    tie.LISTED: _("The ledger's list had it otherwise"),
    tie.OPEN_ITEM: _("Open here with exactly this amount"),
    tie.INVOICE: _("Invoice of the last days"),
    tie.REPORTED_PAYMENT: _("Payment of the last days"),
    tie.REPORTED_CREDIT: _("Credit note of the last days"),
    tie.REFUNDED: _("Credit note settled in the last days"),
}


def row(found: tie.Tie) -> Tie:
    explanation = found.explanation
    return Tie(
        currency=found.currency,
        ours=found.ours,
        ledger=found.ledger,
        difference=found.difference,
        is_tied=found.is_tied,
        causes=[_cause(one) for one in explanation.causes] if explanation else [],
        left=explanation.left if explanation else ZERO,
    )


def rows(on: date) -> list[Tie]:
    """Every currency of the day."""
    return [row(found) for found in tie.ties(on=on)]


def _cause(cause: Cause) -> CauseRow:
    url = reverse("desk:customer", args=[cause.customer]) if cause.customer else ""
    return CauseRow(str(WORDS[cause.what]), cause.document, cause.customer, url, cause.amount)
