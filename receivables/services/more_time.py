"""More time for the customer: asked for by one person, granted within its right by another, or declined."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import services as audit
from audit.services import Actor
from common import clock
from common.money import ZERO
from common.templatetags import ui
from customers import services as customers
from customers.models import Customer
from receivables import ledger
from receivables import more_time_queries as queries
from receivables import more_time_rules as rules
from receivables.models import DueItem, Extension, InstalmentPart, InstalmentPlan, MoreTime, PlanItem
from receivables.more_time_rules import Part, Why
from receivables.services import checks, due_dates
from staff import queries as staff
from staff.models import Approval, User

Asked = TypeVar("Asked", Extension, InstalmentPlan)
BECAUSE = "extension"  # of the mark that is left whenever a due date moves

WORDS: Mapping[Why, Any] = {
    Why.NOT_OPEN: gettext_lazy("There is nothing open to wait for. Choose items that are open."),
    Why.NO_DUE_DATE: gettext_lazy("An item without a due date is not late, and needs no more time."),
    Why.NOT_LATER: gettext_lazy("That day is not later than the due date in force. Choose a later one."),
    Why.PASSED: gettext_lazy("That day has passed. Choose today or a later one."),
    Why.TOO_FAR: gettext_lazy("That day is more than ten years away. Choose an earlier one."),
    Why.TOO_FEW_PARTS: gettext_lazy(
        "A plan has two parts or more, each above zero. For one part ask for an extension."
    ),
    Why.OUT_OF_ORDER: gettext_lazy("The parts come one after the other: each on a later day than the one before."),
}


class NoMoreTime(checks.Refused):
    """Not as it was asked; the sentence says what to change."""


# Extensions


@transaction.atomic
def ask_extension(*, due_item: DueItem, until: date, because: str, on: date, by: Actor) -> Extension:
    """Ask that an open item may be paid later. Nothing changes until a second person grants it."""
    because = _reason(because)
    checks.check_day(on)
    customers.lock([due_item.customer_id])
    item = DueItem.objects.select_related("customer", "invoice").get(pk=due_item.pk)
    _check_extension(item, until, on)
    _check_free([item])
    _check_count(item.customer, on)
    terms = queries.business()
    row = Extension.objects.create(
        due_item=item,
        customer_id=item.customer_id,
        until=until,
        because=because,
        cost_amount=rules.cost(
            [Part(item.due_date or on, item.open_amount)],
            [Part(until, item.open_amount)],
            yearly_share=terms.money_costs,
            currency=item.currency,
        ),
        asked_by=by.get_username(),
        asked_on=on,
        entered_at=clock.now(),
    )
    audit.record(
        verb="receivables.extension_asked", subject=row, by=by, after={"until": until, "cost": row.cost_amount}
    )
    return row


@transaction.atomic
def grant_extension(*, extension: Extension, on: date, by: User) -> Extension:
    """Decide for it: from this day on the later date is in force. Never by the person who asked."""
    customers.lock([extension.customer_id])
    row = _waiting(Extension, extension.pk, by, on)
    item = DueItem.objects.select_related("customer", "invoice").get(pk=row.due_item_id)
    _check_extension(item, row.until, on)
    _check_grant(row.customer, item.open_amount, item.currency, on, by)
    _decide(row, MoreTime.GRANTED, on, by)
    before = item.due_date
    due_dates.put_in_force({item.pk: row.until}, on=on, because=_("Extension granted"), extension=row)
    _follow([item.pk], row.customer_id, on, by)
    audit.record(
        verb="receivables.extension_granted",
        subject=row,
        by=by,
        before={"due_date": before},
        after={"due_date": row.until, "cost": row.cost_amount},
    )
    return row


@transaction.atomic
def decline_extension(*, extension: Extension, on: date, by: User, because: str) -> None:
    """Decide against it: the due date stays."""
    because = _reason(because)
    customers.lock([extension.customer_id])
    _decline(_waiting(Extension, extension.pk, by, on), on, by, because, verb="receivables.extension_declined")


def _check_extension(item: DueItem, until: date, on: date) -> None:
    why = rules.why_no_extension(open_amount=item.open_amount, due_date=item.due_date, until=until, on=on)
    if why is not None:
        raise NoMoreTime(str(WORDS[why]))


# Instalment plans


@transaction.atomic
def ask_plan(
    *,
    customer: Customer,
    currency: str,
    items: Sequence[int],
    parts: Sequence[tuple[date, Decimal]],
    because: str,
    on: date,
    by: Actor,
) -> InstalmentPlan:
    """Ask that what is open on these items (keys, in the order in which the parts settle them) is paid in parts."""
    because = _reason(because)
    checks.check_day(on)
    customers.lock([customer.pk])
    owed = _owed(customer, currency, items)
    wanted = [Part(due_on, amount) for due_on, amount in parts]
    for part in wanted:
        checks.check_amount(part.amount, currency)
    _check_plan(owed, wanted, currency, on)
    _check_free(owed)
    _check_count(customer, on)
    terms = queries.business()
    row = InstalmentPlan.objects.create(
        customer=customer,
        currency=currency,
        because=because,
        cost_amount=rules.cost(
            [Part(item.due_date or on, item.open_amount) for item in owed],
            wanted,
            yearly_share=terms.money_costs,
            currency=currency,
        ),
        asked_by=by.get_username(),
        asked_on=on,
        entered_at=clock.now(),
    )
    InstalmentPart.objects.bulk_create(
        InstalmentPart(plan=row, position=place, due_on=part.due_on, amount=part.amount)
        for place, part in enumerate(wanted, start=1)
    )
    PlanItem.objects.bulk_create(
        PlanItem(plan=row, position=place, due_item=item, amount=item.open_amount)
        for place, item in enumerate(owed, start=1)
    )
    audit.record(
        verb="receivables.plan_asked",
        subject=row,
        by=by,
        after={"parts": len(wanted), "until": wanted[-1].due_on, "cost": row.cost_amount},
    )
    return row


@transaction.atomic
def grant_plan(*, plan: InstalmentPlan, on: date, by: User) -> InstalmentPlan:
    """Decide for it: from this day on its items are due with the first part. Never by the person who asked."""
    customers.lock([plan.customer_id])
    row = _waiting(InstalmentPlan, plan.pk, by, on)
    owed = _owed(row.customer, row.currency, queries.items_of([row])[row])
    parts = queries.parts_of([row])[row.pk]
    _check_plan(owed, parts, row.currency, on)
    _check_grant(row.customer, sum((item.open_amount for item in owed), ZERO), row.currency, on, by)
    _decide(row, MoreTime.GRANTED, on, by)
    keys = [item.pk for item in owed]
    due_dates.put_in_force(dict.fromkeys(keys, parts[0].due_on), on=on, because=_("Instalment plan granted"), plan=row)
    _follow(keys, row.customer_id, on, by)
    audit.record(
        verb="receivables.plan_granted",
        subject=row,
        by=by,
        before={"due_date": min(item.due_date for item in owed if item.due_date)},
        after={"due_date": parts[0].due_on, "cost": row.cost_amount},
    )
    return row


@transaction.atomic
def decline_plan(*, plan: InstalmentPlan, on: date, by: User, because: str) -> None:
    """Decide against it: the due dates stay."""
    because = _reason(because)
    customers.lock([plan.customer_id])
    _decline(_waiting(InstalmentPlan, plan.pk, by, on), on, by, because, verb="receivables.plan_declined")


def _owed(customer: Customer, currency: str, keys: Sequence[int]) -> list[DueItem]:
    found = {item.pk: item for item in DueItem.objects.filter(customer=customer, currency=currency, pk__in=keys)}
    if len(found) != len(keys):
        raise checks.ForeignItem(_("An item is named twice, is another customer's, or in another currency."))
    return [found[key] for key in keys]


def _check_plan(owed: Sequence[DueItem], parts: Sequence[Part], currency: str, on: date) -> None:
    amounts = [(item.open_amount, item.due_date) for item in owed]
    why = rules.why_no_plan(open_amounts=amounts, parts=parts, on=on)
    if why is Why.OTHER_SUM:
        raise NoMoreTime(
            _("The parts add up to %(parts)s, and %(open)s is open on these items. Change the parts.")
            % {
                "parts": ui.money_text(sum((part.amount for part in parts), ZERO), currency),
                "open": ui.money_text(sum((amount for amount, _due in amounts), ZERO), currency),
            }
        )
    if why is not None:
        raise NoMoreTime(str(WORDS[why]))


# Both


def _reason(because: str) -> str:
    if not because.strip():
        raise checks.NoReason(_("Say why: more time is given or refused with its reason."))
    return because.strip()[:200]


def _check_free(items: Iterable[DueItem]) -> None:
    taken = queries.taken([item.pk for item in items])
    if taken:
        numbers = DueItem.objects.filter(pk__in=taken).order_by("pk").values_list("invoice__number", flat=True)
        raise checks.AlreadyDone(
            _("An extension or a plan waits or runs already for: %(numbers)s. There is one at a time.")
            % {"numbers": ", ".join(dict.fromkeys(numbers))}
        )


def _check_count(customer: Customer, on: date) -> None:
    allowed = queries.business().extensions_per_year
    if not rules.may_have_more(queries.count_this_year(customer, on.year), allowed=allowed):
        raise NoMoreTime(
            _("%(customer)s was given more time %(allowed)s times in %(year)s, as often as a customer may be.")
            % {"customer": customer.name, "allowed": allowed, "year": on.year}
        )


def _check_grant(customer: Customer, amount: Decimal, currency: str, on: date, by: User) -> None:
    _check_count(customer, on)
    in_base = queries.in_base(amount, currency, on)
    if staff.may_approve(by, Approval.Kind.EXTENSION, in_base, customers=[customer.pk], on=on):
        return
    if instead := staff.who_decides_instead(by, customers=[customer.pk], on=on):
        raise checks.NotPermitted(instead)
    if in_base is None:
        raise checks.NotPermitted(
            _("There is no rate for %(currency)s, so somebody who may grant any amount has to decide.")
            % {"currency": currency}
        )
    raise checks.NotPermitted(
        _("%(amount)s is more than your role may grant. Somebody who may has to decide.")
        % {"amount": ui.money_text(amount, currency)}
    )


def _waiting(model: type[Asked], key: int, by: User, on: date) -> Asked:
    row = model.objects.select_related("customer").get(pk=key)
    if row.state != MoreTime.ASKED:
        raise checks.AlreadyDone(_("This is decided already."))
    if by.get_username() == row.asked_by:
        raise checks.NotPermitted(_("Whoever asks for more time does not decide it. A second person has to."))
    checks.check_day(on, not_before=row.asked_on)
    return row


def _decide(row: queries.Row, state: MoreTime, on: date, by: User) -> None:
    row.state, row.approved_by, row.decided_on = state, by.get_username(), on
    row.save(update_fields=["state", "approved_by", "decided_on"])


def _decline(row: queries.Row, on: date, by: User, because: str, *, verb: str) -> None:
    if not staff.may_approve(by, Approval.Kind.EXTENSION, ZERO, customers=[row.customer_id], on=on):
        instead = staff.who_decides_instead(by, customers=[row.customer_id], on=on)
        raise checks.NotPermitted(instead or _("Your role does not decide on more time."))
    _decide(row, MoreTime.DECLINED, on, by)
    audit.record(verb=verb, subject=row, by=by, after={"because": because})


def _follow(keys: Iterable[int], customer: int, on: date, by: Actor) -> None:
    """Due dates have moved: standings, holds and promises follow at once, and once more with the next marks."""
    customers.mark([customer], because=BECAUSE, on=on)
    with ledger.posting(on=on, by=by) as posting:
        for item in DueItem.objects.filter(pk__in=list(keys)).select_related("invoice").order_by("pk"):
            posting.hold(item)
