"""Extensions and instalment plans as pages show them: frozen rows, with what a decision would do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.columns import MoneyField, MoneySum, exact
from common.days import ONE_DAY
from common.money import ZERO
from common.templatetags import ui
from customers.models import Customer, Limit
from receivables import more_time_queries as queries
from receivables import queries as ledger
from receivables.models import DueDateChange, DueItem, Extension, InstalmentPlan, MoreTime, PlanItem
from receivables.more_time_queries import Row
from receivables.more_time_rules import Outcome
from staff import queries as staff
from staff.models import Approval, Role, User

MOST = 200  # items that one plan can be about
ASKS = (Role.REP, Role.MANAGER, Role.FINANCE)
DECIDES = (Role.MANAGER, Role.FINANCE, Role.ADMIN)
PAID, MISSED, NEXT, LATER = (
    gettext_lazy("Paid"), gettext_lazy("Missed"), gettext_lazy("Next"), gettext_lazy("Later"),
)  # fmt: skip


# The list


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list."""

    pk: int
    kind: str
    url: str
    customer: Customer
    about: str
    asked_on: date
    asked_by: str
    until: date
    open_amount: Decimal
    cost_amount: Decimal
    currency: str
    state: Any
    decided_by: str
    decided_on: date | None
    ended_on: date | None


def lines(extensions: QuerySet[Extension], plans: QuerySet[InstalmentPlan]) -> list[Line]:
    """Both as one list: what waits first, then the latest."""
    found: list[Row] = [
        *extensions.select_related("customer", "due_item__invoice"),
        *_with_sums(plans.select_related("customer")),
    ]
    found.sort(key=lambda row: (row.state != MoreTime.ASKED, -row.asked_on.toordinal(), -row.pk))
    names = staff.names({name for row in found for name in (row.asked_by, row.approved_by)})
    return [_line(row, names) for row in found]


def _with_sums(plans: QuerySet[InstalmentPlan]) -> QuerySet[InstalmentPlan]:
    """With the day of the last part, how many items it is about, and what is open of them now."""
    items = PlanItem.objects.filter(plan=OuterRef("pk")).order_by().values("plan")
    count = items.annotate(count=Count("pk")).values("count")
    total = items.annotate(total=MoneySum("due_item__open_amount")).values("total")
    return plans.annotate(
        until=Max("parts__due_on"),
        count=Subquery(count),
        open_amount=exact(Subquery(total, output_field=MoneyField())),
    )


def _line(row: Row, names: dict[str, str]) -> Line:
    if isinstance(row, Extension):
        kind, about = _("Extension"), row.due_item.invoice.number
        until, left, currency = row.until, row.due_item.open_amount, row.due_item.currency
    else:
        summed: Any = row  # annotated by `_with_sums`
        kind, currency = _("Instalment plan"), row.currency
        about = ngettext("%(count)s item", "%(count)s items", summed.count) % {"count": summed.count}
        until, left = summed.until, summed.open_amount
    return Line(
        pk=row.pk,
        kind=kind,
        url=url_of(row),
        customer=row.customer,
        about=about,
        asked_on=row.asked_on,
        asked_by=names[row.asked_by],
        until=until,
        open_amount=left,
        cost_amount=row.cost_amount,
        currency=currency,
        state=row.get_state_display(),
        decided_by=names[row.approved_by],
        decided_on=row.decided_on,
        ended_on=row.ended_on,
    )


def url_of(row: Row) -> str:
    return reverse(f"receivables:{'extension' if isinstance(row, Extension) else 'plan'}", args=[row.pk])


def deed_url(row: Row, deed: str) -> str:
    """Where a decision about it is sent."""
    return reverse(f"receivables:{deed}-{'extension' if isinstance(row, Extension) else 'plan'}", args=[row.pk])


