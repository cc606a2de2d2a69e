"""What a payment is probably meant to settle, best guess first, each with its reason.

In this order: named by the payer, invoice numbers in the reference, the exact amount of one item, a combination that
sums to it, an amount less the cash discount, a small difference within the tolerance, an amount less a cash discount
that came too late, and oldest first.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from common.money import ZERO
from receivables import allocation
from receivables.allocation import Kind, Line, Owed

MOST_IN_COMBINATION = 6
MOST_ITEMS = 40  # looked at for a combination, oldest first
MOST_STEPS = 20_000
SHORTEST_NUMBER = 4  # a shorter one is found by chance in dates and account numbers
LONGER_THAN_IN_DATES = 3  # beside a year, a date has two digits at a time
YEARS = range(1990, 2100)  # neither is a number that reads like a year found alone


class Reason(StrEnum):
    NAMED = "named"
    REFERENCE = "reference"
    EXACT = "exact"
    COMBINATION = "combination"
    DISCOUNT = "discount"
    TOLERANCE = "tolerance"
    LATE_DISCOUNT = "late discount"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something open that the payment could settle. `discount` is what may be kept because it is paid in time,
    `late_discount` what might have been kept, had it been paid in time.
    """

    owed: Owed
    number: str
    discount: Decimal = ZERO
    late_discount: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        return self.owed.open_amount

    @property
    def is_item(self) -> bool:
        """A due item, not a charge on one: only what was billed has discounts and small differences."""
        return self.owed.kind == Kind.PRINCIPAL


@dataclass(frozen=True, slots=True)
class Short:
    """A rest of a due item, and why: a rule closes it with the payment, or a second person is asked."""

    key: int
    amount: Decimal
    code: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Lines within the open amounts and the payment; `left` stays unapplied, for the `order` where one is named."""

    reason: Reason
    lines: tuple[Line, ...]
    left: Decimal
    shorts: tuple[Short, ...] = ()
    order: str = ""


def proposals(
    amount: Decimal,
    candidates: Sequence[Candidate],
    *,
    reference: str,
    on: date,
    named: Sequence[str] = (),
    orders: Sequence[str] = (),
    charges_first: bool = True,
    tolerance: Decimal = ZERO,
) -> list[Proposal]:
    """All that fit, best first; the same lines are proposed once, for their best reason.

    `orders` are the numbers of goods that wait: money that the payer names for one of them settles nothing else.
    """
    found: list[Proposal] = []
    seen: set[tuple[Line, ...]] = set()
    ordered = sorted(candidates, key=lambda one: (one.owed.due_date or date.max, one.owed.issued_on, one.owed.key))
    in_order, left = allocation.oldest_first(
        amount, [one.owed for one in candidates], on=on, charges_first=charges_first
    )
    said = list(_said(amount, ordered, reference, named, tolerance))
    if order := next(iter(orders_named(orders, reference=reference, named=named)), ""):
        said = _kept(amount, said, order)
    for one in (
        *said,
        *_guessed(amount, ordered, tolerance),
        Proposal(Reason.OLDEST, tuple(in_order), left),
    ):
        key = tuple(sorted(one.lines, key=lambda line: (line.kind, line.key)))
        if (one.lines or one.order) and key not in seen:
            seen.add(key)
            found.append(one)
    return found


def numbers_in(text: str) -> tuple[str, ...]:
    """The numbers of a payer's list, each once: one a line, or between commas, semicolons, tabs or wide gaps."""
    found: dict[tuple[str, ...], str] = {}
    for piece in re.split(r"[,;\t\r\n]|\s{2,}", text):
        if said := as_said(piece):
            found.setdefault(said, piece.strip())
    return tuple(found.values())


def orders_named(orders: Sequence[str], *, reference: str, named: Sequence[str]) -> list[str]:
    """Which of these waiting orders the payer names: in the list, else in the reference."""
    wanted = {as_said(number) for number in named}
    in_list = [number for number in orders if as_said(number) in wanted]
    return in_list or [number for number in orders if number == reference or _stands_in(number, _words(reference))]


def _kept(amount: Decimal, said: Sequence[Proposal], order: str) -> list[Proposal]:
    """What is named beside the order is settled; the rest of the money waits for the order."""
    if not said:
        return [Proposal(Reason.NAMED, (), amount, order=order)]
    return [replace(one, order=order) for one in said]


def as_said(number: str) -> tuple[str, ...]:
    """A number without its case, separators and leading zeros: two that are equal name the same invoice."""
    return tuple(_plain(_words(number)))


def _said(
    amount: Decimal, ordered: Sequence[Candidate], reference: str, named: Sequence[str], tolerance: Decimal
) -> Iterator[Proposal]:
    """What the payer said, in a list or in the reference."""
    wanted = {as_said(number) for number in named}
    for reason, chosen in (
        (Reason.NAMED, [one for one in ordered if as_said(one.number) in wanted]),
        (Reason.REFERENCE, [one for one in ordered if _stands_in(one.number, _words(reference))]),
    ):
        invoices = [one for one in chosen if one.is_item]
        if invoices and amount <= sum((one.open for one in invoices), ZERO):
            yield _paying(reason, amount, invoices, tolerance)
        elif chosen:  # enough for the charges on these invoices as well
            yield _paying(reason, amount, chosen, tolerance)


