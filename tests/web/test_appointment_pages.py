"""Times agreed with a customer, on its page."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from collections_app.visits import services
from collections_app.visits.models import Appointment
from customers.models import Habit
from tests import factories as make
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def rep():
    make.business(calendar="ES")
    return make.rep("carmen")


@pytest.fixture
def customer(rep):
    return make.customer(rep, name="Mercado Sol", code="SOL/1")


@pytest.fixture
def address(customer):
    return reverse("desk:appointments", args=[customer.code])


def agree(client, address, on="2026-11-25", **values):
    sent = {"key": f"{on} {values}", "on": on, "starts_at": "10:00", "ends_at": "10:30"} | values
    return client.post(address, sent, follow=True)


def test_a_rep_agrees_on_a_time_and_cancels_it(client, rep, customer, address):
    client.force_login(rep)
    assert "None. A time that the customer agrees to" in client.get(address).content.decode()

    shown = agree(client, address, with_whom="Lucía Ortega").content.decode()
    assert "Appointment on Wed 25 Nov at 10:00." in shown and "Lucía Ortega" in shown
    cancel = reverse("desk:cancel-appointment", args=[Appointment.objects.get().pk])
    assert "Cancelled." in client.post(cancel, follow=True).content.decode()
    assert "cancelled before" in client.post(cancel, follow=True).content.decode()

    [row] = rows_of(client.get(address, {"export": "csv"}))
    assert (row["Day"], row["Begins from"], row["State"]) == ("2026-11-25", "10:00", "Cancelled")


def test_a_day_on_which_the_customer_must_not_be_visited_asks_for_a_tick(client, rep, customer, address):
    Habit.objects.create(customer=customer, kind=Habit.Kind.TABOO, rule="weekly wed")
    client.force_login(rep)
    assert 'type="checkbox" name="confirmed"' not in client.get(address).content.decode()

    asked = agree(client, address)
    assert asked.status_code == 422
    assert 'type="checkbox" name="confirmed"' in asked.content.decode()
    assert not Appointment.objects.exists()
    agree(client, address, confirmed="on")

    assert Appointment.objects.count() == 1


def test_a_time_outside_business_hours_is_refused_beside_what_was_typed(client, rep, address):
    client.force_login(rep)

    answer = agree(client, address, starts_at="07:00", ends_at="07:30")

    assert answer.status_code == 422
    assert "Visits begin between 09:00 and" in answer.content.decode()
    assert 'value="07:00"' in answer.content.decode()


def test_whoever_only_reads_sees_them_and_gets_no_form(client, customer, address):
    make.appointment(customer, on=TUESDAY + timedelta(days=1))
    client.force_login(make.finance())

    shown = client.get(address).content.decode()

    assert "Wed 25 Nov, 10:00–10:30" in shown
    assert "<form" not in shown.split('id="main"')[1]
    assert client.post(address, {}).status_code == 403


def test_the_pages_of_the_customer_and_of_the_stop_lead_there(client, rep, customer, address):
    make.site(customer)
    make.invoice(customer, 500, due_date=TUESDAY - timedelta(days=40))
    make.appointment(customer, on=TUESDAY)
    client.force_login(rep)
    stop = services.plan_day(on=TUESDAY, rep=rep, by=make.BY).stops.get()

    assert address in client.get(reverse("desk:customer", args=[customer.code])).content.decode()
    shown = client.get(reverse("visits:stop", args=[stop.pk])).content.decode()
    assert address in shown and "Appointment with Lucía Ortega, 10:00 to 10:30" in shown
