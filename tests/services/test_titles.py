"""Retained title in its register: noted on a contract that is in force or has ended, with its entry on the trail."""

from datetime import date, timedelta

import pytest

from audit.models import Entry
from contracts import services
from contracts.models import Contract
from customers.models import Mark
from tests import factories as make

pytestmark = pytest.mark.django_db
STARTS, TODAY = date(2026, 1, 1), date(2026, 11, 24)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(name="Mercado Sol")


def draft(customer, **values):
    made = Contract(
        customer=customer, number="C-7", starts_on=STARTS, currency="EUR", method="net", parameters={"days": 30},
        **values,
    )  # fmt: skip
    return services.draft(contract=made, by=make.BY)


def now(row):
    return Contract.objects.get(pk=row.pk)


def retained(customer, **values):
    return draft(customer, title="simple", title_agreed_on=STARTS, **values)


def test_a_retained_title_is_registered_on_an_active_contract_and_its_entry_stands_on_the_trail(customer):
    made = services.activate(contract=retained(customer), on=STARTS, by=make.BY)

    services.register_title(contract=made, on=date(2026, 3, 2), reference="Zürich 2026/118", by=make.BY)
    services.register_title(contract=made, on=date(2026, 3, 3), reference="Zürich 2026/119", by=make.BY)

    assert now(made).title_registered_on == date(2026, 3, 3)
    entry = Entry.objects.filter(verb="contracts.title_registered").latest("pk")
    assert entry.before == {"registered_on": "2026-03-02"}
    assert entry.after == {"registered_on": "2026-03-03", "entry": "Zürich 2026/119"}
    assert Mark.objects.filter(customer=customer, because="contract").exists()


def test_what_was_delivered_under_an_ended_contract_can_still_be_registered(customer):
    made = services.activate(contract=retained(customer), on=STARTS, by=make.BY)
    services.end(contract=made, on=date(2026, 6, 30), by=make.BY)

    services.register_title(contract=made, on=TODAY, reference="Zürich 2026/118", by=make.BY)

    assert (now(made).state, now(made).title_registered_on) == ("ended", TODAY)


@pytest.mark.parametrize(
    ("values", "on", "reference", "kind", "words"),
    [
        ({"title": "none", "title_agreed_on": None}, TODAY, "18", services.NotATitle, "Contract C-7 retains no title"),
        ({}, STARTS - timedelta(days=1), "18", services.TooEarly, "agreed on 1 Jan 2026 and cannot be registered on"),
        ({}, TODAY + timedelta(days=1), "18", services.NotYet, "25 Nov 2026 is in the future."),
        ({}, TODAY, " ", services.NotATitle, "Name the entry: the register and its number."),
        ({}, TODAY, "1" * 101, services.NotATitle, "The entry has 100 letters at most."),
    ],
)
def test_a_registration_needs_a_retained_title_a_day_that_has_come_and_an_entry(
    customer, values, on, reference, kind, words
):
    made = retained(customer, **values) if "title" not in values else draft(customer, **values)

    with pytest.raises(kind) as why:
        services.register_title(contract=made, on=on, reference=reference, by=make.BY)

    assert words in str(why.value)
    assert now(made).title_registered_on is None
    assert not Entry.objects.filter(verb="contracts.title_registered").exists()
