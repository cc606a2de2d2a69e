"""A computable rule in place of elastic wording: a settlement method with parameters, and why this one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.clause_anchors import Elastic
from contracts.clause_division import Divided
from contracts.clause_grammar import Grammar, Kind

USUAL_DAYS = 30
SELLING_DAYS = 90  # how long goods may stay unsold before they are due


@dataclass(frozen=True, slots=True)
class Proposal:
    """A settlement method with its parameters. A parameter of None is for the parties to fill in."""

    method: str
    terms: dict[str, Any] = field(default_factory=dict)
    because: Kind = Kind.NO_DATE


def propose(found: Sequence[Elastic], clause: Divided, grammar: Grammar) -> tuple[Proposal, ...]:
    """One rule for each kind of elastic words; the same rule is proposed once."""
    proposals: list[Proposal] = []
    days = _days_said(clause, grammar)
    for elastic in found:
        method, terms = _rule(elastic.kind, days)
        if all((method, terms) != (known.method, known.terms) for known in proposals):
            proposals.append(Proposal(method, terms, elastic.kind))
    return tuple(proposals)


def _days_said(clause: Divided, grammar: Grammar) -> int:
    """What the clause itself counts, where it counts: "about 45 days" becomes 45 days."""
    for match in grammar.period.finditer(clause.text):
        said = (match["count"] or "").replace(" ", "-")
        number = int(said) if said.isdecimal() else grammar.numbers.get(said)
        if number:
            unit = next((days for unit, days in grammar.units.items() if match["unit"].startswith(unit)), 1)
            return number * unit
    return USUAL_DAYS


def _rule(kind: Kind, days: int) -> tuple[str, dict[str, Any]]:
    match kind:
        case Kind.SALE:
            return "consignment", {"max_days": SELLING_DAYS}
        case Kind.SEASON | Kind.MONTH | Kind.EVENT | Kind.FIRST_DAY:
            return "fixed", {"date": None}
        case Kind.REORDER:
            return "two_deliveries", {"max_days": USUAL_DAYS, "open_batches": 1}
        case Kind.FUNDS | Kind.COLLECTION | Kind.DISCRETION:
            return "net", {"days": days, "from": "delivery"}
        case _:
            return "net", {"days": days, "from": "invoice"}
