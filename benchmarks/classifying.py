"""The engine as the night calls it, timed piece by piece, beside the bare writing of the rows that it finds."""

import hashlib
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from unittest import mock

from django.db import connection

from audit.services import COMMAND
from benchmarks import book
from benchmarks.own_database import day, log_written, on_postgresql, once, peak_megabytes, settle
from collections_app import night as nights
from collections_app.policy import queries as policy
from collections_app.standings import candidates, nightly, services, statement
from collections_app.standings.models import Night, Standing
from common import clock

TOUCHED = (200, 2_000, 20_000)
ROUNDS = 3  # the median of so many
NEVER = timedelta(days=10_000)
WRITTEN, FLOOR = "standings_standing", "benchmark_floor"


def measure(open_items: int) -> dict[str, Any]:
    """E1 and E2, on a book that nobody has looked at yet."""
    with day(book.DAY):
        services.note_movements(as_of=book.DAY)
        found = _full_and_floor(book.DAY)
    found["full_3_percent_changed"] = _part_changed(book.DAY + timedelta(days=1), open_items)
    found["incremental"] = _incremental(book.DAY + timedelta(days=2), open_items)
    equal = found["checksums_equal"] and all(one["equal_to_full"] for one in found["incremental"])
    return found | {"checksums_equal": equal, "peak_megabytes": peak_megabytes()}


def _full_and_floor(as_of: date) -> dict[str, Any]:
    """E1, floor and ours in turn: the same rows into an empty table of the same make."""
    full_run(as_of)  # its rows are what the floor writes
    _make_floor()
    floor, full = [], []
    for _round in range(ROUNDS):
        empty(FLOOR, WRITTEN)
        settle()
        floor.append(_measured(_write_floor))
        settle()
        full.append(full_run(as_of))
    settle()
    again = full_run(as_of)
    closed(as_of)
    # The floor has no night of its own: it is compared with what the night has written.
    equal = checksum(f"SELECT {COMPARED} FROM {FLOOR}") == checksum(STORED) == checksum_of_full(as_of)  # noqa: S608
    return {
        "floor": _middle(floor),
        "full": _middle(full),
        "full_unchanged": again,
        "movements_seconds": _middle(full)["movements_seconds"],
        "pieces": full[0]["pieces"],
        "checksums_equal": equal and again["changed"] == 0,
    }


