"""The night: what happens once for every business date, in order, each step on one screen.

Every step is idempotent for its date and noted when done, so that a night that was cut off goes on where it
stopped. The business date is unique: two beats make one night. Whoever works on a piece holds its row's lock, so a
worker that is killed lets go of it at once, and the next one takes it up.
"""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from audit.services import Actor
from collections_app import books
from collections_app.cases import services as cases
from collections_app.cases import warnings
from collections_app.gate import consignment, uncontracted
from collections_app.gate import credit_services as credit
from collections_app.gate import ladder_services as ladder
from collections_app.gate import services as gate
from collections_app.policy import queries as policy
from collections_app.standings import nightly, totals
from collections_app.standings import services as standings
from collections_app.standings.models import Night, NightStep
from collections_app.visits import announcing, chance_services, homework, learning
from collections_app.visits import queries as visits_queries
from collections_app.visits import services as visits
from common import clock
from common.refusals import Refused
from customers import services as customers
from receivables import services as receivables
from staff.models import Business, User

log = logging.getLogger(__name__)

CAUGHT_UP = timedelta(days=31)


class NotYet(Refused):
    """A night for a day that has not come."""


@dataclass(frozen=True, slots=True)
class Step:
    """A named part of the night; `run` does one piece of it and returns the rows it changed.

    `pieces` lists what the step falls into (a rep's plan, a range of customers), by key; without it the step is one.
    """

    name: str
    run: Callable[[Night, int, Actor], int]
    pieces: Callable[[Night], list[int]] = lambda night: [0]


def run(*, as_of: date, by: Actor, seconds: float | None = None, full: bool = False) -> Night:
    """Do the night of a business date, or what is left of it. Run again for a done date it looks again.

    With `seconds` it stops after the piece in which they ran out; the night is then not done, and the next call
    goes on. It stops too where another worker has the last pieces of a step in hand. `full` looks at the whole book.
    """
    if as_of > clock.business_today():
        raise NotYet(f"{as_of.isoformat()} has not come yet; the night of a day runs on that day.")
    started = time.monotonic()
    night = _begin(as_of, full=full)
    for position, step in enumerate(STEPS, start=1):
        for piece in step.pieces(night):
            if seconds is not None and time.monotonic() - started > seconds:
                return night
            _do(night, step, piece, position, by)
        if night.steps.filter(name=step.name, done_at=None).exists():
            return night
    Night.objects.filter(pk=night.pk).update(done_at=clock.now())
    night.refresh_from_db()
    log.info("night %s done: %s, %s touched, %s changed", as_of, night.mode, night.touched, night.changed)
    return night


def is_missing(today: date, minute_of_day: int) -> date | None:
    """The oldest business date without a done night: before today, or today once NIGHT_AT has passed.

    An installation that has no night yet starts with today; missed days are caught up in order, a month at most.
    """
    night_at = settings.NIGHT_AT.hour * 60 + settings.NIGHT_AT.minute
    last = Night.objects.filter(done_at__isnull=False).aggregate(last=Max("business_date"))["last"]
    next_date = today if last is None else max(last + timedelta(days=1), today - CAUGHT_UP)
    if next_date < today or (next_date == today and minute_of_day >= night_at):
        return next_date
    return None


def is_cut_off() -> bool:
    """Has the newest night begun and not ended?"""
    newest = Night.objects.order_by("-business_date").first()
    return newest is not None and newest.done_at is None


def _begin(as_of: date, *, full: bool) -> Night:
    """Take up the night of the date; the steps of a night that was done before are done again."""
    asked = Night.Mode.FULL if full else Night.Mode.INCREMENTAL
    night = Night.objects.filter(business_date=as_of).first()
    if night is None:
        try:
            return _new(as_of, asked)
        except IntegrityError:  # another beat, a moment earlier
            night = Night.objects.get(business_date=as_of)
    if night.done_at is not None:
        _begin_again(night, asked)
    return night


