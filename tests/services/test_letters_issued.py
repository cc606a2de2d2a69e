"""Issuing: which letters go out, once, with numbers that have no gaps, frozen and then never changed."""

from datetime import date, timedelta
from decimal import Decimal
from unittest import mock

import pytest

from collections_app.cases import services as cases
from collections_app.letters import queries, services
from collections_app.letters.models import LeftOut, Letter, LetterItem, Run
from common.models import Series
from receivables import services as receivables
from tests import factories as make
from tests.print.letters import addressed

AS_OF = date(2026, 11, 20)
pytestmark = pytest.mark.django_db


today = mock.Mock(return_value=AS_OF)


@pytest.fixture(autouse=True)
def every_letter_on_its_day(monkeypatch):
    """The clock goes on with the runs: a letter is written on the day of its run, unless a test says otherwise."""
    today.return_value = AS_OF
    monkeypatch.setattr("common.clock.business_today", today)


def late(of, amount=100, *, days=30, **values):
    return make.due_item(of, amount, due_date=AS_OF - timedelta(days=days), **values)


def issue(as_of=AS_OF, **values):
    today.return_value = as_of
    return services.issue(as_of=as_of, by=make.BY, **values)


@pytest.fixture(autouse=True)
def _business():
    make.business()


def test_one_letter_per_customer_and_currency_asks_for_all_late_items():
    make.account("USD")
    buyer = addressed()
    late(buyer, "100.10")
    late(buyer, "50.05", days=3)
    late(buyer, "70", currency="USD")
    make.due_item(buyer, 900, due_date=AS_OF)  # the due day itself is on time

    run = issue()

    totals = {letter.currency: letter.total_amount for letter in run.letters.all()}
    assert totals == {"EUR": Decimal("150.15"), "USD": Decimal("70")}


def test_a_second_run_for_the_same_day_issues_nothing():
    buyer = addressed()
    late(buyer)
    issue()

    assert issue() is None
    assert (Run.objects.count(), Letter.objects.count()) == (1, 1)
    [row] = queries.proposal(as_of=AS_OF).left_out
    assert row.returns_on == Letter.objects.get().pay_by + timedelta(days=1)


def test_numbers_of_a_year_have_no_gaps_over_several_runs():
    for _ in range(3):
        late(addressed())
    issue()
    late(addressed())
    issue(AS_OF + timedelta(days=1))

    assert list(Letter.objects.order_by("number").values_list("year", "number")) == [(2026, n) for n in range(1, 5)]


def test_a_failed_run_gives_its_numbers_back(monkeypatch):
    late(addressed())
    monkeypatch.setattr(services, "_store_left_out", lambda *_: (_ for _ in ()).throw(OSError("disk")))

    with pytest.raises(OSError, match="disk"):
        issue()

    assert not Series.objects.filter(name="D").exists()
    assert not Letter.objects.exists()


def test_the_next_level_follows_only_after_the_notice_of_the_last_letter_ended():
    buyer = addressed()
    late(buyer, days=100)
    first = issue().letters.get()

    on_the_last_day = issue(first.pay_by)
    the_day_after = issue(first.pay_by + timedelta(days=1))

    assert on_the_last_day is None
    assert [first.level, the_day_after.letters.get().level] == [1, 2]


def test_a_letter_takes_the_text_of_its_highest_item_and_lists_what_is_also_due():
    buyer = addressed()
    reminded = late(buyer, 100, days=60)
    first = issue().letters.get()
    day = first.pay_by + timedelta(days=1)
    fresh = make.due_item(buyer, 40, due_date=day - timedelta(days=2))
    letter = issue(day).letters.get()

    levels = dict(LetterItem.objects.filter(letter=letter).values_list("due_item", "level"))
    assert letter.level == 2
    assert levels == {reminded.pk: 2, fresh.pk: 1}
    assert letter.total_amount == 140
    assert "20 November 2026" in letter.frozen["paragraph"]


