"""Reading promises, disputes and excuses; above all: which amounts are not asked for, and until when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Case, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from collections_app.cases.models import Dispute, PromiseItem
from collections_app.policy import queries as policy
from common import clock, days
from customers import queries as owing
from customers.models import Condition
from receivables.models import DueItem, Paper, PaperLine, Receipt, ReceiptLine

DISPUTED = _("Disputed")
PROMISED = _("Promised")
RECEIPT = _("Covered by a receipt that finance has not verified yet")
PAPER = _("Covered by a cheque or bill in hand until it matures")
HANDED_OVER = _("Handed over to an agency or lawyer")
INSOLVENT = _("The customer is insolvent")
ASSIGNED = _("Assigned: the assignee collects")
CLOSED = _("The customer has closed")
#: Why nothing of a customer is asked for; of several the first one is named.
LOST = {
    Condition.Kind.INSOLVENT.value: INSOLVENT,
    Condition.Kind.ASSIGNED.value: ASSIGNED,
    Condition.Kind.HANDED_OVER.value: HANDED_OVER,
}
#: And why nobody drives there. Whoever has closed still gets letters.
AT_THE_DOOR = LOST | {Condition.Kind.CLOSED.value: CLOSED}


@dataclass(frozen=True, slots=True)
class Suppressed:
    """An amount of a due item that letters, visits and pages do not ask for. `amount` in the item's currency."""

    due_item_id: int
    customer_id: int
    amount: Decimal
    reason: object  # a lazy text: shown in the reader's language
    until: date | None = None  # the day that the reason names: of the promise, the maturity, the review
    returns_on: date | None = None  # from when letters ask for it again, where that is known


@dataclass(frozen=True, slots=True)
class Covered:
    """An amount of a due item that was given and is not money yet."""

    due_item_id: int
    amount: Decimal
    since: date


def suppressed(*, as_of: date, customers: Iterable[int] | None = None, at_the_door: bool = False) -> list[Suppressed]:
    """What is not asked for on a day: disputes, running promises, provisional receipts, papers, lost customers.

    Never stored: computed from the cases themselves, for a past day as they stood then. Amounts may overlap; a reader
    caps them at the open amount. A promise is left alone until its grace has ended; `at_the_door`, to the rep who
    visits, it is due on its very day, and a closed door is not knocked at.
    """
    scope = Q() if customers is None else Q(customer__in=list(customers))
    disputes = Dispute.objects.filter(scope, Q(closed_on=None) | Q(closed_on__gt=as_of), opened_on__lte=as_of)
    found = [
        Suppressed(row.due_item_id, row.customer_id, row.amount, DISPUTED, row.review_on, row.review_on)
        for row in disputes.order_by("pk")
    ]
    return [
        *found,
        *_promised(as_of, customers, at_the_door=at_the_door),
        *_on_receipts(as_of, customers),
        *_on_paper(as_of, customers),
        *_lost(as_of, scope, AT_THE_DOOR if at_the_door else LOST),
    ]


def _promised(as_of: date, customers: Iterable[int] | None, *, at_the_door: bool) -> list[Suppressed]:
    """Promises that run, their days of grace included; asked for at the door on the day they name."""
    of_promise = Q() if customers is None else Q(promise__customer__in=list(customers))
    running = PromiseItem.objects.filter(
        of_promise,
        Q(promise__state="open") | Q(promise__settled_on__gt=as_of),
        promise__made_on__lte=as_of,
        promise__grace_until__gte=as_of,
    )
    if at_the_door:
        running = running.exclude(promise__promised_on=as_of)
    return [
        Suppressed(
            item.due_item_id,
            item.promise.customer_id,
            item.amount,
            PROMISED,
            until=item.promise.promised_on,
            returns_on=item.promise.grace_until + days.ONE_DAY,
        )
        for item in running.select_related("promise").order_by("pk")
    ]


def _on_receipts(as_of: date, customers: Iterable[int] | None) -> list[Suppressed]:
    """Field money covers its items from its receipt until finance decides; verified, it counts from the same day."""
    of_receipt = Q() if customers is None else Q(receipt__customer__in=list(customers))
    refused_later = Q(receipt__state=Receipt.State.REFUSED, receipt__decided_at__gte=clock.end_of(as_of))
    lines = ReceiptLine.objects.filter(
        of_receipt, Q(receipt__state=Receipt.State.PROVISIONAL) | refused_later, receipt__received_on__lte=as_of
    )
    return [
        Suppressed(line.due_item_id, line.receipt.customer_id, line.amount, RECEIPT)
        for line in lines.select_related("receipt").order_by("pk")
    ]


def _on_paper(as_of: date, customers: Iterable[int] | None) -> list[Suppressed]:
    """A cheque or bill is not chased before its maturity; from the day after it is asked for again."""
    of_paper = Q() if customers is None else Q(paper__customer__in=list(customers))
    lines = PaperLine.objects.filter(
        of_paper,
        Q(paper__state__in=Paper.WAITS) | Q(paper__decided_on__gt=as_of),
        paper__received_on__lte=as_of,
        paper__matures_on__gte=as_of,
    ).exclude(paper__payment__counts_on__lte=as_of)
    return [
        Suppressed(
            line.due_item_id, line.paper.customer_id, line.amount, PAPER, line.paper.matures_on, line.paper.matures_on
        )
        for line in lines.select_related("paper").order_by("pk")
    ]


def covered(*, due_items: Iterable[int], as_of: date) -> list[Covered]:
    """What provisional receipts and running papers cover of these items, and since when."""
    keys = list(due_items)
    receipts = ReceiptLine.objects.filter(due_item__in=keys, receipt__state=Receipt.State.PROVISIONAL)
    papers = PaperLine.objects.filter(due_item__in=keys, paper__state__in=Paper.WAITS, paper__matures_on__gte=as_of)
    rows = [
        *receipts.values_list("due_item_id", "amount", "receipt__received_on"),
        *papers.values_list("due_item_id", "amount", "paper__received_on"),
    ]
    return [Covered(*row) for row in rows]


def _lost(as_of: date, scope: Q, kinds: Mapping[str, object]) -> list[Suppressed]:
    """Everything of a customer whom one of these has befallen: the whole item, whatever of it was open then."""
    running = Condition.objects.filter(scope, owing.runs(as_of), kind__in=kinds)
    order = Case(*(When(kind=kind, then=Value(place)) for place, kind in enumerate(kinds)))
    first = running.filter(customer=OuterRef("customer")).order_by(order, "pk").values("kind")[:1]
    items = DueItem.objects.filter(scope, customer__in=running.values("customer")).annotate(in_hands=Subquery(first))
    open_then = items.filter(Q(open_amount__gt=0) | Q(settled_on__gt=as_of)).order_by("pk")
    return [Suppressed(item.pk, item.customer_id, item.amount, kinds[item.in_hands]) for item in open_then]


def askable(items: Iterable[DueItem], suppressions: Iterable[Suppressed]) -> dict[int, Decimal]:
    """By due item: the open amount less what is suppressed, never below zero."""
    left = {item.pk: item.open_amount for item in items}
    for row in suppressions:
        if row.due_item_id in left:
            left[row.due_item_id] = max(Decimal(0), left[row.due_item_id] - row.amount)
    return left


def last_promise_day(on: date) -> date:
    """The latest day for which a promise made on this day may be: the policy's bound."""
    return on + timedelta(days=policy.in_force(on).thresholds.promise_within)
