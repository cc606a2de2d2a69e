"""From the frozen input of a sheet to its bytes: a pure function, in any order, on any worker."""

from collections.abc import Callable, Iterable, Sequence
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
    carried_id: str = ""
    is_last: bool = False


def to_pdf(frozen: dict[str, Any]) -> bytes:
    """The letter as PDF/A-3, the same bytes for the same input. Raises CannotPrint where the machine cannot print."""
    ids = [row["id"] for row in frozen["table"]["rows"]]
    return laid(lambda breaks: html_of(frozen, breaks[0]), [ids], family=frozen["fonts"]).written()


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
                carried_id="" if is_last else carried_id(rows[end - 1]["id"]),
                is_last=is_last,
            )
        )
    return found


def carried_id(row: str) -> str:
    """The line with the sum that is carried forward after a row: it stands on the page of its rows."""
    return f"{row}-carried"


def laid(html: Callable[[list[list[int]]], str], tables: Sequence[Sequence[str]], *, family: str) -> pdf.Laid:
    """Tables over several pages carry their sums from page to page: their rows are counted first, then cut.

    `tables` are the ids of the rows of each; `html` writes the sheet with the rows at which each is cut.
    """
    breaks: list[list[int]] = [[] for _table in tables]
    whole = tried = pdf.lay_out(html(breaks), family=family)
    for _pass in range(MOST_PASSES * len(tables)):
        pages = tried.anchors()
        wanted = [next_cuts(pages, ids, own) for ids, own in zip(tables, breaks, strict=True)]
        if wanted == breaks:
            return tried
        first = next(place for place, cuts in enumerate(wanted) if cuts != breaks[place])
        breaks = [*breaks[:first], wanted[first], *breaks[first + 1 :]]
        tried = pdf.lay_out(html(breaks), family=family)
    return whole


def choose_fonts(draft: dict[str, Any]) -> str:
    """Write the family of fonts into the draft; answers the characters that no font has, normally none."""
    text = "".join(_strings({key: value for key, value in draft.items() if key != "facts"}))
    for family in ("chinese",) if draft["language"] == "zh-hans" else ("latin", "chinese"):
        missing = pdf.missing_characters(text, family=family)
        if not missing:
            draft["fonts"] = family
            return ""
    return missing


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def named(missing: str) -> str:
    """Characters as their code points: nobody can read what no font shows."""
    return ", ".join(f"U+{ord(one):04X}" for one in missing[:5])


def next_cuts(pages: Sequence[set[str]], ids: Sequence[str], breaks: Sequence[int]) -> list[int]:
    """Where to cut after a look at the pages: the first part that runs over its page is cut one row earlier.

    What fitted there, less the room of a carried sum, is what the pages after it can hold.
    """
    edges = [0, *breaks, len(ids)]
    for place, (start, end) in enumerate(pairwise(edges)):
        own = [*ids[start:end], *([carried_id(ids[end - 1])] if end < len(ids) else [])]
        held = [sum(one in page for one in own) for page in pages]
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
