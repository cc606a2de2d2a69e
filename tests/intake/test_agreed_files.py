"""Contracts, price lines and shipments from files: what they bring, and that the same file brings nothing twice."""

from datetime import date
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app.gate.queries import answers
from contracts.models import Contract, PriceLine, Product, Release, Shipment
from customers.models import Customer, Mark
from intake import services, shipped
from intake.models import File
from tests import factories as make
from tests.intake.agreed import AGREED, BATCH, DATA, TODAY, WATER, agreement, csv_file, prices, store
from tests.intake.made import workbook

pytestmark = pytest.mark.django_db


def sample(kind):
    return services.store(
        content=(DATA / f"{kind}.csv").read_bytes(),
        name=f"{kind}.csv",
        profile=shipped.by_name(kind),
        on=TODAY,
        by=make.BY,
    ).report


@pytest.fixture
def customers():
    make.business()
    return [make.customer(code="C1", name="Alder Foods"), make.customer(code="C2", name="Birch Bar")]


@pytest.fixture
def agreed():
    make.business()
    return agreement()


def test_the_sample_files_bring_contracts_prices_and_goods(customers):
    bill = make.invoice(customers[0], "157.00", number="88", due_date=date(2026, 11, 4))

    contracts, lines, goods = (sample(kind) for kind in ("contracts", "price-lines", "shipments"))

    assert (contracts.contracts_added, contracts.problem_count, contracts.warnings) == (3, 0, [])
    assert (lines.price_lines_added, lines.products_added, lines.problem_count) == (5, 2, 0)
    assert (goods.shipments_added, goods.shipments_planned, goods.proofs_added, goods.invoices_linked) == (4, 1, 2, 1)
    assert goods.totals == [{"currency": "EUR", "kind": "shipment", "count": 4, "amount": "383.00"}]
    assert (goods.kind, goods.rows, goods.warnings) == ("shipments", 5, [])
    bill.refresh_from_db()
    assert bill.shipment.number == "S-1"
    assert Product.objects.get(code="LEMON").name == "Lemonade 24 x 0.33 l"


def test_a_contract_has_all_that_its_row_says(customers):
    sample("contracts")

    made = Contract.objects.get(number="C-100")
    assert (made.customer.code, made.state, made.method, made.parameters) == (
        "C1",
        "active",
        "two_deliveries",
        {"max_days": 30},
    )
    assert (made.settlement_clause, made.interest_clause, made.title) == ("6.2", "eu:ES", "simple")
    assert (made.execution, made.signed_by, made.signed_on) == ("signature", "Lucía Ortega", date(2025, 12, 15))
    assert made.title_agreed_on == made.signed_on  # a clause of the contract
    assert (made.terms_accepted_by, made.terms_accepted_on) == ("Lucía Ortega", date(2025, 12, 15))
    assert Contract.objects.get(number="C-200").ends_before == date(2027, 2, 1)  # the file has the last day
    assert Contract.objects.get(number="C-201").state == "draft"
    assert Entry.objects.filter(verb="contracts.agreed").count() == 3
    assert Mark.objects.filter(because="contract").count() == 2


def test_delivered_goods_are_taken_over_and_goods_to_come_are_planned_and_never_released(customers):
    for kind in ("contracts", "price-lines", "shipments"):
        sample(kind)

    first, second, planned = Shipment.objects.filter(customer__code="C1").order_by("number")
    assert [one.state for one in (first, second, planned)] == ["delivered", "delivered", "planned"]
    assert {one.release.kind for one in (first, second)} == {Release.Kind.TAKEN_OVER}
    assert (planned.release, planned.batch, Release.objects.count()) == (None, 3, 3)
    assert (first.amount, first.delivered_on, first.contract.number) == (157, date(2026, 10, 5), "C-100")
    assert [(line.product.code, line.quantity, line.amount) for line in first.lines.order_by("pk")] == [
        ("WATER", 40, 100),
        ("LEMON", 8, 57),
    ]
    assert (first.proof.signed_by, first.proof.signed_on) == ("Lucía Ortega", date(2026, 10, 5))
    assert not hasattr(second, "proof")
    assert Mark.objects.filter(because="goods").count() == 2


