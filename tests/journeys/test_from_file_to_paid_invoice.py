"""The main job, end to end: a file comes in, the night classifies it, the rep asks, finance verifies, it is paid."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from collections_app.cases.models import ContactMade
from collections_app.standings.models import Standing
from collections_app.visits.models import Plan, Stop
from common import clock
from customers import services as customers
from customers.models import Customer
from receivables.models import DueItem, Payment, Receipt
from tests import factories as make

pytestmark = pytest.mark.django_db
A_TUESDAY = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@time_machine.travel(A_TUESDAY, tick=True)
def test_a_shop_that_is_late_is_asked_visited_and_paid(tmp_path):
    today = clock.business_today()
    make.business()
    rep, finance, manager = make.rep("carmen"), make.finance("niamh"), make.manager("maria")

    # The morning's file comes in.
    book = tmp_path / "book.csv"
    book.write_text(
        "customer,name,invoice,date,due date,currency,amount\n"
        f"C10482,Mercado Sol,INV-1,{today - timedelta(days=100)},{today - timedelta(days=70)},EUR,3240.00\n"
        f"C10482,Mercado Sol,INV-2,{today - timedelta(days=40)},{today - timedelta(days=10)},EUR,865.40\n"
        f"C10483,Bar Azul,INV-3,{today - timedelta(days=5)},{today + timedelta(days=25)},EUR,99.00\n"
    )
    call_command("import_book", str(book), profile="generic")
    shop = Customer.objects.get(code="C10482")
    customers.hand_to(customer=shop, rep=rep, on=today, by=make.BY)
    make.site(shop, country="IE")  # where cash has no limit yet

    # The night classifies it and plans the day.
    call_command("run_nightly", as_of=today.isoformat())
    assert dict(Standing.objects.values_list("due_item__invoice__number", "standing")) == {
        "INV-1": "quasi-bad",
        "INV-2": "overdue",
        "INV-3": "unpaid",
    }
    stop = Stop.objects.get(plan=Plan.objects.get(rep=rep, on=today))
    assert stop.ask_amount == Decimal("4105.40")

    # The rep finds the shop on the phone, and the shop pays the older invoice in cash.
    phone = signed_in(rep)
    page = phone.get(reverse("visits:today")).content.decode()
    assert "Mercado Sol" in page
    assert "4,105.40" in page
    form = phone.get(reverse("visits:outcome", args=[stop.pk]), {"kind": "paid"})
    sent = values_of(form) | {"method": "cash", "amount": "3240.00", "about": "promise"}
    sent |= {"promised_on": (today + timedelta(days=3)).isoformat()}
    answer = phone.post(reverse("visits:outcome", args=[stop.pk]) + "?kind=paid", sent)
    assert answer.status_code == 302, answer.content.decode()
    receipt = Receipt.objects.get()
    assert (receipt.state, receipt.amount) == ("provisional", Decimal("3240.00"))
    assert ContactMade.objects.filter(customer=shop, reached=True).exists()
    assert DueItem.objects.get(invoice__number="INV-1").open_amount == Decimal("3240.00"), "not verified yet"

    # Finance has the money: the invoice is paid, and its standing is gone in the same moment.
    desk = signed_in(finance)
    verify = reverse("receivables:verify", args=[receipt.pk])
    page = desk.get(reverse("receivables:receipt", args=[receipt.pk]))
    assert desk.post(verify, {"key": key_of(page)}).status_code == 302
    item = DueItem.objects.get(invoice__number="INV-1")
    assert (item.open_amount, item.settled_on) == (Decimal(0), today)
    assert Payment.objects.get().receipt == receipt
    assert not Standing.objects.filter(due_item=item).exists()

    # The manager sees what is left, and the books are in order.
    board = signed_in(manager).get(reverse("desk:ageing"))
    assert "4,204" in board.content.decode(), "as the night has closed it"
    counted_now = signed_in(manager).get(reverse("desk:ageing"), {"now": "1"})
    assert "964" in counted_now.content.decode()
    call_command("check_books")


def values_of(answer):
    """The form's own hidden and prefilled values."""
    form = answer.context["form"]
    return {name: form[name].value() or "" for name in form.fields if form[name].value() is not None}


def key_of(answer):
    for form in (answer.context.get("verify"), answer.context.get("form")):
        if form is not None and "key" in form.fields:
            return form["key"].value()
    raise AssertionError("the page has no form with a key")
