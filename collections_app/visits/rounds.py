"""From the input of a round to the plan of each rep and day: the problem for the solver, and its answer in minutes.

The solver's clock counts seconds from 00:00 of the first day; what is stored are local times of each day.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from collections_app.policy.thresholds import Planning
from collections_app.visits import matrices
from collections_app.visits.candidates import Prepared
from collections_app.visits.frames import Frame, minutes_of, place_of
from collections_app.visits.models import Stop
from collections_app.visits.planning import Candidate, Reason, RoundInput
from collections_app.visits.route import Because, Place
from collections_app.visits.route import Window as Hours
from collections_app.visits.solver import reasons
from collections_app.visits.solver import solve as solving
from collections_app.visits.solver.problem import Matrix, Problem, Round, Shift, ShiftKey, Span, Visit, Window
from collections_app.visits.solver.problem import Stop as SolvedStop
from collections_app.visits.solver.reasons import LeftOut
from collections_app.visits.solver.solve import Effort
from collections_app.visits.travel import Way
from common.money import ZERO

DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Planned:
    """A visit in a rep's day. Minutes after midnight, metres of the way there."""

    prepared: Prepared
    arrive: int
    start: int
    leave: int
    travel_minutes: int
    metres: int
    window: tuple[int, int] | None
    is_locked: bool


@dataclass(frozen=True, slots=True)
class Out:
    """Somebody left out, and why."""

    prepared: Prepared
    reason: Reason


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One rep's day. `home_at` is the minute at which he is back, `metres_home` the last way."""

    frame: Frame
    visits: tuple[Planned, ...]
    left_out: tuple[Out, ...]
    home_at: int | None
    home_minutes: int
    home_metres: int
    is_estimated: bool  # a map server was asked in vain

    @property
    def as_stored(self) -> dict[str, Any]:
        return self.frame.as_stored | {
            "home_at": self.home_at,
            "home_minutes": self.home_minutes,
            "home_metres": self.home_metres,
            "is_estimated": self.is_estimated,
        }


@dataclass(frozen=True)
class Asked:
    """The problem put to the solver, and how its answer is read."""

    problem: Problem
    found: RoundInput
    shifts: Mapping[tuple[int, date], ShiftKey]
    candidates: Mapping[int, Candidate]
    is_estimated: bool
    unplaced: frozenset[int]
    closed: frozenset[int]
    locked: frozenset[int]


def ask(found: RoundInput, way: Way, *, now: datetime) -> Asked:
    """Places once each; a candidate without a place, or without a window on any day, is put to nobody."""
    horizon = {day: number for number, day in enumerate(found.days)}
    shifts, places = {}, _Places()
    for (rep, day), frame in sorted(found.frames.items()):
        if not frame.off:
            shifts[rep, day] = _shift(frame, horizon[day], places, found)
    unplaced, closed, visits = set(), set(), {}
    free = {row.customer: row.free_days for row in found.candidates}
    locked = {stop.customer_id: stop for stop in found.locked if stop.plan.on in free.get(stop.customer_id, ())}
    for row in found.candidates:
        place = found.profiles[row.customer].place
        if not free[row.customer]:
            continue
        visit = _visit(row, 0 if place is None else places.at(place), shifts, horizon, found.rules.planning)
        if visit is None:
            closed.add(row.customer)
            continue
        if place is None:
            unplaced.add(row.customer)
            continue
        visits[row.customer] = _kept_in_place(visit, locked.get(row.customer), shifts, horizon)
    matrix = matrices.matrix(places.known, way, now=now)
    problem = Problem(
        shifts=tuple(shifts.values()),
        visits=tuple(visits.values()),
        matrix=Matrix(matrix.seconds, matrix.metres),
        cost_per_minute=Decimal(found.rules.planning.cost_per_minute),
    )
    return Asked(
        problem=problem,
        found=found,
        shifts={key: shift.key for key, shift in shifts.items()},
        candidates={row.customer: row for row in found.candidates},
        is_estimated=matrix.is_estimated,
        unplaced=frozenset(unplaced),
        closed=frozenset(closed),
        locked=frozenset(locked),
    )


