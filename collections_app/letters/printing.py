"""From the frozen input of a letter to its bytes: a pure function, in any order, on any worker."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.template.loader import render_to_string

from collections_app.letters import payment_code
from common import pdf

END_ROWS = 2  # the sum is never alone on a page: at least two rows stand with it
MOST_PASSES = 12  # then the table stands without carried sums

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one page of the table. `brought` and `carried` are the sums before it and up to its end."""

    rows: Sequence[Row]
    end: Sequence[Row] = field(default_factory=tuple)
    brought: str = ""
    carried: str = ""
    is_last: bool = False


def to_pdf(frozen: dict[str, Any]) -> bytes:
    """The letter as PDF/A-3, the same bytes for the same input. Raises CannotPrint where the machine cannot print."""
    return _laid(frozen).written()


def html_of(frozen: dict[str, Any], breaks: Sequence[int] = ()) -> str:
    context = {"sheet": frozen, "parts": parts(frozen["table"]["rows"], breaks), "code": _code(frozen)}
    return render_to_string("print/letter.html", context)


def parts(rows: Sequence[Row], breaks: Sequence[int]) -> list[Part]:
    """Cut the rows before each of the given places; without breaks everything is one part."""
    edges = [0, *breaks, len(rows)]
    found = []
    for start, end in pairwise(edges):
        is_last = end == len(rows)
        split = max(start, end - END_ROWS) if is_last else end
        found.append(
            Part(
                rows=rows[start:split],
                end=rows[split:end],
                brought=rows[start - 1]["upto"] if start else "",
                carried="" if is_last else rows[end - 1]["upto"],
                is_last=is_last,
            )
        )
    return found


def _laid(frozen: dict[str, Any]) -> pdf.Laid:
    """A table over several pages carries its sums from page to page: its rows are counted first, then cut."""
    family, rows = frozen["fonts"], frozen["table"]["rows"]
    whole = laid = pdf.lay_out(html_of(frozen), family=family)
    breaks: list[int] = []
    for _pass in range(MOST_PASSES):
        wanted = next_cuts(laid.anchors(), [row["id"] for row in rows], breaks)
        if wanted == breaks:
            return laid
        breaks = wanted
        laid = pdf.lay_out(html_of(frozen, breaks), family=family)
    return whole


def next_cuts(pages: Sequence[set[str]], ids: Sequence[str], breaks: Sequence[int]) -> list[int]:
    """Where to cut after a look at the pages: the first part that runs over its page is cut one row earlier.

    What fitted there, less the room of a carried sum, is what the pages after it can hold.
    """
    edges = [0, *breaks, len(ids)]
    for place, (start, end) in enumerate(pairwise(edges)):
        held = [sum(one in page for one in ids[start:end]) for page in pages]
        held = [count for count in held if count]
        if len(held) < 2:
            continue
        found = [*breaks[:place], start + max(held[0] - 1, 1)]
        capacity = max(held[0] if start else max(held), 3) - 2
        while len(ids) - found[-1] > capacity + END_ROWS + 1 and (start or len(held) > 2):
            found.append(found[-1] + capacity)
        return found
    return list(breaks)


def _code(frozen: dict[str, Any]) -> dict[str, str | int] | None:
    box, facts = frozen["box"], frozen["facts"]
    code = payment_code.epc_code(
        **box["payee"],
        amount=Decimal(facts["total"]),
        currency=facts["currency"],
        reference=box["reference"],
    )
    return payment_code.picture(code) if code else None
