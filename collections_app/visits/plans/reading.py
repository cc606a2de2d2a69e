"""The plans of one day side by side, as frozen rows in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.policy import queries as policy
from collections_app.visits import plan_rights as rights
from collections_app.visits import sentences
from collections_app.visits.frames import Frame, frames, minutes_of
from collections_app.visits.models import LeftOut, Plan, Stop
from collections_app.visits.plans import words
from collections_app.visits.plans.ahead import VISITS, day_url
from collections_app.visits.plans.load import Hours, Load, Made, Sums, difference, drawn, load_of
from collections_app.visits.plans.wanted import AppointmentLine, WishLine, appointments_of, wishes_of
from common import days
from common.money import ZERO
from common.templatetags.ui import width
from staff import queries as people
from staff.models import Absence, Business, User

NAMED = 5  # left out and shown at once


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the bar, as it is drawn and as it is said."""

    name: str
    word: str
    x: str
    width: str
    length: str


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    pieces: tuple[Piece, ...]
    over: str


@dataclass(frozen=True, slots=True)
class StopLine:
    key: int
    customer: int
    customer_name: str
    code: str
    url: str
    position: int
    arrive_at: time | None
    start_at: time | None
    leave_at: time | None
    travel_minutes: int
    kilometres: Decimal | None
    ask_amount: Decimal
    currency: str
    worth: Decimal
    standing: str
    reason: str
    state: str
    is_open: bool
    is_commitment: bool
    is_locked: bool


@dataclass(frozen=True, slots=True)
class OutLine:
    customer_name: str
    code: str
    url: str
    worth: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Column:
    """A rep's day. Worth in base currency, kilometres with the way home."""

    rep: int
    name: str
    url: str
    off: str
    plan: int | None
    is_approved: bool
    approved: str
    bar: Bar | None
    stops: tuple[StopLine, ...]
    stop_count: int
    worth: Decimal
    way: str
    kilometres: Decimal
    out: tuple[OutLine, ...]
    out_worth: Decimal
    compared_on: date | None
    compared: str
    new: str
    gone: str

    @property
    def open_stops(self) -> list[tuple[int, str]]:
        return [(stop.key, stop.customer_name) for stop in self.stops if stop.is_open]

    @property
    def out_first(self) -> tuple[OutLine, ...]:
        return self.out[:NAMED]

    @property
    def out_more(self) -> tuple[OutLine, ...]:
        return self.out[NAMED:]


@dataclass(frozen=True, slots=True)
class DayPage:
    on: date
    base: str
    is_past: bool
    is_today: bool
    may_change: bool
    may_decide: bool
    columns: tuple[Column, ...]
    wishes: tuple[WishLine, ...]
    appointments: tuple[AppointmentLine, ...]
    before_url: str
    after_url: str

    @property
    def to_approve(self) -> int:
        """Of the plans with a visit in them; one without needs nobody's word."""
        return sum(column.stop_count > 0 and not column.is_approved for column in self.columns)

    @property
    def stop_count(self) -> int:
        return sum(column.stop_count for column in self.columns)

    @property
    def worth(self) -> Decimal:
        return sum((column.worth for column in self.columns), ZERO)

    @property
    def out_worth(self) -> Decimal:
        return sum((column.out_worth for column in self.columns), ZERO)

    @property
    def way(self) -> str:
        return words.kilometres(sum((column.kilometres for column in self.columns), ZERO))


def reps_of(user: User, team: str = "") -> list[User]:
    """Whose plans this person sees, in the order of the page."""
    found = User.objects.visible_to(user).reps().select_related("team").order_by("first_name", "last_name", "pk")
    return list(found.filter(team__name=team) if team else found)


