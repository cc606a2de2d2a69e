"""Money that goes back takes with it what was given up for its sake: discounts, tolerances, requests that wait."""

from datetime import date
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app import books
from collections_app.standings import queries as standings
from receivables import services
from receivables.models import Allocation, DueItem, JournalRow, Payment, WriteOff
from staff.models import BankAccount
from tests import factories as make

pytestmark = pytest.mark.django_db
LAST_DAY = date(2026, 2, 10)  # of the discount
BOUNCED, LATE = date(2026, 3, 16), date(2026, 6, 1)
ALL_OF_IT, DISCOUNT = Decimal("116.62"), Decimal("2.38")


@pytest.fixture
def item(db):
    make.business()
    BankAccount.objects.update(tolerance=Decimal("0.50"))
    item = make.due_item(
        make.customer(), 119, due_date=date(2026, 3, 1), issued_on=date(2026, 2, 1), vat_amount=Decimal(19)
    )
    DueItem.objects.update(discount_until=LAST_DAY, discount_share=Decimal("0.02"))
    item.refresh_from_db()
    return item


def unapplied(item, amount=ALL_OF_IT, **values):
    return make.payment(item.customer, amount, received_on=LAST_DAY, lines=[], **values)


def settle(source, item, amount=ALL_OF_IT, short=DISCOUNT, code="discount"):
    lines = [(item.pk, Decimal(amount))] if amount else []
    [row] = services.settle(
        source=source, lines=lines, shorts=[(item.pk, Decimal(short), code)], on=LAST_DAY, by=make.BY
    )
    return row


def bounce(payment, on=BOUNCED):
    services.reverse_payment(payment=payment, on=on, by=make.BY, because="The bank took it back")


def now(row):
    return type(row).objects.get(pk=row.pk)


def in_order(*days):
    found = [books.check(as_of=day) for day in days or (LAST_DAY, BOUNCED, LATE)]
    return {one.name: one.broken for report in found for one in report.invariants if one.broken} == {}


@pytest.mark.parametrize(("amount", "short", "code"), [("116.62", "2.38", "discount"), ("118.60", "0.40", "rounding")])
def test_what_a_rule_closed_is_open_again_when_its_payment_bounces_and_is_not_kept_by_paying_late(
    item, amount, short, code
):
    payment = unapplied(item, amount)
    closed = settle(payment, item, amount, short, code)

    bounce(payment)

    assert (now(item).open_amount, now(item).settled_on, now(closed).state) == (Decimal(119), None, "reversed")
    make.payment(item.customer, amount, received_on=LATE, lines=[(item.pk, Decimal(amount))])
    assert now(item).open_amount == Decimal(short)
    assert in_order()


def test_taking_back_one_allocation_takes_its_discount_back_and_leaves_the_others(item):
    other = make.due_item(item.customer, 119, due_date=date(2026, 3, 1), issued_on=date(2026, 2, 1))
    DueItem.objects.filter(pk=other.pk).update(discount_until=LAST_DAY, discount_share=Decimal("0.02"))
    payment = unapplied(item, 2 * ALL_OF_IT)
    settle(payment, item)
    settle(payment, other)

    row = Allocation.objects.get(payment=payment, due_item=item)
    services.take_back(allocation=row, on=BOUNCED, by=make.BY, because="Meant for another")

    assert (now(item).open_amount, now(other).open_amount) == (Decimal(119), 0)
    assert in_order()


def test_the_discount_of_a_payment_falls_when_other_money_of_the_item_bounces(item):
    first = make.payment(item.customer, 60, received_on=date(2026, 2, 5), lines=[(item.pk, Decimal(60))])
    second = unapplied(item, "56.62")
    closed = settle(second, item, "56.62")
    assert now(item).open_amount == 0

    bounce(first)

    assert (now(item).open_amount, now(closed).state) == (Decimal("62.38"), "reversed")
    assert in_order()


