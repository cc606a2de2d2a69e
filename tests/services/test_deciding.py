"""Overriding a standing, and what a customer answers to a balance: who may, for how long, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app.cases import deciding
from collections_app.cases.models import Confirmation, StandingOverride
from collections_app.cases.services import AlreadyClosed
from collections_app.policy.thresholds import Thresholds
from collections_app.standings.explaining import facts_of
from collections_app.standings.rules import Standing
from customers.models import Mark
from staff.models import Approval
from tests import factories as make

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)
DAY = timedelta(days=1)


@pytest.fixture
def item():
    make.business()
    return make.due_item(make.customer(), 3200, due_date=TUESDAY - 70 * DAY, issued_on=TUESDAY - 100 * DAY)


@pytest.fixture
def boss():
    return make.manager("maria")


def override(item, by, standing="overdue", **values):
    said = {"because": "The shop was flooded", "ends_before": TUESDAY + 10 * DAY, "on": TUESDAY} | values
    return deciding.override_standing(due_item=item, standing=standing, by=by, **said)


def decided(item, on=TUESDAY):
    return facts_of(item, as_of=on, thresholds=Thresholds()).override


def test_the_names_of_standings_are_those_of_the_rules():
    assert list(deciding.STANDINGS) == [standing.value for standing in Standing]


def test_an_override_holds_from_its_day_until_its_end(item, boss):
    row = override(item, boss, because="  The shop was flooded ")

    assert (row.because, row.entered_by) == ("The shop was flooded", "maria")
    assert [decided(item, day) for day in (TUESDAY - DAY, TUESDAY, TUESDAY + 9 * DAY, TUESDAY + 10 * DAY)] == [
        None, Standing.OVERDUE, Standing.OVERDUE, None,
    ]  # fmt: skip
    assert Mark.objects.filter(customer=item.customer, because="override").count() == 1
    assert Entry.objects.get(verb="cases.standing_overridden").after["because"] == "The shop was flooded"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"because": "  "}, "Say why"),
        ({"ends_before": TUESDAY}, "ends after it starts"),
        ({"ends_before": TUESDAY + 367 * DAY}, "a year at most"),
        ({"starts_on": TUESDAY - DAY}, "23 Nov 2026 has passed"),
        ({"standing": "lost"}, "no standing"),
    ],
)
def test_an_override_needs_a_reason_and_an_end(item, boss, values, said):
    with pytest.raises((deciding.NotAnOverride, deciding.OverrideDay), match=said):
        override(item, boss, **values)
    assert not StandingOverride.objects.exists()


def test_what_is_settled_has_no_standing_to_override(item, boss):
    make.payment(item.customer, 3200, received_on=TUESDAY)

    with pytest.raises(deciding.NotAnOverride, match="Nothing is open"):
        override(item, boss)


@pytest.mark.parametrize("role", ["rep", "finance", "auditor"])
def test_other_roles_may_not_override_nor_lift(item, boss, role):
    row, other = override(item, boss), make.person(role)

    with pytest.raises(deciding.NotYours, match="Ask your manager"):
        override(item, other)
    with pytest.raises(deciding.NotYours, match="Ask your manager"):
        deciding.lift_override(override=row, on=TUESDAY, by=other)


def test_a_manager_overrides_up_to_what_he_may_approve(boss):
    make.business()
    large = make.due_item(make.customer(), "5000.01", due_date=TUESDAY - DAY)

    with pytest.raises(deciding.NotYours, match="€5,000.01"):
        override(large, boss)
    assert override(large, make.admin_user()).pk

    Approval.objects.create(role="manager", kind=deciding.RIGHT, up_to=Decimal(6000))
    assert override(large, boss).pk


def test_an_amount_without_a_rate_is_for_who_may_approve_any(boss):
    make.business()
    item = make.due_item(make.customer(), 10, due_date=TUESDAY - DAY, currency="USD")

    with pytest.raises(deciding.NotYours):
        override(item, boss)
    assert override(item, make.admin_user()).pk


def test_a_lifted_override_held_until_the_day_before(item, boss):
    row = override(item, boss, on=TUESDAY - 4 * DAY)

    deciding.lift_override(override=row, on=TUESDAY, by=boss)

    assert (decided(item, TUESDAY - DAY), decided(item)) == (Standing.OVERDUE, None)
    with pytest.raises(AlreadyClosed, match="ended before, on 24 Nov 2026"):
        deciding.lift_override(override=row, on=TUESDAY, by=boss)


def test_an_override_that_ran_out_is_not_lifted(item, boss):
    row = override(item, boss, on=TUESDAY - 9 * DAY, ends_before=TUESDAY)

    with pytest.raises(AlreadyClosed, match="24 Nov 2026"):
        deciding.lift_override(override=row, on=TUESDAY, by=boss)


def test_a_second_override_takes_the_place_of_the_first_and_its_end_frees_the_rules(item, boss):
    first = override(item, boss, on=TUESDAY - 4 * DAY)
    second = override(item, boss, "unpaid")

    first.refresh_from_db()
    assert first.lifted_on == TUESDAY
    assert (decided(item, TUESDAY - DAY), decided(item)) == (Standing.OVERDUE, Standing.UNPAID)

    deciding.lift_override(override=second, on=TUESDAY + DAY, by=boss)

    assert decided(item, TUESDAY + DAY) is None


# Balance confirmations


def answer(customer, **values):
    said = {
        "balance_on": TUESDAY - 20 * DAY, "currency": "EUR", "amount": Decimal(3200), "answer": "refused",
        "answered_on": TUESDAY - DAY,
    } | values  # fmt: skip
    return deciding.record_confirmation(customer=customer, by=make.BY, **said)


def test_a_refused_balance_is_kept_with_who_said_so(item):
    row = answer(item.customer, answered_by=" Lucía Ortega ", note=" knows of nothing ")

    assert (row.answered_by, row.note, row.entered_by) == ("Lucía Ortega", "knows of nothing", "test")
    assert facts_of(item, as_of=TUESDAY, thresholds=Thresholds()).has_refused_balance
    assert Mark.objects.filter(because="confirmation").count() == 1


def test_another_amount_is_no_refusal(item):
    answer(item.customer, answer="differs", their_amount=Decimal(3000))

    assert not facts_of(item, as_of=TUESDAY, thresholds=Thresholds()).has_refused_balance


@pytest.mark.parametrize(("is_signed", "moved"), [(True, TUESDAY - DAY), (False, TUESDAY - 100 * DAY)])
def test_a_signed_balance_is_a_movement_of_the_customer(item, is_signed, moved):
    answer(item.customer, answer="agreed", is_signed=is_signed)

    assert facts_of(item, as_of=TUESDAY, thresholds=Thresholds()).last_movement_on == moved


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"answered_on": TUESDAY + DAY}, "has not come yet"),
        ({"balance_on": TUESDAY}, "before the day of the balance"),
        ({"balance_on": date(1969, 1, 1)}, "reaches back that far"),
        ({"answer": "perhaps"}, "agrees, names another amount or refuses"),
        ({"answer": "differs"}, "Enter the amount that the customer names"),
        ({"answer": "differs", "their_amount": Decimal(3200)}, "Enter the amount that the customer names"),
        ({"their_amount": Decimal(3000)}, "Another amount is a third answer"),
        ({"currency": "XXY"}, "no currency"),
        ({"amount": Decimal("0.001")}, "whole minor units"),
        ({"amount": Decimal(-1)}, "zero or more"),
    ],
)
def test_an_answer_that_says_too_little_or_two_things_is_refused(item, values, said):
    with pytest.raises((deciding.NotAnAnswer, deciding.AnswerDay), match=said):
        answer(item.customer, **values)
    assert not Confirmation.objects.exists()
