"""What people enter about a customer or an item, and the explanation that they read: by role, and in words."""

from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.test import Client

from collections_app import night
from collections_app.cases import deciding
from collections_app.cases.models import Confirmation, StandingOverride, ToDo
from collections_app.visits import services as visits
from customers.models import Condition
from tests import factories as make

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)
DAY = timedelta(days=1)


class Words(HTMLParser):
    """The text of a page, and where each link leads."""

    def __init__(self):
        super().__init__()
        self.parts, self.links, self.href = [], {}, ""

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.href = dict(attrs).get("href") or ""

    def handle_endtag(self, tag):
        if tag == "a":
            self.href = ""

    def handle_data(self, data):
        text = " ".join(data.split())
        if text:
            self.parts.append(text)
            if self.href:
                self.links.setdefault(text, self.href)


def read(answer):
    words = Words()
    words.feed(answer.content.decode())
    return " ".join(words.parts), words.links


@pytest.fixture
def people():
    make.business()
    return {
        "rep": make.rep("carmen"), "manager": make.manager("maria"), "finance": make.finance("niamh"),
        "auditor": make.auditor("audrey"), "admin": make.admin_user("adam"),
    }  # fmt: skip


@pytest.fixture
def customer(people):
    return make.customer(owner=people["rep"], code="C-100", name="Mercado Sol")


@pytest.fixture
def item(customer):
    return make.due_item(customer, 3200, due_date=TUESDAY - 70 * DAY, issued_on=TUESDAY - 100 * DAY, number="0871")


def as_(people, role):
    client = Client()
    client.force_login(people[role])
    return client


def send(client, url, **said):
    key = client.get(url).context["form"]["key"].value()
    return client.post(url, {"key": key} | said)


# Conditions


def test_a_condition_is_entered_and_ended_on_the_customers_page(people, customer, item):
    finance = as_(people, "finance")
    text, links = read(finance.get("/customers/C-100/"))
    assert "Neither insolvent nor closed" in text

    begun = send(
        finance, links["Enter a condition"], kind="insolvent", starts_on="2026-11-20", reference="IN 77/26",
        register_by="2026-12-20",
    )  # fmt: skip

    assert begun.url == "/customers/C-100/#condition"
    text, links = read(finance.get("/customers/C-100/"))
    assert "Insolvent since 20 Nov 2026 · IN 77/26" in text
    assert "Our claim is registered by 20 Dec 2026." in text
    assert ToDo.objects.get().due_on == date(2026, 12, 20)

    send(finance, links["It is over"], ends_before="2026-11-24")

    text, links = read(finance.get("/customers/C-100/"))
    assert "since 20 Nov 2026, over since 24 Nov 2026" in text
    assert "It is over" not in links


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"kind": "closed", "starts_on": "2026-11-25"}, "25 Nov 2026 has not come yet"),
        ({"kind": "closed", "starts_on": "0026-11-20"}, "out of reach"),
        ({"kind": "nothing", "starts_on": "2026-11-20"}, "not one of the available choices"),
        ({"kind": "closed", "starts_on": "2026-11-20", "register_by": "2026-12-20"}, "Only an insolvency"),
        ({"kind": "closed", "starts_on": ""}, "required"),
    ],
)
def test_a_condition_that_cannot_be_is_refused_and_what_was_typed_stays(people, customer, said, error):
    manager = as_(people, "manager")

    answer = send(manager, "/customers/C-100/condition/", reference="typed before", **said)

    assert answer.status_code == 422
    assert error in read(answer)[0]
    assert 'value="typed before"' in answer.content.decode()
    assert not Condition.objects.exists()


