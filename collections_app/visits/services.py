"""Verbs of the day's list: plan it, keep it true when money or a promise changes it, record what happened."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from collections_app.cases import services as cases
from collections_app.cases.models import Promise
from collections_app.visits import asking, candidates, deeds, planning
from collections_app.visits.asking import Owed
from collections_app.visits.deeds import AtTheDoor, Told
from collections_app.visits.models import LeftOut, Outcome, Plan, Stop
from collections_app.visits.worth import less_travel
from common import clock, submissions
from common.money import ZERO
from common.refusals import Refused
from common.templatetags.ui import day as day_words
from customers import services as customers
from receivables import services as receivables
from receivables.models import Receipt
from staff.models import User

OPEN_STATES = (Stop.State.PLANNED, Stop.State.CANCELLED)


class AlreadyLogged(Refused):
    """The visit has an outcome; it is corrected, not logged twice."""


class NotYours(Refused):
    """Only the rep whose visit it is records what happened."""


class NotYet(Refused):
    """The visit is planned for a later day."""


class NotCorrectable(Refused):
    """Another day, another author, corrected before, or finance has decided already."""


# Planning


@transaction.atomic
def plan_day(*, on: date, rep: User, by: Actor) -> Plan:
    """A rep's stops of a day, in order. The same input leaves the plan as it is; stops that are done stay.

    Times are local, worth is in the base currency. Run again with other facts it replaces what is still planned.
    """
    plan = Plan.objects.filter(rep=rep, on=on).first()
    if plan is not None:
        customers.lock(plan.stops.values_list("customer", flat=True))
        plan = Plan.objects.select_for_update().get(pk=plan.pk)
    found = planning.read(on=on, rep=rep, plan=plan)
    if plan is not None and plan.input_hash == found.digest:
        return plan
    plan = plan or Plan(rep=rep, on=on)
    planned = planning.route_of(found)
    stops = _stops(found, planned)
    plan.input_hash, plan.made_at = found.digest, clock.now()
    plan.value = sum((stop.worth for stop in stops), ZERO)
    plan.save()
    _replace(plan, stops, planning.named(found, planned))
    audit.record(verb="visits.planned", subject=plan, by=by, after={"rep": rep, "on": on, "stops": len(stops)})
    return plan


def _stops(found: planning.DayInput, planned: planning.Route) -> list[Stop]:
    prepared = {row.customer: row for row in found.prepared}
    stops = []
    for visit in planned.visits:
        row = prepared[visit.key]
        worth = less_travel(
            row.worth,
            minutes=visit.travel_minutes,
            cost_per_minute=found.day.cost_per_minute,
            currency=found.base,
        )
        stops.append(
            Stop(
                customer_id=row.customer,
                position=visit.position,
                arrive_at=planning.time_at(visit.arrive),
                leave_at=planning.time_at(visit.leave),
                kilometres=Decimal(visit.metres) / 1000,
                currency=row.currency,
                ask_amount=row.sums.ask_amount,
                late_amount=row.sums.late_amount,
                total_amount=row.sums.total_amount,
                standing=row.sums.standing,
                worth=worth.amount,
                terms=[{"term": term.name, "amount": str(term.amount)} for term in worth.terms],
                reasons=list(row.reasons),
                card=row.card,
                is_commitment=row.is_commitment,
            )
        )
    return stops


def _replace(plan: Plan, stops: Sequence[Stop], left_out: Sequence[planning.LeftOutRow]) -> None:
    """Planned stops make room; done, skipped and cancelled ones stay, unless their customer is planned anew."""
    plan.stops.filter(state=Stop.State.PLANNED, outcomes=None).delete()
    plan.stops.filter(state=Stop.State.CANCELLED, outcomes=None, customer__in=[s.customer_id for s in stops]).delete()
    after = plan.stops.aggregate(last=Max("position"))["last"] or 0
    for stop in stops:
        stop.plan, stop.position = plan, after + stop.position
    Stop.objects.bulk_create(stops, batch_size=500)
    plan.left_out.all().delete()
    LeftOut.objects.bulk_create(
        [
            LeftOut(
                plan=plan,
                customer_id=row.prepared.customer,
                worth=row.prepared.worth.amount,
                reason=row.reason,
                phone=row.prepared.phone,
            )
            for row in left_out
        ],
        batch_size=500,
    )


def cancel_settled(*, customers: Iterable[int], on: date) -> int:
    """Make the open stops of that day and later ask for what is left to ask; whoever has nothing left is left alone.

    Called inside the transaction of the money, with the customers locked; returns how many stops changed. A stop
    that was cancelled and has something to ask again (money went back) is planned again.
    """
    stops = list(
        Stop.objects.filter(customer__in=list(customers), plan__on__gte=on, state__in=OPEN_STATES)
        .select_related("plan")
        .order_by("plan__on", "pk")
    )
    by_day: dict[date, list[Stop]] = defaultdict(list)
    for stop in stops:
        by_day[stop.plan.on].append(stop)
    changed = []
    for day, rows in by_day.items():
        owed = asking.owed(on=day, customers={row.customer_id for row in rows})
        changed += [row for row in rows if _asks_for(row, owed.get(row.customer_id, []))]
    Stop.objects.bulk_update(
        changed,
        ["state", "currency", "ask_amount", "late_amount", "total_amount", "standing", "reasons", "card"],
        batch_size=200,
    )
    return len(changed)


def _asks_for(stop: Stop, items: Sequence[Owed]) -> bool:
    """Set the stop's amounts and what it says of them; a cancelled one keeps both. True where something changed."""
    currency = stop.currency
    sums = asking.sums(items, currency)
    if not sums.ask_amount:  # what is left may be in another currency
        currency = next((item.currency for item in items if item.ask_amount > ZERO), currency)
        sums = asking.sums(items, currency)
    before = _said(stop)
    if sums.ask_amount:
        stop.state, stop.currency, stop.ask_amount = Stop.State.PLANNED, currency, sums.ask_amount
        stop.late_amount, stop.total_amount, stop.standing = sums.late_amount, sums.total_amount, sums.standing
        known = stop.card
        spoken = candidates.speak(items, currency, why=known.get("why", {}))
        stop.reasons, stop.card = list(spoken.reasons), known | spoken.card
    else:
        stop.state = Stop.State.CANCELLED
    return before != _said(stop)


