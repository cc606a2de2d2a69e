"""Verbs about what befalls a customer as a debtor: a dated row that begins and ends, and the customer's own column
beside it, which repeats the one that runs now.
"""

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock, days
from common.refusals import Refused, WrongDay
from common.templatetags import ui
from customers import services as customers
from customers.models import Condition, Customer
from customers.queries import CONDITION_COLUMNS


class NotACondition(Refused):
    """One of a kind runs at a time; only an insolvency has claims to register."""


class ConditionDay(WrongDay):
    """A day that has not come yet, or that lies before the begin."""


class EndedBefore(Refused):
    """It ended before."""


@transaction.atomic
def begin_condition(
    *,
    customer: Customer,
    kind: str,
    starts_on: date,
    by: Actor,
    reference: str = "",
    register_by: date | None = None,
) -> Condition:
    """From this day on the customer is insolvent, closed, in court, handed over or assigned, until somebody ends it.

    Which standing its items have is asked again for every day since.
    """
    customers.lock([customer.pk])
    _check(customer, kind, starts_on, register_by)
    made = Condition.objects.create(
        customer=customer,
        kind=kind,
        starts_on=starts_on,
        reference=reference.strip(),
        register_by=register_by,
        entered_at=clock.now(),
        entered_by=by.get_username(),
    )
    _mirror(customer, kind, starts_on)
    customers.mark([customer.pk], because=kind, on=starts_on)
    audit.record(
        verb="customers.condition_begun",
        subject=made,
        by=by,
        after={"customer": customer.code, "kind": kind, "starts_on": starts_on, "reference": made.reference},
    )
    return made


def _check(customer: Customer, kind: str, starts_on: date, register_by: date | None) -> None:
    if kind not in Condition.Kind.values:
        raise NotACondition(_("%(kind)s is nothing that befalls a customer. Choose one of the list.") % {"kind": kind})
    today = clock.business_today()
    if starts_on > today:
        raise ConditionDay(_("%(day)s has not come yet. Enter it on that day.") % {"day": ui.day(starts_on)}, starts_on)
    if starts_on < days.FIRST:
        raise ConditionDay(_("No book reaches back that far. Choose a later day."), starts_on)
    said = Condition.Kind(kind).label
    of_kind = Condition.objects.filter(customer=customer, kind=kind)
    running = of_kind.filter(ends_before=None).first()
    if running is not None:
        raise NotACondition(
            _("%(what)s runs already, since %(day)s. End that one first.")
            % {"what": said, "day": ui.day(running.starts_on)}
        )
    last_end = of_kind.aggregate(last=Max("ends_before"))["last"]
    if last_end is not None and starts_on < last_end:
        raise ConditionDay(
            _("%(what)s has been until %(day)s before. Choose that day or a later one.")
            % {"what": said, "day": ui.day(last_end)},
            starts_on,
        )
    if register_by is not None and kind != Condition.Kind.INSOLVENT:
        raise NotACondition(_("Only an insolvency has a day by which claims are registered. Leave that day empty."))
    if register_by is not None and not starts_on <= register_by <= days.LAST:
        raise ConditionDay(_("Claims are registered after the opening. Choose a later day."), register_by)


@transaction.atomic
def end_condition(*, condition: Condition, ends_before: date, by: Actor) -> Condition:
    """It has been until this day, the first one without it. The same day as its begin: it has never been."""
    customers.lock([condition.customer_id])
    row = Condition.objects.select_related("customer").get(pk=condition.pk)
    if row.ends_before is not None:
        raise EndedBefore(_("This ended before, on %(day)s. Nothing was changed.") % {"day": ui.day(row.ends_before)})
    if ends_before > clock.business_today():
        raise ConditionDay(
            _("%(day)s has not come yet. Enter it on that day.") % {"day": ui.day(ends_before)}, ends_before
        )
    if ends_before < row.starts_on:
        raise ConditionDay(
            _("It began on %(day)s. Choose that day or a later one.") % {"day": ui.day(row.starts_on)}, ends_before
        )
    row.ends_before, row.ended_at, row.ended_by = ends_before, clock.now(), by.get_username()
    row.save(update_fields=["ends_before", "ended_at", "ended_by"])
    _mirror(row.customer, row.kind, None)
    customers.mark([row.customer_id], because=f"{row.kind} ended", on=ends_before)
    audit.record(
        verb="customers.condition_ended",
        subject=row,
        by=by,
        after={"customer": row.customer.code, "kind": row.kind, "ends_before": ends_before},
    )
    return row


def _mirror(customer: Customer, kind: str, day: date | None) -> None:
    column = CONDITION_COLUMNS[kind]
    Customer.objects.filter(pk=customer.pk).update(**{column: day})
    setattr(customer, column, day)