def test_a_batch_that_was_taken_over_unpaid_keeps_the_next_one_until_its_invoice_is_paid(customers):
    make.invoice(customers[0], "157.00", number="88", due_date=date(2026, 11, 4))
    make.invoice(customers[0], "50.00", number="89", due_date=date(2026, 12, 4))
    for kind in ("contracts", "price-lines"):
        sample(kind)
    content = (DATA / "shipments.csv").read_text().replace(",50.00,,,", ",50.00,,,89")
    services.store(content=content.encode(), name="x.csv", profile=shipped.by_name("shipments"), on=TODAY, by=make.BY)
    planned = Shipment.objects.get(number="S-3")

    before = answers([planned], as_of=TODAY)[planned.pk].causes
    noted = planned.holds.filter(cause="settlement", cleared_at=None)
    assert [(hold.amount, hold.is_observed) for hold in noted] == [(Decimal(207), True)], "noted with the file"
    make.payment(customers[0], "207.00", received_on=TODAY)
    assert not noted.all().exists()
    after = answers([planned], as_of=TODAY)[planned.pk].causes

    assert [cause.way_out for cause in before if cause.cause == "settlement"] == ["€207.00 on 88, 89 settles it."]
    assert [cause for cause in after if cause.cause == "settlement"] == []


def test_a_workbook_is_read_like_any_other_file(agreed):
    heading = "shipment,customer,contract,asked on,delivered on,product,quantity,price,amount"
    rows = [[4711, "C1", "C-1", date(2026, 10, 1), date(2026, 10, 5), "WATER", 40, 2.5, 100.0]]

    report = services.store(
        content=workbook(*rows, heading=heading), name="goods.xlsx", profile=shipped.by_name("shipments"), on=TODAY,
        by=make.BY,
    ).report  # fmt: skip

    shipment = Shipment.objects.get()
    assert (report.shipments_added, shipment.number, shipment.amount) == (1, "4711", 100)
    assert shipment.delivered_on == date(2026, 10, 5)


@pytest.mark.parametrize("kind", ["contracts", "price-lines", "shipments"])
def test_the_same_file_twice_changes_nothing(customers, kind):
    for before in ("contracts", "price-lines", "shipments"):
        first = sample(before)
        if before == kind:
            break
    entries = Entry.objects.count()

    again = sample(kind)

    assert again.already_imported
    assert (again.kind, again.unchanged) == (kind, first.taken)
    assert (again.contracts_added, again.price_lines_added, again.shipments_added, again.changed) == (0, 0, 0, 0)
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("kind", ["contracts", "price-lines", "shipments"])
def test_another_file_with_the_same_rows_changes_nothing(customers, kind):
    for before in ("contracts", "price-lines", "shipments"):
        first = sample(before)
        if before == kind:
            break
    content = (DATA / f"{kind}.csv").read_bytes() + b"\n"

    again = services.store(content=content, name="x.csv", profile=shipped.by_name(kind), on=TODAY, by=make.BY).report

    assert (again.already_imported, again.unchanged, again.changed) == (False, first.taken, 0)
    assert (again.contracts_added, again.price_lines_added, again.shipments_added) == (0, 0, 0)


def test_one_text_by_two_profiles_of_two_kinds_is_two_files(agreed):
    store("price-lines", WATER.replace("2026-01-01", "2027-01-01"))

    kinds = File.objects.values_list("kind", "profile", "state")

    assert list(kinds) == [("price-lines", "price-lines", "stored")]
    assert services.look(
        content=csv_file("price-lines", WATER), name="x.csv", profile=shipped.by_name("shipments"), on=TODAY
    ).report.unreadable.startswith('line 1: no such column: "shipment number"')


def test_looking_at_a_file_stores_nothing(agreed):
    before = Entry.objects.count()

    looked = [
        services.look(content=csv_file(kind, row), name="x.csv", profile=shipped.by_name(kind), on=TODAY).report
        for kind, row in (
            ("contracts", AGREED.replace("C-1", "C-2")),
            ("price-lines", WATER.replace("WATER", "LEMON")),
            ("shipments", BATCH),
        )
    ]

    assert [(one.contracts_added, one.price_lines_added, one.shipments_added) for one in looked] == [
        (1, 0, 0),
        (0, 1, 0),
        (0, 0, 1),
    ]
    assert (Contract.objects.count(), PriceLine.objects.count(), Shipment.objects.count()) == (1, 1, 0)
    assert (File.objects.count(), Entry.objects.count(), Product.objects.count()) == (0, before, 1)


# --- contracts ----------------------------------------------------------------------------------


