"""What the last night found and left, and what somebody keeps for oneself."""

from datetime import timedelta
from decimal import Decimal

import pytest

from collections_app import night as nightly
from receivables import services as receivables
from tests import factories as make
from tests.web.desk.pages import text_of

pytestmark = pytest.mark.django_db


def test_health_names_what_the_last_night_found_broken(client, customer, today):
    receivables.state_total(currency="EUR", on=today - timedelta(days=1), amount=Decimal(1), by=make.BY)
    nightly.run(as_of=today, by=make.BY)
    client.force_login(make.finance())

    page = text_of(client.get("/health/"))

    assert "1 row breaks an invariant, see below" in page
    assert "I4 Ageing ties to the ledger and its control totals" in page
    assert "EUR on 2026-11-23: ageing 4314.600, control total 1.000" in page


def test_health_names_the_last_night_and_the_marks_that_wait(client, customer, today):
    from customers import services as customers

    customers.mark([customer.pk], because="test", on=today)
    client.force_login(make.admin_user())

    page = text_of(client.get("/health/"))

    assert "Last closed night" in page
    assert "the oldest of" in page


def test_the_profile_keeps_theme_rows_and_language(client, carmen):
    client.force_login(carmen)

    answer = client.post("/profile/", {"language": "es", "theme": "dark", "density": "dense", "role": "admin"})

    carmen.refresh_from_db()
    assert (carmen.language, carmen.theme, carmen.density, carmen.role) == ("es", "dark", "dense", "rep")
    assert answer.cookies["django_language"].value == "es"
    page = client.get("/profile/").content.decode()
    assert 'data-theme="dark"' in page
    assert 'data-density="dense"' in page
