"""What an import did, or would do: counts, totals per currency, problems. Stored with the file and printed."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any

from common import money
from common.money import ZERO
from intake.comparing import Booked, Comparison
from intake.open_items import DUE_DATE, ELSEWHERE, Difference, Findings
from intake.problems import SHOWN, Group, Problem, grouped, in_order
from intake.profile import RECEIVABLES
from intake.reading import Reading

MONEY = "money"  # of what the ledger is behind, beside invoices that it does not have
SAID_OF_ANY_FILE = frozenset({
    "kind", "rows", "duplicates", "refused_rows", "problems", "more_problems", "skipped_rows", "warnings",
    "more_warnings", "warning_groups", "unreadable", "already_imported", "as_of", "doubt", "hindrance",
})  # fmt: skip


@dataclass(slots=True)
class Report:
    """Counts are of documents, amounts text with the currency's digits. Credit notes are positive; their kind tells."""

    kind: str = RECEIVABLES  # of the file
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
    contracts_added: int = 0
    price_lines_added: int = 0
    products_added: int = 0
    shipments_added: int = 0  # delivered and planned ones
    shipments_planned: int = 0
    proofs_added: int = 0
    invoices_linked: int = 0
    totals: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    more_problems: int = 0
    skipped_rows: int = 0
    warnings: list[dict[str, Any]] = field(default_factory=list)
    more_warnings: int = 0
    warning_groups: list[dict[str, Any]] = field(default_factory=list)  # equal ones together
    unreadable: str = ""
    already_imported: bool = False
    as_of: str = ""  # the day of a snapshot; what follows is of snapshots alone
    reported: int = 0  # payments and refunds that only the ledger knew of
    matched_receipts: int = 0  # receipts and papers in hand that the list has
    applied: int = 0  # money here that settled nothing and explains a fall
    opening_entries: int = 0
    to_decide: int = 0
    not_yet_in_ledger: int = 0
    receipts: list[str] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)
    behind: list[dict[str, Any]] = field(default_factory=list)  # what the ledger has not yet: money, invoices made here
    doubt: str = ""  # what a person has to confirm
    hindrance: str = ""  # why it cannot be stored at all

    @property
    def has_problems(self) -> bool:
        return bool(self.problems)

    @property
    def problem_lines(self) -> list[str]:
        return _lines(self.problems, self.more_problems)

    @property
    def grouped_warnings(self) -> list[Group]:
        """A report without groups has them from the warnings that it lists."""
        if self.warning_groups:
            return [Group(**row) for row in self.warning_groups]
        return grouped(Problem(**row) for row in self.warnings)

    @property
    def problem_count(self) -> int:
        return len(self.problems) + self.more_problems

    @property
    def taken(self) -> int:
        """Documents that this file brings, moves or confirms."""
        added = self.invoices_added + self.credit_notes_added
        added += self.contracts_added + self.price_lines_added + self.shipments_added
        return added + self.changed + self.settled + self.unchanged + self.to_decide

    @property
    def brings(self) -> int:
        """Documents and money that were not here before, or not like this."""
        return self.taken - self.unchanged + self.payments_added

    @property
    def is_refused_whole(self) -> bool:
        """Not one row is taken. A list of open items says something of its day even so."""
        return bool(self.refused_rows) and not self.taken and not self.as_of

    def nothing_stored(self) -> None:
        """A file that is refused has added nothing: what it would have done is no count."""
        for part in fields(self):
            if part.name not in SAID_OF_ANY_FILE:
                setattr(self, part.name, [] if isinstance(getattr(self, part.name), list) else 0)

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
        totals=totals(
            [(d.currency, d.kind, d.amount) for d in new]
            + [(d.currency, "payment", d.paid_amount) for d in paid]
            + [(u.booked.currency, "payment", u.amount) for u in bills]
        ),
        problems=[problem.as_json() for problem in problems[:SHOWN]],
        more_problems=max(0, len(problems) - SHOWN),
        skipped_rows=reading.skipped,
        warnings=[problem.as_json() for problem in notes[:SHOWN]],
        more_warnings=max(0, len(notes) - SHOWN),
        warning_groups=[asdict(group) for group in grouped(notes)],
        unreadable=reading.unreadable,
    )


def of_snapshot(
    reading: Reading, findings: Findings, *, customers_added: int, warnings: Iterable[Problem] = ()
) -> Report:
    """The same of a snapshot: what it settles has no row in the file."""
    made = of(reading, findings, customers_added=customers_added, warnings=warnings)
    fallen = [fall for fall in findings.falls if fall.here.booked.kind == "invoice"]
    openings = [document for document in findings.new if document.is_opening]
    invoices = [document for document in findings.new if document.kind == "invoice"]
    paid = [document for document in invoices if document.paid_amount and not document.is_opening]
    matched = [match.money for match in findings.matched]
    made.payments_added = len(paid) + len(fallen) + len(matched)
    made.settled, made.changed = findings.settled, findings.part_settled
    made.skipped_rows += findings.left_out
    made.totals = totals(
        [(d.currency, d.kind, d.amount) for d in findings.new]
        + [(d.currency, "payment", d.paid_amount) for d in paid]
        + [(d.currency, "opening", d.paid_amount) for d in openings]
        + [(fall.here.booked.currency, "payment", fall.amount) for fall in fallen]
        + [(money.currency, "payment", money.amount) for money in matched]
    )
    made.as_of = findings.day.isoformat()
    made.reported, made.matched_receipts = len(findings.falls), len(matched)
    made.applied, made.opening_entries = len(findings.applied), len(openings)
    made.to_decide = len(findings.differences)
    made.not_yet_in_ledger = len(findings.not_yet) + len(findings.not_listed)
    made.receipts = [money.number for money in matched[:SHOWN]]
    made.differences = [_difference(one) for one in findings.differences[:SHOWN]]
    behind = [_behind(fall.here.booked, MONEY, fall.amount) for fall in findings.not_yet]
    made.behind = [*behind, *(_behind(one.booked, "invoice", one.then) for one in findings.not_listed)][:SHOWN]
    return made


def _behind(booked: Booked, what: str, amount: Decimal) -> dict[str, Any]:
    """Money on a document, or an invoice, that the ledger does not have yet."""
    named = {"number": booked.number, "customer": booked.customer, "currency": booked.currency}
    return named | {"what": what, "amount": money.as_text(amount, booked.currency)}


def _difference(one: Difference) -> dict[str, Any]:
    booked = one.here.booked
    if one.what == ELSEWHERE:
        ours = booked.number
    elif one.what == DUE_DATE:
        ours = one.our_date.isoformat() if one.our_date else ""
    else:
        ours = money.as_text(one.our_amount or ZERO, booked.currency)
    named = {"number": booked.number, "customer": booked.customer, "currency": booked.currency}
    if one.in_hand is not None:
        named["in_hand"] = one.in_hand.number
    return named | {"line": one.line, "what": one.what, "ours": ours, "theirs": one.theirs}


def totals(rows: Iterable[tuple[str, str, Decimal]]) -> list[dict[str, Any]]:
    sums: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for currency, kind, amount in rows:
        count, total = sums.get((currency, kind), (0, ZERO))
        sums[currency, kind] = (count + 1, total + amount)
    return [
        {"currency": currency, "kind": kind, "count": count, "amount": money.as_text(total, currency)}
        for (currency, kind), (count, total) in sorted(sums.items())
    ]
