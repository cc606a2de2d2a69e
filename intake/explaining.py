"""What explains the falls of a ledger's list: money in hand, money that settles nothing yet, money put elsewhere.

Nothing is counted twice. What is sure is matched; what may be the same money waits until a person has decided.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from common.money import ZERO
from intake.open_items import (
    ELSEWHERE,
    LARGER,
    BookOfDay,
    Difference,
    Fall,
    Findings,
    Here,
    InHand,
    Matched,
    Unapplied,
    What,
)


def explain(fallen: Sequence[Fall], book: BookOfDay, free: Sequence[Unapplied], result: Findings) -> None:
    """Receipts and papers first, then money here that settles nothing yet; the rest the ledger alone knows of."""
    left = _Left(fallen)
    ready = [money for money in _in_order(book.in_hand) if money.starts_on <= result.day]
    for money in ready:
        over = _named(money, left)
        if over:
            result.matched.append(Matched(money, over))
            _note_behind(money, over, book, result)
    for money in ready:
        over = _alone(money, left) if not money.lines else {}
        if over:
            result.matched.append(Matched(money, over))
    _apply_what_is_left(free, left, result)
    result.falls = [
        Fall(fall.here, left.of[fall.here.what], fall.there) for fall in fallen if left.of[fall.here.what] > ZERO
    ]
    whole = {fall.here.what: fall.amount for fall in fallen}
    _pair(whole, book, result)
    _ask(whole, book, result)


def _in_order(money: Sequence[InHand]) -> list[InHand]:
    return sorted(money, key=lambda one: (one.received_on, one.what, one.key))


class _Left:
    """What is not explained yet of each fall."""

    def __init__(self, fallen: Sequence[Fall]) -> None:
        self.of = {fall.here.what: fall.amount for fall in fallen}
        self._theirs: dict[tuple[str, str], list[Here]] = defaultdict(list)
        for fall in fallen:
            if fall.here.booked.kind == "invoice":
                self._theirs[fall.here.whose].append(fall.here)

    def take(self, what: What, amount: Decimal) -> Decimal:
        part = min(self.of.get(what, ZERO), amount)
        if part:
            self.of[what] -= part
        return part

    def theirs(self, whose: tuple[str, str]) -> list[tuple[Here, Decimal]]:
        """The invoices of a customer in a currency, with what is left of their falls."""
        return [(here, self.of[here.what]) for here in self._theirs[whose] if self.of[here.what] > ZERO]


def _named(money: InHand, left: _Left) -> dict[int, Decimal]:
    """What money settles of the items that it names, if the ledger has at least one of these parts in full."""
    parts = {key: ("invoice", key) for key in money.lines}
    if not any(left.of.get(what, ZERO) >= money.lines[key] for key, what in parts.items()):
        return {}
    taken = {key: left.take(what, money.lines[key]) for key, what in parts.items()}
    return {key: part for key, part in taken.items() if part}


def _note_behind(money: InHand, over: dict[int, Decimal], book: BookOfDay, result: Findings) -> None:
    """The ledger has the money, and not on all the items yet that it was given for."""
    named = {here.what: here for here in book.open if here.booked.kind == "invoice"}
    for key, part in money.lines.items():
        here = named.get(("invoice", key))
        if key not in over and here is not None and here.what in result.listed:
            result.not_yet.append(Fall(here, min(part, here.booked.open_amount), result.listed[here.what]))


def _alone(money: InHand, left: _Left) -> dict[int, Decimal]:
    """Money that names nothing is matched where it is one fall of its customer, or all of them."""
    theirs = left.theirs(money.whose)
    same = next((here for here, amount in theirs if amount == money.amount), None)
    if same is not None:
        return {same.booked.key: left.take(same.what, money.amount)}
    if sum((amount for _here, amount in theirs), ZERO) != money.amount:
        return {}
    return {here.booked.key: left.take(here.what, amount) for here, amount in theirs}


def _apply_what_is_left(free: Sequence[Unapplied], left: _Left, result: Findings) -> None:
    """What matched money does not need for its own items, and then unapplied money, the oldest first."""
    for match in result.matched:
        meant = sum((part for key, part in match.money.lines.items() if key not in match.over), ZERO)
        spare = match.money.amount - meant - sum(match.over.values(), ZERO)
        for here, part in _over(match.money.whose, spare, left):
            match.over[here.booked.key] = match.over.get(here.booked.key, ZERO) + part
    for money in sorted(free, key=lambda one: (one.counts_on, one.key)):
        if money.counts_on <= result.day:
            for here, part in _over((money.customer, money.currency), money.amount, left):
                result.applied.append((money.key, here.booked.key, part))
                result.applied_customers.add(money.customer)


def _over(whose: tuple[str, str], amount: Decimal, left: _Left) -> Iterator[tuple[Here, Decimal]]:
    for here, _amount in left.theirs(whose):
        part = left.take(here.what, amount)
        if part:
            amount -= part
            yield here, part


# --- what a person decides ----------------------------------------------------------------------

Whole = dict[What, Decimal]


def _pair(whole: Whole, book: BookOfDay, result: Findings) -> None:
    """Money that finance has put on one invoice may stand on another one in the ledger. A payment of its own on the
    other would count it twice, so a fall of exactly that amount waits until a person has decided.
    """
    falls: dict[tuple[tuple[str, str], Decimal], list[Fall]] = defaultdict(list)
    for fall in result.falls:
        if fall.here.booked.kind == "invoice" and fall.amount == whole[fall.here.what]:
            falls[fall.here.whose, fall.amount].append(fall)
    for behind in list(result.not_yet):
        elsewhere = falls[behind.here.whose, behind.amount]
        if elsewhere and behind.here.booked.kind == "invoice":
            fall = elsewhere.pop(0)
            _wait(_elsewhere(behind, fall), fall, whole, result)
            result.not_yet.remove(behind)
            result.unchanged -= 1
    for larger in [one for one in result.differences if one.what == LARGER]:
        behind = Fall(larger.here, (larger.their_amount or ZERO) - (larger.our_amount or ZERO))
        for fall in falls[behind.here.whose, behind.amount]:
            if _elsewhere(behind, fall).identity in book.waiting:
                _wait(_elsewhere(behind, fall), fall, whole, result)
                result.differences.remove(larger)
                break


def _elsewhere(behind: Fall, fall: Fall) -> Difference:
    return Difference(behind.here, ELSEWHERE, 0, our_amount=behind.amount, other=fall.here)


def _ask(whole: Whole, book: BookOfDay, result: Findings) -> None:
    """A fall that may be money in hand, and does not fit it, waits: the same money would come a second time."""
    matched = {(match.money.what, match.money.key) for match in result.matched}
    waiting = [
        money for money in book.in_hand if (money.what, money.key) not in matched and money.received_on <= result.day
    ]
    for fall in [one for one in result.falls if one.here.booked.kind == "invoice"]:
        question = next((one for one in questions(fall, waiting) if one.identity not in book.kept), None)
        if question is not None:
            _wait(question, fall, whole, result)


def questions(fall: Fall, waiting: Sequence[InHand]) -> Iterator[Difference]:
    """May it be money that names this item? Money of the customer that names nothing?"""
    ours = fall.there + fall.amount
    ordered = _in_order(waiting)
    naming = [money for money in ordered if fall.here.booked.key in money.lines]
    others = [money for money in ordered if money not in naming and money.whose == fall.here.whose]
    for money in (*naming, *(one for one in others if one.unnamed > ZERO)):
        yield Difference(fall.here, money.what, 0, our_amount=ours, their_amount=fall.there, in_hand=money)


def _wait(question: Difference, fall: Fall, whole: Whole, result: Findings) -> None:
    """The fall counts as nothing until a person has decided."""
    result.differences.append(question)
    result.falls.remove(fall)
    result.count_settled(fall.there, -1)
    if fall.amount != whole[fall.here.what]:  # a part of it is explained, and settles so much of it
        result.part_settled += 1
