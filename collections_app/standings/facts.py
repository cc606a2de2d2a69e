"""The facts that the rules ask for, as SQL over the whole book: of a customer, and of a due item.

Each says what held on %(as_of)s; with `known` only what was entered before %(known_until)s. `{of}` limits it to some
customers, `{known}` and its like stand where a row must have been known by then.
"""

from collections.abc import Callable

# A movement is the customer's own: paid, received goods (or an invoice, where no delivery is known), promised,
# disputed, signed a balance, was reached.
MOVEMENT = """
    SELECT customer_id, MAX(moved_on) AS moved_on FROM (
        SELECT customer_id, issued_on AS moved_on FROM receivables_invoice
            WHERE shipment_id IS NULL AND issued_on <= %(as_of)s{of}{known}
        UNION ALL SELECT customer_id, delivered_on FROM contracts_shipment WHERE delivered_on <= %(as_of)s{of}
        UNION ALL SELECT customer_id, counts_on FROM receivables_payment
            WHERE reverses_id IS NULL AND counts_on <= %(as_of)s{of}{known}
        UNION ALL SELECT customer_id, received_on FROM receivables_receipt
            WHERE (state <> 'refused'{refused_later}) AND received_on <= %(as_of)s{of}{known}
        UNION ALL SELECT customer_id, made_on FROM cases_promise WHERE made_on <= %(as_of)s{of}{known}
        UNION ALL SELECT customer_id, opened_on FROM cases_dispute WHERE opened_on <= %(as_of)s{of}{known}
        UNION ALL SELECT customer_id, answered_on FROM cases_confirmation
            WHERE is_signed AND answered_on <= %(as_of)s{of}{known}
        UNION ALL SELECT customer_id, made_on FROM cases_contactmade
            WHERE reached AND made_on <= %(as_of)s{of}{known}
    ) moves GROUP BY customer_id"""

# One row for each customer about whom anything is known: most have none.
OF_CUSTOMER = """
    SELECT customer_id, MAX(failed) AS failed, MAX(awake) AS awake, SUM(broken) AS broken, MAX(warned) AS warned,
        MAX(refused) AS refused
    FROM (
        SELECT customer_id, CASE WHEN kind IN ('insolvent', 'closed', 'in court') THEN 1 ELSE 0 END AS failed,
            CASE WHEN kind IN ('insolvent', 'in court', 'handed over') THEN 1 ELSE 0 END AS awake,
            0 AS broken, 0 AS warned, 0 AS refused
        FROM customers_condition WHERE starts_on <= %(as_of)s
            AND (ends_before IS NULL OR ends_before > %(as_of)s{ended_later}){of}{known}
        UNION ALL SELECT customer_id, 0, 0, 1, 0, 0 FROM cases_promise
        WHERE state = 'broken' AND settled_on > {broken_after} AND settled_on <= %(as_of)s{of}{settled}
        UNION ALL SELECT customer_id, 0, 0, 0, 1, 0 FROM cases_earlywarning
        WHERE severity = 'severe' AND reported_on <= %(as_of)s AND expires_on > %(as_of)s
            AND (source <> 'field' OR (seconded_on <= %(as_of)s{seconded}))
            AND (dismissed_on IS NULL OR dismissed_on > %(as_of)s{dismissed_later}){of}{known}
        UNION ALL SELECT customer_id, 0, 0, 0, 0, 1 FROM cases_confirmation said
        WHERE answer = 'refused' AND answered_on <= %(as_of)s{of}{known} AND NOT EXISTS (
            SELECT 1 FROM cases_confirmation newer
            WHERE newer.customer_id = said.customer_id AND newer.answered_on <= %(as_of)s{newer_known}
                AND (newer.answered_on > said.answered_on OR newer.answered_on = said.answered_on
                    AND newer.id > said.id))
    ) known_of_customer GROUP BY customer_id"""

DISPUTED = """
    SELECT due_item_id, SUM(amount) AS amount FROM cases_dispute
    WHERE opened_on <= %(as_of)s AND (closed_on IS NULL OR closed_on > %(as_of)s{closed_later}){of}{known}
    GROUP BY due_item_id"""

# The newest decision of a person that holds on the day.
OVERRIDDEN = """
    SELECT o.due_item_id, o.standing FROM cases_standingoverride o WHERE o.id IN (
        SELECT MAX(id) FROM cases_standingoverride
        WHERE starts_on <= %(as_of)s AND ends_before > %(as_of)s
            AND (lifted_on IS NULL OR lifted_on > %(as_of)s{lifted_later}){of}{known}
        GROUP BY due_item_id)"""

# What must have been known by then, and what ended in a way that was not known yet.
_KNOWN = {
    "known": " AND entered_at < %(known_until)s",
    "newer_known": " AND newer.entered_at < %(known_until)s",
    "settled": " AND (settled_at IS NULL OR settled_at < %(known_until)s)",
    "seconded": " AND seconded_at < %(known_until)s",
    "refused_later": " OR decided_at >= %(known_until)s",
    "ended_later": " OR ended_at >= %(known_until)s",
    "dismissed_later": " OR dismissed_at >= %(known_until)s",
    "closed_later": " OR closed_at >= %(known_until)s",
    "lifted_later": " OR lifted_at >= %(known_until)s",
}


def written(sql: str, *, of: Callable[[str], str], is_known_then: bool, broken_after: str = "") -> str:
    """One of the texts above with its gaps filled. `of` gives the condition on a column with a customer's key."""
    gaps = _KNOWN if is_known_then else dict.fromkeys(_KNOWN, "")
    return sql.format(of=of("customer_id"), broken_after=broken_after, **gaps)
