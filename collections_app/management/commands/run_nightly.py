from typing import Any

from django.core.management.base import CommandParser

from audit import services as audit
from collections_app import night
from collections_app.standings import queries as standings
from collections_app.standings.models import NightStep
from common import money
from common.console import JsonCommand, as_of


class Command(JsonCommand):
    help = "Classify every open due item and plan the visits of a business date."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", help="business date, YYYY-MM-DD; default today")
        parser.add_argument(
            "--full", action="store_true", help="look at the whole book, not only at what can have changed"
        )

    def answer(self, **options: Any) -> dict[str, Any]:
        done = night.run(as_of=as_of(options), by=audit.NIGHT, full=options["full"])
        steps = list(done.steps.order_by("position", "partition"))
        by_name: dict[str, list[NightStep]] = {}
        for step in steps:
            by_name.setdefault(step.name, []).append(step)
        return {
            "as_of": done.business_date.isoformat(),
            "mode": done.mode,
            "touched": done.touched,
            "changed": done.changed,
            "seconds": sum(step.milliseconds for step in steps) / 1000,
            "standings": [
                {
                    "standing": row.standing,
                    "currency": row.currency,
                    "count": row.count,
                    "amount": money.as_text(row.amount, row.currency),
                }
                for row in standings.night_totals(done.business_date)
            ],
            "steps": [
                {
                    "name": name,
                    "rows": sum(s.rows for s in done_steps),
                    "seconds": sum(s.milliseconds for s in done_steps) / 1000,
                }
                for name, done_steps in by_name.items()
            ],
        }

    def tell(self, document: dict[str, Any]) -> None:
        self.stdout.write(
            f"Night of {document['as_of']}: {document['touched']} due items in {document['seconds']:.1f} s"
        )
        for row in document["standings"]:
            self.stdout.write(f"  {row['standing']:<10} {row['currency']} {row['count']:>7} {row['amount']:>18}")
