"""The stop page, the form's figures and the receipt: frozen rows, read live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.standings.explaining import Explanation, explain
from collections_app.visits import asking, permitted, queries, sentences, worth_words
from collections_app.visits.asking import Owed
from collections_app.visits.goods import waiting
from collections_app.visits.models import Outcome, Stop
from collections_app.visits.permitted import Stated
from collections_app.visits.queries import StopCard
from common.money import ZERO
from common.templatetags.ui import money_text, weekday
from contracts.models import Proof
from receivables.models import DueItem, Receipt
from staff import queries as people
from staff.models import Business, User

FRIDAY = 4


@dataclass(frozen=True, slots=True)
class OwesRow:
    """A due item on the stop page; amounts in its currency."""

    invoice: str
    invoice_url: str
    what: str
    shipment_url: str
    invoice_key: int
    proven: int | None  # the shipment, where its signed delivery note is on file
    due_date: date | None
    when: str
    open_amount: Decimal
    ask_amount: Decimal
    currency: str
    standing: str
    why_not: str


@dataclass(frozen=True, slots=True)
class OwesTable:
    """One currency; the feet are the sums of the rows."""

    currency: str
    rows: tuple[OwesRow, ...]
    ask_amount: Decimal
    late_amount: Decimal
    total_amount: Decimal


@dataclass(frozen=True, slots=True)
class TermRow:
    label: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LoggedRow:
    title: str
    note: str
    when: Any
    who: str
    is_corrected: bool
    receipt_number: str
    receipt_url: str


@dataclass(frozen=True, slots=True)
class StopPage:
    card: StopCard
    code: str
    on: date
    owes: tuple[OwesTable, ...]
    terms: tuple[TermRow, ...]
    worth: Decimal
    base: str
    why: str  # why the worst item is in its standing, and the nearest way out of it
    way_out: str
    why_url: str
    logged: tuple[LoggedRow, ...]
    correct_url: str


def stop_page(stop: Stop, *, user: User, today: date) -> StopPage:
    """Live amounts beside the plan's facts. `stop` comes with its plan, rep and customer."""
    items = asking.owed(on=stop.plan.on, customers=[stop.customer_id]).get(stop.customer_id, [])
    currencies = sorted({item.currency for item in items}, key=lambda code: (code != stop.currency, code))
    logged = list(
        Outcome.objects.filter(stop=stop)
        .select_related("receipt", "promise", "excuse", "corrected_by")
        .prefetch_related("disputes")
        .order_by("-pk")
    )
    names = people.names(row.entered_by for row in logged)
    in_force = next((row for row in logged if not hasattr(row, "corrected_by")), None)
    is_own = stop.plan.rep_id == user.pk
    correctable = [row for row in logged if row.happened_on == today and row.entered_by == user.get_username()]
    outcome_url = reverse("visits:outcome", args=[stop.pk])
    why = _why(items, stop.currency, today)
    return StopPage(
        card=queries.stop_card(stop, may_log=is_own and not logged, held=waiting(stop.customer_id), outcome=in_force),
        code=stop.customer.code,
        on=stop.plan.on,
        owes=tuple(_table(items, currency, _proven(items)) for currency in currencies),
        terms=tuple(TermRow(worth_words.term(row["term"]), Decimal(row["amount"])) for row in stop.terms),
        worth=stop.worth,
        base=Business.objects.values_list("base_currency", flat=True).first() or stop.currency,
        why=why.why if why else "",
        way_out=why.ways[0].text if why and why.ways else "",
        why_url=f"{why.url}#why-{why.due_item}" if why else "",
        logged=tuple(_logged(row, names[row.entered_by]) for row in logged),
        correct_url=outcome_url if is_own and correctable and correctable[0] == logged[0] else "",
    )


def _why(items: Sequence[Owed], currency: str, today: date) -> Explanation | None:
    """The item in the worst standing, the oldest of them, in the currency that is asked for first."""
    own = [item for item in items if item.currency == currency] or list(items)
    worst = min(own, key=asking.rank, default=None)
    if worst is None:
        return None
    [found] = explain([DueItem.objects.select_related("invoice", "customer").get(pk=worst.key)], as_of=today)
    return found


def _proven(items: Sequence[Owed]) -> set[int]:
    """Which shipments have their signed delivery note on file."""
    keys = [item.shipment_key for item in items if item.shipment_key]
    return set(Proof.objects.filter(shipment__in=keys, document__isnull=False).values_list("shipment", flat=True))


