"""`manage.py lint_clause TEXT --language en`: does a calendar date follow from a settlement clause?"""

from typing import Any

from django.core.management.base import CommandParser

from common.console import JsonCommand
from contracts import clause_words, clauses
from contracts.clause_proposals import Proposal


class Command(JsonCommand):
    help = "Find elastic wording in a settlement clause. Exit 0: a date follows; 1: blocked; 2: wrong call."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("text", help="the wording of the clause")
        parser.add_argument("--language", required=True, choices=clauses.GRAMMARS, help="the clause's language")

    def answer(self, **options: Any) -> dict[str, Any]:
        lint = clauses.lint(options["text"], options["language"])
        return {
            "blocked": lint.is_blocked,
            "findings": [
                {"start": found.start, "end": found.end, "words": found.words, "kind": found.kind.value}
                for found in lint.findings
            ],
            "proposals": [
                {
                    "method": proposal.method,
                    "terms": proposal.terms,
                    "because": clause_words.reason(proposal.because),
                }
                for proposal in lint.proposals
            ],
        }

    def tell(self, document: dict[str, Any]) -> None:
        if not document["blocked"]:
            self.stdout.write("A date follows from this clause.")
            return
        for finding in document["findings"]:
            self.stdout.write(f'{finding["start"]}-{finding["end"]} "{finding["words"]}": {finding["kind"]}')
        for proposal in document["proposals"]:
            rule = clause_words.proposed(Proposal(proposal["method"], proposal["terms"]))
            self.stdout.write(f"{proposal['because']} Instead: {rule}")

    def is_broken(self, document: dict[str, Any]) -> bool:
        return bool(document["blocked"])
