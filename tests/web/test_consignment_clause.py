"""The consignment clause on the pages of contracts and shipments: typed, shown, missing and written down."""

from datetime import date

import pytest

from contracts import services as contracts
from contracts.models import Contract
from tests import factories as make
from tests.web.contract_pages import TODAY, drafted, keyed, page_of, sent, text_of

pytestmark = pytest.mark.django_db
TYPED = {
    "number": "C-7", "language": "en", "starts_on": "2026-11-24", "currency": "EUR", "title": "none",
    "max_days": "90", "consignment_rest": "returned",
}  # fmt: skip
CLAUSE = {
    "count_every": "30", "counter": "customer", "consigned_title": "until paid", "consignment_clause": "9",
    "consignment_text": "The Dealer counts every 30 days and pays for what he sold within 7 days of the count. "
    "What is left 90 days after delivery comes back.",
}  # fmt: skip
WITHOUT = {"method": "consignment", "parameters": {"max_days": 90}}


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(owner=make.rep("carmen"), code="C-100", name="Mercado Sol")


@pytest.fixture
def manager(client, customer):
    person = make.manager("maria")
    client.force_login(person)
    return person


def active_before(customer):
    made = drafted(customer, **WITHOUT)
    Contract.objects.filter(pk=made.pk).update(state="active")
    return made


def test_the_clause_is_typed_with_the_draft_and_stands_on_its_page_as_sentences(client, manager, customer):
    answer = sent(client, "/contracts/new/?customer=C-100&method=consignment", TYPED | CLAUSE)

    contract = Contract.objects.get()
    assert (contract.count_every, contract.counter, contract.consigned_title) == (30, "customer", "until paid")
    page = text_of(answer)
    for sentence in (
        "The goods are counted every 30 days.", "The customer counts them.", "Ours until they are paid.",
        "Unsold goods come back", "Consignment clause 9.", "The Dealer counts every 30 days and pays",
    ):  # fmt: skip
        assert sentence in page
    form = client.get(f"/contracts/{contract.pk}/edit/").context["form"]
    assert {name: str(form[name].value()) for name in CLAUSE} == CLAUSE
    contracts.activate(contract=contract, on=TODAY, by=make.BY)


def test_a_draft_without_it_says_what_is_missing_and_does_not_become_active(client, manager, customer):
    contract = drafted(customer, **WITHOUT)
    assert "without it the contract cannot become active: how often the goods are counted" in page_of(client, contract)

    answer = client.post(f"/contracts/{contract.pk}/activate/", keyed(1))

    assert (answer.status_code, "Fill in its consignment clause:" in text_of(answer)) == (422, True)
    assert Contract.objects.get().state == "draft"


def test_words_that_leave_a_day_open_are_marked_in_the_clause(client, manager, customer):
    contract = drafted(customer, consignment_text="The goods are counted now and then.", **WITHOUT)

    page = client.get(f"/contracts/{contract.pk}/").content.decode()

    assert ("<mark>now and then</mark>" in page, "The consignment clause as it was written" in page) == (True, True)


def test_the_clause_of_an_active_contract_is_written_down_on_its_page_once(client, manager, customer):
    contract = active_before(customer)
    assert "The consignment clause is not on record: how often" in page_of(client, contract)
    url = f"/contracts/{contract.pk}/consignment-clause/"

    half = client.post(url, keyed(1, count_every="30"))
    whole = client.post(url, keyed(2, **CLAUSE), follow=True)

    assert (half.status_code, "who counts them; whose they are until then" in text_of(half)) == (422, True)
    assert "The consignment clause of C-1 is on record." in whole.content.decode()
    assert "Write down the consignment clause" not in text_of(whole)
    assert client.post(url, keyed(3, **CLAUSE)).status_code == 422


@pytest.mark.parametrize(("role", "status"), [("rep", 403), ("auditor", 403)])
def test_who_only_reads_writes_no_clause(client, customer, role, status):
    contract = active_before(customer)
    client.force_login(customer.owner if role == "rep" else make.auditor())

    assert client.post(f"/contracts/{contract.pk}/consignment-clause/", keyed(1, **CLAUSE)).status_code == status
    assert "Write it down" not in page_of(client, contract)


def test_goods_at_the_customers_say_by_when_they_are_counted_by_whom_and_whose_they_are(client, manager, customer):
    contract = make.contract(customer, "consignment", {"max_days": 90}, count_every=30)
    goods = make.shipment(contract, delivered_on=date(2026, 11, 4))

    def page():
        return text_of(client.get(f"/shipments/{goods.pk}/"))

    assert "To be counted by 4 Dec 2026. Both count them together." in page()
    assert "Ours until a count finds them sold" in page()
    make.counted(goods, (10, 0, 30, 0), on=date(2026, 11, 20))
    assert "To be counted by 20 Dec 2026." in page()


def test_a_count_that_should_have_been_made_is_missing(client, manager, customer):
    contract = make.contract(customer, "consignment", {"max_days": 90}, count_every=10)
    goods = make.shipment(contract, delivered_on=date(2026, 11, 4))

    page = text_of(client.get(f"/shipments/{goods.pk}/"))

    assert "The count of 14 Nov 2026 is missing. Both count them together." in page


def test_an_agreement_by_which_the_rest_is_bought_does_not_say_that_it_is_returned(client, manager, customer):
    contract = make.contract(customer, "consignment", {"max_days": 90, "rest": "bought"}, consignment_rest="bought")

    page = page_of(client, contract)

    assert ("bought after 90 days" in page, "returned after" in page) == (True, False)
