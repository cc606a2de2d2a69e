"""Lists of open items for tests: how they come in, and what is here after them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from collections_app import books
from common import clock
from intake import services, shipped
from intake.services import NotTaken, Outcome
from receivables.models import Allocation, DueItem, Payment
from tests import factories as make
from tests.intake.made import LIST, listed, made_profile, open_items

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)
THURSDAY, FRIDAY, TODAY = date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 24)


def profile(extra: str = "", source: str = LIST) -> shipped.Loaded:
    return shipped.Loaded(made_profile(extra, source), extra or "list")


def came(*rows: str, on: date | None = MONDAY, extra: str = "", name: str = "list.csv", **how: Any) -> Outcome:
    """A morning's list comes in."""
    how.setdefault("profile", profile(extra))
    return services.store(content=open_items(*rows), name=name, on=TODAY, by=make.BY, as_of=on, **how)


def left(number: str) -> Decimal:
    return DueItem.objects.filter(invoice__number=number).aggregate(total=Sum("open_amount"))["total"]


def rest(*numbers: str) -> list[str]:
    """Rows of other items, so that a single one may vanish without a question."""
    return [listed(number) for number in numbers or ("R1", "R2", "R3", "R4")]


def refusal(*rows: str, **how: Any) -> str:
    with pytest.raises(NotTaken) as refused:
        came(*rows, **how)
    return str(refused.value)


def entered_on(day: date) -> None:
    """What is allocated by now was entered on this day."""
    Allocation.objects.update(entered_at=clock.end_of(day) - timedelta(hours=1))


def pays(amount: str, number: str, *, on: date) -> Payment:
    item = DueItem.objects.select_related("customer").get(invoice__number=number)
    return make.payment(item.customer, amount, received_on=on, lines=[(item.pk, Decimal(amount))])


def in_order(as_of: date = TODAY) -> bool:
    report = books.check(as_of=as_of)
    assert [one for one in report.invariants if one.broken] == []
    return True
