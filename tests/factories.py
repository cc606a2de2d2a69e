"""Rows for tests: each function needs only what the test is about and gives the rest a plain value."""

import io
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from PIL import Image

from audit import services as audit
from collections_app.desk.policies import simulation
from collections_app.gate import services as gate
from collections_app.gate.models import LadderStep
from collections_app.policy import services as policies
from collections_app.policy.models import Version
from collections_app.policy.thresholds import Policy
from collections_app.visits.models import Announced, Appointment, Wish
from common import clock, documents, photos
from common import money as money_rules
from common.models import Document
from contracts import services as agreements
from contracts.models import Contract, Count, PriceLine, Product, Shipment
from customers import conditions
from customers.models import Condition, Contact, Customer, Ownership, Site
from customers.queries import CONDITION_COLUMNS
from receivables import book, cash_queries, cash_rules, services
from receivables.models import (
    CreditNote,
    DueItem,
    Extension,
    HandIn,
    InstalmentPlan,
    Invoice,
    Paper,
    Payment,
    Receipt,
)
from staff.models import Absence, BankAccount, Business, Role, Team, User

PASSWORD = "correct horse battery"
BY = audit.SystemActor("test", "A test")
TODAY = date(2026, 11, 24)  # the suite's
COUNTED = {"count_every": 7, "counter": "together", "consigned_title": "until sold"}  # of goods on consignment
_numbers = count(1)


def money(amount: str | int | Decimal) -> Decimal:
    return Decimal(str(amount))


def business(**values: Any) -> Business:
    """The one business, in Ireland, with an account in EUR."""
    found = Business.objects.first()
    if found is None:
        found = Business.objects.create(
            **{
                "name": "Brightwater Drinks Ltd",
                "street": "4 Quay Street",
                "postcode": "T12 X8N6",
                "city": "Cork",
                "country": "IE",
                "calendar": "IE",
                "email": "receivables@brightwater.example",
                "contact_name": "Niamh Byrne",
            }
            | values
        )
    account("EUR")
    return found


def account(currency: str) -> BankAccount:
    found = Business.objects.first() or Business.objects.create(
        name="Brightwater Drinks Ltd", country="IE", calendar="IE"
    )
    return BankAccount.objects.get_or_create(
        currency=currency,
        defaults={
            "business": found,
            "bank_name": "Allied Irish Banks",
            "iban": "IE29AIBK93115212345678",
            "bic": "AIBKIE2D",
        },
    )[0]


def person(role: str, username: str = "", **values: Any) -> User:
    name = username or f"{role}{next(_numbers)}"
    return User.objects.create_user(username=name, password=PASSWORD, role=role, first_name=name.capitalize(), **values)


def team(name: str = "North") -> Team:
    return Team.objects.get_or_create(name=name)[0]


def rep(username: str = "", **values: Any) -> User:
    values.setdefault("team", team())
    return person(Role.REP, username, **values)


def manager(username: str = "", *, leads: Team | None = None) -> User:
    made = person(Role.MANAGER, username)
    made.led_teams.add(leads or team())
    return made


def finance(username: str = "") -> User:
    return person(Role.FINANCE, username)


def auditor(username: str = "") -> User:
    return person(Role.AUDITOR, username)


def admin_user(username: str = "") -> User:
    return person(Role.ADMIN, username)


def customer(owner: User | None = None, *, owned_from: date = date(2020, 1, 1), **values: Any) -> Customer:
    number = next(_numbers)
    made = Customer.objects.create(
        **{"code": f"C{number:05d}", "name": f"Mercado {number}", "owner": owner, "entered_at": clock.now()} | values
    )
    if owner is not None:
        Ownership.objects.create(customer=made, rep=owner, starts_on=owned_from, entered_at=clock.now())
    for kind, column in CONDITION_COLUMNS.items():
        if (day := getattr(made, column)) is not None:  # from any day, even one to come: edges are tested so
            Condition.objects.create(customer=made, kind=kind, starts_on=day, entered_at=clock.now())
    return made


def befall(of: Customer, kind: str, *, on: date | None = None, **values: Any) -> Condition:
    """It is insolvent, closed, in court, handed over or assigned; since today unless said otherwise."""
    return conditions.begin_condition(customer=of, kind=kind, starts_on=on or clock.business_today(), by=BY, **values)


