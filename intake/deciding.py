"""Deciding what a snapshot says otherwise than our book: take the ledger's value, or keep ours."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock, money
from common.money import ZERO
from common.refusals import Refused
from common.templatetags import ui
from customers import queries as families
from customers import services as customers
from intake import booked, questions
from intake.models import Difference
from receivables import services as receivables
from receivables.book import Book, Settled


class AlreadyDecided(Refused):
    """The difference was decided before, or is none any more."""


@transaction.atomic
def accept(*, difference: Difference, by: Actor) -> str:
    """Take the ledger's value, from the day of its list on. Returns what happened, in a sentence."""
    customers.lock(families.family(difference.customer))
    _decide(difference, Difference.State.ACCEPTED, by)
    because = _("The ledger's list of %(day)s") % {"day": difference.as_of.isoformat()}
    if difference.what in Difference.IN_HAND:
        return _take_as_in_hand(difference, by)
    if difference.due_item is not None:
        receivables.move_due_date(
            due_item=difference.due_item, due_date=difference.their_date, on=difference.as_of, by=by, because=because
        )
        day = ui.day(difference.their_date) if difference.their_date else _("no due date")
        return _("%(number)s is due on %(day)s from now on.") % {"number": difference.number, "day": day}
    if difference.other is not None and difference.invoice is not None:
        receivables.move_money(
            source=difference.invoice, target=difference.other, amount=difference.our_amount or ZERO,
            on=difference.as_of, by=by, because=because,
        )  # fmt: skip
        facts = {"number": difference.number, "other": difference.other.number}
        return _("%(number)s is open again, and its money settles %(other)s.") % facts
    return _reopen(difference, because, by)


def _take_as_in_hand(difference: Difference, by: Actor) -> str:
    """The receipt or paper is booked once, so whatever else waits for it is decided with it."""
    others = questions.same_money(difference)
    customers.lock({key for one in others for key in families.family(one.customer)})
    for one in others:
        _decide(one, Difference.State.ACCEPTED, by)
    if not any(questions.fallen(one) for one in (difference, *others)):
        questions.mark()
        return _("%(number)s differs no more; nothing was changed.") % {"number": difference.number}
    questions.book_as_in_hand([difference, *others], by=by)
    questions.mark()
    facts = {"money": difference.in_hand.number if difference.in_hand else "", "number": difference.number}
    return _("%(money)s is the money that settles %(number)s in the ledger, and is booked.") % facts


def _reopen(difference: Difference, because: str, by: Actor) -> str:
    missing = (difference.their_amount or ZERO) - _then(difference)
    if missing <= ZERO:
        return _("%(number)s differs no more; nothing was changed.") % {"number": difference.number}
    how = {"amount": missing, "on": difference.as_of, "by": by, "because": because}
    if difference.invoice is not None:
        done = receivables.reopen_invoice(invoice=difference.invoice, **how)  # type: ignore[arg-type]
    else:
        done = receivables.reopen_credit_note(note=difference.credit_note, **how)  # type: ignore[arg-type]
    values = {
        "number": difference.number,
        "amount": money.as_text(done, difference.currency),
        "rest": money.as_text(missing - done, difference.currency),
        "currency": difference.currency,
    }
    if done < missing:
        return (
            _(
                "%(amount)s %(currency)s of %(number)s is open again. The other %(rest)s was settled by money that "
                "was booked here: correct it on the customer's page."
            )
            % values
        )
    return _("%(amount)s %(currency)s of %(number)s is open again.") % values


@transaction.atomic
def keep(*, difference: Difference, by: Actor) -> str:
    """Our value stays; the same difference in a later list is not asked again. Returns what happened, in a sentence.

    Where our money stays on its invoice, or in hand, what the ledger has settled is another payment.
    """
    customers.lock(families.family(difference.customer))
    _decide(difference, Difference.State.KEPT, by)
    if difference.other is not None:
        settled = Settled(key=difference.other.pk, on=difference.as_of, amount=difference.our_amount)
        receivables.record_book(rows=Book(settled_invoices=[settled]), on=difference.as_of, by=by)
    if difference.what in Difference.IN_HAND:
        return _take_as_other(difference, by)
    return _("Our value of %(number)s stays.") % {"number": difference.number}


def _take_as_other(difference: Difference, by: Actor) -> str:
    """Other money, unless it may be the next receipt or paper."""
    asked = questions.ask_on(difference)
    if asked is None:
        questions.book_as_other(difference, by=by)
    questions.mark()
    facts = {"number": difference.number, "money": asked.in_hand.number if asked and asked.in_hand else ""}
    if asked is not None:
        return _("What the ledger has settled of %(number)s may be %(money)s as well: decide that next.") % facts
    return _("What the ledger has settled of %(number)s is booked as another payment.") % facts


def _decide(difference: Difference, state: str, by: Actor) -> None:
    moved = Difference.objects.filter(pk=difference.pk, state=Difference.State.OPEN).update(
        state=state, decided_at=clock.now(), decided_by=by.get_username()
    )
    if not moved:
        raise AlreadyDecided(
            _("What differs at %(number)s is decided already. Look at its state.") % {"number": difference.number}
        )
    audit.record(
        verb=f"intake.difference_{state}",
        subject=difference,
        by=by,
        after={"number": difference.number, "what": difference.what},
    )


def _then(difference: Difference) -> Decimal:
    """What was open here on the day of the list, by all that is known now."""
    what = ("invoice", difference.invoice_id) if difference.invoice_id else ("credit_note", difference.credit_note_id)
    here = booked.one_of_day(difference.number, what=what, day=difference.as_of)  # type: ignore[arg-type]
    return here.then if here is not None else ZERO
