"""Extensions and instalment plans on pages: reps ask, a second person decides, everybody sees how it stands."""

import re
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from customers.models import Limit
from receivables import services
from receivables.models import DueItem, Extension, InstalmentPlan, MoreTime
from tests import factories as make
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)
DUE, UNTIL = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def carmen(db):
    make.business()
    return make.rep("carmen")


@pytest.fixture
def customer(carmen):
    return make.customer(owner=carmen, code="C-1", name="Mercado Sol")


@pytest.fixture
def item(customer):
    return make.due_item(customer, 1000, due_date=DUE, number="INV-1")


@pytest.fixture
def desk(client, item):
    client.force_login(make.finance("niamh"))
    return client


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def send(client, name, *args, query="", **said):
    return client.post(reverse(f"receivables:{name}", args=args) + query, {"key": uuid4().hex, **said})


def due(item):
    return DueItem.objects.get(pk=item.pk).due_date


# Extensions


def test_a_rep_asks_on_the_page_of_an_invoice_and_sees_the_cost_before(client, carmen, item):
    client.force_login(carmen)
    invoice = client.get(reverse("desk:invoice", args=[item.invoice_id]))
    address = reverse("receivables:ask-extension", args=[item.pk])
    assert f'href="{address}"' in invoice.content.decode()

    page = text_of(client.get(address))
    assert "Now due on 1 Nov 2026. Thirty days of waiting cost us €6.58." in page
    assert "Granted to this customer in 2026: 0 of 2." in page

    answer = send(client, "ask-extension", item.pk, until=UNTIL.isoformat(), because="Waits for the harvest")
    row = Extension.objects.get()
    assert (answer.status_code, answer.url) == (302, "/more-time/")
    assert (row.state, row.asked_by, row.asked_on, row.cost_amount) == ("asked", "carmen", TUESDAY, Decimal("6.58"))


def test_a_settled_invoice_offers_no_extension(client, carmen, customer):
    settled = make.due_item(customer, 10, due_date=DUE, paid=[("10", DUE)])
    client.force_login(carmen)

    assert "Ask for an extension" not in text_of(client.get(reverse("desk:invoice", args=[settled.invoice_id])))


def test_a_form_sent_twice_asks_once(client, carmen, item):
    client.force_login(carmen)
    said = {"key": "same", "until": UNTIL.isoformat(), "because": "So"}
    address = reverse("receivables:ask-extension", args=[item.pk])

    assert [client.post(address, said).status_code for _ in range(2)] == [302, 302]
    assert Extension.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"until": "2026-11-01", "because": "So"}, "not later than the due date in force"),
        ({"until": "2026-11-23", "because": "So"}, "That day has passed"),
        ({"until": "31.02.2026", "because": "So"}, "valid date"),
        ({"until": "2026-12-01", "because": " "}, "required"),
    ],
)
def test_what_cannot_be_asked_for_comes_back_with_the_words_beside_it(client, carmen, item, said, words):
    client.force_login(carmen)
    answer = send(client, "ask-extension", item.pk, **said)

    assert (answer.status_code, Extension.objects.count()) == (422, 0)
    assert words in text_of(answer)


def test_the_page_says_what_a_decision_would_do_and_a_second_person_grants(client, desk, carmen, item):
    row = make.extension(item, until=UNTIL, by=carmen)
    page = text_of(desk.get(reverse("receivables:extension", args=[row.pk])))

    assert "30 days later" in page
    assert "due on 1 Dec 2026 instead of 1 Nov 2026" in page
    assert "due on 1 Nov 2026 again from 2 Dec 2026 on" in page
    assert "0 of 2" in page
    assert "Carmen, 24 Nov 2026" in page

    answer = send(desk, "grant-extension", row.pk)
    assert (answer.status_code, answer.url, due(item)) == (302, f"/more-time/extensions/{row.pk}/", UNTIL)
    after = text_of(desk.get(answer.url))
    assert "Niamh, 24 Nov 2026" in after
    assert "Extension granted" in after
    assert "1 of 2" in after
    assert "Give more time" not in after

    again = send(desk, "grant-extension", row.pk)
    assert (again.status_code, "decided already" in text_of(again)) == (422, True)


