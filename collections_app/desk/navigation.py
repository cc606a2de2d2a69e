"""The column of links and the phone's tabs, by role. Counts stand only where somebody must act."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Value
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from collections_app.cases import warning_queries as warnings
from collections_app.cases.models import EarlyWarning, ToDo
from collections_app.desk.holds.reading import waiting_for as holds_to_decide
from collections_app.gate.credit_services import DECIDES as CHECKS
from collections_app.gate.models import CreditCheck
from collections_app.visits.announcing import CALLS
from collections_app.visits.calls.reading import calls_to_make
from collections_app.visits.models import Stop
from common import clock
from receivables.cash_queries import to_receive
from receivables.models import Payment, Receipt, WriteOff
from receivables.more_time.pages import DECIDES as GRANTS
from receivables.more_time.pages import waiting_for
from staff.models import Role, User

DESK = (Role.MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMIN)
OFFICE = (Role.FINANCE, Role.AUDITOR, Role.ADMIN)
EVERYBODY = tuple(Role)
DECIDES = (Role.MANAGER, Role.FINANCE)
Waiting = Sequence[QuerySet[Any]]  # rows, each of which somebody must act on
PEOPLE = (Role.REP, Role.MANAGER, Role.ADMIN)
ACTS = tuple(role for role in Role if role != Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Link:
    label: Any
    url: str
    icon: str
    is_current: bool
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    label: Any
    links: list[Link]


def _stops_left(user: User) -> Waiting:
    today = clock.business_today()
    return [Stop.objects.filter(plan__rep=user, plan__on=today, state=Stop.State.PLANNED)]


def _receipts_to_verify(user: User) -> Waiting:
    return [Receipt.objects.visible_to(user).filter(state=Receipt.State.PROVISIONAL)]


def _payments_to_match(user: User) -> Waiting:
    return [Payment.objects.visible_to(user).filter(unapplied_amount__gt=0)]


def write_offs_to_decide(user: User) -> Waiting:
    waiting = WriteOff.objects.visible_to(user).filter(state=WriteOff.State.ASKED)
    return [waiting.exclude(asked_by=user.get_username())]


def _credit_checks_to_decide(user: User) -> Waiting:
    return [CreditCheck.objects.visible_to(user).filter(answer="")]


def _to_do_by_today(user: User) -> Waiting:
    return [ToDo.objects.visible_to(user).filter(done_on=None, due_on__lte=clock.business_today())]


def _warnings_to_second(user: User) -> Waiting:
    waiting = warnings.waits_for_a_second(clock.business_today())
    return [EarlyWarning.objects.visible_to(user).filter(waiting).exclude(entered_by=user.get_username())]


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the column: for whom, and what waits there (counted for the roles in `acts`)."""

    label: Any
    page: str
    icon: str
    roles: tuple[Role, ...]
    waits: Callable[[User], Waiting] | None = None
    acts: tuple[Role, ...] = ()