@transaction.atomic
def _new(as_of: date, asked: Night.Mode) -> Night:
    """A policy that is being put in force meanwhile is either this night's or begins after its day."""
    standings.wait_alone()
    now, version = clock.now(), policy.version_in_force(as_of)
    return Night.objects.create(business_date=as_of, known_until=now, started_at=now, policy=version, mode=asked)


@transaction.atomic
def _begin_again(night: Night, asked: Night.Mode) -> None:
    night.steps.all().delete()
    night.started_at = clock.now()
    night.policy = policy.version_in_force(night.business_date)
    night.touched = night.changed = 0
    night.done_at = None
    night.mode = asked
    if _is_latest(night):
        standings.reopen(night)
        night.classified_at = None
    night.save()


def _do(night: Night, step: Step, piece: int, position: int, by: Actor) -> None:
    """One piece, unless it is done or somebody else has it in hand."""
    row, _created = NightStep.objects.get_or_create(
        night=night, name=step.name, partition=piece, defaults={"position": position}
    )
    if row.done_at is not None:
        return
    NightStep.objects.filter(pk=row.pk).update(claimed_at=clock.now())
    started = time.monotonic()
    with _one_transaction():
        held = NightStep.objects.select_for_update(skip_locked=True).filter(pk=row.pk, done_at=None).first()
        if held is None:
            return
        night.refresh_from_db()  # another worker may have looked since this one read how much the night looks at
        held.rows = step.run(night, piece, by)
        held.milliseconds = int((time.monotonic() - started) * 1000)
        held.done_at = clock.now()
        held.save(update_fields=["rows", "milliseconds", "done_at"])
    log.info("night %s: %s %s, %s rows in %s ms", night, step.name, piece, held.rows, held.milliseconds)


def _one_transaction() -> AbstractContextManager[object]:
    """PostgreSQL keeps the piece's row locked while it is worked on. SQLite has one worker, and a piece that only
    reads must not keep everybody from writing.
    """
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()


@transaction.atomic
def _promises(night: Night, piece: int, by: Actor) -> int:
    moved = cases.settle_promises(as_of=night.business_date)
    customers.mark(moved, because="promise settled", on=night.business_date)
    return len(moved)


@transaction.atomic
def _more_time(night: Night, piece: int, by: Actor) -> int:
    """Extensions and plans that were missed are void from the day after; plans that are kept move to their next part.

    By all that has come until today, also in the night of a day that has passed: a due date in force is of this moment,
    and what came after that day would be taken for not paid. Each move has the day from which it counts.
    """
    today = clock.business_today()
    moved = receivables.void_missed(as_of=today) | receivables.keep_plans(as_of=today)
    customers.mark(moved, because="more time", on=today)
    return len(moved)


def _warnings(night: Night, piece: int, by: Actor) -> int:
    return warnings.compute_piece(as_of=night.business_date, first=piece, by=by)


def _warning_pieces(night: Night) -> list[int]:
    """A day before the latest night warns of nothing: the signs are read from all that is known now."""
    return warnings.pieces() if _is_latest(night) else []


def _look(night: Night, piece: int, by: Actor) -> int:
    """Who is concerned. A day before the latest night changes nothing: the stored standings are of the latest one."""
    if not _is_latest(night):
        return 0
    position = 1 + [step.name for step in STEPS].index("look")
    return nightly.look(night, position=position, everything=night.mode == Night.Mode.FULL)


def _classify(night: Night, piece: int, by: Actor) -> int:
    return nightly.classify(night, piece)


def _audit(night: Night, piece: int, by: Actor) -> int:
    return nightly.audit(night, piece)


def _close(night: Night, piece: int, by: Actor) -> int:
    return nightly.close(night) if _is_latest(night) else 0


def _totals(night: Night, piece: int, by: Actor) -> int:
    return totals.store(night) if _is_latest(night) else 0


