"""One row of cells into one document, or into everything that is wrong with it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from common import money
from common.money import ZERO
from contracts import terms
from contracts.parameters import MOST_DAYS
from intake import values
from intake.cells import CellReader
from intake.documents import Document, Kind
from intake.problems import Problem
from intake.sheet import Cell
from intake.values import Unreadable
from receivables.book import Part

ZERO_SKIPPED = "zero"  # the row says nothing is owed and the profile leaves such rows out


class RowReader(CellReader):
    """Reads row after row by one profile. `problems` and `warnings` grow; nothing is raised."""

    def read(self, line: int, cells: Sequence[Cell]) -> Document | None:
        """The document of this row; None where it is refused or left out."""
        self._line, self._cells, self.number = line, cells, ""
        before = len(self.problems)
        if self._word("type") in self._words["type_skip"] or self._word("status") in self._words["status_skip"]:
            self.skipped += 1
            return None
        signed = self._signed_amounts()
        number = self.number = self._number()
        customer, name = self._customer()
        currency = self._currency()
        issued_on = self._day("issued_on")
        if issued_on is None and len(self.problems) == before:
            self._wrong("issued_on", "empty; a document needs its date")
        settled_on = self._day("settled_on")
        paid_on = self._day("paid_on") if "paid_on" in self.columns.places else None
        texts: dict[str, Any] = {
            name: self._text(name)
            for name in ("segment", "region", "country", "language", "vat_id", "channel", "terms")
        }
        owner = self._text("owner")
        due = self._day("due_on")
        self._check_list()
        if signed == ZERO_SKIPPED:
            del self.problems[before:]
            self.skipped += 1
            return None
        if len(self.problems) > before or isinstance(signed, str) or signed is None or issued_on is None:
            return None
        amount, open_amount = signed
        kind = self._kind(amount)
        if kind is None:
            return None
        amount, open_amount = abs(amount), None if open_amount is None else abs(open_amount)
        self._check_digits(amount, open_amount, currency)
        parts = self._parts(due, amount, currency, issued_on, texts["terms"])
        vat_amount = self._vat(amount, currency)
        left, on = self._settlement(amount, open_amount, settled_on, paid_on, issued_on, parts)
        if len(self.problems) > before:
            return None
        if on is not None and on > self.today:
            self._wrong("settled_on", f"after {self.today.isoformat()}; money counts from the day it arrived")
            return None
        self._note_days(issued_on, due)
        return Document(
            line=line,
            kind=kind,
            number=number,
            customer=customer,
            name=name or customer,
            amount=amount,
            currency=currency,
            issued_on=issued_on,
            parts=parts,
            open_amount=left,
            settled_on=on,
            terms=texts.pop("terms"),
            vat_amount=vat_amount,
            owner=self._owners.get(owner.casefold(), owner),
            **texts,
        )

    def _note_days(self, issued_on: date, due: date | None) -> None:
        if issued_on > self.today:
            self._note("issued_on", f"after {self.today.isoformat()}; it is owed from its own day on, taken as it is")
        if due is not None and due < issued_on:
            self._note("due_on", f"before the invoice date {issued_on.isoformat()}; taken as it is")

    def _check_list(self) -> None:
        """What a row of a snapshot says about the whole list: its one day, and a segment that the list covers."""
        covered = self.profile.snapshot.segments
        if covered and self._text("segment") not in covered:
            self._wrong("segment", f"the profile says that the list holds only {_some(covered)}")
        if not self._has("as_of"):
            return
        day = self._day("as_of")
        if day is None or self.day is None:
            self.day = self.day or day
        elif day != self.day:
            self._wrong("as_of", f"the list is of {self.day.isoformat()}; a snapshot has one day")

    # --- who and what ---------------------------------------------------------------------------

    def _number(self) -> str:
        parts = self.columns.number_parts
        if not parts:
            number = re.sub(r"^([0-9]+)\.0+$", r"\1", self._text("number"))
            if not number and not self._has_problem("number"):
                self._wrong("number", "empty; a document needs its number")
            return number
        try:
            written = [values.text(self._cells[place] if place < len(self._cells) else None) for place in parts]
        except Unreadable as error:
            self.problems.append(Problem(self._line, self.columns.headings[parts[0]], None, str(error)))
            return ""
        if not any(written):
            self.problems.append(
                Problem(self._line, self.columns.headings[parts[-1]], "", "empty; a document needs its number")
            )
        return "-".join(part for part in written if part)[:60]

    def _currency(self) -> str:
        code = self._currency_code()
        if not code and not self._has_problem("currency"):
            self._wrong("currency", "empty; an amount needs its currency")
        return code

    # --- amounts --------------------------------------------------------------------------------

    def _signed_amounts(self) -> tuple[Decimal, Decimal | None] | str | None:
        """The document's amount with its sign, and its open amount where the file has one."""
        main = "amount" if self._has("amount") else "open_amount"
        amount = self._two_columns() if self._has("debit") or self._has("credit") else self._amount(main)
        if amount is None:
            if not self._has_problem(main) and not self._has_problem("debit"):
                self._wrong(main if main in self.columns.places else "debit", "empty; a document needs its amount")
            return None
        left = self._amount("open_amount") if "open_amount" in self.columns.places else None
        if left is None and self._has("paid_amount"):
            paid = self._amount("paid_amount")
            left = amount - (abs(paid) if amount > ZERO else -abs(paid)) if paid is not None else amount
        if amount == ZERO:
            if self.profile.amounts.zero == "skip":
                return ZERO_SKIPPED
            self._wrong(main if main in self.columns.places else "debit", "zero; a document has an amount")
            return None
        if self._has("debit_credit"):
            amount, left = self._flagged(amount, left)
        if left is not None and left != ZERO and (left > ZERO) != (amount > ZERO):
            self._wrong("open_amount", f"has another sign than the amount {amount}")
        elif left is not None and abs(left) > abs(amount):
            self._wrong("open_amount", f"more than the amount {amount}")
        return amount, left

    def _two_columns(self) -> Decimal | None:
        debit, credit = self._amount("debit"), self._amount("credit")
        if debit and credit:
            self._wrong("credit", "both debit and credit are filled; one must be empty")
            return None
        if debit is None and credit is None:
            return None
        return (debit or ZERO) - (credit or ZERO)

    def _flagged(self, amount: Decimal, left: Decimal | None) -> tuple[Decimal, Decimal | None]:
        """A flag such as S/H turns the sign: credit makes a positive amount negative."""
        flag = self._word("debit_credit")
        if flag in self._words["credit"]:
            return -amount, None if left is None else -left
        if flag not in self._words["debit"]:
            self._wrong("debit_credit", f"neither debit ({_some(self.profile.debit_credit.debit)}) nor credit")
        return amount, left

    def _kind(self, amount: Decimal) -> Kind | None:
        types = self.profile.types
        by = types.by or ("type" if self._has("type") and (types.invoice or types.credit_note) else "sign")
        if by == "sign":
            return "invoice" if amount > ZERO else "credit_note"
        word = self._word("type")
        if word in self._words["credit_note"]:
            return "credit_note"
        if word in self._words["invoice"] or types.other == "invoice":
            if amount > ZERO:
                return "invoice"
            self._wrong("amount", "negative, but the row is an invoice; credit notes have a type of their own")
        elif types.other == "skip":
            self.skipped += 1
        else:
            self._wrong(
                "type", f"not a known type; the profile has {_some((*types.invoice, *types.credit_note, *types.skip))}"
            )
        return None

    def _check_digits(self, amount: Decimal, left: Decimal | None, currency: str) -> None:
        for name, value in (("amount", amount), ("open_amount", left)):
            if value is not None and not money.is_exact(value, currency):
                shown = name if name in self.columns.places or name == "open_amount" else "debit"
                self._wrong(shown, f"more decimals than {currency} has ({money.digits(currency)})")
                return

    # --- when -----------------------------------------------------------------------------------

    def _parts(self, due: date | None, amount: Decimal, currency: str, issued_on: date, code: str) -> tuple[Part, ...]:
        """A due date of the file wins; else the terms give it; else there is none. So does a discount of the file."""
        start = self._day("baseline_on") or issued_on
        meant = self._meant(code) if code and self._has("terms") else None
        parts = _dated(*meant, start, amount, currency) if meant is not None else ()
        if due is not None or meant is None:
            if due is None and code and self._has("terms") and self.profile.unknown_terms == "problem":
                self._wrong("terms", "not a code of the profile, and the row has no due date; add it to [terms]")
            parts = (_of_file(due, amount, parts),)
        return self._discounted(parts, start)

    def _discounted(self, parts: tuple[Part, ...], start: date) -> tuple[Part, ...]:
        """What the row itself says of a cash discount holds for all parts, none of them longer than it is due."""
        percent, until = self._percent("discount_percent"), self._discount_until(start)
        if not percent:
            return parts
        if until is None:
            if not self._has_problem("discount_until") and not self._has_problem("discount_days"):
                self._wrong("discount_percent", "no day until which it may be kept; name its day or its days")
            return parts
        share = percent / 100
        return tuple(
            replace(part, discount_until=_earlier(until, part.due_date), discount_share=share) for part in parts
        )

    def _discount_until(self, start: date) -> date | None:
        until = self._day("discount_until") if self._has("discount_until") else None
        days = self._amount("discount_days") if until is None and self._has("discount_days") else None
        if days is None:
            return until
        if days != int(days) or not 0 <= days <= MOST_DAYS:
            self._wrong("discount_days", f"not a number of days; expected a whole one from 0 to {MOST_DAYS}")
            return None
        return start + timedelta(int(days))

    def _vat(self, amount: Decimal, currency: str) -> Decimal | None:
        """The tax inside the amount: as the file has it, or by its rate."""
        stated = self._amount("vat_amount") if self._has("vat_amount") else None
        if stated is not None:
            stated = abs(stated)
            if stated > amount or not money.is_exact(stated, currency):
                self._wrong("vat_amount", f"more than the amount {amount}, or more decimals than {currency} has")
            return stated
        percent = self._percent("vat_percent")
        return None if percent is None else money.rounded(amount * percent / (100 + percent), currency)

    def _settlement(
        self,
        amount: Decimal,
        left: Decimal | None,
        settled_on: date | None,
        paid_on: date | None,
        issued_on: date,
        parts: tuple[Part, ...],
    ) -> tuple[Decimal, date | None]:
        """What is still open, and the day of the money that lowered it."""
        how = self.profile.open
        is_open = self._is_open(left, settled_on)
        if self.profile.is_snapshot:  # what was paid, and when, is for the comparison to find
            if is_open and left is None and not self._has_problem("open_amount"):
                self._wrong("open_amount", "empty; a snapshot says what is open")
            return (left or ZERO) if is_open else ZERO, None
        if is_open is None:
            return amount, None
        fallback = {"today": self.today, "issued_on": issued_on, "due_on": parts[0].due_date or issued_on}
        if not is_open:
            on = settled_on or paid_on or self._not_ahead(fallback.get(how.closed_without_date))
            if on is None:
                self._wrong("settled_on", "closed, but without the day of its settlement; expected a date")
            return ZERO, on
        if left is None or left == amount:
            if settled_on is not None and how.rule == "status":
                self._wrong("settled_on", "a settlement date, but the row is open; one of them is wrong")
            return amount, None
        if left == ZERO:
            self._wrong("open_amount", "nothing is open, but the row says that it is open; one of them is wrong")
            return amount, None
        on = paid_on or settled_on or self._not_ahead(fallback.get(how.part_paid_on))
        if on is None:
            self._wrong("paid_on", "part paid, but without a day; name a column paid_on in the profile")
        return left, on

    def _not_ahead(self, day: date | None) -> date | None:
        return min(day, self.today) if day else None

    def _is_open(self, left: Decimal | None, settled_on: date | None) -> bool | None:
        rule = self.profile.open.rule or self._default_rule()
        if rule == "status":
            word = self._word("status")
            if word in self._words["open"]:
                return True
            if word in self._words["closed"]:
                return False
            if not self._words["open"] or not self._words["closed"]:
                return bool(self._words["closed"])  # the one list that is given decides
            self._wrong(
                "status",
                f"neither open ({_some(self.profile.open.open)}) nor closed ({_some(self.profile.open.closed)})",
            )
            return None
        if rule == "open_amount":
            return settled_on is None if left is None else left != ZERO
        return True if rule == "always" else settled_on is None

    def _default_rule(self) -> str:
        if self._has("status") and (self.profile.open.open or self.profile.open.closed):
            return "status"
        if self.profile.is_snapshot:
            return "open_amount"
        if self._has("open_amount") or self._has("paid_amount"):
            return "open_amount"
        return "settled_on" if self._has("settled_on") else "always"


def _dated(method: str, parameters: dict[str, Any], start: date, amount: Decimal, currency: str) -> tuple[Part, ...]:
    basis = terms.Basis(invoiced_on=start, delivered_on=start, received_on=start)
    dues = terms.schedule(method, parameters, basis)
    shares = terms.amounts(dues, amount, currency)
    return tuple(
        Part(due.due_on, share, due.discount_until, due.discount_share)
        for due, share in zip(dues, shares, strict=True)
        if share
    )


def _of_file(due: date | None, amount: Decimal, agreed: Sequence[Part]) -> Part:
    """The document in one part, due as the file says; a discount of its terms holds where they are one part too."""
    if len(agreed) != 1 or agreed[0].discount_until is None:
        return Part(due, amount)
    return Part(due, amount, _earlier(agreed[0].discount_until, due), agreed[0].discount_share)


def _earlier(until: date, due: date | None) -> date:
    return until if due is None else min(until, due)


def _some(words: Sequence[str]) -> str:
    return ", ".join(words) or "none"
