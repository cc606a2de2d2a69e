"""What is open in a scope: sums for the board and the rows behind them, read from the same place so that they tie.

A day whose night has closed is read from that night: sums from its totals, rows from its periods. Today can be read
as it is this moment, from the stored open amounts. Any other day, and any other state of knowledge, is rebuilt from
dated rows by `standings.queries`; the rows are then plain mappings in memory.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from collections_app.desk import of_night, past, past_sums, present
from collections_app.desk.scope import KNOWN_THEN, Scope
from collections_app.desk.sources import COLUMNS, Group, in_order, summed
from collections_app.standings.models import Night
from common import clock
from common.money import ZERO
from staff.models import User


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a position is read: in the night that stored it, in the present amounts, or rebuilt from dated rows."""

    night: Night | None = None
    is_present: bool = False


PRESENT, REBUILT = Reading(is_present=True), Reading()


def last_night() -> Night | None:
    """The last night that a board can show."""
    shown = Q(done_at__isnull=False) | Q(pk__in=of_night.readable_nights().values("pk"))
    return Night.objects.filter(shown).order_by("-business_date").first()


def reading_of(scope: Scope) -> Reading:
    """How a scope is read. A single customer is always counted: its own page shows what it owes this moment."""
    if scope.known == KNOWN_THEN:
        return REBUILT
    is_counted = Exists(of_night.readable_nights().filter(pk=OuterRef("pk")))
    night = Night.objects.filter(business_date=scope.as_of).annotate(is_counted=is_counted).first()
    if night is None:
        return REBUILT
    if night.is_counted and not (scope.is_now or scope.known or scope.customer):
        return Reading(night=night)
    is_present = scope.as_of == clock.business_today() and (night.done_at or night.classified_at)
    return PRESENT if is_present else REBUILT


def groups(scope: Scope, *, user: User, bounds: tuple[int, ...], reading: Reading) -> list[Group]:
    """Sums by currency, standing, bucket and rep: whatever is filtered by these adds up from them exactly."""
    if reading.night is not None:
        return of_night.groups(scope, night=reading.night, user=user, bounds=bounds)
    if reading.is_present:
        sources = present.sources(scope, user=user, bounds=bounds)
        return in_order([group for source in sources for group in summed(source)])
    if scope.q:
        return grouped(past.lines(scope, user=user, bounds=bounds))
    return past_sums.groups(scope, user=user, bounds=bounds)


def rows(
    scope: Scope, *, user: User, bounds: tuple[int, ...], reading: Reading
) -> QuerySet[Any] | list[dict[str, Any]]:
    """The rows that add up to the scope, each a mapping of COLUMNS, as a queryset or a list."""
    if reading.night is not None:
        return of_night.rows(scope, night=reading.night, user=user, bounds=bounds)
    if reading.is_present:
        items, *others = [source.values(*COLUMNS) for source in present.sources(scope, user=user, bounds=bounds)]
        return items.union(*others, all=True)
    return past.named(past.lines(scope, user=user, bounds=bounds))


def grouped(lines: list[past.PastLine]) -> list[Group]:
    """The sums of lines that are in memory."""
    several: dict[tuple[str, str, str, int | None], list[past.PastLine]] = defaultdict(list)
    for one in lines:
        several[(one.line.currency, one.line.standing, one.bucket, one.rep)].append(one)
    return in_order(
        [
            Group(
                currency=currency,
                standing=standing,
                bucket=bucket,
                rep=rep,
                count=len(ones),
                amount=sum((one.amount for one in ones), ZERO),
                disputed=sum((one.line.disputed for one in ones), ZERO),
                oldest=min((one.line.due_date for one in ones if one.line.due_date), default=None),
            )
            for (currency, standing, bucket, rep), ones in several.items()
        ]
    )
