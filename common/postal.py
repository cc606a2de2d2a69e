"""Postal addresses as the country of the address writes them."""

from dataclasses import dataclass

from babel import Locale
from babel.languages import get_official_languages

POSTCODE_BELOW = {"GB", "IE"}
POSTCODE_AFTER = {"AU", "CA", "US"}
POSTCODE_FIRST = "zh-hans"  # and the person last


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
    country = country_in_capitals(place.country, sender=sender_country) if abroad else ""
    if language == POSTCODE_FIRST and place.country in {"CN", ""}:
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


def country_in_capitals(country: str, *, sender: str) -> str:
    """The country of an address abroad, in the sender's language, because the sender's post reads it first."""
    return _named(country, spoken_in=sender).upper()


def country_name(country: str) -> str:
    """The country in the language of the place: English where it is an official one."""
    return _named(country, spoken_in=country)


def _named(country: str, *, spoken_in: str) -> str:
    spoken = [str(one) for one in get_official_languages(spoken_in)]
    language = "en" if "en" in spoken or not spoken else spoken[0]
    return Locale.parse(language, sep="_").territories.get(country) or country
