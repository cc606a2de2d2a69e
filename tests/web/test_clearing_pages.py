"""Finance matches money on pages: accepts a proposal, changes it, corrects it; a second person decides."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from common import clock
from receivables import services as receipts
from receivables.models import Allocation, Charge, CreditNote, Payment, WriteOff
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(db):
    make.business()
    return clock.business_today()


@pytest.fixture
def item(day):
    return make.due_item(make.customer(), 100, due_date=day - timedelta(days=40), number="INV-4711")


@pytest.fixture
def desk(client, day):
    client.force_login(make.finance("niamh"))
    return client


def send(client, address, **said):
    return client.post(address, {"key": uuid4().hex, "on": clock.business_today().isoformat(), **said})


def test_a_proposal_is_accepted_with_one_click_and_only_as_it_was_shown(desk, item, day):
    payment = make.payment(item.customer, 100, received_on=day, lines=[])
    page = desk.get("/payments/match/")
    best = page.context["rows"][0]["best"]

    assert "exactly what this item owes" in page.content.decode()
    stale = send(desk, f"/payments/{payment.pk}/accept/", digest="0" * 24)
    assert (stale.status_code, Allocation.objects.count()) == (422, 0)

    answer = send(desk, f"/payments/{payment.pk}/accept/", digest=best.digest, **{"from": "match"})
    item.refresh_from_db()
    assert (answer.status_code, answer.url, item.open_amount) == (302, "/payments/match/", 0)
    assert "All money is allocated" in desk.get("/payments/match/").content.decode()


def test_an_allocation_by_hand_may_say_why_the_rest_is_missing(desk, item, day):
    payment = make.payment(item.customer, 90, received_on=day, lines=[])

    answer = send(desk, f"/payments/{payment.pk}/allocate/", **{f"item_{item.pk}": "90", f"code_{item.pk}": "damage"})

    item.refresh_from_db()
    asked = WriteOff.objects.get()
    assert (answer.status_code, item.open_amount) == (302, Decimal(10))
    assert (asked.state, asked.code, asked.amount, asked.asked_by) == ("asked", "damage", Decimal(10), "niamh")


def test_more_than_there_is_comes_back_with_the_words_beside_it(desk, item, day):
    payment = make.payment(item.customer, 50, received_on=day, lines=[])

    answer = send(desk, f"/payments/{payment.pk}/allocate/", **{f"item_{item.pk}": "60"})

    assert answer.status_code == 422
    assert "Only €50.00 of the payment is left." in answer.content.decode()
    assert not Allocation.objects.exists()


def test_an_allocation_is_taken_back_and_a_payment_reversed_each_with_its_reason(desk, item, day):
    payment = make.payment(item.customer, 100, received_on=day)
    row = payment.allocations.get()

    assert send(desk, f"/allocations/{row.pk}/take-back/", because="").status_code == 422
    assert send(desk, f"/allocations/{row.pk}/take-back/", because="Wrong invoice").status_code == 302
    item.refresh_from_db()
    assert item.open_amount == Decimal(100)

    assert send(desk, f"/payments/{payment.pk}/reverse/", because="Bounced").status_code == 302
    again = send(desk, f"/payments/{payment.pk}/reverse/", because="Bounced again")
    assert again.status_code == 422
    assert "reversed already" in again.content.decode()
    assert Payment.objects.count() == 2


def test_money_is_refunded_and_exchanged(desk, item, day):
    make.account("USD")
    payment = make.payment(item.customer, 100, received_on=day, lines=[])

    assert send(desk, f"/payments/{payment.pk}/refund/", amount="40", because="Paid twice").status_code == 302
    answer = send(
        desk, f"/payments/{payment.pk}/exchange/", amount="60", into="USD", rate="1.1", source="Bank of the day"
    )

    payment.refresh_from_db()
    assert (answer.status_code, payment.unapplied_amount) == (302, 0)
    assert Payment.objects.get(currency="USD").unapplied_amount == Decimal(66)


def test_a_write_off_is_asked_by_one_and_granted_by_another(client, desk, item, day):
    address = f"/due-items/{item.pk}/write-off/"
    assert desk.get(address).status_code == 200
    assert send(desk, address, amount="100", code="bad debt", because="Insolvent").status_code == 302
    row = WriteOff.objects.get()

    own = send(desk, f"/write-offs/{row.pk}/grant/")
    assert (own.status_code, "second person" in own.content.decode()) == (422, True)

    client.force_login(make.finance("colm"))
    assert send(client, f"/write-offs/{row.pk}/grant/").status_code == 302
    item.refresh_from_db()
    assert (item.open_amount, item.claim_amount) == (0, Decimal(100))
    assert "INV-4711" in client.get("/write-offs/claims/").content.decode()
    assert send(client, f"/write-offs/{row.pk}/reverse/", because="They paid after all").status_code == 302
    item.refresh_from_db()
    assert (item.open_amount, item.claim_amount) == (Decimal(100), 0)


def test_a_write_off_and_a_receipt_name_who_asked_and_who_decided(client, item, day):
    niamh = make.person("finance", "niamh", last_name="Byrne")
    client.force_login(niamh)
    send(client, f"/due-items/{item.pk}/write-off/", amount="20", code="bad debt", because="Insolvent")
    receipts.refuse_receipt(receipt=make.receipt(item, rep=make.rep("carmen", last_name="Ruiz")), because="x", by=niamh)

    listed = client.get("/write-offs/").content.decode()
    page = client.get(f"/write-offs/{WriteOff.objects.get().pk}/").content.decode()
    exported = client.get("/write-offs/", {"export": "csv"}).content.decode()
    refused = client.get("/payments/receipts/", {"state": "refused"}).content.decode()

    assert all("Niamh Byrne" in shown and "niamh" not in shown for shown in (listed, page, exported, refused))
    assert "Carmen Ruiz" in refused and "carmen" not in refused


def test_a_dormant_claim_is_waived_on_its_page_by_who_may_decide(client, desk, item, day):
    asked = receipts.ask_write_off(
        target=item, amount=Decimal(100), code="bad debt", because="Insolvent", on=day, by=make.finance("carla")
    )
    receipts.grant_write_off(write_off=asked, on=day, by=make.manager())
    address = f"/due-items/{item.pk}/waive-claim/"
    assert address in desk.get("/write-offs/claims/").content.decode()
    assert "Waive the claim of €100.00" in desk.get(address).content.decode()

    answer = send(desk, address, on=day.isoformat(), because="Settled in court")

    assert answer.status_code == 302
    assert "The claim of €100.00 is waived." in desk.get(answer.url).content.decode()
    assert "waived on" in desk.get(f"/write-offs/{asked.pk}/").content.decode()
    client.force_login(make.auditor())
    assert "waive-claim" not in client.get("/write-offs/claims/").content.decode()


def test_a_charge_is_claimed_waived_in_part_and_taken_back(desk, item, day):
    address = f"/due-items/{item.pk}/charge/"
    assert send(desk, address, kind="fee", amount="40", basis="Act 2002").status_code == 302
    charge = Charge.objects.get()

    assert send(desk, f"/charges/{charge.pk}/waive/", amount="15", because="Goodwill").status_code == 302
    charge.refresh_from_db()
    assert charge.open_amount == Decimal(25)
    assert send(desk, f"/charges/{charge.pk}/reverse/", because="No basis").status_code == 302
    charge.refresh_from_db()
    assert charge.open_amount == 0
    for page in ("/charges/", f"/charges/{charge.pk}/", "/charges/?export=csv", "/write-offs/?export=xlsx"):
        assert desk.get(page).status_code == 200


def credit(item, day, **said):
    return {
        "customer": item.customer.code, "number": "CN-1", "amount": "30", "currency": "EUR",
        "issued_on": day.isoformat(), "invoice": "INV-4711",
    } | said  # fmt: skip


@pytest.mark.parametrize("invoice", ["INV-4711", ""])
def test_credit_far_beyond_what_is_open_is_asked_for_once(desk, item, day, invoice):
    said = credit(item, day, amount="5000", invoice=invoice)

    asked = send(desk, "/credit-notes/new/", **said)

    assert asked.status_code == 422
    assert "That is far more than the €100.00 that is open. If it is right, tick the box." in asked.content.decode()
    assert 'type="checkbox" name="sure"' in asked.content.decode()
    assert not CreditNote.objects.exists()
    assert send(desk, "/credit-notes/new/", **said, sure="on").status_code == 302
    assert CreditNote.objects.get().unapplied_amount == (4900 if invoice else 5000)


def test_a_credit_note_is_in_the_currency_of_its_invoice(desk, item, day):
    make.account("GBP")

    refused = send(desk, "/credit-notes/new/", **credit(item, day, currency="GBP"))

    assert refused.status_code == 422
    assert "Invoice INV-4711 is in EUR, the credit note in GBP. Use one currency." in refused.content.decode()
    assert not CreditNote.objects.exists()


def test_a_credit_note_has_a_number_of_its_own(desk, item, day):
    refused = send(desk, "/credit-notes/new/", **credit(item, day, number="INV-4711"))

    assert refused.status_code == 422
    assert "INV-4711 is the number of an invoice of this customer." in refused.content.decode()
    assert not CreditNote.objects.exists()


def test_a_credit_note_for_an_invoice_settles_it_and_can_be_reversed(desk, item, day):
    said = {
        "customer": item.customer.code, "number": "CN-1", "amount": "30", "currency": "EUR",
        "issued_on": day.isoformat(), "invoice": "INV-4711",
    }  # fmt: skip
    assert send(desk, "/credit-notes/new/", **said).status_code == 302
    assert send(desk, "/credit-notes/new/", **said).status_code == 422
    note = CreditNote.objects.get()
    item.refresh_from_db()
    assert (note.unapplied_amount, item.open_amount) == (0, Decimal(70))

    assert send(desk, f"/credit-notes/{note.pk}/reverse/", because="Wrong customer").status_code == 302
    item.refresh_from_db()
    assert item.open_amount == Decimal(100)
    assert desk.get(f"/credit-notes/{note.pk}/").status_code == 200


def test_the_same_form_sent_twice_books_once(desk, item, day):
    payment = make.payment(item.customer, 100, received_on=day, lines=[])
    said = {"key": uuid4().hex, "on": day.isoformat(), f"item_{item.pk}": "40"}

    for _ in range(2):
        assert desk.post(f"/payments/{payment.pk}/allocate/", said).status_code == 302

    assert Allocation.objects.count() == 1


def test_the_best_proposal_is_filled_in_and_sent_as_it_stands(desk, item, day):
    payment = make.payment(item.customer, 60, received_on=day, reference="INV 4711", lines=[])

    form = desk.get(f"/payments/{payment.pk}/").context["lines"]
    amount = form[f"item_{item.pk}"].value()
    assert amount == "60.00"

    assert send(desk, f"/payments/{payment.pk}/allocate/", **{f"item_{item.pk}": amount}).status_code == 302
    item.refresh_from_db()
    assert item.open_amount == Decimal(40)


def test_a_cash_discount_in_time_is_accepted_with_one_click(desk, item, day):
    type(item).objects.update(discount_until=day, discount_share=Decimal("0.02"))
    payment = make.payment(item.customer, 98, received_on=day, lines=[])
    best = desk.get("/payments/match/").context["rows"][0]["best"]
    assert "cash discount in time" in best.reason

    send(desk, f"/payments/{payment.pk}/accept/", digest=best.digest)

    item.refresh_from_db()
    given = WriteOff.objects.get()
    assert (item.open_amount, given.code, given.state, given.payment) == (0, "discount", "granted", payment)


def test_a_discount_that_came_too_late_is_accepted_and_waits_for_a_second_person(desk, item, day):
    type(item).objects.update(discount_until=day - timedelta(days=1), discount_share=Decimal("0.02"))
    payment = make.payment(item.customer, 98, received_on=day, lines=[])
    page = desk.get(f"/payments/{payment.pk}/")
    assert "stays open until a second person decides" in page.content.decode()

    send(desk, f"/payments/{payment.pk}/accept/", digest=page.context["proposals"][0].digest)

    item.refresh_from_db()
    asked = WriteOff.objects.get()
    assert (item.open_amount, asked.code, asked.state) == (Decimal(2), "late discount", "asked")


def test_money_booked_with_an_invoice_in_its_reference_settles_that_invoice(desk, item, day):
    older = make.due_item(item.customer, 30, due_date=day - timedelta(days=90), number="INV-4600")
    said = {
        "customer": item.customer.code, "amount": "100", "currency": "EUR", "method": "transfer",
        "received_on": day.isoformat(), "reference": "payment inv-4711",
    }  # fmt: skip

    answer = send(desk, "/payments/new/", **said)

    older.refresh_from_db()
    item.refresh_from_db()
    assert (answer.url, older.open_amount, item.open_amount) == ("/payments/", Decimal(30), 0)


def test_money_that_is_left_leads_to_its_own_page(desk, item, day):
    said = {
        "customer": item.customer.code, "amount": "120", "currency": "EUR", "method": "transfer",
        "received_on": day.isoformat(),
    }  # fmt: skip

    answer = send(desk, "/payments/new/", **said)

    assert answer.url == f"/payments/{Payment.objects.get().pk}/"


def test_a_refund_and_an_exchange_are_reversed_on_pages_of_their_own(desk, item, day):
    make.account("USD")
    payment = make.payment(item.customer, 100, received_on=day, lines=[])
    send(desk, f"/payments/{payment.pk}/refund/", amount="40", because="Paid twice")
    send(desk, f"/payments/{payment.pk}/exchange/", amount="60", into="USD", rate="1,1", source="Bank of the day")
    page = desk.get(f"/payments/{payment.pk}/")
    assert "Exchanged into USD at 1.1" in page.content.decode()

    for row in payment.refunds.order_by("pk"):
        assert desk.get(f"/refunds/{row.pk}/reverse/").status_code == 200
        assert send(desk, f"/refunds/{row.pk}/reverse/", because="").status_code == 422
        assert send(desk, f"/refunds/{row.pk}/reverse/", because="It came back").status_code == 302

    payment.refresh_from_db()
    assert payment.unapplied_amount == Decimal(100)
    assert all(not row.correct_url for row in desk.get(f"/payments/{payment.pk}/").context["rows"])


def test_a_free_credit_note_is_matched_and_refunded_like_money(desk, item, day):
    note = make.credit_note(item.customer, 150, issued_on=day)
    page = desk.get(f"/credit-notes/{note.pk}/")

    digest = page.context["proposals"][0].digest
    assert send(desk, f"/credit-notes/{note.pk}/accept/", digest=digest).status_code == 302
    answer = send(desk, f"/credit-notes/{note.pk}/refund/", amount="60", because="They ask for it")
    assert (answer.status_code, "Only €50.00" in answer.content.decode()) == (422, True)
    assert send(desk, f"/credit-notes/{note.pk}/refund/", amount="50", because="They ask for it").status_code == 302

    note.refresh_from_db()
    item.refresh_from_db()
    assert (note.unapplied_amount, item.open_amount) == (0, 0)


def test_a_refused_correction_keeps_what_was_typed(desk, item, day):
    payment = make.payment(item.customer, 50, received_on=day, lines=[])

    answer = send(desk, f"/payments/{payment.pk}/refund/", amount="51", because="They ask for it")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="They ask for it"' in page
    assert '<details class="card__part" open>' in page


def test_the_page_of_waiting_money_asks_the_database_as_often_for_many_payments(desk, item, day, count_queries):
    make.payment(item.customer, 10, received_on=day, lines=[])
    few = count_queries(lambda: desk.get("/payments/match/"))
    for amount in range(11, 18):
        other = make.due_item(make.customer(), 80, due_date=day - timedelta(days=amount))
        make.payment(other.customer, amount, received_on=day, lines=[])

    assert count_queries(lambda: desk.get("/payments/match/")) == few


def test_an_auditor_sees_money_and_no_buttons(client, item, day):
    payment = make.payment(item.customer, 50, received_on=day, lines=[])
    note = make.credit_note(item.customer, 5, issued_on=day)
    addresses = ("/payments/match/", f"/payments/{payment.pk}/", f"/credit-notes/{note.pk}/")
    for reader in (make.auditor(), make.admin_user()):
        client.force_login(reader)
        for address in addresses:
            page = client.get(address).content.decode()
            assert page.count("<form") == page.count('role="search"') + page.count('action="/logout/"'), address
