"""`manage.py export_journal`: what the company's ledger has not got yet, as the next numbered batch."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from audit.services import COMMAND
from common import clock, console, money
from receivables import queries, services
from receivables.services.journal import as_file


class Command(console.JsonCommand):
    help = "Write what the ledger has not got yet into a file of bookings; a second run has nothing to write."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)  # type: ignore[arg-type]
        parser.add_argument("--up-to", default="", metavar="D", help="the last day that goes out; default: today")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the CSV file to write")

    def answer(self, **options: Any) -> dict[str, Any]:
        up_to = console.day(options["up_to"]) if options["up_to"] else clock.business_today()
        out = Path(options["out"])
        if out.is_dir() or not out.absolute().parent.is_dir():
            raise CommandError(f"{out} cannot be written: it needs a folder that is there.", returncode=2)
        batch = services.export_journal(up_to=up_to, by=COMMAND)
        content = as_file(None, ()) if batch is None else bytes(batch.document.content)  # type: ignore[union-attr]
        try:
            out.write_bytes(content)
        except OSError as error:
            kept = f" Batch {batch.number} is kept: fetch its file from the page Journal." if batch else ""
            raise CommandError(f"{out} cannot be written: {error.strerror}.{kept}", returncode=1) from error
        return {
            "batch": batch.number if batch else None,
            "rows": batch.rows.count() if batch else 0,
            "totals": [
                {
                    "currency": total.currency,
                    "kind": total.kind,
                    "count": total.count,
                    "amount": money.as_text(total.amount, total.currency),
                }
                for total in (queries.journal_totals(batch) if batch else ())
            ],
        }

    def tell(self, document: dict[str, Any]) -> None:
        if document["batch"] is None:
            self.stdout.write("The ledger has everything already: no batch was made.")
            return
        self.stdout.write(f"Batch {document['batch']}, {document['rows']} rows.")
        for total in document["totals"]:
            self.stdout.write(f"{total['kind']:<12} {total['count']:>6} {total['amount']:>16} {total['currency']}")