def test_a_draft_moves_on_with_a_later_file_and_each_deed_stands_on_the_trail(customers):
    store("contracts", "C-1,C1,draft,2026-01-01,,EUR,,,,,")

    report = store("contracts", AGREED.replace("2026-01-01", "2026-02-01")).report

    made = Contract.objects.get()
    assert (report.changed, report.contracts_added) == (1, 0)
    assert (made.state, made.method, made.starts_on, made.execution) == (
        "active",
        "net",
        date(2026, 2, 1),
        "signature",
    )
    verbs = Entry.objects.filter(subject_type="contracts.contract").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["contracts.agreed", "contracts.changed", "contracts.executed", "contracts.activated"]


def test_a_contract_that_was_not_executed_is_cured_by_a_later_file(customers):
    store("contracts", "C-1,C1,active,2026-01-01,,EUR,net 30,,none,,")

    report = store("contracts", AGREED).report

    made = Contract.objects.get()
    assert (report.changed, made.execution, made.signed_by) == (1, "signature", "Lucía Ortega")


def test_a_contract_whose_last_day_is_over_is_taken_as_ended(customers):
    store("contracts", AGREED.replace("2026-01-01,", "2025-01-01,2025-12-31"))

    assert [(one.state, one.ends_before) for one in Contract.objects.all()] == [("ended", date(2026, 1, 1))]


def test_an_empty_cell_says_nothing_about_what_is_here(customers):
    store("contracts", AGREED)

    report = store("contracts", "C-1,C1,,2026-01-01,,EUR,net 30,,,,").report

    assert (report.unchanged, report.changed, Contract.objects.get().signed_by) == (1, 0, "Lucía Ortega")


def test_the_method_may_stand_in_the_file_itself(customers):
    content = 'number,customer,starts on,currency,method,parameters\nC-1,C1,2026-01-01,EUR,net,"{""days"": 45}"\n'

    services.store(content=content.encode(), name="c.csv", profile=shipped.by_name("contracts"), on=TODAY, by=make.BY)

    assert [(one.method, one.parameters, one.state) for one in Contract.objects.all()] == [
        ("net", {"days": 45}, "active")
    ]


# --- price lines --------------------------------------------------------------------------------


def test_a_new_price_ends_the_one_that_had_no_end(agreed):
    report = store("price-lines", WATER.replace("2.50", "2.65").replace("2026-01-01", "2027-01-01")).report

    assert (report.price_lines_added, report.changed) == (1, 1)
    assert prices() == [
        ("WATER", None, "2.50", "2026-01-01", "2027-01-01"),
        ("WATER", None, "2.65", "2027-01-01", "None"),
    ]
    assert Entry.objects.get(verb="contracts.price_changed").after["ends_before"] == "2027-01-01"


def test_a_price_that_is_here_may_get_another_end(agreed):
    report = store("price-lines", WATER + "2026-12-31").report

    assert (report.changed, report.price_lines_added, prices()[0][-1]) == (1, 0, "2027-01-01")


def test_in_a_draft_a_price_is_written_anew(agreed):
    Contract.objects.update(state="draft")

    report = store("price-lines", WATER.replace("2.50", "2.40")).report

    assert (report.changed, prices()) == (1, [("WATER", None, "2.40", "2026-01-01", "None")])


def test_a_tier_of_credit_days_stands_beside_the_plain_price(agreed):
    store("price-lines", WATER, "C-1,WATER,,,2.70,EUR,60,2026-01-01,")

    assert [(tier, price) for _code, tier, price, _first, _end in prices()] == [(None, "2.50"), (60, "2.70")]


def test_a_price_without_a_first_day_holds_from_the_first_day_of_its_contract(agreed):
    store("price-lines", "C-1,LEMON,Lemonade,crate,7.125,EUR,,,")

    line = PriceLine.objects.get(product__code="LEMON")
    assert (line.starts_on, line.unit_price) == (date(2026, 1, 1), Decimal("7.125"))
    assert line.product.unit == "crate"


def test_equal_rows_count_once(agreed):
    lemon = WATER.replace("WATER", "LEMON")

    report = store("price-lines", lemon, lemon).report

    assert (report.rows, report.duplicates, report.price_lines_added) == (2, 1, 1)


# --- shipments ----------------------------------------------------------------------------------


def test_a_later_file_adds_the_missing_proof_and_the_invoice(agreed):
    store("shipments", BATCH.replace("Lucía Ortega,2026-10-05", ","))
    bill = make.invoice(agreed.customer, 100, number="88", due_date=date(2026, 11, 4))

    report = store("shipments", BATCH + "88").report

    bill.refresh_from_db()
    shipment = Shipment.objects.get()
    assert (report.changed, report.proofs_added, report.invoices_linked, report.shipments_added) == (1, 1, 1, 0)
    assert (shipment.proof.signed_by, bill.shipment) == ("Lucía Ortega", shipment)


