"""One SQL statement that puts two policies beside each other: every open due item classified by both, joined, grouped.

Nothing is read row by row, so that it works at a million due items, and all figures come from the same moment.
Columns: part, first, second, third, fourth, count, amount. The parts are the functions below that name them.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from collections_app.policy.thresholds import Efforts, Policy
from collections_app.standings import statement
from collections_app.standings.statement import Statement
from collections_app.visits.asking import WORST_FIRST
from customers.models import Condition
from customers.queries import IN_OTHER_HANDS

NOT_VISITED = (*IN_OTHER_HANDS, Condition.Kind.CLOSED)
MOVE, MOVER, MOVERS, LIST, CHANGED = "move", "mover", "movers", "list", "changed"
RANK = {standing: rank for rank, standing in enumerate(reversed(WORST_FIRST), start=1)}
PARAMETER = re.compile(r"%\((\w+)\)s")

# Every due item once, summed at once by all that is asked below: what is looked at again is small. `asked` marks what
# is due on the day and not wholly disputed: what a visit asks for, before promises and receipts speak for some of it.
# Those are the same under either policy.
MOVED = """
    SELECT b.customer_id, b.currency, b.standing AS was, {becomes} AS becomes,
        CASE WHEN b.due_date <= %(as_of)s AND b.open_amount > b.disputed_amount THEN 1 ELSE 0 END AS asked,
        COUNT(*) AS items, SUM(b.open_amount) AS amount
    FROM ({before}) b{after}
    GROUP BY b.customer_id, b.currency, b.standing, {becomes},
        CASE WHEN b.due_date <= %(as_of)s AND b.open_amount > b.disputed_amount THEN 1 ELSE 0 END"""

# Who may be visited on the day by its rep, and the worst standing of what is asked.
LISTED = """
    SELECT m.customer_id, o.rep_id, c.segment, MAX({rank_was}) AS was, MAX({rank_becomes}) AS becomes,
        SUM(m.amount * {rate}) AS worth
    FROM moved m
    JOIN customers_customer c ON c.id = m.customer_id
    JOIN customers_ownership o ON o.customer_id = m.customer_id AND o.starts_on <= %(as_of)s
        AND (o.ends_before IS NULL OR o.ends_before > %(as_of)s)
    WHERE m.asked = 1
        AND NOT EXISTS (SELECT 1 FROM customers_condition k WHERE k.customer_id = m.customer_id
            AND k.kind IN ({gone}) AND k.starts_on <= %(as_of)s
            AND (k.ends_before IS NULL OR k.ends_before > %(as_of)s))
    GROUP BY m.customer_id, o.rep_id, c.segment"""

WHOLE = """
WITH moved AS MATERIALIZED ({moved}),
groups AS MATERIALIZED (
    SELECT customer_id, was, becomes, currency, SUM(items) AS items, SUM(amount) AS amount,
        SUM(amount * {rate}) AS worth
    FROM moved m WHERE was <> becomes GROUP BY customer_id, was, becomes, currency),
listed AS MATERIALIZED (
    SELECT customer_id, rep_id, segment, was, becomes, worth,
        CASE WHEN {on_list_before} THEN 1 ELSE 0 END AS is_before,
        CASE WHEN {on_list_after} THEN 1 ELSE 0 END AS is_after
    FROM ({listed}) l)
SELECT '{MOVE}' AS part, was AS first, becomes AS second, currency AS third, '' AS fourth,
    SUM(items) AS count, SUM(amount) AS amount FROM moved GROUP BY was, becomes, currency
UNION ALL SELECT * FROM (
    SELECT '{MOVER}', CAST(customer_id AS TEXT), was, becomes, currency, items, amount
    FROM groups ORDER BY worth DESC, customer_id, was, becomes, currency LIMIT %(most)s) largest
UNION ALL SELECT '{MOVERS}', '', '', '', '', COUNT(*), 0 FROM groups
UNION ALL SELECT '{LIST}', CAST(rep_id AS TEXT), segment, CAST(was AS TEXT), CAST(becomes AS TEXT), COUNT(*), 0
    FROM listed GROUP BY rep_id, segment, was, becomes
