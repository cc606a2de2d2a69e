"""The supply ladder of one customer, as frozen rows: where it stands, what a rung would do, where it stood before."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from collections_app.gate import ladder, ladder_asking, ladder_notice, ladder_outlook, ladder_words
from collections_app.gate.ladder_asking import Asked
from collections_app.gate.ladder_outlook import Kept, Outlook
from collections_app.gate.models import LadderStep
from common.money import ZERO
from customers.models import Customer
from receivables import queries as ledger
from receivables.queries import Stated
from staff import queries as staff


@dataclass(frozen=True, slots=True)
class LateRow:
    number: str
    url: str
    invoice: int
    proven: int | None  # the shipment, where its signed delivery note is on file
    due_date: date
    days_late: int
    amount: Decimal
    left: Decimal  # what of it nothing speaks for
    currency: str


@dataclass(frozen=True, slots=True)
class KeptRow:
    number: str
    asked_on: date
    because: str
    amount: Decimal
    may_leave: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Look:
    """A rung before it is taken."""

    outlook: Outlook
    name: str
    asks_for: list[str]
    lacks: list[str]
    would: list[str]
    unheld: str
    kept: list[KeptRow]
    clause: str  # as a proposal, in the customer's language
    language: str  # its name
    lost_margin: Decimal | None
    skipped: str
    asked: Asked | None  # who wants the rungs left out


@dataclass(frozen=True, slots=True)
class StepRow:
    pk: int
    rung: str
    since: date
    until: date | None
    because: str
    clause: str
    lost_margin: Decimal | None
    currency: str
    asked_by: str
    approved_by: str
    left_because: str
    notice_url: str


@dataclass(frozen=True, slots=True)
class LadderPage:
    customer: Customer
    base: str
    rates: list[tuple[str, Stated]]
    missing: tuple[str, ...]
    standing: StepRow | None
    late: list[LateRow]
    sums: list[tuple[str, Decimal]]
    look: Look | None  # None: there is no rung above
    history: list[StepRow]


def ladder_page(customer: Customer, *, rung: int, margin: Decimal, as_of: date) -> LadderPage:
    items = ladder.late_items(customer, as_of=as_of)
    proven = ledger.proven(row.item.invoice_id for row in items)
    late = [
        LateRow(
            number=row.item.invoice.number,
            url=reverse("desk:invoice", args=[row.item.invoice_id]),
            invoice=row.item.invoice_id,
            proven=proven.get(row.item.invoice_id),
            due_date=row.item.due_date or as_of,
            days_late=row.days_late,
            amount=row.item.open_amount,
            left=row.left,
            currency=row.item.currency,
        )
        for row in items
    ]
    sums: dict[str, Decimal] = {}
    for line in late:
        sums[line.currency] = sums.get(line.currency, ZERO) + line.left
    history = _history(customer)
    look = _look(ladder_outlook.outlook(customer, rung, as_of=as_of), margin) if rung else None
    base = ledger.base_currency()
    rates = ledger.rates_on(as_of, base=base)
    return LadderPage(
        customer=customer,
        base=base,
        rates=[(code, rates[code]) for code in sorted(sums) if code in rates and code != base],
        missing=tuple(code for code in sorted(sums) if code not in rates),
        standing=next((row for row in history if row.until is None), None),
        late=late,
        sums=sorted(sums.items()),
        look=look,
        history=history,
    )


def _look(one: Outlook, margin: Decimal) -> Look:
    with translation.override(ladder_notice.spoken(one.customer)):
        clause = ladder_words.clause(one)
    return Look(
        outlook=one,
        name=ladder_words.rung(one.rung),
        asks_for=ladder_words.asks_for(one),
        lacks=[ladder_words.lack(lack, one.base) for lack in one.lacking],
        would=ladder_words.would(one),
        unheld=ladder_words.unheld(one.mode),
        kept=[_kept(kept) for kept in one.kept],
        clause=clause,
        language=language_of(one.customer),
        lost_margin=one.lost_margin(margin),
        skipped=", ".join(ladder_words.rung(rung) for rung in one.skipped),
        asked=ladder_asking.of(one.customer, one.rung) if one.skipped else None,
    )


def language_of(customer: Customer) -> str:
    """The name of the language in which the notice is written."""
    return str(dict(settings.LANGUAGES)[ladder_notice.spoken(customer)])


def _kept(kept: Kept) -> KeptRow:
    shipment = kept.shipment
    return KeptRow(
        number=shipment.number,
        asked_on=shipment.asked_on,
        because=ladder_words.kept_because(kept),
        amount=shipment.amount,
        may_leave=kept.may_leave,
        currency=shipment.currency,
    )


def _history(customer: Customer) -> list[StepRow]:
    """Newest first."""
    steps = list(LadderStep.objects.filter(customer=customer).order_by("-starts_on", "-pk"))
    names = staff.names(name for step in steps for name in (step.asked_by, step.approved_by))
    return [
        StepRow(
            pk=step.pk,
            rung=ladder_words.rung(step.rung),
            since=step.starts_on,
            until=step.left_on,
            because=step.because,
            clause=step.clause,
            lost_margin=step.lost_margin,
            currency=step.currency,
            asked_by=names[step.asked_by],
            approved_by=names[step.approved_by],
            left_because=ladder_words.left_because(step.left_because),
            notice_url=reverse("desk:ladder-notice", args=[step.pk]) if step.notice_id else "",
        )
        for step in steps
    ]
