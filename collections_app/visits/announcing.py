"""Calls ahead: collections planned for the next working days are confirmed with the customer before the trip.

Amounts that are compared with the policy's threshold are in base currency; days and times are local.
"""

from datetime import date, time
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from collections_app.cases import services as cases
from collections_app.cases.models import ContactMade, ToDo
from collections_app.policy import queries as policies
from collections_app.visits import planned_collections as planned
from collections_app.visits.announcing_words import QUIET
from collections_app.visits.conduct import may_contact
from collections_app.visits.contacts import begun
from collections_app.visits.models import Announced
from common import clock, days, money
from common.money import ZERO
from common.refusals import Refused
from common.templatetags.ui import day as day_words
from customers import services as customers
from customers.models import Customer
from staff import queries as people
from staff.models import Business, Role, User

State = Announced.State
CALLS = (Role.REP, Role.MANAGER)
REACHED = (State.CONFIRMED, State.DIFFERS, State.REFUSED)
TO_BE_CALLED = (State.OPEN, State.NOT_REACHED)


class NotYourCall(Refused):
    """The rep calls the customers he visits, the manager those of his teams."""


class AnsweredAlready(Refused):
    """The customer has answered; the answer is taken back first."""


class CallIsOver(Refused):
    """The day of the visit has passed, or nothing is asked for any more."""


class NotNow(Refused):
    """Conduct: enough contacts in this week, or a quiet day."""


class NoAmount(Refused):
    """Another amount was said, and not which; or the amount says otherwise than the answer."""


class NotTakenBack(Refused):
    """Only its author takes an answer back, on the same day."""


# The list


@transaction.atomic
def open_list(*, as_of: date, by: Actor) -> int:
    """The night's step: one call for each customer and day with a planned collection of the policy's amount or more.

    It looks at the working days after `as_of`. A call whose visit asks for nothing of that size any more is dropped,
    one that was answered stays. Run again it changes nothing. Returns how many were opened, changed or dropped.
    """
    wanted = planned.collections(as_of=as_of)
    customers.lock({*(key for key, _on in wanted), *_concerned(as_of).values_list("customer", flat=True)})
    known = {(row.customer_id, row.on): row for row in _concerned(as_of).order_by("pk")}
    todays = [row for row in known.values() if row.on == as_of]
    wanted |= planned.still_asked(on=as_of, calls={row.customer_id: (row.currency, row.amount) for row in todays})
    opened = [
        Announced(
            customer_id=customer,
            on=on,
            currency=asked.currency,
            amount=asked.amount,
            opened_on=as_of,
            entered_at=clock.now(),
        )
        for (customer, on), asked in sorted(wanted.items())
        if (customer, on) not in known
    ]
    Announced.objects.bulk_create(opened, batch_size=500)
    audit.record_many(verb="visits.call_announced", subjects=opened, by=by)
    changed = [row for row in known.values() if _follows(row, wanted.get((row.customer_id, row.on)))]
    columns = ["state", "currency", "amount", "answered_on", "answered_by"]
    Announced.objects.bulk_update(changed, columns, batch_size=500)
    return len(opened) + len(changed)


def _concerned(as_of: date) -> QuerySet[Announced]:
    """Calls that still matter: for visits of the day and later."""
    return Announced.objects.filter(on__gte=as_of)


def _follows(row: Announced, asked: planned.Asked | None) -> bool:
    """A call that has reached nobody follows what is asked for. True where it changed; what a person dropped stays."""
    by_hand = row.state == State.DROPPED and row.answered_on is not None
    if by_hand or row.state in REACHED:
        return False
    before = (row.state, row.currency, row.amount)
    if asked is None:
        row.state, row.answered_on, row.answered_by = State.DROPPED, None, ""
    else:
        row.state = State.OPEN if row.state == State.DROPPED else row.state
        row.currency, row.amount = asked.currency, asked.amount
    return before != (row.state, row.currency, row.amount)


# An answer


@transaction.atomic
def answer(
    *,
    announced: Announced,
    state: str,
    said_amount: Decimal | None = None,
    said_at: time | None = None,
    note: str = "",
    by: User,
    on: date,
) -> Announced:
    """What came of the call. `said_amount` is in the currency of the call, `said_at` when the customer will be there.

    Another amount opens a reconciliation, to be done before the visit. Dropped is a visit that is not needed. Refuses
    another rep's customer, a past visit, a second answer, and a call that conduct does not allow now.
    """
    row = _locked(announced)
    _check_turn(row, by, on)
    _check_amount(row, state, said_amount)
    spoken = state in REACHED
    row.state, row.note = state, note.strip()
    row.said_amount = said_amount if spoken else None
    row.said_at = said_at if state in (State.CONFIRMED, State.DIFFERS) else None
    if state == State.CONFIRMED:
        row.said_amount = row.amount
    row.answered_on, row.answered_by = on, by.get_username()
    row.save(update_fields=["state", "note", "said_amount", "said_at", "answered_on", "answered_by"])
    if state != State.DROPPED:
        _contact(row, reached=spoken, on=on, by=by)
    if state == State.DIFFERS:
        _reconcile(row, on=on, by=by)
    audit.record(
        verb="visits.call_answered",
        subject=row,
        by=by,
        after={"state": state, "said_amount": row.said_amount, "said_at": row.said_at},
    )
    return row


