"""The dates a clause can be held to, what they count from, and what bends them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from re import Match, Pattern

from contracts.clause_division import Divided, Span
from contracts.clause_grammar import Grammar, Kind

NEAR = 70  # characters around a date in which a word can still belong to it
HEAD = 30  # within so many characters a base is what the count starts with; later it only describes something
BESIDE = 12  # so close stands "usually" to the "not more than" it takes back
LEAD_IN = 12  # "付款期限为" before a count says nothing about where it starts


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words from which a date follows."""

    start: int
    end: int
    said: int  # where the day or the count itself begins
    is_firm: bool = True  # knows where it begins: an invoice, a delivery, the calendar
    is_last_day: bool = False  # "at the latest"
    is_moment: bool = False  # "on delivery": no count and no day, but something that happens


class Grip(Enum):
    """How hard elastic words hold the day of payment when a date stands beside them."""

    FAST = auto()  # "30 days after the sale", "provided the goods are sold": the date changes nothing
    LOOSE = auto()  # "the goods sold": not where the date is firm
    TALLIED = auto()  # "consigned goods": nor where they are counted on a day and paid for on another
    SLIGHT = auto()  # "soon", "by agreement": not where there is any date
    FAINT = auto()  # "on sale": not where there is any date in the whole clause


@dataclass(frozen=True, slots=True)
class Elastic:
    """Words from which no date follows."""

    start: int
    end: int
    kind: Kind
    grip: Grip


def read(clause: Divided, grammar: Grammar) -> tuple[list[Anchor], list[Elastic]]:
    """All dates that stand, in their order, and what turned out to be no date."""
    dates = _dates(clause, grammar)
    days = [span for span in _spans(grammar.day, clause) if not _touches(span, dates)]
    counted = [*_counted(clause, grammar, dates, days), *_started(clause, grammar, (*dates, *days))]
    taken = [(found.start, found.end) for found in counted]
    spots = [_spot(span, clause, grammar) for span in _spans(grammar.at_once, clause) if not _touches(span, dates)]
    said = [found for found in (*counted, *spots) if isinstance(found, Anchor)]
    said += [Anchor(*span, span[0], is_firm=False) for span in days if not _touches(span, taken)]
    bent = [_bent(anchor, clause, grammar, is_date=False) for anchor in said]
    for span in dates:
        if not _touches(span, taken) and not _is_given(span, clause, grammar):
            bent.append(_bent(Anchor(*span, span[0]), clause, grammar, is_date=True))
    anchors = [found for found in bent if isinstance(found, Anchor)]
    elastic = [found for found in (*counted, *spots, *bent) if isinstance(found, Elastic)]
    return sorted(anchors, key=lambda anchor: anchor.start), elastic


def _spans(pattern: Pattern[str], clause: Divided) -> list[Span]:
    return [match.span() for match in pattern.finditer(clause.text)]


def _spans_in(pattern: Pattern[str], clause: Divided, span: Span) -> list[Span]:
    return [match.span() for match in pattern.finditer(clause.text, *span)]


