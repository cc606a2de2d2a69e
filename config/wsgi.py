"""The web process. A page that asks the database for longer than fifteen seconds has failed its reader."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("STATEMENT_TIMEOUT_MS", "15000")
os.environ.setdefault("LOCK_TIMEOUT_MS", "3000")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
