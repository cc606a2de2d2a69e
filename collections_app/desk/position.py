"""What is open in a scope: sums for the board and the rows behind them, read from the same place so that they tie.

Today, once its night is done, both come from the stored open amounts and standings in SQL. For any other day they
are rebuilt from dated allocations by `standings.queries`; the rows are then plain mappings in memory.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from collections_app.desk import past
from collections_app.desk.past import NOT_LATE
from collections_app.desk.scope import CHARGE, CREDIT, NO_REP, UNAPPLIED, UNCLASSIFIED, Scope
from collections_app.standings.models import Night
from common import clock
from common.columns import MoneyField, MoneySum, exact
from common.money import ZERO
from receivables import buckets
from receivables.models import Allocation, Charge, CreditNote, DueItem, Payment
from staff.models import User

COLUMNS = (
    "what", "key", "document", "document_id", "customer_code", "customer_name", "rep_name",
    "issued_on", "due_date", "currency", "standing_now", "open", "disputed",
)  # fmt: skip
NO_MONEY = Value(ZERO, output_field=MoneyField())


@dataclass(frozen=True, slots=True)
class Group:
    """A sum of the board, in one currency. `rep` is a user's key; credit and unapplied money are negative."""

    currency: str
    standing: str
    bucket: str
    rep: int | None
    count: int
    amount: Decimal
    disputed: Decimal
    oldest: date | None

    @property
    def is_item(self) -> bool:
        return self.standing not in (CHARGE, CREDIT, UNAPPLIED)

    @property
    def is_late(self) -> bool:
        return self.is_item and self.bucket not in NOT_LATE


def last_night() -> Night | None:
    return Night.objects.filter(done_at__isnull=False).order_by("-business_date").first()


def is_stored(as_of: date, night: Night | None) -> bool:
    """Do the stored standings speak of this day?"""
    return night is not None and as_of == night.business_date == clock.business_today()


def groups(scope: Scope, *, user: User, bounds: tuple[int, ...], stored: bool) -> list[Group]:
    """Sums by currency, standing, bucket and rep: whatever is filtered by these adds up from them exactly."""
    if stored:
        found = [group for source in _sources(scope, user, bounds) for group in _summed(source)]
        return sorted(found, key=lambda group: (group.currency, group.standing, group.bucket, group.rep or 0))
    return _grouped(past.lines(scope, user=user, bounds=bounds))


def rows(scope: Scope, *, user: User, bounds: tuple[int, ...], stored: bool) -> QuerySet[Any] | list[dict[str, Any]]:
    """The rows that add up to the scope, each a mapping of COLUMNS, as a queryset or a list."""
    if stored:
        items, *others = [source.values(*COLUMNS) for source in _sources(scope, user, bounds)]
        return items.union(*others, all=True)
    return past.named(past.lines(scope, user=user, bounds=bounds))


# From the stored amounts


def _sources(scope: Scope, user: User, bounds: tuple[int, ...]) -> list[QuerySet[Any]]:
    """Due items, free credit notes and unapplied money of the scope, with the same columns."""
    nothing = Q(pk__in=[])
    of_items = Q(standing__standing=scope.standing) if scope.standing else Q()
    if scope.standing == UNCLASSIFIED:
        of_items = Q(standing=None)
    no_credit = scope.late or scope.disputed == "only"
    of_notes = nothing if no_credit or scope.standing not in ("", CREDIT) else Q()
    of_charges = nothing if no_credit or scope.standing not in ("", CHARGE) else Q()
    of_money = nothing if no_credit or scope.standing not in ("", UNAPPLIED) else Q()
    if scope.bucket:
        of_items &= _in_bucket(scope, bounds, scope.due_column)
        of_notes &= _in_bucket(scope, bounds)
        of_charges &= Q() if scope.bucket == buckets.CHARGES else nothing
        of_money &= Q() if scope.bucket == buckets.UNAPPLIED else nothing
    if scope.late:
        of_items &= Q(**{f"{scope.due_column}__lt": scope.as_of})
    if scope.standing in (CHARGE, CREDIT, UNAPPLIED):
        of_items = nothing
    return [
        _items(scope, user, bounds).filter(of_items),
        _charges(scope, user).filter(of_charges),
        _notes(scope, user, bounds).filter(of_notes),
        _money(scope, user).filter(of_money),
    ]


