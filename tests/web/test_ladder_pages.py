"""The supply ladder on pages: who stands where, what a step would do before it does, the step, and the way down."""

import re
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from collections_app.cases import services as cases
from collections_app.gate import ladder_notice, modes
from collections_app.gate.models import LadderStep
from common import documents
from common.pdf import CannotPrint
from receivables.models import DueItem
from tests import factories as make
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def house(db, monkeypatch):
    make.business()
    modes.set_mode(cause="ladder", segment="", mode="on", starts_on=TUESDAY, on=TUESDAY, by=make.BY)
    monkeypatch.setattr(ladder_notice, "to_pdf", lambda sheet: b"%PDF " + sheet["subject"].encode())


@pytest.fixture
def carmen():
    return make.rep("carmen")


@pytest.fixture
def customer(carmen):
    return make.customer(owner=carmen, code="C-1", name="Mercado Sol", country="IE")


@pytest.fixture
def breach(customer):
    """Sixty days late with 1,240.00, of 1,240.00 and something that is not due."""
    make.due_item(customer, 500, due_date=TUESDAY)
    return make.due_item(customer, 1240, due_date=TUESDAY - timedelta(days=60), number="INV-88")


@pytest.fixture
def boss(client):
    manager = make.manager("maria")
    client.force_login(manager)
    return manager


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def look(client, **asked):
    return client.get(reverse("desk:ladder-of", args=["C-1"]), asked)


def send(client, name, *args, **said):
    return client.post(reverse(f"desk:{name}", args=args), {"key": uuid4().hex, **said})


def climb(client, rung=1, **said):
    values = {"rung": rung, "margin": "25", "because": "Answers no call", "clause": "Clause 9"}
    return send(client, "climb", "C-1", **values | said)


def stands():
    return list(LadderStep.objects.filter(left_on=None).values_list("rung", flat=True))


def deliveries(customer, *amounts):
    contract = make.contract(customer)
    for place, amount in enumerate(amounts, start=1):
        day = TUESDAY - timedelta(days=30 * place)
        make.shipment(contract, [(make.product(), 1, amount)], asked_on=day, delivered_on=day)
    return contract


# The list


def test_the_list_proposes_the_next_rung_and_says_what_it_would_do(client, boss, customer, breach):
    contract = deliveries(customer, 600, 600, 600)
    make.shipment(contract, [(make.product(), 1, 900)], asked_on=TUESDAY)

    page = client.get("/ladder/")

    [row] = [one.record for one in page.context["table"].page.object_list]
    assert (row.stands_on, row.next_rung, row.days_late, row.late) == ("", "1 · Smaller batches", 60, 1240)
    assert row.would == "No batch above €300.00 leaves. Of what waits today it would hold 1 shipment: €900.00."
    assert row.lost_margin == Decimal("37.50")  # a quarter of the 150.00 kept back a month
    assert row.ground == "Right of retention: Sale of Goods Act 1893, ss. 39-43"
    assert not LadderStep.objects.exists()
    assert "Mercado Sol" in text_of(page)


def test_the_margin_of_the_costs_can_be_stated(client, boss, customer, breach):
    deliveries(customer, 600, 600, 600)

    def cost(asked):
        [row] = [one.record for one in client.get(f"/ladder/?margin={asked}").context["table"].page.object_list]
        return row.lost_margin

    assert [cost("10"), cost("0"), cost("")] == [Decimal(15), Decimal(0), Decimal("37.50")]
    assert client.get("/ladder/?margin=101").status_code == 422


def test_who_stands_on_a_rung_and_stays_there_is_told_why(client, boss, customer, breach):
    make.ladder_step(customer, 2, days_ago=3)

    [row] = [one.record for one in client.get("/ladder/").context["table"].page.object_list]

    assert (row.stands_on, row.next_rung) == ("2 · No new gifts, samples or rebates", "")
    assert row.would == "The last letter gave the customer time until 1 Dec 2026."
    assert row.ground == "Clause 9"


