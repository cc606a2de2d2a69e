"""Facts of a stop in the reader's words: whole sentences with figures, in the language of the page."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from babel.lists import format_list
from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.cases.models import Excuse
from collections_app.visits.goods import Waiting
from collections_app.visits.permitted import hours
from common.money import ZERO
from common.templatetags.ui import active_locale, clock, money_text, weekday
from contracts.wording import pays_on
from customers.models import Contact

Facts = Mapping[str, Any]
COPIES = 3  # invoices that are named one by one


def sum_of(facts: Facts) -> str:
    return money_text(Decimal(facts["amount"]), facts["currency"])


def reason(facts: Facts) -> str:
    """Why now; an unknown kind of fact says nothing."""
    worded = _REASONS.get(facts.get("because", ""))
    return worded(facts) if worded else ""


def _late(facts: Facts) -> str:
    days = facts["days"]
    if days == 1:
        return _("%(what)s was due yesterday") % {"what": _what(facts)}
    return ngettext("%(what)s is %(days)s day late", "%(what)s is %(days)s days late", days) % {
        "what": _what(facts),
        "days": days,
    }


def _what(facts: Facts) -> str:
    if facts.get("batch") is not None:
        return _("Batch %(batch)s") % {"batch": facts["batch"]}
    return _("Invoice %(number)s") % {"number": facts["invoice"]}


def _several(facts: Facts) -> str:
    return ngettext(
        "%(count)s item is late, %(amount)s together", "%(count)s items are late, %(amount)s together", facts["count"]
    ) % {"count": facts["count"], "amount": sum_of(facts)}


def _broken(facts: Facts) -> str:
    return ngettext(
        "%(count)s promise broken in six months", "%(count)s promises broken in six months", facts["count"]
    ) % {"count": facts["count"]}


_REASONS = {
    "promised today": lambda facts: _("Promised %(amount)s for today") % {"amount": sum_of(facts)},
    "late": _late,
    "due today": lambda facts: _("%(what)s is due today") % {"what": _what(facts)},
    "broken promises": _broken,
    "settlement day": lambda facts: pays_on(facts["rule"]),
    "several late": _several,
    "also in": lambda facts: _("Also ask for %(amount)s") % {"amount": sum_of(facts)},
}


def say_first(card: Facts, ask_amount: Decimal, currency: str) -> str:
    """The first sentence at the door: the agreement, the amount, the batches, today."""
    facts, amount = card.get("say") or {}, money_text(ask_amount, currency)
    if not facts or ask_amount <= ZERO:
        return ""
    batches = facts["batches"]
    if facts["contract"] and facts["whole"] and batches:
        named = {"contract": facts["contract"], "amount": amount, "batches": joined(batches)}
        return (
            ngettext(
                "“Under our contract %(contract)s, %(amount)s for batch %(batches)s is to be paid today.”",
                "“Under our contract %(contract)s, %(amount)s for batches %(batches)s is to be paid today.”",
                len(batches),
            )
            % named
        )
    invoices = facts["invoices"]
    if len(invoices) > 3:
        return _("“%(amount)s for %(count)s invoices is to be paid today, the oldest is %(invoice)s.”") % {
            "amount": amount,
            "count": len(invoices),
            "invoice": invoices[0],
        }
    return ngettext(
        "“%(amount)s for invoice %(invoices)s is to be paid today.”",
        "“%(amount)s for invoices %(invoices)s is to be paid today.”",
        len(invoices),
    ) % {"amount": amount, "invoices": joined(invoices)}


def joined(parts: Sequence[Any]) -> str:
    """ "13, 14 and 15" in the reader's language."""
    return format_list([str(part) for part in parts], locale=active_locale())


def hold(waiting: Waiting | None) -> tuple[str, str]:
    """Title and text of the notice that a batch waits; empty where none does."""
    if waiting is None:
        return "", ""
    if waiting.batch is None:
        return _("Shipment %(number)s is on hold.") % {"number": waiting.number}, waiting.way_out
    return _("Batch %(batch)s is on hold.") % {"batch": waiting.batch}, waiting.way_out


def hold_stays(waiting: Waiting | None) -> str:
    """What a short payment means for the batch that waits."""
    if waiting is None or waiting.batch is None:
        return ""
    return _("Batch %(batch)s stays on hold.") % {"batch": waiting.batch}


def window(card: Facts) -> str:
    """When the customer pays, e.g. “pays 10:00–12:00”."""
    spans = [f"{_time(row.opens)}–{_time(row.closes)}" for row in hours(card.get("hours") or ())]
    return _("pays %(hours)s") % {"hours": ", ".join(spans)} if spans else ""


def _time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def waiting(arrive_at: time | None, start_at: time | None) -> str:
    """ "waits until 10:00", where the rep arrives before the visit may begin."""
    if arrive_at is None or start_at is None or start_at <= arrive_at:
        return ""
    return _("waits until %(time)s") % {"time": clock(start_at)}


def copies(invoices: Sequence[str]) -> str:
    """Of which invoices a copy is carried: what is asked for."""
    if not invoices:
        return ""
    if len(invoices) > COPIES:
        return _("copies of %(count)s invoices from %(invoice)s on") % {"count": len(invoices), "invoice": invoices[0]}
    return ngettext("copy of %(invoices)s", "copies of %(invoices)s", len(invoices)) % {"invoices": joined(invoices)}


ROLES = {
    Contact.Kind.OWNER: lambda: _("owner, signs payments"),
    Contact.Kind.SIGNATORY: lambda: _("signs payments"),
    Contact.Kind.DECISION_MAKER: lambda: _("decides payments"),
    Contact.Kind.FINANCE: lambda: _("finance"),
    Contact.Kind.LEGAL: lambda: _("legal representative"),
}


