"""The position of a stored night: its totals, and the rows that they were counted from.

Both speak of what was known until the night closed. The totals answer whatever they are told apart by; everything
else is counted from the night's rows when it is asked for.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from audit.models import Entry
from collections_app.desk.past import NOT_LATE
from collections_app.desk.scope import CHARGE, CREDIT, NO_REP, NOT_LATE_ONLY, OTHERS, UNAPPLIED, UNCLASSIFIED, Scope
from collections_app.desk.sources import (
    COLUMNS,
    NO_MONEY,
    NOTHING,
    OWN_BUCKETS,
    Group,
    bucket_of,
    by_age,
    customer_columns,
    in_bucket,
    in_order,
    in_own_bucket,
    of_customer,
    summed,
    wants,
    wants_items,
    word,
)
from collections_app.standings.models import Night, NightGroupTotal, PastStanding, Standing
from common.columns import MoneyField, MoneySum, exact
from customers.models import Customer, Ownership
from receivables import buckets
from receivables.models import Allocation, Charge, CreditNote, DueDateChange, Payment, Refund
from staff.models import Role, User

REP = "of_day__rep"


def readable(day: date) -> Night | None:
    """The night of a day, where it has classified and counted its totals."""
    return readable_nights().filter(business_date=day).first()


def readable_nights() -> QuerySet[Night]:
    return Night.objects.filter(classified_at__isnull=False, steps__name="totals", steps__done_at__isnull=False)


def groups(scope: Scope, *, night: Night, user: User, bounds: tuple[int, ...]) -> list[Group]:
    """From the totals where they can say it, else from the night's rows."""
    if _is_in_totals(scope):
        stored = _from_totals(scope, night, user, unless=Exists(_handed_over_since(night)))
        if not stored and _owners_stand(night, user):
            stored = _from_totals(scope, night, user)
        if stored and {group.bucket for group in stored} <= {*buckets.names(bounds), *OWN_BUCKETS}:
            return in_order([group for group in stored if scope.bucket in ("", group.bucket)])
    found = sources(scope, night=night, user=user, bounds=bounds)
    return in_order([group for source in found for group in _together(source)])


def _together(several: Sequence[QuerySet[Any]]) -> list[Group]:
    """Groups of the present and of the past rows of a night as one."""
    found: dict[tuple[str, str, str, int | None], Group] = {}
    for source in several:
        for group in summed(source):
            key = (group.currency, group.standing, group.bucket, group.rep)
            found[key] = _added(found[key], group) if key in found else group
    return list(found.values())


def _added(one: Group, other: Group) -> Group:
    oldest = min((day for day in (one.oldest, other.oldest) if day), default=None)
    return Group(
        currency=one.currency,
        standing=one.standing,
        bucket=one.bucket,
        rep=one.rep,
        count=one.count + other.count,
        amount=one.amount + other.amount,
        disputed=one.disputed + other.disputed,
        oldest=oldest,
    )


# From the totals


def _is_in_totals(scope: Scope) -> bool:
    """Are the totals told apart by everything that the scope asks for? Other buckets show in what is found."""
    return not (scope.disputed or scope.due or scope.customer or scope.q or scope.standing == UNCLASSIFIED)


def _handed_over_since(night: Night) -> QuerySet[Entry]:
    """A customer that was handed over may be somebody else's to see, or have another rep on that day."""
    return Entry.objects.filter(verb="customers.handed_over", at__gte=night.classified_at)


