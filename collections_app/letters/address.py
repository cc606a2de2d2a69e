"""Who a letter greets, and how."""

from dataclasses import dataclass

SURNAME_FIRST = "zh-hans"
GREETED_MEN = ("Sr.", "Sr", "Señor", "D.", "Don")
GREETED_WOMEN = ("Sra.", "Sra", "Srta.", "Señora", "Dña.", "Doña")


@dataclass(frozen=True, slots=True)
class Person:
    name: str = ""
    salutation: str = ""  # "Ms", "Ms Ortega", "Sra.", "王经理"


def greeted(person: Person, language: str) -> str:
    """How the person is addressed after "Dear": "Ms Ortega". Empty where no salutation is known."""
    title = person.salutation.strip()
    if not title:
        return ""
    if language == SURNAME_FIRST:
        return title if person.name[:1] in title else f"{person.name[:1]}{title}"
    if " " in title or not person.name:
        return title
    return f"{title} {person.name.split()[-1]}"


def manner(greeted_as: str) -> str:
    """Which sentence of the texts opens the letter: Spanish agrees with the person addressed."""
    if not greeted_as:
        return "unknown"
    first = greeted_as.split(maxsplit=1)[0]
    if first in GREETED_WOMEN:
        return "woman"
    if first in GREETED_MEN:
        return "man"
    return "person"
