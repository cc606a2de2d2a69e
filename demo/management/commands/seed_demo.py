"""Door: fill an empty database with the sample company."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.refusals import Refused
from demo import people, services
from demo.generator import Wanted


class Command(BaseCommand):
    help = "Fill an empty database with the sample company Brightwater Drinks: three years of a believable book."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, default=300, help="how many customers (default 300)")
        parser.add_argument("--invoices", type=int, default=10_000, help="how many invoices (default 10000)")
        parser.add_argument("--reps", type=int, default=6, help="how many reps (default 6)")
        parser.add_argument("--seed", type=int, default=7, help="the same seed and day give the same book (default 7)")
        parser.add_argument("--as-of", type=date.fromisoformat, help="the working day it shows (default today)")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = Wanted(
            customers=options["customers"],
            invoices=options["invoices"],
            reps=options["reps"],
            seed=options["seed"],
            as_of=options["as_of"] or clock.business_today(),
        )
        try:
            done = services.seed(wanted)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"Sample company as of {wanted.as_of}: {done.customers} customers, {done.invoices} invoices, "
            f"{done.promises} promises, {done.disputes} disputes, {done.receipts} receipts to verify."
        )
        reps = people.reps(wanted.reps)
        named = [*(f"{person.username} (rep)" for person in reps[:3]), "maria (manager)", "niamh (finance)"]
        self.stdout.write(f"Sign in as {', '.join(named)}, audrey (auditor) or admin, password {people.PASSWORD}.")
        self.stdout.write("The password is published: keep the sample company away from other people's networks.")
