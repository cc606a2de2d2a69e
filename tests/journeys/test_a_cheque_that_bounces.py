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
from receivables.models import Allocation, Charge, Payment
from tests import factories as make

pytestmark = pytest.mark.django_db
DUE = date(2026, 9, 1)
TAKEN = date(2026, 10, 5)
HONOURED = date(2026, 10, 20)
BOUNCED = date(2026, 11, 2)
TODAY = date(2026, 11, 20)


def on(day):
    """The story goes on, on the morning of this day."""
    return time_machine.travel(datetime.combine(day, datetime.min.time(), tzinfo=UTC) + timedelta(hours=9), tick=False)


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
        call_command("run_nightly", as_of=TAKEN.isoformat())

        # The shop hands over a cheque over both invoices: paper in hand, not money.
        cheque = services.take_paper(
            customer=shop, kind="cheque", number="000417", drawer="Mercado Sol", amount=Decimal("450.00"),
            currency="EUR", received_on=TAKEN, matures_on=HONOURED,
            lines=[(older.pk, Decimal("300.00")), (newer.pk, Decimal("150.00"))], by=finance,
        )  # fmt: skip
        assert balance(shop, TAKEN) == Decimal("500.00"), "it counts in no ageing"
        assert {row.due_item_id for row in cases.suppressed(as_of=TAKEN, customers=[shop.pk])} == {older.pk, newer.pk}

    # The bank honours it: it is money from this day, and settles what it was meant for.
    with on(HONOURED):
        payment = services.honour_paper(paper=cheque, on=HONOURED, by=finance)
        older.refresh_from_db()
        newer.refresh_from_db()
        assert (older.open_amount, newer.open_amount) == (Decimal(0), Decimal("50.00"))
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
        older.refresh_from_db()
        newer.refresh_from_db()
        payment.refresh_from_db()
        assert (older.open_amount, newer.open_amount) == (Decimal("300.00"), Decimal("200.00"))
        assert (older.settled_on, payment.unapplied_amount) == (None, Decimal(0))
        assert sorted(Payment.objects.values_list("amount", flat=True)) == [Decimal("-450.00"), Decimal("450.00")]
        assert sorted(Allocation.objects.values_list("amount", flat=True)) == [-300, -150, 150, 300]
        assert Standing.objects.get(due_item=older).standing == "quasi-bad"
        assert not list(cases.suppressed(as_of=TODAY, customers=[shop.pk])), "it is asked for again"

        # The fee is a charge on the oldest item, outside the ageing until the company's ledger has it.
        assert (fee.kind, fee.due_item_id, fee.open_amount) == (Charge.Kind.FEE, older.pk, Decimal("15.00"))

        # The day before, the day itself and today, by ageing, account and page.
        assert aged(BOUNCED - timedelta(days=1)) == {"1-30": Decimal("50.00")}
        assert aged(BOUNCED) == {"1-30": Decimal("200.00"), "61-90": Decimal("300.00")}
        assert aged(TODAY) == {"31-60": Decimal("200.00"), "61-90": Decimal("300.00")}
        assert [balance(shop, day) for day in (BOUNCED - timedelta(days=1), BOUNCED, TODAY)] == [50, 500, 500]
        assert "50.00" in open_on_page(BOUNCED - timedelta(days=1), shop)
        assert "500.00" in open_on_page(BOUNCED, shop)
        assert {day: aged(day) for day in seen_before} == seen_before, "no past day has changed"

        # Once the ledger hears of the fee it counts, from that day on.
        services.export_journal(up_to=TODAY, by=finance)
        assert aged(TODAY)["charges"] == Decimal("15.00")
        assert "charges" not in aged(TODAY - timedelta(days=1))
        call_command("run_nightly", as_of=TODAY.isoformat())
        for day in (TAKEN, HONOURED, BOUNCED - timedelta(days=1), BOUNCED, TODAY):
            call_command("check_books", as_of=day.isoformat())
