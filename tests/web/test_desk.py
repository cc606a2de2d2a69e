"""The desk by role: where a day begins, what the board opens, what a customer's page says."""

from datetime import timedelta
from decimal import Decimal
from html import escape, unescape
from re import findall

import pytest
import time_machine
from django.urls import reverse

from audit.services import COMMAND
from collections_app import night as nightly
from collections_app.cases import services as cases
from collections_app.gate import ladder_services
from collections_app.letters import services as letters
from collections_app.standings.models import Night, Standing
from common import clock, money
from common.templatetags import ui
from contracts.models import Contract
from receivables import services as receivables
from receivables.models import Payment, Receipt
from tests import factories as make
from tests import nights

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return clock.business_today()


@pytest.fixture
def night(today):
    now = clock.now()
    return Night.objects.create(business_date=today, known_until=now, started_at=now, done_at=now)


@pytest.fixture
def carmen(night):
    make.business()
    return make.rep("carmen")


@pytest.fixture
def customer(carmen, today):
    found = make.customer(owner=carmen, code="C-100", name="Mercado Sol", region="Valencia")
    make.invoice(found, "3240.00", due_date=today - timedelta(days=64), number="0871")
    make.invoice(found, "1074.60", due_date=today + timedelta(days=3), number="0948")
    return found


def text_of(answer):
    return " ".join(unescape(answer.content.decode()).split())


@pytest.mark.parametrize(
    ("role", "home"),
    [("manager", "/ageing/"), ("finance", "/ageing/"), ("auditor", "/ageing/"), ("admin_user", "/ageing/")],
)
def test_the_day_of_the_office_begins_on_the_board(client, role, home, night):
    client.force_login(getattr(make, role)())

    assert client.get("/").url == home


def test_the_day_of_a_rep_begins_with_today(client, carmen):
    client.force_login(carmen)

    assert client.get("/").url == "/today/"


def test_a_figure_of_the_board_opens_a_list_with_the_same_total_on_top(client, customer, today):
    client.force_login(make.finance())
    page = text_of(client.get("/ageing/"))
    link = next(url for url in findall(r'class="sum" href="([^"]+)"', page) if "standing=quasi-bad" in url)

    rows = text_of(client.get(link))

    assert f"as_of={today.isoformat()}" in link
    assert "€3,240.00" in rows
    assert "0871" in rows
    assert "0948" not in rows


def test_the_board_says_when_its_night_closed(client, customer):
    client.force_login(make.finance())

    assert "Last night closed at" in text_of(client.get("/ageing/"))


def test_without_tonights_night_the_board_shows_the_last_one_and_offers_now(client, customer, night, today):
    Night.objects.update(business_date=today - timedelta(days=1))
    client.force_login(make.finance())

    yesterday = text_of(client.get("/ageing/"))
    now = text_of(client.get("/ageing/?now=1"))

    assert "tonight's has not run yet" in yesterday
    assert "/ageing/?now=1" in yesterday
    assert "This is now." in now
    assert "/receivables/?now=1" in now


@pytest.fixture
def stored(customer, today):
    """Tonight's night and one of ten days ago, each as it was known until then; a payment has come since."""
    Night.objects.all().delete()
    with time_machine.travel(clock.now() - timedelta(days=10), tick=True):
        nights.run(today - timedelta(days=10))
    nights.run(today)
    make.payment(customer, "240.00", received_on=today)


def test_the_board_of_a_night_says_until_when_it_knows_and_what_was_booked_since(client, stored, today):
    client.force_login(make.finance())

    page = client.get("/ageing/")
    text = text_of(page)

    known_until = ui.clock(Night.objects.get(business_date=today).known_until)
    assert f"Night of 24 Nov 2026, known until {known_until}." in text
    assert "Since then 1 payment has been booked: €240.00." in text
    assert page.context["board"].headline.receivables == Decimal("4314.60")


def test_from_a_night_one_counts_now_and_comes_back(client, stored):
    client.force_login(make.finance())

    night = client.get("/ageing/?region=Valencia")
    now = client.get(night.context["freshness"].url)
    back = client.get(now.context["freshness"].url)

    assert "Count now" in text_of(night)
    assert now.context["board"].headline.receivables == Decimal("4074.60")
    assert "region=Valencia" in now.context["freshness"].url
    assert back.context["board"].headline.receivables == Decimal("4314.60")


def test_a_past_night_is_counted_anew_with_all_that_is_known_and_one_comes_back(client, stored, customer, today):
    make.payment(customer, "100.00", received_on=today - timedelta(days=12))
    client.force_login(make.finance())

    night = client.get(f"/ageing/?as_of={today - timedelta(days=10)}")
    anew = client.get(night.context["freshness"].url)

    assert "Count that day with all that is known now" in text_of(night)
    assert night.context["board"].headline.receivables == Decimal("3240.00")  # 0948 was not entered yet
    assert anew.context["board"].headline.receivables == Decimal("4214.60")
    assert "Show the night of that day" in text_of(anew)
    assert client.get(anew.context["freshness"].url).context["board"].headline == night.context["board"].headline


