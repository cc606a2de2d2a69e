"""`check_books`: every invariant that the tables can have, recomputed from the rows."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, Min, QuerySet

from collections_app.letters.models import Letter
from collections_app.policy import queries as policy
from collections_app.standings import queries as standings
from collections_app.standings import stated, statement
from collections_app.standings.models import Night, Standing
from common.columns import MoneySum
from common.models import Series
from common.money import ZERO
from customers import queries as families
from customers.models import Ownership
from receivables import balances, buckets, contradictions, minor_units
from receivables.models import (
    Allocation,
    Charge,
    CreditNote,
    DueDateChange,
    DueItem,
    FxDifference,
    Invoice,
    Payment,
    Refund,
    WriteOff,
)

MOST = 20  # so many broken rows are named; more are counted


@dataclass(frozen=True, slots=True)
class Invariant:
    """What was checked, over how many rows, and which rows break it, each as a sentence.

    `missing` says what is not there yet, and so could not be checked: no rows that are in order.
    """

    name: str
    checked: int
    broken: list[str]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`proved` are the control totals that our books tie to, by key."""

    invariants: list[Invariant]
    proved: tuple[int, ...] = ()

    @property
    def broken(self) -> int:
        return sum(len(one.broken) for one in self.invariants)


def check(*, as_of: date) -> Report:
    """Recompute every invariant. Reads only; amounts per currency."""
    totals = stated.look(as_of=as_of)
    checks: tuple[Callable[[date], Invariant], ...] = (
        _payments_cover_their_allocations,
        _open_amounts_follow_from_rows,
        _allocations_stay_in_the_family,
        lambda day: _everything_adds_up(day, totals),
        _amounts_fit_their_currency,
        _standings_follow_from_the_rules,
        _age_never_improves_a_standing,
        _letter_numbers_have_no_gaps,
        _letters_are_as_issued,
        _one_sending_each,
        _trail_chain,
        _corrections_are_reversals,
        _due_dates_are_the_last_moved,
    )
    seen = [Invariant(one.name, one.checked, one.broken) for one in contradictions.look(most=MOST)]
    return Report([*(one(as_of) for one in checks), *seen], totals.tied)


def _sums(model: type[Allocation] | type[Refund], source: str) -> dict[int, Decimal]:
    rows = model.objects.filter(**{f"{source}__isnull": False}).values_list(source).annotate(total=MoneySum("amount"))
    return dict(rows.order_by())


def _payments_cover_their_allocations(as_of: date) -> Invariant:
    """I1: no payment or credit note gives more than it has, and its unapplied amount is what is left."""
    broken = []
    checked = 0
    models: tuple[tuple[type[Payment] | type[CreditNote], str], ...] = (
        (Payment, "payment"),
        (CreditNote, "credit_note"),
    )
    for model, source in models:
        taken_back = dict(model.objects.filter(reverses__isnull=False).values_list("reverses", "amount"))
        used, refunded = _sums(Allocation, source), _sums(Refund, source)
        rows = model.objects.filter(reverses=None)
        for pk, amount, unapplied in rows.values_list("pk", "amount", "unapplied_amount").iterator():
            checked += 1
            left = amount + taken_back.get(pk, ZERO) - used.get(pk, ZERO) - refunded.get(pk, ZERO)
            if left != unapplied or left < ZERO or used.get(pk, ZERO) < ZERO:
                broken.append(f"{source} {pk}: {unapplied} stored as unapplied, {left} by its rows")
    given_up = _sums(Allocation, "write_off")
    for pk, amount in WriteOff.objects.values_list("pk", "amount").iterator():
        checked += 1
        if not ZERO <= given_up.get(pk, ZERO) <= amount:
            broken.append(f"write-off {pk}: {amount} granted, {given_up.get(pk, ZERO)} taken")
    return Invariant("I1 allocations within their payment", checked, broken[:MOST])


def _open_amounts_follow_from_rows(as_of: date) -> Invariant:
    """I2: open amount = amount − allocations, and the items of an invoice add up to it."""
    broken = []
    checked = 0
    settled, claims = _sums(Allocation, "due_item"), _claims()
    totals: dict[int, Decimal] = {}
    items = DueItem.objects.values_list("pk", "invoice_id", "amount", "open_amount", "claim_amount", "settled_on")
    for pk, invoice, amount, open_amount, claim, settled_on in items.iterator():
        checked += 1
        totals[invoice] = totals.get(invoice, ZERO) + amount
        left = amount - settled.get(pk, ZERO)
        if left != open_amount or (open_amount == ZERO) != (settled_on is not None):
            broken.append(f"due item {pk}: {open_amount} stored as open, {left} by its rows")
        if claim != claims.get(pk, ZERO):
            broken.append(f"due item {pk}: {claim} stored as claim, {claims.get(pk, ZERO)} by its rows")
    for pk, amount in Invoice.objects.values_list("pk", "amount").iterator():
        if totals.get(pk) != amount:
            broken.append(f"invoice {pk}: {amount} billed, its due items sum to {totals.get(pk)}")
    on_charges = _sums(Allocation, "charge")
    taken_back = dict(Charge.objects.filter(reverses__isnull=False).values_list("reverses", "amount"))
    charges = Charge.objects.filter(reverses=None).values_list("pk", "amount", "open_amount")
    for pk, amount, open_amount in charges.iterator():
        checked += 1
        left = amount + taken_back.get(pk, ZERO) - on_charges.get(pk, ZERO)
        if left != open_amount:
            broken.append(f"charge {pk}: {open_amount} stored as open, {left} by its rows")
    return Invariant("I2 open amounts recomputed", checked, broken[:MOST])


