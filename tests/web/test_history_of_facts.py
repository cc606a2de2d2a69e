"""What people know and decide stands on a customer's timeline, with who and why."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from collections_app.cases import deciding, warnings
from collections_app.desk.history import history
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY


def ago(days):
    return TODAY - timedelta(days=days)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(owner=make.rep("carmen"), code="C-100", name="Mercado Sol")


@pytest.fixture
def maria(db):
    return make.manager("maria")


def told(client, kind):
    page = client.get(f"/customers/C-100/?kind={kind}")
    return [(event.on, event.title, event.text, event.who) for event in page.context["history"].events]


def answered(customer, answer="differs", **values):
    values = {"their_amount": Decimal(80), "answered_by": "Lucía Ortega", "is_signed": True} | values
    return deciding.record_confirmation(
        customer=customer, balance_on=ago(24), currency="EUR", amount=Decimal(100), answer=answer,
        answered_on=ago(9), by=make.finance(), **values,
    )  # fmt: skip


def test_what_befell_the_customer_begins_and_ends_with_its_reference_and_who_entered_it(client, customer, maria):
    court = deciding.begin_condition(customer=customer, kind="in court", starts_on=ago(9), on=ago(9), by=maria)
    deciding.end_condition(condition=court, ends_before=ago(2), on=TODAY, by=make.finance("finn"))
    deciding.begin_condition(
        customer=customer, kind="insolvent", starts_on=ago(5), on=TODAY, by=maria, reference="IN 77/26",
        register_by=TODAY + timedelta(days=20),
    )  # fmt: skip
    wrong = deciding.begin_condition(customer=customer, kind="closed", starts_on=TODAY, on=TODAY, by=maria)
    deciding.end_condition(condition=wrong, ends_before=TODAY, on=TODAY, by=maria)
    client.force_login(customer.owner)

    assert told(client, "condition") == [
        (TODAY, "Closed: it has never been", "", "Maria"),
        (TODAY, "Closed", "", "Maria"),
        (ago(2), "In court: over", "", "Finn"),
        (ago(5), "Insolvent", "IN 77/26 · Claims are registered by 14 Dec 2026", "Maria"),
        (ago(9), "In court", "", "Maria"),
    ]


def test_a_standing_that_was_decided_has_its_reason_and_its_end(client, customer, maria):
    item = make.due_item(customer, 100, due_date=ago(200), number="INV-9")
    override = deciding.override_standing(
        due_item=item, standing="overdue", because="Pays every week now", ends_before=TODAY + timedelta(days=30),
        on=TODAY, by=maria,
    )  # fmt: skip
    with time_machine.travel("2026-11-26T10:00:00+01:00"):
        deciding.lift_override(override=override, on=TODAY + timedelta(days=2), by=make.manager("mark"))
        client.force_login(make.auditor())

        assert told(client, "override") == [
            (TODAY + timedelta(days=2), "INV-9 follows the rules again", "", "Mark"),
            (TODAY, "INV-9 counts as overdue, 24 Nov 2026 to 23 Dec 2026", "Pays every week now", "Maria"),
        ]


def test_an_answer_to_a_balance_names_both_amounts(client, customer):
    answered(customer, note="Says 20 are ours")
    client.force_login(customer.owner)

    [(on, title, text, _who)] = told(client, "confirmation")
    assert (on, title) == (ago(9), "Balance of 31 Oct 2026: another amount")
    assert text == "Lucía Ortega · Signed · They have €80.00 · Says 20 are ours"


def test_a_warning_is_raised_confirmed_and_dismissed_with_who_and_why(client, customer, maria):
    [seen] = warnings.see(customer=customer, kind="closing", on=ago(6), by=customer.owner, note="Shelves half empty")
    warnings.second(warning=seen, on=ago(4), by=maria)
    warnings.dismiss(warning=seen, because="Rebuilding, opens again on Monday", on=ago(1), by=maria)
    client.force_login(customer.owner)

    assert told(client, "warning") == [
        (ago(1), "Dismissed: Shop closing or closed", "Rebuilding, opens again on Monday", "Maria"),
        (ago(4), "Confirmed: Shop closing or closed", "", "Maria"),
        (ago(6), "Shop closing or closed", "Severe · Shelves half empty", "Carmen"),
    ]


def test_a_history_asks_as_many_questions_however_much_has_happened(customer, maria, count_queries):
    def happen(days):
        item = make.due_item(customer, 100, due_date=ago(200))
        deciding.override_standing(
            due_item=item, standing="overdue", because="So", ends_before=TODAY + timedelta(days=3), on=TODAY, by=maria
        )
        condition = deciding.begin_condition(
            customer=customer, kind="in court", starts_on=ago(days), on=TODAY, by=maria
        )
        deciding.end_condition(condition=condition, ends_before=ago(days - 1), on=TODAY, by=maria)
        answered(customer)
        warnings.see(customer=customer, kind="moving", on=ago(days), by=customer.owner)

    happen(60)
    few = count_queries(lambda: history(customer))
    for days in (50, 40, 30):
        happen(days)

    assert count_queries(lambda: history(customer)) == few