def test_the_list_is_filtered_and_exported(client, boss, carmen, customer, breach):
    other = make.customer(owner=carmen, name="Kiosko Rey", code="C-2")
    make.ladder_step(other, 6)

    def shown(query):
        return [one.record.code for one in client.get(f"/ladder/?{query}").context["table"].page.object_list]

    assert shown("") == ["C-1", "C-2"]
    assert shown("show=proposed") == ["C-1"]
    assert shown("show=standing") == ["C-2"]
    assert shown("q=kiosko") == ["C-2"]
    assert shown("rep=carmen&sort=-stands_on") == ["C-2", "C-1"]
    assert shown("rep=none") == []

    [row] = rows_of(client.get("/ladder/?show=proposed&export=csv"))
    assert [row[name] for name in ("Customer", "Code", "Rep", "Undisputed, EUR")] == [
        "Mercado Sol", "C-1", "Carmen", "1240.00",
    ]  # fmt: skip
    assert {"Stands on", "Since", "Days late", "Proposed step"} <= set(row)
    assert client.get("/ladder/?export=xlsx").status_code == 200


def test_a_rep_sees_the_own_customers_and_decides_nothing(client, carmen, customer, breach):
    client.force_login(make.rep("tom"))
    assert not client.get("/ladder/").context["table"].page.object_list
    assert look(client).status_code == 404

    client.force_login(carmen)
    assert [one.record.code for one in client.get("/ladder/").context["table"].page.object_list] == ["C-1"]
    page = look(client)
    assert "Take the step" not in text_of(page)
    assert climb(client).status_code == 403


# One customer


def test_the_page_shows_the_rung_its_precondition_its_ground_and_its_effect_before_it_is_taken(
    client, boss, customer, breach
):
    contract = deliveries(customer, 600, 600, 600)
    waits = make.shipment(contract, [(make.product(), 1, 900)], asked_on=TUESDAY)

    page = text_of(look(client))

    for words in (
        "On no rung",
        "INV-88",
        "What this rung would do: 1 · Smaller batches",
        "Something undisputed is late for 15 days or more, and at least €100.00 in all.",
        "Right of retention: Sale of Goods Act 1893, ss. 39-43",
        "No batch above €300.00 leaves.",
        f"{waits.number} 24 Nov 2026 Batch too large €900.00 €300.00",
        "€37.50",
        "Take this step",
    ):
        assert words in page
    assert stands() == []


def test_another_rung_can_be_looked_at_and_says_what_it_lacks(client, boss, customer, breach):
    page = text_of(look(client, rung=5, margin=40))

    assert "What this rung would do: 5 · Return of goods" in page
    assert "The oldest undisputed item is 60 days late; this rung is for 75 days and more." in page
    assert "We kept no title to goods that are late." in page
    assert "This would leave out 1 · Smaller batches, 2 · No new gifts" in page
    assert "Take this step" not in page


@pytest.mark.parametrize("asked", [{"rung": 9}, {"rung": "x"}, {"margin": "-1"}])
def test_what_cannot_be_looked_at_falls_back_to_the_next_rung(client, boss, customer, breach, asked):
    page = look(client, **asked)

    assert (page.status_code, int(page.context["page"].look.outlook.rung)) == (200, 1)


def test_a_gate_that_only_observes_says_so(client, boss, customer, breach):
    modes.set_mode(cause="ladder", segment="", mode="observe", starts_on=TUESDAY, on=TUESDAY, by=make.BY)

    for page in (look(client), client.get("/ladder/")):
        assert "The gate only observes the ladder now" in text_of(page)


def test_who_may_not_skip_a_rung_is_offered_no_form_for_it(client, boss, customer, breach):
    assert "Leave out 1 · Smaller batches" in text_of(look(client, rung=2))
    client.force_login(make.finance())

    page = text_of(look(client, rung=2))
    assert "Only a manager or an admin may skip a rung." in page
    assert "Take this step" not in page
    assert "Take this step" in text_of(look(client, rung=1))


