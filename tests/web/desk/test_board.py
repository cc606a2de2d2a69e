"""Where a day begins, what the board opens and says of its night, and who sees which rows."""

from datetime import timedelta
from decimal import Decimal
from html import escape
from re import findall

import pytest
import time_machine
from django.urls import reverse

from collections_app.gate import ladder_services
from collections_app.standings.models import Night
from common import clock
from common.templatetags import ui
from receivables import services as receivables
from tests import factories as make
from tests import nights
from tests.web.desk.pages import text_of

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("page", ["desk:ageing", "desk:receivables", "letters:dunning", "letters:review"])
@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-20", "9999-12-31", "31.02.2026"])
def test_a_day_that_no_book_reaches_is_told_and_not_a_fault(client, page, day):
    make.business()
    client.force_login(make.finance())

    assert client.get(reverse(page), {"as_of": day}).status_code in {200, 422}
