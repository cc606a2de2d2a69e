"""The consignment clause: without it no consignment contract becomes active; those that are active already stay."""

from datetime import date

import pytest

from audit.models import Entry
from contracts import services
from contracts.models import Contract
from tests import factories as make
from tests.refused import refused

pytestmark = pytest.mark.django_db
STARTS, TODAY = date(2026, 1, 1), date(2026, 11, 24)
CLAUSE = {"count_every": 30, "counter": "together", "consigned_title": "until sold"}
TO_FILL_IN = "Contract C-7 is on consignment. Fill in its consignment clause: "
WORDING = (
    "The goods are the Seller's until a count finds them sold. Both sides count them every 30 days; what is sold is "
    "paid for within 7 days of the count, and whatever is left 90 days after delivery comes back."
)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(name="Mercado Sol")


def contract(customer, **values):
    return Contract(
        **{
            "customer": customer, "number": "C-7", "starts_on": STARTS, "currency": "EUR", "method": "consignment",
            "parameters": {"max_days": 90},
        }
        | values
    )  # fmt: skip


def draft(customer, **values):
    return services.draft(contract=contract(customer, **values), by=make.BY)


def active_before(customer, **values):
    """Active since before a consignment contract needed its clause."""
    made = draft(customer, **values)
    Contract.objects.filter(pk=made.pk).update(state="active")
    return now(made)


def now(row):
    return Contract.objects.get(pk=row.pk)


@pytest.mark.parametrize(
    ("lacks", "missing"),
    [
        (
            {"count_every": None, "counter": "", "consigned_title": ""},
            "how often the goods are counted, in days; who counts them; whose they are until then.",
        ),
        ({"count_every": None}, "how often the goods are counted, in days."),
        ({"count_every": 120}, "a count before the goods have to go back."),
        ({"counter": ""}, "who counts them."),
        ({"consigned_title": ""}, "whose they are until then."),
    ],
)
def test_what_the_clause_leaves_open_keeps_a_contract_a_draft_and_is_told(customer, lacks, missing):
    made = draft(customer, **(CLAUSE | lacks))

    with refused(services.CannotBecomeActive, TO_FILL_IN + missing):
        services.activate(contract=made, on=STARTS, by=make.BY)
    assert now(made).state == "draft"
    with refused(services.CannotBecomeActive, TO_FILL_IN.replace("C-7", "C-8") + missing):
        services.agree(contract=contract(customer, number="C-8", state="active", **(CLAUSE | lacks)), by=make.BY)


def test_a_file_brings_no_active_contract_without_the_clause_also_where_others_have_one(customer):
    complete = contract(customer, state="active", **CLAUSE)
    bare = contract(customer, number="C-8", state="active")

    with pytest.raises(services.CannotBecomeActive, match="Contract C-8 is on consignment"):
        services.record_contracts(contracts=[complete, bare], on=TODAY, by=make.BY)
    assert not Contract.objects.exists()


def test_with_its_clause_a_contract_becomes_active_and_keeps_it(customer):
    made = draft(customer, consignment_clause="9", consignment_text=WORDING, **CLAUSE)

    active = services.activate(contract=made, on=STARTS, by=make.BY)

    assert (active.state, active.count_every, active.counter) == ("active", 30, "together")
    assert (now(made).consigned_title, now(made).consignment_text) == ("until sold", WORDING)


@pytest.mark.parametrize(
    ("language", "text", "marked"),
    [
        ("en", "The goods are counted from time to time.", '"from time to time"'),
        ("en", "The Dealer pays after he has sold them.", '"after he has sold"'),
        ("es", "Lo no vendido se devuelve cuando acabe la temporada.", "temporada"),
        ("zh-hans", "货物不定期盘点。", "不定期"),
    ],
)
def test_words_of_the_clause_that_leave_a_day_open_keep_it_a_draft_and_are_quoted(customer, language, text, marked):
    made = draft(customer, language=language, consignment_text=text, **CLAUSE)

    with pytest.raises(services.CannotBecomeActive) as refusal:
        services.activate(contract=made, on=STARTS, by=make.BY)

    assert str(refusal.value).startswith("The consignment clause of contract C-7 leaves days open: ")
    assert marked in str(refusal.value)


def test_other_methods_need_no_such_clause(customer):
    made = draft(customer, method="net", parameters={"days": 30})

    assert services.activate(contract=made, on=STARTS, by=make.BY).state == "active"


def test_a_contract_that_is_active_already_stays_and_its_clause_is_written_down_once(customer):
    made = active_before(customer)
    goods = make.shipment(made, asked_on=TODAY)
    assert goods.contract == made

    stated = services.state_clause(contract=made, on=TODAY, by=make.BY, consignment_clause="9", **CLAUSE)

    assert (stated.state, stated.consignment_clause, now(made).count_every) == ("active", "9", 30)
    entry = Entry.objects.get(verb="contracts.consignment_stated", subject_key=str(made.pk))
    assert (entry.before["count_every"], entry.after["count_every"]) == (None, 30)
    with refused(services.NotInState, "Contract C-7 has its consignment clause. Other terms need a new contract."):
        services.state_clause(contract=made, on=TODAY, by=make.BY, **(CLAUSE | {"count_every": 10}))


def test_half_a_clause_is_not_written_down_nor_one_of_a_draft_or_of_another_method(customer):
    made = active_before(customer)
    plain = make.contract(customer, number="C-8")
    unfinished = draft(customer, number="C-9")

    with refused(services.NoClause, TO_FILL_IN + "who counts them."):
        services.state_clause(contract=made, on=TODAY, by=make.BY, **(CLAUSE | {"counter": ""}))
    with refused(services.NoClause, "Contract C-8 is not on consignment: it needs no such clause."):
        services.state_clause(contract=plain, on=TODAY, by=make.BY, **CLAUSE)
    with refused(services.NotInState, "Contract C-9 is not active. The clause of a draft is filled in there."):
        services.state_clause(contract=unfinished, on=TODAY, by=make.BY, **CLAUSE)
