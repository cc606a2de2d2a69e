"""`manage.py issue_letters`: number, freeze and print the letters of a day. A second run issues nothing."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.services import COMMAND
from collections_app.letters import queries, reports, services
from common import clock, pdf
from common.refusals import Refused
from customers.models import Customer


class Command(BaseCommand):
    help = "Issue the dunning letters of a day: one PDF per customer and currency, numbered without gaps."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, default=None, metavar="D", help="default: today")
        parser.add_argument("--customer", default="", metavar="CODE", help="only this customer")
        parser.add_argument("--out", type=Path, default=None, metavar="DIR", help="also write the files there")
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = self._issue(options)
        except Refused as refusal:
            if options["json"]:
                self.stdout.write(json.dumps({"refused": str(refusal), "problems": []}, ensure_ascii=False))
                raise SystemExit(1) from refusal
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        for letter in answer["letters"]:
            self.stdout.write(
                f"{letter['number']}  {letter['customer']}  level {letter['level']}  "
                f"{letter['total']} {letter['currency']}"
            )
        for row in answer["left_out"]:
            self.stdout.write(f"Left out  {row['customer']}  {row['amount']} {row['currency']}  {row['reason']}")
        self.stdout.write(f"{len(answer['letters'])} letters issued, {len(answer['left_out'])} left out.")

    def _issue(self, options: dict[str, Any]) -> dict[str, Any]:
        as_of = options["as_of"] or clock.business_today()
        customer = _customer(options["customer"])
        proposal = queries.proposal(as_of=as_of, customer=customer)
        left_out = proposal.left_out
        for letter in proposal.letters:
            if not letter.has_address:
                self.stderr.write(f"{letter.customer_code} has no postal address: hand the letter over.")
        run = services.issue(as_of=as_of, by=COMMAND, customer=customer)
        if pdf.is_possible():
            services.render_waiting()
        elif run is not None:
            self.stderr.write(
                "The letters are numbered and kept, but cannot be printed here: the library Pango is missing. "
                "Install it and run the command again."
            )
        answer = reports.issued(run, left_out)
        if options["out"] is not None and run is not None:
            reports.write_files(run, options["out"])
        return answer


def _customer(code: str) -> Customer | None:
    if not code:
        return None
    customer = Customer.objects.filter(code=code).first()
    if customer is None:
        raise CommandError(f"There is no customer {code}.", returncode=2)
    return customer
