"""The migrated, empty database is kept from run to run: a test then begins in seconds instead of half a minute.

It is known by what the migrations say and by what made it, so another migration is run anew, once. On SQLite it is a
file in the folder for temporary files, on PostgreSQL a database that new ones are copied from.
"""

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import ProgrammingError, connection
from django.db.utils import OperationalError

KEPT = "payround_ready"


def digest() -> str:
    """Of every migration of every app, Django's own too."""
    found = hashlib.sha256(f"{django.VERSION} {connection.vendor} {sqlite3.sqlite_version}".encode())
    for app in sorted(apps.get_app_configs(), key=lambda one: one.label):
        for file in sorted(Path(app.path, "migrations").glob("*.py")):
            found.update(f"{app.label}/{file.name}".encode() + file.read_bytes())
    return found.hexdigest()[:16]


def begin() -> None:
    """Before the test database is made: let it be a copy of what was kept."""
    if connection.vendor == "postgresql":
        with suppress(OperationalError), _server() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [f"{KEPT}_{digest()}"])
            if cursor.fetchone():
                connection.settings_dict["TEST"]["TEMPLATE"] = f"{KEPT}_{digest()}"
    elif _file().exists():
        creation: Any = connection.creation
        creation._create_test_db = _filled(creation._create_test_db)


def keep() -> None:
    """After it was made and migrated: keep it, unless somebody has."""
    if connection.vendor != "postgresql":
        _keep_file()
    elif connection.settings_dict["TEST"].get("TEMPLATE") is None:
        _keep_database(str(connection.settings_dict["NAME"]))


def _server() -> Any:
    """A cursor beside the database of the test, for making and looking up databases."""
    return connection.creation._nodb_cursor()  # type: ignore[attr-defined]


def _file() -> Path:
    return Path(tempfile.gettempdir(), f"{KEPT}_{os.getuid()}_{digest()}.sqlite3")


def _filled(create: Callable[..., str]) -> Callable[..., str]:
    """The database in memory, filled from the file. It lives as long as somebody is connected to it."""

    def made(*args: Any, **kwargs: Any) -> str:
        name = create(*args, **kwargs)
        made.kept = sqlite3.connect(name, uri=True, check_same_thread=False)  # type: ignore[attr-defined]
        with sqlite3.connect(_file()) as source:
            source.backup(made.kept)  # type: ignore[attr-defined]
        return name

    return made


def _keep_file() -> None:
    if _file().exists():
        return
    connection.ensure_connection()
    half = _file().with_suffix(f".{os.getpid()}")
    with sqlite3.connect(half) as target:
        connection.connection.backup(target)
    half.replace(_file())


def _keep_database(name: str) -> None:
    connection.close()
    with _server() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{KEPT}_%"])
        older = [row[0] for row in cursor.fetchall()]
        with suppress(ProgrammingError, OperationalError):  # another worker was sooner
            cursor.execute(f'CREATE DATABASE "{KEPT}_{digest()}" TEMPLATE "{name}"')
            for one in older:
                cursor.execute(f'DROP DATABASE IF EXISTS "{one}"')
