"""The board and the rows behind it: one truth, two readings, sums that tie to the cent."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest

from collections_app.cases import services as cases
from collections_app.desk import board as boards
from collections_app.desk import position, rows
from collections_app.desk.position import PRESENT, REBUILT, Reading
from collections_app.desk.scope import Scope
from collections_app.standings import services as standings
from common import clock
from common.money import ZERO
from receivables.models import ControlTotal, Rate
from tests import factories as make
from tests import nights

pytestmark = pytest.mark.django_db
BOUNDS = (30, 60, 90, 180)


@pytest.fixture
def today():
    return clock.business_today()


@pytest.fixture
def book(today):
    """Three currencies, every bucket, credit, unapplied money, a dispute and a part payment."""
    make.business()
    for currency in ("GBP", "USD"):
        make.account(currency)
    Rate.objects.create(currency="GBP", on=today - timedelta(days=3), rate=Decimal("1.1934"), source="ECB")
    Rate.objects.create(currency="USD", on=today - timedelta(days=3), rate=Decimal("0.9271"), source="ECB")
    carmen, tom = make.rep("carmen"), make.rep("tom")
    first = make.customer(owner=carmen, region="North", channel="bar")
    second = make.customer(owner=tom, region="South", channel="shop")
    nobody = make.customer()
    for place, late in enumerate((-20, 0, 1, 30, 31, 61, 95, 200)):
        make.invoice(first, f"{100 + place}.37", due_date=today - timedelta(days=late))
        make.invoice(second, f"{50 + place}.19", due_date=today - timedelta(days=late), currency="GBP")
        make.invoice(nobody, f"{10 + place}.11", due_date=today - timedelta(days=late), currency="USD")
    make.invoice(first, 12, due_date=None, issued_on=today - timedelta(days=5))
    disputed = make.due_item(second, 80, due_date=today - timedelta(days=10), currency="GBP")
    cases.open_dispute(due_item=disputed, amount=Decimal(30), reason="price", on=today, by=make.BY)
    make.credit_note(first, "25.50", issued_on=today - timedelta(days=40), due_date=today - timedelta(days=10))
    make.payment(first, "60.00", received_on=today - timedelta(days=2))
    make.payment(nobody, "900.00", received_on=today - timedelta(days=1), currency="USD")
    standings.classify(as_of=today)
    return make.finance("niamh")


@pytest.fixture(params=["present", "rebuilt", "night"])
def reading(request, book, today):
    """Each way in which a board is read."""
    if request.param == "night":
        return Reading(night=nights.run(today))
    return PRESENT if request.param == "present" else REBUILT


def found_rows(scope, user, *, reading):
    return [dict(row) for row in position.rows(scope, user=user, bounds=BOUNDS, reading=reading)]


def test_the_stored_position_and_the_one_rebuilt_from_allocations_are_the_same(book, today):
    scope = Scope(as_of=today)

    stored = position.groups(scope, user=book, bounds=BOUNDS, reading=PRESENT)
    rebuilt = position.groups(scope, user=book, bounds=BOUNDS, reading=REBUILT)

    assert stored == rebuilt
    assert {group.bucket for group in stored} >= {"not due", "1-30", "31-60", "61-90", "91-180", "181+", "unapplied"}


@pytest.mark.parametrize("disputed", ["", "without", "only"])
@pytest.mark.parametrize("late", ["", "1", "0"])
def test_every_reading_lists_the_same_rows(book, today, disputed, late):
    scope = Scope(as_of=today, disputed=disputed, late=late)
    tonight = Reading(night=nights.run(today))

    def plain(row):
        return {key: value for key, value in row.items() if key not in ("open", "disputed")} | {
            "open": Decimal(row["open"]).quantize(Decimal("0.01")),
            "disputed": Decimal(row["disputed"]).quantize(Decimal("0.01")),
        }

    def by_document(listed):
        return sorted((plain(row) for row in listed), key=lambda row: (row["what"], row["key"]))

    rebuilt = by_document(found_rows(scope, book, reading=REBUILT))
    assert by_document(found_rows(scope, book, reading=PRESENT)) == rebuilt
    assert by_document(found_rows(scope, book, reading=tonight)) == rebuilt


def test_every_figure_of_the_board_opens_rows_that_sum_to_it(book, today, reading):
    board = boards.board(Scope(as_of=today), user=book, bounds=BOUNDS, reading=reading, month_ago=None)
    cells = [cell for row in (*board.matrix.rows, board.matrix.total) for cell in (*row.cells, row.total)]
    cells += [cell for rep in (*board.reps, board.rep_total) for cell in (rep.total, rep.late, rep.in_time)]
    cells.append(board.headline.late)
    cells += [cell for row in board.currencies for cell in (row.late, row.credit)]

    for cell in cells:
        said = dict(parse_qsl(urlsplit(cell.url).query))
        said.pop("as_of")
        scope = Scope(as_of=today, **said)
        totals = rows.totals(scope, user=book, bounds=BOUNDS, reading=reading)
        sums = defaultdict(lambda: ZERO)
        for row in found_rows(scope, book, reading=reading):
            sums[row["currency"]] += Decimal(row["open"]).quantize(Decimal("0.001"))
        assert totals.converted == cell.amount, cell.url
        assert dict(totals.by_currency) == dict(sums), cell.url


def test_the_matrix_adds_up_by_row_and_by_column(book, today):
    matrix = boards.board(Scope(as_of=today), user=book, bounds=BOUNDS, reading=PRESENT, month_ago=None).matrix

    for row in (*matrix.rows, matrix.total):
        assert sum(cell.amount for cell in row.cells) == row.total.amount
    for place, cell in enumerate(matrix.total.cells):
        assert sum(row.cells[place].amount for row in matrix.rows) == cell.amount


def test_a_currency_without_a_rate_is_named_and_its_sums_are_undefined(book, today):
    make.account("PLN")
    make.invoice(make.customer(), 500, due_date=today, currency="PLN")

    board = boards.board(Scope(as_of=today), user=book, bounds=BOUNDS, reading=PRESENT, month_ago=None)

    assert board.missing == ["PLN"]
    assert board.headline.receivables is None
    assert [row.converted is None for row in board.currencies] == [False, False, True, False]


def test_a_rate_stated_after_the_day_is_not_used(book, today):
    Rate.objects.create(currency="GBP", on=today + timedelta(days=1), rate=Decimal("9"), source="ECB")

    board = boards.board(Scope(as_of=today), user=book, bounds=BOUNDS, reading=PRESENT, month_ago=None)

    assert dict(board.rates)["GBP"].rate == Decimal("1.1934")


def test_the_tie_line_compares_with_the_control_total_of_that_day(book, today):
    scope = Scope(as_of=today)
    before = boards.board(scope, user=book, bounds=BOUNDS, reading=PRESENT, month_ago=None)
    [euros] = [row for row in before.currencies if row.currency == "EUR"]
    ControlTotal.objects.create(currency="EUR", on=today, amount=euros.amount, entered_at=clock.now())
    ControlTotal.objects.create(currency="GBP", on=today, amount=Decimal(1), entered_at=clock.now())

    ties = boards.board(scope, user=book, bounds=BOUNDS, reading=PRESENT, month_ago=None).ties

    assert [(tie.currency, tie.is_tied) for tie in ties] == [("EUR", True), ("GBP", False)]


def test_where_no_control_total_is_stated_the_board_says_so(book, today):
    board = boards.board(Scope(as_of=today), user=book, bounds=BOUNDS, reading=PRESENT, month_ago=None)

    assert board.ties == []
    assert "No control total" in board.tie_note


@pytest.mark.parametrize(
    ("reader", "filters", "said"),
    [("finance", {"region": "North"}, "compared when no filter is set"), ("manager", {}, "you see your teams' part")],
)
def test_why_a_total_is_not_compared_is_said_only_where_one_is_stated(book, today, reader, filters, said):
    user = getattr(make, reader)("reader")

    def note():
        return boards.board(
            Scope(as_of=today, **filters), user=user, bounds=BOUNDS, reading=PRESENT, month_ago=None
        ).tie_note

    assert note() == ""
    ControlTotal.objects.create(currency="EUR", on=today, amount=Decimal(1), entered_at=clock.now())
    assert said in note()


def test_a_manager_counts_only_his_teams_and_customers_without_a_rep(book, today):
    south = make.rep("sofia", team=make.team("South"))
    make.invoice(make.customer(owner=south), 7777, due_date=today)
    maria = make.manager("maria")

    board = boards.board(Scope(as_of=today), user=maria, bounds=BOUNDS, reading=PRESENT, month_ago=None)

    assert [row.name for row in board.reps] == ["Carmen", "Tom", "No rep assigned"]
    assert "7777" not in str(board.headline.receivables)


def test_a_past_day_shows_who_answered_for_the_customer_then(book, today):
    from customers import services as customers
    from customers.models import Customer

    moved = Customer.objects.get(region="North")
    tom = moved.owner.__class__.objects.get(username="tom")
    customers.hand_to(customer=moved, rep=tom, on=today, by=make.BY)

    yesterday = boards.board(
        Scope(as_of=today - timedelta(days=1)), user=book, bounds=BOUNDS, reading=REBUILT, month_ago=None
    )

    assert [row.name for row in yesterday.reps] == ["Carmen", "Tom", "No rep assigned"]


def test_the_board_asks_the_same_number_of_questions_at_any_size(
    book, today, reading, django_assert_num_queries, count_queries
):
    def look():
        boards.board(
            Scope(as_of=today), user=book, bounds=BOUNDS, reading=reading, month_ago=today - timedelta(days=30)
        )

    before = count_queries(look)
    make.many_invoices(make.customer(), 300, due_date=today - timedelta(days=40))
    if reading.night:
        nights.run(today)

    with django_assert_num_queries(before):
        look()
