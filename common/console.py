"""What every command shares: one JSON document on standard output, refusals with exit status 1."""

import json
import sys
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock, days, past
from common.refusals import Refused


def day(text: str) -> date:
    """An ISO date given on the command line."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is not a date; expected YYYY-MM-DD.", returncode=2) from None
    if not days.FIRST <= found <= days.LAST:
        raise CommandError(f"{text!r} is out of reach; expected a day of 1970 to 2199.", returncode=2)
    return found


class JsonCommand(BaseCommand):
    """A command whose `answer` returns its JSON document; `--json` prints it, otherwise `tell` says it in words."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print exactly one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            document = self.answer(**options)
        except Refused as refusal:
            if options["json"]:
                self.stdout.write(json.dumps({"refused": str(refusal), "problems": getattr(refusal, "problems", [])}))
            raise CommandError(str(refusal), returncode=1) from None
        if options["json"]:
            self.stdout.write(json.dumps(document, ensure_ascii=False))
        else:
            self.tell(document)
        if self.is_broken(document):
            sys.exit(1)  # what is wrong has been said

    def answer(self, **options: Any) -> dict[str, Any]:
        raise NotImplementedError

    def tell(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))

    def is_broken(self, document: dict[str, Any]) -> bool:
        return False


def looked_back(options: dict[str, Any]) -> tuple[date, date | None]:
    """The days of `--as-of` and `--known-on`, the second where it is given."""
    on, known_on = past_day(options), day(options["known_on"]) if options.get("known_on") else None
    if known_on is not None:
        past.check(known_on)
    return on, known_on


def past_day(options: dict[str, Any]) -> date:
    """The day of `--as-of`: nobody can look back on it before it has come."""
    on = as_of(options)
    past.check(on)
    return on


def as_of(options: dict[str, Any]) -> date:
    """The day of `--as-of`, by default the business's today."""
    return day(options["as_of"]) if options.get("as_of") else clock.business_today()
