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


def explain(
    difference: Decimal, *, untold: Sequence[Cause], late: Sequence[Cause], others: Sequence[Cause]
) -> Explanation:
    """Which causes make up the difference (ours less the ledger's).

    First what we have not told the ledger, with or without what it was told late (its total may have that or not);
    then a few of these; then other items that fit exactly, beside them or alone. Where nothing fits, what is
    untold is named, with or without the late ones, whichever leaves less, and the rest stays open.
    """
    if difference == ZERO:
        return Explanation((), ZERO)
    known = [(*untold, *late), tuple(untold)] if late else [tuple(untold)]
    rests = [difference - sum((one.amount for one in some), ZERO) for some in known]
    if ZERO in rests:
        return Explanation(known[rests.index(ZERO)], ZERO)
    tries: list[tuple[tuple[Cause, ...], Decimal, Sequence[Cause]]] = [((), difference, known[0])]
    tries += [(some, rest, others) for some, rest in zip(known, rests, strict=True)]
    for some, missing, among in (*tries, ((), difference, others)):
        found = adding_up(missing, among)
        if found:
            return Explanation((*some, *found), ZERO)
    best = min(range(len(known)), key=lambda place: abs(rests[place]))
    return Explanation(known[best], rests[best])


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
