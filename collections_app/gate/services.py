"""The gate's verbs. Every path on which goods leave goes through here: page, command, import, bulk and money.

A shipment is released by `contracts.release` alone, and that is called from this module alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import NIGHT, Actor
from collections_app.gate import credit_services, facts, noting, queries
from collections_app.gate.models import CauseChoices, GateOverride, Hold
from collections_app.gate.queries import Answer
from collections_app.policy import queries as policies
from common import clock
from common.refusals import Refused
from common.templatetags import ui
from contracts import release as releases
from contracts import services as contracts
from contracts.models import Contract, Method, Release, Shipment
from customers import queries as families
from customers import services as customer_services
from customers.models import Customer
from receivables import more_time_queries as more_time
from receivables import services as receivables
from receivables.models import DueItem, MoreTime, Receipt
from staff import queries as staff
from staff.models import Approval, User

ROOM = "room in the group"
SHARED = (CauseChoices.LIMIT, CauseChoices.INSURER)  # causes that other accounts of a group can settle


class AlreadyLeft(Refused):
    """Released, delivered or returned before."""


class NotWaiting(Refused):
    """Only a planned or held shipment is kept, overridden or made smaller."""


class NoReceipt(Refused):
    """Cash on delivery is handed over against a recorded receipt, or the goods come back."""


class StaysWhole(Refused):
    """A smaller quantity does not cure what keeps the batch, or it is still too large."""


class NotPermitted(Refused):
    """The right, the reason or the end date is missing."""


@transaction.atomic
def take_over(*, shipments: Sequence[Shipment], by: Actor) -> list[Shipment]:
    """Store delivered shipments with a release of kind *taken over*. The caller writes the trail of its file."""
    return releases.write(
        shipments,
        kind=Release.Kind.TAKEN_OVER,
        state=Shipment.State.DELIVERED,
        by=by.get_username(),
        at=clock.now(),
        answer={"because": "delivered before the gate was kept here"},
    )


@transaction.atomic
def note_planned(*, shipments: Sequence[Shipment], on: date, by: Actor) -> None:
    """Goods were asked for, on a page or in a file, and wait at the gate from now on: first orders are checked, and
    what keeps each is noted. The caller holds the locks."""
    credit_services.ask_credit_checks(shipments=shipments, on=on, by=by)
    noting.note_planned(shipments=shipments, on=on)


@transaction.atomic
def ask_next(
    *,
    contract: Contract,
    lines: Sequence[tuple[Any, Decimal, Decimal]],
    on: date,
    by: Actor,
    number: str = "",
    site: Any = None,
    without_questions: bool = False,
) -> Shipment:
    """The customer asks for the next delivery: it is planned, and under *two deliveries, one settlement* the batch
    that must be settled before it falls due today, once, if it was not due earlier."""
    customer_services.lock(families.family(contract.customer))
    shipment = contracts.plan_shipment(
        customer=contract.customer,
        contract=contract,
        lines=lines,
        asked_on=on,
        currency=contract.currency,
        by=by,
        number=number,
        site=site,
        without_questions=without_questions,
    )
    if contract.method == Method.TWO_DELIVERIES:
        _bring_forward(contract, shipment, on, by)
    note_planned(shipments=[shipment], on=on, by=by)
    return shipment


def _bring_forward(contract: Contract, asked: Shipment, on: date, by: Actor) -> None:
    """Of the batches that are open, the newest k - 1 may stay so; what the others owe is due on the day of asking."""
    gone = Shipment.objects.filter(contract=contract, state__in=facts.LEFT).exclude(pk=asked.pk)
    owed = DueItem.objects.filter(invoice__shipment__in=gone, open_amount__gt=0)
    unsettled = list(dict.fromkeys(owed.order_by("invoice__shipment__batch", "pk").values_list("invoice__shipment")))
    may_stay = int(contract.parameters.get("open_batches", 1)) - 1
    due = [key for (key,) in unsettled[: len(unsettled) - may_stay]]
    called = owed.filter(invoice__shipment__in=due, due_date__gt=on)
    given_time = more_time.taken(called.values_list("pk", flat=True), states=[MoreTime.GRANTED])
    for item in called.exclude(pk__in=given_time).order_by("pk"):
        receivables.move_due_date(
            due_item=item,
            due_date=on,
            on=on,
            by=by,
            because=_("Shipment %(number)s was asked for") % {"number": asked.number},
        )


def release(*, shipment: Shipment, on: date, by: Actor) -> Answer:
    """May this batch leave? Yes releases it; no keeps it, with every cause, its ground and its way out."""
    with transaction.atomic():
        waiting = _locked(shipment)
        answer = queries.answers([waiting], as_of=on)[waiting.pk]
        noting.note(waiting, answer, on)
        if answer.may_leave:
            kind = Release.Kind.OVERRIDE if answer.override else Release.Kind.PASSED
            _let_go(waiting, answer, kind=kind, on=on, by=by)
        else:
            _keep_back(waiting, answer, by=by)
        return answer


def _locked(shipment: Shipment) -> Shipment:
    customer = Shipment.objects.select_related("customer").get(pk=shipment.pk).customer
    customer_services.lock(families.family(customer))
    waiting = Shipment.objects.select_related("contract", "release", "customer").get(pk=shipment.pk)
    if waiting.release is not None:
        raise AlreadyLeft(
            _("Shipment %(number)s was released on %(day)s by %(who)s. Nothing was changed.")
            % {
                "number": waiting.number,
                "day": ui.day(clock.business_day(waiting.release.at)),
                "who": waiting.release.by,
            }
        )
    if waiting.state not in Shipment.WAITS:
        raise NotWaiting(_("Shipment %(number)s does not wait any more.") % {"number": waiting.number})
    return waiting


def _keep_back(shipment: Shipment, answer: Answer, *, by: Actor) -> None:
    """From now on it goes by itself, as soon as its causes are settled."""
    releases.hold_back(shipment)
    causes = ", ".join(held.cause for held in answer.holds)
    audit.record(verb="gate.held", subject=shipment, by=by, after={"causes": causes})


def _let_go(shipment: Shipment, answer: Answer, *, kind: str, on: date, by: Actor) -> None:
    now = clock.now()
    releases.let_go(shipment, kind=kind, by=by.get_username(), at=now, answer=answer.as_json())
    Hold.objects.filter(shipment=shipment, cleared_at=None).update(cleared_at=now, cleared_because="released")
    customer_services.mark([shipment.customer_id], because="released", on=on)
    audit.record(
        verb="gate.released",
        subject=shipment,
        by=by,
        after={"kind": kind, "observed": ", ".join(held.cause for held in answer.observed)},
    )


def look_again(*, customers: Iterable[int], on: date, by: Actor) -> int:
    """Waiting shipments of these customers (locked by the caller) after something has changed: their holds are noted
    anew, and whatever was held and has none left goes, where the policy says so. Returns how many went."""
    found = Shipment.objects.filter(customer__in=set(customers), state__in=Shipment.WAITS)
    automatic = policies.in_force(on).gate.automatic
    went = 0
    together: dict[int, bool] = {}
    # One after the other, oldest first: a batch that goes counts against the next.
    for shipment in found.select_related("contract", "customer").order_by("customer", "asked_on", "pk"):
        if shipment.customer_id not in together:
            together[shipment.customer_id] = _holds_family(shipment.customer)
        answer = queries.answers([shipment], as_of=on)[shipment.pk]
        noting.note(shipment, answer, on)
        if shipment.state != Shipment.State.HELD or not answer.may_leave or not automatic:
            continue
        if not together[shipment.customer_id]:
            customer_services.mark([shipment.customer_id], because=ROOM, on=on)
            continue
        _let_go(shipment, answer, kind=Release.Kind.SETTLED, on=on, by=by)
        went += 1
    return went


def _holds_family(customer: Customer) -> bool:
    """Whoever lets goods go holds all accounts that share a limit with it, else two could use the same room. An
    account that somebody else holds is not waited for, because the customer's own lock is held already."""
    others = set(families.family(customer)) - {customer.pk}
    return customer_services.lock_at_once(others) == others