def _touches(span: Span, others: Iterable[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _dates(clause: Divided, grammar: Grammar) -> list[Span]:
    """Full dates; and days whose year is said once for all: "31 March and 30 June 2027", "30 June of every year"."""
    dates = _spans(grammar.date, clause)
    is_known = clause.says(grammar.year_known, clause.whole)
    for span in _spans(grammar.day_of_year, clause):
        sentence = clause.sentence(span[0])
        has_year = is_known or any(span[1] <= date[0] < sentence[1] for date in dates)
        if (has_year or clause.says(grammar.every_year, sentence)) and not _touches(span, dates):
            dates.append(span)
    return [
        *dates,
        *(span for span in _spans(grammar.year_told, clause) if _follows_a_day(span, dates, clause, grammar)),
    ]


def _follows_a_day(span: Span, dates: list[Span], clause: Divided, grammar: Grammar) -> bool:
    """ "Delivered up to 10 December, due on 20 January following": deliveries give the day its year."""
    before = (clause.sentence(span[0])[0], span[0])
    return not _touches(span, dates) and any(clause.says(role, before) for role in (grammar.tie, grammar.day_of_year))


def _counted(clause: Divided, grammar: Grammar, dates: list[Span], days: list[Span]) -> Iterable[Anchor | Elastic]:
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
        has_day = kind is Kind.NO_DATE and _has_its_day(region, clause, grammar, (*dates, *days))
        if (
            kind is None
            or has_day
            or (kind is Kind.NO_DATE and _has_its_limit(region, match, clause, grammar))
            or (
                kind is Kind.EVENT
                and clause.says(grammar.approved, region)
                and has_limit(grammar.approved, clause, grammar)
            )
        ):
            yield Anchor(start, end, match.start())
        elif kind is Kind.NO_DATE:
            yield Elastic(*region, Kind.EVENT, Grip.LOOSE)
        else:
            yield Elastic(*region, kind, Grip.FAST)


def _started(clause: Divided, grammar: Grammar, days: Sequence[Span]) -> Iterator[Elastic]:
    """ "90 days; the term begins when the manager approves": a count and its beginning, said apart."""
    for match in grammar.starts.finditer(clause.text):
        region = (match.end(), clause.phrase(match.end() - 1)[1])
        if _touches(region, days):
            continue
        kind = _hangs_on(region, clause, grammar)
        if kind is not None:
            end = clause.last_word(*region)
            unknown = kind is Kind.NO_DATE
            yield Elastic(match.start(), end, Kind.EVENT if unknown else kind, Grip.LOOSE if unknown else Grip.FAST)


def _spot(span: Span, clause: Divided, grammar: Grammar) -> Anchor | Elastic:
    """ "On receipt" is a moment to pay; "as soon as possible on receipt" only says when the wait begins."""
    first, last = clause.part(span[0])
    if hit := grammar.soon_before.search(clause.text[first : span[0]]):
        return Elastic(first + hit.start(), span[1], Kind.VAGUE, Grip.LOOSE)
    if hit := grammar.soon_after.match(clause.text[span[1] : last]):
        return Elastic(span[0], span[1] + hit.end(), Kind.VAGUE, Grip.LOOSE)
    return Anchor(*span, span[0], is_moment=True)


def _base_after(match: Match[str], taken: int, clause: Divided, grammar: Grammar) -> Span | None:
    """ "30 days after delivery": up to where something else begins."""
    link = grammar.link.match(clause.text, match.end())
    if link is None:
        return None
    stop = grammar.base_end.search(clause.text, link.end())
    end = min(stop.start() if stop else len(clause.text), clause.sentence(match.start())[1])
    words = clause.text[match.end() : end]
    start = match.end() + len(words) - len(words.lstrip(" ,"))
    return (start, start + len(words.strip(" ,"))) if words.strip(" ,") else None


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
    ahead = grammar.ahead.match(clause.text, match.end())
    return ahead.span("base") if ahead else None


def _hangs_on(region: Span, clause: Divided, grammar: Grammar) -> Kind | None:
    """What a count starts with: None for something that has a day, NO_DATE for something that may have one."""
    for kind, pattern in (*grammar.phrases.items(), *grammar.nouns.items()):
        if kind in (Kind.MONTH, Kind.VAGUE):
            continue
        hit = pattern.search(clause.text, *region)
        if hit and (kind is Kind.COLLECTION or not _is_headed(region, hit.start(), clause, grammar)):
            return kind
    aside = grammar.relative.search(clause.text, *region)
    head = (region[0], aside.start() if aside else region[1])
    return None if _has_base(head, clause, grammar) or clause.says(grammar.date, head) else Kind.NO_DATE


def _has_base(head: Span, clause: Divided, grammar: Grammar) -> bool:
    """ "After acceptance of the delivered goods" is after the acceptance; "货到验收" is when the goods arrive."""
    accepted = _spans_in(grammar.accepted, clause, head)
    bases = [span for span in _spans_in(grammar.base, clause, head) if not _touches(span, accepted)]
    if grammar.base_comes_first or not accepted:
        return bool(bases)
    return any(base < accepted[0] for base in bases)


def _is_headed(region: Span, elastic: int, clause: Divided, grammar: Grammar) -> bool:
    """ "After delivery to the project": the delivery counts, and the project only describes it."""
    head = None if grammar.base_comes_first else grammar.tie.search(clause.text, region[0])
    return head is not None and head.start() < min(elastic, region[0] + HEAD)


def _has_its_day(region: Span, clause: Divided, grammar: Grammar, days: Iterable[Span]) -> bool:
    """A count of stock begins something if its own day is said, once or as a rhythm: "counted on the 25th, due 10 days
    after the count", "counted every 30 days"."""
    if not clause.says(grammar.count, region):
        return False
    if any(clause.says(grammar.count, clause.sentence(day[0])) for day in days):
        return True
    return any(clause.says(grammar.count, clause.phrase(start)) for start, _end in _spans(grammar.rhythm, clause))


def _has_its_limit(region: Span, count: Match[str], clause: Divided, grammar: Grammar) -> bool:
    """The buyer's approval begins something if it has a last day: "inspects within 5 days; due 30 days after it"."""
    if not clause.says(grammar.accepted, region):
        return False
    others = [span for span in _spans(grammar.period, clause) if span != count.span()]
    return any(clause.says(grammar.accepted, clause.phrase(other[0])) for other in others)


def has_limit(approved: Pattern[str], clause: Divided, grammar: Grammar) -> bool:
    """ "Invoices are approved within 5 days of receipt": an approval whose own words set it a last day."""
    return any(_limits(span, approved, clause, grammar) for span in _spans(grammar.period, clause))


def _limits(count: Span, approved: Pattern[str], clause: Divided, grammar: Grammar) -> bool:
    first, last = clause.phrase(count[0])
    is_taken_up = first > 0 and grammar.taken_up.match(clause.text, first) is not None
    joints = _spans_in(grammar.tie_end, clause, (first, last))
    first = max([end for _start, end in joints if end <= count[0]], default=first)
    last = min([start for start, _end in joints if start >= count[1]], default=last)
    if is_taken_up:  # "once it is approved, which happens within 5 days"
        return clause.says(approved, clause.phrase(clause.phrase(count[0])[0] - 1))
    if said := approved.search(clause.text, count[1], last):
        base = grammar.base.search(clause.text, count[1], last)
        return grammar.link.match(clause.text, count[1]) is None or (base is not None and base.start() < said.start())
    said = None if grammar.base_comes_first else approved.search(clause.text, first, count[0])
    return said is not None and not clause.says(grammar.connector, (first, said.start()))


def _is_given(date: Span, clause: Divided, grammar: Grammar) -> bool:
    """ "The goods delivered on 3 March 2027": a date of something else, and no day of payment."""
    first, last = clause.sentence(date[0])
    if grammar.given.search(clause.text[max(first, date[0] - NEAR) : date[0]]):
        return True
    return grammar.given_after.match(clause.text[date[1] : last]) is not None


def _hedge(words: str, grammar: Grammar) -> Match[str] | None:
    """ "Usually not more than": a last day that is only the usual one. In another phrase it hedges something else."""
    near = [hit for hit in grammar.hedge.finditer(words) if len(words) - hit.end() < BESIDE]
    return next((hit for hit in near if not grammar.phrase_end.search(words, hit.end())), None)


def _bent(anchor: Anchor, clause: Divided, grammar: Grammar, *, is_date: bool) -> Anchor | Elastic:
    first, last = clause.sentence(anchor.said)
    before = clause.text[max(first, anchor.said - NEAR) : anchor.said]
    after = clause.text[anchor.end : min(last, anchor.end + NEAR)]
    offset = anchor.said - len(before)
    cap = grammar.cap_before.search(before)
    if cap or grammar.cap_after.match(after):
        if hedge := _hedge(before[: cap.start()] if cap else before, grammar):
            return Elastic(offset + hedge.start(), anchor.end, Kind.ESTIMATE, Grip.FAST)
        return replace(anchor, is_last_day=True)
    if hit := grammar.about_before.search(before):
        return Elastic(offset + hit.start(), anchor.end, Kind.ESTIMATE, Grip.FAST)
    if hit := grammar.about_after.match(after):
        return Elastic(anchor.start, anchor.end + hit.end(), Kind.ESTIMATE, Grip.FAST)
    may_be_since = is_date and not clause.says(grammar.series, (first, last))
    is_deemed = clause.says(grammar.deemed, (first, last))
    if is_deemed and grammar.floor_before.search(before):
        return replace(anchor, is_last_day=True)
    if hit := grammar.floor_before.search(before) or (grammar.since.search(before) if may_be_since else None):
        return Elastic(offset + hit.start(), anchor.end, Kind.FIRST_DAY, Grip.SLIGHT)
    if hit := grammar.floor_after.match(after) or (grammar.onward.match(after) if may_be_since else None):
        return Elastic(anchor.start, anchor.end + hit.end(), Kind.FIRST_DAY, Grip.SLIGHT)
    return replace(anchor, is_last_day=clause.says(grammar.first_of, (first, last)))
