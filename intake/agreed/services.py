"""Verbs of files of contracts, price lines and shipments: looking at one, storing its rows.

Reading comes first and holds no lock. What a file is compared with is read under the locks of its customers.
"""

import hashlib
from datetime import date

from django.db import IntegrityError, transaction

from audit.services import Actor
from customers import services as customers
from intake import filing, queries
from intake import outcome as outcomes
from intake.agreed import contracts, goods, here, prices, reading, reporting, storing
from intake.agreed.plan import Plan
from intake.agreed.reading import AgreedReading
from intake.booked import AT_ONCE
from intake.models import File
from intake.outcome import Outcome
from intake.shipped import Loaded

_COMPARES = {"contracts": contracts.compare, "price-lines": prices.compare, "shipments": goods.compare}


def look(*, content: bytes, name: str, profile: Loaded, on: date) -> Outcome:
    """What storing the good rows of this file would do. Changes nothing."""
    known = queries.known(hashlib.sha256(content).hexdigest(), profile)
    if known is not None:
        return outcomes.known(known)
    read = reading.read(content, name=name, profile=profile.profile, today=on)
    return _outcome(read, _plan(read, profile), profile)


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
    """Store the rows of a file in one transaction, all of them or, without `good_rows`, none.

    The same file again changes nothing. Raises NotTaken with everything that is wrong.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    known = queries.known(sha256, profile)
    if known is not None and waiting is None:
        return outcomes.known(known)
    read = reading.read(content, name=name, profile=profile.profile, today=on)
    for attempt in (1, 2):  # another import may add the same number or product first; then it is here
        try:
            with transaction.atomic():
                outcome = _store(
                    read, sha256, name=name, profile=profile, on=on, by=by, good_rows=good_rows, waiting=waiting
                )
            break
        except IntegrityError:
            if attempt == 2:
                raise
    filing.keep_refused_rows(outcome, content, name=name, profile=profile)
    return outcome


def _store(
    read: AgreedReading,
    sha256: str,
    *,
    name: str,
    profile: Loaded,
    on: date,
    by: Actor,
    good_rows: bool,
    waiting: File | None,
) -> Outcome:
    keys = here.owners(read)
    for start in range(0, len(keys), AT_ONCE):
        customers.lock(keys[start : start + AT_ONCE])
    known = queries.known(sha256, profile)
    if known is not None:
        if waiting is not None and waiting.pk != known.pk:
            waiting.delete()
        return outcomes.known(known)
    plan = _plan(read, profile)
    outcome = _outcome(read, plan, profile)
    outcomes.check(outcome, good_rows=good_rows)
    if plan is not None:
        storing.write(plan, on=on, by=by)
    file = filing.keep(waiting, outcome, sha256=sha256, name=name, profile=profile, by=by)
    filing.tell(file, outcome, reporting.COUNTS, by=by)
    return Outcome(outcome.report, outcome.problems, outcome.refused_lines, file)


def _plan(read: AgreedReading, profile: Loaded) -> Plan | None:
    return None if read.unreadable else _COMPARES[profile.profile.kind](read)


def _outcome(read: AgreedReading, plan: Plan | None, profile: Loaded) -> Outcome:
    refused = read.refused | (plan.refused if plan is not None else set())
    made = reporting.of(profile.profile.kind, read, plan)
    return Outcome(made, reporting.problems_of(read, plan), frozenset(refused))