def test_the_rows_of_a_night_lead_to_the_rows_of_now_and_not_to_the_board(client, stored):
    client.force_login(make.finance())

    url = client.get("/receivables/?late=1").context["freshness"].url

    assert url.startswith("/receivables/?now=1") and "late=1" in url


def test_what_a_customer_owes_is_always_counted(client, stored, customer):
    client.force_login(make.finance())

    rows = client.get("/receivables/?customer=C-100")

    assert rows.context["totals"].by_currency == [("EUR", Decimal("4074.60"))]


def test_totals_that_are_not_late_and_credit_are_links_on_the_board(client, stored, customer, today):
    make.payment(customer, "9.00", received_on=today, lines=[])
    client.force_login(make.finance())
    board = client.get("/ageing/?now=1").context["board"]

    in_time = client.get(board.rep_total.in_time.url)
    credit = client.get(board.currencies[0].credit.url)

    assert f'href="{escape(board.rep_total.in_time.url)}"' in client.get("/ageing/?now=1").content.decode()
    assert in_time.context["totals"].by_currency == [("EUR", board.rep_total.in_time.amount)]
    assert credit.context["totals"].by_currency == [("EUR", Decimal("-9.00"))]
    assert "Not late" in text_of(in_time) and "Credit, unapplied, charges" in text_of(credit)


def test_a_board_is_narrowed_to_a_team_or_a_segment(client, stored, customer):
    make.team("South")
    type(customer).objects.update(segment="trade")
    client.force_login(make.finance())

    def total(query):
        return client.get(f"/ageing/?now=1&{query}").context["board"].headline.receivables

    assert (total("segment=trade"), total("team=999")) == (Decimal("4074.60"), Decimal("4074.60"))  # 999 is no team
    assert total(f"team={make.team('South').pk}") == 0
    assert total(f"team={make.team().pk}") == Decimal("4074.60")


def test_a_day_that_has_not_come_is_refused_beside_its_field(client, customer, today):
    client.force_login(make.finance())

    answer = client.get(f"/ageing/?as_of={today + timedelta(days=1)}")

    assert answer.status_code == 422
    assert "has not come yet" in text_of(answer)


def test_an_empty_book_says_what_will_be_here(client, night):
    client.force_login(make.finance())

    assert "No receivables yet" in text_of(client.get("/ageing/"))


def test_what_others_asked_for_waits_on_the_board_of_who_decides(client, customer, carmen, today):
    item, other = (customer.due_items.get(invoice__number=number) for number in ("0871", "0948"))
    make.extension(item, until=today + timedelta(days=10), by=carmen)
    make.instalment_plan([other])
    receivables.ask_write_off(
        target=item, amount=Decimal(40), code="bad debt", because="Cellar under water", on=today, by=carmen
    )
    boss, other = make.manager("maria", leads=carmen.team), make.admin_user("ada")
    ladder_services.ask(customer=customer, rung=3, because="Cheque bounced", clause="Clause 9", on=today, by=other)

    client.force_login(boss)
    found = {str(one.label): one for one in client.get("/ageing/").context["waiting"]}

    for label, url in (
        ("Extensions", "/more-time/?state=asked&kind=extension"),
        ("Instalment plans", "/more-time/?state=asked&kind=plan"),
        ("Write-offs", "/write-offs/"),
        ("Supply ladder", "/customers/C-100/ladder/?rung=3"),
    ):
        assert found[label].text.startswith("1 "), label
        assert found[label].url == url
        assert client.get(url).status_code == 200, url


def test_a_rep_has_no_board_and_sees_only_his_own_rows(client, customer, carmen, today):
    other = make.customer(owner=make.rep("tom"), code="C-200", name="Kiosko Rey")
    make.invoice(other, 99, due_date=today)
    client.force_login(carmen)

    rows = text_of(client.get("/receivables/"))

    assert client.get("/ageing/").status_code == 403
    assert "Mercado Sol" in rows
    assert "Kiosko Rey" not in rows
    assert client.get("/customers/C-200/").status_code == 404
    assert client.get("/customers/C-100/").status_code == 200


def test_a_filter_by_anothers_code_shows_nothing(client, carmen, today):
    other = make.customer(owner=make.rep("tom"), code="C-200", name="Kiosko Rey")
    make.invoice(other, 99, due_date=today)
    client.force_login(carmen)

    page = text_of(client.get("/receivables/?customer=C-200"))

    assert "Kiosko Rey" not in page
    assert "Nothing is open here" in page


