"""The pages of the nights: what is done, in hand and waiting, and what to do where a night stands still."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from collections_app import night as nightly
from collections_app.desk.nights.words import NOT_ALWAYS, STEPS
from collections_app.standings.models import Night, NightStep
from common import clock
from tests import factories as make

pytestmark = pytest.mark.django_db


def text_of(answer):
    return " ".join(unescape(answer.content.decode()).split())


@pytest.fixture
def desk(client):
    make.business()
    client.force_login(make.manager())
    return client


@pytest.fixture
def begun(desk):
    """A night that began a minute ago: two steps done, the first of three ranges done, the second in hand."""
    now = clock.now()
    night = Night.objects.create(
        business_date=clock.business_today(), known_until=now, started_at=now - timedelta(minutes=1), touched=900
    )
    rows = [
        ("promises", 0, 1, now, now),
        ("look", 0, 3, now, now),
        ("classify", 0, 4, now, now),
        ("classify", 1, 4, now, None),
        ("classify", 2, 4, None, None),
    ]
    for name, partition, position, claimed_at, done_at in rows:
        NightStep.objects.create(
            night=night, name=name, partition=partition, position=position, claimed_at=claimed_at, done_at=done_at,
            rows=300 if done_at else 0, milliseconds=1500 if done_at else 0,
        )  # fmt: skip
    return night


def page_of(client, night):
    return client.get(reverse("desk:night", args=[night.pk]))


def test_every_step_of_the_night_has_a_word_in_its_order():
    assert list(STEPS) == [step.name for step in nightly.STEPS]
    assert set(STEPS) >= NOT_ALWAYS


def test_the_health_page_leads_to_the_nights(desk, begun):
    page = desk.get("/health/").content.decode()

    assert reverse("desk:nights") in page
    assert reverse("desk:night", args=[begun.pk]) in page


def test_before_the_first_night_the_list_says_what_will_be_there(desk):
    assert "No night has run yet" in text_of(desk.get("/health/nights/"))


def test_a_running_night_shows_what_is_done_in_hand_and_waiting(desk, begun):
    answer = page_of(desk, begun)
    by_name = {step.name: step for step in answer.context["progress"].steps}
    classified = by_name[str(STEPS["classify"])]

    assert [piece.state for piece in classified.pieces] == ["done", "in hand", "waiting"]
    assert (classified.done, classified.rows, str(classified.seconds)) == (1, 300, "1.5")
    assert by_name[str(STEPS["check"])].state == "waiting"
    every = len(STEPS) - len(NOT_ALWAYS) + 2  # of one piece each, but three ranges
    assert (answer.context["progress"].done, answer.context["progress"].pieces) == (3, every)
    assert "in hand since" in text_of(answer)


def test_a_running_night_looks_again_by_itself_and_without_a_script(desk, begun):
    page = page_of(desk, begun)

    assert '<meta http-equiv="refresh" content="5">' in page.content.decode()
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]


def test_a_night_that_is_done_does_not_refresh_and_shows_only_what_it_did(desk):
    make.due_item(make.customer(), 100, due_date=clock.business_today() - timedelta(days=5))
    done = nightly.run(as_of=clock.business_today(), by=make.BY)
    answer = page_of(desk, done)
    progress = answer.context["progress"]

    assert "http-equiv" not in answer.content.decode()
    assert progress.done == progress.pieces == done.steps.count()
    assert "every invariant holds" in text_of(answer)


def test_a_night_without_progress_is_said_to_stand_still_with_where_and_what_to_do(desk, begun):
    long_ago = clock.now() - timedelta(minutes=20)
    begun.steps.filter(done_at__isnull=False).update(done_at=long_ago)
    Night.objects.update(started_at=long_ago)
    page = text_of(page_of(desk, begun))

    assert "This night stands still." in page
    assert "“Due items classified” was last begun at" in page
    assert f"manage.py run_nightly --as-of {begun.business_date}" in page
    assert "http-equiv" not in page
    assert "stands still" in text_of(desk.get("/health/nights/"))


def test_a_night_that_nobody_took_up_says_so(desk, begun):
    long_ago = clock.now() - timedelta(minutes=20)
    begun.steps.filter(done_at=None).delete()
    begun.steps.update(done_at=long_ago)
    Night.objects.update(started_at=long_ago)

    assert "Nobody has taken up the next piece" in text_of(page_of(desk, begun))


def test_what_the_audit_and_the_check_found_is_said_in_words(desk, begun):
    now = clock.now()
    Night.objects.update(audit_found=2, audited_at=now, check_broken=1, done_at=now, mode="incremental")
    page, listed = text_of(page_of(desk, begun)), text_of(desk.get("/health/nights/"))

    assert "The audit of the whole book found 2 rows that the nights before had wrong." in page
    assert "1 row breaks an invariant" in page
    assert "2 rows were wrong" in listed and "1 row breaks an invariant" in listed


def test_a_plan_is_shown_by_its_rep(desk, begun):
    rep = make.rep("carmen")
    for place, key in enumerate((rep.pk, make.rep("tom").pk)):
        NightStep.objects.create(night=begun, name="plans", partition=key, position=9 + place)

    assert "Carmen: waiting" in text_of(page_of(desk, begun))


def test_the_list_and_a_night_ask_as_many_questions_at_any_size(desk, begun, count_queries):
    def look():
        desk.get("/health/nights/")
        page_of(desk, begun)

    before = count_queries(look)
    for place in range(20):
        NightStep.objects.create(night=begun, name="classify", partition=10 + place, position=4)
        Night.objects.create(
            business_date=begun.business_date - timedelta(days=1 + place), known_until=clock.now(),
            started_at=clock.now(), done_at=clock.now(),
        )  # fmt: skip

    assert count_queries(look) == before