def _to_do(night: Night, piece: int, by: Actor) -> int:
    """Insured limits that end, late items of which an insurer must be told, slow consigned goods, missing contracts."""
    if not _is_latest(night):
        return 0
    day = night.business_date
    opened = credit.insurer_tasks(as_of=day) + consignment.help_to_sell(as_of=day)
    return opened + uncontracted.mark_without_contract(as_of=day, by=by)


def _ladder(night: Night, piece: int, by: Actor) -> int:
    """Whoever has nothing undisputed late any more leaves the supply ladder."""
    return ladder.leave_all_settled(on=clock.business_today(), by=by) if _is_latest(night) else 0


def _holds(night: Night, piece: int, by: Actor) -> int:
    """Held goods again, because days have passed; a day before the latest night lets nothing go."""
    return gate.look_at_all(as_of=clock.business_today()) if _is_latest(night) else 0


def _habits(night: Night, piece: int, by: Actor) -> int:
    """The rhythm of those who paid, bought or were not looked at for long."""
    return learning.learn_piece(as_of=night.business_date, first=piece)


def _habit_pieces(night: Night) -> list[int]:
    return learning.pieces() if _is_latest(night) else []


@transaction.atomic
def _before_visits(night: Night, piece: int, by: Actor) -> int:
    """Chances learned once a month, our own homework, and the calls ahead of planned collections."""
    if not _is_latest(night):
        return 0
    day = night.business_date
    calendar = Business.objects.values_list("calendar", flat=True).first() or ""
    done = chance_services.learn(as_of=day, by=by) + homework.open_tasks(as_of=day, calendar=calendar, by=by)
    return done + announcing.open_list(as_of=day, by=by)


REPS_AT_ONCE = 25  # in one piece where several workers share the night; one where a single worker does all


def _rounds(night: Night) -> list[list[list[User]]]:
    """Who is planned together, so many groups to a piece. None where the day has passed: nobody drives yesterday."""
    if _round_on(night) < clock.business_today():
        return []
    groups = visits.grouped(User.objects.reps().order_by("team", "pk"))
    size = REPS_AT_ONCE if settings.REDIS_URL else 1
    return [groups[start : start + size] for start in range(0, len(groups), size)]


def _round_pieces(night: Night) -> list[int]:
    """By the first rep of each: a colleague who joins while the night is running moves nobody into another piece."""
    return [piece[0][0].pk for piece in _rounds(night)]


def _round_on(night: Night) -> date:
    """The day of the round: the business date or, where that is a day off, the next working day."""
    return visits_queries.round_on(night.business_date)


def _plan(night: Night, piece: int, by: Actor) -> int:
    groups = next((some for some in _rounds(night) if some[0][0].pk == piece), [])
    plans = [plan for reps in groups for plan in visits.plan_round(on=[_round_on(night)], reps=reps, by=by)]
    return sum(plan.stops.count() for plan in plans)


def _check(night: Night, piece: int, by: Actor) -> int:
    report = books.check(as_of=night.business_date)
    receivables.prove_totals(report.proved)
    broken = [{"name": one.name, "rows": one.broken} for one in report.invariants if one.broken]
    Night.objects.filter(pk=night.pk).update(check_broken=report.broken, broken=broken)
    return report.broken


def _is_latest(night: Night) -> bool:
    return not Night.objects.filter(business_date__gt=night.business_date).exists()


STEPS: tuple[Step, ...] = (
    Step("promises", _promises),
    Step("more time", _more_time),
    Step("warnings", _warnings, _warning_pieces),
    Step("look", _look),
    Step(nightly.CLASSIFY, _classify, lambda night: nightly.pieces(night, nightly.CLASSIFY)),
    Step(nightly.AUDIT, _audit, lambda night: nightly.pieces(night, nightly.AUDIT)),
    Step("close", _close),
    Step("totals", _totals),
    Step("to do", _to_do),
    Step("ladder", _ladder),
    Step("holds", _holds),
    Step("habits", _habits, _habit_pieces),
    Step("before visits", _before_visits),
    Step("plans", _plan, _round_pieces),
    Step("check", _check),
)
