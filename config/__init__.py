"""The top floor: settings, addresses, the schedule, and the processes that `make run` keeps alive."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
