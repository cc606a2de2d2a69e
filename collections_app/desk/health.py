"""How the product itself is doing: the last night, its steps, the books, marks that wait."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from collections_app.desk.nights.words import STEPS
from collections_app.standings.models import Night
from customers.models import Mark

OLD_MARK_MINUTES = 10

#: Invariants of `check_books` in words, by their number.
INVARIANTS = {
    "I1": _("Nothing gives more than it has"),
    "I2": _("Open amounts follow from their rows"),
    "I3": _("Money settles what its own customer, payer or group owes"),
    "I4": _("Ageing ties to the ledger and its control totals"),
    "I5": _("Amounts fit their currency"),
    "I6": _("Standings follow from the rules"),
    "I7": _("Age never improves a standing"),
    "I8": _("Letter numbers have no gaps"),
    "I9": _("Letters are as they were issued"),
    "I10": _("Nothing is sent twice"),
    "I11": _("The trail is whole"),
    "I12": _("Corrections are reversals"),
}


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """An invariant that the last night found broken. The rows are as `check_books` prints them."""

    number: str
    name: str
    rows: list[str]


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
    broken: list[BrokenLine]
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
        broken=_broken(done) if done else [],
        is_late=done is None or (today - done.business_date).days > 1,
        unfinished=[night for night in nights if not night.done_at],
        marks=Mark.objects.count(),
        oldest_mark=oldest,
        nights=nights,
    )


def _broken(night: Night) -> list[BrokenLine]:
    found = []
    for one in night.broken:
        number, _space, name = one["name"].partition(" ")
        found.append(BrokenLine(number, str(INVARIANTS.get(number, name)), one["rows"]))
    return found


def _steps(night: Night) -> list[StepLine]:
    by_name = night.steps.order_by("position").values("position", "name")
    rows = by_name.annotate(last=Max("done_at"), changed=Sum("rows"), took=Sum("milliseconds"))
    return [
        StepLine(str(STEPS.get(row["name"], row["name"])), row["last"], row["changed"], row["took"]) for row in rows
    ]
