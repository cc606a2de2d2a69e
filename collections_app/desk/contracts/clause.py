"""A clause as it was written, the words marked from which no date follows, and what could stand there."""

from dataclasses import dataclass

from contracts import clause_words, clauses
from contracts.models import Contract


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the text; marked ones say why."""

    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class ClauseText:
    pieces: tuple[Piece, ...]
    language: str
    is_read: bool  # the linter knows the language
    proposals: tuple[str, ...]

    @property
    def is_blocked(self) -> bool:
        return any(piece.why for piece in self.pieces)


def settlement(contract: Contract) -> ClauseText | None:
    return _read(contract.settlement_text, contract.language)


def consignment(contract: Contract) -> ClauseText | None:
    """It stands beside the clause that says when payment is due."""
    return _read(contract.consignment_text, contract.language, is_beside=True)


def _read(text: str, language: str, *, is_beside: bool = False) -> ClauseText | None:
    """None where the contract has no wording on file."""
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
    return ClauseText(kept, language, True, tuple(clause_words.proposed(one) for one in found.proposals))
