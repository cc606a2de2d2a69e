"""What may leave: the gate is on for key accounts and holds batches; limits; one customer on the ladder."""

from decimal import Decimal

from django.db import transaction

from collections_app.gate import credit_services, ladder_services, modes, services
from collections_app.gate.models import CauseChoices, ModeChoices
from common.refusals import Refused
from contracts.models import Contract, PriceLine, Shipment
from customers.models import Customer
from demo.lately.shelf import Shelf
from receivables.models import DueItem, Invoice

KEY_ACCOUNT = "key account"
SWITCHED_ON = (CauseChoices.SETTLEMENT, CauseChoices.LATE)
HELD = 6  # batches that wait
INSURER = "Harbour Trade Credit"


@transaction.atomic
def switch_on(shelf: Shelf) -> None:
    """Settlement and days late hold for key accounts from today; for everybody else the gate observes."""
    for cause in SWITCHED_ON:
        modes.set_mode(
            cause=cause, segment=KEY_ACCOUNT, mode=ModeChoices.ON, starts_on=shelf.as_of, on=shelf.as_of,
            by=shelf.manager,
        )  # fmt: skip


def ask_for_goods(shelf: Shelf) -> None:
    """Key accounts that are late ask for more, and wait; others ask for the usual, and one delivery has left."""
    late = DueItem.objects.open().filter(due_date__lt=shelf.ago(16)).values("customer")
    for customer in shelf.customers(HELD, segment=KEY_ACCOUNT, pk__in=late, contracts__state=Contract.State.ACTIVE):
        shipment = _ask(shelf, customer, Decimal(6))
        services.release(shipment=shipment, on=shelf.as_of, by=shelf.finance)
    prompt = Customer.objects.exclude(pk__in=late).values("pk")
    trade = shelf.customers(4, segment="trade", pk__in=prompt, contracts__method="net")
    for place, customer in enumerate(trade):
        shipment = _ask(shelf, customer, Decimal(4 + 2 * place))
        if place % 2:
            services.release(shipment=shipment, on=shelf.as_of, by=shelf.finance)


@transaction.atomic
def _ask(shelf: Shelf, customer: Customer, share: Decimal, *, without_questions: bool = False) -> Shipment:
    """So many dozen cases of the first goods of the price list."""
    contract = customer.contracts.filter(state=Contract.State.ACTIVE).order_by("pk").first()
    prices = PriceLine.objects.filter(contract=contract).select_related("product").order_by("pk")[:2]
    if contract is None:
        raise TypeError(f"{customer} has no contract")  # such a customer was not asked for
    return services.ask_next(
        contract=contract, lines=[(line.product, share * 12, line.unit_price) for line in prices], on=shelf.as_of,
        by=customer.owner or shelf.finance, without_questions=without_questions,
    )  # fmt: skip


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


DEEDS = (switch_on, first_order, insure, ask_for_goods, climb)
