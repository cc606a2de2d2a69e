"""The round of a rep and day as it is stored, read once for each of its forms: the page, the sheet, the GPX file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from collections_app.visits.drawn import Drawing, draw
from collections_app.visits.frames import minutes_of, place_of, time_at
from collections_app.visits.goods import IS_HELD
from collections_app.visits.models import LeftOut, Plan, Stop
from collections_app.visits.plans.load import Hours, Load, Made, load_of
from collections_app.visits.route import Place
from common.money import ZERO
from staff.models import Business, User

VISITS = (Stop.State.PLANNED, Stop.State.DONE)


@dataclass(frozen=True)
class Round:
    """Stops in their order, with their customers; `out` are those left out who are not among them."""

    rep: User
    on: date
    plan: Plan | None
    stops: tuple[Stop, ...] = ()
    out: tuple[LeftOut, ...] = ()

    @property
    def frame(self) -> Mapping[str, Any]:
        return self.plan.frame if self.plan is not None else {}

    @property
    def visits(self) -> tuple[Stop, ...]:
        """What is visited, or was: they are numbered from one, on paper and on the map alike."""
        return tuple(stop for stop in self.stops if stop.state in VISITS)

    @property
    def numbers(self) -> dict[int, int]:
        return {stop.pk: number for number, stop in enumerate(self.visits, start=1)}

    @property
    def start(self) -> Place | None:
        return place_of(self.frame.get("start") or ())

    @property
    def end(self) -> Place | None:
        return place_of(self.frame.get("end") or ())

    @property
    def kilometres(self) -> Decimal:
        """The way home is part of it."""
        home = Decimal(self.frame.get("home_metres", 0)) / 1000 if self.visits else ZERO
        return sum((stop.kilometres or ZERO for stop in self.visits), home)

    @property
    def load(self) -> Load:
        frame = self.frame
        lunch_from, lunch_until = frame.get("lunch") or (0, 0)
        hours = Hours(frame.get("starts_at", 0), frame.get("ends_at", 0), lunch_from, lunch_until)
        made = [_made(stop) for stop in self.visits if stop.arrive_at and stop.leave_at]
        return load_of(made, hours, way_back=frame.get("home_minutes", 0) if made else 0)

    @property
    def home_at(self) -> Any:
        """When he is back, local; None where that is not known, or nothing is planned."""
        minute = self.frame.get("home_at")
        return time_at(minute) if minute is not None and self.visits else None


def read(*, rep: User, on: date, user: User) -> Round:
    """As this person may see it. Three statements at any size."""
    plan = Plan.objects.visible_to(user).filter(rep=rep, on=on).first()
    if plan is None:
        return Round(rep, on, None)
    stops = tuple(
        Stop.objects.filter(plan=plan).annotate(is_held=IS_HELD).select_related("customer").order_by("position")
    )
    named = {stop.customer_id for stop in stops}
    out = LeftOut.objects.filter(plan=plan).select_related("customer").order_by("-worth", "pk")
    return Round(rep, on, plan, stops, tuple(row for row in out if row.customer_id not in named))


def _made(stop: Any) -> Made:
    start = stop.start_at or stop.arrive_at
    return Made(minutes_of(stop.arrive_at), minutes_of(start), minutes_of(stop.leave_at), stop.travel_minutes)


def place_at(stop: Stop) -> Place | None:
    return place_of(stop.card.get("place") or ())


def placed(stops: Sequence[Stop]) -> list[tuple[Stop, Place]]:
    """Those whose position is known: the others are on no map and in no file for a device."""
    return [(stop, place) for stop in stops if (place := place_at(stop)) is not None]


def map_of(found: Round, *, tiles: str = "") -> Drawing:
    """The stops with the numbers of the list; what is done is drawn as done."""
    numbers, rows = found.numbers, placed(found.visits)
    return draw(
        stops=[place for _stop, place in rows],
        start=found.start,
        end=found.end if found.end != found.start else None,
        done=[place for place, (stop, _) in enumerate(rows, start=1) if stop.state == Stop.State.DONE],
        labels=[str(numbers[stop.pk]) for stop, _place in rows],
        tiles=tiles,
    )


def tiles_and_credit() -> tuple[str, str]:
    """Whose pictures lie under a map on the screen; none unless a setting names them."""
    return settings.MAP_TILES, settings.MAP_CREDIT if settings.MAP_TILES else ""


def base_currency() -> str:
    return Business.objects.values_list("base_currency", flat=True).first() or ""