def _said(stop: Stop) -> tuple[Any, ...]:
    amounts = (stop.ask_amount, stop.late_amount, stop.total_amount)
    return stop.state, stop.currency, stop.standing, amounts, stop.reasons, stop.card


# Outcomes


@transaction.atomic
def record_outcome(
    *, stop: Stop, kind: str, key: str, by: User, on: date, told: Told | None = None, corrects: Outcome | None = None
) -> Outcome:
    """What happened at a stop, with its receipt, promise, excuse or dispute.

    The same key with the same words again gives the same row; with other words, or at another stop, it is another deed.
    Amounts in `told` are in the stop's currency. Money is provisional; a payment below what is asked for needs a
    word on the rest. `corrects` takes back an outcome of the same day by the same person. Refuses another rep's
    stop, a later day, a stop that has an outcome already, and what `deeds` refuses.
    """
    told = told or Told()
    customers.lock([stop.customer_id])
    key = submissions.key_of({"key": key, "stop": stop.pk, "kind": str(kind)} | asdict(told))
    known = Outcome.objects.filter(key=key).first()
    if known is not None:
        return known
    stop = Stop.objects.select_for_update(of=("self",)).select_related("plan__rep", "customer").get(pk=stop.pk)
    _check_turn(stop, on, by, corrects)
    if corrects is not None:
        _take_back(Outcome.objects.select_related("receipt", "promise").get(pk=corrects.pk), on=on, by=by)
    items = asking.owed(on=on, customers=[stop.customer_id]).get(stop.customer_id, [])
    made = deeds.do(Outcome.Kind(kind), AtTheDoor(stop, tuple(items), key, on, by), told)
    outcome = Outcome.objects.create(
        stop=stop,
        key=key,
        kind=kind,
        amount=made.amount,
        currency=stop.currency if made.amount is not None else "",
        note=told.note,
        receipt=made.receipt,
        promise=made.promise,
        excuse=made.excuse,
        happened_on=on,
        entered_at=clock.now(),
        entered_by=by.get_username(),
        corrects=corrects,
    )
    outcome.disputes.set(made.disputes)
    Stop.objects.filter(pk=stop.pk).update(state=Stop.State.DONE)
    reached = kind not in (Outcome.Kind.NOT_IN, Outcome.Kind.COULD_NOT_VISIT)
    cases.made_contact(customer=stop.customer, channel="visit", reached=reached, on=on, by=by, note=told.note)
    audit.record(
        verb="visits.outcome_corrected" if corrects else "visits.outcome_recorded",
        subject=outcome,
        by=by,
        after={"kind": kind, "amount": made.amount, "stop": stop.pk},
    )
    return outcome


def _check_turn(stop: Stop, on: date, by: User, corrects: Outcome | None) -> None:
    if stop.plan.rep_id != by.pk:
        raise NotYours(_("This visit is %(name)s's. Only its rep can log it.") % {"name": stop.plan.rep})
    if on < stop.plan.on:
        raise NotYet(_("This visit is planned for %(day)s. Log it on that day.") % {"day": day_words(stop.plan.on)})
    if corrects is None and stop.outcomes.exists():
        raise AlreadyLogged(_("This visit is logged already. Open it and choose “Correct” to change it."))
    if corrects is not None:
        if corrects.stop_id != stop.pk or Outcome.objects.filter(corrects=corrects).exists():
            raise NotCorrectable(_("This entry was corrected before. Open the visit again to see the latest one."))
        if corrects.happened_on != on or corrects.entered_by != by.get_username():
            raise NotCorrectable(
                _("Only its author can correct an entry, on the same day. Ask finance or your manager.")
            )


def _take_back(outcome: Outcome, *, on: date, by: User) -> None:
    """Undo what the entry did, as far as nobody has decided on it yet."""
    if outcome.receipt is not None:
        if outcome.receipt.state == Receipt.State.VERIFIED:
            raise NotCorrectable(
                _("Finance has verified receipt %(number)s. Ask finance to reverse the payment.")
                % {"number": outcome.receipt.number}
            )
        if outcome.receipt.state == Receipt.State.PROVISIONAL:
            receivables.refuse_receipt(receipt=outcome.receipt, because=_("Corrected by its author"), by=by)
    if outcome.promise is not None and outcome.promise.state == Promise.State.OPEN:
        cases.withdraw_promise(promise=outcome.promise, on=on, by=by)
    for dispute in outcome.disputes.filter(closed_on=None).order_by("pk"):
        cases.close_dispute(dispute=dispute, on=on, by=by)
