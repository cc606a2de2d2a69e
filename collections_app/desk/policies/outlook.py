"""What a simulation found, as rows for its page and its file. Customers and reps are those that the person may see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from collections_app.desk.policies.simulation import STANDINGS
from collections_app.policy import words
from collections_app.policy.keys import BY_PATH
from collections_app.policy.models import Simulation
from common import money
from common.lists import Blocks
from common.money import ZERO
from common.templatetags.ui import standing_word
from customers.models import Customer
from staff.models import User

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Cell:
    count: int
    amount: Decimal
    stays: bool
    url: str = ""  # the due items that add up to it


@dataclass(frozen=True, slots=True)
class MatrixRow:
    standing: str
    cells: list[Cell]  # by the standing it goes to
    total: Cell


@dataclass(frozen=True, slots=True)
class Change:
    """Money of a standing before and after."""

    standing: str
    count_before: int
    count_after: int
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Matrix:
    currency: str
    rows: list[MatrixRow]
    totals: list[Cell]
    whole: Cell
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Mover:
    code: str
    name: str
    url: str
    was: str
    becomes: str
    count: int
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class ListRow:
    """The visit list of a rep."""

    name: str
    before: int
    after: int
    enter: int
    leave: int
    week_before: Decimal
    week_after: Decimal

    @property
    def is_changed(self) -> bool:
        return bool(self.enter or self.leave or self.week_before != self.week_after)


@dataclass(frozen=True, slots=True)
class ListChange:
    rep: str
    code: str
    name: str
    url: str
    enters: bool
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Said:
    """A key that is not as in force."""

    label: Any
    path: str
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Outlook:
    as_of: date
    said: list[Said]
    compared_url: str
    compared_with: date | None
    matrices: list[Matrix]
    is_moving: bool
    movers: list[Mover]
    more_movers: int
    lists: list[ListRow]
    changed: list[ListChange]
    more_changed: int

    @property
    def first_movers(self) -> list[Mover]:
        return self.movers[:SHOWN]

    @property
    def first_changed(self) -> list[ListChange]:
        return self.changed[:SHOWN]

    @property
    def movers_not_shown(self) -> int:
        return len(self.movers) - len(self.first_movers) + self.more_movers

    @property
    def changed_not_shown(self) -> int:
        return len(self.changed) - len(self.first_changed) + self.more_changed


def outlook(simulation: Simulation, *, user: User) -> Outlook:
    """Sums are of the whole book; customers of other teams are counted with those not named."""
    found = simulation.result
    seen = _seen({row["customer"] for part in ("movers", "worklist_changes") for row in found[part]}, user)
    reps = {one.get_username(): str(one) for one in User.objects.visible_to(user)}
    movers = [_mover(row) for row in found["movers"] if row["customer"] in seen]
    changed = [_changed(row, reps) for row in found["worklist_changes"] if row["customer"] in seen]
    version = found["compared_with"]["version"]
    starts_on = found["compared_with"]["starts_on"]
    return Outlook(
        as_of=simulation.as_of,
        said=[_said(row) for row in found["changes"]],
        compared_url=reverse("desk:policy-version", args=[version]) if version else "",
        compared_with=date.fromisoformat(starts_on) if starts_on else None,
        matrices=_matrices(found, simulation.version_id),
        is_moving=bool(found["moves"]),
        movers=movers,
        more_movers=found["movers_left_out"] + len(found["movers"]) - len(movers),
        lists=[_list(row) for row in found["worklists"] if row["rep"] in reps],
        changed=changed,
        more_changed=found["worklist_changes_left_out"] + len(found["worklist_changes"]) - len(changed),
    )


def _seen(codes: set[str], user: User) -> set[str]:
    return set(Customer.objects.visible_to(user).filter(code__in=codes).values_list("code", flat=True))


def _said(row: dict[str, str]) -> Said:
    key = next((path for path in BY_PATH if row["key"] == path or row["key"].endswith(f".{path}")), "")
    if row["key"] in BY_PATH:
        key = row["key"]
    label = words.KEYS[key].label if key else row["key"]
    return Said(label, row["key"], row["from"], row["to"])


def _mover(row: dict[str, Any]) -> Mover:
    return Mover(
        code=row["customer"],
        name=row["name"],
        url=reverse("desk:customer", args=[row["customer"]]),
        was=row["from"],
        becomes=row["to"],
        count=row["count"],
        amount=Decimal(row["amount"]),
        currency=row["currency"],
    )


def _changed(row: dict[str, Any], reps: dict[str, str]) -> ListChange:
    return ListChange(
        rep=reps.get(row["rep"], row["rep"]),
        code=row["customer"],
        name=row["name"],
        url=reverse("desk:customer", args=[row["customer"]]),
        enters=row["change"] == "enters",
        was=row["from"],
        becomes=row["to"],
    )


def _list(row: dict[str, Any]) -> ListRow:
    return ListRow(
        name=row["name"],
        before=row["before"],
        after=row["after"],
        enter=row["enter"],
        leave=row["leave"],
        week_before=Decimal(row["visits_per_week_before"]),
        week_after=Decimal(row["visits_per_week_after"]),
    )


def _matrices(found: dict[str, Any], version: int) -> list[Matrix]:
    """One per currency: from the standing of a row to that of a column; its totals are the standings' sums."""
    moved: dict[tuple[str, str, str], Cell] = {}
    for row in found["moves"]:
        moved[row["currency"], row["from"], row["to"]] = Cell(row["count"], Decimal(row["amount"]), stays=False)
    for row in found["stays"]:
        moved[row["currency"], row["from"], row["to"]] = Cell(row["count"], Decimal(row["amount"]), stays=True)
    return [_matrix(currency, moved, version) for currency in sorted({currency for currency, _was, _becomes in moved})]


