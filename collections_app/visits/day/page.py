"""The page of a round: the whole day as one ordered list, the map beside it, who was left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.visits import links, navigation, queries, sentences
from collections_app.visits.asked import url_of
from collections_app.visits.day import reading, words
from collections_app.visits.day.carrying import Carry, carry_of, for_the_bag
from collections_app.visits.day.reading import Round
from collections_app.visits.drawn import Drawing
from collections_app.visits.models import Outcome, Stop
from collections_app.visits.navigation import Leg
from collections_app.visits.queries import Person
from common.templatetags.ui import weekday
from staff.models import User


@dataclass(frozen=True, slots=True)
class RoundStop:
    """A row of the list. Ask in `currency`, worth in base currency; `number` is empty where nobody goes any more."""

    number: str
    customer_name: str
    url: str
    standing: str
    is_open: bool
    state: str
    times: str
    window: str
    waiting: str
    way: str
    tags: tuple[str, ...]
    ask_amount: Decimal
    currency: str
    worth: Decimal
    reasons: tuple[str, ...]
    who: tuple[Person, ...]
    carry: Carry
    address: str
    phone: str
    call_url: str
    leg: Leg | None


@dataclass(frozen=True, slots=True)
class OutRow:
    customer_name: str
    url: str
    worth: Decimal
    reason: str
    phone: str
    call_url: str


@dataclass(frozen=True, slots=True)
class Part:
    """Several legs in one link."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Home:
    at: time | None
    way: str
    leg: Leg | None


@dataclass(frozen=True, slots=True)
class Totals:
    stops: int
    way: str
    driving: str
    visiting: str
    waiting: str


@dataclass(frozen=True, slots=True)
class RoundPage:
    rep_name: str
    on: date
    is_own: bool
    base: str
    is_planned: bool
    off: str
    hours: str
    is_estimated: bool
    totals: Totals
    bag: tuple[str, ...]
    stops: tuple[RoundStop, ...]
    home: Home
    parts: tuple[Part, ...]
    out: tuple[OutRow, ...]
    map: Drawing
    credit: str
    today_url: str
    week_url: str
    sheet_url: str
    gpx_url: str


def round_page(*, rep: User, on: date, user: User) -> RoundPage:
    """Six statements at most, at any size."""
    found = reading.read(rep=rep, on=on, user=user)
    tiles, credit = reading.tiles_and_credit()
    carried, outcomes = carry_of(found.stops), _outcomes(found)
    return RoundPage(
        rep_name=str(rep),
        on=on,
        is_own=rep.pk == user.pk,
        base=reading.base_currency(),
        is_planned=found.plan is not None,
        off=words.off(found.frame.get("off", "")),
        hours=words.working_time(found.frame),
        is_estimated=bool(found.frame.get("is_estimated")),
        totals=_totals(found),
        bag=tuple(for_the_bag(carried[stop.pk] for stop in found.visits)),
        stops=tuple(_stop(stop, found.numbers, carried[stop.pk], outcomes) for stop in found.stops),
        home=_home(found),
        parts=_parts(found),
        out=tuple(_out(row) for row in found.out),
        map=reading.map_of(found, tiles=tiles),
        credit=credit,
        today_url=url_of("visits:today", rep, on),
        week_url=url_of("visits:week", rep, on),
        sheet_url=url_of("visits:day-sheet", rep, on),
        gpx_url=url_of("visits:round-gpx", rep, on),
    )


def _outcomes(found: Round) -> dict[int, str]:
    """By stop, what came of the visit, in words."""
    done = [stop.pk for stop in found.stops if stop.state == Stop.State.DONE]
    rows = Outcome.objects.in_force().filter(stop__in=done).select_related("receipt", "promise").order_by("pk")
    return {row.stop_id: queries.outcome_text(row) for row in rows}


def _totals(found: Round) -> Totals:
    load = found.load
    return Totals(
        stops=len(found.visits),
        way=words.kilometres(found.kilometres),
        driving=words.duration(load.driving),
        visiting=words.duration(load.visiting),
        waiting=words.duration(load.waiting),
    )


def _stop(stop: Any, numbers: Mapping[int, int], carry: Carry, outcomes: Mapping[int, str]) -> RoundStop:
    is_open = stop.state == Stop.State.PLANNED
    place = reading.place_at(stop)
    return RoundStop(
        number=str(numbers.get(stop.pk, "")),
        customer_name=stop.customer.name,
        url=reverse("visits:stop", args=[stop.pk]),
        standing=stop.standing if is_open else "",
        is_open=is_open,
        state="" if is_open else outcomes.get(stop.pk, str(stop.get_state_display())),
        times=words.visit_times(stop),
        window=words.window(stop),
        waiting=sentences.waiting(stop.arrive_at, stop.start_at),
        way=words.way(stop.travel_minutes, stop.kilometres),
        tags=_tags(stop) if is_open else (),
        ask_amount=stop.ask_amount,
        currency=stop.currency,
        worth=stop.worth,
        reasons=tuple(filter(None, (sentences.reason(facts) for facts in stop.reasons))),
        who=tuple(Person(row["name"], sentences.role(row)) for row in stop.card.get("who") or ()),
        carry=carry,
        address=stop.card.get("address") or "",
        phone=stop.card.get("phone") or "",
        call_url=links.call(stop.card.get("phone") or ""),
        leg=navigation.leg(place) if place is not None else None,
    )


def _tags(stop: Any) -> tuple[str, ...]:
    said = (
        words.commitment(stop),
        _("Locked") if stop.is_locked else "",
        _("Goods on hold") if stop.is_held else "",
    )
    return tuple(filter(None, said))


def _home(found: Round) -> Home:
    length = Decimal(found.frame.get("home_metres", 0)) / 1000
    return Home(
        at=found.home_at,
        way=words.way(found.frame.get("home_minutes", 0), length),
        leg=navigation.leg(found.end) if found.end is not None else None,
    )


def _parts(found: Round) -> tuple[Part, ...]:
    """What is left of the round, from where the phone is."""
    numbers = found.numbers
    rows = reading.placed([stop for stop in found.visits if stop.state == Stop.State.PLANNED])
    return tuple(
        Part(_span(numbers[rows[part.first - 1][0].pk], numbers[rows[part.last - 1][0].pk]), part.google)
        for part in navigation.parts([place for _stop, place in rows])
    )


def _span(first: int, last: int) -> str:
    if first == last:
        return _("Stop %(number)s") % {"number": first}
    return _("Stops %(first)s to %(last)s") % {"first": first, "last": last}


def _out(row: Any) -> OutRow:
    return OutRow(
        customer_name=row.customer.name,
        url=reverse("desk:customer", args=[row.customer.code]),
        worth=row.worth,
        reason=sentences.left_out(row.reason),
        phone=row.phone,
        call_url=links.call(row.phone),
    )


def title_of(rep: User, on: date) -> str:
    """As files of the round are named inside."""
    return _("%(rep)s, %(day)s") % {"rep": rep, "day": weekday(on)}
