"""Payments and deliveries of made-up customers, each with a rhythm of its own, disturbed by chance.

It knows nothing of the rules that learn: it has its own kinds of customers and shares with them the calendar alone
(`common.days`). Every customer buys in a cycle, on terms of its own, and pays on the first of its pay-out days that
is late enough; 15 % of the payments are moved by −5 to +10 working days.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from common import days

MOVED = 0.15
EARLIEST, LATEST = -5, 10  # working days
COUNTRIES = ("ES", "DE", "IE", "CN")
FIRST = date(2022, 1, 3)
HELD_OUT = 6
ANY_DAY = "days after the due day"
LOOSELY = 4  # days by which a loose customer is later than its patience, at most

DayRule = Callable[[int, int], Sequence[date]]  # year and month in, pay-out days out


@dataclass(frozen=True, slots=True)
class Payment:
    """`meant_on` is the day by the customer's rhythm, `on` the day on which the money came."""

    due_on: tuple[date, ...]
    meant_on: date
    on: date


@dataclass(frozen=True, slots=True)
class History:
    kind: str
    country: str
    payments: tuple[Payment, ...]  # by the day on which the money came
    delivered: tuple[date, ...]
    cycle: int
    way: "Way"  # how it pays at last
    changed_at: int = 0  # from this payment on it keeps to another rhythm

    @property
    def pays_by_rule(self) -> bool:
        return self.kind != ANY_DAY

    def next_after(self, day: date) -> date:
        """The pay-out day after this one."""
        return self.way.first_from(day + days.ONE_DAY)

    @property
    def known(self) -> tuple[Payment, ...]:
        return self.payments[:-HELD_OUT]

    @property
    def held_out(self) -> tuple[Payment, ...]:
        return self.payments[-HELD_OUT:]


# How a customer pays


def _weekday(rng: Random, country: str) -> DayRule:
    weekday = rng.randrange(5)

    def of_month(year: int, month: int) -> Sequence[date]:
        found = [days.nth_weekday(year, month, weekday, nth) for nth in range(1, 6)]
        return [days.roll(day, country) for day in found if day]

    return of_month


def _day_of_month(rng: Random, country: str) -> DayRule:
    wanted, forward = rng.randint(1, 31), rng.random() < 0.7
    return lambda year, month: [days.roll(days.in_month(year, month, wanted), country, forward=forward)]


def _nth_weekday(rng: Random, country: str) -> DayRule:
    nth, weekday = rng.randint(1, 4), rng.randrange(5)

    def of_month(year: int, month: int) -> Sequence[date]:
        day = days.nth_weekday(year, month, weekday, nth)
        return [days.roll(day, country)] if day else []

    return of_month


def _last_working_day(rng: Random, country: str) -> DayRule:
    return lambda year, month: [days.last_working_day(year, month, country)]


def _twice_a_month(rng: Random, country: str) -> DayRule:
    first = rng.randint(1, 14)
    wanted = (first, first + 15)
    return lambda year, month: [days.roll(days.in_month(year, month, day), country) for day in wanted]


def _any_day(rng: Random, country: str) -> DayRule:
    def of_month(year: int, month: int) -> Sequence[date]:
        found = [date(year, month, 1)]
        while (following := found[-1] + days.ONE_DAY).month == month:
            found.append(following)
        return [day for day in found if days.is_working_day(day, country)]

    return of_month


KINDS: dict[str, Callable[[Random, str], DayRule]] = {
    "weekday": _weekday,
    "day of the month": _day_of_month,
    "nth weekday": _nth_weekday,
    "last working day": _last_working_day,
    ANY_DAY: _any_day,
}
# Beyond what is asked: told apart, and in no total.
BEYOND: dict[str, Callable[[Random, str], DayRule]] = {
    "twice a month": _twice_a_month,
    "day of the month, loosely": _day_of_month,
    "days after the due day, loosely": _any_day,
}
SHARES = {"weekday": 28, "day of the month": 26, "nth weekday": 12, "last working day": 10, ANY_DAY: 24}


@dataclass(frozen=True, slots=True)
class Way:
    """How long after the due day the customer pays at the earliest, and on which days."""

    patience: int
    of_month: DayRule
    loose: int = 0

    def day_for(self, due_on: date, rng: Random) -> date:
        return self.first_from(due_on + timedelta(self.patience + rng.randint(0, self.loose)))

    def first_from(self, earliest: date) -> date:
        year, month = earliest.year, earliest.month
        while True:
            for day in sorted(self.of_month(year, month)):
                if day >= earliest:
                    return day
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _way(kind: str, rng: Random, country: str) -> Way:
    loose = LOOSELY if kind.endswith("loosely") else 0
    if kind.startswith(ANY_DAY):
        return Way(rng.randint(-5, 45), _any_day(rng, country), loose)
    patience = 0 if rng.random() < 0.6 else rng.randint(1, 30)
    return Way(patience, (KINDS | BEYOND)[kind](rng, country), loose)


# A history


def histories(seed: int, count: int, *, kinds: Sequence[str] = ()) -> Iterator[History]:
    """Customers with six payments or more that are known, and six that are held out."""
    rng = Random(f"histories {seed}")
    for _one in range(count):
        kind = rng.choice(kinds) if kinds else rng.choices(list(SHARES), list(SHARES.values()))[0]
        yield history(rng, kind)


def history(rng: Random, kind: str, *, changes: bool = False) -> History:
    """With `changes` another way of the same kind holds from the middle of what is known on."""
    country = rng.choice(COUNTRIES)
    wanted = rng.randint(6, 30) + HELD_OUT
    cycle = rng.choice((7, 10, 14, 21, 28, 30, 35, 42))
    way, other = _way(kind, rng, country), _way(kind, rng, country)
    change_at = (wanted - HELD_OUT) // 2 if changes else 0
    delivered, due = _bought(rng, cycle, wanted, country)
    paid: dict[date, list[date]] = {}
    for due_on in due:
        present = other if change_at and len(paid) >= change_at else way
        day = present.day_for(due_on, rng)
        if len(paid) == wanted and day not in paid:
            break
        paid.setdefault(day, []).append(due_on)
    payments = [Payment(tuple(due), day, _moved(rng, day, country)) for day, due in paid.items()]
    payments.sort(key=lambda one: (one.on, one.meant_on))
    return History(kind, country, tuple(payments), tuple(delivered), cycle, other if change_at else way, change_at)


def _bought(rng: Random, cycle: int, wanted: int, country: str) -> tuple[list[date], list[date]]:
    """Deliveries in a cycle that breathes by a fifth, and when each is due; enough of them for all payments."""
    term = rng.choice((0, 7, 14, 21, 30, 45, 60))
    at_month_end = rng.random() < 0.2
    day = FIRST + timedelta(rng.randrange(90))
    delivered: list[date] = []
    due: list[date] = []
    while len(delivered) < wanted * max(1, 35 // cycle + 1) + 10:
        delivered.append(days.roll(day, country))
        counted = days.month_end(delivered[-1]) if at_month_end else delivered[-1]
        due.append(counted + timedelta(term))
        day += timedelta(max(1, round(rng.gauss(cycle, cycle / 5))))
    return delivered, due


def _moved(rng: Random, day: date, country: str) -> date:
    if rng.random() >= MOVED:
        return day
    step = rng.choice([one for one in range(EARLIEST, LATEST + 1) if one])
    for _one in range(abs(step)):
        day = days.roll(day + (days.ONE_DAY if step > 0 else -days.ONE_DAY), country, forward=step > 0)
    return day