def test_the_customer_page_says_the_standing_why_and_the_way_out(client, customer, carmen):
    client.force_login(carmen)

    page = text_of(client.get("/customers/C-100/"))

    assert "0871 is 64 days late; from 60 days on an item is quasi-bad." in page
    assert "Pay €3,240.00 by" in page
    assert "64 days late" in page
    assert "in 3 days" in page


def test_what_was_invoiced_a_moment_ago_is_open_and_has_the_standing_of_its_facts(client, customer, carmen, today):
    client.force_login(carmen)
    Standing.objects.all().delete()  # the marks of the invoices wait for their minute

    page = text_of(client.get("/customers/C-100/"))

    assert "Nothing is open" not in page
    assert "badge--quasi-bad" in page.split('id="owes"')[0]


def test_what_a_customer_owes_ties_to_the_footer_with_credit_and_unapplied_money(client, customer, carmen, today):
    make.credit_note(customer, "40.00", issued_on=today - timedelta(days=3), number="CN-7")
    item = customer.due_items.get(invoice__number="0871")
    cases.open_dispute(due_item=item, amount=Decimal(120), reason="price", on=today, by=make.BY)
    client.force_login(carmen)

    page = client.get("/customers/C-100/").context["page"]

    [table] = page.owes
    assert table.total.open == Decimal("4274.60")
    assert table.total.open == sum(line.open for line in table.lines)
    assert table.total.disputed == Decimal(120)
    assert table.total.late == Decimal("3240.00")


def test_the_settlement_method_is_said_in_words(client, customer, carmen, today):
    Contract.objects.create(
        customer=customer, number="SC-117", state="active", starts_on=today, currency="EUR", method="two_deliveries",
        parameters={"max_days": 30, "open_batches": 1},
    )  # fmt: skip
    client.force_login(carmen)

    assert "Two deliveries, one settlement: 1 batch may be open" in text_of(client.get("/customers/C-100/"))


def test_the_history_is_one_timeline_newest_first_and_can_be_narrowed(client, customer, carmen, today):
    cases.say_excuse(customer=customer, kind="no money", on=today, by=carmen)
    make.payment(customer, 40, received_on=today - timedelta(days=1))
    client.force_login(carmen)

    every = client.get("/customers/C-100/").context["history"].events
    excuses = client.get("/customers/C-100/?kind=excuse").context["history"].events

    assert [event.kind for event in every] == ["excuse", "payment", "invoice", "invoice"]
    assert [event.kind for event in excuses] == ["excuse"]


def test_the_history_names_people_and_the_command_line(client, customer, carmen, today):
    type(carmen).objects.update(first_name="Carmen", last_name="Ruiz")
    make.site(customer)
    cases.say_excuse(customer=customer, kind="not sold", on=today, by=carmen)
    letters.issue(as_of=today, by=COMMAND)
    client.force_login(make.auditor())

    page = client.get("/customers/C-100/").content.decode()

    names = {event.kind: event.who for event in client.get("/customers/C-100/").context["history"].events}
    assert (names["excuse"], names["letter"]) == ("Carmen Ruiz", "Command line")
    assert "carmen" not in page and "system:command" not in page


def test_a_long_history_has_pages(client, customer, carmen, today):
    make.many_invoices(customer, 60, due_date=today - timedelta(days=9))
    client.force_login(carmen)

    seen = [
        event.key
        for number in (1, 2, 3)
        for event in client.get(f"/customers/C-100/?kind=invoice&page={number}").context["history"].events
    ]

    assert len(seen) == len(set(seen)) == 62


def test_an_invoice_shows_its_due_items_and_what_settled_them(client, customer, carmen, today):
    make.payment(customer, 240, received_on=today, reference="TR-55")
    client.force_login(carmen)

    page = text_of(client.get(reverse("desk:invoice", args=[customer.invoices.get(number="0871").pk])))

    assert "Transfer TR-55" in page
    assert "3,000.00" in page


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


# Money


@pytest.fixture
def receipt(customer, carmen, today):
    item = customer.due_items.get(invoice__number="0871")
    return receivables.record_receipt(
        customer=customer, rep=carmen, method="cash", amount=Decimal(500), currency="EUR",
        lines=[(item.pk, Decimal(500))], received_on=today, key="one",
    )  # fmt: skip


def key_of(page, place=0):
    return findall(r'name="key" value="([^"]+)"', page.content.decode())[place]


def test_finance_verifies_a_receipt_once_even_if_the_form_is_sent_twice(client, receipt):
    client.force_login(make.finance())
    key = key_of(client.get(f"/payments/receipts/{receipt.pk}/"))

    for _ in range(2):
        answer = client.post(f"/payments/receipts/{receipt.pk}/verify/", {"key": key}, follow=True)
        assert "is verified: €500.00 booked" in text_of(answer)

    assert Payment.objects.get().amount == money.stored(Decimal(500))


