"""The migration between two days as a page and a file: each move with its share of what stood there before."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.desk import measures
from collections_app.desk.scope import KNOWN_TODAY, Scope
from collections_app.standings.migration import NEW, SETTLED, Migration, Piece
from collections_app.standings.models import StandingChoices
from common import money
from common.templatetags import ui

STANDINGS = tuple(StandingChoices.values)


@dataclass(frozen=True, slots=True)
class Cell:
    """`share` is of what stood in the row on the first day; the row of new items has none."""

    amount: Decimal
    count: int
    share: Decimal | None
    url: str
    stays: bool = False


@dataclass(frozen=True, slots=True)
class MatrixRow:
    standing: str  # "" in the row of new items
    cells: list[Cell]
    total: Cell


@dataclass(frozen=True, slots=True)
class Matrix:
    currency: str
    rows: list[MatrixRow]
    totals: list[Cell]
    whole: Cell


@dataclass(frozen=True, slots=True)
class Page:
    from_day: date
    to_day: date
    is_stored: bool
    standings: tuple[str, ...]
    matrices: list[Matrix]


def page(found: Migration) -> Page:
    return Page(
        from_day=found.from_day,
        to_day=found.to_day,
        is_stored=found.is_stored,
        standings=STANDINGS,
        matrices=[_matrix(found, currency) for currency in found.currencies],
    )


def _matrix(found: Migration, currency: str) -> Matrix:
    becomes = (*STANDINGS, SETTLED)
    rows = [_row(found, currency, was, becomes) for was in (*STANDINGS, NEW)]
    totals = [_total(found, currency, name) for name in becomes]
    whole = Cell(found.amount(currency=currency), found.count(currency=currency), None, "")
    return Matrix(currency, rows, totals, whole)


def _row(found: Migration, currency: str, was: str, becomes: tuple[str, ...]) -> MatrixRow:
    total = found.amount(currency=currency, was=was)
    count = found.count(currency=currency, was=was)
    is_new = was == NEW
    cells = []
    for name in becomes:
        amount = found.amount(currency=currency, was=was, becomes=name)
        cells.append(
            Cell(
                amount=amount,
                count=found.count(currency=currency, was=was, becomes=name),
                share=None if is_new else measures.share(amount, total),
                url=_items_url(found, currency, was, name) if amount else "",
                stays=was == name,
            )
        )
    url = _items_url(found, currency, was, "") if is_new else _day_url(found, found.from_day, currency, was)
    return MatrixRow("" if is_new else was, cells, Cell(total, count, None, url if total else ""))


def _total(found: Migration, currency: str, becomes: str) -> Cell:
    amount = found.amount(currency=currency, becomes=becomes)
    url = _items_url(found, currency, "", becomes)
    if becomes != SETTLED:
        url = _day_url(found, found.to_day, currency, becomes)
    return Cell(amount, found.count(currency=currency, becomes=becomes), None, url if amount else "")


def _items_url(found: Migration, currency: str, was: str, becomes: str) -> str:
    said = {
        "from_day": found.from_day.isoformat(),
        "to_day": found.to_day.isoformat(),
        "currency": currency,
        "was": was,
        "becomes": becomes,
    }
    return f"{reverse('desk:migration-items')}?{urlencode({key: value for key, value in said.items() if value})}"


def _day_url(found: Migration, day: date, currency: str, standing: str) -> str:
    known = "" if found.is_stored else KNOWN_TODAY
    return Scope(as_of=day, known=known, currency=currency, standing=standing).rows_url


def rows(found: Migration) -> list[list[Any]]:
    """For a file: one row for each move."""
    listed: list[list[Any]] = [
        [_("Currency"), _("Was"), _("Is then"), _("Due items"), _("Amount"), _("Share of what it was")]
    ]
    for move in found.moves:
        share = None
        if move.was != NEW:
            share = measures.share(move.amount, found.amount(currency=move.currency, was=move.was))
        listed.append(
            [
                move.currency,
                word(move.was),
                word(move.becomes),
                move.count,
                money.rounded(move.amount, move.currency),
                "" if share is None else ui.percent(share),
            ]
        )
    return listed


def word(name: str) -> str:
    return {NEW: _("New"), SETTLED: _("Settled")}.get(name) or ui.standing_word(name)


def piece_rows(pieces: Iterable[Piece]) -> list[dict[str, Any]]:
    """As the table of due items takes them."""
    return [asdict(one) | {"was": word(one.was), "becomes": word(one.becomes)} for one in pieces]
