"""Verbs about who owes us: adding, handing to a rep, naming a payer, limiting, locking, marking."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock, money
from common.money import ZERO
from common.refusals import Refused
from common.templatetags import ui
from customers.models import Condition, Customer, Group, Limit, Loan, Mark, Ownership
from customers.queries import CONDITION_COLUMNS, PAYER_SET
from staff.models import Role, User


class NoSuchOwner(Refused):
    """Only a rep can answer for a customer."""


class OwnershipBackwards(Refused):
    """A new owner starts after the present one."""


class NotAPayer(Refused):
    """A payer that has a payer itself, or an account that others count on."""


class NotALimit(Refused):
    """An amount, period or insurer's term that no limit can have."""


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


def lock_at_once(customers: Iterable[int]) -> set[int]:
    """Of these customers those that nobody else holds at this moment, locked. It never waits, so that it may come
    after other locks: two that wait for each other are impossible. The caller leaves a mark for the others."""
    return set(
        Customer.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        .filter(pk__in=set(customers))
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
                % {"rep": present.rep, "day": ui.day(present.starts_on)}
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


def lend(*, customer: Customer, rep: User | None, on: date) -> None:
    """This rep visits the customer on that day; None: whoever does so anyway. Inside the caller's transaction, who
    holds the customer's lock and writes the trail.
    """
    if rep is None or rep.pk == customer.owner_id:
        Loan.objects.filter(customer=customer, on=on).delete()
    else:
        Loan.objects.update_or_create(customer=customer, on=on, defaults={"rep": rep})


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


@transaction.atomic
def set_limit(
    *,
    customer: Customer | None = None,
    group: Group | None = None,
    amount: Decimal,
    currency: str,
    starts_on: date,
    because: str,
    by: Actor,
    ends_before: date | None = None,
    insurer: str = "",
    policy_number: str = "",
    largest_extension_days: int | None = None,
    notify_after_days: int | None = None,
) -> Limit:
    """How much a customer, or a group, may owe from a day on. Our own limits and an insurer's stand side by side.

    The one before of the same kind ends the day before; its amount stays as it was. Of two from the same day the
    later one counts. Who may grant it is asked by the verb above (`gate.credit_services.grant_limit`).
    """
    holder = {"customer": customer, "group": group}
    limit = Limit(
        **holder,
        amount=amount,
        currency=currency,
        starts_on=starts_on,
        ends_before=ends_before,
        insurer=insurer.strip(),
        policy_number=policy_number.strip(),
        largest_extension_days=largest_extension_days,
        notify_after_days=notify_after_days,
        because=because.strip(),
        entered_at=clock.now(),
        entered_by=by.get_username(),
    )
    _check_limit(limit)
    members = [customer.pk] if customer else list(Customer.objects.filter(group=group).values_list("pk", flat=True))
    lock(members)
    before = Limit.objects.filter(**holder, starts_on__lt=starts_on)
    before = before.exclude(insurer="") if limit.insurer else before.filter(insurer="")
    before.filter(Q(ends_before=None) | Q(ends_before__gt=starts_on)).update(ends_before=starts_on)
    limit.save(force_insert=True)
    mark(members, because="limit", on=starts_on)
    audit.record(
        verb="customers.limit_set",
        subject=limit,
        by=by,
        after={
            "holder": customer or group,
            "amount": f"{money.as_text(amount, currency)} {currency}",
            "starts_on": starts_on,
            "ends_before": ends_before,
            "insurer": limit.insurer,
            "because": limit.because,
        },
    )
    return limit


def _check_limit(limit: Limit) -> None:
    if (limit.customer is None) == (limit.group is None):
        raise NotALimit(_("A limit belongs to one customer, or to one group."))
    if not money.is_known(limit.currency):
        raise NotALimit(_("%(currency)s is no currency. Use its code of three letters.") % {"currency": limit.currency})
    if not ZERO <= limit.amount < money.LIMIT or not money.is_exact(limit.amount, limit.currency):
        raise NotALimit(
            _("A limit is zero or more, in whole minor units of %(currency)s.") % {"currency": limit.currency}
        )
    if not limit.because:
        raise NotALimit(_("Say why this limit is granted."))
    if limit.ends_before is not None and limit.ends_before <= limit.starts_on:
        raise NotALimit(_("The limit ends before it starts. Choose a later end."))
    insured = (limit.policy_number, limit.largest_extension_days, limit.notify_after_days)
    if not limit.insurer and any(value not in ("", None) for value in insured):
        raise NotALimit(
            _("Only an insured limit has a policy number, a largest extension and a day to tell. Name the insurer.")
        )
    if limit.insurer and limit.ends_before is None:
        raise NotALimit(_("An insured limit has an end. Enter its last day."))


def add_many(rows: Sequence[Customer], *, owned_from: date) -> list[Customer]:
    """New customers in one statement, with the first period of their owners and a dated row of what their columns
    say has befallen them. The caller writes the trail.
    """
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
    Condition.objects.bulk_create(
        [
            Condition(customer=customer, kind=kind, starts_on=day, entered_at=now)
            for customer in added
            for kind, column in CONDITION_COLUMNS.items()
            if (day := getattr(customer, column)) is not None
        ],
        batch_size=1000,
    )
    return added
