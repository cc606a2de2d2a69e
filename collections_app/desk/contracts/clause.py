"""A clause as it was written, the words marked from which no date follows, and what could stand there."""

from dataclasses import dataclass
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy

from common import clock
from contracts import clause_words, clauses
from contracts.models import Contract
from contracts.services import readings
from receivables.forms import OnceForm


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the text; marked ones say why."""

    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Who has read the marked words, when, and from which of them the day follows."""

    name: str
    day: date
    grounds: str


@dataclass(frozen=True, slots=True)
class ClauseText:
    pieces: tuple[Piece, ...]
    language: str
    is_read: bool  # the linter knows the language
    proposals: tuple[str, ...]
    may_be_read: bool = False  # it names a day or a number of days that somebody may understand better than the rules
    answer: Answer | None = None

    @property
    def is_marked(self) -> bool:
        return any(piece.why for piece in self.pieces)


class ReadForm(OnceForm):
    """Somebody answers for the marked words of a clause."""

    is_beside = forms.BooleanField(required=False, widget=forms.HiddenInput)  # the consignment clause
    grounds = forms.CharField(
        label=gettext_lazy("From which words does the day follow, and how?"),
        min_length=readings.LEAST_GROUNDS,
        max_length=readings.LONGEST_GROUNDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def settlement(contract: Contract) -> ClauseText | None:
    return _clause(contract, contract.settlement_text)


def consignment(contract: Contract) -> ClauseText | None:
    """It stands beside the clause that says when payment is due."""
    return _clause(contract, contract.consignment_text, is_beside=True)


def _clause(contract: Contract, text: str, *, is_beside: bool = False) -> ClauseText | None:
    """None where the contract has no wording on file."""
    language = contract.language
    if not text.strip():
        return None
    if language[:2].lower() not in clauses.GRAMMARS:
        return ClauseText((Piece(text),), language, False, ())
    found = clauses.lint(text, language, is_beside=is_beside)
    pieces, done = [], 0
    for finding in found.findings:
        pieces.append(Piece(text[done : finding.start]))
        pieces.append(Piece(finding.words, clause_words.reason(finding.kind)))
        done = finding.end
    pieces.append(Piece(text[done:]))
    kept = tuple(piece for piece in pieces if piece.text)
    proposals = tuple(clause_words.proposed(one) for one in found.proposals)
    answer = _answer(contract, is_beside) if found.is_blocked else None
    return ClauseText(kept, language, True, proposals, found.names_a_day, answer)


def _answer(contract: Contract, is_beside: bool) -> Answer | None:
    reading = readings.reading_of(contract, is_beside=is_beside)
    if reading is None:
        return None
    return Answer(reading.entered_by, clock.business_day(reading.entered_at), reading.grounds)
