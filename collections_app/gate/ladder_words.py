"""The supply ladder in the reader's words: what a rung asks for, what it lacks, what it would do, on what ground."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.gate.ladder_outlook import Kept, Outlook
from collections_app.gate.ladder_rules import Lack, Lacking, Rung
from collections_app.gate.models import ModeChoices
from collections_app.gate.models import Rung as Rungs
from common.money import ZERO
from common.templatetags import ui

Facts = Mapping[str, str]
SETTLED, NEXT = "settled", "next rung"  # why a step was left, where no person says it


def rung(number: int) -> str:
    """The name of a rung; nothing for the ground."""
    return f"{number} · {Rungs(number).label}" if number else ""


def left_because(code: str) -> str:
    """Why a step was left: the product's own reasons, or the words of the person who led down."""
    reasons = {SETTLED: _("Nothing is late any more"), NEXT: _("Another rung followed")}
    return reasons.get(code, code)


# Preconditions


def asks_for(one: Outlook) -> list[str]:
    """The preconditions of a rung, as the policy and the contracts have them."""
    needed = one.terms.late_from[one.rung - 1]
    found = [
        ngettext(
            "Something undisputed is late for %(days)d day or more, and at least %(minimum)s in all.",
            "Something undisputed is late for %(days)d days or more, and at least %(minimum)s in all.",
            needed,
        )
        % {"days": needed, "minimum": ui.money_text(one.terms.minimum, one.base)}
    ]
    if one.rung == Rung.NO_NEW_BENEFITS:
        found.append(_("A contract that grants benefits only while nothing is late; without one, new ones only."))
    if one.rung == Rung.RETURN_OF_GOODS:
        found.append(_("We kept the title to goods that are not paid, or the customer consents."))
    if one.rung == Rung.COURT_FILE:
        found.append(_("A rung stands before it, and the time that its letter gave is over."))
    return found


def lack(lacking: Lacking, base: str) -> str:
    """Why a rung may not be proposed, with its figures."""
    return LACKS[lacking.kind](lacking.facts, base)


def _not_late(facts: Facts, base: str) -> str:
    days = int(facts["days"])
    if not days:
        return _("Nothing undisputed is late.")
    return ngettext(
        "The oldest undisputed item is %(days)d day late; this rung is for %(needed)s days and more.",
        "The oldest undisputed item is %(days)d days late; this rung is for %(needed)s days and more.",
        days,
    ) % {"days": days, "needed": facts["needed"]}


LOST: Mapping[str, Callable[[], str]] = {
    "insolvent": lambda: _("The customer is insolvent: our claim is registered with the administrator instead."),
    "in court": lambda: _("The customer is in court with us: what follows is decided there."),
    "handed over": lambda: _("The customer is handed over to an agency or lawyer, who takes the next step."),
    "assigned": lambda: _("What the customer owes is assigned: the assignee takes the next step."),
}
LACKS: Mapping[Lack, Callable[[Facts, str], str]] = {
    Lack.LOST: lambda facts, base: LOST[facts["because"]](),
    Lack.NOT_LATE: _not_late,
    Lack.TOO_LITTLE: lambda facts, base: (
        _("%(late)s is late and undisputed; the ladder begins at %(minimum)s.")
        % {"late": _sum(facts["late"], base), "minimum": _sum(facts["minimum"], base)}
    ),
    Lack.NO_RATE: lambda facts, base: (
        _("There is no rate for %(currencies)s, so what is late cannot be compared with the least amount.")
        % {"currencies": facts["missing"]}
    ),
    Lack.NOTICE_RUNS: lambda facts, base: (
        _("The last letter gave the customer time until %(day)s.") % {"day": ui.day(date.fromisoformat(facts["day"]))}
    ),
    Lack.NO_NOTICE: lambda facts, base: _("No rung stands before it whose letter gave the customer time to pay."),
    Lack.NO_TITLE: lambda facts, base: _(
        "We kept no title to goods that are late. State the customer's consent: who gave it, and when."
    ),
}


def _sum(text: str, base: str) -> str:
    return ui.money_text(Decimal(text), base) if Decimal(text) else ui.written(ZERO, base, symbol=True)


# The ground


