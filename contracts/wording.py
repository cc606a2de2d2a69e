"""What was agreed in the reader's words; the rules themselves are computed in `contracts.terms`."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from babel.dates import get_day_names
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.days import WEEKDAYS
from common.templatetags import ui
from contracts import legal
from contracts.basis import Basis
from contracts.consigned import Unsaid
from contracts.legal import AboveMaximum, Longer
from contracts.parameters import Parameters, day, share
from contracts.terms import Due

Words = dict[str, Callable[[], str]]
# By kind of rule: the day as a name (“weekly on Tuesday”), and as a sentence of who pays on it.
DAY: Words = {
    "weekly": lambda: _("weekly on %(day)s"),
    "monthly": lambda: _("monthly, day %(day)s"),
    "last-working-day": lambda: _("last working day of the month"),
    "1st": lambda: _("first %(day)s of the month"),
    "2nd": lambda: _("second %(day)s of the month"),
    "3rd": lambda: _("third %(day)s of the month"),
    "4th": lambda: _("fourth %(day)s of the month"),
    "5th": lambda: _("fifth %(day)s of the month, where there is one"),
}
PAYS: Words = {
    "weekly": lambda: _("Pays on %(day)s only"),
    "monthly": lambda: _("Pays on day %(day)s of the month"),
    "last-working-day": lambda: _("Pays on the last working day of the month"),
    "1st": lambda: _("Pays on the first %(day)s of the month"),
    "2nd": lambda: _("Pays on the second %(day)s of the month"),
    "3rd": lambda: _("Pays on the third %(day)s of the month"),
    "4th": lambda: _("Pays on the fourth %(day)s of the month"),
    "5th": lambda: _("Pays on the fifth %(day)s of the month, where there is one"),
}


def settlement_day(rule: str) -> str:
    """ "weekly tue" as “weekly on Tuesday”; a rule in other words stands as it was said."""
    return _worded(rule, DAY) or rule


def pays_on(rule: str) -> str:
    """ "weekly tue" as “Pays on Tuesday only”; a rule in other words stands as it was said."""
    return _worded(rule, PAYS) or _("Pays on: %(rule)s") % {"rule": rule}


def _worded(rule: str, words: Words) -> str:
    kind, _space, when = rule.strip().lower().partition(" ")
    if kind not in words or (kind == "last-working-day") != (when == ""):
        return ""
    facts: dict[str, Any] = {"day": when}
    if kind not in ("monthly", "last-working-day"):
        if when[:3] not in WEEKDAYS:
            return ""
        facts["day"] = get_day_names("wide", locale=ui.active_locale())[WEEKDAYS.index(when[:3])]
    return words[kind]() % facts


# What a consignment clause says


def unsaid(missing: Iterable[Unsaid]) -> str:
    """What is left open, as it stands behind a colon."""
    return "; ".join(_UNSAID[one]() for one in missing)


_UNSAID: dict[Unsaid, Callable[[], str]] = {
    Unsaid.COUNT: lambda: _("how often the goods are counted, in days"),
    Unsaid.TOO_LATE: lambda: _("a count before the goods have to go back"),
    Unsaid.COUNTER: lambda: _("who counts them"),
    Unsaid.TITLE: lambda: _("whose they are until then"),
}


def counted_every(days: int) -> str:
    return ngettext("The goods are counted every day.", "The goods are counted every %(days)s days.", days) % {
        "days": days
    }


# Where a due day comes from


def derivation(method: str, parameters: Parameters, basis: Basis, due: Due, part: int = 1) -> str:
    """The reader's sentence for a day of `terms.schedule`; `part` is its place there, from 1."""
    return _DERIVATIONS[method](parameters, basis, due, part)


