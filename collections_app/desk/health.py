"""How the product itself is doing: the last night, its steps, the books, marks that wait."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from collections_app.standings.models import Night
from customers.models import Mark

OLD_MARK_MINUTES = 10
STEPS = {
    "promises": _("Promises settled"),
    "classify": _("Due items classified"),
    "movements": _("Last movements noted"),
    "plans": _("Rounds planned"),
    "check": _("Books checked"),
}


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of the night over all its pieces."""

    name: str
    done_at: datetime | None
    rows: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Health:
    night: Night | None
    steps: list[StepLine]
    is_late: bool  # the last closed night is older than yesterday's
    unfinished: list[Night]
    marks: int
    oldest_mark: datetime | None
    nights: list[Night]


def health(*, today: date) -> Health:
    nights = list(Night.objects.order_by("-business_date")[:8])
    done = next((night for night in nights if night.done_at), None)
    oldest = Mark.objects.order_by("entered_at").values_list("entered_at", flat=True).first()
    return Health(
        night=done,
        steps=_steps(done) if done else [],
        is_late=done is None or (today - done.business_date).days > 1,
        unfinished=[night for night in nights if not night.done_at],
        marks=Mark.objects.count(),
        oldest_mark=oldest,
        nights=nights,
    )


def _steps(night: Night) -> list[StepLine]:
    by_name = night.steps.order_by("position").values("position", "name")
    rows = by_name.annotate(last=Max("done_at"), changed=Sum("rows"), took=Sum("milliseconds"))
    return [
        StepLine(str(STEPS.get(row["name"], row["name"])), row["last"], row["changed"], row["took"]) for row in rows
    ]
