"""The ledger's full list of open items beside our book of that day: what fell, what explains it, what is to decide."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations

from common.money import ZERO
from intake import explaining, values
from intake.comparing import contradicting
from intake.documents import Document
from intake.open_items import DUE_DATE, LARGER, BookOfDay, Difference, Fall, Findings, Here, Unapplied, What
from intake.problems import FileRefused, Problem
from intake.profile import Profile
from intake.reading import Reading

MOST_RECENT = 10  # rows of money looked at for a sum that the ledger does not have yet


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
    seen: set[What] = set()
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
            result.unread.add(document.number)
            continue
        result.listed[here.what] = document.open_amount
        before = len(result.differences)
        if has_due and here.booked.kind == "invoice":
            _note_due_dates(document, here, book, reading, result)
        fall = min(here.then, here.booked.open_amount) - document.open_amount
        if fall > ZERO:
            fallen.append(_fallen(here, fall, document.open_amount, result))
        elif document.open_amount > here.then:
            _note_larger(document, here, book, result)
        if fall <= ZERO and len(result.differences) == before:
            result.unchanged += 1
    for here in book.open:
        fall = min(here.then, here.booked.open_amount)
        if fall > ZERO and here.what not in seen and here.booked.number not in reading.left_out:
            fallen.append(_fallen(here, fall, ZERO, result))
    unread = result.unread.union(reading.left_out)
    result.not_listed = [
        one for one in book.made_here if one.what not in result.listed and one.booked.number not in unread
    ]
    result.on_account = on_account.listed
    explaining.explain(fallen, book, on_account.left, result)
    return result


def _fallen(here: Here, amount: Decimal, there: Decimal, result: Findings) -> Fall:
    result.count_settled(there, 1)
    if there == ZERO:
        result.vanished += 1
    return Fall(here, amount, there)


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
        self.listed: list[int] = []

    def takes(self, document: Document) -> bool:
        for place, free in enumerate(self.left):
            if (free.customer, free.currency, free.amount) == (
                document.customer,
                document.currency,
                document.open_amount,
            ):
                self.listed.append(free.key)
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
