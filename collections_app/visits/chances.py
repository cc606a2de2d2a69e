"""How likely an item is paid within two weeks of being asked for: a table, and what was learned of the customers.

Pure. An *asking* is a day on which an item was due or open late; it counts as paid where the money came within
`WITHIN` days. What was learned is, per standing and band of days late, the share of askings that were paid, and per
customer how its odds compare with those of others in the same bands. It counts only where on later askings it
foretold better than the customer's own past rate alone. Days late are calendar days; probabilities are plain numbers
while they are learned and exact decimals when they are used.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate
from math import log
from operator import attrgetter

from collections_app.policy.thresholds import Thresholds

WITHIN = timedelta(days=14)
ENOUGH = 300  # outcomes, before anything learned is used
ENOUGH_OF_A_STANDING = 30
TRAINED_ON = (2, 3)  # so much of the time; what comes later judges
DRAWN = 20  # so many cases of its standing stand behind each band
STRENGTHS = (0.5, 1.0, 2.0, 4.0, 8.0)  # how many askings the average customer stands behind each one's own
EXACT = Decimal("0.0001")
LEAST, MOST = Decimal("0.0050"), Decimal("0.9950")


class Uses(StrEnum):
    LEARNED = "learned"
    OWN_RATE = "own rate"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Asking:
    """An item, or a visit, on the day it was asked for. `known_on` is the first day on which the outcome was known."""

    customer: int
    on: date
    known_on: date
    standing: str
    days_late: int
    paid: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A chance per standing, by the days late from which it holds. It never falls with the days."""

    bands: Mapping[str, tuple[tuple[int, Decimal], ...]]

    @classmethod
    def of(cls, written: Mapping[str, Sequence[tuple[int, Decimal]]]) -> "Table":
        """As written, with the highest chance so far in the place of a lower one."""
        return cls(
            {
                standing: tuple(
                    zip((start for start, _ in steps), accumulate((share for _, share in steps), max), strict=True)
                )
                for standing, steps in written.items()
            }
        )

    def chance(self, standing: str, days_late: int) -> Decimal:
        steps = self.bands.get(standing) or self.bands["bad"]
        return [share for start, share in steps if start <= max(days_late, steps[0][0])][-1]


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known of one customer. `odds` multiply those of its band; `rate` is its own past share of paid askings.

    `seen` askings of it stand behind this. Without odds and without a rate the table counts.
    """

    cells: Table | None = None
    odds: Decimal | None = None
    rate: Decimal | None = None
    seen: int = 0

    def chance(self, standing: str, days_late: int, *, table: Table) -> Decimal:
        """In the place of the table's chance; like that it never falls with the days inside a standing."""
        usual = table.chance(standing, days_late)
        if standing == "dormant":  # nothing is asked of it, so nothing was learned
            return usual
        if self.odds is not None:
            if self.cells is not None and standing in self.cells.bands:
                usual = self.cells.chance(standing, days_late)
            if usual >= 1:
                return usual
            odds = usual / (1 - usual) * self.odds
            return _exact(odds / (1 + odds))
        return usual if self.rate is None else self.rate


def _exact(chance: Decimal) -> Decimal:
    return min(max(chance.quantize(EXACT), LEAST), MOST)


# Askings from the history of items


def looked_at(thresholds: Thresholds) -> tuple[tuple[int, str], ...]:
    """The days late on which an item that is still open is taken as asked for, and its standing then by days alone."""
    quasi_bad, bad = thresholds.quasi_bad, thresholds.bad
    days = [0, 1, *(day for day in (8, 31) if day < quasi_bad), quasi_bad]
    days += [*(day for day in (quasi_bad + 30, quasi_bad + 60) if day < bad), bad, bad + 90]
    return tuple(
        (day, "unpaid" if not day else "overdue" if day < quasi_bad else "quasi-bad" if day < bad else "bad")
        for day in days
    )


def band_of(standing: str, days_late: int, days: Sequence[tuple[int, str]]) -> int:
    """The first day of the band in which the days late lie; a standing that days alone do not give has one band."""
    own = [day for day, of in days if of == standing]
    return max((day for day in own if day <= days_late), default=own[0] if own else 0)


