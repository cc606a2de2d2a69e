"""What `check_books` says of an invariant."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

MOST = 20  # so many broken rows are named; more are counted


@dataclass(frozen=True, slots=True)
class Invariant:
    """What was checked, over how many rows, and which rows break it, each as a sentence; `more` are not named.

    `missing` says what is not there yet, and so could not be checked: no rows that are in order.
    """

    name: str
    checked: int
    broken: list[str]
    missing: str = ""
    more: int = 0

    @property
    def count(self) -> int:
        """Of all rows that break it."""
        return len(self.broken) + self.more


@dataclass(frozen=True, slots=True)
class Report:
    """`proved` are the control totals that our books tie to, by key."""

    invariants: list[Invariant]
    proved: tuple[int, ...] = ()

    @property
    def broken(self) -> int:
        return sum(one.count for one in self.invariants)


def looked(name: str, checked: int, broken: Iterable[str]) -> Invariant:
    """The first broken rows are kept, the others counted as they go by."""
    found = iter(broken)
    named = list(islice(found, MOST))
    return Invariant(name, checked, named, more=sum(1 for _sentence in found))
