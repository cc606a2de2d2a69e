"""Every column of money and where its currency stands, so that no amount is finer than the currency allows."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import F, Model, Value
from django.db.models.functions import Coalesce, Round

from common import broken_rows, money
from common.columns import MoneyField
from receivables import queries
from receivables.models import (
    Allocation,
    CashLimit,
    Charge,
    ControlTotal,
    CreditNote,
    DueItem,
    Extension,
    FxDifference,
    HandIn,
    InstalmentPart,
    InstalmentPlan,
    Invoice,
    JournalRow,
    Paper,
    PaperLine,
    Payment,
    PlanItem,
    Receipt,
    ReceiptLine,
    Refund,
    WriteOff,
)

#: By table, how its rows lead to their currency; several paths where a row has one of several ends.
CURRENCY: dict[type[Model], tuple[str, ...]] = {
    **dict.fromkeys((Invoice, DueItem, Charge, Payment, CreditNote, WriteOff, Receipt, Paper, HandIn), ("currency",)),
    **dict.fromkeys((CashLimit, ControlTotal, JournalRow, InstalmentPlan), ("currency",)),
    Allocation: ("due_item__currency", "charge__currency"),
    Refund: ("payment__currency", "credit_note__currency"),
    ReceiptLine: ("receipt__currency",),
    PaperLine: ("paper__currency",),
    Extension: ("due_item__currency",),
    InstalmentPart: ("plan__currency",),
    PlanItem: ("plan__currency",),
}
IN_BASE = (FxDifference,)  # these amounts are in the base currency


def columns(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.get_fields() if isinstance(field, MoneyField)]


def too_fine() -> Iterator[str]:
    """Amounts with more decimals than their currency has, each as a sentence."""
    for model, paths in CURRENCY.items():
        rows = model._default_manager.annotate(of=Coalesce(*paths) if len(paths) > 1 else F(paths[0]))
        yield from _beyond(model, rows, set(rows.order_by().values_list("of", flat=True).distinct()))
    for model in IN_BASE:
        base = queries.base_currency()
        yield from _beyond(model, model._default_manager.annotate(of=Value(base)), {base})


def _beyond(model: type[Model], rows: Any, currencies: set[str]) -> Iterator[str]:
    by_digits: dict[int, list[str]] = defaultdict(list)
    for currency in currencies:
        by_digits[money.digits(currency)].append(currency)
    for digits, some in sorted(by_digits.items()):
        for column in columns(model):
            wrong = rows.filter(of__in=some).exclude(**{column: Round(F(column), precision=digits)})
            found = wrong.filter(**{f"{column}__isnull": False}).values_list("pk", column, "of")
            for key, amount, currency in broken_rows.of(found):
                said = f"{broken_rows.amount(amount)} {currency}"
                yield f"{model._meta.verbose_name} {key}: {said} as {column.replace('_', ' ')}"
