"""A stop that is somebody else's, or that left the plan while its form was open."""

from datetime import date

import pytest
from django.urls import reverse

from collections_app.visits import services
from collections_app.visits.models import Outcome, Stop
from receivables.models import Receipt
from tests import factories as make
from tests.web.test_today import TUESDAY, key_of, outcome_url, send
from tests.web.test_today import rep as rep  # noqa: PLC0414  (a fixture)
from tests.web.test_today import stop as stop  # noqa: PLC0414  (a fixture)
from tests.web.test_today import tuesday as tuesday  # noqa: PLC0414  (a fixture)

pytestmark = pytest.mark.django_db


def test_a_form_that_is_open_while_the_day_is_planned_again_is_saved(client, rep, stop):
    client.force_login(rep)
    page = client.get(outcome_url(stop, "not in"))
    fresh = make.customer(rep, name="Bar Luna")
    make.site(fresh)
    make.invoice(fresh, "9000.00", due_date=date(2026, 9, 1))
    services.plan_day(on=TUESDAY, rep=rep, by=make.BY)

    answer = client.post(
        outcome_url(stop, "not in"), {"kind": "not in", "key": key_of(page), "note": "Back on Friday"}, follow=True
    )

    assert answer.status_code == 200
    assert Outcome.objects.get().note == "Back on Friday"


def test_what_was_typed_for_a_visit_that_left_the_plan_is_shown_and_not_saved(client, rep, stop):
    client.force_login(rep)
    typed = {"amount": "3240.00", "day": "2026-11-27", "method": "transfer", "promised_by": "<Ana>", "note": "At noon"}
    sent = {"kind": "promise", "key": key_of(client.get(outcome_url(stop, "promise"))), **typed}
    Stop.objects.all().delete()

    answer = client.post(outcome_url(stop, "promise"), sent)

    assert answer.status_code == 404
    shown = answer.content.decode()
    assert "This visit is not in your plan any more, and nothing was saved." in shown
    for said in ("3240.00", "Fri 27 Nov", "Transfer", "&lt;Ana&gt;", "At noon"):
        assert said in shown, said
    assert not Outcome.objects.exists()
    assert client.get(outcome_url(stop, "promise")).status_code == 404
    assert client.post(outcome_url(stop), {"kind": "none of these"}).status_code == 404


def test_another_reps_stop_day_and_receipt_do_not_exist(client, rep, stop):
    client.force_login(rep)
    send(client, stop, method="transfer", amount="3240.00")
    client.force_login(make.rep("other"))

    for url in (
        reverse("visits:stop", args=[stop.pk]),
        outcome_url(stop, "paid"),
        reverse("visits:receipt", args=[Receipt.objects.get().pk]),
        reverse("visits:today") + f"?rep={rep.pk}",
        reverse("visits:today") + "?rep=1'",
        reverse("visits:today") + "?date=31.02.2026",
    ):
        assert client.get(url).status_code == 404, url


def test_a_manager_reads_a_day_of_the_own_team_and_logs_nothing(client, rep, stop):
    client.force_login(make.manager("boss"))

    assert "Carmen" in client.get(reverse("visits:today")).content.decode()
    page = client.get(reverse("visits:today") + f"?rep={rep.pk}").content.decode()
    assert "Mercado Sol, S.L." in page
    assert outcome_url(stop) not in page
    assert client.get(outcome_url(stop, "paid")).status_code == 403


def test_a_manager_of_another_team_does_not_see_the_day(client, rep, stop):
    client.force_login(make.manager("stranger", leads=make.team("South")))

    assert client.get(reverse("visits:today") + f"?rep={rep.pk}").status_code == 404
    assert client.get(reverse("visits:stop", args=[stop.pk])).status_code == 404


@pytest.mark.parametrize("someone", [make.finance, make.auditor])
def test_finance_and_auditor_read_any_day(client, rep, stop, someone):
    client.force_login(someone())

    assert client.get(reverse("visits:today") + f"?rep={rep.pk}").status_code == 200
