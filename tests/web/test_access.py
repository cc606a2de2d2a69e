"""Who may see what: every address × verb × role × own, other's and missing object, from the URL configuration."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from collections_app.cases import deciding, warnings
from collections_app.cases import services as cases
from collections_app.gate.models import CreditCheck
from collections_app.letters.models import Letter, Run
from collections_app.standings.models import Night
from collections_app.visits.habits import state_habit
from collections_app.visits.models import Plan, Stop
from common import clock
from contracts import services as agreements
from contracts.models import Shipment
from customers import habits
from intake.models import Difference, File
from receivables import services as receivables
from staff import calendar_link
from staff.models import User
from tests import factories as make
from tests.web.access_table import ALL, TABLE, Line

pytestmark = pytest.mark.django_db
PEOPLE = (*sorted(ALL), "other rep", "other manager")
MISSING = {"code": "no-such-customer", "pk": 999_999}


def addresses(resolver: Any = None, namespace: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every address of our own: its name and the names of its arguments. Django's admin site has its own test."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace != "admin":
            yield from addresses(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", tuple(pattern.pattern.converters)


ADDRESSES = dict(addresses())


def test_every_address_has_a_line_and_every_line_an_address():
    assert set(ADDRESSES) == set(TABLE)


@pytest.fixture(scope="module")
def one_transaction(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """People and things are made once for all addresses; what a test does to them is rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def people(one_transaction: None) -> dict[str, User]:
    make.business()
    south = make.team("South")
    return {
        "rep": make.rep("carmen"),
        "other rep": make.rep("tom", team=south),
        "manager": make.manager("maria"),
        "other manager": make.manager("mark", leads=south),
        "finance": make.finance("niamh"),
        "auditor": make.auditor("audrey"),
        "admin": make.admin_user("adam"),
    }


