"""A cause of the gate as a page shows it: what keeps the batch, on what ground, and what lets it go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.desk import wording
from collections_app.desk.scope import Scope
from collections_app.gate.models import CauseChoices, Hold
from collections_app.gate.queries import Answer, Cause, cause_of
from common.templatetags import ui
from contracts.models import Shipment


@dataclass(frozen=True, slots=True)
class CauseRow:
    """`url` opens what adds up to the amount, or where the cause is cured. An observed cause keeps nothing yet."""

    name: Any
    sentence: str
    ground: str
    way_out: str
    amount: Decimal | None
    currency: str
    url: str
    is_observed: bool
    since: date | None


def of_answer(answer: Answer, shipment: Shipment, *, since: dict[tuple[str, str], date], as_of: date) -> list[CauseRow]:
    """What the gate says now; `since` by cause and currency, as it was noted."""
    return [
        _row(cause, shipment, since=since.get((cause.cause, cause.currency)), as_of=as_of) for cause in answer.causes
    ]


def of_holds(holds: Sequence[Hold], shipment: Shipment, *, as_of: date) -> list[CauseRow]:
    """What the gate said last. The shipment comes with its customer."""
    return [_row(cause_of(hold), shipment, since=hold.since_on, as_of=as_of) for hold in holds]


def _row(cause: Cause, shipment: Shipment, *, since: date | None, as_of: date) -> CauseRow:
    return CauseRow(
        name=CauseChoices(cause.cause).label,
        sentence=cause.sentence,
        ground=cause.ground_words,
        way_out=cause.way_out,
        amount=cause.amount,
        currency=cause.currency,
        url=_url(cause, shipment, as_of),
        is_observed=cause.is_observed,
        since=since,
    )


def _url(cause: Cause, shipment: Shipment, as_of: date) -> str:
    code = shipment.customer.code
    match cause.cause:
        case CauseChoices.SETTLEMENT | CauseChoices.EXECUTION if shipment.contract_id is not None:
            part = "batches" if cause.cause == CauseChoices.SETTLEMENT else "execution"
            return f"{reverse('desk:contract', args=[shipment.contract_id])}#{part}"
        case CauseChoices.LATE:
            return Scope(as_of=as_of, customer=code, currency=cause.currency, late="1").rows_url
        case CauseChoices.LIMIT | CauseChoices.RAMP | CauseChoices.INSURER:
            return reverse("desk:credit-of", args=[code])
        case CauseChoices.PRICE:
            return f"{reverse('desk:shipment', args=[shipment.pk])}#lines"
        case CauseChoices.LADDER:
            return reverse("desk:ladder-of", args=[code])
    return reverse("desk:customer", args=[code])


def waits(hold: Hold) -> str:
    """ "Batch 14 waits for €1,240.00 on INV-88.", beside the customer's name. The hold comes with its shipment."""
    cause = cause_of(hold)
    what, documents = wording.delivery(hold.shipment), cause.facts.get("documents", "")
    if cause.amount is not None and documents:
        amount = ui.money_text(cause.amount, cause.currency)
        return _("%(what)s waits for %(amount)s on %(documents)s.") % {
            "what": what,
            "amount": amount,
            "documents": documents,
        }
    return _("%(what)s is on hold. %(why)s %(way)s") % {"what": what, "why": cause.sentence, "way": cause.way_out}
