"""A clause divided into sentences and phrases, the dates it can be held to, and what bends those dates."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from re import Match, Pattern, compile as pattern_of

from contracts.clause_grammar import Grammar, Kind

_BLANKED = pattern_of(r"[^ ]")
Span = tuple[int, int]
NEAR = 70  # characters around a date in which a word can still belong to it
LEAD_IN = 12  # "付款期限为" before a count says nothing about where it starts


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words from which a date follows."""

    start: int
    end: int
    said: int  # where the day or the count itself begins
    is_firm: bool = True  # knows where it begins: an invoice, a delivery, the calendar
    is_last_day: bool = False  # "at the latest"


@dataclass(frozen=True, slots=True)
class Elastic:
    """Words from which no date follows."""

    start: int
    end: int
    kind: Kind
    is_counted_from: bool = False  # "30 days after the sale": looks computable, and is not
    is_named: bool = False  # the words stand alone: "the goods sold", not "after the goods are sold"


class Divided:
    """A plain text, cut where its grammar says. `text` has blanks where words only look elastic."""

    def __init__(self, text: str, grammar: Grammar) -> None:
        for pattern in (grammar.harmless, grammar.regardless, grammar.unaffected):
            text = pattern.sub(lambda match: _BLANKED.sub("_", match.group()), text)
        self.text = text
        self._sentences = self._starts(grammar.sentence_end)
        self._phrases = sorted({*self._sentences, *self._starts(grammar.phrase_end)})
        self._parts = sorted({*self._sentences, *(match.start() for match in grammar.turn.finditer(text))})

    def _starts(self, boundary: Pattern[str]) -> list[int]:
        return [0, *(match.end() for match in boundary.finditer(self.text))]

    def sentence(self, place: int) -> Span:
        return self._around(self._sentences, place)

    def phrase(self, place: int) -> Span:
        return self._around(self._phrases, place)

    def part(self, place: int) -> Span:
        """A sentence up to its next share or alternative."""
        return self._around(self._parts, place)

    def _around(self, starts: list[int], place: int) -> Span:
        at = bisect_right(starts, place) - 1
        return starts[at], starts[at + 1] if at + 1 < len(starts) else len(self.text)

    def says(self, pattern: Pattern[str], span: Span) -> bool:
        return pattern.search(self.text, *span) is not None


def read(clause: Divided, grammar: Grammar) -> tuple[list[Anchor], list[Elastic]]:
    """All dates that stand, in their order, and what turned out to be no date."""
    dates = _dates(clause, grammar)
    days = [span for span in _spans(grammar.day, clause) if not _touches(span, dates)]
    counted = list(_counted(clause, grammar, dates, days))
    inside = [(found.start, found.end) for found in counted]
    named = [Anchor(*span, span[0]) for span in dates if not _touches(span, inside)]
    named += [Anchor(*span, span[0], is_firm=False) for span in days if not _touches(span, inside)]
    named += [Anchor(*span, span[0]) for span in _spans(grammar.at_once, clause) if not _touches(span, dates)]
    anchors: list[Anchor] = []
    elastic = [found for found in counted if isinstance(found, Elastic)]
    for anchor in (*named, *(found for found in counted if isinstance(found, Anchor))):
        bent = _bent(anchor, clause, grammar, is_date=(anchor.start, anchor.end) in dates)
        (anchors if isinstance(bent, Anchor) else elastic).append(bent)  # type: ignore[arg-type]
    return sorted(anchors, key=lambda anchor: anchor.start), elastic


def _spans(pattern: Pattern[str], clause: Divided) -> list[Span]:
    return [match.span() for match in pattern.finditer(clause.text)]


