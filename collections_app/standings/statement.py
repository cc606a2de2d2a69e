"""The rules of `standings.rules` as one SQL statement over the whole book, for PostgreSQL and SQLite alike.

Thresholds become dates in Python; the database only compares. Tests pin this statement to the rules on every
edge day. Money computed here is rounded to three places before it is compared or summed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from collections_app.policy.thresholds import Thresholds
from collections_app.standings import facts
from collections_app.standings.rules import GIVES, Rule
from common import clock
from receivables.models import Allocation, DueDateChange, DueItem, Invoice


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with named parameters."""

    sql: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose items: everybody's, those of some customers, of a range of their keys, or a night's candidates."""

    customers: tuple[int, ...] | None = None
    first: int | None = None  # keys of a range, both included
    last: int | None = None
    night: int | None = None  # key of the night whose candidates are meant

    def of(self, column: str) -> str:
        """The condition on a column that holds a customer's key, with its AND."""
        found = self.of_listed(column)
        if self.night is not None:
            found += f" AND {column} IN (SELECT customer FROM standings_candidate WHERE night = %(night)s)"
        return found

    def of_listed(self, column: str) -> str:
        """The same where the night's candidates are joined already."""
        found = ""
        if self.customers is not None:
            names = [f"%(customer_{place})s" for place in range(len(self.customers))]
            found += f" AND {column} IN ({', '.join(names) or 'NULL'})"
        if self.first is not None:
            found += f" AND {column} BETWEEN %(first)s AND %(last)s"
        return found

    @property
    def is_few(self) -> bool:
        """Are single look-ups cheaper than reading a whole table once?"""
        return self.customers is not None or self.night is not None

    @property
    def params(self) -> dict[str, Any]:
        found: dict[str, Any] = {f"customer_{place}": key for place, key in enumerate(self.customers or ())}
        if self.first is not None:
            found |= {"first": self.first, "last": self.last}
        return found | ({"night": self.night} if self.night is not None else {})


EVERYBODY = Scope()

# What was open at the end of the day: today's open amount plus what has been applied since. For a few customers
# it is looked up item by item, for the whole book summed once.
SINCE = "SELECT SUM(a.amount) FROM receivables_allocation a WHERE a.due_item_id = di.id AND a.applies_on > %(as_of)s"
ONE_BY_ONE = f"ROUND(di.open_amount + COALESCE(({SINCE}), 0), 3)"
ALL_SINCE = """
    LEFT JOIN (SELECT due_item_id, SUM(amount) AS amount FROM receivables_allocation
        WHERE applies_on > %(as_of)s AND due_item_id IS NOT NULL GROUP BY due_item_id) since
        ON since.due_item_id = di.id"""

# The same by what was known then: from the rows entered until the end of that day.
ALL_KNOWN = """
    LEFT JOIN (SELECT due_item_id, SUM(amount) AS amount FROM receivables_allocation
        WHERE applies_on <= %(as_of)s AND entered_at < %(known_until)s AND due_item_id IS NOT NULL
        GROUP BY due_item_id) since ON since.due_item_id = di.id"""
KNOWN_ONE_BY_ONE = """ROUND(di.amount - COALESCE((SELECT SUM(a.amount) FROM receivables_allocation a
            WHERE a.due_item_id = di.id AND a.applies_on <= %(as_of)s AND a.entered_at < %(known_until)s), 0), 3)"""

# A due date that was moved after the day (or was not known to be moved) is the one in force then.
MOVED_LATER = """
    LEFT JOIN (SELECT due_item_id, COUNT(*) AS times FROM receivables_duedatechange
        WHERE (applies_on > %(as_of)s{later}){of} GROUP BY due_item_id) later ON later.due_item_id = di.id
    LEFT JOIN (SELECT c.due_item_id, c.due_date FROM receivables_duedatechange c
        WHERE c.id = (SELECT x.id FROM receivables_duedatechange x
            WHERE x.due_item_id = c.due_item_id AND x.applies_on <= %(as_of)s{known}
            ORDER BY x.applies_on DESC, x.id DESC LIMIT 1){of}) moved ON moved.due_item_id = di.id"""
DUE_THEN = """CASE WHEN later.times IS NULL THEN di.due_date
        WHEN moved.due_item_id IS NOT NULL THEN moved.due_date ELSE di.agreed_due_date END"""