def test_sent_twice_it_is_entered_once(people, customer):
    manager = as_(people, "manager")
    key = manager.get("/customers/C-100/condition/").context["form"]["key"].value()
    said = {"key": key, "kind": "closed", "starts_on": "2026-11-20"}

    answers = [manager.post("/customers/C-100/condition/", said) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Condition.objects.count() == 1


@pytest.mark.parametrize("role", ["rep", "auditor"])
def test_who_may_only_look_sees_conditions_and_no_buttons(people, customer, item, role):
    make.befall(customer, "closed")

    text, links = read(as_(people, role).get("/customers/C-100/"))

    assert "Closed since 24 Nov 2026" in text
    assert not {"Enter a condition", "It is over", "Record an answer"} & set(links)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("insolvent", "Received after the insolvency was opened on 14 Nov 2026: tell the administrator. (IN 77/26)"),
        ("handed over", "Received after the hand-over of 14 Nov 2026: tell the agency or lawyer. (IN 77/26)"),
        ("assigned", "Received after the assignment of 14 Nov 2026: tell the assignee. (IN 77/26)"),
    ],
)
def test_money_of_a_customer_in_other_hands_is_flagged(people, customer, item, kind, said):
    before = make.payment(customer, 100, received_on=TUESDAY - 11 * DAY)
    make.befall(customer, kind, on=TUESDAY - 10 * DAY, reference="IN 77/26")
    after = make.payment(customer, 250, received_on=TUESDAY - 2 * DAY)
    finance = as_(people, "finance")

    assert said not in read(finance.get(f"/payments/{before.pk}/"))[0]
    assert said in read(finance.get(f"/payments/{after.pk}/"))[0]
    assert "€250.00 reached us since: it is booked, and reported" in read(finance.get("/customers/C-100/"))[0]


# The explanation


def test_the_invoice_page_explains_its_standing_with_links(people, customer, item):
    night.run(as_of=TUESDAY, by=make.BY)
    make.payment(customer, 200, received_on=TUESDAY - DAY)

    text, links = read(as_(people, "finance").get(f"/invoices/{item.invoice_id}/"))

    assert "0871 is 70 days late; from 60 days on an item is quasi-bad." in text
    assert "Way out Pay €3,000.00; after 13 Mar 2027 it is bad." in text
    assert links["Due on 15 Sept 2026. 70 days late."] == f"/invoices/{item.invoice_id}/#due-{item.pk}"
    assert links["Last movement of the customer: a payment on 23 Nov 2026, 1 day ago."].startswith("/payments/")


def test_a_rep_reads_the_same_facts_without_pages_of_money(people, customer, item):
    make.payment(customer, 200, received_on=TUESDAY - DAY)

    text, links = read(as_(people, "rep").get(f"/invoices/{item.invoice_id}/"))

    assert "a payment on 23 Nov 2026" in text
    assert not any(url.startswith("/payments/") for url in links.values())


def test_the_invoice_page_explains_a_past_day_and_refuses_a_day_to_come(people, customer, item):
    page = f"/invoices/{item.invoice_id}/"

    text, links = read(as_(people, "finance").get(page, {"as_of": str(TUESDAY - 20 * DAY)}))
    assert "0871 was due on 15 Sept 2026 and is 50 days late." in text and "As of Wednesday 4 November 2026" in text
    assert links["Today"] == f"{page}#why" and "Override the standing" not in links

    text, _links = read(as_(people, "finance").get(page, {"as_of": str(TUESDAY + DAY)}))
    assert "That day has not come yet. Choose today or a day before." in text
    assert "0871 is 70 days late" in text


def test_each_part_of_an_invoice_is_explained(people, customer):
    parts = [(TUESDAY - 200 * DAY, "60"), (TUESDAY + 5 * DAY, "40")]
    invoice = make.invoice(customer, 100, parts=parts, issued_on=TUESDAY - 230 * DAY)

    text, _links = read(as_(people, "rep").get(f"/invoices/{invoice.pk}/"))

    assert "Part due on 8 May 2026" in text
    assert "Part due on 29 Nov 2026" in text


def test_the_customers_page_says_why_of_each_item_and_leads_to_the_rest(people, customer, item):
    deciding.record_confirmation(
        customer=customer, balance_on=TUESDAY - 9 * DAY, currency="EUR", amount=Decimal(3200), answer="refused",
        answered_on=TUESDAY - DAY, by=make.BY,
    )  # fmt: skip
    late = make.due_item(customer, 10, due_date=TUESDAY - 5 * DAY, number="0900")

    _text, links = read(as_(people, "rep").get("/customers/C-100/"))

    why = "0900 is 5 days late and the customer refused to confirm its balance."
    assert links[why] == f"/invoices/{late.invoice_id}/#why-{late.pk}"


def test_the_head_of_the_customers_page_asks_for_all_items_in_the_worst_standing(people, customer, item):
    make.due_item(customer, 100, due_date=TUESDAY - 65 * DAY)
    make.due_item(customer, 40, due_date=TUESDAY - 5 * DAY)
    night.run(as_of=TUESDAY, by=make.BY)

    text, _links = read(as_(people, "rep").get("/customers/C-100/"))

    assert "Pay €3,300.00; after 13 Mar 2027 it is bad." in text