def test_a_disputed_amount_is_left_out_with_its_reason_and_return_date():
    buyer = addressed()
    item = late(buyer, 300)
    cases.open_dispute(
        due_item=item,
        amount=Decimal(120),
        reason="quality",
        note="",
        on=AS_OF,
        by=make.BY,
        review_on=AS_OF + timedelta(days=14),
    )

    run = issue()

    letter = run.letters.get()
    assert letter.total_amount == 180
    assert letter.frozen["set_aside"] and "120.00" in letter.frozen["set_aside"][0]
    assert LeftOut.objects.get().returns_on == AS_OF + timedelta(days=14)


def test_a_promised_item_gets_no_letter_while_the_promise_runs():
    buyer = addressed()
    item = late(buyer, 300)
    cases.promise(
        customer=buyer,
        amount=Decimal(300),
        currency="EUR",
        promised_on=AS_OF + timedelta(days=5),
        method="transfer",
        lines=[(item.pk, Decimal(300))],
        on=AS_OF,
        by=make.BY,
    )

    assert issue() is None
    [row] = queries.proposal(as_of=AS_OF).left_out
    assert row.amount == 300


def test_no_letter_goes_out_on_the_day_of_a_promise_nor_in_its_grace():
    buyer = addressed()
    item = late(buyer, 300)
    promise = cases.promise(
        customer=buyer,
        amount=Decimal(300),
        currency="EUR",
        promised_on=AS_OF + timedelta(days=5),
        method="transfer",
        lines=[(item.pk, Decimal(300))],
        on=AS_OF,
        by=make.BY,
    )
    day_after = promise.grace_until + timedelta(days=1)
    days = (promise.promised_on - timedelta(days=1), promise.promised_on, promise.grace_until, day_after)

    proposals = [queries.proposal(as_of=day) for day in days]

    assert [len(proposal.letters) for proposal in proposals] == [0, 0, 0, 1]
    assert {row.returns_on for proposal in proposals for row in proposal.left_out} == {day_after}


def test_a_customer_handed_over_gets_no_letter():
    late(addressed(handed_over_on=AS_OF), 300)

    assert issue() is None


@pytest.mark.parametrize(("amount", "letters"), [("4.99", 0), ("5.00", 1)])
def test_the_smallest_amount_of_a_letter(amount, letters):
    late(addressed(), amount)

    assert len(queries.proposal(as_of=AS_OF).letters) == letters


def test_a_currency_without_bank_account_is_left_out_with_the_reason():
    late(addressed(), currency="SEK")

    proposal = queries.proposal(as_of=AS_OF)

    assert not proposal.letters
    assert "SEK" in proposal.left_out[0].reason


@pytest.mark.parametrize(
    ("site", "reached"),
    [
        ({"street": "", "postcode": "", "city": "Valencia"}, False),
        ({"street": "", "postcode": "46023", "city": "Valencia"}, True),
        ({"street": "Calle del Puerto 18", "postcode": "", "city": ""}, True),
    ],
)
def test_a_letter_whose_customer_post_does_not_reach_says_so_in_the_review(site, reached):
    buyer = make.customer()
    make.site(buyer, **site)
    late(buyer, 80)

    proposal = queries.proposal(as_of=AS_OF)

    assert [letter.has_address for letter in proposal.letters] == [reached]


def test_a_letter_goes_to_the_site_that_post_reaches():
    buyer = make.customer()
    make.site(buyer, street="", postcode="", city="Valencia", pays_here=True)
    make.site(buyer, street="Quay 4", pays_here=False)
    late(buyer)

    assert "Quay 4" in issue().letters.get().frozen["address"]