def look_at_relatives(*, customers: Iterable[int], on: date, by: Actor) -> int:
    """Money of these customers (locked by the caller) frees room under a limit that they share: what others of the
    same group or payer have waiting for it goes in the same transaction. Whoever is busy at this moment is looked at
    within the minute, by a mark."""
    relatives = families.relatives(customers)
    if not relatives:
        return 0
    waiting = Hold.objects.filter(customer__in=relatives, cause__in=SHARED, cleared_at=None)
    keys = set(waiting.values_list("customer", flat=True))
    at_once = customer_services.lock_at_once(keys)
    customer_services.mark(keys - at_once, because=ROOM, on=on)
    return look_again(customers=at_once, on=on, by=by)


def look_at_all(*, as_of: date) -> int:
    """The night's step: every waiting shipment again, because days have passed. One transaction a customer."""
    waiting = Shipment.objects.filter(state__in=Shipment.WAITS).values("customer")
    went = 0
    for customer in list(Customer.objects.filter(pk__in=waiting).order_by("pk")):
        with transaction.atomic():
            customer_services.lock(families.family(customer))
            went += look_again(customers=[customer.pk], on=as_of, by=NIGHT)
    return went


@transaction.atomic
def override(*, shipment: Shipment, reason: str, ends_before: date, on: date, by: User) -> Answer:
    """Somebody with the right lets a batch leave against the gate. The override and its reason stay."""
    waiting = _locked(shipment)
    reason = reason.strip()
    if not reason:
        raise NotPermitted(_("Say why this batch may leave against the gate."))
    if ends_before <= on:
        raise NotPermitted(_("An override ends after today. Choose a later day."))
    amount = queries.in_base(waiting, on)
    whose = [waiting.customer_id]
    if not staff.may_approve(by, Approval.Kind.OVERRIDE, amount, customers=whose, on=on):
        raise NotPermitted(
            staff.who_decides_instead(by, customers=whose, on=on)
            or _("Your role may not release so much against the gate. Ask somebody who may.")
        )
    row = GateOverride.objects.create(
        shipment=waiting,
        customer_id=waiting.customer_id,
        reason=reason,
        by=by.get_username(),
        starts_on=on,
        ends_before=ends_before,
        entered_at=clock.now(),
    )
    audit.record(
        verb="gate.overridden",
        subject=row,
        by=by,
        after={"shipment": waiting.number, "reason": reason, "until": ends_before},
    )
    return release(shipment=waiting, on=on, by=by)


