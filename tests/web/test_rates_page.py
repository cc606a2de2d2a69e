"""The page of rates: finance states one, everybody of the office reads them, a correction shows what it replaced."""

from datetime import date

import pytest
from django.urls import reverse

from receivables.models import Rate
from tests import factories as make
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db
PAGE = "/rates/"


@pytest.fixture
def finance(client):
    make.business()
    client.force_login(make.finance("fiona"))
    return client


def send(client, **values):
    said = {"currency": "usd", "on": "2026-11-20", "rate": "0,9215", "source": "ECB"} | values
    return client.post(reverse("receivables:state-rate"), said, follow=True)


def test_finance_states_a_rate_with_a_comma_as_it_is_typed(finance):
    page = send(finance).content.decode()

    assert "One USD is 0.9215 EUR on 20 Nov 2026." in page
    row = Rate.objects.get()
    assert (row.currency, row.on, row.source, row.stated_by) == ("USD", date(2026, 11, 20), "ECB", "fiona")


def test_a_corrected_rate_stays_in_the_list_with_a_note(finance):
    send(finance)
    send(finance, rate="0.93")

    rows = rows_of(finance.get(PAGE, {"export": "csv"}))

    assert [(row["Rate"], row["By"], row["Note"]) for row in rows] == [
        ("0.93", "Fiona", ""),
        ("0.9215", "Fiona", "corrected later"),
    ]


def test_rates_are_filtered_by_day_and_currency(finance):
    send(finance)
    send(finance, currency="GBP", on="2026-11-23", rate="1.2")

    assert [row["Currency"] for row in rows_of(finance.get(PAGE, {"on": "2026-11-20", "export": "csv"}))] == ["USD"]
    assert [row["Currency"] for row in rows_of(finance.get(PAGE, {"currency": "GBP", "export": "csv"}))] == ["GBP"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"currency": "XYZ"}, "XYZ is not a currency code"),
        ({"currency": "EUR"}, "EUR is the base currency"),
        ({"rate": "much"}, "Enter a number"),
        ({"rate": "0"}, "State a rate above zero"),
        ({"on": "2026-11-25"}, "25 Nov 2026"),
    ],
)
def test_what_is_no_rate_is_said_beside_the_form(finance, values, said):
    answer = send(finance, **values)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Rate.objects.exists()


def test_an_auditor_reads_and_states_nothing(client):
    make.business()
    client.force_login(make.auditor())

    assert "State a rate" not in client.get(PAGE).content.decode()
    assert client.post(reverse("receivables:state-rate"), {}).status_code == 403