def _owners_stand(night: Night, user: User) -> bool:
    """Do the totals put every customer where this person would find it now, whoever was handed over since?"""
    keys = {int(key) for key in _handed_over_since(night).values_list("subject_key", flat=True)}
    if not keys:
        return True
    day = night.business_date
    rewritten = Q(entered_at__gte=night.classified_at, starts_on__lte=day) | Q(ends_before__lte=day)
    if Ownership.objects.filter(rewritten, customer__in=keys).exists():
        return False
    if user.sees_everything:
        return True
    then = dict(Ownership.objects.on(day).filter(customer__in=keys).values_list("customer", "rep"))
    now = set(Customer.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
    seen = set(_reps_seen(user))
    return now == {key for key in keys if then.get(key, 0) in seen}


def _reps_seen(user: User) -> list[int]:
    """Whose customers this person sees, as `CustomerQuerySet.visible_to` says it; 0 is nobody's."""
    if user.role == Role.MANAGER:
        return [0, *User.objects.filter(team__in=user.led_teams.all()).values_list("pk", flat=True)]
    return [user.pk]


def _from_totals(scope: Scope, night: Night, user: User, *, unless: Exists | None = None) -> list[Group]:
    wanted = _of_totals(scope) & (Q() if user.sees_everything else Q(group__rep__in=_reps_seen(user)))
    if unless is not None:
        wanted &= Q(~unless)
    rows = (
        NightGroupTotal.objects.filter(wanted, night=night)
        .order_by()
        .values_list("currency", "standing", "bucket", "group__rep")
        .annotate(
            n=Sum("count"),
            open=MoneySum("open_amount"),
            disputed=MoneySum("disputed_amount"),
            first=Min("oldest"),
        )
    )
    return [
        Group(currency, standing, bucket, rep or None, n, amount, disputed, oldest)
        for currency, standing, bucket, rep, n, amount, disputed, oldest in rows
    ]


def _of_totals(scope: Scope) -> Q:
    """The scope as a condition on totals; its bucket is chosen once they are known to have these buckets."""
    wanted = _of_groups(scope)
    if scope.currency:
        wanted &= Q(currency=scope.currency)
    if scope.standing == OTHERS:
        wanted &= Q(standing__in=(CHARGE, CREDIT, UNAPPLIED))
    elif scope.standing:
        wanted &= Q(standing=scope.standing)
    if scope.late:
        in_time = Q(bucket__in=NOT_LATE)
        wanted &= (in_time if scope.late == NOT_LATE_ONLY else ~in_time) & ~Q(standing__in=(CHARGE, CREDIT, UNAPPLIED))
    return wanted


def _of_groups(scope: Scope) -> Q:
    """Whose totals: of a region, channel, segment, team or rep."""
    wanted = Q()
    for field in ("region", "channel", "segment"):
        if getattr(scope, field):
            wanted &= Q(**{f"group__{field}": getattr(scope, field)})
    if scope.rep == NO_REP:
        wanted &= Q(group__rep=0)
    elif scope.rep:
        wanted &= Q(group__rep__in=User.objects.filter(username=scope.rep).values("pk"))
    if scope.team:
        wanted &= Q(group__rep__in=User.objects.filter(team=scope.team).values("pk"))
    return wanted


# From the rows


def sources(scope: Scope, *, night: Night, user: User, bounds: tuple[int, ...]) -> list[list[QuerySet[Any]]]:
    """Due items (the present rows and those that were over later), charges, credit notes and unapplied money."""
    due = _due_then(night)
    return [
        [_items(model, scope, night, user, bounds, due) for model in (Standing, PastStanding)],
        [_charges(scope, night, user)],
        [_notes(scope, night, user)],
        [_money(scope, night, user)],
    ]


def rows(scope: Scope, *, night: Night, user: User, bounds: tuple[int, ...]) -> QuerySet[Any]:
    several = sources(scope, night=night, user=user, bounds=bounds)
    first, *others = [source.values(*COLUMNS) for found in several for source in found]
    return first.union(*others, all=True)


def _owned(found: QuerySet[Any], day: date) -> QuerySet[Any]:
    """With whoever answered for the customer on the day."""
    on = Q(customer__ownerships__ends_before=None) | Q(customer__ownerships__ends_before__gt=day)
    on &= Q(customer__ownerships__starts_on__lte=day)
    return found.annotate(of_day=FilteredRelation("customer__ownerships", condition=on))


def _items(model: Any, scope: Scope, night: Night, user: User, bounds: tuple[int, ...], due: Any) -> QuerySet[Any]:
    day = night.business_date
    found = model.objects.visible_to(user).filter(from_night__lte=day)
    if model is PastStanding:
        found = found.filter(to_night__gte=day)
    shown = {
        "without": exact(F("open_amount") - F("disputed_amount")),
        "only": F("disputed_amount"),
    }.get(scope.disputed, F("open_amount"))
    found = _owned(found, day).annotate(
        currency=F("due_item__currency"),
        due_date=due,
        agreed_due_date=F("due_item__agreed_due_date"),
        open=shown,
        disputed=F("disputed_amount"),
    )
    if scope.disputed:
        found = found.exclude(open=0)
    wanted = in_bucket(scope, bounds, scope.due_column) & by_age(scope, scope.due_column)
    wanted &= Q(standing=scope.standing) if scope.standing else Q()
    found = found.filter(wanted if wants_items(scope) else NOTHING)
    return found.filter(of_customer(scope, "due_item__invoice__number", rep=REP)).annotate(
        bucket=bucket_of(scope, bounds, scope.due_column),
        what=word("due item"),
        key=F("due_item_id"),
        document=F("due_item__invoice__number"),
        document_id=F("due_item__invoice_id"),
        issued_on=F("due_item__invoice__issued_on"),
        rep=F(REP),
        standing_now=F("standing"),
        **customer_columns(REP),
    )


def _due_then(night: Night) -> Any:
    """The due date that was in force, by what was known: only where one was moved since is it looked up."""
    later = DueDateChange.objects.filter(Q(applies_on__gt=night.business_date) | Q(entered_at__gte=night.known_until))
    if not later.exists():
        return F("due_item__due_date")
    before = DueDateChange.objects.filter(
        due_item=OuterRef("due_item"), applies_on__lte=night.business_date, entered_at__lt=night.known_until
    ).order_by("-applies_on", "-pk")
    return Case(
        When(~Q(due_item__in=later.values("due_item")), then=F("due_item__due_date")),
        When(Exists(before), then=Subquery(before.values("due_date")[:1])),
        default=F("due_item__agreed_due_date"),
        output_field=DateField(),
    )


def _charges(scope: Scope, night: Night, user: User) -> QuerySet[Any]:
    """What was left of the charges that the company's ledger had."""
    known = Q(entered_at__lt=night.known_until)
    applied = Allocation.objects.filter(known, charge=OuterRef("pk"), applies_on__lte=night.business_date)
    taken_back = Charge.objects.filter(known, reverses=OuterRef("pk"), claimed_on__lte=night.business_date)
    found: QuerySet[Any] = Charge.objects.visible_to(user).filter(
        known, reverses=None, booked_on__lte=night.business_date
    )
    found = found.annotate(free=exact(F("amount") - _sum(applied, "charge") + _sum(taken_back, "reverses")))
    wanted = in_own_bucket(scope, buckets.CHARGES) if wants(scope, CHARGE) else NOTHING
    found = _owned(found.filter(wanted, free__gt=0), night.business_date)
    return found.filter(of_customer(scope, "due_item__invoice__number", rep=REP)).annotate(
        open=F("free"),
        disputed=NO_MONEY,
        bucket=word(buckets.CHARGES),
        what=word("charge"),
        key=F("pk"),
        document=F("due_item__invoice__number"),
        document_id=F("due_item__invoice_id"),
        issued_on=F("claimed_on"),
        due_date=F("claimed_on"),
        rep=F(REP),
        standing_now=word(CHARGE),
        **customer_columns(REP),
    )


def _notes(scope: Scope, night: Night, user: User) -> QuerySet[Any]:
    found = _free_then(CreditNote.objects.visible_to(user), "credit_note", "issued_on", night)
    found = found.filter(in_own_bucket(scope, buckets.CREDIT_NOTES) if wants(scope, CREDIT) else NOTHING)
    return found.filter(of_customer(scope, "number", rep=REP)).annotate(
        bucket=word(buckets.CREDIT_NOTES),
        what=word("credit note"),
        key=F("pk"),
        document=F("number"),
        document_id=F("invoice_id"),
        standing_now=word(CREDIT),
        **_credit_columns(),
    )


def _money(scope: Scope, night: Night, user: User) -> QuerySet[Any]:
    found = _free_then(Payment.objects.visible_to(user), "payment", "counts_on", night)
    found = found.filter(in_own_bucket(scope, buckets.UNAPPLIED) if wants(scope, UNAPPLIED) else NOTHING)
    return found.filter(of_customer(scope, "reference", rep=REP)).annotate(
        bucket=word(buckets.UNAPPLIED),
        what=word("payment"),
        key=F("pk"),
        document=F("reference"),
        document_id=F("receipt_id"),
        issued_on=F("counts_on"),
        due_date=Value(None, output_field=DateField()),
        standing_now=word(UNAPPLIED),
        **_credit_columns(),
    )


def _credit_columns() -> dict[str, Any]:
    negative = ExpressionWrapper(-F("free"), output_field=MoneyField())
    return {"open": exact(negative), "disputed": NO_MONEY, "rep": F(REP), **customer_columns(REP)}


def _free_then(found: QuerySet[Any], source: str, day_column: str, night: Night) -> QuerySet[Any]:
    """Payments or credit notes with what was `free` of them: only those that are not used up, or were used since."""
    day = night.business_date
    known, later = Q(entered_at__lt=night.known_until), Q(entered_at__gte=night.known_until)
    same = found.model._default_manager
    allocated = Allocation.objects.filter(**{f"{source}__isnull": False})
    refunded = Refund.objects.filter(**{f"{source}__isnull": False})
    taken_back = same.filter(reverses__isnull=False)
    by_day = f"{day_column}__lte"
    outside = Q(charge__isnull=False) & (Q(charge__booked_on=None) | Q(charge__booked_on__gt=day))
    used_since = (
        Q(pk__in=allocated.filter(later | Q(applies_on__gt=day) | outside).values(source))
        | Q(pk__in=refunded.filter(later | Q(paid_on__gt=day)).values(source))
        | Q(pk__in=taken_back.filter(later | Q(**{f"{day_column}__gt": day})).values("reverses"))
    )
    found = found.filter(known, Q(unapplied_amount__gt=0) | used_since, reverses=None, **{by_day: day})
    applied = allocated.filter(known, **{source: OuterRef("pk")}, applies_on__lte=day).exclude(outside)
    given_back = refunded.filter(known, **{source: OuterRef("pk")}, paid_on__lte=day)
    reversed_by = taken_back.filter(known, **{"reverses": OuterRef("pk"), by_day: day})
    free = F("amount") + _sum(reversed_by, "reverses") - _sum(applied, source) - _sum(given_back, source)
    return _owned(found.annotate(free=exact(free)).filter(free__gt=0), day)


def _sum(found: QuerySet[Any], key: str) -> Coalesce:
    total = found.order_by().values(key).annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total, output_field=MoneyField()), NO_MONEY)
