"""Why is X before Y? Two visits side by side."""

import re
from datetime import time
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from collections_app.visits.models import Chances, Plan, Stop
from common import clock
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY


@pytest.fixture
def carmen(client):
    make.business()
    rep = make.rep("carmen")
    client.force_login(rep)
    return rep


def plan_of(rep, on=TODAY):
    return Plan.objects.create(rep=rep, on=on, input_hash="x", made_at=clock.now())


def stop(plan, name, position, terms, **values):
    customer = make.customer(plan.rep, name=name)
    named = [{"term": term, "amount": amount} for term, amount in terms.items()]
    worth = sum(map(Decimal, terms.values()))
    return Stop.objects.create(
        **{
            "plan": plan, "customer": customer, "position": position, "ask_amount": 100, "currency": "EUR",
            "worth": worth, "terms": named, "reasons": [], "arrive_at": time(9 + position),
        }
        | values
    )  # fmt: skip


@pytest.fixture
def two(carmen):
    plan = plan_of(carmen)
    sun = stop(plan, "Café Sol", 1, {"asked": "1000.00", "chance": "-500.00", "promise today": "300.00"})
    moon = stop(
        plan, "Bar Luna", 2, {"asked": "900.00", "chance": "-500.00", "travel": "-12.00"},
        travel_minutes=20, opens_at=time(16), closes_at=time(18),
    )  # fmt: skip
    return sun, moon


def text_of(answer):
    page = answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])).split())


def compared(client, first, second):
    return text_of(client.get(reverse("visits:compare"), {"a": first.pk, "b": second.pk}))


def test_it_says_which_one_is_worth_more_and_what_most_of_that_is(client, two):
    said = compared(client, *two)

    assert "Café Sol is worth more than Bar Luna, by €412.00." in said
    assert "Most of it, €300.00: “A promise is due today”." in said
    assert "The way to Bar Luna is 20 minutes longer." in said


def test_the_other_way_round_it_says_the_same(client, two):
    said = compared(client, *two[::-1])

    assert "Café Sol is worth more than Bar Luna, by €412.00." in said
    assert "Most of it, €300.00: “A promise is due today”." in said


def test_the_terms_stand_side_by_side_with_their_differences_and_add_up(client, two):
    said = compared(client, *two)

    assert "What is asked for +1,000.00 +900.00 +100.00" in said
    assert "A promise is due today +300.00 – +300.00" in said
    assert "Way there – −12.00 +12.00" in said
    assert "Worth of the visit 800.00 388.00 +412.00" in said
    page = client.get(reverse("visits:compare"), {"a": two[0].pk, "b": two[1].pk}).context["page"]
    for sum_of, terms in ((page.first.worth, "first"), (page.second.worth, "second"), (page.difference, "difference")):
        assert sum(getattr(row, terms) for row in page.terms) == sum_of


def test_windows_say_why_the_order_is_as_it_is(client, two):
    said = compared(client, *two)

    assert "Café Sol comes before Bar Luna in the day. Bar Luna opens at 16:00." in said


def test_whoever_is_worth_less_may_come_first_because_the_visit_is_owed_or_locked(client, carmen):
    plan = plan_of(carmen)
    first = stop(plan, "Kiosko", 1, {"asked": "50.00"}, is_commitment=True, is_locked=True, closes_at=time(11))
    second = stop(plan, "Hostal Mar", 2, {"asked": "900.00"})

    said = compared(client, first, second)

    assert "Hostal Mar is worth more than Kiosko, by €850.00." in said
    assert "The time of Kiosko is locked." in said
    assert "Kiosko is a commitment of the day, whatever it is worth." in said
    assert "Kiosko can be visited until 11:00." in said


def test_of_two_commitments_it_says_what_decides_their_order(client, carmen):
    plan = plan_of(carmen)
    first = stop(plan, "Kiosko", 1, {"asked": "50.00"}, is_commitment=True, closes_at=time(11))
    second = stop(plan, "Hostal Mar", 2, {"asked": "900.00"}, is_commitment=True, closes_at=time(18))

    said = compared(client, first, second)

    assert "Both are commitments of the day, so worth does not decide which one comes first." in said
    assert "Kiosko can be visited until 11:00." in said
    assert "is a commitment of the day" not in said


def test_hours_that_allow_either_order_are_not_given_as_its_reason(client, carmen):
    plan = plan_of(carmen)
    first = stop(plan, "A", 1, {"asked": "50.00"}, closes_at=time(18))
    second = stop(plan, "B", 2, {"asked": "50.00"}, closes_at=time(14))

    said = compared(client, first, second)

    assert "can be visited until" not in said
    assert "Their hours allow either order: this one saves way." in said


def test_where_nothing_holds_either_the_order_saves_way(client, carmen):
    plan = plan_of(carmen)

    said = compared(client, stop(plan, "A", 1, {"asked": "50.00"}), stop(plan, "B", 2, {"asked": "50.00"}))

    assert "A and B are worth the same." in said
    assert "Both could be visited at any time: the order saves way." in said


def test_what_speaks_for_the_one_that_is_worth_less_is_said_too(client, carmen):
    plan = plan_of(carmen)
    near = stop(plan, "A", 1, {"asked": "500.00"})
    far = stop(plan, "B", 2, {"asked": "900.00", "travel": "-30.00"})

    assert "For A speaks, with €30.00: “Way there”." in compared(client, near, far)


def test_visits_of_two_plans_have_no_order(client, carmen):
    other = make.rep("tom")
    first = stop(plan_of(carmen), "A", 1, {"asked": "50.00"})
    second = stop(plan_of(other), "B", 1, {"asked": "90.00"})
    client.force_login(make.manager())

    said = compared(client, first, second)

    assert "B is worth more than A, by €40.00." in said
    assert "Why in this order" not in said


def test_it_says_where_the_chances_come_from(client, two):
    assert "Chances are those of the policy" in compared(client, *two)

    Chances.objects.create(
        adopted_on=TODAY, uses="learned", source="visits", outcomes=1234, cells={}, entered_at=clock.now()
    )

    assert "Chances were learned on 24 Nov 2026 from 1,234 visits." in compared(client, *two)


def test_the_stop_offers_the_other_visits_of_its_plan(client, two):
    sun, moon = two
    page = client.get(reverse("visits:stop", args=[sun.pk])).content.decode()

    assert f'<option value="{moon.pk}">Bar Luna</option>' in page
    assert f'name="a" value="{sun.pk}"' in page


def test_a_day_with_one_visit_offers_nothing_to_compare(client, carmen):
    alone = stop(plan_of(carmen), "A", 1, {"asked": "50.00"})

    assert "Why not another one first?" not in client.get(reverse("visits:stop", args=[alone.pk])).content.decode()


def test_without_two_visits_there_is_nothing_to_compare(client, two):
    address = reverse("visits:compare")

    assert client.get(address).url == reverse("visits:today")
    assert client.get(address, {"a": two[0].pk}).url == reverse("visits:stop", args=[two[0].pk])


@pytest.mark.parametrize("key", ["999999", "x", "-1", "9" * 30, "٣"])
def test_anothers_visit_and_a_missing_one_are_not_found(client, two, key):
    assert client.get(reverse("visits:compare"), {"a": two[0].pk, "b": key}).status_code == 404
    assert client.get(reverse("visits:compare"), {"a": key, "b": two[0].pk}).status_code == 404

    other = stop(plan_of(make.rep(team=make.team("South"))), "B", 1, {"asked": "1.00"})
    assert client.get(reverse("visits:compare"), {"a": two[0].pk, "b": other.pk}).status_code == 404