def _guessed(amount: Decimal, ordered: Sequence[Candidate], tolerance: Decimal) -> Iterator[Proposal]:
    """What the amount itself says."""
    for one in ordered:
        if one.open == amount:
            yield Proposal(Reason.EXACT, (_line(one, amount),), ZERO)
    if several := _combination(amount, ordered[:MOST_ITEMS]):
        yield Proposal(Reason.COMBINATION, tuple(_line(one, one.open) for one in several), ZERO)
    items = [one for one in ordered if one.is_item]
    for one in items:
        if one.discount and one.open - one.discount == amount:
            yield _short(Reason.DISCOUNT, one, amount, "discount")
    for one in items:
        if ZERO < one.open - amount <= tolerance:
            yield _short(Reason.TOLERANCE, one, amount, "rounding")
    for one in items:
        if one.late_discount and one.open - one.late_discount == amount:
            yield _short(Reason.LATE_DISCOUNT, one, amount, "late discount")


def _paying(reason: Reason, amount: Decimal, chosen: Sequence[Candidate], tolerance: Decimal) -> Proposal:
    """The chosen ones as far as the money goes: in full, less their discounts, or short at the last of them."""
    total = sum((one.open for one in chosen), ZERO)
    if amount == total - sum((one.discount for one in chosen), ZERO) < total:
        kept = tuple(Short(one.owed.key, one.discount, "discount") for one in chosen if one.discount)
        return Proposal(reason, tuple(_line(one, one.open - one.discount) for one in chosen), ZERO, kept)
    lines, left = [], amount
    for one in chosen:
        part = min(left, one.open)
        if part > ZERO:
            lines.append(_line(one, part))
            left -= part
    missing, last = total - amount, chosen[-1]
    shorts: tuple[Short, ...] = ()
    if ZERO < missing <= tolerance and len(lines) == len(chosen) and last.is_item:
        shorts = (Short(last.owed.key, missing, "rounding"),)
    elif len(chosen) == 1 and missing == last.late_discount > ZERO:
        shorts = (Short(last.owed.key, missing, "late discount"),)
    return Proposal(reason, tuple(lines), left, shorts)


def _short(reason: Reason, one: Candidate, amount: Decimal, code: str) -> Proposal:
    return Proposal(reason, (_line(one, amount),), ZERO, (Short(one.owed.key, one.open - amount, code),))


def _line(one: Candidate, amount: Decimal) -> Line:
    return Line(one.owed.key, amount, one.owed.kind)


def _combination(amount: Decimal, ordered: Sequence[Candidate]) -> list[Candidate] | None:
    """The fewest items, and of those the oldest, that sum to the amount exactly; None where a bounded search fails."""
    steps = [MOST_STEPS]
    for size in range(2, min(MOST_IN_COMBINATION, len(ordered)) + 1):
        if found := _sum_of(amount, ordered, 0, size, steps):
            return found
    everything = sum((one.open for one in ordered), ZERO)
    return list(ordered) if everything == amount and len(ordered) > 1 else None


def _sum_of(
    amount: Decimal, ordered: Sequence[Candidate], start: int, size: int, steps: list[int]
) -> list[Candidate] | None:
    for place in range(start, len(ordered) - size + 1):
        steps[0] -= 1
        if steps[0] < 0:
            return None
        one = ordered[place]
        if size == 1:
            if one.open == amount:
                return [one]
        elif one.open < amount and (rest := _sum_of(amount - one.open, ordered, place + 1, size - 1, steps)):
            return [one, *rest]
    return None


def _stands_in(number: str, reference: Sequence[str]) -> bool:
    """Does the text name this invoice: word for word, its digits in one, or its last digits where they are enough?"""
    written = _words(number)
    digits = [word for word in written if word.isdigit()]
    if not digits:
        return False
    said = _plain(reference)
    if any(_is_enough(word) and word in said for word in _plain(["".join(digits), digits[-1]])):
        return True
    if len(digits) < len(written):
        whole = _plain(written)
        return len("".join(whole)) >= SHORTEST_NUMBER and _in_a_row(whole, said)
    return any(
        sum(len(word) for word in whole if not _is_year(word)) >= LONGER_THAN_IN_DATES and _in_a_row(whole, text)
        for whole, text in ((written, list(reference)), (_plain(written), said))
    )


def _in_a_row(words: list[str], text: list[str]) -> bool:
    size = len(words)
    return size > 1 and any(text[start : start + size] == words for start in range(len(text) - size + 1))


def _is_enough(digits: str) -> bool:
    return len(digits) >= SHORTEST_NUMBER and not _is_year(digits)


def _is_year(word: str) -> bool:
    return len(word) == 4 and int(word) in YEARS


def _words(text: str) -> list[str]:
    """Runs of letters and runs of digits, without case and separators: "inv-00042" is INV, 00042."""
    return re.findall(r"[A-Z]+|[0-9]+", unicodedata.normalize("NFKC", text).upper())


def _plain(words: Sequence[str]) -> list[str]:
    """Without leading zeros."""
    return [(word.lstrip("0") or "0") if word.isdigit() else word for word in words]
