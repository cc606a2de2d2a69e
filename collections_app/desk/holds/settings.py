"""How the gate is set: each cause and segment with its mode, what follows later, and what it keeps or would keep."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from collections_app.gate import mode_outlook, modes
from collections_app.gate.mode_outlook import Kept
from collections_app.gate.models import CauseChoices, GateMode, ModeChoices
from common.templatetags import ui
from customers.models import Customer
from staff import queries as staff


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One cause for one segment; `segment` empty: all that have no row of their own."""

    cause: str
    name: Any
    segment: str
    is_on: bool
    mode_name: Any
    since: date | None  # None: as a new installation has it
    by: str
    next: str  # the mode that is entered for a later day
    is_known: bool  # what it would hold was counted
    count: int
    amounts: list[tuple[str, Decimal]]
    url: str  # the list behind the count
    look_url: str  # where it can be counted


def segments() -> list[str]:
    seen = Customer.objects.exclude(segment="").order_by("segment")
    return list(seen.values_list("segment", flat=True).distinct())


def rows(*, as_of: date, look: Iterable[str] = ()) -> list[SettingRow]:
    """Every cause, and every segment with a setting of its own. `look`: causes that are off and are asked anyway."""
    stated = _Stated(list(GateMode.objects.order_by("starts_on", "pk")), as_of)
    names = staff.names(row.entered_by for row in stated.in_force.values())
    looked = [cause for cause in look if cause in CauseChoices.values]
    kept = {**mode_outlook.noted(), **(mode_outlook.looked_into(looked, as_of=as_of) if looked else {})}
    found = []
    for cause in CauseChoices:
        own = stated.segments(cause)
        for segment in ("", *own):
            goods = [one for one in kept.get(cause, ()) if _is_of(one, segment, own)]
            is_known = stated.mode(cause, segment) != ModeChoices.OFF or cause in looked
            found.append(_row(cause, segment, stated, names, goods if is_known else None))
    return found


class _Stated:
    """The settings by cause and segment: those in force on a day, and the next of each."""

    def __init__(self, entered: Iterable[GateMode], as_of: date) -> None:
        self.in_force: dict[tuple[str, str], GateMode] = {}
        self.later: dict[tuple[str, str], GateMode] = {}
        for row in entered:
            if row.starts_on <= as_of:
                self.in_force[row.cause, row.segment] = row
            else:
                self.later.setdefault((row.cause, row.segment), row)

    def segments(self, cause: str) -> list[str]:
        return sorted({segment for of, segment in (*self.in_force, *self.later) if of == cause and segment})

    def mode(self, cause: str, segment: str) -> str:
        row = self.in_force.get((cause, segment)) or self.in_force.get((cause, ""))
        return row.mode if row else modes.unstated(cause)


def _is_of(one: Kept, segment: str, own: list[str]) -> bool:
    return one.segment == segment if segment else one.segment not in own


def _row(
    cause: CauseChoices, segment: str, stated: _Stated, names: dict[str, str], goods: list[Kept] | None
) -> SettingRow:
    """`goods` None: it is off, and nobody has asked what it would hold."""
    row, following = stated.in_force.get((cause, segment)), stated.later.get((cause, segment))
    mode = stated.mode(cause, segment)
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for one in goods or ():
        amounts[one.currency] += one.amount
    query = {"cause": cause.value} | ({"segment": segment} if segment else {})
    is_listed = goods and mode != ModeChoices.OFF and (segment or not stated.segments(cause))
    return SettingRow(
        cause=cause.value,
        name=cause.label,
        segment=segment,
        is_on=mode == ModeChoices.ON,
        mode_name=ModeChoices(mode).label,
        since=row.starts_on if row else None,
        by=names[row.entered_by] if row else "",
        next=_("%(mode)s from %(day)s") % {"mode": following.get_mode_display(), "day": ui.day(following.starts_on)}
        if following
        else "",
        is_known=goods is not None,
        count=len(goods or ()),
        amounts=sorted(amounts.items()),
        url=f"{reverse('desk:shipments')}?{urlencode(query)}" if is_listed else "",
        look_url="" if goods is not None else f"{reverse('desk:gate-settings')}?{urlencode({'look': cause.value})}",
    )
