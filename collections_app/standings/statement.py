"""The rules of `standings.rules` as one SQL statement over the whole book, for PostgreSQL and SQLite alike.

Thresholds become dates in Python; the database only compares. Tests pin this statement to the rules on every
edge day. Money computed here is rounded to three places before it is compared or summed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from collections_app.policy.thresholds import Thresholds
from collections_app.standings.rules import Rule, Standing
from common import clock


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

# What was open at the end of the day: today's open amount plus what has been applied since.
OPEN_THEN = """ROUND(di.open_amount + COALESCE((
        SELECT SUM(a.amount) FROM receivables_allocation a WHERE a.due_item_id = di.id AND a.applies_on > %(as_of)s
    ), 0), 3)"""

# The same by what was known then: from the rows entered until the end of that day.
OPEN_KNOWN_THEN = """ROUND(di.amount - COALESCE((
        SELECT SUM(a.amount) FROM receivables_allocation a
        WHERE a.due_item_id = di.id AND a.applies_on <= %(as_of)s AND a.entered_at < %(known_until)s
    ), 0), 3)"""

LATE = "di.due_date < %(as_of)s"
FAILED = "(c.insolvent_on <= %(as_of)s OR c.closed_on <= %(as_of)s OR c.in_court_on <= %(as_of)s)"
KEPT_AWAKE = "(c.insolvent_on <= %(as_of)s OR c.in_court_on <= %(as_of)s OR c.handed_over_on <= %(as_of)s)"
SILENT = f"NOT COALESCE({KEPT_AWAKE}, FALSE) AND (m.moved_on IS NULL OR m.moved_on <= %(silent_since)s)"

#: The catalogue in its order; the first condition that holds decides.
CATALOGUE: tuple[tuple[str, Standing, Rule], ...] = (
    (f"{LATE} AND {SILENT}", Standing.DORMANT, Rule.NO_MOVEMENT),
    (FAILED, Standing.BAD, Rule.CUSTOMER_FAILED),
    ("di.due_date IS NULL", Standing.UNPAID, Rule.NO_DUE_DATE),
    ("di.due_date >= %(as_of)s", Standing.UNPAID, Rule.NOT_LATE),
    ("di.due_date <= %(bad_until)s", Standing.BAD, Rule.LATE_BAD),
    ("di.due_date <= %(quasi_bad_until)s", Standing.QUASI_BAD, Rule.LATE_QUASI_BAD),
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
    currency, due_date, open_amount, disputed_amount, claim_amount, standing, rule.

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
    opened, wanted = OPEN_THEN, "(di.open_amount > 0 OR di.settled_on > %(as_of)s)"
    if known_on is not None:
        params["known_until"] = known_until(known_on)
        opened, wanted = OPEN_KNOWN_THEN, "i.entered_at < %(known_until)s"
    sql = f"""
    SELECT due_item_id, customer_id, currency, due_date, open_amount,
        CASE WHEN disputed < open_amount THEN disputed ELSE open_amount END AS disputed_amount,
        claim_amount, standing, rule
    FROM (
        SELECT di.id AS due_item_id, di.customer_id AS customer_id, di.currency AS currency, di.due_date AS due_date,
            {opened} AS open_amount, ROUND(COALESCE(d.amount, 0), 3) AS disputed, di.claim_amount AS claim_amount,
            {_case("standing")} AS standing, {_case("rule")} AS rule
        FROM receivables_dueitem di
        JOIN receivables_invoice i ON i.id = di.invoice_id
        JOIN customers_customer c ON c.id = di.customer_id
        LEFT JOIN ({MOVEMENT.format(of=of)}) m ON m.customer_id = di.customer_id
        LEFT JOIN ({BROKEN.format(of=of)}) b ON b.customer_id = di.customer_id
        LEFT JOIN ({DISPUTED.format(of=of)}) d ON d.due_item_id = di.id
        WHERE i.issued_on <= %(as_of)s AND {wanted}{of.replace("customer_id", "di.customer_id")}
    ) items WHERE open_amount > 0"""
    return Statement(sql, params)


def _case(column: str) -> str:
    whens = " ".join(
        f"WHEN {condition} THEN '{(standing if column == 'standing' else rule).value}'"
        for condition, standing, rule in CATALOGUE
    )
    otherwise = Standing.OVERDUE if column == "standing" else Rule.LATE
    return f"CASE {whens} ELSE '{otherwise.value}' END"


def known_until(day: date) -> Any:
    """The end of the day in the form in which this database stores moments."""
    return connection.ops.adapt_datetimefield_value(clock.end_of(day))
