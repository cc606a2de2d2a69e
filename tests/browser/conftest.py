"""A small demo book, served on a Tuesday morning: made once, thrown away after the last of these tests.

The clock stands still in the whole process, and so in the server's thread: the day of the week on which the tests
run changes nothing.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext
from pytest_django.live_server_helper import LiveServer

from audit.services import COMMAND
from collections_app.cases import deciding, warnings
from collections_app.cases import services as cases
from collections_app.cases.models import ToDo
from collections_app.gate import modes
from collections_app.gate import services as gate
from collections_app.letters import queries as letters_queries
from collections_app.letters import services as letters
from collections_app.letters.models import Run
from collections_app.standings.models import Night
from collections_app.visits.models import Announced, Stop
from common import clock
from contracts.models import Contract
from customers.models import Customer
from demo import people
from intake import services as intake
from intake import shipped
from intake.models import Difference, File
from receivables import services as receivables
from receivables.models import DueItem, JournalBatch, Receipt
from staff.models import User
from tests import factories as make

MORNING = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)
TODAY = date(2026, 11, 24)
REP, MANAGER, FINANCE = "carmen", people.MANAGER.username, people.FINANCE.username
PASSWORD = people.PASSWORD
PEOPLE = (REP, MANAGER, FINANCE)

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
NARROW = {"width": 320, "height": 640}

GOOD = "Invoice,Customer,Date,Due date,Amount\n1,C1,2026-10-01,2026-10-31,1234.50\n"
BAD = GOOD + '2,C1,2026-10-01,soon,10\n3,"=1+1",2026-10-01,,10\n'


@dataclass
class Served:
    """Where the product answers, one object of each kind, and the cookies of those who signed in before."""

    address: str
    things: dict[str, dict[str, Any]]
    cookies: dict[str, str]

    def url(self, path: str) -> str:
        return self.address + path


@pytest.fixture(scope="package")
def served(chromium: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[Served]:
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "now", lambda: MORNING)
        call_command("seed_demo", customers=12, invoices=150, reps=2, as_of=TODAY, verbosity=0, stdout=_Nowhere())
        call_command("run_nightly", as_of=TODAY.isoformat(), stdout=_Nowhere())
        server = LiveServer("127.0.0.1")
        try:
            yield Served(server.url, _things(), {person: _cookie(person) for person in PEOPLE})
        finally:
            connection.inc_thread_sharing()  # the browser lets go of its last connections a moment later
            server.stop()
            call_command("flush", interactive=False, verbosity=0)
            connection.close()  # or PostgreSQL would not let the test database go


class _Nowhere:
    def write(self, text: str) -> None:
        pass


def _things() -> dict[str, dict[str, Any]]:
    """One object of each kind; what has to do with a rep is Carmen's."""
    stops = list(Stop.objects.filter(plan__rep__username=REP, plan__on=TODAY).order_by("position"))
    receipt = _receipt(stops[-1])
    rep = User.objects.get(username=REP)
    item = DueItem.objects.open().filter(customer=stops[0].customer).order_by("pk")[0]
    make.receipt(item, 50, rep=rep)
    hand_in = make.hand_in(rep, None, currency=item.currency)
    make.receipt(item, 30, rep=rep)
    proposed = letters_queries.proposal(as_of=TODAY).letters
    own = next(one for one in proposed if Customer.objects.filter(pk=one.customer_id, owner__username=REP).exists())
    run = letters.issue(as_of=TODAY, by=COMMAND, customer=Customer.objects.get(pk=own.customer_id))
    assert run is not None
    return {
        "contact": {"pk": make.contact(stops[0].customer).pk},
        "customer": {"code": stops[0].customer.code},
        "invoice": {"pk": stops[0].customer.invoices.order_by("-pk")[0].pk},
        "stop": {"pk": stops[0].pk},
        "plan day": {"on": TODAY.isoformat()},
        "rep": {"pk": rep.pk},
        "other stop": {"pk": stops[1].pk},
        "receipt": {"pk": receipt.pk},
        "hand in": {"pk": hand_in.pk},
        "paper": {"pk": make.paper(item, 20).pk},
        "run": {"pk": Run.objects.get().pk},
        "letter": {"pk": run.letters.all()[0].pk},
        "file": {"pk": _file(BAD, "problems.csv").pk},
        "difference": {"pk": _difference(stops[0]).pk},
        "night": {"pk": Night.objects.latest("business_date").pk},
        "batch": {"pk": _batch(stops[0]).pk},
        "to do": {"pk": _to_do(stops[0].customer, rep).pk},
        "call": {"pk": _call(stops[0].customer).pk},
        "warning": {"pk": warnings.see(customer=stops[0].customer, kind="closing", on=TODAY, by=rep)[0].pk},
        "policy": {"pk": make.policy_version(by=User.objects.get(username=MANAGER)).pk},
        **_known(item),
        **_money(item),
        **_goods(stops[0].customer),
    }


