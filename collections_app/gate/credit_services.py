"""Verbs of credit: granting limits, checking first orders, and keeping an insurer informed."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import NIGHT, Actor
from collections_app.cases import services as cases
from collections_app.cases.models import ToDo
from collections_app.gate import credit_limits, credit_rules, credit_sums
from collections_app.gate.credit_limits import Families, Holder, narrowed
from collections_app.gate.models import CreditCheck
from collections_app.policy import queries as policies
from common import clock, days, money
from common.refusals import Refused
from contracts.models import Shipment
from customers import services as customers
from customers.models import Customer, Group, Limit
from receivables import queries as ledger
from receivables.models import DueItem, Invoice
from staff import queries as staff
from staff.models import Approval, Business, Role, User

DECIDES = (Role.MANAGER, Role.FINANCE, Role.ADMIN)
_KEY = ("customer", "because", "about")  # of a to-do
WARNED = timedelta(days=7)  # before a notification day somebody is asked to tell the insurer
AT_ONCE = 500  # holders of insured limits that are looked at together


class NotGranted(Refused):
    """The right is missing, or the limit would start in the past."""


class NotDecided(Refused):
    """The check waits for somebody with the right, needs a note, or is decided already."""


class NotTold(Refused):
    """The right is missing."""


# Limits


@transaction.atomic
def grant_limit(
    *,
    customer: Customer | None = None,
    group: Group | None = None,
    amount: Decimal,
    currency: str,
    starts_on: date,
    because: str,
    on: date,
    by: User,
    insurer: str = "",
    **terms: Any,
) -> Limit:
    """Set a limit by somebody who may approve its amount. Past days keep the limit they had."""
    if starts_on < on:
        raise NotGranted(_("A limit starts today or later; past days keep the limit they had."))
    whose = [row.pk for row in Customer.objects.filter(group=group)] if customer is None else [customer.pk]
    if not staff.may_approve(by, Approval.Kind.LIMIT, _in_base(amount, currency, on), customers=whose, on=on):
        raise NotGranted(
            staff.who_decides_instead(by, customers=whose, on=on)
            or _("Your role may not grant a limit of this amount. Ask somebody who may.")
        )
    limit = customers.set_limit(
        customer=customer,
        group=group,
        amount=amount,
        currency=currency,
        starts_on=starts_on,
        because=because,
        by=by,
        insurer=insurer,
        **terms,
    )
    if limit.insurer:
        _close_ending(customer, group, on, by)
    return limit


def _in_base(amount: Decimal, currency: str, on: date) -> Decimal | None:
    base = ledger.base_currency()
    rate = ledger.rates_on(on, base=base).get(currency)
    return money.rounded(amount * rate.rate, base) if rate else None


def _close_ending(customer: Customer | None, group: Group | None, on: date, by: Actor) -> None:
    """A new insured limit is what the to-do before the end of the old one asked for."""
    waits = ToDo.objects.filter(because=ToDo.Because.LIMIT_ENDS, done_on=None).select_related("customer")
    for to_do in waits.filter(customer=customer) if customer else waits.filter(customer__group=group):
        cases.close_to_do(customer=to_do.customer, because=to_do.because, about=to_do.about, on=on, by=by)


# First orders


@transaction.atomic
def ask_credit_check(*, shipment: Shipment, on: date, by: Actor) -> CreditCheck | None:
    """A first order that is too large or too easy waits until somebody has looked; None: nothing is odd about it."""
    customers.lock([shipment.customer_id])
    asked = CreditCheck.objects.filter(shipment=shipment).first()
    return asked or next(iter(ask_credit_checks(shipments=[shipment], on=on, by=by)), None)


def ask_credit_checks(*, shipments: Sequence[Shipment], on: date, by: Actor) -> list[CreditCheck]:
    """The same for whatever was asked for, on a page or in a file of any size: of the first orders among them those
    that wait from now on. The caller holds the locks."""
    first = _never_served({shipment.customer_id for shipment in shipments})
    if not first:
        return []
    known = set(narrowed(CreditCheck.objects.all(), first).values_list("shipment", flat=True))
    base = ledger.base_currency()
    rates = ledger.rates_on(on, base=base)
    first_order_from = Decimal(policies.in_force(on).credit.first_order_from)
    found = []
    for shipment in shipments:
        if shipment.customer_id not in first or shipment.pk in known:
            continue
        rate = rates.get(shipment.currency)
        doubt = credit_rules.doubt_about(
            amount_in_base=money.rounded(shipment.amount * rate.rate, base) if rate else None,
            without_questions=shipment.without_questions,
            first_order_from=first_order_from,
        )
        if doubt is not None:
            found.append(_ask(shipment, doubt, on, by))
    return found


def _ask(shipment: Shipment, doubt: credit_rules.Doubt, on: date, by: Actor) -> CreditCheck:
    check = CreditCheck.objects.create(
        customer_id=shipment.customer_id,
        shipment=shipment,
        because=doubt.value,
        asked_on=on,
        entered_at=clock.now(),
    )
    cases.open_to_do(
        customer=shipment.customer,
        because=ToDo.Because.CREDIT_CHECK,
        about=shipment.number,
        due_on=days.add_working_days(on, 1, _calendar()),
        on=on,
        by=by,
    )
    audit.record(
        verb="gate.credit_check_asked", subject=check, by=by, after={"shipment": shipment.number, "because": doubt}
    )
    return check


def _never_served(keys: set[int]) -> set[int]:
    """Of these customers those to whom nothing was ever billed, and for whom no goods have left."""
    gone = (*credit_sums.LEFT, Shipment.State.RETURNED)
    billed = Invoice.objects.filter(customer=OuterRef("pk"))
    served = Shipment.objects.filter(customer=OuterRef("pk"), state__in=gone)
    never = narrowed(Customer.objects.filter(~Exists(billed), ~Exists(served)), keys, "pk")
    return set(never.values_list("pk", flat=True))


def _calendar() -> str:
    return Business.objects.order_by("pk").values_list("calendar", flat=True).first() or ""


@transaction.atomic
def decide_check(*, check: CreditCheck, answer: str, note: str, on: date, by: User) -> CreditCheck:
    """Somebody has looked at the customer: the order may go on, or only against payment in advance."""
    if by.role not in DECIDES:
        raise NotDecided(_("A manager or finance decides a credit check."))
    if answer not in CreditCheck.Answer.values:
        raise NotDecided(_("Choose whether the order passes or is refused."))
    note = note.strip()
    if not note:
        raise NotDecided(_("Say what you looked at, so that others can follow it."))
    customers.lock([check.customer_id])
    waits = CreditCheck.objects.filter(pk=check.pk, answer="")
    if not waits.update(answer=answer, note=note, decided_on=on, decided_by=by.get_username()):
        raise NotDecided(_("This credit check is decided already. Nothing was changed."))
    decided = CreditCheck.objects.select_related("shipment", "customer").get(pk=check.pk)
    cases.close_to_do(
        customer=decided.customer,
        because=ToDo.Because.CREDIT_CHECK,
        about=decided.shipment.number,
        on=on,
        by=by,
    )
    customers.mark([decided.customer_id], because="credit check", on=on)
    audit.record(
        verb="gate.credit_check_decided",
        subject=decided,
        by=by,
        after={"shipment": decided.shipment.number, "answer": answer, "note": note},
    )
    return decided


# Insurers


@transaction.atomic
def told_insurer(*, customer: Customer, invoice: Invoice, on: date, by: User) -> ToDo:
    """The insurer was told on this day that the invoice is late. Told twice, the first day stands."""
    if by.role not in DECIDES:
        raise NotTold(_("A manager or finance notes that the insurer was told."))
    customers.lock([customer.pk])
    because, about = ToDo.Because.INSURER, invoice.number
    told = credit_limits.told().filter(customer=customer, about=about).first()
    if told is not None:
        return told
    waits = cases.open_to_do(customer=customer, because=because, about=about, due_on=on, on=on, by=by)
    done = cases.close_to_do(customer=customer, because=because, about=about, on=on, by=by)
    customers.mark([customer.pk], because="insurer told", on=on)
    return done or waits


def insurer_tasks(*, as_of: date) -> int:
    """The night's step: somebody is asked to act before an insured limit ends, and before the insurer must be told of
    a late invoice; what was paid meanwhile needs telling no more. Run twice, it opens nothing more.

    Returns how many to-dos it opened. One transaction each: the customers come in no order of locks. So many holders
    at a time: the night has little memory, and most customers are insured by nobody.
    """
    _close_paid(as_of)
    opened = 0
    holders = _insured(as_of)
    for start in range(0, len(holders), AT_ONCE):
        some = holders[start : start + AT_ONCE]
        known = credit_limits.families(_customers_of(some))
        in_force = credit_limits.in_force(known, as_of=as_of)
        insured = [limit for holder in some for limit in in_force.get(holder, ()) if limit.insurer]
        wanted = [*_before_an_end(insured, known, as_of), *_before_a_notification_day(insured, known, as_of)]
        opened += _open_all(wanted, as_of)
    return opened


def _insured(as_of: date) -> list[Holder]:
    """Whoever has had an insured limit by now, in order."""
    started = Limit.objects.filter(starts_on__lte=as_of).exclude(insurer="")
    return sorted({credit_limits.holder_of(limit) for limit in started.only("customer", "group").iterator()})


def _customers_of(holders: Collection[Holder]) -> set[int]:
    """Those with a limit of their own, and all of the groups that have one."""
    own = {key for kind, key in holders if kind == "customer"}
    groups = [key for kind, key in holders if kind == "group"]
    return own | set(Customer.objects.filter(group__in=groups).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class _Wanted:
    customer: int
    because: str
    about: str
    due_on: date


def _before_an_end(insured: Sequence[Limit], known: Families, as_of: date) -> Iterator[_Wanted]:
    """A group's stands with the first of its customers."""
    within = timedelta(days=policies.in_force(as_of).credit.limit_ends_within)
    coming = Limit.objects.filter(starts_on__gt=as_of).exclude(insurer="")
    renewed = {credit_limits.holder_of(limit) for limit in coming}
    longest = ToDo._meta.get_field("about").max_length
    for limit in insured:
        last_day = credit_limits.terms_of(limit).ends_before - days.ONE_DAY
        holder = credit_limits.holder_of(limit)
        members = known.of(holder)
        if members and last_day <= as_of + within and holder not in renewed:
            about = (limit.policy_number or limit.insurer)[:longest]
            yield _Wanted(members[0], ToDo.Because.LIMIT_ENDS, about, last_day)


