"""An order that is too large: what of it fits now, and when the rest will. Pure.

All varieties stay in proportion as long as a unit of each fits; then the least sold one waits, and so on. Whatever
leaves is owed itself until it is settled, and its settlement makes room like any other payment.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from common import money
from common.days import ONE_DAY
from common.money import ZERO

ONE = Decimal(1)
CURED = frozenset({"above limit", "above ramp"})  # what keeps a batch and lets a smaller one go
MOST = 12  # portions with a date; what is beyond is planned when these are settled

Quantities = tuple[Decimal, ...]  # by place of the line
SettledAfter = Callable[[date], date | None]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`share` is the product's part of what the customer bought before, 0 to 1."""

    product: str
    quantity: Decimal
    unit_price: Decimal
    share: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Expected:
    """A payment that makes room: of a document, or of the goods that the proposal sends on a day."""

    on: date
    amount: Decimal
    document: str = ""
    goods_of: date | None = None


@dataclass(frozen=True, slots=True)
class Portion:
    """What leaves on a day, once these payments are here."""

    on: date
    quantities: Quantities
    amount: Decimal
    after: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """`rest` has no day yet; `lacking` is what must become free, beyond all that is expected, for a unit of it."""

    now: Portion | None
    later: tuple[Portion, ...]
    rest: Quantities
    lacking: Decimal


def propose(
    lines: Sequence[OrderLine],
    *,
    room: Decimal,
    payments: Sequence[Expected],
    on: date,
    currency: str,
    settled_after: SettledAfter = lambda day: None,
) -> Proposal:
    """Split an order by the room that is left and the payments expected; what is late is expected today."""
    order = _Order(lines, currency)
    left = [line.quantity for line in lines]
    waits = [replace(one, on=max(one.on, on)) for one in payments]
    seen: list[Expected] = []
    portions: list[Portion] = []
    day = on
    while len(portions) <= MOST:
        fits = order.fitting(left, room)
        if any(fits):
            portion = Portion(day, tuple(fits), order.amount(fits), tuple(seen))
            portions.append(portion)
            left = [quantity - going for quantity, going in zip(left, fits, strict=True)]
            room -= portion.amount
            waits += _settlement(portion, settled_after)
            seen = []
        if not any(left) or not waits:
            break
        day = min(one.on for one in waits)
        paid = sorted((one for one in waits if one.on == day), key=lambda one: one.document)
        waits = [one for one in waits if one.on > day]
        room += sum((one.amount for one in paid), ZERO)
        seen += paid
    now = portions.pop(0) if portions and not portions[0].after else None
    return Proposal(now, tuple(portions), tuple(left), order.lacking(left, room))


def _settlement(portion: Portion, settled_after: SettledAfter) -> list[Expected]:
    """What leaves is paid on the day of its terms, at the earliest the day after."""
    settled_on = settled_after(portion.on)
    if settled_on is None or not portion.amount:
        return []
    return [Expected(max(settled_on, portion.on + ONE_DAY), portion.amount, goods_of=portion.on)]


@dataclass(frozen=True, slots=True)
class _Order:
    lines: Sequence[OrderLine]
    currency: str

    def amount(self, quantities: Sequence[Decimal]) -> Decimal:
        """As a shipment of these quantities would be billed: each line rounded by itself."""
        billed = zip(self.lines, quantities, strict=True)
        return sum((money.rounded(line.unit_price * quantity, self.currency) for line, quantity in billed), ZERO)

    def fitting(self, left: Sequence[Decimal], room: Decimal) -> list[Decimal]:
        """Whole units that fit into the room; all that is left where it fits as a whole."""
        if self.amount(left) <= room:
            return list(left)
        kept = [place for place in range(len(left)) if left[place] and self._unit(place, left) <= room]
        kept.sort(key=lambda place: (-self.lines[place].share, place))
        while kept:
            found = self._in_proportion(kept, left, room)
            if found is not None:
                return found
            kept.pop()  # the least sold variety waits
        return [ZERO for _quantity in left]

    def lacking(self, left: Sequence[Decimal], room: Decimal) -> Decimal:
        units = [self._unit(place, left) for place in range(len(left)) if left[place]]
        return max(ZERO, min(units) - room) if units else ZERO

    def _unit(self, place: int, left: Sequence[Decimal]) -> Decimal:
        return money.rounded(self.lines[place].unit_price * min(ONE, left[place]), self.currency)

    def _in_proportion(self, kept: Sequence[int], left: Sequence[Decimal], room: Decimal) -> list[Decimal] | None:
        """The same share of each, at least a unit; None where a unit of each does not fit."""
        least = [min(ONE, left[place]) if place in kept else ZERO for place in range(len(left))]
        wanted = [left[place] if place in kept else ZERO for place in range(len(left))]
        whole = self.amount(wanted)
        if self.amount(least) > room:
            return None
        if whole <= room:
            return wanted
        share = room / whole
        found = [_units(quantity * share, unit) for quantity, unit in zip(wanted, least, strict=True)]
        if self.amount(found) > room:  # the units of the small lines take what is the others' share
            beyond = [quantity - unit for quantity, unit in zip(wanted, least, strict=True)]
            share = (room - self.amount(least)) / self.amount(beyond)
            more = [_units(quantity * share, ZERO) for quantity in beyond]
            found = self._within(least, more, room)
        return self._filled_up(found, [quantity * share for quantity in wanted], kept, left, room)

    def _within(self, least: list[Decimal], more: list[Decimal], room: Decimal) -> list[Decimal]:
        """Lines rounded up one by one may come to a cent too much: then a unit of the largest stays."""
        while True:
            found = [unit + further for unit, further in zip(least, more, strict=True)]
            if self.amount(found) <= room:
                return found
            largest = max(range(len(more)), key=lambda place: more[place] * self.lines[place].unit_price)
            more[largest] = max(ZERO, more[largest] - ONE)

    def _filled_up(
        self,
        found: list[Decimal],
        wanted: Sequence[Decimal],
        kept: Sequence[int],
        left: Sequence[Decimal],
        room: Decimal,
    ) -> list[Decimal]:
        """One unit more where it still fits: first of what came off worst, then of what sells best."""
        by_need = sorted(kept, key=lambda place: (found[place] - wanted[place], -self.lines[place].share, place))
        for place in by_need:
            more = list(found)
            more[place] += min(ONE, left[place] - found[place])
            if self.amount(more) <= room:
                found = more
        return found


def _units(quantity: Decimal, least: Decimal) -> Decimal:
    return max(least, quantity.to_integral_value(ROUND_FLOOR))