def _known(item: DueItem) -> dict[str, dict[str, Any]]:
    """What befell another customer, and a standing that was overridden."""
    other = Customer.objects.filter(owner__username=REP).exclude(pk=item.customer_id).order_by("-pk")[0]
    decided = deciding.override_standing(
        due_item=item, standing="bad", because="The shop burnt down in the night to Sunday", on=TODAY,
        ends_before=TODAY + timedelta(days=20), by=User.objects.get(role="admin"),
    )  # fmt: skip
    begun = make.befall(other, "in court", on=TODAY, reference="Juzgado de lo Mercantil 3, 211/2026")
    return {"condition": {"pk": begun.pk}, "override": {"pk": decided.pk}}


def _to_do(customer: Customer, rep: User) -> ToDo:
    return cases.open_to_do(
        customer=customer, because=ToDo.Because.SLOW_BATCH, about="SH-1", due_on=TODAY, on=TODAY, by=COMMAND, owner=rep
    )


def _call(customer: Customer) -> Announced:
    """For Thursday; the night opened those that are large enough itself."""
    known = Announced.objects.filter(customer=customer, on=TODAY + timedelta(days=2)).first()
    return known or make.call_ahead(customer, on=TODAY + timedelta(days=2))


def _goods(customer: Customer) -> dict[str, dict[str, Any]]:
    """A batch that is not settled, and one that waits for it at the gate."""
    modes.set_mode(cause="settlement", segment="", mode="on", starts_on=TODAY, on=TODAY, by=COMMAND)
    contract = make.contract(
        customer, "two_deliveries", {"max_days": 30}, settlement_clause="6.2", title="simple", title_agreed_on=TODAY,
        settlement_text="Payment of a batch when the next one is asked for, 30 days after delivery at the latest.",
    )  # fmt: skip
    first = make.shipment(contract, asked_on=TODAY - timedelta(days=20), delivered_on=TODAY - timedelta(days=18))
    receivables.invoice_shipment(shipment=first, number="INV-GATE", issued_on=TODAY - timedelta(days=18), by=COMMAND)
    lines = [("WATER", Decimal(12), Decimal("2.75"))]  # not at the agreed price
    second = gate.ask_next(contract=contract, lines=lines, on=TODAY, by=COMMAND)
    gate.release(shipment=second, on=TODAY, by=COMMAND)
    return {"contract": {"pk": contract.pk}, "shipment": {"pk": second.pk}, **_other_goods(customer)}


def _other_goods(customer: Customer) -> dict[str, dict[str, Any]]:
    """An invoice in instalments of which one was missed, and goods on consignment under a contract without a clause."""
    parts = [{"share": "0.5", "days": 10}, {"share": "0.5", "days": 60}]
    called = make.contract(
        customer, "instalments", {"parts": parts}, number="C-REST", rest_callable=True, settlement_clause="7.4"
    )
    sold = make.shipment(called, asked_on=TODAY - timedelta(days=22), delivered_on=TODAY - timedelta(days=20))
    missed = receivables.invoice_shipment(
        shipment=sold, number="INV-REST", issued_on=TODAY - timedelta(days=20), by=COMMAND
    )
    consigned = make.contract(customer, "consignment", {"max_days": 90}, number="C-SHELF")
    on_the_shelf = make.shipment(
        consigned, asked_on=TODAY - timedelta(days=12), delivered_on=TODAY - timedelta(days=10)
    )
    Contract.objects.filter(pk=consigned.pk).update(counter="")  # as before a clause was asked for
    return {
        "missed part": {"pk": missed.pk},
        "consigned contract": {"pk": consigned.pk},
        "consigned": {"pk": on_the_shelf.pk},
    }


