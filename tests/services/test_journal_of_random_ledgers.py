"""Whatever happens: every event of ours stands in one living row, and the rows are what the balance moved by."""

from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from collections_app.standings import queries as standings
from common import money
from common.money import ZERO
from common.refusals import Refused
from receivables import services
from receivables.models import (
    Allocation,
    Charge,
    Code,
    CreditNote,
    DueItem,
    FxDifference,
    Invoice,
    JournalBatch,
    JournalRow,
    Payment,
    Refund,
    WriteOff,
)
from tests import factories as make

START = date(2026, 1, 5)
CURRENCIES = ("EUR", "JPY", "KWD")
VERBS = (
    "invoice", "paid by the ledger", "receive", "receive", "receive cash", "credit", "credit linked", "allocate",
    "take back", "reverse", "reverse credit", "refund", "reverse refund", "write off", "reverse write-off", "discount",
    "claim", "waive", "reverse charge", "exchange", "reverse exchange", "export", "export to yesterday",
    "reverse batch",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, 9), st.integers(1, 90_000), st.sampled_from(CURRENCIES)),
    min_size=20,
    max_size=40,
)


class Book:
    """Does what a step says, where the ledger lets it."""

    def __init__(self):
        make.business()
        self.payer = make.customer()
        self.customers = [self.payer, make.customer(payer=self.payer), make.customer()]
        self.second = make.finance()
        self.day = START
        for currency in CURRENCIES:
            make.account(currency)
            for customer in self.customers:
                self.invoice(customer, currency, 60_000)

    def do(self, verb, place, units, currency):
        self.day += timedelta(days=place % 3)
        amount = money.rounded(Decimal(units) * money.quantum(currency), currency)
        customer = self.customers[place % len(self.customers)]
        with suppress(Refused):
            getattr(self, verb.replace(" ", "_").replace("-", "_"))(customer, currency, amount, place)

    def pick(self, rows, place):
        found = list(rows.order_by("pk"))
        return found[place % len(found)] if found else None

    def invoice(self, customer, currency, amount, place=0):
        units = Decimal(amount) if not isinstance(amount, int) else amount * money.quantum(currency)
        tax = money.rounded(units / 6, currency)
        make.invoice(
            customer, units, due_date=self.day, issued_on=self.day, currency=currency,
            vat_amount=tax if place % 2 == 0 else None,
        )  # fmt: skip

    def paid_by_the_ledger(self, customer, currency, amount, place):
        make.payment(customer, amount, received_on=self.day, currency=currency, reported_by_ledger=True)

    def receive(self, customer, currency, amount, place):
        lines = [] if place % 3 == 0 else None
        make.payment(customer, amount, received_on=self.day, currency=currency, lines=lines)

    def receive_cash(self, customer, currency, amount, place):
        make.payment(customer, amount, received_on=self.day, currency=currency, method="cash")

    def credit(self, customer, currency, amount, place):
        if place % 4 == 0:
            make.credit_note(customer, amount, issued_on=self.day, currency=currency)  # the ledger's
            return
        number = f"CN{CreditNote.objects.count()}"
        services.record_credit_note(
            customer=customer, number=number, amount=amount, currency=currency, issued_on=self.day, by=make.BY
        )

    def credit_linked(self, customer, currency, amount, place):
        invoice = self.pick(Invoice.objects.filter(customer=customer, currency=currency), place)
        services.record_credit_note(
            customer=customer, number=f"CL{CreditNote.objects.count()}", amount=amount, currency=currency,
            issued_on=self.day, by=make.BY, invoice=invoice.pk,
        )  # fmt: skip

    def allocate(self, customer, currency, amount, place):
        model = Payment if place % 2 else CreditNote
        source = self.pick(model.objects.filter(unapplied_amount__gt=0, currency=currency), place)
        item = self.pick(DueItem.objects.filter(open_amount__gt=0, currency=currency), place)
        if source and item:
            part = min(amount, source.unapplied_amount, item.open_amount)
            services.allocate(source=source, lines=[(item.pk, part)], on=self.day, by=make.BY)

    def take_back(self, customer, currency, amount, place):
        row = self.pick(Allocation.objects.filter(reverses=None, reversed_by=None, write_off=None), place)
        if row:
            services.take_back(allocation=row, on=self.day, by=make.BY, because="wrong")

    def reverse(self, customer, currency, amount, place):
        payment = self.pick(Payment.objects.filter(reverses=None, reversed_by=None), place)
        if payment:
            services.reverse_payment(payment=payment, on=self.day, by=make.BY, because="bounced")

    def reverse_credit(self, customer, currency, amount, place):
        note = self.pick(CreditNote.objects.filter(reverses=None, reversed_by=None), place)
        if note:
            services.reverse_credit_note(note=note, on=self.day, by=make.BY, because="wrong")

    def refund(self, customer, currency, amount, place):
        model = Payment if place % 2 else CreditNote
        source = self.pick(model.objects.filter(unapplied_amount__gt=0), place)
        if source:
            part = source.unapplied_amount
            services.refund(source=source, amount=part, paid_on=self.day, by=make.BY, because="too much")

    def reverse_refund(self, customer, currency, amount, place):
        refund = self.pick(Refund.objects.filter(reverses=None, reversed_by=None), place)
        if refund:
            services.reverse_refund(refund=refund, on=self.day, by=make.BY, because="came back")

    def write_off(self, customer, currency, amount, place, code=Code.BAD_DEBT):
        item = self.pick(DueItem.objects.filter(open_amount__gt=0, currency=currency), place)
        if item:
            part = min(amount, item.open_amount)
            asked = services.ask_write_off(
                target=item, amount=part, code=code, because="agreed", on=self.day, by=make.BY,
                vat_amount=money.rounded(part / 6, currency),
            )  # fmt: skip
            services.grant_write_off(write_off=asked, on=self.day, by=self.second)

    def discount(self, customer, currency, amount, place):
        code = list(Code)[place % len(Code)]
        self.write_off(customer, currency, amount, place, code)

    def reverse_write_off(self, customer, currency, amount, place):
        row = self.pick(WriteOff.objects.filter(state="granted"), place)
        if row:
            services.reverse_write_off(write_off=row, on=self.day, by=make.BY, because="wrong")

    def claim(self, customer, currency, amount, place):
        item = self.pick(DueItem.objects.filter(currency=currency, due_date__lt=self.day), place)
        if item:
            services.claim(
                due_item=item, kind=list(Charge.Kind)[place % 3], amount=amount, basis="the act", on=self.day,
                by=make.BY,
            )  # fmt: skip

    def waive(self, customer, currency, amount, place):
        charge = self.pick(Charge.objects.filter(open_amount__gt=0), place)
        if charge:
            part = min(amount, charge.open_amount)
            services.waive(charge=charge, amount=part, because="goodwill", on=self.day, by=make.BY)

    def reverse_charge(self, customer, currency, amount, place):
        charge = self.pick(Charge.objects.filter(reverses=None, reversed_by=None), place)
        if charge:
            services.reverse_charge(charge=charge, because="wrong", on=self.day, by=make.BY)

    def exchange(self, customer, currency, amount, place):
        payment = self.pick(Payment.objects.filter(unapplied_amount__gt=0), place)
        if payment:
            into = CURRENCIES[(CURRENCIES.index(payment.currency) + 1) % 3]
            services.exchange(
                payment=payment, amount=payment.unapplied_amount, into=into, rate=Decimal("0.7"), source="bank",
                on=self.day, by=make.BY,
            )  # fmt: skip

    def reverse_exchange(self, customer, currency, amount, place):
        row = self.pick(FxDifference.objects.filter(refund__reversed_by=None), place)
        if row:
            services.reverse_exchange(exchange=row, on=self.day, by=make.BY, because="wrong rate")

    def export(self, customer, currency, amount, place):
        services.export_journal(up_to=self.day, by=make.BY)

    def export_to_yesterday(self, customer, currency, amount, place):
        services.export_journal(up_to=self.day - timedelta(days=1), by=make.BY)

    def reverse_batch(self, customer, currency, amount, place):
        batch = self.pick(JournalBatch.objects.filter(reverses=None, reversed_by=None), place)
        if batch:
            services.reverse_journal(batch=batch, because="wrong period", by=make.BY)


