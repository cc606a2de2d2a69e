"""The verb by which a customer's habit is stated: only what a rule can read is kept."""

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from collections_app.visits import permitted
from common import clock
from common.refusals import Refused
from customers import services as customers
from customers.models import Customer, Habit
from receivables.models import PaymentMethod

MOST_DAYS_BEFORE = 60  # working days by which a paper may have to be there before it is paid
Kind = Habit.Kind


class NotAHabit(Refused):
    """A rule that cannot be read, or one that is stated already."""


@transaction.atomic
def state_habit(
    *,
    customer: Customer,
    kind: str,
    rule: str,
    by: Actor,
    note: str = "",
    days_before: int | None = None,
    position: int | None = None,
    stated_by: str = "",
    stated_on: date | None = None,
) -> Habit:
    """What the customer says about how it pays. A step of the procedure goes to its place, others move down by one.

    `days_before`: without this invoice or reconciliation, so many working days before, nothing is paid.
    """
    if kind not in Kind.values:
        raise NotAHabit(_("Choose what is stated from the list."))
    said = _readable(kind, " ".join(rule.split()))
    note = note.strip()
    _check_details(kind, note, days_before)
    customers.lock([customer.pk])
    own = Habit.objects.filter(customer=customer, kind=kind)
    if kind != Kind.STEP and own.filter(rule=said).exists():
        raise NotAHabit(_("This is stated already. Nothing was changed."))
    made = Habit.objects.create(
        customer=customer,
        kind=kind,
        rule=said,
        note=note,
        position=_make_room(customer, position) if kind == Kind.STEP else None,
        days_before=days_before,
        stated_by=stated_by.strip(),
        stated_on=stated_on or clock.business_today(),
    )
    customers.mark([customer.pk], because="habit", on=clock.business_today())
    audit.record(
        verb="visits.habit_stated",
        subject=made,
        by=by,
        after={
            "customer": customer.code, "kind": kind, "rule": said, "note": note, "position": made.position,
            "days_before": days_before, "stated_by": made.stated_by, "stated_on": made.stated_on,
        },
    )  # fmt: skip
    return made


def _readable(kind: str, rule: str) -> str:
    """The rule as it is kept. Refused where nothing could be made of it."""
    match kind:
        case Kind.SETTLEMENT_DAY:
            return _days(rule)
        case Kind.STEP:
            return _days(rule) if rule else ""
        case Kind.TABOO:
            said = rule.lower()
            if said in permitted.PARTS or permitted.DAYS_OF_MONTH.fullmatch(said):
                return said
            return _days(rule)
        case Kind.HOURS:
            windows = permitted.hours([rule]) if permitted.HOURS.fullmatch(rule) else ()
            if not windows or windows[0].closes > permitted.MIDNIGHT:
                raise NotAHabit(_("“%(rule)s” are no hours. Write them as 10:00-12:00.") % {"rule": rule})
            return permitted.hours_text(windows[0])
        case Kind.METHOD:
            if rule not in PaymentMethod.values:
                raise NotAHabit(_("Choose a method of payment from the list."))
            return rule
    if not rule:
        raise NotAHabit(_("Say what is needed. Nothing was changed."))
    return rule


def _days(rule: str) -> str:
    said = rule.lower()
    if permitted.falls_on(said, clock.business_today()) is None:
        raise NotAHabit(
            _(
                "“%(rule)s” names no days. Write it as weekly tue, monthly 25, 2nd tuesday or last-working-day."
            )
            % {"rule": rule}
        )  # fmt: skip
    return said


def _check_details(kind: str, note: str, days_before: int | None) -> None:
    if kind == Kind.STEP and not note:
        raise NotAHabit(_("Say what happens in this step, such as “invoice check”."))
    if days_before is None:
        return
    if kind not in Habit.PREREQUISITES:
        raise NotAHabit(_("Only an invoice or a reconciliation has to be there before."))
    if not 0 <= days_before <= MOST_DAYS_BEFORE:
        raise NotAHabit(_("Say from 0 to %(most)s working days before.") % {"most": MOST_DAYS_BEFORE})


def _make_room(customer: Customer, wanted: int | None) -> int:
    """The place of a new step, the last one unless it is said; those from there on move down, the last one first."""
    steps = Habit.objects.filter(customer=customer, kind=Kind.STEP)
    last = steps.aggregate(last=Max("position"))["last"] or 0
    if wanted is None or wanted > last:
        return last + 1
    place = max(wanted, 1)
    for step in steps.filter(position__gte=place).order_by("-position"):
        Habit.objects.filter(pk=step.pk).update(position=(step.position or 0) + 1)
    return place
