"""A rep without a signal, a server without the Internet: every form of a round is made without asking anybody."""

import socket
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.db import connection
from django.urls import reverse

from common import pdf
from staff import calendar_link
from tests import factories as make
from tests.web.rounds import TUESDAY, round_of

pytestmark = pytest.mark.django_db


class AskedOutside(Exception):
    """Somebody wanted a name resolved or a connection opened."""


@pytest.fixture
def no_network(monkeypatch):
    """Databases that are reached already stay so; nothing new is opened."""
    connection.ensure_connection()

    def refuse(*_args, **_more):
        raise AskedOutside

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def carmen(settings: LazySettings):
    settings.MAP_TILES = "https://tiles.example/{z}/{x}/{y}.png"  # the reader's browser may ask, the server never
    make.business(calendar="ES", latitude=Decimal("39.4699"), longitude=Decimal("-0.3763"))
    rep = make.rep("carmen")
    calendar_link.renew(rep=rep)
    for name in ("Bar Azul", "Venta"):
        made = make.customer(rep, name=name)
        make.site(made)
        make.invoice(made, "400.00", due_date=TUESDAY - timedelta(days=9))
    round_of(rep)
    return rep


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("today", b"<!doctype html>"), ("round", b"<!doctype html>"), ("week", b"<!doctype html>"),
        ("round-gpx", b"<?xml"), ("calendar", b"BEGIN:VCALENDAR"), ("day-sheet", b"%PDF-"), ("week-sheet", b"%PDF-"),
    ],
)  # fmt: skip
def test_every_form_of_the_round_works_with_networking_off(client, carmen, no_network, name, starts):
    if name.endswith("sheet") and not pdf.is_possible():
        pytest.skip("no Pango here")
    client.force_login(carmen)

    answer = client.get(reverse(f"visits:{name}", args=[calendar_link.token_of(carmen)] if name == "calendar" else []))

    assert answer.status_code == 200
    assert answer.content.lstrip()[: len(starts)] == starts


def test_the_week_is_planned_again_with_networking_off(client, carmen, no_network):
    client.force_login(carmen)

    answer = client.post(f"{reverse('visits:plan-week')}?date=2026-11-24", follow=True)

    assert "the week is planned" in answer.content.decode()


def test_the_map_on_paper_asks_for_no_pictures(client, carmen):
    if not pdf.is_possible():
        pytest.skip("no Pango here")
    client.force_login(carmen)

    assert b"tiles.example" not in client.get(reverse("visits:day-sheet")).content
