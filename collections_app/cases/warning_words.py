"""The evidence of a warning as a sentence, in the reader's language. About the business, never about a person."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.cases.warning_watch import BOOK, Kind
from common.templatetags import ui

Evidence = Mapping[str, Any]


def sentence(kind: str, evidence: Evidence, *, source: str = BOOK) -> str:
    """Empty where a kind has nothing to add to its name."""
    write = _COMPUTED.get(kind) if source == BOOK else _SEEN.get(kind)
    return write(evidence) if write is not None and evidence else ""


def _amounts(evidence: Evidence) -> dict[str, str]:
    return {name: _money(evidence, name) for name in ("amount", "usual", "limit") if name in evidence}


def _money(evidence: Evidence, name: str) -> str:
    amount = Decimal(str(evidence[name]))
    return ui.written(amount, str(evidence["currency"]), symbol=True)


def _days(evidence: Evidence) -> dict[str, str]:
    names = ("since", "until", "last", "due", "paid_on", "from", "to")
    return {name: ui.day(date.fromisoformat(str(evidence[name]))) for name in names if name in evidence}


def _off_season(evidence: Evidence) -> str:
    return _(
        "Bought for %(amount)s from %(since)s to %(until)s; no thirty days of the two years before came to more "
        "than %(usual)s."
    ) % {**_amounts(evidence), **_days(evidence)}


def _sudden_drop(evidence: Evidence) -> str:
    return _("Bought for %(amount)s from %(since)s to %(until)s; usual are %(usual)s in such a time.") % {
        **_amounts(evidence),
        **_days(evidence),
    }


def _drifting(evidence: Evidence) -> str:
    if "gap" in evidence:
        return _(
            "No item was paid since %(last)s, %(gap)s days ago, although something is late; usually at most "
            "%(usual)s days go by."
        ) % {"gap": evidence["gap"], "usual": evidence["usual"], **_days(evidence)}
    said = _(
        "What was due since %(since)s is paid %(now)s at the median; the %(items)s items before were paid %(before)s."
    ) % {
        "now": _late(int(evidence["days"])),
        "before": _late(int(evidence["usual"])),
        "items": evidence["items"],
        **_days(evidence),
    }
    if "unanswered" in evidence:
        number = int(evidence["unanswered"])
        said += " " + ngettext(
            "The last call or visit reached nobody.",
            "The last %(times)s calls and visits reached nobody.",
            number,
        ) % {"times": number}
    if "order_percent" in evidence:
        said += " " + _("An order comes to %(percent)s%% of the usual one.") % {"percent": evidence["order_percent"]}
    return said


def _late(number: int) -> str:
    if number > 0:
        return ngettext("%(days)s day late", "%(days)s days late", number) % {"days": number}
    if number == 0:
        return _("on the due day")
    return ngettext("%(days)s day early", "%(days)s days early", -number) % {"days": -number}


def _asks_for_time(evidence: Evidence) -> str:
    if "parts" in evidence:
        number = int(evidence["parts"])
        return ngettext(
            "Asked for more time on %(last)s, paid %(parts)s item in part lately, and pays later than before.",
            "Asked for more time on %(last)s, paid %(parts)s items in part lately, and pays later than before.",
            number,
        ) % {"parts": number, **_days(evidence)}
    return _("Asked for more time %(times)s times since %(since)s, last on %(last)s.") % {
        "times": evidence["times"],
        **_days(evidence),
    }


def _pays_in_parts(evidence: Evidence) -> str:
    return _(
        "%(times)s items were paid in part since %(since)s, last on %(last)s; in the year before it was %(before)s "
        "of %(whole)s."
    ) % {
        "times": evidence["times"],
        "before": evidence["before"],
        "whole": evidence["whole"],
        **_days(evidence),
    }


def _unanswered(evidence: Evidence) -> str:
    return _(
        "%(times)s calls and visits from %(since)s to %(last)s reached nobody; of the %(contacts)s in the year before, "
        "%(reached)s did."
    ) % {
        "times": evidence["times"],
        "contacts": evidence["contacts"],
        "reached": evidence["reached"],
        **_days(evidence),
    }


def _first_order(evidence: Evidence) -> str:
    values = {"peers": evidence["peers"], **_amounts(evidence), **_days(evidence)}
    said = _(
        "First bought on %(since)s, for %(amount)s on credit in the first thirty days; %(peers)s others of the "
        "channel began with %(usual)s at the median."
    )
    if "limit" in evidence:
        said += " " + _("The limit is %(limit)s.")
    return said % values


def _handover(evidence: Evidence) -> str:
    return _(
        "A key contact left on %(since)s; new contact, handover and signed confirmation were to be done by %(due)s "
        "and are not."
    ) % _days(evidence)


def _circle(evidence: Evidence) -> str:
    number = int(evidence["customers"])
    return ngettext(
        "%(customers)s customer within %(metres)s metres is flagged.",
        "%(customers)s customers within %(metres)s metres are flagged.",
        number,
    ) % {"customers": number, "metres": ui.number(int(evidence["metres"]))}


_COMPUTED: dict[str, Callable[[Evidence], str]] = {
    Kind.OFF_SEASON: _off_season,
    Kind.SUDDEN_DROP: _sudden_drop,
    Kind.DRIFTING: _drifting,
    Kind.ASKS_FOR_TIME: _asks_for_time,
    Kind.PAYS_IN_PARTS: _pays_in_parts,
    Kind.UNANSWERED: _unanswered,
    Kind.FIRST_ORDER: _first_order,
    Kind.STAFF_LEAVING: _handover,
}
_SEEN: dict[str, Callable[[Evidence], str]] = {Kind.DEMOLITION: _circle}
