"""The ledger's full list of open items beside our book of that day: what fell, what explains it, what is to decide."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from common import money
from common.money import ZERO
from intake import values
from intake.comparing import Booked, Comparison, contradicting
from intake.documents import Document
from intake.problems import FileRefused, Problem
from intake.profile import Profile
from intake.reading import Reading

LATE = timedelta(days=3)  # so long the ledger may take to book what finance has booked here
MOST_VANISHED = Decimal("0.30")  # of the open items; more is confirmed by a person
MOST_RECENT = 10  # rows of money looked at for a sum that the ledger does not have yet
LARGER, DUE_DATE, ELSEWHERE = "larger", "due date", "elsewhere"


@dataclass(frozen=True, slots=True)
class Here:
    """A document of our book: what was open at the end of the list's day, beside what is open by all known now.

    `recent` is money booked here in the last days, which the ledger may not have yet.
    """

    booked: Booked
    then: Decimal
    recent: tuple[Decimal, ...] = ()

    @property
    def whose(self) -> tuple[str, str]:
        return self.booked.customer, self.booked.currency

    @property
    def what(self) -> tuple[str, int]:
        return self.booked.kind, self.booked.key


@dataclass(frozen=True, slots=True)
class Provisional:
    """A rep's receipt that waits; `lines` are by key of the invoice."""

    key: int
    number: str
    customer: str
    currency: str
    received_on: date
    amount: Decimal
    lines: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Unapplied:
    """Money of a customer that settles nothing yet."""

    key: int
    customer: str
    currency: str
    counts_on: date
    amount: Decimal


Identity = tuple[str, str, int, str]


@dataclass(frozen=True, slots=True)
class BookOfDay:
    """All that a snapshot is compared with. `kept` are differences for which a person chose our value."""

    by_number: Mapping[str, Sequence[Here]] = field(default_factory=dict)
    open: Sequence[Here] = ()  # covered by the list, dated by its day, and open still
    receipts: Sequence[Provisional] = ()
    unapplied: Sequence[Unapplied] = ()
    kept: frozenset[Identity] = frozenset()
    waiting: frozenset[Identity] = frozenset()  # differences that nobody has decided yet
    opening_on: date | None = None  # the take-over day; None before the first list


@dataclass(frozen=True, slots=True)
class Fall:
    """What the ledger has settled of a document and no money here explains."""

    here: Here
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """What a person decides: ours or the ledger's."""

    here: Here
    what: str
    line: int
    item: int | None = None
    our_amount: Decimal | None = None
    their_amount: Decimal | None = None
    our_date: date | None = None
    their_date: date | None = None
    other: Here | None = None

    @property
    def theirs(self) -> str:
        if self.other is not None:
            return self.other.booked.number
        if self.what == LARGER:
            return money.as_text(self.their_amount or ZERO, self.here.booked.currency)
        return self.their_date.isoformat() if self.their_date else ""

    @property
    def identity(self) -> Identity:
        """The same difference tomorrow, so that nobody decides it twice."""
        if self.other is not None:
            amount = money.as_text(self.our_amount or ZERO, self.here.booked.currency)
            return self.what, *self.here.what, f"{self.other.booked.key} {amount}"
        kind, key = ("due item", self.item) if self.item is not None else self.here.what
        return self.what, kind, key, self.theirs


@dataclass(slots=True)
class Findings(Comparison):
    """A comparison of the whole list. `falls` become payments reported by the ledger."""

    day: date = date.min
    falls: list[Fall] = field(default_factory=list)
    receipts: list[Provisional] = field(default_factory=list)
    applied: list[tuple[int, int, Decimal]] = field(default_factory=list)  # payment, invoice, amount
    differences: list[Difference] = field(default_factory=list)
    not_yet: list[Fall] = field(default_factory=list)  # the amounts by which the ledger is behind
    settled: int = 0
    part_settled: int = 0
    left_out: int = 0  # rows of which nothing is open and that were never here
    covered: Sequence[Here] = ()  # what was open here and stands in the list, or has vanished from it
    applied_customers: set[str] = field(default_factory=set)
    takes_over: bool = False  # the first list, of a book that was empty
    is_empty: bool = False
    vanished: int = 0

    @property
    def known(self) -> int:
        return len(self.covered)

    @property
    def is_doubtful(self) -> bool:
        """An empty list, or one in which too much has vanished, may be a broken export."""
        return self.is_empty or self.vanished > self.known * MOST_VANISHED


