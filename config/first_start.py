"""Prepares an installation before its first page: tables, the demo book, the first figures.

Safe to run at every start. An installation that is served to others never gets the demo book.
"""

import json
import os
import sys
from io import StringIO
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.pop("DATABASE_ROLE", None)  # tables are changed by their owner
    django.setup()
    connection.settings_dict["OPTIONS"].pop("pool", None)  # a pool hides a wrong address until it times out
    seeding = Path(settings.DATA_DIR) / "seeding"
    try:
        _forget_half_a_demo_book(seeding)
        call_command("migrate", interactive=False, verbosity=0)
        if settings.HARDENED:
            call_command("collectstatic", interactive=False, verbosity=0)
        if _is_empty():
            if not settings.LOCAL_ONLY:
                print("No users yet: .venv/bin/python manage.py createsuperuser makes the first one.")
                return 0
            seeding.touch()
            _fill()
            seeding.unlink()
        _greet()
    except OperationalError as error:
        print(f"The database does not answer: {error}".strip(), file=sys.stderr)
        print("Look at DATABASE_URL, or leave it out to use SQLite.", file=sys.stderr)
        return 1
    return 0


def _forget_half_a_demo_book(seeding: Path) -> None:
    """A first start that was interrupted starts over: nobody has worked in that file yet."""
    if seeding.exists() and connection.vendor == "sqlite":
        for ending in ("", "-wal", "-shm"):
            Path(f"{connection.settings_dict['NAME']}{ending}").unlink(missing_ok=True)


def _is_empty() -> bool:
    from django.contrib.auth import get_user_model

    return not get_user_model()._default_manager.exists()


def _fill() -> None:
    from common import clock

    print("Filling an empty database with the demo book …", flush=True)
    call_command("seed_demo")
    call_command("run_nightly", as_of=str(clock.business_today()), stdout=StringIO())


def _greet() -> None:
    from demo.people import PASSWORD, USERNAMES

    figures = StringIO()
    call_command("ageing", by="standing,currency", json=True, stdout=figures)
    print("\nReceivables by standing:")
    for row in json.loads(figures.getvalue())["rows"]:
        print(f"  {row['standing']:<12} {row['count']:>7,} items {row['amount']:>18} {row['currency']}")
    print("\nSign in with the password " + PASSWORD + " as one of:")
    for username, role in USERNAMES:
        print(f"  {username:<12} {role}")


if __name__ == "__main__":
    sys.exit(main())
