"""What a rung would do, before it does: for one customer, and for everybody who may be next."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from collections_app.gate import ladder_notice, ladder_outlook, ladder_words
from collections_app.gate.ladder_rules import Rung
from collections_app.gate.models import LadderStep
from tests import factories as make
from tests.services.ladder_stories import (
    TUESDAY,
    asked,
    late_by,
    only_the_ladder_holds,
    sold,
    state,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(db, monkeypatch):
    """The ladder alone holds goods; letters are printed elsewhere (tests/print)."""
    only_the_ladder_holds()
    monkeypatch.setattr(ladder_notice, "to_pdf", lambda sheet: sheet["subject"].encode())


@pytest.fixture
def boss():
    return make.manager("maria")


def test_the_outlook_says_what_a_rung_would_hold_and_cost():
    customer = late_by(20)
    contract = make.contract(customer)
    sold(contract, 600, 600, 600, every=50)
    waits = asked(contract, (make.product(), 1, 900), release=False)

    one = ladder_outlook.outlook(customer, 1, as_of=TUESDAY)

    [kept] = one.kept
    assert (kept.shipment.pk, kept.kind, kept.may_leave) == (waits.pk, "batch too large", 300)
    assert one.kept_a_month == 150  # of each delivery 300, three of them in six months
    assert one.lost_margin(Decimal("0.2")) == 30
    assert ladder_words.would(one) == [
        "No batch above €300.00 leaves.",
        "Of what waits today it would hold 1 shipment: €900.00.",
    ]
    assert not LadderStep.objects.exists()
    assert state(waits) == "planned"


def test_a_delivery_in_a_currency_without_a_rate_leaves_the_cost_unsaid():
    customer = late_by(60)
    sold(make.contract(customer, currency="USD"), 600, 600, 600)

    one = ladder_outlook.outlook(customer, 4, as_of=TUESDAY)

    assert (one.kept_a_month, one.lost_margin(Decimal(1))) == (None, None)


def test_the_ground_is_read_from_the_contract_or_the_law_of_the_place():
    customer = late_by(20)

    def words(rung):
        return ladder_words.clause(ladder_outlook.outlook(customer, rung, as_of=TUESDAY))

    assert words(Rung.NO_NEW_BENEFITS) == "No claim to new gifts, samples or rebates"
    assert words(Rung.RETURN_OF_GOODS) == ""
    assert words(Rung.COURT_FILE) == "Claims due from the invoices named"

    make.contract(customer, number="SC-1", benefits_while_current=True)
    assert words(Rung.NO_SUPPLY) == "Right of retention: Sale of Goods Act 1893, ss. 39-43"
    assert words(Rung.NO_NEW_BENEFITS) == "Contract SC-1: benefits only while nothing is late"
    assert words(Rung.COURT_FILE) == "Claims due under contract SC-1"


def test_goods_are_ours_only_if_title_was_agreed_before_delivery_and_registered_where_it_must_be():
    def owes(**values):
        customer = make.customer(country=values.pop("country", "IE"))
        contract = make.contract(customer, **{"title": "simple", "title_agreed_on": date(2024, 1, 1)} | values)
        day = TUESDAY - timedelta(days=100)
        delivered = make.shipment(contract, asked_on=day, delivered_on=day)
        make.invoice(customer, 100, due_date=TUESDAY - timedelta(days=80), shipment=delivered.pk)
        return ladder_outlook.outlook(customer, 5, as_of=TUESDAY).agreed.goods

    [goods] = owes()
    assert (goods.open, goods.currency) == (100, "EUR")
    assert owes(title="none", title_agreed_on=None) == ()
    assert owes(title_agreed_on=TUESDAY) == ()
    assert owes(country="CN") == ()
    assert len(owes(country="CN", title_registered_on=date(2024, 1, 2))) == 1


def test_proposals_name_the_next_rung_of_everybody_in_breach_the_longest_late_first(boss):
    team = boss.led_teams.get()
    owner = make.rep(team=team)
    fresh, on_one, told, needs_title = (late_by(days, of=make.customer(owner)) for days in (30, 40, 50, 80))
    late_by(14, of=make.customer(owner))
    late_by(90, of=make.customer(make.rep(team=make.team("South"))))
    late_by(200, of=make.customer(owner, handed_over_on=TUESDAY))
    make.ladder_step(on_one, 1)
    make.ladder_step(told, 1, days_ago=3)
    make.ladder_step(needs_title, 4)

    def seen(user):
        return [(one.customer.pk, int(one.rung)) for one in ladder_outlook.proposals(as_of=TUESDAY, user=user)]

    assert seen(boss) == [(needs_title.pk, 5), (on_one.pk, 2), (fresh.pk, 1)]
    assert seen(owner) == seen(boss)
    assert len(seen(make.finance())) == 4


def test_many_proposals_ask_as_many_questions_as_one(count_queries):
    finance = make.finance()

    def asks():
        return count_queries(lambda: ladder_outlook.proposals(as_of=TUESDAY, user=finance))

    def breaks():
        customer = late_by(50)
        sold(make.contract(customer), 100, 100, 100)
        make.ladder_step(customer, 2)

    breaks()
    few = asks()
    for _ in range(5):
        breaks()
    assert asks() == few
