"""E3: the same night as a loop over rows, written as well as a loop can be: facts are read in a few queries, the pure
rule decides. Only the writing differs: `save()` for each row, or `bulk_update` in one transaction.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, Sum

from benchmarks.classifying import STORED, WRITTEN, checksum, checksum_of_full, empty
from benchmarks.own_database import day, once, settle
from collections_app.cases.models import Confirmation, Dispute, EarlyWarning, Promise, StandingOverride
from collections_app.policy import queries as policy
from collections_app.standings import services
from collections_app.standings.models import LastMovement, Night, Standing
from collections_app.standings.rules import Facts, standing_of
from collections_app.standings.rules import Standing as Kind
from collections_app.standings.statement import EVERYBODY
from common.money import ZERO
from customers.models import Condition
from receivables.models import DueItem

AT_ONCE = 500


def measure() -> dict[str, Any]:
    """On the day of the newest night. The loops start from rows of which every one is stale."""
    newest = Night.objects.order_by("-business_date").first()
    assert newest is not None
    as_of = newest.business_date
    with day(as_of):
        wanted = checksum_of_full(as_of)
        ours = _ours(as_of)
        equal = [checksum(STORED) == wanted]
        seconds = {}
        deeds: dict[str, Callable[[date], Any]] = {"rewriting": _rewrite, "save": _save, "bulk_update": _bulk_update}
        for name, deed in deeds.items():
            _make_stale(as_of)
            settle()
            seconds[name] = once(partial(deed, as_of))
            equal.append(checksum(STORED) == wanted)
    return {
        "ours_seconds": round(ours, 4),
        "ours_rewriting_seconds": round(seconds["rewriting"], 4),
        "save_seconds": round(seconds["save"], 3),
        "bulk_update_seconds": round(seconds["bulk_update"], 3),
        "save_ratio": round(seconds["save"] / ours, 1),
        "bulk_update_ratio": round(seconds["bulk_update"] / ours, 1),
        "save_to_rewriting": round(seconds["save"] / seconds["rewriting"], 1),
        "bulk_update_to_rewriting": round(seconds["bulk_update"] / seconds["rewriting"], 1),
        "checksums_equal": all(equal),
    }


def _ours(as_of: date) -> float:
    """The full classification into the empty table: the statements alone, since a loop lists no pieces either."""
    runs = []
    for _round in range(3):
        empty(WRITTEN)
        settle()
        runs.append(once(partial(_rewrite, as_of)))
    return float(sorted(runs)[1])


def _make_stale(as_of: date) -> None:
    """Every row is there, as of the night before, and wrong."""
    stale = {"standing": "bad", "rule": "late bad", "since": as_of - timedelta(days=1), "disputed_amount": 999}
    Standing.objects.update(**stale, from_night=as_of)


def _rewrite(as_of: date) -> None:
    """Ours from the same start: each row has changed."""
    services.classify_range(as_of=as_of, scope=EVERYBODY)


def _save(as_of: date) -> None:
    """As such a loop is written: each row is a transaction of its own."""
    for row in _decided(as_of):
        row.save()


def _bulk_update(as_of: date) -> None:
    columns = ["standing", "rule", "since", "from_night", "open_amount", "disputed_amount", "claim_amount"]
    with transaction.atomic():
        Standing.objects.bulk_update(_decided(as_of), columns, batch_size=AT_ONCE)


def _decided(as_of: date) -> Iterator[Standing]:
    """Each open item's row as the rule has it today."""
    thresholds = policy.in_force(as_of).thresholds
    of_customer = _facts_by_customer(as_of, thresholds.broken_within)
    disputed, decided = _facts_by_item(as_of)
    rows = Standing.objects.in_bulk()
    items = DueItem.objects.open().values_list("pk", "customer_id", "due_date", "open_amount", "claim_amount")
    for key, customer, due_date, open_amount, claim_amount in items:
        facts = Facts(due_date=due_date, override=decided.get(key), **of_customer[customer])
        decision = standing_of(facts, as_of=as_of, thresholds=thresholds)
        row = rows[key]
        if row.standing != decision.standing:
            row.since = as_of
        row.standing, row.rule, row.from_night = decision.standing, decision.rule, as_of
        row.open_amount, row.claim_amount = open_amount, claim_amount
        row.disputed_amount = min(disputed.get(key, ZERO), open_amount)
        yield row


def _facts_by_customer(as_of: date, broken_within: int) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for customer, on in LastMovement.objects.values_list("customer", "on"):
        found[customer]["last_movement_on"] = on
    running = Condition.objects.filter(starts_on__lte=as_of).filter(Q(ends_before=None) | Q(ends_before__gt=as_of))
    for customer, kind in running.exclude(kind="assigned").values_list("customer", "kind"):
        found[customer][f"is_{kind.replace(' ', '_')}"] = True
    since = as_of - timedelta(days=broken_within)
    broken = Promise.objects.filter(state="broken", settled_on__gt=since, settled_on__lte=as_of).order_by()
    for customer, count in broken.values_list("customer").annotate(Count("pk")):
        found[customer]["broken_promises"] = count
    severe = EarlyWarning.objects.filter(severity="severe", reported_on__lte=as_of, expires_on__gt=as_of)
    severe = severe.filter(Q(dismissed_on=None) | Q(dismissed_on__gt=as_of))
    severe = severe.filter(~Q(source="field") | Q(seconded_on__lte=as_of))
    for customer in severe.values_list("customer", flat=True):
        found[customer]["has_severe_warning"] = True
    answers = Confirmation.objects.filter(answered_on__lte=as_of).order_by("answered_on", "pk")
    for customer, answer in answers.values_list("customer", "answer"):
        found[customer]["has_refused_balance"] = answer == "refused"
    return found


def _facts_by_item(as_of: date) -> tuple[dict[int, Any], dict[int, Kind]]:
    open_now = Q(closed_on=None) | Q(closed_on__gt=as_of)
    disputes = Dispute.objects.filter(open_now, opened_on__lte=as_of).order_by()
    disputed = dict(disputes.values_list("due_item").annotate(Sum("amount")))
    held = StandingOverride.objects.filter(starts_on__lte=as_of, ends_before__gt=as_of)
    held = held.filter(Q(lifted_on=None) | Q(lifted_on__gt=as_of)).order_by("pk")
    return disputed, {item: Kind(standing) for item, standing in held.values_list("due_item", "standing")}