def site(of: Customer, latitude: str = "39.47", longitude: str = "-0.376", **values: Any) -> Site:
    return Site.objects.create(
        **{
            "customer": of,
            "street": "Calle del Puerto 18",
            "postcode": "46023",
            "city": "Valencia",
            "country": "ES",
            "latitude": Decimal(latitude),
            "longitude": Decimal(longitude),
            "precision": "exact",
            "pays_here": True,
        }
        | values
    )


def unplaced_site(of: Customer, **values: Any) -> Site:
    """A site of which only the address is known."""
    made = site(of, **{"precision": "none"} | values)
    Site.objects.filter(pk=made.pk).update(latitude=None, longitude=None)
    made.refresh_from_db()
    return made


def call_ahead(of: Customer, amount: str | int | Decimal = 600, *, on: date | None = None, **values: Any) -> Announced:
    """A collection planned for tomorrow, to be confirmed by a call."""
    return Announced.objects.create(
        **{
            "customer": of,
            "on": on or clock.business_today() + timedelta(days=1),
            "currency": "EUR",
            "amount": money(amount),
            "opened_on": clock.business_today(),
            "entered_at": clock.now(),
        }
        | values
    )


def contact(of: Customer, **values: Any) -> Contact:
    return Contact.objects.create(
        **{"customer": of, "name": "Lucía Ortega", "role": "owner", "phone": "+34 600 555 019"} | values
    )


def invoice(
    of: Customer,
    amount: str | int | Decimal = 100,
    *,
    due_date: date | None = None,
    issued_on: date | None = None,
    currency: str = "EUR",
    parts: list[tuple[date | None, str]] | None = None,
    paid: list[tuple[str, date]] | None = None,
    number: str = "",
    **values: Any,
) -> Invoice:
    """An invoice of a customer, by default in one due item; `parts` are (due date, amount), `paid` (amount, day)."""
    issued = issued_on or (due_date or clock.business_today()) - timedelta(days=30)
    name = number or f"INV-{next(_numbers):05d}"
    row = book.NewInvoice(
        customer=of.pk,
        number=name,
        amount=money(amount),
        currency=currency,
        issued_on=issued,
        parts=tuple(book.Part(day, money(part)) for day, part in parts)
        if parts
        else (book.Part(due_date, money(amount)),),
        paid=tuple(book.Paid(money(part), day) for part, day in paid or ()),
        **values,
    )
    services.record_book(rows=book.Book(invoices=[row]), on=issued, by=BY)
    return Invoice.objects.get(customer=of, number=name)


def due_item(of: Customer, amount: str | int | Decimal = 100, **values: Any) -> DueItem:
    return invoice(of, amount, **values).due_items.get()


def credit_note(
    of: Customer, amount: str | int | Decimal = 50, *, issued_on: date, currency: str = "EUR", **values: Any
) -> CreditNote:
    name = values.pop("number", "") or f"CN-{next(_numbers):05d}"
    row = book.NewCreditNote(
        customer=of.pk, number=name, amount=money(amount), currency=currency, issued_on=issued_on, **values
    )
    services.record_book(rows=book.Book(credit_notes=[row]), on=issued_on, by=BY)
    return CreditNote.objects.get(customer=of, number=name)


def payment(of: Customer, amount: str | int | Decimal = 100, *, received_on: date, **values: Any) -> Payment:
    """Money booked by finance; oldest items first unless `lines` say otherwise."""
    values.setdefault("currency", "EUR")
    values.setdefault("method", "transfer")
    account(values["currency"])
    return services.record_payment(customer=of, amount=money(amount), received_on=received_on, by=BY, **values)


def many_invoices(of: Customer, number: int, *, due_date: date, currency: str = "EUR") -> None:
    """A lot of open invoices of 10.00 each, in one book."""
    found = [
        book.NewInvoice(
            customer=of.pk,
            number=f"MANY-{next(_numbers):06d}",
            amount=money(10),
            currency=currency,
            issued_on=due_date - timedelta(days=30),
            parts=(book.Part(due_date, money(10)),),
        )
        for _ in range(number)
    ]
    services.record_book(rows=book.Book(invoices=found), on=due_date - timedelta(days=30), by=BY)