def day_of(reading: Reading, profile: Profile, *, name: str, asked: date | None, today: date) -> date:
    """The day of the list: by its column or its name where the profile says so, else as asked, else today."""
    stated = reading.day
    style = profile.snapshot.day_in_name
    if style:
        stated = day_in_name(name, style)
        if stated is None:
            raise FileRefused(f"the name {name} holds no day like {style}, which the profile wants; rename the file")
    if stated is None and profile.has("as_of") and reading.documents:
        raise FileRefused("no row says the day of the list", column=reading.heading("as_of"))
    if stated is not None and asked is not None and asked != stated:
        raise FileRefused(f"the list is of {stated.isoformat()}, and you say {asked.isoformat()}; leave the day out")
    day = stated or asked or today
    if day > today:
        raise FileRefused(f"the list is of {day.isoformat()}, which has not come yet; check its day")
    return day


def day_in_name(name: str, style: str) -> date | None:
    for found in re.finditer(rf"(?<![0-9]){values.pattern(style).pattern}(?![0-9])", name):
        with suppress(values.Unreadable):
            return values.day(found[0], styles=(style,))
    return None


def compare(
    reading: Reading, book: BookOfDay, *, day: date, unique_by: str, has_amount: bool = True, has_due: bool = True
) -> Findings:
    """Everything that follows from the list. `has_amount`, `has_due`: does it say what was billed, and when due?"""
    result = Findings(day=day, covered=book.open, is_empty=not reading.documents)
    fallen: list[Fall] = []
    seen: set[tuple[str, int]] = set()
    on_account = _OnAccount(book.unapplied)
    for document in reading.documents:
        here = _found(document, book, unique_by)
        if here is None:
            _note_new(document, book, on_account, result)
            continue
        seen.add(here.what)
        besides = {"parts"} if has_amount else {"parts", "amount"}
        problems = contradicting(document, here.booked, reading, besides=besides)
        if problems:
            result.problems.extend(problems)
            result.refused.add(document.line)
            continue
        before = len(result.differences)
        if has_due and here.booked.kind == "invoice":
            _note_due_dates(document, here, book, reading, result)
        fall = min(here.then, here.booked.open_amount) - document.open_amount
        if fall > ZERO:
            fallen.append(Fall(here, fall))
            _count(document.is_settled, result)
        elif document.open_amount > here.then:
            _note_larger(document, here, book, result)
        if fall <= ZERO and len(result.differences) == before:
            result.unchanged += 1
    for here in book.open:
        fall = min(here.then, here.booked.open_amount)
        if fall > ZERO and here.what not in seen and here.booked.number not in reading.left_out:
            fallen.append(Fall(here, fall))
            _count(True, result)
    _explain(fallen, book, on_account.left, result)
    _pair(fallen, book, result)
    return result


def _count(is_settled: bool, result: Findings) -> None:
    if is_settled:
        result.settled += 1
        result.vanished += 1
    else:
        result.part_settled += 1


def _found(document: Document, book: BookOfDay, unique_by: str) -> Here | None:
    here = book.by_number.get(document.number, ())
    for one in here:
        if one.booked.customer == document.customer and one.booked.kind == document.kind:
            return one
    return next(iter(here), None) if unique_by == "number" else None


class _OnAccount:
    """Credit of the list that is here already, as money that settles nothing yet: the ledger gives it a number."""

    def __init__(self, unapplied: Iterable[Unapplied]) -> None:
        self.left = list(unapplied)

    def takes(self, document: Document) -> bool:
        for place, free in enumerate(self.left):
            if (free.customer, free.currency, free.amount) == (
                document.customer,
                document.currency,
                document.open_amount,
            ):
                del self.left[place]
                return True
        return False


def _note_new(document: Document, book: BookOfDay, on_account: _OnAccount, result: Findings) -> None:
    """A document that nobody here knew. What was paid of it before the take-over is an opening entry."""
    if document.is_settled:
        result.left_out += 1
    elif document.kind == "credit_note" and on_account.takes(document):
        result.unchanged += 1
    elif document.paid_amount:
        opening = book.opening_on or result.day
        is_opening = book.opening_on is None or document.issued_on <= opening
        paid_on = max(opening if is_opening else result.day, document.issued_on)
        result.new.append(replace(document, settled_on=paid_on, is_opening=is_opening))
    else:
        result.new.append(document)


def _note_larger(document: Document, here: Here, book: BookOfDay, result: Findings) -> None:
    more = document.open_amount - here.then
    if more in _sums(here.recent):
        result.not_yet.append(Fall(here, more))
        return
    _show(
        Difference(here, LARGER, document.line, our_amount=here.then, their_amount=document.open_amount), book, result
    )


def _sums(recent: Sequence[Decimal]) -> set[Decimal]:
    some = recent[:MOST_RECENT]
    return {sum(part, ZERO) for size in range(1, len(some) + 1) for part in combinations(some, size)}


