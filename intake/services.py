"""Verbs of files: looking at one, storing its rows, dropping it."""

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common import clock
from common.refusals import Refused
from customers import services as customers
from intake import (
    booked,
    booking,
    filing,
    newcomers,
    queries,
    reading,
    refused_rows,
    report,
    shipped,
    snapshot,
    snapshots,
)
from intake import outcome as outcomes
from intake.agreed import services as agreed
from intake.booked import AT_ONCE
from intake.comparing import Comparison, compare
from intake.models import File
from intake.open_items import Findings
from intake.outcome import NotTaken, Outcome, check
from intake.problems import FileRefused, in_order
from intake.profile import RECEIVABLES
from intake.reading import Reading
from intake.shipped import Loaded
from receivables import services as receivables
from staff.models import User

KEPT = timedelta(days=1)  # an upload that nobody confirmed
COUNTS = (
    "rows",
    "customers_added",
    "invoices_added",
    "credit_notes_added",
    "payments_added",
    "changed",
    "settled",
    "unchanged",
    "duplicates",
    "refused_rows",
    "reported",
    "matched_receipts",
    "opening_entries",
    "to_decide",
)


class NotYetPossible(Refused):
    """A day where the file has none."""


class AlreadyDecided(Refused):
    """The upload was confirmed or dropped before."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was read and compared before the write lock was taken, and the state of the book at that time."""

    reading: Reading
    comparison: Comparison
    moment: queries.Moment | None
    sha256: str
    name: str
    profile: Loaded
    day: date | None  # of a snapshot