def _touches(span: Span, others: Iterable[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _dates(clause: Divided, grammar: Grammar) -> list[Span]:
    dates = _spans(grammar.date, clause)
    for span in _spans(grammar.day_of_year, clause):
        if clause.says(grammar.every_year, clause.sentence(span[0])) and not _touches(span, dates):
            dates.append(span)
    return dates


def _counted(
    clause: Divided, grammar: Grammar, dates: list[Span], days: list[Span]
) -> Iterable[Anchor | Elastic]:
    """Every number of days, with what it counts from."""
    taken = 0
    for match in grammar.period.finditer(clause.text):
        if _touches(match.span(), (*dates, *days)):
            continue
        region = (_base_before if grammar.base_comes_first else _base_after)(match, taken, clause, grammar)
        taken = match.end()
        if region is None:
            yield Anchor(*match.span(), match.start(), is_firm=False)
            continue
        kind = _hangs_on(region, clause, grammar)
        start, end = min(region[0], match.start()), max(region[1], match.end())
        if kind is Kind.NO_DATE and not _has_its_day(region, clause, grammar, (*dates, *days)):
            kind = Kind.EVENT
        if kind in (None, Kind.NO_DATE):
            yield Anchor(start, end, match.start())
        else:
            yield Elastic(*region, kind, is_counted_from=True)


def _base_after(match: Match[str], taken: int, clause: Divided, grammar: Grammar) -> Span | None:
    """ "30 days after delivery": up to where something else begins."""
    link = grammar.link.match(clause.text, match.end())
    if link is None:
        return None
    stop = grammar.base_end.search(clause.text, link.end())
    end = min(stop.start() if stop else len(clause.text), clause.sentence(match.start())[1])
    words = clause.text[match.end() : end]
    return (match.end() + len(words) - len(words.lstrip(" ,")), match.end() + len(words.rstrip())) if words.strip() else None


def _base_before(match: Match[str], taken: int, clause: Divided, grammar: Grammar) -> Span | None:
    """ "货到后30天", or "货到后，30天内": back to where the phrase begins."""
    start = max(clause.phrase(match.start())[0], taken)
    words = clause.text[start : match.start()]
    if grammar.link.search(words) or grammar.base.search(words):
        return start, match.start()
    if start > max(taken, clause.sentence(match.start())[0]) and len(words) < LEAD_IN:
        before = max(clause.phrase(start - 1)[0], taken)
        if grammar.link.search(clause.text[before : start - 1]):
            return before, start - 1
    return None


def _hangs_on(region: Span, clause: Divided, grammar: Grammar) -> Kind | None:
    """What a count starts with: None for something that has a day, NO_DATE for something that may have one."""
    owner = grammar.tie.search(clause.text, *region)
    for kind, pattern in (*grammar.phrases.items(), *grammar.nouns.items()):
        if kind in (Kind.MONTH, Kind.VAGUE):
            continue
        hit = pattern.search(clause.text, *region)
        if hit and (owner is None or hit.start() < owner.start() or kind is Kind.COLLECTION or grammar.base_comes_first):
            return kind
    has_day = clause.says(grammar.base, region) or clause.says(grammar.date, region)
    return None if has_day else Kind.NO_DATE


def _has_its_day(region: Span, clause: Divided, grammar: Grammar, days: Iterable[Span]) -> bool:
    """A count of stock is a beginning if its own day is said: "counted on the 25th, payable 10 days after the count"."""
    if not clause.says(grammar.count, region):
        return False
    return any(clause.says(grammar.count, clause.sentence(day[0])) for day in days)


def _bent(anchor: Anchor, clause: Divided, grammar: Grammar, *, is_date: bool) -> Anchor | Elastic:
    first, last = clause.sentence(anchor.said)
    before = clause.text[max(first, anchor.said - NEAR) : anchor.said]
    after = clause.text[anchor.end : min(last, anchor.end + NEAR)]
    offset = anchor.said - len(before)
    if grammar.cap_before.search(before) or grammar.cap_after.match(after):
        return replace(anchor, is_last_day=True)
    if hit := grammar.about_before.search(before):
        return Elastic(offset + hit.start(), anchor.end, Kind.ESTIMATE)
    if hit := grammar.about_after.match(after):
        return Elastic(anchor.start, anchor.end + hit.end(), Kind.ESTIMATE)
    if hit := grammar.floor_before.search(before) or (grammar.since.search(before) if is_date else None):
        return Elastic(offset + hit.start(), anchor.end, Kind.FIRST_DAY)
    if hit := grammar.floor_after.match(after) or (grammar.onward.match(after) if is_date else None):
        return Elastic(anchor.start, anchor.end + hit.end(), Kind.FIRST_DAY)
    return replace(anchor, is_last_day=clause.says(grammar.first_of, (first, last)))