# One of them


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item of a plan: due without the plan, and what is open of what was planned."""

    number: str
    url: str
    invoice: int
    proven: int | None  # the shipment, where its signed delivery note is on file
    due_date: date | None
    amount: Decimal
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class PartLine:
    due_on: date
    amount: Decimal
    state: Any


@dataclass(frozen=True, slots=True)
class Page:
    """What a decision is about, in figures and sentences."""

    proven: int | None  # of an extension: the shipment, where its signed delivery note is on file
    currency: str
    open_amount: Decimal
    until: date
    due_date: date | None  # the one that it replaces
    days: int
    count: int
    allowed: int
    year: int
    effect: str
    insured: str
    asked_by: str
    decided_by: str
    changes: list[DueDateChange]
    items: list[ItemLine]
    parts: list[PartLine]


def page_of(row: Row, *, as_of: date) -> Page:
    day = row.decided_on or as_of
    keys = queries.items_of([row])[row]
    owed = {item.pk: item for item in DueItem.objects.filter(pk__in=keys).select_related("invoice")}
    before = queries.dates_without(keys, day)
    parts = queries.parts_of([row])[row.pk] if isinstance(row, InstalmentPlan) else []
    first, last = (row.until, row.until) if isinstance(row, Extension) else (parts[0].due_on, parts[-1].due_on)
    due_date = min((due for due in before.values() if due), default=None)
    agreed = min((item.agreed_due_date for item in owed.values() if item.agreed_due_date), default=None)
    names = staff.names({row.asked_by, row.approved_by})
    proven = ledger.proven(item.invoice_id for item in owed.values())
    return Page(
        proven=next(iter(proven.values()), None) if isinstance(row, Extension) else None,
        currency=owed[keys[0]].currency,
        open_amount=sum((item.open_amount for item in owed.values()), ZERO),
        until=last,
        due_date=due_date,
        days=(last - due_date).days if due_date else 0,
        count=queries.count_this_year(row.customer, day.year),
        allowed=queries.business().extensions_per_year,
        year=day.year,
        effect=_effect(row, first, due_date),
        insured=_insured(row.customer, (last - agreed).days if agreed else 0, day),
        asked_by=names[row.asked_by],
        decided_by=names[row.approved_by],
        changes=list(row.changes.select_related("due_item__invoice").order_by("applies_on", "pk")),
        items=_items(row, owed, before, proven) if isinstance(row, InstalmentPlan) else [],
        parts=_parts(row, as_of) if isinstance(row, InstalmentPlan) else [],
    )


def _effect(row: Row, first: date, due_date: date | None) -> str:
    """What it does to the due date, while there is something left to happen."""
    facts = {"first": ui.day(first), "due": ui.day(due_date), "void": ui.day(first + ONE_DAY)}
    if isinstance(row, Extension):
        sentences = {
            MoreTime.ASKED: _(
                "Granted, the item is due on %(first)s instead of %(due)s. Still open after that day, it is due on "
                "%(due)s again from %(void)s on."
            ),
            MoreTime.GRANTED: _(
                "The item is due on %(first)s. Still open after that day, it is due on %(due)s again from %(void)s on."
            ),
        }
    else:
        sentences = {
            MoreTime.ASKED: _(
                "Granted, all items are due with the first part, on %(first)s, and after each payment with the next. "
                "From the first missed part on they are due again as they were, since %(due)s."
            ),
            MoreTime.GRANTED: _(
                "All items are due with the next unpaid part. From the first missed part on they are due again as "
                "they were, since %(due)s."
            ),
        }
    return sentences.get(MoreTime(row.state), "") % facts


def _insured(customer: Customer, days: int, on: date) -> str:
    """A warning where the insurer allows less than was asked for."""
    of = Q(customer=customer) | Q(group__isnull=False, group=customer.group_id)
    lives = Q(starts_on__lte=on) & (Q(ends_before=None) | Q(ends_before__gt=on))
    limits = Limit.objects.filter(of, lives, largest_extension_days__lt=days).exclude(insurer="")
    limit = limits.order_by("largest_extension_days", "pk").first()
    if limit is None:
        return ""
    return _("%(insurer)s covers extensions of %(days)s days at most. A longer one may end the cover.") % {
        "insurer": limit.insurer,
        "days": limit.largest_extension_days,
    }


def _items(
    plan: InstalmentPlan, owed: dict[int, DueItem], before: dict[int, date | None], proven: dict[int, int]
) -> list[ItemLine]:
    return [
        ItemLine(
            number=owed[key].invoice.number,
            url=reverse("desk:invoice", args=[owed[key].invoice_id]),
            invoice=owed[key].invoice_id,
            proven=proven.get(owed[key].invoice_id),
            due_date=before[key],
            amount=amount,
            open_amount=owed[key].open_amount,
        )
        for key, amount in plan.items.order_by("position").values_list("due_item", "amount")
    ]


def _parts(plan: InstalmentPlan, as_of: date) -> list[PartLine]:
    parts = queries.parts_of([plan])[plan.pk]
    states: list[Any] = [""] * len(parts)
    if plan.state in queries.WAS_GRANTED:
        [(_plan, fate)] = queries.fates([plan], as_of=as_of)
        here = {Outcome.KEPT: PAID, Outcome.MISSED: MISSED, Outcome.RUNS: NEXT}[fate.outcome]
        after = PAID if fate.outcome is Outcome.KEPT else LATER
        states = [PAID if place < fate.place else here if place == fate.place else after for place in range(len(parts))]
    return [PartLine(part.due_on, part.amount, state) for part, state in zip(parts, states, strict=True)]


# Deciding and asking


@dataclass(frozen=True, slots=True)
class Rights:
    """What this person may do with it, and why not."""

    may_grant: bool
    may_decline: bool
    why_not: str


def rights_of(user: User, row: Row, page: Page, *, on: date) -> Rights:
    """Somebody else decides than who asked, and grants up to an amount."""
    if row.state != MoreTime.ASKED or user.role not in DECIDES:
        return Rights(may_grant=False, may_decline=False, why_not="")
    if user.get_username() == row.asked_by:
        own = _("Whoever asks for more time does not decide it. A second person has to.")
        return Rights(may_grant=False, may_decline=False, why_not=own)
    in_base = queries.in_base(page.open_amount, page.currency, on)
    customer = [row.customer_id]
    if staff.may_approve(user, Approval.Kind.EXTENSION, in_base, customers=customer, on=on):
        return Rights(may_grant=True, may_decline=True, why_not="")
    may_decline = staff.may_approve(user, Approval.Kind.EXTENSION, ZERO, customers=customer, on=on)
    instead = staff.who_decides_instead(user, customers=customer, on=on)
    above = _("This is more than your role may grant. Somebody who may has to decide.")
    return Rights(may_grant=False, may_decline=may_decline, why_not=instead or above)


def waiting_for(user: User) -> list[QuerySet[Any]]:
    """What waits for a decision that this person did not ask for."""
    own = Q(state=MoreTime.ASKED) & ~Q(asked_by=user.get_username())
    return [model.objects.visible_to(user).filter(own) for model in (Extension, InstalmentPlan)]


def open_items(customer: Customer) -> list[DueItem]:
    """What a plan may be about: open items with a due date that have no extension and no plan, the oldest first."""
    owed = DueItem.objects.filter(customer=customer, open_amount__gt=0, due_date__isnull=False)
    found = list(owed.select_related("invoice").order_by("due_date", "pk")[:MOST])
    taken = queries.taken(item.pk for item in found)
    return [item for item in found if item.pk not in taken]


def currencies(items: Iterable[DueItem]) -> list[str]:
    return sorted({item.currency for item in items})