PLAN: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry(_("Today"), "visits:today", "calendar", (Role.REP,), _stops_left, (Role.REP,)),
            Entry(_("Week"), "visits:week", "week", (Role.REP, Role.MANAGER)),
            Entry(_("Plans"), "visits:plans", "calendar", DESK),
            Entry(_("Ageing"), "desk:ageing", "chart", DESK),
            Entry(_("Calls ahead"), "visits:calls", "phone", EVERYBODY, calls_to_make, CALLS),
            Entry(_("To do"), "desk:to-dos", "list", EVERYBODY, _to_do_by_today, ACTS),
            Entry(_("Receivables"), "desk:receivables", "file", EVERYBODY),
            Entry(_("Customers"), "desk:customers", "users", EVERYBODY),
            Entry(_("Customers without a position"), "desk:places", "map-pin", EVERYBODY),
            Entry(_("Invoices"), "desk:invoices", "list", EVERYBODY),
            Entry(_("Contracts"), "desk:contracts", "contract", EVERYBODY),
            Entry(_("Shipments"), "desk:shipments", "truck", EVERYBODY),
            Entry(_("Holds"), "desk:holds", "box", EVERYBODY, holds_to_decide, CHECKS),
            Entry(_("Credit of customers"), "desk:credit", "scale", DESK, _credit_checks_to_decide, CHECKS),
            Entry(_("Early warnings"), "desk:warnings", "alert", EVERYBODY, _warnings_to_second, (Role.MANAGER,)),
            Entry(_("Supply ladder"), "desk:ladder", "flag", EVERYBODY),
            Entry(_("Extensions and plans"), "receivables:more-time", "clock", EVERYBODY, waiting_for, GRANTS),
            Entry(_("Cash in hand"), "receivables:cash", "cash", EVERYBODY, to_receive, (Role.FINANCE,)),
        ),
    ),
    (
        _("Finance"),
        (
            Entry(_("Dunning run"), "letters:dunning", "bell", OFFICE),
            Entry(_("Letters sent"), "letters:letters", "mail", DESK),
            Entry(_("Payments"), "receivables:payments", "coins", DESK),
            Entry(_("Match payments"), "receivables:match", "coins", DESK, _payments_to_match, (Role.FINANCE,)),
            Entry(_("Credit notes"), "receivables:credit-notes", "file", DESK),
            Entry(_("Write-offs"), "receivables:write-offs", "list", DESK, write_offs_to_decide, DECIDES),
            Entry(_("Charges"), "receivables:charges", "list", DESK),
            Entry(
                _("Receipts to verify"),
                "receivables:receipts",
                "cash",
                DESK,
                _receipts_to_verify,
                (Role.FINANCE,),
            ),
            Entry(_("Papers in hand"), "receivables:papers", "file", DESK),
            Entry(_("Control totals"), "desk:control-totals", "scale", OFFICE),
            Entry(_("Journal"), "receivables:journal", "file", OFFICE),
            Entry(_("Rates"), "receivables:rates", "scale", OFFICE),
        ),
    ),
    (
        _("Set up"),
        (
            Entry(_("Policy"), "desk:policy", "settings", DESK),
            Entry(_("People"), "desk:people", "user", PEOPLE),
            Entry(_("Import"), "intake:files", "upload", OFFICE),
            Entry(_("Health"), "desk:health", "health", DESK),
        ),
    ),
)
TABS = ("visits:today", "visits:week", "desk:customers", "profile")
MORE = _("More")


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `nav` for the column, `tabs` for a rep's phone, where the search box leads."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"nav": [], "tabs": []}
    here = request.path
    current = _current(here)
    counts = _counts(user)
    nav = []
    for label, entries in PLAN:
        links = [link for entry in entries if user.role in entry.roles and (link := _link(entry, current, counts))]
        if links:
            nav.append(Group(label, links))
    return {
        "nav": nav,
        "tabs": _tabs(nav, here) if user.role == Role.REP else [],
        "search_url": _address("desk:customers"),
    }


def _address(page: str) -> str:
    """Empty where the page is not installed (yet)."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def _current(here: str) -> str:
    """The address of the column under which the page stands: the longest one that begins it."""
    addresses = [_address(entry.page) for _label, entries in PLAN for entry in entries]
    return max((url for url in addresses if url and here.startswith(url)), key=len, default="")


def _counts(user: User) -> dict[str, int]:
    """How much waits on each page for this person: one statement for all of them."""
    asked = [
        (entry.page, rows)
        for _label, entries in PLAN
        for entry in entries
        if entry.waits and user.role in entry.roles and user.role in entry.acts
        for rows in entry.waits(user)
    ]
    found: dict[str, int] = {}
    for (page, _rows), number in zip(asked, numbers([rows for _page, rows in asked]), strict=True):
        found[page] = found.get(page, 0) + number
    return found


def numbers(asked: Waiting) -> list[int]:
    """How many rows each of these has: one statement for all of them."""
    if not asked:
        return []
    counted = [
        rows.order_by()
        .annotate(place=Value(place, output_field=IntegerField()))
        .values("place")
        .annotate(number=Count("pk"))
        .values_list("place", "number")
        for place, rows in enumerate(asked)
    ]
    found = dict(counted[0].union(*counted[1:], all=True))
    return [found.get(place, 0) for place in range(len(asked))]


def _link(entry: Entry, current: str, counts: dict[str, int]) -> Link | None:
    url = _address(entry.page)
    if not url:
        return None
    return Link(entry.label, url, entry.icon, url == current, counts.get(entry.page, 0))


def _tabs(nav: list[Group], here: str) -> list[Link]:
    links = {link.url: link for group in nav for link in group.links}
    tabs = [links[url] for page in TABS if (url := _address(page)) in links]
    more = _address("profile")
    return [*tabs, Link(MORE, more, "menu", here == more, 0)]
