"""The tie of our ageing to the ledger's total, where its lists know our money in pieces or not yet."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from collections_app.standings import tie
from common import clock
from intake import deciding
from intake.models import Difference
from receivables import services as receivables
from receivables.models import DueItem, JournalBatch, Payment, Receipt
from tests import factories as make
from tests.intake.lists import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, came, in_order, left, rest
from tests.intake.made import listed

pytestmark = pytest.mark.usefixtures("on_a_tuesday")


def item(number: str) -> DueItem:
    return DueItem.objects.select_related("customer").get(invoice__number=number)


def receipt(amount: str, *parts: tuple[str, str], on: date = TUESDAY, method: str = "cash") -> Receipt:
    return receivables.record_receipt(
        customer=item("A1").customer, rep=make.rep(), method=method, amount=Decimal(amount), currency="EUR",
        lines=[(item(number).pk, Decimal(part)) for number, part in parts], received_on=on, key=f"{amount}{parts}",
    )  # fmt: skip


def total(amount: str, on: date) -> None:
    receivables.state_total(currency="EUR", on=on, amount=Decimal(amount), by=make.BY)


def causes(on: date) -> tuple[list[tuple[str, str, int]], int]:
    [found] = tie.ties(on=on)
    assert found.explanation is not None
    named = [(one.what, one.document, int(one.amount)) for one in found.explanation.causes]
    return named, int(found.explanation.left)


def two_items() -> None:
    came(listed("A1"), listed("A2"), *rest())


def exported(on: date) -> None:
    batch = receivables.export_journal(up_to=on, by=make.BY)
    assert batch is not None
    JournalBatch.objects.filter(pk=batch.pk).update(made_at=clock.end_of(on) - timedelta(hours=1))


# --- a receipt that the ledger's lists show in pieces -----------------------------------------------


def test_the_part_of_a_matched_receipt_that_the_ledger_has_not_settled_yet_is_named():
    two_items()
    receipt("180.00", ("A1", "100.00"), ("A2", "80.00"))

    came(listed("A2"), *rest(), on=WEDNESDAY)
    total("500.00", WEDNESDAY)
    assert causes(WEDNESDAY) == ([(tie.LISTED, "A2", -80)], 0)
    came(listed("A2", "70.00"), *rest(), on=THURSDAY)
    total("470.00", THURSDAY)

    named, unexplained = causes(THURSDAY)
    assert (sum(amount for _what, _document, amount in named), unexplained) == (-50, 0)
    assert in_order()


def test_what_is_left_of_a_matched_receipt_of_which_the_ledger_has_settled_less_is_named():
    two_items()
    given = receipt("150.00", ("A1", "100.00"), ("A2", "50.00"))

    came(listed("A2", "80.00"), *rest(), on=WEDNESDAY)
    total("480.00", WEDNESDAY)

    payment = Payment.objects.get(receipt=given)
    assert payment.unapplied_amount == 30
    assert causes(WEDNESDAY) == ([(tie.LISTED, str(payment), -30)], 0)
    assert in_order()


def test_on_the_days_before_the_list_that_matched_it_the_receipt_is_named_as_a_whole():
    two_items()
    given = receipt("180.00", ("A1", "100.00"), ("A2", "80.00"))
    total("600.00", TUESDAY)
    came(listed("A2"), *rest(), on=WEDNESDAY)

    assert causes(TUESDAY) == ([("receipt", given.number, -180)], 0)


def test_once_a_list_agrees_nothing_of_an_earlier_one_explains_a_difference():
    two_items()
    receipt("180.00", ("A1", "100.00"), ("A2", "80.00"))
    came(listed("A2"), *rest(), on=WEDNESDAY)
    came(listed("A2", "20.00"), *rest(), on=THURSDAY)
    total("500.00", FRIDAY)

    assert tie.not_told(on=FRIDAY, differences={"EUR": Decimal(-80)}) == {"EUR": Decimal(-80)}


# --- a fall that is to decide -----------------------------------------------------------------------


def test_a_fall_that_is_to_decide_is_named_until_it_is_decided():
    came(listed("A1"), *rest())
    receipt("60.00", ("A1", "60.00"))
    came(listed("A1", "50.00"), *rest(), on=WEDNESDAY)
    total("450.00", WEDNESDAY)

    assert causes(WEDNESDAY) == ([(tie.LISTED, "A1", 50)], 0)
    assert in_order()

    deciding.keep(difference=Difference.objects.get(), by=make.BY)

    assert left("A1") == 50
    assert tie.ties(on=WEDNESDAY)[0].is_tied


def test_a_difference_beside_what_the_list_says_is_still_a_break():
    came(listed("A1"), *rest())
    receipt("60.00", ("A1", "60.00"))
    came(listed("A1", "50.00"), *rest(), on=WEDNESDAY)

    assert tie.not_told(on=WEDNESDAY, differences={"EUR": Decimal("50.01")}) == {"EUR": Decimal("0.01")}


def test_another_list_of_the_same_day_says_it_anew():
    came(listed("A1"), *rest())
    receipt("60.00", ("A1", "60.00"))
    came(listed("A1", "50.00"), *rest(), on=WEDNESDAY)
    came(listed("A1"), *rest(), on=WEDNESDAY)

    assert tie.not_told(on=WEDNESDAY, differences={"EUR": Decimal(50)}) == {"EUR": Decimal(50)}


# --- right names and not a sum that fits ------------------------------------------------------------


def test_the_list_names_the_item_and_no_opening_entry_of_the_same_amount_by_chance():
    came(listed("A1"), listed("A2", "100.00", amount="200.00"), *rest())
    given = receipt("180.00", ("A1", "100.00"), ("A2", "80.00"))
    came(listed("A2", "100.00", amount="200.00"), *rest(), on=WEDNESDAY)
    cheque = make.payment(
        item("R1").customer, "200.00", received_on=WEDNESDAY, reference="R1-0002", method="cheque",
        lines=[(item(number).pk, Decimal(100)) for number in ("R1", "R2")],
    )  # fmt: skip
    total("500.00", WEDNESDAY)

    assert given.number != str(cheque)
    assert causes(WEDNESDAY) == ([("receipt", "R1-0002", -200), (tie.LISTED, "A2", -80)], 0)
    assert in_order()


def test_an_opening_entry_never_explains_anything_since_both_books_begin_with_it():
    came(listed("A1"), listed("A2", "100.00", amount="137.00"), *rest())
    total("637.00", MONDAY)

    assert causes(MONDAY) == ([], -37)


def test_untold_money_that_the_list_does_not_have_is_named_once():
    two_items()
    make.payment(
        item("A1").customer, "40.00", received_on=TUESDAY, reference="RF1", lines=[(item("A1").pk, Decimal(40))]
    )
    came(listed("A1"), listed("A2"), *rest(), on=WEDNESDAY)
    total("600.00", WEDNESDAY)

    assert causes(WEDNESDAY) == ([("receipt", "RF1", -40)], 0)
    assert in_order()


# --- told late, and in parts ------------------------------------------------------------------------


def test_a_journal_that_goes_out_leaves_the_total_of_the_day_before_as_tied_as_it_was():
    two_items()
    for reference, day in (("RF1", TUESDAY), ("RF2", TUESDAY)):
        make.payment(item("A1").customer, "30.00", received_on=day, reference=reference, lines=[])
    make.payment(item("A1").customer, "7.00", received_on=TUESDAY, reference="RF3", lines=[])
    make.payment(item("A1").customer, "5.00", received_on=TUESDAY, reference="RF4", lines=[])
    exported(WEDNESDAY)
    make.payment(item("A1").customer, "11.00", received_on=TUESDAY, reference="RF5", lines=[])
    total("528.00", TUESDAY)  # drawn after Wednesday's journal
    assert in_order()

    assert receivables.export_journal(up_to=FRIDAY, by=make.BY) is not None

    assert causes(TUESDAY) == ([("receipt", "RF5", -11)], 0)
    assert in_order()


# --- an invoice made here, and the money on it ------------------------------------------------------


def cash_on_delivery(number: str = "B-1", on: date = TUESDAY) -> None:
    contract = make.contract(item("A1").customer)
    goods = make.shipment(contract, delivered_on=on, asked_on=on)
    billed = receivables.invoice_shipment(shipment=goods, number=number, issued_on=on, by=make.BY)
    make.payment(
        billed.customer, "100.00", received_on=on, reference=f"till {number}",
        lines=[(billed.due_items.get().pk, Decimal(100))],
    )  # fmt: skip


def test_goods_that_are_paid_on_delivery_leave_both_books_where_they_are():
    two_items()
    for number in ("B-1", "B-2", "B-3", "B-4", "B-5"):
        cash_on_delivery(number)
    for amount in (31, 32, 33, 34):
        make.payment(item("A1").customer, str(amount), received_on=TUESDAY, reference=f"RF{amount}", lines=[])
    total("600.00", TUESDAY)

    named, unexplained = causes(TUESDAY)

    assert sum(amount for _what, _document, amount in named) == -130
    assert unexplained == 0
    assert in_order()

    receivables.export_journal(up_to=FRIDAY, by=make.BY)
    assert in_order()


def test_a_prepaid_invoice_is_lacking_until_its_settlement_is_told():
    two_items()
    payment = make.payment(item("A1").customer, "100.00", received_on=MONDAY, reference="RF1", lines=[])
    exported(MONDAY)
    contract = make.contract(item("A1").customer)
    goods = make.shipment(contract, delivered_on=TUESDAY, asked_on=TUESDAY)
    billed = receivables.invoice_shipment(shipment=goods, number="B-1", issued_on=TUESDAY, by=make.BY)
    if billed.due_items.get().open_amount:
        payment.refresh_from_db()
        receivables.allocate(source=payment, lines=[(billed.due_items.get().pk, Decimal(100))], on=TUESDAY, by=make.BY)
    total("500.00", TUESDAY)  # its 600 less the money that the journal told

    assert causes(TUESDAY) == ([(tie.BILLED_HERE, "B-1", 100)], 0)
    assert in_order()
