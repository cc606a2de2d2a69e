"""What would change if the policy of a file were in force? A dry look: nothing is stored."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from collections_app.desk.policies.simulation import outlook
from collections_app.policy import queries, reading, words
from collections_app.policy.reading import Read
from common.console import JsonCommand, past_day
from common.refusals import Refused


class NotAPolicy(Refused):
    """A file from which no policy can be read; `problems` names each value."""

    def __init__(self, said: str, problems: list[dict[str, str]]) -> None:
        super().__init__(said)
        self.problems = problems


class Command(JsonCommand):
    help = "Who would move where under the policy of a TOML file. Exit 1: it is no policy; 2: wrong call."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", help="TOML; what it does not name stays as in the policy in force")
        parser.add_argument("--as-of", help="day, YYYY-MM-DD; default today")

    def answer(self, **options: Any) -> dict[str, Any]:
        day = past_day(options)
        try:
            source = Path(options["file"]).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise CommandError(_("%(file)s cannot be read: %(error)s") % {"file": options["file"], "error": error},
                               returncode=2) from None  # fmt: skip
        found = reading.from_toml(source, base=queries.in_force(day), segments=queries.segments())
        if found.problems:
            raise NotAPolicy(_said(found), words.as_rows(found.problems))
        return {
            **outlook(found.policy, as_of=day),
            "warnings": words.as_rows(found.warnings),
            "stored": False,
        }

    def tell(self, document: dict[str, Any]) -> None:
        for warning in document["warnings"]:
            self.stdout.write(warning["problem"])
        if not document["changes"]:
            self.stdout.write(_("The file says the same as the policy in force."))
        for change in document["changes"]:
            self.stdout.write(f"{change['key']}: {change['from'] or '–'} → {change['to'] or '–'}")
        for row in document["moves"]:
            moved = f"{row['from']} → {row['to']}"
            self.stdout.write(f"  {moved:<24} {row['currency']} {row['count']:>7} {row['amount']:>18}")
        if not document["moves"]:
            self.stdout.write(_("No due item would change its standing."))
        for row in document["worklists"]:
            if row["enter"] or row["leave"]:
                self.stdout.write(
                    _("  %(rep)s: %(enter)s customers enter the visit list, %(leave)s leave it.")
                    % {"rep": row["name"], "enter": row["enter"], "leave": row["leave"]}
                )
        self.stdout.write(_("Nothing was stored."))


def _said(found: Read) -> str:
    return f"{_('This is not a policy; nothing was tried.')} {words.in_one(found.problems)}"
