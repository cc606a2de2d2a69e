"""The rep's day in a browser that runs no script."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, expect

from demo import people
from tests.browser.conftest import MANAGER, REP, Served, listening

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_without_script_a_rep_signs_in_and_logs_a_visit_paid_in_full(
    served: Served, window: Callable[..., BrowserContext]
):
    tab = window("", java_script_enabled=False).new_page()
    with listening(tab) as said:
        tab.goto(served.url(reverse("visits:today")))
        tab.get_by_label("Username").fill(REP)
        tab.get_by_label("Password").fill(people.PASSWORD)
        tab.get_by_role("button", name="Sign in").click()
        card = tab.get_by_role("article")
        customer = card.get_by_role("heading", level=2).inner_text()
        asked = card.locator(".stop__amount").inner_text()

        card.get_by_role("link", name="Log visit").click()
        expect(tab.get_by_role("button", name="Save")).to_have_count(0)  # the choice is the first step
        tab.get_by_role("link", name="Paid").click()
        tab.get_by_role("radio", name="Transfer").check()
        tab.get_by_role("button", name="Save and give receipt").click()

        expect(tab.get_by_role("heading", level=1)).to_have_text(re.compile(r"Receipt R\d+-\d{4}"))
        expect(tab.get_by_role("main")).to_contain_text(asked)
        tab.get_by_role("link", name="Back to Today").click()
        done = tab.get_by_role("region", name="Done")
        expect(done.get_by_role("listitem").filter(has_text=customer)).to_contain_text("Paid")
        expect(tab.get_by_role("article").get_by_role("heading", level=2)).not_to_have_text(customer)
    assert not said


def test_without_script_filters_on_a_phone_unfold_and_stay_while_one_is_set(
    served: Served, window: Callable[..., BrowserContext]
):
    tab = window(MANAGER, java_script_enabled=False).new_page()
    tab.goto(served.url(reverse("desk:receivables")))
    filters = tab.get_by_role("form", name="Filters")
    expect(filters).to_be_hidden()

    tab.locator(".filters-fold summary").click()
    tab.get_by_label("Currency", exact=True).select_option("EUR")
    tab.get_by_role("button", name="Show").click()

    expect(tab).to_have_url(re.compile(r"/receivables/\?.*currency=EUR"))
    expect(filters).to_be_visible()


def test_without_script_a_board_is_filtered_and_its_figure_opened(
    served: Served, window: Callable[..., BrowserContext]
):
    tab = window(MANAGER, java_script_enabled=False).new_page()
    tab.goto(served.url(reverse("desk:ageing")))

    tab.locator(".filters-fold summary").click()
    tab.get_by_label("Currency", exact=True).select_option("EUR")
    tab.get_by_role("button", name="Show").click()
    board = tab.get_by_role("table", name="Receivables by standing and days late")
    figure = board.locator("tfoot a").last  # whole euro; the list it opens has the cents
    total = _amount(figure.inner_text())
    figure.click()

    expect(tab).to_have_url(re.compile(r"/receivables/\?.*currency=EUR"))
    assert abs(_amount(tab.locator(".figure__value").first.inner_text()) - total) < 1


def _amount(text: str) -> Decimal:
    return Decimal(re.sub(r"[^\d.]", "", text))


def test_without_script_a_contract_is_drafted_and_activated_and_goods_are_asked_for_and_released_under_it(
    served: Served, window: Callable[..., BrowserContext]
):
    tab = window(MANAGER, java_script_enabled=False).new_page()
    tab.goto(served.url(reverse("desk:new-contract")))
    tab.get_by_label("Customer number").fill(served.things["customer"]["code"])
    tab.get_by_role("button", name="Go on").click()
    tab.get_by_role("link", name="Net days").click()
    tab.get_by_label("Number", exact=True).fill("C-WITHOUT")
    tab.get_by_label("Days", exact=True).fill("14")
    tab.get_by_role("button", name="Save the draft").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Contract C-WITHOUT")

    tab.get_by_text("Agree a price").click()
    tab.get_by_label("Product").fill("WATER")
    tab.get_by_label("Price per unit").fill("2.50")
    tab.get_by_role("button", name="Add price").click()
    tab.get_by_role("button", name="Activate").click()
    tab.get_by_role("link", name="Plan a shipment").click()
    tab.get_by_label("Water: quantity").fill("40")
    tab.get_by_role("button", name="Plan shipment").click()

    expect(tab.get_by_role("heading", level=1)).to_have_text(re.compile(r"Shipment SH-2026-\d{5}"))
    goods = tab.get_by_role("table", name="Goods, in EUR")
    expect(goods.locator("tfoot")).to_contain_text("100.00")
    tab.get_by_role("button", name="Release", exact=True).click()
    expect(tab.get_by_role("status").first).to_contain_text(re.compile("is released|stays on hold"))
