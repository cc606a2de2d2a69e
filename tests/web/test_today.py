import gzip
import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from collections_app import night
from collections_app.visits import services
from collections_app.visits.models import Outcome
from customers.models import Customer
from receivables.models import Receipt
from tests import factories as make

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr("common.clock.business_today", lambda: TUESDAY)


@pytest.fixture
def rep():
    make.business(calendar="ES")
    return make.rep("carmen")


@pytest.fixture
def stop(rep):
    made = make.customer(rep, name="Mercado Sol, S.L.")
    make.site(made)
    make.contact(made)
    make.invoice(made, "3240.00", due_date=date(2026, 9, 25), number="INV-2026-0871")
    return services.plan_day(on=TUESDAY, rep=rep, by=make.BY).stops.get()


def outcome_url(stop, kind=""):
    return reverse("visits:outcome", args=[stop.pk]) + (f"?kind={kind}" if kind else "")


def key_of(response):
    return re.search(r'name="key" value="([^"]+)"', response.content.decode()).group(1)


def send(client, stop, kind="paid", **values):
    page = client.get(outcome_url(stop, kind))
    return client.post(outcome_url(stop, kind), {"kind": kind, "key": key_of(page), **values}, follow=True)


def test_today_shows_whom_to_ask_for_how_much_and_why(client, rep, stop):
    client.force_login(rep)

    page = client.get(reverse("visits:today")).content.decode()

    for text in (
        "Mercado Sol, S.L.",
        "€3,240.00",
        "Invoice INV-2026-0871 is 60 days late",
        "“€3,240.00 for invoice INV-2026-0871 is to be paid today.”",
        "Lucía Ortega",
        'href="tel:+34600555019"',
        'href="geo:39.470000,-0.376000?q=39.470000,-0.376000"',
        "https://www.openstreetmap.org/?mlat=39.470000",
        "0 of 1 visit",
    ):
        assert text in page, text


def test_paid_in_full_is_three_taps(client, rep, stop):
    client.force_login(rep)

    form = client.get(outcome_url(stop, "paid")).content.decode()
    assert 'value="3240.00"' in form
    assert re.search(r'value="cash"[^>]*checked', form)
    Customer.objects.update(country="IE")  # a place without a limit of cash
    answer = send(client, stop, method="cash", amount="3240.00")

    assert answer.redirect_chain == [(reverse("visits:receipt", args=[Receipt.objects.get().pk]), 302)]
    assert Receipt.objects.get().number in answer.content.decode()
    page = client.get(reverse("visits:today")).content.decode()
    assert "Cash you carry" in page
    assert "€3,240" in page
    assert "1 of 1 visit" in page
    assert Receipt.objects.get().number in page


def test_cash_above_the_limit_of_the_customers_country_is_refused_on_the_form(client, rep, stop):
    client.force_login(rep)

    answer = send(client, stop, method="cash", amount="3240.00")

    assert answer.status_code == 422
    assert "ES allows at most €999.99 in cash" in answer.content.decode()
    assert "Ask for a transfer or a cheque." in answer.content.decode()
    assert not Receipt.objects.exists()


def test_without_script_the_choice_is_the_first_step(client, rep, stop):
    client.force_login(rep)

    page = client.get(outcome_url(stop)).content.decode()

    assert "<form" not in page.split('id="main"')[1]
    for kind in Outcome.Kind.values:
        assert f"?kind={kind.replace(' ', '+')}" in page


def test_money_over_what_another_receipt_covers_is_asked_for_once_and_taken_when_confirmed(client, rep, stop):
    for item in stop.customer.due_items.all():
        make.receipt(item, item.open_amount, rep=rep, method="card")
    client.force_login(rep)

    doubted = send(client, stop, method="transfer", amount="3240.00")

    assert doubted.status_code == 422
    assert "already covers €3,240.00 of this" in doubted.content.decode()
    assert 'type="checkbox" name="sure"' in doubted.content.decode()
    assert send(client, stop, method="transfer", amount="3240.00", sure="on").status_code == 200
    assert stop.customer.receipts.filter(method="transfer").count() == 1


def test_a_short_payment_comes_back_asking_for_the_rest_and_keeps_what_was_typed(client, rep, stop):
    client.force_login(rep)

    answer = send(client, stop, method="transfer", amount="3000.00")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Receipt.objects.exists()
    assert "€240.00 short." in page
    assert 'value="3000.00"' in page
    assert 'value="2026-11-27"' in page
    assert "Say why, or set a date for the rest, and save again." in page

    answer = send(client, stop, method="transfer", amount="3000.00", about="promise", promised_on="2026-11-27")
    assert answer.status_code == 200
    assert "€240.00 promised by Fri 27 Nov" in answer.content.decode()


