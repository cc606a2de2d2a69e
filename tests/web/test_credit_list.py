"""The list of credit: who uses how much of which limit, what concentrates where, for whom and as a file."""

import re
from datetime import timedelta

import pytest

from collections_app.gate.models import Hold
from common import clock
from contracts.models import Shipment
from tests import factories as make
from tests.web.credit_pages import customer as customer  # noqa: PLC0414  (a fixture)
from tests.web.credit_pages import finance as finance  # noqa: PLC0414  (a fixture)
from tests.web.credit_pages import limited, order, served_for_long, text_of
from tests.web.credit_pages import today as today  # noqa: PLC0414  (a fixture)
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db


def test_the_list_shows_who_uses_how_much_with_the_fullest_limit_first(client, finance, customer, today):
    served_for_long(customer, today)
    make.invoice(customer, 900, due_date=today)
    limited(customer, 1000, today)
    new = make.customer(name="Bar Nuevo")
    make.invoice(new, 10, due_date=today, paid=[("10", today)])
    limited(new, 3500, today)
    limited(new, 2000, today, insurer="Atradius", ends_before=today + timedelta(days=10))
    over = make.customer(name="Kiosko")
    served_for_long(over, today)
    make.invoice(over, 120, due_date=today)
    limited(over, 100, today)

    page = text_of(client.get("/credit/"))

    assert page.index("Kiosko") < page.index("Mercado Sol") < page.index("Bar Nuevo")
    assert "120.0%, over" in page
    assert "90.0%" in page
    assert "1 of 6: €1,000.00" in page
    assert "3 Dec 2026" in page
    assert re.search(r"Limit exceeded Customers that [^.]+\. 1 ", page)


def test_held_shipments_are_counted_and_observed_ones_are_not(client, finance, customer, today):
    for number, is_observed in (("S-1", False), ("S-2", True)):
        Hold.objects.create(
            shipment=order(customer, 10, number=number), customer=customer, cause="limit", is_observed=is_observed,
            ground="K-1", since_on=today, entered_at=clock.now(),
        )  # fmt: skip
    Hold.objects.create(
        shipment=Shipment.objects.get(number="S-1"), customer=customer, cause="late", ground="K-1", currency="EUR",
        since_on=today, entered_at=clock.now(),
    )  # fmt: skip

    [row] = exported(client, "/credit/?export=csv")

    assert row["Held shipments"] == "1"


def exported(client, url):
    return rows_of(client.get(url))


def test_filters_choose_rep_region_and_whoever_is_over_and_files_hold_the_same_rows(client, finance, customer, today):
    other = make.customer(owner=make.rep("tom"), name="Kiosko", region="Madrid")
    for one, amount in ((customer, 150), (other, 50)):
        served_for_long(one, today)
        make.invoice(one, amount, due_date=today)
        limited(one, 100, today)

    names = {
        query: [row["Customer"] for row in exported(client, f"/credit/?{query}&export=csv")]
        for query in ("", "rep=tom", "region=Valencia", "over=1", "over=0", "q=kios")
    }

    assert names == {
        "": ["Mercado Sol", "Kiosko"],
        "rep=tom": ["Kiosko"],
        "region=Valencia": ["Mercado Sol"],
        "over=1": ["Mercado Sol"],
        "over=0": ["Kiosko"],
        "q=kios": ["Kiosko"],
    }
    [row] = exported(client, "/credit/?rep=tom&export=csv")
    assert (row["Limit, EUR"], row["Exposure, EUR"], row["Used"]) == ("100.00", "50.00", "0.5000")
    assert client.get("/credit/?over=1&export=xlsx").status_code == 200


def test_concentration_stands_per_rep_and_region_and_its_rows_open_the_list(client, finance, customer, today):
    carmen = customer.owner
    for amount in (100, 100, 200):
        make.invoice(make.customer(owner=carmen, region="Valencia"), amount, due_date=today)
    make.invoice(make.customer(), 50, due_date=today)

    answer = client.get("/credit/")

    page = text_of(answer)
    assert "Carmen 3 400.00 100.0% 3,750" in page
    assert "No rep assigned 1 50.00 100.0% 10,000" in page
    assert "Valencia 3 400.00 100.0% 3,750" in page
    assert 'href="?rep=carmen"' in answer.content.decode()
    assert "€400.00" in text_of(client.get("/credit/?rep=carmen"))
    assert 'href="?region=Valencia&amp;rep=carmen"' in client.get("/credit/?region=Valencia").content.decode()


def test_a_currency_without_a_rate_is_named_and_in_no_sum(client, finance, customer, today):
    make.account("USD")
    make.invoice(customer, 10, due_date=today, currency="USD")
    make.invoice(make.customer(name="Kiosko"), 20, due_date=today)

    page = text_of(client.get("/credit/"))

    assert "There is no rate for USD" in page
    assert "€20.00" in page


def test_a_manager_sees_the_customers_of_his_teams_alone(client, customer, today):
    south = make.team("South")
    make.customer(owner=make.rep("tom", team=south), name="Kiosko")
    client.force_login(make.manager("mark", leads=south))

    page = text_of(client.get("/credit/"))

    assert "Kiosko" in page
    assert "Mercado Sol" not in page


def test_an_empty_list_says_what_to_do(client, finance):
    assert "No customer fits" in text_of(client.get("/credit/?q=nobody+has+this+name"))


def test_the_list_asks_as_many_questions_for_many_customers_as_for_few(client, finance, customer, today, count_queries):
    def grow(count):
        for place in range(count):
            one = make.customer(
                owner=customer.owner, region=f"Region {place % 3}", payer=customer if place % 2 else None
            )
            limited(one, 100, today)
            order(one, 10, number=f"G-{count}-{place}")
            make.invoice(one, 10, due_date=today)

    grow(5)
    client.get("/credit/")
    before = count_queries(lambda: client.get("/credit/"))
    grow(60)

    assert count_queries(lambda: client.get("/credit/")) == before
