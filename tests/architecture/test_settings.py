"""What the environment chooses, seen from a fresh process."""

import json
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.core.checks import run_checks
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.log import log_response

from common import checks
from config.schedule import BEAT_SCHEDULE

ROOT = Path(__file__).resolve().parents[2]
OURS = (
    "DATABASE_URL", "DATABASE_ROLE", "REDIS_URL", "SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "NIGHT_AT",
    "TRAVEL_URL", "TRAVEL_PROVIDER", "TRAVEL_PROFILE", "TRAVEL_KEY", "MAP_TILES", "MAP_CREDIT",
)  # fmt: skip
POSTGRESQL = "postgres://payround:secret@db.example/payround"


def settings_with(folder: Path, *wanted: str, **environment: str) -> Any:
    """The wanted settings as a process would see them that starts with this environment."""
    script = f"import json, config.settings as s; print(json.dumps([s.{', s.'.join(wanted)}], default=str))"
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    kept |= {"PAYROUND_DATA_DIR": str(folder), **environment}
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=kept, capture_output=True, text=True, check=True
    )
    values = json.loads(found.stdout)
    return values[0] if len(values) == 1 else values


def test_without_settings_one_machine_is_served_from_sqlite_and_a_broker_of_files(tmp_path: Path) -> None:
    place = tmp_path / "a place"
    databases, broker, hardened = settings_with(place, "DATABASES", "CELERY_BROKER_URL", "HARDENED")
    database = databases["default"]
    assert database["NAME"] == str(place / "payround.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]
    assert broker.startswith("filesystem://")
    assert hardened is False


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = settings_with(tmp_path, "SECRET_KEY")
    assert len(first) >= 50
    assert settings_with(tmp_path, "SECRET_KEY") == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert settings_with(tmp_path, "SECRET_KEY", SECRET_KEY="given") == "given"


def test_a_named_host_switches_on_everything_that_needs_https(tmp_path: Path) -> None:
    session, csrf, redirect, storages = settings_with(
        tmp_path,
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "STORAGES",
        ALLOWED_HOSTS="payround.example",
    )
    assert (session, csrf, redirect) == (True, True, True)
    assert "CompressedManifest" in storages["staticfiles"]["BACKEND"]


def test_postgresql_comes_with_a_pool_and_limits_and_steps_down_to_its_role(tmp_path: Path) -> None:
    databases = settings_with(tmp_path, "DATABASES", DATABASE_URL=POSTGRESQL, DATABASE_ROLE="payround_app")
    options = databases["default"]["OPTIONS"]
    assert options["pool"]["max_size"] >= 4
    assert "statement_timeout" in options["options"]
    assert options["assume_role"] == "payround_app"


def test_out_of_the_box_no_map_server_is_asked_and_pictures_come_from_here_alone(tmp_path: Path) -> None:
    url, provider, tiles, policy = settings_with(
        tmp_path, "TRAVEL_URL", "TRAVEL_PROVIDER", "MAP_TILES", "CONTENT_SECURITY_POLICY"
    )
    assert (url, provider, tiles) == ("", "", "")
    assert policy["DIRECTIVES"]["img-src"] == ["'self'", "data:"]


def test_a_map_that_is_named_may_show_its_pictures_and_nothing_else(tmp_path: Path) -> None:
    policy, url = settings_with(
        tmp_path,
        "CONTENT_SECURITY_POLICY",
        "TRAVEL_URL",
        MAP_TILES="https://tiles.example:8443/{z}/{x}/{y}.png",
        TRAVEL_URL="http://osrm.example:5000/",
    )
    assert policy["DIRECTIVES"]["img-src"] == ["'self'", "data:", "https://tiles.example:8443"]
    assert policy["DIRECTIVES"]["default-src"] == ["'self'"]
    assert url == "http://osrm.example:5000"


def test_a_message_is_kept_by_redis_longer_than_a_task_may_last(tmp_path: Path) -> None:
    options, hard_limit = settings_with(
        tmp_path,
        "CELERY_BROKER_TRANSPORT_OPTIONS",
        "CELERY_TASK_TIME_LIMIT",
        REDIS_URL="redis://broker.example/0",
    )
    assert options["visibility_timeout"] > hard_limit


def test_a_refused_page_is_one_line_on_the_terminal_and_a_defect_keeps_its_traceback(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # import-linter, which another test runs in this process, switches off every logger that was there before it
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", False)
    refused, broken = PermissionDenied("not yours"), ValueError("a defect")

    log_response("Forbidden: %s", "/ageing/", response=HttpResponse(status=403), exception=refused)
    log_response("Broken: %s", "/ageing/", response=HttpResponse(status=500), exception=broken)

    assert [(record.getMessage(), bool(record.exc_info)) for record in caplog.records] == [
        ("Forbidden: /ageing/", False),
        ("Broken: /ageing/", True),
    ]


@pytest.mark.parametrize("entry", BEAT_SCHEDULE.values(), ids=list(BEAT_SCHEDULE))
def test_a_bell_expires_before_it_is_rung_again(entry: dict[str, Any]) -> None:
    assert entry["options"]["expires"] < entry["schedule"].total_seconds()
    current_app.loader.import_default_modules()
    assert entry["task"] in current_app.tasks


def test_missing_printing_libraries_are_a_warning_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checks, "LIBRARIES", ("libnobody-has-this.so.0",))
    monkeypatch.setattr(checks, "_problem_of_weasyprint", lambda: "cannot load library 'libpango-1.0-0'")
    [warning] = [message for message in run_checks() if message.id == checks.LIBRARIES_MISSING]
    assert "libpango-1.0-0" in warning.msg
    assert "apt install" in (warning.hint or "")
    assert not warning.is_serious()
