"""The sentences of the letters, per language: whole sentences with fixed placeholders, never a template language.

Every placeholder must be in the list below; another one is refused when the file is read, not when a letter is
due. What fills a placeholder is put in as it stands and is never read as text again.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

FOLDER = Path(__file__).parent / "texts"

PLACEHOLDERS = frozenset(
    {
        "amount",
        "clause",
        "contact",
        "contract",
        "contract_on",
        "count",
        "credit_notes",
        "day",
        "days",
        "delivery",
        "earlier",
        "invoice",
        "paid",
        "paid_on",
        "pay_by",
        "person",
        "review_on",
        "unapplied",
        "until",
    }
)


class UnknownPlaceholder(ValueError):
    """A text names a field that letters do not have."""


@dataclass(frozen=True, slots=True)
class Texts:
    """All sentences of one language, found by their dotted names: `subject.2`."""

    language: str
    sentences: Mapping[str, str]

    def say(self, name: str, **fields: object) -> str:
        """The sentence with its fields filled in. A missing sentence or field is a defect and raises KeyError."""
        return Template(self.sentences[name]).substitute({key: str(value) for key, value in fields.items()})

    def count(self, name: str, form: str, **fields: object) -> str:
        """The sentence in the plural form of its language (`one`, `other`, …)."""
        wanted = f"{name}.{form}"
        return self.say(wanted if wanted in self.sentences else f"{name}.other", **fields)

    def labels(self) -> dict[str, str]:
        prefix = "labels."
        return {name.removeprefix(prefix): text for name, text in self.sentences.items() if name.startswith(prefix)}


@cache
def of(language: str) -> Texts:
    """The texts of one of the languages of `formats.LANGUAGES`."""
    with (FOLDER / f"{language}.toml").open("rb") as file:
        return Texts(language, checked(dict(_flat(tomllib.load(file))), language))


def checked(sentences: dict[str, str], language: str) -> dict[str, str]:
    for name, text in sentences.items():
        template = Template(text)
        unknown = sorted(set(template.get_identifiers()) - PLACEHOLDERS)
        if unknown or not template.is_valid():
            raise UnknownPlaceholder(
                f'{language}, "{name}": {", ".join(unknown) or "a stray $"} is no field of a letter; '
                f"allowed are {', '.join(sorted(PLACEHOLDERS))}."
            )
    return sentences


def _flat(section: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in section.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            yield from _flat(value, f"{name}.")
        else:
            yield name, str(value)
