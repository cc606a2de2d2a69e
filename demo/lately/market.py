"""What may leave: the gate is on for key accounts and holds batches; limits; one customer on the ladder."""

from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from collections_app.gate import credit, credit_services, keeping, ladder_services, modes, services
from collections_app.gate.models import CauseChoices, Hold, LadderStep, ModeChoices
from common.refusals import Refused
from contracts.models import Contract, PriceLine, Shipment
from customers.models import Customer
from demo.lately.shelf import Shelf
from receivables.models import DueItem, Invoice

KEY_ACCOUNT = "key account"
EVERYBODY = ""
SWITCHED_ON = (
    (CauseChoices.SETTLEMENT, KEY_ACCOUNT),
    (CauseChoices.LATE, KEY_ACCOUNT),
    (CauseChoices.LIMIT, KEY_ACCOUNT),
    (CauseChoices.WARNING, EVERYBODY),
    (CauseChoices.EXECUTION, EVERYBODY),
    (CauseChoices.LADDER, EVERYBODY),
)  # what new customers and insurers ask for is only observed
A_LOT = Decimal(12)  # dozens of cases: more than anybody takes who has to take less
LOST_AFTER = 150  # days: who is so late orders nothing any more
HELD = 6  # batches that wait
INSURER = "Harbour Trade Credit"


@transaction.atomic
def switch_on(shelf: Shelf) -> None:
    """Money holds for key accounts from today, for everybody else it is observed; some causes hold for all."""
    for cause, segment in SWITCHED_ON:
        modes.set_mode(
            cause=cause, segment=segment, mode=ModeChoices.ON, starts_on=shelf.as_of, on=shelf.as_of,
            by=shelf.manager,
        )  # fmt: skip


def ask_for_goods(shelf: Shelf) -> None:
    """Key accounts that are late ask for more, and wait; others ask for the usual, and one delivery has left."""
    late = DueItem.objects.open().filter(due_date__lt=shelf.ago(16)).values("customer")
    reached = late.exclude(customer__in=_lost(shelf))
    active = {"contracts__state": Contract.State.ACTIVE}
    for place, customer in enumerate(shelf.customers(HELD, segment=KEY_ACCOUNT, pk__in=reached, **active)):
        shipment = _ask(shelf, customer, Decimal(6), days_ago=2 * place)
        services.release(shipment=shipment, on=shelf.as_of, by=shelf.finance)
    prompt = Customer.objects.exclude(pk__in=late).values("pk")
    trade = shelf.customers(5, segment="trade", pk__in=prompt, contracts__method="net")
    for place, customer in enumerate(trade[:4]):
        shipment = _ask(shelf, customer, Decimal(4 + 2 * place))
        if place % 2:
            services.release(shipment=shipment, on=shelf.as_of, by=shelf.finance)
    for customer in trade[4:]:  # somebody typed last year's price
        shipment = _ask(shelf, customer, Decimal(5), price=Decimal("0.95"))
        services.release(shipment=shipment, on=shelf.as_of, by=shelf.finance)


@transaction.atomic
def _ask(
    shelf: Shelf,
    customer: Customer,
    share: Decimal,
    *,
    without_questions: bool = False,
    days_ago: int = 0,
    price: Decimal = Decimal(1),
) -> Shipment:
    """So many dozen cases of the first goods of the price list, at a share of the agreed price."""
    contract = customer.contracts.filter(state=Contract.State.ACTIVE).order_by("pk").first()
    prices = PriceLine.objects.filter(contract=contract).select_related("product").order_by("pk")[:2]
    if contract is None:
        raise TypeError(f"{customer} has no contract")  # such a customer was not asked for
    return services.ask_next(
        contract=contract,
        lines=[(line.product, share * 12, line.unit_price * price) for line in prices],
        on=shelf.ago(days_ago) if days_ago else shelf.as_of,
        by=customer.owner or shelf.finance,
        without_questions=without_questions,
    )


@transaction.atomic
def insure(shelf: Shelf) -> None:
    """A limit that an insurer stands for, and that ends in three weeks."""
    for customer in shelf.customers(1, segment=KEY_ACCOUNT, country="ES"):
        credit_services.grant_limit(
            customer=customer, amount=Decimal(5_000), currency="EUR", starts_on=shelf.as_of,
            ends_before=shelf.ahead(21), because="Cover for the season", insurer=INSURER, policy_number="HTC-2218",
            notify_after_days=60, largest_extension_days=30, on=shelf.as_of, by=shelf.manager,
        )  # fmt: skip


def first_order(shelf: Shelf) -> None:
    """Who never bought orders a lot, and asked neither for the price nor for the terms."""
    known = Invoice.objects.values("customer")
    never = Customer.objects.exclude(pk__in=known).values("pk")
    for customer in shelf.customers(1, pk__in=never, contracts__state=Contract.State.ACTIVE):
        _ask(shelf, customer, Decimal(20), without_questions=True)


