"""Printing in the background. The database lists what waits; a task prints a batch and rings for the next one."""

from typing import Any

from celery import shared_task

from collections_app.letters import services
from common import pdf

EXPIRES = 600  # seconds; a lost bell is made good by the schedule, which rings for everything that waits


@shared_task
def render_run(run_id: int, **_: Any) -> None:
    """Print the next batch of a run. Delivered twice it prints nothing twice."""
    if _printed(run_id):
        render_run.apply_async(args=[run_id], expires=EXPIRES)


@shared_task
def render_waiting(**_: Any) -> None:
    """Print the next batch of whatever waits: what a lost bell or a full disk left behind."""
    if _printed(None):
        render_waiting.apply_async(expires=EXPIRES)


def _printed(run_id: int | None) -> bool:
    """Did the batch get anywhere, and is there more?"""
    if not pdf.is_possible():
        return False
    before = services.waiting(run_id=run_id)
    after = services.render_waiting(run_id=run_id, most=pdf.COLLECTED_EVERY) if before else 0
    return 0 < after < before
