"""On which day a policy begins: a day is classified by one, whatever is put in force after its night."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from collections_app import books, marks
from collections_app.policy import queries
from collections_app.policy import services as policies
from collections_app.policy.models import Version
from collections_app.policy.thresholds import Policy
from collections_app.standings import policies as beginning
from collections_app.standings import queries as standings
from collections_app.standings.models import Standing
from tests import factories as make
from tests import nights

pytestmark = pytest.mark.django_db
TODAY, TOMORROW = make.TODAY, make.TODAY + timedelta(days=1)
STRICT = Policy().having("thresholds", bad=120)


@pytest.fixture
def maria(db):
    make.business()
    return make.manager("maria")


def begin(by, on: date) -> Version:
    return beginning.activate(version=make.policy_version(STRICT, by=by), starts_on=on, on=TODAY, by=by)


def test_after_the_night_of_today_a_policy_begins_tomorrow_at_the_earliest(maria):
    item = make.due_item(make.customer(), 100, due_date=TODAY - timedelta(days=130))
    nights.run(TODAY)

    with pytest.raises(policies.WrongStart, match="Choose 25 Nov 2026 or a later day") as refused:
        begin(maria, TODAY)
    begin(maria, TOMORROW)
    make.payment(item.customer, 1, received_on=TODAY)
    marks.fetch()

    assert refused.value.day == TODAY
    assert queries.in_force(TODAY) == Policy()
    [row] = standings.ageing(as_of=TODAY, by=("standing",)).rows
    assert (row.standing, row.amount) == ("quasi-bad", Decimal(99))
    assert Standing.objects.get().standing == "quasi-bad"
    assert books.check(as_of=TODAY).broken == 0


def test_before_its_night_today_can_still_have_another_policy_and_the_night_goes_by_it(maria):
    make.due_item(make.customer(), 100, due_date=TODAY - timedelta(days=130))
    nights.run(TODAY - timedelta(days=1))

    version = begin(maria, TODAY)
    night = nights.run(TODAY)

    assert (night.policy, night.mode) == (version, "full")
    assert Standing.objects.get().standing == "bad"


def test_a_night_that_is_at_work_keeps_its_policy_too(maria):
    night = nights.run(TODAY)
    type(night).objects.update(done_at=None, classified_at=None)

    with pytest.raises(policies.WrongStart):
        begin(maria, TODAY)


def test_the_page_offers_the_first_day_that_can_be_and_refuses_an_earlier_one_beside_its_field(client, maria):
    client.force_login(maria)
    version = make.policy_version(STRICT, by=maria)

    def offered() -> date:
        return client.get(f"/policy/{version.pk}/try/").context["form"]["starts_on"].value()

    assert offered() == TODAY
    nights.run(TODAY)
    assert offered() == TOMORROW

    answer = client.post(f"/policy/{version.pk}/activate/", {"key": "1", "starts_on": TODAY.isoformat()})

    assert answer.status_code == 422
    assert "The night of 24 Nov 2026" in " ".join(answer.context["form"].errors["starts_on"])
    version.refresh_from_db()
    assert version.state == "simulated"
