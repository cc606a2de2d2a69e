"""The choices as a model of the search engine: a client for each option, a vehicle type for each kind of shift.

A visit with several options is a group of which at most one is made. Shifts that differ in nothing are one kind, so
that the search does not compare a plan with its mirror image. Where a client may not be served by a vehicle that works
at its hours, the ways of that vehicle to it are longer than the horizon.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from pyvrp import Client, ClientGroup, Depot, Location, ProblemData, Route, Solution, VehicleType

from collections_app.visits.solver.options import Choices, Option
from collections_app.visits.solver.tour import Tour, tour_of

MAX_PENALTY = 10_000_000  # of a second too late
MAX_PRIZE = MAX_PENALTY * 60 - 1  # or the search would buy visits with minutes that nobody has

Bars = frozenset[int]  # shifts
Ride = tuple[int, tuple[int, ...]]  # the kind of the shift, and the clients in order


@dataclass(frozen=True, slots=True)
class Kind:
    """What shifts of one vehicle type have in common. Times are on the working clock; depots and profile are places."""

    starts: int
    ends: int
    first: int
    last: int
    most: int
    profile: int


class Model:
    """All of a model but its prizes, which hang on what a second of travel is said to cost."""

    def __init__(self, choices: Choices, visits: Sequence[int], shifts: Sequence[int]) -> None:
        self.choices = choices
        self.clients = _merged(choices, visits, set(shifts))  # the option on each shift that may serve the client
        self.used = used = sorted({shift for options in self.clients for shift in options})
        clocks = [choices.clocks[shift] for shift in used]
        self._horizon = max((c.ends for c in clocks), default=0) - min((c.starts for c in clocks), default=0) + 1
        spots: dict[tuple[int, Bars], int] = {}
        for shift in used:
            for place in (choices.start_of(shift), choices.end_of(shift)):
                spots.setdefault((place, frozenset()), len(spots))
        self._depots = {place: spot for (place, _bars), spot in spots.items()}
        self._spot_of = [
            spots.setdefault((_any(options).place, _bars(choices, options, used)), len(spots))
            for options in self.clients
        ]
        self._spots = tuple(spots)
        profiles: dict[frozenset[int], int] = {}
        self.kinds: dict[Kind, list[int]] = {}
        for shift in used:
            self.kinds.setdefault(self._kind(shift, profiles), []).append(shift)
        self._matrices = self._ways(list(profiles))
        self._counts = any(kind.most < len(self.clients) for kind in self.kinds)
        self._kind_of = {shift: at for at, shifts in enumerate(self.kinds.values()) for shift in shifts}
        self._client_of = {option: at for at, options in enumerate(self.clients) for option in options.values()}

    @property
    def is_empty(self) -> bool:
        return not self.clients

    def data(self, rate: Fraction, *, waiting_counts: bool) -> ProblemData:
        """`rate`: the points that a second costs, of travel alone or of the whole round."""
        of_visit: dict[int, list[int]] = {}
        for client, options in enumerate(self.clients):
            of_visit.setdefault(_any(options).visit, []).append(client)
        several = [clients for clients in of_visit.values() if len(clients) > 1]
        group_of = {client: at for at, clients in enumerate(several) for client in clients}
        return ProblemData(
            locations=[Location(0, 0) for _ in self._spots],
            clients=[self._client(client, group_of.get(client), rate) for client in range(len(self.clients))],
            depots=[Depot(spot) for spot in range(len(self._depots))],
            vehicle_types=[self._vehicle(kind, len(on), waiting_counts) for kind, on in self.kinds.items()],
            distance_matrices=self._matrices,
            duration_matrices=self._matrices,
            groups=[ClientGroup(clients, required=False) for clients in several],
        )

    def rides(self, solution: Solution) -> list[Ride]:
        return [
            (route.vehicle_type(), tuple(activity.idx for activity in route if activity.is_client()))
            for route in solution.routes()
        ]

    def points(self, ride: Ride) -> int:
        """What the ride brings, less its travel at what it truly costs."""
        kind, clients = ride
        ways, shift = self.choices.seconds, list(self.kinds.values())[kind][0]
        here, travel, brings = self.choices.start_of(shift), 0, 0
        for client in clients:
            option = _any(self.clients[client])
            travel += ways[here][option.place]
            here, brings = option.place, brings + option.points
        return brings - (travel + ways[here][self.choices.end_of(shift)]) * self.choices.per_second

    def tours(self, rides: Iterable[Ride]) -> list[Tour]:
        """The rides on shifts; shifts that are alike are taken in order, those without a ride stay empty."""
        free = [list(shifts) for shifts in self.kinds.values()]
        found = []
        for kind, clients in rides:
            shift = free[kind].pop(0)
            tour = tour_of(self.choices, shift, [self.clients[client][shift] for client in clients])
            found.append(tour or Tour(self.choices, shift))
        found += [Tour(self.choices, shift) for shifts in free for shift in shifts]
        return sorted(found, key=lambda tour: tour.shift)

    def as_rides(self, tours: Iterable[Tour]) -> list[Ride]:
        """Tours as rides; a stop that is not in the model is left out."""
        found = []
        for tour in tours:
            clients = tuple(self._client_of[option] for option in tour.options if option in self._client_of)
            if clients:
                found.append((self._kind_of[tour.shift], clients))
        return found

    def solution(self, data: ProblemData, rides: Iterable[Ride]) -> Solution:
        """Rides as the engine writes them."""
        return Solution(data, [Route(data, list(clients), kind) for kind, clients in rides])

    def _kind(self, shift: int, profiles: dict[frozenset[int], int]) -> Kind:
        choices = self.choices
        clock, most = choices.clocks[shift], choices.shifts[shift].max_visits
        barred = frozenset(spot for spot, (_place, bars) in enumerate(self._spots) if shift in bars)
        return Kind(
            clock.starts,
            clock.ends,
            self._depots[choices.start_of(shift)],
            self._depots[choices.end_of(shift)],
            len(self.clients) if most is None else min(most, len(self.clients)),
            profiles.setdefault(barred, len(profiles)),
        )

    def _ways(self, profiles: Iterable[frozenset[int]]) -> list[Any]:
        places = [place for place, _bars in self._spots]
        seconds = np.array(self.choices.seconds, dtype=np.int64)[np.ix_(places, places)]
        found = []
        for barred in profiles:
            matrix = seconds.copy() if barred else seconds
            for spot in barred:
                matrix[spot, :] = matrix[:, spot] = self._horizon
                matrix[spot, spot] = 0
            found.append(matrix)
        return found

    def _vehicle(self, kind: Kind, count: int, waiting_counts: bool) -> VehicleType:
        return VehicleType(
            num_available=count,
            capacity=[kind.most] if self._counts else [],
            start_depot=kind.first,
            end_depot=kind.last,
            tw_early=kind.starts,
            tw_late=kind.ends,
            unit_distance_cost=0 if waiting_counts else 1,
            unit_duration_cost=1 if waiting_counts else 0,
            profile=kind.profile,
        )

    def _client(self, client: int, group: int | None, rate: Fraction) -> Client:
        option = _any(self.clients[client])
        return Client(
            self._spot_of[client],
            delivery=[1] if self._counts else [],
            service_duration=option.seconds,
            tw_early=option.opens,
            tw_late=option.latest,
            prize=max(1, round(option.points / rate)),
            required=False,
            group=group,
        )


def _merged(choices: Choices, visits: Sequence[int], shifts: set[int]) -> list[dict[int, Option]]:
    """By client: options that differ in nothing but the shift are one client."""
    found: dict[tuple[int, int, int, int], dict[int, Option]] = {}
    for visit in visits:
        for option in choices.of_visit[visit]:
            if option.shift in shifts and choices.shifts[option.shift].max_visits != 0:
                key = (option.visit, option.opens, option.latest, option.points)
                found.setdefault(key, {})[option.shift] = option
    return list(found.values())


def _bars(choices: Choices, options: dict[int, Option], used: Sequence[int]) -> Bars:
    """The shifts that work at these hours and yet may not serve the client."""
    option = _any(options)
    return frozenset(
        shift
        for shift in used
        if shift not in options
        and choices.clocks[shift].starts <= option.latest
        and choices.clocks[shift].ends >= option.opens + option.seconds
    )


def _any(options: dict[int, Option]) -> Option:
    return next(iter(options.values()))