def test_goods_come_back_with_the_consent_that_the_form_states(client, boss, customer):
    make.due_item(customer, 1240, due_date=TUESDAY - timedelta(days=80))
    make.ladder_step(customer, 4)
    assert "Consent of the customer" in text_of(look(client))

    assert climb(client, 5, clause="").status_code == 422
    assert climb(client, 5, clause="", consent="Lucía Ortega, 23 Nov 2026").status_code == 302
    assert LadderStep.objects.get(left_on=None).clause == "Consent: Lucía Ortega, 23 Nov 2026"


def test_a_step_is_taken_once_with_its_ground_and_the_notice_is_an_attachment(client, boss, customer, breach):
    deliveries(customer, 600, 600, 600)
    said = {"key": "same", "margin": "20"}

    answers = [climb(client, **said), climb(client, **said)]

    step = LadderStep.objects.get()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (step.rung, step.approved_by, step.clause, step.lost_margin) == (1, "maria", "Clause 9", 30)
    after = text_of(look(client))
    assert "1 · Smaller batches" in after and "Answers no call" in after
    file = client.get(reverse("desk:ladder-notice", args=[step.pk]))
    assert (file["Content-Type"], file["Content-Disposition"]) == (
        "application/pdf", 'attachment; filename="notice-C-1-rung-1-2026-11-24.pdf"',
    )  # fmt: skip
    assert file.content == b"%PDF Smaller deliveries from 24 Nov 2026 on"


def test_what_cannot_be_taken_comes_back_with_the_words_beside_it(client, boss, customer, breach):
    for said, words in (
        ({"because": " "}, "required"),
        ({"clause": " "}, "required"),
        ({"clause": "We go to court"}, "may not say “court” on this rung"),
        ({"rung": 5}, "required"),  # nobody ticked that rungs are left out
        ({"rung": 5, "skip": "on"}, "this rung is for 75 days and more"),
        ({"rung": 9}, "Select a valid choice"),
        ({"margin": "x"}, "number"),
    ):
        answer = climb(client, **said)
        assert (answer.status_code, words in text_of(answer)) == (422, True), (said, text_of(answer))
    assert stands() == []


def test_a_rung_is_skipped_by_a_manager_who_says_so(client, boss, customer, breach):
    assert climb(client, 4).status_code == 422
    client.force_login(make.finance())
    refused = climb(client, 4, skip="on")
    assert (refused.status_code, "Only a manager or an admin may skip" in text_of(refused)) == (422, True)
    client.force_login(boss)

    assert climb(client, 4, skip="on", because="Cheque bounced").status_code == 302
    assert stands() == []  # asked for
    page = text_of(look(client, rung=4))
    assert "You asked for it on 24 Nov 2026; another manager or admin approves it." in page
    assert "Take this step" not in page
    assert climb(client, 4, skip="on").status_code == 302
    assert stands() == []

    client.force_login(make.admin_user("ada"))
    answer = look(client, rung=4)
    page = text_of(answer)
    assert "asked for it on 24 Nov 2026:" in page and "Only a manager or an admin may skip" not in page
    assert "Take the step" in page and "Ask for the step" not in page
    assert climb(client, 4, skip="on").status_code == 302
    assert stands() == [4]


def test_who_may_skip_a_rung_is_not_told_that_only_a_manager_may(client, boss, customer, breach):
    page = text_of(look(client, rung=2))

    assert "Only a manager or an admin may skip" not in page
    assert "This would leave out 1 · Smaller batches. Ask for it here; another manager or admin approves it." in page
    assert "Ask for the step" in page


def test_what_was_looked_at_is_what_is_done(client, boss, customer, breach):
    """A colleague was quicker: the form of the first rung takes nobody to the second."""
    make.ladder_step(customer, 1)

    answer = climb(client, 1)

    assert (answer.status_code, stands()) == (422, [1])
    page = text_of(answer)
    assert "The customer stands on rung 1 · Smaller batches already. Nothing was changed." in page
    assert "Take this step: 2 ·" in page