def askings_of(
    customer: int, due_on: date, settled_on: date | None, *, until: date, days: Sequence[tuple[int, str]]
) -> Iterator[Asking]:
    """Of one item, as far as their outcomes are known at the end of `until`."""
    for late, standing in days:
        on = due_on + timedelta(days=late)
        last = on + WITHIN
        if settled_on is not None and settled_on < on:
            return
        paid = settled_on is not None and settled_on <= last
        known_on = settled_on if settled_on is not None and paid else last + timedelta(days=1)
        if known_on > until:
            return
        yield Asking(customer, on, known_on, standing, late, paid)


# Learning


@dataclass(slots=True)
class Own:
    """What a customer did so far: askings that were paid, all of them, and how many others would have paid."""

    paid: int = 0
    asked: int = 0
    expected: float = 0.0

    def see(self, paid: bool, expected: float) -> None:
        self.paid += paid
        self.asked += 1
        self.expected += expected

    def odds(self, mean: float, strength: float) -> float:
        """Its odds in relation to those of others in the same bands; 1 while nothing is known."""
        ours = (self.paid + strength * mean) / (self.asked - self.paid + strength * (1 - mean))
        usual = (self.expected + strength * mean) / (self.asked - self.expected + strength * (1 - mean))
        return ours / usual

    def rate(self, mean: float) -> float:
        """Its own past rate; one asking at the mean of all stands behind it."""
        return (self.paid + mean) / (self.asked + 1)


@dataclass(frozen=True, slots=True)
class Found:
    """What askings say: a chance per band, the mean of all, and how strongly the average stands behind a customer."""

    cells: Table
    mean: float
    strength: float = 1.0

    def cell(self, asking: Asking) -> float:
        """Of a standing with few askings the mean of all is the best guess."""
        if asking.standing not in self.cells.bands:
            return self.mean
        return float(self.cells.chance(asking.standing, asking.days_late))

    def of(self, own: Own) -> Learned:
        odds = Decimal(str(own.odds(self.mean, self.strength))).quantize(EXACT)
        return Learned(self.cells, odds=max(odds, EXACT), seen=own.asked)


def found(askings: Sequence[Asking], strength: float = 1.0) -> Found:
    """Bands are drawn to the rate of their standing; a standing with too few askings has none."""
    counts: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for asking in askings:
        band = counts[asking.standing][asking.days_late]
        band[0] += asking.paid
        band[1] += 1
    written: dict[str, list[tuple[int, Decimal]]] = {}
    for standing, bands in counts.items():
        paid, asked = (sum(band[place] for band in bands.values()) for place in (0, 1))
        if asked < ENOUGH_OF_A_STANDING:
            continue
        usual = paid / asked
        written[standing] = [
            (late, _exact(Decimal(str((bands[late][0] + DRAWN * usual) / (bands[late][1] + DRAWN)))))
            for late in sorted(bands)
        ]
    mean = (sum(asking.paid for asking in askings) + 1) / (len(askings) + 2)
    return Found(Table.of(written), mean, strength)


@dataclass(frozen=True, slots=True)
class Figures:
    """How well chances foretold outcomes: lower is better, but for `auc`."""

    log_loss: float
    brier: float
    auc: float


@dataclass(frozen=True, slots=True)
class Judged:
    """On askings later than those that were learned from."""

    outcomes: int
    later: int
    learned: Figures
    own_rate: Figures
    table: Figures
    strength: float

    @property
    def uses(self) -> Uses:
        if self.outcomes < ENOUGH:
            return Uses.TABLE
        if self.learned.log_loss < self.own_rate.log_loss and self.learned.brier < self.own_rate.brier:
            return Uses.LEARNED
        return Uses.OWN_RATE if self.own_rate.log_loss < self.table.log_loss else Uses.TABLE


