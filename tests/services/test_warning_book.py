"""A small book by hand: each sign comes at exactly the named customer, on the named day, and at nobody else.

`book.csv` says what happened, a series a line; `answers.csv` what must be found, and why by hand.
"""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from collections_app.cases import services as cases
from collections_app.cases import warnings
from collections_app.cases.models import EarlyWarning
from customers.models import Customer
from receivables import book, services
from receivables.models import Extension
from tests import factories as make

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[1] / "data" / "warnings"
HALF, ALL_BUT_A_LITTLE = Decimal("0.5"), Decimal("0.97")
REST = timedelta(days=6)  # after which the rest of an invoice is paid


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def days_of(row: dict[str, str]) -> Iterator[date]:
    day = date.fromisoformat(row["first"])
    last = date.fromisoformat(row["last"]) if row["last"] else day
    while day <= last:
        yield day
        day += timedelta(days=int(row["every"] or 1))


def invoice(customer: Customer, row: dict[str, str], day: date) -> book.NewInvoice:
    amount, due_on = Decimal(row["amount"]), day + timedelta(days=int(row["due_days"]))
    paid: list[book.Paid] = []
    if row["paid"]:
        first = day + timedelta(days=int(row["paid"]))
        share = {"parts": HALF, "short": ALL_BUT_A_LITTLE}.get(row["what"], Decimal(1))
        paid = [book.Paid(amount * share, first)]
        if share < 1:
            paid.append(book.Paid(amount - amount * share, first + REST))
    return book.NewInvoice(
        customer=customer.pk, number=f"{customer.code}-{row['what']}-{day}", amount=amount, currency="EUR",
        issued_on=day, parts=(book.Part(due_on, amount),),
        paid=tuple(one for one in paid if one.on <= make.TODAY),
    )  # fmt: skip


@pytest.fixture
def the_book() -> None:
    make.business()
    made: dict[str, Customer] = {}
    invoices: list[book.NewInvoice] = []
    for row in read("book.csv"):
        for place, day in enumerate(days_of(row)):
            code = f"{row['customer']}{place}" if row["what"] == "begins" else row["customer"]
            customer = made.get(code) or make.customer(code=code, channel=row["channel"])
            made[code] = customer
            if row["what"] in ("reached", "missed"):
                reached = row["what"] == "reached"
                cases.made_contact(customer=customer, channel="visit", reached=reached, on=day, by=make.BY)
            elif row["what"] != "ask":
                invoices.append(invoice(customer, row, day))
    services.record_book(rows=book.Book(invoices=invoices), on=make.TODAY, by=make.BY)
    for row in read("book.csv"):
        if row["what"] == "ask":
            day = date.fromisoformat(row["first"])
            item = made[row["customer"]].due_items.filter(open_amount__gt=0, extensions=None)[0]
            row_made = make.extension(item, until=make.TODAY + timedelta(days=30), on=make.TODAY)
            Extension.objects.filter(pk=row_made.pk).update(asked_on=day)


def test_each_sign_comes_at_the_named_customer_on_the_named_day_and_at_nobody_else(the_book):
    answers = read("answers.csv")
    named = {date.fromisoformat(answer["first_on"]) for answer in answers}
    nights = sorted({*named, *(day - timedelta(days=1) for day in named), make.TODAY})

    for night in nights:
        warnings.compute(as_of=night, by=make.BY)

    found = EarlyWarning.objects.order_by("customer__code", "kind", "reported_on")
    assert [
        (row.customer.code, row.kind, row.severity, row.reported_on.isoformat())
        for row in found.select_related("customer")
    ] == sorted(
        ((row["customer"], row["kind"], row["severity"], row["first_on"]) for row in answers),
        key=lambda row: (row[0], row[1], row[3]),
    )
    assert {row.source for row in found} == {"book"}


def test_the_named_customers_alone_find_the_same_as_the_whole_book(the_book):
    warnings.compute(as_of=make.TODAY, by=make.BY, customers=Customer.objects.values_list("pk", flat=True))
    some = set(EarlyWarning.objects.values_list("customer__code", "kind"))
    EarlyWarning.objects.all().delete()

    warnings.compute(as_of=make.TODAY, by=make.BY)

    assert set(EarlyWarning.objects.values_list("customer__code", "kind")) == some
    assert some
