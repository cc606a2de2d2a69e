"""A file that came in, kept with what became of it: its row, its trail, and the rows that were not taken."""

from collections.abc import Sequence
from datetime import date

from audit import services as audit
from audit.services import Actor
from common import clock, documents
from intake import refused_rows
from intake.models import File
from intake.outcome import Outcome
from intake.shipped import Loaded


def keep(
    file: File | None,
    outcome: Outcome,
    *,
    sha256: str,
    name: str,
    profile: Loaded,
    by: Actor,
    as_of: date | None = None,
) -> File:
    """Its rows are stored in this transaction: from now on the same file is known. `file` is an upload that waited."""
    kept = file or File(received_by=by.get_username(), received_at=clock.now())
    kept.sha256, kept.name, kept.kind = sha256, name[:200], profile.profile.kind
    kept.profile, kept.profile_hash = profile.name, profile.sha256
    kept.as_of, kept.covers = as_of, list(profile.profile.snapshot.segments)
    kept.state, kept.stored_at, kept.content = File.State.STORED, clock.now(), None
    kept.report = outcome.report.as_json()
    kept.save()
    return kept


def tell(file: File, outcome: Outcome, counts: Sequence[str], *, by: Actor) -> None:
    """One entry of the trail for the whole file."""
    audit.record(
        verb="intake.stored",
        subject=file,
        by=by,
        after={name: getattr(outcome.report, name) for name in counts} | {"file": file.name, "profile": file.profile},
    )


def keep_refused_rows(outcome: Outcome, content: bytes, *, name: str, profile: Loaded) -> None:
    if not outcome.refused_lines or outcome.file is None:
        return
    rows = refused_rows.as_csv(
        content, name=name, profile=profile.profile, outcome_problems=outcome.problems, lines=outcome.refused_lines
    )
    File.objects.filter(pk=outcome.file.pk).update(
        refused_rows=documents.store(rows, name=refused_rows.name_of(name), content_type="text/csv")
    )
