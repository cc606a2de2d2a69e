"""The sheet of a day: everything for the round on paper, with boxes to fill in by hand."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.cases.models import Excuse
from collections_app.visits import asking, printed, queries, sentences
from collections_app.visits.asking import Owed
from collections_app.visits.day import reading, words
from collections_app.visits.day.carrying import Carry, carry_of, for_the_bag
from collections_app.visits.day.reading import Round
from collections_app.visits.drawn import Drawing
from collections_app.visits.forms import AT_THE_DOOR
from collections_app.visits.models import Outcome, Stop
from common import clock
from common.money import ZERO
from common.templatetags.ui import clock as time_words
from common.templatetags.ui import day, longday, money_text, number, standing_word, written
from receivables import cash_rules
from staff.models import Business

OLDEST = 3  # items of a stop that are printed
COUNTED = 3  # currencies for which a table of notes and coins is printed
BETWEEN = " ·\N{NO-BREAK SPACE}"  # a line that is full breaks before the dot, never after it
SCALE_AT = Decimal(4)  # per cent from the left edge of the map


def to_pdf(found: Round, *, now: datetime) -> bytes:
    """A4, in the reader's language. Raises CannotPrint where the machine cannot print."""
    return printed.laid("print/day_sheet.html", sheet_of(found, now=now))


def sheet_of(found: Round, *, now: datetime) -> dict[str, Any]:
    """Everything that the sheet prints, as text. What is oldest is read as of the day, the rest is as planned."""
    open_stops = [stop for stop in found.visits if stop.state == Stop.State.PLANNED]
    carried = carry_of(open_stops)
    owed = asking.owed(on=found.on, customers=[stop.customer_id for stop in open_stops]) if open_stops else {}
    business = Business.objects.first() or Business()
    map_ = reading.map_of(found)
    return {
        "title": _("Round of %(rep)s, %(day)s") % {"rep": found.rep, "day": longday(found.on)},
        "running": f"{found.rep} · {longday(found.on)}",
        "author": business.name,
        "rep": str(found.rep),
        "day": longday(found.on),
        "note": _note(found, now),
        "totals": BETWEEN.join(_totals(found)),
        "bag": BETWEEN.join(for_the_bag(carried.values())),
        "stops": [_stop(stop, found, carried[stop.pk], owed.get(stop.customer_id, ())) for stop in open_stops],
        "closed": _closed(found),
        "empty": _empty(found),
        "methods": [str(label) for _value, label in AT_THE_DOOR],
        "excuses": [str(label) for label in Excuse.Kind.labels],
        "home": _("Back at %(time)s") % {"time": time_words(found.home_at)} if found.home_at else "",
        "out": [_out(row, business.base_currency) for row in found.out],
        "cash": _cash(open_stops, business.base_currency),
        "map": map_,
        "scale": _scale(map_),
    }


def _note(found: Round, now: datetime) -> str:
    """How old it is: a sheet in the hand does not change any more."""
    printed_at = {"day": day(clock.local(now).date()), "time": time_words(now)}
    if found.plan is None:
        return _("Printed %(day)s %(time)s") % printed_at
    planned = clock.local(found.plan.made_at)
    return _("Planned %(planned_day)s %(planned_time)s, printed %(day)s %(time)s") % {
        "planned_day": day(planned.date()),
        "planned_time": time_words(planned),
        **printed_at,
    }


def _totals(found: Round) -> list[str]:
    visits, load = len(found.visits), found.load
    if not visits:
        return []
    said = [
        ngettext("%(count)s stop", "%(count)s stops", visits) % {"count": visits},
        words.kilometres(found.kilometres),
        _("driving %(length)s") % {"length": words.duration(load.driving)},
        _("visiting %(length)s") % {"length": words.duration(load.visiting)},
    ]
    if load.waiting:
        said.append(_("waiting %(length)s") % {"length": words.duration(load.waiting)})
    return [*said, hours] if (hours := words.working_time(found.frame)) else said


def _empty(found: Round) -> str:
    if found.stops:
        return ""
    off = words.off(found.frame.get("off", ""))
    return off or (_("No visits on this day.") if found.plan is not None else _("Nobody planned this day yet."))