def climb(shelf: Shelf) -> None:
    """The first rung for a customer that is late; its notice is printed where this machine can print."""
    for item in shelf.items(1, late=(40, 160), open_amount__gt=300, customer__segment="trade"):
        try:
            ladder_services.climb(
                customer=item.customer, rung=1, because="Two promises were not kept", lost_margin=Decimal(40),
                clause="clause 7.3 of the supply contract", on=shelf.as_of, by=shelf.manager,
            )  # fmt: skip
        except Refused:  # a large disputed or promised part may speak for the customer
            continue


def _lost(shelf: Shelf) -> QuerySet[DueItem, tuple[int]]:
    return DueItem.objects.open().filter(due_date__lt=shelf.ago(LOST_AFTER)).values_list("customer")


def keep_back(shelf: Shelf) -> None:
    """Goods are asked for by customers of every kind that the gate looks at; each waits for its own cause."""
    by_batch = DueItem.objects.open().filter(invoice__shipment__contract__method="two_deliveries")
    strict = {
        "pk__in": by_batch.exclude(customer__in=_lost(shelf)).values("customer"),
        "contracts__method": "two_deliveries",
        "contracts__parameters__open_batches": 1,
    }
    for customer in shelf.customers(2, segment=KEY_ACCOUNT, **strict):
        _ask_and_see(shelf, customer, Decimal(3))
    for customer in shelf.customers(1, segment="trade", **strict):
        _ask(shelf, customer, Decimal(3))  # observed, so it would leave as soon as somebody let it
    late = DueItem.objects.open().filter(due_date__lt=shelf.as_of).values("customer")
    prompt = Customer.objects.exclude(pk__in=late).values("pk")
    for customer in shelf.customers(2, pk__in=prompt, segment=KEY_ACCOUNT, contracts__method="net"):
        _ask_and_see(shelf, customer, _beyond(customer, credit.credit_of(customer, shelf.as_of).room))
    _keep_for_reasons(shelf)


def _keep_for_reasons(shelf: Shelf) -> None:
    """What no late amount explains: nobody has signed, the case is in court, the insurer's limit, the ladder."""
    known = Customer.objects.filter(contracts__state=Contract.State.ACTIVE).order_by("code").distinct()
    badly = Contract.objects.filter(execution__in=("none", "personal seal"), state=Contract.State.ACTIVE)
    for customer in shelf.customers(2, pk__in=badly.values("customer")):
        _ask_and_see(shelf, customer, Decimal(2))
    for customer in known.exclude(in_court_on=None)[:1]:
        _ask_and_see(shelf, customer, Decimal(2))
    for customer in known.filter(limits__insurer=INSURER)[:1]:
        insured = credit.credit_of(customer, shelf.as_of).insured
        _ask(shelf, customer, _beyond(customer, insured.room if insured else None))
    for customer in known.filter(pk__in=LadderStep.objects.filter(left_on=None).values("customer"))[:1]:
        _ask_and_see(shelf, customer, A_LOT)


def _beyond(customer: Customer, room: Decimal | None) -> Decimal:
    """Dozens that come to a sixth more than what a limit leaves, about; currencies are close enough to each other."""
    prices = PriceLine.objects.filter(contract__customer=customer, contract__state=Contract.State.ACTIVE)
    dozen = 12 * sum(prices.order_by("pk").values_list("unit_price", flat=True)[:2], Decimal(0))
    left = max(room or Decimal(0), Decimal(0))
    return Decimal(max(4, round(left * 7 / 6 / dozen) + 1)) if dozen else A_LOT


def _ask_and_see(shelf: Shelf, customer: Customer, share: Decimal) -> None:
    if customer.contracts.filter(state=Contract.State.ACTIVE).exists():
        services.release(shipment=_ask(shelf, customer, share), on=shelf.as_of, by=shelf.finance)


def decide(shelf: Shelf) -> None:
    """Of what is held one batch leaves against the gate, and one stays after somebody has looked at it."""
    late = Hold.objects.filter(cleared_at=None, cause__in=("late", "settlement"), is_observed=False)
    held = Shipment.objects.filter(state=Shipment.State.HELD, pk__in=late.values("shipment"))
    held = held.filter(customer__in_court_on=None)
    for place, shipment in enumerate(held.order_by("amount", "pk")[:2]):
        try:
            if place:
                keeping.keep(shipment=shipment, reason="Talked to the owner: the transfer is announced, not here yet",
                             by=shelf.manager)  # fmt: skip
                continue
            services.override(
                shipment=shipment, reason="Shelf empty at the flagship shop; the transfer is confirmed by its bank",
                ends_before=shelf.ahead(3), on=shelf.as_of, by=shelf.manager,
            )  # fmt: skip
        except Refused:  # more than the manager may release alone
            continue


DEEDS = (switch_on, first_order, insure, climb, keep_back, ask_for_goods, decide)
