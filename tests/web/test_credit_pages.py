"""The page of a customer's credit: what is used of which limit, and what is decided about it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from collections_app.cases.models import ToDo
from collections_app.gate import credit_services
from collections_app.gate.models import CreditCheck
from common import clock
from contracts.models import Product, ShipmentLine
from customers.models import Customer, Group, Limit
from receivables.models import Rate
from tests import factories as make
from tests.web.credit_pages import customer as customer  # noqa: PLC0414  (a fixture)
from tests.web.credit_pages import finance as finance  # noqa: PLC0414  (a fixture)
from tests.web.credit_pages import limited, order, page_of, served_for_long, text_of
from tests.web.credit_pages import today as today  # noqa: PLC0414  (a fixture)

pytestmark = pytest.mark.django_db


def test_the_parts_add_up_to_the_exposure_and_open_the_rows_behind_them(client, finance, customer, today):
    Rate.objects.create(currency="GBP", on=today, rate=Decimal("1.2"), source="ECB")
    make.account("GBP")
    make.invoice(customer, 100, due_date=today)
    make.invoice(customer, 10, due_date=today, currency="GBP")

    answer = client.get(page_of(customer))

    page = text_of(answer)
    assert "Open invoices €100.00 + £10.00 112.00" in page
    assert "Exposure 112.00" in page
    assert "1 GBP = 1.2 EUR" in page
    assert f"/receivables/?as_of={today}&amp;customer=C-100" in answer.content.decode()


def test_limits_stand_with_whose_they_are_what_stands_against_them_and_their_days(client, finance, customer, today):
    group = Group.objects.create(name="Grupo Sol")
    Customer.objects.filter(pk=customer.pk).update(group=group)
    make.invoice(make.customer(group=group), 80, due_date=today)
    make.invoice(customer, 30, due_date=today)
    limited(customer, 50, today)
    limited(None, 100, today, group=group)
    limited(customer, 40, today, insurer="Atradius", ends_before=today + timedelta(days=30))

    page = text_of(client.get(page_of(customer)))

    assert "Mercado Sol – €50.00 50.00 30.00 60.0% 20.00" in page
    assert "All customers of the group Grupo Sol – €100.00 100.00 110.00 110.0% −10.00 exceeded" in page
    assert "Mercado Sol Atradius €40.00 40.00 30.00 75.0% 10.00 24 Nov 2026 23 Dec 2026" in page


def test_the_ramp_of_a_new_customer_is_drawn_step_by_step(client, finance, customer, today):
    limited(customer, 3000, today)
    for number in range(3):
        make.invoice(customer, 10, due_date=today, paid=[("10", today)], number=f"INV-{number}")

    page = text_of(client.get(page_of(customer)))

    assert "3 of 6 settlements on time: €1,750.00 of €3,000.00." in page
    assert "2 settlements: €1,333.33 reached" in page
    assert "4 settlements: €2,166.67 not yet" in page


def test_what_is_wrong_with_a_cover_stands_beside_it(client, finance, customer, today):
    make.invoice(customer, 10, due_date=today - timedelta(days=40), number="INV-1")
    limited(customer, 40, today - timedelta(days=50), insurer="Atradius", ends_before=today, notify_after_days=30)

    page = text_of(client.get(page_of(customer)))

    assert "The cover of Atradius ended on 23 Nov 2026." in page
    assert "Atradius should have been told of invoice INV-1." in page


def test_an_order_that_is_too_large_is_offered_in_parts_and_never_just_refused(client, finance, customer, today):
    served_for_long(customer, today)
    limited(customer, 100, today)
    make.invoice(customer, 60, due_date=today + timedelta(days=10), number="INV-1")
    shipment = order(customer, 150)
    red = Product.objects.create(code="red", name="Tinto", unit="case")
    ShipmentLine.objects.create(shipment=shipment, product=red, quantity=15, unit_price=10, amount=150)

    page = text_of(client.get(page_of(customer)))

    assert "The order comes to €150.00; there is room for €40.00." in page
    assert "Now: goods for €40.00." in page
    assert "4 Dec 2026: goods for €60.00, after payment of €60.00 on INV-1." in page
    assert "For a unit of the rest €10.00 more must become free" in page
    assert "Tinto 15 4 6 5" in page


def grant(client, customer, today, **values):
    sent = {
        "whose": "customer",
        "amount": "1500",
        "currency": "EUR",
        "starts_on": today.isoformat(),
        "because": "Asked",
    }
    return client.post(reverse("desk:grant-limit", args=[customer.code]), sent | values)


def test_finance_grants_a_limit_and_the_page_says_from_when(client, finance, customer, today):
    answer = grant(client, customer, today, amount="1.500,00", last_day="2026-12-31")

    limit = Limit.objects.get()
    assert answer.url == page_of(customer)
    assert (limit.amount, limit.ends_before.isoformat(), limit.entered_by) == (1500, "2027-01-01", "niamh")
    assert "From 24 Nov 2026 on the limit is €1,500.00." in text_of(client.get(answer.url))


def test_a_limit_of_the_group_counts_for_all_of_its_customers(client, finance, customer, today):
    group = Group.objects.create(name="Grupo Sol")
    Customer.objects.filter(pk=customer.pk).update(group=group)

    grant(client, customer, today, whose="group")

    assert Limit.objects.get().group == group


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"amount": "much"}, "much is not an amount"),
        ({"amount": "1.500"}, "can be read in two ways"),
        ({"amount": "-1"}, "A limit is zero or more"),
        ({"starts_on": "2026-11-23"}, "past days keep the limit they had"),
        ({"last_day": "2026-11-01"}, "ends before it starts"),
        ({"last_day": "9999-12-31"}, "out of reach of any book"),
        ({"insurer": "Atradius"}, "An insured limit has an end"),
        ({"notify_after_days": "30"}, "Name the insurer"),
        ({"because": ""}, "This field is required"),
        ({"whose": "group"}, "Select a valid choice"),
    ],
)
def test_what_no_limit_can_be_is_said_beside_the_form_and_keeps_what_was_typed(
    client, finance, customer, today, values, said
):
    answer = grant(client, customer, today, policy_number="", **values)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Limit.objects.exists()


def test_a_manager_is_told_that_the_amount_is_above_his_right(client, customer, today):
    client.force_login(make.manager("maria"))

    answer = grant(client, customer, today, amount="5000.01")

    assert answer.status_code == 422
    assert "Your role may not grant a limit of this amount" in text_of(answer)
    assert grant(client, customer, today, amount="5000").status_code == 302


def test_an_odd_first_order_is_decided_on_the_page_with_what_was_looked_at(client, finance, customer, today):
    check = credit_services.ask_credit_check(shipment=order(customer, 9000), on=today, by=make.BY)
    page = text_of(client.get(page_of(customer)))
    assert "Decide on order S-9" in page
    assert "First order to be checked S-9 25 Nov 2026" in page
    decide = reverse("desk:decide-check", args=[check.pk])

    assert client.post(decide, {"answer": "passed"}).status_code == 422
    client.post(decide, {"answer": "passed", "note": "Register and bank seen"})
    again = client.post(decide, {"answer": "refused", "note": "Changed my mind"})

    assert CreditCheck.objects.get().answer == "passed"
    assert (again.status_code, "decided already" in text_of(again)) == (422, True)
    assert "Passed Register and bank seen Niamh, 24 Nov 2026" in text_of(client.get(page_of(customer)))
    assert "Decide on order" not in text_of(client.get(page_of(customer)))


def test_telling_the_insurer_is_noted_with_its_day(client, finance, customer, today):
    limited(customer, 40, today, insurer="Atradius", ends_before=today + timedelta(days=300), notify_after_days=30)
    make.invoice(customer, 10, due_date=today - timedelta(days=40), number="INV-1")
    tell = reverse("desk:told-insurer", args=[customer.code])
    assert "Atradius should have been told of invoice INV-1." in text_of(client.get(page_of(customer)))

    tomorrow = client.post(tell, {"invoice": "INV-1", "on": (today + timedelta(days=1)).isoformat()})
    other = client.post(tell, {"invoice": "INV-2", "on": today.isoformat()})
    client.post(tell, {"invoice": "INV-1", "on": (today - timedelta(days=1)).isoformat()})

    assert (tomorrow.status_code, other.status_code) == (422, 422)
    assert ToDo.objects.get().done_on == today - timedelta(days=1)
    page = text_of(client.get(page_of(customer)))
    assert "should have been told" not in page
    assert "Note that the insurer was told" not in page


@pytest.mark.parametrize("role", ["rep", "auditor"])
def test_whoever_only_looks_sees_the_figures_and_no_forms(client, customer, today, role):
    credit_services.ask_credit_check(shipment=order(customer, 9000), on=today, by=make.BY)
    limited(customer, 50, today)
    client.force_login(customer.owner if role == "rep" else make.auditor())

    answer = client.get(page_of(customer))

    assert "Limits in force" in text_of(answer)
    assert "<form" not in answer.content.decode().split("<main")[1].split("</main>")[0]


def test_the_page_of_a_customer_asks_as_many_questions_for_much_as_for_little(
    client, finance, customer, today, count_queries
):
    def grow(count):
        for place in range(count):
            limited(customer, 40, today)
            make.invoice(customer, 10, due_date=today - timedelta(days=40), number=f"G-{count}-{place}")
            shipment = order(customer, 9000, number=f"S-{count}-{place}")
            product = Product.objects.create(code=f"P-{count}-{place}", name="Tinto")
            ShipmentLine.objects.create(shipment=shipment, product=product, quantity=90, unit_price=100, amount=9000)
            CreditCheck.objects.create(
                customer=customer, shipment=shipment, because="large", asked_on=today, entered_at=clock.now()
            )

    limited(customer, 40, today, insurer="Atradius", ends_before=today + timedelta(days=300), notify_after_days=30)
    grow(2)
    client.get(page_of(customer))
    before = count_queries(lambda: client.get(page_of(customer)))
    grow(10)

    assert count_queries(lambda: client.get(page_of(customer))) == before


@pytest.mark.parametrize("language", ["en", "es", "zh-hans"])
def test_the_pages_open_in_every_language(client, customer, today, language):
    make.invoice(customer, 10, due_date=today - timedelta(days=40))
    limited(customer, 5, today)
    person = make.finance()
    person.language = language
    person.save()
    client.force_login(person)

    for url in ("/credit/", page_of(customer)):
        answer = client.get(url)
        assert answer.status_code == 200
        assert answer.content.decode().count("<h1") == 1
