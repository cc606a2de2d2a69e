"""Days of a contract that cannot be: signed or accepted in the future, due before it begins."""

from datetime import date, timedelta

import pytest

from contracts import services
from contracts.models import Contract
from tests import factories as make
from tests.refused import refused

pytestmark = pytest.mark.django_db
STARTS, TODAY = date(2026, 9, 1), date(2026, 11, 24)
TOMORROW = TODAY + timedelta(days=1)
NOT_YET = "25 Nov 2026 is in the future. Enter the day on which it happened."


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(name="Mercado Sol")


def test_a_signature_to_come_executes_nothing_and_terms_to_be_accepted_open_nothing(customer):
    contract = make.contract(customer, execution="none", signed_by="", terms_accepted_on=None, terms_accepted_by="")
    signed = {"execution": "signature", "signed_by": "Lucía Ortega", "has_authority": True}

    with refused(services.NotYet, NOT_YET):
        services.execute(contract=contract, on=TOMORROW, by=make.BY, **signed)
    with refused(services.NotYet, NOT_YET):
        services.accept_terms(contract=contract, accepted_by="Lucía Ortega", on=TOMORROW, by=make.BY)

    services.execute(contract=contract, on=TODAY, by=make.BY, **signed)
    services.accept_terms(contract=contract, accepted_by="Lucía Ortega", on=TODAY, by=make.BY)


def test_what_would_be_due_before_the_contract_begins_does_not_become_active(customer):
    values = {"customer": customer, "starts_on": STARTS, "currency": "EUR", "method": "fixed"}
    early = services.draft(contract=Contract(number="C-1", parameters={"date": "2026-08-31"}, **values), by=make.BY)
    first_day = services.draft(contract=Contract(number="C-2", parameters={"date": "2026-09-01"}, **values), by=make.BY)

    words = "Contract C-1 starts on 1 Sept 2026; its fixed date is before that. Correct one of the two days."
    with refused(services.CannotBecomeActive, words):
        services.activate(contract=early, on=TODAY, by=make.BY)
    assert services.activate(contract=first_day, on=TODAY, by=make.BY).state == "active"


def test_of_a_book_whose_contracts_share_their_terms_each_beginning_is_looked_at(customer):
    shared = {"customer": customer, "currency": "EUR", "method": "fixed", "parameters": {"date": "2026-08-31"}}
    book = [
        Contract(number=number, starts_on=starts_on, state="active", **shared)
        for number, starts_on in (("C-1", date(2026, 7, 1)), ("C-2", STARTS))
    ]

    with pytest.raises(services.CannotBecomeActive, match="Contract C-2 starts on 1 Sept 2026"):
        services.record_contracts(contracts=book, on=TODAY, by=make.BY)
