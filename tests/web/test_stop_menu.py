"""What a rep decides about one stop, on the phone: skip it, put it off, lock its time, plan the rest again."""

import re

import pytest
from django.urls import reverse

from collections_app.visits import services, wishes
from collections_app.visits.models import Stop, Wish
from tests import factories as make
from tests.web.test_plan_pages import DAY, TUESDAY, WEDNESDAY, owing, shown
from tests.web.test_plan_pages import carmen as carmen  # noqa: PLC0414  (a fixture)

pytestmark = pytest.mark.django_db


@pytest.fixture
def today_stop(carmen):
    owing(carmen, "Bar Sol")
    return services.plan_day(on=TUESDAY, rep=carmen, by=make.BY).stops.select_related("plan__rep", "customer").get()


def test_a_rep_skips_a_stop_with_a_reason_and_takes_it_back(client, carmen, today_stop):
    client.force_login(carmen)
    skip = reverse("visits:skip", args=[today_stop.pk])
    page = client.get(skip).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page).group(1)

    assert client.post(skip, {"key": key, "because": ""}).status_code == 422
    answer = client.post(skip, {"key": key, "because": "Closed today"}, follow=True)

    assert answer.redirect_chain == [(reverse("visits:today"), 302)]
    assert "Bar Sol" in answer.content.decode().split('id="skipped"')[1]
    page = shown(client, carmen, reverse("visits:stop", args=[today_stop.pk]))
    assert "Do not visit on this day: Closed today (Carmen)" in page
    client.post(reverse("visits:withdraw", args=[Wish.objects.get().pk]))
    assert "skipped" not in client.get(reverse("visits:today")).content.decode()


def test_a_stop_is_put_off_to_another_day(client, carmen, today_stop):
    client.force_login(carmen)
    skip = reverse("visits:skip", args=[today_stop.pk])

    answer = client.post(skip, {"key": "k", "because": "Asked", "instead_on": "2026-11-25"}, follow=True)
    assert "Bar Sol is wanted on Wed 25 Nov." in answer.content.decode()

    assert Wish.objects.get(on=WEDNESDAY).kind == "pin"


def test_the_page_of_a_stop_locks_and_unlocks_it(client, carmen, today_stop):
    client.force_login(carmen)
    lock, unlock = (reverse(f"visits:{name}", args=[today_stop.pk]) for name in ("lock", "unlock"))

    page = client.post(lock, follow=True).content.decode()
    assert "is locked: it keeps its rep and its time" in page and unlock in page
    assert "Locked" in client.get(DAY).content.decode()
    page = client.post(unlock, {"back": "plans"}, follow=True).content.decode()

    assert "Bar Sol is free again" in page
    assert not Stop.objects.get().is_locked


def test_a_refusal_of_one_button_is_said_on_the_page_it_came_from(client, carmen, today_stop):
    Stop.objects.update(state="cancelled")
    client.force_login(carmen)

    page = client.post(reverse("visits:lock", args=[today_stop.pk]), follow=True).content.decode()

    assert "The visit to Bar Sol is not planned any more." in page


def test_a_rep_plans_the_rest_of_his_day_again_from_now_on(client, carmen, today_stop):
    page = shown(client, carmen, reverse("visits:today"))
    assert "Plan the rest of the day again" in page

    answer = client.post(reverse("visits:replan-today"), follow=True)

    assert "Carmen: planned, 1 stop." in answer.content.decode()
    assert Stop.objects.get().arrive_at >= wishes.now_on(TUESDAY).replace(minute=0, second=0, microsecond=0)


def test_a_rep_without_a_plan_makes_one_himself(client, carmen):
    owing(carmen, "Bar Sol")

    assert "Plan the day" in shown(client, carmen, reverse("visits:today"))
    client.post(reverse("visits:replan-today"))

    assert "Bar Sol" in shown(client, carmen, reverse("visits:today"))
