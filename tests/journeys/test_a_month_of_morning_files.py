"""A month beside the company's ledger: its list of open items comes every working morning, and the two books tie."""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from collections_app import books
from collections_app.standings.queries import ageing
from common import days
from common.money import ZERO
from intake.models import Difference, File
from receivables import services as receivables
from receivables.models import ControlTotal, DueItem, Invoice, Payment, Receipt
from staff.models import Business
from tests import factories as make

pytestmark = pytest.mark.django_db
FIRST = date(2026, 10, 1)
PROFILE = """
title = "Open items of the ledger"
mode = "snapshot"
[snapshot]
day_in_name = "YYYY-MM-DD"
control_total = true
[columns]
number = "document"
customer_number = "account"
customer_name = "name"
issued_on = "date"
due_on = "due"
amount = "amount"
open_amount = "open"
currency = "currency"
"""


@dataclass
class Ledger:
    """The company's general ledger, as far as a list of open items shows it."""

    open: dict[str, Decimal] = field(default_factory=dict)
    rows: dict[str, tuple[str, date, Decimal]] = field(default_factory=dict)  # account, date, amount
    listed: set[str] = field(default_factory=set)  # sold and paid between two lists, an invoice is in none
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(5001, 9999)))

    def sells(self, on: date, dice: random.Random) -> None:
        number, amount = f"RE{next(self.numbers)}", Decimal(dice.randrange(2_000, 90_000)) / 100
        self.rows[number] = (f"C{dice.randrange(1, 9)}", on, amount)
        self.open[number] = amount

    def receives(self, number: str, amount: Decimal) -> None:
        self.open[number] -= amount
        if self.open[number] == ZERO:
            del self.open[number]

    @property
    def total(self) -> Decimal:
        return sum(self.open.values(), ZERO)

    def file(self, folder: Path, on: date) -> Path:
        self.listed |= set(self.open)
        written = io.StringIO()
        out = csv.writer(written)
        out.writerow(["document", "account", "name", "date", "due", "amount", "open", "currency"])
        for number, left in self.open.items():
            account, issued_on, amount = self.rows[number]
            due = issued_on + timedelta(days=30)
            out.writerow([number, account, f"Bar {account}", issued_on, due, amount, left, "EUR"])
        path = folder / f"open items {on}.csv"
        path.write_text(written.getvalue())
        return path


def test_a_month_of_morning_files_ties_every_day_and_counts_nothing_twice(tmp_path):
    dice = random.Random(1)
    profile = tmp_path / "ledger.toml"
    profile.write_text(PROFILE)
    ledger = Ledger()
    for number in range(30):  # a running business: some invoices are part paid before we come
        ledger.sells(FIRST - timedelta(days=number + 1), dice)
    for number in list(ledger.open)[:5]:
        ledger.receives(number, Decimal("10.00"))
    mornings = [FIRST + timedelta(days=n) for n in range(33) if days.is_working_day(FIRST + timedelta(days=n))]
    assert len(mornings) >= 20
    given: Receipt | None = None
    covered = ""

    for place, morning in enumerate(mornings):
        with time_machine.travel(datetime(morning.year, morning.month, morning.day, 7, tzinfo=UTC), tick=True):
            if place == 0:
                make.business()
                rep = make.rep("carmen")
            else:
                for _sale in range(dice.randrange(0, 4)):
                    ledger.sells(morning, dice)
                payers = [number for number in sorted(ledger.open) if number != covered]
                for number in dice.sample(payers, 2):
                    share = Decimal(dice.choice(("1", "1", "0.5", "0.25")))
                    ledger.receives(number, (ledger.open[number] * share).quantize(Decimal("0.01")))
            if place == 13:  # the rep's cash has reached the ledger, and a transfer with it
                ledger.receives(covered, ledger.open[covered])

            call_command("import_book", str(ledger.file(tmp_path, morning)), profile=str(profile))
            if place == 13 and given is not None:
                given.refresh_from_db()
                assert given.state == "verified"
                assert Payment.objects.get(receipt=given).counts_on == mornings[10]
            call_command("run_nightly", as_of=morning.isoformat())

            assert tied(morning, ledger.total)
            if place == 10:  # a shop pays the rep a part in cash; the ledger does not know
                covered = max(ledger.open, key=lambda number: ledger.open[number])
                item = DueItem.objects.select_related("customer").get(invoice__number=covered)
                given = receivables.record_receipt(
                    customer=item.customer, rep=rep, method="cash", amount=Decimal("50.00"), currency="EUR",
                    lines=[(item.pk, Decimal("50.00"))], received_on=morning, key="till",
                )  # fmt: skip

    assert {item.invoice.number: item.open_amount for item in still_open()} == ledger.open
    # Every cent that the ledger saw fall came in once, by the ledger's word or by the rep's receipt.
    sold = sum((ledger.rows[number][2] for number in ledger.listed), ZERO)
    received = sum(Payment.objects.values_list("amount", flat=True), ZERO)
    assert sold - received == ledger.total
    assert Payment.objects.filter(receipt=given).count() == 1
    assert (Receipt.objects.filter(state="provisional").count(), Difference.objects.count()) == (0, 0)
    assert (Business.objects.get().opening_on, File.objects.count()) == (FIRST, len(mornings))
    assert Payment.objects.filter(method="opening").count() == 5
    assert set(Invoice.objects.values_list("number", flat=True)) == ledger.listed
    with time_machine.travel(datetime(2026, 11, 3, 12, tzinfo=UTC)):
        for morning in mornings:  # any past day is what it was, with all that is known now
            [total] = ageing(as_of=morning).totals
            if morning not in between(mornings):
                assert total.amount == ControlTotal.objects.get(on=morning).amount


def still_open() -> Any:
    return DueItem.objects.filter(open_amount__gt=0).select_related("invoice")


def between(mornings: list[date]) -> list[date]:
    """The days on which the rep had the cash and the ledger did not know: the receipt dates its payment back."""
    return mornings[10:13]


def tied(on: date, total: Decimal) -> bool:
    """Ageing, the ledger's list and its control total agree, and the books are in order."""
    report = ageing(as_of=on)
    assert [(row.currency, row.amount) for row in report.totals] == [("EUR", total)]
    assert ControlTotal.objects.get(on=on).amount == total
    assert [one for one in books.check(as_of=on).invariants if one.broken] == []
    return True
