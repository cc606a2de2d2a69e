"""The gate in the reader's words: what keeps a batch, on what ground, and what lets it go."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.cases.models import EarlyWarning
from common.templatetags import ui

Facts = Mapping[str, str]
MOST_NAMED = 5  # documents in a sentence


def cause(kind: str, amount: Decimal | None, currency: str, facts: Facts) -> str:
    """One sentence with its figures."""
    return CAUSES[kind](_amount(amount, currency), facts)


def way_out(kind: str, amount: Decimal | None, currency: str, facts: Facts) -> str:
    """What lets the batch go, as the nearest step."""
    return WAYS_OUT[kind](_amount(amount, currency), facts)


def more_causes(count: int) -> str:
    """Beside the first cause that holds a batch: what cures it is not enough."""
    return ngettext("%(count)d more cause holds it.", "%(count)d more causes hold it.", count) % {"count": count}


def _warned_of(kinds: str) -> str:
    """Codes of warnings as words."""
    return ", ".join(str(EarlyWarning.Kind(kind).label) for kind in kinds.split(", "))


def ground(kind: str, text: str) -> str:
    """What allows us to keep the goods."""
    return GROUNDS[kind](text)


def _amount(amount: Decimal | None, currency: str) -> str:
    return ui.money_text(amount, currency) if amount is not None and currency else ""


def _sum(text: str, currency: str = "") -> str:
    return ui.money_text(Decimal(text), currency) if text and currency else text


def _documents(facts: Facts) -> str:
    """The oldest documents by name; a long row of them ends with how many more there are."""
    named = facts["documents"].split(", ")
    if len(named) <= MOST_NAMED:
        return facts["documents"]
    return _("%(documents)s and %(count)s more") % {
        "documents": ", ".join(named[: MOST_NAMED - 1]),
        "count": len(named) - MOST_NAMED + 1,
    }


def _day(text: str) -> str:
    return ui.day(date.fromisoformat(text))


def _late(amount: str, facts: Facts) -> str:
    days = int(facts["days"])
    return ngettext(
        "%(amount)s on %(documents)s is late, the oldest for %(days)d day.",
        "%(amount)s on %(documents)s is late, the oldest for %(days)d days.",
        days,
    ) % {"amount": amount, "documents": _documents(facts), "days": days}


def _above_limit(amount: str, facts: Facts) -> str:
    values = {"amount": amount, "limit": _sum(facts["limit"], facts.get("currency", "")), "group": facts.get("of", "")}
    if facts.get("insurer"):
        return _("With this batch %(amount)s stand above the insured limit of %(limit)s.") % values
    if values["group"]:
        return _("The group %(group)s has a limit of %(limit)s; with this batch %(amount)s stand above it.") % values
    return _("With this batch %(amount)s stand above the limit of %(limit)s.") % values


def _above_ramp(amount: str, facts: Facts) -> str:
    values = {
        "amount": amount,
        "limit": _sum(facts["limit"], facts.get("currency", "")),
        "settled": facts["settled"],
        "steps": facts["steps"],
    }
    return (
        _("A new customer with %(settled)s of %(steps)s settlements on time may owe %(limit)s: %(amount)s too much.")
        % values
    )


def _price_differs(amount: str, facts: Facts) -> str:
    values = {
        "product": facts["product"],
        "stated": ui.price(Decimal(facts["stated"]), facts["currency"]),
        "agreed": ui.price(Decimal(facts["agreed"]), facts["currency"]),
    }
    first = _("%(product)s stands at %(stated)s, and %(agreed)s is agreed.") % values
    more = int(facts["lines"]) - 1
    if not more:
        return first
    others = ngettext(
        "%(count)d more line differs from the contract.", "%(count)d more lines differ from the contract.", more
    )
    return f"{first} {others % {'count': more}}"


Sentence = Callable[[str, Facts], str]
CAUSES: dict[str, Sentence] = {
    "not prepaid": lambda amount, facts: _("%(amount)s of the advance payment are not here yet.") % {"amount": amount},
    "earlier batch": lambda amount, facts: (
        _("An earlier batch is not settled: %(amount)s on %(documents)s.")
        % {"amount": amount, "documents": _documents(facts)}
    ),
    "no receipt": lambda amount, facts: (
        _("Shipment %(number)s has left and has neither receipt nor return.") % {"number": facts["shipment"]}
    ),
    "above limit": _above_limit,
    "no rate": lambda amount, facts: (
        _("There is no rate for %(currency)s, so the limit cannot be compared.") % {"currency": facts["missing"]}
    ),
    "late": _late,
    "insolvent": lambda amount, facts: _("The customer is insolvent."),
    "closed": lambda amount, facts: _("The customer has closed its business."),
    "in court": lambda amount, facts: _("The customer is in court with us."),
    "handed over": lambda amount, facts: _("The customer is handed over to an agency or lawyer."),
    "severe warning": lambda amount, facts: (
        _("A severe warning is active: %(kinds)s.") % {"kinds": _warned_of(facts["kinds"])}
    ),
    "no contract": lambda amount, facts: _("There is no contract, and the time to sign one is over."),
    "not executed": lambda amount, facts: _("The contract is not executed as its place asks: no credit until it is."),
    "terms not accepted": lambda amount, facts: _("Nobody of the customer has accepted the terms yet."),
    "check waits": lambda amount, facts: _("A first order like this one is checked before it leaves."),
    "check refused": lambda amount, facts: _("The credit check of this first order was refused."),
    "above ramp": _above_ramp,
    "ended": lambda amount, facts: (
        _("The insured limit of %(insurer)s ended on %(day)s.")
        % {"insurer": facts["insurer"], "day": _day(facts["day"])}
    ),
    "not told": lambda amount, facts: (
        _("%(insurer)s has not been told that %(documents)s is late.")
        % {"insurer": facts["insurer"], "documents": _documents(facts)}
    ),
    "extension too long": lambda amount, facts: (
        _("An extension is %(days)s days longer than %(insurer)s allows.")
        % {"insurer": facts["insurer"], "days": facts["days"]}
    ),
    "batch too large": lambda amount, facts: _("On this rung of the supply ladder the batch is too large."),
    "benefits": lambda amount, facts: _("On this rung of the supply ladder no gifts or samples go out."),
    "best-sellers": lambda amount, facts: _("On this rung of the supply ladder the best-sellers stay here."),
    "no supply": lambda amount, facts: _("On this rung of the supply ladder nothing goes out."),
    "price differs": _price_differs,
}
WAYS_OUT: dict[str, Sentence] = {
    "not prepaid": lambda amount, facts: (
        _("%(amount)s for this order, verified by finance, releases it.") % {"amount": amount}
    ),
    "earlier batch": lambda amount, facts: (
        _("%(amount)s on %(documents)s settles it.") % {"amount": amount, "documents": _documents(facts)}
    ),
    "no receipt": lambda amount, facts: (
        _("Record the receipt of %(number)s, or the return of its goods.") % {"number": facts["shipment"]}
    ),
    "above limit": lambda amount, facts: (
        _("%(amount)s makes room, or a smaller batch, or a higher limit.") % {"amount": amount}
    ),
    "no rate": lambda amount, facts: _("State a rate for %(currency)s.") % {"currency": facts["missing"]},
    "late": lambda amount, facts: (
        _("%(amount)s on %(documents)s settles it.") % {"amount": amount, "documents": _documents(facts)}
    ),
    "insolvent": lambda amount, facts: _("Only against payment in advance."),
    "closed": lambda amount, facts: _("Only against payment in advance."),
    "in court": lambda amount, facts: _("Only against payment in advance, until the case is over."),
    "handed over": lambda amount, facts: _("Only against payment in advance, until the case is given back."),
    "severe warning": lambda amount, facts: _("Payment in advance, or the warning is dismissed for a reason."),
    "no contract": lambda amount, facts: _("A signed contract, or payment in advance."),
    "not executed": lambda amount, facts: _("The missing signature or seal, or payment in advance."),
    "terms not accepted": lambda amount, facts: _("The customer accepts the terms sheet."),
    "check waits": lambda amount, facts: _("A manager or finance decides the credit check."),
    "check refused": lambda amount, facts: _("Only against payment in advance."),
    "above ramp": lambda amount, facts: (
        _("%(amount)s makes room, or a smaller batch; each settlement on time adds credit.") % {"amount": amount}
    ),
    "ended": lambda amount, facts: _("A new insured limit, or payment in advance."),
    "not told": lambda amount, facts: _("Tell %(insurer)s and note the day.") % {"insurer": facts["insurer"]},
    "extension too long": lambda amount, facts: _("Payment by the day that the insurer allows."),
    "batch too large": lambda amount, facts: _("A smaller batch, or payment of what is late."),
    "benefits": lambda amount, facts: _("The batch without them, or payment of what is late."),
    "best-sellers": lambda amount, facts: _("The batch without them, or payment of what is late."),
    "no supply": lambda amount, facts: _("Payment of what is late."),
    "price differs": lambda amount, facts: _(
        "The order anew at the agreed price, or a release against the gate by somebody who accepts the price."
    ),
}
GROUNDS: dict[str, Callable[[str], str]] = {
    "clause": lambda text: _("Clause %(text)s") % {"text": text},
    "method": lambda text: _("Settlement method of contract %(text)s") % {"text": text},
    "law": lambda text: _("Right of retention: %(text)s") % {"text": text},
    "limit": lambda text: _("No delivery on credit was promised beyond the limit"),
    "execution": lambda text: _("Nothing binds us to deliver on credit before the contract is executed"),
    "insurer": lambda text: _("The insurer's terms"),
    "price": lambda text: _("Prices of contract %(text)s") % {"text": text},
    "said": lambda text: text,  # as it stands in the notice that the customer has got
}