@transaction.atomic
def take_back(*, announced: Announced, by: User, on: date) -> Announced:
    """The answer of today was a mistake: the customer is to be called again. That somebody called stays on record."""
    row = _locked(announced)
    if row.answered_on is None:
        return row
    if row.answered_on != on or row.answered_by != by.get_username():
        raise NotTakenBack(_("Only its author takes an answer back, on the same day. Ask your manager."))
    before = {"state": row.state, "said_amount": row.said_amount, "said_at": row.said_at}
    if row.state == State.DIFFERS:
        cases.close_to_do(customer=row.customer, because=ToDo.Because.RECONCILE, about=_about(row), on=on, by=by)
    row.state, row.said_amount, row.said_at, row.note = State.OPEN, None, None, ""
    row.answered_on, row.answered_by = None, ""
    row.save(update_fields=["state", "said_amount", "said_at", "note", "answered_on", "answered_by"])
    audit.record(verb="visits.call_taken_back", subject=row, by=by, before=before)
    return row


def _locked(announced: Announced) -> Announced:
    customers.lock([announced.customer_id])
    rows = Announced.objects.select_for_update(of=("self",)).select_related("customer__owner")
    return rows.get(pk=announced.pk)


def _check_turn(row: Announced, by: User, on: date) -> None:
    if by.role not in CALLS or not Customer.objects.visible_to(by).filter(pk=row.customer_id).exists():
        raise NotYourCall(_("Only the rep of this customer, or a manager of the team, records the call."))
    if row.state == State.DROPPED:
        raise CallIsOver(_("Nothing of this size is asked for on that day any more. No call is needed."))
    if on > row.on:
        raise CallIsOver(_("The visit was on %(day)s. Log what happened there.") % {"day": day_words(row.on)})
    if row.state not in TO_BE_CALLED:
        name = people.names([row.answered_by])[row.answered_by]
        raise AnsweredAlready(
            _("%(name)s recorded the answer on %(day)s. Its author can take it back on the same day.")
            % {"name": name, "day": day_words(row.answered_on)}
        )
    country = Business.objects.values_list("calendar", flat=True).first() or ""
    contacts = begun(on=on, customers=[row.customer_id]).get(row.customer_id, 0)
    quiet = may_contact(contacts, on, calendar=country, rules=policies.in_force(on).conduct)
    if quiet:
        raise NotNow(str(QUIET[quiet]))


def _check_amount(row: Announced, state: str, said: Decimal | None) -> None:
    if said is not None and (said <= ZERO or not money.is_exact(said, row.currency)):
        raise NoAmount(_("Enter the amount that the customer says, above zero."))
    if state == State.DIFFERS and said in (None, row.amount):
        raise NoAmount(_("Enter the amount that the customer says: it is another one than ours."))
    if state == State.CONFIRMED and said not in (None, row.amount):
        raise NoAmount(_("The customer says another amount than ours. Choose “Another amount”."))


def _contact(row: Announced, *, reached: bool, on: date, by: User) -> None:
    """Several calls of one person on one day, with the same end, are one contact."""
    made = ContactMade.objects.filter(
        customer=row.customer, channel="call", made_on=on, entered_by=by.get_username(), reached=reached
    )
    if not made.exists():
        cases.made_contact(customer=row.customer, channel="call", reached=reached, on=on, by=by, note=row.note)


def _reconcile(row: Announced, *, on: date, by: User) -> None:
    """By the working day before the visit, or at once where that has passed."""
    country = Business.objects.values_list("calendar", flat=True).first() or ""
    before = days.roll(row.on - days.ONE_DAY, country, forward=False)
    cases.open_to_do(
        customer=row.customer,
        because=ToDo.Because.RECONCILE,
        about=_about(row),
        due_on=max(before, on),
        on=on,
        by=by,
        owner=row.customer.owner,
    )


def _about(row: Announced) -> str:
    """The visit by its day: one reconciliation for each."""
    return row.on.isoformat()