def _table(items: Sequence[Owed], currency: str, proven: set[int]) -> OwesTable:
    sums = asking.sums(items, currency)
    return OwesTable(
        currency=currency,
        rows=tuple(_owes_row(item, proven) for item in items if item.currency == currency),
        ask_amount=sums.ask_amount,
        late_amount=sums.late_amount,
        total_amount=sums.total_amount,
    )


def _owes_row(item: Owed, proven: set[int]) -> OwesRow:
    shipment = item.shipment_key
    return OwesRow(
        invoice=item.invoice,
        invoice_url=reverse("desk:invoice", args=[item.invoice_key]),
        what=_("batch %(batch)s") % {"batch": item.batch} if item.batch is not None else "",
        shipment_url=reverse("desk:shipment", args=[shipment]) if shipment else "",
        invoice_key=item.invoice_key,
        proven=shipment if shipment in proven else None,
        due_date=item.due_date,
        when=sentences.when_due(item.due_date, item.days_late),
        open_amount=item.open_amount,
        ask_amount=item.ask_amount,
        currency=item.currency,
        standing=item.standing,
        why_not=" · ".join(str(reason) for reason in item.why_not),
    )


def _logged(row: Outcome, who: str) -> LoggedRow:
    return LoggedRow(
        title=queries.outcome_text(row),
        note=row.note,
        when=row.entered_at,
        who=who,
        is_corrected=hasattr(row, "corrected_by"),
        receipt_number=row.receipt.number if row.receipt else "",
        receipt_url=reverse("visits:receipt", args=[row.receipt.pk]) if row.receipt else "",
    )


# The form


@dataclass(frozen=True, slots=True)
class GoesTo:
    label: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """What the outcome form shows and offers, in the stop's currency."""

    customer_name: str
    currency: str
    ask_amount: Decimal
    items: tuple[Owed, ...]
    pay_days: tuple[date, ...]  # next days on which the customer pays
    days_are_stated: bool  # the customer pays on such days only
    usual_method: str
    who: str

    @property
    def choices(self) -> list[tuple[int, str]]:
        return [
            (item.key, f"{label_of(item)} · {money_text(item.open_amount, item.currency)}")
            for item in self.items
            if item.currency == self.currency
        ]

    def goes_to(self, amount: Decimal, on: date) -> tuple[list[GoesTo], Decimal, Decimal]:
        """Where an amount goes, what it leaves missing of what is asked for, and what is more than is owed."""
        lines = asking.lines_for(amount, self.items, self.currency, on)
        by_key = {item.key: item for item in self.items}
        rest = asking.rest_of(self.items, self.currency, dict(lines))
        missing = sum((part for _key, part in rest), ZERO)
        over = amount - sum((part for _key, part in lines), ZERO)
        return [GoesTo(label_of(by_key[key]), part) for key, part in lines], missing, over


def label_of(item: Owed) -> str:
    """ "INV-2026-0871 · batch 13"."""
    if item.batch is None:
        return item.invoice
    return _("%(invoice)s · batch %(batch)s") % {"invoice": item.invoice, "batch": item.batch}


def figures(stop: Stop, *, on: date, corrects: Outcome | None = None) -> Figures:
    """As if the entry that is corrected had not been made."""
    items = asking.owed(on=on, customers=[stop.customer_id], as_if_undone=corrects).get(stop.customer_id, [])
    country = Business.objects.values_list("calendar", flat=True).first() or ""
    stated = Stated(settlement_days=tuple(stop.card.get("settlement_days") or ()))
    tomorrow = date.fromordinal(on.toordinal() + 1)
    pay_days = tuple(permitted.next_days(stated, tomorrow, country, 3))
    return Figures(
        customer_name=stop.customer.name,
        currency=stop.currency,
        ask_amount=asking.sums(items, stop.currency).ask_amount,
        items=tuple(items),
        pay_days=pay_days or _usual_days(on),
        days_are_stated=bool(pay_days),
        usual_method=stop.card.get("method") or "",
        who=next((row["name"] for row in stop.card.get("who") or ()), ""),
    )


def _usual_days(on: date) -> tuple[date, ...]:
    """Where the customer named no days: this Friday, and the one after."""
    friday = date.fromordinal(on.toordinal() + ((FRIDAY - on.weekday()) % 7 or 7))
    return friday, date.fromordinal(friday.toordinal() + 7)


