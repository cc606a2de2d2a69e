"""Whatever lists come, one after the other: when they are stored and decided, our book is the last list."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collections_app import books
from common.money import ZERO
from intake import deciding
from intake.models import Difference
from receivables import services as receivables
from receivables.models import CreditNote, DueItem, Payment, Receipt
from tests import factories as make
from tests.intake.lists import came
from tests.intake.made import listed

pytestmark = pytest.mark.django_db
START = date(2026, 10, 5)
AMOUNTS = {f"D{number}": Decimal(amount) for number, amount in enumerate(("100", "99.99", "250", "0.03", "75.50"))}
CREDIT = {"D4"}
CUSTOMERS = {number: f"C{place % 2}" for place, number in enumerate(AMOUNTS)}
Open = dict[str, Decimal]


@st.composite
def lists(draw: st.DrawFn) -> Open:
    """What is open on a day: any documents, each with any part of its amount."""
    found = {}
    for number in draw(st.sets(st.sampled_from(sorted(AMOUNTS)))):
        cents = int(AMOUNTS[number] * 100)
        found[number] = Decimal(draw(st.one_of(st.just(cents), st.integers(1, cents)))) / 100
    return found


def rows(there: Open) -> Iterator[str]:
    for number, left in sorted(there.items()):
        sign = "-" if number in CREDIT else ""
        yield listed(number, f"{sign}{left}", amount=f"{sign}{AMOUNTS[number]}", customer=CUSTOMERS[number])


def open_here() -> Open:
    found = {
        item.invoice.number: item.open_amount for item in DueItem.objects.select_related("invoice") if item.open_amount
    }
    return found | {note.number: note.unapplied_amount for note in CreditNote.objects.all() if note.unapplied_amount}


def store(there: Open, day: int) -> None:
    came(*rows(there), on=START + timedelta(days=day), confirm=True)
    for difference in Difference.objects.filter(state="open"):
        deciding.accept(difference=difference, by=make.BY)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(several=st.lists(lists(), min_size=1, max_size=6))
def test_after_any_sequence_of_lists_our_open_amounts_are_those_of_the_last(db, several):
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC)), transaction.atomic():
        make.business()
        for day, there in enumerate(several):
            store(there, day)
            assert open_here() == there
        assert Payment.objects.exclude(unapplied_amount=0).count() == 0
        assert [one for one in books.check(as_of=START + timedelta(days=len(several))).invariants if one.broken] == []
        transaction.set_rollback(True)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paid=st.integers(1, 10_000), fallen=st.integers(1, 10_000))
def test_of_any_receipt_and_any_fall_the_item_falls_once_and_no_money_is_made_up(db, paid, fallen):
    """A receipt of any amount, a fall of any size; where they do not fit, a person says that they are one."""
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC)), transaction.atomic():
        make.business()
        store({"D0": AMOUNTS["D0"]}, 0)
        item = DueItem.objects.get()
        receipt = receivables.record_receipt(
            customer=item.customer, rep=make.rep(), method="cash", amount=Decimal(paid) / 100, currency="EUR",
            lines=[(item.pk, Decimal(paid) / 100)], received_on=START, key="k",
        )  # fmt: skip
        left = (AMOUNTS["D0"] * 100 - fallen) / 100

        store({"D0": left} if left else {}, 1)

        receipt.refresh_from_db()
        assert receipt.state == Receipt.State.VERIFIED
        assert Difference.objects.exists() == (paid > fallen)
        assert sum(Payment.objects.values_list("amount", flat=True), ZERO) == Decimal(max(paid, fallen)) / 100
        assert open_here() == ({"D0": left} if left else {})
        transaction.set_rollback(True)
