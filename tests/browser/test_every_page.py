"""Every page as its reader meets it: on a phone and on a desk, light and dark, and on the narrowest screen."""

import gzip
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext
from playwright.sync_api import Page as Tab

from tests.browser import conftest as book
from tests.browser.conftest import DESK, NARROW, PHONE, Served, listening
from tests.browser.pages import pages_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

AXE = Axe().axe_script
ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_COLOUR = ["color-contrast", "link-in-text-block"]  # a theme changes colours and nothing else
ASK = "rules => axe.run({runOnly: rules, resultTypes: ['violations']}).then(found => found.violations)"
# Rows of one build differ in their words alone: two of each are looked at, which spares nine tenths of the time.
ALIKE = """() => {
    const times = {};
    for (const row of document.querySelectorAll("tbody > tr, li")) {
        const build = [row, ...row.querySelectorAll("*")].map(one => one.tagName + one.getAttribute("class")).join();
        times[build] = (times[build] || 0) + 1;
        if (times[build] > 2) row.remove();
    }
}"""
WIDTH = "[document.documentElement.scrollWidth, innerWidth]"
NOT_LOADED = "Failed to load resource: the server responded with a status of"  # a page of an error is one itself
READERS = (*book.PEOPLE, "")

KB = 1024
HTML, TODAY_HTML, CSS, JS, FONTS = 30 * KB, 20 * KB, 14 * KB, 20 * KB, 50 * KB


@pytest.mark.parametrize("person", READERS)
def test_no_page_has_a_fault_that_can_be_measured(person: str, served: Served, window: Callable[..., BrowserContext]):
    tab = window(person).new_page()
    faults = []
    for page in pages_of(person, served):
        with listening(tab) as said:
            tab.goto(served.url(page.path))
            seen = [*_widths(tab)]
            tab.evaluate(ALIKE)
            tab.evaluate(AXE)
            seen += _broken_rules(tab)
        seen += [f"the console says: {line}" for line in said if not line.startswith(NOT_LOADED)]
        faults += [f"{page}: {fault}" for fault in dict.fromkeys(seen)]
    assert not faults, "\n".join(faults)


def _widths(tab: Tab) -> Iterator[str]:
    for size in (NARROW, PHONE, DESK):
        tab.set_viewport_size(size)  # type: ignore[arg-type]
        needed, given = tab.evaluate(WIDTH)
        if needed > given:
            yield f"{given} px: scrolls sideways, {needed} px are needed"


def _broken_rules(tab: Tab) -> Iterator[str]:
    for size, theme in product((PHONE, DESK), ("light", "dark")):
        tab.set_viewport_size(size)  # type: ignore[arg-type]
        tab.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        for broken in tab.evaluate(ASK, ALL_RULES if theme == "light" else OF_COLOUR):
            for node in broken["nodes"]:
                yield f"{size['width']} px {theme}: {broken['id']}: {node['html'][:120]} {_figures(node)}"


def _figures(node: dict[str, Any]) -> str:
    """The two colours, where contrast is the fault."""
    data = next((check.get("data") for check in node["any"]), None)
    if not isinstance(data, dict) or "contrastRatio" not in data:
        return ""
    return f"{data['fgColor']} on {data['bgColor']} is {data['contrastRatio']}:1"


@pytest.mark.parametrize("person", READERS)
def test_no_page_is_heavier_than_promised(person: str, served: Served, window: Callable[..., BrowserContext]):
    """First load, compressed; fonts are compressed already. English needs the Latin font alone."""
    tab = window(person, viewport=DESK).new_page()
    faults: list[str] = []
    known: dict[str, int] = {}
    for page in pages_of(person, served):
        if "?" in page.path:
            continue  # the same page with other rows
        limits = {"document": TODAY_HTML if "/today/" in page.path else HTML, "stylesheet": CSS, "script": JS}
        limits["font"] = FONTS
        weights = dict.fromkeys(limits, 0)
        for kind, url in _loaded(tab, served.url(page.path)):
            if kind in limits:
                known[url] = known.get(url) or _weight(tab, kind, url)
                weights[kind] += known[url]
        faults += [
            f"{page}: {kind} {weights[kind]:,} > {limit:,} bytes"
            for kind, limit in limits.items()
            if weights[kind] > limit
        ]
    assert not faults, "\n".join(faults)


def _loaded(tab: Tab, url: str) -> list[tuple[str, str]]:
    """Kind and address of all that a page asks for."""
    asked: list[tuple[str, str]] = []

    def note(request: Any) -> None:
        asked.append((request.resource_type, request.url))

    tab.on("request", note)
    tab.goto(url)
    tab.evaluate("document.fonts.ready.then(() => null)")
    tab.remove_listener("request", note)
    return asked


def _weight(tab: Tab, kind: str, url: str) -> int:
    body = tab.request.get(url).body()
    return len(body) if kind == "font" else len(gzip.compress(body, 6))


SMALL_DESK = {"width": 1280, "height": 800}
CUT = """() => [...document.querySelectorAll(".scroll")]
    .filter(box => box.scrollWidth > box.clientWidth)
    .map(box => `${box.getAttribute("aria-label") || box.id}: ${box.scrollWidth} px in ${box.clientWidth}`)"""


@pytest.mark.parametrize("person", READERS)
def test_no_list_of_the_desk_is_wider_than_its_card(person: str, served: Served, window: Callable[..., BrowserContext]):
    """What stands on the right of a list, the open amount above all, is seen without scrolling sideways."""
    tab = window(person, viewport=SMALL_DESK).new_page()
    faults = []
    for page in pages_of(person, served):
        tab.goto(served.url(page.path))
        faults += [f"{page}: {cut}" for cut in tab.evaluate(CUT)]
    assert not faults, "\n".join(faults)
