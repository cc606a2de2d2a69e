"""Holds that wait for a decision, what would be held, how the gate is set, and the badge wherever a customer stands."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest

from collections_app.cases import services as cases
from collections_app.gate import modes
from collections_app.gate import services as gate
from collections_app.gate.models import GateMode, Hold
from collections_app.visits.goods import waiting
from contracts.models import Shipment
from receivables import services as receivables
from receivables.models import DueItem
from tests import factories as make
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db
TODAY = make.TODAY


@pytest.fixture(autouse=True)
def house(db):
    make.business()
    switch("ramp", "off")


@pytest.fixture
def manager(client):
    person = make.manager("maria")
    client.force_login(person)
    return person


@pytest.fixture
def carmen():
    return make.rep("carmen")


def switch(cause, mode="on", *, segment="", starts_on=TODAY):
    modes.set_mode(cause=cause, segment=segment, mode=mode, starts_on=starts_on, on=TODAY, by=make.BY)


def text_of(answer):
    page = answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])).split())


def held(carmen, name="Mercearia Norte", number="INV-88", **values):
    """A second batch that waits for the first, of which 40 of 100 are paid."""
    customer = make.customer(owner=carmen, name=name, **values)
    contract = make.contract(customer, "two_deliveries", {"max_days": 30}, settlement_clause="6.2")
    first = make.shipment(contract, delivered_on=TODAY - timedelta(days=20))
    receivables.invoice_shipment(shipment=first, number=number, issued_on=first.delivered_on, by=make.BY)
    make.payment(customer, 40, received_on=TODAY)
    second = gate.ask_next(contract=contract, lines=[("WATER", Decimal(12), Decimal("2.5"))], on=TODAY, by=make.BY)
    gate.release(shipment=second, on=TODAY, by=make.BY)
    second.refresh_from_db()
    return second


def decide(client, shipment, decision, key="1", **words):
    words = {"key": f"{decision} {key}", "back": "1", "decision": decision} | words
    return client.post(f"/shipments/{shipment.pk}/decide/", words, follow=True)


def state(shipment):
    return Shipment.objects.get(pk=shipment.pk).state


def count_in_the_column(client, label):
    """The count beside an entry of the navigation."""
    links = [link for group in client.get("/customers/").context["nav"] for link in group.links]
    return next(link.count for link in links if str(link.label) == label)


# The list


def test_a_held_batch_shows_cause_way_out_paid_so_far_value_and_since_when(client, manager, carmen):
    switch("settlement")
    shipment = held(carmen)
    cases.say_excuse(customer=shipment.customer, kind="not sold", note="", on=TODAY, by=make.BY)

    page = text_of(client.get("/holds/"))

    assert "1 batch awaits a decision" in page
    assert "Batch 2 · Mercearia Norte" in page
    assert "An earlier batch is not settled: €60.00 on INV-88. €60.00 on INV-88 settles it. Clause 6.2" in page
    assert "Goods waiting €30.00" in page
    assert "Paid so far €40.00 of €100.00" in page
    assert "on hold since 24 Nov 2026" in page
    assert "The goods have not sold, said on 24 Nov 2026" in page


def test_the_list_is_sorted_filtered_and_exported(client, manager, carmen):
    switch("settlement")
    small = held(carmen, "Bar Azul", segment="bar")
    large = held(carmen, "Hotel Marina", "INV-89")
    Shipment.objects.filter(pk=large.pk).update(amount=900)

    def customers(query):
        return [row["Customer"] for row in rows_of(client.get(f"/holds/?{query}&export=csv"))]

    assert customers("sort=-amount") == ["Hotel Marina", "Bar Azul"]
    assert customers("sort=customer") == ["Bar Azul", "Hotel Marina"]
    assert customers("segment=bar") == customers("q=azul") == ["Bar Azul"]
    assert customers("cause=late") == []
    [row] = rows_of(client.get("/holds/?segment=bar&export=csv"))
    assert (row["Paid so far"], row["Out of"], row["Goods waiting"]) == ("40.00", "100.00", "30.00")
    assert client.get("/holds/?export=xlsx").status_code == 200
    assert small.number == row["Number"]


def test_observed_causes_stand_in_a_list_of_their_own(client, manager, carmen):
    observed = held(carmen)
    assert observed.state == "released"  # it was only observed
    waits = make.shipment(observed.contract, asked_on=TODAY)
    gate.look_at_all(as_of=TODAY)

    assert rows_of(client.get("/holds/?export=csv")) == []
    [row] = rows_of(client.get("/holds/observed/?export=csv"))
    assert (row["Number"], row["What would keep it"][:28]) == (waits.number, "An earlier batch is not sett")
    assert "Switched on, they would keep these goods." in text_of(client.get("/holds/observed/"))


# Deciding


def test_a_hold_is_kept_released_or_overridden_in_place(client, manager, carmen):
    switch("settlement")
    kept, paid, let_go = (held(carmen, f"Bar {number}", f"INV-{number}") for number in (1, 2, 3))
    assert count_in_the_column(client, "Holds") == 3
    assert "3 batches await a decision." in text_of(client.get("/ageing/"))

    decide(client, kept, "keep", reason="His transfer is on its way")
    DueItem.objects.filter(invoice__number="INV-2").update(open_amount=0)  # what money does, without its port
    answer = decide(client, paid, "release")
    decide(client, let_go, "override", reason="Pays tomorrow", last_day="2026-11-25")

    assert "Batch 2 of Bar 2 is released." in text_of(answer)
    assert [state(one) for one in (kept, paid, let_go)] == ["held", "released", "released"]
    assert count_in_the_column(client, "Holds") == 0
    page = text_of(client.get("/holds/"))
    assert "0 batches await a decision" in page
    assert "Maria kept it on hold on 24 Nov 2026. His transfer is on its way" in page


def test_a_kept_batch_waits_for_a_decision_again_when_another_cause_keeps_it(client, manager, carmen):
    switch("settlement")
    shipment = held(carmen)
    decide(client, shipment, "keep")
    assert count_in_the_column(client, "Holds") == 0

    switch("warning")
    make.befall(shipment.customer, "insolvent")
    gate.look_again(customers=[shipment.customer_id], on=TODAY, by=make.BY)

    assert count_in_the_column(client, "Holds") == 1


def test_a_release_that_the_gate_refuses_leaves_the_batch_and_says_why(client, manager, carmen):
    switch("settlement")
    shipment = held(carmen)

    answer = decide(client, shipment, "release")

    assert state(shipment) == "held"
    assert "Batch 2 of Mercearia Norte stays on hold. An earlier batch is not settled: €60.00" in text_of(answer)


def test_an_override_without_reason_is_refused_on_the_page_of_the_shipment(client, manager, carmen):
    switch("settlement")
    shipment = held(carmen)

    answer = decide(client, shipment, "override", last_day="2026-11-25")

    assert (answer.status_code, "Say why this batch may leave against the gate." in text_of(answer)) == (422, True)
    assert 'value="2026-11-25"' in answer.content.decode()


def test_a_rep_sees_his_own_holds_and_decides_nothing(client, carmen):
    switch("settlement")
    own, other = held(carmen, "Own"), held(make.rep("tom"), "Other", "INV-89")
    client.force_login(carmen)

    page = text_of(client.get("/holds/"))

    assert ("Own" in page, "Other" in page, "Keep on hold" in page) == (True, False, False)
    assert decide(client, own, "keep").status_code == 403
    assert decide(client, other, "keep").status_code == 403
    assert "Set the gate" not in page


# Setting the gate


def test_each_cause_shows_what_it_keeps_or_would_keep_before_it_is_switched_on(client, manager, carmen):
    shipment = make.shipment(make.contract(make.customer(owner=carmen), execution="none"), asked_on=TODAY)
    switch("late", "off")
    gate.look_at_all(as_of=TODAY)

    page = client.get("/holds/settings/")

    rows = {(str(row.name), row.segment): row for row in page.context["rows"]}
    execution = rows["Contract not executed", ""]
    assert (execution.count, execution.amounts, execution.is_on) == (1, [("EUR", Decimal(100))], False)
    assert [row["Shipment"] for row in rows_of(client.get(f"{execution.url}&export=csv"))] == [shipment.number]
    assert rows["Settlement method", ""].count == 0


def test_a_cause_that_is_off_is_counted_when_somebody_asks(client, manager, carmen):
    switch("late", "off")
    customer = make.customer(owner=carmen)
    make.invoice(customer, 50, due_date=TODAY - timedelta(days=40))
    make.shipment(make.contract(customer), asked_on=TODAY)
    gate.look_at_all(as_of=TODAY)
    assert not Hold.objects.filter(cause="late").exists()

    [row] = [row for row in client.get("/holds/settings/").context["rows"] if row.cause == "late"]
    [asked] = [row for row in client.get(row.look_url).context["rows"] if row.cause == "late"]

    assert (row.is_known, asked.is_known, asked.count, asked.amounts) == (False, True, 1, [("EUR", Decimal(100))])


def test_a_cause_is_switched_on_for_a_segment_from_a_day(client, manager, carmen):
    make.customer(owner=carmen, segment="bar")
    words = {"key": "1", "cause": "late", "segment": "bar", "mode": "on", "starts_on": "2026-12-01"}

    answer = client.post("/holds/settings/", words, follow=True)

    assert "Days late, segment bar: On from 1 Dec 2026 on." in text_of(answer)
    row = GateMode.objects.get(cause="late")
    assert (row.segment, row.mode, row.entered_by) == ("bar", "on", "maria")
    assert "Days late bar Observe as installed On from 1 Dec 2026" in text_of(answer)


def test_a_setting_never_starts_in_the_past(client, manager):
    words = {"key": "1", "cause": "late", "segment": "", "mode": "on", "starts_on": "2026-11-23"}

    answer = client.post("/holds/settings/", words)

    assert (answer.status_code, "starts today or later" in text_of(answer)) == (422, True)


@pytest.mark.parametrize("person", ["finance", "auditor"])
def test_finance_and_auditor_read_how_the_gate_is_set_and_do_not_set_it(client, person):
    client.force_login(make.finance() if person == "finance" else make.auditor())

    assert "Set a cause" not in text_of(client.get("/holds/settings/"))
    assert client.post("/holds/settings/", {"key": "1"}).status_code == 403


# The badge


def test_a_customer_whose_goods_wait_carries_it_in_the_list_and_on_its_page(client, manager, carmen):
    switch("settlement")
    shipment = held(carmen, code="C-9")
    make.customer(owner=carmen, name="Bar Azul")

    rows = {row["Customer"]: row["Hold"] for row in rows_of(client.get("/customers/?export=csv"))}
    page = client.get("/customers/C-9/")

    assert rows == {"Mercearia Norte": "On hold", "Bar Azul": ""}
    assert "Batch 2 waits for €60.00 on INV-88." in text_of(page)
    assert f'href="/shipments/{shipment.pk}/"' in page.content.decode()
    make.payment(shipment.customer, 60, received_on=TODAY)
    assert "waits for" not in text_of(client.get("/customers/C-9/"))


def test_an_observed_cause_is_no_badge(client, manager, carmen):
    shipment = held(carmen)
    make.shipment(shipment.contract, asked_on=TODAY)
    gate.look_at_all(as_of=TODAY)

    [row] = rows_of(client.get("/customers/?export=csv"))

    assert row["Hold"] == ""
    assert "waits for" not in text_of(client.get(f"/customers/{shipment.customer.code}/"))


def test_the_badge_says_how_many_more_causes_hold_the_batch_and_calls_no_cause_enough(client, manager, carmen):
    switch("settlement")
    switch("price")
    switch("late")
    shipment = held(carmen, code="C-9")
    hold = shipment.holds.get(cleared_at=None)
    assert "Batch 2 waits for €60.00 on INV-88." in text_of(client.get("/customers/C-9/"))

    for cause in ("warning", "ladder"):
        facts = {"kind": "no supply", "ground": "law"}
        shipment.holds.create(
            customer=shipment.customer,
            cause=cause,
            ground="law",
            facts=facts,
            since_on=TODAY,
            entered_at=hold.entered_at,
        )
    page = client.get("/customers/C-9/")

    assert "Batch 2 waits for €60.00 on INV-88, and 2 more causes hold it." in text_of(page)
    assert f'href="/shipments/{shipment.pk}/"' in page.content.decode()

    shipment.holds.filter(pk=hold.pk).update(
        cause="settlement", facts={"kind": "not prepaid", "ground": "method"}, amount=Decimal("0.30")
    )
    page = text_of(client.get("/customers/C-9/"))
    assert "Batch 2 waits for €0.30, and 2 more causes hold it." in page
    assert "releases it" not in page[: page.index("Owes")]

    assert waiting(shipment.customer_id).way_out == (
        "€0.30 of the advance payment are not here yet. 2 more causes hold it."
    )

    shipment.holds.exclude(pk=hold.pk).update(cleared_at=hold.entered_at)
    assert "€0.30 for this order, verified by finance, releases it." in text_of(client.get("/customers/C-9/"))


def test_a_batch_that_is_only_planned_would_be_held_and_is_not_called_on_hold(client, manager, carmen):
    switch("settlement")
    shipment = held(carmen, code="C-9")
    Shipment.objects.filter(pk=shipment.pk).update(state="planned")

    page = text_of(client.get("/customers/C-9/"))

    assert "Batch 2 would be held for €60.00 on INV-88." in page
    assert "Batch 2 waits for" not in page
    assert [row["Hold"] for row in rows_of(client.get("/customers/?export=csv"))] == [""]
    assert waiting(shipment.customer_id) is None

    shipment.holds.update(facts={"kind": "no supply", "ground": "law"}, amount=None)
    page = text_of(client.get("/customers/C-9/"))
    assert "Batch 2 would be held. On this rung" in page
    assert "is on hold" not in page


# The card


def test_a_card_shows_the_release_and_folds_what_needs_a_reason_away(client, manager, carmen):
    switch("settlement")
    shipment = held(carmen)

    page = client.get("/holds/").content.decode()
    card = page[page.index('<article class="card hold"') : page.index("</article>")]
    before, folded = card.split("<details>")
    folded, after = folded.split("</details>")

    assert 'value="release"' in before
    assert 'name="reason"' not in before + after
    assert "<summary>Decide otherwise</summary>" in folded
    assert all(part in folded for part in ('value="keep"', 'value="override"', 'name="reason"', 'name="last_day"'))
    assert card.count(f'action="/shipments/{shipment.pk}/decide/"') == 2
