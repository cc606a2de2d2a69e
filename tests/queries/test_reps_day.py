"""The manager's view of the day: every rep with visits and money."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from collections_app.visits import services
from collections_app.visits.deeds import Told
from collections_app.visits.reps import Sum, day_of
from tests import factories as make

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr("common.clock.business_today", lambda: TUESDAY)


@pytest.fixture
def rep():
    """Three customers owe 900, 800 and 50."""
    make.business(calendar="ES")
    carmen = make.rep("carmen", team=make.team())
    for amount in ("900.00", "800.00", "300.00"):
        made = make.customer(carmen)
        make.site(made)
        make.invoice(made, amount, due_date=TUESDAY - timedelta(days=60))
    services.plan_day(on=TUESDAY, rep=carmen, by=make.BY)
    return carmen


def pay(rep, asked, amount, key, corrects=None):
    stop = rep.plans.get().stops.get(ask_amount=asked)
    told = Told(amount=Decimal(amount), about="promise", promised_on=date(2026, 11, 27))
    return services.record_outcome(stop=stop, kind="paid", key=key, by=rep, on=TUESDAY, told=told, corrects=corrects)


def test_a_rep_has_visits_done_and_planned_money_asked_for_and_in(rep):
    pay(rep, 900, "900.00", "one")
    wrong = pay(rep, 800, "800.00", "two")
    pay(rep, 800, "500.00", "three", corrects=wrong)
    idle = make.rep("idle")

    busy, nobody = day_of([rep, idle], on=TUESDAY)

    assert (busy.done_count, busy.stop_count) == (2, 3)
    assert busy.sums == (Sum("EUR", Decimal(2000), Decimal(1400)),)
    assert (nobody.stop_count, nobody.sums) == (0, ())


def test_the_page_reads_as_often_for_many_reps_as_for_one(rep, django_assert_num_queries):
    reps = [rep, *(make.rep() for _ in range(6))]

    with django_assert_num_queries(3):
        day_of(reps, on=TUESDAY)


def test_a_manager_sees_each_figure_linked_to_the_day_behind_it(client, rep):
    pay(rep, 900, "900.00", "one")
    client.force_login(make.manager(leads=rep.team))

    page = client.get(reverse("visits:today"), {"date": TUESDAY.isoformat()}).content.decode()

    day = f"?rep={rep.pk}&amp;date=2026-11-24"
    assert "1 of 3" in page
    assert f'{day}"><span class="money">€2,000.00</span>' in page
    assert f'{day}#done"><span class="money">€900.00</span>' in page
    assert client.get(reverse("visits:today"), {"rep": rep.pk, "date": "2026-11-24"}).status_code == 200
