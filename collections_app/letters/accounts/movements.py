"""Everything that moved an account, each row on the day on which it counts, with its running balance.

One SQL statement over all sources, so that a page reads its fifty rows and not the whole history. Amounts are signed:
above zero the customer owes more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, overload

from django.db import connection
from django.utils.translation import gettext_lazy as _

from collections_app.standings.statement import as_stored
from common import clock, money
from customers.models import Customer

WORDS: dict[str, Any] = {
    "invoice": _("Invoice"),
    "credit note": _("Credit note"),
    "opening": _("Opening entry"),
    "payment": _("Payment"),
    "exchange": _("Exchanged"),
    "refund": _("Refund"),
    "write-off": _("Write-off"),
    "charge": _("Charge"),
    "for us": _("Paid by another account"),
    "for others": _("Paid for another account"),
}
BACK: dict[str, Any] = {
    "credit note": _("Credit note taken back"),
    "opening": _("Opening entry taken back"),
    "payment": _("Payment taken back"),
    "exchange": _("Exchange taken back"),
    "refund": _("Refund taken back"),
    "write-off": _("Write-off taken back"),
    "charge": _("Charge taken back"),
}

NOBODY = "CAST(NULL AS bigint)"
METHOD = "CASE x.method WHEN 'opening' THEN 'opening' WHEN 'exchange' THEN 'exchange' ELSE 'payment' END"
LATER = "CASE WHEN {one} > {other} THEN {one} ELSE {other} END"
APPLIES_TO_CHARGE = LATER.format(one="x.applies_on", other="c.booked_on")

# Columns: day, entered_at, place (the order within a moment), key, what, is_back, document, invoice, currency, amount.
# `x` is the dated row. A charge is on the account from the day on which the company's ledger has it.
SOURCES = (
    """SELECT x.issued_on AS day, x.entered_at AS entered_at, 1 AS place, x.id AS key, 'invoice' AS what, 0 AS is_back,
        x.number AS document, x.id AS invoice, x.currency AS currency, x.amount AS amount
    FROM receivables_invoice x WHERE x.customer_id = %(customer)s AND x.issued_on <= %(as_of)s{known}""",
    f"""SELECT x.issued_on, x.entered_at, 2, x.id, 'credit note', CASE WHEN x.reverses_id IS NULL THEN 0 ELSE 1 END,
        x.number, {NOBODY}, x.currency, -x.amount
    FROM receivables_creditnote x WHERE x.customer_id = %(customer)s AND x.issued_on <= %(as_of)s{{known}}""",
    f"""SELECT x.counts_on, x.entered_at, 3, x.id, {METHOD}, CASE WHEN x.reverses_id IS NULL THEN 0 ELSE 1 END,
        x.reference, {NOBODY}, x.currency, -x.amount
    FROM receivables_payment x WHERE x.customer_id = %(customer)s AND x.counts_on <= %(as_of)s{{known}}""",
    *(
        f"""SELECT x.paid_on, x.entered_at, 4, x.id, CASE WHEN f.id IS NULL THEN 'refund' ELSE 'exchange' END,
            CASE WHEN x.reverses_id IS NULL THEN 0 ELSE 1 END, s.{name}, {NOBODY}, s.currency, x.amount
        FROM receivables_{source} s JOIN receivables_refund x ON x.{column} = s.id
        LEFT JOIN receivables_fxdifference f ON f.refund_id = COALESCE(x.reverses_id, x.id)
        WHERE s.customer_id = %(customer)s AND x.paid_on <= %(as_of)s{{known}}"""
        for source, column, name in (("payment", "payment_id", "reference"), ("creditnote", "credit_note_id", "number"))
    ),
    """SELECT x.applies_on, x.entered_at, 5, x.id, 'write-off', CASE WHEN x.reverses_id IS NULL THEN 0 ELSE 1 END,
        i.number, i.id, d.currency, -x.amount
    FROM receivables_writeoff w JOIN receivables_allocation x ON x.write_off_id = w.id
    JOIN receivables_dueitem d ON d.id = x.due_item_id JOIN receivables_invoice i ON i.id = d.invoice_id
    WHERE w.customer_id = %(customer)s AND x.applies_on <= %(as_of)s{known}""",
    """SELECT x.booked_on, x.entered_at, 6, x.id, 'charge', 0, i.number, i.id, x.currency, x.amount
    FROM receivables_charge x JOIN receivables_dueitem d ON d.id = x.due_item_id
    JOIN receivables_invoice i ON i.id = d.invoice_id
    WHERE x.customer_id = %(customer)s AND x.reverses_id IS NULL AND x.booked_on <= %(as_of)s{known}""",
    f"""SELECT {LATER.format(one="x.claimed_on", other="c.booked_on")}, x.entered_at, 7, x.id, 'charge', 1, i.number,
        i.id, x.currency, x.amount
    FROM receivables_charge x JOIN receivables_charge c ON c.id = x.reverses_id
    JOIN receivables_dueitem d ON d.id = x.due_item_id JOIN receivables_invoice i ON i.id = d.invoice_id
    WHERE x.customer_id = %(customer)s AND x.claimed_on <= %(as_of)s AND c.booked_on <= %(as_of)s{{known}}""",
    f"""SELECT {APPLIES_TO_CHARGE}, x.entered_at, 8, x.id, 'write-off',
        CASE WHEN x.reverses_id IS NULL THEN 0 ELSE 1 END, i.number, i.id, c.currency, -x.amount
    FROM receivables_charge c JOIN receivables_allocation x ON x.charge_id = c.id
    JOIN receivables_dueitem d ON d.id = c.due_item_id JOIN receivables_invoice i ON i.id = d.invoice_id
    WHERE c.customer_id = %(customer)s AND x.write_off_id IS NOT NULL
        AND x.applies_on <= %(as_of)s AND c.booked_on <= %(as_of)s{{known}}""",
    # Money of a payer that settles another account leaves his and enters the other.
    *(
        f"""SELECT {day}, x.entered_at, 9, x.id, 'for us', 0, i.number, i.id, c.currency, -x.amount
        FROM receivables_{target} c JOIN receivables_allocation x ON x.{column} = c.id
        LEFT JOIN receivables_payment p ON p.id = x.payment_id
        LEFT JOIN receivables_creditnote n ON n.id = x.credit_note_id
        {"JOIN receivables_dueitem d ON d.id = c.due_item_id" if target == "charge" else ""}
        JOIN receivables_invoice i ON i.id = {"d" if target == "charge" else "c"}.invoice_id
        WHERE c.customer_id = %(customer)s AND COALESCE(p.customer_id, n.customer_id) <> %(customer)s
            AND x.applies_on <= %(as_of)s{booked}{{known}}"""
        for target, column, day, booked in (
            ("dueitem", "due_item_id", "x.applies_on", ""),
            ("charge", "charge_id", APPLIES_TO_CHARGE, " AND c.booked_on <= %(as_of)s"),
        )
    ),
    *(
        f"""SELECT CASE WHEN c.booked_on > x.applies_on THEN c.booked_on ELSE x.applies_on END, x.entered_at, 10, x.id,
            'for others', 0, s.{name}, {NOBODY}, s.currency, x.amount
        FROM receivables_{source} s JOIN receivables_allocation x ON x.{column} = s.id
        LEFT JOIN receivables_dueitem d ON d.id = x.due_item_id LEFT JOIN receivables_charge c ON c.id = x.charge_id
        WHERE s.customer_id = %(customer)s AND COALESCE(d.customer_id, c.customer_id) <> %(customer)s
            AND x.applies_on <= %(as_of)s AND (x.charge_id IS NULL OR c.booked_on <= %(as_of)s){{known}}"""
        for source, column, name in (("payment", "payment_id", "reference"), ("creditnote", "credit_note_id", "number"))
    ),
)
NEWEST_FIRST = "day DESC, entered_at DESC, place DESC, key DESC"
BALANCED = """
    SELECT day, entered_at, what, is_back, document, invoice, currency, amount, SUM(amount) OVER (
        PARTITION BY currency ORDER BY day, entered_at, place, key ROWS UNBOUNDED PRECEDING) AS balance
    FROM ({moves}) m"""


@dataclass(frozen=True, slots=True)
class Movement:
    """A row of the ledger on the day on which it counts. `balance` is the running one of its currency."""

    on: date
    entered_on: date
    what: str
    document: str
    invoice: int | None
    currency: str
    amount: Decimal
    balance: Decimal

    @property
    def late_entry(self) -> date | None:
        """The day on which it was entered, where that is another one."""
        return None if self.entered_on == self.on else self.entered_on


class Movements(Sequence[Movement]):
    """The movements of an account up to a day, newest first; a slice reads only its rows."""

    def __init__(self, customer: Customer, *, as_of: date, known_on: date | None = None) -> None:
        self.params: dict[str, Any] = {"customer": customer.pk, "as_of": as_of}
        if known_on is not None:
            self.params["known_until"] = as_stored(clock.end_of(known_on))
        known = " AND x.entered_at < %(known_until)s" if known_on is not None else ""
        self.moves = " UNION ALL ".join(source.format(known=known) for source in SOURCES)

    @cached_property
    def _count(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM ({self.moves}) m", self.params)
            return int(cursor.fetchone()[0])

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, wanted: int) -> Movement: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[Movement]: ...
    def __getitem__(self, wanted: int | slice) -> Movement | list[Movement]:
        if isinstance(wanted, int):
            return self._rows(range(len(self))[wanted], 1)[0]
        start, stop, _step = wanted.indices(len(self))
        return self._rows(start, max(0, stop - start))

    def __iter__(self) -> Iterator[Movement]:
        return iter(self._rows(0, len(self)))

    def _rows(self, start: int, count: int) -> list[Movement]:
        sql = f"{BALANCED.format(moves=self.moves)} ORDER BY {NEWEST_FIRST} LIMIT %(count)s OFFSET %(start)s"
        with connection.cursor() as cursor:
            cursor.execute(sql, {**self.params, "count": count, "start": start})
            return [_movement(row) for row in cursor.fetchall()]


def _movement(row: tuple[Any, ...]) -> Movement:
    """SQLite hands days over as text, moments as text in UTC, and amounts as floats."""
    day, entered_at, what, is_back, document, invoice, currency, amount, balance = row
    on = date.fromisoformat(day) if isinstance(day, str) else day
    moment = datetime.fromisoformat(entered_at).replace(tzinfo=UTC) if isinstance(entered_at, str) else entered_at
    words = BACK.get(what, WORDS[what]) if is_back else WORDS[what]
    return Movement(
        on, clock.business_day(moment), str(words), document or "", invoice, currency, _exact(amount), _exact(balance)
    )


def _exact(value: Any) -> Decimal:
    return money.stored(Decimal(str(value)))
