import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import CommandError, CommandParser

from common import money
from common.console import JsonCommand, day
from common.refusals import Refused
from contracts import terms
from contracts.basis import Basis
from contracts.parameters import Doubled, Parameters, only_once
from contracts.terms import Due


class NoDueDate(Refused):
    """The terms as they stand give no day; nobody may guess one."""


class Command(JsonCommand):
    help = "The due dates that terms give, each with its derivation. Methods and parameters: docs/terms.md."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--method", required=True, help="settlement method, e.g. net, periodic, instalments")
        parser.add_argument("--terms", default="{}", help="its parameters as JSON, e.g. '{\"days\": 30}'")
        parser.add_argument("--from", required=True, dest="start", help="day of invoice, delivery and receipt")
        parser.add_argument("--delivered", help="day of delivery, where it is another")
        parser.add_argument("--received", help="day on which the invoice was received, where it is another")
        parser.add_argument("--amount", help="amount of the invoice; adds the amount of each part")
        parser.add_argument("--currency", default="EUR", help="its currency; default EUR")
        parser.add_argument(
            "--country", default="", help="whose law: its longest term, and its own where net terms name no days"
        )

    def answer(self, **options: Any) -> dict[str, Any]:
        parameters = _terms(options["terms"])
        basis = Basis(
            day(options["start"]),
            day(options["delivered"]) if options["delivered"] else None,
            day(options["received"]) if options["received"] else None,
        )
        amount = _amount(options["amount"], options["currency"])
        method, country = options["method"], options["country"].upper()
        try:
            if method == "net" and "days" not in parameters and country:
                dues = terms.statutory(basis, country)
            else:
                dues = terms.schedule(method, parameters, basis)
        except terms.NotComputable as error:
            raise NoDueDate(f"No due date follows from these terms: {error}.") from error
        items = [_item(due) for due in dues]
        if amount is not None:
            for item, part in zip(items, terms.amounts(dues, amount, options["currency"]), strict=True):
                item["amount"] = money.as_text(part, options["currency"])
        above = terms.above_maximum(method, parameters, dues, basis, country)
        return {
            "items": items,
            "warnings": [{"warning": "above the legal maximum"} | _json(asdict(one)) for one in above],
        }

    def tell(self, document: dict[str, Any]) -> None:
        for item in document["items"]:
            shown = f"{item['due_on'] or 'not due yet':<12} {item['share']:>8} {item.get('amount', ''):>16}"
            self.stdout.write(f"{shown}  {item['derivation']}")
            if "discount_until" in item:
                self.stdout.write(f"    less {item['discount_share']} if paid by {item['discount_until']}")
        for one in document["warnings"]:
            self.stdout.write(f"{one['warning']}: {one['days_over']} days after {one['latest_on']}, {one['act']}")


def _terms(text: str) -> Parameters:
    try:
        found = json.loads(text, parse_float=Decimal, object_pairs_hook=only_once)
    except Doubled as error:
        raise CommandError(f"--terms: {error} is stated twice. State it once.", returncode=2) from None
    except (ValueError, RecursionError) as error:
        raise CommandError(f"--terms is not JSON: {error}.", returncode=2) from None
    if not isinstance(found, dict):
        raise CommandError('--terms: expected an object such as {"days": 30}.', returncode=2)
    return found


def _amount(text: str | None, currency: str) -> Decimal | None:
    if not money.is_known(currency):
        raise CommandError(f"{currency!r} is not a currency; expected a code such as EUR.", returncode=2)
    if text is None:
        return None
    try:
        found = money.parse(text)
    except ValueError:
        raise CommandError(f"{text!r} is not an amount; expected a number such as 1240.50.", returncode=2) from None
    if not 0 < found < money.LIMIT or not money.is_exact(found, currency):
        raise CommandError(f"{text!r} is not an amount of {currency} that can be owed.", returncode=2)
    return found


def _item(due: Due) -> dict[str, Any]:
    """What is always there, and of the rest what this part has."""
    item = {"due_on": due.due_on, "share": due.share, "derivation": due.derivation}
    more = {
        "moved_from": due.moved_from,
        "discount_until": due.discount_until,
        "discount_share": due.discount_share,
        "is_statutory": due.is_statutory,
    }
    return _json(item | {name: value for name, value in more.items() if value})


def _json(facts: dict[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        return value.isoformat() if isinstance(value, date) else value

    return {name: plain(value) for name, value in facts.items()}
