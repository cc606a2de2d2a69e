"""The explanation of a standing with what the rooms above it know: the letters that were sent."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from collections_app.desk.history import letter_url
from collections_app.letters.models import LetterItem
from collections_app.standings.explaining import Explanation, Said, explain
from common import clock
from receivables.models import DueItem


def explained(items: Sequence[DueItem], *, as_of: date, known_on: date | None = None) -> list[Explanation]:
    """As the standings explain it, with the letters about each item since it became due; newest first."""
    found = explain(items, as_of=as_of, known_on=known_on)
    letters = _letters([row.due_item for row in found], as_of, known_on)
    return [_with(row, letters[row.due_item]) for row in found]


def _with(row: Explanation, letters: Sequence[Said]) -> Explanation:
    sent = [said for said in letters if row.standing and row.due_date and said.on and said.on >= row.due_date]
    tried = sorted((*row.tried, *sent), key=lambda said: said.on or date.min, reverse=True)
    return replace(row, tried=tuple(tried))


def _letters(keys: Sequence[int], as_of: date, known_on: date | None) -> dict[int, list[Said]]:
    rows = LetterItem.objects.filter(due_item__in=keys, letter__run__as_of__lte=as_of)
    if known_on is not None:
        rows = rows.filter(letter__run__issued_at__lt=clock.end_of(known_on))
    found: dict[int, list[Said]] = defaultdict(list)
    for row in rows.select_related("letter__run").order_by("pk"):
        text = _("Dunning letter %(reference)s, level %(level)s") % {
            "reference": row.letter.reference,
            "level": row.level,
        }
        found[row.due_item_id].append(Said("letter", text, letter_url(row.letter), row.letter.run.as_of))
    return found