def test_credit_notes_are_named_by_number_apart_from_money_that_waits_for_an_invoice():
    buyer = addressed()
    make.payment(buyer, 20, received_on=AS_OF - timedelta(days=40), lines=[])
    for number, amount in (("CN-1", 5), ("CN-2", 7)):
        make.credit_note(buyer, amount, number=number, issued_on=AS_OF - timedelta(days=40))
    late(buyer, 300)

    paragraph = issue().letters.get().frozen["paragraph"]

    assert "We also hold EUR\u00a020.00 from you that is not yet matched" in paragraph
    assert "Your credit notes CN-1 and CN-2, EUR\u00a012.00 together, are not yet set against an invoice" in paragraph


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Your credit note CN-1 of EUR"), ("es", "Su abono CN-1 por"), ("zh-hans", "贷项通知单 CN-1")],
)
def test_a_letter_without_waiting_money_speaks_of_the_credit_note_alone(language, words):
    buyer = addressed(language=language)
    make.credit_note(buyer, 5, number="CN-1", issued_on=AS_OF - timedelta(days=40))
    late(buyer, 300)

    letter = issue().letters.get()

    assert words in letter.frozen["paragraph"]
    assert "not yet matched" not in letter.frozen["paragraph"]


def test_many_credit_notes_are_counted_and_not_listed():
    buyer = addressed()
    for number in range(13):
        make.credit_note(buyer, 1, number=f"CN-{number}", issued_on=AS_OF - timedelta(days=40))
    late(buyer, 300)

    assert "13 credit notes of yours, EUR\u00a013.00 together" in issue().letters.get().frozen["paragraph"]


def test_money_that_is_not_yet_allocated_is_not_asked_for_again():
    buyer = addressed()
    make.payment(buyer, 500, received_on=AS_OF - timedelta(days=40), lines=[])
    late(buyer, 300)

    assert not queries.proposal(as_of=AS_OF).letters


def test_an_item_that_comes_back_after_payment_starts_again_at_the_first_level():
    buyer = addressed()
    item = late(buyer, days=100)
    first = issue().letters.get()
    paid = make.payment(buyer, 100, received_on=AS_OF)
    receivables.reverse_payment(payment=paid, on=AS_OF, by=make.BY, because="bounced")

    second = issue(first.pay_by + timedelta(days=1)).letters.get()

    row = LetterItem.objects.get(letter=second, due_item=item)
    assert (row.level, row.cycle) == (1, 2)


def test_a_name_that_the_fonts_cannot_print_costs_no_number():
    late(addressed(name="ร้านค้า"))
    late(addressed(name="Łódź Hurt"))

    run = issue()

    assert [letter.number for letter in run.letters.all()] == [1]
    assert "U+0E23" in run.left_out.get().reason


def test_without_a_business_the_run_is_refused_in_words():
    from staff.models import BankAccount, Business

    late(addressed())
    BankAccount.objects.all().delete()
    Business.objects.all().delete()

    assert queries.proposal(as_of=AS_OF).left_out[0].reason.startswith("There is no bank account")


def test_a_printed_letter_is_never_changed(pango):
    late(addressed())
    letter = services.render(issue().letters.get())
    before = (letter.sha256, letter.document_id, letter.rendered_at)
    letter.frozen["subject"] = "Something else"

    stale = Letter.objects.get(pk=letter.pk)
    stale.document = None
    again = services.render(stale)

    assert (again.sha256, again.document_id, again.rendered_at) == before


def test_printing_goes_on_where_a_run_was_broken_off(pango):
    for _ in range(3):
        late(addressed())
    run = issue()

    assert services.render_waiting(run_id=run.pk, most=2) == 1
    assert services.render_waiting() == 0


def test_a_proposal_needs_the_same_number_of_queries_at_any_size(django_assert_num_queries):
    def asked():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as found:
            services.prepare(as_of=AS_OF)
        return len(found)

    for _ in range(2):
        late(addressed())
    few = asked()
    for _ in range(12):
        late(addressed())

    assert asked() == few


def test_a_letter_of_a_day_that_has_not_come_is_refused(monkeypatch):
    monkeypatch.setattr("common.clock.business_today", lambda: date(2026, 11, 23))

    with pytest.raises(services.NotYet, match="has not come yet"):
        services.issue(as_of=date(2026, 11, 24), by=make.BY)