@pytest.mark.parametrize("amount", ["", "abc", "-5", "NaN", "1e400", "0", "3240.001"])
def test_what_is_no_amount_is_refused_beside_the_field(client, rep, stop, amount):
    client.force_login(rep)

    answer = send(client, stop, method="transfer", amount=amount)

    assert answer.status_code == 422
    assert not Receipt.objects.exists()


def test_the_same_form_sent_twice_gives_one_receipt(client, rep, stop):
    client.force_login(rep)
    values = {"kind": "paid", "key": "the-same", "method": "transfer", "amount": "3240.00"}

    for _ in range(2):
        assert client.post(outcome_url(stop, "paid"), values).status_code == 302

    assert Receipt.objects.count() == 1


def test_a_saved_form_sent_with_another_amount_says_that_the_visit_is_logged(client, rep, stop):
    client.force_login(rep)
    values = {"kind": "paid", "key": "the-same", "method": "transfer", "amount": "3240.00"}
    client.post(outcome_url(stop, "paid"), values)

    answer = client.post(outcome_url(stop, "paid"), values | {"amount": "3250.00"})

    assert answer.status_code == 422
    assert "This visit is logged already." in answer.content.decode()
    assert Receipt.objects.get().amount == Decimal(3240)


def test_the_promise_form_names_the_last_possible_day(client, rep, stop):
    client.force_login(rep)

    page = client.get(outcome_url(stop, "promise")).content.decode()
    assert 'max="2027-02-22"' in page
    assert "Until 22 Feb 2027 at the latest." in page

    late = send(client, stop, "promise", amount="3240.00", day="other", promised_on="2027-02-23", method="transfer")
    assert late.status_code == 422
    assert "Choose a day until 22 Feb 2027" in late.content.decode()


@pytest.mark.parametrize("typed", ["3240,00", "3.240,00", "3,240.00", "3 240,00", "3240"])
def test_an_amount_is_read_as_it_is_typed(client, rep, stop, typed):
    client.force_login(rep)

    send(client, stop, method="transfer", amount=typed)

    assert Receipt.objects.get().amount == Decimal(3240)


def test_an_amount_that_can_be_read_in_two_ways_is_refused_in_words(client, rep, stop):
    client.force_login(rep)

    page = send(client, stop, method="transfer", amount="3,240").content.decode()

    assert "3,240 can be read in two ways. Write it with its decimals, like 1240.50." in page
    assert not Receipt.objects.exists()


def test_a_promise_is_saved_with_its_day(client, rep, stop):
    client.force_login(rep)

    answer = send(client, stop, "promise", amount="3240.00", day="2026-11-27", method="transfer", promised_by="Lucía")

    assert "Promised by Fri 27 Nov" in answer.content.decode()
    assert Outcome.objects.get().promise.promised_on == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("excuse", {"excuse": "not sold"}),
        ("dispute", {"amount": "200", "reason": "price"}),
        ("not in", {"note": "back on Thursday"}),
        ("could not visit", {}),
    ],
)
def test_every_other_outcome_is_saved(client, rep, stop, kind, values):
    client.force_login(rep)
    if kind == "dispute":
        values = values | {"due_item": str(stop.customer.due_items.get().pk)}

    answer = send(client, stop, kind, **values)

    assert answer.redirect_chain == [(reverse("visits:today"), 302)]
    assert Outcome.objects.get().kind == kind


def test_an_entry_is_corrected_the_same_day(client, rep, stop):
    client.force_login(rep)
    send(client, stop, "paid", method="transfer", amount="3240.00")
    first = Outcome.objects.get()
    assert "Correct" in client.get(reverse("visits:stop", args=[stop.pk])).content.decode()

    send(client, stop, "not in", corrects=str(first.pk))

    first.refresh_from_db()
    assert first.receipt.state == "refused"
    assert Outcome.objects.in_force().get().kind == "not in"


def test_a_correction_asks_for_what_was_asked_before_the_first_entry(client, rep, stop):
    client.force_login(rep)
    send(client, stop, "paid", method="transfer", amount="3240.00")
    first = Outcome.objects.get()

    form = client.get(outcome_url(stop, "paid")).content.decode()
    assert 'value="3240.00"' in form
    short = send(client, stop, "paid", corrects=str(first.pk), method="transfer", amount="3000.00")
    assert (short.status_code, "€240.00 short." in short.content.decode()) == (422, True)
    rest = {"about": "promise", "promised_on": "2026-11-27"}
    send(client, stop, "paid", corrects=str(first.pk), method="transfer", amount="3000.00", **rest)

    right = Outcome.objects.in_force().get()
    assert (right.receipt.amount, right.promise.amount) == (Decimal(3000), Decimal(240))


