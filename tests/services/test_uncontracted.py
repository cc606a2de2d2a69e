"""Customers who were taken over without a contract: marked with a day, and cured by a contract that is active."""

from datetime import date, timedelta

import pytest

from audit.models import Entry
from audit.services import NIGHT
from collections_app.cases.models import ToDo
from collections_app.gate import services as gate
from collections_app.gate.models import CauseChoices
from collections_app.gate.modes import set_mode
from collections_app.gate.queries import answers
from collections_app.gate.uncontracted import mark_without_contract
from contracts import services as contracts
from contracts.models import Contract
from tests import factories as make

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def house(db):
    make.business()


def owing(**values):
    customer = make.customer(**values)
    make.invoice(customer, 100, due_date=date(2026, 12, 1))
    return customer


def night(on=TUESDAY, **how):
    return mark_without_contract(as_of=on, by=NIGHT, **how)


def waits():
    return list(ToDo.objects.filter(done_on=None).values_list("customer__code", "because", "due_on"))


def test_whoever_owes_something_without_a_contract_has_ninety_days_to_agree_on_one():
    owing(code="C1")
    make.contract(owing(code="C2"))
    make.customer(code="C3")  # owes nothing

    assert night() == 1

    assert waits() == [("C1", "no contract", date(2027, 2, 22))]
    assert Entry.objects.get(verb="cases.to_do_opened").actor_key == NIGHT.get_username()


def test_the_day_stays_however_many_nights_pass():
    owing(code="C1")
    night()

    assert [night(), night(TUESDAY + timedelta(days=1))] == [0, 0]

    assert waits() == [("C1", "no contract", date(2027, 2, 22))]


def test_the_days_may_be_others():
    owing(code="C1")

    night(days=30)

    assert waits() == [("C1", "no contract", date(2026, 12, 24))]


def test_it_is_done_as_soon_as_a_contract_is_active_and_a_draft_is_not_enough():
    customer = owing(code="C1")
    night()
    draft = contracts.draft(
        contract=Contract(
            customer=customer, number="C-1", starts_on=TUESDAY, currency="EUR", method="net", parameters={"days": 30}
        ),
        by=make.BY,
    )
    assert night() == 0
    contracts.activate(contract=draft, on=TUESDAY, by=make.BY)

    assert night(TUESDAY + timedelta(days=1)) == 1

    done = ToDo.objects.get()
    assert (done.done_on, done.done_by) == (TUESDAY + timedelta(days=1), NIGHT.get_username())
    assert Entry.objects.filter(verb="cases.to_do_done").count() == 1


def test_a_contract_that_has_ended_opens_it_anew():
    customer = owing(code="C1")
    contract = make.contract(customer)
    assert night() == 0
    contracts.end(contract=contract, on=TUESDAY, by=make.BY)

    assert night(TUESDAY + timedelta(days=1)) == 1

    assert waits() == [("C1", "no contract", date(2027, 2, 23))]


def test_a_contract_whose_last_day_is_over_is_none():
    make.contract(owing(code="C1"), ends_before=TUESDAY)

    night()

    assert [code for code, _because, _due in waits()] == ["C1"]


def test_until_that_day_nothing_is_kept_and_after_it_the_goods_wait():
    customer = owing(code="C1")
    set_mode(cause=CauseChoices.EXECUTION, segment="", mode="on", starts_on=TUESDAY, on=TUESDAY, by=make.BY)
    shipment = make.shipment(customer, asked_on=TUESDAY)
    night(days=10)

    causes = [
        {held.cause for held in answers([shipment], as_of=TUESDAY + timedelta(days=later))[shipment.pk].holds}
        for later in (0, 10, 11)
    ]

    assert [CauseChoices.EXECUTION in found for found in causes] == [False, False, True]
    assert gate.release(shipment=shipment, on=TUESDAY, by=make.BY).may_leave


def test_many_customers_need_no_more_questions_than_two(count_queries):
    for number in range(2):
        owing(code=f"A{number}")
    few = count_queries(night)
    for number in range(60):
        owing(code=f"B{number}")

    many = count_queries(night)

    assert ToDo.objects.count() == 62
    assert many <= few + 3
