"""What a customer's page and an invoice's say: standing, what is owed, the timeline, habits."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from audit.services import COMMAND
from collections_app.cases import services as cases
from collections_app.letters import services as letters
from collections_app.standings.models import Standing
from common.templatetags import ui
from contracts.models import Contract
from tests import factories as make
from tests.web.desk.pages import text_of

pytestmark = pytest.mark.django_db


def test_the_customer_page_says_the_standing_why_and_the_way_out(client, customer, carmen):
    client.force_login(carmen)

    page = text_of(client.get("/customers/C-100/"))

    assert "0871 is 64 days late; from 60 days on an item is quasi-bad." in page
    assert "Pay €3,240.00; after" in page
    assert "64 days late" in page
    assert "in 3 days" in page


def test_of_what_is_not_late_the_way_out_names_what_falls_due_by_the_day_in_the_words_of_the_invoice(
    client, carmen, today
):
    customer, first = make.customer(owner=carmen, code="C-200"), today + timedelta(days=4)
    make.invoice(customer, "3936.59", due_date=first, number="1001")
    make.invoice(customer, "18821.82", due_date=today + timedelta(days=40), number="1002")
    client.force_login(carmen)

    def way_out(code):
        return client.get(f"/customers/{code}/").context["page"].top.way_out

    asked = f"Pay €3,936.59 by {ui.day(first)}; from the next day on it is overdue."
    assert way_out("C-200") == asked
    assert asked in text_of(client.get(reverse("desk:invoice", args=[customer.invoices.get(number="1001").pk])))

    make.invoice(customer, "63.41", due_date=first, number="1003")
    make.invoice(customer, "200.00", due_date=first, number="1004", currency="USD")
    assert way_out("C-200").split(" by ")[0] == "Pay €4,000.00"
    assert f"Pay US$200.00 by {ui.day(first)}; from the next day on it is overdue." in way_out("C-200")


def test_of_several_late_items_the_way_out_names_all_of_them(client, customer, carmen, today):
    make.invoice(customer, "760.00", due_date=today - timedelta(days=62), number="0872")
    client.force_login(carmen)

    assert "Pay €4,000.00; after" in client.get("/customers/C-100/").context["page"].top.way_out


def test_beside_a_promise_on_one_item_the_way_out_is_a_whole_sentence_about_all_that_is_due(
    client, customer, carmen, today
):
    make.invoice(customer, "760.00", due_date=today - timedelta(days=64), number="0872")
    item = customer.due_items.get(invoice__number="0871")
    cases.promise(
        customer=customer, amount=Decimal(3240), currency="EUR", promised_on=today + timedelta(days=2), method="cash",
        lines=[(item.pk, Decimal(3240))], on=today, by=carmen,
    )  # fmt: skip
    client.force_login(carmen)

    way_out = client.get("/customers/C-100/").context["page"].top.way_out

    assert way_out.startswith("Pay €4,000.00; after ")
    assert way_out.endswith("it is bad.")


def test_what_was_invoiced_a_moment_ago_is_open_and_has_the_standing_of_its_facts(client, customer, carmen, today):
    client.force_login(carmen)
    Standing.objects.all().delete()  # the marks of the invoices wait for their minute

    page = text_of(client.get("/customers/C-100/"))

    assert "Nothing is open" not in page
    assert "badge--quasi-bad" in page.split('id="owes"')[0]


def test_what_a_customer_owes_ties_to_the_footer_with_credit_and_unapplied_money(client, customer, carmen, today):
    make.credit_note(customer, "40.00", issued_on=today - timedelta(days=3), number="CN-7")
    item = customer.due_items.get(invoice__number="0871")
    cases.open_dispute(due_item=item, amount=Decimal(120), reason="price", on=today, by=make.BY)
    client.force_login(carmen)

    page = client.get("/customers/C-100/").context["page"]

    [table] = page.owes
    assert table.total.open == Decimal("4274.60")
    assert table.total.open == sum(line.open for line in table.lines)
    assert table.total.disputed == Decimal(120)
    assert table.total.late == Decimal("3240.00")


def test_the_settlement_method_is_said_in_words(client, customer, carmen, today):
    Contract.objects.create(
        customer=customer, number="SC-117", state="active", starts_on=today, currency="EUR", method="two_deliveries",
        parameters={"max_days": 30, "open_batches": 1},
    )  # fmt: skip
    client.force_login(carmen)

    assert "Two deliveries, one settlement: 1 batch may be open" in text_of(client.get("/customers/C-100/"))


def test_the_history_is_one_timeline_newest_first_and_can_be_narrowed(client, customer, carmen, today):
    cases.say_excuse(customer=customer, kind="no money", on=today, by=carmen)
    make.payment(customer, 40, received_on=today - timedelta(days=1))
    client.force_login(carmen)

    every = client.get("/customers/C-100/").context["history"].events
    excuses = client.get("/customers/C-100/?kind=excuse").context["history"].events

    assert [event.kind for event in every] == ["excuse", "payment", "invoice", "invoice"]
    assert [event.kind for event in excuses] == ["excuse"]


def test_the_history_names_people_and_the_command_line(client, customer, carmen, today):
    type(carmen).objects.update(first_name="Carmen", last_name="Ruiz")
    make.site(customer)
    cases.say_excuse(customer=customer, kind="not sold", on=today, by=carmen)
    letters.issue(as_of=today, by=COMMAND)
    client.force_login(make.auditor())

    page = client.get("/customers/C-100/").content.decode()

    names = {event.kind: event.who for event in client.get("/customers/C-100/").context["history"].events}
    assert (names["excuse"], names["letter"]) == ("Carmen Ruiz", "Command line")
    assert "carmen" not in page and "system:command" not in page


def test_a_long_history_has_pages(client, customer, carmen, today):
    make.many_invoices(customer, 60, due_date=today - timedelta(days=9))
    client.force_login(carmen)

    seen = [
        event.key
        for number in (1, 2, 3)
        for event in client.get(f"/customers/C-100/?kind=invoice&page={number}").context["history"].events
    ]

    assert len(seen) == len(set(seen)) == 62


def test_an_invoice_shows_its_due_items_and_what_settled_them(client, customer, carmen, today):
    make.payment(customer, 240, received_on=today, reference="TR-55")
    client.force_login(carmen)

    page = text_of(client.get(reverse("desk:invoice", args=[customer.invoices.get(number="0871").pk])))

    assert "Transfer TR-55" in page
    assert "3,000.00" in page


def test_stated_habits_are_told_in_words(client):
    make.business()
    customer = make.customer()
    customer.habits.create(kind="settlement day", rule="weekly tue")
    customer.habits.create(kind="method", rule="direct_debit")
    client.force_login(make.finance())

    page = client.get(reverse("desk:customer", args=[customer.code])).content.decode()

    assert "Pays on Tuesday only" in page
    assert "Direct debit" in page
    assert "weekly tue" not in page
