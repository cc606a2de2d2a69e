"""Why an item is in its standing: each rule with its facts and pages, and a way out that really leads out."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from collections_app.cases import deciding
from collections_app.cases import services as cases
from collections_app.cases.models import EarlyWarning
from collections_app.standings.rules import Rule, Standing
from collections_app.standings.ways_out import Step, is_better
from common import clock
from tests import factories as make
from tests.services.explained import TUESDAY, ago, broken_promise, item_of, override, refused, texts, told, warned

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _book():
    make.business()


def overridden():
    item = item_of(5)
    override(item)
    return item


def asleep():
    return item_of(400, issued=ago(430))


def failed():
    item = item_of(5)
    make.befall(item.customer, "in court", on=ago(9), reference="3 O 211/26")
    return item


def broke_its_promises():
    item = item_of(5)
    broken_promise(item.customer, ago(40))
    broken_promise(item.customer, ago(12))
    return item


def with_a_warning():
    item = item_of(5)
    warned(item.customer, on=ago(4))
    return item


def that_refused_its_balance():
    item = item_of(5)
    refused(item.customer, on=ago(3))
    return item


@pytest.mark.parametrize(
    ("made", "rule", "standing", "fact", "way"),
    [
        (overridden, "override", "bad", "Maria decided “Bad” until 2 Dec 2026: Its shop burnt down", "override ends"),
        (asleep, "no movement", "dormant", "an invoice on 20 Sept 2025, 430 days ago", "Any movement"),
        (failed, "customer failed", "bad", "In court since 15 Nov 2026 (3 O 211/26)", "Wait for its end: In court"),
        (lambda: item_of(200), "late bad", "bad", "Due on 8 May 2026. 200 days late.", "Pay €3,200.00."),
        (lambda: item_of(70), "late quasi-bad", "quasi-bad", "70 days late.", "Pay €3,200.00; after 13 Mar 2027"),
        (
            broke_its_promises, "broken promises", "quasi-bad",
            "€500.00 was promised for 12 Nov 2026; the promise was broken on 12 Nov 2026.", "Pay €3,200.00; after",
        ),
        (with_a_warning, "severe warning", "quasi-bad", "shelves are empty", "Clear the severe warning up"),
        (
            that_refused_its_balance, "refused confirmation", "quasi-bad",
            "The balance of 16 Nov 2026, €3,200.00, was refused on 21 Nov 2026 by Lucía Ortega: knows of no delivery",
            "Get the balance confirmed.",
        ),
        (lambda: item_of(1), "late", "overdue", "1 day late.", "Pay €3,200.00; after 21 Jan 2027 it is quasi-bad"),
        (lambda: item_of(-3), "not late", "unpaid", "Due on 27 Nov 2026.", "Pay €3,200.00 by 27 Nov 2026"),
        (lambda: item_of(None), "no due date", "unpaid", "It has no due date yet.", ""),
    ],
    ids=[rule.value for rule in Rule],
)  # fmt: skip
def test_each_rule_is_told_with_its_facts_and_its_way_out(made, rule, standing, fact, way):
    found = told(made())

    assert (found.rule, found.standing) == (rule, standing)
    assert found.why and any(fact in text for text in texts(found)), texts(found)
    assert texts(found)[0] == "€3,200.00 is open."
    assert all(said.url.startswith("/") for said in found.facts)
    ways = " ".join(one.text for one in found.ways)
    assert way in ways if way else ways == ""


def take(step, item, way):
    """Do in the book what the way out says."""
    customer = item.customer
    if step is Step.PAY:
        make.payment(customer, way.amount, received_on=TUESDAY)
    elif step is Step.MOVE:
        make.payment(customer, 1, received_on=TUESDAY)
    elif step is Step.CONFIRM:
        refused(customer, on=TUESDAY, answer="agreed")
    elif step is Step.CLEAR_WARNING:
        EarlyWarning.objects.update(
            dismissed_on=TUESDAY, dismissed_at=clock.now(), dismissed_because="A new shelf was built"
        )
    elif step is Step.END_CONDITION:
        for row in customer.conditions.filter(ends_before=None):
            deciding.end_condition(condition=row, ends_before=TUESDAY, on=TUESDAY, by=make.BY)
    else:
        assert step is Step.WAIT


@pytest.mark.parametrize(
    "made",
    [
        overridden, asleep, failed, broke_its_promises, with_a_warning, that_refused_its_balance,
        lambda: item_of(200), lambda: item_of(70), lambda: item_of(1), lambda: item_of(-3),
    ],
)  # fmt: skip
def test_a_way_out_that_is_taken_leads_out(made):
    item = made()
    before = told(item)
    assert before.ways

    for way in [one.found for one in before.ways]:
        unchanged = transaction.savepoint()
        for done in way.steps:
            take(done.step, item, way)
        after = told(item, way.on or TUESDAY)
        transaction.savepoint_rollback(unchanged)

        assert after.standing == (way.gives.value if way.gives else "")
        assert is_better(Standing(after.standing) if after.standing else None, Standing(before.standing))


def test_two_causes_are_taken_away_together():
    item = item_of(5)
    warned(item.customer, on=ago(4))
    refused(item.customer, on=ago(3))

    found = told(item)
    first = found.ways[0]

    assert {"warning", "refused balance"} <= {said.kind for said in found.facts}
    assert first.text == (
        "Clear the severe warning up: whoever finds it wrong dismisses it with a reason. "
        "Get the balance confirmed. Then it is overdue."
    )


def test_a_promise_of_all_that_is_open_is_the_nearest_way():
    item = item_of(5)
    cases.promise(
        customer=item.customer, amount=Decimal(3200), currency="EUR", promised_on=TUESDAY + timedelta(days=3),
        method="transfer", lines=[(item.pk, Decimal(3200))], on=TUESDAY, by=make.BY,
    )  # fmt: skip

    found = told(item)

    assert found.ways[0].text == "Keep the promise: pay €3,200.00 by 27 Nov 2026."
    assert [said.text for said in found.tried] == ["Promise of €3,200.00 for 27 Nov 2026: open"]
