"""What a night does about standings, piece by piece: look who is concerned, classify, audit, close."""

from datetime import date, timedelta

from django.db import transaction

from collections_app.policy import queries as policy
from collections_app.standings import candidates, services
from collections_app.standings.models import Candidate, Night, NightStep
from collections_app.standings.statement import Scope
from common import clock
from customers.models import Mark

CLASSIFY, AUDIT = "classify", "audit"
AUDITED_EVERY = timedelta(days=7)


@transaction.atomic
def look(night: Night, *, position: int, everything: bool = False) -> int:
    """Decide how much this night looks at, and list its pieces. Returns the due items it will touch.

    Everything, where there is no night to start from, the policy has changed, the day has passed already, somebody
    asks for it, or so much is touched that looking at single items costs more.
    """
    since = last_before(night)
    rules = policy.in_force(night.business_date)
    touched = 0
    if (
        since is None
        or everything
        or since.policy_id != night.policy_id
        or night.business_date < clock.business_today()
    ):
        everything = True
    else:
        touched = candidates.fill(
            night,
            since=since.business_date,
            general=rules.thresholds,
            segments=rules.thresholds_by_segment(),
        )
        everything = candidates.is_more_than(touched, candidates.FULL_FROM)
    if everything:
        touched = candidates.count_open()
        Candidate.objects.filter(night=night.pk).delete()
        candidates.take_away(list(Mark.objects.values_list("pk", flat=True)))
        services.note_movements(as_of=night.business_date)
    night.mode = Night.Mode.FULL if everything else Night.Mode.INCREMENTAL
    night.touched = touched
    night.save(update_fields=["mode", "touched"])
    _list(night, CLASSIFY, position + 1, candidates.ranges(night, everything=everything))
    if not everything and _is_audit_due(night):
        _list(night, AUDIT, position + 2, candidates.ranges(night, everything=True))
    return touched


def last_before(night: Night) -> Night | None:
    """The night before it that has classified."""
    before = Night.objects.filter(classified_at__isnull=False, business_date__lt=night.business_date)
    return before.order_by("-business_date").first()


def _is_audit_due(night: Night) -> bool:
    """Once a week a full look proves the incremental ones; the first of a new installation was full itself."""
    last = Night.objects.filter(classified_at__isnull=False, mode=Night.Mode.FULL) | Night.objects.filter(
        audited_at__isnull=False
    )
    newest: date | None = last.order_by("-business_date").values_list("business_date", flat=True).first()
    return newest is None or night.business_date - newest >= AUDITED_EVERY


def _list(night: Night, name: str, position: int, ranges: list[tuple[int, int]]) -> None:
    NightStep.objects.filter(night=night, name=name, done_at=None).delete()
    NightStep.objects.bulk_create(
        [
            NightStep(
                night=night, name=name, partition=place, position=position, first_customer=first, last_customer=last
            )
            for place, (first, last) in enumerate(ranges)
        ]
    )


def pieces(night: Night, name: str) -> list[int]:
    """The ranges that are listed for a step of this night."""
    return list(night.steps.filter(name=name).order_by("partition").values_list("partition", flat=True))


@transaction.atomic
def classify(night: Night, piece: int) -> int:
    """One range of customers: everything of them, or the night's candidates among them. Returns the rows changed."""
    step = night.steps.get(name=CLASSIFY, partition=piece)
    few = night.mode == Night.Mode.INCREMENTAL
    scope = Scope(first=step.first_customer, last=step.last_customer, night=night.pk if few else None)
    return services.classify_range(as_of=night.business_date, scope=scope)


@transaction.atomic
def audit(night: Night, piece: int) -> int:
    """Look at a whole range after all. A row that changes now was wrong since a night before: a defect, counted and
    mended. Returns how many there were.
    """
    step = night.steps.get(name=AUDIT, partition=piece)
    scope = Scope(first=step.first_customer, last=step.last_customer)
    services.note_movements(as_of=night.business_date, scope=scope)
    found = services.classify_range(as_of=night.business_date, scope=scope)
    night.refresh_from_db(fields=["audit_found"])
    night.audit_found += found
    night.audited_at = clock.now()
    night.save(update_fields=["audit_found", "audited_at"])
    return found


@transaction.atomic
def close(night: Night) -> int:
    """The night is what it is from now on. What was marked since it began is looked at once more, as of its day, and
    keeps its mark for the next minute. Returns the rows changed.
    """
    services.wait_alone()
    marked = sorted(set(Mark.objects.values_list("customer_id", flat=True)))
    changed = 0
    for start in range(0, len(marked), 500):
        scope = Scope(customers=tuple(marked[start : start + 500]))
        services.note_movements(as_of=night.business_date, scope=scope)
        changed += services.classify_range(as_of=night.business_date, scope=scope)
    if night.mode == Night.Mode.FULL:
        services.count_rows()
    now = clock.now()
    night.changed = sum(night.steps.filter(name__in=(CLASSIFY, AUDIT)).values_list("rows", flat=True)) + changed
    night.known_until = night.classified_at = now
    night.save(update_fields=["changed", "known_until", "classified_at"])
    Candidate.objects.filter(night=night.pk).delete()
    return changed
