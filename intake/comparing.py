"""A file beside what is booked already: what is new, what is settled by now, what contradicts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from common import money
from common.money import ZERO
from intake.documents import Document
from intake.problems import Problem
from intake.reading import Reading, said


@dataclass(frozen=True, slots=True)
class Booked:
    """A document that is here: `key` of its invoice or credit note, `due_dates` as agreed, one for each due item."""

    key: int
    kind: str
    number: str
    customer: str
    amount: Decimal
    currency: str
    issued_on: date
    due_dates: tuple[date | None, ...]
    open_amount: Decimal
    settled_on: date | None
    items: tuple[int, ...] = ()  # keys of the due items
    in_force: tuple[date | None, ...] = ()  # their due dates now


@dataclass(frozen=True, slots=True)
class Update:
    """Money that a later file knows of: all that is open, or a part of it."""

    booked: Booked
    document: Document
    amount: Decimal

    @property
    def settles(self) -> bool:
        return self.amount == self.booked.open_amount


@dataclass(slots=True)
class Comparison:
    """`listed` is what the file says is open of documents that are here, by kind and key."""

    new: list[Document] = field(default_factory=list)
    listed: dict[tuple[str, int], Decimal] = field(default_factory=dict)
    updates: list[Update] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)


def compare(reading: Reading, booked: Mapping[str, Sequence[Booked]], *, unique_by: str) -> Comparison:
    """`booked` gives, by number, every document of that number that is here, whoever's it is."""
    result = Comparison()
    for document in reading.documents:
        here = booked.get(document.number, ())
        found = next((one for one in here if one.customer == document.customer and one.kind == document.kind), None)
        if found is None and unique_by == "number":
            found = next(iter(here), None)
        if found is None:
            result.new.append(document)
            continue
        contradictions = contradicting(document, found, reading)
        if contradictions:
            result.problems.extend(contradictions)
            result.refused.add(document.line)
            continue
        result.listed[found.kind, found.key] = document.open_amount
        _note_money(document, found, reading, result)
    return result


def contradicting(
    document: Document, booked: Booked, reading: Reading, *, besides: Collection[str] = ()
) -> list[Problem]:
    """What the file says otherwise than it is booked, `besides` what may differ."""
    compared: tuple[tuple[str, str, object, object, str], ...] = (
        ("kind", "type", document.kind, booked.kind, "a credit note" if booked.kind == "credit_note" else "an invoice"),
        ("customer", "customer_number", document.customer, booked.customer, f"customer {booked.customer}'s"),
        ("currency", "currency", document.currency, booked.currency, f"in {booked.currency}"),
        ("amount", "amount", document.amount, booked.amount, _with_currency(booked.amount, booked.currency)),
        ("issued_on", "issued_on", document.issued_on, booked.issued_on, f"dated {booked.issued_on.isoformat()}"),
        ("parts", "due_on", _days(document), booked.due_dates, f"due {_said_days(booked.due_dates)}"),
    )
    return [
        Problem(
            document.line,
            reading.heading(name),
            said(document, attribute),
            f"changed: {document.number} is here already, {words}; correct the file, or book a correction",
        )
        for attribute, name, now, then, words in compared
        if now != then and attribute not in besides
    ]


def _days(document: Document) -> tuple[date | None, ...]:
    return tuple(part.due_date for part in document.parts)[: 1 if document.kind == "credit_note" else None]


def _said_days(days: Sequence[date | None]) -> str:
    return ", ".join(day.isoformat() if day else "without a date" for day in days)


def _with_currency(amount: Decimal, currency: str) -> str:
    return f"{money.as_text(amount, currency)} {currency}"


def _note_money(document: Document, booked: Booked, reading: Reading, result: Comparison) -> None:
    fallen = booked.open_amount - document.open_amount
    if fallen > ZERO and document.settled_on is not None:
        result.updates.append(Update(booked, document, fallen))
        return
    result.unchanged += 1
    if fallen < ZERO:
        still, here = _with_currency(-fallen, document.currency), booked.settled_on or "an earlier day"
        result.warnings.append(
            Problem(
                document.line,
                reading.heading("open_amount"),
                said(document, "open_amount"),
                f"the file has {still} more open than is open here, where it was paid on {here}; left as it is here",
            )
        )
    elif document.is_settled and booked.settled_on and document.settled_on != booked.settled_on:
        result.warnings.append(
            Problem(
                document.line,
                reading.heading("settled_on"),
                said(document, "settled_on"),
                f"settled here on {booked.settled_on.isoformat()}; left as it is here",
            )
        )
