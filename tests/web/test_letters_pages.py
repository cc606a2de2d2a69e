"""The dunning run and the letters, as each role sees them."""

from datetime import date, timedelta
from unittest import mock

import pytest
from django.urls import reverse

from audit.services import COMMAND
from collections_app.letters import services, tasks, views
from collections_app.letters.models import Letter, Run
from common import pdf
from tests import factories as make
from tests.print.letters import addressed

AS_OF = date(2026, 11, 20)
pytestmark = pytest.mark.django_db


@pytest.fixture
def late_customer():
    make.business()
    of = addressed(make.rep("carmen"), name="Mercado Sol")
    make.due_item(of, "310.50", due_date=AS_OF - timedelta(days=30))
    return of


@pytest.fixture
def as_finance(client):
    client.force_login(make.finance())
    return client


@pytest.fixture(autouse=True)
def bell():
    with mock.patch.object(views.current_app, "send_task") as ring:
        yield ring


def button(client):
    page = client.get(reverse("letters:review"), {"as_of": AS_OF})
    return {name: page.context["form"].initial[name] for name in ("as_of", "letters", "key")}


def test_the_proposal_shows_a_row_per_letter_and_what_is_left_out(as_finance, late_customer):
    make.due_item(addressed(name="Too little"), "1.20", due_date=AS_OF - timedelta(days=30))

    page = as_finance.get(reverse("letters:dunning"), {"as_of": AS_OF}).content.decode()

    assert "Mercado Sol" in page
    assert "310.50" in page
    assert "Too little" in page
    assert "Below the smallest amount" in page


def test_the_dunning_page_names_whom_post_does_not_reach(as_finance):
    make.business()
    make.due_item(make.customer(name="No Address Ltd"), 90, due_date=AS_OF - timedelta(days=30))

    page = as_finance.get(reverse("letters:dunning"), {"as_of": AS_OF}).content.decode()

    assert "No Address Ltd" in page and "No postal address: hand it over" in page


def test_finance_issues_what_was_reviewed_and_sees_the_run(as_finance, late_customer, bell):
    answer = as_finance.post(reverse("letters:review"), button(as_finance), follow=True)

    assert answer.redirect_chain[-1][0] == reverse("letters:run", args=[Run.objects.get().pk])
    assert "D1 2026-0001" in answer.content.decode()
    assert bell.call_args.args == (tasks.render_run.name,)


def test_the_same_form_sent_twice_is_one_run(as_finance, late_customer):
    form = button(as_finance)

    as_finance.post(reverse("letters:review"), form)
    answer = as_finance.post(reverse("letters:review"), form)

    assert answer.status_code == 302
    assert Run.objects.count() == 1


def test_a_proposal_that_changed_since_the_review_is_shown_again(as_finance, late_customer):
    form = button(as_finance)
    make.due_item(addressed(), 80, due_date=AS_OF - timedelta(days=9))

    answer = as_finance.post(reverse("letters:review"), form)

    assert answer.status_code == 422
    assert not Letter.objects.exists()


def test_an_auditor_reads_the_proposal_and_issues_nothing(client, late_customer):
    client.force_login(make.auditor())

    assert client.get(reverse("letters:dunning"), {"as_of": AS_OF}).status_code == 200
    assert client.post(reverse("letters:review"), {"as_of": AS_OF, "letters": 1, "key": "x"}).status_code == 403


def test_a_rep_opens_the_letters_of_own_customers_only(client, late_customer, pango):
    letter = services.render(services.issue(as_of=AS_OF, by=make.BY).letters.get())
    address = reverse("letters:letter", args=[letter.pk])

    client.force_login(late_customer.owner)
    own = client.get(address)
    client.force_login(make.rep("other"))
    others = client.get(address)

    assert (own.status_code, own["Content-Type"], own.content) == (200, "application/pdf", letter.document.content)
    assert own["X-Content-Type-Options"] == "nosniff"
    assert others.status_code == 404


def test_a_letter_that_waits_says_so(as_finance, late_customer):
    letter = services.issue(as_of=AS_OF, by=make.BY).letters.get()

    page = as_finance.get(reverse("letters:letter", args=[letter.pk]), follow=True)

    assert "waits to be printed" in page.content.decode()