def test_whoever_asked_is_told_to_find_somebody_else(client, item):
    boss = make.manager("maria")
    row = make.extension(item, until=UNTIL, by=boss)
    client.force_login(boss)

    page = client.get(reverse("receivables:extension", args=[row.pk]))
    assert "A second person has to." in text_of(page)
    assert "<button" not in page.content.decode().split("<main", 1)[1]
    assert send(client, "grant-extension", row.pk).status_code == 422
    assert send(client, "decline-extension", row.pk, because="No").status_code == 422
    assert due(item) == DUE


def test_a_manager_grants_up_to_an_amount_and_may_decline_any(client, customer):
    large = make.due_item(customer, 6000, due_date=DUE)
    row = make.extension(large, until=UNTIL)
    client.force_login(make.manager("maria"))

    assert "more than your role may grant" in text_of(client.get(reverse("receivables:extension", args=[row.pk])))
    refused = send(client, "grant-extension", row.pk)
    assert (refused.status_code, "€6,000.00 is more than your role may grant" in text_of(refused)) == (422, True)

    assert send(client, "decline-extension", row.pk, because=" ").status_code == 422
    assert send(client, "decline-extension", row.pk, because="Too long").status_code == 302
    row.refresh_from_db()
    assert (row.state, due(large)) == ("declined", DUE)


def test_a_limit_of_an_insurer_who_covers_less_is_named(desk, customer, item):
    Limit.objects.create(
        customer=customer, amount=5000, currency="EUR", starts_on=DUE, insurer="Nordic Credit",
        ends_before=date(2027, 11, 1), largest_extension_days=20,
    )  # fmt: skip
    row = make.extension(item, until=UNTIL)

    assert "Nordic Credit covers extensions of 20 days at most" in text_of(
        desk.get(reverse("receivables:extension", args=[row.pk]))
    )


# Instalment plans


def form_of(answer):
    """The form as a browser would send it."""
    form = answer.context["form"]
    said = {name: form[name].value() for name in form.fields}
    return {name: "on" if value is True else value for name, value in said.items() if value not in (None, False, "")}


def test_a_plan_is_prefilled_evenly_and_can_be_divided_anew_without_script(client, carmen, customer, item):
    second = make.due_item(customer, "500.01", due_date=date(2026, 11, 20), number="INV-2")
    later = make.due_item(customer, 70, due_date=date(2026, 12, 20))
    client.force_login(carmen)
    address = reverse("receivables:ask-plan")
    assert "Customer number" in text_of(client.get(address))

    page = client.get(address, {"customer": "C-1"})
    said = form_of(page)
    assert f"item_{later.pk}" not in said, "due after the first part"
    assert [said[f"amount_{place}"] for place in (1, 2, 3)] == ["500.00", "500.01", "500.00"]
    assert [str(said[f"on_{place}"]) for place in (1, 2, 3)] == ["2026-12-01", "2027-01-01", "2027-02-01"]

    del said[f"item_{second.pk}"]
    said |= {"count": "2", "first_on": "2026-12-31", "step": "divide", "because": ""}
    divided = client.post(f"{address}?customer=C-1", said)
    assert (divided.status_code, InstalmentPlan.objects.count()) == (200, 0)
    said = form_of(divided)
    assert [said.get(f"amount_{place}") for place in (1, 2, 3)] == ["500.00", "500.00", None]
    assert [str(said[f"on_{place}"]) for place in (1, 2)] == ["2026-12-31", "2027-01-31"]

    said |= {"because": "Lost its largest customer", "step": "ask"}
    answer = client.post(f"{address}?customer=C-1", said)
    row = InstalmentPlan.objects.get()
    assert (answer.status_code, row.state, row.asked_by) == (302, "asked", "carmen")
    assert list(row.items.values_list("due_item", flat=True)) == [item.pk]
    assert [part.amount for part in row.parts.order_by("position")] == [500, 500]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount_2": ""}, "A part has a day and an amount."),
        ({"amount_2": "400"}, "The parts add up to €900.00, and €1,000.00 is open"),
        ({"on_2": "2026-12-01"}, "each on a later day than the one before"),
        ({"amount_1": "x"}, "is not an amount"),
        ({"because": ""}, "required"),
        ({"item": ""}, "Choose at least one item"),
    ],
)
def test_parts_that_make_no_plan_come_back_with_the_words(client, carmen, customer, item, change, words):
    client.force_login(carmen)
    said = {
        f"item_{item.pk}": "on", "count": "2", "first_on": "2026-12-01", "because": "So", "step": "ask",
        "on_1": "2026-12-01", "amount_1": "500", "on_2": "2027-01-01", "amount_2": "500",
    } | change  # fmt: skip
    if "item" in said:
        said.pop(f"item_{item.pk}")

    answer = send(client, "ask-plan", query="?customer=C-1", **said)

    assert (answer.status_code, InstalmentPlan.objects.count()) == (422, 0)
    assert words in text_of(answer)


