"""What Celery beat rings, and how often. Static: no table can hold a forgotten schedule.

A message expires before the next one is due, so that a worker that was away finds one bell, not a
hundred. Each task decides from the database whether there is work; ringing twice does nothing.
"""

from datetime import timedelta
from typing import Any

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "fetch the marks": {
        "task": "collections_app.tasks.fetch_marks",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 50},
    },
    "print waiting letters": {
        "task": "collections_app.letters.tasks.render_waiting",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 50},
    },
    "is a night missing": {
        "task": "collections_app.tasks.ask_for_night",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 540},
    },
}