class _Places:
    """Rows of the matrix: each position once."""

    def __init__(self) -> None:
        self.known: list[Place] = []
        self._rows: dict[Place, int] = {}

    def at(self, place: Place) -> int:
        if place not in self._rows:
            self._rows[place] = len(self.known)
            self.known.append(place)
        return self._rows[place]


def _shift(frame: Frame, number: int, places: _Places, found: RoundInput) -> Shift:
    """The rest of the working time: after the last visit that was made, and from there."""
    made = found.kept.get((frame.rep, frame.on), ())
    start, begins = frame.start, frame.starts_at
    if made:
        last = max(made, key=lambda stop: (minutes_of(stop.leave_at) if stop.leave_at else 0, stop.position))
        start = place_of(last.card.get("place") or []) or start
        begins = max(begins, minutes_of(last.leave_at) if last.leave_at else 0)
    if number == 0:
        begins = max(begins, found.not_before)
    midnight = number * DAY
    return Shift(
        key=(frame.rep, number),
        starts=midnight + begins * 60,
        ends=midnight + frame.ends_at * 60,
        starts_from=None if start is None else places.at(start),
        ends_at=None if frame.end is None else places.at(frame.end),
        breaks=tuple(Span(midnight + one.opens * 60, midnight + one.closes * 60) for one in frame.lunches),
    )


def _visit(
    row: Candidate,
    place: int,
    shifts: Mapping[tuple[int, date], Shift],
    horizon: Mapping[date, int],
    business: Planning,
) -> Visit | None:
    """On its commitment days alone where it has any; else on every day that its rules permit.

    Nobody is visited outside business hours: a rep may set out before them, and be on the way home after.
    """
    free = row.free_days
    owed = {day: one for day, one in free.items() if one.is_commitment}
    days = owed or free
    windows, minutes, amount = [], 0, ZERO
    for day, one in sorted(days.items()):
        if one.permission.closed or (one.card["no_rate"] and one.worth.amount <= ZERO and not owed):
            continue
        minutes, amount = max(minutes, one.minutes), max(amount, one.asked_amount)
        midnight = horizon[day] * DAY
        for span in one.permission.windows or (Hours(business.starts_at, business.ends_at),):
            opens, closes = max(span.opens, business.starts_at), min(span.closes, business.ends_at)
            if opens < closes:
                windows.append(Window(midnight + opens * 60, midnight + closes * 60, max(one.worth.amount, ZERO)))
    if not windows:
        return None
    return Visit(
        key=row.customer,
        place=place,
        seconds=minutes * 60,
        windows=tuple(windows),
        is_commitment=bool(owed),
        shifts=frozenset(shift.key for (rep, day), shift in shifts.items() if day in days and rep in row.reps[day]),
        amount=amount,
    )


def _kept_in_place(
    visit: Visit, stop: Stop | None, shifts: Mapping[tuple[int, date], Shift], horizon: Mapping[date, int]
) -> Visit:
    """A locked stop keeps its rep and its time. Times are stored in whole minutes: it may begin at any second of its
    own, or nobody could be in time at the first one of a day.
    """
    shift = None if stop is None else shifts.get((stop.plan.rep_id, stop.plan.on))
    at = None if stop is None else stop.start_at or stop.arrive_at
    if stop is None or shift is None or at is None:
        return visit
    return visit.locked(shift.key, horizon[stop.plan.on] * DAY + minutes_of(at) * 60, later=59)


def solve(found: RoundInput, *, effort: Effort, now: datetime) -> tuple[DayPlan, ...]:
    """The plan of every rep and day of the round, days off included. Everybody left out has a reason."""
    asked = ask(found, Way.of(found.rules.travel), now=now)
    before = {asked.shifts[key]: order for key, order in found.before.items() if key in asked.shifts}
    plan = solving.solve(asked.problem, effort=effort, before=before)
    outs = {row.key: row for row in reasons.why(asked.problem, plan)}
    rounds = {one.shift: one for one in plan.rounds}
    named = _named(asked, outs)
    return tuple(
        _day(frame, rounds.get(asked.shifts[key]) if key in asked.shifts else None, named.get(key, ()), asked)
        for key, frame in sorted(found.frames.items())
    )


