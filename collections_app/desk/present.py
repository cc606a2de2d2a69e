"""The position of this moment, from the stored open amounts and the present standings."""

from typing import Any

from django.db.models import DateField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from collections_app.desk.scope import CHARGE, CREDIT, UNAPPLIED, UNCLASSIFIED, Scope
from collections_app.desk.sources import (
    NO_MONEY,
    NOTHING,
    bucket_of,
    by_age,
    customer_columns,
    in_bucket,
    in_own_bucket,
    of_customer,
    wants,
    wants_items,
    word,
)
from common.columns import MoneyField, exact
from receivables import buckets
from receivables.models import Allocation, Charge, CreditNote, DueItem, Payment
from staff.models import User


def sources(scope: Scope, *, user: User, bounds: tuple[int, ...]) -> list[QuerySet[Any]]:
    """Due items, booked charges, free credit notes and unapplied money of the scope, with the same columns."""
    return [
        _items(scope, user, bounds).filter(_of_items(scope, bounds)),
        _charges(scope, user).filter(
            in_own_bucket(scope, buckets.CHARGES) if wants(scope, CHARGE) else NOTHING,
        ),
        _notes(scope, user).filter(in_own_bucket(scope, buckets.CREDIT_NOTES) if wants(scope, CREDIT) else NOTHING),
        _money(scope, user).filter(in_own_bucket(scope, buckets.UNAPPLIED) if wants(scope, UNAPPLIED) else NOTHING),
    ]


def _of_items(scope: Scope, bounds: tuple[int, ...]) -> Q:
    if not wants_items(scope):
        return NOTHING
    wanted = in_bucket(scope, bounds, scope.due_column) & by_age(scope, scope.due_column)
    if scope.standing == UNCLASSIFIED:
        return wanted & Q(standing=None)
    return wanted & (Q(standing__standing=scope.standing) if scope.standing else Q())


def _items(scope: Scope, user: User, bounds: tuple[int, ...]) -> QuerySet[Any]:
    disputed = Coalesce(F("standing__disputed_amount"), NO_MONEY)
    shown = {"without": exact(F("open_amount") - disputed), "only": disputed}.get(scope.disputed, F("open_amount"))
    found = DueItem.objects.visible_to(user).open().filter(of_customer(scope, "invoice__number"))
    found = found.annotate(open=shown, disputed=disputed, bucket=bucket_of(scope, bounds, scope.due_column))
    if scope.disputed:
        found = found.exclude(open=0)
    return found.annotate(
        what=word("due item"),
        key=F("pk"),
        document=F("invoice__number"),
        document_id=F("invoice__pk"),
        issued_on=F("invoice__issued_on"),
        rep=F("customer__owner"),
        standing_now=Coalesce(F("standing__standing"), word(UNCLASSIFIED)),
        **customer_columns(),
    )


def _charges(scope: Scope, user: User) -> QuerySet[Any]:
    """Charges that the company's ledger has; the others stand outside."""
    found = Charge.objects.visible_to(user).filter(open_amount__gt=0, booked_on__lte=scope.as_of)
    return found.filter(of_customer(scope, "due_item__invoice__number")).annotate(
        open=F("open_amount"),
        disputed=NO_MONEY,
        bucket=word(buckets.CHARGES),
        what=word("charge"),
        key=F("pk"),
        document=F("due_item__invoice__number"),
        document_id=F("due_item__invoice__pk"),
        issued_on=F("claimed_on"),
        due_date=F("claimed_on"),
        rep=F("customer__owner"),
        standing_now=word(CHARGE),
        **customer_columns(),
    )


def _notes(scope: Scope, user: User) -> QuerySet[Any]:
    found = CreditNote.objects.visible_to(user).filter(unapplied_amount__gt=0)
    return found.filter(of_customer(scope, "number"), issued_on__lte=scope.as_of).annotate(
        open=exact(ExpressionWrapper(-F("unapplied_amount"), output_field=MoneyField())),
        disputed=NO_MONEY,
        bucket=word(buckets.CREDIT_NOTES),
        what=word("credit note"),
        key=F("pk"),
        document=F("number"),
        document_id=F("invoice__pk"),
        rep=F("customer__owner"),
        standing_now=word(CREDIT),
        **customer_columns(),
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
        bucket=word(buckets.UNAPPLIED),
        what=word("payment"),
        key=F("pk"),
        document=F("reference"),
        document_id=F("receipt__pk"),
        issued_on=F("counts_on"),
        due_date=Value(None, output_field=DateField()),
        rep=F("customer__owner"),
        standing_now=word(UNAPPLIED),
        **customer_columns(),
    )