def _claims() -> dict[int, Decimal]:
    """By due item: what was written off and is still claimed."""
    rows = Allocation.objects.filter(
        due_item__isnull=False, write_off__keeps_claim=True, write_off__claim_waived_on=None
    )
    return dict(rows.order_by().values_list("due_item").annotate(total=MoneySum("amount")))


def _allocations_stay_in_the_family(as_of: date) -> Invariant:
    """I3: money settles items of its own customer, of its payer's accounts or group, and in its own currency."""
    broken = []
    for target in ("due_item", "charge"):
        for source in ("payment", "credit_note", "write_off"):
            rows = Allocation.objects.filter(**{f"{source}__isnull": False, f"{target}__isnull": False})
            other_currency = rows.exclude(**{f"{source}__currency": F(f"{target}__currency")})
            broken += [f"allocation {pk}: two currencies" for pk in other_currency.values_list("pk", flat=True)[:MOST]]
            broken += _strangers(rows.exclude(**{f"{source}__customer": F(f"{target}__customer")}), source, target)
    changed = FxDifference.objects.filter(refund__payment__currency=F("into__currency"))
    broken += [f"exchange {pk}: into its own currency" for pk in changed.values_list("pk", flat=True)[:MOST]]
    return Invariant("I3 same customer and currency", Allocation.objects.count(), broken[:MOST])


def _strangers(rows: QuerySet[Allocation], source: str, target: str) -> list[str]:
    """Allocations between two customers who have neither a payer, now or once, nor a group in common."""
    once = families.paid_for_ever()
    payers: dict[int, set[int]] = {}
    for payer, account in once:
        payers.setdefault(account, {account}).add(payer)
    ends = [f"{end}__customer{column}" for end in (source, target) for column in ("", "__payer", "__group")]
    found = []
    for pk, payer, its_payer, its_group, owing, owing_payer, owing_group in rows.values_list("pk", *ends).iterator():
        same_payer = (its_payer or payer) == (owing_payer or owing) or bool(
            payers.get(payer, {payer}) & payers.get(owing, {owing})
        )
        same_group = its_group is not None and its_group == owing_group
        if not same_payer and not same_group:
            found.append(f"allocation {pk}: money of customer {payer} settles what customer {owing} owes")
    return found


def _everything_adds_up(as_of: date, totals: stated.Looked) -> Invariant:
    """I4: Σ open − unapplied − free credits = ageing total = control total, altogether and of each customer, and every
    item is in one bucket.
    """
    broken = []
    report = standings.ageing(as_of=as_of, by=("bucket", "currency"))
    aged = {total.currency: total.amount for total in report.totals if total.amount}
    by_customer = balances.by_documents(as_of)
    billed: dict[str, Decimal] = {}
    for (_code, currency), amount in by_customer.items():
        billed[currency] = billed.get(currency, ZERO) + amount
    broken += _differing(aged, {currency: amount for currency, amount in billed.items() if amount})
    apart = standings.ageing(as_of=as_of, by=("currency", "customer"))
    of_each = {(row.customer or "", row.currency): row.amount for row in apart.rows if row.amount}
    broken += _differing(of_each, by_customer)
    broken += totals.broken
    known = set(buckets.names((30, 60, 90))) | {buckets.CHARGES, buckets.UNAPPLIED, buckets.CREDIT_NOTES}
    broken += [f"unknown bucket {row.bucket}" for row in report.rows if row.bucket not in known]
    return Invariant("I4 ageing ties to the ledger", sum(total.count for total in report.totals), broken[:MOST])


def _differing(aged: Mapping[Any, Decimal], billed: Mapping[Any, Decimal]) -> list[str]:
    """Where the ageing and the documents say two things, of a currency or of a customer in it."""
    return [
        f"{name if isinstance(name, str) else ' '.join(name)}: ageing {aged.get(name, ZERO)}, "
        f"ledger {billed.get(name, ZERO)}"
        for name in sorted(aged.keys() | billed.keys())
        if aged.get(name, ZERO) != billed.get(name, ZERO)
    ]


def _amounts_fit_their_currency(as_of: date) -> Invariant:
    """I5: no amount of any column has more decimals than its currency."""
    broken = list(islice(minor_units.too_fine(), MOST))
    checked = sum(model._default_manager.count() for model in minor_units.CURRENCY)
    return Invariant("I5 amounts fit their currency", checked, broken)


