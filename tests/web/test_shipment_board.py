"""The shipment board: what waits, by its age and its cause, and the rows behind each count."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from collections_app.gate import services as gate
from common.templatetags import ui
from contracts.models import Shipment
from receivables.models import Invoice
from tests import factories as make
from tests.web.exported import facts_of, rows_of
from tests.web.shipment_pages import TODAY, page_of, switch, text_of, two_deliveries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(db):
    make.business()
    switch("ramp", "off")


@pytest.fixture
def customer():
    return make.customer(owner=make.rep("carmen"), code="C-100", name="Mercado Sol")


@pytest.fixture
def manager(client, customer):
    person = make.manager("maria")
    client.force_login(person)
    return person


def test_what_waits_stands_first_by_its_age_and_then_the_newest_deliveries(client, manager, customer):
    net = make.contract(customer)
    ago = {name: TODAY - timedelta(days=days) for name, days in (("old", 20), ("newer", 9), ("newest", 2))}
    for name, day in ago.items():
        make.shipment(net, number=f"PLANNED {name}", asked_on=day)
        make.shipment(net, number=f"GONE {name}", asked_on=ago["old"], delivered_on=day)
        held = make.shipment(net, number=f"HELD {name}", asked_on=day)
        Shipment.objects.filter(pk=held.pk).update(state="held")
    make.shipment(net, number="ON THE WAY", asked_on=TODAY, released=True)

    rows = [row["Shipment"] for row in rows_of(client.get("/shipments/?export=csv"))]

    assert rows == [
        "HELD old", "HELD newer", "HELD newest", "PLANNED old", "PLANNED newer", "PLANNED newest", "ON THE WAY",
        "GONE newest", "GONE newer", "GONE old",
    ]  # fmt: skip
    order = "Held goods first, the longest waiting on top; then planned ones by the day they were asked for;"
    assert order in text_of(client.get("/shipments/"))
    assert order not in text_of(client.get("/shipments/?sort=amount"))


def test_the_board_counts_what_stands_where_and_each_count_opens_its_rows(client, manager, customer):
    switch("settlement")
    first, second = two_deliveries(customer)
    gate.release(shipment=second, on=TODAY, by=make.BY)
    net = make.contract(customer)
    make.shipment(net, number="PLANNED", asked_on=TODAY)
    make.shipment(net, number="GONE", asked_on=TODAY, released=True)
    make.shipment(net, number="UNBILLED", asked_on=TODAY, delivered_on=TODAY)
    make.shipment(make.contract(customer, execution="none"), number="OBSERVED", asked_on=TODAY)
    gate.look_at_all(as_of=TODAY)

    sections = client.get("/shipments/").context["sections"]

    counts = {str(section["label"]): section["count"] for section in sections}
    assert counts == {
        "Planned": 2,
        "Held": 1,
        "Would be held": 1,
        "Released today": 3,
        "Delivered without proof": 2,
        "Delivered, not invoiced": 1,
    }
    rows = {
        str(section["label"]): {row["Shipment"] for row in rows_of(client.get(f"{section['url']}&export=csv"))}
        for section in sections
    }
    assert {label: len(found) for label, found in rows.items()} == counts
    assert rows["Held"] == {second.number}
    assert rows["Would be held"] == {"OBSERVED"}
    assert rows["Released today"] == {"GONE", "UNBILLED", first.number}
    assert rows["Delivered, not invoiced"] == {"UNBILLED"}


def test_a_row_says_what_keeps_the_goods_and_its_amount_opens_the_batches(client, manager, customer):
    switch("settlement")
    first, second = two_deliveries(customer)
    gate.release(shipment=second, on=TODAY, by=make.BY)

    page = client.get("/shipments/?show=held").content.decode()

    link = f'<a class="sum" href="/contracts/{first.contract_id}/#batches">€100.00</a>'
    assert f"An earlier batch is not settled: {link} on INV-88." in page
    assert f'href="/invoices/{Invoice.objects.get().pk}/">INV-88</a>' in client.get("/shipments/").content.decode()
    file = client.get("/shipments/?show=held&export=csv")
    assert facts_of(file)["Show"] == "Held"
    [row] = rows_of(file)
    assert row["What keeps it"] == "An earlier batch is not settled: €100.00 on INV-88."
    assert client.get("/shipments/?export=xlsx").status_code == 200


def test_observed_causes_are_told_as_what_would_hold(client, manager, customer):
    _first, second = two_deliveries(customer)

    assert "An earlier batch is not settled: €100.00 on INV-88. would be held" in text_of(client.get("/shipments/"))
    page = page_of(client, second)
    assert "It may leave." in page
    assert "Observed: these causes keep nothing yet, and would if they were on." in page
    assert "€100.00 on INV-88 settles it." in page


def test_shipments_are_found_by_number_customer_cause_segment_and_contract(client, manager, customer):
    _first, second = two_deliveries(customer)
    other = make.contract(make.customer(name="Bar Azul", segment="bar"), execution="none")
    third = make.shipment(other, asked_on=TODAY)
    gate.look_at_all(as_of=TODAY)

    def numbers(query):
        return [row["Shipment"] for row in rows_of(client.get(f"/shipments/?{query}&export=csv"))]

    assert numbers("q=azul") == numbers("cause=execution") == numbers("segment=bar") == [third.number]
    assert numbers(f"q={second.number}") == numbers("cause=settlement") == [second.number]
    assert numbers(f"contract={other.pk}") == [third.number]


def test_a_cell_without_a_value_is_marked_so_that_a_card_on_a_phone_leaves_it_out(client, manager, customer):
    make.shipment(make.contract(customer), asked_on=TODAY)

    page = client.get("/shipments/").content.decode()

    for label in ("Delivered", "Proof", "Invoice"):
        assert re.search(rf'data-label="{label}" data-nothing>–</td>', page), label
    assert not re.search(r'data-label="Amount" data-nothing', page)
    assert "money--none" in ui.money(0, "EUR")
    assert "money--none" not in ui.money(1, "EUR")
    assert "[data-nothing], :has(> .money--none:only-child)" in Path(finders.find("css/tables.css")).read_text()