@pytest.fixture(scope="module")
def things(people: dict[str, User]) -> dict[str, dict[str, Any]]:
    """One object of each kind, all of the customer of the rep Carmen."""
    today = clock.business_today()
    customer = make.customer(owner=people["rep"], code="OWN-1")
    item = make.due_item(customer, 100, due_date=today - timedelta(days=40))
    receipt = receivables.record_receipt(
        customer=customer, rep=people["rep"], method="cash", amount=Decimal(10), currency="EUR",
        lines=[(item.pk, Decimal(10))], received_on=today, key="k",
    )  # fmt: skip
    make.receipt(item, 5, rep=people["rep"])
    hand_in = make.hand_in(people["rep"], {"10": 1, "5": 1}, slip=make.photo())
    paper = make.paper(item, 5)
    plan = Plan.objects.create(rep=people["rep"], on=today, input_hash="x", made_at=clock.now())
    stop = Stop.objects.create(
        plan=plan, customer=customer, position=1, ask_amount=90, currency="EUR", worth=1, terms=[], reasons=[]
    )
    run = Run.objects.create(as_of=today, issued_at=clock.now(), issued_by="niamh")
    letter = Letter.objects.create(
        run=run, customer=customer, currency="EUR", language="en", level=1, year=today.year, number=1,
        total_amount=90, pay_by=today, frozen={},
    )  # fmt: skip
    file = File.objects.create(
        sha256="0" * 64, name="book.csv", profile="synthetic-clean", received_by="niamh", received_at=clock.now()
    )
    morning = File.objects.create(
        sha256="1" * 64, name="list.csv", profile="list", received_by="niamh", received_at=clock.now(), as_of=today,
        state="stored", stored_at=clock.now(),
    )  # fmt: skip
    difference = Difference.objects.create(
        file=morning, customer=customer, invoice=item.invoice, what="larger", number="1", currency="EUR", as_of=today,
        our_amount=0, their_amount=100, entered_at=clock.now(),
    )  # fmt: skip
    make.payment(customer, 5, received_on=today, lines=[])
    batch = receivables.export_journal(up_to=today, by=people["finance"])
    payment = make.payment(customer, 5, received_on=today, lines=[(item.pk, Decimal(2))])
    refund = receivables.refund(source=payment, amount=Decimal(1), paid_on=today, by=make.BY, because="Paid twice")
    note = make.credit_note(customer, 5, issued_on=today)
    asked = receivables.ask_write_off(
        target=item, amount=Decimal(1), code="price", because="Agreed", on=today, by=people["finance"]
    )
    order = Shipment.objects.create(customer=customer, number="S-1", asked_on=today, currency="EUR", amount=9000)
    check = CreditCheck.objects.create(
        customer=customer, shipment=order, because="large", asked_on=today, entered_at=clock.now()
    )
    contract = make.contract(customer)
    agreements.attach(contract=contract, document=make.photo(), by=make.BY)
    shipment = make.shipment(contract, delivered_on=today)
    agreements.file_proof(
        shipment=shipment, signed_by="Lucía Ortega", signed_on=today, document=make.photo(), by=make.BY
    )
    longer = make.extension(item, until=today + timedelta(days=9))
    plan_of_parts = make.instalment_plan([make.due_item(customer, 10, due_date=today)])
    charge = receivables.claim(due_item=item, kind="fee", amount=Decimal(1), basis="Clause 7", on=today, by=make.BY)
    to_do = cases.open_to_do(
        customer=customer, because="slow batch", about="S-1", due_on=today, on=today, by=people["rep"]
    )
    overridden = deciding.override_standing(
        due_item=item, standing="bad", because="Its shop burnt down", ends_before=today + timedelta(days=9), on=today,
        by=people["manager"],
    )  # fmt: skip
    night = Night.objects.create(
        business_date=today - timedelta(days=9), known_until=clock.now(), started_at=clock.now(), done_at=clock.now()
    )
    [warning] = warnings.see(customer=customer, kind="moving", on=today, by=people["rep"])
    habit = state_habit(customer=customer, kind="settlement day", rule="weekly tue", by=people["rep"])
    away = habits.note_absence(
        customer=customer, starts_on=today, ends_before=today + timedelta(days=2), by=people["rep"]
    )
    return {
        "to do": {"pk": to_do.pk},
        "call": {"pk": make.call_ahead(customer).pk},
        "warning": {"pk": warning.pk},
        "policy": {"pk": make.policy_version(by=people["manager"]).pk},
        "payment": {"pk": payment.pk},
        "allocation": {"pk": payment.allocations.get().pk},
        "refund": {"pk": refund.pk},
        "credit note": {"pk": note.pk},
        "write-off": {"pk": asked.pk},
        "charge": {"pk": charge.pk},
        "due item": {"pk": item.pk},
        "extension": {"pk": longer.pk},
        "contract": {"pk": contract.pk},
        "shipment": {"pk": shipment.pk},
        "credit check": {"pk": check.pk},
        "ladder step": {"pk": make.ladder_step(customer, notice=make.photo()).pk},
        "plan": {"pk": plan_of_parts.pk},
        "batch": {"pk": batch.pk if batch else 0},
        "condition": {"pk": make.befall(customer, "in court").pk},
        "override": {"pk": overridden.pk},
        "habit": {"pk": habit.pk},
        "customer away": {"pk": away.pk},
        "contact": {"pk": make.contact(customer).pk},
        "customer": {"code": customer.code},
        "invoice": {"pk": item.invoice_id},
        "receipt": {"pk": receipt.pk},
        "hand in": {"pk": hand_in.pk},
        "paper": {"pk": paper.pk},
        "stop": {"pk": stop.pk},
        "run": {"pk": run.pk},
        "letter": {"pk": letter.pk},
        "file": {"pk": file.pk},
        "difference": {"pk": difference.pk},
        "night": {"pk": night.pk},
        "plan day": {"on": today.isoformat()},
        "wish": {"pk": make.wish(customer, on=today + timedelta(days=1)).pk},
        "appointment": {"pk": make.appointment(customer, on=today + timedelta(days=2)).pk},
        "calendar": {"token": calendar_link.renew(rep=people["rep"])},
        "rep": {"pk": people["rep"].pk},
        "absence": {"pk": make.absence(people["rep"], starts_on=today + timedelta(days=30)).pk},
    }