def _items(scope: Scope, user: User, bounds: tuple[int, ...]) -> QuerySet[Any]:
    disputed = Coalesce(F("standing__disputed_amount"), NO_MONEY)
    shown = {"without": exact(F("open_amount") - disputed), "only": disputed}.get(scope.disputed, F("open_amount"))
    found = DueItem.objects.visible_to(user).open().filter(of_customer(scope, "invoice__number"))
    found = found.annotate(open=shown, disputed=disputed, bucket=_bucket(scope, bounds, scope.due_column))
    if scope.disputed:
        found = found.exclude(open=0)
    return found.annotate(
        what=_word("due item"),
        key=F("pk"),
        document=F("invoice__number"),
        document_id=F("invoice__pk"),
        issued_on=F("invoice__issued_on"),
        rep=F("customer__owner"),
        standing_now=Coalesce(F("standing__standing"), _word(UNCLASSIFIED)),
        **_customer_columns(),
    )


def _charges(scope: Scope, user: User) -> QuerySet[Any]:
    """Charges that the company's ledger has; the others stand outside."""
    found = Charge.objects.visible_to(user).filter(open_amount__gt=0, booked_on__lte=scope.as_of)
    return found.filter(of_customer(scope, "due_item__invoice__number")).annotate(
        open=F("open_amount"),
        disputed=NO_MONEY,
        bucket=_word(buckets.CHARGES),
        what=_word("charge"),
        key=F("pk"),
        document=F("due_item__invoice__number"),
        document_id=F("due_item__invoice__pk"),
        issued_on=F("claimed_on"),
        due_date=F("claimed_on"),
        rep=F("customer__owner"),
        standing_now=_word(CHARGE),
        **_customer_columns(),
    )


def _notes(scope: Scope, user: User, bounds: tuple[int, ...]) -> QuerySet[Any]:
    found = CreditNote.objects.visible_to(user).filter(unapplied_amount__gt=0)
    return found.filter(of_customer(scope, "number"), issued_on__lte=scope.as_of).annotate(
        open=exact(ExpressionWrapper(-F("unapplied_amount"), output_field=MoneyField())),
        disputed=NO_MONEY,
        bucket=_bucket(scope, bounds),
        what=_word("credit note"),
        key=F("pk"),
        document=F("number"),
        document_id=F("invoice__pk"),
        rep=F("customer__owner"),
        standing_now=_word(CREDIT),
        **_customer_columns(),
    )


def _money(scope: Scope, user: User) -> QuerySet[Any]:
    """Unapplied money; so is, for the company's ledger, money on a charge that it does not have yet."""
    on_charges = Allocation.objects.filter(payment__isnull=False, charge__isnull=False, charge__booked_on=None)
    of_this = on_charges.filter(payment=OuterRef("pk")).order_by().values("payment").annotate(held=Sum("amount"))
    held = Coalesce(Subquery(of_this.values("held"), output_field=MoneyField()), NO_MONEY)
    found = Payment.objects.visible_to(user).filter(Q(unapplied_amount__gt=0) | Q(pk__in=on_charges.values("payment")))
    found = found.annotate(free=exact(F("unapplied_amount") + held)).filter(free__gt=0)
    return found.filter(of_customer(scope, "reference"), counts_on__lte=scope.as_of).annotate(
        open=exact(ExpressionWrapper(-F("free"), output_field=MoneyField())),
        disputed=NO_MONEY,
        bucket=_word(buckets.UNAPPLIED),
        what=_word("payment"),
        key=F("pk"),
        document=F("reference"),
        document_id=F("receipt__pk"),
        issued_on=F("counts_on"),
        due_date=Value(None, output_field=DateField()),
        rep=F("customer__owner"),
        standing_now=_word(UNAPPLIED),
        **_customer_columns(),
    )


