"""Frozen rows for the pages of the dunning run. Amounts are summed per level and currency, never across."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from collections_app.letters.models import Run
from collections_app.letters.queries import Proposal, Proposed
from collections_app.letters.tables import LEVELS
from common.money import ZERO
from staff import queries as people


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposed letter as the list shows it."""

    customer_code: str
    customer_name: str
    level: int
    way: str  # by post, or that post does not reach the customer
    language: str
    items: int
    oldest: int
    total: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Total:
    level: Any
    currency: str
    letters: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is printed."""

    pk: int
    as_of: date
    issued_by: str  # by name
    issued_at: Any
    letters: int
    printed: int
    waiting: int
    is_done: bool


@dataclass(frozen=True, slots=True)
class RunLine:
    pk: int
    as_of: date
    issued_by: str  # by name


def last_runs(most: int = 5) -> list[RunLine]:
    found = list(Run.objects.order_by("-pk")[:most])
    names = people.names(run.issued_by for run in found)
    return [RunLine(run.pk, run.as_of, names[run.issued_by]) for run in found]


def rows(proposal: Proposal) -> list[ProposalRow]:
    return [_row(letter) for letter in proposal.letters]


def _row(letter: Proposed) -> ProposalRow:
    return ProposalRow(
        customer_code=letter.customer_code,
        customer_name=letter.customer_name,
        way=_("by post") if letter.has_address else _("No postal address: hand it over"),
        level=letter.level,
        language=letter.language,
        items=len(letter.items),
        oldest=max(item.days_late for item in letter.items),
        total=letter.total,
        currency=letter.currency,
    )


def totals(proposal: Proposal) -> list[Total]:
    sums: dict[tuple[int, str], list[Decimal]] = defaultdict(list)
    for letter in proposal.letters:
        sums[letter.level, letter.currency].append(letter.total)
    return [
        Total(level=LEVELS.get(level, level), currency=currency, letters=len(amounts), amount=sum(amounts, ZERO))
        for (level, currency), amounts in sorted(sums.items())
    ]


def progress(run: Run) -> Progress:
    letters = run.letters.count()
    waiting = run.letters.filter(document=None).count()
    return Progress(
        pk=run.pk,
        as_of=run.as_of,
        issued_by=people.names([run.issued_by])[run.issued_by],
        issued_at=run.issued_at,
        letters=letters,
        printed=letters - waiting,
        waiting=waiting,
        is_done=waiting == 0,
    )
