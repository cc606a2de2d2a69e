"""Early warnings on the pages: two taps to enter one, the list, the second source, the dismissal; by role."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collections_app.cases import warnings
from collections_app.cases.models import EarlyWarning
from collections_app.visits.models import Plan, Stop
from common import clock
from tests import factories as make
from tests.web.exported import lines_of

pytestmark = pytest.mark.django_db
TODAY = make.TODAY


@pytest.fixture
def carmen():
    make.business()
    return make.rep("carmen")


@pytest.fixture
def customer(carmen):
    return make.customer(owner=carmen, code="C1", name="Bar Azul")


def computed(customer, **values):
    return EarlyWarning.objects.create(
        **{
            "customer": customer,
            "kind": "unanswered",
            "source": "book",
            "severity": "marked",
            "reported_on": TODAY - timedelta(days=3),
            "expires_on": TODAY + timedelta(days=10),
            "evidence": {
                "times": 3, "since": "2026-10-25", "last": "2026-11-14", "contacts": 10, "reached": 9,
            },
            "entered_at": clock.now(),
            "entered_by": "system:night",
        }
        | values
    )  # fmt: skip


def text_of(client, name, *args, **query):
    return client.get(reverse(name, args=args), query).content.decode()


def stop_of(customer, rep):
    plan = Plan.objects.create(rep=rep, on=TODAY, input_hash="x", made_at=clock.now())
    return Stop.objects.create(
        plan=plan, customer=customer, position=1, ask_amount=90, currency="EUR", worth=1, terms=[], reasons=[]
    )


def test_what_was_seen_is_entered_in_two_taps_from_the_stop_and_leads_back_to_it(client, carmen, customer):
    stop = stop_of(customer, carmen)
    client.force_login(carmen)
    first_tap = f"{reverse('desk:seen', args=['C1'])}?stop={stop.pk}"
    assert f'href="{first_tap}"' in text_of(client, "visits:stop", stop.pk)
    assert 'name="kind" value="closing"' in client.get(first_tap).content.decode()

    page = client.post(reverse("desk:seen", args=["C1"]), {"kind": "closing", "stop": stop.pk}, follow=True)

    row = EarlyWarning.objects.get()
    assert (row.kind, row.source, row.entered_by) == ("closing", "field", "carmen")
    said = page.content.decode()
    assert "Noted: Shop closing or closed." in said
    assert "Counts as marked until somebody else has seen it too or a manager confirms it." in said
    assert reverse("visits:stop", args=[stop.pk]) in said


def test_sent_twice_it_is_entered_once(client, carmen, customer):
    client.force_login(carmen)
    for _ in range(2):
        client.post(reverse("desk:seen", args=["C1"]), {"kind": "moving"})

    assert EarlyWarning.objects.count() == 1


def test_words_may_follow(client, carmen, customer):
    client.force_login(carmen)
    client.post(reverse("desk:seen", args=["C1"]), {"kind": "moving"})
    row = EarlyWarning.objects.get()

    client.post(reverse("desk:note-warning", args=[row.pk]), {"key": "k", "note": "A sign: to let"})

    assert "A sign: to let" in text_of(client, "desk:customer", "C1")


def test_the_customer_page_shows_the_evidence_as_a_sentence(client, carmen, customer):
    computed(customer)
    client.force_login(carmen)

    page = text_of(client, "desk:customer", "C1")

    assert "3 calls and visits from 25 Oct 2026 to 14 Nov 2026 reached nobody" in page
    assert "since 21 Nov 2026" in page
    assert "until 3 Dec 2026" in page
    assert "Computed from the book" in page


def test_without_a_warning_the_panel_says_what_would_fill_it(client, carmen, customer):
    client.force_login(carmen)

    assert "What the night finds in the book" in text_of(client, "desk:customer", "C1")


def test_a_warning_of_its_last_day_is_shown_and_one_of_the_day_before_is_not(client, carmen, customer):
    client.force_login(carmen)
    row = computed(customer, expires_on=TODAY + timedelta(days=1))
    assert "Does not answer" in live_warnings(client)

    row.expires_on = TODAY
    row.save()

    assert "Does not answer" not in live_warnings(client), "the history still tells of it"


def live_warnings(client):
    """The customer page's own part for them."""
    page = text_of(client, "desk:customer", "C1")
    return page[page.index('id="warnings"') : page.index("</section>", page.index('id="warnings"'))]


def test_a_manager_confirms_on_the_page(client, carmen, customer):
    maria = make.manager("maria")
    [row] = warnings.see(customer=customer, kind="closing", on=TODAY, by=carmen)
    client.force_login(maria)
    assert "Confirm the warning" in text_of(client, "desk:warning", row.pk)

    page = client.post(reverse("desk:second-warning", args=[row.pk]), {"key": "k"}, follow=True).content.decode()

    assert "24 Nov 2026, Maria" in page
    assert "Severe" in page
    assert "Confirm the warning" not in page


