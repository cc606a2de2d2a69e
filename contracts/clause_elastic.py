"""Words the calendar does not know, wherever a clause says them; whether they matter is for `contracts.clauses`."""

from collections.abc import Iterator

from contracts.clause_anchors import Elastic, Grip
from contracts.clause_division import Divided
from contracts.clause_grammar import Grammar, Kind

NEAR_WORDS = 4  # a small word ("on", "from") belongs to a noun at most so many words away
GRIPS = {
    **dict.fromkeys((Kind.VAGUE, Kind.MONTH, Kind.REORDER, Kind.AGREEMENT), Grip.SLIGHT),
    Kind.SEASON: Grip.LOOSE,
}


def find(clause: Divided, grammar: Grammar) -> Iterator[Elastic]:
    """All elastic words, each with the grip it has by itself."""
    yield from _phrases(clause, grammar)
    yield from _nouns(clause, grammar)
    yield from _provisos(clause, grammar)


def _phrases(clause: Divided, grammar: Grammar) -> Iterator[Elastic]:
    for kind, pattern in grammar.phrases.items():
        grip = GRIPS.get(kind, Grip.FAST)
        for match in pattern.finditer(clause.text):
            yield _held(clause, grammar, match.start(), match.end(), kind, grip)
    for match in grammar.hedge.finditer(clause.text):
        if not _hedges_something_else(match.end(), clause, grammar):
            yield Elastic(*match.span(), Kind.ESTIMATE, Grip.FAST)
    for match in grammar.between.finditer(clause.text):
        yield Elastic(*match.span(), Kind.ESTIMATE, Grip.FAST)
    for match in grammar.unsettled.finditer(clause.text):
        yield Elastic(*match.span(), Kind.AGREEMENT, Grip.FAST)
    for match in grammar.goods_sold.finditer(clause.text):
        yield Elastic(*match.span(), Kind.SALE, Grip.TALLIED)


def _hedges_something_else(start: int, clause: Divided, grammar: Grammar) -> bool:
    """ "Usually delivered on Tuesdays", "usually by transfer": the hedge is about this, up to the next "and"."""
    end = clause.phrase(start)[1]
    joint = grammar.tie_end.search(clause.text, start, end)
    if joint is not None and not grammar.hedged_too.match(clause.text, joint.end()):
        end = joint.start()
    if grammar.hedged_else.match(clause.text, start, end):
        return not clause.says(grammar.pays, (start, end))
    days = (grammar.period, grammar.day, grammar.day_of_year, grammar.date, grammar.at_once)
    return grammar.hedged_means.match(clause.text, start, end) is not None and not any(
        clause.says(day, (start, end)) for day in days
    )


def _nouns(clause: Divided, grammar: Grammar) -> Iterator[Elastic]:
    """ "After the goods are *sold*": elastic because a connector hangs the payment on them."""
    for kind, pattern in grammar.nouns.items():
        for match in pattern.finditer(clause.text):
            if found := _connector(match.start(), clause, grammar):
                start, is_near = found
                is_time = not clause.says(grammar.condition, (start, match.start()))
                grip = Grip.FAINT if is_near else GRIPS.get(kind, Grip.LOOSE if is_time else Grip.FAST)
                yield _held(clause, grammar, start, match.end(), kind, grip)


def _held(clause: Divided, grammar: Grammar, start: int, end: int, kind: Kind, grip: Grip) -> Elastic:
    """ "If the season was good" is a condition and holds fast; "if not sold by then" leads to a date,
    unless what follows is a wait."""
    if kind is Kind.SEASON and clause.says(grammar.condition, (start, end)):
        grip = Grip.FAST
    if kind is Kind.SALE and clause.says(grammar.fallback, (start, end)):
        is_waiting = clause.says(grammar.waits, (clause.phrase(start)[0], clause.sentence(start)[1]))
        grip = Grip.FAST if is_waiting else Grip.FAINT
    return Elastic(start, end, kind, grip)


def _provisos(clause: Divided, grammar: Grammar) -> Iterator[Elastic]:
    """ "Provided the hotel has opened": nobody knows when, unless it is about the goods, the invoice or the payment."""
    for match in grammar.proviso.finditer(clause.text):
        end = clause.phrase(match.start())[1]
        rest = (match.end(), end)
        before = (clause.phrase(match.start())[0], match.start())
        if clause.says(grammar.others, before) and not clause.says(grammar.pays, before):
            continue
        if not any(clause.says(known, rest) for known in (grammar.tie, grammar.others, grammar.period, grammar.date)):
            yield Elastic(match.start(), clause.last_word(match.end(), end), Kind.EVENT, Grip.FAST)


def _connector(noun: int, clause: Divided, grammar: Grammar) -> tuple[int, bool] | None:
    """Where the word stands that hangs the payment on this noun, and whether it has to stand near it."""
    phrase = clause.phrase(noun)[0]
    for pattern, reach in ((grammar.connector, None), (grammar.near_connector, NEAR_WORDS)):
        for start, end in reversed([match.span() for match in pattern.finditer(clause.text, phrase, noun)]):
            if reach and len(clause.text[end:noun].split()) >= reach:
                break
            if not _is_owned(end, noun, clause, grammar):
                return start, reach is not None
            if not reach:
                break
    return None


def _is_owned(start: int, noun: int, clause: Divided, grammar: Grammar) -> bool:
    """ "After the *invoice* for the goods sold": the noun belongs to something that has a date."""
    joints = [match.end() for match in grammar.tie_end.finditer(clause.text, start, noun)]
    tie = grammar.tie.search(clause.text, joints[-1] if joints else start)
    return tie is not None and tie.start() < noun
