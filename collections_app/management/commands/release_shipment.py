"""May this batch leave? Releases it, or names every cause with its ground and its way out."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from audit.services import COMMAND
from collections_app.gate import services
from collections_app.gate.queries import Cause
from common import clock
from common.again import again
from common.console import JsonCommand
from contracts.models import Shipment


class Command(JsonCommand):
    help = "Release a shipment through the gate. Exit 1: it is held, or was released before; 2: wrong call."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("number", help="the number of the shipment")

    def answer(self, **options: Any) -> dict[str, Any]:
        shipment = Shipment.objects.filter(number=options["number"]).first()
        if shipment is None:
            raise CommandError(_("There is no shipment %(number)s.") % {"number": options["number"]}, returncode=2)
        answer = again(lambda: services.release(shipment=shipment, on=clock.business_today(), by=COMMAND))
        return {
            "released": answer.may_leave,
            "causes": [_said(cause) for cause in answer.holds],
            "observed": [_said(cause) for cause in answer.observed],
        }

    def tell(self, document: dict[str, Any]) -> None:
        self.stdout.write(_("Released.") if document["released"] else _("Held."))
        for cause in document["causes"]:
            self.stdout.write(f"  {cause['says']} {cause['way_out']} ({cause['ground']})")
        for cause in document["observed"]:
            self.stdout.write(_("  Observed, keeps nothing yet: %(cause)s") % {"cause": cause["says"]})

    def is_broken(self, document: dict[str, Any]) -> bool:
        return not document["released"]


def _said(cause: Cause) -> dict[str, str]:
    return {"cause": cause.cause, "says": cause.sentence, "ground": cause.ground_words, "way_out": cause.way_out}
