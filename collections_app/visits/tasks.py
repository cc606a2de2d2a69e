"""One rep's plan in one task: short enough for a single worker, safe to run twice."""

from datetime import date

from celery import shared_task

from audit import services as audit
from collections_app.visits import services
from staff.models import User


@shared_task
def plan_rep(rep_id: int, on: str, **_: object) -> None:
    services.plan_day(on=date.fromisoformat(on), rep=User.objects.reps().get(pk=rep_id), by=audit.NIGHT)
