"""Verbs of what people know or decide and no file tells: a customer fails or is handed over, a balance is answered,
somebody overrides a standing. Each leaves a mark, so that the standings follow within a minute.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from collections_app.cases import services as cases
from collections_app.cases.models import Confirmation, StandingOverride, ToDo
from common import clock, days, money
from common.money import ZERO
from common.refusals import Refused, WrongDay
from common.templatetags import ui
from customers import conditions
from customers import services as customers
from customers.models import Condition, Customer
from receivables import queries as ledger
from receivables.models import DueItem
from staff import queries as staff
from staff.models import Role, User

OVERRIDES = (Role.MANAGER, Role.ADMIN)
RIGHT = "standing"  # the kind of an approval: up to which amount a role may override
STANDINGS = ("unpaid", "overdue", "quasi-bad", "bad", "dormant")  # their room is above this one; a test compares
LONGEST = timedelta(days=366)  # of an override: for longer the policy is wrong, not the item
REGISTERED_WITHIN = timedelta(days=14)  # where nobody knows yet until when a claim is registered


class NotYours(Refused):
    """Without the right to override so much."""


class NotAnOverride(Refused):
    """Without a reason, of no standing, or of something that owes nothing."""


class OverrideDay(WrongDay):
    """An override runs from today or later, and ends."""


class NotAnAnswer(Refused):
    """An answer to a balance that says too little, or two things."""


class AnswerDay(WrongDay):
    """An answer of a day that has not come, or to a balance of a later one."""


# What befalls a customer


@transaction.atomic
def begin_condition(
    *,
    customer: Customer,
    kind: str,
    starts_on: date,
    on: date,
    by: Actor,
    reference: str = "",
    register_by: date | None = None,
) -> Condition:
    """An insolvency is also something to do: the claim is registered with the administrator by its day."""
    made = conditions.begin_condition(
        customer=customer, kind=kind, starts_on=starts_on, reference=reference, register_by=register_by, by=by
    )
    if made.kind == Condition.Kind.INSOLVENT:
        cases.open_to_do(
            customer=customer,
            because=ToDo.Because.REGISTER_CLAIM,
            about=_about(made),
            due_on=register_by or on + REGISTERED_WITHIN,
            on=on,
            by=by,
        )
    return made


@transaction.atomic
def end_condition(*, condition: Condition, ends_before: date, on: date, by: Actor) -> Condition:
    """Over; with an insolvency its claim needs no registering any more."""
    ended = conditions.end_condition(condition=condition, ends_before=ends_before, by=by)
    if ended.kind == Condition.Kind.INSOLVENT:
        cases.close_to_do(
            customer=ended.customer, because=ToDo.Because.REGISTER_CLAIM, about=_about(ended), on=on, by=by
        )
    return ended


def _about(condition: Condition) -> str:
    return condition.reference[:60]


# Overriding a standing


@transaction.atomic
def override_standing(
    *,
    due_item: DueItem,
    standing: str,
    because: str,
    ends_before: date,
    on: date,
    by: User,
    starts_on: date | None = None,
) -> StandingOverride:
    """Somebody with the right decides the standing of an item from a day, today by default, until another (exclusive).

    One that ran before is lifted on that day: with this one's end the rules decide again.
    """
    customers.lock([due_item.customer_id])
    item = DueItem.objects.select_related("invoice").get(pk=due_item.pk)
    first = starts_on or on
    _check_override(item, standing, because.strip(), first, ends_before, on)
    _check_right(item, on, by)
    now = clock.now()
    for earlier in StandingOverride.objects.filter(due_item=item, lifted_on=None, ends_before__gt=first).order_by("pk"):
        _lift(earlier, max(first, earlier.starts_on), by)
    made = StandingOverride.objects.create(
        customer_id=item.customer_id,
        due_item=item,
        standing=standing,
        because=because.strip(),
        starts_on=first,
        ends_before=ends_before,
        entered_at=now,
        entered_by=by.get_username(),
    )
    customers.mark([item.customer_id], because="override", on=first)
    audit.record(
        verb="cases.standing_overridden",
        subject=made,
        by=by,
        after={
            "invoice": item.invoice.number,
            "standing": standing,
            "because": made.because,
            "starts_on": first,
            "ends_before": ends_before,
        },
    )
    return made


def _check_override(item: DueItem, standing: str, because: str, first: date, ends_before: date, on: date) -> None:
    if standing not in STANDINGS:
        raise NotAnOverride(_("%(standing)s is no standing. Choose one of the list.") % {"standing": standing})
    if not because:
        raise NotAnOverride(_("Say why the rules do not fit this item."))
    if not item.open_amount:
        raise NotAnOverride(
            _("Nothing is open on invoice %(number)s: what is settled has no standing.")
            % {"number": item.invoice.number}
        )
    if first < on:
        raise OverrideDay(_("%(day)s has passed: past standings stay. Choose today.") % {"day": ui.day(first)}, first)
    if ends_before <= first:
        raise OverrideDay(_("An override ends after it starts. Choose a later day."), ends_before)
    if ends_before > first + LONGEST:
        raise OverrideDay(
            _("An override lasts a year at most. Choose a day until %(day)s, or change the policy.")
            % {"day": ui.day(first + LONGEST)},
            ends_before,
        )


def _check_right(item: DueItem, on: date, by: User) -> None:
    if by.role not in OVERRIDES:
        raise NotYours(_("Your role may not override a standing. Ask your manager."))
    base = ledger.base_currency()
    rate = ledger.rates_on(on, base=base).get(item.currency)
    in_base = money.rounded(item.open_amount * rate.rate, base) if rate else None
    customer = [item.customer_id]
    if not staff.may_approve(by, RIGHT, in_base, customers=customer, on=on):
        raise NotYours(
            staff.who_decides_instead(by, customers=customer, on=on)
            or _("Your role may not override the standing of so much: %(amount)s. Ask somebody who may.")
            % {"amount": ui.money_text(item.open_amount, item.currency)}
        )


@transaction.atomic
def lift_override(*, override: StandingOverride, on: date, by: User) -> StandingOverride:
    """From this day on the rules decide again; the days before keep the standing that was decided."""
    if by.role not in OVERRIDES:
        raise NotYours(_("Your role may not override a standing. Ask your manager."))
    customers.lock([override.customer_id])
    row = StandingOverride.objects.get(pk=override.pk)
    if row.lifted_on is not None or row.ends_before <= on:
        ended = row.lifted_on or row.ends_before
        raise cases.AlreadyClosed(
            _("This override ended before, on %(day)s. Nothing was changed.") % {"day": ui.day(ended)}
        )
    _lift(row, max(on, row.starts_on), by)
    customers.mark([row.customer_id], because="override lifted", on=on)
    return row


def _lift(row: StandingOverride, day: date, by: User) -> None:
    row.lifted_on, row.lifted_at, row.lifted_by = day, clock.now(), by.get_username()
    row.save(update_fields=["lifted_on", "lifted_at", "lifted_by"])
    audit.record(verb="cases.override_lifted", subject=row, by=by, after={"standing": row.standing, "lifted_on": day})


# Balance confirmations


@transaction.atomic
def record_confirmation(
    *,
    customer: Customer,
    balance_on: date,
    currency: str,
    amount: Decimal,
    answer: str,
    answered_on: date,
    by: Actor,
    their_amount: Decimal | None = None,
    answered_by: str = "",
    is_signed: bool = False,
    note: str = "",
) -> Confirmation:
    """What the customer says to a balance. The newest answer counts; a signed one is a movement of the customer."""
    customers.lock([customer.pk])
    made = Confirmation(
        customer=customer,
        balance_on=balance_on,
        currency=currency,
        amount=amount,
        answer=answer,
        their_amount=their_amount,
        answered_on=answered_on,
        answered_by=answered_by.strip(),
        is_signed=is_signed,
        note=note.strip(),
        entered_at=clock.now(),
        entered_by=by.get_username(),
    )
    _check_answer(made)
    made.save(force_insert=True)
    customers.mark([customer.pk], because="confirmation", on=answered_on)
    audit.record(
        verb="cases.confirmation_recorded",
        subject=made,
        by=by,
        after={
            "customer": customer.code,
            "balance_on": balance_on,
            "amount": f"{money.as_text(amount, currency)} {currency}",
            "answer": answer,
            "their_amount": their_amount,
        },
    )
    return made


def _check_answer(said: Confirmation) -> None:
    today = clock.business_today()
    if said.answered_on > today:
        raise AnswerDay(
            _("%(day)s has not come yet. Enter the answer on its day.") % {"day": ui.day(said.answered_on)},
            said.answered_on,
        )
    if said.balance_on < days.FIRST:
        raise AnswerDay(_("No book reaches back that far. Choose a later day."), said.balance_on)
    if said.answered_on < said.balance_on:
        raise AnswerDay(_("Nobody answers before the day of the balance. Correct one of the two."), said.balance_on)
    if said.answer not in Confirmation.Answer.values:
        raise NotAnAnswer(_("Say whether the customer agrees, names another amount or refuses."))
    if not money.is_known(said.currency):
        raise NotAnAnswer(
            _("%(currency)s is no currency. Use its code of three letters.") % {"currency": said.currency}
        )
    amounts = [amount for amount in (said.amount, said.their_amount) if amount is not None]
    if any(amount < ZERO or amount >= money.LIMIT or not money.is_exact(amount, said.currency) for amount in amounts):
        raise NotAnAnswer(
            _("A balance is zero or more, in whole minor units of %(currency)s.") % {"currency": said.currency}
        )
    differs = said.answer == Confirmation.Answer.DIFFERS
    if differs and said.their_amount in (None, said.amount):
        raise NotAnAnswer(_("Enter the amount that the customer names instead."))
    if not differs and said.their_amount not in (None, said.amount):
        raise NotAnAnswer(_("Another amount is a third answer. Choose it, or leave their amount empty."))
