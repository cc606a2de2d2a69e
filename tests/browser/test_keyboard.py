"""Payround by keyboard alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, expect
from playwright.sync_api import Page as Tab

from tests.browser.conftest import DESK, FINANCE, MANAGER, PHONE, REP, Served

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

# What shows where the focus is: an outline of the element itself, or of the label of a hidden box.
FOCUS = """() => {
    const one = document.activeElement;
    if (one === document.body) return null;
    const shown = [one, ...(one.labels || []), one.parentElement, one.nextElementSibling].filter(Boolean);
    shown.push(...(one.nextElementSibling?.querySelectorAll("label") || []));
    const styles = shown.map(it => getComputedStyle(it)).filter(it => it.outlineStyle !== "none");
    const outlines = styles.map(it => parseFloat(it.outlineWidth));
    const box = one.getBoundingClientRect();
    return {
        what: one.outerHTML.slice(0, 100),
        outline: Math.max(0, ...outlines),
        seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
}"""


def test_the_first_key_offers_to_skip_to_the_content(served: Served, window: Callable[..., BrowserContext]):
    tab = window(MANAGER, viewport=DESK).new_page()
    tab.goto(served.url(reverse("desk:ageing")))

    tab.keyboard.press("Tab")
    skip = tab.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    tab.keyboard.press("Enter")

    expect(tab.get_by_role("main")).to_be_focused()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize(
    ("person", "name", "size"),
    [
        (REP, "visits:today", PHONE),
        (REP, "visits:outcome", PHONE),
        (MANAGER, "desk:ageing", DESK),
        (MANAGER, "desk:receivables", PHONE),
        (FINANCE, "receivables:record-payment", DESK),
    ],
)
def test_whoever_presses_tab_sees_where_they_are(
    person: str, name: str, size: Any, served: Served, window: Callable[..., BrowserContext]
):
    tab = window(person, viewport=size).new_page()
    stop = served.things["stop"] if name == "visits:outcome" else None
    tab.goto(served.url(reverse(name, kwargs=stop) + ("?kind=paid" if stop else "")))

    reached = [place for place in _tabbed(tab, 40) if place]

    assert len(reached) >= 8
    assert [place["what"] for place in reached if place["outline"] < 2 or not place["seen"]] == []


def _tabbed(tab: Tab, times: int) -> list[Any]:
    places = []
    for _ in range(times):
        tab.keyboard.press("Tab")
        places.append(tab.evaluate(FOCUS))
    return places


def test_a_refused_form_puts_the_focus_on_what_to_correct(served: Served, window: Callable[..., BrowserContext]):
    tab = window(REP).new_page()
    tab.goto(served.url(reverse("visits:outcome", kwargs=served.things["stop"]) + "?kind=paid"))

    tab.get_by_label("Amount received").fill("not a number")
    with tab.expect_navigation() as sent:
        tab.keyboard.press("Enter")

    assert sent.value.status == 422
    summary = tab.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(tab.get_by_label("Amount received")).to_have_value("not a number")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.get_by_label("Amount received")).to_be_focused()


def test_the_slash_key_goes_to_the_search_and_types_itself_in_a_field(
    served: Served, window: Callable[..., BrowserContext]
):
    tab = window(FINANCE, viewport=DESK).new_page()
    tab.goto(served.url(reverse("desk:ageing")))

    tab.keyboard.press("/")
    search = tab.get_by_role("searchbox", name="Search by name or number")
    expect(search).to_be_focused()
    expect(search).to_have_value("")
    tab.keyboard.press("/")
    expect(search).to_have_value("/")
