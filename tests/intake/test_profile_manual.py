"""The manual of profiles names every key there is."""

from dataclasses import fields
from pathlib import Path

import pytest

from intake.agreed import fields as agreed
from intake.profile import FIELDS, Profile, parse
from tests.intake.made import PLAIN

MANUAL = (Path(__file__).parents[2] / "docs" / "profiles.md").read_text()


def test_every_key_and_field_stands_in_the_manual():
    profile = parse(PLAIN, name="any")
    keys = set(FIELDS) | {part.name for part in fields(Profile) if part.name != "name"}
    keys |= {name for kind in agreed.KINDS.values() for name in kind.fields}
    for section in (
        "file",
        "dates",
        "amounts",
        "customer_number",
        "documents",
        "types",
        "debit_credit",
        "open",
        "snapshot",
        "yes_no",
    ):
        keys |= {part.name for part in fields(getattr(profile, section))}

    assert [
        key
        for key in sorted(keys)
        if f"`{key}`" not in MANUAL and f".{key}`" not in MANUAL and f"[{key}]" not in MANUAL
    ] == []


def test_the_example_of_the_manual_is_a_profile():
    first = MANUAL.split("```toml\n")[1].split("```")[0]

    assert parse(first, name="example").columns["due_on"] == ("Net due date",)


def test_the_list_of_the_manual_is_a_profile():
    example = MANUAL.split("```toml\n")[2].split("```")[0]

    made = parse(example, name="example")
    assert (made.is_snapshot, made.snapshot.day_in_name) == (True, "YYYYMMDD")


@pytest.mark.parametrize("kind", agreed.KINDS)
def test_the_manual_has_a_table_of_the_fields_of_each_kind(kind):
    heading = {"contracts": "### Contracts:", "price-lines": "### Price lines:", "shipments": "### Shipments:"}[kind]
    section = MANUAL.split(heading)[1].split("### ")[0]

    assert [name for name in agreed.KINDS[kind].fields if f"`{name}`" not in section] == []
    assert [
        words for words in agreed.KINDS[kind].keys if f"[{words}]" not in MANUAL and f"{words}." not in MANUAL
    ] == []