def _before_a_notification_day(insured: Sequence[Limit], known: Families, as_of: date) -> Iterator[_Wanted]:
    covered = credit_limits.covered_items(insured, known, as_of=as_of, ahead=WARNED.days)
    for limit in insured:
        items = [item for key in known.of(credit_limits.holder_of(limit)) for item in covered.get(key, ())]
        for item, day in credit_rules.to_tell(credit_limits.terms_of(limit), items):
            if day - WARNED <= as_of:
                yield _Wanted(item.customer, ToDo.Because.INSURER, item.invoice, day)


def _open_all(wanted: Sequence[_Wanted], as_of: date) -> int:
    """What is not open yet, and was not done by somebody for this very day. The first cause of a thing is opened."""
    by_kind = ToDo.objects.filter(because__in={one.because for one in wanted}).values_list(*_KEY, "due_on", "done_on")
    known = list(by_kind.exclude(done_by=NIGHT.get_username()))
    taken = {row[:3] for row in known if row[4] is None}
    done = {row[:4] for row in known if row[4] is not None}
    opened = 0
    for one in wanted:
        key = (one.customer, one.because, one.about)
        if key in taken or (*key, one.due_on) in done:
            continue
        taken.add(key)
        who = Customer.objects.get(pk=one.customer)
        cases.open_to_do(customer=who, because=one.because, about=one.about, due_on=one.due_on, on=as_of, by=NIGHT)
        opened += 1
    return opened


def _close_paid(as_of: date) -> None:
    owed = DueItem.objects.open().filter(customer=OuterRef("customer"), invoice__number=OuterRef("about"))
    paid = ToDo.objects.filter(~Exists(owed), because=ToDo.Because.INSURER, done_on=None)
    for one in paid.select_related("customer").order_by("customer", "pk"):
        cases.close_to_do(customer=one.customer, because=one.because, about=one.about, on=as_of, by=NIGHT)
