"""What people want of the visits of a day: surely, not at all, by another rep, at the time that is planned.

`on` is the day of the visit, `today` the business's; both are local, and nothing changes on past days. A rep changes
his own day, a manager those of his teams, an admin all of them. A plan that exists is made again with what is wanted.
"""

from collections.abc import Iterable
from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from collections_app.visits import plan_rights as rights
from collections_app.visits import services
from collections_app.visits.models import Plan, Stop, Wish
from common import clock
from common.refusals import Refused
from common.templatetags.ui import day as day_words
from common.templatetags.ui import weekday
from customers import services as customers
from customers.models import Customer
from staff import queries as people
from staff.models import Role, User


class NoReason(Refused):
    """A visit is not dropped without a word why."""


class NobodyToVisit(Refused):
    """A customer without an owner on that day, and no rep named."""


class SameRep(Refused):
    """The stop is in that rep's plan already."""


class VisitedAlready(Refused):
    """The visit of that day has an outcome."""


class NotARep(Refused):
    """Only reps visit."""


# Surely, or not at all


@transaction.atomic
def pin(*, customer: Customer, on: date, rep: User | None = None, because: str = "", today: date, by: User) -> Wish:
    """The customer is surely visited on that day: by this rep, or by whoever visits it anyway.

    Refuses past days, days off and days on which the rep is away, customers whom nobody visits, and those who are
    closed or asked never to be visited on such a day. A skip of that day is taken back by it.
    """
    rights.check_day(on, today)
    rep = by if by.role == Role.REP and rep is None else rep
    visitor = rep or rights.visitor_on(customer, on)
    reps = _reps_with(customer, on) | ({visitor} if visitor else set())
    _lock(reps, on, [customer])
    rights.check_customer(customer, on, by)
    _check_not_decided(customer, on, by)
    if visitor is None and customer.pool_id is None:
        raise NobodyToVisit(
            _("Nobody answers for %(customer)s on %(day)s. Choose a rep.")
            % {"customer": customer.name, "day": day_words(on)}
        )
    if visitor is not None:
        _check_rep(visitor, on, by)
    closed = rights.closed_on(customer, on)
    if closed:
        raise rights.NotOnThisDay(
            _("%(customer)s, %(day)s: %(why)s. Choose another day, or make an appointment with the customer.")
            % {"customer": customer.name, "day": weekday(on), "why": closed},
            on,
        )
    return _pin(customer, on, rep, because, by, reps)


@transaction.atomic
def skip(*, customer: Customer, on: date, because: str, today: date, by: User) -> Wish:
    """The customer is not visited on that day; a planned stop is skipped. Refuses without a reason."""
    rights.check_day(on, today)
    if not because.strip():
        raise NoReason(_("Say why this visit is skipped. The manager reads it."))
    customers.lock([customer.pk])
    stops = list(
        Stop.objects.filter(customer=customer, plan__on=on)
        .exclude(state__in=(Stop.State.CANCELLED, Stop.State.SKIPPED))
        .select_related("plan__rep", "customer")
        .order_by("pk")
    )
    if not stops:
        rights.check_customer(customer, on, by)
    for stop in stops:
        rights.check_plan_of(stop.plan.rep, by)
        rights.planned(stop)
    wish = _wish(customer, on, Wish.Kind.SKIP, rep=None, because=because, by=by)
    Stop.objects.filter(pk__in=[stop.pk for stop in stops], state=Stop.State.PLANNED).update(
        state=Stop.State.SKIPPED, is_locked=False
    )
    return wish


@transaction.atomic
def postpone(*, customer: Customer, on: date, to: date, because: str, today: date, by: User) -> Wish:
    """Not on that day, but surely on another one."""
    visitor = by if by.role == Role.REP else rights.visitor_on(customer, to)
    _lock(_reps_with(customer, to) | ({visitor} if visitor else set()), to, [customer])
    if to <= on:
        raise rights.DayIsOver(_("Choose a day after %(day)s.") % {"day": day_words(on)}, to)
    skip(customer=customer, on=on, because=because, today=today, by=by)
    return pin(customer=customer, on=to, because=because, today=today, by=by)


