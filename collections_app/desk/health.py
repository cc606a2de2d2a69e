"""How the product itself is doing: the last night, its steps, the books, marks that wait."""

from dataclasses import dataclass
from datetime import date, datetime

from collections_app.standings.models import Night, NightStep
from customers.models import Mark

OLD_MARK_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Health:
    night: Night | None
    steps: list[NightStep]
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
        steps=list(done.steps.order_by("position")) if done else [],
        is_late=done is None or (today - done.business_date).days > 1,
        unfinished=[night for night in nights if not night.done_at],
        marks=Mark.objects.count(),
        oldest_mark=oldest,
        nights=nights,
    )
