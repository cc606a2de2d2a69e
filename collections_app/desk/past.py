"""The lines of a past day in a scope, rebuilt from dated rows: who answered then, what was open then."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from collections_app.desk.scope import KNOWN_THEN, NO_REP, NOT_LATE_ONLY, OTHERS, Scope
from collections_app.standings import queries as standings
from customers.models import Customer, Ownership
from receivables import buckets
from receivables.models import Charge, CreditNote, DueItem, Payment
from staff.models import User

NOT_LATE = (buckets.NOT_DUE, buckets.NO_DUE_DATE, buckets.UNAPPLIED, buckets.CREDIT_NOTES, buckets.CHARGES)


@dataclass(frozen=True, slots=True)
class PastLine:
    """Something open on a past day, with who answered for the customer then."""

    line: standings.Line
    bucket: str
    amount: Decimal
    rep: int | None


def lines(scope: Scope, *, user: User, bounds: tuple[int, ...]) -> list[PastLine]:
    """The lines of a day in the scope."""
    customers = set(_customers(scope, user).values_list("pk", flat=True))
    reps = dict(Ownership.objects.on(scope.as_of).values_list("customer_id", "rep_id"))
    wanted = rep_test(scope)
    found = []
    known_on = scope.as_of if scope.known == KNOWN_THEN else None
    for line in standings.open_lines(as_of=scope.as_of, known_on=known_on):
        rep = reps.get(line.customer)
        if line.customer not in customers or not wanted(rep):
            continue
        bucket = standings.bucket_of_line(
            line, as_of=scope.as_of, bounds=bounds, credits_apart=True, due=scope.due or standings.EFFECTIVE
        )
        amount = {"without": line.amount - line.disputed, "only": line.disputed}.get(scope.disputed, line.amount)
        one = PastLine(line, bucket, amount, rep)
        if amount and _fits(one, scope):
            found.append(one)
    return [one for one, row in zip(found, named(found), strict=True) if _says(row, scope.q)] if scope.q else found


def _says(row: dict[str, Any], q: str) -> bool:
    return any(q.lower() in row[name].lower() for name in ("document", "customer_code", "customer_name"))


def _customers(scope: Scope, user: User) -> QuerySet[Customer]:
    found = Customer.objects.visible_to(user)
    for field in ("region", "channel", "segment"):
        if getattr(scope, field):
            found = found.filter(**{field: getattr(scope, field)})
    return found.filter(code=scope.customer) if scope.customer else found


def rep_test(scope: Scope) -> Callable[[int | None], bool]:
    """Is somebody, or nobody, whom the scope asks for?"""
    if scope.team:
        team = set(User.objects.filter(team=scope.team).values_list("pk", flat=True))
        of_rep = rep_test(scope.narrowed(team=""))
        return lambda rep: rep in team and of_rep(rep)
    if not scope.rep:
        return lambda rep: True
    if scope.rep == NO_REP:
        return lambda rep: rep is None
    wanted = User.objects.filter(username=scope.rep).values_list("pk", flat=True).first()
    return lambda rep: rep is not None and rep == wanted


def _fits(one: PastLine, scope: Scope) -> bool:
    in_time = scope.late == NOT_LATE_ONLY
    return (
        scope.currency in ("", one.line.currency)
        and scope.standing in ("", one.line.standing, "" if one.line.kind == "due item" else OTHERS)
        and scope.bucket in ("", one.bucket)
        and (not scope.late or (one.line.kind == "due item" and (one.bucket in NOT_LATE) == in_time))
    )


DOCUMENTS = {
    "due item": (DueItem, ("invoice__number", "invoice_id", "invoice__issued_on")),
    "credit note": (CreditNote, ("number", "invoice_id", "issued_on")),
    "charge": (Charge, ("due_item__invoice__number", "due_item__invoice_id", "claimed_on")),
    "payment": (Payment, ("reference", "receipt_id", "counts_on")),
}


def named(those: list[PastLine]) -> list[dict[str, Any]]:
    """Lines with the numbers and names that a list shows: one query for each kind of document."""
    keys = defaultdict(list)
    for one in those:
        keys[one.line.kind].append(one.line.key)
    documents = {kind: _documents(kind, keys[kind]) for kind in DOCUMENTS}
    people = {person.pk: str(person) for person in User.objects.all()}
    customers = _by_key(Customer.objects.all(), {one.line.customer for one in those}, ("code", "name"))
    found = []
    for one in those:
        number, document_id, issued_on = documents[one.line.kind][one.line.key]
        code, name = customers[one.line.customer]
        found.append(
            {
                "what": one.line.kind,
                "key": one.line.key,
                "document": number,
                "document_id": document_id,
                "customer_code": code,
                "customer_name": name,
                "rep_name": people.get(one.rep, "") if one.rep else "",
                "issued_on": issued_on,
                "due_date": one.line.due_date,
                "currency": one.line.currency,
                "standing_now": one.line.standing,
                "open": one.amount,
                "disputed": one.line.disputed,
            }
        )
    return found


def _documents(kind: str, keys: list[int]) -> dict[int, tuple[Any, ...]]:
    model, wanted = DOCUMENTS[kind]
    return _by_key(model._default_manager.all(), set(keys), wanted)


def _by_key(found: QuerySet[Any], keys: set[int], wanted: tuple[str, ...]) -> dict[int, tuple[Any, ...]]:
    """Few keys are asked for by name; for many the whole table is cheaper, and always one query."""
    if len(keys) <= 10_000:
        found = found.filter(pk__in=keys)
    return {row[0]: row[1:] for row in found.order_by().values_list("pk", *wanted)}