@transaction.atomic
def withdraw(*, wish: Wish, today: date, by: User) -> None:
    """The wish is taken back; a skipped stop is planned again. The trail keeps what was wanted."""
    rights.check_day(wish.on, today)
    reps = _reps_with(wish.customer, wish.on) | ({wish.rep} if wish.rep else set())
    _lock(reps, wish.on, [wish.customer])
    row = Wish.objects.filter(pk=wish.pk).first()
    if row is None:
        return
    for rep in reps:
        rights.check_plan_of(rep, by)
    if not reps:
        rights.check_customer(wish.customer, wish.on, by)
    _check_not_decided(wish.customer, wish.on, by)
    audit.record(verb="visits.wish_withdrawn", subject=row, by=by, before=_said(row))
    row.delete()
    customers.lend(customer=wish.customer, rep=None, on=wish.on)
    _back_in_the_plan(wish.customer, wish.on)
    _plan_again(reps, wish.on, by)


@transaction.atomic
def reassign(*, stop: Stop, to_rep: User, because: str = "", today: date, by: User) -> Wish:
    """Another rep makes this visit: a pin to him. The stop leaves its plan, and both plans are made again."""
    rights.check_day(stop.plan.on, today)
    on, from_rep = stop.plan.on, stop.plan.rep
    reps = {from_rep, to_rep} | _reps_with(stop.customer, on)
    _lock(reps, on, [stop.customer])
    stop = rights.planned(stop)
    rights.check_decides(from_rep, by)
    rights.check_decides(to_rep, by)
    if to_rep.pk == from_rep.pk:
        raise SameRep(_("%(name)s makes this visit already. Choose another rep.") % {"name": to_rep})
    _check_rep(to_rep, on, by)
    audit.record(
        verb="visits.reassigned", subject=stop, by=by, before={"rep": from_rep}, after={"rep": to_rep, "on": on}
    )
    return _pin(stop.customer, on, to_rep, because, by, reps, is_sent=True)


# At its time


@transaction.atomic
def lock(*, stop: Stop, today: date, by: User) -> None:
    """The stop keeps its rep and its time when the day is planned again."""
    _set_lock(stop, is_locked=True, today=today, by=by)


@transaction.atomic
def unlock(*, stop: Stop, today: date, by: User) -> None:
    _set_lock(stop, is_locked=False, today=today, by=by)


def _set_lock(stop: Stop, *, is_locked: bool, today: date, by: User) -> None:
    rights.check_day(stop.plan.on, today)
    rights.check_plan_of(stop.plan.rep, by)
    customers.lock([stop.customer_id])
    stop = rights.planned(stop)
    moved = Stop.objects.filter(pk=stop.pk, state=Stop.State.PLANNED, is_locked=not is_locked).update(
        is_locked=is_locked
    )
    if moved:
        audit.record(verb="visits.stop_locked" if is_locked else "visits.stop_unlocked", subject=stop, by=by)


# Approval


@transaction.atomic
def approve(*, plans: Iterable[Plan], today: date, by: User) -> int:
    """A manager says yes to these days; returns how many were proposed before."""
    return _decide(plans, Plan.State.PROPOSED, Plan.State.APPROVED, "visits.plan_approved", today, by)


@transaction.atomic
def take_back_approval(*, plans: Iterable[Plan], today: date, by: User) -> int:
    return _decide(plans, Plan.State.APPROVED, Plan.State.PROPOSED, "visits.approval_taken_back", today, by)


def _decide(plans: Iterable[Plan], before: str, after: str, verb: str, today: date, by: User) -> int:
    keys = [plan.pk for plan in plans]
    rows = Plan.objects.select_for_update(of=("self",)).select_related("rep")
    found = list(rows.filter(pk__in=keys, state=before).order_by("pk"))
    for plan in found:
        rights.check_day(plan.on, today)
        rights.check_decides(plan.rep, by)
    is_approved = after == Plan.State.APPROVED
    Plan.objects.filter(pk__in=[plan.pk for plan in found], state=before).update(
        state=after,
        approved_by=by.get_username() if is_approved else "",
        approved_at=clock.now() if is_approved else None,
    )
    audit.record_many(verb=verb, subjects=found, by=by, after=[{"rep": plan.rep, "on": plan.on} for plan in found])
    return len(found)


# Again


@transaction.atomic
def plan_again(*, rep: User, on: date, today: date, by: User) -> Plan:
    """The day, or the rest of it, is planned with what is known now; what is done or locked stays."""
    rights.check_day(on, today)
    _check_visits(rep, by)
    return services.plan_day(on=on, rep=rep, by=by, not_before=now_on(on))


