"""What a calendar reads of a rep's visits: those of today and the next two weeks, without any amount."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from uuid import NAMESPACE_OID, uuid5

from django.utils.timezone import get_current_timezone_name

from collections_app.visits.day.reading import VISITS, place_at
from collections_app.visits.feed import ics
from collections_app.visits.feed.ics import Visit
from collections_app.visits.models import Stop
from staff.models import User

AHEAD = timedelta(days=14)


def calendar_of(rep: User, *, today: date, address: Callable[[date], str]) -> bytes:
    """`address` is where the round of a day is looked at by whoever may sign in. One statement at any size."""
    return ics.calendar(name=str(rep), visits=visits_of(rep, today, address), zone=get_current_timezone_name())


def visits_of(rep: User, today: date, address: Callable[[date], str]) -> list[Visit]:
    """Settled and skipped ones are cancelled; of a day that was planned again only what is planned now."""
    stops = (
        Stop.objects.filter(plan__rep=rep, plan__on__range=(today, today + AHEAD))
        .select_related("plan", "customer")
        .order_by("plan__on", "position")
    )
    counted: dict[date, int] = defaultdict(int)
    found = []
    for stop in stops:
        is_visit = stop.state in VISITS
        counted[stop.plan.on] += is_visit
        found.append(_visit(rep, stop, counted[stop.plan.on] if is_visit else 0, address))
    return found


def _visit(rep: User, stop: Stop, number: int, address: Callable[[date], str]) -> Visit:
    on, name = stop.plan.on, stop.customer.name
    return Visit(
        uid=_uid(rep, stop),
        on=on,
        begins=stop.start_at or stop.arrive_at,
        ends=stop.leave_at,
        title=f"{number}. {name}" if number else name,
        where=stop.card.get("address") or "",
        place=place_at(stop),
        planned_at=stop.plan.made_at,
        is_cancelled=not number,
        url=address(on),
    )


def _uid(rep: User, stop: Stop) -> str:
    """The same for a customer and day, whatever is planned again; it tells nothing of our numbers."""
    return str(uuid5(NAMESPACE_OID, f"{rep.calendar_key} {stop.plan.on} {stop.customer_id}"))
