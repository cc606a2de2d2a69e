"""Verbs of promises, disputes, excuses, contacts and to-dos. What moves a standing leaves a mark; money settles
promises through the port.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from collections_app.cases import queries, rules
from collections_app.cases.models import ContactMade, Dispute, Excuse, Promise, PromiseItem, ToDo
from collections_app.policy import queries as policy
from common import clock, money
from common.columns import MoneySum
from common.money import ZERO
from common.refusals import Refused
from common.templatetags import ui
from customers import services as customers
from customers.models import Customer
from receivables.models import Allocation, DueItem
from staff.models import Business, User

REVIEW_AFTER = timedelta(days=7)


class NotPromisable(Refused):
    """A promise of nothing, of more than is open, or for a day that has passed."""


class NotDisputable(Refused):
    """More than the item still owes can not be disputed."""


class AlreadyClosed(Refused):
    """Closed or settled before."""


@transaction.atomic
def promise(
    *,
    customer: Customer,
    amount: Decimal,
    currency: str,
    promised_on: date,
    method: str,
    lines: Sequence[tuple[int, Decimal]],
    on: date,
    by: Actor,
    promised_by: str = "",
) -> Promise:
    """The customer says it will pay these parts of due items by a day."""
    if promised_on < on:
        raise NotPromisable(_("%(day)s has passed. Choose today or a later day.") % {"day": ui.day(promised_on)})
    last = queries.last_promise_day(on)
    if promised_on > last:
        raise NotPromisable(
            _("%(day)s is too far ahead for a promise. Choose a day until %(last)s, or agree on an extension.")
            % {"day": ui.day(promised_on), "last": ui.day(last)}
        )
    if amount <= ZERO or not money.is_exact(amount, currency):
        raise NotPromisable(_("A promise needs an amount above zero in %(currency)s.") % {"currency": currency})
    customers.lock([customer.pk])
    open_now = dict(
        DueItem.objects.filter(customer=customer, currency=currency, open_amount__gt=0).values_list("pk", "open_amount")
    )
    for key, part in lines:
        if part > open_now.get(key, ZERO):
            raise NotPromisable(_("More is promised on an item than it owes. Lower the amount."))
    made = Promise.objects.create(
        customer=customer,
        amount=amount,
        currency=currency,
        method=method,
        made_on=on,
        promised_on=promised_on,
        grace_until=_grace_until(promised_on, method, on),
        promised_by=promised_by,
        entered_at=clock.now(),
        entered_by=by.get_username(),
    )
    PromiseItem.objects.bulk_create([PromiseItem(promise=made, due_item_id=key, amount=part) for key, part in lines])
    customers.mark([customer.pk], because="promise", on=on)
    audit.record(
        verb="cases.promised",
        subject=made,
        by=by,
        after={"amount": amount, "currency": currency, "by": promised_on},
    )
    return made


def _grace_until(promised_on: date, method: str, on: date) -> date:
    thresholds = policy.in_force(on).thresholds
    country = Business.objects.values_list("calendar", flat=True).first() or ""
    return rules.grace_until(
        promised_on,
        method=method,
        country=country,
        cash_days=thresholds.grace_cash,
        other_days=thresholds.grace_other,
    )


@transaction.atomic
def withdraw_promise(*, promise: Promise, on: date, by: Actor) -> None:
    """Taken back by whoever recorded it: it counts neither as kept nor as broken."""
    if not Promise.objects.filter(pk=promise.pk, state=Promise.State.OPEN).update(
        state=Promise.State.WITHDRAWN, settled_on=on, settled_at=clock.now()
    ):
        raise AlreadyClosed(_("This promise is settled already."))
    customers.mark([promise.customer_id], because="promise withdrawn", on=on)
    audit.record(verb="cases.promise_withdrawn", subject=promise, by=by)


def settle_promises(*, as_of: date, customers: Iterable[int] | None = None) -> set[int]:
    """Move open promises to kept or broken as the money on their items says. Returns the customers concerned.

    Inside the caller's transaction; run twice it moves nothing more.
    """
    running = Promise.objects.filter(state=Promise.State.OPEN)
    if customers is not None:
        running = running.filter(customer__in=list(customers))
    moved: set[int] = set()
    rows = list(running.order_by("pk"))
    paid = _paid_since_made(rows, as_of)
    covered = _covered_in_time(rows, as_of)
    for row in rows:
        amount, latest = paid.get(row.pk, (ZERO, None))
        verdict = rules.fate_of(
            promised=row.amount,
            paid=amount,
            paid_in_full_on=latest,
            grace_until=row.grace_until,
            as_of=as_of,
            covered=covered.get(row.pk, ZERO),
        )
        if verdict.fate is rules.Fate.OPEN:
            continue
        changed = Promise.objects.filter(pk=row.pk, state=Promise.State.OPEN).update(
            state=verdict.fate.value,
            settled_on=verdict.on,
            settled_at=clock.now(),
            paid_amount=min(amount, row.amount),
        )
        if changed:
            moved.add(row.customer_id)
    return moved


def _paid_since_made(promises: Sequence[Promise], as_of: date) -> dict[int, tuple[Decimal, date | None]]:
    """By promise: what its items received from the day it was made on, and the last day of that."""
    items = list(PromiseItem.objects.filter(promise__in=promises).values_list("promise_id", "due_item_id", "amount"))
    received: dict[int, list[tuple[date, Decimal]]] = {}
    allocations = Allocation.objects.filter(due_item__in={item for _, item, _ in items}, applies_on__lte=as_of)
    for due_item_id, applies_on, amount in allocations.values_list("due_item_id", "applies_on", "amount"):
        received.setdefault(due_item_id, []).append((applies_on, amount))
    made_on = {row.pk: row.made_on for row in promises}
    found: dict[int, tuple[Decimal, date | None]] = {}
    for promise_id, due_item_id, promised in items:
        rows = [row for row in received.get(due_item_id, ()) if row[0] >= made_on[promise_id]]
        total, latest = found.get(promise_id, (ZERO, None))
        total += min(promised, sum((amount for _, amount in rows), ZERO))
        found[promise_id] = (
            total,
            max((day for day in (latest, *(day for day, _ in rows)) if day), default=None),
        )
    return found


def _covered_in_time(promises: Sequence[Promise], as_of: date) -> dict[int, Decimal]:
    """By promise: what receipts and papers, given from its making to the end of its grace, cover of its items."""
    items = list(PromiseItem.objects.filter(promise__in=promises).values_list("promise_id", "due_item_id", "amount"))
    given: dict[int, list[queries.Covered]] = {}
    for row in queries.covered(due_items={due_item_id for _promise, due_item_id, _amount in items}, as_of=as_of):
        given.setdefault(row.due_item_id, []).append(row)
    of = {row.pk: row for row in promises}
    found: dict[int, Decimal] = {}
    for promise_id, due_item_id, promised in items:
        first, last = of[promise_id].made_on, of[promise_id].grace_until
        amount = sum((row.amount for row in given.get(due_item_id, ()) if first <= row.since <= last), ZERO)
        found[promise_id] = found.get(promise_id, ZERO) + min(promised, amount)
    return found


@transaction.atomic
def open_dispute(
    *,
    due_item: DueItem,
    amount: Decimal,
    reason: str,
    on: date,
    by: Actor,
    note: str = "",
    owner: User | None = None,
    review_on: date | None = None,
) -> Dispute:
    """The customer contests an amount of an item; it is not asked for until it is answered."""
    customers.lock([due_item.customer_id])
    item = DueItem.objects.get(pk=due_item.pk)
    before = Dispute.objects.filter(due_item=item, closed_on=None).aggregate(total=MoneySum("amount"))["total"] or ZERO
    if amount <= ZERO or not money.is_exact(amount, item.currency):
        raise NotDisputable(_("Enter the disputed amount, above zero."))
    if before + amount > item.open_amount:
        raise NotDisputable(
            _("%(open)s is open and %(disputed)s disputed already; no more than the rest can be disputed.")
            % {
                "open": ui.written(item.open_amount, item.currency, symbol=True),
                "disputed": ui.written(before, item.currency, symbol=True),
            }
        )
    made = Dispute.objects.create(
        customer_id=item.customer_id,
        due_item=item,
        amount=amount,
        reason=reason,
        note=note,
        owner=owner,
        opened_on=on,
        review_on=review_on or on + REVIEW_AFTER,
        entered_at=clock.now(),
    )
    customers.mark([item.customer_id], because="dispute", on=on)
    audit.record(verb="cases.disputed", subject=made, by=by, after={"amount": amount, "reason": reason})
    return made


@transaction.atomic
def close_dispute(*, dispute: Dispute, on: date, by: Actor) -> None:
    if not Dispute.objects.filter(pk=dispute.pk, closed_on=None).update(closed_on=on, closed_at=clock.now()):
        raise AlreadyClosed(_("This dispute is closed already."))
    customers.mark([dispute.customer_id], because="dispute closed", on=on)
    audit.record(verb="cases.dispute_closed", subject=dispute, by=by)


@transaction.atomic
def say_excuse(*, customer: Customer, kind: str, on: date, by: Actor, note: str = "") -> Excuse:
    made = Excuse.objects.create(
        customer=customer,
        kind=kind,
        note=note,
        said_on=on,
        entered_at=clock.now(),
        entered_by=by.get_username(),
    )
    audit.record(verb="cases.excuse_heard", subject=made, by=by, after={"kind": kind})
    return made


@transaction.atomic
def made_contact(
    *, customer: Customer, channel: str, reached: bool, on: date, by: Actor, note: str = ""
) -> ContactMade:
    """A visit, call or letter; somebody reached is a movement of the customer."""
    made = ContactMade.objects.create(
        customer=customer,
        channel=channel,
        reached=reached,
        made_on=on,
        note=note,
        entered_at=clock.now(),
        entered_by=by.get_username(),
    )
    customers.mark([customer.pk], because="contact", on=on)
    audit.record(verb="cases.contact_made", subject=made, by=by, after={"channel": channel, "reached": reached})
    return made


@transaction.atomic
def correct_contact(*, contact: ContactMade, reached: bool, note: str, on: date, by: Actor) -> ContactMade:
    """The same contact, and what really came of it. The trail keeps what was said before."""
    before = {"reached": contact.reached, "note": contact.note}
    contact.reached, contact.note = reached, note
    contact.save(update_fields=["reached", "note"])
    customers.mark([contact.customer_id], because="contact", on=on)
    audit.record(
        verb="cases.contact_corrected", subject=contact, by=by, before=before, after={"reached": reached, "note": note}
    )
    return contact


def close_settled_disputes(*, customers: Iterable[int], on: date) -> None:
    """An item that is settled has nothing left to dispute. Inside the caller's transaction."""
    settled = Dispute.objects.filter(customer__in=list(customers), closed_on=None, due_item__open_amount=0)
    settled.update(closed_on=on, closed_at=clock.now())


