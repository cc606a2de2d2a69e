"""Lists: filters, sort and page live in the address; the number of queries does not grow with the rows."""

from datetime import timedelta

import pytest

from collections_app.gate.models import Hold
from collections_app.standings import services as standings
from collections_app.standings.models import Night
from common import clock
from contracts.models import Contract, Shipment
from tests import factories as make
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db
LISTS = (
    "/receivables/", "/customers/", "/invoices/", "/payments/", "/payments/receipts/", "/more-time/", "/contracts/",
    "/shipments/", "/holds/", "/holds/observed/",
)  # fmt: skip


@pytest.fixture
def today():
    return clock.business_today()


@pytest.fixture
def office(client, today):
    make.business()
    now = clock.now()
    Night.objects.create(business_date=today, known_until=now, started_at=now, done_at=now)
    user = make.finance("niamh")
    client.force_login(user)
    return user


def grow(today, number):
    added = []
    for place in range(number):
        customer = make.customer(owner=None, name=f"Bar {place}")
        make.invoice(
            customer, 20, due_date=today - timedelta(days=place % 200), paid=[("5", today - timedelta(days=1))],
            number=f"F-{customer.code}",
        )  # fmt: skip
        added.append(customer)
    wait_at_the_gate(added, today)


def wait_at_the_gate(customers, today):
    """Each has a contract and a held batch, kept by one cause and, were it on, by another."""
    now = clock.now()
    contracts = Contract.objects.bulk_create(
        Contract(customer=customer, number="C-1", state="active", starts_on=today, currency="EUR",
                 method="two_deliveries", parameters={"max_days": 30})
        for customer in customers
    )  # fmt: skip
    shipments = Shipment.objects.bulk_create(
        Shipment(customer=contract.customer, contract=contract, number=f"S-{contract.customer.code}", batch=1,
                 state="held", asked_on=today, currency="EUR", amount=100)
        for contract in contracts
    )  # fmt: skip
    Hold.objects.bulk_create(
        Hold(shipment=shipment, customer=shipment.customer, cause=cause, ground="6.2", currency="EUR", amount=15,
             facts={"kind": kind, "ground": "clause", "documents": f"F-{shipment.customer.code}", "days": "3"},
             is_observed=cause == "late", since_on=today, entered_at=now)
        for shipment in shipments
        for cause, kind in (("settlement", "earlier batch"), ("late", "late"))
    )  # fmt: skip


def grow_fast(today, number):
    """A thousand rows in every list, by statements for many."""
    from decimal import Decimal

    from customers import services as customers
    from customers.models import Customer
    from receivables import book, services

    now = clock.now()
    added = customers.add_many(
        [Customer(code=f"M{place:05d}", name=f"Mart {place}", entered_at=now) for place in range(number)],
        owned_from=today,
    )
    rows = [
        book.NewInvoice(
            customer=customer.pk, number=f"F-{customer.code}", amount=Decimal(20), currency="EUR",
            issued_on=today - timedelta(days=60), parts=(book.Part(today - timedelta(days=30), Decimal(20)),),
            paid=(book.Paid(Decimal(5), today - timedelta(days=1)),),
        )
        for customer in added
    ]  # fmt: skip
    services.record_book(rows=book.Book(invoices=rows), on=today, by=make.BY)
    standings.classify(as_of=today)
    wait_at_the_gate(added, today)


@pytest.mark.parametrize("past", [False, True], ids=["now", "a past day"])
def test_every_list_asks_the_same_number_of_questions_for_10_and_1000_rows(
    client, office, today, past, django_assert_num_queries, count_queries
):
    grow(today, 10)
    day = f"?as_of={today - timedelta(days=1)}" if past else ""
    pages = [f"{url}{day}" for url in (LISTS if not past else ("/receivables/",))] + [f"/ageing/{day}"]
    pages += [f"{url}?export=csv" for url in LISTS] if not past else []
    before = {}
    for url in pages:
        client.get(url)
        before[url] = count_queries(lambda url=url: client.get(url))

    grow_fast(today, 990)

    for url in pages:
        with django_assert_num_queries(before[url]):
            assert client.get(url).status_code == 200
        assert before[url] <= 44  # a past board sets its room for sorting on PostgreSQL, in a transaction


def test_fifty_rows_a_page_and_no_row_on_two_pages(client, office, today):
    make.many_invoices(make.customer(), 120, due_date=today - timedelta(days=5))

    seen = []
    for page in (1, 2, 3):
        table = client.get(f"/invoices/?page={page}&sort=amount").context["table"]
        seen.append([row.record.pk for row in table.page.object_list])

    assert [len(page) for page in seen] == [50, 50, 20]
    assert len({pk for page in seen for pk in page}) == 120


@pytest.mark.parametrize("page", ["0", "-1", "x", "999"])
def test_a_page_that_is_not_there_gives_one_that_is(client, office, today, page):
    make.invoice(make.customer(), due_date=today)

    assert client.get(f"/invoices/?page={page}").status_code == 200


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize(
    "sort", ["name", "-open", "due_date", "-days_late", "worst", "-late", "no-such-column", "customer"]
)
def test_every_sort_of_the_address_is_answered(client, office, today, url, sort):
    make.invoice(make.customer(), due_date=today - timedelta(days=9), paid=[("5", today)])

    assert client.get(f"{url}?sort={sort}").status_code == 200