def test_without_pango_the_pages_say_what_is_missing_and_everything_else_works(as_finance, late_customer, monkeypatch):
    monkeypatch.setattr(pdf, "is_possible", lambda: False)

    page = as_finance.get(reverse("letters:dunning"), {"as_of": AS_OF})
    issued = as_finance.post(reverse("letters:review"), button(as_finance), follow=True)

    assert "Pango is missing" in page.content.decode()
    assert issued.status_code == 200
    assert Letter.objects.get().number == 1


def test_the_list_finds_a_letter_by_its_number_and_exports_it(as_finance, late_customer):
    services.issue(as_of=AS_OF, by=make.BY)

    found = as_finance.get(reverse("letters:letters"), {"q": "D1 2026-0001"})
    missed = as_finance.get(reverse("letters:letters"), {"q": "2026-0009"})
    exported = as_finance.get(reverse("letters:letters"), {"export": "csv"})

    assert "Mercado Sol" in found.content.decode()
    assert '<th scope="row" class="nowrap">D1 2026-0001</th>' in found.content.decode()
    assert "Mercado Sol" not in missed.content.decode()
    assert b"D1 2026-0001" in exported.content


@pytest.mark.parametrize("typed", ["D1 2026-0001", "d1 2026-1", " 2026-1 ", "D1-2026-0001"])
def test_the_search_box_finds_the_customer_of_a_letter(as_finance, late_customer, typed):
    services.issue(as_of=AS_OF, by=make.BY)
    make.customer(name="Somebody Else")

    found = as_finance.get(reverse("desk:customers"), {"q": typed}).content.decode()
    missed = as_finance.get(reverse("desk:customers"), {"q": "2026-0002"}).content.decode()

    assert "Mercado Sol" in found and "Somebody Else" not in found
    assert "Mercado Sol" not in missed


@pytest.mark.parametrize("name", ["letters:letters", "letters:dunning"])
def test_the_pages_ask_the_same_number_of_queries_at_any_size(
    as_finance, late_customer, django_assert_max_num_queries, name
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked():
        with CaptureQueriesContext(connection) as found:
            assert as_finance.get(reverse(name), {"as_of": AS_OF + timedelta(days=1)}).status_code == 200
        return len(found)

    services.issue(as_of=AS_OF, by=make.BY)
    make.due_item(addressed(), 80, due_date=AS_OF - timedelta(days=9))
    few = asked()
    for _ in range(8):
        make.due_item(addressed(), 80, due_date=AS_OF - timedelta(days=9))
    services.issue(as_of=AS_OF, by=make.BY)
    for _ in range(8):
        make.due_item(addressed(), 80, due_date=AS_OF - timedelta(days=9))

    assert asked() == few


def test_the_task_prints_a_batch_and_rings_for_the_rest(late_customer, monkeypatch, pango):
    for _ in range(2):
        make.due_item(addressed(), 80, due_date=AS_OF - timedelta(days=9))
    run = services.issue(as_of=AS_OF, by=make.BY)
    monkeypatch.setattr(pdf, "COLLECTED_EVERY", 2)

    with mock.patch.object(tasks.render_run, "apply_async") as again:
        tasks.render_run(run.pk)
        first_rings = again.call_count
        tasks.render_run(run.pk)

    assert (first_rings, again.call_count) == (1, 1)
    assert services.waiting(run_id=run.pk) == 0


def test_a_run_names_who_issued_it(as_finance, late_customer):
    run = services.issue(as_of=AS_OF, by=COMMAND)

    page = as_finance.get(reverse("letters:run", args=[run.pk])).content.decode()
    runs = as_finance.get(reverse("letters:dunning"), {"as_of": AS_OF}).content.decode()

    assert "Issued by Command line" in page
    assert "by Command line" in runs and "system:command" not in page + runs


def test_a_run_that_a_person_issued_names_the_person(as_finance, late_customer):
    run = services.issue(as_of=AS_OF, by=make.person("finance", "niamh", last_name="Byrne"))

    assert "Issued by Niamh Byrne" in as_finance.get(reverse("letters:run", args=[run.pk])).content.decode()
