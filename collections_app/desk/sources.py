"""What every reading of a position shares: its columns, its groups, its filters and its buckets as SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, F, Min, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from collections_app.desk.past import NOT_LATE
from collections_app.desk.scope import CHARGE, CREDIT, NO_REP, NOT_LATE_ONLY, OTHERS, UNAPPLIED, Scope
from common.columns import MoneyField, MoneySum
from common.money import ZERO
from receivables import buckets

COLUMNS = (
    "what", "key", "document", "document_id", "customer_code", "customer_name", "rep_name",
    "issued_on", "due_date", "currency", "standing_now", "open", "disputed",
)  # fmt: skip
NO_MONEY = Value(ZERO, output_field=MoneyField())
NOTHING = Q(pk__in=[])
OWN_BUCKETS = (buckets.CHARGES, buckets.CREDIT_NOTES, buckets.UNAPPLIED)  # of what is no due item, whatever its days


@dataclass(frozen=True, slots=True)
class Group:
    """A sum of the board, in one currency. `rep` is a user's key; credit and unapplied money are negative.

    `oldest` is the earliest due date, where the reading knows it: totals of early nights know the bucket alone.
    """

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


def in_order(found: list[Group]) -> list[Group]:
    return sorted(found, key=lambda group: (group.currency, group.standing, group.bucket, group.rep or 0))


def wants_items(scope: Scope) -> bool:
    return scope.standing not in (CHARGE, CREDIT, UNAPPLIED, OTHERS)


def wants(scope: Scope, other: str) -> bool:
    """Does the scope hold charges, credit notes or unapplied money? They are never late, not late or disputed."""
    return not scope.late and scope.disputed != "only" and scope.standing in ("", OTHERS, other)


def by_age(scope: Scope, column: str) -> Q:
    """Late or not late, where the scope asks for one of them."""
    late = Q(**{f"{column}__lt": scope.as_of})
    if scope.late == NOT_LATE_ONLY:
        return Q(**{f"{column}__gte": scope.as_of}) | Q(**{f"{column}__isnull": True})
    return late if scope.late else Q()


def of_customer(scope: Scope, number: str = "", *, rep: str = "customer__owner") -> Q:
    """The filters that any row of a customer in a currency understands; `number` is searched as well.

    `rep` leads to whoever answers for the customer: now, or on the day.
    """
    wanted = Q()
    if scope.currency:
        wanted &= Q(currency=scope.currency)
    for field in ("region", "channel", "segment"):
        if getattr(scope, field):
            wanted &= Q(**{f"customer__{field}": getattr(scope, field)})
    if scope.customer:
        wanted &= Q(customer__code=scope.customer)
    if scope.rep == NO_REP:
        wanted &= Q(**{f"{rep}__isnull": True})
    elif scope.rep:
        wanted &= Q(**{f"{rep}__username": scope.rep})
    if scope.team:
        wanted &= Q(**{f"{rep}__team": scope.team})
    if scope.q:
        named = Q(customer__name__icontains=scope.q) | Q(customer__code__icontains=scope.q)
        wanted &= named | (Q(**{f"{number}__icontains": scope.q}) if number else Q())
    return wanted


def word(text: str) -> Value:
    return Value(text, output_field=CharField())


def customer_columns(rep: str = "customer__owner") -> dict[str, Any]:
    return {
        "customer_code": F("customer__code"),
        "customer_name": F("customer__name"),
        "rep_name": _full_name(rep),
    }


def _full_name(rep: str) -> Coalesce:
    """As a user writes itself: first and last name, else the user name."""
    both = Trim(Concat(F(f"{rep}__first_name"), word(" "), F(f"{rep}__last_name")))
    return Coalesce(NullIf(both, word("")), F(f"{rep}__username"), word(""))


def bucket_of(scope: Scope, bounds: tuple[int, ...], column: str = "due_date") -> Case:
    ranges = buckets.buckets(as_of=scope.as_of, bounds=bounds)
    whens = [When(_range(one, column), then=word(one.name)) for one in ranges]
    return Case(*whens, default=word(buckets.NO_DUE_DATE), output_field=CharField())


def in_bucket(scope: Scope, bounds: tuple[int, ...], column: str = "due_date") -> Q:
    """The bucket that is asked for, as a condition on a due date."""
    if not scope.bucket:
        return Q()
    if scope.bucket == buckets.NO_DUE_DATE:
        return Q(**{f"{column}__isnull": True})
    known = {one.name: one for one in buckets.buckets(as_of=scope.as_of, bounds=bounds)}
    return _range(known[scope.bucket], column) if scope.bucket in known else NOTHING


def in_own_bucket(scope: Scope, name: str) -> Q:
    """The same for what has a bucket of its own whatever its days."""
    return Q() if scope.bucket in ("", name) else NOTHING


def _range(bucket: buckets.Bucket, column: str) -> Q:
    found = Q(**{f"{column}__isnull": False})
    if bucket.due_after is not None:
        found &= Q(**{f"{column}__gt": bucket.due_after})
    if bucket.due_until is not None:
        found &= Q(**{f"{column}__lte": bucket.due_until})
    return found


def summed(source: QuerySet[Any]) -> Iterator[Group]:
    keys = ("currency", "standing_now", "bucket", "rep")
    sums = (
        source.order_by()
        .values(*keys)
        .annotate(n=Count("pk"), total=MoneySum("open"), in_dispute=MoneySum("disputed"), first=Min("due_date"))
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
