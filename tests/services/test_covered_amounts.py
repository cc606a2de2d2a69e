"""What a receipt or a paper covers leaves asking, visits and letters at once, and comes back with the bad news."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from collections_app.cases import queries, services
from collections_app.cases.models import Promise
from collections_app.letters import queries as letters
from collections_app.standings import queries as standings
from collections_app.visits import services as visits
from receivables import services as receivables
from tests import factories as make

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)
MATURES = date(2026, 12, 15)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr("common.clock.business_today", lambda: TUESDAY)


@pytest.fixture
def rep(db):
    make.business(calendar="ES")
    return make.rep("carmen")


@pytest.fixture
def item(rep):
    customer = make.customer(rep)
    make.site(customer)
    make.contact(customer)
    return make.due_item(customer, 500, due_date=TUESDAY - timedelta(days=40))


def asked(item, on=TUESDAY):
    """What asking, the visit of the day and the day's letter ask for."""
    left = queries.askable([item], queries.suppressed(as_of=on, customers=[item.customer_id]))[item.pk]
    stop = visits.plan_day(on=on, rep=item.customer.owner, by=make.BY).stops.filter(state="planned").first()
    letter = next(iter(letters.proposal(as_of=on).letters), None)
    lettered = sum((one.open_amount for one in letter.items), Decimal(0)) if letter else Decimal(0)
    return left, stop.ask_amount if stop else Decimal(0), lettered


def in_ageing(on=TUESDAY):
    [total] = standings.ageing(as_of=on, by=("currency",)).totals
    return total.amount


def all_of(amount):
    return (Decimal(amount),) * 3


def test_provisional_money_stays_in_the_ageing_and_leaves_asking_visits_and_letters(rep, item):
    assert asked(item) == all_of(500)

    receipt = make.receipt(item, 500, rep=rep)
    assert (asked(item), in_ageing()) == (all_of(0), Decimal(500))

    receivables.refuse_receipt(receipt=receipt, because="Not there", by=make.BY)
    assert asked(item) == all_of(500)


def test_a_verified_receipt_leaves_the_ageing_too(rep, item):
    receipt = make.receipt(item, 200, rep=rep)
    assert (asked(item), in_ageing()) == (all_of(300), Decimal(500))

    receivables.verify_receipt(receipt=receipt, by=make.BY)

    item.refresh_from_db()
    assert (asked(item), in_ageing()) == (all_of(300), Decimal(300))


def test_cash_that_is_handed_in_stays_covered_until_the_bank_has_it(rep, item):
    make.receipt(item, 500, rep=rep)
    hand_in = make.hand_in(rep)
    finance = make.finance()
    assert asked(item) == all_of(0)

    receivables.receive_hand_in(hand_in=hand_in, by=finance)
    assert asked(item) == all_of(0)
    receivables.close_hand_in(hand_in=hand_in, reference="7", banked_on=TUESDAY, amount=Decimal(500), by=finance)

    item.refresh_from_db()
    assert (item.open_amount, asked(item)) == (Decimal(0), all_of(0))


def test_a_paper_in_hand_is_not_chased_before_its_maturity(item):
    paper = make.paper(item, 500, matures_on=MATURES)
    assert (asked(item), in_ageing()) == (all_of(0), Decimal(500))

    receivables.present_paper(paper=paper, on=TUESDAY, by=make.BY)
    assert asked(item) == all_of(0)

    left = {
        day: queries.askable([item], queries.suppressed(as_of=day, customers=[item.customer_id]))[item.pk]
        for day in (MATURES - timedelta(days=1), MATURES, MATURES + timedelta(days=1))
    }
    assert list(left.values()) == [Decimal(0), Decimal(0), Decimal(500)]


def test_a_letter_says_why_it_leaves_a_paper_out_and_until_when(item):
    make.paper(item, 500, matures_on=MATURES)

    [row] = letters.proposal(as_of=TUESDAY).left_out

    assert (row.amount, row.reason, row.returns_on) == (
        Decimal(500),
        "Covered by a cheque or bill in hand until it matures",
        MATURES,
    )


@pytest.mark.parametrize("end", ["dishonoured", "given back"])
def test_a_paper_that_comes_back_is_asked_for_again(item, end):
    paper = make.paper(item, 500, matures_on=MATURES)
    if end == "dishonoured":
        receivables.dishonour_paper(paper=paper, on=TUESDAY, by=make.BY, because="No funds")
    else:
        receivables.return_paper(paper=paper, on=TUESDAY, by=make.BY, because="They pay by transfer")

    assert asked(item) == all_of(500)


# Promises


@pytest.fixture
def promise(item):
    """500 by this Tuesday, two working days of grace: until Thursday."""
    return services.promise(
        customer=item.customer, amount=Decimal(500), currency="EUR", promised_on=TUESDAY, method="transfer",
        lines=[(item.pk, Decimal(500))], on=TUESDAY - timedelta(days=7), by=make.BY,
    )  # fmt: skip


AFTER_GRACE = date(2026, 11, 27)


def fate(promise, on=AFTER_GRACE):
    services.settle_promises(as_of=on)
    promise.refresh_from_db()
    return promise.state


def test_a_promise_that_a_receipt_covers_is_not_broken_and_kept_when_the_money_is_verified(rep, item, promise):
    receipt = make.receipt(item, 500, rep=rep)
    assert fate(promise) == Promise.State.OPEN

    receivables.verify_receipt(receipt=receipt, by=make.BY)

    assert (fate(promise), promise.settled_on) == (Promise.State.KEPT, TUESDAY)


def test_it_is_broken_when_the_receipt_is_refused(rep, item, promise):
    receipt = make.receipt(item, 500, rep=rep)
    assert fate(promise) == Promise.State.OPEN

    receivables.refuse_receipt(receipt=receipt, because="Not there", by=make.BY)

    assert (fate(promise), promise.settled_on) == (Promise.State.BROKEN, AFTER_GRACE)


def test_a_receipt_over_a_part_does_not_keep_it_from_breaking(rep, item, promise):
    make.receipt(item, "499.99", rep=rep)

    assert fate(promise) == Promise.State.BROKEN


def test_a_receipt_and_money_together_cover_it(rep, item, promise):
    make.payment(item.customer, 300, received_on=TUESDAY)
    make.receipt(item, 200, rep=rep)

    assert fate(promise) == Promise.State.OPEN


def test_a_receipt_from_before_the_promise_does_not_count_for_it(rep, item, promise):
    make.receipt(item, 500, rep=rep, received_on=TUESDAY - timedelta(days=8))

    assert fate(promise) == Promise.State.BROKEN


def test_a_paper_covers_a_promise_until_it_matures(item, promise):
    make.paper(item, 500, matures_on=MATURES)

    assert fate(promise, MATURES) == Promise.State.OPEN
    assert fate(promise, MATURES + timedelta(days=1)) == Promise.State.BROKEN


def test_a_dishonoured_paper_breaks_it(item, promise):
    paper = make.paper(item, 500, matures_on=MATURES)
    assert fate(promise) == Promise.State.OPEN

    receivables.dishonour_paper(paper=paper, on=TUESDAY, by=make.BY, because="No funds")

    assert fate(promise) == Promise.State.BROKEN