def test_above_the_last_rung_there_is_none(client, boss, customer, breach):
    make.ladder_step(customer, 6)

    assert "What this rung would do" not in text_of(look(client))
    refused = climb(client, 6)
    assert (refused.status_code, "stands on rung 6" in text_of(refused)) == (422, True)
    assert stands() == [6]


def test_a_notice_that_could_not_be_printed_is_printed_later(client, boss, customer, breach, monkeypatch):
    def cannot(sheet):
        raise CannotPrint("The library Pango is missing.")

    monkeypatch.setattr(ladder_notice, "to_pdf", cannot)
    climb(client)
    step = LadderStep.objects.get()
    page = text_of(look(client))
    assert "Its notice is not printed yet" in page and "Print the notice" in page
    assert client.get(reverse("desk:ladder-notice", args=[step.pk])).status_code == 404
    refused = send(client, "print-ladder-notice", step.pk)
    assert (refused.status_code, "The library Pango is missing." in text_of(refused)) == (422, True)

    monkeypatch.setattr(ladder_notice, "to_pdf", lambda sheet: b"%PDF")
    assert send(client, "print-ladder-notice", step.pk).status_code == 302
    assert client.get(reverse("desk:ladder-notice", args=[step.pk])).content == b"%PDF"


def test_another_reps_notice_is_as_missing_as_none(client, customer):
    paper = documents.store(b"%PDF", name="notice.pdf", content_type="application/pdf")
    step = make.ladder_step(customer, notice=paper)
    client.force_login(make.rep("tom"))

    assert client.get(reverse("desk:ladder-notice", args=[step.pk])).status_code == 404


def test_a_person_leads_down(client, boss, customer, breach):
    make.ladder_step(customer, 3)

    assert send(client, "step-down", "C-1", rung=3, because="x").status_code == 422
    assert send(client, "step-down", "C-1", rung=1, because=" ").status_code == 422
    assert stands() == [3]
    assert send(client, "step-down", "C-1", rung=1, because="Paid the half").status_code == 302
    assert stands() == [1]
    assert send(client, "step-down", "C-1", rung=0, because="Agreed").status_code == 302
    assert stands() == []
    page = text_of(look(client))
    assert "Paid the half" in page and "Agreed" in page and "Lead down" not in page


def test_what_is_disputed_is_no_breach_on_the_page(client, boss, customer, breach):
    cases.open_dispute(due_item=breach, amount=Decimal(240), reason="price", on=TUESDAY, by=make.BY)

    page = look(client)

    [row] = page.context["page"].late
    assert (row.amount, row.left) == (1240, 1000)
    assert page.context["page"].sums == [("EUR", Decimal(1000))]


def test_a_currency_without_a_rate_is_named_and_in_no_sum(client, boss, customer):
    make.due_item(customer, 500, due_date=TUESDAY - timedelta(days=60), currency="USD")

    page = client.get("/ladder/")

    assert not page.context["table"].page.object_list  # it cannot be compared with the least amount
    assert "There is no rate for USD" in text_of(look(client))
    assert DueItem.objects.count() == 1


def test_the_list_asks_the_same_number_of_questions_at_any_size(client, boss, carmen, count_queries):
    def breaks(number):
        for _ in range(number):
            late = make.customer(owner=carmen)
            make.due_item(late, 300, due_date=TUESDAY - timedelta(days=60))
            deliveries(late, 100, 100, 100)
            stays = make.customer(owner=carmen)
            make.ladder_step(stays, 2)

    breaks(1)
    few = count_queries(lambda: client.get("/ladder/"))
    breaks(6)

    assert count_queries(lambda: client.get("/ladder/")) == few


def test_the_choice_of_a_rung_takes_the_width_that_its_words_need(client, boss, breach):
    page = look(client).content.decode()

    [field] = re.findall(r'<div class="(filters__field[^"]*)">\s*<label[^>]*for="look_rung"', page)
    assert "filters__field--whole" in field
