"""Calls ahead: the list by role, one call and its answer, taking it back, coverage."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from collections_app.cases import services as cases
from collections_app.visits.models import Announced
from tests import factories as make
from tests.web.exported import lines_of

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
DAY = timedelta(days=1)
TOMORROW = TODAY + DAY


@pytest.fixture
def carmen(client):
    make.business(calendar="ES")
    rep = make.rep("carmen")
    client.force_login(rep)
    return rep


def call(rep, amount="600.00", *, name="Café Sol", due_date=TOMORROW, **values):
    customer = make.customer(rep, name=name)
    make.contact(customer)
    make.due_item(customer, amount, due_date=due_date)
    return make.call_ahead(customer, amount, **values)


def text_of(answer):
    page = answer.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])).split())


def page_of(client, row):
    return client.get(reverse("visits:call", args=[row.pk]))


def send(client, row, **said):
    return client.post(reverse("visits:answer-call", args=[row.pk]), {"key": "1"} | said)


# The list


def test_without_a_call_the_list_says_what_would_fill_it(client, carmen):
    assert "No call to make. Every night the larger collections" in text_of(client.get("/calls/"))


def test_the_list_says_whom_to_call_when_about_what_and_why(client, carmen):
    row = call(carmen)
    page = client.get("/calls/")

    said = text_of(page)
    assert "Café Sol Wed 25 Nov €600.00 Unpaid €600.00 falls due +34 600 555 019 To be called" in said
    assert 'href="tel:+34600555019"' in page.content.decode()
    assert f'href="/calls/{row.pk}/"' in page.content.decode()


def test_a_rep_sees_the_calls_of_his_customers_and_a_manager_those_of_the_team(client, carmen):
    call(carmen)
    call(make.rep("tom", team=make.team("South")), name="Bar Luna")

    assert "Bar Luna" not in text_of(client.get("/calls/"))

    client.force_login(make.manager("mark", leads=make.team("South")))
    said = text_of(client.get("/calls/"))
    assert "Bar Luna" in said and "Café Sol" not in said

    client.force_login(make.finance())
    said = text_of(client.get("/calls/"))
    assert "Bar Luna" in said and "Café Sol" in said


def test_the_list_is_narrowed_by_name_rep_state_and_shows_past_visits_when_asked(client, carmen):
    call(carmen)
    call(carmen, name="Bar Luna", state="not reached")
    call(carmen, name="Hostal Mar", on=TODAY - DAY)
    call(carmen, name="Kiosko", state="dropped")

    def names(query):
        said = text_of(client.get(f"/calls/?{query}"))
        return [name for name in ("Café Sol", "Bar Luna", "Hostal Mar", "Kiosko") if name in said]

    assert names("") == ["Café Sol", "Bar Luna"]
    assert names("q=luna") == ["Bar Luna"]
    assert names("state=open") == ["Café Sol"]
    assert names("state=dropped") == ["Kiosko"]
    assert names("visits=past") == ["Hostal Mar"]
    client.force_login(make.manager())
    assert names("rep=carmen") == ["Café Sol", "Bar Luna"]


def test_the_link_counts_the_calls_that_wait(client, carmen):
    call(carmen)
    call(carmen, state="not reached")
    call(carmen, state="confirmed")
    call(carmen, on=TODAY)

    page = client.get("/calls/").content.decode()

    link = re.search(r'<a[^>]+href="/calls/"[^>]*>.*?</a>', page, re.DOTALL)[0]
    assert "2" in re.sub(r"<[^>]+>", " ", link)


def test_beyond_the_weeks_contacts_a_call_is_listed_with_its_reason_and_not_offered(client, carmen):
    row = call(carmen)
    for ago in range(3):
        cases.made_contact(customer=row.customer, channel="call", reached=True, on=TODAY - ago * DAY, by=make.BY)

    page = client.get("/calls/")

    assert "Contacted often enough in the last seven days" in text_of(page)
    assert "tel:" not in page.content.decode()
    assert "Save the answer" not in text_of(page_of(client, row))
    assert send(client, row, state="confirmed").status_code == 422


def test_statements_of_the_list_do_not_grow_with_its_rows(client, carmen, count_queries):
    call(carmen)
    client.get("/calls/")
    one = count_queries(lambda: client.get("/calls/"))
    for number in range(5):
        call(carmen, name=f"Bar {number}")

    assert count_queries(lambda: client.get("/calls/")) == one


def test_the_file_has_the_calls_and_the_coverage(client, carmen):
    call(carmen)
    call(carmen, name="Hostal Mar", on=TODAY - DAY, state="confirmed")

    lines = lines_of(client.get("/calls/?export=csv"))

    [row] = [line for line in lines if "Café Sol" in line]
    assert {"2026-11-25", "600.00", "Unpaid", "€600.00 falls due", "'+34 600 555 019", "To be called"} <= set(row)
    assert lines[-1] == ["Carmen", "1", "1", "1", "100"]


# One call


def test_a_call_is_answered_in_one_form(client, carmen):
    row = call(carmen)
    said = text_of(page_of(client, row))

    answer = send(client, row, state="confirmed", said_at="16:30", note="Back door")

    row.refresh_from_db()
    assert "Why €600.00 falls due" in said
    assert answer.url == "/calls/"
    assert (row.state, f"{row.said_at:%H:%M}", row.note) == ("confirmed", "16:30", "Back door")
    assert "Café Sol: noted." in text_of(client.get("/calls/"))


def test_sent_twice_it_is_answered_once(client, carmen):
    row = call(carmen)
    for _ in range(2):
        assert send(client, row, state="not reached").status_code == 302

    assert row.customer.contacts_made.count() == 1


def test_another_amount_asks_for_it_and_keeps_what_was_typed(client, carmen):
    row = call(carmen)

    answer = send(client, row, state="differs", note="Two crates came back")

    assert answer.status_code == 422
    assert "Enter the amount that the customer says." in text_of(answer)
    assert 'value="Two crates came back"' in answer.content.decode()
    assert send(client, row, state="differs", said_amount="450,00").status_code == 302
    assert row.customer.to_dos.get().because == "reconciliation"


def test_an_answer_of_today_can_be_taken_back_by_its_author(client, carmen):
    row = call(carmen)
    send(client, row, state="refused", note="Pays next week")
    said = text_of(page_of(client, row))

    answer = client.post(reverse("visits:take-back-call", args=[row.pk]), {"key": "2"})

    row.refresh_from_db()
    assert "State Will not pay that day" in said and "Recorded 24 Nov 2026, Carmen" in said
    assert "Take it back" in said and "Save the answer" not in said
    assert (answer.url, row.state) == (f"/calls/{row.pk}/", "open")


def test_whoever_reads_only_gets_no_form(client, carmen):
    row = call(carmen)
    client.force_login(make.auditor())

    assert "Save the answer" not in text_of(page_of(client, row))
    assert send(client, row, state="confirmed").status_code == 403


def test_a_past_visit_is_answered_no_more(client, carmen):
    row = call(carmen, on=TODAY - DAY)

    assert "Save the answer" not in text_of(page_of(client, row))
    assert "The visit was on 23 Nov 2026" in text_of(send(client, row, state="confirmed"))


# Coverage


def test_coverage_is_what_customers_answered_of_all_that_was_large_enough(client, carmen):
    tom = make.rep("tom")
    for place, state in enumerate(("confirmed", "differs", "not reached", "open", "dropped")):
        call(carmen, on=TODAY - place * DAY, state=state)
    call(tom, on=TODAY - DAY, state="refused")
    call(tom, on=TODAY - 28 * DAY, state="open")
    client.force_login(make.manager())

    page = client.get("/calls/")

    assert "The customer answered in 3 of 5 planned collections that were large enough: 60%." in text_of(page)
    assert "Carmen 4 3 2 50 Tom 1 1 1 100" in text_of(page)
    assert Announced.objects.count() == 7
