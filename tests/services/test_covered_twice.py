"""Money over amounts that money in hand covers already: asked for once, taken when it is confirmed."""

from datetime import date
from decimal import Decimal

import pytest

from receivables import services
from receivables.models import Receipt
from tests import factories as make

pytestmark = pytest.mark.django_db
DUE, TODAY = date(2026, 10, 1), make.TODAY


@pytest.fixture
def rep(db):
    make.business(calendar="ES")
    return make.rep("carmen")


@pytest.fixture
def item(rep):
    return make.due_item(make.customer(rep), 100, due_date=DUE, number="INV-1")


def without_lines(item, amount, rep):
    return services.record_receipt(
        customer=item.customer, rep=rep, method="cash", amount=Decimal(amount), currency="EUR", lines=[],
        received_on=TODAY, key=f"{amount}",
    )  # fmt: skip


def test_a_second_receipt_over_a_covered_amount_is_asked_for_and_taken_when_confirmed(rep, item):
    first = make.receipt(item, 100, rep=rep)

    with pytest.raises(services.Covered, match=rf"\({first.number}\) already covers €100\.00.*tick the box"):
        make.receipt(item, 100, rep=rep)
    assert Receipt.objects.count() == 1

    assert make.receipt(item, 100, rep=rep, sure=True).amount == Decimal(100)


@pytest.mark.parametrize(("second", "over"), [(40, None), (41, "1.00"), (60, "20.00")])
def test_what_is_left_of_an_item_needs_no_question_and_the_amount_beyond_it_is_named(rep, item, second, over):
    make.receipt(item, 60, rep=rep)

    if over is None:
        assert make.receipt(item, second, rep=rep).amount == Decimal(second)
    else:
        with pytest.raises(services.Covered, match=f"€{over}"):
            make.receipt(item, second, rep=rep)


def test_a_paper_in_hand_covers_as_well(rep, item):
    make.paper(item, 100, number="000417")

    with pytest.raises(services.Covered, match="000417"):
        make.receipt(item, 100, rep=rep)


def test_money_that_names_nothing_is_asked_about_where_money_in_hand_leaves_nothing_for_it(rep, item):
    make.receipt(item, 100, rep=rep)

    with pytest.raises(services.Covered):
        without_lines(item, 30, rep)


def test_money_in_advance_and_money_on_another_item_need_no_question(rep, item):
    assert without_lines(item, 500, rep).amount == Decimal(500), "nothing is covered yet"
    other = make.due_item(item.customer, 70, due_date=DUE)
    make.receipt(item, 100, rep=rep)

    assert make.receipt(other, 70, rep=rep).amount == Decimal(70)


def test_a_refused_receipt_covers_nothing(rep, item):
    services.refuse_receipt(receipt=make.receipt(item, 100, rep=rep), because="No money", by=make.finance())

    assert make.receipt(item, 100, rep=rep).amount == Decimal(100)


def test_money_on_a_written_off_claim_is_taken_up_to_the_claim(rep, item):
    asked = services.ask_write_off(
        target=item, amount=Decimal(100), code="bad debt", because="Insolvent", on=TODAY, by=make.BY
    )
    services.grant_write_off(write_off=asked, on=TODAY, by=make.finance())
    make.receipt(item, 60, rep=rep)

    assert make.receipt(item, 40, rep=rep).amount == Decimal(40)
    with pytest.raises(services.Covered):
        make.receipt(item, 1, rep=rep)
