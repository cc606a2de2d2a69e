"""The rules of `standings.rules` as one SQL statement over the whole book, for PostgreSQL and SQLite alike.

Thresholds become dates in Python; the database only compares. Tests pin this statement to the rules on every
edge day. Money computed here is rounded to three places before it is compared or summed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from collections_app.policy.thresholds import Thresholds
from collections_app.standings.rules import Rule, Standing
from common import clock
from receivables.models import DueDateChange


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with named parameters."""

    sql: str
    params: dict[str, Any]


MOVEMENT = """
    SELECT customer_id, MAX(moved_on) AS moved_on FROM (
        SELECT customer_id, issued_on AS moved_on FROM receivables_invoice
            WHERE shipment_id IS NULL AND issued_on <= %(as_of)s{of}
        UNION ALL SELECT customer_id, delivered_on FROM contracts_shipment WHERE delivered_on <= %(as_of)s{of}
        UNION ALL SELECT customer_id, counts_on FROM receivables_payment
            WHERE reverses_id IS NULL AND counts_on <= %(as_of)s{of}
        UNION ALL SELECT customer_id, received_on FROM receivables_receipt
            WHERE state <> 'refused' AND received_on <= %(as_of)s{of}
        UNION ALL SELECT customer_id, made_on FROM cases_promise WHERE made_on <= %(as_of)s{of}
        UNION ALL SELECT customer_id, opened_on FROM cases_dispute WHERE opened_on <= %(as_of)s{of}
        UNION ALL SELECT customer_id, made_on FROM cases_contactmade
            WHERE reached AND made_on <= %(as_of)s{of}
    ) moves GROUP BY customer_id"""

BROKEN = """
    SELECT customer_id, COUNT(*) AS times FROM cases_promise
    WHERE state = 'broken' AND settled_on > %(broken_after)s AND settled_on <= %(as_of)s{of}
    GROUP BY customer_id"""

DISPUTED = """
    SELECT due_item_id, SUM(amount) AS amount FROM cases_dispute
    WHERE opened_on <= %(as_of)s AND (closed_on IS NULL OR closed_on > %(as_of)s){of}
    GROUP BY due_item_id"""

# What was open at the end of the day: today's open amount plus what has been applied since. For a few customers
# it is looked up item by item, for the whole book summed once.
SINCE = "SELECT SUM(a.amount) FROM receivables_allocation a WHERE a.due_item_id = di.id AND a.applies_on > %(as_of)s"
ALL_SINCE = """
    LEFT JOIN (SELECT due_item_id, SUM(amount) AS amount FROM receivables_allocation
        WHERE applies_on > %(as_of)s AND due_item_id IS NOT NULL GROUP BY due_item_id) since
        ON since.due_item_id = di.id"""

# The same by what was known then: from the rows entered until the end of that day.
ALL_KNOWN = """
    LEFT JOIN (SELECT due_item_id, SUM(amount) AS amount FROM receivables_allocation
        WHERE applies_on <= %(as_of)s AND entered_at < %(known_until)s AND due_item_id IS NOT NULL
        GROUP BY due_item_id) since ON since.due_item_id = di.id"""

# A due date that was moved after the day (or was not known to be moved) is the one in force then.
MOVED_LATER = """
    LEFT JOIN (SELECT due_item_id, COUNT(*) AS times FROM receivables_duedatechange
        WHERE applies_on > %(as_of)s{later} GROUP BY due_item_id) later ON later.due_item_id = di.id
    LEFT JOIN (SELECT c.due_item_id, c.due_date FROM receivables_duedatechange c
        WHERE c.id = (SELECT x.id FROM receivables_duedatechange x
            WHERE x.due_item_id = c.due_item_id AND x.applies_on <= %(as_of)s{known}
            ORDER BY x.applies_on DESC, x.id DESC LIMIT 1)) moved ON moved.due_item_id = di.id"""
DUE_THEN = """CASE WHEN later.times IS NULL THEN di.due_date
        WHEN moved.due_item_id IS NOT NULL THEN moved.due_date ELSE di.agreed_due_date END"""

LATE = "{due} < %(as_of)s"
FAILED = "(c.insolvent_on <= %(as_of)s OR c.closed_on <= %(as_of)s OR c.in_court_on <= %(as_of)s)"
KEPT_AWAKE = "(c.insolvent_on <= %(as_of)s OR c.in_court_on <= %(as_of)s OR c.handed_over_on <= %(as_of)s)"
SILENT = f"NOT COALESCE({KEPT_AWAKE}, FALSE) AND (m.moved_on IS NULL OR m.moved_on <= %(silent_since)s)"