def events_of_ours():
    """Subjects that must have gone out: told by the rows themselves, not by the reader under test."""
    found = [f"payment {row.pk}" for row in Payment.objects.filter(reported_by_ledger=False)]
    found += [f"credit note {row.pk}" for row in CreditNote.objects.filter(reported_by_ledger=False)]
    found += [f"charge {row.pk}" for row in Charge.objects.all()]
    for row in Refund.objects.select_related("payment", "credit_note"):
        if not (row.payment or row.credit_note).reported_by_ledger:
            found.append(f"refund {row.pk}")
    for row in Allocation.objects.select_related("payment", "credit_note"):
        if row.write_off_id or not (row.payment or row.credit_note).reported_by_ledger:
            found.append(f"allocation {row.pk}")
    return found


def known_by_the_ledger():
    """By currency, the customers' balance as the ledger alone would have it."""
    found = Counter()
    for row in Invoice.objects.all():
        found[row.currency] += row.amount
    for model in (Payment, CreditNote):
        for row in model.objects.filter(reported_by_ledger=True):
            found[row.currency] -= row.amount
    for row in Refund.objects.select_related("payment", "credit_note"):
        source = row.payment or row.credit_note
        if source.reported_by_ledger:
            found[source.currency] += row.amount
    return found


class TestTheJournalOfARandomLedger(TestCase):
    @settings(
        max_examples=30,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],  # a failing book is short enough to be read as it is
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(STEPS)
    def test_every_event_goes_out_once_and_the_rows_are_what_the_balance_moved_by(self, steps):
        book = Book()
        for step in steps:
            book.do(*step)
        end = max(book.day, max(Allocation.objects.values_list("applies_on", flat=True), default=START))
        services.export_journal(up_to=end, by=make.BY)

        living = JournalRow.objects.filter(reverses=None, is_taken_back=False)
        told = Counter(row.subject for row in living.exclude(kind="vat") if not row.subject.startswith("exchange"))
        alone = {row.subject for row in living.filter(kind="vat")} - set(told)
        assert told + Counter(alone) == Counter(events_of_ours())

        assert services.export_journal(up_to=end, by=make.BY) is None
        numbers = list(JournalBatch.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))

        moved = known_by_the_ledger()
        for row in JournalRow.objects.all():
            assert row.amount > ZERO
            sign = (row.debit in ("1200", "1210")) - (row.credit in ("1200", "1210"))
            moved[row.currency] += sign * row.amount
        ours = {total.currency: total.amount for total in standings.ageing(as_of=end).totals}
        assert {code: ours.get(code, ZERO) for code in CURRENCIES} == {code: moved[code] for code in CURRENCIES}
