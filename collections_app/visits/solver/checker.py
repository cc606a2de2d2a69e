"""Is a plan possible, and is what it says true? Shares nothing with the way plans are made.

It counts with the plain values of the problem, second by second where breaks are concerned, and says in words what
is wrong. A plan without a word may be stored.
"""

from collections.abc import Iterator

from collections_app.visits.solver.problem import Plan, Problem, Round, Shift, Stop, Visit
from common import money
from common.money import ZERO


def violations(problem: Problem, plan: Plan) -> list[str]:
    """Everything that is wrong with the plan; empty for a plan that can be driven."""
    return [
        *_shifts(problem, plan),
        *_whole(problem, plan),
        *(said for one in plan.rounds if one.shift in problem.shift_of for said in _round(problem, one)),
        *_figures(problem, plan),
    ]


def missed(problem: Problem, plan: Plan) -> list[int]:
    """Commitments that the plan does not keep: not a violation, but never left unsaid."""
    visited = set(plan.visited)
    return sorted(visit.key for visit in problem.visits if visit.is_commitment and visit.key not in visited)


def _shifts(problem: Problem, plan: Plan) -> Iterator[str]:
    planned = [one.shift for one in plan.rounds]
    for key in sorted(set(planned)):
        if key not in problem.shift_of:
            yield f"shift {key}: nobody works then"
        if planned.count(key) > 1:
            yield f"shift {key}: planned twice"


def _whole(problem: Problem, plan: Plan) -> Iterator[str]:
    visited = list(plan.visited)
    for key in sorted(set(visited)):
        if visited.count(key) > 1:
            yield f"customer {key}: visited {visited.count(key)} times"
        if key not in problem.visit_of:
            yield f"customer {key}: was not to be planned"
    everybody = {visit.key for visit in problem.visits}
    if set(plan.left_out) != everybody - set(visited) or len(plan.left_out) != len(set(plan.left_out)):
        yield "who is left out and who is visited are not everybody"


def _round(problem: Problem, one: Round) -> Iterator[str]:
    shift = problem.shift_of[one.shift]
    if shift.max_visits is not None and len(one.stops) > shift.max_visits:
        yield f"shift {one.shift}: {len(one.stops)} visits where {shift.max_visits} are the most"
    if not one.stops:
        return
    if one.sets_out < shift.starts:
        yield f"shift {one.shift}: sets out before the working time"
    place, free = shift.starts_from, one.sets_out
    for stop in one.stops:
        visit = problem.visit_of.get(stop.key)
        if visit is None:
            return
        yield from _on_the_way(problem, shift, stop, (place, visit.place), free)
        yield from _visit(shift, visit, stop)
        place, free = visit.place, stop.leave
    way = _way(problem, place, shift.ends_at)
    if one.seconds_home != way[0] or one.metres_home != way[1]:
        yield f"shift {one.shift}: the way home is {way[0]} seconds and {way[1]} metres"
    if one.home_at < _arrival(shift, free, way[0]):
        yield f"shift {one.shift}: cannot be home so early"
    if one.home_at > shift.ends:
        yield f"shift {one.shift}: home after the working time"


def _on_the_way(
    problem: Problem, shift: Shift, stop: Stop, between: tuple[int | None, int | None], free: int
) -> Iterator[str]:
    seconds, metres = _way(problem, *between)
    if stop.seconds != seconds or stop.metres != metres:
        yield f"customer {stop.key}: the way there is {seconds} seconds and {metres} metres"
    if stop.arrive < _arrival(shift, free, seconds):
        yield f"customer {stop.key}: cannot be reached so early"


def _visit(shift: Shift, visit: Visit, stop: Stop) -> Iterator[str]:
    if visit.shifts is not None and shift.key not in visit.shifts:
        yield f"customer {stop.key}: is not visited on shift {shift.key}"
    if stop.start < stop.arrive:
        yield f"customer {stop.key}: the visit starts before the rep is there"
    if stop.leave - stop.start != visit.seconds:
        yield f"customer {stop.key}: the visit takes {visit.seconds} seconds"
    inside = [window for window in visit.windows if window.opens <= stop.start and stop.leave <= window.closes]
    if not inside:
        yield f"customer {stop.key}: visited outside of its windows"
    elif stop.worth not in [window.worth for window in inside]:
        yield f"customer {stop.key}: the worth is not that of the window"
    if stop.start < shift.starts or stop.leave > shift.ends:
        yield f"customer {stop.key}: visited outside of the working time"
    for pause in shift.breaks:
        starts, ends = max(pause.starts, shift.starts), min(pause.ends, shift.ends)
        if starts < ends and stop.start < ends and stop.leave > starts:
            yield f"customer {stop.key}: visited in a break"


def _way(problem: Problem, here: int | None, there: int | None) -> tuple[int, int]:
    if here is None or there is None:
        return 0, 0
    return problem.matrix.seconds[here][there], problem.matrix.metres[here][there]


def _arrival(shift: Shift, sets_out: int, seconds: int) -> int:
    """When whoever sets out then is there, if he stands still in every break."""
    now, left = sets_out, seconds
    while left > 0:
        running = [pause.ends for pause in shift.breaks if max(pause.starts, shift.starts) <= now < pause.ends]
        if running:
            now = max(running)
            continue
        ahead = [pause.starts for pause in shift.breaks if pause.starts > now and pause.ends > pause.starts]
        driven = min(left, min(ahead, default=now + left) - now)
        now, left = now + driven, left - driven
    return now


def _figures(problem: Problem, plan: Plan) -> Iterator[str]:
    travel = sum(stop.seconds for one in plan.rounds for stop in one.stops)
    travel += sum(one.seconds_home for one in plan.rounds)
    worth = sum((stop.worth for one in plan.rounds for stop in one.stops), ZERO)
    if plan.value != worth - money.stored(problem.cost_per_minute * travel / 60):
        yield f"the value {plan.value} is not the worth {worth} less {travel} seconds of travel"
    kept = [key for key in set(plan.visited) if key in problem.visit_of and problem.visit_of[key].is_commitment]
    if plan.commitments != len(kept):
        yield f"{len(kept)} commitments are kept, not {plan.commitments}"
