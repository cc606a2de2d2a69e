"""Signing in: five wrong attempts close the door for a while; the page says the same to everybody."""

import re

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from tests import factories as make

pytestmark = pytest.mark.django_db


def try_to_sign_in(client: Client, username: str, password: str) -> int:
    return client.post(reverse("login"), {"username": username, "password": password}).status_code


def test_five_wrong_passwords_close_the_sign_in_also_for_the_right_one(client: Client, settings: LazySettings) -> None:
    settings.AXES_ENABLED = True
    make.person("rep", "carmen")
    make.person("rep", "tom")
    assert [try_to_sign_in(client, "carmen", "wrong") for _ in range(5)][:4] == [422] * 4
    refused = client.post(reverse("login"), {"username": "carmen", "password": make.PASSWORD})
    assert refused.status_code == 429
    assert "Wait fifteen minutes" in refused.content.decode()
    assert try_to_sign_in(client, "tom", make.PASSWORD) == 302


def test_a_stranger_and_a_wrong_password_read_the_same(client: Client) -> None:
    make.person("rep", "carmen")
    texts = set()
    for username in ("carmen", "nobody"):
        page = client.post(reverse("login"), {"username": username, "password": "wrong"}).content.decode()
        texts.add(re.sub(r"\b\w{64}\b", "", page.replace(username, "…")))
    assert len(texts) == 1


def test_the_session_gets_a_new_key_at_sign_in(client: Client) -> None:
    make.person("manager", "maria")
    client.get(reverse("login"))
    client.session.save()
    before = client.session.session_key
    try_to_sign_in(client, "maria", make.PASSWORD)
    assert client.session.session_key != before


def test_a_page_sends_a_policy_without_inline_script_or_style(client: Client) -> None:
    policy = client.get(reverse("login"))["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_balancers_may_ask_without_signing_in(client: Client) -> None:
    assert client.get(reverse("health-live")).json() == {"live": True}
    assert client.get(reverse("health-ready")).json() == {"ready": True, "database": True}
    assert client.post(reverse("health-live")).status_code == 405