def test_dividing_asks_only_for_what_it_needs(client, carmen, customer, item):
    client.force_login(carmen)
    said = {f"item_{item.pk}": "on", "count": "9", "first_on": "soon", "step": "divide"}

    answer = send(client, "ask-plan", query="?customer=C-1", **said)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"count", "first_on"}


def test_each_currency_has_a_plan_of_its_own_and_an_extended_item_none(client, carmen, customer, item):
    make.account("USD")
    make.due_item(customer, 70, due_date=DUE, currency="USD", number="INV-USD")
    client.force_login(carmen)
    address = reverse("receivables:ask-plan")

    assert "INV-USD" not in text_of(client.get(address, {"customer": "C-1"}))
    assert "INV-USD" in text_of(client.get(address, {"customer": "C-1", "currency": "USD"}))
    make.extension(item, until=UNTIL)
    assert "INV-USD" in text_of(client.get(address, {"customer": "C-1"})), "the only currency that is left"


def test_a_customer_who_owes_nothing_has_nothing_to_plan(client, carmen, customer):
    client.force_login(carmen)

    assert "Nothing to plan" in text_of(client.get(reverse("receivables:ask-plan"), {"customer": "C-1"}))


def test_another_reps_customer_is_as_missing_as_none(client, item):
    client.force_login(make.rep("tom"))
    address = reverse("receivables:ask-plan")

    assert [client.get(address, {"customer": code}).status_code for code in ("C-1", "C-999")] == [404, 404]
    assert client.post(f"{address}?customer=C-1", {"step": "divide"}).status_code == 404


def test_the_page_of_a_plan_shows_its_parts_as_they_are_paid(desk, customer, item):
    row = make.instalment_plan([item], parts=[(UNTIL, "400"), (date(2027, 1, 1), "600")])
    assert "all items are due with the first part, on 1 Dec 2026" in text_of(desk.get(f"/more-time/plans/{row.pk}/"))

    assert send(desk, "grant-plan", row.pk).status_code == 302
    assert due(item) == UNTIL
    make.payment(customer, 400, received_on=TUESDAY)
    services.keep_plans(as_of=TUESDAY, customers=[customer.pk])

    page = desk.get(f"/more-time/plans/{row.pk}/")
    assert [str(part.state) for part in page.context["page"].parts] == ["Paid", "Next"]
    assert "Next part of the instalment plan" in text_of(page)


def test_a_plan_is_declined_with_its_reason(desk, item):
    row = make.instalment_plan([item])

    assert send(desk, "decline-plan", row.pk, because="Pays others first").status_code == 302
    row.refresh_from_db()
    assert (row.state, due(item)) == ("declined", DUE)


# The list


@pytest.fixture
def some(customer, item):
    """One that waits, one that was declined, and a plan that runs, of two customers and currencies."""
    make.account("USD")
    boss = make.manager("maria")
    declined = make.extension(item, until=UNTIL)
    services.decline_extension(extension=declined, on=TUESDAY, by=boss, because="No")
    other = make.customer(name="Kiosko Rey", code="C-2")
    dollars = make.due_item(other, 300, due_date=DUE, currency="USD", number="INV-USD")
    plan = make.instalment_plan([dollars, make.due_item(other, 100, due_date=DUE, currency="USD")])
    InstalmentPlan.objects.filter(pk=plan.pk).update(state=MoreTime.GRANTED, approved_by="maria", decided_on=TUESDAY)
    waits = make.extension(make.due_item(customer, 50, due_date=DUE, number="INV-3"), until=UNTIL)
    return {"declined": declined, "plan": plan, "waits": waits}


