"""What people call the kinds of rows and accounts of the journal."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from receivables import journal_rules as rules
from receivables.models import Charge, Code

KINDS: dict[str, Any] = {
    rules.RECEIPT: _("Receipt"),
    rules.ALLOCATION: _("Allocation"),
    rules.CREDIT_NOTE: _("Credit note"),
    rules.REFUND: _("Refund"),
    rules.EXCHANGE: _("Currency exchange"),
    rules.CHARGE: _("Charge"),
    rules.DISCOUNT: _("Cash discount"),
    rules.DIFFERENCE: _("Difference"),
    rules.WRITE_OFF: _("Write-off"),
    rules.VAT: _("VAT share"),
    rules.HAND_IN: _("Difference of a hand-in"),
    rules.DEPOSIT: _("Cash deposited"),
}

ACCOUNTS: dict[str, Any] = {
    rules.BANK: _("Bank"),
    rules.CASH: _("Cash in hand of reps"),
    rules.RECEIVABLES: _("Receivables"),
    rules.UNAPPLIED: _("Unapplied money and free credit"),
    rules.VAT: _("VAT"),
    rules.CREDIT_NOTE: _("Credit notes given"),
    rules.EXCHANGE: _("Currency exchange, clearing"),
    rules.EXCHANGE_DIFFERENCE: _("Currency differences"),
    rules.CASH_DIFFERENCE: _("Cash differences"),
}


def account_choices() -> list[tuple[str, Any]]:
    """Every kind of account, in the order of the sample chart."""
    words = ACCOUNTS | dict(Code.choices) | dict(Charge.Kind.choices)
    return [(kind, words[kind]) for kind in rules.SAMPLE_CHART]
