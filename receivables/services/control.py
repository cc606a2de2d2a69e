"""Control totals: what the company's ledger says its receivables sum to. Typed or imported; a later word counts."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock, days, money
from common.templatetags import ui
from receivables.models import ControlTotal
from receivables.services import checks

COLUMNS = ("currency", "on", "amount")
MOST_LINES = 20_000
LIMIT = Decimal(10) ** 15  # as many digits as the table holds


class NotAControlTotal(checks.Refused):
    """A currency, a day or an amount that cannot be one; `problems` names the lines of a file."""

    def __init__(self, sentence: str, problems: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Stated:
    currency: str
    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Imported:
    """How many totals of a file were new, said something else than before, or were known."""

    added: int
    changed: int
    unchanged: int


@transaction.atomic
def state_total(*, currency: str, on: date, amount: Decimal, by: Actor, source: str = "") -> ControlTotal:
    """The ledger's total of a currency at the end of a day. Stated again it is corrected, and the trail keeps both."""
    _check(currency, on, amount)
    return _keep(Stated(currency, on, amount), source, by)[0]


@transaction.atomic
def import_totals(*, content: bytes, source: str, by: Actor) -> Imported:
    """A CSV file with the columns currency, on, amount: all of it, or nothing with every line that is wrong."""
    rows, problems = _read(content)
    if problems:
        raise NotAControlTotal(
            _("The file was not taken: %(problem)s Correct the file and send it again; nothing was stored.")
            % {"problem": problems[0]},
            problems,
        )
    if not rows:
        raise NotAControlTotal(_("The file has no line. Expected a line with currency,on,amount and one a total."))
    done = [_keep(row, source, by)[1] for row in rows]
    return Imported(added=done.count("added"), changed=done.count("changed"), unchanged=done.count("unchanged"))


def prove_totals(keys: Iterable[int]) -> None:
    """Our books were found to tie to these: only the newest of a currency is looked at again."""
    ControlTotal.objects.filter(pk__in=keys, proved_at=None).update(proved_at=clock.now())


def _keep(row: Stated, source: str, by: Actor) -> tuple[ControlTotal, str]:
    """Store it, and say what became of it: added, changed or unchanged."""
    known, made = ControlTotal.objects.select_for_update().get_or_create(
        currency=row.currency,
        on=row.on,
        defaults={"amount": row.amount, "source": source[:100], "entered_at": clock.now()},
    )
    if not made and known.amount == row.amount:
        return known, "unchanged"
    before = None if made else {"amount": known.amount, "source": known.source}
    if not made:
        known.amount, known.source, known.entered_at, known.proved_at = row.amount, source[:100], clock.now(), None
        known.save(update_fields=["amount", "source", "entered_at", "proved_at"])
    audit.record(
        verb="receivables.control_total_stated" if made else "receivables.control_total_corrected",
        subject=known,
        by=by,
        before=before,
        after={"currency": row.currency, "on": row.on, "amount": row.amount, "source": source[:100]},
    )
    return known, "added" if made else "changed"


def _check(currency: str, on: date, amount: Decimal) -> None:
    """A control total may be zero or below it: customers can be in credit."""
    if not money.is_known(currency):
        raise NotAControlTotal(
            _("%(currency)s is not a currency code; expected one like EUR.") % {"currency": currency}
        )
    if not days.FIRST <= on <= days.LAST:
        raise NotAControlTotal(_("No book reaches as far as %(day)s. Check the day.") % {"day": ui.day(on)})
    checks.check_day(on)
    if not amount.is_finite() or abs(amount) >= LIMIT or not money.is_exact(amount, currency):
        raise NotAControlTotal(
            _("%(amount)s is not an amount in %(currency)s. Check its size and its decimals.")
            % {"amount": amount, "currency": currency}
        )


def _read(content: bytes) -> tuple[list[Stated], list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [_("It is not a UTF-8 text file.")]
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: dict[tuple[str, date], Stated] = {}
    problems: list[str] = []
    try:
        names = {str(name).strip().lower(): name for name in lines.fieldnames or ()}
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            return [], [_("Its first line lacks the column %(name)s.") % {"name": missing[0]}]
        for line in _numbered(lines):
            try:
                row = _row(line.number, [line.values.get(names[name]) or "" for name in COLUMNS])
                if (row.currency, row.on) in rows:
                    raise NotAControlTotal(_("Line %(line)s states the same day again.") % {"line": line.number})
                rows[row.currency, row.on] = row
            except checks.Refused as refusal:
                problems.append(str(refusal))
    except csv.Error:
        problems.append(_("Line %(line)s cannot be read as CSV.") % {"line": lines.line_num})
    return list(rows.values()), problems


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    values: dict[str, str | None]


def _numbered(lines: "csv.DictReader[str]") -> Iterator[Line]:
    for values in lines:
        if lines.line_num > MOST_LINES:
            raise NotAControlTotal(_("The file has more than %(most)s lines. Send it in parts.") % {"most": MOST_LINES})
        if any(isinstance(value, str) and value.strip() for value in values.values()):
            yield Line(lines.line_num, values)


def _row(number: int, cells: Sequence[str]) -> Stated:
    currency, on, amount = (cell.strip() for cell in cells)
    try:
        row = Stated(currency.upper(), date.fromisoformat(on), money.parse(amount))
        _check(row.currency, row.on, row.amount)
    except checks.Refused as refusal:
        raise NotAControlTotal(_("Line %(line)s: %(problem)s") % {"line": number, "problem": refusal}) from None
    except ValueError:
        raise NotAControlTotal(
            _("Line %(line)s: expected a currency, a day like 2026-11-20 and an amount like 1240.50.")
            % {"line": number}
        ) from None
    return row
