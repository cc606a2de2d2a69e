"""What an import did or would do, whatever kind of file it was; and when a file is not taken."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.refusals import Refused
from intake import report
from intake.models import File
from intake.problems import Problem
from intake.report import Report


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did or would do; `problems` are all of them, the report holds the first ones."""

    report: Report
    problems: Sequence[Problem] = field(default_factory=tuple)
    refused_lines: frozenset[int] = frozenset()
    file: File | None = None


class NotTaken(Refused):
    """The file has problems; nothing was stored. `outcome` lists them."""

    def __init__(self, message: str, outcome: Outcome) -> None:
        super().__init__(message)
        self.outcome = outcome


def check(outcome: Outcome, *, good_rows: bool, confirm: bool = False) -> None:
    """Refuse a file that must not be stored as it is."""
    report = outcome.report
    if report.unreadable or (report.has_problems and not good_rows):
        raise _not_taken(outcome)
    if report.hindrance:
        raise NotTaken(report.hindrance, outcome)
    if report.doubt and not confirm:
        raise NotTaken(report.doubt, outcome)


def _not_taken(outcome: Outcome) -> NotTaken:
    if outcome.report.unreadable:
        return NotTaken(_("The file cannot be read. Nothing was imported; correct it and import it again."), outcome)
    count = outcome.report.problem_count
    return NotTaken(
        ngettext(
            "%(count)d problem. Nothing was imported; correct the file and import it again, or only the good rows.",
            "%(count)d problems. Nothing was imported; correct the file and import it again, or only the good rows.",
            count,
        )
        % {"count": count},
        outcome,
    )


def known(file: File) -> Outcome:
    """The same file once more: what it brings is here, nothing is added."""
    before = report.from_json(file.report)
    again = Report(kind=before.kind, rows=before.rows, unchanged=before.taken, already_imported=True)
    return Outcome(again, file=file)
