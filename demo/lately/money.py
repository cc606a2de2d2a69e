"""Money of the last weeks: what was given up, claimed, promised on paper, handed in, and what came back."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from common import money
from common.money import ZERO
from demo.lately.shelf import Shelf
from receivables import cash_queries, cash_rules, services
from receivables.models import DueItem, Paper, WriteOff

CLAUSE = "clause 9.1 of the supply contract"
BANKS = {"ES": "Banco del Puerto", "PT": "Banco do Cais", "GB": "Pennine Bank", "CN": "江海银行"}


@transaction.atomic
def give_up(shelf: Shelf) -> None:
    """Bad debt that was granted, and one that waits; a difference in price that waits, and one that was declined."""
    words = ("Closed, nobody answers, the shop is let", "Two letters came back, the owner has moved away")
    for place, item in enumerate(shelf.items(2, late=(190, 360))):
        asked = _ask(shelf, item, item.open_amount, "bad debt", words[place])
        if not place:
            services.grant_write_off(write_off=asked, on=shelf.ago(6), by=shelf.manager)
    for place, item in enumerate(shelf.items(2, late=(1, 180))):
        part = money.rounded(item.open_amount * Decimal("0.06"), item.currency)
        asked = _ask(shelf, item, part, "price", "Billed at the list price instead of the agreed one")
        if place:
            services.decline_write_off(
                write_off=asked, on=shelf.ago(5), by=shelf.manager, because="The price list was agreed in writing"
            )


def _ask(shelf: Shelf, item: DueItem, amount: Decimal, code: str, because: str) -> WriteOff:
    return services.ask_write_off(
        target=item, amount=amount, code=code, because=because, on=shelf.ago(9), by=shelf.finance
    )


@transaction.atomic
def claim(shelf: Shelf) -> None:
    """Interest on two items that are long late, and the fee of a reminder."""
    for item in shelf.items(2, late=(60, 330)):
        interest = money.rounded(item.open_amount * Decimal("0.018"), item.currency)
        if interest:
            services.claim(
                due_item=item, kind="interest", amount=interest, basis=CLAUSE, on=shelf.ago(11), by=shelf.finance
            )
    for item in shelf.items(1, late=(20, 300)):
        services.claim(
            due_item=item, kind="fee", amount=Decimal(15), basis="clause 9.2 of the supply contract",
            on=shelf.ago(8), by=shelf.finance,
        )  # fmt: skip


@transaction.atomic
def take_papers(shelf: Shelf) -> None:
    """Three papers in hand, one given to the bank, and a cheque that bounced with the bank's fee."""
    for item in shelf.items(1, late=(33, 360)):
        bounced = _paper(shelf, item, "cheque", number="70395", received=32, matures=12)
        services.dishonour_paper(
            paper=bounced, on=shelf.ago(9), because="Returned by the bank: no funds", fee=Decimal(25),
            basis="the bank's fee, clause 9.3 of the supply contract", by=shelf.finance,
        )  # fmt: skip
    kinds = (("post-dated cheque", 12), ("bill", 41), ("cheque", 3), ("post-dated cheque", 1))
    for place, item in enumerate(shelf.items(4, late=(-5, 120))):
        kind, matures_in = kinds[place]
        paper = _paper(shelf, item, kind, number=f"{70_411 + place * 87}", received=14, matures=-matures_in)
        if place == len(kinds) - 1:
            services.present_paper(paper=paper, on=shelf.ago(2), by=shelf.finance)


def _paper(shelf: Shelf, item: DueItem, kind: str, *, number: str, received: int, matures: int) -> Paper:
    return services.take_paper(
        customer=item.customer, kind=kind, number=number, drawer=item.customer.name,
        bank=BANKS.get(item.customer.country, "Quayside Bank"), amount=item.open_amount, currency=item.currency,
        received_on=shelf.ago(received), matures_on=shelf.ago(matures) if matures > 0 else shelf.ahead(-matures),
        lines=[(item.pk, item.open_amount)], by=shelf.finance,
    )  # fmt: skip


