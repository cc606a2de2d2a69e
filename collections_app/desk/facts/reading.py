"""What has befallen a customer, what it answered, and the explanation of its items, as frozen rows for pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from collections_app.cases.deciding import OVERRIDES
from collections_app.cases.models import Confirmation, StandingOverride
from collections_app.desk.explained import explained
from collections_app.standings.explaining import Explanation
from common import clock
from common.columns import MoneySum
from common.templatetags import ui
from customers.models import Condition, Customer
from customers.queries import IN_OTHER_HANDS
from receivables.models import DueItem, Invoice, Payment
from staff import queries as people
from staff.models import Role, User

ENTERS = (Role.MANAGER, Role.FINANCE, Role.ADMIN)  # what has befallen a customer, and what it answers
MOST = 20


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One condition, running or over; `money` is what has reached us since, by currency."""

    what: str
    starts_on: date
    ends_before: date | None
    reference: str
    register_by: date | None
    who: str
    money: tuple[tuple[str, Decimal], ...]
    money_url: str
    end_url: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    balance_on: date
    amount: Decimal
    their_amount: Decimal | None
    currency: str
    answer: str
    answered_on: date
    answered_by: str
    is_signed: bool
    note: str


@dataclass(frozen=True, slots=True)
class FactsPanel:
    conditions: list[ConditionRow]
    answers: list[AnswerRow]
    begin_url: str
    confirm_url: str


def facts_panel(customer: Customer, *, user: User) -> FactsPanel:
    enters = user.role in ENTERS
    rows = list(Condition.objects.filter(customer=customer).order_by("-starts_on", "-pk")[:MOST])
    names = people.names(row.entered_by for row in rows if row.entered_by)
    answers = Confirmation.objects.filter(customer=customer).order_by("-answered_on", "-pk")[:MOST]
    return FactsPanel(
        conditions=[_condition(row, customer, names.get(row.entered_by, ""), enters=enters) for row in rows],
        answers=[
            AnswerRow(
                row.balance_on, row.amount, row.their_amount, row.currency, str(row.get_answer_display()),
                row.answered_on, row.answered_by, row.is_signed, row.note,
            )
            for row in answers
        ],
        begin_url=reverse("desk:begin-condition", args=[customer.code]) if enters else "",
        confirm_url=reverse("desk:record-confirmation", args=[customer.code]) if enters else "",
    )  # fmt: skip


def _condition(row: Condition, customer: Customer, who: str, *, enters: bool) -> ConditionRow:
    money = _reached_us(row) if row.kind in IN_OTHER_HANDS else ()
    return ConditionRow(
        what=str(row.get_kind_display()),
        starts_on=row.starts_on,
        ends_before=row.ends_before,
        reference=row.reference,
        register_by=row.register_by,
        who=who,
        money=money,
        money_url=f"{reverse('desk:customer', args=[customer.code])}?kind=payment#history" if money else "",
        end_url=reverse("desk:end-condition", args=[row.pk]) if enters and row.ends_before is None else "",
    )


def _reached_us(row: Condition) -> tuple[tuple[str, Decimal], ...]:
    """Money of a customer in other hands that reached us all the same: it is booked, and reported to them."""
    found = Payment.objects.filter(customer=row.customer_id, counts_on__gte=row.starts_on)
    if row.ends_before is not None:
        found = found.filter(counts_on__lt=row.ends_before)
    sums = found.order_by("currency").values_list("currency").annotate(total=MoneySum("amount"))
    return tuple((currency, total) for currency, total in sums if total)


# The explanation of items


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A due item with its explanation and what this person may decide about it."""

    key: int
    heading: str
    told: Explanation
    override_url: str
    lift_url: str


def explained_items(invoice: Invoice, *, user: User, as_of: date) -> list[ItemRow]:
    """Of today with what may be done about it; a past day is only told."""
    items = list(invoice.due_items.select_related("invoice", "customer").order_by("position"))
    running = {
        row.due_item_id: row.pk
        for row in StandingOverride.objects.filter(
            due_item__in=items, lifted_on=None, starts_on__lte=as_of, ends_before__gt=as_of
        ).order_by("pk")
    }
    decides = user.role in OVERRIDES and as_of == clock.business_today()
    return [
        ItemRow(
            key=item.pk,
            heading=_heading(told, several=len(items) > 1),
            told=told,
            override_url=reverse("desk:override-standing", args=[item.pk]) if decides and told.standing else "",
            lift_url=reverse("desk:lift-override", args=[running[item.pk]]) if decides and item.pk in running else "",
        )
        for item, told in zip(items, seen_by(user, explained(items, as_of=as_of)), strict=True)
    ]


def _heading(told: Explanation, *, several: bool) -> str:
    if not several:
        return ""
    return _("Part due on %(day)s") % {"day": ui.day(told.due_date)} if told.due_date else _("Part without a due date")


def explained_of(keys: Sequence[int], *, user: User, as_of: date) -> dict[int, Explanation]:
    """By key of the due item, for lists."""
    rows = DueItem.objects.filter(pk__in=keys).select_related("invoice", "customer").order_by("pk")
    return {told.due_item: told for told in seen_by(user, explained(list(rows), as_of=as_of))}


def seen_by(user: User, found: Sequence[Explanation]) -> list[Explanation]:
    return [told.for_reps() if user.role == Role.REP else told for told in found]
