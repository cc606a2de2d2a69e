"""Retention of title on the contract's page: noted where the customer's place keeps a register, and only there."""

import re
from datetime import date
from html import unescape

import pytest

from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(owner=make.rep("carmen"), code="C-100", name="Mercado Sol")


@pytest.fixture
def manager(client, customer):
    person = make.manager("maria")
    client.force_login(person)
    return person


def text_of(answer):
    page = answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])).split())


def page_of(client, contract):
    return text_of(client.get(f"/contracts/{contract.pk}/"))


def keyed(key, **data):
    return {"key": f"key {key}"} | data


def test_a_retained_title_is_registered_on_the_page_and_its_entry_stays_there(client, manager, customer):
    customer.country = "CH"
    customer.save(update_fields=["country"])
    contract = make.contract(customer, title="simple", title_agreed_on=date(2026, 10, 1))
    assert "it does not hold against others until it is registered (ZGB Art. 715" in page_of(client, contract)
    url = f"/contracts/{contract.pk}/register-title/"

    early = client.post(url, keyed(1, reference="Zürich 2026/118", on="2026-09-30"))
    client.post(url, keyed(2, reference="Zürich 2026/118", on="2026-10-05"))

    assert (early.status_code, "cannot be registered on 30 Sept 2026, before that." in text_of(early)) == (422, True)
    page = page_of(client, contract)
    assert "agreed on 1 Oct 2026, it holds for goods delivered from then on." in page
    assert "Registered since 5 Oct 2026: Zürich 2026/118." in page
    assert "Correct the registration of title" in page


@pytest.mark.parametrize(("country", "title"), [("IE", "simple"), ("CH", "none")])
def test_where_no_register_is_asked_for_nothing_is_registered(client, manager, customer, country, title):
    customer.country = country
    customer.save(update_fields=["country"])
    contract = make.contract(customer, title=title, title_agreed_on=date(2026, 10, 1) if title != "none" else None)

    assert "title is registered" not in page_of(client, contract)
