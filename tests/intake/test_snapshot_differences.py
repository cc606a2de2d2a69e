"""What a list says otherwise than our book is shown, and a person decides; the take-over of a book."""

from datetime import date

import pytest

from intake import deciding
from intake.deciding import AlreadyDecided
from intake.models import Difference
from receivables import services as receivables
from receivables.models import (
    CreditNote,
    DueDateChange,
    DueItem,
    Payment,
)
from receivables.services import NothingReported
from staff.models import Business
from tests import factories as make
from tests.intake.lists import (
    FRIDAY,
    MONDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    came,
    entered_on,
    in_order,
    left,
    pays,
    rest,
)
from tests.intake.made import listed

pytestmark = pytest.mark.usefixtures("on_a_tuesday")


# --- to decide --------------------------------------------------------------------------------------


def reopened_list() -> Difference:
    """1001 was settled by a list, and the next one has 80.00 of it open again: a cheque came back."""
    came(listed("1001"), *rest())
    came(*rest(), on=TUESDAY)
    report = came(listed("1001", "80.00"), *rest(), on=WEDNESDAY).report
    assert (report.to_decide, report.unchanged) == (1, 4)
    return Difference.objects.get()


def test_a_larger_open_amount_is_shown_and_changes_nothing():
    shown = reopened_list()

    assert (shown.what, shown.our_amount, shown.their_amount, shown.state) == ("larger", 0, 80, "open")
    assert left("1001") == 0


def test_accepting_a_larger_amount_takes_back_what_the_ledger_had_reported():
    said = deciding.accept(difference=reopened_list(), by=make.BY)

    assert said == "80.00 EUR of 1001 is open again."
    assert left("1001") == 80
    assert Payment.objects.get(amount=100).unapplied_amount == 0
    assert came(listed("1001", "80.00"), *rest(), on=THURSDAY).report.unchanged == 5
    assert in_order()


def test_a_reported_payment_that_is_taken_back_whole_is_reversed():
    came(listed("1001"), *rest())
    came(*rest(), on=TUESDAY)
    came(*rest(), listed("1001"), on=WEDNESDAY)

    deciding.accept(difference=Difference.objects.get(), by=make.BY)

    assert sorted(Payment.objects.values_list("amount", "counts_on")) == [(-100, WEDNESDAY), (100, TUESDAY)]
    assert left("1001") == 100
    assert in_order()


def test_money_that_was_booked_here_is_not_taken_back_by_the_ledger():
    came(listed("1001"), *rest())
    pays("100.00", "1001", on=date(2026, 11, 10))
    entered_on(date(2026, 11, 10))
    came(listed("1001"), *rest(), on=TUESDAY)

    with pytest.raises(NothingReported, match="Reverse the payment that was booked here, or keep our value"):
        deciding.accept(difference=Difference.objects.get(), by=make.BY)

    assert (left("1001"), Difference.objects.get().state) == (0, "open")


def test_what_the_ledger_cannot_take_back_alone_is_said():
    came(listed("1001"), *rest(), on=date(2026, 11, 9))
    pays("70.00", "1001", on=date(2026, 11, 9))
    entered_on(date(2026, 11, 9))
    came(*rest(), on=MONDAY)
    came(listed("1001", "90.00"), *rest(), on=TUESDAY)

    said = deciding.accept(difference=Difference.objects.get(), by=make.BY)

    assert said.startswith("30.00 EUR of 1001 is open again. The other 60.00 was settled by money that was booked")
    assert left("1001") == 30


def test_a_credit_note_that_is_open_again_gets_its_refund_taken_back():
    came(listed("CN1", "-50.00", amount="-50.00"), *rest())
    came(*rest(), on=TUESDAY)
    came(listed("CN1", "-20.00", amount="-50.00"), *rest(), on=date(2026, 11, 23))

    deciding.accept(difference=Difference.objects.get(), by=make.BY)

    assert CreditNote.objects.get().unapplied_amount == 20
    assert in_order()


def test_a_changed_due_date_is_shown_and_accepted_into_force_while_the_agreed_one_stays():
    came(listed("1001"), *rest())

    report = came(listed("1001", due="2026-12-15"), *rest(), on=TUESDAY).report
    item = DueItem.objects.get(invoice__number="1001")
    assert (report.to_decide, item.due_date) == (1, date(2026, 10, 31))
    deciding.accept(difference=Difference.objects.get(), by=make.BY)

    item.refresh_from_db()
    change = DueDateChange.objects.get()
    assert (item.due_date, item.agreed_due_date) == (date(2026, 12, 15), date(2026, 10, 31))
    assert (change.due_date, change.applies_on) == (date(2026, 12, 15), TUESDAY)
    assert came(listed("1001", due="2026-12-15"), *rest(), on=WEDNESDAY).report.to_decide == 0


def test_the_date_that_was_agreed_is_no_change_where_another_is_in_force_here():
    came(listed("1001"), *rest())
    receivables.move_due_date(
        due_item=DueItem.objects.get(invoice__number="1001"), due_date=date(2026, 12, 1), on=MONDAY, by=make.BY,
        because="extended",
    )  # fmt: skip

    assert came(listed("1001"), *rest(), on=TUESDAY).report.to_decide == 0