def clause(one: Outlook) -> str:
    """The clause or right that allows a rung, as a proposal: whoever takes the step confirms or changes it."""
    match one.rung:
        case Rung.NO_NEW_BENEFITS if one.agreed.benefits:
            return _("Contract %(number)s: benefits only while nothing is late") % {"number": one.agreed.benefits}
        case Rung.NO_NEW_BENEFITS:
            return _("No claim to new gifts, samples or rebates")
        case Rung.RETURN_OF_GOODS:
            contracts = dict.fromkeys(goods.contract for goods in one.agreed.goods)
            if not contracts:
                return ""
            return _("Title retained until payment: %(contracts)s") % {"contracts": ", ".join(contracts)}
        case Rung.COURT_FILE if one.agreed.contract:
            return _("Claims due under contract %(number)s") % {"number": one.agreed.contract}
        case Rung.COURT_FILE:
            return _("Claims due from the invoices named")
    return _("Right of retention: %(text)s") % {"text": one.agreed.law}


# What it would do


def would(one: Outlook) -> list[str]:
    """What the rung does from its first day on, then what that means for what waits today."""
    return [*DOES[one.rung](one), _waiting(one)]


def _smaller(one: Outlook) -> list[str]:
    """Each currency has a usual batch of its own."""
    found = [
        _("No batch above %(amount)s leaves.") % {"amount": ui.money_text(usual.largest, currency)}
        for currency, usual in one.usual.items()
        if usual.largest
    ]
    return found or [_("Too few deliveries are known to tell a usual batch: no batch is too large.")]


def _benefits(one: Outlook) -> list[str]:
    return [*_smaller(one), _("No new gifts, samples or rebates go out. Earned ones stay.")]


def _best_sellers(one: Outlook) -> list[str]:
    if not one.best_sellers:
        return [*_benefits(one), _("No best-seller is known: nothing was delivered lately.")]
    return [*_benefits(one), _("These products stay here: %(names)s.") % {"names": ", ".join(one.best_sellers)}]


def _nothing(one: Outlook) -> list[str]:
    return [_("Nothing leaves on credit. What is paid in advance does.")]


def _return(one: Outlook) -> list[str]:
    found = [
        _("The customer is asked to give back the goods of %(number)s, open with %(amount)s.")
        % {"number": goods.number, "amount": ui.money_text(goods.open, goods.currency)}
        for goods in one.agreed.goods
    ]
    return [*_nothing(one), *(found or [_("The customer is asked to give back the goods that it consents to return.")])]


def _court(one: Outlook) -> list[str]:
    return [
        *_nothing(one),
        _("The customer gets a formal notice with a last day, and the file for the court is put together."),
    ]


DOES: Mapping[Rung, Callable[[Outlook], list[str]]] = {
    Rung.SMALLER_BATCHES: _smaller,
    Rung.NO_NEW_BENEFITS: _benefits,
    Rung.BEST_SELLERS_WITHHELD: _best_sellers,
    Rung.NO_SUPPLY: _nothing,
    Rung.RETURN_OF_GOODS: _return,
    Rung.COURT_FILE: _court,
}


def _waiting(one: Outlook) -> str:
    """How much of what waits it would hold, per currency."""
    if not one.kept:
        return _("Nothing waits today that it would hold.")
    sums: dict[str, Decimal] = {}
    for kept in one.kept:
        sums[kept.shipment.currency] = sums.get(kept.shipment.currency, ZERO) + kept.shipment.amount
    count = len(one.kept)
    return ngettext(
        "Of what waits today it would hold %(count)d shipment: %(amounts)s.",
        "Of what waits today it would hold %(count)d shipments: %(amounts)s.",
        count,
    ) % {"count": count, "amounts": " + ".join(ui.money_text(amount, code) for code, amount in sums.items())}


def unheld(mode: str) -> str:
    """Why the gate would hold nothing all the same; empty where it does."""
    modes = {
        ModeChoices.OBSERVE: _("The gate only observes the ladder now: it shows what it would hold and holds nothing."),
        ModeChoices.OFF: _("The gate's cause for the ladder is off now: no goods are held."),
    }
    return modes.get(ModeChoices(mode), "")


KINDS: Mapping[str, Callable[[], str]] = {
    "batch too large": lambda: _("Batch too large"),
    "benefits": lambda: _("Gifts or samples in it"),
    "best-sellers": lambda: _("Best-sellers in it"),
    "no supply": lambda: _("No supply"),
}


def kept_because(kept: Kept) -> str:
    return KINDS[kept.kind]()
