"""What the linter of clauses found and proposes, as sentences to readers."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracts.clause_grammar import Kind
from contracts.clause_proposals import Proposal

_REASONS: dict[Kind, Callable[[], str]] = {
    Kind.SALE: lambda: _("Nobody knows when the goods will be sold on."),
    Kind.COLLECTION: lambda: _("Nobody knows when the customer's own customers will pay."),
    Kind.FUNDS: lambda: _("The customer alone knows when there is money to pay."),
    Kind.SEASON: lambda: _("A season or a festival has no agreed day."),
    Kind.EVENT: lambda: _("Nobody knows when this will happen."),
    Kind.REORDER: lambda: _("The next order may never come."),
    Kind.MONTH: lambda: _("A month or a year without its day is not a date."),
    Kind.VAGUE: lambda: _("From these words no day follows."),
    Kind.AGREEMENT: lambda: _("The day is left to a later agreement."),
    Kind.DISCRETION: lambda: _("The customer may choose the day."),
    Kind.ESTIMATE: lambda: _("The day is only estimated."),
    Kind.FIRST_DAY: lambda: _("This is a first day for payment; the last one is missing."),
    Kind.NO_DATE: lambda: _("It does not say when payment is due."),
}


def reason(kind: Kind) -> str:
    """Why no date follows from the marked words."""
    return _REASONS[kind]()


def proposed(proposal: Proposal) -> str:
    """The computable rule as it could stand in the contract."""
    if proposal.method == "fixed":
        return _("A full calendar date, with its year.")
    days: int = proposal.terms.get("days") or proposal.terms.get("max_days", 0)
    facts: dict[str, Any] = {"days": days}
    if proposal.method == "consignment":
        sentence = ngettext(
            "Goods are due when they are counted as sold; the rest comes back or is bought after %(days)s day.",
            "Goods are due when they are counted as sold; the rest comes back or is bought after %(days)s days.",
            days,
        )
    elif proposal.method == "two_deliveries":
        sentence = ngettext(
            "The next batch leaves when this one is settled, at the latest %(days)s day after delivery.",
            "The next batch leaves when this one is settled, at the latest %(days)s days after delivery.",
            days,
        )
    elif proposal.terms.get("from") == "delivery":
        sentence = ngettext("%(days)s day after delivery.", "%(days)s days after delivery.", days)
    else:
        sentence = ngettext("%(days)s day after the invoice.", "%(days)s days after the invoice.", days)
    return sentence % facts