def now_on(on: date) -> time | None:
    """Before what time nobody sets out any more: on a day that has begun, this minute."""
    now = clock.local(clock.now())
    return now.time() if now.date() == on else None


# What the verbs share


def _check_visits(rep: User, by: User) -> None:
    if rep.role != Role.REP or not rep.is_active:
        raise NotARep(_("%(name)s is not a rep. Choose a rep.") % {"name": rep})
    rights.check_plan_of(rep, by)


def _check_rep(rep: User, on: date, by: User) -> None:
    _check_visits(rep, by)
    rights.check_works(rep, rights.frame_on(rep, on))


def _check_not_decided(customer: Customer, on: date, by: User) -> None:
    """What a manager decided a rep does not undo; a rep may still skip what cannot be done."""
    decided = Wish.objects.filter(customer=customer, on=on).exclude(entered_by=by.get_username()).first()
    if decided is not None and by.role == Role.REP:
        raise rights.NotYourPlan(
            _("%(name)s decided about %(customer)s on %(day)s. Ask %(name)s to take it back.")
            % {
                "name": people.names([decided.entered_by])[decided.entered_by],
                "customer": customer.name,
                "day": day_words(on),
            }
        )


def _pin(
    customer: Customer,
    on: date,
    rep: User | None,
    because: str,
    by: User,
    reps: Iterable[User],
    *,
    is_sent: bool = False,
) -> Wish:
    """With a rep named, the stop leaves every other plan of that day. The day of one who `is_sent` is planned, though
    nobody did before.
    """
    stops = Stop.objects.filter(customer=customer, plan__on=on)
    if stops.filter(outcomes__isnull=False).exists():
        raise VisitedAlready(
            _("%(customer)s was visited on %(day)s already.") % {"customer": customer.name, "day": day_words(on)}
        )
    wish = _wish(customer, on, Wish.Kind.PIN, rep=rep, because=because, by=by)
    if rep is not None:
        stops.exclude(plan__rep=rep).delete()
    _back_in_the_plan(customer, on)
    _plan_again(reps, on, by, sent=rep if is_sent else None)
    return wish


def _lock(reps: Iterable[User], on: date, of: Iterable[Customer]) -> None:
    """All that planning these days again will lock, at once and in one order; then these customers."""
    planned = Stop.objects.filter(plan__rep__in=[rep.pk for rep in reps], plan__on=on)
    customers.lock([*planned.values_list("customer", flat=True), *(customer.pk for customer in of)])


def _wish(customer: Customer, on: date, kind: str, *, rep: User | None, because: str, by: User) -> Wish:
    """The one wish of the day: the later one replaces the one before."""
    before = Wish.objects.select_related("rep").filter(customer=customer, on=on).first()
    wish, _made = Wish.objects.update_or_create(
        customer=customer,
        on=on,
        defaults={
            "kind": kind,
            "rep": rep,
            "because": because.strip(),
            "entered_by": by.get_username(),
            "entered_at": clock.now(),
        },
    )
    customers.lend(customer=customer, rep=rep, on=on)
    audit.record(
        verb="visits.pinned" if kind == Wish.Kind.PIN else "visits.skipped",
        subject=wish,
        by=by,
        before=_said(before) if before else None,
        after=_said(wish),
    )
    return wish


def _said(wish: Wish) -> dict[str, object]:
    return {"customer": wish.customer_id, "on": wish.on, "kind": wish.kind, "rep": wish.rep, "because": wish.because}


def _reps_with(customer: Customer, on: date) -> set[User]:
    """In whose plans of that day the customer stands."""
    return {stop.plan.rep for stop in Stop.objects.filter(customer=customer, plan__on=on).select_related("plan__rep")}


def _back_in_the_plan(customer: Customer, on: date) -> None:
    """A skipped stop is planned again, for what there is to ask for by now."""
    skipped = Stop.objects.filter(customer=customer, plan__on=on, state=Stop.State.SKIPPED, outcomes=None)
    if skipped.update(state=Stop.State.PLANNED):
        services.cancel_settled(customers=[customer.pk], on=on)


def _plan_again(reps: Iterable[User], on: date, by: User, *, sent: User | None = None) -> None:
    """In the order of the reps' keys. A day that nobody planned yet stays so, but for the rep who is sent there."""
    for rep in sorted(set(reps), key=lambda rep: rep.pk):
        if rep == sent or Plan.objects.filter(rep=rep, on=on).exists():
            services.plan_day(on=on, rep=rep, by=by, not_before=now_on(on))