def statutory(basis: Basis, country: str) -> str:
    """The reader's sentence for the day of `terms.statutory`."""
    period = legal.STATUTORY[country]
    facts = {"days": period.days, "start": ui.day(basis.day(period.counted_from)), "act": period.act}
    if not period.days:
        return _("On delivery, %(start)s, by law, as no date was agreed (%(act)s)") % facts
    if period.counts_first_day:
        return (
            _("%(days)s days from goods and invoice, %(start)s counted, by law, as no date was agreed (%(act)s)")
            % facts
        )
    if period.counted_from == "delivery":
        return _("%(days)s days from the delivery of %(start)s, by law, as no date was agreed (%(act)s)") % facts
    return _("%(days)s days from goods and invoice, %(start)s, by law, as no date was agreed (%(act)s)") % facts


def remarks(due: Due) -> list[str]:
    """What else holds for a day: where it was moved from, and until when a discount may be kept."""
    found = []
    if due.moved_from:
        found.append(_("Moved from %(day)s, when nobody works.") % {"day": ui.day(due.moved_from)})
    if due.discount_until:
        facts = {"share": ui.percent(due.discount_share), "day": ui.day(due.discount_until)}
        found.append(_("%(share)s less if paid by %(day)s.") % facts)
    if due.is_before_invoice:
        found.append(_("It is before the day of the invoice."))
    return found


def above_maximum(found: AboveMaximum) -> list[str]:
    """A term longer than the law allows: by how much, by which act, and when it holds all the same."""
    over = ngettext(
        "%(days)s day later than the law allows: %(day)s at the latest (%(act)s).",
        "%(days)s days later than the law allows: %(day)s at the latest (%(act)s).",
        found.days_over,
    ) % {"days": found.days_over, "day": ui.day(found.latest_on), "act": found.act}
    return [over, _LONGER[found.longer]()]


_LONGER: dict[Longer, Callable[[], str]] = {
    Longer.NEVER: lambda: _("No longer term can be agreed."),
    Longer.EXPRESSLY: lambda: _("A longer term must be agreed expressly and must not be grossly unfair to us."),
    Longer.FAIR: lambda: _("A longer term must not be grossly unfair to us."),
    Longer.REASONABLE: lambda: _(
        "The limit protects small sellers from large buyers; a longer term must follow the custom of the trade."
    ),
}


def _in_advance(parameters: Parameters, basis: Basis, due: Due, part: int) -> str:
    if part == 1:
        return _("Before the goods leave")
    count = parameters.get("rest_days", 0)
    return ngettext(
        "The rest %(days)s day from the delivery of %(start)s",
        "The rest %(days)s days from the delivery of %(start)s",
        count,
    ) % {"days": count, "start": ui.day(basis.delivery)}


def _two_deliveries(parameters: Parameters, basis: Basis, due: Due, part: int) -> str:
    count = parameters["max_days"]
    agreed = due.moved_from or due.due_on
    if agreed != basis.delivery + timedelta(count):
        return _("The next delivery was asked for on %(day)s") % {"day": ui.day(day(parameters, "next_asked_on"))}
    return ngettext(
        "%(days)s day from the delivery of %(start)s at the latest",
        "%(days)s days from the delivery of %(start)s at the latest",
        count,
    ) % {"days": count, "start": ui.day(basis.delivery)}


def _periodic(parameters: Parameters, basis: Basis, due: Due, part: int) -> str:
    least = parameters.get("min_days", 0)
    facts = {"rule": settlement_day(parameters["rule"]), "days": least, "start": ui.day(basis.delivery)}
    if not least:
        return _("First settlement day (%(rule)s) from the delivery of %(start)s on") % facts
    return (
        ngettext(
            "First settlement day (%(rule)s) at least %(days)s day after the delivery of %(start)s",
            "First settlement day (%(rule)s) at least %(days)s days after the delivery of %(start)s",
            least,
        )
        % facts
    )


def _net(parameters: Parameters, basis: Basis, due: Due, part: int) -> str:
    kind, month_end = parameters.get("from", "invoice"), parameters.get("end_of_month", "none")
    count = parameters["days"]
    return _NET[month_end][kind](count) % {"days": count, "start": ui.day(basis.day(kind))}


