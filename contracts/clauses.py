"""The wording of a settlement clause, judged: does a calendar date follow, and if not, which words are to blame?

A clause is judged by what its date hangs on. First the dates it can be held to are found (`contracts.clause_anchors`),
then whatever the calendar does not know: a sale, the customer's means, a season, an agreement still to come. Such words
block the clause when they govern the payment and no last day stands behind them, or when the clause has no date at all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from contracts import clause_elastic
from contracts.clause_anchors import NEAR, Anchor, Elastic, Grip, has_limit, read
from contracts.clause_division import Divided, Span
from contracts.clause_grammar import LANGUAGES, Grammar, Kind, grammar_of
from contracts.clause_proposals import Proposal, propose
from contracts.clause_text import Plain, plain

GRAMMARS = LANGUAGES  # the languages a clause can be judged in
UNTELLING = (Kind.EVENT, Kind.VAGUE, Kind.NO_DATE)


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
    names_a_day: bool = False  # a date or a number stands there, from which a reader may see more than the rules do

    @property
    def is_blocked(self) -> bool:
        return bool(self.findings)


def lint(text: str, language: str, *, is_beside: bool = False) -> Lint:
    """Judge a clause. No wording is nothing to judge: then the parameters of the method stand alone.

    `is_beside`: a clause that stands beside the one which says when payment is due, as that of consigned goods does. It
    needs no date, and its words count where it pays, counts goods, or says what becomes of them in the end.
    """
    grammar = grammar_of(language)
    clause = plain(text, spaced=grammar.spaced)
    if not clause.text.strip():
        return Lint()
    divided = Divided(clause.text, grammar)
    judgement = _Judgement(divided, grammar, is_beside=is_beside)
    blocking = _without_overlaps(judgement.blocking())
    return Lint(
        tuple(_finding(elastic, clause, text) for elastic in blocking),
        propose(blocking, divided, grammar),
        bool(judgement.named) or any(letter.isdigit() for letter in text),
    )


@lru_cache(maxsize=500)  # most contracts of a book share a few clauses
def elastic_words(text: str, language: str, *, is_beside: bool = False) -> str:
    """What is marked in a clause, quoted. A language that is not read here is judged by the method alone."""
    if language[:2].lower() not in GRAMMARS:
        return ""
    return ", ".join(f'"{finding.words}"' for finding in lint(text, language, is_beside=is_beside).findings)


def _finding(elastic: Elastic, clause: Plain, text: str) -> Finding:
    start, end = clause.written(elastic.start, elastic.end)
    return Finding(start, end, text[start:end], elastic.kind)


class _Judgement:
    """One clause before the rules, with the dates and the elastic words found in it."""

    def __init__(self, clause: Divided, grammar: Grammar, *, is_beside: bool) -> None:
        self.clause = clause
        self.grammar = grammar
        self.is_beside = is_beside
        self.discounts = [match.span() for match in grammar.discounted.finditer(clause.text)]
        self.named, bent = read(clause, grammar)
        self.elastic = [*bent, *clause_elastic.find(clause, grammar)]
        self.anchors = [anchor for anchor in self.named if not self._is_about_something_else(anchor)]

    def blocking(self) -> list[Elastic]:
        found = [elastic for elastic in self.elastic if self._governs(elastic) and not self._is_capped(elastic)]
        if self.is_beside:
            return [elastic for elastic in found if self._is_about_consigned_goods(elastic)]
        found += self._shares_without_a_date(found)
        if found or self.anchors:
            return found
        return self.elastic or [self._nothing(0, len(self.clause.text))]

    def _is_about_consigned_goods(self, elastic: Elastic) -> bool:
        """ "Ours until sold" says whose they are; "counted from time to time" leaves open when something is due."""
        sentence = self.clause.sentence(elastic.start)
        roles = (self.grammar.pays, self.grammar.count, self.grammar.closes)
        return any(self.clause.says(role, sentence) for role in roles)

    def _nothing(self, start: int, end: int) -> Elastic:
        """Words that say when to pay, and name no day."""
        start += len(self.clause.text[start:end]) - len(self.clause.text[start:end].lstrip())
        return Elastic(start, self.clause.last_word(start, end), Kind.NO_DATE, Grip.FAST)

    def _is_about_something_else(self, anchor: Anchor) -> bool:
        """Delivery within ten days, complaints within eight, interest from the thirtieth: no day of payment."""
        says, grammar = self.clause.says, self.grammar
        if self._is_in_a_discount(anchor.start):
            return True
        phrase = self._said_of(anchor)
        if says(grammar.pays, phrase) or not (phrase[0] > 0 or says(grammar.pays, self.clause.whole)):
            return False
        return any(says(role, phrase) for role in (grammar.others, grammar.elsewhere, grammar.late))

    def _said_of(self, anchor: Anchor) -> Span:
        """ "He inspects within ten days *and* pays when he likes": what is said of the days ends at the "and"."""
        start, end = self.clause.headed_phrase(anchor.start)
        other_verb = any(
            self.clause.says(role, (start, anchor.start)) for role in (self.grammar.elsewhere, self.grammar.others)
        )
        joint = self.grammar.tie_end.search(self.clause.text, anchor.end, end) if other_verb else None
        return start, joint.start() if joint else end

    def _is_in_a_discount(self, place: int) -> bool:
        """ "2 % if paid within 10 days": who does not care for the discount need not mind its day."""
        return any(start <= place < end for start, end in self.discounts)

    def _is_approved_in_time(self, elastic: Elastic) -> bool:
        words = (elastic.start, elastic.end)
        return self.clause.says(self.grammar.approved, words) and has_limit(
            self.grammar.approved, self.clause, self.grammar
        )

    def _is_part_of_a_moment(self, elastic: Elastic) -> bool:
        """ "Not unloaded until the money is there": the moment to pay says these words itself."""
        return any(anchor.is_moment and anchor.start <= elastic.start < anchor.end for anchor in self.anchors)

    def _governs(self, elastic: Elastic) -> bool:
        """Does the day of payment hang on these words?"""
        sentence = self.clause.sentence(elastic.start)
        if self._is_in_a_discount(elastic.start) or self._is_part_of_a_moment(elastic):
            return False
        if elastic.kind is Kind.EVENT and self.anchors and self._is_approved_in_time(elastic):
            return False
        if elastic.kind is Kind.MONTH and self.clause.says(self.grammar.year_known, sentence):
            return False
        is_about_the_day = self.clause.says(self.grammar.pays, sentence) or self._leaves_unsold_waiting(
            elastic, sentence
        )
        if not is_about_the_day and self._anchored_outside(sentence):
            return False
        if self.anchors and self._speaks_of_others(elastic):
            return False
        return not self._lets_go(elastic, sentence)

    def _leaves_unsold_waiting(self, elastic: Elastic, sentence: Span) -> bool:
        """ "If not sold by then, the supplier waits": no word of payment, and yet about nothing else."""
        return (
            elastic.kind is Kind.SALE and elastic.grip is Grip.FAST and self.clause.says(self.grammar.waits, sentence)
        )

    def _lets_go(self, elastic: Elastic, sentence: Span) -> bool:
        """Words without a firm grip mean nothing beside a date of the same share or alternative."""
        part = self.clause.part(elastic.start)
        speaks_for_all = part[0] == sentence[0]
        match elastic.grip:
            case Grip.FAST:
                return False
            case Grip.LOOSE:
                return self._anchored(part, firmly=True)
            case Grip.TALLIED:
                return self._anchored(part, firmly=True) or self._is_tallied(sentence)
            case Grip.SLIGHT:
                return self._anchored(sentence if speaks_for_all else part)
            case Grip.FAINT:
                return bool(self.anchors) if speaks_for_all else self._anchored(part)

    def _is_tallied(self, sentence: Span) -> bool:
        """A count of stock has its day, and what was counted is paid for on another."""
        says, grammar = self.clause.says, self.grammar
        if not says(grammar.count, sentence):
            return False
        days = [anchor for anchor in self.anchors if sentence[0] <= anchor.start < sentence[1]]
        return any(
            says(grammar.count, (sentence[0], first.start)) or says(grammar.count, (first.end, second.start))
            for first, second in pairwise(days)
            if says(grammar.pays, (first.end, sentence[1]))
        )

    def _speaks_of_others(self, elastic: Elastic) -> bool:
        """Rebates after the season, interest if funds fail to arrive, deliveries made after the fair."""
        says, grammar, phrase = self.clause.says, self.grammar, self.clause.phrase(elastic.start)
        before = (phrase[0], elastic.start)
        if elastic.kind is Kind.SEASON and grammar.of_goods.search(self.clause.text[slice(*before)]):
            return True
        if says(grammar.late, self.clause.sentence(elastic.start) if self._is_condition(elastic) else phrase):
            return True
        if self._leads_elsewhere(elastic, phrase):
            return True
        end = phrase[1] if self._is_condition(elastic) else elastic.end
        return says(grammar.others, (phrase[0], end)) and not self._pays_in(phrase)

    def _leads_elsewhere(self, elastic: Elastic, phrase: Span) -> bool:
        """ "If the buyer resells before payment, the claims are assigned": what follows is no day of payment."""
        sentence = self.clause.sentence(elastic.start)
        if phrase[0] != sentence[0] or not self.clause.says(self.grammar.others, (phrase[1], sentence[1])):
            return False
        return not self._pays_in(phrase) and not self._pays_in((phrase[1], sentence[1]))

    def _pays_in(self, span: Span) -> bool:
        """Do these words say that something is paid, and not only that something else lasts until then?"""
        words = self.grammar.while_unpaid.sub("", self.clause.text[slice(*span)])
        return self.grammar.pays.search(words) is not None

    def _anchored(self, part: Span, *, firmly: bool = False) -> bool:
        return any(part[0] <= anchor.start < part[1] and (anchor.is_firm or not firmly) for anchor in self.anchors)

    def _anchored_outside(self, sentence: Span) -> bool:
        return any(not sentence[0] <= anchor.start < sentence[1] for anchor in self.anchors)

    def _is_capped(self, elastic: Elastic) -> bool:
        """A last day stands behind these words, or they come sooner than a date, or it is consignment in order."""
        if any(anchor.is_last_day and self._caps(anchor, elastic) for anchor in self.anchors):
            return True
        if elastic.kind not in (Kind.SALE, Kind.DISCRETION, Kind.VAGUE):
            return False
        phrase = self.clause.phrase(elastic.start)
        before = self.clause.phrase(max(phrase[0] - 1, self.clause.sentence(elastic.start)[0]))
        if self.anchors and self.clause.says(self.grammar.sooner, (before[0], phrase[1])):
            return True
        return elastic.kind is Kind.SALE and self._is_consignment(self.clause.sentence(elastic.start))

    def _caps(self, last_day: Anchor, elastic: Elastic) -> bool:
        """A condition behind a last day undoes it, and the last day of the first share is not that of the rest."""
        sentence, part = self.clause.sentence(elastic.start), self.clause.part(elastic.start)
        if last_day.start >= elastic.start:
            return True
        if last_day.start >= sentence[0]:
            is_first = self.clause.says(self.grammar.first_of, sentence)
            return (is_first or last_day.start >= part[0]) and not self._is_condition(elastic)
        return self.grammar.rest.match(self.clause.text, part[0]) is None

    def _is_condition(self, elastic: Elastic) -> bool:
        return self.clause.says(self.grammar.condition, (self.clause.phrase(elastic.start)[0], elastic.end))

    def _is_consignment(self, sentence: Span) -> bool:
        """What was sold has its day (a count, or a day beside it), and what was not sold has its last one."""
        first = next((anchor for anchor in self.named if self._is_day_of_count(anchor, sentence)), None)
        return first is not None and any(anchor != first and self._closes(anchor) for anchor in self.named)

    def _is_day_of_count(self, anchor: Anchor, sentence: Span) -> bool:
        own = self.clause.sentence(anchor.start)
        return own == sentence or self.clause.says(self.grammar.count, own)

    def _closes(self, anchor: Anchor) -> bool:
        sentence = self.clause.sentence(anchor.start)
        return self.clause.says(self.grammar.closes, (max(sentence[0], anchor.start - NEAR), sentence[1]))

    def _shares_without_a_date(self, found: list[Elastic]) -> Iterator[Elastic]:
        """ "30 % in advance, the rest by transfer": half a clause has no date."""
        for match in self.grammar.rest.finditer(self.clause.text):
            sentence = self.clause.sentence(match.start())
            if not self.clause.says(self.grammar.share, (0, match.start())):
                continue
            is_apart = not self.clause.says(self.grammar.share, (sentence[0], match.start()))
            if is_apart and any(self.clause.says(role, sentence) for role in (self.grammar.others, self.grammar.late)):
                continue  # the rest of the goods goes back, the rest of the price falls due at once
            start = match.start()
            if self.grammar.base_comes_first or is_apart:
                start = sentence[0] if is_apart else self.clause.phrase(match.start())[0]
            following = self.grammar.rest.search(self.clause.text, match.end(), sentence[1])
            end = following.start() if following else sentence[1]
            if not self._anchored((start, end)) and not any(start <= elastic.start < end for elastic in found):
                yield self._nothing(start, end)


def _without_overlaps(found: Iterable[Elastic]) -> list[Elastic]:
    """Of marks over the same words the first and longest, with the kind that tells most."""
    kept: list[Elastic] = []
    for elastic in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or elastic.start >= kept[-1].end:
            kept.append(elastic)
        elif kept[-1].kind in UNTELLING:
            kept[-1] = replace(kept[-1], kind=elastic.kind)
    return kept