def closed_card(client, stop):
    """The card of a stop's page, and its row among the done ones of the day."""
    page = client.get(reverse("visits:stop", args=[stop.pk])).content.decode()
    card = page.split('<article class="card card--open stop"')[1].split("</article>")[0]
    today = client.get(reverse("visits:today")).content.decode()
    row = today.split('id="done"')[1].split("</section>")[0]
    return card, row


def test_a_stop_that_was_paid_shows_what_was_paid_and_asks_for_nothing(client, rep, stop):
    client.force_login(rep)
    rest = {"about": "excuse", "excuse": "no money"}
    send(client, stop, method="transfer", amount="3000.00", **rest)

    card, row = closed_card(client, stop)

    assert "Paid" in card and "€3,000.00" in card and "€3,000.00" in row
    for asking in ("Ask for", "Say first", "3,240.00", "60 days late"):
        assert asking not in card + row


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("excuse", {"excuse": "not sold"}, "The goods have not sold"),
        ("not in", {"note": "back on Thursday"}, "Not in"),
        ("could not visit", {}, "Could not visit"),
    ],
)
def test_a_done_stop_without_money_shows_no_amount_but_what_was_said(client, rep, stop, kind, values, said):
    client.force_login(rep)
    send(client, stop, kind, **values)

    for shown in closed_card(client, stop):
        assert said in shown
        assert "€" not in shown and "Ask for" not in shown and "Say first" not in shown


def test_a_disputed_stop_shows_the_amount_and_its_reason(client, rep, stop):
    client.force_login(rep)
    item = str(stop.customer.due_items.get().pk)
    send(client, stop, "dispute", amount="200", reason="price", due_item=item)

    for shown in closed_card(client, stop):
        assert "Dispute" in shown and "Price" in shown and "€200.00" in shown
        assert "3,240.00" not in shown


def test_a_stop_that_was_settled_asks_for_nothing(client, rep, stop):
    client.force_login(rep)
    make.payment(stop.customer, "3240.00", received_on=TUESDAY)

    for shown in closed_card(client, stop):
        assert "Settled: nothing left to ask for" in shown
        assert "€" not in shown


def test_the_stop_page_shows_rows_that_sum_to_what_is_asked_for(client, rep, stop):
    make.invoice(stop.customer, "100.00", due_date=date(2026, 12, 24))
    client.force_login(rep)

    page = client.get(reverse("visits:stop", args=[stop.pk])).content.decode()

    assert "60 days late" in page
    assert "3,340.00" in page
    assert "Worth of the visit" in page


def test_a_day_without_a_plan_says_so_and_names_the_next(client, rep, stop):
    client.force_login(rep)

    page = client.get(reverse("visits:today") + "?date=2026-11-23").content.decode()

    assert "Nobody planned this day yet." in page
    assert "Next: Tue 24 Nov, 1 stop." in page


def test_today_is_light_and_asks_the_same_few_questions_at_any_size(client, rep, django_assert_max_num_queries):
    client.force_login(rep)
    url = reverse("visits:today")
    client.get(url)
    sizes = []
    for count in (10, 150):
        for _ in range(count):
            made = make.customer(rep, name=f"Supermercados y Distribuciones del Mediterráneo {count}")
            make.contact(made)
            make.site(made)
            make.invoice(made, Decimal(900), due_date=date(2026, 9, 25))
        services.plan_day(on=TUESDAY, rep=rep, by=make.BY)
        with django_assert_max_num_queries(8):  # six of the page, session and user
            page = client.get(url)
        sizes.append(len(gzip.compress(page.content)))

    assert max(sizes) <= 20_000


def test_on_a_day_off_the_rep_sees_the_next_working_days_round(client, rep, monkeypatch):
    sunday = date(2026, 11, 22)
    monkeypatch.setattr("common.clock.business_today", lambda: sunday)
    shop = make.customer(owner=rep, name="Mercado Sol")
    make.site(shop)
    make.invoice(shop, 500, due_date=date(2026, 11, 1))
    night.run(as_of=sunday, by=make.BY)

    client.force_login(rep)
    page = client.get(reverse("visits:today")).content.decode()

    assert "Mercado Sol" in page
    assert "This is the round of Monday 23 November 2026" in page
    assert "Log visit" not in page
