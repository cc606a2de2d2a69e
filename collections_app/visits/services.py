"""Verbs of the day's list: what happened at a stop stands here; plans are made in `plan_services` and kept true in
`settled`, and all are asked for here.
"""

from dataclasses import asdict
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from collections_app.cases import services as cases
from collections_app.cases.models import ContactMade, Promise
from collections_app.visits import asking, deeds
from collections_app.visits.deeds import AtTheDoor, Told
from collections_app.visits.models import Outcome, Stop
from collections_app.visits.plan_services import grouped, plan_day, plan_round
from collections_app.visits.settled import cancel_settled
from common import clock, submissions
from common.refusals import Refused
from common.templatetags.ui import day as day_words
from customers import services as customers
from receivables import services as receivables
from receivables.models import Receipt
from staff.models import User

__all__ = ["cancel_settled", "grouped", "plan_day", "plan_round", "record_outcome"]


class AlreadyLogged(Refused):
    """The visit has an outcome; it is corrected, not logged twice."""


class NotYours(Refused):
    """Only the rep whose visit it is records what happened."""


class NotYet(Refused):
    """The visit is planned for a later day."""


class NotPlanned(Refused):
    """The day was planned again without the visit."""


class NotCorrectable(Refused):
    """Another day, another author, corrected before, or finance has decided already."""


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
    stop = _as_it_stands(stop)
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
        contact=_contact(stop, kind, told.note, corrects, on=on, by=by),
        happened_on=on,
        entered_at=clock.now(),
        entered_by=by.get_username(),
        corrects=corrects,
    )
    outcome.disputes.set(made.disputes)
    Stop.objects.filter(pk=stop.pk).update(state=Stop.State.DONE)
    audit.record(
        verb="visits.outcome_corrected" if corrects else "visits.outcome_recorded",
        subject=outcome,
        by=by,
        after={"kind": kind, "amount": made.amount, "stop": stop.pk},
    )
    return outcome


def _as_it_stands(stop: Stop) -> Stop:
    """Locked. A plan that is made again drops the visits that are not in it any more."""
    rows = Stop.objects.select_for_update(of=("self",)).select_related("plan__rep", "customer")
    found = rows.filter(pk=stop.pk).first()
    if found is None:
        raise NotPlanned(
            _("The day was planned again without the visit to %(customer)s. Nothing was saved.")
            % {"customer": stop.customer.name}
        )
    return found


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


def _contact(stop: Stop, kind: str, note: str, corrects: Outcome | None, *, on: date, by: User) -> ContactMade:
    """One visit is one contact: a correction says anew what came of it."""
    reached = kind not in (Outcome.Kind.NOT_IN, Outcome.Kind.COULD_NOT_VISIT)
    if corrects is None or corrects.contact is None:
        return cases.made_contact(customer=stop.customer, channel="visit", reached=reached, on=on, by=by, note=note)
    return cases.correct_contact(contact=corrects.contact, reached=reached, note=note, on=on, by=by)
