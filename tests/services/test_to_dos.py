"""What somebody of ours must do about a customer: opened once, done once, with the name of who did it."""

from datetime import timedelta

import pytest

from audit.models import Entry
from collections_app.cases import services as cases
from collections_app.cases.models import ToDo
from common import clock
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return clock.business_today()


@pytest.fixture
def customer():
    return make.customer()


def opened(customer, today, *, about="S-1", because="credit check", days=3):
    return cases.open_to_do(
        customer=customer, because=because, about=about, due_on=today + timedelta(days=days), on=today, by=make.BY
    )


def test_asking_twice_for_the_same_thing_leaves_one_to_do_with_its_first_day(customer, today):
    first = opened(customer, today, days=3)

    again = opened(customer, today, days=9)

    assert again.pk == first.pk
    assert ToDo.objects.get().due_on == today + timedelta(days=3)
    assert Entry.objects.filter(verb="cases.to_do_opened").count() == 1


def test_each_cause_each_thing_and_each_customer_has_its_own(customer, today):
    opened(customer, today)
    opened(customer, today, about="S-2")
    opened(customer, today, because="slow batch")
    opened(make.customer(), today)

    assert ToDo.objects.filter(done_on=None).count() == 4


def test_a_to_do_that_is_done_says_by_whom_and_when_and_is_not_done_again(customer, today):
    opened(customer, today)
    finance = make.finance("niamh")

    done = cases.close_to_do(customer=customer, because="credit check", about="S-1", on=today, by=finance)
    again = cases.close_to_do(customer=customer, because="credit check", about="S-1", on=today, by=make.BY)

    assert (done.done_on, done.done_by) == (today, "niamh")
    assert again is None
    assert ToDo.objects.get().done_by == "niamh"


def test_what_was_done_can_be_asked_for_anew(customer, today):
    opened(customer, today)
    cases.close_to_do(customer=customer, because="credit check", about="S-1", on=today, by=make.BY)

    opened(customer, today)

    assert [row.done_on for row in ToDo.objects.order_by("pk")] == [today, None]