@dataclass(frozen=True, slots=True)
class Choice:
    url: str
    label: str
    hint: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class OutcomePage:
    customer_name: str
    stop_url: str
    kind: str
    is_paid: bool
    is_promise: bool
    is_excuse: bool
    options: tuple[Choice, ...]
    currency: str
    corrects: str  # key of the entry that this one takes the place of
    correcting: str  # what that entry says
    hold_text: str


HINTS = {
    Outcome.Kind.PAID: lambda: _("all or part"),
    Outcome.Kind.PROMISE: lambda: _("amount and date"),
    Outcome.Kind.EXCUSE: lambda: _("why they will not pay"),
    Outcome.Kind.DISPUTE: lambda: _("goods, price, invoice"),
    Outcome.Kind.NOT_IN: lambda: _("decision maker away"),
    Outcome.Kind.COULD_NOT_VISIT: lambda: _("closed, road, time"),
}


def outcome_page(stop: Stop, *, kind: str, address: str, known: Outcome | None) -> OutcomePage:
    return OutcomePage(
        customer_name=stop.customer.name,
        stop_url=reverse("visits:stop", args=[stop.pk]),
        kind=kind,
        is_paid=kind == Outcome.Kind.PAID,
        is_promise=kind == Outcome.Kind.PROMISE,
        is_excuse=kind == Outcome.Kind.EXCUSE,
        options=tuple(
            Choice(f"{address}?{urlencode({'kind': one.value})}", str(one.label), HINTS[one](), one == kind)
            for one in Outcome.Kind
        ),
        currency=stop.currency,
        corrects=str(known.pk) if known else "",
        correcting=queries.outcome_text(known) if known else "",
        hold_text=sentences.hold_stays(waiting(stop.customer_id)),
    )


def typed(fields: Mapping[str, forms.Field], data: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What a form was sent with, as label and words; a key that only the customer's form could name is left away."""
    found = []
    for name, field in fields.items():
        value = str(data.get(name, "")).strip()
        if isinstance(field, forms.ChoiceField):
            value = _chosen(dict(field.widget.choices), value)
        if value and not field.widget.is_hidden:
            found.append((str(field.label), value))
    return tuple(found)


def _chosen(choices: Mapping[str, Any], value: str) -> str:
    """Days are offered by customer, so they are no choices of the form as it is."""
    try:
        return str(choices[value]) if value in choices else weekday(date.fromisoformat(value))
    except ValueError:
        return ""


# The receipt


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    number: str
    customer_name: str
    code: str
    rep_name: str
    business_name: str
    method: str
    amount: Decimal
    currency: str
    received_on: date
    state: str
    is_provisional: bool
    is_refused: bool
    lines: tuple[GoesTo, ...]
    unapplied: Decimal
    promise: str
    next_url: str


def receipt_page(receipt: Receipt) -> ReceiptPage:
    lines = list(receipt.lines.select_related("due_item__invoice__shipment").order_by("pk"))
    outcome = receipt.outcomes.select_related("promise").first()
    promise = outcome.promise if outcome else None
    return ReceiptPage(
        number=receipt.number,
        customer_name=receipt.customer.name,
        code=receipt.customer.code,
        rep_name=str(receipt.rep),
        business_name=Business.objects.values_list("name", flat=True).first() or "",
        method=str(receipt.get_method_display()),
        amount=receipt.amount,
        currency=receipt.currency,
        received_on=receipt.received_on,
        state=str(receipt.get_state_display()),
        is_provisional=receipt.state == Receipt.State.PROVISIONAL,
        is_refused=receipt.state == Receipt.State.REFUSED,
        lines=tuple(GoesTo(_receipt_line(line), line.amount) for line in lines),
        unapplied=receipt.amount - sum((line.amount for line in lines), ZERO),
        promise=sentences.promised_by(promise.amount, promise.currency, promise.promised_on) if promise else "",
        next_url=reverse("visits:today"),
    )


def _receipt_line(line: Any) -> str:
    shipment = line.due_item.invoice.shipment
    if shipment is None or shipment.batch is None:
        return str(line.due_item.invoice.number)
    return _("%(invoice)s · batch %(batch)s") % {"invoice": line.due_item.invoice.number, "batch": shipment.batch}