@transaction.atomic
def hand_in_cash(shelf: Shelf) -> None:
    """A rep brought the cash of two receipts, and ten is missing; finance has signed the count."""
    first = shelf.items(1, late=(1, 60), open_amount__gt=120)
    if not first:
        return
    rep, currency = first[0].customer.owner, first[0].currency
    if rep is None:
        return
    same_rep = {"currency": currency, "customer__owner": rep, "open_amount__gt": 60}
    for place, item in enumerate([*first, *shelf.items(1, late=(1, 60), **same_rep)]):
        amount = Decimal(120 - 60 * place)
        services.record_receipt(
            customer=item.customer, rep=rep, method="cash", amount=amount, currency=currency,
            lines=[(item.pk, amount)], received_on=shelf.ago(3), key=f"sample-cash-{place}",
        )  # fmt: skip
    on = shelf.as_of
    carried = next(row.amount for row in cash_queries.carried_by(rep, on=on).rows if row.currency == currency)
    handed = services.hand_in_cash(
        rep=rep, currency=currency, counted=_notes(carried - 10, currency), expected=carried, slip_number="SL-2207",
        on=on, key="sample-hand-in", difference_code="change", difference_note="Gave ten too much change",
    )  # fmt: skip
    services.receive_hand_in(hand_in=handed, by=shelf.finance)


def _notes(amount: Decimal, currency: str) -> dict[str, int]:
    counted = {}
    for worth in cash_rules.denominations(currency):
        counted[str(worth)], amount = int(amount // worth), amount % worth
    return {worth: number for worth, number in counted.items() if number}


@transaction.atomic
def reverse(shelf: Shelf) -> None:
    """A direct debit that the bank took back."""
    for item in shelf.items(1, late=(1, 180)):
        payment = services.record_payment(
            customer=item.customer, amount=item.open_amount, currency=item.currency, method="direct_debit",
            received_on=shelf.ago(8), reference=f"DD {item.invoice.number}", lines=[(item.pk, item.open_amount)],
            by=shelf.finance,
        )  # fmt: skip
        services.reverse_payment(
            payment=payment, on=shelf.ago(4), because="Returned by the bank: account closed", by=shelf.finance
        )


@transaction.atomic
def take_discounts(shelf: Shelf) -> None:
    """One discount in time, closed by rule, and one that came too late and waits for a second person."""
    for item in shelf.items(1, discount_until__gte=shelf.ago(9), discount_until__lte=shelf.as_of):
        _less_discount(shelf, item, "discount", on=item.discount_until or shelf.as_of)
    for item in shelf.items(1, discount_until__lt=shelf.ago(2), discount_until__gte=shelf.ago(60)):
        _less_discount(shelf, item, "late discount", on=shelf.ago(1))


def _less_discount(shelf: Shelf, item: DueItem, code: str, *, on: date) -> None:
    short = money.rounded(item.open_amount * (item.discount_share or 0), item.currency)
    paid = item.open_amount - short
    source = services.record_payment(
        customer=item.customer, amount=paid, currency=item.currency, method="transfer", received_on=on, lines=[],
        reference=item.invoice.number, by=shelf.finance,
    )  # fmt: skip
    services.settle(source=source, lines=[(item.pk, paid)], shorts=[(item.pk, short, code)], on=on, by=shelf.finance)


@transaction.atomic
def receive_named(shelf: Shelf) -> None:
    """A transfer for two invoices that the payer named, and one whose names have not been matched yet."""
    for place in (0, 1):
        items = shelf.several_of_one(
            2, most=Decimal(9_000), due_date__gte=shelf.ago(120), due_date__lte=shelf.ahead(30)
        )
        if not items:
            return
        numbers, amount = [item.invoice.number for item in items], sum((item.open_amount for item in items), ZERO)
        services.record_payment(
            customer=items[0].customer, amount=amount, currency=items[0].currency,
            method="transfer", received_on=shelf.ago(2 - place), reference=" ".join(numbers), named=numbers,
            lines=[] if place else [(item.pk, item.open_amount) for item in items], by=shelf.finance,
        )  # fmt: skip


DEEDS = (take_discounts, receive_named, hand_in_cash, give_up, claim, take_papers, reverse)
