"""What the benchmarks share: a database of their own, a day of their own, and how time, memory and log are read.

A benchmark runs its stages as processes of their own inside that database, so that each has its own peak of memory.
"""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from typing import Any
from unittest import mock
from urllib.parse import urlsplit, urlunsplit

Stage = Callable[[list[str]], dict[str, Any]]


@contextmanager
def own_database(module: str, *, needs_postgresql: bool = False, on_sqlite: bool = False) -> Iterator[Stage]:
    """An empty database beside the one of DATABASE_URL, or a SQLite file where none is set; dropped at the end.

    What is given back runs `python -m benchmarks.MODULE --inside …` there and returns the JSON that it printed last.
    """
    url = "" if on_sqlite else os.environ.get("DATABASE_URL", "")
    if needs_postgresql and not url.startswith("postgres"):
        sys.exit("Needs PostgreSQL: set DATABASE_URL, or run it through tests.on_services.")
    with ExitStack() as until_the_end:
        folder = until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="payround-benchmark-"))
        environment = {**os.environ, "PAYROUND_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        environment.pop("DATABASE_URL", None)
        if url.startswith("postgres"):
            environment["DATABASE_URL"] = until_the_end.enter_context(_on_server(url))

        def stage(arguments: list[str]) -> dict[str, Any]:
            done = subprocess.run(  # noqa: S603  our own interpreter and module
                [sys.executable, "-m", f"benchmarks.{module}", "--inside", *arguments],
                env=environment,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
            return found

        yield stage


@contextmanager
def _on_server(url: str) -> Iterator[str]:
    import psycopg  # only where PostgreSQL is meant

    name = f"payround_benchmark_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')  # the name is our own
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def ready(*, is_new: bool = False) -> None:
    """Django; in a new database every table of the product."""
    import django

    django.setup()
    if is_new:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)


@contextmanager
def day(today: date) -> Iterator[None]:
    """The business's today, whatever the real one is: ten in the forenoon.

    Plain functions: a mock keeps every call that it has seen, which came to 70 MB in a night of a million items.
    """
    from common import clock

    moment = datetime.combine(today, time_of_day(10), tzinfo=UTC)

    def business_today() -> date:
        return today

    def now() -> datetime:
        return moment

    with mock.patch.object(clock, "business_today", business_today), mock.patch.object(clock, "now", now):
        yield


def on_postgresql() -> bool:
    from django.db import connection

    return bool(connection.vendor == "postgresql")


def machine() -> str:
    """In general words: what decides how fast it is."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version" if on_postgresql() else "SELECT sqlite_version()")
        version = cursor.fetchone()[0].split()[0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB memory, {platform.machine()}, "
        f"Python {platform.python_version()}, {'PostgreSQL' if on_postgresql() else 'SQLite'} {version}"
    )


def settle() -> None:
    """Statistics and free room as after a quiet hour, and no pages of earlier work waiting to be written."""
    from django.db import Error, connection

    with connection.cursor() as cursor:
        if not on_postgresql():
            cursor.execute("ANALYZE")
            return
        # By name: the catalogue's own tables belong to every database of the server.
        cursor.execute("VACUUM ANALYZE " + ", ".join(sorted(connection.introspection.table_names(cursor))))
        try:
            cursor.execute("CHECKPOINT")
        except Error:
            sys.stderr.write("May not ask for a checkpoint: figures may waver more.\n")


def timed(deed: Callable[[], Any], times: int = 3) -> float:
    """The median of a few runs, in seconds."""
    return statistics.median(once(deed) for _ in range(times))


def once(deed: Callable[[], Any]) -> float:
    started = time.perf_counter()
    deed()
    return time.perf_counter() - started


def peak_megabytes() -> int:
    """The most memory that this process has held so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (2**20 if sys.platform == "darwin" else 2**10)


@contextmanager
def log_written() -> Iterator[dict[str, int | None]]:
    """How much PostgreSQL writes to its log meanwhile, under "bytes"; None elsewhere."""
    found: dict[str, int | None] = {"bytes": None}
    before = _log_position()
    yield found
    after = _log_position()
    if before is not None and after is not None:
        found["bytes"] = after - before


def _log_position() -> int | None:
    if not on_postgresql():
        return None
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")
        return int(cursor.fetchone()[0])