def _standings_follow_from_the_rules(as_of: date) -> Invariant:
    """I6: on the day of the last night, the stored standings are what the rules give."""
    last = Night.objects.filter(steps__name="classify", steps__done_at__isnull=False).order_by("business_date").last()
    if last is None or last.business_date != as_of:
        missing = "the last night that classified is not of this day"
        return Invariant("I6 standings follow from the rules", 0, [], missing)
    stored = dict(Standing.objects.values_list("due_item_id", "standing"))
    wanted = statement.classified(as_of=as_of, thresholds=policy.in_force(as_of).thresholds)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT due_item_id, standing FROM ({wanted.sql}) w", wanted.params)  # noqa: S608  (own SQL)
        ruled = dict(cursor.fetchall())
    broken = [
        f"due item {pk}: stored {stored.get(pk)}, by the rules {ruled.get(pk)}"
        for pk in sorted(stored.keys() | ruled.keys())
        if stored.get(pk) != ruled.get(pk)
    ]
    return Invariant("I6 standings follow from the rules", len(stored), broken[:MOST])


def _age_never_improves_a_standing(as_of: date) -> Invariant:
    """I7: of two items of one customer, the later one is never in the better standing (dormant has its own rule)."""
    order = {"unpaid": 0, "overdue": 1, "quasi-bad": 2, "bad": 3}
    broken = []
    rows = Standing.objects.exclude(standing="dormant").filter(due_item__due_date__isnull=False)
    last: tuple[int, int] | None = None
    ordered = rows.order_by("customer_id", "-due_item__due_date", "pk")
    for customer, standing, pk in ordered.values_list("customer_id", "standing", "pk"):
        if last and last[0] == customer and order[standing] < last[1]:
            broken.append(f"due item {pk} of customer {customer} is older and in the better standing {standing}")
        last = (customer, order[standing])
    return Invariant("I7 age never improves a standing", rows.count(), broken[:MOST])


def _letter_numbers_have_no_gaps(as_of: date) -> Invariant:
    """I8: letters of a series and year are numbered 1..n."""
    broken = []
    groups = Letter.objects.order_by().values("series", "year")
    for row in groups.annotate(count=Count("pk"), first=Min("number"), last=Max("number")):
        taken = Series.objects.filter(name=row["series"], year=row["year"]).values_list("last", flat=True).first()
        if row["first"] != 1 or row["last"] != row["count"] or taken != row["last"]:
            broken.append(
                f"{row['series']} {row['year']}: {row['count']} letters, numbers {row['first']}–{row['last']}"
            )
    return Invariant("I8 letter numbers without gaps", Letter.objects.count(), broken)


def _letters_are_as_issued(as_of: date) -> Invariant:
    """I9: the stored bytes have the stored hash."""
    broken = []
    rendered = Letter.objects.exclude(document=None).select_related("document").order_by("pk")
    for letter in rendered.iterator(chunk_size=50):
        if letter.document and hashlib.sha256(bytes(letter.document.content)).hexdigest() != letter.sha256:
            broken.append(f"letter {letter.reference}: its bytes have changed")
    return Invariant("I9 letters as issued", rendered.count(), broken[:MOST])


def _one_sending_each(as_of: date) -> Invariant:
    return Invariant("I10 one sending each", 0, [], "letters are not sent by this product yet")


def _trail_chain(as_of: date) -> Invariant:
    return Invariant("I11 trail sealed", 0, [], "the trail is written, and not sealed yet")


def _corrections_are_reversals(as_of: date) -> Invariant:
    """I12: a reversal takes back exactly its row, and owners' periods do not overlap."""
    broken = []
    for model in (Allocation, Charge, CreditNote, Payment, Refund):
        rows = model.objects.filter(reverses__isnull=False).values_list("pk", "amount", "reverses__amount")
        broken += [f"{model._meta.verbose_name} {pk}" for pk, amount, was in rows if amount != -was]
    last: tuple[int, date | None] | None = None
    periods = Ownership.objects.order_by("customer_id", "starts_on").values_list(
        "customer_id", "starts_on", "ends_before"
    )
    for customer, starts_on, ends_before in periods:
        if last and last[0] == customer and (last[1] is None or last[1] > starts_on):
            broken.append(f"customer {customer} has two owners on {starts_on}")
        last = (customer, ends_before)
    return Invariant("I12 corrections are reversals", Allocation.objects.count() + len(periods), broken[:MOST])


def _due_dates_are_the_last_moved(as_of: date) -> Invariant:
    """I12: the due date in force is the one that was moved last, by its own day, or the agreed one."""
    moved = DueDateChange.objects.order_by("applies_on", "pk").values_list("due_item", "due_date")
    last = dict(moved)
    broken = []
    checked = 0
    for pk, agreed, in_force in DueItem.objects.values_list("pk", "agreed_due_date", "due_date").iterator():
        checked += 1
        if in_force != last.get(pk, agreed):
            broken.append(f"due item {pk}: due on {in_force}, moved last to {last.get(pk, agreed)}")
    return Invariant("I12 due dates as they were moved", checked, broken[:MOST])
