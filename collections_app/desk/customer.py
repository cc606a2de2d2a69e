"""Customer 360: one customer with what it owes, agreed and does, as frozen rows, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.cases import queries as cases
from collections_app.desk import owing, wording
from collections_app.desk.contracts.batches import Batches, batches
from collections_app.desk.habits import reading as habits
from collections_app.desk.habits.reading import Beside
from collections_app.desk.history import letter_url
from collections_app.desk.holds.reading import badges
from collections_app.desk.scope import Scope
from collections_app.desk.tables import days_words
from collections_app.letters.models import Letter
from collections_app.standings import explaining_words as words
from collections_app.standings.explaining import Explanation, explain
from collections_app.standings.rules import Rule
from collections_app.standings.ways_out import Done, Step
from common.money import ZERO
from contracts.models import Contract, Shipment
from customers.models import Customer
from receivables.models import CreditNote, DueItem, Payment, Receipt


@dataclass(frozen=True, slots=True)
class Owed:
    """A line of what is owed: a due item, or credit and unapplied money (negative, without standing)."""

    document: str
    url: str
    delivery: str
    delivered_on: date | None
    due_date: date | None
    agreed_due_date: date | None  # only where it was moved
    when: str
    amount: Decimal
    paid: Decimal
    disputed: Decimal
    open: Decimal
    currency: str
    standing: str
    not_asked: str  # why an amount of it is not asked for now
    why: str = ""  # why it is in its standing; the address says the rest
    why_url: str = ""
    paid_url: str = ""  # what settled it
    delivery_url: str = ""
    invoice: int | None = None
    proven: int | None = None  # the shipment, where its signed delivery note is on file


@dataclass(frozen=True, slots=True)
class Sums:
    currency: str
    amount: Decimal
    paid: Decimal
    disputed: Decimal
    open: Decimal
    late: Decimal
    url: str
    late_url: str
    disputed_url: str


@dataclass(frozen=True, slots=True)
class OwedTable:
    """All lines of a currency, and the footer they add up to."""

    total: Sums
    lines: list[Owed]
    hidden: int


@dataclass(frozen=True, slots=True)
class ContractRow:
    number: str
    state: str
    method: str
    execution: str
    valid: str
    currency: str
    clause: str
    price_lines: list[Any]
    url: str
    batches: Batches | None  # of a contract of two deliveries that is in force


@dataclass(frozen=True, slots=True)
class Top:
    """The head of the page: standing, why, and the nearest way out."""

    standing: str
    why: str
    way_out: str
    is_open: bool  # something is owed, whether or not it has a standing yet
    rep: str
    facts: list[tuple[str, str]]
    receipts: list[Receipt]
    holds: list[tuple[str, str]]  # what waits at the gate, as a sentence and the page of its shipment


@dataclass(frozen=True, slots=True)
class CustomerPage:
    customer: Customer
    top: Top
    owes: list[OwedTable]
    contracts: list[ContractRow]
    habits: list[Beside]
    contacts: list[Any]
    sites: list[Any]
    papers: list["Paper"]


@dataclass(frozen=True, slots=True)
class Paper:
    """A letter that was issued; `url` is its PDF once it is rendered."""

    reference: str
    as_of: date
    pay_by: date
    amount: Decimal
    currency: str
    url: str


def customer_page(customer: Customer, *, as_of: date, opens_money: bool = False) -> CustomerPage:
    """Everything but the history, which is paged by itself. Of ten thousand open items all are summed, few shown.

    With `opens_money` unapplied money and credit notes lead to their pages, which not every role may open.
    """
    items = DueItem.objects.open().filter(customer=customer)
    receipts = list(Receipt.objects.filter(customer=customer, state=Receipt.State.PROVISIONAL).order_by("pk"))
    shown, stored = owing.shown(items), owing.worst(items)
    whole = owing.whole([*shown, *stored], customer)
    told = {row.due_item: row for row in explain(list(whole.values()), as_of=as_of)}
    new = [item for item in whole.values() if owing.standing_of(item) is None]
    sums = [*owing.summed(items, as_of), *owing.as_told(new, told)]
    worst = owing.worst_told([*(whole[key] for key in stored), *new], told)
    return CustomerPage(
        customer=customer,
        top=_top(customer, sums, worst, receipts, as_of),
        owes=_owes(customer, sums, [whole[key] for key in shown], told, as_of, opens_money=opens_money),
        contracts=_contracts(customer, as_of),
        habits=habits.panel(customer, today=as_of),
        contacts=list(customer.contacts.filter(left_on=None).order_by("pk")),
        sites=list(customer.sites.order_by("-pays_here", "pk")),
        papers=[
            Paper(row.reference, row.run.as_of, row.pay_by, row.total_amount, row.currency, letter_url(row))
            for row in Letter.objects.filter(customer=customer).select_related("run").order_by("-pk")[: owing.MOST]
        ],
    )


def _top(
    customer: Customer, sums: list[owing.Owing], worst: Explanation | None, receipts: list[Receipt], as_of: date
) -> Top:
    standing = why = way_out = ""
    if worst is not None and worst.standing:
        standing, why = worst.standing, worst.why
        same = [one.open_amount for one in sums if (one.standing, one.currency) == (standing, worst.currency)]
        way_out = _nearest(worst, sum(same, ZERO), customer, as_of)
    facts = [
        (_("Code"), customer.code),
        (_("Region"), customer.region),
        (_("Channel"), customer.channel),
        (_("Segment"), customer.segment),
        (_("Group"), str(customer.group or "")),
        (_("Paid by"), str(customer.payer or "")),
        *wording.ends(customer),
    ]
    rep = str(customer.owner) if customer.owner else _("No rep assigned")
    holds = badges([customer.pk]).get(customer.pk, [])
    facts = [(label, text) for label, text in facts if text]
    return Top(standing, why, way_out, bool(sums), rep, facts, receipts, holds)


def _nearest(worst: Explanation, amount: Decimal, customer: Customer, as_of: date) -> str:
    """The first way out. Where it is payment, of all that has to be paid: with one item of several the others stay."""
    if not worst.ways:
        return ""
    way = worst.ways[0]
    if way.found.amount is None:
        return way.text
    rule = Rule(worst.rule)
    pays = next((other.found for other in worst.ways if other.found.steps == (Done(Step.PAY),)), way.found)
    if rule is Rule.NOT_LATE and pays.until is not None:
        sums = owing.due_by(DueItem.objects.open().filter(customer=customer), pays.until)
    else:
        sums = {worst.currency: max(amount, way.found.amount)}
    if not sums or sums == {worst.currency: way.found.amount}:
        return way.text
    return " ".join(
        words.way_out(replace(pays, amount=left), currency=currency, rule=rule, as_of=as_of)
        for currency, left in sums.items()
    )


def _owes(
    customer: Customer,
    sums: list[owing.Owing],
    shown: list[DueItem],
    told: dict[int, Explanation],
    as_of: date,
    *,
    opens_money: bool,
) -> list[OwedTable]:
    disputed: dict[int, Decimal] = defaultdict(lambda: ZERO)
    reasons: dict[int, list[str]] = defaultdict(list)
    for row in cases.suppressed(as_of=as_of, customers=[customer.pk]):
        if row.reason is cases.DISPUTED:
            disputed[row.due_item_id] += row.amount
        reasons[row.due_item_id].append(wording.not_asked(row))
    credit = [_credit(note.number, note, note.due_date, opens_money) for note in _free(CreditNote, customer)]
    credit += [
        _credit(_("Payment %(reference)s") % {"reference": money.reference}, money, None, opens_money)
        for money in _free(Payment, customer)
    ]
    contested = _contested(customer, disputed)
    tables = []
    for currency in sorted({one.currency for one in sums} | {line.currency for line in credit}):
        own = [one for one in sums if one.currency == currency]
        free = [line for line in credit if line.currency == currency]
        lines = [
            owed(item, disputed[item.pk], ", ".join(reasons[item.pk]), as_of, told.get(item.pk))
            for item in shown
            if item.currency == currency
        ]
        total = _sums(own, free, contested[currency], currency, customer, as_of)
        number = sum(one.number for one in own) + len(free)
        tables.append(OwedTable(total, [*lines, *free][: owing.MOST], max(0, number - owing.MOST)))
    return tables


def _contested(customer: Customer, disputed: Mapping[int, Decimal]) -> dict[str, Decimal]:
    """By currency what is disputed, of each item no more than is open."""
    found: dict[str, Decimal] = defaultdict(lambda: ZERO)
    items = DueItem.objects.open().filter(customer=customer, pk__in=list(disputed))
    for key, currency, open_amount in items.values_list("pk", "currency", "open_amount"):
        found[currency] += min(disputed[key], open_amount)
    return found


def _free(model: Any, customer: Customer) -> list[Any]:
    return list(model.objects.filter(customer=customer, unapplied_amount__gt=0).order_by("pk"))


def owed(item: DueItem, disputed: Decimal, not_asked: str, as_of: date, told: Explanation | None = None) -> Owed:
    shipment = item.invoice.shipment
    found = owing.standing_of(item)
    page, paid = reverse("desk:invoice", args=[item.invoice_id]), item.amount - item.open_amount
    return Owed(
        document=item.invoice.number,
        url=page,
        delivery=wording.delivery(shipment),
        delivered_on=shipment.delivered_on if shipment else None,
        due_date=item.due_date,
        agreed_due_date=item.agreed_due_date if item.agreed_due_date != item.due_date else None,
        when=days_words((as_of - item.due_date).days) if item.due_date else _("no due date"),
        amount=item.amount,
        paid=paid,
        paid_url=f"{page}#applied" if paid else "",
        delivery_url=reverse("desk:shipment", args=[shipment.pk]) if shipment else "",
        invoice=item.invoice_id,
        proven=_proven(shipment),
        disputed=min(disputed, item.open_amount),
        open=item.open_amount,
        currency=item.currency,
        standing=told.standing if told else found.standing if found else "",
        not_asked=not_asked,
        why=told.why if told else "",
        why_url=f"{page}#why-{item.pk}" if told else "",
    )


def _proven(shipment: Shipment | None) -> int | None:
    proof = getattr(shipment, "proof", None)
    return shipment.pk if shipment is not None and proof is not None and proof.document_id is not None else None


def _credit(name: str, row: CreditNote | Payment, due_date: date | None, opens_money: bool) -> Owed:
    page = "receivables:credit-note" if isinstance(row, CreditNote) else "receivables:payment"
    return Owed(
        document=name,
        url=reverse(page, args=[row.pk]) if opens_money else "",
        delivery="",
        delivered_on=None,
        due_date=due_date,
        agreed_due_date=None,
        when=_("credit note") if isinstance(row, CreditNote) else _("unapplied"),
        amount=-row.unapplied_amount,
        paid=ZERO,
        disputed=ZERO,
        open=-row.unapplied_amount,
        currency=row.currency,
        standing="",
        not_asked="",
    )


def _sums(
    own: list[owing.Owing],
    credit: list[Owed],
    disputed: Decimal,
    currency: str,
    customer: Customer,
    as_of: date,
) -> Sums:
    scope = Scope(as_of=as_of, customer=customer.code, currency=currency)
    free = sum((line.open for line in credit), ZERO)
    amount = sum((one.amount for one in own), ZERO)
    open_amount = sum((one.open_amount for one in own), ZERO)
    return Sums(
        currency=currency,
        amount=amount + free,
        paid=amount - open_amount,
        disputed=disputed,
        open=open_amount + free,
        late=sum((one.late for one in own), ZERO),
        url=scope.rows_url,
        late_url=scope.narrowed(late="1").rows_url,
        disputed_url=scope.narrowed(disputed="only").rows_url,
    )


def _contracts(customer: Customer, as_of: date) -> list[ContractRow]:
    found = Contract.objects.filter(customer=customer).prefetch_related("price_lines__product")
    return [
        ContractRow(
            number=contract.number,
            state=contract.get_state_display(),
            method=wording.settlement(contract.method, contract.parameters),
            execution=contract.get_execution_display(),
            valid=wording.period(contract.starts_on, contract.ends_before),
            currency=contract.currency,
            clause=contract.settlement_clause,
            price_lines=[
                {"product": line.product.name, "unit": line.product.unit, "price": line.unit_price,
                 "valid": wording.period(line.starts_on, line.ends_before)}
                for line in contract.price_lines.all()
            ],
            url=reverse("desk:contract", args=[contract.pk]),
            batches=batches(contract, as_of=as_of) if contract.state == Contract.State.ACTIVE else None,
        )
        for contract in found.order_by("-starts_on", "pk")
    ]  # fmt: skip
