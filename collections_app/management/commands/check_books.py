from typing import Any

from django.core.management.base import CommandParser

from collections_app import books
from common.console import JsonCommand, past_day


class Command(JsonCommand):
    help = "Recompute every invariant of the books; exit status 1 if any is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--as-of", help="day, YYYY-MM-DD; default today")

    def answer(self, **options: Any) -> dict[str, Any]:
        report = books.check(as_of=past_day(options))
        self.missing = {one.name: one.missing for one in report.invariants if one.missing}
        self.more = {one.name: one.more for one in report.invariants if one.more}
        return {
            "invariants": [
                {"name": one.name, "checked": one.checked, "broken": one.broken} for one in report.invariants
            ]
        }

    def tell(self, document: dict[str, Any]) -> None:
        for one in document["invariants"]:
            missing, more = self.missing.get(one["name"]), self.more.get(one["name"], 0)
            broken = len(one["broken"]) + more
            counted = f"not checked: {missing}" if missing else f"{one['checked']:>8} checked, {broken} broken"
            self.stdout.write(f"{one['name']:<40} {counted}")
            for line in one["broken"]:
                self.stdout.write(f"    {line}")
            if more:
                self.stdout.write(f"    and {more} more")

    def is_broken(self, document: dict[str, Any]) -> bool:
        return any(one["broken"] for one in document["invariants"])
