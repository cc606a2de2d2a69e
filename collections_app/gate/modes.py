"""Whether a cause holds, shows what it would hold, or is off: for a segment, from a day on."""

from collections.abc import Callable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from collections_app.gate.models import CauseChoices, GateMode, Hold, ModeChoices
from common import clock
from common.refusals import Refused
from customers import services as customers


class NotAMode(Refused):
    """A cause or mode that the gate does not know, or a day that has passed."""


def unstated(cause: str) -> str:
    """As a new installation has it: it observes. A price that is not the agreed one is an error of the order and no
    judgement about the customer: it is cleared up before anything is sent."""
    return ModeChoices.ON if cause == CauseChoices.PRICE else ModeChoices.OBSERVE


def modes_on(day: date) -> Callable[[str, str], str]:
    """(cause, segment) → off, observe or on: the newest row of the segment, else of all segments, else `unstated`."""
    rows = GateMode.objects.filter(starts_on__lte=day).order_by("starts_on", "pk")
    stated = {(row.cause, row.segment): row.mode for row in rows}

    def of(cause: str, segment: str) -> str:
        return stated.get((cause, segment)) or stated.get((cause, "")) or unstated(cause)

    return of


@transaction.atomic
def set_mode(*, cause: str, segment: str, mode: str, starts_on: date, on: date, by: Actor) -> GateMode:
    """From a day on the cause is off, observes or holds. A day that has begun keeps the mode it had."""
    if cause not in CauseChoices.values or mode not in ModeChoices.values:
        raise NotAMode(_("%(cause)s: %(mode)s is no setting of the gate.") % {"cause": cause, "mode": mode})
    if starts_on < on:
        raise NotAMode(_("A setting of the gate starts today or later; past days stay as they were."))
    row, _created = GateMode.objects.update_or_create(
        cause=cause,
        segment=segment,
        starts_on=starts_on,
        defaults={"mode": mode, "entered_at": clock.now(), "entered_by": by.get_username()},
    )
    waiting = Hold.objects.filter(cause=cause, cleared_at=None).values_list("customer", flat=True)
    customers.mark(waiting, because="gate setting", on=on)
    audit.record(
        verb="gate.mode_set",
        subject=row,
        by=by,
        after={"cause": cause, "segment": segment, "mode": mode, "starts_on": starts_on},
    )
    return row
