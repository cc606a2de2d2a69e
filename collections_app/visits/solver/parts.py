"""A large problem in parts that can be planned apart.

Shifts that no customer could have in common are parts by nature: a rep with his own customers, with all his days. A
team that shares its customers is one part as long as the search can bear it; a larger one gives each customer to one
of the reps first, by nearness and in equal shares.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from collections_app.visits.solver.options import Choices
from collections_app.visits.solver.tour import Tour

MOST_REPS = 5  # in one search
MOST_VISITS = 300


@dataclass(frozen=True, slots=True)
class Part:
    """Places of visits and shifts in the choices."""

    visits: tuple[int, ...]
    shifts: tuple[int, ...]


def parts(choices: Choices) -> list[Part]:
    """Shifts that share a customer who could be visited, with all who could be visited on them."""
    head = list(range(len(choices.shifts)))

    def top(shift: int) -> int:
        while head[shift] != shift:
            shift = head[shift]
        return shift

    rep_of: dict[int, int] = {}
    for place, shift in enumerate(choices.shifts):
        head[top(place)] = top(rep_of.setdefault(shift.rep, place))
    for options in choices.of_visit:
        for option in options:
            head[top(option.shift)] = top(options[0].shift)
    shifts_of: dict[int, list[int]] = {}
    for place in range(len(head)):
        shifts_of.setdefault(top(place), []).append(place)
    visits_of: dict[int, list[int]] = {}
    for visit, options in enumerate(choices.of_visit):
        if options:
            visits_of.setdefault(top(options[0].shift), []).append(visit)
    return [Part(tuple(visits_of.get(one, ())), tuple(shifts)) for one, shifts in shifts_of.items()]


def bearable(choices: Choices, part: Part, known: Sequence[Tour]) -> list[Part]:
    """The part itself, or a part for each rep where it is too large for one search; what is `known` stays possible."""
    shifts_of: dict[int, list[int]] = {}
    for shift in part.shifts:
        shifts_of.setdefault(choices.shifts[shift].rep, []).append(shift)
    is_small = len(shifts_of) <= MOST_REPS and len(part.visits) <= MOST_VISITS
    if is_small or len(shifts_of) == 1:
        return [part]
    given = _given(choices, part.visits, shifts_of, known)
    return [Part(tuple(sorted(given[rep])), tuple(shifts)) for rep, shifts in shifts_of.items()]


def _given(
    choices: Choices, visits: Sequence[int], shifts_of: dict[int, list[int]], known: Sequence[Tour]
) -> dict[int, list[int]]:
    """Whoever is in a known tour stays with its rep. Who could go to several reps goes to the nearest one who has not
    got his share; the worthiest choose first."""
    given: dict[int, list[int]] = {rep: [] for rep in shifts_of}
    reps_of = {visit: _reps(choices, visit) for visit in visits}
    for tour in known:
        reps_of |= {option.visit: {choices.shifts[tour.shift].rep} for option in tour.options}
    for visit, reps in reps_of.items():
        if len(reps) == 1:
            given[next(iter(reps))].append(visit)
    around = {rep: _anchors(choices, shifts, given[rep]) for rep, shifts in shifts_of.items()}
    share = -(-len(visits) // len(shifts_of))
    shared = [visit for visit in visits if len(reps_of[visit]) > 1]
    for visit in sorted(shared, key=lambda at: (-max(o.points for o in choices.of_visit[at]), at)):
        place = choices.visits[visit].place
        rep = min(
            reps_of[visit],
            key=lambda one: (len(given[one]) >= share, _way(choices, around[one], place), len(given[one]), one),
        )
        given[rep].append(visit)
        around[rep] = around[rep] or [place]
    return given


def _reps(choices: Choices, visit: int) -> set[int]:
    return {choices.shifts[option.shift].rep for option in choices.of_visit[visit]}


def _anchors(choices: Choices, shifts: Iterable[int], own: Iterable[int]) -> list[int]:
    """Where a rep is at home: where he starts and ends, else where his own customers are."""
    ends = {end for shift in shifts for end in (choices.start_of(shift), choices.end_of(shift))} - {choices.nowhere}
    return sorted(ends) or sorted({choices.visits[visit].place for visit in own})


def _way(choices: Choices, places: Sequence[int], place: int) -> int:
    return min((choices.seconds[one][place] for one in places), default=0)


def promising(choices: Choices, part: Part, per_shift: int | None) -> tuple[int, ...]:
    """So many visits for each shift as bring most for their time, and every commitment.

    The time of a visit is taken as itself, the way from its nearest neighbours, and a tenth of the way from home.
    """
    most = len(part.visits) if per_shift is None else per_shift * len(part.shifts)
    if len(part.visits) <= most:
        return part.visits
    homes = sorted({choices.start_of(shift) for shift in part.shifts} - {choices.nowhere})
    places = sorted({choices.visits[visit].place for visit in part.visits})

    def rank(visit: int) -> tuple[bool, float, int]:
        one = choices.visits[visit]
        near = sorted(choices.seconds[other][one.place] for other in places if other != one.place)[:5]
        minutes = one.seconds + sum(near) / max(len(near), 1) + _way(choices, homes, one.place) / 10 + 60
        return not one.is_commitment, -max(option.points for option in choices.of_visit[visit]) / minutes, visit

    ranked = sorted(part.visits, key=rank)
    committed = sum(1 for visit in part.visits if choices.visits[visit].is_commitment)
    return tuple(sorted(ranked[: max(most, committed)]))
