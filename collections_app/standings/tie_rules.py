"""What explains a difference between our balance and the ledger's control total. Pure: amounts in, names out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import combinations, product

from common.money import ZERO

MOST_TOGETHER = 3  # so many may add up to a difference; more would fit by chance
MOST_LOOKED_AT = 40  # causes of which several are added up; with more, some sum would fit by chance


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that the two books may not share: `amount` is by how much ours is higher for it. The ledger has it
    from `told` on, or not yet.
    """

    what: str
    document: str
    customer: str
    amount: Decimal
    told: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lacking:
    """What the ledger did not have from us at the end of a day, as far as we know.

    `untold` to this day, `late`: told on a later day. `billed` are open invoices made here that no list had; the
    `settled` ones among them are lacking as long as the money on them. `listed` is what the newest list until the
    day has otherwise.
    """

    untold: Sequence[Cause] = ()
    late: Sequence[Cause] = ()
    billed: Sequence[Cause] = ()
    settled: Sequence[Cause] = ()
    listed: Sequence[Cause] = ()

    @property
    def all(self) -> tuple[Cause, ...]:
        return (*self.untold, *self.listed, *self.late, *self.settled, *self.billed)

    def wholes(self) -> list[tuple[Cause, ...]]:
        """What the total may lack as a whole. It was drawn at some moment: what was told until then is in it, and
        what was told later is not. The ledger may have billed our invoices by itself, or settled since the list.
        """
        others = _once([(*self.settled, *self.billed), tuple(self.settled), ()])
        some = product(_once([tuple(self.listed), ()]), others, self._moments())
        return _once(
            [
                (*self.untold, *listed, *(one for one in (*self.late, *mine) if not _had(one, moment)))
                for listed, mine, moment in some
            ]
        )

    def _moments(self) -> list[datetime | None]:
        timed = (*self.late, *self.settled, *self.billed)
        return [None, *sorted({one.told for one in timed if one.told is not None})]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The causes, and what none of them explains."""

    causes: tuple[Cause, ...]
    left: Decimal


def lacking(difference: Decimal, known: Lacking) -> Explanation:
    """The difference (ours less the ledger's) by what the ledger did not have: as a whole; then a few of these, or
    all but a few; otherwise the whole that leaves least. The tie line and the check of the books both ask this.
    """
    if difference == ZERO:
        return Explanation((), ZERO)
    wholes = known.wholes()
    rests = [difference - total(some) for some in wholes]
    best = min(range(len(wholes)), key=lambda place: abs(rests[place]))
    if rests[best] == ZERO:
        return Explanation(wholes[best], ZERO)
    few = adding_up(difference, known.all)
    if few:
        return Explanation(few, ZERO)
    for some, rest in zip(wholes, rests, strict=True):
        had = adding_up(-rest, some)
        if had:
            return Explanation(_without(some, had), ZERO)
    return Explanation(wholes[best], rests[best])


def explain(difference: Decimal, known: Lacking, *, others: Sequence[Cause]) -> Explanation:
    """What the ledger lacked; then other items that fit exactly beside it, or alone. Where nothing fits, what leaves
    least is named, and the rest stays open.
    """
    found = lacking(difference, known)
    if found.left == ZERO:
        return found
    for some in (*known.wholes(), ()):
        fits = adding_up(difference - total(some), others)
        if fits:
            return Explanation((*some, *fits), ZERO)
    return found


def _had(one: Cause, moment: datetime | None) -> bool:
    return moment is not None and one.told is not None and one.told <= moment


def _once(sets: Sequence[tuple[Cause, ...]]) -> list[tuple[Cause, ...]]:
    return list(dict.fromkeys(sets))


def total(causes: Iterable[Cause]) -> Decimal:
    return sum((one.amount for one in causes), ZERO)


def _without(causes: Sequence[Cause], some: Sequence[Cause]) -> tuple[Cause, ...]:
    left = list(causes)
    for one in some:
        left.remove(one)
    return tuple(left)


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
