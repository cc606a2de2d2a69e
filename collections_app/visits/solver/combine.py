"""The best plan that can be put together from rides found on the way, no matter in which run.

Each run finds good rides for some shifts and poorer ones for others; together they often hold a better plan than any of
them. A branch for each ride of a shift, the best first, cut where even the best rides of all other shifts could not
reach what is known; after `BRANCHES` the best so far counts.
"""

from collections.abc import Iterable
from itertools import accumulate

from collections_app.visits.solver.model import Model, Ride

BRANCHES = 30_000
KEPT = 400  # rides of a kind of shift


class Pool:
    """Rides by kind of shift; of those to the same customers the best one."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.counts = [len(shifts) for shifts in model.kinds.values()]
        self._visit_bit = [1 << next(iter(options.values())).visit for options in model.clients]
        self._rides: list[dict[int, tuple[int, Ride]]] = [{} for _ in self.counts]
        self._seen: set[Ride] = set()

    def add(self, rides: Iterable[Ride]) -> None:
        for ride in rides:
            if ride in self._seen:
                continue
            self._seen.add(ride)
            kind, clients = ride
            whom = 0
            for client in clients:
                whom |= self._visit_bit[client]
            points = self.model.points(ride)
            if points > 0 and (whom not in self._rides[kind] or points > self._rides[kind][whom][0]):
                self._rides[kind][whom] = points, ride

    def best(self, above: int) -> list[Ride] | None:
        """Rides that bring more than `above` together; None where none are known."""
        return _Branching(self._slots(), above).chosen()

    def _slots(self) -> list[list[tuple[int, int, Ride]]]:
        found = []
        for count, rides in zip(self.counts, self._rides, strict=True):
            ranked = sorted(((points, whom, ride) for whom, (points, ride) in rides.items()), reverse=True)[:KEPT]
            found += [ranked] * count
        return found


class _Branching:
    def __init__(self, slots: list[list[tuple[int, int, Ride]]], above: int) -> None:
        self.slots = slots
        best = [ranked[0][0] if ranked else 0 for ranked in reversed(slots)]
        self.hoped = [*reversed(list(accumulate(best))), 0]  # what the slots from here on could bring at best
        self.top, self.left = above, BRANCHES
        self.found: list[Ride] | None = None

    def chosen(self) -> list[Ride] | None:
        self._branch(0, 0, 0, (), 0)
        return self.found

    def _branch(self, slot: int, used: int, points: int, path: tuple[Ride, ...], first: int) -> None:
        """`first`: of shifts that are alike, each takes a ride further down than the one before."""
        if points > self.top:
            self.top, self.found = points, list(path)
        if slot == len(self.slots) or points + self.hoped[slot] <= self.top:
            return
        ranked = self.slots[slot]
        like_next = slot + 1 < len(self.slots) and self.slots[slot + 1] is ranked
        for at in range(first, len(ranked)):
            brings, whom, ride = ranked[at]
            if points + brings + self.hoped[slot + 1] <= self.top or self.left <= 0:
                break
            self.left -= 1
            if not whom & used:
                self._branch(slot + 1, used | whom, points + brings, (*path, ride), at + 1 if like_next else 0)
        else:
            if not like_next:  # nobody left for this shift: it stays empty
                self._branch(slot + 1, used, points, path, 0)