def day_page(*, on: date, user: User, today: date, reps: Sequence[User], team: str = "") -> DayPage:
    """Everybody's day side by side; `reps` are those that `user` sees."""
    business = Business.objects.first() or Business()
    known = _known(on, reps, business)
    is_past = on < today
    return DayPage(
        on=on,
        base=business.base_currency,
        is_past=is_past,
        is_today=on == today,
        may_change=user.role in rights.CHANGES and not is_past,
        may_decide=user.role in rights.DECIDES and not is_past,
        columns=tuple(_column(rep, on, known, business.base_currency) for rep in reps),
        wishes=wishes_of(on, user),
        appointments=appointments_of(on, user),
        before_url=day_url(days.roll(on - days.ONE_DAY, business.calendar, forward=False), team),
        after_url=day_url(days.roll(on + days.ONE_DAY, business.calendar), team),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What the columns are made of, read at once."""

    plans: Mapping[int, Plan]  # by rep
    stops: Mapping[int, list[Stop]]  # by plan
    out: Mapping[int, list[LeftOut]]
    before: Mapping[int, Plan]  # by rep: the plan of his last day with visits
    frames: Mapping[tuple[int, date], Frame]
    away: Mapping[int, Absence]
    names: Mapping[str, str]


def _known(on: date, reps: Sequence[User], business: Business) -> _Known:
    plans = {plan.rep_id: plan for plan in Plan.objects.filter(rep__in=reps, on=on)}
    with_visits = Plan.objects.filter(rep=OuterRef("rep"), on__lt=on, stops__state__in=VISITS)
    last = with_visits.order_by("-on").values("on")[:1]
    before = {plan.rep_id: plan for plan in Plan.objects.filter(rep__in=reps, on=Subquery(last))}
    keys = [plan.pk for plan in (*plans.values(), *before.values())]
    stops = Stop.objects.filter(plan__in=keys).select_related("customer").order_by("position")
    out = LeftOut.objects.filter(plan__in=plans.values()).select_related("customer").order_by("-worth", "pk")
    away = Absence.objects.on(on).filter(rep__in=reps).select_related("deputy")
    return _Known(
        plans=plans,
        stops=_by_plan(stops),
        out=_by_plan(out),
        before=before,
        frames=frames(reps, [on], rules=policy.in_force(on), business=business) if reps else {},
        away={row.rep_id: row for row in away},
        names=people.names(plan.approved_by for plan in plans.values() if plan.approved_by),
    )


def _by_plan(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.plan_id].append(row)
    return found


def _column(rep: User, on: date, known: _Known, base: str) -> Column:
    plan, frame = known.plans.get(rep.pk), known.frames[rep.pk, on]
    rows = known.stops.get(plan.pk, []) if plan else []
    visits = [row for row in rows if row.state in VISITS]
    named = {row.customer_id for row in rows}  # a skipped stop says so itself
    out = tuple(_out(row) for row in known.out.get(plan.pk, []) if row.customer_id not in named) if plan else ()
    load = _load(visits, plan, frame)
    sums = _sums(visits, plan)
    compared_on, *said = _compared(known, rep, rows, visits, base) if plan else (None, "", "", "")
    return Column(
        rep=rep.pk,
        name=str(rep),
        url=f"{reverse('visits:today')}?{urlencode({'rep': rep.pk, 'date': on.isoformat()})}",
        off=words.off_words(frame.off, known.away.get(rep.pk)),
        plan=plan.pk if plan else None,
        is_approved=plan is not None and plan.state == Plan.State.APPROVED,
        approved=_approved(plan, known) if plan else "",
        bar=_bar(load) if plan and (visits or not frame.off) else None,
        stops=tuple(_stop(row) for row in rows),
        stop_count=len(visits),
        worth=sums.worth,
        way=words.kilometres(sums.kilometres),
        kilometres=sums.kilometres,
        out=out,
        out_worth=sum((row.worth for row in out), ZERO),
        compared_on=compared_on,
        compared=said[0],
        new=said[1],
        gone=said[2],
    )


def _approved(plan: Plan, known: _Known) -> str:
    if plan.state != Plan.State.APPROVED:
        return _("Proposed")
    if not plan.approved_by:
        return _("Approved")
    return _("Approved by %(name)s") % {"name": known.names[plan.approved_by]}


def _load(visits: Sequence[Stop], plan: Plan | None, frame: Frame) -> Load:
    """By the working time for which the day was planned; where the plan does not tell it, by the one of now."""
    told = plan.frame if plan is not None and "starts_at" in plan.frame else frame.as_stored
    lunch_from, lunch_until = told.get("lunch") or (0, 0)
    made = [
        Made(
            minutes_of(row.arrive_at),
            minutes_of(row.start_at or row.arrive_at),
            minutes_of(row.leave_at),
            row.travel_minutes,
        )
        for row in visits
        if row.arrive_at and row.leave_at
    ]
    hours = Hours(told["starts_at"], told["ends_at"], lunch_from, lunch_until)
    return load_of(made, hours, way_back=told.get("home_minutes", 0) if made else 0)


def _bar(load: Load) -> Bar:
    minutes = dict(load.parts)
    pieces = tuple(
        Piece(
            part.name,
            str(words.PARTS[part.name]),
            width(part.begins),
            width(part.width),
            words.duration(minutes[part.name]),
        )
        for part in drawn(load)
    )
    return Bar(words.load_words(load), pieces, words.over_words(load))


def _sums(visits: Sequence[Stop], plan: Plan | None) -> Sums:
    """The way home belongs to the day, where the plan tells it."""
    home = Decimal(plan.frame.get("home_metres", 0)) / 1000 if plan is not None and visits else ZERO
    return Sums(
        worth=sum((row.worth for row in visits), ZERO),
        kilometres=sum((row.kilometres or ZERO for row in visits), home),
        customers=frozenset(row.customer_id for row in visits),
        visited=frozenset(row.customer_id for row in visits if row.state == Stop.State.DONE),
    )


def _compared(
    known: _Known, rep: User, rows: Sequence[Stop], visits: Sequence[Stop], base: str
) -> tuple[date | None, str, str, str]:
    """With the rep's day before: the figures, who is new, who is gone though not visited."""
    before = known.before.get(rep.pk)
    if before is None:
        return None, "", "", ""
    then = known.stops.get(before.pk, [])
    was = _sums([row for row in then if row.state in VISITS], before)
    found = difference(_sums(visits, known.plans[rep.pk]), was)
    names = {row.customer_id: row.customer.name for row in (*then, *rows)}
    return before.on, words.compared(found, base), words.who(found.new, names), words.who(found.gone, names)


def _stop(row: Stop) -> StopLine:
    is_open = row.state == Stop.State.PLANNED
    said = [sentences.reason(facts) for facts in row.reasons[:1]]
    return StopLine(
        key=row.pk,
        customer=row.customer_id,
        customer_name=row.customer.name,
        code=row.customer.code,
        url=reverse("visits:stop", args=[row.pk]),
        position=row.position,
        arrive_at=row.arrive_at,
        start_at=row.start_at,
        leave_at=row.leave_at,
        travel_minutes=row.travel_minutes,
        kilometres=row.kilometres,
        ask_amount=row.ask_amount,
        currency=row.currency,
        worth=row.worth,
        standing=row.standing if is_open else "",
        reason=said[0] if said else "",
        state="" if is_open else str(row.get_state_display()),
        is_open=is_open,
        is_commitment=row.is_commitment and is_open,
        is_locked=row.is_locked and is_open,
    )


def _out(row: LeftOut) -> OutLine:
    return OutLine(
        customer_name=row.customer.name,
        code=row.customer.code,
        url=reverse("desk:customer", args=[row.customer.code]),
        worth=row.worth,
        reason=sentences.left_out(row.reason),
    )
