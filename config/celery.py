"""The Celery application. It only rings the bell: what is to be done is listed in the database."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("payround")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def catch_up(sender: Any, **_: Any) -> None:
    """A machine that was off over night asks for the missing night at once, not ten minutes later."""
    app.send_task("collections_app.tasks.ask_for_night", expires=60)