def receipt(
    of: DueItem, amount: str | int | Decimal = 50, *, rep: User, method: str = "cash", **values: Any
) -> Receipt:
    """Field money for a due item, received today unless said otherwise."""
    values.setdefault("received_on", clock.business_today())
    account(of.currency)
    return services.record_receipt(
        customer=of.customer, rep=rep, method=method, amount=money(amount), currency=of.currency,
        lines=[(of.pk, money(amount))], key=f"receipt {next(_numbers)}", **values,
    )  # fmt: skip


def coins(amount: Decimal, currency: str) -> dict[str, int]:
    """Notes and coins that come to an amount, the largest first."""
    counted = {}
    for worth in cash_rules.denominations(currency):
        counted[str(worth)], amount = int(amount // worth), amount % worth
    return counted


def hand_in(rep: User, counted: dict[str, int] | None = None, *, currency: str = "EUR", **values: Any) -> HandIn:
    """A rep hands in all cash of a currency; without a count exactly what the receipts say."""
    rows = cash_queries.carried_by(rep, on=clock.business_today()).rows
    carried = next(row.amount for row in rows if row.currency == currency)
    values.setdefault("on", clock.business_today())
    values.setdefault("slip_number", f"S-{next(_numbers)}")
    values.setdefault("key", f"hand-in {next(_numbers)}")
    return services.hand_in_cash(
        rep=rep, currency=currency, counted=counted if counted is not None else coins(carried, currency),
        expected=carried, **values,
    )  # fmt: skip


def photo() -> Document:
    """A picture of a slip, as it is kept."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    return documents.store(photos.cleaned(out.getvalue()), name="slip.jpg", content_type=photos.CONTENT_TYPE)


def paper(of: DueItem, amount: str | int | Decimal = 50, *, matures_on: date | None = None, **values: Any) -> Paper:
    """A post-dated cheque for a due item, received today, in hand for 30 days."""
    today = clock.business_today()
    values.setdefault("received_on", today)
    values.setdefault("kind", "post-dated cheque")
    values.setdefault("number", f"P-{next(_numbers)}")
    values.setdefault("lines", [(of.pk, money(amount))])
    account(of.currency)
    return services.take_paper(
        customer=of.customer, drawer=of.customer.name, bank="Banco Sol", amount=money(amount), currency=of.currency,
        matures_on=matures_on or today + timedelta(days=30), by=BY, **values,
    )  # fmt: skip


def extension(of: DueItem, *, until: date, on: date | None = None, by: Any = BY) -> Extension:
    """Asked for today, and waiting for a second person."""
    return services.ask_extension(
        due_item=of, until=until, because="Its own customer pays late", on=on or clock.business_today(), by=by
    )


def instalment_plan(
    of: list[DueItem], *, parts: list[tuple[date, str]] | None = None, on: date | None = None, by: Any = BY
) -> InstalmentPlan:
    """All that is open of some items, asked to be paid in halves in 30 and 60 days unless `parts` say otherwise."""
    day = on or clock.business_today()
    shares = money_rules.split(sum((item.open_amount for item in of), Decimal(0)), [Decimal("0.5")] * 2, of[0].currency)
    halves = [(day + timedelta(days=30 * place), amount) for place, amount in enumerate(shares, start=1)]
    return services.ask_plan(
        customer=of[0].customer, currency=of[0].currency, items=[item.pk for item in of], because="Lost a customer",
        parts=[(due_on, money(amount)) for due_on, amount in parts or halves], on=day, by=by,
    )  # fmt: skip


def product(code: str = "WATER", name: str = "") -> Product:
    return Product.objects.get_or_create(code=code, defaults={"name": name or code.capitalize()})[0]


def contract(
    of: Customer, method: str = "net", parameters: dict[str, Any] | None = None, *, price: str = "2.50", **values: Any
) -> Contract:
    """An active contract since 2024, executed and accepted, with a price for water; by default 30 days net."""
    made = Contract(
        **{
            "customer": of,
            "number": f"C-{next(_numbers)}",
            "state": "active",
            "starts_on": date(2024, 1, 1),
            "currency": "EUR",
            "method": method,
            "parameters": parameters or ({"days": 30} if method == "net" else {}),
            **(COUNTED if method == "consignment" else {}),
            "execution": "signature",
            "signed_by": "Lucía Ortega",
            "terms_accepted_on": date(2024, 1, 1),
            "terms_accepted_by": "Lucía Ortega",
        }
        | values
    )
    line = PriceLine(product=product(), unit_price=money(price), starts_on=made.starts_on)
    return agreements.agree(contract=made, price_lines=[line], by=BY)


def shipment(
    of: Contract | Customer,
    lines: list[tuple[Any, Any, Any]] | None = None,
    *,
    asked_on: date = date(2026, 11, 2),
    released: bool = False,
    delivered_on: date | None = None,
    **values: Any,
) -> Shipment:
    """Goods asked for, by default 40 cases of water at 2.50; released by a gate that observes, and delivered."""
    under = of if isinstance(of, Contract) else None
    made = agreements.plan_shipment(
        customer=of.customer if isinstance(of, Contract) else of, contract=under, asked_on=asked_on,
        lines=[(thing, money(number), money(price)) for thing, number, price in lines or [(product(), 40, "2.50")]],
        currency=values.pop("currency", under.currency if under else "EUR"), by=BY, **values,
    )  # fmt: skip
    if under is not None and (released or delivered_on):
        for line in made.lines.all():  # a price of its own is no slip here: the gate would keep the goods for it
            under.price_lines.filter(product=line.product_id).exclude(unit_price=line.unit_price).delete()
    if released or delivered_on:
        gate.release(shipment=made, on=asked_on, by=BY)
    if delivered_on:
        agreements.deliver(shipment=made, on=delivered_on, signed_by="Lucía Ortega", by=BY)
    made.refresh_from_db()
    return made


def counted(of: Shipment, *figures: tuple[int, int, int, int], on: date) -> Count:
    """A count of a consigned batch: sold, returned, on hand, lost, for each of its lines."""
    keys = of.lines.order_by("pk").values_list("pk", flat=True)
    rows = [
        (key, Decimal(sold), Decimal(returned), Decimal(on_hand), Decimal(lost))
        for key, (sold, returned, on_hand, lost) in zip(keys, figures, strict=True)
    ]
    return agreements.record_count(shipment=of, counted_on=on, counted_by="Lucía Ortega", lines=rows, by=BY)


def ladder_step(of: Customer, rung: int = 1, *, days_ago: int = 11, notice: Document | None = None) -> LadderStep:
    """A customer that stands on a rung of the supply ladder; by default the time that its letter gave is over."""
    return LadderStep.objects.create(
        customer=of, rung=rung, because="Answers no call", clause="Clause 9", asked_by="test", approved_by="test",
        starts_on=clock.business_today() - timedelta(days=days_ago), entered_at=clock.now(), notice=notice,
    )  # fmt: skip


def policy_version(policy: Policy | None = None, *, by: User, title: str = "Stricter", on: date = TODAY) -> Version:
    """A draft that was tried; by default "bad" starts at 120 days."""
    wanted = policy or Policy().having("thresholds", bad=120)
    drafted = policies.draft(policy=wanted, title=title, by=by)
    simulation.simulate(version=drafted, as_of=on, by=by)
    return Version.objects.get(pk=drafted.pk)


def absence(rep: User, *, starts_on: date, last_on: date | None = None, deputy: User | None = None) -> Absence:
    """Days away, as a manager noted them; one day unless said otherwise."""
    return Absence.objects.create(
        rep=rep,
        starts_on=starts_on,
        ends_before=(last_on or starts_on) + timedelta(days=1),
        because="Holidays",
        deputy=deputy,
        entered_by="test",
        entered_at=clock.now(),
    )


def wish(of: Customer, *, on: date, kind: str = "pin", rep: User | None = None, by: str = "test") -> Wish:
    return Wish.objects.create(
        customer=of, on=on, kind=kind, rep=rep, because="Asked for it", entered_by=by, entered_at=clock.now()
    )


def appointment(of: Customer, *, on: date, starts_at: time = time(10), ends_at: time = time(10, 30)) -> Appointment:
    return Appointment.objects.create(
        customer=of, on=on, starts_at=starts_at, ends_at=ends_at, with_whom="Lucía Ortega", entered_by="test",
        entered_at=clock.now(),
    )  # fmt: skip