def test_goods_without_a_contract_are_taken_over_in_their_own_currency(customers):
    make.product()
    content = "shipment,customer,delivered on,currency,product,quantity,amount\nS-1,C1,2026-10-05,USD,WATER,3,10.00\n"

    services.store(content=content.encode(), name="s.csv", profile=shipped.by_name("shipments"), on=TODAY, by=make.BY)

    [shipment] = Shipment.objects.all()
    assert (shipment.contract, shipment.batch, shipment.currency, shipment.asked_on) == (
        None,
        None,
        "USD",
        date(2026, 10, 5),
    )
    line = shipment.lines.get()
    assert (line.amount, line.unit_price) == (10, Decimal("3.333333"))


def test_batches_without_a_number_count_on_in_the_order_of_their_delivery(agreed):
    rows = [
        BATCH.replace("S-1,C1,C-1,1", f"S-{number},C1,C-1,").replace("2026-10-05", f"2026-10-{day}")
        for number, day in ((1, 20), (2, 10), (3, 15))
    ]

    store("shipments", BATCH.replace("S-1", "S-9"), *rows)

    assert dict(Shipment.objects.values_list("number", "batch")) == {"S-9": 1, "S-2": 2, "S-3": 3, "S-1": 4}


def test_equal_lines_count_once_unless_the_file_numbers_them(agreed):
    content = (
        "shipment,customer,contract,delivered on,position,product,quantity,price\n"
        "S-1,C1,C-1,2026-10-05,1,WATER,40,2.50\n"
        "S-1,C1,C-1,2026-10-05,2,WATER,40,2.50\n"
        "S-1,C1,C-1,2026-10-05,2,WATER,40,2.50\n"
    )

    report = services.store(
        content=content.encode(), name="s.csv", profile=shipped.by_name("shipments"), on=TODAY, by=make.BY
    ).report

    assert (report.duplicates, Shipment.objects.get().lines.count(), Shipment.objects.get().amount) == (1, 2, 200)


# --- what is refused is tried again -------------------------------------------------------------


def test_a_file_of_which_nothing_was_stored_is_not_known_and_is_read_again():
    first = store("price-lines", WATER, good_rows=True)  # its contract is not here yet
    agreement()
    PriceLine.objects.all().delete()

    again = store("price-lines", WATER).report

    assert (first.report.refused_rows, first.file) == (1, None)
    assert (again.already_imported, again.price_lines_added, File.objects.count()) == (False, 1, 1)


def test_rows_that_were_refused_are_tried_again_with_the_same_file_and_the_others_are_here():
    agreement()
    rows = (WATER.replace("WATER", "LEMON"), WATER.replace("C-1", "C-2"))
    part = store("price-lines", *rows, good_rows=True).report
    in_vain = store("price-lines", *rows, good_rows=True).report
    told = File.objects.get().report["price_lines_added"]
    make.contract(Customer.objects.get(code="C1"), number="C-2", starts_on=date(2026, 1, 1))

    rest = store("price-lines", *rows)
    known = store("price-lines", *rows).report

    assert (part.price_lines_added, part.refused_rows) == (1, 1)
    assert (in_vain.already_imported, in_vain.unchanged, in_vain.refused_rows, told) == (False, 1, 1, 1)
    assert (rest.report.refused_rows, rest.report.taken, rest.file.refused_rows) == (0, 2, None)
    assert (known.already_imported, File.objects.count()) == (True, 1)


def test_an_upload_of_a_file_that_was_taken_in_part_finishes_its_row():
    agreement()
    rows = (WATER.replace("WATER", "LEMON"), WATER.replace("C-1", "C-2"))
    kept = store("price-lines", *rows, good_rows=True).file
    fiona = make.finance("fiona")
    make.contract(Customer.objects.get(code="C1"), number="C-2", starts_on=date(2026, 1, 1))
    waiting = services.upload(
        content=csv_file("price-lines", *rows),
        name="price-lines.csv",
        profile=shipped.by_name("price-lines"),
        on=TODAY,
        by=fiona,
    )

    done = services.confirm(file=waiting, on=TODAY, by=fiona)

    assert (done.pk, File.objects.count()) == (kept.pk, 1)