#: The catalogue in its order; the first condition that holds decides. `{bad}` and its like are days of a threshold.
CATALOGUE: tuple[tuple[str, Rule], ...] = (
    ("o.standing IS NOT NULL", Rule.OVERRIDE),
    (
        "{due} < %(as_of)s AND COALESCE(f.awake, 0) = 0 AND (m.moved_on IS NULL OR m.moved_on <= {silent_since})",
        Rule.NO_MOVEMENT,
    ),
    ("f.failed = 1", Rule.CUSTOMER_FAILED),
    ("{due} IS NULL", Rule.NO_DUE_DATE),
    ("{due} >= %(as_of)s", Rule.NOT_LATE),
    ("{due} <= {bad_until}", Rule.LATE_BAD),
    ("{due} <= {quasi_bad_until}", Rule.LATE_QUASI_BAD),
    ("f.broken >= {broken_promises}", Rule.BROKEN_PROMISES),
    ("f.warned = 1", Rule.SEVERE_WARNING),
    ("f.refused = 1", Rule.REFUSED_CONFIRMATION),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The thresholds of a day as values of a statement; where segments differ, chosen by the customer's segment."""

    values: dict[str, Any]
    own: dict[str, dict[str, Any]] = field(default_factory=dict)  # by segment

    def sql(self, name: str, segment: str = "c.segment") -> str:
        """The value as SQL: one parameter, or a choice by segment."""
        differing = [
            f"WHEN %(segment_{place})s THEN %({name}_{place})s"
            for place, values in enumerate(self.own.values())
            if values[name] != self.values[name]
        ]
        return f"CASE {segment} {' '.join(differing)} ELSE %({name})s END" if differing else f"%({name})s"

    @property
    def params(self) -> dict[str, Any]:
        found = dict(self.values)
        for place, (segment, values) in enumerate(self.own.items()):
            found[f"segment_{place}"] = segment
            found |= {f"{name}_{place}": value for name, value in values.items()}
        return found


def bounds(as_of: date, thresholds: Thresholds, segments: Mapping[str, Thresholds]) -> Bounds:
    """Thresholds as the days and counts that the statement compares with."""

    def days(one: Thresholds) -> dict[str, Any]:
        return {
            "silent_since": as_of - timedelta(days=one.dormant),
            "bad_until": as_of - timedelta(days=one.bad),
            "quasi_bad_until": as_of - timedelta(days=one.quasi_bad),
            "broken_after": as_of - timedelta(days=one.broken_within),
            "broken_promises": one.broken_promises,
        }

    return Bounds(days(thresholds), {name: days(one) for name, one in segments.items()})


def classified(
    *,
    as_of: date,
    thresholds: Thresholds,
    segments: Mapping[str, Thresholds] | None = None,
    known_on: date | None = None,
    known_until: datetime | None = None,
    customers: Sequence[int] | None = None,
    scope: Scope = EVERYBODY,
    noted_movements: bool = False,
) -> Statement:
    """Every due item open at the end of the day, with standing and rule: columns due_item_id, customer_id,
    currency, due_date (the one in force then), agreed_due_date, open_amount, disputed_amount, claim_amount,
    standing, rule. Of a night's candidates also those of which nothing is open any more.

    `known_on` leaves out what was entered after the end of that day, `known_until` what was entered from that moment
    on. `customers` or `scope` limits it. With `noted_movements` the last movements are read where
    `services.note_movements` has put them, which is right for the newest day alone.
    """
    if customers is not None:
        scope = Scope(customers=tuple(customers))
    moment = clock.end_of(known_on) if known_on is not None else known_until
    of_day = bounds(as_of, thresholds, segments or {})
    params: dict[str, Any] = {"as_of": as_of} | of_day.params | scope.params
    if moment is not None:
        params["known_until"] = as_stored(moment)
    parts = open_parts(as_of, moment, scope)
    due, moved = due_then(as_of, moment, scope)
    needs_segment = bool(of_day.own)
    broken_after = of_day.sql("broken_after", "(SELECT segment FROM customers_customer WHERE id = customer_id)")

    def fact(sql: str, broken_after: str = "") -> str:
        return facts.written(sql, of=scope.of, is_known_then=moment is not None, broken_after=broken_after)

    listed = scope.of_listed("customer_id")
    noted = f'SELECT customer_id, "on" AS moved_on FROM standings_lastmovement WHERE 1 = 1{listed}'
    candidates = (
        "JOIN standings_candidate k ON k.due_item = di.id AND k.night = %(night)s" if scope.night is not None else ""
    )
    # OFFSET keeps PostgreSQL from working the whole catalogue out twice, for the rule and for its standing.
    fence = "OFFSET 0" if connection.vendor == "postgresql" else ""
    sql = f"""
    SELECT due_item_id, customer_id, currency, due_date, agreed_due_date, open_amount,
        CAST(CASE WHEN disputed < open_amount THEN disputed ELSE open_amount END AS numeric(18, 3)) AS disputed_amount,
        claim_amount, {STANDING} AS standing, rule
    FROM (
        SELECT di.id AS due_item_id, di.customer_id AS customer_id, di.currency AS currency, {due} AS due_date,
            di.agreed_due_date AS agreed_due_date, {parts.opened} AS open_amount,
            ROUND(COALESCE(d.amount, 0), 3) AS disputed, di.claim_amount AS claim_amount,
            o.standing AS decided, {_rule(due, of_day)} AS rule
        FROM receivables_dueitem di{parts.joins}{moved}
        {candidates}
        {"JOIN customers_customer c ON c.id = di.customer_id" if needs_segment else ""}
        LEFT JOIN ({noted if noted_movements else fact(facts.MOVEMENT)}) m
            ON m.customer_id = di.customer_id
        LEFT JOIN ({fact(facts.OF_CUSTOMER, broken_after)}) f
            ON f.customer_id = di.customer_id
        LEFT JOIN ({fact(facts.DISPUTED)}) d ON d.due_item_id = di.id
        LEFT JOIN ({fact(facts.OVERRIDDEN)}) o ON o.due_item_id = di.id
        WHERE {parts.wanted}{scope.of_listed("di.customer_id")}
        {fence}
    ) items{"" if scope.night is not None else " WHERE open_amount > 0"}"""
    return Statement(sql, params)


@dataclass(frozen=True, slots=True)
class OpenParts:
    """How to read what was open of an item on a day: the amount, the joins it needs, and which items can have been."""

    opened: str
    joins: str
    wanted: str


def open_parts(as_of: date, known_until: datetime | None, scope: Scope) -> OpenParts:
    """Of a few customers everything is looked up, since asking what matters costs more. Of many nothing is joined that
    can not matter: where no money is dated after the day, the stored amount is the answer.
    """
    if known_until is not None:
        invoice = "\n        JOIN receivables_invoice i ON i.id = di.invoice_id"
        wanted = "i.issued_on <= %(as_of)s AND i.entered_at < %(known_until)s"
        if scope.customers is not None:
            return OpenParts(KNOWN_ONE_BY_ONE, invoice, wanted)
        return OpenParts("ROUND(di.amount - COALESCE(since.amount, 0), 3)", ALL_KNOWN + invoice, wanted)
    either = "(di.open_amount > 0 OR di.settled_on > %(as_of)s)"
    issued = "\n        JOIN receivables_invoice i ON i.id = di.invoice_id AND i.issued_on <= %(as_of)s"
    if scope.customers is not None:
        return OpenParts(ONE_BY_ONE, issued, either)
    joins = ""
    wanted = "di.open_amount > 0" if scope.night is None else "1 = 1"
    if Invoice.objects.filter(issued_on__gt=as_of).exists():
        joins += issued
    if scope.night is None and DueItem.objects.filter(settled_on__gt=as_of).exists():
        wanted = either
    if not Allocation.objects.filter(applies_on__gt=as_of).exists():
        return OpenParts("di.open_amount", joins, wanted)
    if scope.is_few:
        return OpenParts(ONE_BY_ONE, joins, wanted)
    return OpenParts("ROUND(di.open_amount + COALESCE(since.amount, 0), 3)", ALL_SINCE + joins, wanted)


def due_then(as_of: date, known_until: datetime | None, scope: Scope = EVERYBODY) -> tuple[str, str]:
    """The due date in force on the day, and the joins it needs: none where no due date was moved since."""
    later = Q(applies_on__gt=as_of) | (Q(entered_at__gte=known_until) if known_until else Q())
    if not DueDateChange.objects.filter(later).exists():
        return "di.due_date", ""
    of = ""
    if scope.customers is not None:
        of = f" AND due_item_id IN (SELECT id FROM receivables_dueitem WHERE 1 = 1{scope.of_listed('customer_id')})"
    joins = MOVED_LATER.format(
        later=" OR entered_at >= %(known_until)s" if known_until else "",
        known=" AND x.entered_at < %(known_until)s" if known_until else "",
        of=of,
    )
    return DUE_THEN, joins


def _rule(due: str, of_day: Bounds) -> str:
    names = ("silent_since", "bad_until", "quasi_bad_until", "broken_promises")
    gaps = {name: of_day.sql(name) for name in names}
    whens = " ".join(
        f"WHEN {condition.format(due=due, **gaps)} THEN {_word(rule, 30)}" for condition, rule in CATALOGUE
    )
    return f"CASE {whens} ELSE {_word(Rule.LATE, 30)} END"


def _word(value: str, length: int) -> str:
    """A code with the type of its column: what has another type is converted again in every row."""
    return f"CAST('{value}' AS varchar({length}))"


#: A rule gives one standing; an override carries its own.
STANDING = (
    "CASE rule "
    + " ".join(f"WHEN {_word(rule, 30)} THEN {_word(standing, 10)}" for rule, standing in GIVES.items())
    + " ELSE decided END"
)


def as_stored(moment: datetime) -> Any:
    """A moment in the form in which this database stores them."""
    return connection.ops.adapt_datetimefield_value(moment)