@transaction.atomic
def open_to_do(
    *,
    customer: Customer,
    because: str,
    about: str,
    due_on: date,
    on: date,
    by: Actor,
    owner: User | None = None,
) -> ToDo:
    """Somebody of ours must act by a day. While one is open about the same thing, that one is returned unchanged."""
    customers.lock([customer.pk])
    waits = ToDo.objects.filter(customer=customer, because=because, about=about, done_on=None).first()
    if waits is not None:
        return waits
    made = ToDo.objects.create(
        customer=customer,
        because=because,
        about=about,
        owner=owner,
        due_on=due_on,
        opened_on=on,
        entered_at=clock.now(),
    )
    audit.record(verb="cases.to_do_opened", subject=made, by=by, after={"because": because, "about": about})
    return made


@transaction.atomic
def close_to_do(*, customer: Customer, because: str, about: str, on: date, by: Actor) -> ToDo | None:
    """Done on this day; by whom is kept. None where nothing of the kind was open: done before, or never asked."""
    customers.lock([customer.pk])
    waits = ToDo.objects.filter(customer=customer, because=because, about=about, done_on=None).first()
    if waits is None:
        return None
    waits.done_on, waits.done_by = on, by.get_username()
    waits.save(update_fields=["done_on", "done_by"])
    audit.record(verb="cases.to_do_done", subject=waits, by=by, after={"because": because, "about": about, "on": on})
    return waits
