"""Totals of a night: per company, and per group of rep, region, channel and segment, by standing and bucket.

They are counted from the same rows that a drill-down of the night lists, so the two tie by construction. Credit that
no invoice has used yet stands in them negative, under its own standing.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from collections_app.policy import queries as policy
from collections_app.standings import lines, statement
from collections_app.standings.models import Night, NightGroupTotal, NightTotal
from receivables import buckets as ageing_buckets
from receivables.buckets import CHARGES, CREDIT_NOTES, UNAPPLIED

#: The rows of a night: the present ones that it has, and those that were over later.
OF_NIGHT = """
    SELECT due_item_id, customer_id, standing, rule, since, open_amount, disputed_amount, claim_amount
    FROM standings_standing WHERE from_night <= %(night)s
    UNION ALL
    SELECT due_item_id, customer_id, standing, rule, since, open_amount, disputed_amount, claim_amount
    FROM standings_paststanding WHERE to_night >= %(night)s AND from_night <= %(night)s"""

# Who answers for a customer on the day is part of its group; nobody is 0.
OF_GROUP = """
    SELECT c.id AS customer_id, COALESCE(o.rep_id, 0) AS rep, c.region, c.channel, c.segment
    FROM customers_customer c
    LEFT JOIN customers_ownership o ON o.customer_id = c.id AND o.starts_on <= %(night)s
        AND (o.ends_before IS NULL OR o.ends_before > %(night)s)"""

KEYS = f"""
    INSERT INTO standings_groupkey (rep, region, channel, segment)
    SELECT DISTINCT g.rep, g.region, g.channel, g.segment FROM ({OF_GROUP}) g WHERE 1 = 1
    ON CONFLICT (rep, region, channel, segment) DO NOTHING"""

BY_GROUP = """
    INSERT INTO standings_nightgrouptotal (night_id, group_id, currency, standing, bucket, count, open_amount,
        disputed_amount, claim_amount, oldest)
    SELECT %(key)s, k.id, l.currency, l.standing, l.bucket, COUNT(*), ROUND(SUM(l.open_amount), 3),
        ROUND(SUM(l.disputed_amount), 3), ROUND(SUM(l.claim_amount), 3), MIN(l.due_date)
    FROM ({lines}) l
    JOIN ({groups}) g ON g.customer_id = l.customer_id
    JOIN standings_groupkey k ON k.rep = g.rep AND k.region = g.region AND k.channel = g.channel
        AND k.segment = g.segment
    GROUP BY k.id, l.currency, l.standing, l.bucket"""

OF_COMPANY = """
    INSERT INTO standings_nighttotal (night_id, currency, standing, bucket, count, open_amount, disputed_amount,
        claim_amount, oldest)
    SELECT night_id, currency, standing, bucket, SUM(count), ROUND(SUM(open_amount), 3),
        ROUND(SUM(disputed_amount), 3), ROUND(SUM(claim_amount), 3), MIN(oldest)
    FROM standings_nightgrouptotal WHERE night_id = %(key)s
    GROUP BY night_id, currency, standing, bucket"""


@transaction.atomic
def store(night: Night) -> int:
    """Count the totals of a night that has classified, again if they were counted before. Returns the rows written."""
    NightTotal.objects.filter(night=night).delete()
    NightGroupTotal.objects.filter(night=night).delete()
    day = night.business_date
    bounds = tuple(policy.in_force(day).buckets)
    params: dict[str, Any] = {
        "night": day,
        "as_of": day,
        "key": night.pk,
        "known_until": statement.as_stored(night.known_until),
    }
    found = of_night(day, params, bounds)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Right after a full night nothing is known about how many rows there are, and a guess of few joins the
            # whole book row by row: 100,000 items took longer than five minutes.
            cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(KEYS, params)
        cursor.execute(BY_GROUP.format(lines=found, groups=OF_GROUP), params)
        cursor.execute(OF_COMPANY, params)
        return max(cursor.rowcount, 0)


def of_night(day: date, params: dict[str, Any], bounds: Sequence[int]) -> str:
    """The lines of a night as SQL: customer_id, currency, due_date, standing, bucket, amounts; due items and credit."""
    due, moved = statement.due_then(day, None)
    item_bucket = bucket_case(params, day, bounds, column=due)
    credit = lines.others_then(known=True)
    return f"""
        SELECT s.customer_id, di.currency, {due} AS due_date, s.standing, {item_bucket} AS bucket, s.open_amount,
            s.disputed_amount, s.claim_amount
        FROM ({OF_NIGHT}) s JOIN receivables_dueitem di ON di.id = s.due_item_id{moved}
        UNION ALL
        SELECT customer_id, currency, due_date, standing, CASE kind WHEN 'payment' THEN '{UNAPPLIED}'
            WHEN 'charge' THEN '{CHARGES}' ELSE '{CREDIT_NOTES}' END, amount, 0, 0
        FROM ({credit}) c"""


def bucket_case(params: dict[str, Any], day: date, bounds: Sequence[int], *, column: str) -> str:
    """The bucket of a due date as SQL; its bounds become parameters."""
    whens = [f"WHEN {column} IS NULL THEN '{ageing_buckets.NO_DUE_DATE}'"]
    for place, bucket in enumerate(ageing_buckets.buckets(as_of=day, bounds=tuple(bounds))):
        if bucket.due_after is None:
            break
        params[f"bucket_{place}"] = bucket.due_after
        whens.append(f"WHEN {column} > %(bucket_{place})s THEN '{bucket.name}'")
    return f"CASE {' '.join(whens)} ELSE '{ageing_buckets.names(tuple(bounds))[-2]}' END"
