"""Cash on its way from the customer to the bank: carried, counted, signed twice, closed by the bank's line."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from collections_app import books
from common import photos
from common.refusals import Refused
from receivables import cash_queries, services
from receivables.models import HandIn, Payment, Rate, Receipt
from staff.models import Business
from tests import factories as make

pytestmark = pytest.mark.django_db
FRIDAY, MONDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr("common.clock.business_today", lambda: TUESDAY)


@pytest.fixture
def rep(db):
    make.business(calendar="ES")
    return make.rep("carmen")


@pytest.fixture
def finance(rep):
    return make.finance("niamh")


@pytest.fixture
def item(rep):
    return make.due_item(make.customer(rep), 5000, due_date=date(2026, 10, 1))


def carried(rep, on=TUESDAY):
    return cash_queries.carried_by(rep, on=on)


def test_a_rep_carries_cash_that_is_not_handed_in_whether_or_not_its_receipt_is_verified(rep, item):
    make.receipt(item, 100, rep=rep)
    make.receipt(item, 40, rep=rep, method="cheque")
    make.receipt(item, 30, rep=make.rep())
    services.verify_receipt(receipt=make.receipt(item, 20, rep=rep), by=make.BY)
    services.refuse_receipt(receipt=make.receipt(item, 10, rep=rep), because="Counterfeit", by=make.BY)

    [row] = carried(rep).rows

    assert (row.amount, row.currency, row.count) == (Decimal(120), "EUR", 2)


def test_a_receipt_whose_payment_was_taken_back_stands_for_no_cash(rep, item):
    payment = services.verify_receipt(receipt=make.receipt(item, 20, rep=rep), by=make.BY)
    services.reverse_payment(payment=payment, on=TUESDAY, by=make.BY, because="There was no money")

    assert carried(rep).rows == ()


def test_a_hand_in_sent_back_puts_all_of_its_cash_in_the_reps_hand_again(rep, finance, item):
    verified = make.receipt(item, 100, rep=rep)
    make.receipt(item, 50, rep=rep)
    hand_in = make.hand_in(rep)
    services.receive_hand_in(hand_in=hand_in, by=finance)
    services.verify_receipt(receipt=verified, by=finance)

    services.send_back_hand_in(hand_in=hand_in, because="Recount", by=finance)

    assert [row.amount for row in carried(rep).rows] == [Decimal(150)]
    again = make.hand_in(rep)
    services.receive_hand_in(hand_in=again, by=finance)
    services.close_hand_in(hand_in=again, reference="CASH 8", banked_on=TUESDAY, amount=Decimal(150), by=finance)
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [Decimal(50), Decimal(100)]
    assert books.check(as_of=TUESDAY).broken == 0


def test_cash_of_a_receipt_verified_alone_is_handed_in_and_banked_like_any_other(rep, finance, item):
    services.verify_receipt(receipt=make.receipt(item, 100, rep=rep, received_on=FRIDAY), by=finance)

    hand_in = make.hand_in(rep)
    services.receive_hand_in(hand_in=hand_in, by=finance)
    services.close_hand_in(hand_in=hand_in, reference="CASH 9", banked_on=TUESDAY, amount=Decimal(100), by=finance)

    batch = services.export_journal(up_to=TUESDAY, by=make.BY)
    on_cash = sum(row.amount * ((row.debit == "1010") - (row.credit == "1010")) for row in batch.rows.all())
    assert (carried(rep).rows, on_cash) == ((), Decimal(0))


def test_a_hand_in_is_not_of_a_day_before_its_last_receipt(rep, item):
    make.receipt(item, 100, rep=rep, received_on=FRIDAY)
    make.receipt(item, 50, rep=rep, received_on=MONDAY)

    with pytest.raises(services.TooEarly, match="before your last receipt, of 23 Nov 2026"):
        make.hand_in(rep, on=FRIDAY)

    assert make.hand_in(rep, on=MONDAY).counted_amount == Decimal(150)


def test_more_than_the_limit_is_said_in_a_sentence(rep, item):
    make.receipt(item, 2000, rep=rep)
    assert carried(rep).warnings == ()

    make.receipt(item, "0.01", rep=rep)

    assert carried(rep).warnings == ("You carry more cash than the limit of €2,000.00. Hand it in now.",)


def test_other_currencies_count_against_the_limit_at_the_rate_of_the_day(rep, item):
    dollars = make.due_item(item.customer, 5000, currency="USD", due_date=date(2026, 10, 1))
    make.receipt(item, 1100, rep=rep)
    make.receipt(dollars, 1000, rep=rep)
    assert carried(rep).base_amount is None, "without a rate the sum is not known"
    assert not carried(rep).warnings

    Rate.objects.create(currency="USD", on=MONDAY, rate=Decimal("0.92"), source="ECB")

    assert carried(rep).base_amount == Decimal(2020)
    assert len(carried(rep).warnings) == 1


def test_cash_of_friday_is_to_be_handed_in_on_monday(rep, item):
    make.receipt(item, 100, rep=rep, received_on=FRIDAY)

    assert not carried(rep, MONDAY).warnings
    assert carried(rep, TUESDAY).warnings == ("€100.00 was to be handed in by Mon 23 Nov. Hand it in now.",)


def test_the_deadline_of_the_business_decides(rep, item):
    Business.objects.update(deposit_days=3)
    make.receipt(item, 100, rep=rep, received_on=FRIDAY)

    [row] = carried(rep).rows

    assert (row.deposit_by, row.is_late) == (date(2026, 11, 25), False)


def test_a_hand_in_goes_from_the_reps_signature_to_the_banks_line(rep, finance, item):
    first, second = make.receipt(item, 120, rep=rep, received_on=FRIDAY), make.receipt(item, 80, rep=rep)

    hand_in = make.hand_in(rep, {"100": 1, "50": 2})
    assert carried(rep).rows == (), "what is handed in is not carried"
    item.refresh_from_db()
    assert item.open_amount == Decimal(5000), "and not in the books either"
    services.receive_hand_in(hand_in=hand_in, by=finance)
    services.close_hand_in(hand_in=hand_in, reference="CASH 7", banked_on=TUESDAY, amount=Decimal(200), by=finance)

    hand_in.refresh_from_db()
    item.refresh_from_db()
    assert (hand_in.state, hand_in.received_by, hand_in.bank_reference) == ("closed", "niamh", "CASH 7")
    assert item.open_amount == Decimal(4800)
    assert list(Payment.objects.order_by("pk").values_list("receipt", "amount", "counts_on")) == [
        (first.pk, Decimal(120), FRIDAY),
        (second.pk, Decimal(80), TUESDAY),
    ]
    verbs = Entry.objects.filter(subject_type="receivables.handin").order_by("pk").values_list("verb", "actor_key")
    assert list(verbs) == [
        ("receivables.cash_handed_in", "carmen"),
        ("receivables.cash_received", "niamh"),
        ("receivables.cash_banked", "niamh"),
    ]
    assert books.check(as_of=TUESDAY).broken == 0


def test_a_difference_is_a_coded_row_signed_by_both_and_in_the_trail(rep, finance, item):
    make.receipt(item, 100, rep=rep)

    hand_in = make.hand_in(rep, {"50": 1, "20": 2}, difference_code="counterfeit", difference_note="A false ten")
    services.receive_hand_in(hand_in=hand_in, by=finance)
    services.close_hand_in(hand_in=hand_in, reference="CASH 7", banked_on=TUESDAY, amount=Decimal(90), by=finance)

    item.refresh_from_db()
    assert (hand_in.expected_amount, hand_in.counted_amount, hand_in.difference) == (100, 90, -10)
    assert item.open_amount == Decimal(4900), "the customer paid all of it"
    signed = [entry.after for entry in Entry.objects.filter(subject_type="receivables.handin").order_by("pk")][:2]
    assert [(one["difference"], one["code"]) for one in signed] == [("-10.000", "counterfeit")] * 2


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"counted": {}}, "Nothing is counted"),
        ({"counted": {"30": 1}}, "1 of 30 EUR cannot be counted"),
        ({"counted": {"50": -2}}, "cannot be counted"),
        ({"counted": {"50": 1}}, "choose why"),
        ({"counted": {"50": 1}, "difference_code": "lost"}, "choose why"),
        ({"counted": {"50": 1}, "difference_code": "tip", "difference_note": "x"}, "choose why"),
        ({"slip_number": "  "}, "number of the deposit slip"),
        ({"expected": Decimal(99)}, "come to €100.00 now, not €99.00"),
        ({"currency": "USD", "counted": {"100": 1}}, "now, not"),
        ({"on": date(2026, 11, 25)}, "in the future"),
    ],
)
def test_a_bad_hand_in_is_refused_and_changes_nothing(rep, item, values, refusal):
    make.receipt(item, 100, rep=rep)
    known = {
        "rep": rep, "currency": "EUR", "counted": {"100": 1}, "expected": Decimal(100), "slip_number": "S-1",
        "on": TUESDAY, "key": "k",
    }  # fmt: skip

    with pytest.raises(Refused, match=refusal):
        services.hand_in_cash(**known | values)

    assert not HandIn.objects.exists()
    assert carried(rep).rows[0].amount == Decimal(100)


def test_cash_that_came_in_after_the_count_is_not_swept_along(rep, item):
    make.receipt(item, 100, rep=rep)
    seen = carried(rep).rows[0].amount
    make.receipt(item, 50, rep=rep)

    with pytest.raises(services.CashMoved, match="come to €150.00 now, not €100.00"):
        services.hand_in_cash(
            rep=rep, currency="EUR", counted={"100": 1}, expected=seen, slip_number="S", on=TUESDAY, key="k"
        )


def test_the_same_form_again_is_the_same_hand_in_and_another_count_under_its_key_is_refused(rep, item):
    make.receipt(item, 100, rep=rep)
    values = {"rep": rep, "currency": "EUR", "expected": Decimal(100), "slip_number": "S", "on": TUESDAY, "key": "k"}

    first = services.hand_in_cash(counted={"100": 1}, **values)

    assert services.hand_in_cash(counted={"100": 1}, **values) == first
    with pytest.raises(services.AlreadyDone, match="another count"):
        services.hand_in_cash(counted={"50": 1}, **values)


def test_a_rep_does_not_sign_for_finance(rep, item):
    make.receipt(item, 100, rep=rep)
    hand_in = make.hand_in(rep)

    for verb in (
        lambda: services.receive_hand_in(hand_in=hand_in, by=rep),
        lambda: services.close_hand_in(hand_in=hand_in, reference="x", banked_on=TUESDAY, amount=Decimal(100), by=rep),
        lambda: services.send_back_hand_in(hand_in=hand_in, because="x", by=rep),
    ):
        with pytest.raises(services.NotPermitted, match="second person"):
            verb()


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"amount": Decimal(90)}, "The bank has €90.00, €100.00 was counted: €10.00 is missing"),
        ({"amount": Decimal(105)}, "€5.00 too much"),
        ({"amount": Decimal("100.001")}, "more decimals"),
        ({"reference": " "}, "reference of the bank's line"),
        ({"banked_on": date(2026, 11, 25)}, "in the future"),
        ({"banked_on": date(2026, 11, 19)}, "before"),
    ],
)
def test_only_the_line_that_was_counted_closes_a_hand_in(rep, finance, item, values, refusal):
    receipt = make.receipt(item, 100, rep=rep, received_on=FRIDAY)
    hand_in = make.hand_in(rep)
    services.receive_hand_in(hand_in=hand_in, by=finance)
    known = {"reference": "CASH 7", "banked_on": TUESDAY, "amount": Decimal(100)}

    with pytest.raises(Refused, match=refusal):
        services.close_hand_in(hand_in=hand_in, by=finance, **known | values)

    receipt.refresh_from_db()
    hand_in.refresh_from_db()
    assert (receipt.state, hand_in.state, Payment.objects.count()) == ("provisional", "received", 0)


def test_a_hand_in_is_received_before_it_is_closed_and_each_once(rep, finance, item):
    make.receipt(item, 100, rep=rep)
    hand_in = make.hand_in(rep)
    line = {"hand_in": hand_in, "reference": "CASH 7", "banked_on": TUESDAY, "amount": Decimal(100), "by": finance}
    with pytest.raises(services.AlreadyDone, match="Receive it first"):
        services.close_hand_in(**line)

    services.receive_hand_in(hand_in=hand_in, by=finance)
    with pytest.raises(services.AlreadyDone, match="received already"):
        services.receive_hand_in(hand_in=hand_in, by=finance)
    services.close_hand_in(**line)

    with pytest.raises(services.AlreadyDone, match="not waiting"):
        services.close_hand_in(**line)
    with pytest.raises(services.AlreadyDone, match="closed or sent back"):
        services.send_back_hand_in(hand_in=hand_in, because="x", by=finance)
    assert Payment.objects.count() == 1


def test_when_one_receipt_cannot_be_booked_none_is(rep, finance, item, monkeypatch):
    make.receipt(item, 100, rep=rep)
    make.receipt(item, 50, rep=rep)
    hand_in = make.hand_in(rep)
    services.receive_hand_in(hand_in=hand_in, by=finance)
    make.account("EUR").delete()

    with pytest.raises(services.NoAccount):
        services.close_hand_in(hand_in=hand_in, reference="7", banked_on=TUESDAY, amount=Decimal(150), by=finance)

    hand_in.refresh_from_db()
    assert (hand_in.state, Receipt.objects.filter(state="provisional").count()) == ("received", 2)


def test_a_receipt_that_was_verified_before_is_not_booked_twice(rep, finance, item):
    early = make.receipt(item, 100, rep=rep)
    make.receipt(item, 50, rep=rep)
    hand_in = make.hand_in(rep)
    services.receive_hand_in(hand_in=hand_in, by=finance)
    services.verify_receipt(receipt=early, by=finance)

    services.close_hand_in(hand_in=hand_in, reference="7", banked_on=TUESDAY, amount=Decimal(150), by=finance)

    assert sorted(Payment.objects.values_list("amount", flat=True)) == [Decimal(50), Decimal(100)]


def test_a_wrong_count_goes_back_to_the_rep_and_is_counted_anew(rep, finance, item):
    receipt = make.receipt(item, 100, rep=rep)
    hand_in = make.hand_in(rep, {"50": 1}, difference_code="miscount", difference_note="In a hurry")
    services.receive_hand_in(hand_in=hand_in, by=finance)

    services.send_back_hand_in(hand_in=hand_in, because="The bank has 100", by=finance)

    hand_in.refresh_from_db()
    assert (hand_in.state, carried(rep).rows[0].amount) == ("sent back", Decimal(100))
    again = make.hand_in(rep)
    receipt.refresh_from_db()
    assert (receipt.hand_in, again.difference) == (again, Decimal(0))


def test_cash_that_is_handed_in_cannot_be_refused_behind_its_count(rep, finance, item):
    receipt = make.receipt(item, 100, rep=rep)
    hand_in = make.hand_in(rep)
    with pytest.raises(Refused, match="Send the hand-in back first"):
        services.refuse_receipt(receipt=receipt, because="Counterfeit", by=finance)

    services.send_back_hand_in(hand_in=hand_in, because="A false note", by=finance)
    services.refuse_receipt(receipt=receipt, because="Counterfeit", by=finance)

    receipt.refresh_from_db()
    assert receipt.state == "refused"


def test_the_database_keeps_a_difference_without_a_code_and_a_signature_out(rep, item):
    make.receipt(item, 100, rep=rep)
    hand_in = make.hand_in(rep)

    for values in ({"difference": Decimal(5)}, {"state": "received"}, {"state": "closed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            HandIn.objects.filter(pk=hand_in.pk).update(**values)


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"\xff\xd8\xff\xe0" + b"x" * 200, b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_what_is_no_photo_is_refused(content):
    with pytest.raises(photos.NotAPhoto, match="no photo"):
        photos.cleaned(content)


def test_a_photo_is_at_most_five_megabytes():
    with pytest.raises(photos.NotAPhoto, match="larger than 5 MB"):
        photos.cleaned(b"x" * (photos.LARGEST + 1))


def test_a_photo_is_kept_smaller_and_without_the_place_where_it_was_taken():
    import io

    from PIL import Image

    taken = Image.new("RGB", (3000, 1500), "red")
    facts = Image.Exif()
    facts[0x010E] = "at the customer's home"
    sent = io.BytesIO()
    taken.save(sent, "JPEG", exif=facts)

    kept = Image.open(io.BytesIO(photos.cleaned(sent.getvalue())))

    assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (2000, 1000), {})