def _matrix(currency: str, moved: dict[tuple[str, str, str], Cell], version: int) -> Matrix:
    def url(**wanted: str) -> str:
        query = urlencode({"currency": currency, **wanted})
        return f"{reverse('desk:policy-items', args=[version])}?{query}"

    def cell(was: str, becomes: str) -> Cell:
        found = moved.get((currency, was, becomes), Cell(0, ZERO, stays=was == becomes))
        return replace(found, url=url(was=was, becomes=becomes))

    grid = {was: [cell(was, becomes) for becomes in STANDINGS] for was in STANDINGS}
    rows = [MatrixRow(was, cells, _sum(cells, url(was=was))) for was, cells in grid.items()]
    totals = [
        _sum([grid[was][place] for was in STANDINGS], url(becomes=becomes)) for place, becomes in enumerate(STANDINGS)
    ]
    changes = [
        Change(row.standing, row.total.count, after.count, row.total.amount, after.amount)
        for row, after in zip(rows, totals, strict=True)
    ]
    return Matrix(currency, rows, totals, _sum(totals, url()), changes)


def _sum(cells: Sequence[Cell], url: str) -> Cell:
    return Cell(sum(cell.count for cell in cells), sum((cell.amount for cell in cells), ZERO), stays=False, url=url)


def blocks(found: Outlook) -> Blocks:
    """The same as sheets of a file."""
    return [
        (
            _("Changes"),
            [(_("Key"), _("In force"), _("This version")), *((r.path, r.was, r.becomes) for r in found.said)],
        ),
        (_("Standings before and after"), _standing_rows(found)),
        (_("Customers that move"), _mover_rows(found)),
        (
            _("Visit lists"),
            [
                (
                    *(_("Rep"), _("Before"), _("After"), _("Enter"), _("Leave")),
                    *(_("Visits a week before"), _("Visits a week after")),
                ),
                *(
                    (row.name, row.before, row.after, row.enter, row.leave, row.week_before, row.week_after)
                    for row in found.lists
                ),
            ],
        ),
        (
            _("Who enters or leaves"),
            [
                (_("Rep"), _("Code"), _("Customer"), _("Visit list"), _("Standing now"), _("Standing then")),
                *(
                    (
                        *(row.rep, row.code, row.name, _("enters") if row.enters else _("leaves")),
                        *(standing_word(row.was), standing_word(row.becomes)),
                    )
                    for row in found.changed
                ),
                *([(_("not named here: %(count)s") % {"count": found.more_changed},)] if found.more_changed else []),
            ],
        ),
    ]


def _standing_rows(found: Outlook) -> list[Sequence[Any]]:
    rows: list[Sequence[Any]] = [
        (_("Currency"), _("Standing"), _("Due items before"), _("Before"), _("Due items after"), _("After"))
    ]
    for one in found.matrices:
        for row in one.changes:
            before, after = (money.rounded(amount, one.currency) for amount in (row.before, row.after))
            standing = standing_word(row.standing)
            rows.append((one.currency, standing, row.count_before, before, row.count_after, after))
    return rows


def _mover_rows(found: Outlook) -> list[Sequence[Any]]:
    rows: list[Sequence[Any]] = [
        (_("Code"), _("Customer"), _("Standing now"), _("Standing then"), _("Due items"), _("Amount"), _("Currency"))
    ]
    rows += [
        (row.code, row.name, standing_word(row.was), standing_word(row.becomes), row.count, row.amount, row.currency)
        for row in found.movers
    ]
    if found.more_movers:
        rows.append((_("not named here: %(count)s") % {"count": found.more_movers},))
    return rows