def _stop(stop: Stop, found: Round, carry: Carry, items: Sequence[Owed]) -> dict[str, Any]:
    card = stop.card
    excuse_title, excuse_text = sentences.excuse(card)
    return {
        "number": str(found.numbers[stop.pk]),
        "name": stop.customer.name,
        "code": stop.customer.code,
        "times": words.visit_times(stop),
        "window": words.window(stop),
        "waiting": sentences.waiting(stop.arrive_at, stop.start_at),
        "way": words.way(stop.travel_minutes, stop.kilometres),
        "address": card.get("address") or "",
        "phone": card.get("phone") or "",
        "who": [_person(row) for row in card.get("who") or ()],
        "ask": money_text(stop.ask_amount, stop.currency),
        "also": [money_text(Decimal(row["amount"]), row["currency"]) for row in card.get("others") or ()],
        "currency": stop.currency,
        "late": money_text(stop.late_amount, stop.currency),
        "total": money_text(stop.total_amount, stop.currency),
        "standing": standing_word(stop.standing) if stop.standing else "",
        "commitment": words.commitment(stop),
        "say_first": sentences.say_first(card, stop.ask_amount, stop.currency),
        "excuse": " ".join(part for part in (f"{excuse_title}:" if excuse_title else "", excuse_text) if part),
        "promises": _tied(sentences.promises(card)),
        "carry": _carry(carry),
        **_oldest(stop, items),
    }


def _person(row: Mapping[str, str]) -> dict[str, str]:
    return {"name": row["name"], "role": _tied(sentences.role(row))}


def _tied(text: str) -> str:
    return text.replace(" · ", BETWEEN)


def _carry(carry: Carry) -> str:
    numbers = [copy.number for copy in carry.copies]
    if carry.more:
        numbers.append(ngettext("and %(more)s more", "and %(more)s more", carry.more) % {"more": carry.more})
    copies = _("copies: %(invoices)s") % {"invoices": ", ".join(numbers)} if numbers else ""
    return BETWEEN.join(filter(None, (*carry.papers, copies)))


def _oldest(stop: Stop, items: Sequence[Owed]) -> dict[str, Any]:
    """The oldest of what is asked for, in the currency of the stop, and how many more there are."""
    asked = [item for item in items if item.currency == stop.currency and item.ask_amount > ZERO]
    more = len(asked) - OLDEST
    return {
        "items": [
            {
                "invoice": item.invoice if item.batch is None else f"{item.invoice}{BETWEEN}{_batch(item.batch)}",
                "when": sentences.when_due(item.due_date, item.days_late),
                "amount": written(item.ask_amount, item.currency, symbol=False),
            }
            for item in asked[:OLDEST]
        ],
        "more": ngettext("and %(more)s more", "and %(more)s more", more) % {"more": more} if more > 0 else "",
    }


def _batch(batch: int) -> str:
    return _("batch %(batch)s") % {"batch": batch}


def _closed(found: Round) -> list[dict[str, str]]:
    """What needs no form any more: visited, settled, skipped."""
    rows = [stop for stop in found.stops if stop.state != Stop.State.PLANNED]
    said = {
        row.stop_id: queries.outcome_text(row)
        for row in Outcome.objects.in_force().filter(stop__in=rows).select_related("receipt", "promise").order_by("pk")
    }
    return [
        {
            "number": str(found.numbers.get(stop.pk, "")),
            "name": stop.customer.name,
            "state": said.get(stop.pk, str(stop.get_state_display())),
        }
        for stop in rows
    ]


def _out(row: Any, base: str) -> dict[str, str]:
    return {
        "name": row.customer.name,
        "reason": sentences.left_out(row.reason),
        "phone": row.phone,
        "worth": money_text(row.worth, base),
    }


def _cash(stops: Sequence[Stop], base: str) -> list[dict[str, Any]]:
    """A table of notes and coins for each currency that is asked for, halved so that it stands side by side."""
    currencies = sorted({stop.currency for stop in stops}, key=lambda code: (code != base, code))[:COUNTED]
    return [{"currency": code, "halves": _halves([number(one) for one in _coins(code)])} for code in currencies]


def _coins(currency: str) -> tuple[Decimal, ...]:
    return cash_rules.denominations(currency)


def _halves(rows: list[str]) -> list[list[str]]:
    middle = (len(rows) + 1) // 2
    return [rows[:middle], rows[middle:]]


def _scale(map_: Drawing) -> dict[str, str]:
    """The renderer knows no drawing inside a drawing: where the line of the scale begins and ends, in per cent."""
    if map_.scale is None:
        return {}
    return {"from": f"{SCALE_AT}%", "to": f"{SCALE_AT + Decimal(map_.scale.width.rstrip('%'))}%"}
