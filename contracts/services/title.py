"""Retained title in its public register: where the place asks for it, the goods are ours against others only then."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common.refusals import Refused
from common.templatetags import ui
from contracts.models import Contract
from contracts.services import checks
from customers import services as customers

LONGEST_REFERENCE = 100


class NotATitle(Refused):
    """No retention of title was agreed, or the register's entry is not named."""


@transaction.atomic
def register_title(*, contract: Contract, on: date, reference: str, by: Actor) -> Contract:
    """The retention of title stands in the register from this day; the trail keeps the entry's number.

    Also after the contract has ended: what was delivered under it and is not paid is still ours.
    """
    reference = reference.strip()
    if not reference:
        raise NotATitle(_("Name the entry: the register and its number."))
    if len(reference) > LONGEST_REFERENCE:
        raise NotATitle(_("The entry has %(count)s letters at most.") % {"count": LONGEST_REFERENCE})
    checks.check_has_come(on)
    customers.lock([contract.customer_id])
    row = Contract.objects.get(pk=contract.pk)
    if row.title == Contract.Title.NONE or row.title_agreed_on is None:
        raise NotATitle(
            _("Contract %(number)s retains no title: there is nothing to register. Agree on it in a new contract.")
            % {"number": row.number}
        )
    if on < row.title_agreed_on:
        raise checks.TooEarly(
            _("The retention of title was agreed on %(first)s and cannot be registered on %(day)s, before that.")
            % {"first": ui.day(row.title_agreed_on), "day": ui.day(on)},
            on,
        )
    before, row.title_registered_on = row.title_registered_on, on
    row.save(update_fields=["title_registered_on"])
    customers.mark([row.customer_id], because="contract", on=on)
    audit.record(
        verb="contracts.title_registered",
        subject=row,
        by=by,
        before={"registered_on": before},
        after={"registered_on": on, "entry": reference},
    )
    return row