def address_of(name: str, things: dict[str, dict[str, Any]], *, missing: bool = False) -> str:
    arguments = ADDRESSES[name]
    if missing:
        return reverse(name, kwargs={argument: MISSING[argument] for argument in arguments})
    return reverse(name, kwargs=things[TABLE[name].of] if arguments else None)


def sees(person: str, line: Line) -> bool:
    return not (line.of and line.is_scoped and person.startswith("other "))


def expected(person: str, verb: str, line: Line) -> set[int]:
    role = person.removeprefix("other ")
    wanted = line.writes if verb == "POST" else line.reads if verb in {"GET", "HEAD"} else set()
    if not (line.writes if verb == "POST" else line.reads):
        return {403, 404, 405}
    if role not in wanted:
        return {403, 405} if wanted or verb != "POST" else {405}
    if not sees(person, line):
        return {404}
    return {200, 302, 404, 422} if verb == "POST" or line.of in {"letter", "file"} else {200, 302}


def without_token(answer: Any) -> str:
    """The page without the form token, which is masked anew each time it is printed."""
    return re.sub(r'(X-CSRFToken": "|csrfmiddlewaretoken" value=")[^"]+', r"\1", answer.content.decode())


@pytest.mark.parametrize("name", sorted(set(ADDRESSES) & set(TABLE)))
def test_each_role_gets_its_own_pages_and_no_others(name, people, things):
    line = TABLE[name]
    if line.is_public:
        assert Client().get(address_of(name, things)).status_code in {200, 302, 405}
        return
    for person in PEOPLE:
        client = Client()
        client.force_login(people[person])
        for verb in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "POST"):  # POST last: one of them signs out
            for extra in ({}, {"HTTP_HX_REQUEST": "true"}):
                answer = client.generic(verb, address_of(name, things), **extra)
                allowed = {403, 405} if verb in {"PUT", "PATCH", "DELETE"} else expected(person, verb, line)
                assert answer.status_code in allowed, (name, verb, person, answer.status_code)


@pytest.mark.parametrize("name", sorted(name for name in set(ADDRESSES) & set(TABLE) if TABLE[name].of))
def test_anothers_object_looks_like_a_missing_one(name, people, things):
    line = TABLE[name]
    if not line.is_scoped:
        return
    client = Client()
    client.force_login(people["other rep"] if "rep" in line.reads else people["other manager"])
    verb = "GET" if line.reads else "POST"
    others = client.generic(verb, address_of(name, things))
    missing = client.generic(verb, address_of(name, things, missing=True))

    if not line.reads and "manager" not in line.writes:  # only finance may send it, and finance sees everything
        assert others.status_code == missing.status_code == 403
        return
    assert others.status_code == missing.status_code == 404
    assert without_token(others) == without_token(missing)


@pytest.mark.parametrize("name", sorted(name for name in set(ADDRESSES) & set(TABLE) if not TABLE[name].is_public))
def test_nobody_signed_in_is_sent_to_the_sign_in_page(name, things):
    answer = Client().get(address_of(name, things))

    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("login"))


@pytest.mark.parametrize("name", sorted(name for name in set(ADDRESSES) & set(TABLE) if TABLE[name].writes))
def test_a_form_without_its_token_is_refused(name, people, things):
    for role in sorted(TABLE[name].writes):
        client = Client(enforce_csrf_checks=True)
        client.force_login(people[role])

        assert client.post(address_of(name, things), headers={"HX-Request": "true"}).status_code == 403


def test_a_person_who_was_switched_off_is_out_at_the_next_click(people):
    client = Client()
    client.force_login(people["manager"])
    User.objects.filter(pk=people["manager"].pk).update(is_active=False)

    assert client.get(reverse("desk:customers")).status_code == 302


@pytest.mark.parametrize("model", ["customers/customer", "receivables/payment", "receivables/invoice", "audit/entry"])
def test_the_admin_site_looks_and_never_touches(model, people):
    User.objects.filter(pk=people["admin"].pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(User.objects.get(pk=people["admin"].pk))

    assert client.get(f"/admin/{model}/").status_code == 200
    assert client.get(f"/admin/{model}/add/").status_code == 403


def test_only_the_staff_flag_opens_the_admin_site(people):
    client = Client()
    client.force_login(people["finance"])

    assert client.get("/admin/").status_code == 302
