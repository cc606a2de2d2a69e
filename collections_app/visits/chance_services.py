"""What was learned of how customers pay: learned every month, judged on later outcomes, and kept with its figures."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from audit import services as audit
from audit.services import Actor
from collections_app.policy import queries as policy
from collections_app.visits import chance_facts as facts
from collections_app.visits import chances
from collections_app.visits.chances import Adopted, Found, Judged, Learned, Table, Uses
from collections_app.visits.models import Chances
from collections_app.visits.worth import Weights
from common import clock

FIVE = Decimal("0.00001")


def current(on: date) -> Chances | None:
    """What was learned last, not after the day."""
    return Chances.objects.filter(adopted_on__lte=on).order_by("-adopted_on").first()


def learned_of(*, on: date, customers: Collection[int]) -> dict[int, Learned]:
    """By customer: what takes the place of the policy's table; empty where the table counts. Five queries at most."""
    row = current(on)
    if row is None or row.uses == Chances.Uses.TABLE:
        return {}
    adopted = adopted_of(row)
    askings = facts.of_customers(as_of=on, customers=customers, source=row.source)
    found = {key: adopted.of(askings.get(key, ())) for key in customers}
    return {key: one for key, one in found.items() if one is not None}


def learn(*, as_of: date, by: Actor) -> int:
    """The night's step: once a month, from all that is known by then. Returns 1 where something was learned anew.

    With too few outcomes nothing is stored, and the next night looks again.
    """
    latest = current(as_of)
    if latest is not None and (latest.adopted_on.year, latest.adopted_on.month) == (as_of.year, as_of.month):
        return 0
    known = facts.known(as_of=as_of)
    if len(known.askings) < chances.ENOUGH:
        return 0
    judged = chances.judge(known.askings, Weights.of(policy.in_force(as_of).worth).table)
    found = chances.found(known.askings, judged.strength if judged else 1.0)
    _store(as_of, known.source, len(known.askings), judged, found, by)
    return 1


@transaction.atomic
def _store(as_of: date, source: str, outcomes: int, judged: Judged | None, found: Found, by: Actor) -> None:
    uses = judged.uses if judged else Uses.TABLE
    row, made = Chances.objects.get_or_create(
        adopted_on=as_of,
        defaults={
            "uses": uses.value,
            "source": source,
            "outcomes": outcomes,
            "cells": _written(found),
            "entered_at": clock.now(),
            **(_figures(judged) if judged else {}),
        },
    )
    if made:
        audit.record(
            verb="visits.chances_learned", subject=row, by=by, after={"uses": uses.value, "outcomes": outcomes}
        )


def _figures(judged: Judged) -> dict[str, Decimal]:
    return {
        "log_loss": _five(judged.learned.log_loss),
        "simple_log_loss": _five(judged.own_rate.log_loss),
        "table_log_loss": _five(judged.table.log_loss),
        "brier": _five(judged.learned.brier),
        "simple_brier": _five(judged.own_rate.brier),
        "auc": _five(judged.learned.auc),
    }


def _five(figure: float) -> Decimal:
    return Decimal(str(figure)).quantize(FIVE)


def _written(found: Found) -> dict[str, Any]:
    bands = found.cells.bands
    return {
        "bands": {standing: [[late, str(share)] for late, share in steps] for standing, steps in bands.items()},
        "mean": str(_five(found.mean)),
        "strength": str(found.strength),
    }


def adopted_of(row: Chances) -> Adopted:
    """What a row says, ready to count with."""
    bands = {
        standing: [(int(late), Decimal(share)) for late, share in steps]
        for standing, steps in row.cells.get("bands", {}).items()
    }
    cells = row.cells
    found = Found(Table.of(bands), float(cells.get("mean", "0.5")), float(cells.get("strength", "1")))
    return Adopted(Uses(row.uses), found)
