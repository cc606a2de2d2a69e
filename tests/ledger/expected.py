"""The book that a careful clerk would keep beside the product's: a list of what happened, and sums of it by hand.

Nothing of the product is used in here, so that a mistake of the product cannot be the expectation as well.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

ZERO = Decimal(0)
END = date.max


@dataclass(eq=False)
class Owed:
    """A due item, or a charge on one (`of`)."""

    key: int
    customer: int
    currency: str
    amount: Decimal
    starts_on: date
    due_date: date | None
    invoice: int = 0
    kind: str = "due item"  # or, of a charge: interest, fixed sum, fee
    of: "Owed | None" = None
    booked_on: date | None = None
    taken_back_on: date | None = None
    discount: Decimal = ZERO  # may be kept by whoever has paid the rest until `discount_until`
    discount_until: date | None = None
    moved: list[tuple[date, date | None]] = field(default_factory=list)
    lines: list["Line"] = field(default_factory=list)

    @property
    def is_item(self) -> bool:
        return self.kind == "due item"

    def open(self, day: date = END) -> Decimal:
        is_there = self.starts_on <= day and not (self.taken_back_on and self.taken_back_on <= day)
        settled = sum((line.amount for line in self.lines if line.on <= day), ZERO)
        return (self.amount if is_there else ZERO) - settled

    @property
    def claim(self) -> Decimal:
        """Given up for bad, and still owed at law."""
        return sum((line.amount for line in self.lines if line.source.keeps_claim and self.is_item), ZERO)

    def due_on(self, day: date) -> date | None:
        """The due date in force on a day: the last one that was set for it."""
        found = self.due_date
        for on, due_date in sorted(self.moved, key=lambda move: move[0]):
            if on <= day:
                found = due_date
        return found

    def is_booked(self, day: date) -> bool:
        return self.is_item or (self.booked_on is not None and self.booked_on <= day)


@dataclass(eq=False)
class Source:
    """Money, a credit note, or an amount given up: what settles."""

    kind: str  # payment, credit note, write-off
    key: int
    customer: int
    currency: str
    amount: Decimal
    starts_on: date
    received_on: date | None = None  # where it is another day than the one it counts from
    keeps_claim: bool = False
    money: "Source | None" = None  # of an amount given up: the payment that came short of it
    code: str = ""
    by_rule: bool = False
    cancelled_on: date | None = None
    is_reversed: bool = False
    exchanged: bool = False
    lines: list["Line"] = field(default_factory=list)
    refunds: list["Refund"] = field(default_factory=list)

    def left(self, day: date = END, *, in_the_ledger: bool = False) -> Decimal:
        """What nobody has used yet. In the ledger, money on a charge that the ledger does not know is still here."""
        is_there = self.starts_on <= day and not (self.cancelled_on and self.cancelled_on <= day)
        lines = [line for line in self.lines if line.on <= day]
        if in_the_ledger:
            lines = [line for line in lines if line.target.is_booked(day)]
        used = sum((line.amount for line in lines), ZERO)
        given_back = sum((row.amount for row in self.refunds if row.on <= day), ZERO)
        return (self.amount if is_there else ZERO) - used - given_back


@dataclass(eq=False)
class Line:
    """An amount of a source on something owed; a negative one takes an earlier line back."""

    source: Source
    target: Owed
    amount: Decimal
    on: date
    back: "Line | None" = None

    @property
    def is_live(self) -> bool:
        return self.amount > ZERO and self.back is None


@dataclass(eq=False)
class Asked:
    """A request to give something up, which waits for a second person."""

    row: object
    key: int
    target: Owed
    code: str
    money: Source | None = None


@dataclass(eq=False)
class Refund:
    key: int
    source: Source
    amount: Decimal
    on: date
    back: "Refund | None" = None
    exchange: object = None

    @property
    def is_live(self) -> bool:
        return self.amount > ZERO and self.back is None


class Expected:
    """Everything that happened, and what follows from it."""

    def __init__(self) -> None:
        self.owed: list[Owed] = []
        self.sources: list[Source] = []
        self.lines: list[Line] = []
        self.refunds: list[Refund] = []
        self.asked: list[Asked] = []
        self.moves: list[tuple[date, int, str, Decimal]] = []  # of the balance: day, customer, currency, amount
        self.changed_from: date = END  # the earliest day that today's events reach back to

    # --- events ----------------------------------------------------------------------------------

    def _move(self, on: date, customer: int, currency: str, amount: Decimal) -> None:
        self.moves.append((on, customer, currency, amount))
        self.changed_from = min(self.changed_from, on)

    def owe(self, row: Owed) -> Owed:
        self.owed.append(row)
        self._move(row.starts_on, row.customer, row.currency, row.amount)
        return row

    def receive(self, row: Source) -> Source:
        self.sources.append(row)
        if row.kind != "write-off":
            self._move(row.starts_on, row.customer, row.currency, -row.amount)
        return row

    def settle(self, source: Source, target: Owed, amount: Decimal, on: date) -> Line:
        """From the day on which both are there, and after whatever was taken back of either: what was used and
        came free again cannot be used a second time for the days in between."""
        used = [row.on for row in (*source.lines, *target.lines) if row.amount < ZERO]
        given = [row.on for row in source.refunds if row.amount < ZERO]
        on = max([on, source.starts_on, target.starts_on, *used, *given])
        return self._line(Line(source, target, amount, on))

    def _line(self, line: Line) -> Line:
        self.lines.append(line)
        line.source.lines.append(line)
        line.target.lines.append(line)
        self._move(line.on, line.target.customer, line.target.currency, -line.amount)
        if line.source.kind != "write-off":
            self._move(line.on, line.source.customer, line.target.currency, line.amount)
        return line

    def take_back(self, line: Line, on: date) -> Line:
        assert line.is_live
        line.back = self._line(Line(line.source, line.target, -line.amount, max(on, line.on)))
        return line.back

    def go_back(self, line: Line, on: date) -> None:
        """Money comes off what it settled."""
        self.take_back(line, on)
        self._fall(on, line.source, [line.target])

    def cancel(self, source: Source, on: date) -> None:
        touched = [line.target for line in source.lines if line.is_live]
        for line in list(source.lines):
            if line.is_live:
                self.take_back(line, on)
        self._fall(on, source, touched, everywhere=True)
        source.cancelled_on = on
        self._move(on, source.customer, source.currency, source.amount)

    def _fall(self, on: date, money: Source, touched: list[Owed], *, everywhere: bool = False) -> None:
        """What was given up for the sake of money that is gone is owed again, and nobody decides on it any more.

        What a rule closed is open again with any money of that item: it was closed as a whole.
        """
        for off in [one for one in self.sources if one.kind == "write-off"]:
            of = off.lines[0].target
            if (off.money is money and (everywhere or of in touched)) or (off.by_rule and of in touched):
                self.undo(off, on)
        self.asked = [one for one in self.asked if one.money is not money or not (everywhere or one.target in touched)]

    def undo(self, off: Source, on: date) -> None:
        for line in [line for line in off.lines if line.is_live]:
            self.take_back(line, on)
        off.is_reversed = True

    def refund(self, key: int, source: Source, amount: Decimal, on: date) -> Refund:
        row = Refund(key, source, amount, on)
        self.refunds.append(row)
        source.refunds.append(row)
        self._move(on, source.customer, source.currency, amount)
        return row

    def reverse_refund(self, row: Refund, on: date) -> None:
        assert row.is_live
        row.back = self.refund(0, row.source, -row.amount, on)

    def unclaim(self, charge: Owed, on: date) -> None:
        for line in list(charge.lines):
            if line.is_live:
                self.take_back(line, on)
        for off in self.sources:
            off.is_reversed = off.is_reversed or (off.kind == "write-off" and off.lines[0].target is charge)
        self.asked = [one for one in self.asked if one.target is not charge]
        charge.taken_back_on = on
        self._move(on, charge.customer, charge.currency, -charge.amount)

    def book(self, charge: Owed, on: date) -> None:
        """The company's ledger hears of a charge."""
        charge.booked_on = on

    def release(self, item: Owed, amount: Decimal, on: date) -> None:
        """Money on a dead claim: the write-off is undone by what is paid, the latest write-off first."""
        missing = amount - item.open()
        for line in sorted((row for row in item.lines if row.is_live), key=self.lines.index, reverse=True):
            if missing <= ZERO:
                return
            if line.source.keeps_claim:
                part = min(missing, line.amount)
                missing -= part
                back = self.take_back(line, on)
                if line.amount > part:
                    self.settle(line.source, item, line.amount - part, back.on)

    def claimed_by(self, item: Owed) -> list[Source]:
        """The write-offs of an item after which it can still be claimed."""
        return [one for one in self.sources if one.keeps_claim and not one.is_reversed and one.lines[0].target is item]

    def pay(self, source: Source, wanted: list[tuple[Owed, Decimal]], on: date) -> None:
        together: dict[Owed, Decimal] = defaultdict(Decimal)
        for target, amount in wanted:
            together[target] += amount
        for target, amount in together.items():
            if target.is_item:
                self.release(target, amount, on)
        for target, amount in wanted:
            self.settle(source, target, amount, on)

    def move_due_date(self, item: Owed, due_date: date | None, on: date) -> None:
        item.moved.append((on, due_date))
        self.changed_from = min(self.changed_from, on)

    # --- what follows ----------------------------------------------------------------------------

    def in_order(self, accounts: list[int], currency: str, amount: Decimal, on: date) -> list[tuple[Owed, Decimal]]:
        """What money settles that names nothing: due before not due, cost, interest, principal, oldest first."""
        order = {"fee": 0, "fixed sum": 0, "interest": 1, "due item": 2}
        found = []
        for row in self.owed:
            if row.customer in accounts and row.currency == currency and row.open() > ZERO:
                due = row.due_on(END) if row.is_item else row.starts_on
                rank = (due is None, (due or END) > on, order[row.kind], due or END, row.starts_on, row.key)
                found.append((rank, row))
        wanted = []
        for _rank, row in sorted(found, key=lambda pair: pair[0]):
            part = min(amount, row.open())
            if part > ZERO:
                wanted.append((row, part))
                amount -= part
        return wanted

    def given_up(self) -> dict[int, str]:
        """What waits for a decision, and what is given up."""
        granted = [one for one in self.sources if one.kind == "write-off" and not one.is_reversed]
        return {one.key: "asked" for one in self.asked} | {one.key: "granted" for one in granted}

    def stored(self) -> dict[tuple[str, int], Decimal]:
        """What every row still has open, or left."""
        found: dict[tuple[str, int], Decimal] = {}
        for row in self.owed:
            found["due item" if row.is_item else "charge", row.key] = row.open()
            if row.is_item:
                found["claim", row.key] = row.claim
        for source in self.sources:
            if source.kind != "write-off":
                found[source.kind, source.key] = source.left()
        return found

    def balances(self, day: date = END) -> dict[tuple[int, str], Decimal]:
        """By customer and currency, from the list of what happened alone."""
        found: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        for on, customer, currency, amount in self.moves:
            if on <= day:
                found[customer, currency] += amount
        return {name: amount for name, amount in found.items() if amount}

    def ageing(self, day: date) -> dict[tuple[int, str, str], Decimal]:
        """By customer, currency and bucket, at the end of a day; credit is negative."""
        found: dict[tuple[int, str, str], Decimal] = defaultdict(Decimal)
        for row in self.owed:
            amount = row.open(day)
            assert ZERO <= amount <= row.amount, f"{row.kind} {row.key} had {amount} open on {day}"
            if row.is_item:
                found[row.customer, row.currency, _bucket(row.due_on(day), day)] += amount
            elif row.is_booked(day):
                found[row.customer, row.currency, "charges"] += amount
        for source in self.sources:
            amount = source.left(day)
            assert ZERO <= amount <= source.amount, f"{source.kind} {source.key} had {amount} left on {day}"
            if source.kind != "write-off":
                name = "unapplied" if source.kind == "payment" else "credit notes"
                found[source.customer, source.currency, name] -= source.left(day, in_the_ledger=True)
        return {name: amount for name, amount in found.items() if amount}


def _bucket(due_date: date | None, day: date) -> str:
    if due_date is None:
        return "no due date"
    if due_date >= day:
        return "not due"
    for name, until in (("1-30", 30), ("31-60", 60), ("61-90", 90)):
        if day - due_date <= timedelta(days=until):
            return name
    return "91+"
