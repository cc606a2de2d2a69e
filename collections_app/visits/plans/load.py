"""How full a rep's day is, and how it differs from another one. Pure: minutes after midnight and sets of keys in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.money import ZERO


@dataclass(frozen=True, slots=True)
class Made:
    """A visit as planned: he arrives, perhaps waits, begins and leaves. `travel` are the minutes of the way there."""

    arrive: int
    start: int
    leave: int
    travel: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The working time of a day; lunch is no working time, and empty where start and end are the same."""

    starts: int
    ends: int
    lunch_from: int = 0
    lunch_until: int = 0


@dataclass(frozen=True, slots=True)
class Load:
    """Minutes of a working day: the four parts add up to it, unless it is `over`: more than fits."""

    working: int
    visiting: int
    driving: int
    waiting: int
    free: int
    over: int = 0

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        return (
            ("visiting", self.visiting),
            ("driving", self.driving),
            ("waiting", self.waiting),
            ("free", self.free),
        )


def load_of(visits: Iterable[Made], hours: Hours, *, way_back: int = 0) -> Load:
    """Whoever waits over lunch eats meanwhile. `way_back` are minutes of the way home."""
    visits = list(visits)
    lunch = max(0, _shared(hours.lunch_from, hours.lunch_until, hours.starts, hours.ends))
    working = max(0, hours.ends - hours.starts - lunch)
    visiting = sum(visit.leave - visit.start for visit in visits)
    driving = sum(visit.travel for visit in visits) + way_back
    waiting = sum(
        visit.start - visit.arrive - _shared(hours.lunch_from, hours.lunch_until, visit.arrive, visit.start)
        for visit in visits
    )
    left = working - visiting - driving - waiting
    return Load(working, visiting, driving, waiting, max(0, left), max(0, -left))


def _shared(start: int, end: int, other_start: int, other_end: int) -> int:
    return max(0, min(end, other_end) - max(start, other_start))


@dataclass(frozen=True, slots=True)
class Shares:
    """Of a drawing: where each part begins and how wide it is, between 0 and 1."""

    name: str
    begins: Decimal
    width: Decimal


def drawn(load: Load) -> list[Shares]:
    """Side by side in the order of `parts`; a day that is over its time fills the whole drawing."""
    whole = sum(minutes for _name, minutes in load.parts)
    found, begins = [], ZERO
    for name, minutes in load.parts:
        width = Decimal(minutes) / whole if whole else ZERO
        if minutes:
            found.append(Shares(name, begins, width))
        begins += width
    return found


@dataclass(frozen=True, slots=True)
class Sums:
    """What is compared of a day. Worth in base currency; a customer is in `visited` where its visit was made."""

    worth: Decimal
    kilometres: Decimal
    customers: frozenset[int]
    visited: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Difference:
    """A day less an earlier one. `gone` are those who were planned then, were not visited, and are not planned now."""

    stops: int
    worth: Decimal
    kilometres: Decimal
    new: tuple[int, ...]
    gone: tuple[int, ...]


def difference(now: Sums, before: Sums) -> Difference:
    return Difference(
        stops=len(now.customers) - len(before.customers),
        worth=now.worth - before.worth,
        kilometres=now.kilometres - before.kilometres,
        new=tuple(sorted(now.customers - before.customers)),
        gone=tuple(sorted(before.customers - before.visited - now.customers)),
    )


def named(keys: Sequence[int], names: Mapping[int, str], most: int) -> tuple[list[str], int]:
    """The names of the first so many, and how many more there are."""
    return [names[key] for key in keys[:most]], max(0, len(keys) - most)