def test_dismissed_it_leaves_the_list_and_keeps_its_reason(client, customer):
    maria = make.manager("maria")
    row = computed(customer)
    client.force_login(maria)
    assert "Does not answer" in text_of(client, "desk:warnings")

    client.post(reverse("desk:dismiss-warning", args=[row.pk]), {"key": "k", "because": "On holiday"})

    assert reverse("desk:warning", args=[row.pk]) not in text_of(client, "desk:warnings")
    assert reverse("desk:warning", args=[row.pk]) in text_of(client, "desk:warnings", state="dismissed")
    assert "24 Nov 2026, Maria: On holiday" in text_of(client, "desk:warning", row.pk)


def test_a_dismissal_without_a_reason_is_refused_beside_its_field(client, customer):
    row = computed(customer)
    client.force_login(make.manager("maria"))

    answer = client.post(reverse("desk:dismiss-warning", args=[row.pk]), {"key": "k", "because": ""})

    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()
    assert EarlyWarning.objects.get().dismissed_on is None


def test_a_rep_has_no_form_that_would_only_be_refused(client, carmen, customer):
    row = computed(customer)
    client.force_login(carmen)

    page = text_of(client, "desk:warning", row.pk)

    assert "Dismiss the warning" not in page
    refused = client.post(reverse("desk:dismiss-warning", args=[row.pk]), {"key": "k", "because": "No"})
    assert refused.status_code == 422
    assert "A manager dismisses a warning" in refused.content.decode()


def test_a_rep_sees_warnings_of_the_own_customers_only(client, carmen, customer):
    own, others = computed(customer), computed(make.customer(owner=make.rep("tom")))
    client.force_login(carmen)

    page = text_of(client, "desk:warnings")

    assert reverse("desk:warning", args=[own.pk]) in page
    assert reverse("desk:warning", args=[others.pk]) not in page


def test_a_circle_tells_nobody_which_customers_of_others_are_in_it(client, carmen, customer):
    other = make.customer(owner=make.rep("tom"), code="C2", name="Kiosko Central")
    for one in (customer, other):
        make.site(one)
    client.force_login(carmen)

    page = client.post(reverse("desk:seen", args=["C1"]), {"kind": "demolition", "metres": 300}, follow=True)

    assert EarlyWarning.objects.count() == 2
    said = page.content.decode()
    assert "Noted, for this customer and 1 other nearby." in said
    assert "2 customers within 300 metres are flagged." in said
    assert "Kiosko Central" not in said


def test_the_list_is_filtered_by_what_a_warning_counts_as_and_shows_exposure_first(client, carmen, customer):
    make.due_item(customer, 100, due_date=TODAY)
    rich = make.customer(owner=carmen, name="Hotel Marina")
    make.due_item(rich, 900, due_date=TODAY)
    warnings.see(customer=customer, kind="closing", on=TODAY, by=carmen)  # severe, alone: counts as marked
    computed(rich)
    client.force_login(make.manager("maria"))

    page = text_of(client, "desk:warnings", weight="marked")

    assert page.index("Hotel Marina") < page.index("Bar Azul")
    assert "Bar Azul" not in text_of(client, "desk:warnings", weight="severe")
    assert "Bar Azul" in text_of(client, "desk:warnings", state="alone")


def test_the_file_has_the_sentence_and_the_last_day(client, customer):
    computed(customer)
    client.force_login(make.manager("maria"))

    lines = lines_of(client.get(reverse("desk:warnings"), {"export": "csv"}))

    [line] = [one for one in lines if "Bar Azul" in one]
    assert "2026-12-03" in line
    assert any("3 calls and visits from 25 Oct 2026" in cell for cell in line)


def test_the_column_counts_what_waits_for_a_second_source(client, carmen, customer):
    warnings.see(customer=customer, kind="closing", on=TODAY, by=carmen)
    computed(customer)
    client.force_login(make.manager("maria"))

    page = text_of(client, "desk:warnings")

    assert 'Early warnings<span class="count">1</span>' in page


def test_the_list_takes_as_many_statements_for_many_warnings_as_for_few(client, carmen, count_queries):
    client.force_login(make.manager("maria"))
    computed(make.customer(owner=carmen))
    few = count_queries(lambda: text_of(client, "desk:warnings"))
    for _ in range(12):
        computed(make.customer(owner=carmen))

    assert count_queries(lambda: text_of(client, "desk:warnings")) == few
