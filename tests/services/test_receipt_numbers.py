"""Receipt numbers: a series per rep and device, final when shown; holes are found, void numbers kept."""

from datetime import date

import pytest

from audit.models import Entry
from common.models import Series
from common.refusals import Refused
from receivables import cash_queries, services
from receivables.models import Receipt, VoidNumber
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep(db):
    make.business()
    return make.rep("carmen")


@pytest.fixture
def item(rep):
    return make.due_item(make.customer(rep), 5000, due_date=date(2026, 10, 1))


def holes(**values):
    return [hole.numbers for hole in cash_queries.receipt_holes(**values)]


def number(rep, position, device=""):
    return f"R{rep.pk}{device and '-' + device}-{position:04d}"


def test_each_rep_and_device_counts_for_itself(rep, item):
    other = make.rep()

    given = [
        make.receipt(item, 1, rep=rep),
        make.receipt(item, 1, rep=rep),
        make.receipt(item, 1, rep=rep, device="tab1"),
        make.receipt(item, 1, rep=other),
    ]

    assert [one.number for one in given] == [
        number(rep, 1), number(rep, 2), number(rep, 1, "tab1"), number(other, 1),
    ]  # fmt: skip
    assert holes() == []


def test_a_device_hands_in_the_numbers_it_gave_without_a_signal_in_any_order(rep, item):
    third = make.receipt(item, 1, rep=rep, device="tab1", position=3)
    assert third.number == number(rep, 3, "tab1")
    assert holes() == [f"{number(rep, 1, 'tab1')} to {number(rep, 2, 'tab1')}"]

    make.receipt(item, 1, rep=rep, device="tab1", position=1)
    assert holes() == [number(rep, 2, "tab1")]

    assert make.receipt(item, 1, rep=rep, device="tab1").position == 4, "the server goes on after the device"
    make.receipt(item, 1, rep=rep, device="tab1", position=2)
    assert holes() == []


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"position": 1}, "was given already"),
        ({"position": 2}, "is void"),
        ({"position": 0}, "not a number of this series"),
        ({"position": -4}, "not a number of this series"),
        ({"position": 103}, "not a number of this series"),
        ({"device": "my phone"}, "letters and digits"),
        ({"device": "x" * 40}, "letters and digits"),
    ],
)
def test_a_number_that_is_used_void_or_far_off_is_refused(rep, item, values, refusal):
    make.receipt(item, 1, rep=rep)
    services.void_number(rep=rep, position=2, because="Printed askew", by=rep)

    with pytest.raises(Refused, match=refusal):
        make.receipt(item, 1, rep=rep, **values)

    assert (Receipt.objects.count(), Series.objects.get(name=f"receipt {rep.pk} web").last) == (1, 2)


def test_a_void_number_is_kept_with_its_reason_and_never_given(rep, item):
    make.receipt(item, 1, rep=rep)

    made = services.void_number(rep=rep, position=2, because=" Torn ", by=rep)

    assert (made.because, made.voided_by) == ("Torn", "carmen")
    assert make.receipt(item, 1, rep=rep).position == 3
    assert holes() == []
    assert Entry.objects.filter(verb="receivables.number_voided").get().after["number"] == number(rep, 2)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"position": 1}, "was given already"),
        ({"position": 2}, "is void"),
        ({"position": 500}, "not a number of this series"),
        ({"because": "  "}, "Say why"),
    ],
)
def test_a_number_is_made_void_once_with_a_reason_and_only_if_nobody_holds_it(rep, item, values, refusal):
    make.receipt(item, 1, rep=rep)
    services.void_number(rep=rep, position=2, because="Torn", by=rep)

    with pytest.raises(Refused, match=refusal):
        services.void_number(**{"rep": rep, "position": 3, "because": "Torn", "by": rep} | values)

    assert VoidNumber.objects.count() == 1


def test_a_receipt_that_vanished_from_the_end_of_its_series_is_a_hole_too(rep, item):
    make.receipt(item, 1, rep=rep)
    last = make.receipt(item, 1, rep=rep)
    last.lines.all().delete()
    last.delete()

    assert holes() == [number(rep, 2)]


def test_holes_are_asked_for_by_rep(rep, item):
    other = make.rep()
    make.receipt(item, 1, rep=rep, position=2)
    make.receipt(item, 1, rep=other, position=3)

    assert holes(reps=[rep.pk]) == [number(rep, 1)]
    assert len(holes()) == 2


def test_a_form_sent_twice_is_one_receipt_and_its_key_is_not_for_another(rep, item):
    first = services.record_receipt(
        customer=item.customer, rep=rep, method="cash", amount=make.money(10), currency="EUR",
        lines=[(item.pk, make.money(10))], received_on=date(2026, 11, 2), key="k",
    )  # fmt: skip

    with pytest.raises(services.AlreadyDone, match=first.number):
        services.record_receipt(
            customer=item.customer, rep=rep, method="cash", amount=make.money(11), currency="EUR",
            lines=[(item.pk, make.money(11))], received_on=date(2026, 11, 2), key="k",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"amount": make.money(0)}, "above zero"),
        ({"amount": make.money("1.001")}, "more decimals"),
        ({"currency": "CHF"}, "no bank account in CHF"),
        ({"received_on": date(2100, 1, 1)}, "in the future"),
        ({"lines": [("item", 6), ("item", 5)]}, "is left"),
        ({"lines": [("item", 5001)], "amount": make.money(5001)}, "owes only"),
        ({"lines": [("item", 3000), ("item", 3000)], "amount": make.money(6000)}, "owes only"),
        ({"lines": [("foreign", 5)]}, "another customer's"),
    ],
)
def test_a_bad_receipt_is_refused_and_takes_no_number(rep, item, values, refusal):
    items = {"item": item.pk, "foreign": make.due_item(make.customer(), 50, due_date=date(2026, 10, 1)).pk}
    known = {
        "customer": item.customer, "rep": rep, "method": "transfer", "amount": make.money(10), "currency": "EUR",
        "lines": [("item", 10)], "received_on": date(2026, 11, 2), "key": "k",
    } | values  # fmt: skip
    if known["currency"] != "EUR":
        known["lines"] = []
    known["lines"] = [(items[name], make.money(part)) for name, part in known["lines"]]

    with pytest.raises(Refused, match=refusal):
        services.record_receipt(**known)

    assert not Receipt.objects.exists()
    assert make.receipt(item, 1, rep=rep).position == 1


def test_two_lines_of_one_item_are_one(rep, item):
    receipt = services.record_receipt(
        customer=item.customer, rep=rep, method="cash", amount=make.money(10), currency="EUR",
        lines=[(item.pk, make.money(4)), (item.pk, make.money(6))], received_on=date(2026, 11, 2), key="k",
    )  # fmt: skip

    assert [line.amount for line in receipt.lines.all()] == [make.money(10)]
