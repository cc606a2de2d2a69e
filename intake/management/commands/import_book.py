"""Import a file: documents and the money that settled them, or contracts, price lines and shipments."""

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
from intake.problems import Group
from intake.profile import KINDS, RECEIVABLES
from intake.report import Report
from intake.services import NotTaken, Outcome


class Command(BaseCommand):
    help = (
        "Import a file by a profile (docs/profiles.md): receivables, contracts, price lines or shipments. "
        "Exit 1: refused, nothing stored; 2: wrong call."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a CSV or XLSX file")
        parser.add_argument("--profile", required=True, help="the name of a profile, or the path of its TOML file")
        parser.add_argument(
            "--kind", choices=KINDS, default="", help="what the file holds; default as the profile says"
        )
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
        path = Path(options["file"])
        profile, content = self._opened(path, options["profile"], options["kind"])
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

    def _opened(self, path: Path, profile: str, kind: str) -> tuple[shipped.Loaded, bytes]:
        try:
            return shipped.find(profile, kind=kind), path.read_bytes()
        except OSError as error:
            raise CommandError(
                _("%(path)s cannot be opened: %(why)s.") % {"path": path, "why": error.strerror}, returncode=2
            ) from error
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal

    def _refuse(self, why: str, outcome: Outcome, *, dry_run: bool, as_json: bool) -> None:
        report = outcome.report
        if not dry_run:
            report.nothing_stored()
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
        for group in report.grouped_warnings:
            self.stderr.write(_("Warning: %(line)s") % {"line": self._said(group)})
        if as_json:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))
            return
        if dry_run:
            self.stdout.write(_("Nothing was stored; this is what would happen."))
        if report.already_imported:
            self.stdout.write(_("This file was imported already; nothing changed."))
        self.stdout.write(self._counts(report) if report.kind == RECEIVABLES else self._agreed(report))
        if report.as_of:
            self._tell_of_list(report)
        for total in report.totals:
            kind = total["kind"].replace("_", " ")
            self.stdout.write(f"  {total['currency']} {kind}: {total['count']}, {total['amount']}")

    def _said(self, group: Group) -> str:
        """Equal warnings in one line, with the numbers of the first rows."""
        if group.is_single:
            return group.first[0]
        said = {"count": group.count, "problem": group.problem, "lines": ", ".join(map(str, group.lines))}
        if group.more:
            return _("%(count)s rows: %(problem)s (lines %(lines)s and %(more)s more)") % (said | {"more": group.more})
        return _("%(count)s rows: %(problem)s (lines %(lines)s)") % said

    def _counts(self, report: Report) -> str:
        return _(
            "%(rows)d rows: %(invoices)d invoices, %(credit_notes)d credit notes and %(customers)d customers "
            "added, %(settled)d settled, %(changed)d changed, %(unchanged)d unchanged, "
            "%(duplicates)d duplicates, %(refused)d refused."
        ) % {
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

    def _agreed(self, report: Report) -> str:
        return _(
            "%(rows)d rows: %(contracts)d contracts, %(prices)d price lines, %(products)d products and "
            "%(shipments)d shipments added, %(changed)d changed, %(unchanged)d unchanged, "
            "%(duplicates)d duplicates, %(refused)d refused."
        ) % {
            "rows": report.rows,
            "contracts": report.contracts_added,
            "prices": report.price_lines_added,
            "products": report.products_added,
            "shipments": report.shipments_added,
            "changed": report.changed,
            "unchanged": report.unchanged,
            "duplicates": report.duplicates,
            "refused": report.refused_rows,
        }

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
