"""The nearest ways out of a standing: found by asking the rule what would change it for the better. Pure.

Nothing is offered that was not tried: each way is the evidence with a fact changed, classified again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from collections_app.policy.thresholds import Thresholds
from collections_app.standings.evidence import FAILED, Answered, Evidence, Movement, Ran, Severe
from collections_app.standings.rules import Decision, Rule, Standing
from common.days import ONE_DAY

SEVERITY = {standing: place for place, standing in enumerate(Standing)}  # from the best to the worst
MOST_STEPS = 5
Row = TypeVar("Row")


class Step(StrEnum):
    """Something that can be done, or that comes by itself."""

    KEEP_PROMISE = "keep promise"  # one that covers all that is open
    PAY = "pay"  # the whole open amount: what is settled has no standing
    MOVE = "move"  # any movement of the customer
    CONFIRM = "confirm"  # the balance
    CLEAR_WARNING = "clear warning"
    END_CONDITION = "end condition"
    WAIT = "wait"  # nothing: on a day time alone changes it


@dataclass(frozen=True, slots=True)
class Promised:
    """What an open promise covers of the item, and by when."""

    amount: Decimal
    on: date
    key: int


@dataclass(frozen=True, slots=True)
class Done:
    """One step with what it is about: the rows that it takes away."""

    step: Step
    severe: tuple[Severe, ...] = ()
    conditions: tuple[Ran, ...] = ()


@dataclass(frozen=True, slots=True)
class WayOut:
    """Steps that together lead to a better standing; `gives` None: settled, none at all.

    `until` is the last day on which paying comes before the standing gets worse, `worse` what it is from then on;
    `on` is the day on which waiting is rewarded.
    """

    steps: tuple[Done, ...]
    gives: Standing | None
    amount: Decimal | None = None
    until: date | None = None
    worse: Standing | None = None
    on: date | None = None


def is_better(one: Standing | None, than: Standing) -> bool:
    return one is None or SEVERITY[one] < SEVERITY[than]


def ways_out(
    evidence: Evidence, *, as_of: date, thresholds: Thresholds, promised: Sequence[Promised] = ()
) -> list[WayOut]:
    """Nearest first: what costs nobody money, then the payment, then what time alone brings."""
    now = evidence.decided_on(as_of, thresholds)
    if now is None or now.rule is Rule.NO_DUE_DATE:
        return []
    found = (
        _undone(evidence, now, as_of, thresholds),
        _kept(evidence, promised, as_of, thresholds),
        _paid(evidence, now, as_of, thresholds),
        _waited(evidence, now, as_of, thresholds),
    )
    return [way for way in found if way is not None]


def _threatens(standing: Standing, now: Decision) -> bool:
    """Worse in a way that somebody is warned of: that a claim falls asleep is no threat."""
    return standing is not Standing.DORMANT and is_better(now.standing, standing)


# Paying


def paid(evidence: Evidence, day: date) -> Evidence:
    """As if all that is open were paid on the day."""
    rest = evidence.open_on(day)
    return replace(evidence, applied=(*evidence.applied, (day, rest)), movements=_moved(evidence, day))


def _moved(evidence: Evidence, day: date) -> tuple[Movement, ...]:
    return (*evidence.movements, Movement(day, "payment", 0))


def _paid(evidence: Evidence, now: Decision, as_of: date, thresholds: Thresholds) -> WayOut | None:
    if paid(evidence, as_of).decided_on(as_of, thresholds) is not None:
        return None
    turns_worse = _first(evidence, as_of, thresholds, lambda standing: _threatens(standing, now))
    until, worse = (turns_worse[0] - ONE_DAY, turns_worse[1]) if turns_worse else (None, None)
    return WayOut((Done(Step.PAY),), None, amount=evidence.open_on(as_of), until=until, worse=worse)


def _kept(evidence: Evidence, promised: Sequence[Promised], as_of: date, thresholds: Thresholds) -> WayOut | None:
    for promise in promised:
        whole = promise.amount >= evidence.open_on(as_of) and promise.on >= as_of
        if whole and paid(evidence, promise.on).decided_on(promise.on, thresholds) is None:
            return WayOut((Done(Step.KEEP_PROMISE),), None, amount=evidence.open_on(as_of), until=promise.on)
    return None


# Waiting


def _waited(evidence: Evidence, now: Decision, as_of: date, thresholds: Thresholds) -> WayOut | None:
    """An override, a warning or a broken promise ends by itself; nothing that got worse meanwhile counts."""
    better = _first(evidence, as_of, thresholds, lambda standing: is_better(standing, now.standing))
    if better is None:
        return None
    day, standing = better
    return WayOut((Done(Step.WAIT, severe=tuple(evidence.severe_on(as_of))),), standing, on=day)


def _first(
    evidence: Evidence, as_of: date, thresholds: Thresholds, wanted: Callable[[Standing], bool]
) -> tuple[date, Standing] | None:
    """The first day to come on which time alone makes a standing that is wanted, and that standing."""
    for day in evidence.edges_after(as_of, thresholds):
        then = evidence.decided_on(day, thresholds)
        if then is not None and wanted(then.standing):
            return day, then.standing
    return None


# Undoing what the rule names


def _undone(evidence: Evidence, now: Decision, as_of: date, thresholds: Thresholds) -> WayOut | None:
    """Take away what the rule that fired names, ask again, and go on until the standing is better."""
    steps: list[Done] = []
    changed, decision = evidence, now
    for _step in range(MOST_STEPS):
        step = _next(changed, decision.rule, as_of)
        if step is None:
            return None
        steps.append(step)
        changed = applied(changed, step, as_of)
        after = changed.decided_on(as_of, thresholds)
        if after is None or is_better(after.standing, now.standing):
            return WayOut(tuple(steps), after.standing if after else None)
        decision = after
    return None


def _next(evidence: Evidence, rule: Rule, as_of: date) -> Done | None:
    if rule is Rule.NO_MOVEMENT:
        return Done(Step.MOVE)
    if rule is Rule.REFUSED_CONFIRMATION:
        return Done(Step.CONFIRM)
    if rule is Rule.SEVERE_WARNING:
        return Done(Step.CLEAR_WARNING, severe=tuple(evidence.severe_on(as_of)))
    if rule is Rule.CUSTOMER_FAILED:
        return Done(Step.END_CONDITION, conditions=tuple(row for row in evidence.running(as_of) if row.kind in FAILED))
    return None


def applied(evidence: Evidence, step: Done, day: date) -> Evidence:
    """The evidence as it is once a step was taken on the day."""
    if step.step in (Step.PAY, Step.KEEP_PROMISE):
        return paid(evidence, day)
    if step.step is Step.MOVE:
        return replace(evidence, movements=_moved(evidence, day))
    if step.step is Step.CONFIRM:
        newest = max((row.key for row in evidence.answers), default=0) + 1
        return replace(evidence, answers=(*evidence.answers, Answered(day, False, newest)))
    if step.step is Step.CLEAR_WARNING:
        return replace(evidence, severe=tuple(_without(evidence.severe, step.severe)))
    if step.step is Step.END_CONDITION:
        return replace(evidence, conditions=tuple(_without(evidence.conditions, step.conditions)))
    return evidence


def _without(rows: Iterable[Row], gone: Iterable[Row]) -> list[Row]:
    left_out = set(gone)
    return [row for row in rows if row not in left_out]
