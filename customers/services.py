"""Verbs about who owes us: adding, handing to a rep, naming a payer, locking, marking."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock
from common.refusals import Refused
from customers.models import Customer, Mark, Ownership
from customers.queries import PAYER_SET
from staff.models import Role, User


class NoSuchOwner(Refused):
    """Only a rep can answer for a customer."""


class OwnershipBackwards(Refused):
    """A new owner starts after the present one."""


class NotAPayer(Refused):
    """A payer that has a payer itself, or an account that others count on."""


def lock(customers: Iterable[int]) -> None:
    """The first lock of every verb that moves money or goods: customers by key, in ascending order.

    A plain FOR UPDATE would also block inserts that merely refer to the customer, hence NO KEY.
    """
    keys = sorted(set(customers))
    list(
        Customer.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=keys)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def mark(customers: Iterable[int], *, because: str, on: date) -> None:
    """Leave a mark for the upper floors, in the transaction of the deed itself."""
    now = clock.now()
    Mark.objects.bulk_create(
        [Mark(customer_id=key, because=because, happened_on=on, entered_at=now) for key in sorted(set(customers))],
        batch_size=1000,
    )


@transaction.atomic
def hand_to(*, customer: Customer, rep: User | None, on: date, by: Actor) -> None:
    """From this day on the rep answers for the customer; earlier days keep their owner."""
    if rep is not None and rep.role != Role.REP:
        raise NoSuchOwner(_("%(name)s is not a rep. Choose a rep.") % {"name": rep})
    lock([customer.pk])
    present = Ownership.objects.filter(customer=customer, ends_before=None).first()
    if present is not None:
        if present.starts_on >= on:
            raise OwnershipBackwards(
                _("%(rep)s owns this customer since %(day)s; choose a later day.")
                % {"rep": present.rep, "day": present.starts_on}
            )
        present.ends_before = on
        present.save(update_fields=["ends_before"])
    if rep is not None:
        Ownership.objects.create(customer=customer, rep=rep, starts_on=on, entered_at=clock.now())
    before = customer.owner
    Customer.objects.filter(pk=customer.pk).update(owner=rep)
    customer.owner = rep
    mark([customer.pk], because="owner changed", on=on)
    audit.record(verb="customers.handed_over", subject=customer, by=by, before={"owner": before}, after={"owner": rep})


@transaction.atomic
def set_payer(*, customer: Customer, payer: Customer | None, on: date, by: Actor) -> None:
    """From now on the payer's money settles what this account owes; without a payer it pays for itself.

    One step only: a payer pays for itself. What was settled before stays as it is.
    """
    lock([customer.pk, *([payer.pk] if payer else [])])
    customer.refresh_from_db(fields=["payer"])
    if payer is not None:
        _check_payer(customer, payer)
    before = customer.payer_id
    if before == (payer.pk if payer else None):
        return
    Customer.objects.filter(pk=customer.pk).update(payer=payer)
    customer.payer = payer
    mark([customer.pk], because="payer changed", on=on)
    audit.record(
        verb=PAYER_SET,
        subject=customer,
        by=by,
        before={"payer": before},
        after={"payer": customer.payer_id, "on": on},
    )


def _check_payer(customer: Customer, payer: Customer) -> None:
    if payer.pk == customer.pk:
        raise NotAPayer(_("An account pays for itself without a payer. Leave the payer empty."))
    beyond = Customer.objects.filter(pays_for=payer).first()
    if beyond is not None:
        raise NotAPayer(
            _("%(payer)s is paid for by %(beyond)s. Name %(beyond)s as the payer.")
            % {"payer": payer.code, "beyond": beyond.code}
        )
    dependent = Customer.objects.filter(payer=customer).order_by("code").first()
    if dependent is not None:
        raise NotAPayer(
            _("%(customer)s pays for %(dependent)s itself. Give that account another payer first.")
            % {"customer": customer.code, "dependent": dependent.code}
        )


def add_many(rows: Sequence[Customer], *, owned_from: date) -> list[Customer]:
    """New customers in one statement, with the first period of their owners. The caller writes the trail."""
    added = Customer.objects.bulk_create(rows, batch_size=1000)
    now = clock.now()
    Ownership.objects.bulk_create(
        [
            Ownership(customer=customer, rep_id=customer.owner_id, starts_on=owned_from, entered_at=now)
            for customer in added
            if customer.owner_id
        ],
        batch_size=1000,
    )
    return added
