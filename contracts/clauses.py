"""The wording of a settlement clause, judged: does a calendar date follow, and if not, which words are to blame?

A clause is judged by what its date hangs on. First the dates it can be held to are found (`contracts.clause_anchors`),
then whatever the calendar does not know: a sale, the customer's means, a season, an agreement still to come. Such words
block the clause when they govern the payment and no last day stands behind them, or when the clause has no date at all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contracts.clause_anchors import Anchor, Divided, Elastic, read
from contracts.clause_chinese import GRAMMAR as CHINESE
from contracts.clause_english import GRAMMAR as ENGLISH
from contracts.clause_grammar import Grammar, Kind
from contracts.clause_proposals import Proposal, propose
from contracts.clause_spanish import GRAMMAR as SPANISH
from contracts.clause_text import Plain, plain

GRAMMARS = {"en": ENGLISH, "es": SPANISH, "zh": CHINESE}
NEAR_WORDS = 4  # a small word ("on", "from") belongs to a noun at most so many words away
SOFT = frozenset({Kind.VAGUE, Kind.MONTH, Kind.REORDER, Kind.AGREEMENT, Kind.FIRST_DAY})  # a date beside them is enough


@dataclass(frozen=True, slots=True)
class Finding:
    """Words from which no date follows: `text[start:end]`."""

    start: int
    end: int
    words: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Lint:
    """What stands between a clause and a date, and what could stand there instead."""

    findings: tuple[Finding, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    @property
    def is_blocked(self) -> bool:
        return bool(self.findings)


def lint(text: str, language: str) -> Lint:
    """Judge a clause. No wording is nothing to judge: then the parameters of the method stand alone."""
    grammar = GRAMMARS.get(language[:2].lower())
    if grammar is None:
        raise ValueError(f"{language!r} is none of {', '.join(GRAMMARS)}")
    clause = plain(text, spaced=grammar.spaced)
    if not clause.text.strip():
        return Lint()
    divided = Divided(clause.text, grammar)
    blocking = _without_overlaps(_Judgement(divided, grammar).blocking())
    return Lint(
        tuple(_finding(elastic, clause, text) for elastic in blocking),
        propose(blocking, divided, grammar),
    )


def _finding(elastic: Elastic, clause: Plain, text: str) -> Finding:
    start, end = clause.written(elastic.start, elastic.end)
    return Finding(start, end, text[start:end], elastic.kind)


class _Judgement:
    """One clause before the rules, with the dates and the elastic words found in it."""

    def __init__(self, clause: Divided, grammar: Grammar) -> None:
        self.clause = clause
        self.grammar = grammar
        self.named, bent = read(clause, grammar)
        self.elastic = [*bent, *_elastic(clause, grammar)]
        self._speaks_of_payment = grammar.pays.search(clause.text) is not None
        self.anchors = [anchor for anchor in self.named if not self._is_about_something_else(anchor)]

    def blocking(self) -> list[Elastic]:
        found = [elastic for elastic in self.elastic if self._governs(elastic) and not self._is_capped(elastic)]
        found += self._shares_without_a_date(found)
        if found or self.anchors:
            return found
        start = len(self.clause.text) - len(self.clause.text.lstrip())
        return self.elastic or [Elastic(start, len(self.clause.text.rstrip()), Kind.NO_DATE)]

    def _is_about_something_else(self, anchor: Anchor) -> bool:
        """Delivery within ten days, complaints within eight, interest from the thirtieth: no day of payment."""
        phrase = self.clause.phrase(anchor.start)
        about_others = self.clause.says(self.grammar.others, phrase) or self.clause.says(self.grammar.late, phrase)
        return about_others and not self.clause.says(self.grammar.pays, phrase) and self._speaks_of_payment

    def _governs(self, elastic: Elastic) -> bool:
        """Does the day of payment hang on these words?"""
        clause, grammar = self.clause, self.grammar
        sentence, phrase = clause.sentence(elastic.start), clause.phrase(elastic.start)
        if not clause.says(grammar.pays, sentence) and self._anchored_outside(sentence):
            return False
        if self.anchors and self._speaks_of_others(elastic, phrase):
            return False
        part = clause.part(elastic.start)
        if elastic.is_counted_from:
            return True
        if elastic.kind in SOFT:
            return not self._anchored(part)
        if elastic.kind is Kind.SALE and elastic.is_named and self._anchored(part, firmly=True):
            return False
        if elastic.kind is Kind.SEASON:
            before = clause.text[phrase[0] : elastic.start]
            return not (self._anchored(part, firmly=True) or grammar.of_goods.search(before))
        return True

    def _speaks_of_others(self, elastic: Elastic, phrase: tuple[int, int]) -> bool:
        clause, grammar = self.clause, self.grammar
        if clause.says(grammar.late, phrase):
            return True
        return clause.says(grammar.others, (phrase[0], elastic.end)) and not clause.says(grammar.pays, phrase)

    def _anchored(self, part: tuple[int, int], *, firmly: bool = False) -> bool:
        return any(part[0] <= anchor.start < part[1] and (anchor.is_firm or not firmly) for anchor in self.anchors)

    def _anchored_outside(self, sentence: tuple[int, int]) -> bool:
        return any(not sentence[0] <= anchor.start < sentence[1] for anchor in self.anchors)

    def _is_capped(self, elastic: Elastic) -> bool:
        """A last day stands behind these words, or counts and a last day as consignment has them."""
        part, sentence = self.clause.part(elastic.start), self.clause.sentence(elastic.start)
        is_rest = self.grammar.rest.match(self.clause.text, part[0]) is not None
        for cap in self.anchors:
            if not cap.is_last_day:
                continue
            holds_after = self._is_condition(elastic) and sentence[0] <= cap.start < elastic.start
            comes_after = cap.start >= part[0] or (not is_rest and cap.start < sentence[0])
            if comes_after and not holds_after:
                return True
        if elastic.kind is not Kind.SALE:
            return False
        is_sooner = self.clause.says(self.grammar.sooner, self.clause.phrase(elastic.start)) and bool(self.anchors)
        return is_sooner or self._is_consignment(sentence)

    def _is_condition(self, elastic: Elastic) -> bool:
        return self.clause.says(self.grammar.condition, (elastic.start, elastic.end))

    def _is_consignment(self, sentence: tuple[int, int]) -> bool:
        """What was sold has its day (a count or a settlement day), and what was not sold has its last one."""
        counted = [anchor for anchor in self.named if self._is_counted_day(anchor, sentence)]
        return any(
            self.clause.says(self.grammar.closes, self.clause.sentence(anchor.start))
            and self.clause.says(self.grammar.closes, self._close_to(anchor))
            for anchor in self.named
            if anchor not in counted[:1]
        ) and bool(counted)

    def _is_counted_day(self, anchor: Anchor, sentence: tuple[int, int]) -> bool:
        own = self.clause.sentence(anchor.start)
        return own == sentence or self.clause.says(self.grammar.count, own)

    def _close_to(self, anchor: Anchor) -> tuple[int, int]:
        return max(0, anchor.start - 80), min(len(self.clause.text), anchor.end + 60)

    def _shares_without_a_date(self, found: list[Elastic]) -> Iterator[Elastic]:
        """ "30 % in advance, the rest by transfer": half a clause has no date."""
        text = self.clause.text
        for match in self.grammar.rest.finditer(text):
            sentence = self.clause.sentence(match.start())
            start = self.clause.phrase(match.start())[0] if self.grammar.base_comes_first else match.start()
            following = self.grammar.rest.search(text, match.end(), sentence[1])
            end = following.start() if following else sentence[1]
            if not self.clause.says(self.grammar.share, (sentence[0], match.start())) or self._anchored((start, end)):
                continue
            if not any(start <= elastic.start < end for elastic in found):
                yield Elastic(start, start + len(text[start:end].rstrip(" .,;")), Kind.NO_DATE)


def _elastic(clause: Divided, grammar: Grammar) -> Iterator[Elastic]:
    for kind, pattern in grammar.phrases.items():
        for match in pattern.finditer(clause.text):
            yield Elastic(*match.span(), kind, is_named=grammar.spaced)
    for pattern in (grammar.hedge, grammar.between):
        for match in pattern.finditer(clause.text):
            yield Elastic(*match.span(), Kind.ESTIMATE)
    for match in grammar.consigned.finditer(clause.text):
        yield Elastic(*match.span(), Kind.SALE, is_named=True)
    yield from _provisos(clause, grammar)
    for kind, pattern in grammar.nouns.items():
        for match in pattern.finditer(clause.text):
            start = _connector(match.start(), clause, grammar)
            if start is not None:
                yield Elastic(start, match.end(), kind)


def _provisos(clause: Divided, grammar: Grammar) -> Iterator[Elastic]:
    """ "Provided the hotel has opened": nobody knows when, unless it is about the goods, the invoice or the payment."""
    for match in grammar.proviso.finditer(clause.text):
        end = clause.phrase(match.start())[1]
        rest = (match.end(), end)
        if not any(clause.says(known, rest) for known in (grammar.base, grammar.pays, grammar.others, grammar.date)):
            yield Elastic(match.start(), match.end() + len(clause.text[match.end() : end].rstrip(" .,;:")), Kind.EVENT)


def _connector(noun: int, clause: Divided, grammar: Grammar) -> int | None:
    """Where the word stands that hangs the payment on this noun: "after the goods are *sold*"."""
    phrase = clause.phrase(noun)[0]
    places = [match.span() for match in grammar.connector.finditer(clause.text, phrase, noun)]
    near = [match.span() for match in grammar.near_connector.finditer(clause.text, phrase, noun)]
    near = [span for span in near if len(clause.text[span[1] : noun].split()) < NEAR_WORDS]
    for start, end in sorted((*places, *near), reverse=True):
        joints = [match.end() for match in grammar.tie_end.finditer(clause.text, end, noun)]
        tie = grammar.tie.search(clause.text, joints[-1] if joints else end)
        if tie is None or tie.start() >= noun:
            return start
        if (start, end) in places:
            return None
    return None


def _without_overlaps(found: Iterable[Elastic]) -> list[Elastic]:
    """The longer of two marks over the same words."""
    kept: list[Elastic] = []
    for elastic in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or elastic.start >= kept[-1].end:
            kept.append(elastic)
    return kept