_Counted = Callable[[int], str]
_NET: dict[str, dict[str, _Counted]] = {
    "none": {
        "invoice": lambda count: ngettext(
            "%(days)s day from the invoice of %(start)s", "%(days)s days from the invoice of %(start)s", count
        ),
        "delivery": lambda count: ngettext(
            "%(days)s day from the delivery of %(start)s", "%(days)s days from the delivery of %(start)s", count
        ),
        "receipt": lambda count: ngettext(
            "%(days)s day from the receipt of the invoice on %(start)s",
            "%(days)s days from the receipt of the invoice on %(start)s",
            count,
        ),
    },
    "before": {
        "invoice": lambda count: ngettext(
            "%(days)s day from the end of the month of the invoice of %(start)s",
            "%(days)s days from the end of the month of the invoice of %(start)s",
            count,
        ),
        "delivery": lambda count: ngettext(
            "%(days)s day from the end of the month of the delivery of %(start)s",
            "%(days)s days from the end of the month of the delivery of %(start)s",
            count,
        ),
        "receipt": lambda count: ngettext(
            "%(days)s day from the end of the month in which the invoice was received, on %(start)s",
            "%(days)s days from the end of the month in which the invoice was received, on %(start)s",
            count,
        ),
    },
    "after": {
        "invoice": lambda count: ngettext(
            "%(days)s day from the invoice of %(start)s, then to the end of the month",
            "%(days)s days from the invoice of %(start)s, then to the end of the month",
            count,
        ),
        "delivery": lambda count: ngettext(
            "%(days)s day from the delivery of %(start)s, then to the end of the month",
            "%(days)s days from the delivery of %(start)s, then to the end of the month",
            count,
        ),
        "receipt": lambda count: ngettext(
            "%(days)s day from the receipt of the invoice on %(start)s, then to the end of the month",
            "%(days)s days from the receipt of the invoice on %(start)s, then to the end of the month",
            count,
        ),
    },
}


def _instalments(parameters: Parameters, basis: Basis, due: Due, part: int) -> str:
    kind, parts = parameters.get("from", "invoice"), parameters["parts"]
    count = parts[part - 1]["days"]
    facts = {"part": part, "parts": len(parts), "days": count, "start": ui.day(basis.day(kind))}
    return _PARTS[kind](count) % facts


_PARTS: dict[str, _Counted] = {
    "invoice": lambda count: ngettext(
        "Part %(part)s of %(parts)s, %(days)s day from the invoice of %(start)s",
        "Part %(part)s of %(parts)s, %(days)s days from the invoice of %(start)s",
        count,
    ),
    "delivery": lambda count: ngettext(
        "Part %(part)s of %(parts)s, %(days)s day from the delivery of %(start)s",
        "Part %(part)s of %(parts)s, %(days)s days from the delivery of %(start)s",
        count,
    ),
    "receipt": lambda count: ngettext(
        "Part %(part)s of %(parts)s, %(days)s day from the receipt of the invoice on %(start)s",
        "Part %(part)s of %(parts)s, %(days)s days from the receipt of the invoice on %(start)s",
        count,
    ),
}


def _consignment(parameters: Parameters, basis: Basis, due: Due, part: int) -> str:
    facts = {"day": ui.day(basis.delivery + timedelta(parameters["max_days"]))}
    sold = [count for count in parameters.get("counted", ()) if share(count)]
    if part <= len(sold):
        return _("Counted as sold on %(day)s") % {"day": ui.day(day(sold[part - 1], "on"))}
    if due.due_on:
        return _("Not sold by %(day)s: bought") % facts
    return _("Not sold yet: it is stock until %(day)s, then it comes back") % facts


_DERIVATIONS: dict[str, Callable[[Parameters, Basis, Due, int], str]] = {
    "in_advance": _in_advance,
    "cash_on_delivery": lambda parameters, basis, due, part: (
        _("On delivery, %(start)s") % {"start": ui.day(basis.delivery)}
    ),
    "two_deliveries": _two_deliveries,
    "periodic": _periodic,
    "net": _net,
    "fixed": lambda parameters, basis, due, part: _("On the day agreed"),
    "instalments": _instalments,
    "consignment": _consignment,
}