def judge(askings: Iterable[Asking], table: Table) -> Judged | None:
    """Learn from the earlier askings, foretell the later ones. None where there are not enough to part.

    Nothing is known of an asking before its `known_on`; the strength is chosen on the earlier ones alone.
    """
    rows = sorted(askings, key=attrgetter("on", "known_on", "customer", "days_late", "standing", "paid"))
    cut = rows[len(rows) * TRAINED_ON[0] // TRAINED_ON[1]].on if rows else date.min
    place = bisect_left(rows, cut, key=attrgetter("on"))
    early = [row for row in rows[:place] if row.known_on < cut]
    later = rows[place:]
    if len(early) < 2 or len(later) < 2:
        return None
    learned = found(early)
    before = _histories(rows[:place], learned)
    strength = min(
        STRENGTHS, key=lambda one: _log_loss(rows[:place], [_foretold(r, o, learned, one) for r, o in before])
    )
    known = _histories(rows, learned)[place:]
    return Judged(
        outcomes=len(rows),
        later=len(later),
        learned=figures(later, [_foretold(row, own, learned, strength) for row, own in known]),
        own_rate=figures(later, [own.rate(learned.mean) for _row, own in known]),
        table=figures(later, [float(table.chance(row.standing, row.days_late)) for row in later]),
        strength=strength,
    )


def _histories(rows: Sequence[Asking], learned: Found) -> list[tuple[Asking, Own]]:
    """Each asking with what was known of its customer on the day."""
    known = sorted(rows, key=attrgetter("known_on"))
    own: dict[int, Own] = defaultdict(Own)
    told, pairs = 0, []
    for row in rows:
        while told < len(known) and known[told].known_on < row.on:
            own[known[told].customer].see(known[told].paid, learned.cell(known[told]))
            told += 1
        now = own[row.customer]
        pairs.append((row, Own(now.paid, now.asked, now.expected)))
    return pairs


def _foretold(row: Asking, own: Own, learned: Found, strength: float) -> float:
    cell = learned.cell(row)
    odds = cell / (1 - cell) * own.odds(learned.mean, strength)
    return odds / (1 + odds)


def figures(rows: Sequence[Asking], chances: Sequence[float]) -> Figures:
    return Figures(_log_loss(rows, chances), _brier(rows, chances), auc([row.paid for row in rows], chances))


def _log_loss(rows: Sequence[Asking], chances: Sequence[float]) -> float:
    def loss(paid: bool, chance: float) -> float:
        return -log(max(chance if paid else 1 - chance, 1e-6))

    return sum(loss(row.paid, chance) for row, chance in zip(rows, chances, strict=True)) / max(len(rows), 1)


def _brier(rows: Sequence[Asking], chances: Sequence[float]) -> float:
    return sum((row.paid - chance) ** 2 for row, chance in zip(rows, chances, strict=True)) / max(len(rows), 1)


def auc(outcomes: Sequence[bool], chances: Sequence[float]) -> float:
    """How often one that was paid had the higher chance than one that was not; a tie counts half."""
    by_chance: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for paid, chance in zip(outcomes, chances, strict=True):
        by_chance[chance][paid] += 1
    below, won = 0, 0.0
    for chance in sorted(by_chance):
        not_paid, were_paid = by_chance[chance]
        won += were_paid * (below + not_paid / 2)
        below += not_paid
    pairs = sum(outcomes) * below
    return won / pairs if pairs else 0.5


# What is used


@dataclass(frozen=True, slots=True)
class Adopted:
    """What counts from a day on, for every customer."""

    uses: Uses = Uses.TABLE
    found: Found = field(default_factory=lambda: Found(Table({}), 0.5))

    def of(self, askings: Iterable[Asking]) -> Learned | None:
        """Of a customer with these known askings; None where the table counts."""
        if self.uses == Uses.TABLE:
            return None
        own = Own()
        for asking in askings:
            own.see(asking.paid, self.found.cell(asking))
        if self.uses == Uses.LEARNED:
            return self.found.of(own)
        rate = _exact(Decimal(str(own.rate(self.found.mean)))) if own.asked else None
        return Learned(rate=rate, seen=own.asked)
