"""The commands of the product: each has its line in the manual, and answers the options that others rely on."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).parents[2]
ROOMS = ("common", "audit", "staff", "customers", "contracts", "receivables", "collections_app", "intake", "demo")
OURS = {name: app for name, app in get_commands().items() if app.split(".")[0] in ROOMS}
#: By command, what other programs call it with.
CALLED_WITH = {
    "import_book": {"--profile", "--kind", "--dry-run", "--good-rows", "--confirm", "--json"},
    "run_nightly": {"--as-of", "--full", "--json"},
    "ageing": {"--as-of", "--known-on", "--buckets", "--by", "--credits", "--json"},
    "explain": {"--customer", "--as-of", "--json"},
    "due_dates": {"--method", "--terms", "--from", "--amount", "--json"},
    "release_shipment": {"--json"},
    "issue_letters": {"--as-of", "--customer", "--out", "--json"},
    "statement": {"--as-of", "--known-on", "--out"},
    "export_journal": {"--up-to", "--out", "--json"},
    "check_books": {"--as-of", "--json"},
    "state_rate": {"--on", "--source", "--json"},
    "import_places": {"--json"},
    "place_customers": {"--country", "--json"},
    "seed_demo": {"--customers", "--invoices", "--reps", "--seed", "--as-of"},
}


def test_every_command_has_its_line_in_the_manual_and_every_line_its_command():
    manual = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^\| `([a-z_]+)", manual, re.MULTILINE)) == set(OURS)


def test_the_first_page_leads_to_the_manual():
    assert "(docs/commands.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(CALLED_WITH))
def test_a_command_answers_the_options_that_others_call_it_with(name):
    parser = load_command_class(OURS[name], name).create_parser("manage.py", name)

    known = {option for action in parser._actions for option in action.option_strings}
    assert CALLED_WITH[name] <= known
