"""How a night gets on: its steps and their pieces, what is in hand, and what to do where it stands still."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.desk.nights.words import NOT_ALWAYS, STEPS
from collections_app.standings.models import Night, NightStep
from common.templatetags import ui
from staff.models import User

STILL_AFTER = timedelta(minutes=15)  # without a piece done: a piece takes seconds
DONE, IN_HAND, WAITING = "done", "in hand", "waiting"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a step; `name` is empty where the step is one piece."""

    name: str
    state: str
    state_words: str
    rows: int
    seconds: Decimal


@dataclass(frozen=True, slots=True)
class StepLine:
    name: str
    state: str
    state_words: str
    pieces: list[Piece]
    done: int
    rows: int
    seconds: Decimal

    @property
    def share(self) -> Decimal:
        return Decimal(self.done) / len(self.pieces)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know or to do about a night; `kind` is that of a notice."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    night: Night
    is_running: bool
    steps: list[StepLine]
    done: int
    pieces: int
    seconds: Decimal
    findings: list[Finding]

    @property
    def share(self) -> Decimal:
        return Decimal(self.done) / self.pieces if self.pieces else Decimal(0)


def progress(night: Night, *, now: datetime) -> Progress:
    rows = list(night.steps.order_by("position", "partition"))
    steps = _steps(rows, is_over=night.done_at is not None)
    found = _findings(night, rows, now)
    return Progress(
        night=night,
        is_running=night.done_at is None and not is_still(night, rows, now),
        steps=steps,
        done=sum(step.done for step in steps),
        pieces=sum(len(step.pieces) for step in steps),
        seconds=sum((step.seconds for step in steps), Decimal(0)),
        findings=found,
    )


def is_still(night: Night, rows: list[NightStep], now: datetime) -> bool:
    """Not done, and for some time no piece of it has been finished."""
    return night.done_at is None and now - _last_done(night, rows) > STILL_AFTER


def _last_done(night: Night, rows: list[NightStep]) -> datetime:
    return max([night.started_at, *(row.done_at for row in rows if row.done_at)])


def _steps(rows: list[NightStep], *, is_over: bool) -> list[StepLine]:
    """What the night has listed, and what it will come to. A night that is over shows what it has done."""
    by_name: dict[str, list[NightStep]] = defaultdict(list)
    for row in rows:
        by_name[row.name].append(row)
    reps = _reps([row.partition for row in by_name["plans"]])
    found = []
    for name in [*STEPS, *(name for name in by_name if name not in STEPS)]:
        of_step = by_name[name]
        if of_step:
            found.append(_step(name, [_piece(row, len(of_step), reps) for row in of_step]))
        elif not is_over and name not in NOT_ALWAYS:
            found.append(_step(name, [Piece("", WAITING, _("waiting"), 0, Decimal(0))]))
    return found


def _reps(keys: list[int]) -> dict[int, str]:
    return {person.pk: str(person) for person in User.objects.filter(pk__in=keys)} if keys else {}


def _step(name: str, pieces: list[Piece]) -> StepLine:
    done = sum(piece.state == DONE for piece in pieces)
    in_hand = next((piece for piece in pieces if piece.state == IN_HAND), None)
    if done == len(pieces):
        state, words = DONE, pieces[-1].state_words
    elif in_hand is not None:
        state, words = IN_HAND, in_hand.state_words
    else:
        state, words = WAITING, _("waiting")
    return StepLine(
        name=str(STEPS.get(name, name)),
        state=state,
        state_words=words,
        pieces=pieces,
        done=done,
        rows=sum(piece.rows for piece in pieces),
        seconds=sum((piece.seconds for piece in pieces), Decimal(0)),
    )


def _piece(row: NightStep, of: int, reps: dict[int, str]) -> Piece:
    name = ""
    if row.name == "plans":
        name = reps.get(row.partition, str(row.partition))
    elif of > 1:
        name = _("Piece %(number)s") % {"number": row.partition + 1}
    if row.done_at is not None:
        state, words = DONE, _("done at %(time)s") % {"time": _time(row.done_at)}
    elif row.claimed_at is not None:
        state, words = IN_HAND, _("in hand since %(time)s") % {"time": _time(row.claimed_at)}
    else:
        state, words = WAITING, _("waiting")
    return Piece(name, state, words, row.rows, Decimal(row.milliseconds) / 1000)


def _time(moment: datetime) -> str:
    return ui.clock(moment)


def _findings(night: Night, rows: list[NightStep], now: datetime) -> list[Finding]:
    found = []
    if is_still(night, rows, now):
        found.append(_standing_still(night, rows))
    if night.audit_found:
        text = ngettext(
            "The audit of the whole book found %(count)s row that the nights before had wrong. It is mended now; how "
            "it came about is a defect of the program: report it with the date of this night.",
            "The audit of the whole book found %(count)s rows that the nights before had wrong. They are mended now; "
            "how it came about is a defect of the program: report it with the date of this night.",
            night.audit_found,
        )
        found.append(
            Finding("error", _("The audit found a difference."), text % {"count": ui.number(night.audit_found)})
        )
    if night.check_broken:
        text = ngettext(
            "%(count)s row breaks an invariant. The page Health names it for the last night; check_books prints it.",
            "%(count)s rows break an invariant. The page Health names them for the last night; check_books prints "
            "them.",
            night.check_broken,
        )
        found.append(Finding("error", _("The books do not hold."), text % {"count": ui.number(night.check_broken)}))
    return found


def _standing_still(night: Night, rows: list[NightStep]) -> Finding:
    """In words: since when, at which piece, whether somebody has tried since, and what to do."""
    last = _last_done(night, rows)
    begun = [row for row in rows if row.done_at is None and row.claimed_at is not None]
    texts = [_("No piece has been finished since %(day)s %(time)s.") % {"day": ui.day(last), "time": ui.clock(last)}]
    if begun:
        stuck = max(begun, key=lambda row: row.claimed_at or last)
        texts.append(
            _("“%(step)s” was last begun at %(time)s and has not come to its end: the worker's log says why.")
            % {"step": STEPS.get(stuck.name, stuck.name), "time": ui.clock(stuck.claimed_at)}
        )
    else:
        texts.append(_("Nobody has taken up the next piece: look whether the worker and the schedule run."))
    command = f"manage.py run_nightly --as-of {night.business_date.isoformat()}"
    texts.append(
        _("What is done stays done. Once the cause is gone the worker goes on by itself; so does %(command)s.")
        % {"command": command}
    )
    return Finding("error", _("This night stands still."), " ".join(texts))
