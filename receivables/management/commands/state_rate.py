"""`manage.py state_rate USD 0.92 --on 2026-11-24 --source ECB`: what one unit is worth in the base currency."""

from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import CommandError

from audit.services import COMMAND
from common import clock, console
from receivables import queries, services


class Command(console.JsonCommand):
    help = "State the rate of a currency on a day. Stated again it is corrected; what was said before stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)  # type: ignore[arg-type]
        parser.add_argument("currency", metavar="CURRENCY", help="a code such as USD")
        parser.add_argument("rate", metavar="RATE", help="what one unit is worth in the base currency, like 0.9215")
        parser.add_argument("--on", default="", metavar="D", help="the day; default: today")
        parser.add_argument("--source", required=True, metavar="S", help="who says so")

    def answer(self, **options: Any) -> dict[str, Any]:
        try:
            rate = Decimal(options["rate"])
        except InvalidOperation:
            raise CommandError(f"{options['rate']} is not a rate; expected one like 0.9215.", returncode=2) from None
        made = services.state_rate(
            currency=options["currency"].upper(),
            rate=rate,
            on=console.day(options["on"]) if options["on"] else clock.business_today(),
            source=options["source"],
            by=COMMAND,
        )
        return {
            "currency": made.currency,
            "base": queries.base_currency(),
            "on": made.on.isoformat(),
            "rate": f"{made.rate.normalize():f}",
            "source": made.source,
        }

    def tell(self, document: dict[str, Any]) -> None:
        self.stdout.write("One {currency} is {rate} {base} on {on} ({source}).".format(**document))
