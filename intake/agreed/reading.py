"""A whole file of contracts, prices or shipments into rows: every problem at once, and equal rows counted once."""

import json
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from intake import reading
from intake.agreed.cells import AgreedReader
from intake.agreed.contract_row import ContractReader
from intake.agreed.goods_row import GoodsReader
from intake.agreed.price_row import PriceReader
from intake.agreed.rows import OF_THE_SHIPMENT, ContractRow, Goods, GoodsRow, PriceRow, Said
from intake.columns import Columns
from intake.problems import Problem
from intake.profile import Profile
from intake.reading import Reading
from intake.sheet import Rows

Row = TypeVar("Row", bound=Said)
BESIDES = {"line", "cells", "is_good"}  # what may differ between equal rows


@dataclass(slots=True)
class AgreedReading(Reading):
    """The rows of one kind, refused ones too: what they name is looked up all the same."""

    contracts: list[ContractRow] = field(default_factory=list)
    prices: list[PriceRow] = field(default_factory=list)
    goods: list[Goods] = field(default_factory=list)

    def problem(self, row: Said, name: str, words: str) -> Problem:
        """A finding of this row, under the file's own heading."""
        return Problem(row.line, self.heading(name), row.cells.get(name), words)

    def wrong(self, row: Said, name: str, words: str) -> None:
        self.problems.append(self.problem(row, name, words))
        self.refused.add(row.line)


def read(content: bytes, *, name: str, profile: Profile, today: date) -> AgreedReading:
    """Read a file by a profile of its kind. Never raises for a bad file: `unreadable` and `problems` say it."""
    found = AgreedReading()

    def rows_of(rows: Rows, columns: Columns) -> None:
        kind, take = _KINDS[profile.kind]
        reader = kind(profile, columns, today=today)
        said = [reader.read(row.line, row.cells) for row in reading.whole_rows(rows, columns, profile, found)]
        found.problems.extend(reader.problems)
        found.warnings.extend(reader.warnings)
        found.refused.update(row.line for row in said if not row.is_good)
        take(said, found)

    return reading.go_through(rows_of, found, content, name=name, profile=profile)


def _once(rows: Iterable[Row], found: AgreedReading) -> list[Row]:
    """Rows that say the same count once."""
    kept: dict[Hashable, Row] = {}
    for row in rows:
        names = [part.name for part in fields(row) if part.name not in BESIDES]
        same = tuple(repr(getattr(row, name)) for name in names)
        if kept.setdefault(same, row) is not row:
            found.duplicates += 1
    return list(kept.values())


def _take_contracts(rows: list[ContractRow], found: AgreedReading) -> None:
    first: dict[tuple[str, str], ContractRow] = {}
    found.contracts = _once(rows, found)
    for row in found.contracts:
        other = first.setdefault(row.key, row)
        if other is row or not row.number:
            continue
        name = _differing(row, other)
        found.wrong(
            row,
            name,
            f'contract {row.number} is on line {other.line} already, there with "{other.cells.get(name, "")}"; '
            "keep one of them",
        )
        found.refused.add(other.line)


def _differing(row: ContractRow, other: ContractRow) -> str:
    """The first column in which two rows of one contract say different things."""
    ours, theirs = {"state": row.state, **row.stated}, {"state": other.state, **other.stated}
    names = [name for name in (*theirs, *ours) if ours.get(name) != theirs.get(name)]
    return row.column_of(names[0]) if names else "number"


def _take_prices(rows: list[PriceRow], found: AgreedReading) -> None:
    found.prices = _once(rows, found)


def _take_goods(rows: list[GoodsRow], found: AgreedReading) -> None:
    by_number: dict[str, list[GoodsRow]] = {}
    for row in _once(rows, found):
        by_number.setdefault(row.number, []).append(row)
    found.goods = [Goods(tuple(lines)) for number, lines in by_number.items() if number]
    for goods in found.goods:
        for line in goods.lines[1:]:
            _check_alike(goods.first, line, found)


def _check_alike(first: GoodsRow, line: GoodsRow, found: AgreedReading) -> None:
    for attribute, name in OF_THE_SHIPMENT:
        ours, theirs = getattr(first, attribute), getattr(line, attribute)
        if ours != theirs and first.is_good and line.is_good:
            found.wrong(
                line,
                name,
                f'shipment {line.number} is on line {first.line} already, there with "{said(ours)}"; '
                "all its lines say the same",
            )
            return


def said(value: object) -> str:
    """A value in a message: days as ISO dates, numbers without needless zeros."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


_KINDS: dict[str, tuple[type[AgreedReader], Callable[[list[Any], AgreedReading], None]]] = {
    "contracts": (ContractReader, _take_contracts),
    "price-lines": (PriceReader, _take_prices),
    "shipments": (GoodsReader, _take_goods),
}