def settled_elsewhere() -> Difference:
    """Finance has put a transfer on 1001; the ledger, the next morning, has it on 1002."""
    came(listed("1001"), listed("1002"), *rest())
    pays("100.00", "1001", on=TUESDAY)
    report = came(listed("1001"), *rest(), on=TUESDAY).report
    assert (report.to_decide, report.reported, report.settled, report.not_yet_in_ledger) == (1, 0, 0, 0)
    return Difference.objects.get()


def test_money_that_the_ledger_has_on_another_invoice_is_not_booked_twice():
    shown = settled_elsewhere()

    assert (shown.what, shown.number, shown.other.number) == ("elsewhere", "1001", "1002")
    assert (left("1001"), left("1002"), Payment.objects.count()) == (0, 100, 1)


def test_accepting_moves_the_money_to_the_invoice_that_it_settles_in_the_ledger():
    said = deciding.accept(difference=settled_elsewhere(), by=make.BY)

    assert said == "1001 is open again, and its money settles 1002."
    assert (left("1001"), left("1002"), Payment.objects.count()) == (100, 0, 1)
    assert came(listed("1001"), *rest(), on=WEDNESDAY).report.unchanged == 5
    assert in_order()


def test_keeping_our_money_where_it_is_makes_the_fall_another_payment():
    deciding.keep(difference=settled_elsewhere(), by=make.BY)

    assert (left("1001"), left("1002"), Payment.objects.count()) == (0, 0, 2)
    report = came(*rest(), on=WEDNESDAY).report
    assert (report.reported, report.to_decide) == (0, 0)


def test_money_on_another_invoice_waits_for_its_decision_for_as_long_as_it_takes():
    shown = settled_elsewhere()
    entered_on(TUESDAY)

    report = came(listed("1001"), *rest(), on=date(2026, 11, 24)).report

    assert (report.to_decide, report.reported, Difference.objects.get()) == (1, 0, shown)
    assert (left("1001"), left("1002")) == (0, 100)


def test_once_the_ledger_has_our_payment_as_well_the_fall_was_another_one():
    shown = settled_elsewhere()

    report = came(*rest(), on=WEDNESDAY).report

    shown.refresh_from_db()
    assert (shown.state, report.reported, left("1002"), Payment.objects.count()) == ("gone", 1, 0, 2)


def test_what_was_kept_is_not_asked_again_until_the_ledger_says_something_else():
    shown = reopened_list()
    deciding.keep(difference=shown, by=make.BY)

    same = came(listed("1001", "80.00"), *rest(), on=THURSDAY).report
    other = came(listed("1001", "90.00"), *rest(), on=FRIDAY).report

    assert (same.to_decide, other.to_decide) == (0, 1)


def test_a_difference_waits_once_however_many_lists_have_it_and_is_gone_with_it():
    first = reopened_list()

    came(listed("1001", "80.00"), *rest(), on=THURSDAY)
    assert Difference.objects.get() == first
    came(*rest(), on=FRIDAY)

    first.refresh_from_db()
    assert first.state == "gone"
    with pytest.raises(AlreadyDecided):
        deciding.accept(difference=first, by=make.BY)


def test_a_difference_is_decided_once():
    shown = reopened_list()
    deciding.keep(difference=shown, by=make.BY)

    with pytest.raises(AlreadyDecided, match="decided already"):
        deciding.accept(difference=shown, by=make.BY)
    assert left("1001") == 0


# --- the take-over ----------------------------------------------------------------------------------


def test_at_the_take_over_what_is_open_below_the_invoiced_amount_is_an_opening_entry():
    report = came(listed("1001", "30.00"), listed("CN1", "-10.00", amount="-40.00"), *rest()).report

    opening = Payment.objects.get()
    assert (opening.method, opening.amount, opening.counts_on) == ("opening", 70, MONDAY)
    assert opening.reported_by_ledger
    assert (left("1001"), CreditNote.objects.get().unapplied_amount) == (30, 10)
    assert (report.opening_entries, report.payments_added, report.reported) == (2, 0, 0)
    assert Business.objects.get().opening_on == MONDAY
    assert in_order(MONDAY)


def test_a_take_over_day_that_was_set_before_stays_and_dates_the_opening_entries():
    Business.objects.update(opening_on=date(2026, 11, 1))

    came(listed("1001", "30.00"), *rest())

    assert Business.objects.get().opening_on == date(2026, 11, 1)
    assert Payment.objects.get().counts_on == date(2026, 11, 1)


def test_an_invoice_of_later_that_comes_part_paid_has_a_payment_and_no_opening_entry():
    came(*rest())

    report = came(listed("1001", "30.00", date="2026-11-17", due="2026-12-17"), *rest(), on=TUESDAY).report

    payment = Payment.objects.get()
    assert (payment.method, payment.counts_on, report.opening_entries) == ("transfer", TUESDAY, 0)


def test_a_book_that_was_here_before_its_first_list_is_not_taken_over():
    make.invoice(make.customer(code="C1"), 100, number="1001", issued_on=date(2026, 10, 1), due_date=date(2026, 10, 31))

    came(listed("1001"))

    assert Business.objects.get().opening_on is None