def test_a_decided_receipt_can_not_be_decided_again_and_says_why(client, receipt):
    client.force_login(make.finance())
    client.post(f"/payments/receipts/{receipt.pk}/refuse/", {"key": "a", "because": "no cash in the envelope"})

    answer = client.post(f"/payments/receipts/{receipt.pk}/verify/", {"key": "b"})

    assert answer.status_code == 422
    assert "is decided already" in text_of(answer)
    receipt.refresh_from_db()
    assert receipt.state == Receipt.State.REFUSED


def test_a_refusal_needs_its_reason(client, receipt):
    client.force_login(make.finance())

    answer = client.post(f"/payments/receipts/{receipt.pk}/refuse/", {"key": "a", "because": ""})

    assert answer.status_code == 422
    assert Receipt.objects.get().state == Receipt.State.PROVISIONAL


def test_the_count_of_receipts_stands_only_where_somebody_must_act(client, receipt):
    def counts(user):
        client.force_login(user)
        return [link.count for group in client.get("/customers/").context["nav"] for link in group.links if link.count]

    assert counts(make.finance()) == [1]
    assert counts(make.auditor()) == []


def payment_form(client, **changes):
    key = key_of(client.get("/payments/new/"))
    values = {
        "key": key, "customer": "C-100", "amount": "3240,00", "currency": "EUR", "method": "transfer",
        "received_on": clock.business_today().isoformat(), "reference": "TR-9",
    }  # fmt: skip
    return client.post("/payments/new/", values | changes, follow=True)


def test_a_recorded_payment_settles_the_oldest_first(client, customer):
    client.force_login(make.finance())

    answer = payment_form(client)

    assert "€3,240.00 of Mercado Sol booked and allocated, oldest first." in text_of(answer)
    assert customer.due_items.get(invoice__number="0871").open_amount == 0
    assert customer.due_items.get(invoice__number="0948").open_amount == Decimal("1074.60")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "1.2OO"}, "is not an amount"),
        ({"amount": "0"}, "above zero"),
        ({"amount": "10.0011"}, "EUR has 2 decimal places"),
        ({"customer": "NOBODY"}, "There is no customer NOBODY"),
        ({"received_on": "2999-01-01"}, "is in the future"),
        ({"currency": "JPY"}, "JPY"),
    ],
)
def test_a_payment_that_cannot_be_says_what_where_and_what_next(client, customer, changes, said):
    client.force_login(make.finance())

    answer = payment_form(client, **changes)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert Payment.objects.count() == 0


# Oneself


def test_the_profile_keeps_theme_rows_and_language(client, carmen):
    client.force_login(carmen)

    answer = client.post("/profile/", {"language": "es", "theme": "dark", "density": "dense", "role": "admin"})

    carmen.refresh_from_db()
    assert (carmen.language, carmen.theme, carmen.density, carmen.role) == ("es", "dark", "dense", "rep")
    assert answer.cookies["django_language"].value == "es"
    page = client.get("/profile/").content.decode()
    assert 'data-theme="dark"' in page
    assert 'data-density="dense"' in page


def test_stated_habits_are_told_in_words(client):
    make.business()
    customer = make.customer()
    customer.habits.create(kind="settlement day", rule="weekly tue")
    customer.habits.create(kind="method", rule="direct_debit")
    client.force_login(make.finance())

    page = client.get(reverse("desk:customer", args=[customer.code])).content.decode()

    assert "Pays on Tuesday only" in page
    assert "Direct debit" in page
    assert "weekly tue" not in page


@pytest.mark.parametrize("page", ["desk:ageing", "desk:receivables", "letters:dunning", "letters:review"])
@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-20", "9999-12-31", "31.02.2026"])
def test_a_day_that_no_book_reaches_is_told_and_not_a_fault(client, page, day):
    make.business()
    client.force_login(make.finance())

    assert client.get(reverse(page), {"as_of": day}).status_code in {200, 422}


def test_a_form_changed_and_sent_again_is_asked_about_before_it_is_another_payment(client):
    make.business()
    customer = make.customer()
    client.force_login(make.finance())
    address = reverse("receivables:record-payment")
    sent = {"key": "k" * 32, "customer": customer.code, "amount": "10.00", "currency": "EUR", "method": "transfer"}
    sent |= {"received_on": "2026-01-05", "reference": "A"}

    assert [client.post(address, form).status_code for form in (sent, sent)] == [302, 302]
    asked = client.post(address, sent | {"amount": "25.00"})
    assert (asked.status_code, customer.payments.count()) == (422, 1)
    meant = sent | {"amount": "25.00", "key": asked.context["form"].data["key"]}
    assert client.post(address, meant).status_code == 302

    assert sorted(str(payment.amount) for payment in customer.payments.all()) == ["10.000", "25.000"]
