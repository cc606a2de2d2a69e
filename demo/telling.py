"""What was said becomes rows: promises, disputes, excuses, contacts, receipts.

What is going on this morning goes through the verbs of the cases. What is long settled is written directly: the
verbs speak about amounts that are open now, and would leave a mark for each of a thousand old visits.
"""

from collections.abc import Iterable, Sequence

from audit.services import COMMAND
from collections_app.cases import services as cases
from collections_app.cases.models import ContactMade, Dispute, Excuse, Promise, PromiseItem
from common import clock
from common.days import ONE_DAY
from common.money import ZERO
from demo.cards import DisputeCard, PromiseCard, ReceiptCard
from demo.cases import grace_until
from demo.storing import BATCH, Told
from receivables import services as receivables
from receivables.models import DueItem
from staff.models import User

Items = dict[tuple[int, str, int], DueItem]  # by customer, number of the invoice, position
IN_QUERY = 500


def due_items(told: Sequence[Told]) -> Items:
    """The due items that somebody spoke about."""
    wanted = {(one.customer.pk, card.invoice, card.position) for one in told for card in _spoken_of(one)}
    wanted |= {(one.customer.pk, card.settles, 1) for one in told for card in one.story.credit_notes if card.settles}
    numbers = sorted({number for _, number, _ in wanted})
    found: Items = {}
    for start in range(0, len(numbers), IN_QUERY):
        rows = DueItem.objects.filter(
            customer__in=[one.customer.pk for one in told], invoice__number__in=numbers[start : start + IN_QUERY]
        )
        for item in rows.select_related("invoice"):
            key = (item.customer_id, item.invoice.number, item.position)
            if key in wanted:
                found[key] = item
    return found


def _spoken_of(one: Told) -> Iterable[PromiseCard | DisputeCard | ReceiptCard]:
    return (*one.story.promises, *one.story.disputes, *one.story.receipts)


def remember(told: Sequence[Told], items: Items) -> None:
    """Everything that is over: in bulk, as it ended."""
    now = clock.now()
    _remember_promises(told, items)
    Dispute.objects.bulk_create(
        [
            Dispute(
                customer=one.customer,
                due_item=items[one.customer.pk, card.invoice, card.position],
                amount=card.amount,
                reason=card.reason,
                note=card.note,
                owner_id=one.customer.owner_id,
                opened_on=card.opened_on,
                review_on=card.review_on,
                closed_on=card.closed_on,
                closed_at=now,
                entered_at=now,
            )
            for one in told
            for card in one.story.disputes
            if card.closed_on
        ],
        BATCH,
    )
    Excuse.objects.bulk_create(
        [
            Excuse(customer=one.customer, kind=card.kind, note=card.note, said_on=card.said_on, entered_at=now)
            for one in told
            for card in one.story.excuses
        ],
        BATCH,
    )
    ContactMade.objects.bulk_create(
        [
            ContactMade(
                customer=one.customer,
                channel=card.channel,
                reached=card.reached,
                made_on=card.made_on,
                note=card.note,
                entered_at=now,
            )
            for one in told
            for card in one.story.touches
        ],
        BATCH,
    )


def _remember_promises(told: Sequence[Told], items: Items) -> None:
    rows = [(one, card) for one in told for card in one.story.promises if not card.is_open]
    made = Promise.objects.bulk_create([_promise(one, card) for one, card in rows], BATCH)
    PromiseItem.objects.bulk_create(
        [
            PromiseItem(
                promise=promise, due_item=items[one.customer.pk, card.invoice, card.position], amount=card.amount
            )
            for promise, (one, card) in zip(made, rows, strict=True)
        ],
        BATCH,
    )


def _promise(one: Told, card: PromiseCard) -> Promise:
    """Kept on the day the money came, or broken on the day after its grace."""
    until = grace_until(card.promised_on, card.method)
    return Promise(
        customer=one.customer,
        amount=card.amount,
        currency=one.story.currency,
        method=card.method,
        made_on=card.made_on,
        promised_on=card.promised_on,
        grace_until=until,
        promised_by=card.by,
        state=Promise.State.KEPT if card.kept_on else Promise.State.BROKEN,
        paid_amount=card.amount if card.kept_on else ZERO,
        settled_on=card.kept_on or until + ONE_DAY,
        settled_at=clock.now(),
        entered_at=clock.now(),
    )


def say_what_is_going_on(told: Sequence[Told], items: Items, *, finance: User) -> None:
    """Promises that run, disputes that wait for an answer, receipts that finance has not verified."""
    for one in told:
        actor = one.customer.owner or COMMAND
        for promise in one.story.promises:
            if promise.is_open:
                item = items[one.customer.pk, promise.invoice, promise.position]
                cases.promise(
                    customer=one.customer,
                    amount=promise.amount,
                    currency=one.story.currency,
                    promised_on=promise.promised_on,
                    method=promise.method,
                    lines=[(item.pk, promise.amount)],
                    on=promise.made_on,
                    by=actor,
                    promised_by=promise.by,
                )
        for dispute in one.story.disputes:
            if dispute.closed_on is None:
                cases.open_dispute(
                    due_item=items[one.customer.pk, dispute.invoice, dispute.position],
                    amount=dispute.amount,
                    reason=dispute.reason,
                    note=dispute.note,
                    owner=finance,
                    on=dispute.opened_on,
                    review_on=dispute.review_on,
                    by=actor,
                )
        for receipt in one.story.receipts:
            _give_receipt(one, receipt, items)


def _give_receipt(one: Told, card: ReceiptCard, items: Items) -> None:
    rep = one.customer.owner
    if rep is None:
        return
    item = items[one.customer.pk, card.invoice, card.position]
    receivables.record_receipt(
        customer=one.customer,
        rep=rep,
        method=card.method,
        amount=card.amount,
        currency=one.story.currency,
        lines=[(item.pk, card.amount)],
        received_on=min(card.received_on, clock.business_today()),  # a sample of a later day is told today
        key=f"demo-{one.story.profile.code}-{card.received_on:%Y%m%d}",
    )
