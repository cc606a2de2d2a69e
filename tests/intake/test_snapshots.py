"""The ledger's full list of open items: what is missing is settled, what is less is part paid, nothing counts twice."""

from datetime import date
from decimal import Decimal

import pytest

from intake import services
from receivables import services as receivables
from receivables.models import (
    Allocation,
    CreditNote,
    DueItem,
    Invoice,
    Payment,
    Receipt,
    Refund,
)
from tests import factories as make
from tests.intake.lists import (
    FRIDAY,
    MONDAY,
    TODAY,
    TUESDAY,
    WEDNESDAY,
    came,
    entered_on,
    left,
    pays,
    profile,
    rest,
)
from tests.intake.made import LIST, listed, open_items

pytestmark = pytest.mark.usefixtures("on_a_tuesday")


# --- falls ------------------------------------------------------------------------------------------


def test_an_item_missing_from_the_list_is_settled_on_the_day_of_the_list():
    came(listed("1001"), *rest())

    report = came(*rest(), on=TUESDAY).report

    payment = Payment.objects.get()
    assert (report.settled, report.changed, report.unchanged, report.reported) == (1, 0, 4, 1)
    assert (payment.amount, payment.received_on, payment.reported_by_ledger) == (100, TUESDAY, True)
    assert (left("1001"), DueItem.objects.get(invoice__number="1001").settled_on) == (0, TUESDAY)


def test_a_smaller_open_amount_is_a_part_payment():
    came(listed("1001"), *rest())

    report = came(listed("1001", "70.00"), *rest(), on=TUESDAY).report

    assert (report.settled, report.changed, report.unchanged) == (0, 1, 4)
    assert left("1001") == 70
    assert Allocation.objects.get().applies_on == TUESDAY
    assert [(t["kind"], t["amount"]) for t in report.totals] == [("payment", "30.00")]


def test_a_row_with_nothing_open_is_settled_like_a_missing_one():
    came(listed("1001"), *rest())

    assert came(listed("1001", "0.00"), *rest(), on=TUESDAY).report.settled == 1
    assert left("1001") == 0


def test_a_settled_document_that_was_never_here_is_left_out():
    report = came(listed("1001", "0.00"), *rest()).report

    assert (report.invoices_added, report.skipped_rows) == (4, 1)
    assert not Invoice.objects.filter(number="1001").exists()


def test_the_list_of_a_profile_with_segments_settles_only_these():
    source = LIST.replace('currency = "currency"', 'currency = "currency"\nsegment = "name"')
    north = profile('[snapshot]\nsegments = "North"', source)
    both = profile("", source)
    rows = [listed(number).replace("Alder Foods", where) for number, where in (("N1", "North"), ("S1", "South"))]
    came(*rows, profile=both)

    came(on=TUESDAY, profile=north, confirm=True)

    assert (left("N1"), left("S1")) == (0, 100)
    assert (
        "holds only North"
        in services.look(
            content=open_items(rows[1]), name="x", profile=north, on=TODAY, as_of=TUESDAY
        ).report.problem_lines[0]
    )


def test_a_missing_or_smaller_credit_note_was_used_or_refunded_on_that_day():
    came(listed("CN1", "-50.00", amount="-50.00"), listed("CN2", "-40.00", amount="-40.00"), *rest())

    report = came(listed("CN2", "-15.00", amount="-40.00"), *rest(), on=TUESDAY).report

    assert (report.settled, report.changed, report.payments_added, report.reported) == (1, 1, 0, 2)
    assert dict(CreditNote.objects.values_list("number", "unapplied_amount")) == {"CN1": 0, "CN2": 15}
    assert set(Refund.objects.values_list("amount", "paid_on")) == {(50, TUESDAY), (25, TUESDAY)}
    assert not Allocation.objects.exists()


def test_parts_of_an_instalment_invoice_fall_first_part_first():
    terms = LIST.replace('due_on = "due date"', 'terms = "due date"') + (
        '[terms]\nthirds = { method = "instalments", parts = '
        '[{ share = "0.4", days = 30 }, { share = "0.6", days = 60 }] }\n'
    )
    made = profile("", terms)
    came(listed("1001", due="thirds"), *[listed(f"R{n}", due="thirds") for n in range(4)], profile=made)

    came(
        listed("1001", "50.00", due="thirds"),
        *[listed(f"R{n}", due="thirds") for n in range(4)],
        profile=made,
        on=TUESDAY,
    )

    parts = DueItem.objects.filter(invoice__number="1001").order_by("position")
    assert [part.open_amount for part in parts] == [0, 50]


# --- explained by what is here ----------------------------------------------------------------------


