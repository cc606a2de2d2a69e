from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from collections_app.letters.accounts import queries, statement
from collections_app.policy import queries as policy
from collections_app.standings import queries as standings
from common.console import looked_back
from common.refusals import Refused
from customers.models import Customer


class Command(BaseCommand):
    help = "The statement of a customer's account at the end of a day, as PDF."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("customer", help="customer code")
        parser.add_argument("--as-of", help="day, YYYY-MM-DD; default today")
        parser.add_argument("--known-on", help="by what was known at the end of this day; default everything")
        parser.add_argument("--out", required=True, help="file to write, e.g. statement.pdf")

    def handle(self, *args: Any, **options: Any) -> None:
        customer = Customer.objects.filter(code=options["customer"]).first()
        if customer is None:
            raise CommandError(f"There is no customer {options['customer']}.", returncode=2)
        try:
            on, known_on = looked_back(options)
            standings.check_known(on)
            account = queries.account(
                customer, as_of=on, known_on=known_on, bounds=policy.in_force(on).buckets, most=statement.MOST
            )
            content = statement.to_pdf(account)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        try:
            Path(options["out"]).write_bytes(content)
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.", returncode=2) from None
        count = len(account.currencies)
        said = ngettext(
            "%(file)s: %(count)d currency, as of %(day)s", "%(file)s: %(count)d currencies, as of %(day)s", count
        )
        self.stderr.write(said % {"file": options["out"], "count": count, "day": account.as_of})
