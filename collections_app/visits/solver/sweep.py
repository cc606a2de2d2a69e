"""Whole rounds built along the day: at each moment the best round that ends with each customer then.

The working time is cut into `SLICES`. For each slice and each client the best round known that leaves the client in
that slice is kept; from there it goes on to whoever is near and not in it yet. One pass gives a round that takes the
hours of the whole day into account, where an insertion only sees the next step. It is no proof: of two rounds that
leave a client at the same time only the better one is kept, though the other may have left better customers for later.
So passes are repeated, for some of the shifts at a time, with worth drawn a little higher or lower.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyvrp.stop import StoppingCriterion

from collections_app.visits.solver.model import Kind, Model, Ride

SLICES = 150
WAITING = 0.2  # how much a second of waiting counts beside a second of way, when the nearest are looked for
FAR = 1e15
WORD = 64  # bits

Array = Any  # of numpy


@dataclass(frozen=True, slots=True)
class Settings:
    """`spread`: by how much of itself a worth is drawn higher or lower; `near`: how many clients come next at most."""

    spread: float
    near: int


class Ground:
    """The clients of one kind of shift, as arrays. `plain` is what they bring without the bonus of a commitment."""

    def __init__(self, model: Model, kind: int, near: int) -> None:
        self.kind: Kind = list(model.kinds)[kind]
        shift = model.kinds[self.kind][0]
        choices = model.choices
        self.clients = np.array([at for at, options in enumerate(model.clients) if shift in options])
        options = [model.clients[client][shift] for client in self.clients]
        self.opens = np.array([option.opens for option in options])
        self.seconds = np.array([option.seconds for option in options])
        self.visit = np.array([option.visit for option in options])
        committed = np.array([choices.visits[option.visit].is_commitment for option in options])
        self.bonus = committed * float(choices.bonus)
        self.plain = np.array([option.points for option in options], dtype=float) - self.bonus
        self.cost = choices.per_second
        place = np.array([option.place for option in options])
        ways = np.array(choices.seconds, dtype=np.int64)
        self.out, self.home = ways[choices.start_of(shift)][place], ways[place, choices.end_of(shift)]
        latest = np.array([option.latest for option in options])
        self.latest = np.minimum(latest, self.kind.ends - self.seconds - self.home)
        self._know_neighbours(ways[np.ix_(place, place)], near)
        numbers = {visit: number for number, visit in enumerate(dict.fromkeys(self.visit.tolist()))}
        number = np.array([numbers[visit] for visit in self.visit.tolist()])
        self.word, self.bit = number // WORD, np.uint64(1) << (number % WORD).astype(np.uint64)
        self.words = -(-len(numbers) // WORD)

    def _know_neighbours(self, between: Array, near: int) -> None:
        leaves = self.seconds[:, None] + between
        waits = np.maximum(self.opens[None, :] - self.latest[:, None] - leaves, 0)
        far = between + WAITING * waits
        far[self.opens[:, None] + leaves > self.latest[None, :]] = FAR
        far[self.visit[:, None] == self.visit[None, :]] = FAR
        self.near = np.argsort(far, axis=1, kind="stable")[:, :near]
        self.near_ways = np.take_along_axis(between, self.near, 1)
        self.follows = np.take_along_axis(far, self.near, 1) < FAR


class _Pass:
    """One pass. By slice and client: the points, the time of leaving, where it came from, and the visits so far."""

    def __init__(self, ground: Ground, latest: Array, worth: Array) -> None:
        self.ground, self.latest, self.worth = ground, latest, worth
        self.slice = max(1, -(-(ground.kind.ends - ground.kind.starts) // SLICES))
        size = (SLICES + 2, len(worth))
        self.points = np.full(size, -np.inf)
        self.leaves = np.zeros(size, dtype=np.int64)
        self.came = np.full((*size, 2), -1, dtype=np.int64)
        self.visits = np.zeros((*size, ground.words), dtype=np.uint64)
        self.count = np.zeros(size, dtype=np.int64)

    def stops(self) -> list[int]:
        """The best round, as places in the ground."""
        self._set_out()
        known, best, last = np.full(len(self.worth), -np.inf), 0.0, (-1, -1)
        for now in range(SLICES + 2):
            here = np.nonzero(self.points[now] > known)[0]  # who was left earlier with as much is no better off later
            if not len(here):
                continue
            known[here] = self.points[now, here]
            at_home = known[here] - self.ground.cost * self.ground.home[here]
            top = int(at_home.argmax())
            if at_home[top] > best:
                best, last = float(at_home[top]), (now, int(here[top]))
            if now <= SLICES:
                self._go_on(now, here, known)
        return self._back_from(last)

    def _set_out(self) -> None:
        ground = self.ground
        starts = np.maximum(ground.kind.starts + ground.out, ground.opens)
        first = np.nonzero(starts <= self.latest)[0] if ground.kind.most else np.zeros(0, dtype=np.int64)
        points = self.worth[first] - ground.cost * ground.out[first]
        self._reach(first, starts[first] + ground.seconds[first], points, 0, None)

    def _go_on(self, now: int, here: Array, known: Array) -> None:
        ground = self.ground
        if ground.kind.most < len(self.worth):
            here = here[self.count[now, here] < ground.kind.most]
        there = ground.near[here]
        starts = np.maximum(self.leaves[now, here][:, None] + ground.near_ways[here], ground.opens[there])
        row, column = np.nonzero(ground.follows[here] & (starts <= self.latest[there]))
        origin, goal = here[row], there[row, column]
        points = known[origin] + self.worth[goal] - ground.cost * ground.near_ways[origin, column]
        is_new = (self.visits[now, origin, ground.word[goal]] & ground.bit[goal]) == 0
        better = np.nonzero(is_new & (points > known[goal]))[0]
        goal, leaves = goal[better], starts[row[better], column[better]] + ground.seconds[goal[better]]
        self._reach(goal, leaves, points[better], now + 1, (now, origin[better]))

    def _reach(self, goal: Array, leaves: Array, points: Array, earliest: int, came: tuple[int, Array] | None) -> None:
        """Keep the best way to leave each client in each slice. A visit of no length, too, ends a slice later."""
        ground = self.ground
        at = np.clip((leaves - ground.kind.starts) // self.slice, earliest, SLICES + 1)
        spot = at * len(self.worth) + goal
        order = np.lexsort((leaves, -points, spot))
        is_first = np.ones(len(order), dtype=bool)
        is_first[1:] = spot[order[1:]] != spot[order[:-1]]
        best = order[is_first]
        best = best[points[best] > self.points[at[best], goal[best]]]
        at, goal = at[best], goal[best]
        self.points[at, goal], self.leaves[at, goal] = points[best], leaves[best]
        if came is not None:
            now, origin = came[0], came[1][best]
            self.came[at, goal, 0], self.came[at, goal, 1] = now, origin
            self.visits[at, goal] = self.visits[now, origin]
            self.count[at, goal] = self.count[now, origin]
        self.visits[at, goal, ground.word[goal]] |= ground.bit[goal]
        self.count[at, goal] += 1

    def _back_from(self, last: tuple[int, int]) -> list[int]:
        stops = []
        while last[0] >= 0:
            stops.append(last[1])
            slice_before, before = self.came[last]
            last = int(slice_before), int(before)
        return stops[::-1]


class Sweep:
    """Passes over all shifts of a model, from a plan on."""

    def __init__(self, model: Model, near: int) -> None:
        self.model = model
        self.grounds = [Ground(model, kind, near) for kind in range(len(model.kinds))]
        self._visit = np.array([next(iter(options.values())).visit for options in model.clients])

    def run(self, rides: Iterable[Ride], *, seed: int, until: StoppingCriterion, spread: float) -> list[Ride]:
        """All rides that were met. Each pass builds some shifts anew and is gone on from if it brings as much.

        The first takes all shifts and worth as it is.
        """
        dice = np.random.default_rng(seed)
        plan, met = self._by_shift(rides), []
        shifts, drawn = np.arange(len(plan)), np.ones(len(self.model.clients))
        while not until(0):
            made = self._rebuilt(plan, shifts.tolist(), drawn)
            met += made
            if self._points(made) >= self._points(plan):
                plan = made
            shifts = dice.permutation(len(plan))[: dice.integers(1, len(plan) + 1)]
            drawn = dice.uniform(1 - spread, 1 + spread, len(self.model.clients))
        return met

    def _by_shift(self, rides: Iterable[Ride]) -> list[Ride]:
        """A ride for every shift, in the order of the kinds; some may be empty."""
        of_kind: dict[int, list[Ride]] = {kind: [] for kind in range(len(self.grounds))}
        for ride in rides:
            of_kind[ride[0]].append(ride)
        for kind, shifts in enumerate(self.model.kinds.values()):
            of_kind[kind] += [(kind, ())] * (len(shifts) - len(of_kind[kind]))
        return [ride for some in of_kind.values() for ride in some]

    def _rebuilt(self, plan: Sequence[Ride], shifts: Sequence[int], drawn: Array) -> list[Ride]:
        made = list(plan)
        free = np.ones(len(self.model.choices.visits), dtype=bool)
        for at, (_kind, clients) in enumerate(plan):
            if at not in shifts:
                free[self._visit[list(clients)]] = False
        for at in shifts:
            made[at] = self._ride(plan[at][0], free, drawn)
            free[self._visit[list(made[at][1])]] = False
        return made

    def _ride(self, kind: int, free: Array, drawn: Array) -> Ride:
        ground = self.grounds[kind]
        latest = np.where(free[ground.visit], ground.latest, ground.kind.starts - 1)
        worth = ground.plain * drawn[ground.clients] + ground.bonus
        return kind, tuple(ground.clients[_Pass(ground, latest, worth).stops()].tolist())

    def _points(self, rides: Iterable[Ride]) -> int:
        return sum(self.model.points(ride) for ride in rides if ride[1])