def _money(item: DueItem) -> dict[str, dict[str, Any]]:
    """A payment that is partly used and refunded, a credit note, a write-off that waits and a charge."""
    finance = User.objects.get(username=FINANCE)
    reference = f"transfer for {item.invoice.number}"
    payment = make.payment(
        item.customer, 90, received_on=TODAY, currency=item.currency, reference=reference, lines=[(item.pk, Decimal(7))]
    )
    refund = receivables.refund(source=payment, amount=Decimal(3), paid_on=TODAY, by=finance, because="Paid twice")
    note = make.credit_note(item.customer, 12, issued_on=TODAY, currency=item.currency)
    asked = receivables.ask_write_off(
        target=item, amount=Decimal(2), code="damage", because="Two bottles broken, photo on file", on=TODAY, by=finance
    )
    late = DueItem.objects.open().filter(customer=item.customer, due_date__lt=TODAY).order_by("pk")[0]
    charge = receivables.claim(
        due_item=late, kind="fee", amount=Decimal(5), basis="Clause 7 of the contract", on=TODAY, by=finance
    )
    longer = make.extension(late, until=TODAY + timedelta(days=30))
    owed = make.due_item(item.customer, 80, due_date=TODAY - timedelta(days=9), currency=item.currency)
    return {
        "extension": {"pk": longer.pk},
        "plan": {"pk": make.instalment_plan([owed]).pk},
        "ladder step": {"pk": make.ladder_step(item.customer).pk},
        "payment": {"pk": payment.pk},
        "allocation": {"pk": payment.allocations.get().pk},
        "refund": {"pk": refund.pk},
        "credit note": {"pk": note.pk},
        "write-off": {"pk": asked.pk},
        "charge": {"pk": charge.pk},
        "due item": {"pk": late.pk},
    }


def _receipt(stop: Stop) -> Receipt:
    """A visit that was paid, so that Today has something done and finance something to verify."""
    client = _signed_in(REP)
    address = reverse("visits:outcome", args=[stop.pk]) + "?kind=paid"
    key = re.findall(r'name="key" value="([^"]+)"', client.get(address).content.decode())[0]
    client.post(address, {"kind": "paid", "key": key, "method": "transfer", "amount": f"{stop.ask_amount:.2f}"})
    return Receipt.objects.latest("pk")


def _signed_in(person: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=person), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _cookie(person: str) -> str:
    return _signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value


def _file(content: str, name: str) -> File:
    return intake.upload(
        content=content.encode(),
        name=name,
        profile=shipped.by_name("generic"),
        on=TODAY,
        by=User.objects.get(username=FINANCE),
    )


def _difference(stop: Stop) -> Difference:
    """A morning's list that has more open of an invoice than we have."""
    invoice = stop.customer.invoices.order_by("-pk")[0]
    morning = File.objects.create(
        sha256="1" * 64, name="open items.csv", profile="list", as_of=TODAY, state=File.State.STORED,
        received_by=FINANCE, received_at=MORNING, stored_at=MORNING,
    )  # fmt: skip
    return Difference.objects.create(
        file=morning, customer=stop.customer, invoice=invoice, what="larger", number=invoice.number,
        currency=invoice.currency, as_of=TODAY, our_amount=0, their_amount=invoice.amount, entered_at=MORNING,
    )  # fmt: skip


def _batch(stop: Stop) -> JournalBatch:
    """What the office booked this morning, told to the ledger."""
    receivables.record_payment(
        customer=stop.customer, amount=Decimal(25), currency=stop.currency, method="transfer", received_on=TODAY,
        lines=[], by=COMMAND,
    )  # fmt: skip
    batch = receivables.export_journal(up_to=TODAY, by=COMMAND)
    assert batch is not None
    return batch


@pytest.fixture
def window(browser: Browser, served: Served) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a window of the browser in which somebody is signed in; `person` empty: nobody is."""
    opened: list[BrowserContext] = []

    def open_for(person: str, **how: Any) -> BrowserContext:
        context = browser.new_context(**{"viewport": PHONE, "locale": "en-GB"} | how)
        context.set_default_timeout(10_000)
        opened.append(context)
        if person:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": served.cookies[person], "url": served.address}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return context

    yield open_for
    for context in opened:
        context.close()


@contextmanager
def listening(page: Any) -> Iterator[list[str]]:
    """What the console says meanwhile: a refused script or style, an error, a file that is missing."""
    said: list[str] = []

    def on_console(message: Any) -> None:
        if message.type in {"error", "warning"}:
            said.append(message.text)

    def on_error(error: Any) -> None:
        said.append(str(error))

    page.on("console", on_console)
    page.on("pageerror", on_error)
    yield said
    page.remove_listener("console", on_console)
    page.remove_listener("pageerror", on_error)
