"""A cause of the gate as a page shows it: what keeps the batch, on what ground, and what lets it go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from collections_app.desk import wording
from collections_app.desk.scope import Scope
from collections_app.gate import words
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


def waits(holds: Sequence[Hold]) -> str:
    """ "Batch 14 waits for €1,240.00 on INV-88, and 2 more causes hold it.", beside the customer's name.

    All causes of one shipment, which they come with. Of a batch that nobody has asked the gate for nothing is on hold
    yet; a way out is told only where it is enough.
    """
    shipment, first, more = holds[0].shipment, cause_of(holds[0]), len(holds) - 1
    is_held = shipment.state == Shipment.State.HELD
    if first.amount is None or not (more or first.facts.get("documents")):
        text = _("%(what)s is on hold. %(why)s") if is_held else _("%(what)s would be held. %(why)s")
        said = text % {"what": wording.delivery(shipment), "why": first.sentence}
        return f"{said} {_more(more, is_held=is_held)}" if more else f"{said} {first.way_out}"
    what = {"what": wording.delivery(shipment), "for": _waits_for(first), "count": more}
    if is_held:
        alone = _("%(what)s waits for %(for)s.")
        several = ngettext(
            "%(what)s waits for %(for)s, and %(count)d more cause holds it.",
            "%(what)s waits for %(for)s, and %(count)d more causes hold it.",
            more,
        )
    else:
        alone = _("%(what)s would be held for %(for)s.")
        several = ngettext(
            "%(what)s would be held for %(for)s, and for %(count)d more cause.",
            "%(what)s would be held for %(for)s, and for %(count)d more causes.",
            more,
        )
    return (several if more else alone) % what


def _waits_for(cause: Cause) -> str:
    amount, documents = ui.money_text(cause.amount, cause.currency), cause.facts.get("documents", "")
    return _("%(amount)s on %(documents)s") % {"amount": amount, "documents": documents} if documents else amount


def _more(count: int, *, is_held: bool) -> str:
    if is_held:
        return words.more_causes(count)
    text = ngettext("%(count)d more cause would hold it.", "%(count)d more causes would hold it.", count)
    return text % {"count": count}
