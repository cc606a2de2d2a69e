"""Times agreed with customers. An appointment is the customer's own wish: it breaks a day off or a taboo, once that is
confirmed, never the business hours of the policy.
"""

from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from collections_app.policy import queries as policy
from collections_app.visits import plan_rights as rights
from collections_app.visits import services
from collections_app.visits.frames import AWAY, minutes_of, time_at
from collections_app.visits.models import Appointment, Plan, Stop, Wish
from collections_app.visits.route import Window
from collections_app.visits.wishes import now_on
from common import clock
from common.refusals import Refused
from common.templatetags.ui import clock as time_words
from common.templatetags.ui import day as day_words
from common.templatetags.ui import weekday
from customers import services as customers
from customers.models import Customer
from staff.models import User


class NotATime(Refused):
    """A visit that begins before it begins, or outside business hours."""


class AnotherAppointment(Refused):
    """The customer has one on that day, or is not to be visited then."""


@transaction.atomic
def make_appointment(
    *,
    customer: Customer,
    on: date,
    starts_at: time,
    ends_at: time,
    with_whom: str = "",
    note: str = "",
    today: date,
    by: User,
    confirmed: bool = False,
) -> Appointment:
    """The visit begins between the two times of that day, local.

    Refuses past days, times outside the policy's business hours, and a day on which whoever visits the customer is
    away. A day off, a customer's own taboo, and times outside the rep's shift are done when `confirmed`.
    """
    rights.check_day(on, today)
    visitor = rights.visitor_on(customer, on)
    _lock(customer, visitor, on)
    rights.check_customer(customer, on, by)
    _check_hours(on, starts_at, ends_at)
    _check_alone(customer, on)
    if not confirmed:
        _ask(customer, visitor, on, starts_at, ends_at)
    if visitor is not None and rights.frame_on(visitor, on).off == AWAY:
        rights.check_works(visitor, rights.frame_on(visitor, on))
    row = Appointment.objects.create(
        customer=customer,
        on=on,
        starts_at=starts_at,
        ends_at=ends_at,
        with_whom=with_whom.strip(),
        note=note.strip(),
        entered_by=by.get_username(),
        entered_at=clock.now(),
    )
    audit.record(
        verb="visits.appointment_made",
        subject=row,
        by=by,
        after={"customer": customer.pk, "on": on, "starts_at": starts_at, "ends_at": ends_at},
    )
    _plan_again(visitor, on, by)
    return row


@transaction.atomic
def cancel_appointment(*, appointment: Appointment, today: date, by: User) -> bool:
    """False where it was cancelled before. The visit may still be planned, at any time of the day."""
    rights.check_day(appointment.on, today)
    visitor = rights.visitor_on(appointment.customer, appointment.on)
    _lock(appointment.customer, visitor, appointment.on)
    rights.check_sees(appointment.customer, by)
    moved = Appointment.objects.filter(pk=appointment.pk, cancelled_at=None).update(
        cancelled_at=clock.now(), cancelled_by=by.get_username()
    )
    if moved:
        audit.record(verb="visits.appointment_cancelled", subject=appointment, by=by)
        _plan_again(visitor, appointment.on, by)
    return bool(moved)


def _check_hours(on: date, starts_at: time, ends_at: time) -> None:
    if ends_at < starts_at:
        raise NotATime(_("The appointment ends before it begins. Correct the times."))
    rules = policy.in_force(on).planning
    last = rules.ends_at - rules.visit_minutes
    if minutes_of(starts_at) < rules.starts_at or minutes_of(ends_at) > last:
        raise NotATime(
            _("Visits begin between %(first)s and %(last)s, within business hours. Choose a time between them.")
            % {"first": time_words(time_at(rules.starts_at)), "last": time_words(time_at(last))}
        )


def _check_alone(customer: Customer, on: date) -> None:
    other = Appointment.objects.filter(customer=customer, on=on, cancelled_at=None).first()
    if other is not None:
        raise AnotherAppointment(
            _("%(customer)s has an appointment on %(day)s at %(time)s. Cancel it first.")
            % {"customer": customer.name, "day": day_words(on), "time": time_words(other.starts_at)}
        )
    skipped = Wish.objects.filter(customer=customer, on=on, kind=Wish.Kind.SKIP).first()
    if skipped is not None:
        raise AnotherAppointment(
            _("%(customer)s is not to be visited on %(day)s: %(because)s. Take that back first.")
            % {"customer": customer.name, "day": day_words(on), "because": skipped.because}
        )


def _ask(customer: Customer, visitor: User | None, on: date, starts_at: time, ends_at: time) -> None:
    """What is unusual about it, if anything: one question at a time."""
    closed = rights.closed_on(customer, on)
    if closed:
        raise rights.ToBeConfirmed(
            _("%(customer)s, %(day)s: %(why)s. Tick the box if it agreed to this day all the same.")
            % {"customer": customer.name, "day": weekday(on), "why": closed},
            on,
        )
    if visitor is None:
        return
    frame = rights.frame_on(visitor, on)
    named = {"name": visitor, "day": weekday(on)}
    if frame.off and frame.off != AWAY:
        raise rights.ToBeConfirmed(
            _("%(name)s does not work on %(day)s. Tick the box if the visit is made all the same.") % named, on
        )
    begins = Window(minutes_of(starts_at), minutes_of(ends_at))
    if begins.closes < frame.starts_at or begins.opens > frame.ends_at or _is_inside(begins, frame.lunch):
        raise rights.ToBeConfirmed(
            _("%(name)s does not work at that time. Tick the box if the visit is made all the same.") % named, on
        )


def _is_inside(begins: Window, lunch: Window | None) -> bool:
    return lunch is not None and lunch.opens <= begins.opens and begins.closes < lunch.closes


def _lock(customer: Customer, visitor: User | None, on: date) -> None:
    planned = Stop.objects.filter(plan__rep=visitor, plan__on=on) if visitor else Stop.objects.none()
    customers.lock([*planned.values_list("customer", flat=True), customer.pk])


def _plan_again(visitor: User | None, on: date, by: User) -> None:
    if visitor is not None and Plan.objects.filter(rep=visitor, on=on).exists():
        services.plan_day(on=on, rep=visitor, by=by, not_before=now_on(on))
