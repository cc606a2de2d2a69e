"""Settings, read from the environment. Everything is optional: README.md lists what a team sets.

Without any setting the product serves this machine alone: SQLite, a broker of files, plain HTTP on
127.0.0.1. As soon as ALLOWED_HOSTS names another host it is served to others, and everything that
needs HTTPS is switched on.
"""

from datetime import time, timedelta
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from config.data_folder import BASE_DIR, data_folder, folder, kept_secret
from config.logs import refused_in_a_line
from config.schedule import BEAT_SCHEDULE

env = environ.Env()

# --- who is served, and from where -------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = data_folder()
SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret(DATA_DIR / "secret-key")

LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or LOCAL_HOSTS
LOCAL_ONLY = set(ALLOWED_HOSTS) <= set(LOCAL_HOSTS)
HARDENED = not DEBUG and not LOCAL_ONLY

# --- the floors, from the ground up ------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "common",
    "audit",
    "staff",
    "customers",
    "contracts",
    "receivables",
    "collections_app.apps.CollectionsConfig",
    "collections_app.policy",
    "collections_app.cases",
    "collections_app.standings",
    "collections_app.gate",
    "collections_app.letters",
    "collections_app.visits",
    "collections_app.desk",
    "intake",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "staff.middleware.language_of_person",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "collections_app.desk.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# --- the database ------------------------------------------------------------------------------


def database() -> dict[str, Any]:
    """SQLite in the data folder, or what DATABASE_URL names, each with the options that keep it safe."""
    chosen: dict[str, Any] = (
        env.db("DATABASE_URL")
        if env.str("DATABASE_URL", default="")
        else {"ENGINE": "django.db.backends.sqlite3", "NAME": str(DATA_DIR / "payround.sqlite3")}
    )
    options: dict[str, Any] = chosen.setdefault("OPTIONS", {})
    if "sqlite" in chosen["ENGINE"]:
        # IMMEDIATE takes the write lock at the start: a read that becomes a write fails at once otherwise.
        options["transaction_mode"] = "IMMEDIATE"
        options["timeout"] = 20
        options["init_command"] = "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
        return chosen
    limits = {
        "statement_timeout": env.int("STATEMENT_TIMEOUT_MS", default=300_000),
        "lock_timeout": env.int("LOCK_TIMEOUT_MS", default=30_000),
    }
    # Compiling a statement costs seconds where the tables are small or not analysed yet, and gains nothing here.
    # Nor do heads move: taken for a turning disk, a few rows in a hundred are looked for by reading the whole table.
    planned = ["-c jit=off", "-c random_page_cost=1.1"]
    options["options"] = " ".join([*planned, *(f"-c {name}={limit}" for name, limit in limits.items())])
    options["connect_timeout"] = 5
    options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    role = env.str("DATABASE_ROLE", default="")
    if role:
        options["assume_role"] = role
    chosen["CONN_HEALTH_CHECKS"] = True
    return chosen


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people and their sessions -----------------------------------------------------------------

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_NAME = "payround_session"
SESSION_COOKIE_AGE = int(timedelta(hours=14).total_seconds())  # one working day, phone included
CSRF_COOKIE_NAME = "payround_csrf"
CSRF_COOKIE_HTTPONLY = True

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "staff/locked.html"
AXES_VERBOSE = False  # names and addresses stay out of the log

# --- the browser is told what it may do --------------------------------------------------------

MAP_TILES = env.str("MAP_TILES", default="")  # pictures under the drawn maps: an address with {z}, {x} and {y}
MAP_CREDIT = env.str("MAP_CREDIT", default="© OpenStreetMap contributors")  # whose map they show
TILE_HOST = "{0.scheme}://{0.netloc}".format(urlsplit(MAP_TILES)) if urlsplit(MAP_TILES).netloc else ""

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", *([TILE_HOST] if TILE_HOST else [])],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

if HARDENED:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/"]  # a balancer asks inside, without HTTPS
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [f"https://{'*' if host.startswith('.') else ''}{host}" for host in ALLOWED_HOSTS]

# --- languages, days, places -------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
NIGHT_AT = time.fromisoformat(env.str("NIGHT_AT", default="04:00"))

# --- ways: without a server nothing leaves this machine, and distance tells -------------------------

TRAVEL_URL = env.str("TRAVEL_URL", default="").rstrip("/")
TRAVEL_PROVIDER = env.str("TRAVEL_PROVIDER", default="")  # osrm, valhalla or ors
TRAVEL_PROFILE = env.str("TRAVEL_PROFILE", default="")  # how that server calls a car, unless as usual
TRAVEL_KEY = env.str("TRAVEL_KEY", default="")

# --- files -------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = folder(DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "documents"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HARDENED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HARDENED  # nothing to collect before the first page on one machine
FILE_UPLOAD_PERMISSIONS = 0o600
UPLOAD_LIMIT_BYTES = 10 * 1024 * 1024

# --- mail --------------------------------------------------------------------------------------

EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="payround@localhost")

# --- the bell: Celery --------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "visibility_timeout": 600,  # above the hard time limit: a healthy task is never delivered twice
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "global_keyprefix": "payround:",
    }
    if REDIS_URL
    else {
        "data_folder_in": str(folder(DATA_DIR / "broker" / "messages")),
        "data_folder_out": str(folder(DATA_DIR / "broker" / "messages")),
        "control_folder": str(folder(DATA_DIR / "broker" / "control")),
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # a page never waits for a broker that is away
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- what is written down ----------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"refused in a line": {"()": "django.utils.log.CallbackFilter", "callback": refused_in_a_line}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django.request": {"filters": ["refused in a line"]}},
    "root": {"handlers": ["console"], "level": "INFO" if DEBUG else "WARNING"},
}
