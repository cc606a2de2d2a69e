"""Reading early warnings: those that live on a day, as frozen rows for the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, F, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from collections_app.cases import warning_rules as rules
from collections_app.cases import warning_words as words
from collections_app.cases.models import EarlyWarning
from collections_app.cases.warning_watch import BOOK, FIELD, ORDER, Severity
from common import days
from common.templatetags import ui
from staff import queries as people

SEVERE_OF_THE_FIELD = Q(source=FIELD, severity=Severity.SEVERE)


@dataclass(frozen=True, slots=True)
class WarningRow:
    """A warning as a page shows it. `weight` is what it counts as; `waits` says what is missing for more."""

    key: int
    kind: Any
    weight: Any
    is_severe: bool
    sentence: str
    waits: str
    note: str
    source: Any
    who: str
    since: date
    last_day: date


def live(as_of: date) -> Q:
    """Active on a day, by all that is known now."""
    dismissed_later = Q(dismissed_on=None) | Q(dismissed_on__gt=as_of)
    return Q(reported_on__lte=as_of, expires_on__gt=as_of) & dismissed_later


def of_customer(customer: int, *, as_of: date) -> tuple[WarningRow, ...]:
    """The live ones of a customer, the most serious first; two statements."""
    found = with_weight(EarlyWarning.objects.filter(live(as_of), customer=customer), as_of=as_of)
    return rows(list(found.order_by("-rank", "-reported_on", "pk")), as_of=as_of)


def with_weight(found: QuerySet[EarlyWarning], *, as_of: date) -> QuerySet[Any]:
    """With `weight`, what each counts as, and its `rank`: a severe sighting alone counts as marked."""
    alone = SEVERE_OF_THE_FIELD & (Q(seconded_on=None) | Q(seconded_on__gt=as_of))
    weight = Case(When(alone, then=Value(Severity.MARKED.value)), default=F("severity"), output_field=CharField())
    ranks = [When(weight=one.value, then=Value(place)) for place, one in enumerate(ORDER)]
    return found.annotate(weight=weight).annotate(rank=Case(*ranks, default=Value(0), output_field=IntegerField()))


def waits_for_a_second(as_of: date) -> Q:
    """Severe ones from the field that somebody else should look at."""
    return live(as_of) & SEVERE_OF_THE_FIELD & Q(seconded_on=None)


def rows(found: Sequence[EarlyWarning], *, as_of: date) -> tuple[WarningRow, ...]:
    names = people.names(row.entered_by for row in found)
    return tuple(_row(row, names[row.entered_by], as_of) for row in found)


def _row(row: EarlyWarning, who: str, as_of: date) -> WarningRow:
    weight = rules.weight(source=row.source, severity=row.severity, seconded_on=row.seconded_on, as_of=as_of)
    is_alone = weight != row.severity
    return WarningRow(
        key=row.pk,
        kind=row.get_kind_display(),
        weight=EarlyWarning.Severity(weight.value).label,
        is_severe=weight == Severity.SEVERE,
        sentence=words.sentence(row.kind, row.evidence, source=row.source),
        waits=_("Counts as marked until somebody else has seen it too or a manager confirms it.") if is_alone else "",
        note=row.note,
        source=row.get_source_display(),
        who="" if row.source == BOOK else who,
        since=row.reported_on,
        last_day=row.expires_on - days.ONE_DAY,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a warning: confirmed, dismissed."""

    title: str
    text: str


def history(row: EarlyWarning) -> tuple[Told, ...]:
    names = people.names([row.entered_by, row.seconded_by, row.dismissed_by])
    found = []
    if row.seconded_on is not None:
        found.append(Told(_("Second source"), f"{ui.day(row.seconded_on)}, {names[row.seconded_by]}"))
    if row.dismissed_on is not None:
        who = f"{ui.day(row.dismissed_on)}, {names[row.dismissed_by]}"
        found.append(Told(_("Dismissed"), f"{who}: {row.dismissed_because}"))
    return tuple(found)