#: The catalogue in its order; the first condition that holds decides.
CATALOGUE: tuple[tuple[str, Standing, Rule], ...] = (
    (f"{LATE} AND {SILENT}", Standing.DORMANT, Rule.NO_MOVEMENT),
    (FAILED, Standing.BAD, Rule.CUSTOMER_FAILED),
    ("{due} IS NULL", Standing.UNPAID, Rule.NO_DUE_DATE),
    ("{due} >= %(as_of)s", Standing.UNPAID, Rule.NOT_LATE),
    ("{due} <= %(bad_until)s", Standing.BAD, Rule.LATE_BAD),
    ("{due} <= %(quasi_bad_until)s", Standing.QUASI_BAD, Rule.LATE_QUASI_BAD),
    ("b.times >= %(broken_promises)s", Standing.QUASI_BAD, Rule.BROKEN_PROMISES),
)


def classified(
    *,
    as_of: date,
    thresholds: Thresholds,
    known_on: date | None = None,
    customers: Sequence[int] | None = None,
) -> Statement:
    """Every due item open at the end of the day, with standing and rule: columns due_item_id, customer_id,
    currency, due_date (the one in force then), agreed_due_date, open_amount, disputed_amount, claim_amount,
    standing, rule.

    `known_on` leaves out what was entered after the end of that day. `customers` limits it to these keys.
    """
    params: dict[str, Any] = {
        "as_of": as_of,
        "silent_since": as_of - timedelta(days=thresholds.dormant),
        "bad_until": as_of - timedelta(days=thresholds.bad),
        "quasi_bad_until": as_of - timedelta(days=thresholds.quasi_bad),
        "broken_after": as_of - timedelta(days=thresholds.broken_within),
        "broken_promises": thresholds.broken_promises,
    }
    of = ""
    if customers is not None:
        names = [f"customer_{place}" for place in range(len(customers))]
        params |= dict(zip(names, customers, strict=True))
        of = f" AND customer_id IN ({', '.join(f'%({name})s' for name in names)})"
    opened, since, wanted = _open_then(known_on, few=customers is not None)
    if known_on is not None:
        params["known_until"] = known_until(known_on)
    due, moved = _due_then(as_of, known_on)
    sql = f"""
    SELECT due_item_id, customer_id, currency, due_date, agreed_due_date, open_amount,
        CASE WHEN disputed < open_amount THEN disputed ELSE open_amount END AS disputed_amount,
        claim_amount, standing, rule
    FROM (
        SELECT di.id AS due_item_id, di.customer_id AS customer_id, di.currency AS currency, {due} AS due_date,
            di.agreed_due_date AS agreed_due_date, {opened} AS open_amount,
            ROUND(COALESCE(d.amount, 0), 3) AS disputed, di.claim_amount AS claim_amount,
            {_case("standing", due)} AS standing, {_case("rule", due)} AS rule
        FROM receivables_dueitem di
        JOIN receivables_invoice i ON i.id = di.invoice_id
        JOIN customers_customer c ON c.id = di.customer_id{since}{moved}
        LEFT JOIN ({MOVEMENT.format(of=of)}) m ON m.customer_id = di.customer_id
        LEFT JOIN ({BROKEN.format(of=of)}) b ON b.customer_id = di.customer_id
        LEFT JOIN ({DISPUTED.format(of=of)}) d ON d.due_item_id = di.id
        WHERE i.issued_on <= %(as_of)s AND {wanted}{of.replace("customer_id", "di.customer_id")}
    ) items WHERE open_amount > 0"""
    return Statement(sql, params)


def _open_then(known_on: date | None, *, few: bool) -> tuple[str, str, str]:
    """The amount that was open, the join it needs, and which items can have been open at all."""
    if known_on is not None:
        return "ROUND(di.amount - COALESCE(since.amount, 0), 3)", ALL_KNOWN, "i.entered_at < %(known_until)s"
    wanted = "(di.open_amount > 0 OR di.settled_on > %(as_of)s)"
    if few:
        return f"ROUND(di.open_amount + COALESCE(({SINCE}), 0), 3)", "", wanted
    return "ROUND(di.open_amount + COALESCE(since.amount, 0), 3)", ALL_SINCE, wanted


def _due_then(as_of: date, known_on: date | None) -> tuple[str, str]:
    """The due date in force on the day, and the joins it needs: none where no due date was moved since."""
    later = Q(applies_on__gt=as_of) | (Q(entered_at__gte=clock.end_of(known_on)) if known_on else Q())
    if not DueDateChange.objects.filter(later).exists():
        return "di.due_date", ""
    joins = MOVED_LATER.format(
        later=" OR entered_at >= %(known_until)s" if known_on else "",
        known=" AND x.entered_at < %(known_until)s" if known_on else "",
    )
    return DUE_THEN, joins


def _case(column: str, due: str) -> str:
    whens = " ".join(
        f"WHEN {condition.replace('{due}', due)} THEN '{(standing if column == 'standing' else rule).value}'"
        for condition, standing, rule in CATALOGUE
    )
    otherwise = Standing.OVERDUE if column == "standing" else Rule.LATE
    return f"CASE {whens} ELSE '{otherwise.value}' END"


def known_until(day: date) -> Any:
    """The end of the day in the form in which this database stores moments."""
    return connection.ops.adapt_datetimefield_value(clock.end_of(day))
