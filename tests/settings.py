"""The product's settings, with a folder, a secret and database names of this test run alone."""

import os
import tempfile
from pathlib import Path

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid()}")[:12]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
FOLDER = Path(tempfile.gettempdir()) / f"payround-tests-{RUN}" / WORKER

os.environ["PAYROUND_DATA_DIR"] = str(FOLDER)
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 50
os.environ["DEBUG"] = "0"
os.environ.pop("ALLOWED_HOSTS", None)
os.environ.pop("DATABASE_ROLE", None)
for outside in ("TRAVEL_URL", "MAP_TILES"):  # no test asks anybody outside
    os.environ.pop(outside, None)
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the thread

from config.settings import *  # noqa: E402, F403
from config.settings import CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TIME_ZONE = "Europe/Madrid"
WHITENOISE_AUTOREFRESH = True  # looks for a file when it is asked for; else each test's client reads all of them first
AXES_ENABLED = False  # tests sign in without a request; the lock has a test of its own, which switches it on

DATABASES["default"].setdefault("TEST", {})
if "postgresql" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"].pop("pool", None)  # an open pool would keep the test database from being dropped
    DATABASES["default"]["TEST"]["NAME"] = f"test_payround_{RUN}"
if "global_keyprefix" in CELERY_BROKER_TRANSPORT_OPTIONS:
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"payround-test-{RUN}-{WORKER}:"
