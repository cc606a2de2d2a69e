"""Verbs about where customers are: the paying site by hand, many at once from a list, the list itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common.refusals import Refused
from customers import coordinates, postcodes
from customers import services as customers
from customers.coordinates import Position
from customers.models import Customer, Postcode, Site

EXACT, STREET, POSTCODE, CITY, NONE = Site.Precision
COARSENESS = {precision.value: place for place, precision in enumerate((EXACT, STREET, POSTCODE, CITY, NONE))}
AT_ONCE = 500
SHOWN = 20  # problems of a file that are said


class NotASite(Refused):
    """A position that is none, or hours that end before they begin."""


class NotAPostcodeList(Refused):
    """A file that cannot be taken, with everything that is wrong in it."""

    def __init__(self, said: str, problems: Sequence[dict[str, Any]]) -> None:
        super().__init__(said)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody knows of a site. Without a position its precision is none."""

    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    position: Position | None = None
    precision: str = NONE.value
    opens_at: time | None = None
    closes_at: time | None = None


def paying_site(customer: Customer) -> Site | None:
    """The site that is visited for money: the one that pays, else the first."""
    return Site.objects.filter(customer=customer).order_by("-pays_here", "pk").first()


@transaction.atomic
def keep_paying_site(*, customer: Customer, said: Said, by: Actor) -> Site:
    """The customer's paying site is as somebody says; a customer without any gets its first."""
    _check(said)
    customers.lock([customer.pk])
    site = paying_site(customer) or Site(customer=customer)
    north, east = said.position or (None, None)
    after: dict[str, Any] = {
        "street": said.street.strip(), "postcode": said.postcode.strip(), "city": said.city.strip(),
        "country": said.country.strip().upper(), "opens_at": said.opens_at, "closes_at": said.closes_at,
        "latitude": north, "longitude": east, "precision": str(said.precision), "pays_here": True,
    }  # fmt: skip
    before = {name: getattr(site, name) for name in after}
    changed = [name for name, value in after.items() if value != before[name]]
    if site.pk is not None and not changed:
        return site
    is_new = site.pk is None
    for name in changed:
        setattr(site, name, after[name])
    site.save()
    audit.record(
        verb="customers.site_added" if is_new else "customers.site_changed",
        subject=site,
        by=by,
        before={} if is_new else {name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return site


def _check(said: Said) -> None:
    if said.opens_at is not None and said.closes_at is not None and said.closes_at <= said.opens_at:
        raise NotASite(_("The site closes before it opens. Correct the hours."))
    if (said.position is None) != (said.precision == NONE):
        raise NotASite(_("A position has a precision, and without one it is unknown. Choose how exact it is."))
    if said.position is not None:
        try:
            coordinates.checked(*said.position)
        except coordinates.NotAPosition:
            raise NotASite(_("There is no such place on earth. Correct latitude and longitude.")) from None


# Many at once


@dataclass(frozen=True, slots=True)
class Placed:
    """A position that was found for a site, and how exact it is."""

    site: Site
    latitude: Decimal
    longitude: Decimal
    precision: str


def is_better(precision: str, than: str) -> bool:
    return COARSENESS[precision] < COARSENESS[than]


def place_many(found: Sequence[Placed], *, by: Actor) -> int:
    """The sites get these positions, unless they have as good a one by now. Returns how many were placed."""
    ordered = sorted(found, key=lambda one: (one.site.customer_id, one.site.pk))
    return sum(_place(ordered[start : start + AT_ONCE], by) for start in range(0, len(ordered), AT_ONCE))


@transaction.atomic
def _place(found: Sequence[Placed], by: Actor) -> int:
    customers.lock({one.site.customer_id for one in found})
    now = Site.objects.in_bulk([one.site.pk for one in found])
    placed, before, after = [], [], []
    for one in found:
        site = now.get(one.site.pk)
        if site is None or not (site.latitude is None or is_better(one.precision, site.precision)):
            continue
        before.append({"precision": site.precision})
        site.latitude, site.longitude, site.precision = one.latitude, one.longitude, one.precision
        after.append({"latitude": one.latitude, "longitude": one.longitude, "precision": one.precision})
        placed.append(site)
    Site.objects.bulk_update(placed, ["latitude", "longitude", "precision"])
    audit.record_many(verb="customers.site_placed", subjects=placed, by=by, before=before, after=after)
    return len(placed)


# The company's own list


@dataclass(frozen=True, slots=True)
class Imported:
    rows: int
    added: int
    known: int
    countries: tuple[str, ...]


@transaction.atomic
def import_postcodes(*, content: bytes, source: str, by: Actor) -> Imported:
    """A CSV file of postcodes with their positions: all of it, or nothing. What was known is as this file says now."""
    found = postcodes.read(content)
    if found.problems:
        problems = [_told(problem) for problem in found.problems]
        raise NotAPostcodeList(
            _("The file was not taken: %(problem)s Correct the file and send it again; nothing was stored.")
            % {"problem": problems[0]["problem"]},
            problems[:SHOWN],
        )
    before = Postcode.objects.count()
    Postcode.objects.bulk_create(
        [
            Postcode(country=country, postcode=code, city=city, latitude=north, longitude=east)
            for (country, code, city), (north, east) in sorted(found.places.items())
        ],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["country", "postcode", "city"],
        update_fields=["latitude", "longitude"],
    )
    added = Postcode.objects.count() - before
    done = Imported(found.rows, added, len(found.places) - added, tuple(sorted({key[0] for key in found.places})))
    country, code, city = min(found.places)
    audit.record(
        verb="customers.postcodes_imported",
        subject=Postcode.objects.get(country=country, postcode=code, city=city),
        by=by,
        after={"source": source, "rows": done.rows, "added": done.added, "countries": ", ".join(done.countries)},
    )
    return done


def _told(problem: postcodes.Problem) -> dict[str, Any]:
    """A problem of a file as a row: where, what stands there, and in a sentence what is wrong."""
    facts = {"line": problem.line, "column": problem.column, "value": problem.value}
    return {**facts, "problem": _sentence(problem, facts)}


def _sentence(problem: postcodes.Problem, facts: dict[str, Any]) -> str:
    why = postcodes.Why
    match problem.why:
        case why.NOT_TEXT:
            return _("It is not a text file in UTF-8.")
        case why.BROKEN:
            return _("It is not a CSV file.")
        case why.NO_COLUMN:
            return _("Its first line lacks the column %(column)s.") % facts
        case why.NO_LINE:
            return _("It has no line below the names of the columns.")
        case why.EMPTY:
            return _("Line %(line)s, column “%(column)s”: it is empty.") % facts
        case why.NOT_A_COUNTRY:
            return _("Line %(line)s, column “%(column)s”, value “%(value)s”: expected two letters such as ES.") % facts
        case why.NOT_A_NUMBER:
            return _("Line %(line)s, column “%(column)s”, value “%(value)s”: not a number.") % facts
    return _("Line %(line)s, “%(value)s”: there is no such place on earth.") % facts
