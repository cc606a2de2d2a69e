"""Money in hand and the ledger's list: a receipt or a paper that the ledger has by now is one payment, never two."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from intake import deciding
from intake.models import Difference
from receivables import services as receivables
from receivables.models import DueItem, Invoice, Paper, Payment, Receipt
from receivables.services import InQuestion
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
    rest,
)
from tests.intake.made import listed

pytestmark = pytest.mark.usefixtures("on_a_tuesday")


def item(number: str) -> DueItem:
    return DueItem.objects.select_related("customer").get(invoice__number=number)


def receipt(amount: str, *parts: tuple[str, str], on: date = TUESDAY, of: str = "1001") -> Receipt:
    """Field money; without parts it names nothing."""
    return receivables.record_receipt(
        customer=item(of).customer, rep=make.rep(), method="cash", amount=Decimal(amount), currency="EUR",
        lines=[(item(number).pk, Decimal(part)) for number, part in parts], received_on=on, key=f"{amount}{parts}",
    )  # fmt: skip


def state(money: Receipt | Paper) -> str:
    money.refresh_from_db()
    return money.state


def payments() -> list[tuple[int, int, bool]]:
    rows = Payment.objects.order_by("pk").values_list("amount", "unapplied_amount", "reported_by_ledger")
    return [(int(amount), int(unapplied), reported) for amount, unapplied, reported in rows]


# --- a receipt over several items -------------------------------------------------------------------


def over_two() -> Receipt:
    came(listed("1001"), listed("1002"), *rest())
    return receipt("150.00", ("1001", "100.00"), ("1002", "50.00"))


def test_a_receipt_over_two_invoices_that_fall_on_two_days_is_one_payment():
    given = over_two()

    first = came(listed("1002"), *rest(), on=WEDNESDAY).report
    assert (state(given), first.matched_receipts, first.reported, first.to_decide) == ("verified", 1, 0, 0)
    assert (left("1001"), left("1002"), payments()) == (0, 50, [(150, 0, True)])
    second = came(listed("1002", "50.00"), *rest(), on=THURSDAY).report

    assert (second.reported, second.to_decide, second.not_yet_in_ledger) == (0, 0, 0)
    assert payments() == [(150, 0, True)]
    assert in_order()


def test_the_item_of_a_matched_receipt_that_the_ledger_has_not_settled_yet_is_named():
    over_two()

    report = came(listed("1002"), *rest(), on=WEDNESDAY).report
    again = came(listed("1002"), *rest(), on=THURSDAY).report

    behind = [{"number": "1002", "customer": "C1", "currency": "EUR", "what": "money", "amount": "50.00"}]
    assert (report.behind, again.behind, again.to_decide) == (behind, behind, 0)


def test_what_the_ledger_never_books_of_a_matched_receipt_is_to_decide_after_some_days():
    over_two()
    came(listed("1002"), *rest(), on=WEDNESDAY)
    entered_on(WEDNESDAY)

    report = came(listed("1002"), *rest(), on=date(2026, 11, 24)).report

    assert [(one["number"], one["ours"], one["theirs"]) for one in report.differences] == [("1002", "50.00", "100.00")]
    deciding.accept(difference=Difference.objects.get(), by=make.BY)
    assert left("1002") == 100
    assert in_order()


def test_an_item_that_has_fallen_by_less_than_its_part_falls_with_the_ledger_and_the_rest_waits_unapplied():
    given = over_two()

    report = came(listed("1002", "80.00"), *rest(), on=WEDNESDAY).report
    assert (state(given), report.reported, report.to_decide, left("1002")) == ("verified", 0, 0, 80)
    assert payments() == [(150, 30, True)]
    came(listed("1002", "50.00"), *rest(), on=THURSDAY)

    assert (left("1002"), payments()) == (50, [(150, 0, True)])


def test_what_a_receipt_does_not_name_explains_another_fall_of_its_customer():
    came(listed("1001"), listed("1002"), *rest())
    given = receipt("130.00", ("1001", "100.00"))

    report = came(listed("1002", "60.00"), *rest(), on=WEDNESDAY).report

    assert (state(given), report.reported, left("1001"), left("1002")) == ("verified", 1, 0, 60)
    assert payments() == [(130, 0, True), (10, 0, True)]


def test_the_journal_does_not_tell_the_ledger_of_a_receipt_that_its_list_has_shown():
    over_two()
    came(listed("1002"), *rest(), on=WEDNESDAY)

    assert receivables.export_journal(up_to=date(2026, 11, 24), by=make.BY) is None


# --- a receipt that names nothing -------------------------------------------------------------------


def test_a_receipt_without_lines_is_the_one_fall_of_its_amount():
    others = rest("R1", "R2", "R3", "R4", "R5")
    came(listed("1001"), listed("1002", amount="70.00", left="70.00"), *others)
    given = receipt("70.00")

    report = came(*others, on=WEDNESDAY).report

    assert (state(given), report.matched_receipts, report.reported) == ("verified", 1, 1)
    assert payments() == [(70, 0, True), (100, 0, True)]
    assert in_order()


def test_a_receipt_without_lines_is_all_that_fell_of_its_customer_on_that_day():
    came(listed("1001"), listed("1002"), listed("2001", customer="C2"), *rest())
    given = receipt("130.00")

    came(listed("1002", "70.00"), *rest(), on=WEDNESDAY)

    assert (state(given), left("1001"), left("1002"), left("2001")) == ("verified", 0, 70, 0)
    assert payments() == [(130, 0, True), (100, 0, True)]


def test_a_receipt_without_lines_that_fits_no_fall_is_asked_about():
    came(listed("1001"), *rest())
    given = receipt("60.00")

    report = came(*rest(), on=WEDNESDAY).report

    assert (state(given), report.to_decide, report.settled, left("1001"), payments()) == ("provisional", 1, 0, 100, [])
    shown = Difference.objects.get()
    assert (shown.what, shown.number, shown.our_amount, shown.their_amount) == ("receipt", "1001", 100, 0)
    assert shown.receipt == given


# --- what a person decides --------------------------------------------------------------------------


def asked() -> tuple[Receipt, Difference]:
    """A receipt of 60 on 1001, and a fall of 50."""
    came(listed("1001"), *rest())
    given = receipt("60.00", ("1001", "60.00"))
    report = came(listed("1001", "50.00"), *rest(), on=WEDNESDAY).report
    assert (report.to_decide, report.reported, report.changed, report.unchanged) == (1, 0, 0, 4)
    assert left("1001") == 100
    assert state(given) == "provisional"
    assert payments() == []
    return given, Difference.objects.get()


def test_accepting_books_the_receipt_as_the_money_that_has_fallen():
    given, shown = asked()

    said = deciding.accept(difference=shown, by=make.BY)

    assert said == f"{given.number} is the money that settles 1001 in the ledger, and is booked."
    assert (state(given), left("1001"), payments()) == ("verified", 50, [(60, 10, True)])
    assert Payment.objects.get().counts_on == TUESDAY
    assert came(listed("1001", "50.00"), *rest(), on=THURSDAY).report.unchanged == 5
    assert in_order()


def test_a_fall_beyond_the_receipt_becomes_a_reported_payment_when_accepted():
    came(listed("1001"), *rest())
    given = receipt("60.00")
    came(*rest(), on=WEDNESDAY)

    deciding.accept(difference=Difference.objects.get(), by=make.BY)

    assert (state(given), left("1001"), payments()) == ("verified", 0, [(60, 0, True), (40, 0, True)])
    assert in_order()


def test_keeping_says_that_it_is_other_money_and_the_receipt_stays_in_hand():
    given, shown = asked()

    said = deciding.keep(difference=shown, by=make.BY)

    assert said == "What the ledger has settled of 1001 is booked as another payment."
    assert (state(given), left("1001"), payments()) == ("provisional", 50, [(50, 0, True)])
    assert came(listed("1001", "50.00"), *rest(), on=THURSDAY).report.to_decide == 0
    assert receivables.verify_receipt(receipt=given, by=make.BY).unapplied_amount == 10


def test_a_receipt_in_question_cannot_be_verified_and_the_refusal_names_the_invoice():
    given, shown = asked()

    with pytest.raises(InQuestion, match=f"money on invoice 1001 that may be {given.number}"):
        receivables.verify_receipt(receipt=given, by=make.BY)

    deciding.keep(difference=shown, by=make.BY)
    assert receivables.verify_receipt(receipt=given, by=make.BY).amount == 60


def test_cash_in_question_is_not_closed_by_the_banks_line_either():
    given, _shown = asked()
    finance = make.finance()
    handed = make.hand_in(given.rep, on=WEDNESDAY)
    receivables.receive_hand_in(hand_in=handed, by=finance)

    with pytest.raises(InQuestion):
        receivables.close_hand_in(
            hand_in=handed, reference="B", banked_on=THURSDAY, amount=Decimal(60), by=make.finance()
        )

    assert state(given) == "provisional"


def test_the_same_question_waits_until_the_list_says_something_else():
    given, shown = asked()

    same = came(listed("1001", "50.00"), *rest(), on=THURSDAY).report
    assert (same.to_decide, Difference.objects.get()) == (1, shown)
    other = came(listed("1001", "40.00"), *rest(), on=FRIDAY).report

    shown.refresh_from_db()
    given.refresh_from_db()
    assert (shown.state, other.matched_receipts, given.state, given.in_question) == ("gone", 1, "verified", "")
    assert (left("1001"), payments()) == (40, [(60, 0, True)])


def test_a_refused_receipt_answers_the_question():
    given, _shown = asked()

    receivables.refuse_receipt(receipt=given, because="The notes were false", by=make.BY)
    report = came(listed("1001", "50.00"), *rest(), on=THURSDAY).report

    assert (report.to_decide, report.reported, payments()) == (0, 1, [(50, 0, True)])
    assert Difference.objects.get().state == "gone"


def test_all_that_one_receipt_may_be_is_decided_at_once():
    came(listed("1001"), listed("1002"), *rest())
    given = receipt("150.00")
    came(listed("1002", "10.00"), *rest(), on=WEDNESDAY)
    first = Difference.objects.get(number="1002")

    deciding.accept(difference=first, by=make.BY)

    assert set(Difference.objects.values_list("state", flat=True)) == {"accepted"}
    assert (state(given), left("1001"), left("1002")) == ("verified", 0, 10)
    assert payments() == [(150, 0, True), (40, 0, True)]
    assert in_order()


def test_a_receipt_that_was_not_the_money_leaves_the_question_to_the_next():
    came(listed("1001"), *rest())
    first, second = receipt("60.00", ("1001", "60.00")), receipt("70.00", ("1001", "40.00"))
    came(listed("1001", "70.00"), *rest(), on=WEDNESDAY)

    said = deciding.keep(difference=Difference.objects.get(), by=make.BY)

    assert said == f"What the ledger has settled of 1001 may be {second.number} as well: decide that next."
    following = Difference.objects.get(state="open")
    first.refresh_from_db()
    assert (following.receipt, first.in_question, payments()) == (second, "", [])
    deciding.keep(difference=following, by=make.BY)
    assert (left("1001"), payments()) == (70, [(30, 0, True)])


def test_two_receipts_of_60_on_an_item_of_100_that_is_settled_are_no_three_payments():
    came(listed("1001"), *rest())
    first, second = receipt("60.00", ("1001", "60.00")), receipt("60.00", ("1001", "40.00"))

    report = came(*rest(), on=WEDNESDAY).report

    assert (state(first), state(second), report.matched_receipts, report.reported) == ("verified", "verified", 2, 0)
    assert payments() == [(60, 0, True), (60, 20, True)]


def test_money_in_hand_of_another_customer_is_no_question():
    came(listed("1001"), listed("2001", customer="C2"), *rest())
    receipt("60.00", of="2001")

    report = came(listed("2001", customer="C2"), *rest(), on=WEDNESDAY).report

    assert (report.to_decide, report.reported) == (0, 1)


# --- papers -----------------------------------------------------------------------------------------


def cheque(number: str = "1001", amount: str = "100.00", *, matures_on: date = TUESDAY) -> Paper:
    return make.paper(item(number), amount, received_on=MONDAY, matures_on=matures_on, number="4711")


def test_a_paper_whose_items_the_list_has_settled_is_honoured_on_the_day_of_the_list():
    came(listed("1001"), *rest())
    paper = cheque()

    report = came(*rest(), on=WEDNESDAY).report

    assert (state(paper), report.matched_receipts, report.receipts, report.reported) == ("honoured", 1, ["4711"], 0)
    payment = Payment.objects.get()
    assert (payment.counts_on, payment.method, payment.reported_by_ledger, payment.unapplied_amount) == (
        WEDNESDAY, "cheque", True, 0,
    )  # fmt: skip
    assert receivables.export_journal(up_to=date(2026, 11, 24), by=make.BY) is None
    assert in_order()


def test_before_its_maturity_a_fall_is_no_proof_that_a_paper_is_paid():
    came(listed("1001"), *rest())
    paper = cheque(matures_on=date(2026, 12, 15))

    report = came(*rest(), on=WEDNESDAY).report

    shown = Difference.objects.get()
    assert (state(paper), shown.what, shown.paper, report.reported) == ("in hand", "paper", paper, 0)
    with pytest.raises(InQuestion, match="may be 4711"):
        receivables.honour_paper(paper=paper, on=THURSDAY, by=make.BY)
    deciding.accept(difference=shown, by=make.BY)
    assert (state(paper), left("1001"), payments()) == ("honoured", 0, [(100, 0, True)])


def test_a_paper_that_was_not_the_money_stays_in_hand():
    came(listed("1001"), *rest())
    paper = cheque(matures_on=date(2026, 12, 15))
    came(*rest(), on=WEDNESDAY)

    deciding.keep(difference=Difference.objects.get(), by=make.BY)

    paper.refresh_from_db()
    assert (paper.state, paper.in_question, left("1001"), payments()) == ("in hand", "", 0, [(100, 0, True)])


def test_a_receipt_kept_as_a_cheque_is_matched_once():
    came(listed("1001"), *rest())
    customer = Invoice.objects.get(number="1001").customer
    given = receivables.record_receipt(
        customer=customer, rep=make.rep(), method="cheque", amount=Decimal(100), currency="EUR",
        lines=[(item("1001").pk, Decimal(100))], received_on=MONDAY, key="k",
    )  # fmt: skip
    paper = receivables.keep_receipt(
        receipt=given, kind="cheque", number="4711", drawer="Alder Foods", matures_on=MONDAY + timedelta(days=1),
        by=make.BY,
    )  # fmt: skip

    came(*rest(), on=WEDNESDAY)

    assert (state(paper), payments()) == ("honoured", [(100, 0, True)])
