"""Control totals: typed or imported per currency and day; a later word counts and the trail keeps both."""

from datetime import date
from decimal import Decimal

import pytest

from audit.models import Entry
from receivables import services
from receivables.models import ControlTotal
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)


def state(amount, currency="EUR", on=DAY):
    return services.state_total(currency=currency, on=on, amount=Decimal(amount), by=make.BY, source="typed")


def send(text):
    return services.import_totals(content=text if isinstance(text, bytes) else text.encode(), source="x", by=make.BY)


def kept():
    return {(row.currency, row.on.isoformat(), f"{row.amount.normalize():f}") for row in ControlTotal.objects.all()}


def test_a_total_stated_again_is_corrected_and_the_trail_has_both_values():
    state("100.00")
    state("101.50")
    state("101.50")

    assert kept() == {("EUR", "2026-03-10", "101.5")}
    assert [(entry.verb, entry.before, entry.after["amount"]) for entry in Entry.objects.order_by("pk")] == [
        ("receivables.control_total_stated", {}, "100.00"),
        ("receivables.control_total_corrected", {"amount": "100.000", "source": "typed"}, "101.50"),
    ]


@pytest.mark.parametrize("amount", ["0", "-12.50", "999999999999999.99"])
def test_a_total_may_be_zero_below_zero_or_very_large(amount):
    assert state(amount).amount == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency", "on"),
    [
        ("1", "XYZ", DAY),
        ("1.005", "EUR", DAY),
        ("1.5", "JPY", DAY),
        ("NaN", "EUR", DAY),
        ("1e15", "EUR", DAY),
        ("1", "EUR", date(2100, 1, 1)),
        ("1", "EUR", date(1901, 1, 1)),
    ],
)
def test_what_cannot_be_a_total_is_refused(amount, currency, on):
    with pytest.raises((services.NotAControlTotal, services.NotYet)):
        state(amount, currency, on)

    assert not ControlTotal.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "currency,on,amount\nEUR,2026-03-10,100.50\nJPY,2026-03-10,7000\n",
        "\ufeffOn;Currency;Amount;Note\r\n2026-03-10;eur;100.50;x\r\n\r\n2026-03-10;JPY;7000;\r\n",
        'amount\tcurrency\ton\n"100.50"\tEUR\t2026-03-10\n7000\tJPY\t2026-03-10',
    ],
)
def test_a_file_of_totals_is_stored(text):
    done = send(text)

    assert (done.added, done.changed, done.unchanged) == (2, 0, 0)
    assert kept() == {("EUR", "2026-03-10", "100.5"), ("JPY", "2026-03-10", "7000")}


def test_a_later_file_corrects_what_it_says_otherwise():
    send("currency,on,amount\nEUR,2026-03-10,100\nEUR,2026-03-11,200\n")

    done = send("currency,on,amount\nEUR,2026-03-10,100\nEUR,2026-03-11,201\nEUR,2026-03-12,300\n")

    assert (done.added, done.changed, done.unchanged) == (1, 1, 1)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "lacks the column currency"),
        ("currency,on\nEUR,2026-03-10\n", "lacks the column amount"),
        ("currency,on,amount\n", "no line"),
        ("currency,on,amount\nEUR,10.03.2026,5\n", "Line 2: expected a currency, a day like"),
        ("currency,on,amount\nEUR,2026-03-10,1.234,50\n", "Line 2: "),
        ("currency,on,amount\nEUR,2026-03-10\n", "Line 2: expected"),
        ("currency,on,amount\nEUR,2026-03-10,5\nEUR,2026-03-10,6\n", "Line 3 states the same day again"),
        ("currency,on,amount\nEUR,2026-03-10,5\nXYZ,2026-03-10,6\n", "Line 3: XYZ is not a currency"),
        (b"currency,on,amount\nEUR,2026-03-10,\xff\n", "not a UTF-8 text"),
        ('currency,on,amount\nEUR,"2026-03-10,5\n', "cannot be read as CSV"),
    ],
)
def test_a_file_with_a_wrong_line_stores_nothing_and_names_it(text, problem):
    with pytest.raises(services.NotAControlTotal) as refused:
        send(text)

    assert problem in " ".join([str(refused.value), *refused.value.problems])
    assert not ControlTotal.objects.exists()


def test_every_wrong_line_is_named():
    with pytest.raises(services.NotAControlTotal) as refused:
        send("currency,on,amount\nEUR,soon,5\nEUR,2026-03-10,5\nEUR,2026-03-11,much\n")

    assert [problem.partition(":")[0] for problem in refused.value.problems] == ["Line 2", "Line 4"]
