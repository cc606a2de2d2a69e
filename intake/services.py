"""Verbs of files: looking at one, storing its rows, dropping it."""

import gc
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import services as audit
from audit.services import Actor
from common import clock, documents
from common.refusals import Refused
from customers import services as customers
from customers.models import Customer
from intake import booking, queries, reading, refused_rows, report, shipped
from intake.comparing import Comparison, compare
from intake.documents import Document
from intake.models import File
from intake.problems import Problem, in_order
from intake.reading import Reading
from intake.report import Report
from intake.shipped import Loaded
from receivables import services as receivables
from staff.models import User

KEPT = timedelta(days=1)  # an upload that nobody confirmed


class NotYetPossible(Refused):
    """A kind of file, or a mode, that this version does not take."""


class NotTaken(Refused):
    """The file has problems; nothing was stored. `outcome` lists them."""

    def __init__(self, message: str, outcome: "Outcome") -> None:
        super().__init__(message)
        self.outcome = outcome


class AlreadyDecided(Refused):
    """The upload was confirmed or dropped before."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did or would do; `problems` are all of them, the report holds the first ones."""

    report: Report
    problems: Sequence[Problem] = field(default_factory=tuple)
    refused_lines: frozenset[int] = frozenset()
    file: File | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was read and compared before the write lock was taken, and the state of the book at that time."""

    reading: Reading
    comparison: Comparison
    moment: queries.Moment | None
    sha256: str
    name: str
    profile: Loaded


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


def look(*, content: bytes, name: str, profile: Loaded, on: date) -> Outcome:
    """What storing the good rows of this file would do. Changes nothing."""
    _check_possible(profile)
    known = queries.stored(hashlib.sha256(content).hexdigest(), profile)
    if known is not None:
        return _known(known)
    read = reading.read(content, name=name, profile=profile.profile, today=on)
    return _outcome(read, _compared(read, profile))


def store(
    *,
    content: bytes,
    name: str,
    profile: Loaded,
    on: date,
    by: Actor,
    good_rows: bool = False,
    waiting: File | None = None,
) -> Outcome:
    """Store the rows of a file: read and checked first, then written in one transaction.

    Without `good_rows` one problem refuses the file. `on` is the business's day. The same file again changes nothing.
    Raises NotTaken with everything that is wrong.
    """
    _check_possible(profile)
    sha256 = hashlib.sha256(content).hexdigest()
    known = queries.stored(sha256, profile)
    if known is not None and waiting is None:
        return _known(known)
    moment = queries.moment()
    read = reading.read(content, name=name, profile=profile.profile, today=on)
    comparison = _compared(read, profile)
    if read.unreadable or (not good_rows and (read.problems or comparison.problems)):
        raise _not_taken(_outcome(read, comparison))
    seen = Seen(read, comparison, moment, sha256, name, profile)
    for attempt in (1, 2):  # another import may add the same customer or document first; then it is here
        try:
            with without_collector(), transaction.atomic():
                outcome = _store(seen, on=on, by=by, good_rows=good_rows, waiting=waiting)
            break
        except IntegrityError:
            seen = replace(seen, moment=None)
            if attempt == 2:
                raise
    if outcome.refused_lines and outcome.file is not None:
        rows = refused_rows.as_csv(
            content, name=name, profile=profile.profile, outcome_problems=outcome.problems, lines=outcome.refused_lines
        )
        File.objects.filter(pk=outcome.file.pk).update(
            refused_rows=documents.store(rows, name=refused_rows.name_of(name), content_type="text/csv")
        )
    return outcome


def _store(seen: Seen, *, on: date, by: Actor, good_rows: bool, waiting: File | None) -> Outcome:
    read, profile, name = seen.reading, seen.profile, seen.name
    known = queries.stored(seen.sha256, profile)
    if known is not None:
        if waiting is not None:
            waiting.delete()
        return _known(known)
    keys = queries.customer_keys(document.customer for document in read.documents)
    for start in range(0, len(keys), queries.AT_ONCE):
        customers.lock(sorted(keys.values())[start : start + queries.AT_ONCE])
    comparison = seen.comparison if seen.moment == queries.moment() else _compared(read, profile)
    outcome = _outcome(read, comparison, keys)
    if outcome.report.has_problems and not good_rows:
        raise _not_taken(outcome)
    keys |= _added(comparison.new, keys)
    for rows in booking.books(comparison, keys):
        receivables.record_book(rows=rows, on=on, by=by)
    file = _filed(
        waiting or File(received_by=by.get_username(), received_at=clock.now()), seen.sha256, name, profile, outcome
    )
    audit.record(
        verb="intake.stored",
        subject=file,
        by=by,
        after=_counts(outcome.report) | {"file": name, "profile": profile.name},
    )
    return Outcome(outcome.report, outcome.problems, outcome.refused_lines, file)


def _filed(file: File, sha256: str, name: str, profile: Loaded, outcome: Outcome) -> File:
    file.sha256, file.name, file.kind = sha256, name[:200], profile.profile.kind
    file.profile, file.profile_hash = profile.name, profile.sha256
    file.state, file.stored_at, file.content = File.State.STORED, clock.now(), None
    file.report = outcome.report.as_json()
    file.save()
    return file


def _check_possible(profile: Loaded) -> None:
    if profile.profile.kind != "receivables":
        raise NotYetPossible(
            _("Files of %(kind)s cannot be imported yet. Import receivables.") % {"kind": profile.profile.kind}
        )
    if profile.profile.mode != "add":
        raise NotYetPossible(
            _('The profile says mode = "snapshot"; this version cannot import snapshots yet. Set mode = "add".')
        )


def _compared(read: Reading, profile: Loaded) -> Comparison:
    here = queries.booked(document.number for document in read.documents)
    return compare(read, here, unique_by=profile.profile.documents.unique_by)


def _outcome(read: Reading, comparison: Comparison, keys: dict[str, int] | None = None) -> Outcome:
    codes = {document.customer for document in comparison.new}
    known = queries.customer_keys(codes) if keys is None else keys
    made = report.of(
        read,
        comparison,
        customers_added=len(codes - set(known)),
        warnings=_unknown_owners([document for document in comparison.new if document.customer not in known], read),
    )
    problems = in_order([*read.problems, *comparison.problems])
    return Outcome(made, problems, frozenset(read.refused | comparison.refused))


def _unknown_owners(new: Iterable[Document], read: Reading) -> list[Problem]:
    wanted: dict[str, Document] = {}
    for document in new:
        if document.owner:
            wanted.setdefault(document.owner, document)
    known = queries.owners(wanted)
    return [
        Problem(
            document.line,
            read.heading("owner"),
            owner,
            "no rep signs in by this name; the customer is added without an owner",
        )
        for owner, document in wanted.items()
        if owner not in known
    ]


def _known(file: File) -> Outcome:
    """The same file once more: its documents are here, nothing is added."""
    before = report.from_json(file.report)
    return Outcome(Report(rows=before.rows, unchanged=before.taken, already_imported=True), file=file)


def _not_taken(outcome: Outcome) -> NotTaken:
    if outcome.report.unreadable:
        return NotTaken(_("The file cannot be read. Nothing was imported; correct it and import it again."), outcome)
    count = outcome.report.problem_count
    return NotTaken(
        ngettext(
            "%(count)d problem. Nothing was imported; correct the file and import it again, or only the good rows.",
            "%(count)d problems. Nothing was imported; correct the file and import it again, or only the good rows.",
            count,
        )
        % {"count": count},
        outcome,
    )


def _added(new: Sequence[Document], known: dict[str, int]) -> dict[str, int]:
    """Customers that nobody here knew, each under its most used spelling and with its owner if the file names one."""
    first: dict[str, Document] = {}
    for document in new:
        if document.customer not in known:
            first.setdefault(document.customer, document)
    if not first:
        return {}
    names = reading.common_name([document for document in new if document.customer in first])
    reps = queries.owners(document.owner for document in first.values() if document.owner)
    added = customers.add_many(
        [_customer(code, names[code], document, reps.get(document.owner)) for code, document in sorted(first.items())],
        owned_from=min(document.issued_on for document in first.values()),
    )
    return {customer.code: customer.pk for customer in added}


def _customer(code: str, name: str, document: Document, owner: User | None) -> Customer:
    return Customer(
        code=code,
        name=name[:200],
        owner=owner,
        segment=document.segment,
        channel=document.channel,
        region=document.region,
        language=document.language.lower() or "en",
        country=document.country.upper(),
        vat_id=document.vat_id,
        entered_at=clock.now(),
    )


def _counts(made: Report) -> dict[str, int]:
    return {
        name: getattr(made, name)
        for name in (
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
        )
    }


# --- the page: upload, look, decide -------------------------------------------------------------


def upload(*, content: bytes, name: str, profile: Loaded, on: date, by: User) -> File:
    """Keep an uploaded file until somebody decides, with the report of what storing it would do."""
    outcome = look(content=content, name=name, profile=profile, on=on)
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
            content=content,
            report=outcome.report.as_json(),
            received_by=by.get_username(),
            received_at=clock.now(),
        )


def confirm(*, file: File, on: date, by: User, good_rows: bool = False) -> File:
    """Store the rows of an upload. What was looked at is read once more: the book may have moved since."""
    if file.state != File.State.WAITING or file.content is None:
        raise AlreadyDecided(_("This file was imported already. Look at its result."))
    try:
        outcome = store(
            content=bytes(file.content),
            name=file.name,
            profile=shipped.by_name(file.profile),
            on=on,
            by=by,
            good_rows=good_rows,
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
    content, profile = bytes(file.content), shipped.by_name(file.profile)
    outcome = look(content=content, name=file.name, profile=profile, on=on)
    if not outcome.refused_lines or outcome.report.unreadable:
        return None
    return refused_rows.as_csv(
        content, name=file.name, profile=profile.profile, outcome_problems=outcome.problems, lines=outcome.refused_lines
    )
