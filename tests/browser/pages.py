"""Every page of the product and who is looked over the shoulder there. Addresses come from the table of rights."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from tests.browser import conftest as book
from tests.browser.conftest import Served
from tests.web.access_table import TABLE

# Addresses that answer with something else than a page: a redirect, a file, a line for a machine.
NO_PAGE = {
    "home",
    "visits:compare",
    "visits:round-gpx",
    "visits:day-sheet",
    "visits:week-sheet",
    "visits:calendar",
    "letters:letter",
    "letters:account-pdf",
    "letters:invoice-copy",
    "desk:ladder-notice",
    "desk:contract-file",
    "desk:proof-file",
    "desk:policy-file",
    "intake:refused_rows",
    "receivables:batch-file",
    "receivables:slip",
    "health-live",
    "health-ready",
    "set_language",
}
OFFICE = {"manager": book.MANAGER, "finance": book.FINANCE}  # in the order they are asked

# The same address with something else on it.
VARIANTS = {
    "visits:today": ("?date=2026-11-29",),
    "visits:round": ("?date=2026-11-29",),
    "visits:week": ("?date=2026-12-02",),
    "visits:outcome": ("?kind=paid", "?kind=promise", "?kind=excuse", "?kind=dispute", "?kind=not+in"),
    "desk:ageing": ("?currency=EUR", "?as_of=2026-10-31", "?region=nowhere"),
    "desk:migration-items": ("?currency=EUR&becomes=settled&from_day=2026-10-24&to_day=2026-11-24",),
    "desk:receivables": ("?standing=bad", "?q=nothing+has+this+name"),
    "desk:customers": ("?q=nothing+has+this+name",),
    "desk:places": ("?position=coarse",),
    "desk:shipments": ("?show=held", "?show=not-invoiced"),
    "desk:gate-settings": ("?look=warning",),
    "desk:state-habit": ("?kind=taboo", "?kind=hours", "?kind=step", "?kind=invoice+type"),
}


@dataclass(frozen=True)
class Page:
    """A page as one person opens it; `person` empty: nobody is signed in."""

    person: str
    path: str

    def __str__(self) -> str:
        return f"{self.path} ({self.person or 'nobody'})"


def pages_of(person: str, served: Served) -> list[Page]:
    return [page for page in _all(served) if page.person == person]


def _all(served: Served) -> Iterator[Page]:
    for name, line in TABLE.items():
        if name in NO_PAGE or not (line.reads or line.is_public):
            continue
        path = reverse(name, kwargs=served.things[line.of] if line.of else None)
        for person in _people(line.reads):
            for query in ("", *VARIANTS.get(name, ())):
                yield Page(person, path + query)
    for name in ("match", "payment", "credit-note", "charge"):  # with the forms that only finance has
        of = TABLE[f"receivables:{name}"].of
        yield Page(book.FINANCE, reverse(f"receivables:{name}", kwargs=served.things[of] if of else None))
    yield Page(book.REP, f"{reverse('receivables:ask-plan')}?customer={served.things['customer']['code']}")
    drafts = f"{reverse('desk:new-contract')}?customer={served.things['customer']['code']}"
    for method in ("", "&method=two_deliveries", "&method=periodic", "&method=instalments", "&method=consignment"):
        yield Page(book.MANAGER, drafts + method)
    yield Page(book.FINANCE, reverse("desk:contract", kwargs=served.things["contract"]))
    yield Page(book.MANAGER, reverse("desk:contract", kwargs=served.things["consigned contract"]))
    yield Page(book.FINANCE, reverse("desk:shipment", kwargs=served.things["consigned"]))
    yield Page(book.FINANCE, reverse("desk:call-rest", kwargs=served.things["missed part"]))
    two = f"a={served.things['stop']['pk']}&b={served.things['other stop']['pk']}"
    yield Page(book.REP, f"{reverse('visits:compare')}?{two}")
    yield Page(book.REP, reverse("desk:ageing"))  # not for a rep: 403
    yield Page(book.REP, "/customers/nobody/")  # 404


def _people(reads: set[str]) -> list[str]:
    """A rep if reps may, for their pages carry tabs, and the first of the office who may."""
    if not reads:
        return [""]
    office = [person for role, person in OFFICE.items() if role in reads][:1]
    found = [book.REP] * ("rep" in reads) + office
    assert found, f"nobody of {book.PEOPLE} may open a page of {sorted(reads)}"
    return found
