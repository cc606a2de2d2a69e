"""What the gate says of a waiting shipment, kept as rows: a page prints them and never asks the gate again."""

from collections.abc import Sequence
from datetime import date

from collections_app.gate import queries
from collections_app.gate.models import Hold
from collections_app.gate.queries import Answer
from common import clock
from contracts.models import Shipment

AT_ONCE = 20  # shipments: more than that came with a file, whose marks bring them within a minute


def note_planned(*, shipments: Sequence[Shipment], on: date) -> None:
    """Goods that wait from now on (their customers are locked by the caller), in the transaction that planned them:
    what was asked for on a page or in a file."""
    if len(shipments) > AT_ONCE:
        return
    answered = queries.answers(shipments, as_of=on)
    for shipment in shipments:
        note(shipment, answered[shipment.pk], on)


def note(shipment: Shipment, answer: Answer, on: date) -> None:
    """The open holds are those of the answer: new causes are added, changed ones written, the others cleared."""
    kept = {(hold.cause, hold.currency): hold for hold in Hold.objects.filter(shipment=shipment, cleared_at=None)}
    for cause in answer.causes:
        hold = kept.pop((cause.cause, cause.currency), None) or Hold(
            shipment=shipment,
            customer_id=shipment.customer_id,
            cause=cause.cause,
            currency=cause.currency,
            since_on=on,
            entered_at=clock.now(),
        )
        hold.is_observed, hold.ground = cause.is_observed, cause.ground.text
        hold.amount = cause.amount
        hold.facts = {**cause.facts, "kind": cause.kind, "ground": cause.ground.kind}
        hold.save()
    gone = [hold.pk for hold in kept.values()]
    Hold.objects.filter(pk__in=gone).update(cleared_at=clock.now(), cleared_because="no longer so")
