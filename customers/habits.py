"""Verbs about when a customer can pay: a habit that holds no longer, absences, weekdays, and who may visit it.

What it states as a habit is read by rules of upper floors, so the verb that checks it stands there
(`visits.habits.state_habit`).
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock, days
from common.refusals import Refused, WrongDay
from common.templatetags import ui
from customers import services as customers
from customers.models import Contact, Customer, CustomerAbsence, Habit, Site
from staff.models import Team

LONGEST = timedelta(days=366)  # an absence longer than this is a closure, or a slip of the pen


class NotAWeekday(Refused):
    """Something else than days of the week."""


class NotAnAbsence(Refused):
    """Of somebody who is not there, or noted before."""


class AbsenceDay(WrongDay):
    """A day that has passed, or the days in the wrong order."""


@transaction.atomic
def drop_habit(*, habit: Habit, by: Actor) -> None:
    """It holds no longer. Dropped twice it is gone once; the trail keeps what was stated."""
    customers.lock([habit.customer_id])
    row = Habit.objects.select_related("customer").filter(pk=habit.pk).first()
    if row is None:
        return
    audit.record(
        verb="customers.habit_dropped",
        subject=row,
        by=by,
        before={
            "customer": row.customer.code, "kind": row.kind, "rule": row.rule, "note": row.note,
            "days_before": row.days_before, "stated_by": row.stated_by, "stated_on": row.stated_on,
        },
    )  # fmt: skip
    row.delete()
    customers.mark([habit.customer_id], because="habit", on=clock.business_today())


@transaction.atomic
def note_absence(
    *,
    customer: Customer,
    starts_on: date,
    ends_before: date,
    by: Actor,
    contact: Contact | None = None,
    note: str = "",
) -> CustomerAbsence:
    """Nobody pays from a day until a day (exclusive): one person is away or, without a contact, all is closed."""
    customers.lock([customer.pk])
    _check_absence(customer, contact, starts_on, ends_before)
    made = CustomerAbsence.objects.create(
        customer=customer,
        contact=contact,
        starts_on=starts_on,
        ends_before=ends_before,
        note=note.strip(),
        entered_by=by.get_username(),
        entered_at=clock.now(),
    )
    customers.mark([customer.pk], because="absence", on=clock.business_today())
    audit.record(
        verb="customers.absence_noted",
        subject=made,
        by=by,
        after={
            "customer": customer.code, "contact": contact.name if contact else "", "starts_on": starts_on,
            "ends_before": ends_before, "note": made.note,
        },
    )  # fmt: skip
    return made


def _check_absence(customer: Customer, contact: Contact | None, starts_on: date, ends_before: date) -> None:
    today = clock.business_today()
    if contact is not None and (contact.customer_id != customer.pk or contact.left_on is not None):
        raise NotAnAbsence(_("That person does not work there. Choose somebody of this customer."))
    if not days.FIRST <= starts_on <= days.LAST:
        raise AbsenceDay(_("That day is out of reach. Correct the year."), starts_on)
    if ends_before <= starts_on:
        raise AbsenceDay(_("The absence ends before it begins. Choose a later last day."), ends_before)
    if ends_before <= today:
        raise AbsenceDay(_("It is over already. Only what is to come keeps anybody away."), ends_before)
    if ends_before - starts_on > LONGEST:
        raise AbsenceDay(_("An absence lasts a year at most. Choose an earlier last day."), ends_before)
    known = CustomerAbsence.objects.filter(
        customer=customer, contact=contact, starts_on__lt=ends_before, ends_before__gt=starts_on
    ).first()
    if known is not None:
        raise NotAnAbsence(
            _("An absence is noted from %(first)s to %(last)s. End that one first.")
            % {"first": ui.day(known.starts_on), "last": ui.day(known.ends_before - days.ONE_DAY)}
        )


@transaction.atomic
def end_absence(*, absence: CustomerAbsence, back_on: date, by: Actor) -> None:
    """Somebody is back on this day, earlier than noted. Not later than the first day: it has never been."""
    customers.lock([absence.customer_id])
    row = CustomerAbsence.objects.select_related("customer", "contact").filter(pk=absence.pk).first()
    if row is None:
        return
    if back_on >= row.ends_before:
        raise AbsenceDay(
            _("It ends on %(day)s anyway. Choose an earlier day.") % {"day": ui.day(row.ends_before - days.ONE_DAY)},
            back_on,
        )
    who = row.contact.name if row.contact else ""
    facts = {"customer": row.customer.code, "contact": who, "starts_on": row.starts_on}
    before, after = facts | {"ends_before": row.ends_before}, facts | {"ends_before": max(back_on, row.starts_on)}
    audit.record(verb="customers.absence_ended", subject=row, by=by, before=before, after=after)
    if back_on <= row.starts_on:
        row.delete()
    else:
        row.ends_before = back_on
        row.save(update_fields=["ends_before"])
    customers.mark([absence.customer_id], because="absence", on=clock.business_today())


@transaction.atomic
def set_open_days(*, site: Site, weekdays: Iterable[str], by: Actor) -> None:
    """On which weekdays the site is open; none: on the working days of the business."""
    customers.lock([site.customer_id])
    before, said = site.open_days, _in_order(weekdays)
    Site.objects.filter(pk=site.pk).update(open_days=said)
    site.open_days = said
    _changed(site, site.customer_id, verb="customers.open_days_set", before=before, after=said, by=by)


@transaction.atomic
def set_signing_days(*, contact: Contact, weekdays: Iterable[str], by: Actor) -> None:
    """On which weekdays the person is in; none: whenever the site is open."""
    customers.lock([contact.customer_id])
    before, said = contact.in_days, _in_order(weekdays)
    Contact.objects.filter(pk=contact.pk).update(in_days=said)
    contact.in_days = said
    _changed(contact, contact.customer_id, verb="customers.signing_days_set", before=before, after=said, by=by)


def _in_order(weekdays: Iterable[str]) -> str:
    said = set(weekdays)
    if not said <= set(days.WEEKDAYS):
        raise NotAWeekday(_("Choose days of the week from the list."))
    return ",".join(day for day in days.WEEKDAYS if day in said)


def _changed(row: Site | Contact, customer: int, *, verb: str, before: str, after: str, by: Actor) -> None:
    if before != after:
        customers.mark([customer], because="habit", on=clock.business_today())
        audit.record(verb=verb, subject=row, by=by, before={"weekdays": before}, after={"weekdays": after})


@transaction.atomic
def set_pool(*, customer: Customer, team: Team | None, by: Actor) -> None:
    """Any rep of the team may visit the customer; without a team its own rep alone. Who answers for it stays."""
    customers.lock([customer.pk])
    customer.refresh_from_db(fields=["pool"])
    before = customer.pool
    if before == team:
        return
    Customer.objects.filter(pk=customer.pk).update(pool=team)
    customer.pool = team
    customers.mark([customer.pk], because="pool", on=clock.business_today())
    audit.record(verb="customers.pool_set", subject=customer, by=by, before={"pool": before}, after={"pool": team})
