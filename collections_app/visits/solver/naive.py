"""Plans as people make them from a sorted list, under the same windows: what a plan is never worse than.

Each takes commitments first, since no clerk would leave a promise due for a larger amount. The lists also seed the
search.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from collections_app.visits.solver.options import Choices, Option
from collections_app.visits.solver.problem import ShiftKey
from collections_app.visits.solver.tour import Fit, Tour, tours

Order = Sequence[int]  # places of visits in the choices


def by_amount(choices: Choices) -> list[int]:
    """The largest open amount first."""
    return _sorted(choices, lambda at: choices.visits[at].amount)


def by_worth(choices: Choices) -> list[int]:
    return _sorted(choices, lambda at: choices.visits[at].worth)


def _sorted(choices: Choices, figure: Callable[[int], Any]) -> list[int]:
    visits = choices.visits
    return sorted(range(len(visits)), key=lambda at: (not visits[at].is_commitment, -figure(at), visits[at].key))


def walk(choices: Choices, order: Order) -> list[Tour]:
    """Walking the list: each is visited after the last one, on the first shift on which he still can be."""
    found = tours(choices)
    for at in order:
        for option in sorted(choices.of_visit[at], key=lambda option: (option.shift, option.opens)):
            tour = found[option.shift]
            last = [fit for fit in tour.fits(option) if fit.position == len(tour.options)]
            if last:
                tour.insert(option, last[0].position)
                break
    return found


def insert(choices: Choices, order: Order, begun: Sequence[Tour] = ()) -> list[Tour]:
    """Each in the order of the list goes where the way grows least, if he fits anywhere."""
    found = [tour.copy() for tour in begun] or tours(choices)
    for at in order:
        fits = [fit for option in choices.of_visit[at] for fit in found[option.shift].fits(option)]
        if fits:
            best = min(fits, key=lambda fit: (fit.detour, fit.option.shift, fit.position))
            found[best.option.shift].insert(best.option, best.position)
    return found


def fill(
    choices: Choices,
    begun: Sequence[Tour] = (),
    *,
    among: Sequence[int] | None = None,
    rank: Callable[[int, Fit], float] | None = None,
) -> list[Tour]:
    """Whoever brings most for his time goes in next, wherever the worth pays the detour, until nobody fits.

    `begun` are the tours to fill (none: all shifts, from nothing), `among` the visits that may come in (none: all);
    `rank` says of points gained and fit what is best.
    """
    found = {tour.shift: tour.copy() for tour in begun or tours(choices)}
    placed = {option.visit for tour in found.values() for option in tour.options}
    waiting = [at for at in (range(len(choices.visits)) if among is None else among) if at not in placed]
    rank = rank or per_second
    best = {shift: _best_of(choices, tour, waiting, rank) for shift, tour in found.items()}
    while any(best.values()):
        _figure, fit = max(
            (one for of_shift in best.values() for one in of_shift.values()),
            key=lambda one: (one[0], -one[1].option.visit, -one[1].option.shift, -one[1].position),
        )
        chosen = fit.option
        found[chosen.shift].insert(chosen, fit.position)
        waiting.remove(chosen.visit)
        for of_shift in best.values():
            of_shift.pop(chosen.visit, None)
        best[chosen.shift] = _best_of(choices, found[chosen.shift], waiting, rank)
    return [found[shift] for shift in sorted(found)]


def per_second(gain: int, fit: Fit) -> float:
    """Points for a second of the way and the visit."""
    return gain / (fit.detour + fit.option.seconds + 1)


def squared(gain: int, fit: Fit) -> float:
    """Points squared for the seconds by which the rest of the day moves: large ones may cost more time."""
    return float(gain) * gain / (max(fit.delay, 0) + 1)


def _best_of(
    choices: Choices, tour: Tour, waiting: Iterable[int], rank: Callable[[int, Fit], float]
) -> dict[int, tuple[float, Fit]]:
    found = {}
    for at in waiting:
        fits = []
        for option in choices.of_visit[at]:
            if option.shift == tour.shift:
                for fit in tour.fits(option):
                    gain = option.points - fit.detour * choices.per_second
                    if gain > 0:
                        fits.append((rank(gain, fit), fit))
        if fits:
            found[at] = max(fits, key=lambda one: (one[0], -one[1].position))
    return found


def again(choices: Choices, before: Mapping[ShiftKey, Sequence[int]]) -> list[Tour]:
    """An earlier plan as far as it still holds: its visits in its order, without those that no longer fit."""
    found = tours(choices)
    place = {visit.key: at for at, visit in enumerate(choices.visits)}
    placed: set[int] = set()
    for shift, tour in enumerate(found):
        for key in before.get(choices.shifts[shift].key, ()):
            at = place.get(key)
            if at is None or at in placed:
                continue
            options = [option for option in choices.of_visit[at] if option.shift == shift]
            last = _at_the_end(tour, options)
            if last is not None:
                tour.insert(last, len(tour.options))
                placed.add(at)
    return found


def _at_the_end(tour: Tour, options: Iterable[Option]) -> Option | None:
    fits = [fit for option in options for fit in tour.fits(option) if fit.position == len(tour.options)]
    return min(fits, key=lambda fit: (fit.option.opens, -fit.option.points)).option if fits else None