@transaction.atomic
def release_part(*, shipment: Shipment, keep: Mapping[int, Decimal], on: date, by: Actor) -> Answer:
    """Split off what does not fit and release what stays of it: quantities by line that go now. What may not leave
    in these quantities either stays whole, because two held parts help nobody.

    The rest is asked about after that, because what has left counts against it. It was asked for with the batch, so
    what keeps it holds it, and money lets it go without anybody asking again.
    """
    waiting = _locked(shipment)
    rest = contracts.split(shipment=waiting, keep=dict(keep), by=by)
    answer = release(shipment=waiting, on=on, by=by)
    if not answer.may_leave:
        why = " ".join(f"{cause.sentence} {cause.way_out}" for cause in answer.holds)
        raise StaysWhole(
            _("These quantities of shipment %(number)s may not leave either, so it was not split. %(why)s")
            % {"number": waiting.number, "why": why}
        )
    kept = queries.answers([rest], as_of=on)[rest.pk]
    noting.note(rest, kept, on)
    if not kept.may_leave:
        _keep_back(rest, kept, by=by)
    return answer


@transaction.atomic
def deliver(
    *, shipment: Shipment, on: date, signed_by: str, by: Actor, document: Any = None, receipt: Receipt | None = None
) -> Shipment:
    """Hand the goods over with proof. Cash on delivery: only against the rep's numbered receipt for these goods, and
    what waited for that receipt goes in the same transaction, because provisional cash calls no port."""
    customer_services.lock([shipment.customer_id])
    row = Shipment.objects.select_related("contract").get(pk=shipment.pk)
    is_cash = row.contract is not None and row.contract.method == Method.CASH_ON_DELIVERY
    if is_cash:
        _take_receipt(row, receipt)
    contracts.deliver(shipment=row, on=on, signed_by=signed_by, document=document, by=by)
    row.refresh_from_db()
    receivables.date_by_delivery(shipment=row, by=by)
    if is_cash:
        look_again(customers=[row.customer_id], on=clock.business_today(), by=by)
    return row


@transaction.atomic
def take_back(*, shipment: Shipment, on: date, by: Actor) -> Shipment:
    """The goods are here again: whatever of the customer's waited for their receipt or for their room goes at once."""
    row = contracts.take_back_goods(shipment=shipment, on=on, by=by)
    look_again(customers=[row.customer_id], on=clock.business_today(), by=by)
    return row


@transaction.atomic
def cancel(*, shipment: Shipment, on: date, by: Actor) -> Shipment:
    """Nobody wants a waiting batch any more; nothing keeps it then."""
    row = contracts.cancel(shipment=shipment, on=on, by=by)
    Hold.objects.filter(shipment=row, cleared_at=None).update(cleared_at=clock.now(), cleared_because="cancelled")
    return row


def _take_receipt(shipment: Shipment, receipt: Receipt | None) -> None:
    if receipt is None:
        raise NoReceipt(
            _("Shipment %(number)s is cash on delivery: record the receipt first, or take the goods back.")
            % {"number": shipment.number}
        )
    fits = (
        receipt.customer_id == shipment.customer_id
        and receipt.currency == shipment.currency
        and receipt.amount >= shipment.amount
        and receipt.state != Receipt.State.REFUSED
        and receipt.shipment_id in (None, shipment.pk)
    )
    if not fits:
        raise NoReceipt(
            _("Receipt %(receipt)s does not cover %(amount)s of shipment %(number)s.")
            % {
                "receipt": receipt.number,
                "amount": ui.money_text(shipment.amount, shipment.currency),
                "number": shipment.number,
            }
        )
    Receipt.objects.filter(pk=receipt.pk).update(shipment=shipment)
