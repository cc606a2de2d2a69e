"""Reps' cash on its way to the bank: counted and signed by the rep, then by finance, closed by the bank's line."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock
from common.columns import MoneySum
from common.models import Document
from common.money import ZERO
from common.templatetags import ui
from common.templatetags.ui import money_text
from customers import queries as families
from customers import services as customers
from receivables import cash_rules
from receivables.models import HandIn, JournalRow, Receipt
from receivables.services import checks, receipts
from staff.models import User


class NotCounted(checks.Refused):
    """A count of nothing, of notes that there are not, or with a difference that nobody explains."""


class CashMoved(checks.Refused):
    """The rep's cash is another than the one that was counted against."""


class NotWhatWasCounted(checks.Refused):
    """The bank's line has another amount."""


@transaction.atomic
def hand_in_cash(
    *,
    rep: User,
    currency: str,
    counted: Mapping[str, int],
    expected: Decimal,
    slip_number: str,
    on: date,
    key: str,
    difference_code: str = "",
    difference_note: str = "",
    slip: Document | None = None,
) -> HandIn:
    """The rep signs the count of all cash of a currency. A difference to the receipts needs a code and a reason.

    Cash is handed in on the day of its last receipt or later, whether or not finance has verified its receipts.
    `expected` is what the receipts came to when the rep counted; the same key again gives the same row.
    """
    checks.check_day(on)
    amount = check_count(counted, currency)
    slip_number = slip_number.strip()
    if not slip_number:
        raise NotCounted(_("Enter the number of the deposit slip."))
    carried = Receipt.objects.cash_in_hand().filter(rep=rep, currency=currency)
    customers.lock(carried.values_list("customer", flat=True))
    known = HandIn.objects.filter(key=key).first()
    if known is not None:
        if (known.rep_id, known.currency, known.counted_amount) != (rep.pk, currency, amount):
            raise checks.AlreadyDone(_("This form was sent before with another count. Open the page again."))
        return known
    rows = list(carried.order_by("pk").values_list("pk", flat=True))
    _check_after(carried.aggregate(last=Max("received_on"))["last"], on)
    due = carried.aggregate(total=MoneySum("amount"))["total"] or ZERO
    if due != expected or not rows:
        raise CashMoved(
            _("Your receipts come to %(amount)s now, not %(before)s. Count again.")
            % {"amount": money_text(due, currency), "before": money_text(expected, currency)}
        )
    difference = amount - due
    code, note = _explained(difference, difference_code, difference_note)
    now = clock.now()
    made = HandIn.objects.create(
        rep=rep,
        currency=currency,
        handed_in_on=on,
        entered_at=now,
        counted=cash_rules.sorted_out(counted, currency),
        counted_amount=amount,
        expected_amount=due,
        difference=difference,
        difference_code=code,
        difference_note=note,
        slip_number=slip_number,
        slip=slip,
        signed_by_rep_at=now,
        key=key,
    )
    taken = Receipt.objects.cash_in_hand().filter(pk__in=rows).update(hand_in=made)
    if taken != len(rows):
        raise CashMoved(_("Your receipts have changed while you signed. Count again."))
    audit.record(
        verb="receivables.cash_handed_in",
        subject=made,
        by=rep,
        after={
            "counted": amount,
            "expected": due,
            "difference": difference,
            "code": code,
            "because": note,
            "currency": currency,
            "receipts": len(rows),
        },
    )
    return made


def _check_after(last: date | None, on: date) -> None:
    if last is not None and on < last:
        raise checks.TooEarly(
            _("%(day)s is before your last receipt, of %(last)s. Cash is handed in on that day or later.")
            % {"day": ui.day(on), "last": ui.day(last)},
            on,
        )


def check_count(counted: Mapping[str, int], currency: str) -> Decimal:
    """What the notes and coins come to; some there must be."""
    try:
        amount = cash_rules.counted_amount(counted, currency)
    except cash_rules.NotACount as wrong:
        raise NotCounted(
            _("%(number)s of %(name)s %(currency)s cannot be counted. Count each note and coin.")
            % {"number": counted.get(str(wrong)), "name": wrong, "currency": currency}
        ) from None
    if amount <= ZERO:
        raise NotCounted(_("Nothing is counted. Where all of the cash is lost, tell finance before you hand in."))
    return amount


def _explained(difference: Decimal, code: str, note: str) -> tuple[str, str]:
    """The code and reason of a difference; none where there is none."""
    if difference == ZERO:
        return "", ""
    if code not in HandIn.Code.values or not code or not note.strip():
        raise NotCounted(_("The count differs from the receipts. Count again, or choose why and say what happened."))
    return code, note.strip()


