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
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import OperationalError, connection


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.pop("DATABASE_ROLE", None)  # tables are changed by their owner
    django.setup()
    connection.settings_dict["OPTIONS"].pop("pool", None)  # a pool hides a wrong address until it times out
    seeding = _marker()
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


def _marker() -> Path:
    """Stands while the demo book is written. It belongs to one database, and for SQLite lies beside it."""
    if connection.vendor == "sqlite":
        return Path(f"{connection.settings_dict['NAME']}.seeding")
    return settings.DATA_DIR / f"{connection.settings_dict['NAME']}.seeding"


def _forget_half_a_demo_book(seeding: Path) -> None:
    """A first start that was interrupted starts over: nobody has worked in that file yet."""
    if not seeding.exists():
        return
    if connection.vendor != "sqlite":
        print("The demo book was cut short last time. For a whole one, start on an empty database.")
        seeding.unlink()
        return
    for ending in ("", "-wal", "-shm"):
        Path(f"{connection.settings_dict['NAME']}{ending}").unlink(missing_ok=True)


def _is_empty() -> bool:
    return not get_user_model()._default_manager.exists()


def _fill() -> None:
    from common import clock

    print("Filling an empty database with the demo book …", flush=True)
    call_command("seed_demo", stdout=StringIO())  # it ends with a greeting; ours comes with the figures
    call_command("run_nightly", as_of=str(clock.business_today()), stdout=StringIO())


def _greet() -> None:
    figures = StringIO()
    call_command("ageing", by="standing,currency", json=True, stdout=figures)
    print("\nReceivables by standing:")
    for row in sorted(json.loads(figures.getvalue())["rows"], key=lambda row: row["currency"]):
        print(f"  {row['standing']:<12} {row['count']:>7,} items {row['amount']:>18} {row['currency']}")

    from demo import people

    maria = get_user_model()._default_manager.filter(username=people.MANAGER.username).first()
    if maria is None or not maria.check_password(people.PASSWORD):
        return  # the business's own people: their passwords are theirs
    print(f"\nSign in with the password {people.PASSWORD} as")
    for person in (*people.REPS[:2], *people.OFFICE):
        print(f"  {person.username:<8} {person.role:<8} {person.name}")


if __name__ == "__main__":
    sys.exit(main())
