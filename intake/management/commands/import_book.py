"""Import a file of receivables: new documents, and the money that settled them."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from audit.services import COMMAND
from common import clock
from common.console import day
from common.refusals import Refused
from intake import refused_rows, services, shipped
from intake.report import Report
from intake.services import NotTaken, Outcome

KINDS = ("receivables", "contracts", "price-lines", "shipments")


class Command(BaseCommand):
    help = (
        "Import a file of receivables by a profile (docs/profiles.md). Exit 1: refused, nothing stored; 2: wrong call."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a CSV or XLSX file")
        parser.add_argument("--profile", required=True, help="the name of a profile, or the path of its TOML file")
        parser.add_argument("--kind", choices=KINDS, default="receivables")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and store nothing")
        parser.add_argument(
            "--good-rows", action="store_true", help="store the readable rows, write the others to FILE.refused.csv"
        )
        parser.add_argument("--confirm", action="store_true", help="confirm a large fall of a snapshot")
        parser.add_argument(
            "--as-of", type=day, help="the day of a snapshot that does not say it itself; default today"
        )
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["kind"] != "receivables":
            raise CommandError(
                _("Files of %(kind)s cannot be imported yet. Import receivables.") % {"kind": options["kind"]},
                returncode=2,
            )
        path = Path(options["file"])
        profile, content = self._opened(path, options["profile"])
        what: dict[str, Any] = {"content": content, "name": path.name, "profile": profile, "on": clock.business_today()}
        what["as_of"] = options["as_of"]
        how = {"good_rows": options["good_rows"], "confirm": options["confirm"]}
        try:
            if options["dry_run"]:
                outcome = services.look(**what)
                if outcome.report.has_problems and not options["good_rows"]:
                    raise NotTaken(_("The file has problems; nothing would be imported."), outcome)
                services.check(outcome, **how)
            else:
                outcome = services.store(**what, by=COMMAND, **how)
        except NotTaken as refusal:
            self._refuse(str(refusal), refusal.outcome, dry_run=options["dry_run"], as_json=options["as_json"])
        except services.NotYetPossible as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        except Refused as refusal:  # by the ledger, half way: nothing of the file was stored
            if options["as_json"]:
                self.stdout.write(json.dumps({"refused": str(refusal), "problems": []}, ensure_ascii=False))
            raise CommandError(str(refusal), returncode=1) from refusal
        if outcome.refused_lines and not options["dry_run"]:
            self._write_refused(path, content, profile, outcome)
        self._print(outcome.report, as_json=options["as_json"], dry_run=options["dry_run"])

    def _opened(self, path: Path, profile: str) -> tuple[shipped.Loaded, bytes]:
        try:
            return shipped.find(profile), path.read_bytes()
        except OSError as error:
            raise CommandError(
                _("%(path)s cannot be opened: %(why)s.") % {"path": path, "why": error.strerror}, returncode=2
            ) from error
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal

    def _refuse(self, why: str, outcome: Outcome, *, dry_run: bool, as_json: bool) -> None:
        report = outcome.report
        if not dry_run:  # nothing was stored, so nothing is counted as added
            report.customers_added = report.invoices_added = report.payments_added = report.credit_notes_added = 0
            report.changed = report.settled = report.unchanged = report.reported = report.matched_receipts = 0
            report.applied = report.opening_entries = report.to_decide = report.not_yet_in_ledger = 0
            report.totals, report.receipts, report.differences, report.behind = [], [], [], []
        if as_json:
            self.stdout.write(json.dumps({"refused": why} | report.as_json(), ensure_ascii=False))
        for line in report.problem_lines:
            self.stderr.write(line)
        self.stderr.write(why)
        sys.exit(1)

    def _write_refused(self, path: Path, content: bytes, profile: shipped.Loaded, outcome: Outcome) -> None:
        target = path.with_name(refused_rows.name_of(path.name))
        rows = refused_rows.as_csv(
            content,
            name=path.name,
            profile=profile.profile,
            outcome_problems=outcome.problems,
            lines=outcome.refused_lines,
        )
        try:
            target.write_bytes(rows)
        except OSError as error:
            self.stderr.write(
                _("The rows were imported, but %(path)s cannot be written: %(why)s. The page of the file has it too.")
                % {"path": target, "why": error.strerror}
            )
        else:
            self.stderr.write(_("The rows that were not taken stand in %(path)s.") % {"path": target})

    def _print(self, report: Report, *, as_json: bool, dry_run: bool) -> None:
        for line in report.problem_lines:
            self.stderr.write(line)
        for line in report.warning_lines:
            self.stderr.write(_("Warning: %(line)s") % {"line": line})
        if as_json:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))
            return
        if dry_run:
            self.stdout.write(_("Nothing was stored; this is what would happen."))
        if report.already_imported:
            self.stdout.write(_("This file was imported already; nothing changed."))
        self.stdout.write(
            _(
                "%(rows)d rows: %(invoices)d invoices, %(credit_notes)d credit notes and %(customers)d customers "
                "added, %(settled)d settled, %(changed)d changed, %(unchanged)d unchanged, "
                "%(duplicates)d duplicates, %(refused)d refused."
            )
            % {
                "rows": report.rows,
                "invoices": report.invoices_added,
                "credit_notes": report.credit_notes_added,
                "customers": report.customers_added,
                "settled": report.settled,
                "changed": report.changed,
                "unchanged": report.unchanged,
                "duplicates": report.duplicates,
                "refused": report.refused_rows,
            }
        )
        if report.as_of:
            self._tell_of_list(report)
        for total in report.totals:
            kind = total["kind"].replace("_", " ")
            self.stdout.write(f"  {total['currency']} {kind}: {total['count']}, {total['amount']}")

    def _tell_of_list(self, report: Report) -> None:
        self.stdout.write(
            _(
                "Open items of %(day)s: %(reported)d payments reported by the ledger, %(receipts)d receipts matched, "
                "%(openings)d opening entries, %(behind)d not yet in the ledger, %(differences)d to decide."
            )
            % {
                "day": report.as_of,
                "reported": report.reported,
                "receipts": report.matched_receipts,
                "openings": report.opening_entries,
                "behind": report.not_yet_in_ledger,
                "differences": report.to_decide,
            }
        )
        for one in report.differences:
            self.stdout.write(
                _("  %(number)s of %(customer)s, %(what)s: %(ours)s here, %(theirs)s in the ledger") % one
            )
