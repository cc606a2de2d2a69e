"""What an import did, or would do: counts, totals per currency, problems. Stored with the file and printed."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any

from common import money
from common.money import ZERO
from intake.comparing import Comparison
from intake.problems import SHOWN, Problem, in_order
from intake.reading import Reading


@dataclass(slots=True)
class Report:
    """Counts are of documents, amounts text with the currency's digits. Credit notes are positive; their kind tells."""

    rows: int = 0
    customers_added: int = 0
    invoices_added: int = 0
    payments_added: int = 0
    credit_notes_added: int = 0
    changed: int = 0
    settled: int = 0
    unchanged: int = 0
    duplicates: int = 0
    refused_rows: int = 0
    totals: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    more_problems: int = 0
    skipped_rows: int = 0
    warnings: list[dict[str, Any]] = field(default_factory=list)
    more_warnings: int = 0
    unreadable: str = ""
    already_imported: bool = False

    @property
    def has_problems(self) -> bool:
        return bool(self.problems)

    @property
    def problem_lines(self) -> list[str]:
        return _lines(self.problems, self.more_problems)

    @property
    def warning_lines(self) -> list[str]:
        return _lines(self.warnings, self.more_warnings)

    @property
    def problem_count(self) -> int:
        return len(self.problems) + self.more_problems

    @property
    def taken(self) -> int:
        """Documents that this file brings, moves or confirms."""
        return self.invoices_added + self.credit_notes_added + self.changed + self.settled + self.unchanged

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(stored: Mapping[str, Any]) -> Report:
    known = {part.name for part in fields(Report)}
    return Report(**{key: value for key, value in stored.items() if key in known})


def _lines(problems: Iterable[Mapping[str, Any]], more: int) -> list[str]:
    lines = [Problem(row["line"], row["column"], row["value"], row["problem"]).text for row in problems]
    return [*lines, f"and {more} more"] if more else lines


def of(reading: Reading, comparison: Comparison, *, customers_added: int, warnings: Iterable[Problem] = ()) -> Report:
    """The report of an import in which every readable row is stored."""
    problems = in_order([*reading.problems, *comparison.problems])
    notes = in_order([*reading.warnings, *comparison.warnings, *warnings])
    new = comparison.new
    invoices = [document for document in new if document.kind == "invoice"]
    settled = sum(1 for update in comparison.updates if update.settles)
    paid = [document for document in invoices if document.paid_amount]
    bills = [update for update in comparison.updates if update.booked.kind == "invoice"]
    return Report(
        rows=reading.rows,
        customers_added=customers_added,
        invoices_added=len(invoices),
        payments_added=len(paid) + len(bills),
        credit_notes_added=len(new) - len(invoices),
        changed=len(comparison.updates) - settled,
        settled=settled,
        unchanged=comparison.unchanged,
        duplicates=reading.duplicates,
        refused_rows=len(reading.refused | comparison.refused),
        totals=_totals(
            [(d.currency, d.kind, d.amount) for d in new]
            + [(d.currency, "payment", d.paid_amount) for d in paid]
            + [(u.booked.currency, "payment", u.amount) for u in bills]
        ),
        problems=[problem.as_json() for problem in problems[:SHOWN]],
        more_problems=max(0, len(problems) - SHOWN),
        skipped_rows=reading.skipped,
        warnings=[problem.as_json() for problem in notes[:SHOWN]],
        more_warnings=max(0, len(notes) - SHOWN),
        unreadable=reading.unreadable,
    )


def _totals(rows: Iterable[tuple[str, str, Decimal]]) -> list[dict[str, Any]]:
    sums: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for currency, kind, amount in rows:
        count, total = sums.get((currency, kind), (0, ZERO))
        sums[currency, kind] = (count + 1, total + amount)
    return [
        {"currency": currency, "kind": kind, "count": count, "amount": money.as_text(total, currency)}
        for (currency, kind), (count, total) in sorted(sums.items())
    ]
