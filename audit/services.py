"""Writing the trail. Called by every service, in its own transaction."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.db import models

from audit.models import Entry
from common import clock


class Actor(Protocol):
    """Anyone or anything that acts: a user, or one of the system's own actors below."""

    def get_username(self) -> str: ...
    def get_full_name(self) -> str: ...


class SystemActor:
    """What the product does by itself: the night, a command, an intake."""

    def __init__(self, key: str, name: str) -> None:
        self.key, self.name = key, name

    def get_username(self) -> str:
        return self.key

    def get_full_name(self) -> str:
        return self.name


NIGHT = SystemActor("system:night", "The night")
COMMAND = SystemActor("system:command", "Command line")


def record(
    *,
    verb: str,
    subject: models.Model,
    by: Actor,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Entry:
    """One line of the trail: `verb` is "floor.deed", before and after hold what changed, as text."""
    entry = _entry(verb, subject, before, after, by)
    entry.save(force_insert=True)
    return entry


def record_many(
    *,
    verb: str,
    subjects: Sequence[models.Model],
    by: Actor,
    before: Sequence[Mapping[str, Any]] | None = None,
    after: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """A line of the trail for each of many subjects, written at once; before and after stand in their order."""
    nothing: list[Mapping[str, Any]] = [{}] * len(subjects)
    rows = zip(subjects, before or nothing, after or nothing, strict=True)
    Entry.objects.bulk_create([_entry(verb, *row, by=by) for row in rows], batch_size=1000)


def _entry(
    verb: str, subject: models.Model, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, by: Actor
) -> Entry:
    return Entry(
        at=clock.now(),
        actor_key=by.get_username(),
        actor_name=by.get_full_name() or by.get_username(),
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_key=str(subject.pk),
        before=_plain(before),
        after=_plain(after),
    )


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        key: value if isinstance(value, bool | int) or value is None else str(value)
        for key, value in (values or {}).items()
    }
