"""A plain text divided into sentences, phrases and parts, with blanks where its words only look elastic."""

from bisect import bisect_right
from re import Match, Pattern

from contracts.clause_grammar import Grammar

Span = tuple[int, int]


class Divided:
    """A plain text, cut where its grammar says. `text` has blanks where words only look elastic."""

    def __init__(self, text: str, grammar: Grammar) -> None:
        for pattern in (grammar.harmless, grammar.regardless, grammar.unaffected):
            text = pattern.sub(_blanked, text)
        self.text = text
        self._sentences = self._starts(grammar.sentence_end)
        self._phrases = sorted({*self._sentences, *self._starts(grammar.phrase_end)})
        turns = (match.start() for match in grammar.turn.finditer(text))
        if grammar.base_comes_first:  # "9月30日付50%": the day of a share stands before it
            turns = (self.phrase(turn)[0] for turn in turns)
        self._parts = sorted({*self._sentences, *turns})

    def _starts(self, boundary: Pattern[str]) -> list[int]:
        return [0, *(match.end() for match in boundary.finditer(self.text))]

    def sentence(self, place: int) -> Span:
        return self._around(self._sentences, place)

    def phrase(self, place: int) -> Span:
        return self._around(self._phrases, place)

    def headed_phrase(self, place: int) -> Span:
        """A phrase with its heading: "Warranty: 24 months" is about a warranty."""
        start, end = self.phrase(place)
        if self.text[:start].rstrip().endswith(":"):
            start = self.phrase(start - 1)[0]
        return start, end

    def part(self, place: int) -> Span:
        """A sentence up to its next share or alternative."""
        return self._around(self._parts, place)

    def _around(self, starts: list[int], place: int) -> Span:
        at = bisect_right(starts, place) - 1
        return starts[at], starts[at + 1] if at + 1 < len(starts) else len(self.text)

    @property
    def whole(self) -> Span:
        return 0, len(self.text)

    def last_word(self, start: int, end: int) -> int:
        """Where the words up to `end` really end, without the punctuation behind them."""
        return start + len(self.text[start:end].rstrip(" .,;:"))

    def says(self, pattern: Pattern[str], span: Span) -> bool:
        return pattern.search(self.text, *span) is not None


def _blanked(match: Match[str]) -> str:
    return "".join(sign if sign == " " else "_" for sign in match.group())