def _middle(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The run of the median, with the time of every one."""
    middle = statistics.median_low(run["seconds"] for run in runs)
    found = next(run for run in runs if run["seconds"] == middle)
    return found | {"runs": [run["seconds"] for run in runs]}


def _measured(deed: Any) -> dict[str, Any]:
    with log_written() as log:
        seconds = once(deed)
    return {"seconds": round(seconds, 4), "log_bytes": log["bytes"]}


# The engine's own calls


def full_run(as_of: date) -> dict[str, Any]:
    """Everything, as the night does it: list the ranges, classify each. Last movements are a step of their own."""
    return _run(as_of, everything=True)


def _run(as_of: date, *, everything: bool) -> dict[str, Any]:
    now = clock.now()
    night, _new = Night.objects.get_or_create(
        business_date=as_of, defaults={"known_until": now, "started_at": now, "mode": Night.Mode.INCREMENTAL}
    )
    night.steps.filter(name__in=(nightly.CLASSIFY, nightly.AUDIT)).delete()  # of an earlier round
    with _movements_apart() as apart, log_written() as log:
        started = time.perf_counter()
        touched = nightly.look(night, position=3, everything=everything)
        looked = time.perf_counter() - started - (sum(apart) if everything else 0)
        pieces = nightly.pieces(night, nightly.CLASSIFY)
        changed = sum(nightly.classify(night, piece) for piece in pieces)
        seconds = time.perf_counter() - started - (sum(apart) if everything else 0)
    return {
        "seconds": round(seconds, 4),
        "look_seconds": round(looked, 4),
        "movements_seconds": round(sum(apart), 4),
        "touched": touched,
        "changed": changed,
        "pieces": len(pieces),
        "log_bytes": log["bytes"],
    }


@contextmanager
def _movements_apart() -> Iterator[list[float]]:
    """How long noting the last movements took, each time."""
    apart: list[float] = []
    inside = services.note_movements

    def noted(**options: Any) -> int:
        started = time.perf_counter()
        try:
            return inside(**options)
        finally:
            apart.append(time.perf_counter() - started)

    with mock.patch.object(services, "note_movements", noted):
        yield apart


def closed(as_of: date) -> None:
    """The night has classified: the next one starts from it."""
    nightly.close(Night.objects.get(business_date=as_of))


# The floor


def _make_floor() -> None:
    """The rows of the night as a plain table, and an empty table like that of the standings."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE benchmark_result AS SELECT * FROM {WRITTEN}")  # noqa: S608
        if on_postgresql():
            cursor.execute(f"CREATE TABLE {FLOOR} (LIKE {WRITTEN} INCLUDING ALL) WITH (fillfactor = 50)")
            cursor.execute("SELECT reloptions FROM pg_class WHERE relname IN (%s, %s)", [WRITTEN, FLOOR])
            one, other = cursor.fetchall()
            assert one == other, "the floor must leave as much room on its pages"
            return
        cursor.execute("SELECT sql, name FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [WRITTEN])
        for sql, name in sorted(cursor.fetchall(), reverse=True):  # CREATE TABLE before CREATE INDEX
            own = f'"{name.replace(WRITTEN, FLOOR)}"'
            cursor.execute(sql.replace(f'"{name}"', own).replace(f'"{WRITTEN}"', f'"{FLOOR}"'))


def _write_floor() -> None:
    """Into the empty table; what empties it is not counted on either side."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {FLOOR} ({ALL}) SELECT {ALL} FROM benchmark_result")  # noqa: S608


ALL = services.COLUMNS


def empty(*tables: str) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"TRUNCATE {table}" if on_postgresql() else f"DELETE FROM {table}")  # noqa: S608


# What changes from one night to the next


def _part_changed(as_of: date, open_items: int) -> dict[str, Any]:
    _become_late(open_items * 3 // 100, as_of=as_of)
    settle()
    with day(as_of):
        found = full_run(as_of)
        closed(as_of)
    return found


def _incremental(first: date, open_items: int) -> list[dict[str, Any]]:
    """E2: nights that touch so many items, half of them by time, half by marks on their customers."""
    sizes = [size for size in TOUCHED if size * 4 <= open_items] or [open_items // 10]
    found = []
    as_of = first
    # A fifth of a small book is looked at item by item too, and the weekly audit is a step of its own.
    with mock.patch.object(candidates, "FULL_FROM", 1), mock.patch.object(nightly, "AUDITED_EVERY", NEVER):
        for size in sizes:
            runs = []
            for _round in range(ROUNDS):
                _mark(size // 2, as_of=as_of)
                _become_late(size // 2, as_of=as_of)
                settle()
                with day(as_of):
                    runs.append(_run(as_of, everything=False))
                    closed(as_of)
                as_of += timedelta(days=1)
            middle = _middle(runs)
            per_row = round(middle["seconds"] / middle["touched"] * 1e6, 1)
            equal = checksum(STORED) == checksum_of_full(as_of - timedelta(days=1))
            found.append(middle | {"microseconds_per_touched_row": per_row, "equal_to_full": equal})
    return found


#: Items that are not due for long, picked all over the book; of customers that nothing is marked about.
NOT_DUE = """
    SELECT di.id FROM receivables_dueitem di
    WHERE di.open_amount > 0 AND di.due_date > %(late)s
        AND di.customer_id NOT IN (SELECT customer_id FROM customers_mark)
    ORDER BY di.id * 7919 %% 1000003, di.id LIMIT %(count)s"""


def _become_late(count: int, *, as_of: date) -> None:
    """Move due dates to the day before, as if they had been so from the start: time alone makes them late."""
    not_soon = book.DAY + timedelta(days=book.QUIET)
    values: dict[str, Any] = {"count": count, "late": not_soon, "due": as_of - timedelta(days=1)}
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE receivables_dueitem SET due_date = %(due)s, agreed_due_date = %(due)s WHERE id IN ({NOT_DUE})",  # noqa: S608
            values,
        )


def _mark(count: int, *, as_of: date) -> None:
    """A dispute on one item each of so many customers that they hold this many items, and a mark for each."""
    with connection.cursor() as cursor:
        cursor.execute(MARKED, {"last": 10**9})
        keys, held = [], 0
        for customer, items in cursor.fetchall():
            if held >= count:
                break
            keys.append(customer)
            held += items
        values: dict[str, Any] = {"on": as_of, "review": as_of + timedelta(days=60), "at": f"{as_of} 06:00:00"}
        for start in range(0, len(keys), 500):
            some = ", ".join(map(str, keys[start : start + 500]))
            cursor.execute(DISPUTED.format(customers=some), values)
            cursor.execute(MARK.format(customers=some), values)


MARKED = """
    SELECT customer_id, COUNT(*) FROM receivables_dueitem
    WHERE open_amount > 0 AND customer_id < %(last)s
        AND customer_id NOT IN (SELECT customer_id FROM cases_dispute WHERE opened_on > '2026-11-24')
    GROUP BY customer_id ORDER BY customer_id * 7919 %% 1000003, customer_id"""
DISPUTED = """
    INSERT INTO cases_dispute (customer_id, due_item_id, amount, reason, note, opened_on, review_on, entered_at)
    SELECT customer_id, MIN(id), 1, 'price', '', %(on)s, %(review)s, %(at)s FROM receivables_dueitem
    WHERE open_amount > 0 AND customer_id IN ({customers}) GROUP BY customer_id"""
MARK = """
    INSERT INTO customers_mark (customer_id, because, happened_on, entered_at)
    SELECT id, 'dispute', %(on)s, %(at)s FROM customers_customer WHERE id IN ({customers})"""


# What came out

COMPARED = "due_item_id, standing, rule, open_amount, disputed_amount"
STORED = f"SELECT {COMPARED} FROM {WRITTEN}"  # noqa: S608


def checksum_of_full(as_of: date) -> str:
    """Of what the whole statement says of the day, from the facts themselves and nothing that was kept."""
    rules = policy.in_force(as_of)
    whole = statement.classified(
        as_of=as_of, thresholds=rules.thresholds, segments=rules.thresholds_by_segment(), noted_movements=False
    )
    return checksum(f"SELECT {COMPARED} FROM ({whole.sql}) n", whole.params)  # noqa: S608


def checksum(sql: str, params: dict[str, Any] | None = None) -> str:
    """Over due item, standing, rule, open and disputed; the same on both databases."""
    found = hashlib.sha256()
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY 1", params or {})
        while rows := cursor.fetchmany(2_000):
            for key, standing, rule, opened, disputed in rows:
                found.update(f"{key} {standing} {rule} {opened:.3f} {disputed:.3f}\n".encode())
    return found.hexdigest()


# The whole night


def whole_night() -> dict[str, Any]:
    """E8: every step of the night after the last one, and the most memory that the process had held after each."""
    last = Night.objects.order_by("-business_date").first()
    assert last is not None
    as_of = last.business_date + timedelta(days=1)
    _mark(min(1_000, Standing.objects.count() // 50), as_of=as_of)
    before = peak_megabytes()
    steps: list[dict[str, Any]] = []
    do = nights._do

    def done(night: Night, step: nights.Step, piece: int, position: int, by: Any) -> None:
        do(night, step, piece, position, by)
        row = night.steps.get(name=step.name, partition=piece)
        if not steps or steps[-1]["name"] != step.name:
            steps.append({"name": step.name, "rows": 0, "seconds": 0.0, "peak_megabytes": 0})
        steps[-1]["rows"] += row.rows
        steps[-1]["seconds"] = round(steps[-1]["seconds"] + row.milliseconds / 1000, 3)
        steps[-1]["peak_megabytes"] = peak_megabytes()

    with day(as_of), mock.patch.object(nights, "_do", done):
        seconds = once(lambda: nights.run(as_of=as_of, by=COMMAND))
    night = Night.objects.get(business_date=as_of)
    return {
        "seconds": round(seconds, 3),
        "mode": night.mode,
        "touched": night.touched,
        "changed": night.changed,
        "peak_megabytes": peak_megabytes(),
        "peak_megabytes_before": before,
        "invariants_broken": night.check_broken,
        "broken": night.broken,
        "steps": steps,
    }