def _note_due_dates(document: Document, here: Here, book: BookOfDay, reading: Reading, result: Findings) -> None:
    """The ledger may still have the date that was agreed, or know of the one in force; any other is a change."""
    theirs = [part.due_date for part in document.parts]
    if len(theirs) != len(here.booked.items):
        unknown = set(theirs) - set(here.booked.in_force) - set(here.booked.due_dates)
        if unknown:
            days = ", ".join(day.isoformat() if day else "none" for day in here.booked.in_force)
            text = f"{document.number} is here in {len(here.booked.items)} parts, due {days}; left as it is here"
            result.warnings.append(Problem(document.line, reading.heading("due_on"), None, text))
        return
    for item, their, ours, agreed in zip(
        here.booked.items, theirs, here.booked.in_force, here.booked.due_dates, strict=True
    ):
        if their not in (ours, agreed):
            shown = Difference(here, DUE_DATE, document.line, item=item, our_date=ours, their_date=their)
            _show(shown, book, result)


def _show(difference: Difference, book: BookOfDay, result: Findings) -> None:
    if difference.identity not in book.kept:
        result.differences.append(difference)


def _explain(fallen: Sequence[Fall], book: BookOfDay, free: Sequence[Unapplied], result: Findings) -> None:
    """Receipts of reps first, then money here that settles nothing yet; the rest the ledger alone knows of."""
    rest = {fall.here.what: fall.amount for fall in fallen}
    for receipt in sorted(book.receipts, key=lambda one: (one.received_on, one.key)):
        lines = {("invoice", key): amount for key, amount in receipt.lines.items()}
        explains = receipt.received_on <= result.day and lines
        if explains and all(rest.get(what, ZERO) >= amount for what, amount in lines.items()):
            result.receipts.append(receipt)
            for what, amount in lines.items():
                rest[what] -= amount
    theirs: dict[tuple[str, str], list[Fall]] = defaultdict(list)
    for fall in fallen:
        if fall.here.booked.kind == "invoice":
            theirs[fall.here.whose].append(fall)
    for money_left in sorted(free, key=lambda one: (one.counts_on, one.key)):
        if money_left.counts_on <= result.day:
            _apply(money_left, theirs[money_left.customer, money_left.currency], rest, result)
    result.falls = [Fall(fall.here, rest[fall.here.what]) for fall in fallen if rest[fall.here.what] > ZERO]


def _apply(free: Unapplied, fallen: Sequence[Fall], rest: dict[tuple[str, int], Decimal], result: Findings) -> None:
    left = free.amount
    for fall in fallen:
        part = min(left, rest[fall.here.what])
        if part > ZERO:
            left -= part
            rest[fall.here.what] -= part
            result.applied.append((free.key, fall.here.booked.key, part))
            result.applied_customers.add(free.customer)


def _pair(fallen: Sequence[Fall], book: BookOfDay, result: Findings) -> None:
    """Money that finance has put on one invoice may stand on another one in the ledger. A payment of its own on the
    other would count it twice, so a fall of exactly that amount waits until a person has decided.
    """
    whole = {fall.here.what: fall.amount for fall in fallen}
    falls: dict[tuple[tuple[str, str], Decimal], list[Fall]] = defaultdict(list)
    for fall in result.falls:
        if fall.here.booked.kind == "invoice" and fall.amount == whole[fall.here.what]:
            falls[fall.here.whose, fall.amount].append(fall)
    for behind in list(result.not_yet):
        elsewhere = falls[behind.here.whose, behind.amount]
        if elsewhere and behind.here.booked.kind == "invoice":
            _wait(behind, elsewhere.pop(0), result)
            result.not_yet.remove(behind)
            result.unchanged -= 1
    for larger in [one for one in result.differences if one.what == LARGER]:
        behind = Fall(larger.here, (larger.their_amount or ZERO) - (larger.our_amount or ZERO))
        for fall in falls[behind.here.whose, behind.amount]:
            if _elsewhere(behind, fall).identity in book.waiting:
                _wait(behind, fall, result)
                result.differences.remove(larger)
                break


def _elsewhere(behind: Fall, fall: Fall) -> Difference:
    return Difference(behind.here, ELSEWHERE, 0, our_amount=behind.amount, other=fall.here)


def _wait(behind: Fall, fall: Fall, result: Findings) -> None:
    """The fall counts as nothing until a person has decided."""
    result.differences.append(_elsewhere(behind, fall))
    result.falls.remove(fall)
    if fall.amount == fall.here.booked.open_amount:
        result.settled -= 1
    else:
        result.part_settled -= 1
