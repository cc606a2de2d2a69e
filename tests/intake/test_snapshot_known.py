"""What the ledger's own list has shown does not go out in the journal: the ledger would book it a second time."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from collections_app.standings import tie
from common import clock
from intake import deciding
from intake.models import Difference
from receivables import services as receivables
from receivables.models import Allocation, CreditNote, DueItem, Invoice, JournalBatch, Payment, WriteOff
from tests import factories as make
from tests.intake.lists import (
    MONDAY,
    THURSDAY,
    TODAY,
    TUESDAY,
    WEDNESDAY,
    came,
    entered_on,
    in_order,
    left,
    pays,
    profile,
    rest,
)
from tests.intake.made import LIST, listed

pytestmark = pytest.mark.usefixtures("on_a_tuesday")


def item(number: str) -> DueItem:
    return DueItem.objects.select_related("customer").get(invoice__number=number)


def told(up_to: date = TODAY) -> list[tuple[str, str, str]]:
    batch = receivables.export_journal(up_to=up_to, by=make.BY)
    rows = batch.rows.order_by("position") if batch else []
    return [(row.kind, row.document_number, str(row.amount.normalize())) for row in rows]


def transfer(amount: str, *parts: tuple[str, str], on: date = TUESDAY, of: str = "1001") -> Payment:
    lines = [(item(number).pk, Decimal(part)) for number, part in parts]
    return make.payment(item(of).customer, amount, received_on=on, lines=lines, reference="RF1")


def test_a_receipt_that_finance_verified_and_the_next_list_has_is_not_told_again():
    came(listed("1001"), *rest())
    given = make.receipt(item("1001"), 100, rep=make.rep(), received_on=TUESDAY)
    receivables.verify_receipt(receipt=given, by=make.finance())
    came(listed("1001"), *rest(), on=WEDNESDAY)

    came(*rest(), on=THURSDAY)

    assert told() == []
    assert in_order()


def test_before_the_list_has_it_the_journal_tells_it():
    came(listed("1001"), *rest())
    transfer("100.00", ("1001", "100.00"))
    came(listed("1001"), *rest(), on=WEDNESDAY)

    assert told() == [("receipt", "RF1", "1E+2"), ("allocation", "1001", "1E+2")]


def test_a_part_payment_is_known_once_the_list_has_the_same_rest():
    came(listed("1001"), *rest())
    transfer("30.00", ("1001", "30.00"))

    came(listed("1001", "70.00"), *rest(), on=WEDNESDAY)

    assert told() == []


def test_a_transfer_that_the_ledger_has_on_an_earlier_day_than_we_is_known_as_well():
    came(listed("1001"), *rest())
    transfer("100.00", ("1001", "100.00"), on=WEDNESDAY)

    came(*rest(), on=TUESDAY)

    assert told() == []


def test_money_of_which_the_ledger_has_only_a_part_is_told_until_it_has_all():
    came(listed("1001"), listed("1002"), *rest())
    transfer("200.00", ("1001", "100.00"), ("1002", "100.00"))
    came(listed("1002"), *rest(), on=WEDNESDAY)
    batch = receivables.export_journal(up_to=TODAY, by=make.BY)
    assert batch is not None
    receivables.reverse_journal(batch=batch, because="Sent to nobody", by=make.BY)

    came(*rest(), on=THURSDAY)

    assert told() == []


def test_money_of_which_something_is_left_is_told():
    came(listed("1001"), *rest())
    transfer("120.00", ("1001", "100.00"))

    came(*rest(), on=WEDNESDAY)

    assert told() == [("receipt", "RF1", "1.2E+2"), ("allocation", "1001", "1E+2")]


def test_what_is_left_of_it_may_stand_in_the_list_under_a_number_of_the_ledger():
    came(listed("1001"), *rest())
    transfer("120.00", ("1001", "100.00"))

    came(listed("14000001", "-20.00", amount="-20.00"), *rest(), on=WEDNESDAY)

    assert told() == []


def test_unapplied_money_that_explained_a_fall_is_known():
    came(listed("1001"), *rest())
    transfer("100.00")

    assert came(*rest(), on=WEDNESDAY).report.applied == 1

    assert (told(), left("1001")) == ([], 0)


def test_a_write_off_whose_item_the_ledger_has_closed_is_known():
    came(listed("1001"), *rest())
    asked = receivables.ask_write_off(
        target=item("1001"), amount=Decimal(100), code="bad debt", because="Gone", on=TUESDAY, by=make.BY
    )
    receivables.grant_write_off(write_off=asked, on=TUESDAY, by=make.finance())

    came(*rest(), on=WEDNESDAY)

    assert told() == []
    receivables.reverse_write_off(write_off=WriteOff.objects.get(), on=THURSDAY, by=make.finance(), because="It pays")
    assert told() == [("write-off", "1001", "1E+2")]


def test_a_credit_note_that_stands_in_the_list_with_what_is_left_of_it_is_known():
    came(listed("1001"), *rest())
    receivables.record_credit_note(
        customer=item("1001").customer, number="CN-7", amount=Decimal(130), currency="EUR", issued_on=TUESDAY,
        lines=[(item("1001").pk, Decimal(100))], by=make.BY,
    )  # fmt: skip

    came(listed("CN-7", "-30.00", amount="-130.00", date="2026-11-17", due=""), *rest(), on=WEDNESDAY)

    assert told() == []
    assert CreditNote.objects.get().unapplied_amount == 30


def test_a_free_credit_note_of_ours_that_the_ledger_never_heard_of_has_not_vanished_from_its_list():
    came(listed("1001"), *rest())
    receivables.record_credit_note(
        customer=item("1001").customer, number="CN-7", amount=Decimal(30), currency="EUR", issued_on=TUESDAY,
        by=make.BY,
    )  # fmt: skip

    report = came(listed("1001"), *rest(), on=WEDNESDAY).report

    assert (report.reported, report.settled, CreditNote.objects.get().unapplied_amount) == (0, 0, 30)
    assert told() == [("credit note", "CN-7", "3E+1")]
    assert in_order()


def test_a_credit_note_of_ours_that_was_told_and_is_not_in_the_list_was_used_or_refunded():
    came(listed("1001"), *rest())
    receivables.record_credit_note(
        customer=item("1001").customer, number="CN-7", amount=Decimal(30), currency="EUR", issued_on=MONDAY,
        by=make.BY,
    )  # fmt: skip
    told()
    JournalBatch.objects.update(made_at=clock.end_of(MONDAY) - timedelta(hours=1))

    came(listed("1001"), *rest(), on=WEDNESDAY)

    assert CreditNote.objects.get().unapplied_amount == 0


def test_exchanged_money_is_one_story_with_what_it_settles():
    came(listed("1001"), *rest())
    customer = item("1001").customer
    dollars = make.payment(customer, "120.00", currency="USD", received_on=TUESDAY, lines=[])
    made = receivables.exchange(
        payment=dollars, amount=Decimal(120), into="EUR", rate=Decimal("0.9"), source="ECB", on=TUESDAY, by=make.BY
    )
    receivables.allocate(source=made.into, lines=[(item("1001").pk, Decimal(100))], on=TUESDAY, by=make.BY)
    assert {kind for kind, _document, _amount in told(MONDAY)} == set()
    receivables.refund(
        source=Payment.objects.get(pk=made.into.pk), amount=Decimal(8), paid_on=TUESDAY, by=make.BY, because="Too much"
    )

    came(*rest(), on=WEDNESDAY)

    assert told() == []


def test_money_that_the_ledger_has_on_another_invoice_is_known_once_it_is_moved_there():
    came(listed("1001"), listed("1002"), *rest())
    transfer("100.00", ("1001", "100.00"))
    came(listed("1001"), *rest(), on=TUESDAY)

    deciding.accept(difference=Difference.objects.get(what="elsewhere"), by=make.BY)

    assert (told(), left("1001"), left("1002")) == ([], 100, 0)


def test_a_payment_that_was_told_and_bounced_is_told_back_whatever_the_list_says():
    """The ledger may not have read the batch yet: then the list agrees by chance."""
    came(listed("1001"), *rest())
    payment = transfer("100.00", ("1001", "100.00"))
    assert len(told()) == 2
    receivables.reverse_payment(payment=payment, on=WEDNESDAY, by=make.BY, because="Bounced")

    came(listed("1001"), *rest(), on=WEDNESDAY)

    assert told() == [("receipt", "RF1", "1E+2"), ("allocation", "1001", "1E+2")]


def test_a_payment_that_bounced_before_any_list_goes_out_with_its_reversal():
    came(listed("1001"), *rest())
    payment = transfer("100.00", ("1001", "100.00"))
    receivables.reverse_payment(payment=payment, on=WEDNESDAY, by=make.BY, because="Bounced")

    came(listed("1001"), *rest(), on=WEDNESDAY)

    assert len(told()) == 4


def test_a_payment_that_the_list_has_shown_and_that_bounces_later_is_told_back():
    came(listed("1001"), *rest())
    payment = transfer("100.00", ("1001", "100.00"))
    came(*rest(), on=WEDNESDAY)
    receivables.reverse_payment(payment=payment, on=THURSDAY, by=make.BY, because="Bounced")

    assert told() == [("receipt", "RF1", "1E+2"), ("allocation", "1001", "1E+2")]


def test_a_list_of_some_segments_says_nothing_about_the_others():
    source = LIST.replace('currency = "currency"', 'currency = "currency"\nsegment = "name"')
    north = profile('[snapshot]\nsegments = "North"', source)
    rows = [listed(number).replace("Alder Foods", where) for number, where in (("N1", "North"), ("S1", "South"))]
    came(*rows, profile=profile("", source))
    transfer("100.00", ("S1", "100.00"), of="S1")

    came(rows[0], profile=north, on=WEDNESDAY)

    assert len(told()) == 2


def test_a_row_that_contradicts_our_book_shows_nothing():
    came(listed("1001"), *rest())
    transfer("100.00", ("1001", "100.00"))

    came(listed("1001", "0.00", amount="900.00"), *rest(), on=WEDNESDAY, good_rows=True)

    assert len(told()) == 2


def test_the_same_list_again_marks_nothing_twice():
    came(listed("1001"), *rest())
    transfer("100.00", ("1001", "100.00"))
    came(*rest(), on=WEDNESDAY)
    came(*rest(), on=THURSDAY)

    assert told() == []


def test_the_tie_line_of_a_day_before_the_list_still_names_what_the_ledger_did_not_have():
    came(listed("1001"), *rest())
    transfer("100.00", ("1001", "100.00"))
    receivables.state_total(currency="EUR", on=TUESDAY, amount=Decimal(500), by=make.BY)
    receivables.state_total(currency="EUR", on=WEDNESDAY, amount=Decimal(400), by=make.BY)
    came(*rest(), on=WEDNESDAY)

    before, after = tie.ties(on=TUESDAY)[0], tie.ties(on=WEDNESDAY)[0]

    assert [(one.what, one.document) for one in before.explanation.causes] == [("receipt", "RF1")]
    assert after.is_tied


def test_the_tie_line_of_a_day_before_the_list_names_a_receipt_that_the_list_has_matched():
    came(listed("1001"), *rest())
    given = make.receipt(item("1001"), 100, rep=make.rep(), received_on=TUESDAY)
    receivables.state_total(currency="EUR", on=TUESDAY, amount=Decimal(500), by=make.BY)
    came(*rest(), on=THURSDAY)

    found = tie.ties(on=TUESDAY)[0]

    assert [(one.what, one.document) for one in found.explanation.causes] == [("receipt", given.number)]
    assert found.explanation.left == 0


def test_money_of_the_last_days_is_known_however_long_ago_it_was_entered():
    came(listed("1001"), *rest())
    pays("100.00", "1001", on=MONDAY)
    entered_on(MONDAY)
    assert Allocation.objects.get().entered_at.date() == MONDAY
    assert Invoice.objects.get(number="1001").issued_on < MONDAY - timedelta(days=30)

    came(*rest(), on=THURSDAY)

    assert told() == []
