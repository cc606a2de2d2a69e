"""The journal: what was found here goes to the company's ledger once, and comes back whole."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app.standings import queries as standings
from common import clock
from receivables import book, services
from receivables.models import Charge, Code, HandIn, JournalBatch, JournalRow, Payment, Rate
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY, LATER, END = date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 31)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(code="C1")


def item(customer, amount=100, **values):
    return make.due_item(customer, amount, due_date=date(2026, 2, 1), number=values.pop("number", "INV-1"), **values)


def export(up_to=END):
    return services.export_journal(up_to=up_to, by=make.BY)


def said(batch):
    return [
        (row.kind, row.counts_on, row.debit, row.credit, str(row.amount.normalize()))
        for row in batch.rows.order_by("position")
    ]


def lines(batch):
    return list(csv.DictReader(io.StringIO(bytes(batch.document.content).decode("utf-8-sig"))))


def given_up(target, amount, code, vat_amount=0, on=DAY):
    asked = services.ask_write_off(
        target=target, amount=Decimal(amount), code=code, because="agreed", on=on, by=make.BY,
        vat_amount=Decimal(vat_amount),
    )  # fmt: skip
    return services.grant_write_off(write_off=asked, on=on, by=make.finance())


# What goes out


def test_a_payment_and_what_it_settles_are_two_rows(customer):
    item(customer)
    make.payment(customer, 150, received_on=DAY, reference="RF18")

    batch = export()

    assert said(batch) == [
        ("receipt", DAY, "1000", "1210", "1.5E+2"),
        ("allocation", DAY, "1210", "1200", "1E+2"),
    ]
    receipt, allocation = lines(batch)
    assert (receipt["customer"], receipt["document"], receipt["amount"]) == ("C1", "RF18", "150.00")
    assert (allocation["document"], allocation["date"], allocation["batch"]) == ("INV-1", "2026-03-02", "1")


def test_a_second_run_has_nothing_to_say_and_takes_no_number(customer):
    make.payment(customer, 10, received_on=DAY)
    export()

    assert export() is None
    make.payment(customer, 20, received_on=DAY)
    assert export().number == 2


def test_an_event_after_the_last_day_waits_for_the_next_batch(customer):
    make.payment(customer, 10, received_on=DAY)
    make.payment(customer, 20, received_on=LATER)

    first, second = export(up_to=DAY), export(up_to=LATER)

    assert [row.amount for row in first.rows.all()] == [10]
    assert [row.amount for row in second.rows.all()] == [20]


def test_money_entered_late_for_an_exported_day_goes_out_next(customer):
    make.payment(customer, 10, received_on=LATER)
    export()
    make.payment(customer, 20, received_on=DAY)

    assert [row.counts_on for row in export().rows.all()] == [DAY]


def test_what_came_from_the_ledger_does_not_go_back_nor_what_hangs_on_it(customer):
    item(customer, paid=[("40", DAY)])
    known = make.payment(customer, 80, received_on=DAY, reported_by_ledger=True)
    services.refund(source=known, amount=Decimal(20), paid_on=LATER, by=make.BY, because="too much")
    make.credit_note(customer, 30, issued_on=DAY)
    known = make.payment(customer, 5, received_on=DAY, reported_by_ledger=True)
    services.reverse_payment(payment=known, on=LATER, by=make.BY, because="the ledger took it back")

    assert export() is None


def test_an_opening_entry_does_not_go_out(customer):
    paid = (book.Paid(Decimal(60), DAY, method="opening", reported_by_ledger=False),)
    row = book.NewInvoice(
        customer=customer.pk, number="INV-1", amount=Decimal(100), currency="EUR", issued_on=date(2026, 1, 2),
        parts=(book.Part(date(2026, 2, 1), Decimal(100)),), paid=paid,
    )  # fmt: skip
    services.record_book(rows=book.Book(invoices=[row]), on=DAY, by=make.BY)

    assert export() is None


def test_a_payment_that_bounced_before_it_went_out_goes_out_with_its_reversal(customer):
    item(customer)
    payment = make.payment(customer, 100, received_on=DAY)
    services.reverse_payment(payment=payment, on=LATER, by=make.BY, because="bounced")

    assert said(export()) == [
        ("receipt", DAY, "1000", "1210", "1E+2"),
        ("allocation", DAY, "1210", "1200", "1E+2"),
        ("receipt", LATER, "1210", "1000", "1E+2"),
        ("allocation", LATER, "1200", "1210", "1E+2"),
    ]


def test_a_write_off_has_its_tax_on_its_own_account(customer):
    given_up(item(customer, 119), 119, Code.BAD_DEBT, vat_amount=19)

    batch = export()

    assert said(batch) == [("write-off", DAY, "6900", "1200", "1E+2"), ("vat", DAY, "2200", "1200", "19")]
    assert [row["vat_amount"] for row in lines(batch)] == ["19.00", "0.00"]


def test_money_on_a_written_off_claim_takes_its_part_of_the_write_off_back(customer):
    one = item(customer, 119)
    given_up(one, 119, Code.BAD_DEBT, vat_amount=19)
    export()
    make.payment(customer, "59.50", received_on=LATER, lines=[(one.pk, Decimal("59.50"))])

    totals = {}
    for row in export().rows.all():
        for account, sign in ((row.debit, 1), (row.credit, -1)):
            totals[account] = totals.get(account, 0) + sign * row.amount

    assert totals == {
        "1000": Decimal("59.5"), "1210": 0, "1200": 0, "6900": Decimal(-50), "2200": Decimal("-9.5"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "kind", "account"),
    [(Code.PRICE, "difference", "4220"), (Code.BANK_CHARGE, "difference", "6100"), (Code.DISCOUNT, "discount", "4200")],
)
def test_a_difference_goes_to_the_account_of_its_code(customer, code, kind, account):
    given_up(item(customer), 3, code)

    assert said(export()) == [(kind, DAY, account, "1200", "3")]


def test_a_credit_note_of_ours_has_the_tax_share_of_its_invoice(customer):
    invoice = make.invoice(customer, 119, due_date=date(2026, 2, 1), vat_amount=Decimal(19))
    services.record_credit_note(
        customer=customer, number="CN-1", amount=Decimal("11.90"), currency="EUR", issued_on=DAY, by=make.BY,
        invoice=invoice.pk,
    )  # fmt: skip

    assert said(export()) == [
        ("credit note", DAY, "4100", "1210", "1E+1"),
        ("vat", DAY, "2200", "1210", "1.9"),
        ("allocation", DAY, "1210", "1200", "11.9"),
    ]


def test_a_refund_and_its_reversal_go_out(customer):
    payment = make.payment(customer, 50, received_on=DAY)
    refund = services.refund(source=payment, amount=Decimal(20), paid_on=LATER, by=make.BY, because="too much")
    services.reverse_refund(refund=refund, on=LATER, by=make.BY, because="came back")

    assert said(export())[1:] == [("refund", LATER, "1210", "1000", "2E+1"), ("refund", LATER, "1000", "1210", "2E+1")]


def test_a_currency_exchange_and_what_it_won_go_out_and_come_back(customer):
    make.account("USD")
    Rate.objects.create(currency="USD", on=DAY, rate=Decimal("0.90"), source="ECB")
    payment = make.payment(customer, 100, currency="USD", received_on=DAY)
    exchange = services.exchange(
        payment=payment, amount=Decimal(100), into="EUR", rate=Decimal("0.92"), source="bank", on=LATER, by=make.BY
    )

    rows = export().rows.all()

    assert {(row.subject.split()[0], row.currency, row.debit, row.credit, row.amount) for row in rows} == {
        ("payment", "USD", "1000", "1210", Decimal(100)),
        ("refund", "USD", "1210", "1090", Decimal(100)),
        ("payment", "EUR", "1090", "1210", Decimal(92)),
        ("exchange", "EUR", "1090", "7800", Decimal(2)),
    }

    services.reverse_exchange(exchange=exchange, on=LATER, by=make.BY, because="wrong rate")

    back = export()
    assert {(row.subject.split()[0], row.debit, row.credit, row.amount) for row in back.rows.all()} == {
        ("refund", "1090", "1210", Decimal(100)),
        ("payment", "1210", "1090", Decimal(92)),
        ("exchange", "7800", "1090", Decimal(2)),
    }
    assert export() is None


def test_cash_of_a_hand_in_leaves_nothing_on_the_cash_account(customer):
    make.payment(customer, 100, received_on=DAY, method="cash")
    HandIn.objects.create(
        rep=make.rep("carmen"), currency="EUR", handed_in_on=DAY, entered_at=clock.now(), counted={"50": 1, "20": 2},
        counted_amount=90, expected_amount=100, difference=-10, difference_code="lost", slip_number="S-1",
        state="closed", signed_by_rep_at=clock.now(), received_by="niamh",
        received_at=clock.end_of(date(2026, 3, 2)), bank_reference="DEP 1", banked_on=LATER, key="h",
    )  # fmt: skip

    rows = [row for row in export().rows.all() if "1010" in (row.debit, row.credit)]

    assert {(row.kind, row.debit, row.credit, row.amount) for row in rows} == {
        ("receipt", "1010", "1210", Decimal(100)),
        ("hand-in", "7900", "1010", Decimal(10)),
        ("deposit", "1000", "1010", Decimal(90)),
    }


# Charges


def claimed(customer, on=DAY, amount=40):
    return services.claim(
        due_item=item(customer),
        kind=Charge.Kind.FIXED_SUM,
        amount=Decimal(amount),
        basis="§ 288 BGB",
        on=on,
        by=make.BY,
    )


def total(on):
    return sum((row.amount for row in standings.ageing(as_of=on).totals), Decimal(0))


def test_a_charge_counts_from_the_day_of_the_journal_that_told_the_ledger(customer):
    charge = claimed(customer)
    assert total(END) == 100, "outside ageing and tie until the ledger has it"

    batch = export()

    charge.refresh_from_db()
    assert (charge.booked_on, said(batch)) == (END, [("charge", END, "1200", "4810", "4E+1")])
    assert (total(LATER), total(END)) == (100, 140)


def test_what_settles_a_charge_goes_out_with_it_and_counts_from_the_same_day(customer):
    charge = claimed(customer)
    make.payment(customer, 15, received_on=LATER, lines=[], charges=[(charge.pk, Decimal(15))])
    services.waive(charge=charge, amount=Decimal(25), because="goodwill", on=LATER, by=make.BY)

    assert said(export()) == [
        ("receipt", LATER, "1000", "1210", "15"),
        ("charge", END, "1200", "4810", "4E+1"),
        ("allocation", END, "1210", "1200", "15"),
        ("write-off", END, "4890", "1200", "25"),
    ]


def test_a_batch_taken_back_leaves_its_charges_outside_again(customer):
    charge = claimed(customer)
    services.reverse_journal(batch=export(), because="wrong period", by=make.BY)

    charge.refresh_from_db()
    assert (charge.booked_on, total(END)) == (None, 100)


# Batches


def test_a_batch_taken_back_turns_its_rows_round_and_lets_them_out_again(customer):
    item(customer)
    make.payment(customer, 100, received_on=DAY)
    first = export()

    back = services.reverse_journal(batch=first, because="wrong period", by=make.BY)
    again = export()

    assert [batch.number for batch in (first, back, again)] == [1, 2, 3]
    assert said(back) == [(kind, on, credit, debit, amount) for kind, on, debit, credit, amount in said(first)]
    assert said(again) == said(first)
    assert [row["takes_back"] for row in lines(back)] == ["1/1", "1/2"]
    assert export() is None


def test_a_batch_is_taken_back_once_and_a_taking_back_not_at_all(customer):
    make.payment(customer, 100, received_on=DAY)
    first = export()
    back = services.reverse_journal(batch=first, because="wrong period", by=make.BY)

    with pytest.raises(services.AlreadyDone, match="taken back already"):
        services.reverse_journal(batch=first, because="again", by=make.BY)
    with pytest.raises(services.NotPermitted, match="Export again instead"):
        services.reverse_journal(batch=back, because="again", by=make.BY)
    with pytest.raises(services.NoReason):
        services.reverse_journal(batch=export(), because=" ", by=make.BY)
    assert JournalBatch.objects.count() == 3


def test_a_day_in_the_future_is_refused(customer):
    with pytest.raises(services.NotYet):
        export(up_to=date(2100, 1, 1))


def test_the_kept_file_never_changes_and_runs_nothing(customer):
    make.payment(make.customer(code="=1+1"), 10, received_on=DAY, reference="@SUM(A1)")
    batch = export()
    kept = bytes(batch.document.content)

    services.map_account(kind="bank", currency="", number="1800", by=make.BY)

    batch.document.refresh_from_db()
    assert bytes(batch.document.content) == kept
    assert (lines(batch)[0]["customer"], lines(batch)[0]["document"]) == ("'=1+1", "'@SUM(A1)")


def test_batches_leave_a_trail(customer):
    make.payment(customer, 10, received_on=DAY)
    services.reverse_journal(batch=export(), because="wrong period", by=make.BY)

    assert list(Entry.objects.filter(verb__contains="journal").order_by("pk").values_list("verb", "after")) == [
        ("receivables.journal_exported", {"number": 1, "rows": 1}),
        ("receivables.journal_reversed", {"because": "wrong period", "number": 2}),
    ]


# Two at once


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_exports_at_once_tell_each_event_once():
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    make.business()
    customer = make.customer()
    for amount in range(1, 30):
        make.payment(customer, amount, received_on=DAY)

    def one(_):
        try:
            return export()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        batches = [batch for batch in pool.map(one, range(4)) if batch]

    assert [batch.number for batch in batches] == [1]
    assert JournalRow.objects.count() == Payment.objects.count()
