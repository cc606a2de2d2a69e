from typing import Any

from django.core.management.base import CommandError, CommandParser

from collections_app.standings import queries as standings
from common import money
from common.console import JsonCommand, looked_back
from receivables import buckets


class Command(JsonCommand):
    help = "What was open at the end of a day, in ageing buckets, to the cent."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", help="day, YYYY-MM-DD; default today")
        parser.add_argument("--known-on", help="by what was known at the end of this day; default everything")
        parser.add_argument("--buckets", default="30,60,90", help="bounds in days late, e.g. 30,60,90")
        parser.add_argument("--by", default="bucket,currency", help=f"groups: {', '.join(standings.DIMENSIONS)}")
        parser.add_argument(
            "--due", choices=["effective", "original"], default="effective", help="aged by which due date"
        )
        parser.add_argument("--credits", choices=["apart"], help="open credit notes in a bucket of their own")

    def answer(self, **options: Any) -> dict[str, Any]:
        groups = [name.strip() for name in options["by"].split(",") if name.strip()]
        on, known_on = looked_back(options)
        standings.check_known(on)
        try:
            report = standings.ageing(
                as_of=on,
                buckets=buckets.parse(options["buckets"]),
                by=groups,
                credits_apart=options["credits"] == "apart",
                due=options["due"],
                known_on=known_on,
            )
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from None
        return {
            "as_of": report.as_of.isoformat(),
            "rows": [
                {name: getattr(row, name) for name in ("standing", "bucket", "rep", "customer") if name in groups}
                | {
                    "currency": row.currency,
                    "count": row.count,
                    "amount": money.as_text(row.amount, row.currency),
                }
                for row in report.rows
            ],
            "totals": [
                {
                    "currency": row.currency,
                    "count": row.count,
                    "amount": money.as_text(row.amount, row.currency),
                }
                for row in report.totals
            ],
        }

    def tell(self, document: dict[str, Any]) -> None:
        for row in document["rows"] + document["totals"]:
            named = " ".join(str(row.get(name, "")) for name in ("standing", "bucket", "rep", "customer")).strip()
            self.stdout.write(f"{named or 'total':<30} {row['currency']} {row['count']:>7} {row['amount']:>18}")