def _word(text: str) -> Value:
    return Value(text, output_field=CharField())


def _customer_columns() -> dict[str, Any]:
    return {
        "customer_code": F("customer__code"),
        "customer_name": F("customer__name"),
        "rep_name": _full_name(),
    }


def _full_name() -> Coalesce:
    """As a user writes itself: first and last name, else the user name."""
    both = Trim(Concat(F("customer__owner__first_name"), _word(" "), F("customer__owner__last_name")))
    return Coalesce(NullIf(both, _word("")), F("customer__owner__username"), _word(""))


def of_customer(scope: Scope, number: str = "") -> Q:
    """The filters that any row of a customer in a currency understands; `number` is searched as well."""
    wanted = Q()
    if scope.currency:
        wanted &= Q(currency=scope.currency)
    for field in ("region", "channel"):
        if getattr(scope, field):
            wanted &= Q(**{f"customer__{field}": getattr(scope, field)})
    if scope.customer:
        wanted &= Q(customer__code=scope.customer)
    if scope.rep == NO_REP:
        wanted &= Q(customer__owner=None)
    elif scope.rep:
        wanted &= Q(customer__owner__username=scope.rep)
    if scope.q:
        named = Q(customer__name__icontains=scope.q) | Q(customer__code__icontains=scope.q)
        wanted &= named | (Q(**{f"{number}__icontains": scope.q}) if number else Q())
    return wanted


def _range(bucket: buckets.Bucket, column: str) -> Q:
    found = Q(**{f"{column}__isnull": False})
    if bucket.due_after is not None:
        found &= Q(**{f"{column}__gt": bucket.due_after})
    if bucket.due_until is not None:
        found &= Q(**{f"{column}__lte": bucket.due_until})
    return found


def _bucket(scope: Scope, bounds: tuple[int, ...], column: str = "due_date") -> Case:
    ranges = buckets.buckets(as_of=scope.as_of, bounds=bounds)
    whens = [When(_range(one, column), then=_word(one.name)) for one in ranges]
    return Case(*whens, default=_word(buckets.NO_DUE_DATE), output_field=CharField())


def _in_bucket(scope: Scope, bounds: tuple[int, ...], column: str = "due_date") -> Q:
    if scope.bucket == buckets.NO_DUE_DATE:
        return Q(**{column: None})
    known = {one.name: one for one in buckets.buckets(as_of=scope.as_of, bounds=bounds)}
    return _range(known[scope.bucket], column) if scope.bucket in known else Q(pk__in=[])


def _summed(source: QuerySet[Any]) -> Iterator[Group]:
    keys = ("currency", "standing_now", "bucket", "rep")
    oldest = Min("due_date")
    sums = (
        source.order_by()
        .values(*keys)
        .annotate(n=Count("pk"), total=MoneySum("open"), in_dispute=MoneySum("disputed"), first=oldest)
    )
    for row in sums:
        yield Group(
            currency=row["currency"],
            standing=row["standing_now"],
            bucket=row["bucket"],
            rep=row["rep"],
            count=row["n"],
            amount=row["total"] or ZERO,
            disputed=row["in_dispute"] or ZERO,
            oldest=row["first"],
        )


def _grouped(lines: list[past.PastLine]) -> list[Group]:
    several: dict[tuple[str, str, str, int | None], list[past.PastLine]] = defaultdict(list)
    for one in lines:
        several[(one.line.currency, one.line.standing, one.bucket, one.rep)].append(one)
    found = [
        Group(
            currency=currency,
            standing=standing,
            bucket=bucket,
            rep=rep,
            count=len(ones),
            amount=sum((one.amount for one in ones), ZERO),
            disputed=sum((one.line.disputed for one in ones), ZERO),
            oldest=min((one.line.due_date for one in ones if one.line.due_date), default=None),
        )
        for (currency, standing, bucket, rep), ones in several.items()
    ]
    return sorted(found, key=lambda group: (group.currency, group.standing, group.bucket, group.rep or 0))
