"""Cheques and bills: kept until maturity, money only when honoured, everything back when not."""

from datetime import date
from decimal import Decimal

import pytest

from collections_app import books
from common.refusals import Refused
from receivables import services
from receivables.models import Charge, Paper, Payment
from tests import factories as make

pytestmark = pytest.mark.django_db
TAKEN, MATURES, TODAY = date(2026, 10, 5), date(2026, 11, 20), date(2026, 11, 24)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr("common.clock.business_today", lambda: TODAY)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(make.rep("carmen"))


@pytest.fixture
def item(customer):
    return make.due_item(customer, 500, due_date=date(2026, 9, 1))


@pytest.fixture
def paper(item):
    return make.paper(item, 500, received_on=TAKEN, matures_on=MATURES, number="CH-1")


def open_of(item):
    item.refresh_from_db()
    return item.open_amount


def state_of(paper):
    paper.refresh_from_db()
    return paper.state


def test_a_paper_settles_nothing_until_it_is_honoured(item, paper):
    services.present_paper(paper=paper, on=MATURES, by=make.BY)
    assert open_of(item) == Decimal(500)

    payment = services.honour_paper(paper=paper, on=date(2026, 11, 23), by=make.BY)

    assert (open_of(item), state_of(paper)) == (Decimal(0), "honoured")
    assert (payment.method, payment.reference, payment.counts_on, payment.expected_on) == (
        "cheque", "CH-1", date(2026, 11, 23), MATURES,
    )  # fmt: skip
    assert books.check(as_of=TODAY).broken == 0


def test_a_dishonoured_paper_takes_its_payment_back_and_claims_the_banks_fee(item, paper):
    services.honour_paper(paper=paper, on=date(2026, 11, 23), by=make.BY)

    charge = services.dishonour_paper(
        paper=paper, on=TODAY, by=make.BY, because="No funds", fee=Decimal("12.50"), basis="Clause 9"
    )

    assert (open_of(item), state_of(paper)) == (Decimal(500), "dishonoured")
    assert (charge.kind, charge.amount, charge.due_item) == ("fee", Decimal("12.50"), item)
    assert Payment.objects.filter(reverses__isnull=False).count() == 1
    assert books.check(as_of=TODAY).broken == 0


def test_a_fee_without_a_ground_is_refused_and_the_paper_stays(item, paper):
    with pytest.raises(services.NoBasis):
        services.dishonour_paper(paper=paper, on=TODAY, by=make.BY, because="No funds", fee=Decimal(12))

    assert (state_of(paper), Charge.objects.count()) == ("in hand", 0)


@pytest.mark.parametrize(
    ("deed", "again"),
    [("honour", "present"), ("honour", "honour"), ("honour", "return"), ("return", "honour"), ("return", "return"),
     ("return", "dishonour"), ("dishonour", "dishonour"), ("dishonour", "honour"), ("present", "present")],
)  # fmt: skip
def test_a_paper_that_came_to_its_end_stays_there(item, paper, deed, again):
    deeds = {
        "present": lambda: services.present_paper(paper=paper, on=TODAY, by=make.BY),
        "honour": lambda: services.honour_paper(paper=paper, on=TODAY, by=make.BY),
        "return": lambda: services.return_paper(paper=paper, on=TODAY, by=make.BY, because="Paid by transfer"),
        "dishonour": lambda: services.dishonour_paper(paper=paper, on=TODAY, by=make.BY, because="No funds"),
    }
    deeds[deed]()
    before = state_of(paper), Payment.objects.count(), open_of(item)

    with pytest.raises(services.AlreadyDone):
        deeds[again]()

    assert (state_of(paper), Payment.objects.count(), open_of(item)) == before


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"amount": "0"}, "above zero"),
        ({"amount": "10.001", "lines": []}, "more decimals"),
        ({"amount": "501"}, "owes only"),
        ({"received_on": date(2026, 11, 25), "matures_on": date(2026, 12, 1)}, "in the future"),
        ({"matures_on": date(2026, 10, 4)}, "matures on the day it is received or later"),
        ({"matures_on": date(2062, 11, 4)}, "more than ten years ahead"),
        ({"number": "  "}, "a number and a drawer"),
        ({"kind": "napkin"}, "has a kind"),
        ({"number": "CH-1"}, "is here already"),
    ],
)
def test_a_bad_paper_is_refused_and_changes_nothing(item, paper, values, refusal):
    known = {"amount": "100", "received_on": TAKEN, "matures_on": MATURES} | values

    with pytest.raises(Refused, match=refusal):
        make.paper(item, **known)

    assert Paper.objects.count() == 1


def test_a_paper_in_a_currency_without_an_account_is_refused(item):
    with pytest.raises(services.NoAccount):
        services.take_paper(
            customer=item.customer, kind="cheque", number="1", drawer="x", amount=Decimal(5), currency="CHF",
            received_on=TAKEN, matures_on=MATURES, lines=[], by=make.BY,
        )  # fmt: skip


def test_without_lines_it_is_meant_for_the_oldest_items_that_nothing_covers(customer, item, paper):
    part_covered = make.due_item(customer, 300, due_date=date(2026, 9, 10))
    newest = make.due_item(customer, 400, due_date=date(2026, 9, 20))
    make.receipt(part_covered, 100, rep=customer.owner)

    second = make.paper(newest, 250, lines=None)

    assert list(second.lines.order_by("pk").values_list("due_item", "amount")) == [
        (part_covered.pk, Decimal(200)),
        (newest.pk, Decimal(50)),
    ]


def test_the_cheque_of_a_reps_receipt_becomes_paper_in_hand_and_no_payment(item):
    receipt = make.receipt(item, 200, rep=item.customer.owner, method="cheque", received_on=TAKEN)

    paper = services.keep_receipt(
        receipt=receipt, kind="post-dated cheque", number="77", drawer="Mercado Sol", bank="Banco Sol",
        matures_on=MATURES, by=make.BY,
    )  # fmt: skip

    receipt.refresh_from_db()
    assert (receipt.state, Payment.objects.count(), open_of(item)) == ("verified", 0, Decimal(500))
    assert (paper.receipt, paper.amount, paper.received_on) == (receipt, Decimal(200), TAKEN)
    assert [(line.due_item, line.amount) for line in paper.lines.all()] == [(item, Decimal(200))]
    with pytest.raises(services.AlreadyDone):
        services.verify_receipt(receipt=receipt, by=make.BY)
    services.honour_paper(paper=paper, on=TODAY, by=make.BY)
    assert open_of(item) == Decimal(300)


@pytest.mark.parametrize("method", ["cash", "transfer"])
def test_only_a_cheque_or_bill_is_kept(item, method):
    receipt = make.receipt(item, 200, rep=item.customer.owner, method=method)

    with pytest.raises(services.NotAPaper, match="not of a cheque or bill"):
        services.keep_receipt(receipt=receipt, kind="cheque", number="1", drawer="x", matures_on=TODAY, by=make.BY)


def test_the_paper_of_a_receipt_has_its_amount(item):
    receipt = make.receipt(item, 200, rep=item.customer.owner, method="cheque")

    with pytest.raises(services.NotAPaper, match="customer and amount"):
        make.paper(item, 250, receipt=receipt)
    receipt.refresh_from_db()
    assert receipt.state == "provisional"
