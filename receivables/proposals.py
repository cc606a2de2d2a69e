"""What a payment is probably meant to settle, best guess first, each with its reason.

In this order: named by the payer, invoice numbers in the reference, the exact amount of one item, a combination that
sums to it, an amount less the cash discount, a small difference within the tolerance, and oldest first.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


class Reason(StrEnum):
    NAMED = "named"
    REFERENCE = "reference"
    EXACT = "exact"
    COMBINATION = "combination"
    DISCOUNT = "discount"
    TOLERANCE = "tolerance"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something open that the payment could settle. `discount` is what may be kept if it is paid now."""

    owed: Owed
    number: str
    discount: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        return self.owed.open_amount


@dataclass(frozen=True, slots=True)
class Short:
    """A rest that is closed with the payment, and why."""

    key: int
    amount: Decimal
    code: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Lines within the open amounts and the payment; `left` stays unapplied."""

    reason: Reason
    lines: tuple[Line, ...]
    left: Decimal
    shorts: tuple[Short, ...] = ()


def proposals(
    amount: Decimal,
    candidates: Sequence[Candidate],
    *,
    reference: str,
    on: date,
    named: Sequence[str] = (),
    charges_first: bool = True,
    tolerance: Decimal = ZERO,
) -> list[Proposal]:
    """All that fit, best first; the same lines are proposed once, for their best reason."""
    found: list[Proposal] = []
    seen: set[tuple[Line, ...]] = set()
    ordered = sorted(candidates, key=lambda one: (one.owed.due_date or date.max, one.owed.issued_on, one.owed.key))
    in_order, left = allocation.oldest_first(
        amount, [one.owed for one in candidates], on=on, charges_first=charges_first
    )
    for one in (
        *_said(amount, ordered, reference, named, tolerance),
        *_guessed(amount, ordered, tolerance),
        Proposal(Reason.OLDEST, tuple(in_order), left),
    ):
        key = tuple(sorted(one.lines, key=lambda line: (line.kind, line.key)))
        if one.lines and key not in seen:
            seen.add(key)
            found.append(one)
    return found


def _said(
    amount: Decimal, ordered: Sequence[Candidate], reference: str, named: Sequence[str], tolerance: Decimal
) -> Iterator[Proposal]:
    """What the payer said, in a list or in the reference."""
    wanted = {_normal(number) for number in named}
    for reason, chosen in (
        (Reason.NAMED, [one for one in ordered if _normal(one.number) in wanted]),
        (Reason.REFERENCE, _in_reference(reference, ordered)),
    ):
        if chosen:
            yield _paying(reason, amount, chosen, tolerance)


def _guessed(amount: Decimal, ordered: Sequence[Candidate], tolerance: Decimal) -> Iterator[Proposal]:
    """What the amount itself says."""
    for one in ordered:
        if one.open == amount:
            yield Proposal(Reason.EXACT, (_line(one, amount),), ZERO)
    if several := _combination(amount, ordered[:MOST_ITEMS]):
        yield Proposal(Reason.COMBINATION, tuple(_line(one, one.open) for one in several), ZERO)
    for one in ordered:
        if one.discount and one.open - one.discount == amount:
            yield _with_discount([one])
    for one in ordered:
        if ZERO < one.open - amount <= tolerance:
            rest = Short(one.owed.key, one.open - amount, "rounding")
            yield Proposal(Reason.TOLERANCE, (_line(one, amount),), ZERO, (rest,))


def _paying(reason: Reason, amount: Decimal, chosen: Sequence[Candidate], tolerance: Decimal) -> Proposal:
    """The chosen ones as far as the money goes: in full, less their discounts, or short at the last of them."""
    total = sum((one.open for one in chosen), ZERO)
    if amount == total - sum((one.discount for one in chosen), ZERO) < total:
        with_discount = _with_discount(chosen)
        return Proposal(reason, with_discount.lines, ZERO, with_discount.shorts)
    lines, left = [], amount
    for one in chosen:
        part = min(left, one.open)
        if part > ZERO:
            lines.append(_line(one, part))
            left -= part
    missing = total - amount
    shorts: tuple[Short, ...] = ()
    if ZERO < missing <= tolerance and len(lines) == len(chosen):
        shorts = (Short(chosen[-1].owed.key, missing, "rounding"),)
    return Proposal(reason, tuple(lines), left, shorts)


def _with_discount(chosen: Sequence[Candidate]) -> Proposal:
    lines = tuple(_line(one, one.open - one.discount) for one in chosen)
    shorts = tuple(Short(one.owed.key, one.discount, "discount") for one in chosen if one.discount)
    return Proposal(Reason.DISCOUNT, lines, ZERO, shorts)


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


def _in_reference(reference: str, ordered: Sequence[Candidate]) -> list[Candidate]:
    """The items whose invoice number stands in the text: whole, or its digits alone where they are long enough."""
    words = re.findall(r"[A-Z]+|[0-9]+", reference.upper())
    spelled = {_joined(words[start : start + size]) for size in (1, 2, 3, 4) for start in range(len(words))}
    found = []
    for one in ordered:
        if one.owed.kind != Kind.PRINCIPAL:
            continue
        whole, digits = _normal(one.number), re.findall(r"[0-9]+", one.number)
        last = digits[-1].lstrip("0") if digits else ""
        is_whole = len(whole) >= SHORTEST_NUMBER and whole in spelled
        if is_whole or (len(last) >= SHORTEST_NUMBER and last in spelled):
            found.append(one)
    return found


def _normal(number: str) -> str:
    """Without case, separators and leading zeros: "inv-00042" is "INV42"."""
    return _joined(re.findall(r"[A-Z]+|[0-9]+", number.upper()))


def _joined(words: Sequence[str]) -> str:
    return "".join(word.lstrip("0") or "0" if word.isdigit() else word for word in words)
