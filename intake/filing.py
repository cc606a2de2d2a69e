"""A file that came in, kept with what became of it: its row, its trail, and the rows that were not taken."""

from collections.abc import Sequence
from datetime import date

from audit import services as audit
from audit.services import Actor
from common import clock, documents
from intake import queries, refused_rows
from intake.models import File
from intake.outcome import Outcome
from intake.shipped import Loaded


def keep(
    waiting: File | None,
    outcome: Outcome,
    *,
    sha256: str,
    name: str,
    profile: Loaded,
    by: Actor,
    as_of: date | None = None,
) -> File | None:
    """Its rows are stored in this transaction: from now on the same file is known. `waiting` is an upload.

    Of a file that was taken in part before there is one row. A file of which nothing is stored stays unknown.
    """
    if outcome.report.is_refused_whole:
        return None
    before = queries.stored(sha256, profile, as_of=as_of)
    kept = before or waiting
    if waiting is not None and kept != waiting:
        waiting.delete()
    if before is not None and outcome.report.refused_rows and not outcome.report.brings:
        return before  # tried again in vain: what it brought at first stays told
    if kept is None:
        kept = File(received_by=by.get_username(), received_at=clock.now())
    kept.sha256, kept.name, kept.kind = sha256, name[:200], profile.profile.kind
    kept.profile, kept.profile_hash = profile.name, profile.sha256
    kept.as_of, kept.covers = as_of, list(profile.profile.snapshot.segments)
    kept.state, kept.stored_at, kept.content = File.State.STORED, clock.now(), None
    kept.report, kept.refused_rows = outcome.report.as_json(), None
    kept.save()
    return kept


def tell(file: File | None, outcome: Outcome, counts: Sequence[str], *, by: Actor) -> None:
    """One entry of the trail for the whole file, if any of it was stored."""
    if file is None:
        return
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