@transaction.atomic
def receive_hand_in(*, hand_in: HandIn, by: Actor) -> None:
    """A second person signs the rep's count and its difference."""
    _check_second(hand_in, by)
    moved = HandIn.objects.filter(pk=hand_in.pk, state=HandIn.State.HANDED_IN).update(
        state=HandIn.State.RECEIVED, received_by=by.get_username(), received_at=clock.now()
    )
    if not moved:
        raise checks.AlreadyDone(_("Hand-in %(slip)s is received already.") % {"slip": hand_in.slip_number})
    audit.record(
        verb="receivables.cash_received",
        subject=hand_in,
        by=by,
        after={
            "counted": hand_in.counted_amount,
            "difference": hand_in.difference,
            "code": hand_in.difference_code,
            "currency": hand_in.currency,
        },
    )


@transaction.atomic
def close_hand_in(*, hand_in: HandIn, reference: str, banked_on: date, amount: Decimal, by: Actor) -> None:
    """The bank has the cash: its line is what was counted, and every receipt of the hand-in is verified with it."""
    _check_second(hand_in, by)
    checks.check_amount(amount, hand_in.currency)
    reference = reference.strip()
    if not reference:
        raise NotWhatWasCounted(_("Enter the reference of the bank's line."))
    rows = Receipt.objects.filter(hand_in=hand_in, state=Receipt.State.PROVISIONAL).select_related("customer")
    customers.lock({key for row in rows for key in families.family(row.customer)})
    first = Receipt.objects.filter(hand_in=hand_in).order_by("received_on").first()
    checks.check_day(banked_on, not_before=first.received_on if first else None)
    _check_line(hand_in, amount)
    moved = HandIn.objects.filter(pk=hand_in.pk, state=HandIn.State.RECEIVED).update(
        state=HandIn.State.CLOSED, bank_reference=reference, banked_on=banked_on
    )
    if not moved:
        raise checks.AlreadyDone(
            _("Hand-in %(slip)s is not waiting for the bank. Receive it first, or look at its page.")
            % {"slip": hand_in.slip_number}
        )
    waiting = list(rows.order_by("pk"))
    for receipt in waiting:
        receipts.verify_receipt(receipt=receipt, by=by)
    audit.record(
        verb="receivables.cash_banked",
        subject=hand_in,
        by=by,
        after={"amount": amount, "reference": reference, "on": banked_on, "receipts": len(waiting)},
    )


def _check_line(hand_in: HandIn, amount: Decimal) -> None:
    if amount == hand_in.counted_amount:
        return
    facts = {
        "amount": money_text(amount, hand_in.currency),
        "counted": money_text(hand_in.counted_amount, hand_in.currency),
        "difference": money_text(abs(amount - hand_in.counted_amount), hand_in.currency),
    }
    if amount < hand_in.counted_amount:
        raise NotWhatWasCounted(
            _(
                "The bank has %(amount)s, %(counted)s was counted: %(difference)s is missing. "
                "Ask the bank, or send the hand-in back to be counted again."
            )
            % facts
        )
    raise NotWhatWasCounted(
        _(
            "The bank has %(amount)s, %(counted)s was counted: %(difference)s too much. "
            "Ask the bank, or send the hand-in back to be counted again."
        )
        % facts
    )


@transaction.atomic
def send_back_hand_in(*, hand_in: HandIn, because: str, by: Actor) -> None:
    """The count was wrong: the cash is in the rep's hand again, to be counted anew."""
    because = checks.check_reason(because)
    _check_second(hand_in, by)
    rows = Receipt.objects.filter(hand_in=hand_in)
    customers.lock(rows.values_list("customer", flat=True))
    booked = JournalRow.objects.filter(subject=f"hand-in {hand_in.pk}", reverses=None, is_taken_back=False)
    if booked.exists():
        raise checks.AlreadyDone(
            _("The difference of hand-in %(slip)s went to the ledger. Reverse that journal first.")
            % {"slip": hand_in.slip_number}
        )
    moved = HandIn.objects.filter(pk=hand_in.pk, state__in=(HandIn.State.HANDED_IN, HandIn.State.RECEIVED)).update(
        state=HandIn.State.SENT_BACK, received_by="", received_at=None
    )
    if not moved:
        raise checks.AlreadyDone(_("Hand-in %(slip)s is closed or sent back already.") % {"slip": hand_in.slip_number})
    numbers = list(rows.order_by("pk").values_list("number", flat=True))
    rows.update(hand_in=None)
    audit.record(
        verb="receivables.cash_sent_back",
        subject=hand_in,
        by=by,
        after={"because": because, "receipts": ", ".join(numbers)},
    )


def _check_second(hand_in: HandIn, by: Actor) -> None:
    if by.get_username() == hand_in.rep.get_username():
        raise checks.NotPermitted(_("A second person signs. Ask somebody of finance."))
