"""Plans as lists and files: the next days, all stops of a day, and who did not fit into it."""

from collections.abc import Iterable
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from collections_app.visits.plans.ahead import DayRow
from collections_app.visits.plans.reading import Column
from common.tables import DayColumn, MoneyColumn, NumberColumn, StandingColumn, TextColumn, TimeColumn
from common.templatetags import ui


class PlansTable(tables.Table):
    on = DayColumn(verbose_name=_("Day"), url=lambda row: row["url"], orderable=False)
    reps = NumberColumn(verbose_name=_("Reps planned"), orderable=False)
    stops = NumberColumn(verbose_name=_("Stops"), orderable=False)
    worth = MoneyColumn(verbose_name=_("Worth"), currency="base", orderable=False)
    left_out = NumberColumn(verbose_name=_("Did not fit"), orderable=False)
    state = TextColumn(verbose_name=_("State"), orderable=False)

    class Meta:
        attrs = {"caption": _("Plans of the next working days")}

    def render_on(self, value: Any, record: Any) -> Any:
        return TextColumn(url=lambda row: row["url"]).render(ui.weekday(value), record)


def of_days(rows: Iterable[DayRow], base: str) -> list[dict[str, Any]]:
    return [
        {
            "on": row.on,
            "url": row.url,
            "reps": row.reps,
            "stops": row.stops,
            "worth": row.worth,
            "base": base,
            "left_out": row.left_out,
            "state": row.state,
        }
        for row in rows
    ]


class StopsOfDayTable(tables.Table):
    """Rep by rep in the order of the round."""

    rep = TextColumn(verbose_name=_("Rep"))
    position = NumberColumn(verbose_name=_("Stop"))
    arrive_at = TimeColumn(verbose_name=_("Arrival"))
    start_at = TimeColumn(verbose_name=_("Begins"))
    leave_at = TimeColumn(verbose_name=_("Leaves"))
    travel_minutes = NumberColumn(verbose_name=_("Way, minutes"))
    kilometres = NumberColumn(verbose_name=_("Way, km"))
    code = TextColumn(verbose_name=_("Code"))
    customer = TextColumn(verbose_name=_("Customer"))
    standing = StandingColumn(verbose_name=_("Standing"))
    ask_amount = MoneyColumn(verbose_name=_("Asked for"))
    currency = TextColumn(verbose_name=_("Currency"))
    worth = MoneyColumn(verbose_name=_("Worth"), currency="base")
    base = TextColumn(verbose_name=_("Currency of the worth"))
    reason = TextColumn(verbose_name=_("Why"))
    marks = TextColumn(verbose_name=_("Marks"))


def of_stops(columns: Iterable[Column], base: str) -> list[dict[str, Any]]:
    return [
        {
            "rep": column.name,
            "position": stop.position,
            "arrive_at": stop.arrive_at,
            "start_at": stop.start_at,
            "leave_at": stop.leave_at,
            "travel_minutes": stop.travel_minutes,
            "kilometres": stop.kilometres,
            "code": stop.code,
            "customer": stop.customer_name,
            "standing": stop.standing,
            "ask_amount": stop.ask_amount,
            "currency": stop.currency,
            "worth": stop.worth,
            "base": base,
            "reason": stop.reason,
            "marks": ", ".join(
                word
                for word in (
                    _t("commitment") if stop.is_commitment else "",
                    _t("locked") if stop.is_locked else "",
                    stop.state,
                )
                if word
            ),
        }
        for column in columns
        for stop in column.stops
    ]


class LeftOutTable(tables.Table):
    """Who did not fit, the largest worth first."""

    rep = TextColumn(verbose_name=_("Rep"))
    code = TextColumn(verbose_name=_("Code"))
    customer = TextColumn(verbose_name=_("Customer"))
    worth = MoneyColumn(verbose_name=_("Worth"), currency="base")
    base = TextColumn(verbose_name=_("Currency of the worth"))
    reason = TextColumn(verbose_name=_("Why"))


def of_left_out(columns: Iterable[Column], base: str) -> list[dict[str, Any]]:
    return [
        {
            "rep": column.name,
            "code": row.code,
            "customer": row.customer_name,
            "worth": row.worth,
            "base": base,
            "reason": row.reason,
        }
        for column in columns
        for row in column.out
    ]
