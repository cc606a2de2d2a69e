"""The report of an import of contracts, price lines or shipments in which every readable row is stored."""

from dataclasses import asdict

from intake import report
from intake.agreed.plan import Plan
from intake.agreed.reading import AgreedReading
from intake.problems import SHOWN, Problem, grouped, in_order
from intake.report import Report

COUNTS = (
    "rows",
    "contracts_added",
    "price_lines_added",
    "products_added",
    "shipments_added",
    "shipments_planned",
    "proofs_added",
    "invoices_linked",
    "changed",
    "unchanged",
    "duplicates",
    "refused_rows",
)


def problems_of(read: AgreedReading, plan: Plan | None) -> list[Problem]:
    return in_order([*read.problems, *(plan.problems if plan else ())])


def of(kind: str, read: AgreedReading, plan: Plan | None) -> Report:
    """Without a plan the file could not be read at all. Counts are of contracts, price lines and shipments."""
    problems = problems_of(read, plan)
    notes = in_order([*read.warnings, *(plan.warnings if plan else ())])
    made = Report(
        kind=kind,
        rows=read.rows,
        duplicates=read.duplicates,
        refused_rows=len(read.refused | (plan.refused if plan else set())),
        problems=[problem.as_json() for problem in problems[:SHOWN]],
        more_problems=max(0, len(problems) - SHOWN),
        skipped_rows=read.skipped,
        warnings=[problem.as_json() for problem in notes[:SHOWN]],
        more_warnings=max(0, len(notes) - SHOWN),
        warning_groups=[asdict(group) for group in grouped(notes)],
        unreadable=read.unreadable,
    )
    if plan is not None:
        _count(made, plan)
    return made


def _count(made: Report, plan: Plan) -> None:
    new = [*plan.delivered, *plan.planned]
    made.contracts_added = len(plan.new_contracts)
    made.price_lines_added, made.products_added = len(plan.new_prices), len(plan.products)
    made.shipments_added, made.shipments_planned = len(new), len(plan.planned)
    made.proofs_added = len([one for one in plan.delivered if one.goods.first.signed_by])
    made.proofs_added += len([more for more in plan.more if more.is_signed])
    invoices = [one.invoice for one in new] + [more.invoice for more in plan.more]
    made.invoices_linked = len([invoice for invoice in invoices if invoice is not None])
    made.changed = len(plan.contract_changes) + len(plan.price_changes) + len(plan.more)
    made.unchanged = plan.unchanged
    made.totals = report.totals((one.currency, "shipment", one.goods.amount_in(one.currency)) for one in new)
