"""The facts behind a standing: what counts, what is said of it, and what was tried."""

from datetime import timedelta
from decimal import Decimal

import pytest

from collections_app.cases import services as cases
from collections_app.desk.explained import explained
from collections_app.policy.thresholds import Thresholds
from collections_app.standings.explaining import facts_of
from common import clock
from receivables import services as receivables
from receivables.models import DueItem
from tests import factories as make
from tests.services.explained import TUESDAY, ago, item_of, refused, texts, told, warned

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _book():
    make.business()


def test_a_field_warning_counts_once_somebody_else_has_seen_it():
    item = item_of(5)
    warning = warned(item.customer, on=ago(4), source="field")
    assert told(item).rule == "late"

    warning.seconded_on, warning.seconded_at = ago(1), clock.now()
    warning.save()

    assert told(item).rule == "severe warning"
    assert told(item, ago(2)).rule == "late"


@pytest.mark.parametrize(("days", "rule"), [(4, "severe warning"), (-55, "severe warning"), (-56, "late quasi-bad")])
def test_a_warning_is_active_until_it_expires(days, rule):
    item = item_of(5)
    warned(item.customer, on=ago(4))

    assert told(item, ago(days)).rule == (rule if days != -55 else "late quasi-bad")
    assert facts_of(item, as_of=ago(days), thresholds=Thresholds()).has_severe_warning == (days != -56)


def test_only_the_newest_answer_to_a_balance_counts():
    item = item_of(9)
    refused(item.customer, on=ago(5))
    refused(item.customer, on=ago(2), answer="agreed")

    assert (told(item, ago(3)).rule, told(item).rule) == ("refused confirmation", "late")


def test_a_due_date_that_was_moved_says_why():
    item = item_of(5)
    longer = make.extension(item, until=TUESDAY + timedelta(days=10))
    receivables.grant_extension(extension=longer, on=TUESDAY, by=make.finance())

    found = told(item)

    assert found.rule == "not late"
    assert any("moved from 19 Nov 2026" in text for text in texts(found)), texts(found)


def test_the_last_movement_leads_to_the_money_and_a_rep_is_not_sent_there():
    item = item_of(5)
    make.payment(item.customer, 200, received_on=ago(2))

    found = told(item)
    [said] = [said for said in found.facts if said.kind == "last movement"]

    assert said.text == "Last movement of the customer: a payment on 22 Nov 2026, 2 days ago."
    assert said.url.startswith("/payments/")
    assert texts(found)[0] == "€3,000.00 of €3,200.00 is open."
    assert [one.url for one in found.for_reps().facts if one.kind == "last movement"] == [""]


def test_what_is_disputed_is_said():
    item = item_of(5)
    cases.open_dispute(due_item=item, amount=Decimal(200), reason="price", on=ago(3), by=make.BY)

    assert "€200.00 of it is disputed." in texts(told(item))
    assert "€200.00 of it is disputed." not in texts(told(item, ago(4)))


def test_who_collects_is_said_of_an_assigned_item():
    item = item_of(5)
    make.befall(item.customer, "assigned", on=ago(3), reference="Factoria SA")

    assert "Assigned since 21 Nov 2026: the assignee collects (Factoria SA)" in texts(told(item))


def test_what_is_settled_has_no_standing_and_says_when():
    item = item_of(70)
    make.payment(item.customer, 3200, received_on=ago(2))

    found = told(item)

    assert (found.standing, found.rule, found.since, found.ways) == ("", "", None, ())
    assert texts(found) == ["Settled on 22 Nov 2026: what is settled has no standing."]
    assert told(item, ago(3)).standing == "quasi-bad"


def test_what_was_tried_since_it_became_due_is_newest_first():
    item = item_of(20)
    for days, reached, note in ((30, True, "before it was due"), (12, False, ""), (3, True, "promised nothing")):
        cases.made_contact(
            customer=item.customer, channel="visit", reached=reached, on=ago(days), by=make.BY, note=note
        )
    cases.say_excuse(customer=item.customer, kind="no money", on=ago(5), by=make.BY)

    [found] = explained([item], as_of=TUESDAY)

    assert [said.text for said in found.tried] == [
        "Visit: promised nothing", "Excuse: No money", "Visit, nobody reached",
    ]  # fmt: skip


def test_many_items_cost_no_more_statements_than_one(count_queries):
    customer = make.customer()
    for late in (70, 1, 80, 200, 300):
        item_of(late, customer)
    items = DueItem.objects.select_related("invoice", "customer").order_by("pk")

    few, many = (count_queries(lambda rows=rows: explained(rows, as_of=TUESDAY)) for rows in (items[:1], items[:6]))

    assert many == few
