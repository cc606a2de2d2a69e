"""Words that are none of the list are refused with a sentence, and by the database where no service asks."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from receivables import services
from receivables.models import Charge, Code, CreditNote, HandIn, Paper, Payment, PaymentMethod, Receipt, WriteOff
from receivables.models.methods import EXCHANGE, OPENING
from tests import factories as make

pytestmark = pytest.mark.django_db
DUE, DAY = date(2026, 1, 10), date(2026, 3, 2)


@pytest.fixture
def item(db):
    make.business()
    return make.due_item(make.customer(make.rep("carmen")), 100, due_date=DUE)


def ask(item, amount=10, code="price", **values):
    return services.ask_write_off(
        target=item, amount=Decimal(amount), code=code, because="So", on=DAY, by=make.BY, **values
    )


@pytest.mark.parametrize("code", ["foo", "", "Bad debt"])
def test_a_reason_that_is_none_of_the_list_gives_nothing_up_and_the_journal_goes_on(item, code):
    with pytest.raises(services.NotACode, match="one of the listed reasons"):
        ask(item, code=code)

    assert not WriteOff.objects.exists()
    make.payment(item.customer, 10, received_on=DAY)
    assert services.export_journal(up_to=DAY, by=make.BY).rows.count() == 2


@pytest.mark.parametrize("code", Code.values)
def test_every_reason_of_the_list_reaches_the_journal(item, code):
    services.grant_write_off(write_off=ask(item, code=code), on=DAY, by=make.finance())

    assert services.export_journal(up_to=DAY, by=make.BY).rows.count() == 1


@pytest.mark.parametrize("method", ["foo", "", OPENING[0], EXCHANGE[0]])
def test_money_comes_in_one_of_the_listed_ways(item, method):
    with pytest.raises(services.NotAMethod, match="one of the listed methods"):
        make.payment(item.customer, 10, received_on=DAY, method=method)
    with pytest.raises(services.NotAMethod, match="one of the listed methods"):
        make.receipt(item, 10, rep=item.customer.owner, method=method)

    assert (Payment.objects.count(), Receipt.objects.count()) == (0, 0)


def test_interest_a_fixed_sum_or_a_fee_is_claimed_and_nothing_else(item):
    with pytest.raises(services.NoBasis, match="interest, a fixed sum or a fee"):
        services.claim(due_item=item, kind="bogus", amount=Decimal(5), basis="Clause 7", on=DAY, by=make.BY)

    assert not Charge.objects.exists()


@pytest.mark.parametrize("tax", ["999.123", "10.01", "-1", "NaN", "1.234"])
def test_the_tax_of_a_write_off_is_inside_it_and_no_finer_than_the_currency(item, tax):
    with pytest.raises(services.NotAnAmount):
        ask(item, vat_amount=Decimal(tax))

    assert not WriteOff.objects.exists()


def test_the_tax_of_a_write_off_in_yen_is_in_whole_yen(item):
    in_yen = make.due_item(item.customer, 100, due_date=DUE, currency="JPY")

    with pytest.raises(services.NotAnAmount, match="more decimals than JPY allows"):
        ask(in_yen, vat_amount=Decimal("1.5"))

    assert ask(in_yen, vat_amount=Decimal(10)).vat_amount == Decimal(10)


# The database


COLUMNS = (
    (Payment, "method", [*PaymentMethod.values, OPENING[0], EXCHANGE[0]]),
    (Receipt, "method", PaymentMethod.values),
    (WriteOff, "code", Code.values),
    (Charge, "kind", Charge.Kind.values),
    (Paper, "kind", Paper.Kind.values),
    (HandIn, "difference_code", HandIn.Code.values),
)


@pytest.mark.parametrize(("model", "column", "words"), COLUMNS, ids=lambda one: getattr(one, "__name__", ""))
def test_the_database_has_the_words_that_the_product_has(model, column, words):
    [constraint] = [one for one in model._meta.constraints if one.name.endswith("_known")]

    assert constraint.condition.children == [(f"{column}__in", list(words))]


def rows(item):
    """One row of each table."""
    rep = item.customer.owner
    payment = make.payment(item.customer, 10, received_on=DAY, lines=[])
    receipt = make.receipt(item, 10, rep=rep)
    charge = services.claim(due_item=item, kind="fee", amount=Decimal(5), basis="Clause 7", on=DAY, by=make.BY)
    paper = make.paper(item, 10, number=uuid4().hex)
    hand_in = make.hand_in(rep)
    return {Payment: payment, Receipt: receipt, WriteOff: ask(item), Charge: charge, Paper: paper, HandIn: hand_in}


def test_the_database_stores_no_word_beside_the_list(item):
    found = rows(item)

    for model, column, _words in COLUMNS:
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.filter(pk=found[model].pk).update(**{column: "bogus"})


@pytest.mark.parametrize("tax", ["-0.01", "10.01"])
def test_the_database_keeps_the_tax_of_a_write_off_inside_it(item, tax):
    row = ask(item)

    with pytest.raises(IntegrityError), transaction.atomic():
        WriteOff.objects.filter(pk=row.pk).update(vat_amount=Decimal(tax))


def test_what_is_given_up_is_given_up_for_one_payment_or_credit_note(item):
    row = ask(item, source=make.payment(item.customer, 10, received_on=DAY, lines=[]))
    note = make.credit_note(item.customer, 5, issued_on=DAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        WriteOff.objects.filter(pk=row.pk).update(credit_note=note)


# Numbers of credit notes


@pytest.mark.parametrize("length", [1, 58, 59, 60])
def test_a_credit_note_of_any_length_of_number_is_reversed(item, length):
    note = credit(item, "7" * length)

    services.reverse_credit_note(note=note, on=DAY, by=make.BY, because="Not returned")

    back = CreditNote.objects.get(reverses=note)
    assert back.number == "7" * min(length, 58) + " ×"


def test_notes_whose_numbers_differ_in_their_last_signs_are_reversed_each(item):
    notes = [credit(item, "X" * 58 + ending) for ending in ("", "Y", "ZZ")]

    for note in notes:
        services.reverse_credit_note(note=note, on=DAY, by=make.BY, because="Not returned")

    numbers = CreditNote.objects.filter(reverses__isnull=False).order_by("pk").values_list("number", flat=True)
    assert list(numbers) == ["X" * 58 + " ×", "X" * 57 + " ×2", "X" * 57 + " ×3"]


def credit(item, number):
    return services.record_credit_note(
        customer=item.customer, number=number, amount=Decimal(5), currency="EUR", issued_on=DAY, by=make.BY
    )


# Exchanges


@pytest.mark.parametrize("into", ["GBP", "KWD"])
def test_money_is_not_exchanged_into_a_currency_without_a_bank_account(item, into):
    payment = make.payment(item.customer, 100, received_on=DAY, lines=[])

    with pytest.raises(services.NoAccount, match=f"no bank account in {into}"):
        services.exchange(
            payment=payment, amount=Decimal(10), into=into, rate=Decimal("0.9"), source="ECB", on=DAY, by=make.BY
        )

    payment.refresh_from_db()
    assert (payment.unapplied_amount, Payment.objects.count()) == (Decimal(100), 1)
