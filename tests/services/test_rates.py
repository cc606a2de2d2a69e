"""Rates of a day: stated with their source, corrected by a newer row, and refused where they cannot be one."""

import io
import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from audit.models import Entry
from common.refusals import Refused
from receivables import queries, services
from receivables.models import Rate
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def business(db):
    make.business()


def state(rate="0.92", currency="USD", on=DAY, source="ECB"):
    return services.state_rate(currency=currency, rate=Decimal(rate), on=on, source=source, by=make.BY)


def in_force(on=DAY):
    found = queries.rates_on(on, base="EUR").get("USD")
    return found and str(found.rate.normalize())


def test_a_rate_holds_from_its_day_on():
    state()

    assert (in_force(date(2026, 11, 19)), in_force(), in_force(date(2026, 12, 31))) == (None, "0.92", "0.92")


def test_a_rate_stated_again_is_corrected_and_the_row_before_stays():
    state("0.92")
    state("0.93")

    assert in_force() == "0.93"
    assert [str(row.rate.normalize()) for row in Rate.objects.order_by("pk")] == ["0.92", "0.93"]
    entry = Entry.objects.order_by("pk").last()
    assert (entry.verb, entry.before["rate"], entry.after["rate"]) == ("receivables.rate_corrected", "0.92", "0.93")


def test_the_last_word_of_a_day_counts_whoever_says_it():
    state("0.92", source="ECB")
    state("0.94", source="Bank")

    assert in_force() == "0.94"


def test_the_same_rate_again_adds_nothing():
    state()
    state()

    assert (Rate.objects.count(), Entry.objects.count()) == (1, 1)


def test_a_rate_says_who_stated_it_and_when():
    made = state()

    assert (made.stated_by, made.entered_at.date()) == (make.BY.get_username(), date(2026, 11, 24))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"rate": "0"}, "above zero"),
        ({"rate": "-1"}, "above zero"),
        ({"rate": "NaN"}, "above zero"),
        ({"rate": "1e10"}, "above zero"),
        ({"source": "  "}, "where it is from"),
        ({"source": "x" * 61}, "where it is from"),
        ({"rate": "0.12345678901"}, "at most 10 decimals"),
        ({"currency": "EUR"}, "base currency"),
        ({"currency": "XYZ"}, "not a currency code"),
        ({"on": date(2026, 11, 25)}, "in the future"),
        ({"on": date(1901, 1, 1)}, "No book reaches"),
    ],
)
def test_what_cannot_be_a_rate_is_refused(values, said):
    with pytest.raises(Refused, match=said):
        state(**values)

    assert not Rate.objects.exists()


def test_the_command_states_a_rate_and_says_it():
    out = io.StringIO()

    call_command("state_rate", "usd", "0.9215", on="2026-11-20", source="ECB", json=True, stdout=out)

    assert json.loads(out.getvalue()) == {
        "currency": "USD", "base": "EUR", "on": "2026-11-20", "rate": "0.9215", "source": "ECB",
    }  # fmt: skip
    assert in_force() == "0.9215"


@pytest.mark.parametrize(("rate", "code"), [("much", 2), ("0", 1)])
def test_the_command_refuses_what_is_no_rate(rate, code):
    with pytest.raises(CommandError) as refused:
        call_command("state_rate", "USD", rate, source="ECB")

    assert refused.value.returncode == code
