"""A money form whose answer was lost, or that was sent twice, books once and says the same."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.db.models import F
from django.test import Client
from django.urls import reverse

from common.models import Submission
from receivables import once, services
from receivables.models import Payment
from tests import factories as make
from tests.ledger.at_once import at_once

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer()


def signed_in(user=None):
    client = Client()
    client.force_login(user or make.finance())
    return client


def form_of(customer, **values):
    return {
        "key": "k" * 32,
        "customer": customer.code,
        "amount": "100.00",
        "currency": "EUR",
        "method": "transfer",
        "received_on": DAY.isoformat(),
        "reference": "INV 1",
    } | values


def said(answer):
    return [str(one) for one in get_messages(answer.wsgi_request)]


NEW = "receivables:record-payment"


def test_a_form_sent_twice_books_once_and_says_the_same(customer):
    desk = signed_in()

    first, second = (desk.post(reverse(NEW), form_of(customer)) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert said(first)[-1] == said(second)[-1]
    assert Payment.objects.count() == 1


def test_an_answer_that_was_lost_is_given_again_without_a_second_booking(customer, monkeypatch):
    desk = signed_in()
    send = lambda: desk.post(reverse(NEW), form_of(customer))  # noqa: E731
    with monkeypatch.context() as lost:

        def breaks_off(*args, **kwargs):
            raise ConnectionError("the answer was lost after the booking")

        lost.setattr(once.messages, "success", breaks_off)
        with pytest.raises(ConnectionError):
            send()
    assert Payment.objects.count() == 1, "the money is booked although nobody was told"

    again = send()

    assert again.status_code == 302
    assert said(again)[-1] == "€100.00 of " + customer.name + " booked; €100.00 is unapplied."
    assert Payment.objects.count() == 1


def test_a_booking_that_failed_is_not_remembered_as_done(customer, monkeypatch):
    desk = signed_in()
    with monkeypatch.context() as broken:

        def breaks_off(*args, **kwargs):
            raise ConnectionError("before the end of the booking")

        broken.setattr(once.submissions, "done", breaks_off)
        with pytest.raises(ConnectionError):
            desk.post(reverse(NEW), form_of(customer))
    assert not Payment.objects.exists()

    desk.post(reverse(NEW), form_of(customer))

    assert Payment.objects.count() == 1


def test_a_form_sent_again_with_another_amount_says_what_was_booked_and_books_nothing(customer):
    desk = signed_in()
    desk.post(reverse(NEW), form_of(customer))

    asked = desk.post(reverse(NEW), form_of(customer, amount="70.00"))

    assert asked.status_code == 422
    booked = f"This form was already sent: “€100.00 of {customer.name} booked; €100.00 is unapplied.”"
    assert f"{booked} Nothing was booked now. If this is meant as well, send it again." in asked.content.decode()
    assert Payment.objects.count() == 1


def test_whoever_sends_it_once_more_after_the_question_means_it(customer):
    desk = signed_in()
    desk.post(reverse(NEW), form_of(customer))
    asked = desk.post(reverse(NEW), form_of(customer, amount="70.00"))
    key = re.search(r'name="key" value="([^"]+)"', asked.content.decode()).group(1)

    sent = [desk.post(reverse(NEW), form_of(customer, amount="70.00", key=key)) for _ in range(2)]

    assert [one.status_code for one in sent] == [302, 302]
    assert sorted(Payment.objects.values_list("amount", flat=True)) == [Decimal(70), Decimal(100)]


def test_a_form_left_open_for_more_than_a_day_is_not_asked_about(customer):
    desk = signed_in()
    desk.post(reverse(NEW), form_of(customer))
    Submission.objects.update(entered_at=F("entered_at") - timedelta(days=1, minutes=1))

    assert desk.post(reverse(NEW), form_of(customer, amount="70.00")).status_code == 302

    assert Payment.objects.count() == 2


def test_a_form_that_was_refused_is_corrected_without_a_question(customer):
    desk = signed_in()
    assert desk.post(reverse(NEW), form_of(customer, received_on="2099-01-01")).status_code == 422

    assert desk.post(reverse(NEW), form_of(customer)).status_code == 302

    assert Payment.objects.count() == 1


def test_a_receipt_verified_twice_with_one_form_is_one_payment(customer):
    receipt = a_receipt(customer)
    desk = signed_in()

    first, second = (desk.post(reverse("receivables:verify", args=[receipt.pk]), {"key": "once"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert said(first)[-1] == said(second)[-1]
    assert Payment.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_form_sent_several_times_at_the_same_moment_books_once(customer):
    finance = make.finance()
    desks = [signed_in(finance) for _ in range(4)]

    found = at_once(*(lambda desk=desk: desk.post(reverse(NEW), form_of(customer)) for desk in desks))

    assert [answer.status_code for answer in found] == [302] * 4, found
    assert len({said(answer)[-1] for answer in found}) == 1
    assert Payment.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_receipt_verified_several_times_at_the_same_moment_is_verified_for_all(customer):
    receipt = a_receipt(customer)
    finance = make.finance()
    desks = [signed_in(finance) for _ in range(4)]
    url = reverse("receivables:verify", args=[receipt.pk])

    found = at_once(*(lambda desk=desk: desk.post(url, {"key": "once"}) for desk in desks))

    assert [answer.status_code for answer in found] == [302] * 4, found
    assert Payment.objects.count() == 1


def a_receipt(customer):
    item = make.due_item(customer, 100, due_date=date(2026, 2, 1))
    return services.record_receipt(
        customer=customer, rep=make.rep(), method="transfer", amount=Decimal(100), currency="EUR",
        lines=[(item.pk, Decimal(100))], received_on=DAY, key="r1",
    )  # fmt: skip
