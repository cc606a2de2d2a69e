"""The due items behind each figure of a try: the same sum, for whoever may see them, and as a file."""

from datetime import timedelta
from decimal import Decimal

import pytest

from collections_app.policy.thresholds import Policy
from tests import factories as make
from tests.web.contract_pages import text_of
from tests.web.exported import rows_of

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
STRICT = Policy().having("thresholds", bad=120)


@pytest.fixture
def maria(client, db):
    make.business()
    person = make.manager("maria")
    client.force_login(person)
    return person


def late(amount, *, days=130, **values):
    customer = make.customer(**values)
    due_date = TODAY - timedelta(days=days)
    return make.due_item(customer, amount, due_date=due_date, issued_on=due_date)


def test_every_figure_of_the_matrix_opens_the_due_items_that_add_up_to_it(client, maria):
    carmen = make.rep("carmen")
    for amount, days in (("1240.50", 130), (300, 130), (80, 10), (40, 3)):
        late(amount, days=days, owner=carmen)
    version = make.policy_version(STRICT, by=maria)

    [matrix] = client.get(f"/policy/{version.pk}/try/").context["outlook"].matrices

    cells = [cell for row in matrix.rows for cell in (*row.cells, row.total)] + [*matrix.totals, matrix.whole]
    counted = {cell.url: (cell.count, cell.amount) for cell in cells if cell.count}
    assert len(counted) == 7  # two cells, their rows, their columns, and the whole
    for url, (count, amount) in counted.items():
        answer = client.get(url)
        assert (answer.context["count"], answer.context["total"], answer.context["differs"]) == (count, amount, False)
    [first, second] = rows_of(client.get(f"{matrix.rows[2].cells[3].url}&export=csv"))
    assert (first["Was"], first["Is then"], Decimal(first["Amount"])) == ("Quasi-bad", "Bad", Decimal("1240.50"))
    assert Decimal(second["Amount"]) == 300


def test_a_manager_finds_the_due_items_of_the_own_teams_and_is_told_of_the_others(client, maria):
    late(500, owner=make.rep("tom", team=make.team("South")), name="Tienda Sur")
    late(100, owner=make.rep("carmen"), name="Mercearia Norte")
    version = make.policy_version(STRICT, by=maria)

    page = text_of(client.get(f"/policy/{version.pk}/try/items/?currency=EUR&was=quasi-bad&becomes=bad"))

    assert "Mercearia Norte" in page and "Tienda Sur" not in page
    assert "The try counted 2 due items with €600.00." in page
    assert "some customers are of other teams" in page


def test_an_address_that_names_no_figure_leads_back_to_the_try(client, maria):
    version = make.policy_version(STRICT, by=maria)

    for query in ("", "?currency=EUR&was=late", "?was=bad"):
        answer = client.get(f"/policy/{version.pk}/try/items/{query}")
        assert (answer.status_code, answer.url) == (302, f"/policy/{version.pk}/try/")
