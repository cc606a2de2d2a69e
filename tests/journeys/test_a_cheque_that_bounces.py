"""A cheque is taken, honoured and allocated, and bounces: everything returns, and the days before stay as they were."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from collections_app.cases import queries as cases
from collections_app.letters.accounts import queries as accounts
from collections_app.standings import queries as standings
from collections_app.standings.models import Standing
from receivables import services
from receivables.models import Allocation, Charge, DueItem, Payment
from tests import factories as make

pytestmark = pytest.mark.django_db
DUE = date(2026, 9, 1)
TAKEN = date(2026, 10, 5)
HONOURED = date(2026, 10, 20)
BOUNCED = date(2026, 11, 2)
TODAY = date(2026, 11, 20)


def on(day):
    """The story goes on, on the morning of this day."""
    return time_machine.travel(datetime.combine(day, datetime.min.time(), tzinfo=UTC) + timedelta(hours=9), tick=True)


def aged(day, **values):
    report = standings.ageing(as_of=day, **values)
    return {row.bucket: row.amount for row in report.rows}


def balance(shop, day):
    """What the shop's account says at the end of a day."""
    return sum((one.balance for one in accounts.account(shop, as_of=day, most=50).currencies), Decimal(0))


def open_on_page(day, shop):
    client = Client()
    client.force_login(make.auditor())
    answer = client.get(reverse("letters:account", args=[shop.code]), {"as_of": day.isoformat()})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_cheque_that_was_allocated_bounces_and_everything_returns():
    with on(TAKEN):
        make.business()
        rep, finance = make.rep("carmen"), make.finance("niamh")
        shop = make.customer(rep, name="Mercado Sol")
        older = make.due_item(shop, "300.00", due_date=DUE, number="INV-1")
        newer = make.due_item(shop, "200.00", due_date=date(2026, 10, 15), number="INV-2")
        quick = make.due_item(shop, "100.00", due_date=date(2026, 11, 30), issued_on=date(2026, 10, 1), number="INV-3")
        DueItem.objects.filter(pk=quick.pk).update(discount_until=HONOURED, discount_share=Decimal("0.02"))
        call_command("run_nightly", as_of=TAKEN.isoformat())

        # The shop hands over a cheque over all three invoices: paper in hand, not money.
        meant_for = [(older.pk, Decimal("300.00")), (newer.pk, Decimal("150.00")), (quick.pk, Decimal("98.00"))]
        cheque = services.take_paper(
            customer=shop, kind="cheque", number="000417", drawer="Mercado Sol", amount=Decimal("548.00"),
            currency="EUR", received_on=TAKEN, matures_on=HONOURED, lines=meant_for, by=finance,
        )  # fmt: skip
        assert balance(shop, TAKEN) == Decimal("600.00"), "it counts in no ageing"
        suppressed = {row.due_item_id for row in cases.suppressed(as_of=TAKEN, customers=[shop.pk])}
        assert suppressed == {older.pk, newer.pk, quick.pk}

    # The bank honours it: it is money from this day, and settles what it was meant for. The third invoice is paid
    # within the time of its cash discount, which closes it by rule.
    with on(HONOURED):
        payment = services.honour_paper(paper=cheque, on=HONOURED, by=finance)
        services.settle(
            source=payment, lines=[], shorts=[(quick.pk, Decimal("2.00"), "discount")], on=HONOURED, by=finance
        )
        for item in (older, newer, quick):
            item.refresh_from_db()
        assert [item.open_amount for item in (older, newer, quick)] == [0, Decimal("50.00"), 0]
        assert not Standing.objects.filter(due_item=older).exists()
    seen_before = {day: aged(day) for day in (TAKEN, HONOURED, BOUNCED - timedelta(days=1))}
    assert seen_before[BOUNCED - timedelta(days=1)] == {"1-30": Decimal("50.00")}

    # Two weeks later the bank takes the money back, and charges a fee.
    with on(BOUNCED):
        fee = services.dishonour_paper(
            paper=cheque, on=BOUNCED, by=finance, because="No funds", fee=Decimal("15.00"), basis="Clause 9"
        )

    with on(TODAY):
        # Everything has returned: the items are open, the money is gone, and not a row was edited or deleted.
        for row in (older, newer, quick, payment):
            row.refresh_from_db()
        assert [item.open_amount for item in (older, newer, quick)] == [300, 200, 100], "the discount is gone as well"
        assert (older.settled_on, quick.settled_on, payment.unapplied_amount) == (None, None, Decimal(0))
        assert sorted(Payment.objects.values_list("amount", flat=True)) == [Decimal("-548.00"), Decimal("548.00")]
        assert sorted(Allocation.objects.values_list("amount", flat=True)) == [-300, -150, -98, -2, 2, 98, 150, 300]
        assert Standing.objects.get(due_item=older).standing == "quasi-bad"
        assert not list(cases.suppressed(as_of=TODAY, customers=[shop.pk])), "it is asked for again"

        # The fee is a charge on the oldest item, outside the ageing until the company's ledger has it.
        assert (fee.kind, fee.due_item_id, fee.open_amount) == (Charge.Kind.FEE, older.pk, Decimal("15.00"))

        # The day before, the day itself and today, by ageing, account and page.
        assert aged(BOUNCED - timedelta(days=1)) == {"1-30": Decimal("50.00")}
        not_due = {"not due": Decimal("100.00")}
        assert aged(BOUNCED) == not_due | {"1-30": Decimal("200.00"), "61-90": Decimal("300.00")}
        assert aged(TODAY) == not_due | {"31-60": Decimal("200.00"), "61-90": Decimal("300.00")}
        assert [balance(shop, day) for day in (BOUNCED - timedelta(days=1), BOUNCED, TODAY)] == [50, 600, 600]
        assert "50.00" in open_on_page(BOUNCED - timedelta(days=1), shop)
        assert "600.00" in open_on_page(BOUNCED, shop)
        assert {day: aged(day) for day in seen_before} == seen_before, "no past day has changed"

        # Once the ledger hears of the fee it counts, from that day on.
        services.export_journal(up_to=TODAY, by=finance)
        assert aged(TODAY)["charges"] == Decimal("15.00")
        assert "charges" not in aged(TODAY - timedelta(days=1))
        call_command("run_nightly", as_of=TODAY.isoformat())
        for day in (TAKEN, HONOURED, BOUNCED - timedelta(days=1), BOUNCED, TODAY):
            call_command("check_books", as_of=day.isoformat())
