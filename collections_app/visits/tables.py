"""The day of the reps, and of one rep, as a file."""

from collections.abc import Iterable, Iterator
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from collections_app.visits.queries import StopCard, StopRow, Today
from collections_app.visits.reps import RepDay
from common.tables import MoneyColumn, NumberColumn, StandingColumn, TextColumn, TimeColumn


class RepsTable(tables.Table):
    """A row for each rep and currency."""

    name = TextColumn(verbose_name=_("Rep"))
    done = NumberColumn(verbose_name=_("Visits done"))
    visits = NumberColumn(verbose_name=_("Visits"))
    asked = MoneyColumn(verbose_name=_("Asked for"))
    received = MoneyColumn(verbose_name=_("In so far"))
    currency = TextColumn(verbose_name=_("Currency"))


def of_reps(rows: Iterable[RepDay]) -> list[dict[str, Any]]:
    return [
        {"name": row.name, "done": row.done_count, "visits": row.stop_count}
        | ({"asked": one.asked_amount, "received": one.in_amount, "currency": one.currency} if one else {})
        for row in rows
        for one in row.sums or [None]
    ]


class StopsTable(tables.Table):
    """In the order of the round; what is done comes last."""

    arrive_at = TimeColumn(verbose_name=_("Arrival"))
    customer_name = TextColumn(verbose_name=_("Customer"))
    standing = StandingColumn(verbose_name=_("Standing"))
    reason = TextColumn(verbose_name=_("Why"))
    amount = MoneyColumn(verbose_name=_("Amount"))
    currency = TextColumn(verbose_name=_("Currency"))
    state = TextColumn(verbose_name=_("State"))
    receipt_number = TextColumn(verbose_name=_("Receipt"))


def of_day(page: Today) -> list[dict[str, Any]]:
    return list(_rows(page))


def _rows(page: Today) -> Iterator[dict[str, Any]]:
    if page.next is not None:
        yield _card(page.next)
    for row in (*page.then, *page.done, *page.skipped):
        yield _row(row)


def _card(card: StopCard) -> dict[str, Any]:
    return {
        "arrive_at": card.arrive_at,
        "customer_name": card.customer_name,
        "standing": card.standing,
        "reason": " ".join(card.reasons),
        "amount": card.outcome_amount if card.is_closed else card.ask_amount,
        "currency": card.outcome_currency if card.is_closed else card.currency,
        "state": card.outcome or _t("Planned"),
    }


def _row(row: StopRow) -> dict[str, Any]:
    return {
        "arrive_at": row.arrive_at,
        "customer_name": row.customer_name,
        "standing": row.standing,
        "reason": row.reason,
        "amount": row.amount,
        "currency": row.currency,
        "state": row.outcome or _t("Planned"),
        "receipt_number": row.receipt_number,
    }
