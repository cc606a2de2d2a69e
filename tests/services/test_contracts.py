"""Contracts: drafted, active once a due date follows, ended; executed, accepted, filed, priced."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from common import documents
from common.models import Document
from contracts import queries, services
from contracts.models import Contract, PriceLine
from customers.models import Mark
from tests import factories as make
from tests.ledger.at_once import at_once, failures, refusals
from tests.refused import refused

pytestmark = pytest.mark.django_db
STARTS, TODAY = date(2026, 1, 1), date(2026, 11, 24)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer(name="Mercado Sol")


def contract(customer, **values):
    return Contract(
        **{
            "customer": customer,
            "number": "C-7",
            "starts_on": STARTS,
            "currency": "EUR",
            "method": "net",
            "parameters": {"days": 30},
        }
        | values
    )


def draft(customer, prices=(), **values):
    return services.draft(contract=contract(customer, **values), price_lines=prices, by=make.BY)


def price(unit_price="2.50", starts_on=STARTS, **values):
    return PriceLine(product=make.product(), unit_price=Decimal(unit_price), starts_on=starts_on, **values)


def prices_of(made):
    return [
        (line.unit_price, line.starts_on, line.ends_before, line.credit_days)
        for line in made.price_lines.order_by("starts_on", "pk")
    ]


def now(row):
    return Contract.objects.get(pk=row.pk)


# Draft, active, ended


def test_a_draft_becomes_active_and_is_ended_each_step_on_the_trail(customer):
    made = draft(customer, [price()])
    assert (made.state, prices_of(made)) == ("draft", [(Decimal("2.50"), STARTS, None, None)])

    services.activate(contract=made, on=STARTS, by=make.BY)
    assert now(made).state == "active"

    services.end(contract=made, on=TODAY, by=make.BY)
    assert (now(made).state, now(made).ends_before) == ("ended", TODAY + timedelta(1))
    trail = Entry.objects.filter(subject_key=str(made.pk)).order_by("pk").values_list("verb", flat=True)
    assert list(trail) == ["contracts.drafted", "contracts.activated", "contracts.ended"]
    assert Mark.objects.filter(customer=customer, because="contract").count() == 2


def test_a_draft_may_lack_its_terms_and_gets_them_later(customer):
    made = draft(customer, method="", parameters={})

    services.change_draft(
        contract=made, method="periodic", parameters={"rule": "monthly 25", "min_days": 20}, by=make.BY
    )
    services.activate(contract=made, on=STARTS, by=make.BY)

    assert (now(made).state, now(made).method) == ("active", "periodic")
    assert Entry.objects.get(verb="contracts.changed").after["method"] == "periodic"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"number": "  "}, "A contract has a number of at most 40 characters."),
        ({"number": "C" * 41}, "A contract has a number of at most 40 characters."),
        ({"number": "C-1"}, "Mercado Sol has a contract C-1 already. Choose another number."),
        ({"currency": ""}, "State the currency, such as EUR: a price without one is no price."),
        ({"currency": "XXX"}, "XXX is not a currency code; expected one like EUR."),
        ({"starts_on": None}, "Say from which day contract C-7 holds."),
        ({"ends_before": STARTS}, "Contract C-7 would end before it starts. Correct one of the two days."),
        ({"ends_before": date(2025, 1, 1)}, "Contract C-7 would end before it starts. Correct one of the two days."),
        ({"title": "simple"}, "Say on which day the retention of title was agreed."),
    ],
)
def test_what_no_contract_can_be_is_refused_when_drafted_agreed_or_changed(customer, values, words):
    draft(customer, number="C-1")
    other = draft(customer, number="C-2")

    for deed in (
        lambda: draft(customer, **values),
        lambda: services.agree(contract=contract(customer, **values), by=make.BY),
        lambda: services.change_draft(contract=other, by=make.BY, **{"number": "C-7", **values}),
    ):
        with refused(_kind(words), words):
            deed()


def _kind(words):
    return services.NotACurrency if "EUR" in words else services.NotAContract


def test_another_customers_contract_may_have_the_same_number(customer):
    draft(customer)

    assert draft(make.customer()).number == "C-7"


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("", {}),
        ("after sale", {}),
        ("net", {}),
        ("net", {"days": -1}),
        ("two_deliveries", {}),
        ("periodic", {"rule": "when convenient"}),
        ("fixed", {"date": "Christmas"}),
        ("instalments", {"parts": [{"share": "0.5", "days": 30}]}),
        ("consignment", {}),
    ],
)
def test_without_a_computable_due_date_a_contract_stays_a_draft(customer, method, parameters):
    made = draft(customer, method=method, parameters=parameters)
    words = "Contract C-7 has no computable due date. State a settlement method with its days or dates."

    with refused(services.CannotBecomeActive, words):
        services.activate(contract=made, on=STARTS, by=make.BY)
    Contract.objects.all().delete()
    with refused(services.CannotBecomeActive, words):
        services.agree(contract=contract(customer, method=method, parameters=parameters, state="active"), by=make.BY)


@pytest.mark.parametrize(
    ("language", "text", "marked"),
    [
        ("en", "The Buyer pays after sale of the goods.", '"after sale". Agree on a day that can be computed.'),
        ("es", "El comprador pagará después de vender la mercancía.", "vender"),
        ("zh-hans", "货款于售后付款。", "售后"),
    ],
)
def test_elastic_wording_keeps_a_contract_a_draft_and_is_quoted(customer, language, text, marked):
    made = draft(customer, language=language, settlement_text=text)

    with pytest.raises(services.CannotBecomeActive) as refusal:
        services.activate(contract=made, on=STARTS, by=make.BY)

    assert str(refusal.value).startswith("Contract C-7 does not say when payment is due: ")
    assert marked in str(refusal.value)
    assert now(made).state == "draft"


def test_a_clause_with_a_day_and_one_in_a_language_nobody_reads_here_may_become_active(customer):
    clear = draft(customer, settlement_text="The Buyer pays within 30 days from the date of the invoice.")
    foreign = draft(customer, number="C-8", language="de", settlement_text="Zahlung nach Verkauf.")

    for made in (clear, foreign):
        assert services.activate(contract=made, on=STARTS, by=make.BY).state == "active"


def test_a_contract_whose_days_are_over_does_not_become_active(customer):
    made = draft(customer, ends_before=TODAY)

    with refused(services.CannotBecomeActive, "Contract C-7 ended before 24 Nov 2026. Extend its validity first."):
        services.activate(contract=made, on=TODAY, by=make.BY)
    services.activate(contract=made, on=TODAY - timedelta(1), by=make.BY)


def test_each_step_names_the_state_it_leads_from(customer):
    made = draft(customer)
    with refused(services.NotInState, "Contract C-7 is not active. Only an active contract is ended."):
        services.end(contract=made, on=TODAY, by=make.BY)

    services.activate(contract=made, on=STARTS, by=make.BY)
    with refused(services.NotInState, "Contract C-7 is no draft any more. Only a draft becomes active."):
        services.activate(contract=made, on=STARTS, by=make.BY)
    with refused(services.NotInState, "Contract C-7 is no draft any more. Other terms need a new contract."):
        services.change_draft(contract=made, parameters={"days": 90}, by=make.BY)

    services.end(contract=made, on=TODAY, by=make.BY)
    with refused(services.NotInState, "Contract C-7 is no draft any more. Only a draft becomes active."):
        services.activate(contract=made, on=TODAY, by=make.BY)
    with refused(services.NotInState, "Contract C-7 is not active. Only an active contract is ended."):
        services.end(contract=made, on=TODAY, by=make.BY)


def test_a_contract_does_not_end_before_it_starts_nor_later_than_was_agreed(customer):
    made = services.activate(contract=draft(customer, ends_before=date(2026, 7, 1)), on=STARTS, by=make.BY)

    with refused(
        services.TooEarly,
        "Contract C-7 starts on 1 Jan 2026 and cannot end on 31 Dec 2025. Choose a later day.",
    ):
        services.end(contract=made, on=date(2025, 12, 31), by=make.BY)

    services.end(contract=made, on=TODAY, by=make.BY)
    assert now(made).ends_before == date(2026, 7, 1)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_activate_at_once_one_is_refused():
    made = draft(make.customer())

    found = at_once(*[lambda: services.activate(contract=made, on=STARTS, by=make.BY)] * 2)

    assert failures(found) == []
    assert refusals(found) == ["Contract C-7 is no draft any more. Only a draft becomes active."]
    assert Entry.objects.filter(verb="contracts.activated").count() == 1


# Executed, accepted, filed


def test_a_contract_is_executed_and_a_bad_signature_is_cured_later(customer):
    made = services.activate(contract=draft(customer), on=STARTS, by=make.BY)

    services.execute(
        contract=made, execution="signature", signed_by="A clerk", has_authority=False, on=STARTS, by=make.BY
    )
    assert (now(made).signed_by, now(made).has_authority) == ("A clerk", False)

    services.execute(
        contract=made, execution="signature", signed_by=" Lucía Ortega ", has_authority=True, on=TODAY, by=make.BY
    )
    row = now(made)
    assert (row.execution, row.signed_by, row.has_authority, row.signed_on) == (
        "signature", "Lucía Ortega", True, TODAY,
    )  # fmt: skip
    entry = Entry.objects.filter(verb="contracts.executed").latest("pk")
    assert (entry.before["signed_by"], entry.after["signed_by"]) == ("A clerk", "Lucía Ortega")
    assert Mark.objects.filter(customer=customer, because="contract").count() == 3, "held goods are looked at again"


def test_an_execution_that_was_entered_wrongly_is_taken_back(customer):
    made = draft(customer)
    services.execute(contract=made, execution="unit seal", signed_by="Li Wei", has_authority=True, on=TODAY, by=make.BY)

    services.execute(contract=made, execution="none", signed_by="", has_authority=True, on=TODAY, by=make.BY)

    assert (now(made).execution, now(made).signed_by, now(made).signed_on) == ("none", "", None)


def test_terms_are_accepted_by_somebody_on_a_day(customer):
    made = services.accept_terms(contract=draft(customer), accepted_by="Lucía Ortega", on=TODAY, by=make.BY)

    assert (now(made).terms_accepted_by, now(made).terms_accepted_on) == ("Lucía Ortega", TODAY)
    assert Entry.objects.get(verb="contracts.terms_accepted").after["accepted_by"] == "Lucía Ortega"


def test_execution_and_acceptance_need_a_name_and_a_living_contract(customer):
    made = services.activate(contract=draft(customer), on=STARTS, by=make.BY)
    signed = {"execution": "signature", "signed_by": "Lucía", "has_authority": True, "on": TODAY, "by": make.BY}

    with refused(services.NotNamed, "Say who signed or sealed the contract."):
        services.execute(**{**signed, "contract": made, "signed_by": " "})
    with refused(services.NotAContract, '"handshake" is no way to execute a contract.'):
        services.execute(**{**signed, "contract": made, "execution": "handshake"})
    with refused(services.NotNamed, "Say who accepted the terms."):
        services.accept_terms(contract=made, accepted_by="", on=TODAY, by=make.BY)

    services.end(contract=made, on=TODAY, by=make.BY)
    ended = "Contract C-7 has ended. Nothing about it can be made good any more."
    with refused(services.NotInState, ended):
        services.execute(**signed, contract=made)
    with refused(services.NotInState, ended):
        services.accept_terms(contract=made, accepted_by="Lucía", on=TODAY, by=make.BY)


def test_the_signed_paper_is_filed_by_its_hash_and_a_better_scan_replaces_it(customer):
    made = draft(customer)
    scan, better = (
        documents.store(content, name="contract.pdf", content_type="application/pdf")
        for content in (b"%PDF scan", b"%PDF better scan")
    )

    services.attach(contract=made, document=scan, by=make.BY)
    services.attach(contract=made, document=better, by=make.BY)

    assert now(made).document == better
    assert Document.objects.count() == 2
    entry = Entry.objects.filter(verb="contracts.filed").latest("pk")
    assert (entry.before["sha256"], entry.after["sha256"]) == (scan.sha256, better.sha256)


def test_no_verb_of_a_contract_reads_the_bytes_of_its_file(customer):
    scan = documents.store(b"%PDF scan", name="contract.pdf", content_type="application/pdf")
    made = draft(customer, document=scan)

    with CaptureQueriesContext(connection) as asked:
        services.activate(contract=made, on=STARTS, by=make.BY)
        services.accept_terms(contract=made, accepted_by="Lucía", on=TODAY, by=make.BY)
        services.execute(
            contract=made, execution="signature", signed_by="Lucía", has_authority=True, on=TODAY, by=make.BY
        )
        services.end(contract=made, on=TODAY, by=make.BY)

    read = [one["sql"] for one in asked if '"content"' in one["sql"]]
    assert read == []


# Prices


def test_a_new_price_ends_the_one_before_it(customer):
    made = services.activate(contract=draft(customer, [price("2.40")]), on=STARTS, by=make.BY)
    water = make.product()

    services.set_price(
        contract=made, product=water, unit_price=Decimal("2.5025"), starts_on=date(2026, 6, 1), by=make.BY
    )
    services.set_price(
        contract=made, product=water, unit_price=Decimal("2.30"), starts_on=STARTS, credit_days=14, by=make.BY
    )

    assert prices_of(made) == [
        (Decimal("2.40"), STARTS, date(2026, 6, 1), None),
        (Decimal("2.30"), STARTS, None, 14),
        (Decimal("2.5025"), date(2026, 6, 1), None, None),
    ]
    assert queries.agreed_price(made, water, date(2026, 5, 31)) == Decimal("2.40")
    assert queries.agreed_price(made, water, date(2026, 6, 1)) == Decimal("2.5025")
    assert queries.agreed_price(made, water, TODAY, credit_days=7) == Decimal("2.30")
    assert queries.agreed_price(made, make.product("BEER"), TODAY) is None


def test_a_price_of_a_draft_is_written_anew_and_an_agreed_one_stays(customer):
    made = draft(customer, [price("2.40")])
    new = {"contract": made, "product": make.product(), "starts_on": STARTS, "by": make.BY}

    services.set_price(**new, unit_price=Decimal("2.45"))
    assert prices_of(made) == [(Decimal("2.45"), STARTS, None, None)]

    services.activate(contract=made, on=STARTS, by=make.BY)
    with refused(
        services.NotAPrice,
        "Water has two prices for the same days: €2.45 from 1 Jan 2026 and €2.60 from 1 Jan 2026. "
        "End one before the other starts.",
    ):
        services.set_price(**new, unit_price=Decimal("2.60"))


def test_a_price_that_would_run_into_a_later_one_is_refused_naming_both(customer):
    made = draft(customer, [price("2.40", date(2026, 6, 1), credit_days=30)])

    with refused(
        services.NotAPrice,
        "Water has two prices for the same days in the tier of credit days 30: €2.50 from 1 Jan 2026 and "
        "€2.40 from 1 Jun 2026. End one before the other starts.",
    ):
        services.set_price(
            contract=made, product=make.product(), unit_price=Decimal("2.50"), starts_on=STARTS, credit_days=30,
            by=make.BY,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            lambda: [price("2.40"), price("2.50", date(2026, 6, 1))],
            "Water has two prices for the same days: €2.40 from 1 Jan 2026 and €2.50 from 1 Jun 2026. "
            "End one before the other starts.",
        ),
        (
            lambda: [price("-1")],
            "Water: a price is zero or more, with at most six decimals; -1 is not.",
        ),
        (
            lambda: [price("0.1234567")],
            "Water: a price is zero or more, with at most six decimals; 0.1234567 is not.",
        ),
        (
            lambda: [price("NaN")],
            "Water: a price is zero or more, with at most six decimals; NaN is not.",
        ),
        (
            lambda: [price("2.40", ends_before=STARTS)],
            "Water: the price from 1 Jan 2026 would end before it starts. Correct one of the two days.",
        ),
        (
            lambda: [PriceLine(unit_price=Decimal(1), starts_on=STARTS)],
            "A price belongs to a known product. Add the product first.",
        ),
    ],
)
def test_a_contract_with_a_price_that_cannot_be_is_not_stored(customer, lines, words):
    with refused(services.NotAPrice, words):
        draft(customer, lines())
    with refused(services.NotAPrice, words):
        services.agree(contract=contract(customer, state="active"), price_lines=lines(), by=make.BY)


def test_an_ended_contract_keeps_its_prices(customer):
    made = services.activate(contract=draft(customer), on=STARTS, by=make.BY)
    services.end(contract=made, on=TODAY, by=make.BY)

    with refused(services.NotInState, "Contract C-7 has ended. Its prices stay as they are."):
        services.set_price(contract=made, product=make.product(), unit_price=Decimal(2), starts_on=STARTS, by=make.BY)
