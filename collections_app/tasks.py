"""What the schedule rings: each door calls one service; the work to do is listed in the database."""

from celery import shared_task

from audit import services as audit
from collections_app import marks, night
from common import clock

SECONDS = 6.0  # of work in one task; the piece in which they run out is finished
EXPIRES = 540


@shared_task
def fetch_marks(**_: object) -> None:
    """Every minute: what happened since the last look, and a night that was cut off.

    A night in somebody's hands is left to them: each piece is locked by whoever works on it.
    """
    marks.fetch()
    if night.is_cut_off():
        ask_for_night.apply_async(expires=EXPIRES)


@shared_task
def ask_for_night(**_: object) -> None:
    """Every ten minutes: is a business date before today, or today after NIGHT_AT, without a done night?

    A task is short: what it does not reach is still listed, and the bell is rung again for it.
    """
    local = clock.local(clock.now())
    missing = night.is_missing(local.date(), local.hour * 60 + local.minute)
    if missing is None:
        return
    done = night.run(as_of=missing, by=audit.NIGHT, seconds=SECONDS)
    if done.done_at is None or missing < local.date():
        ask_for_night.apply_async(expires=EXPIRES)