def test_the_stop_page_says_why_in_a_sentence_with_the_way_out(people, customer, item):
    make.site(customer)
    visits.plan_day(rep=people["rep"], on=TUESDAY, by=make.BY)
    stop = people["rep"].plans.get(on=TUESDAY).stops.get()

    text, links = read(as_(people, "rep").get(f"/stops/{stop.pk}/"))

    why = "0871 is 70 days late; from 60 days on an item is quasi-bad."
    assert links[why] == f"/invoices/{item.invoice_id}/#why-{item.pk}"
    assert f"{why} Pay €3,200.00; after 13 Mar 2027 it is bad." in text


# Overrides


def test_a_manager_overrides_a_standing_and_lifts_it(people, customer, item):
    manager, page = as_(people, "manager"), f"/invoices/{item.invoice_id}/"
    _text, links = read(manager.get(page))

    done = send(
        manager, links["Override the standing"], standing="overdue", because="The shop was flooded",
        last_day="2026-12-10",
    )  # fmt: skip

    assert done.url == f"{page}#why"
    text, links = read(manager.get(page))
    assert "Maria decided “Overdue” until 10 Dec 2026: The shop was flooded" in text
    assert StandingOverride.objects.get().ends_before == date(2026, 12, 11)

    send(manager, links["Lift the override"])

    assert "from 60 days on an item is quasi-bad" in read(manager.get(page))[0]
    assert StandingOverride.objects.get().lifted_on == TUESDAY


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"because": "", "last_day": "2026-12-10"}, "required"),
        ({"because": "Flooded", "last_day": ""}, "required"),
        ({"because": "Flooded", "last_day": "2026-11-23"}, "ends after it starts"),
        ({"because": "Flooded", "last_day": "2028-01-01"}, "a year at most"),
    ],
)
def test_an_override_without_a_reason_or_an_end_is_refused(people, item, said, error):
    answer = send(as_(people, "manager"), f"/due-items/{item.pk}/override/", standing="overdue", **said)

    assert answer.status_code == 422
    assert error in read(answer)[0]
    assert not StandingOverride.objects.exists()


@pytest.mark.parametrize("role", ["rep", "finance", "auditor"])
def test_other_roles_see_no_button_to_override(people, item, role):
    _text, links = read(as_(people, role).get(f"/invoices/{item.invoice_id}/"))

    assert "Override the standing" not in links


def test_a_standing_beyond_the_managers_right_is_refused_in_words(people, customer):
    large = make.due_item(customer, 6000, due_date=TUESDAY - DAY)

    answer = send(
        as_(people, "manager"), f"/due-items/{large.pk}/override/", standing="unpaid", because="Flooded",
        last_day="2026-12-10",
    )  # fmt: skip

    assert answer.status_code == 422
    assert "may not override the standing of so much: €6,000.00" in read(answer)[0]


# Balance confirmations


def test_the_answer_to_a_balance_is_recorded_and_shown(people, customer, item):
    finance = as_(people, "finance")
    _text, links = read(finance.get(f"/invoices/{item.invoice_id}/"))
    url = links["Record the answer to a balance confirmation"]
    form = finance.get(url).context["form"]
    assert (form["amount"].value(), form["currency"].value()) == ("3200.00", "EUR")

    done = send(
        finance, url, balance_on="2026-10-31", currency="EUR", amount="3200.00", answer="differs",
        their_amount="3,000.00", answered_on="2026-11-20", answered_by="Lucía Ortega", is_signed="on",
    )  # fmt: skip

    assert done.url == "/customers/C-100/#confirmations"
    text, _links = read(finance.get("/customers/C-100/"))
    assert "Another amount €3,200.00 as of 31 Oct 2026 · they say €3,000.00" in text
    assert Confirmation.objects.get().is_signed


def test_another_amount_needs_that_amount(people, customer):
    answer = send(
        as_(people, "finance"), "/customers/C-100/confirmation/", balance_on="2026-10-31", currency="EUR",
        amount="3200", answer="differs", answered_on="2026-11-20",
    )  # fmt: skip

    assert answer.status_code == 422
    assert "Enter the amount that the customer names instead." in read(answer)[0]