def _day(frame: Frame, one: Round | None, left_out: Sequence[Out], asked: Asked) -> DayPlan:
    midnight = asked.found.days.index(frame.on) * DAY
    stops = one.stops if one else ()
    return DayPlan(
        frame=frame,
        visits=tuple(_planned(stop, frame.on, midnight, asked) for stop in stops),
        left_out=tuple(left_out),
        home_at=_minute(one.home_at, midnight) if one and stops else None,
        home_minutes=math.ceil(one.seconds_home / 60) if one and stops else 0,
        home_metres=one.metres_home if one and stops else 0,
        is_estimated=asked.is_estimated,
    )


def _planned(stop: SolvedStop, on: date, midnight: int, asked: Asked) -> Planned:
    prepared = asked.candidates[stop.key].days[on]
    start, leave = _minute(stop.start, midnight), _minute(stop.leave, midnight)
    inside = [span for span in prepared.permission.windows if span.opens <= start and leave <= span.closes]
    return Planned(
        prepared=prepared,
        arrive=_minute(stop.arrive, midnight),
        start=start,
        leave=leave,
        travel_minutes=math.ceil(stop.seconds / 60),
        metres=stop.metres,
        window=(inside[0].opens, inside[0].closes) if inside else None,
        is_locked=stop.key in asked.locked,
    )


def _minute(second: int, midnight: int) -> int:
    return (second - midnight) // 60


def _named(asked: Asked, outs: Mapping[int, LeftOut]) -> dict[tuple[int, date], list[Out]]:
    """By the plan that names them: those left out who are worth more than the policy's threshold, are committed, or
    whom nobody could rank. Each is named once, by the first of the reps on the first of the days.
    """
    found: dict[tuple[int, date], list[Out]] = defaultdict(list)
    least = Decimal(asked.found.rules.planning.left_out_from)
    for row in asked.found.candidates:
        reason = _reason(row, asked, outs)
        if reason is None:
            continue
        day, prepared = _best_day(row)
        if prepared.worth.amount >= least or prepared.is_commitment or reason["because"] in ALWAYS:
            found[min(row.reps[day]), day].append(Out(prepared, reason))
    return found


ALWAYS = (Because.NO_POSITION, Because.NO_RATE, "reconciliation first", "invoice first", "skipped")


def _best_day(row: Candidate) -> tuple[date, Prepared]:
    return min(
        (row.free_days or row.days).items(),
        key=lambda pair: (not pair[1].is_commitment, -pair[1].worth.amount, pair[0]),
    )


def _reason(row: Candidate, asked: Asked, outs: Mapping[int, LeftOut]) -> Reason | None:
    """Why a candidate is in no round; None where it is in one."""
    day, prepared = _best_day(row)
    if day in row.reasons:
        return row.reasons[day]
    if row.customer in asked.closed:
        return _closed(prepared, asked.found.profiles[row.customer].stated.settlement_days)
    if row.customer in asked.unplaced:
        return {"because": Because.NO_POSITION.value}
    out = outs.get(row.customer)
    if out is None:
        return None
    reason: Reason = {"because": out.because.value}
    if out.loss is not None:
        reason |= {"loss": str(out.loss), "currency": asked.found.base}
    if out.because == reasons.Because.TOO_FAR:
        reason |= {
            "minutes": math.ceil(out.seconds / 60),
            "amount": str(prepared.worth.amount),
            "currency": asked.found.base,
        }
    return reason


def _closed(prepared: Prepared, settlement_days: Sequence[str]) -> Reason:
    if prepared.permission.closed == Because.NOT_A_PAYMENT_DAY:
        return {"because": Because.NOT_A_PAYMENT_DAY.value, "rule": settlement_days[0]}
    if prepared.permission.closed:
        return {"because": str(prepared.permission.closed)}
    if not prepared.card["no_rate"]:
        return {"because": reasons.Because.WINDOW_CLOSED.value}
    return {"because": Because.NO_RATE.value, "currency": ", ".join(prepared.card["no_rate"])}
