"""What each kind of outcome does: a receipt, a promise, an excuse, a dispute. Inside `services.record_outcome` only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from collections_app.cases import services as cases
from collections_app.cases.models import Dispute, Excuse, Promise
from collections_app.visits import asking
from collections_app.visits.asking import Owed
from collections_app.visits.models import Outcome, Stop
from common import money
from common.money import ZERO
from common.refusals import Refused
from common.templatetags.ui import money_text
from receivables import services as receivables
from receivables.models import DueItem, PaymentMethod, Receipt
from staff.models import User


class NothingSaid(Refused):
    """What this kind of outcome needs is missing."""


class RestUnexplained(Refused):
    """A short payment whose rest has neither a date nor a reason."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the rep reports. Amounts in the stop's currency.

    `about` says what the rest of a short payment is: an Outcome.Kind of promise, dispute or excuse; the fields below
    it then speak of the rest.
    """

    amount: Decimal | None = None
    method: str = PaymentMethod.CASH
    about: str = ""
    promised_on: date | None = None
    promised_by: str = ""
    due_item: int | None = None
    reason: str = ""  # of a dispute
    excuse: str = ""
    note: str = ""
    device: str = "web"
    sure: bool = False  # that the money came on top of money in hand


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """The stop, what its customer owes, and who reports when."""

    stop: Stop
    items: tuple[Owed, ...]
    key: str
    on: date
    by: User


@dataclass(frozen=True, slots=True)
class Made:
    """What followed from the report."""

    amount: Decimal | None = None
    receipt: Receipt | None = None
    promise: Promise | None = None
    excuse: Excuse | None = None
    disputes: tuple[Dispute, ...] = ()


def do(kind: Outcome.Kind, door: AtTheDoor, told: Told) -> Made:
    deed = _DEEDS.get(kind)
    return deed(door, told) if deed else Made()


def _paid(door: AtTheDoor, told: Told) -> Made:
    """Money at the door: a provisional receipt over what is asked for, oldest first, and a word on the rest."""
    currency, amount = door.stop.currency, told.amount
    if amount is None or amount <= ZERO or not money.is_exact(amount, currency):
        raise NothingSaid(_("Enter the amount received, above zero, in %(currency)s.") % {"currency": currency})
    lines = asking.lines_for(amount, door.items, currency, door.on)
    missing = asking.rest_of(door.items, currency, dict(lines))
    if missing and told.about not in _RESTS:
        raise RestUnexplained(
            _("%(short)s short. Say why, or set a date for the rest.") % {"short": money_text(_sum(missing), currency)}
        )
    receipt = receivables.record_receipt(
        customer=door.stop.customer,
        rep=door.by,
        method=told.method,
        amount=amount,
        currency=currency,
        lines=lines,
        received_on=door.on,
        key=door.key,
        device=told.device,
        note=told.note,
        sure=told.sure,
    )
    rest = _RESTS[told.about](door, told, missing) if missing else Made()
    return Made(amount, receipt, rest.promise, rest.excuse, rest.disputes)


def _promised(door: AtTheDoor, told: Told) -> Made:
    if told.amount is None or told.amount <= ZERO:
        raise NothingSaid(_("Enter the amount promised, above zero."))
    lines = asking.lines_for(told.amount, door.items, door.stop.currency, door.on)
    if _sum(lines) < told.amount:
        raise NothingSaid(
            _("Only %(open)s is open and not promised yet. Lower the amount.")
            % {"open": money_text(_sum(lines), door.stop.currency)}
        )
    return _promise(door, told, lines)


def _promise(door: AtTheDoor, told: Told, lines: Sequence[tuple[int, Decimal]]) -> Made:
    if told.promised_on is None:
        raise NothingSaid(_("Enter the day on which the customer will pay."))
    made = cases.promise(
        customer=door.stop.customer,
        amount=_sum(lines),
        currency=door.stop.currency,
        promised_on=told.promised_on,
        method=told.method,
        lines=lines,
        on=door.on,
        by=door.by,
        promised_by=told.promised_by,
    )
    return Made(amount=made.amount, promise=made)


def _excused(door: AtTheDoor, told: Told, lines: Sequence[tuple[int, Decimal]] = ()) -> Made:
    if told.excuse not in Excuse.Kind.values:
        raise NothingSaid(_("Choose what the customer said."))
    return Made(
        excuse=cases.say_excuse(customer=door.stop.customer, kind=told.excuse, note=told.note, on=door.on, by=door.by)
    )


def _disputed(door: AtTheDoor, told: Told) -> Made:
    if told.due_item not in {item.key for item in door.items}:
        raise NothingSaid(_("Choose the invoice that is disputed."))
    if told.amount is None:
        raise NothingSaid(_("Enter the disputed amount, above zero."))
    return _dispute(door, told, [(told.due_item, told.amount)])


def _dispute(door: AtTheDoor, told: Told, lines: Sequence[tuple[int, Decimal]]) -> Made:
    """Item by item: a dispute is a flag on an amount of a due item."""
    if told.reason not in Dispute.Reason.values:
        raise NothingSaid(_("Choose the reason of the dispute."))
    items = DueItem.objects.in_bulk([key for key, _part in lines])
    disputes = tuple(
        cases.open_dispute(
            due_item=items[key],
            amount=part,
            reason=told.reason,
            note=told.note,
            on=door.on,
            by=door.by,
            owner=door.by,
        )
        for key, part in lines
    )
    return Made(amount=_sum(lines), disputes=disputes)


def _sum(lines: Sequence[tuple[int, Decimal]]) -> Decimal:
    return sum((part for _key, part in lines), ZERO)


_DEEDS: dict[str, Callable[[AtTheDoor, Told], Made]] = {
    Outcome.Kind.PAID: _paid,
    Outcome.Kind.PROMISE: _promised,
    Outcome.Kind.EXCUSE: _excused,
    Outcome.Kind.DISPUTE: _disputed,
}
_RESTS: dict[str, Callable[[AtTheDoor, Told, Sequence[tuple[int, Decimal]]], Made]] = {
    Outcome.Kind.PROMISE: _promise,
    Outcome.Kind.DISPUTE: _dispute,
    Outcome.Kind.EXCUSE: _excused,
}