def test_a_payment_is_opened_by_its_day_and_its_reference(client, office, today):
    paid = make.payment(make.customer(), 5, received_on=today, reference="SEPA 17", lines=[])

    row = client.get("/payments/").content.decode().split("<tbody>")[1].split("</tr>")[0]

    assert row.count(f'<a href="/payments/{paid.pk}/">') == 2
    assert f'<a href="/payments/{paid.pk}/">24 Nov 2026</a>' in row
    assert f'<a href="/payments/{paid.pk}/">SEPA 17</a>' in row


def test_the_rows_show_the_code_beside_the_name_and_files_have_code_and_kind_apart(client, office, today):
    make.invoice(make.customer(code="X-77", name="Bar Azul"), 20, due_date=today)

    page = client.get("/receivables/").content.decode().split("<tbody>")[1]
    row = rows_of(client.get("/receivables/?export=csv"))[0]

    assert 'Bar Azul</a> <span class="muted">X-77</span>' in page
    assert list(row)[:4] == ["Customer", "Code", "Document", "Kind"]
    assert (row["Customer"], row["Code"]) == ("Bar Azul", "X-77")


def names(answer):
    return [row.record.name for row in answer.context["table"].page.object_list]


def test_customers_are_found_by_name_number_and_the_number_of_an_invoice(client, office, today):
    wanted = make.customer(name="Bar Azul", code="X-77")
    make.invoice(wanted, due_date=today, number="2026-4711")
    make.customer(name="Kiosko Rey")

    for q in ("azul", "x-77", "4711"):
        assert names(client.get(f"/customers/?q={q}")) == ["Bar Azul"], q


def test_the_whole_number_of_an_invoice_a_shipment_or_a_contract_opens_its_page(client, office, today):
    wanted = make.customer(name="Bar Azul", code="X-77")
    make.customer(name="Kiosko Rey")
    invoice = make.invoice(wanted, due_date=today, number="2026-4711")
    contract = make.contract(wanted, number="C-31")
    shipment = make.shipment(contract)

    for number, page in (
        ("2026-4711", f"/invoices/{invoice.pk}/"),
        (" c-31 ", f"/contracts/{contract.pk}/"),
        (shipment.number, f"/shipments/{shipment.pk}/"),
    ):
        assert client.get("/customers/", {"q": number}).headers.get("Location") == page, number
        assert names(client.get("/customers/", {"q": number.strip()[:-1]})) == ["Bar Azul"], number


def test_the_search_opens_no_page_of_anothers_customer_and_none_of_two(client, office, today):
    both = make.customer(name="Bar Azul")
    make.invoice(both, due_date=today, number="A-1")
    make.contract(both, number="A-1")
    assert names(client.get("/customers/?q=A-1")) == ["Bar Azul"]

    make.invoice(both, due_date=today, number="A-2")
    client.force_login(make.rep("somebody"))
    assert client.get("/customers/?q=A-2").status_code == 200


def test_customers_by_rep_region_and_worst_standing(client, office, today):
    carmen = make.rep("carmen")
    late = make.customer(name="Late", owner=carmen, region="North")
    make.invoice(late, due_date=today - timedelta(days=90))
    make.invoice(late, due_date=today + timedelta(days=9))
    make.customer(name="Quiet", region="South")

    assert names(client.get("/customers/?rep=carmen")) == ["Late"]
    assert names(client.get("/customers/?rep=none")) == ["Quiet"]
    assert names(client.get("/customers/?region=South")) == ["Quiet"]
    assert names(client.get("/customers/?standing=quasi-bad")) == ["Late"]
    assert names(client.get("/customers/?standing=unpaid")) == []


def test_invoices_by_state(client, office, today):
    customer = make.customer()
    make.invoice(customer, 10, due_date=today - timedelta(days=3), number="late")
    make.invoice(customer, 10, due_date=today, number="open")
    make.invoice(customer, 10, due_date=today - timedelta(days=9), number="settled", paid=[("10", today)])

    def numbers(state):
        table = client.get(f"/invoices/?state={state}&sort=number").context["table"]
        return [row.record.number for row in table.page.object_list]

    assert numbers("late") == ["late"]
    assert numbers("open") == ["late", "open"]
    assert numbers("settled") == ["settled"]


def test_a_filter_that_is_no_day_is_refused_beside_its_field(client, office):
    answer = client.get("/invoices/?issued_from=31.02.2026")

    assert answer.status_code == 422


def test_an_empty_list_says_why(client, office):
    assert "Clear the filters" in client.get("/customers/?q=nobody").content.decode()


@pytest.mark.parametrize("url", ["/receivables/", "/customers/", "/invoices/"])
def test_a_rep_is_not_asked_for_a_rep_and_cannot_filter_by_another(client, office, today, url):
    carmen = make.rep("carmen")
    make.invoice(make.customer(owner=make.rep("tom"), name="Toms"), due_date=today)
    client.force_login(carmen)

    page = client.get(f"{url}?rep=tom").content.decode()

    assert "Toms" not in page
    assert 'name="rep"' not in page