def role(person: Facts) -> str:
    """ "owner, signs payments · in until 12:00"."""
    known = ROLES.get(person["role"])
    words = [known() if known else "", _presence(person)]
    return " · ".join(word for word in words if word)


def _presence(person: Facts) -> str:
    if person["from"] and person["until"]:
        return _("in %(start)s–%(end)s") % {"start": person["from"], "end": person["until"]}
    if person["until"]:
        return _("in until %(end)s") % {"end": person["until"]}
    if person["from"]:
        return _("in from %(start)s") % {"start": person["from"]}
    return ""


def excuse(card: Facts) -> tuple[str, str]:
    """The last excuse as the heading of a card's part, and when it was said."""
    facts = card.get("excuse") or {}
    if not facts:
        return "", ""
    said = str(Excuse.Kind(facts["kind"]).label) if facts["kind"] in Excuse.Kind.values else facts["kind"]
    said = said[:1].lower() + said[1:]
    said = said if said.startswith("“") else f"“{said}”"
    told = _("Said on %(day)s.") % {"day": weekday(date.fromisoformat(facts["on"]))}
    return _("If they say %(excuse)s") % {"excuse": said}, " ".join(part for part in (told, facts["note"]) if part)


def promises(card: Facts) -> str:
    """ "1 of 3 kept · last: €3,240.00 by Tue 24 Nov, made Tue 17 Nov"."""
    facts = card.get("promises") or {}
    if not facts:
        return ""
    last = facts["last"]
    said = _("last: %(amount)s by %(day)s, made %(made)s") % {
        "amount": sum_of(last),
        "day": weekday(date.fromisoformat(last["on"])),
        "made": weekday(date.fromisoformat(last["made_on"])),
    }
    if not facts["made"]:
        return said
    return _("%(kept)s of %(made)s kept") % {"kept": facts["kept"], "made": facts["made"]} + " · " + said


def left_out(facts: Facts) -> str:
    """Why somebody worth a visit is not on the list of the day."""
    worded = _LEFT_OUT.get(facts.get("because", ""))
    return worded(facts) if worded else ""


def _too_far(facts: Facts) -> str:
    spent = facts.get("minutes", 0)
    way = (
        _("%(hours)s h %(minutes)02d") % {"hours": spent // 60, "minutes": spent % 60}
        if spent >= 60
        else _("%(minutes)s min") % {"minutes": spent}
    )
    return _("Would cost %(way)s of travel for %(amount)s of expected cash") % {"way": way, "amount": sum_of(facts)}


def _not_today(facts: Facts) -> str:
    return pays_on(facts["rule"]) if facts.get("rule") else _("Not a day on which they pay")


def _full(facts: Facts) -> str:
    if not facts.get("loss") or Decimal(facts["loss"]) <= ZERO:
        return _("Did not fit into the day")
    lost = money_text(Decimal(facts["loss"]), facts["currency"])
    return _("Did not fit into the day: others there bring %(loss)s more") % {"loss": lost}


def _lately(facts: Facts) -> str:
    return _("Visited lately, next from %(day)s") % {"day": weekday(date.fromisoformat(facts["until"]))}


def _elsewhere(facts: Facts) -> str:
    return _("Planned on %(day)s") % {"day": weekday(date.fromisoformat(facts["on"]))}


def _skipped(facts: Facts) -> str:
    return _("Skipped: %(why)s") % {"why": facts["why"]} if facts.get("why") else _("Skipped")


_LEFT_OUT = {
    "no position": lambda facts: _("Address without a position: call instead"),
    "not a payment day": _not_today,
    "taboo": lambda facts: _("Asked never to be visited on this day"),
    "not open": lambda facts: _("Closed on this day"),
    "away": lambda facts: _("Closed for some days: nobody is there"),
    "signatory away": lambda facts: _("Whoever signs payments is away"),
    "window closed": lambda facts: _("Cannot be reached within its hours on this day"),
    "nobody works": lambda facts: _("Nobody who visits this customer works on this day"),
    "day full": _full,
    "shift full": _full,
    "commitments collide": lambda facts: _("Two commitments at the same time: call to move one of them"),
    "too far": _too_far,
    "reconciliation first": lambda facts: _("First the reconciliation: it is on our to-do list"),
    "invoice first": lambda facts: _("First our invoice has to be there: it is on our to-do list"),
    "visited lately": _lately,
    "planned on": _elsewhere,
    "contacts": lambda facts: _("Approached often enough this week"),
    "sunday": lambda facts: _("Nobody is approached on a Sunday"),
    "holiday": lambda facts: _("Nobody is approached on a holiday"),
    "skipped": _skipped,
    "no rate": lambda facts: (
        _("No exchange rate for %(currency)s, so its worth is not known") % {"currency": facts.get("currency", "")}
    ),
}


def distance(kilometres: Decimal | None) -> str:
    """ "3.2 km"; next door says nothing."""
    if not kilometres:
        return ""
    return _("%(kilometres)s km") % {"kilometres": format_decimal(kilometres, format="#,##0.0", locale=active_locale())}


def when_due(due_date: date | None, days_late: int) -> str:
    """ "60 days late", or the day on which it is due."""
    if due_date is None:
        return _("no due date")
    if days_late:
        return ngettext("%(days)s day late", "%(days)s days late", days_late) % {"days": days_late}
    return _("due %(day)s") % {"day": weekday(due_date)}


def promised_by(amount: Decimal, currency: str, promised_on: date) -> str:
    return _("%(amount)s promised by %(day)s") % {"amount": money_text(amount, currency), "day": weekday(promised_on)}
