"""Reading cash in the field: what each rep carries, until when, and which receipt numbers are missing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, QuerySet
from django.utils.translation import gettext as _

from common.columns import MoneySum
from common.models import Series
from common.templatetags.ui import money_text, weekday
from receivables import cash_rules, queries
from receivables.models import HandIn, Receipt, VoidNumber
from staff.models import Business, User


@dataclass(frozen=True, slots=True)
class InHand:
    """Cash of one currency with a rep: on receipts that are in no hand-in, verified or not."""

    rep_id: int
    rep: str
    currency: str
    amount: Decimal
    count: int
    oldest_on: date
    deposit_by: date
    is_late: bool
    base_amount: Decimal | None  # in the base currency; None without a rate
    base: str
    is_over: bool  # of all that the rep carries

    @property
    def state(self) -> str:
        words = [_("late") if self.is_late else "", _("over the limit") if self.is_over else ""]
        return ", ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class Carried:
    """All that a rep carries, and what is wrong with it, in sentences."""

    rows: tuple[InHand, ...] = ()
    base_amount: Decimal | None = None
    base: str = ""
    limit: Decimal = Decimal(0)
    warnings: tuple[str, ...] = ()


def in_hand(receipts: QuerySet[Receipt], *, on: date) -> list[InHand]:
    """Of these receipts, what is carried by rep and currency on a day. At most four statements, one without cash."""
    rows = list(
        receipts.filter(pk__in=Receipt.objects.cash_in_hand().values("pk"))
        .order_by("rep", "currency")
        .values("rep", "rep__first_name", "rep__last_name", "rep__username", "currency")
        .annotate(amount=MoneySum("amount"), count=Count("pk"), oldest_on=Min("received_on"))
    )
    if not rows:
        return []
    rules = _rules()
    rates = _rates({row["currency"] for row in rows}, on, rules.base)
    carried: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for row in rows:
        carried[row["rep"]][row["currency"]] = row["amount"]
    over = {rep for rep, amounts in carried.items() if cash_rules.is_over(amounts, rates, rules.base, rules.limit)}
    return [_in_hand(row, rules, rates, on, is_over=row["rep"] in over) for row in rows]


@dataclass(frozen=True, slots=True)
class _Rules:
    base: str
    limit: Decimal
    deposit_days: int
    country: str


def _rules() -> _Rules:
    found = Business.objects.order_by("pk").first() or Business()
    return _Rules(found.base_currency, Decimal(found.cash_limit), found.deposit_days, found.calendar)


def _rates(currencies: set[str], on: date, base: str) -> dict[str, Decimal]:
    if currencies <= {base}:
        return {base: Decimal(1)}
    return {currency: stated.rate for currency, stated in queries.rates_on(on, base=base).items()}


def _in_hand(row: Mapping[str, Any], rules: _Rules, rates: dict[str, Decimal], on: date, *, is_over: bool) -> InHand:
    name = f"{row['rep__first_name']} {row['rep__last_name']}".strip()
    oldest_on, currency, amount = row["oldest_on"], row["currency"], row["amount"]
    until = cash_rules.deposit_by(oldest_on, rules.deposit_days, rules.country)
    return InHand(
        rep_id=row["rep"],
        rep=name or row["rep__username"],
        currency=currency,
        amount=amount,
        count=row["count"],
        oldest_on=oldest_on,
        deposit_by=until,
        is_late=on > until,
        base_amount=cash_rules.in_base({currency: amount}, rates, rules.base),
        base=rules.base,
        is_over=is_over,
    )


def carried_by(rep: User, *, on: date) -> Carried:
    """What one rep carries, with a sentence for each thing that is wrong."""
    rows = tuple(in_hand(Receipt.objects.filter(rep=rep), on=on))
    if not rows:
        return Carried()
    limit = _rules().limit
    parts = [row.base_amount for row in rows]
    total = None if None in parts else sum((part for part in parts if part), Decimal(0))
    return Carried(rows, total, rows[0].base, limit, tuple(_warnings(rows, limit)))


def _warnings(rows: tuple[InHand, ...], limit: Decimal) -> Iterable[str]:
    if rows[0].is_over:
        yield _("You carry more cash than the limit of %(limit)s. Hand it in now.") % {
            "limit": money_text(limit, rows[0].base)
        }
    for row in rows:
        if row.is_late:
            yield _("%(amount)s was to be handed in by %(day)s. Hand it in now.") % {
                "amount": money_text(row.amount, row.currency),
                "day": weekday(row.deposit_by),
            }


def to_receive(user: User) -> list[QuerySet[HandIn]]:
    """Hand-ins that wait for the signature or the bank's line of finance."""
    waiting = (HandIn.State.HANDED_IN, HandIn.State.RECEIVED)
    return [HandIn.objects.visible_to(user).filter(state__in=waiting)]


# Numbers


@dataclass(frozen=True, slots=True)
class Hole:
    """Numbers of one series that were neither given nor made void, from the first to the last of them."""

    rep_id: int
    device: str
    first: int
    last: int

    @property
    def first_number(self) -> str:
        return cash_rules.number_of(self.rep_id, self.device, self.first)

    @property
    def numbers(self) -> str:
        if self.first == self.last:
            return self.first_number
        facts = {"first": self.first_number, "last": cash_rules.number_of(self.rep_id, self.device, self.last)}
        return _("%(first)s to %(last)s") % facts

    def __str__(self) -> str:
        return self.numbers


def receipt_holes(*, reps: Iterable[int] | None = None) -> list[Hole]:
    """Numbers that a series passed over: below its highest, and neither a receipt nor void.

    Series without a hole are told by their counts alone; only of the others each number is read.
    """
    counts: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    given, void = Receipt.objects.exclude(position=None), VoidNumber.objects.all()
    if reps is not None:
        wanted = list(reps)
        given, void = given.filter(rep__in=wanted), void.filter(rep__in=wanted)
    for rows in (given, void):
        for rep, device, count, highest in (
            rows.order_by().values_list("rep", "device").annotate(count=Count("pk"), highest=Max("position"))
        ):
            counts[rep, device][0] += count
            counts[rep, device][1] = max(counts[rep, device][1], highest)
    raised = dict(Series.objects.filter(name__startswith=cash_rules.SERIES).values_list("name", "last"))
    found = []
    for (rep, device), (count, highest) in sorted(counts.items()):
        last = max(highest, raised.get(cash_rules.series_of(rep, device), 0))
        if count < last:
            used = [*_positions(given, rep, device), *_positions(void, rep, device)]
            found += [Hole(rep, device, first, until) for first, until in cash_rules.spans(used, last)]
    return found


def _positions(rows: QuerySet[Receipt] | QuerySet[VoidNumber], rep: int, device: str) -> list[int]:
    found = rows.filter(rep=rep, device=device).values_list("position", flat=True)
    return [position for position in found if position]
