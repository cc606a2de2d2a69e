"""`manage.py import_places postcodes.csv`: the company's own list of postcodes and where they lie."""

from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from audit.services import COMMAND
from common.console import JsonCommand
from customers import placing


class Command(JsonCommand):
    help = (
        "Take over a CSV file with the columns country, postcode, latitude, longitude and perhaps city "
        "(docs/places.md). All of it is stored, or nothing. Then `place_customers` finds customers by it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)  # type: ignore[arg-type]
        parser.add_argument("file", metavar="FILE", help="a CSV file in UTF-8")

    def answer(self, **options: Any) -> dict[str, Any]:
        path = Path(options["file"])
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be opened: {error.strerror}.", returncode=2) from error
        done = asdict(placing.import_postcodes(content=content, source=path.name, by=COMMAND))
        return done | {"countries": list(done["countries"])}

    def tell(self, document: dict[str, Any]) -> None:
        self.stdout.write("{rows} lines: {added} postcodes added, {known} known before.".format(**document))
