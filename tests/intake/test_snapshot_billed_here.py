"""An invoice that was made here from goods: the ledger's list says nothing about it until it has had it once."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from collections_app.standings import tie
from intake import services, shipped
from intake.outcome import NotTaken
from intake.services import Outcome
from receivables import services as receivables
from receivables.models import Invoice, Payment
from tests import factories as make
from tests.intake.lists import MONDAY, THURSDAY, TODAY, TUESDAY, WEDNESDAY, came, in_order, left, profile, rest
from tests.intake.made import LIST, csv_file, listed, made_profile

pytestmark = pytest.mark.usefixtures("on_a_tuesday")
BILLED = listed("B-1", date="2026-11-17", due="2026-12-17")


@pytest.fixture
def morning() -> Outcome:
    """The ledger's list of Monday is here."""
    return came(listed("1001"), *rest())


def bill(number: str = "B-1", *, on: date = TUESDAY, code: str = "C1") -> Invoice:
    """Goods that were delivered under 30 days net are billed here, on the day of a list, for 100.00."""
    owner = Invoice.objects.filter(customer__code=code).first()
    contract = make.contract(owner.customer if owner else make.customer(code=code))
    goods = make.shipment(contract, delivered_on=on, asked_on=on)
    return receivables.invoice_shipment(shipment=goods, number=number, issued_on=on, by=make.BY)


def money_made_up() -> int:
    return Payment.objects.filter(reported_by_ledger=True).count()


@pytest.mark.parametrize("day", [TUESDAY, WEDNESDAY, TODAY], ids=["its own day", "the next day", "a week later"])
def test_a_list_that_does_not_have_it_yet_settles_nothing(morning, day):
    bill()

    report = came(listed("1001"), *rest(), on=day).report

    assert (left("B-1"), money_made_up()) == (100, 0)
    assert (report.settled, report.reported, report.not_yet_in_ledger) == (0, 0, 1)
    assert [(row["number"], row["what"], row["amount"]) for row in report.behind] == [("B-1", "invoice", "100.00")]
    assert in_order()


def test_many_of_them_make_no_list_doubtful(morning):
    for place in range(9):
        bill(f"B-{place}")

    assert came(listed("1001"), *rest(), on=WEDNESDAY).report.doubt == ""


def test_once_the_list_has_had_it_its_absence_settles_it(morning):
    bill()
    came(BILLED, listed("1001"), *rest(), on=WEDNESDAY)
    assert (left("B-1"), Invoice.objects.get(number="B-1").listed_on) == (100, WEDNESDAY)

    report = came(listed("1001"), *rest(), on=THURSDAY).report

    assert (left("B-1"), report.settled, report.not_yet_in_ledger) == (0, 1, 0)
    assert Payment.objects.get(reported_by_ledger=True).counts_on == THURSDAY
    assert in_order()


def test_the_list_that_has_it_first_may_have_a_part_of_it_paid(morning):
    bill()

    came(BILLED.replace("100.00,100.00", "100.00,60.00"), listed("1001"), *rest(), on=WEDNESDAY)

    assert (left("B-1"), money_made_up()) == (60, 1)


def test_a_row_that_contradicts_it_is_no_word_that_the_ledger_has_it(morning):
    bill()

    with pytest.raises(NotTaken):
        came(BILLED.replace("100.00,100.00", "90.00,90.00"), listed("1001"), *rest(), on=WEDNESDAY)

    assert Invoice.objects.get(number="B-1").listed_on is None


def test_a_file_that_only_adds_is_a_word_of_the_ledger_as_well(morning):
    bill()
    row = "B-1,C1,Alder Foods,2026-11-17,2026-12-17,100.00,EUR,"

    services.store(
        content=csv_file(row), name="add.csv", profile=shipped.Loaded(made_profile(), "add"), on=TODAY, by=make.BY
    )

    assert Invoice.objects.get(number="B-1").listed_on == TODAY


def test_a_list_of_some_segments_names_only_what_it_would_have_to_show(morning):
    source = LIST.replace('currency = "currency"', 'currency = "currency"\nsegment = "name"')
    north = profile('[snapshot]\nsegments = "North"', source)
    bill()

    report = came(listed("N1").replace("Alder Foods", "North"), profile=north, on=WEDNESDAY).report

    assert (report.not_yet_in_ledger, left("B-1")) == (0, 100)


def test_an_invoice_that_came_from_a_file_and_bills_goods_is_the_ledgers_own(morning):
    """Goods are linked to it later; the next list settles it as any other."""
    goods = make.shipment(make.contract(Invoice.objects.get(number="1001").customer), delivered_on=MONDAY)
    Invoice.objects.filter(number="1001").update(shipment=goods)

    came(*rest(), on=TUESDAY)

    assert left("1001") == 0


def test_money_on_it_is_told_the_ledger_since_no_list_can_have_shown_it(morning):
    billed = bill()
    make.payment(
        billed.customer, "100.00", received_on=TUESDAY, lines=[(billed.due_items.get().pk, Decimal(100))],
        reference="RF1",
    )  # fmt: skip

    came(listed("1001"), *rest(), on=WEDNESDAY)

    batch = receivables.export_journal(up_to=TODAY, by=make.BY)
    assert batch is not None
    assert [row.kind for row in batch.rows.order_by("position")] == ["receipt", "allocation"]


def test_the_tie_line_names_it_until_the_ledger_has_it(morning):
    billed = bill()
    for day, amount in ((TUESDAY, 500), (WEDNESDAY, 500), (THURSDAY, 600)):
        receivables.state_total(currency="EUR", on=day, amount=Decimal(amount), by=make.BY)
    came(BILLED, listed("1001"), *rest(), on=THURSDAY)

    before, later = tie.ties(on=WEDNESDAY)[0], tie.ties(on=THURSDAY)[0]

    assert [(one.what, one.document, one.amount) for one in before.explanation.causes] == [
        (tie.BILLED_HERE, billed.number, 100)
    ]
    assert before.explanation.left == 0
    assert later.is_tied
    assert in_order(), "what the ledger did not have is no break of I4"


def test_beside_it_another_difference_is_a_break_and_stays_its_own_size(morning):
    bill()
    receivables.state_total(currency="EUR", on=TUESDAY, amount=Decimal("488.00"), by=make.BY)

    assert tie.not_told(on=TUESDAY, differences={"EUR": Decimal(112)}) == {"EUR": Decimal(12)}
    assert tie.not_told(on=TUESDAY, differences={"EUR": Decimal(5)}) == {"EUR": Decimal(5)}
    with pytest.raises((CommandError, SystemExit)):
        call_command("check_books", as_of="2026-11-24")


def test_the_pages_say_that_the_ledger_does_not_have_it(morning):
    billed = bill()
    file = came(listed("1001"), *rest(), on=WEDNESDAY).file
    client = Client()
    client.force_login(make.finance())

    of_invoice = client.get(f"/invoices/{billed.pk}/").content.decode()
    of_file = client.get(f"/import/{file.pk}/").content.decode() if file else ""
    found = client.get("/invoices/?state=not-in-ledger").context["table"]

    assert "Not yet in the ledger" in of_invoice
    assert "B-1" in of_file.partition("Not yet in the ledger")[2]
    assert "Invoice made here" in of_file
    assert [row.record.number for row in found.page.object_list] == ["B-1"]

    came(BILLED, listed("1001"), *rest(), on=THURSDAY)

    assert "Not yet in the ledger" not in client.get(f"/invoices/{billed.pk}/").content.decode()
    assert not client.get("/invoices/?state=not-in-ledger").context["table"].page.object_list
