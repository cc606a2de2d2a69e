"""Address lines, the salutation and the return line of a letter."""

from dataclasses import dataclass

from collections_app.letters import formats

POSTCODE_BELOW = {"GB", "IE"}
POSTCODE_AFTER = {"AU", "CA", "US"}
SURNAME_FIRST = "zh-hans"
GREETED_MEN = ("Sr.", "Sr", "Señor", "D.", "Don")
GREETED_WOMEN = ("Sra.", "Sra", "Srta.", "Señora", "Dña.", "Doña")


@dataclass(frozen=True, slots=True)
class Person:
    name: str = ""
    salutation: str = ""  # "Ms", "Ms Ortega", "Sra.", "王经理"


@dataclass(frozen=True, slots=True)
class Place:
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""

    @property
    def is_postal(self) -> bool:
        """Post arrives: a street, or a town with its postcode where streets have no names."""
        return bool(self.street or (self.postcode and self.city))


def lines(*, company: str, attention: str, place: Place, sender_country: str, language: str) -> list[str]:
    """The address as its country writes it; the country in capitals where the letter goes abroad.

    `attention` is the finished attention line, empty where nobody is known.
    """
    abroad = place.country and place.country != sender_country
    country = formats.country_in_capitals(place.country, sender=sender_country) if abroad else ""
    if language == SURNAME_FIRST and place.country in {"CN", ""}:
        street = place.street if place.street.startswith(place.city) else f"{place.city}{place.street}"
        ordered = [place.postcode, street, company, attention, country]
    else:
        ordered = [company, attention, place.street, *_town(place), country]
    return [line for line in ordered if line]


def _town(place: Place) -> list[str]:
    """Ireland and Britain write the postcode below the town, America after it, the others before it."""
    if place.country in POSTCODE_BELOW:
        return [place.city, place.postcode]
    after = place.country in POSTCODE_AFTER
    return [(f"{place.city} {place.postcode}" if after else f"{place.postcode} {place.city}").strip()]


def return_line(*, company: str, place: Place, country_name: str) -> str:
    town = f"{place.city} {place.postcode}".strip()
    return " · ".join(part for part in (company, place.street, town, country_name) if part)


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
