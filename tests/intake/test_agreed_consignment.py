"""The consignment clause in files of contracts: its columns, what is missing, and what a later file may bring."""

import pytest

from contracts.models import Contract
from intake import services, shipped
from intake.services import NotTaken
from tests import factories as make
from tests.intake.agreed import TODAY

pytestmark = pytest.mark.django_db

TERMS = "number,customer,state,starts on,currency,method,parameters"
CLAUSE = "counted every,counted by,consigned goods are ours,consignment clause,consignment wording"
ROW = 'C-1,C1,{state},2026-01-01,EUR,consignment,"{{""max_days"": 90}}"'
WORDING = "Counted every 30 days; what is sold is paid for on that day and the rest comes back after 90 days."
STATED = f'30,together,until sold,8.1,"{WORDING}"'


@pytest.fixture(autouse=True)
def customer(db):
    make.business()
    return make.customer(code="C1", name="Alder Foods")


def store(clause="", state="active"):
    headings = f"{TERMS},{CLAUSE}" if clause else TERMS
    row = ROW.format(state=state) + (f",{clause}" if clause else "")
    content = f"{headings}\n{row}\n".encode()
    return services.store(content=content, name="c.csv", profile=shipped.by_name("contracts"), on=TODAY, by=make.BY)


def told(clause="", state="active"):
    with pytest.raises(NotTaken) as refusal:
        store(clause, state)
    return [problem.text for problem in refusal.value.outcome.problems]


def clause_of(contract):
    return (contract.count_every, contract.counter, contract.consigned_title, contract.consignment_clause)


def test_a_contract_on_consignment_comes_with_its_clause():
    store(STATED)

    made = Contract.objects.get()
    assert (made.state, clause_of(made)) == ("active", (30, "together", "until sold", "8.1"))
    assert made.consignment_text == WORDING


def test_an_active_one_without_it_is_told_what_to_fill_in_and_a_draft_is_taken():
    assert told() == [
        'line 2, column "count_every": contract C-1 is on consignment; '
        "after how many days are the goods counted each time?",
        'line 2, column "counter": contract C-1 is on consignment; who counts the goods: us, customer or together?',
        'line 2, column "consigned_title": contract C-1 is on consignment; '
        "whose are the goods meanwhile: ours until sold, or until paid?",
    ]

    store(state="draft")

    assert Contract.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("0,together,until sold,,", 'column "counted every", value "0": goods are counted after a day or more'),
        (
            "120,together,until sold,,",
            'column "counted every", value "120": contract C-1 is on consignment; '
            "its goods have to go back before they would be counted; count them earlier",
        ),
        (
            "30,the shop,until sold,,",
            'column "counted by", value "the shop": none of us, customer, together; '
            "say in the profile which of them it means",
        ),
        (
            "30,us,until sold,,Counted from time to time.",
            'column "consignment wording", value "Counted from time to time.": leaves open when goods are counted, '
            'paid or go back: "from time to time"; agree on a day that can be computed',
        ),
    ],
)
def test_what_is_wrong_with_a_clause_is_told_by_line_column_and_value(clause, words):
    assert told(clause) == [f"line 2, {words}"]
    assert not Contract.objects.exists()


def test_a_later_file_completes_a_draft_and_makes_it_active():
    store(state="draft")

    store(STATED)

    made = Contract.objects.get()
    assert (made.state, clause_of(made)) == ("active", (30, "together", "until sold", "8.1"))


def test_a_later_file_brings_the_clause_of_a_contract_that_was_active_without_it_and_changes_it_no_more():
    store(state="draft")
    Contract.objects.update(state="active")

    assert store().report.unchanged == 1
    assert store(STATED).report.changed == 1
    assert clause_of(Contract.objects.get()) == (30, "together", "until sold", "8.1")
    assert told(STATED.replace("30,", "45,")) == [
        'line 2, column "counted every", value "45": changed: contract C-1 is here already and active, with "30"; '
        "other terms need a new contract"
    ]
