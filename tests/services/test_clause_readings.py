"""A clause with marked words, answered for by somebody who has not written it: what that lifts and what not."""

from datetime import date

import pytest

from audit.models import Entry
from audit.services import SystemActor
from contracts import services
from contracts.models import Contract
from contracts.services import checks
from tests import factories as make
from tests.refused import refused

pytestmark = pytest.mark.django_db
SOMEBODY_ELSE = SystemActor("finance", "Fiona Keller")
STARTS = date(2026, 1, 1)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(name="Mercado Sol")


def draft(customer, **values):
    said = {"number": "C-7", "starts_on": STARTS, "currency": "EUR", "method": "net", "parameters": {"days": 30}}
    return services.draft(contract=Contract(customer=customer, **said | values), by=make.BY)


def test_a_marked_clause_becomes_active_once_somebody_who_has_not_written_it_answers_for_it(customer):
    wording = "Payment 30 days after acceptance of the goods."
    made = draft(customer, settlement_text="Payment after sale.")
    services.change_draft(contract=made, settlement_text=wording, by=make.BY)
    grounds = "Acceptance is on the day of delivery, so 30 days from there."

    with refused(services.NotARead, "You have written contract C-7 yourself. Somebody else has to read the clause."):
        services.read_clause(contract=made, grounds=grounds, by=make.BY)
    with refused(
        services.NotARead,
        "Say from which words of the clause the day follows, and how (15 to 300 letters).",
    ):
        services.read_clause(contract=made, grounds="It is fine.", by=SOMEBODY_ELSE)
    services.read_clause(contract=made, grounds=grounds, by=SOMEBODY_ELSE)
    with refused(services.NotARead, "Nothing in this clause of contract C-7 waits for a reader."):
        services.read_clause(contract=made, grounds=grounds, by=SOMEBODY_ELSE)

    assert services.activate(contract=made, on=STARTS, by=make.BY).state == "active"
    [told] = Entry.objects.filter(verb="contracts.clause_read")
    assert (told.actor_key, told.after["grounds"]) == (SOMEBODY_ELSE.key, grounds)


def test_whoever_answered_for_a_clause_did_not_answer_for_its_next_wording_nor_for_its_missing_terms(customer):
    made = draft(customer, settlement_text="Payment 30 days after the goods are sold.")
    services.read_clause(contract=made, grounds="They say the day of sale is known.", by=SOMEBODY_ELSE)

    services.change_draft(contract=made, settlement_text="Payment when funds allow.", by=make.BY)
    with pytest.raises(services.CannotBecomeActive, match="does not say when payment is due"):
        services.activate(contract=made, on=STARTS, by=make.BY)

    services.change_draft(
        contract=made, settlement_text="Payment 30 days after the goods are sold.", method="", parameters={}, by=make.BY
    )
    with pytest.raises(services.CannotBecomeActive, match="has no computable due date"):
        services.activate(contract=made, on=STARTS, by=make.BY)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Payment after sale."), ("es", "Se pagará después de vender la mercancía."), ("zh-hans", "售后付款。")],
)
def test_nobody_answers_for_a_clause_without_any_day_or_number(customer, language, text):
    made = draft(customer, language=language, settlement_text=text)
    words = "This clause of contract C-7 names no day and no number of days. Nobody can answer for it; agree on a day."

    with refused(services.NotARead, words):
        services.read_clause(contract=made, grounds="They say the day of sale is known.", by=SOMEBODY_ELSE)


def test_the_wording_of_an_active_contract_and_one_that_is_not_marked_wait_for_no_reader(customer):
    made = draft(customer, settlement_text="Payment within 30 days of the invoice.")
    grounds = "It is plain: thirty days."

    with refused(services.NotARead, "Nothing in this clause of contract C-7 waits for a reader."):
        services.read_clause(contract=made, grounds=grounds, by=SOMEBODY_ELSE)
    services.activate(contract=made, on=STARTS, by=make.BY)
    with refused(checks.NotInState, "Contract C-7 is no draft any more. Its wording stays as it is."):
        services.read_clause(contract=made, grounds=grounds, by=SOMEBODY_ELSE)