def shown(answer):
    return [(row.record.kind, row.record.about) for row in answer.context["table"].page.object_list]


def test_what_waits_comes_first(desk, some):
    found = shown(desk.get("/more-time/"))

    assert found[0] == ("Extension", "INV-3")
    assert set(found[1:]) == {("Extension", "INV-1"), ("Instalment plan", "2 items")}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=asked", {"INV-3"}),
        ("state=declined", {"INV-1"}),
        ("kind=plan", {"2 items"}),
        ("kind=extension", {"INV-1", "INV-3"}),
        ("currency=USD", {"2 items"}),
        ("q=rey", {"2 items"}),
        ("q=INV-USD", {"2 items"}),
        ("q=inv-3", {"INV-3"}),
        ("q=C-1", {"INV-1", "INV-3"}),
        ("q=nobody", set()),
    ],
)
def test_the_list_is_filtered(desk, some, query, expected):
    assert {about for _kind, about in shown(desk.get(f"/more-time/?{query}"))} == expected


@pytest.mark.parametrize("sort", ["until", "-until", "-open_amount", "decided_on", "-ended_on", "customer", "x"])
def test_every_sort_of_the_list_is_answered(desk, some, sort):
    answer = desk.get(f"/more-time/?sort={sort}")

    assert (answer.status_code, len(shown(answer))) == (200, 3)


def test_sums_of_the_list_are_exact_and_go_into_a_file(desk, some):
    rows = rows_of(desk.get("/more-time/?export=csv"))

    assert list(rows[0])[:5] == ["Asked", "Customer", "Kind", "For", "Until"]
    assert any(
        [row["Customer"], row["Kind"], row["For"]] == ["Kiosko Rey", "Instalment plan", "2 items"]
        and "400.00" in row.values()
        for row in rows
    )
    assert desk.get("/more-time/?export=xlsx").status_code == 200


def test_the_list_asks_the_same_number_of_questions_at_any_size(desk, some, customer, count_queries):
    desk.get("/more-time/")
    before = count_queries(lambda: desk.get("/more-time/"))
    for place in range(8):
        make.extension(make.due_item(customer, 10, due_date=DUE, number=f"MORE-{place}"), until=UNTIL)
        make.instalment_plan([make.due_item(customer, 10, due_date=DUE)])

    assert count_queries(lambda: desk.get("/more-time/")) == before


def test_a_rep_sees_the_own_customers_and_decides_nothing(client, carmen, some):
    client.force_login(carmen)

    assert {about for _kind, about in shown(client.get("/more-time/"))} == {"INV-1", "INV-3"}
    page = client.get(reverse("receivables:extension", args=[some["waits"].pk]))
    assert "Give more time" not in text_of(page)
    assert send(client, "grant-extension", some["waits"].pk).status_code == 403


@pytest.mark.parametrize(("role", "count"), [("finance", 1), ("manager", 1), ("admin", 1), ("auditor", 0), ("rep", 0)])
def test_the_link_counts_what_waits_for_those_who_decide(client, carmen, some, role, count):
    person = {
        "finance": make.finance, "manager": make.manager, "admin": make.admin_user, "auditor": make.auditor,
        "rep": lambda: carmen,
    }[role]()  # fmt: skip
    client.force_login(person)

    groups = client.get("/more-time/").context["nav"]
    [link] = [link for group in groups for link in group.links if link.url == "/more-time/"]
    assert (link.count, link.is_current) == (count, True)


def test_what_one_asked_for_oneself_does_not_wait_for_oneself(client, item):
    boss = make.manager("maria")
    make.extension(item, until=UNTIL, by=boss)
    client.force_login(boss)

    groups = client.get("/more-time/").context["nav"]
    assert [link.count for group in groups for link in group.links if link.url == "/more-time/"] == [0]
