"""What every test may count on. Factories stand in `tests/factories.py`."""

import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection

from tests import prepared

# The suite's own today: a Tuesday forenoon, on which the clock goes on. With the real one a promise "on Friday" was
# refused from Thursday on, and a run over midnight met two days.
TODAY = time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=UTC), tick=True)


def pytest_configure(config: pytest.Config) -> None:
    TODAY.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    TODAY.stop()
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)
    with suppress(OSError):  # another worker's folder is still in it
        settings.DATA_DIR.parent.rmdir()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest come first, so that no worker is left with them alone at the end. What only PostgreSQL can show is
    skipped, and counted, on SQLite.
    """
    items.sort(key=lambda item: "test_money_machine" not in item.nodeid)
    if connection.vendor == "postgresql":
        return
    skip = pytest.mark.skip(reason="holds on PostgreSQL only: set DATABASE_URL")
    for item in items:
        if item.get_closest_marker("postgresql"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        prepared.begin()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        prepared.keep()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's browser; without one the test is skipped, and fails where CI is set."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    if os.environ.get("CI"):
        pytest.fail("CI is set and there is no Chromium: .ci/run installs it")
    pytest.skip("no Chromium on this machine")


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> dict[str, Any]:
    """Playwright drives the system's Chromium: nothing is downloaded."""
    return {"executable_path": chromium, "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def pango() -> None:
    """Letters need Pango; without it the test is skipped, and fails where CI is set."""
    try:
        import weasyprint  # noqa: F401
    except OSError:
        if os.environ.get("CI"):
            pytest.fail("CI is set and WeasyPrint's libraries are missing: .ci/run installs them")
        pytest.skip("WeasyPrint's libraries are missing")


@pytest.fixture
def count_queries() -> Any:
    """How many statements a call sends to the database."""
    from django.test.utils import CaptureQueriesContext

    def counted(call: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return counted