@contextmanager
def without_collector() -> Iterator[None]:
    """A book makes hundreds of thousands of rows that all live to its end: looking for garbage among them
    again and again takes a quarter of the time for which others wait."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def look(*, content: bytes, name: str, profile: Loaded, on: date, as_of: date | None = None) -> Outcome:
    """What storing the good rows of this file would do. Changes nothing."""
    _check_possible(profile, as_of)
    if profile.profile.kind != RECEIVABLES:
        return agreed.look(content=content, name=name, profile=profile, on=on)
    known = _already(hashlib.sha256(content).hexdigest(), name, profile, as_of)
    if known is not None:
        return outcomes.known(known)
    read, day = _read(content, name, profile, on, as_of)
    return _outcome(read, _compared(read, profile, day), profile)


def store(
    *,
    content: bytes,
    name: str,
    profile: Loaded,
    on: date,
    by: Actor,
    as_of: date | None = None,
    good_rows: bool = False,
    confirm: bool = False,
    waiting: File | None = None,
) -> Outcome:
    """Store the rows of a file: read and checked first, then written in one transaction.

    Without `good_rows` one problem refuses the file. `on` is the business's day, `as_of` the day of a snapshot that
    does not say it itself; `confirm` takes one from which too much has vanished.
    The same file again changes nothing. Raises NotTaken with everything that is wrong.
    """
    _check_possible(profile, as_of)
    if profile.profile.kind != RECEIVABLES:
        return agreed.store(
            content=content, name=name, profile=profile, on=on, by=by, good_rows=good_rows, waiting=waiting
        )
    sha256 = hashlib.sha256(content).hexdigest()
    known = _already(sha256, name, profile, as_of)
    if known is not None and waiting is None:
        return outcomes.known(known)
    moment = queries.moment()
    read, day = _read(content, name, profile, on, as_of)
    comparison = _compared(read, profile, day)
    check(_outcome(read, comparison, profile), good_rows=good_rows, confirm=confirm)
    seen = Seen(read, comparison, moment, sha256, name, profile, day)
    for attempt in (1, 2):  # another import may add the same customer or document first; then it is here
        try:
            with without_collector(), transaction.atomic():
                outcome = _store(seen, on=on, by=by, good_rows=good_rows, confirm=confirm, waiting=waiting)
            break
        except IntegrityError:
            seen = replace(seen, moment=None)
            if attempt == 2:
                raise
    filing.keep_refused_rows(outcome, content, name=name, profile=profile)
    return outcome


def _store(seen: Seen, *, on: date, by: Actor, good_rows: bool, confirm: bool, waiting: File | None) -> Outcome:
    read, profile, name = seen.reading, seen.profile, seen.name
    keys = _lock(seen)
    known = queries.known(seen.sha256, profile, as_of=seen.day)
    if known is not None:
        if waiting is not None and waiting.pk != known.pk:
            waiting.delete()
        return outcomes.known(known)
    comparison = seen.comparison if seen.moment == queries.moment() else _compared(read, profile, seen.day)
    outcome = _outcome(read, comparison, profile, keys)
    check(outcome, good_rows=good_rows, confirm=confirm)
    keys |= newcomers.add(comparison.new, keys)
    for rows in booking.books(comparison, keys):
        receivables.record_book(rows=rows, on=on, by=by)
    receivables.note_listed(invoices=[key for kind, key in comparison.listed if kind == "invoice"], on=seen.day or on)
    if isinstance(comparison, Findings):
        snapshots.book(read, comparison, profile.profile, by=by)
    file = filing.keep(waiting, outcome, sha256=seen.sha256, name=name, profile=profile, by=by, as_of=seen.day)
    if isinstance(comparison, Findings) and file is not None:
        snapshots.close(read, comparison, file, profile.profile, by=by)
    filing.tell(file, outcome, COUNTS, by=by)
    return Outcome(outcome.report, outcome.problems, outcome.refused_lines, file)


def _lock(seen: Seen) -> dict[str, int]:
    """Lock every customer whose rows may be written, by key; the keys by code."""
    codes = {document.customer for document in seen.reading.documents}
    if isinstance(seen.comparison, Findings):
        codes |= snapshots.touched(seen.comparison)
    keys = queries.customer_keys(codes)
    for start in range(0, len(keys), AT_ONCE):
        customers.lock(sorted(keys.values())[start : start + AT_ONCE])
    return keys


def _check_possible(profile: Loaded, as_of: date | None) -> None:
    if as_of is not None and not profile.profile.is_snapshot:
        raise NotYetPossible(
            _('Only a snapshot has a day, and the profile says mode = "add". Leave the day out, or change the profile.')
        )


def _already(sha256: str, name: str, profile: Loaded, as_of: date | None) -> File | None:
    """The import of this file, of this day where one is stated: two days may have the same list."""
    style = profile.profile.snapshot.day_in_name
    return queries.known(sha256, profile, as_of=(snapshot.day_in_name(name, style) if style else None) or as_of)


def _read(content: bytes, name: str, profile: Loaded, on: date, as_of: date | None) -> tuple[Reading, date | None]:
    """The rows, and of a snapshot the day of the list."""
    read = reading.read(content, name=name, profile=profile.profile, today=on)
    if not profile.profile.is_snapshot or read.unreadable:
        return read, None
    try:
        return read, snapshot.day_of(read, profile.profile, name=name, asked=as_of, today=on)
    except FileRefused as refusal:
        read.unreadable = refusal.problem.text
        read.problems.append(refusal.problem)
        return read, None


def _compared(read: Reading, profile: Loaded, day: date | None) -> Comparison:
    if read.unreadable:
        return Comparison()
    if day is not None:
        return snapshots.compare(read, profile.profile, day=day)
    here = booked.by_number(document.number for document in read.documents)
    return compare(read, here, unique_by=profile.profile.documents.unique_by)


def _outcome(read: Reading, comparison: Comparison, profile: Loaded, keys: dict[str, int] | None = None) -> Outcome:
    codes = {document.customer for document in comparison.new}
    known = queries.customer_keys(codes) if keys is None else keys
    warnings = newcomers.unknown_owners([one for one in comparison.new if one.customer not in known], read)
    added = len(codes - set(known))
    if isinstance(comparison, Findings):
        made = report.of_snapshot(read, comparison, customers_added=added, warnings=warnings)
        made.hindrance = snapshots.hindrance(read, profile.profile, day=comparison.day)
        made.doubt = snapshots.doubt(comparison)
    else:
        made = report.of(read, comparison, customers_added=added, warnings=warnings)
    problems = in_order([*read.problems, *comparison.problems])
    return Outcome(made, problems, frozenset(read.refused | comparison.refused))


# --- the page: upload, look, decide -------------------------------------------------------------


def upload(*, content: bytes, name: str, profile: Loaded, on: date, by: User, as_of: date | None = None) -> File:
    """Keep an uploaded file until somebody decides, with the report of what storing it would do."""
    outcome = look(content=content, name=name, profile=profile, on=on, as_of=as_of)
    if outcome.file is not None:
        return outcome.file
    with transaction.atomic():
        File.objects.filter(state=File.State.WAITING, received_at__lt=clock.now() - KEPT).delete()
        return File.objects.create(
            sha256=hashlib.sha256(content).hexdigest(),
            name=name[:200],
            profile=profile.name,
            profile_hash=profile.sha256,
            kind=profile.profile.kind,
            as_of=as_of,
            content=content,
            report=outcome.report.as_json(),
            received_by=by.get_username(),
            received_at=clock.now(),
        )


def confirm(*, file: File, on: date, by: User, good_rows: bool = False, fall: bool = False) -> File:
    """Store the rows of an upload. What was looked at is read once more: the book may have moved since.

    `fall` confirms a snapshot from which too much has vanished.
    """
    if file.state != File.State.WAITING or file.content is None:
        raise AlreadyDecided(_("This file was imported already. Look at its result."))
    try:
        outcome = store(
            content=bytes(file.content),
            name=file.name,
            profile=shipped.by_name(file.profile, kind=file.kind),
            on=on,
            by=by,
            as_of=file.as_of,
            good_rows=good_rows,
            confirm=fall,
            waiting=file,
        )
    except NotTaken as refusal:
        file.report = refusal.outcome.report.as_json()
        file.save(update_fields=["report"])
        raise
    return outcome.file or file


def drop(*, file: File, by: User) -> None:
    """Forget an upload that is not wanted."""
    gone, _rows = File.objects.filter(pk=file.pk, state=File.State.WAITING).delete()
    if not gone:
        raise AlreadyDecided(_("This file was imported already; it cannot be dropped."))
    audit.record(verb="intake.dropped", subject=file, by=by, before={"file": file.name})


def refused_rows_of(file: File, *, on: date) -> bytes | None:
    """The rows of a file that were, or would be, left out; None where there are none. Changes nothing."""
    if file.refused_rows is not None:
        return bytes(file.refused_rows.content)
    if file.state != File.State.WAITING or file.content is None:
        return None
    content, profile = bytes(file.content), shipped.by_name(file.profile, kind=file.kind)
    outcome = look(content=content, name=file.name, profile=profile, on=on, as_of=file.as_of)
    if not outcome.refused_lines or outcome.report.unreadable:
        return None
    return refused_rows.as_csv(
        content, name=file.name, profile=profile.profile, outcome_problems=outcome.problems, lines=outcome.refused_lines
    )
