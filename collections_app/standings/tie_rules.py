"""What explains a difference between our balance and the ledger's control total. Pure: amounts in, names out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from common.money import ZERO

MOST_TOGETHER = 3  # so many may add up to a difference; more would fit by chance
MOST_LOOKED_AT = 40  # causes of which several are added up; with more, some sum would fit by chance


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that the two books may not share: `amount` is by how much ours is higher for it."""

    what: str
    document: str
    customer: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Explanation:
    """The causes, and what none of them explains."""

    causes: tuple[Cause, ...]
    left: Decimal


def explain(difference: Decimal, *, untold: Sequence[Cause], others: Sequence[Cause]) -> Explanation:
    """Which causes make up the difference (ours less the ledger's).

    What we have not told the ledger comes first: all of it, or a few of it where the ledger has got the rest; then
    other items that fit exactly, beside it or alone. Nothing that fits: what is untold is named, the rest is open.
    """
    if difference == ZERO:
        return Explanation((), ZERO)
    rest = difference - sum((one.amount for one in untold), ZERO)
    if rest == ZERO:
        return Explanation(tuple(untold), ZERO)
    for known, missing, among in (((), difference, untold), (tuple(untold), rest, others), ((), difference, others)):
        found = adding_up(missing, among)
        if found:
            return Explanation((*known, *found), ZERO)
    return Explanation(tuple(untold), rest)


def adding_up(amount: Decimal, causes: Sequence[Cause]) -> tuple[Cause, ...]:
    """The first causes that sum to the amount exactly, as few as possible and at most three; none: empty."""
    if amount == ZERO:
        return ()
    among = causes[:MOST_LOOKED_AT]
    for one in causes:
        if one.amount == amount:
            return (one,)
    places: dict[Decimal, list[int]] = {}
    for place, one in enumerate(among):
        places.setdefault(one.amount, []).append(place)
    for size in range(1, MOST_TOGETHER):  # the last one is looked up
        for chosen in combinations(range(len(among)), size):
            missing = amount - sum((among[place].amount for place in chosen), ZERO)
            last = next((place for place in places.get(missing, ()) if place > chosen[-1]), None)
            if last is not None:
                return tuple(among[place] for place in (*chosen, last))
    return ()
