"""The migration as a page, a list and a file: one figure wherever it is asked for."""

from datetime import timedelta
from decimal import Decimal
from html import unescape
from re import findall

import pytest
import time_machine

from common import clock
from tests import factories as make
from tests import nights
from tests.web.exported import facts_of, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    """A night three days ago and one today: 60.00 of 100.00 went from overdue to quasi-bad, 40.00 were paid."""
    make.business()
    today = clock.business_today()
    item = make.due_item(make.customer(), 100, due_date=today - timedelta(days=61), number="0871")
    make.invoice(make.customer(), "25.50", due_date=today + timedelta(days=9), issued_on=today - timedelta(days=9))
    with time_machine.travel(clock.now() - timedelta(days=3), tick=True):
        nights.run(today - timedelta(days=3))
    make.payment(item.customer, 40, received_on=today, lines=[(item.pk, Decimal(40))])
    nights.run(today)
    client.force_login(make.finance())
    return client


def text_of(answer):
    return " ".join(unescape(answer.content.decode()).split())


def query(first=3, last=0):
    today = clock.business_today()
    return f"?from_day={today - timedelta(days=first)}&to_day={today - timedelta(days=last)}"


def test_the_board_leads_to_the_migration_and_it_says_what_it_rests_on(desk):
    assert "/ageing/migration/?from_day=" in desk.get("/ageing/").content.decode()
    assert "as their nights stored them" in text_of(desk.get(f"/ageing/migration/{query()}"))
    assert "rebuilt with all that is known now" in text_of(desk.get(f"/ageing/migration/{query(first=2)}"))


def test_beside_each_move_stands_its_share_of_what_the_standing_was(desk):
    page = text_of(desk.get(f"/ageing/migration/{query()}"))

    assert "60.0% · 1 item" in page
    assert "40.0%" in page


@pytest.mark.parametrize("first", [3, 2], ids=["stored", "rebuilt"])
def test_every_amount_of_the_matrix_opens_rows_that_sum_to_it(desk, first):
    page = desk.get(f"/ageing/migration/{query(first=first)}")
    [matrix] = page.context["page"].matrices
    cells = [cell for row in matrix.rows for cell in (*row.cells, row.total)] + matrix.totals
    links = [cell for cell in cells if cell.amount]
    assert len(links) > 6

    for cell in links:
        answer = desk.get(cell.url)
        if "/migration/" in cell.url:
            assert answer.context["total"] == cell.amount, cell.url
            assert sum(Decimal(row["Amount"]) for row in rows_of(desk.get(f"{cell.url}&export=csv"))) == cell.amount
        else:
            assert answer.context["totals"].by_currency == [("EUR", cell.amount)], cell.url


def test_a_move_lists_its_due_items(desk):
    page = desk.get(f"/ageing/migration/{query()}").content.decode()
    link = next(unescape(url) for url in findall(r'class="sum" href="([^"]+)"', page) if "becomes=quasi-bad" in url)

    rows = text_of(desk.get(link))

    assert "0871" in rows and "60.00" in rows


def test_the_file_has_a_row_for_each_move_and_both_days(desk):
    answer = desk.get(f"/ageing/migration/{query()}&export=csv")
    today = clock.business_today()

    assert facts_of(answer)["From the end of"] == (today - timedelta(days=3)).isoformat()
    columns = ("Was", "Is then", "Amount", "Share of what it was")
    assert [tuple(row[name] for name in columns) for row in rows_of(answer)] == [
        ("Unpaid", "Unpaid", "25.50", "100.0%"),
        ("Overdue", "Quasi-bad", "60.00", "60.0%"),
        ("Overdue", "Settled", "40.00", "40.0%"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "said"), [(3, -1, "has not come yet"), (0, 0, "is not after"), (0, 3, "is not after")]
)
def test_days_that_cannot_be_compared_are_refused_beside_their_field(desk, first, last, said):
    answer = desk.get(f"/ageing/migration/{query(first, last)}")

    assert answer.status_code == 422
    assert said in text_of(answer)


def test_a_move_that_is_none_is_refused(desk):
    answer = desk.get(f"/ageing/migration/items/{query()}&currency=EUR&was=overdue")

    assert answer.status_code == 422
    assert "Choose what the due items were" in text_of(answer)


def test_an_empty_book_says_what_will_stand_here(client):
    make.business()
    client.force_login(make.manager())

    assert "Nothing was open on either day" in text_of(client.get("/ageing/migration/"))


def test_the_page_asks_as_many_questions_at_any_size(desk, count_queries):
    def look():
        desk.get(f"/ageing/migration/{query()}")

    before = count_queries(look)
    make.many_invoices(make.customer(), 100, due_date=clock.business_today() - timedelta(days=40))
    nights.run(clock.business_today())

    assert count_queries(look) == before