UNION ALL SELECT * FROM (
    SELECT '{CHANGED}', CAST(customer_id AS TEXT), CAST(rep_id AS TEXT), CAST(was AS TEXT), CAST(becomes AS TEXT),
        is_after, worth
    FROM listed WHERE is_before <> is_after ORDER BY worth DESC, customer_id, rep_id LIMIT %(most)s) changed"""


# The due items behind a figure, one by one.
ITEMS = """
SELECT di.id, i.id, i.number, c.code, c.name, b.currency, b.standing, {becomes}, b.open_amount
FROM ({before}) b{after}
JOIN receivables_dueitem di ON di.id = b.due_item_id
JOIN receivables_invoice i ON i.id = di.invoice_id
JOIN customers_customer c ON c.id = b.customer_id
{where}
ORDER BY b.open_amount DESC, b.due_item_id"""


def compared(*, as_of: date, before: Policy, after: Policy, rates: Mapping[str, Decimal], most: int) -> Statement:
    """`rates` order customers by what moves in base currency; at most `most` of them are named."""
    classified, becomes, joined, others = _both(as_of, before, after)
    params = {**classified.params, **others, "as_of": as_of, "most": most}
    rate = _rate(rates, params)
    gone = ", ".join(f"'{kind}'" for kind in NOT_VISITED)
    sql = WHOLE.format(
        moved=MOVED.format(before=classified.sql, after=joined, becomes=becomes),
        listed=LISTED.format(gone=gone, rank_was=_rank("m.was"), rank_becomes=_rank("m.becomes"), rate=rate),
        rate=rate,
        on_list_before=_on_list("l.was", before, params, "was"),
        on_list_after=_on_list("l.becomes", after, params, "becomes"),
        MOVE=MOVE,
        MOVER=MOVER,
        MOVERS=MOVERS,
        LIST=LIST,
        CHANGED=CHANGED,
    )
    return Statement(sql, params)


def items(
    *, as_of: date, before: Policy, after: Policy, currency: str, was: str, becomes: str, seen: str = ""
) -> Statement:
    """The due items of a currency that go from one standing to another (empty: any). `seen`: as of `seen_by`."""
    classified, column, joined, others = _both(as_of, before, after)
    params = {**classified.params, **others, "wanted_currency": currency, "wanted_was": was, "wanted_becomes": becomes}
    wanted = ["b.currency = %(wanted_currency)s"]
    wanted += ["b.standing = %(wanted_was)s"] if was else []
    wanted += [f"{column} = %(wanted_becomes)s"] if becomes else []
    where = f"{seen or 'WHERE 1 = 1'} AND {' AND '.join(wanted)}"
    sql = ITEMS.format(before=classified.sql, after=joined, becomes=column, where=where)
    return Statement(sql, params)


def _both(as_of: date, before: Policy, after: Policy) -> tuple[Statement, str, str, dict[str, Any]]:
    """The items by one policy, the column with the standing by the other, and the join that brings it."""
    classified = _classified(as_of, before)
    if _reads_alike(before, after):
        return classified, "b.standing", "", {}
    other = _renamed(_classified(as_of, after), "after")
    return classified, "a.standing", f" JOIN ({other.sql}) a ON a.due_item_id = b.due_item_id", other.params


def _classified(as_of: date, policy: Policy) -> Statement:
    segments = policy.thresholds_by_segment()
    return statement.classified(as_of=as_of, thresholds=policy.thresholds, segments=segments)


def _reads_alike(before: Policy, after: Policy) -> bool:
    """Policies with the same thresholds give the same standings: the second classification is spared."""
    return before.thresholds == after.thresholds and (before.thresholds_by_segment() == after.thresholds_by_segment())


def _renamed(found: Statement, prefix: str) -> Statement:
    """The same statement with parameters of its own."""
    sql = PARAMETER.sub(lambda name: f"%({prefix}_{name[1]})s", found.sql)
    return Statement(sql, {f"{prefix}_{name}": value for name, value in found.params.items()})


def _rank(column: str) -> str:
    whens = " ".join(f"WHEN '{standing}' THEN {rank}" for standing, rank in RANK.items())
    return f"CASE {column} {whens} END"


def _rate(rates: Mapping[str, Decimal], params: dict[str, Any]) -> str:
    """What one unit of the row's currency is worth in base currency, for ordering alone; without a rate nothing."""
    whens = []
    for place, (currency, rate) in enumerate(sorted(rates.items())):
        params |= {f"currency_{place}": currency, f"rate_{place}": rate}
        whens.append(f"WHEN %(currency_{place})s THEN CAST(%(rate_{place})s AS NUMERIC)")
    return f"CASE m.currency {' '.join(whens)} ELSE 0 END" if whens else "0"


def _on_list(column: str, policy: Policy, params: dict[str, Any], prefix: str) -> str:
    """Is the effort of the customer's worst standing a visit by its rep? Per segment where its efforts differ."""
    whens = []
    for place, name in enumerate(sorted(policy.segments)):
        params[f"{prefix}_segment_{place}"] = name
        visited = _visited(policy.for_segment(name).efforts)
        whens.append(f"WHEN %({prefix}_segment_{place})s THEN CASE WHEN {column} IN ({visited}) THEN 1 ELSE 0 END")
    general = f"CASE WHEN {column} IN ({_visited(policy.efforts)}) THEN 1 ELSE 0 END"
    return f"(CASE l.segment {' '.join(whens)} ELSE {general} END) = 1" if whens else f"{general} = 1"


def _visited(efforts: Efforts) -> str:
    """Ranks, and 0 which is none, since a list must not be empty."""
    return ", ".join(str(rank) for rank in (0, *(RANK[one] for one in RANK if efforts.of(one).is_visit_by_rep)))
