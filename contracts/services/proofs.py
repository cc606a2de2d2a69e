"""The signed delivery note that comes in after the goods: filed once, then it stays."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock
from common.models import Document
from common.templatetags import ui
from contracts.models import Proof, Shipment
from contracts.services import checks
from customers import services as customers


@transaction.atomic
def file_proof(*, shipment: Shipment, signed_by: str, signed_on: date, document: Document, by: Actor) -> Proof:
    """File the paper of delivered goods. Who signed it is as the paper has it; a filed paper is never replaced."""
    signed_by = checks.check_name(signed_by, _("Say who signed for the goods."))
    customers.lock([shipment.customer_id])
    row = Shipment.objects.get(pk=shipment.pk)
    if row.delivered_on is None:
        raise checks.NotInState(
            _("Shipment %(number)s is not delivered. Its proof comes with the delivery.") % {"number": row.number}
        )
    if signed_on < row.asked_on:
        raise checks.TooEarly(
            _("Shipment %(number)s was asked for on %(first)s; nobody signed for it on %(day)s.")
            % {"number": row.number, "first": ui.day(row.asked_on), "day": ui.day(signed_on)}
        )
    known = Proof.objects.filter(shipment=row).first()
    if known is not None and known.document_id is not None:
        raise checks.NotInState(
            _("Shipment %(number)s has its proof of delivery already. Nothing was changed.") % {"number": row.number}
        )
    before = {"signed_by": known.signed_by, "signed_on": known.signed_on} if known else None
    proof = known or Proof(shipment=row)
    proof.signed_by, proof.signed_on, proof.document = signed_by, signed_on, document
    proof.entered_at, proof.entered_by = clock.now(), by.get_username()
    proof.save()
    after = {"signed_by": signed_by, "signed_on": signed_on, "sha256": document.sha256}
    audit.record(verb="contracts.proof_filed", subject=row, by=by, before=before, after=after)
    return proof