def test_a_request_for_the_rest_is_declined_when_its_payment_bounces_and_nobody_can_grant_it(item):
    payment = unapplied(item, 100)
    asked = settle(payment, item, 100, 19, "price")

    bounce(payment)

    asked.refresh_from_db()
    assert (asked.state, asked.by_rule, asked.decided_on) == ("declined", "its payment was taken back", BOUNCED)
    assert Entry.objects.get(verb="receivables.write_off_declined").after["because"] == "The bank took it back"
    with pytest.raises(services.AlreadyDone, match="decided already"):
        services.grant_write_off(write_off=asked, on=LATE, by=make.manager())
    assert now(item).open_amount == Decimal(119)


def test_a_request_is_declined_with_its_payment_even_where_that_settled_nothing_of_the_item(item):
    payment = unapplied(item, 100)
    asked = settle(payment, item, amount=0, short=19, code="price")

    bounce(payment)

    assert now(asked).state == "declined"


def test_a_rest_that_a_second_person_gave_up_is_open_again_when_its_payment_bounces(item):
    payment = unapplied(item, 100)
    asked = settle(payment, item, 100, 19, "damage")
    services.grant_write_off(write_off=asked, on=LAST_DAY, by=make.manager())

    bounce(payment)

    assert (now(item).open_amount, now(asked).state) == (Decimal(119), "reversed")
    assert in_order()


def test_a_debt_that_was_given_up_without_a_payment_stays_given_up_when_one_bounces(item):
    payment = make.payment(item.customer, 19, received_on=LAST_DAY, lines=[(item.pk, Decimal(19))])
    asked = services.ask_write_off(
        target=item, amount=Decimal(100), code="bad debt", because="Insolvent", on=LAST_DAY, by=make.BY
    )
    services.grant_write_off(write_off=asked, on=LAST_DAY, by=make.manager())

    bounce(payment)

    assert (now(item).open_amount, now(item).claim_amount, now(asked).state) == (19, 100, "granted")
    assert in_order()


# Every way in which money goes


def by_a_credit_note(item):
    note = services.record_credit_note(
        customer=item.customer, number="CN-1", amount=ALL_OF_IT, currency="EUR", issued_on=LAST_DAY, by=make.BY
    )
    settle(note, item)
    return lambda: services.reverse_credit_note(note=note, on=BOUNCED, by=make.BY, because="Not returned")


def by_a_cheque(item):
    paper = make.paper(item, ALL_OF_IT, received_on=LAST_DAY, matures_on=LAST_DAY)
    settle(services.honour_paper(paper=paper, on=LAST_DAY, by=make.BY), item, amount=0)
    return lambda: services.dishonour_paper(paper=paper, on=BOUNCED, by=make.BY, because="No funds")


def by_a_receipt(item):
    receipt = make.receipt(item, ALL_OF_IT, rep=make.rep(), received_on=LAST_DAY)
    payment = services.verify_receipt(receipt=receipt, by=make.finance())
    settle(payment, item, amount=0)
    return lambda: bounce(payment)


def by_an_exchange(item):
    make.account("USD")
    dollars = unapplied(item, 200, currency="USD")
    exchanged = services.exchange(
        payment=dollars, amount=Decimal(200), into="EUR", rate=Decimal("0.5831"), source="ECB", on=LAST_DAY, by=make.BY
    )
    settle(exchanged.into, item)
    return lambda: services.reverse_exchange(exchange=exchanged, on=BOUNCED, by=make.BY, because="Another rate")


def by_a_list(item):
    payment = unapplied(item, reported_by_ledger=True)
    settle(payment, item)
    return lambda: services.reopen_invoice(
        invoice=item.invoice, amount=Decimal(119), on=BOUNCED, by=make.BY, because="Open in the list"
    )


def by_a_list_that_has_it_elsewhere(item):
    other = make.due_item(item.customer, 500, due_date=date(2026, 3, 1), issued_on=date(2026, 2, 1))
    settle(unapplied(item), item)
    return lambda: services.move_money(
        source=item.invoice, target=other.invoice, amount=ALL_OF_IT, on=BOUNCED, by=make.BY, because="In the list"
    )


WAYS = (by_a_credit_note, by_a_cheque, by_a_receipt, by_an_exchange, by_a_list, by_a_list_that_has_it_elsewhere)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_the_discount_goes_with_its_money_whichever_way_that_goes(item, way):
    goes = way(item)
    assert (now(item).open_amount, now(item).settled_on) == (0, LAST_DAY)

    goes()

    assert (now(item).open_amount, WriteOff.objects.get().state) == (Decimal(119), "reversed")
    assert in_order()


