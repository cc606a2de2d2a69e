"""Why is this invoice in its standing? The rule, its facts, since when, and the nearest way out, of any day."""

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from collections_app.desk.explained import explained
from collections_app.standings import queries as standings
from collections_app.standings.explaining import Explanation, Said, Way
from common import clock, money
from common.console import JsonCommand, looked_back
from common.refusals import Refused
from common.templatetags import ui
from receivables.models import Invoice


class NotIssuedYet(Refused):
    """A day on which the invoice was not there, or not known."""


class Command(JsonCommand):
    help = "Explain the standing of an invoice's due items. Exit 1: not known on that day; 2: wrong call."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("invoice", help="the number of the invoice")
        parser.add_argument("--customer", help="the customer's code, where several have an invoice of this number")
        parser.add_argument("--as-of", help="day, YYYY-MM-DD; default today")
        parser.add_argument("--known-on", help="by what was known at the end of this day; default everything")

    def answer(self, **options: Any) -> dict[str, Any]:
        invoice = _invoice(options["invoice"], options["customer"])
        on, known_on = looked_back(options)
        _check_there(invoice, on, known_on)
        items = invoice.due_items.select_related("invoice", "customer").order_by("position")
        found = explained(list(items), as_of=on, known_on=known_on)
        return {
            "invoice": invoice.number,
            "customer": invoice.customer.code,
            "as_of": on.isoformat(),
            "known_on": known_on.isoformat() if known_on else None,
            "items": [_item(row) for row in found],
        }

    def tell(self, document: dict[str, Any]) -> None:
        for item in document["items"]:
            self.stdout.write(f"{item['due_on'] or '–'} {item['open']} {item['currency']} {item['standing'] or '–'}")
            self.stdout.write(f"  {item['why']}")
            for line in item["facts"]:
                self.stdout.write(f"  – {line}")
            if item["since"]:
                self.stdout.write("  " + _("Since %(day)s.") % {"day": item["since"]})
            for line in item["way_out"]:
                self.stdout.write("  → " + line)


def _invoice(number: str, code: str | None) -> Invoice:
    found = Invoice.objects.filter(number=number).select_related("customer").order_by("customer__code")
    if code:
        found = found.filter(customer__code=code)
    rows = list(found[:6])
    if not rows and code:
        raise CommandError(
            _("Customer %(code)s has no invoice %(number)s.") % {"code": code, "number": number}, returncode=2
        )
    if not rows:
        raise CommandError(_("There is no invoice %(number)s.") % {"number": number}, returncode=2)
    if len(rows) > 1:
        codes = ", ".join(row.customer.code for row in rows[:5]) + (", …" if len(rows) > 5 else "")
        raise CommandError(
            _("Several customers have an invoice %(number)s: %(codes)s. Name one with --customer.")
            % {"number": number, "codes": codes},
            returncode=2,
        )
    return rows[0]


def _check_there(invoice: Invoice, on: date, known_on: date | None) -> None:
    standings.check_known(on)
    facts = {"number": invoice.number, "issued": ui.day(invoice.issued_on), "day": ui.day(on)}
    if invoice.issued_on > on:
        raise NotIssuedYet(
            _("Invoice %(number)s was issued on %(issued)s: on %(day)s there was nothing to explain.") % facts
        )
    if known_on is not None and invoice.entered_at >= clock.end_of(known_on):
        facts |= {"entered": ui.day(clock.business_day(invoice.entered_at)), "known": ui.day(known_on)}
        raise NotIssuedYet(_("Invoice %(number)s was entered on %(entered)s: on %(known)s nobody knew of it.") % facts)


def _item(row: Explanation) -> dict[str, Any]:
    return {
        "due_on": row.due_date.isoformat() if row.due_date else None,
        "open": money.as_text(row.open_amount, row.currency),
        "currency": row.currency,
        "standing": row.standing or None,
        "rule": row.rule or None,
        "why": row.why,
        "facts": [said.text for said in row.facts],
        "evidence": [_said(said) for said in row.facts],
        "since": row.since.isoformat() if row.since else None,
        "tried": [_said(said) for said in row.tried],
        "way_out": [way.text for way in row.ways],
        "steps": [_way(way, row.currency) for way in row.ways],
    }


def _said(said: Said) -> dict[str, Any]:
    return {
        "fact": said.kind,
        "says": said.text,
        "url": said.url,
        "on": said.on.isoformat() if said.on else None,
    }


def _way(way: Way, currency: str) -> dict[str, Any]:
    found = way.found
    return {
        "steps": [done.step.value for done in found.steps],
        "says": way.text,
        "amount": money.as_text(found.amount, currency) if found.amount is not None else None,
        "by": found.until.isoformat() if found.until else None,
        "on": found.on.isoformat() if found.on else None,
        "gives": found.gives.value if found.gives else None,
    }
