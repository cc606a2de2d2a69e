"""A position as somebody types or pastes it: "41.3874, 2.1686", 41°23'14.6"N 2°10'07"E, a geo: address, a map's link.

Nothing is fetched: a link is read as it stands.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit

from common import distance

PLACES = Decimal("0.000001")  # some ten centimetres
POINT = r"([-+]?\d{1,3}\.\d+)"  # whole degrees are no address: they are a hundred kilometres wide
COMMA = r"([-+]?\d{1,3},\d+)"
PAIR = re.compile(rf"{POINT}\s*[,;\s]\s*{POINT}")
PAIR_WITH_COMMAS = re.compile(rf"{COMMA}(?:\s*;\s*|,?\s+){COMMA}")
DEGREES = re.compile(
    r"(\d{1,3}(?:[.,]\d+)?)\s*°?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['′’]\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*[\"″”]\s*)?([NSEW])"
)
PIN = re.compile(r"!3d(-?\d+\.\d+)!4d(-?\d+\.\d+)")
VIEW = re.compile(rf"@{POINT},{POINT}")
IN_PATH = re.compile(rf"/(?:search|place|dir/[^@]*)/{POINT},\s*\+?{POINT}")
ON_MAP = re.compile(rf"map=\d+(?:\.\d+)?/{POINT}/{POINT}")
SHORTENED = ("goo.gl", "osm.org", "g.co", "maps.app")
#: Of each map the parameters of an address that hold the place which was looked at, the surest first.
PARAMETERS = {
    "google": ("destination", "query", "q", "daddr", "ll", "center"),
    "openstreetmap": (),
    "apple": ("coordinate", "ll", "daddr", "q"),
    "osmand": ("pin",),
}

Position = tuple[Decimal, Decimal]  # latitude, longitude


class Why(StrEnum):
    NO_NUMBERS = "no numbers"
    SHORT_LINK = "short link"
    NO_COORDINATES = "no coordinates"
    OFF_THE_EARTH = "off the earth"
    NOWHERE = "nowhere"


class NotAPosition(ValueError):
    """`why` it cannot be read, for a sentence to say."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


def read(text: str) -> Position:
    """Latitude and longitude, to six decimals. Raises NotAPosition."""
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if plain.lower().startswith("geo:"):
        found = _of_geo(plain[4:])
    elif "://" in plain or plain.lower().startswith("www."):
        found = _of_link(plain if "://" in plain else f"https://{plain}")
    else:
        found = _typed(plain)
    return checked(*found)


def checked(north: Decimal, east: Decimal) -> Position:
    """On the earth, and not at 0, 0: there is the sea, and whatever lacks a position. Raises NotAPosition."""
    if not (abs(north) <= 90 and abs(east) <= 180):
        raise NotAPosition(Why.OFF_THE_EARTH)
    if not north and not east:
        raise NotAPosition(Why.NOWHERE)
    return north.quantize(PLACES), east.quantize(PLACES)


def written(north: Decimal, east: Decimal) -> str:
    """As it is read again: "41.3874, 2.1686"."""
    return f"{_short(north)}, {_short(east)}"


FAR = 300_000  # metres to the next customer of the country


@dataclass(frozen=True, slots=True)
class Doubt:
    """A position far from all others of its country; perhaps latitude and longitude are swapped."""

    metres: int  # to the next one
    is_swapped: bool


def doubt(position: Position, others: Sequence[Position]) -> Doubt | None:
    """Whether a position looks wrong beside the others of its country. It may be right all the same."""
    if not others:
        return None
    nearest = _nearest(position, others)
    if nearest <= FAR:
        return None
    north, east = position
    return Doubt(round(nearest), abs(east) <= 90 and _nearest((east, north), others) <= FAR)


def _nearest(position: Position, others: Sequence[Position]) -> float:
    return min(distance.as_the_crow_flies(*position, *other) for other in others)


def _short(value: Decimal) -> str:
    text = f"{value:.6f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text


def _typed(plain: str) -> Position:
    if found := PAIR.fullmatch(plain) or PAIR_WITH_COMMAS.fullmatch(plain):
        return _number(found[1]), _number(found[2])
    by_letter = dict(_with_letters(plain))
    north, east = by_letter.get("N"), by_letter.get("E")
    if north is None or east is None:
        raise NotAPosition(Why.NO_NUMBERS)
    return north, east


def _with_letters(plain: str) -> Iterator[tuple[str, Decimal]]:
    """Degrees with minutes and seconds, each with its letter; the south and the west are below zero."""
    for degrees, minutes, seconds, letter in DEGREES.findall(plain.upper()):
        value = _number(degrees) + _number(minutes or "0") / 60 + _number(seconds or "0") / 3600
        yield ("N" if letter in "NS" else "E"), -value if letter in "SW" else value


def _of_geo(rest: str) -> Position:
    """`geo:0,0?q=41.3874,2.1686(label)` is a mark at the second place."""
    where, _, query = unquote(rest).partition("?")
    marked = PAIR.match(parse_qs(query).get("q", [""])[0].strip())
    found = marked or re.match(r"([-+]?\d{1,3}(?:\.\d+)?),([-+]?\d{1,3}(?:\.\d+)?)", where)
    if found is None:
        raise NotAPosition(Why.NO_COORDINATES)
    return _number(found[1]), _number(found[2])


def _of_link(link: str) -> Position:
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").lower()
    except ValueError:
        raise NotAPosition(Why.NO_COORDINATES) from None
    if any(host == short or host.endswith(f".{short}") or host.startswith(f"{short}.") for short in SHORTENED):
        raise NotAPosition(Why.SHORT_LINK)
    known = next((name for name in PARAMETERS if name in host.split(".")), None)
    if known is None:
        raise NotAPosition(Why.NO_COORDINATES)  # others write the longitude first
    query, path = parse_qs(parts.query), unquote(parts.path)
    if known == "openstreetmap" and {"mlat", "mlon"} <= set(query):
        return _typed(f"{query['mlat'][0]}, {query['mlon'][0]}")
    if pins := PIN.findall(path):
        return _number(pins[-1][0]), _number(pins[-1][1])
    said = [value for name in PARAMETERS[known] for value in query.get(name, ())]
    candidates = [PAIR.search(value) for value in said]
    candidates += [IN_PATH.search(path), VIEW.search(path), ON_MAP.search(unquote(parts.fragment))]
    found = next((one for one in candidates if one), None)
    if found is None:
        raise NotAPosition(Why.NO_COORDINATES)
    return _number(found[1]), _number(found[2])


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