def test_of_an_invoice_that_the_list_has_open_again_only_what_hangs_on_its_own_money_opens(item):
    """The list says how much is open; our discount on other money is not the ledger's to take."""
    make.payment(item.customer, 60, received_on=LAST_DAY, lines=[(item.pk, Decimal(60))], reported_by_ledger=True)
    closed = settle(unapplied(item, "56.62"), item, "56.62")

    services.reopen_invoice(
        invoice=item.invoice, amount=Decimal(60), on=BOUNCED, by=make.BY, because="Open in the list"
    )

    assert (now(item).open_amount, now(closed).state) == (Decimal(60), "granted")
    with pytest.raises(services.NotByRule, match=r"By rule €0\.00"):  # the discount is given once
        settle(unapplied(item, "57.62"), item, "57.62")


# What follows


def test_the_days_before_the_bounce_stay_as_they_were_and_its_rows_have_its_day(item):
    payment = unapplied(item)
    settle(payment, item)

    bounce(payment)

    open_on = {day: standings.ageing(as_of=day).totals[0].amount for day in (date(2026, 2, 9), BOUNCED)}
    assert open_on == {date(2026, 2, 9): Decimal(119), BOUNCED: Decimal(119)}
    assert not standings.ageing(as_of=date(2026, 3, 15)).totals
    back = Allocation.objects.filter(reverses__isnull=False)
    assert set(back.values_list("applies_on", flat=True)) == {BOUNCED}
    assert {row.entered_at.date() for row in back} == {make.TODAY}


def test_the_journal_tells_the_discount_and_its_tax_back(item):
    payment = unapplied(item)
    settle(payment, item)
    services.export_journal(up_to=LAST_DAY, by=make.BY)

    bounce(payment)
    told = services.export_journal(up_to=LATE, by=make.BY)

    rows = {(row.kind, row.debit, row.credit): row.amount for row in told.rows.all()}
    assert rows[("discount", "1200", "4200")] == Decimal("2.00")
    assert rows[("vat", "1200", "2200")] == Decimal("0.38")
    on_account = {"1200": Decimal(0), "4200": Decimal(0), "2200": Decimal(0)}
    for row in JournalRow.objects.all():
        for number, amount in ((row.debit, row.amount), (row.credit, -row.amount)):
            if number in on_account:
                on_account[number] += amount
    assert set(on_account.values()) == {Decimal(0)}, "what was told is told back"


def test_a_payment_may_be_settled_anew_with_its_discount_while_there_is_time(item):
    payment = unapplied(item)
    settle(payment, item)
    services.take_back(allocation=payment.allocations.get(), on=LAST_DAY, by=make.BY, because="Booked in haste")

    settle(now(payment), item)

    assert now(item).open_amount == 0
    assert sorted(WriteOff.objects.values_list("state", flat=True)) == ["granted", "reversed"]
    assert in_order()


def test_a_charge_that_is_reversed_ends_what_was_given_up_of_it(item):
    charge = services.claim(
        due_item=item, kind="fee", amount=Decimal(40), basis="Clause 9", on=date(2026, 3, 2), by=make.BY
    )
    services.waive(charge=charge, amount=Decimal(15), because="Good customer", on=date(2026, 3, 3), by=make.BY)
    asked = services.ask_write_off(
        target=charge, amount=Decimal(5), code="unknown", because="?", on=date(2026, 3, 3), by=make.BY
    )

    services.reverse_charge(charge=charge, because="No basis", on=BOUNCED, by=make.BY)

    assert (now(charge).open_amount, WriteOff.objects.get(code="waived").state) == (0, "reversed")
    assert (now(asked).state, now(asked).by_rule) == ("declined", "its charge was taken back")
    assert in_order()


def test_money_that_settled_nothing_reverses_without_a_write_off(item):
    payment = unapplied(item)

    bounce(payment)

    assert (now(item).open_amount, Payment.objects.count(), WriteOff.objects.count()) == (Decimal(119), 2, 0)
