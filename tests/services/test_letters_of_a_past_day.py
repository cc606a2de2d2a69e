"""A letter of a past day asks for what was open on that day, and never for money that has come since."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from collections_app.cases import queries as suppressions
from collections_app.cases import services as cases
from collections_app.cases.models import Dispute, Promise
from collections_app.letters import printing, queries, services, sheet
from common import clock
from receivables import services as receivables
from tests import factories as make
from tests.print.letters import addressed

pytestmark = pytest.mark.django_db


def test_money_that_came_since_is_not_asked_for_in_a_letter_of_a_past_day():
    make.business()
    customer, today = addressed(), clock.business_today()
    part_paid = make.due_item(customer, 100, due_date=today - timedelta(days=60))
    settled = make.due_item(customer, 50, due_date=today - timedelta(days=50))
    make.invoice(customer, 70, due_date=today - timedelta(days=5))
    make.payment(customer, 30, received_on=today - timedelta(days=20), lines=[(part_paid.pk, Decimal(30))])
    make.payment(customer, 60, received_on=today - timedelta(days=10), lines=[
        (part_paid.pk, Decimal(10)), (settled.pk, Decimal(50))
    ])  # fmt: skip

    def asked(day):
        [letter] = queries.proposal(as_of=day).letters
        return [(item.paid, item.open_amount) for item in letter.items]

    assert asked(today - timedelta(days=15)) == [(Decimal(40), Decimal(60))]
    assert asked(today) == [(Decimal(40), Decimal(60)), (Decimal(0), Decimal(70))]


def test_a_letter_of_a_past_day_asks_for_no_more_than_was_open_then():
    make.business()
    customer, today = addressed(), clock.business_today()
    item = make.due_item(customer, 100, due_date=today - timedelta(days=60))
    paid = make.payment(customer, 30, received_on=today - timedelta(days=40), lines=[(item.pk, Decimal(30))])
    receivables.reverse_payment(payment=paid, on=today - timedelta(days=5), by=make.BY, because="bounced")

    [letter] = queries.proposal(as_of=today - timedelta(days=15)).letters

    assert [(one.paid, one.open_amount) for one in letter.items] == [(Decimal(0), Decimal(70))]


def test_the_notice_of_a_letter_of_a_past_day_runs_from_the_day_of_its_issue():
    make.business()
    customer, today = addressed(), clock.business_today()
    make.invoice(customer, 100, due_date=today - timedelta(days=60))

    letter = services.issue(as_of=today - timedelta(days=15), by=make.BY).letters.get()

    assert letter.pay_by == date(2026, 12, 4)  # ten days after today, not after the day of the letter
    assert "4 December 2026" in letter.frozen["subject"]


def test_money_on_account_is_that_of_the_day_of_issue():
    make.business()
    customer, today = addressed(), clock.business_today()
    make.invoice(customer, 100, due_date=today - timedelta(days=60))
    make.payment(customer, 20, received_on=today - timedelta(days=10), lines=[])

    [then] = queries.proposal(as_of=today - timedelta(days=15)).letters
    [now] = queries.proposal(as_of=today).letters

    assert (then.held.unapplied_amount, now.held.unapplied_amount) == (Decimal(20), Decimal(20))


@pytest.fixture
def late():
    make.business()
    return make.due_item(addressed(), 100, due_date=clock.business_today() - timedelta(days=60))


def asked(day):
    """What the letters of a day ask for, and what they leave out, with its kind."""
    letters = queries.proposal(as_of=day).letters
    return (
        [item.open_amount for letter in letters for item in letter.items],
        [(one.kind, one.amount) for letter in letters for one in letter.set_aside],
    )


def disputed(item, *, on):
    cases.open_dispute(due_item=item, amount=Decimal(40), reason="price", on=on, by=make.BY)


def test_what_was_disputed_then_is_left_out_even_where_the_dispute_is_closed_now(late):
    today = clock.business_today()
    before, disputed_then = today - timedelta(days=25), today - timedelta(days=15)
    disputed(late, on=today - timedelta(days=20))
    Dispute.objects.update(closed_on=today - timedelta(days=10))

    assert asked(before) == ([Decimal(100)], [])
    assert asked(disputed_then) == ([Decimal(60)], [("disputed", Decimal(40))])
    assert asked(today) == ([Decimal(100)], [])


def test_what_is_disputed_or_promised_since_is_not_asked_for_in_a_letter_of_a_past_day_either(late):
    today = clock.business_today()
    disputed(late, on=today - timedelta(days=10))
    cases.promise(
        customer=late.customer, lines=[(late.pk, Decimal(30))], amount=Decimal(30), currency="EUR",
        promised_on=today + timedelta(days=2), method="transfer", on=today - timedelta(days=1), by=make.BY,
    )  # fmt: skip

    assert asked(today - timedelta(days=15)) == ([Decimal(30)], [("disputed", Decimal(40)), ("promised", Decimal(30))])


def test_a_promise_that_was_running_then_is_left_out_even_where_it_is_broken_now(late):
    today = clock.business_today()
    made, promised = today - timedelta(days=20), today - timedelta(days=12)
    cases.promise(
        customer=late.customer, lines=[(late.pk, Decimal(30))], amount=Decimal(30), currency="EUR",
        promised_on=promised, method="transfer", on=made, by=make.BY,
    )  # fmt: skip
    Promise.objects.update(state="broken", settled_on=today - timedelta(days=8))

    assert asked(made - timedelta(days=1)) == ([Decimal(100)], [])
    assert asked(made + timedelta(days=1)) == ([Decimal(70)], [("promised", Decimal(30))])
    assert asked(today) == ([Decimal(100)], [])


def test_a_paper_that_was_in_hand_then_is_left_out_even_where_it_went_back_since(late):
    today = clock.business_today()
    paper = make.paper(late, 25, received_on=today - timedelta(days=20), matures_on=today - timedelta(days=5))
    receivables.return_paper(paper=paper, on=today - timedelta(days=10), by=make.BY, because="Wrong drawer")

    assert asked(today - timedelta(days=15)) == ([Decimal(75)], [("paper", Decimal(25))])
    [draft] = services.prepare(as_of=today - timedelta(days=15)).drafts
    assert "covered by your cheque or bill that falls due on" in draft["set_aside"][0]
    assert asked(today - timedelta(days=9)) == ([Decimal(100)], [])


def test_a_customer_lost_then_gets_no_letter_of_that_day_and_only_what_is_open_still_is_named(late):
    today = clock.business_today()
    make.befall(late.customer, "handed over", on=today - timedelta(days=30))
    make.payment(late.customer, 90, received_on=today - timedelta(days=10))

    assert asked(today - timedelta(days=20)) == ([], [])
    [row] = queries.proposal(as_of=today - timedelta(days=20)).left_out
    assert (row.amount, row.reason) == (Decimal(10), str(suppressions.HANDED_OVER))


def test_a_due_date_that_was_moved_later_is_the_agreed_one_in_the_letter_of_before(late):
    today = clock.business_today()
    receivables.move_due_date(
        due_item=late, due_date=today - timedelta(days=2), on=today - timedelta(days=10), by=make.BY, because="Agreed"
    )

    [letter] = queries.proposal(as_of=today - timedelta(days=15)).letters
    assert (letter.items[0].due_on, letter.items[0].days_late) == (today - timedelta(days=60), 45)
    assert asked(today - timedelta(days=5)) == ([], [])


def test_the_sentence_about_payments_and_the_row_count_all_that_has_come(late):
    today = clock.business_today()
    make.payment(late.customer, 30, received_on=today - timedelta(days=20))
    make.payment(late.customer, 10, received_on=today - timedelta(days=10))

    [draft] = services.prepare(as_of=today - timedelta(days=15)).drafts

    [row] = draft["table"]["rows"]
    assert "Payments and credits of EUR\u00a040.00" in draft["paragraph"]
    assert (row["paid"], row["open"]) == ("40.00", "60.00")


def test_a_row_with_a_disputed_part_adds_up_in_the_table_itself(late):
    today = clock.business_today()
    make.invoice(late.customer, 70, due_date=today - timedelta(days=50))
    make.payment(late.customer, 10, received_on=today - timedelta(days=20), lines=[(late.pk, Decimal(10))])
    without = services.prepare(as_of=today).drafts[0]["table"]
    disputed(late, on=today)

    table = services.prepare(as_of=today).drafts[0]["table"]

    columns = [[row[name] for name in ("invoiced", "paid", "aside", "open")] for row in table["rows"]]
    assert columns == [["100.00", "10.00", "40.00", "50.00"], ["70.00", "–", "–", "70.00"]]
    assert not without["with_aside"]
    html = printing.html_of(sheet.numbered(services.prepare(as_of=today).drafts[0], "D1 2026-0001"))
    assert "Not included<br>EUR" in html and "To pay<br>EUR" in html