def receipt(amount: str = "60.00", number: str = "1001", *, on: date = MONDAY, key: str = "k") -> Receipt:
    item = DueItem.objects.select_related("customer").get(invoice__number=number)
    return receivables.record_receipt(
        customer=item.customer, rep=make.rep(), method="cash", amount=Decimal(amount), currency="EUR",
        lines=[(item.pk, Decimal(amount))], received_on=on, key=key,
    )  # fmt: skip


def test_a_provisional_receipt_that_explains_a_fall_is_verified_and_the_rest_is_reported():
    came(listed("1001"), *rest())
    given = receipt("60.00", on=MONDAY)

    report = came(*rest(), on=TUESDAY).report

    given.refresh_from_db()
    assert (given.state, report.matched_receipts, report.receipts) == ("verified", 1, [given.number])
    assert list(Payment.objects.order_by("amount").values_list("amount", "counts_on", "method")) == [
        (40, TUESDAY, "transfer"),
        (60, MONDAY, "cash"),
    ]
    assert (left("1001"), report.settled, report.reported, report.payments_added) == (0, 1, 1, 2)


def test_a_receipt_given_after_the_day_of_the_list_is_not_in_it():
    came(listed("1001"), *rest())
    given = receipt("100.00", on=WEDNESDAY)

    came(*rest(), on=TUESDAY)

    given.refresh_from_db()
    assert given.state == "provisional"


def test_two_receipts_on_one_item_are_both_matched_only_where_the_fall_covers_both():
    came(listed("1001"), *rest())
    first, second = receipt("60.00", key="a"), receipt("40.00", key="b")

    came(listed("1001", "40.00"), *rest(), on=TUESDAY)

    states = dict(Receipt.objects.values_list("number", "state"))
    assert states == {first.number: "verified", second.number: "provisional"}
    assert left("1001") == 40


def test_money_that_finance_booked_first_explains_the_fall_of_a_later_list():
    came(listed("1001"), *rest())
    pays("100.00", "1001", on=TUESDAY)

    report = came(*rest(), on=TUESDAY).report

    assert (report.reported, report.settled, Payment.objects.count()) == (0, 0, 1)


def test_money_booked_here_with_a_day_after_the_list_explains_its_fall_as_well():
    came(listed("1001"), *rest())
    pays("100.00", "1001", on=WEDNESDAY)

    report = came(*rest(), on=TUESDAY).report

    assert (report.reported, Payment.objects.count(), left("1001")) == (0, 1, 0)


def test_of_a_fall_that_money_here_explains_in_part_the_rest_is_reported():
    came(listed("1001"), *rest())
    pays("30.00", "1001", on=WEDNESDAY)

    came(listed("1001", "20.00"), *rest(), on=TUESDAY)

    assert left("1001") == 20
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [30, 50]


@pytest.mark.parametrize("booked_on", [MONDAY, TUESDAY, WEDNESDAY])
def test_money_of_the_last_days_that_the_ledger_does_not_have_yet_is_no_difference(booked_on):
    came(listed("1001"), *rest(), on=MONDAY)
    pays("30.00", "1001", on=booked_on)

    report = came(listed("1001"), *rest(), on=WEDNESDAY).report

    assert (report.to_decide, report.not_yet_in_ledger, report.unchanged) == (0, 1, 5)
    [behind] = report.behind
    assert (behind["number"], behind["what"], behind["amount"]) == ("1001", "money", "30.00")
    assert left("1001") == 70


def test_money_that_the_ledger_still_does_not_have_after_three_days_is_to_decide():
    came(listed("1001"), *rest(), on=MONDAY)
    pays("30.00", "1001", on=MONDAY)
    entered_on(MONDAY)

    report = came(listed("1001"), *rest(), on=FRIDAY).report

    assert (report.to_decide, report.not_yet_in_ledger) == (1, 0)


def test_unapplied_money_of_the_customer_explains_a_fall_before_a_payment_is_made_up():
    came(listed("1001"), *rest())
    customer = Invoice.objects.get(number="1001").customer
    advance = make.payment(customer, "40.00", received_on=MONDAY, lines=[])

    report = came(*rest(), on=TUESDAY).report

    advance.refresh_from_db()
    assert (advance.unapplied_amount, left("1001"), report.applied, report.reported) == (0, 0, 1, 1)
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [40, 60]


def test_money_on_account_that_the_ledger_lists_under_its_own_number_is_not_a_second_credit():
    came(*rest())
    make.payment(Invoice.objects.first().customer, "25.00", received_on=MONDAY, lines=[])

    report = came(*rest(), listed("14000001", "-25.00", amount="-25.00"), on=TUESDAY).report

    assert (report.credit_notes_added, report.unchanged) == (0, 5)
    assert not CreditNote.objects.exists()
