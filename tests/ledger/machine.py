"""Money in random order against the real database, beside a book kept by hand (`expected.py`).

A step knows beforehand whether the ledger must do it or refuse it. What it refuses changes no row. After every step
each stored amount is the expected one; at the end every past day is, too.
"""

import sys
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from unittest import mock

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from collections_app import books
from collections_app.standings import queries as standings
from collections_app.standings import services as classification
from collections_app.standings.models import Night, NightStep
from common import clock
from common.refusals import Refused
from customers.models import Customer, Group
from receivables import book, services
from receivables.models import Allocation, Charge, CreditNote, DueItem, FxDifference, Payment, Receipt, WriteOff
from receivables.models import Refund as RefundRow
from tests import factories as make
from tests.ledger.expected import END, ZERO, Expected, Line, Owed, Refund, Source

START = date(2026, 1, 5)
LEAST = {"EUR": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}  # 2, 0 and 3 minor digits
BECAUSE = "It happened"

CURRENCY = st.sampled_from(sorted(LEAST))
PLACE = st.integers(0, 30)  # which one of those that are there
PART = st.sampled_from(("all", "half", "least", "all", "half", "over"))
BACK = st.sampled_from((0, 0, 0, 0, 1, 3, 20))  # days ago
UNITS = st.integers(1, 99_999)
MOSTLY = st.sampled_from((True, True, False))
RATE = st.sampled_from(("1.2345", "0.5", "160"))

#: Every verb of money, and the refusals that are tried on purpose. The run counts how often each was done.
done: Counter[str] = Counter()
refused: Counter[str] = Counter()


class EveryVerb:
    """No example leaves verbs out, as hypothesis would have it: few steps have to show all of them."""

    def is_enabled(self, name):
        return True


class MoneyMachine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self._rules_strategy.enabled_rules_strategy = st.just(EveryVerb())
        self.today = START
        self.last_night = date.min
        self._clock = mock.patch.object(clock, "now", self._now)
        self._clock.start()
        self._example = transaction.atomic()
        self._example.__enter__()
        self.book = Expected()
        self.remembered: dict[date, dict] = {}
        self.reached_back: dict[date, date] = {}  # by day, the earliest day that was changed after it
        self.write_offs: list[tuple[WriteOff, Owed, str]] = []
        self.granted: list[Source] = []
        self.receipts: list[dict] = []
        self.papers: list[dict] = []
        self.exchanges: list[tuple[FxDifference, Refund, Source]] = []
        self._open_the_business()

    def _now(self):
        return datetime.combine(self.today, time(9), tzinfo=UTC)

    def _open_the_business(self):
        make.business()
        for currency in LEAST:
            make.account(currency)
        payer = make.customer()
        group = Group.objects.create(name="Cafés of the harbour")
        found = [payer, make.customer(payer=payer), make.customer(group=group), make.customer(group=group)]
        self.customers = {one.pk: one for one in found}
        first, branch, third, fourth = self.customers
        self.family = {first: [first, branch], branch: [first, branch], third: [third, fourth], fourth: [third, fourth]}
        self.pays_for = {first: [first, branch], branch: [branch], third: [third], fourth: [fourth]}
        self.rep, self.asks, self.decides = make.rep(), make.finance(), make.manager()
        self._bill([
            (found[place % 4], currency, START, [(START - timedelta(days=20 * place), 600)])
            for place, currency in enumerate([*LEAST, *LEAST])
        ])  # fmt: skip

    def teardown(self):
        try:
            if sys.exc_info()[0] is None:
                self.everything_adds_up_on_every_day()
        finally:
            transaction.set_rollback(True)
            self._example.__exit__(None, None, None)
            self._clock.stop()

    # --- how a step is done ----------------------------------------------------------------------

    def attempt(self, verb, call, *, fits=True):
        """The verb's result where it must be done; None where it must be refused, and is."""
        before = None if fits else _every_row()
        try:
            result = call()
        except Refused as refusal:
            assert not fits, f"{verb} was refused: {refusal}"
            assert _every_row() == before, f"a refused {verb} changed something"
            refused[verb] += 1
            return None
        assert fits, f"{verb} should have been refused"
        done[verb] += 1
        return result if result is not None else True

    def day(self, back):
        return self.today - timedelta(days=back)

    def amount(self, limit, part, currency):
        """Of what there is: all of it, half, the least amount, or too much."""
        least = LEAST[currency]
        if part == "half":
            return max((limit / 2).quantize(least, rounding=ROUND_DOWN), least)
        return {"all": max(limit, least), "least": least, "over": limit + least}[part]

    def _sources(self):
        return [one for one in self.book.sources if one.kind != "write-off"]

    def _charges(self):
        return [row for row in self.book.owed if not row.is_item]

    def _items(self):
        return [row for row in self.book.owed if row.is_item]

    def _within_reach(self, customer, currency):
        """What this customer's money may settle; where that is nothing, everything: then it must be refused."""
        near = [
            row for row in self.book.owed
            if row.customer in self.family[customer] and row.currency == currency and _may_take(row)
        ]  # fmt: skip
        return near or self.book.owed

    def _fits(self, source_customer, currency, wanted, left, on, not_before):
        in_reach = all(
            row.customer in self.family[source_customer] and row.currency == currency for row, _amount in wanted
        )
        covered = all(
            ZERO < sum(part for other, part in wanted if other is row) <= _may_take(row) for row, _amount in wanted
        )
        return in_reach and covered and sum(part for _, part in wanted) <= left and not_before <= on <= self.today

    # --- what is owed ----------------------------------------------------------------------------

    @rule(place=PLACE, currency=CURRENCY, units=UNITS, parts=st.integers(1, 3), back=BACK, terms=st.integers(-90, 40))
    def invoice(self, place, currency, units, parts, back, terms):
        issued = self.day(back)
        due = issued + timedelta(days=max(terms, 0))
        amounts = [(due + timedelta(days=30 * number), units + number) for number in range(parts)]
        if terms == -90:
            amounts = [(None, units)]
        self._bill([(self._one(list(self.customers.values()), place), currency, issued, amounts)])
        done["invoice"] += 1

    def _bill(self, bills):
        """Each a customer, a currency, a day, and parts of so many of the least amounts with their due dates."""
        rows = [
            book.NewInvoice(
                customer=customer.pk, number=f"INV-{len(self.book.owed)}-{place}", currency=currency, issued_on=issued,
                amount=sum(LEAST[currency] * units for _due, units in parts),
                parts=tuple(book.Part(due, LEAST[currency] * units) for due, units in parts),
            )
            for place, (customer, currency, issued, parts) in enumerate(bills)
        ]  # fmt: skip
        services.record_book(rows=book.Book(invoices=rows), on=self.today, by=self.asks)
        added = DueItem.objects.filter(invoice__number__in=[row.number for row in rows]).select_related("invoice")
        for item in added.order_by("pk"):
            issued = item.invoice.issued_on
            self.book.owe(
                Owed(item.pk, item.customer_id, item.currency, item.amount, issued, item.due_date, item.invoice_id)
            )

    @rule(place=PLACE, days=st.integers(-10, 60))
    def due_date_moves(self, place, days):
        item = self._one(self._items(), place)
        due = self.today + timedelta(days=days)
        row = DueItem.objects.get(pk=item.key)
        values = {"due_item": row, "due_date": due, "on": self.today, "by": self.asks, "because": BECAUSE}
        self.attempt("due date moves", lambda: services.move_due_date(**values))
        self.book.move_due_date(item, due, self.today)

    # --- money in --------------------------------------------------------------------------------

    @rule(place=PLACE, currency=CURRENCY, units=UNITS, back=BACK)
    def payment_that_names_nothing(self, place, currency, units, back):
        customer = self._one(list(self.customers.values()), place)
        amount, on = LEAST[currency] * units, self.day(back)
        wanted = self.book.in_order(self.pays_for[customer.pk], currency, amount, on)
        payment = self.attempt("payment", lambda: self._receive(customer, amount, currency, on, None, ()))
        self._received(payment, wanted, on)

    @rule(place=PLACE, picks=st.lists(st.tuples(PLACE, PART), max_size=3), more=st.booleans(), back=BACK)
    def payment_that_names_items(self, place, picks, more, back):
        first = self._one([row for row in self.book.owed if _may_take(row)] or self.book.owed, place)
        payer = self._one(self.family[first.customer], place)
        near = self._within_reach(payer, first.currency)
        wanted = [(row, self.amount(_may_take(row), part, row.currency)) for row, part in self._picked(near, picks)]
        amount = sum((part for _, part in wanted), ZERO) or LEAST[first.currency]
        amount += LEAST[first.currency] * 7 if more else ZERO
        on = self.day(back)
        fits = self._fits(payer, first.currency, wanted, amount, on, START - timedelta(days=999))
        lines, charges = _named(wanted)
        payment = self.attempt(
            "named payment",
            lambda: self._receive(self.customers[payer], amount, first.currency, on, lines, charges),
            fits=fits,
        )
        if payment:
            self._received(payment, wanted, on)

    @precondition(lambda self: any(row.claim for row in self.book.owed))
    @rule(place=PLACE, part=PART, back=BACK)
    def money_on_a_claim(self, place, part, back):
        item = self._one([row for row in self.book.owed if row.claim], place)
        amount = item.open() + self.amount(item.claim, part, item.currency)
        on = self.day(back)
        customer = self.customers[item.customer]
        payment = self.attempt(
            "money on a claim",
            lambda: self._receive(customer, amount, item.currency, on, [(item.key, amount)], ()),
            fits=amount <= _may_take(item),
        )
        if payment:
            self._received(payment, [(item, amount)], on)

    def _receive(self, customer, amount, currency, on, lines, charges):
        return services.record_payment(
            customer=customer, amount=amount, currency=currency, method="transfer", received_on=on, by=self.asks,
            lines=lines, charges=charges,
        )  # fmt: skip

    def _received(self, payment, wanted, on):
        source = self.book.receive(
            Source("payment", payment.pk, payment.customer_id, payment.currency, payment.amount, on)
        )
        self.book.pay(source, wanted, on)
        return source

    @rule(place=PLACE, currency=CURRENCY, units=UNITS, is_linked=st.booleans(), back=BACK)
    def credit_note(self, place, currency, units, is_linked, back):
        item = self._one(self._items(), place)
        amount, on = LEAST[item.currency] * units, self.day(back)
        wanted, left = [], amount
        for row in self._items():
            part = min(left, row.open())
            if is_linked and row.invoice == item.invoice and part > ZERO:
                wanted.append((row, part))
                left -= part
        note = self.attempt(
            "credit note",
            lambda: services.record_credit_note(
                customer=self.customers[item.customer], number=f"CN{len(self.book.sources)}", amount=amount,
                currency=item.currency, issued_on=on, by=self.asks, invoice=item.invoice if is_linked else None,
            ),
        )  # fmt: skip
        source = self.book.receive(Source("credit note", note.pk, item.customer, item.currency, amount, on))
        self.book.pay(source, wanted, on)

    # --- what it settles -------------------------------------------------------------------------

    @precondition(lambda self: any(one.left() for one in self._sources()))
    @rule(place=PLACE, picks=st.lists(st.tuples(PLACE, PART), min_size=1, max_size=3), back=BACK)
    def allocate(self, place, picks, back):
        source = self._one([one for one in self._sources() if one.left()], place)
        left, wanted = source.left(), []
        for row, part in self._picked(self._within_reach(source.customer, source.currency), picks):
            amount = self.amount(min(_may_take(row), left), part, row.currency)
            wanted.append((row, amount))
            left = max(left - amount, ZERO)
        on = self.day(back)
        lines, charges = _named(wanted)
        fits = self._fits(source.customer, source.currency, wanted, source.left(), on, source.starts_on)
        values = {"source": _row(source), "lines": lines, "charges": charges, "on": on, "by": self.asks}
        if self.attempt("allocate", lambda: services.allocate(**values), fits=fits):
            self.book.pay(source, wanted, on)

    @precondition(lambda self: any(line.source.kind != "write-off" for line in self.book.lines))
    @rule(place=PLACE, back=BACK)
    def take_back(self, place, back):
        line = self._one(
            [one for one in self.book.lines if one.amount > ZERO and one.source.kind != "write-off"], place
        )
        row = _allocation(line)
        on = self.day(back)
        values = {"allocation": row, "on": on, "by": self.asks, "because": BECAUSE}
        if self.attempt("take back", lambda: services.take_back(**values), fits=line.is_live and on >= line.on):
            self.book.take_back(line, on)

    @precondition(lambda self: self._sources())
    @rule(place=PLACE, back=BACK)
    def reverse_money(self, place, back):
        source = self._one(self._sources(), place)
        on = self.day(back)
        fits = (
            source.cancelled_on is None and not source.exchanged and not any(row.is_live for row in source.refunds)
            and on >= max(source.starts_on, _came_back(source))
        )  # fmt: skip
        values = {"on": on, "by": self.asks, "because": BECAUSE}
        if source.kind == "payment":
            call = lambda: services.reverse_payment(payment=_row(source), **values)  # noqa: E731
        else:
            call = lambda: services.reverse_credit_note(note=_row(source), **values)  # noqa: E731
        if self.attempt(f"reverse {source.kind}", call, fits=fits):
            self.book.cancel(source, on)

    # --- money out -------------------------------------------------------------------------------

    @precondition(lambda self: any(one.left() for one in self._sources()))
    @rule(place=PLACE, part=PART, back=BACK)
    def refund(self, place, part, back):
        source = self._one([one for one in self._sources() if one.left()], place)
        amount, on = self.amount(source.left(), part, source.currency), self.day(back)
        fits = amount <= source.left() and on >= max(source.starts_on, _came_back(source))
        values = {"source": _row(source), "amount": amount, "paid_on": on, "by": self.asks, "because": BECAUSE}
        if row := self.attempt("refund", lambda: services.refund(**values), fits=fits):
            self.book.refund(row.pk, source, amount, on)

    @precondition(lambda self: self.book.refunds)
    @rule(place=PLACE, back=BACK)
    def reverse_refund(self, place, back):
        row = self._one([one for one in self.book.refunds if one.amount > ZERO], place)
        on = self.day(back)
        fits = row.is_live and not row.exchange and on >= row.on
        values = {"refund": RefundRow.objects.get(pk=row.key), "on": on, "by": self.asks, "because": BECAUSE}
        if self.attempt("reverse refund", lambda: services.reverse_refund(**values), fits=fits):
            self.book.reverse_refund(row, on)

    # --- giving up -------------------------------------------------------------------------------

    @rule(place=PLACE, part=PART, code=st.sampled_from(("bad debt", "bad debt", "price")), back=BACK)
    def ask_write_off(self, place, part, code, back):
        target = self._one([row for row in self.book.owed if row.open()] or self.book.owed, place)
        amount, on = self.amount(target.open(), part, target.currency), self.day(back)
        waiting = any(t is target and c == code for _row, t, c in self.write_offs)
        values = {"target": _target(target), "amount": amount, "code": code, "because": BECAUSE, "on": on}
        fits = amount <= target.open() and not waiting
        row = self.attempt("ask write-off", lambda: services.ask_write_off(**values, by=self.asks), fits=fits)
        if row:
            self.write_offs.append((row, target, code))

    @precondition(lambda self: self.write_offs)
    @rule(place=PLACE, by_the_second=MOSTLY, back=BACK)
    def grant_write_off(self, place, by_the_second, back):
        row, target, code = waiting = self._one(self.write_offs, place)
        on, by = self.day(back), self.decides if by_the_second else self.asks
        fits = by_the_second and row.amount <= target.open() and row.asked_on <= on
        call = lambda: services.grant_write_off(write_off=row, on=on, by=by)  # noqa: E731
        if self.attempt("grant write-off", call, fits=fits):
            self.write_offs.remove(waiting)
            keeps = code == "bad debt" and target.is_item
            source = Source("write-off", row.pk, target.customer, target.currency, row.amount, on, keeps_claim=keeps)
            self.book.settle(self.book.receive(source), target, row.amount, on)
            self.granted.append(source)

    @precondition(lambda self: self.write_offs)
    @rule(place=PLACE, by_the_second=MOSTLY, back=BACK)
    def decline_write_off(self, place, by_the_second, back):
        row, *_ = waiting = self._one(self.write_offs, place)
        on, by = self.day(back), self.decides if by_the_second else self.asks
        values = {"write_off": row, "on": on, "by": by, "because": BECAUSE}
        fits = by_the_second and row.asked_on <= on
        if self.attempt("decline write-off", lambda: services.decline_write_off(**values), fits=fits):
            self.write_offs.remove(waiting)

    @precondition(lambda self: self.granted)
    @rule(place=PLACE, back=BACK)
    def reverse_write_off(self, place, back):
        source = self._one(self.granted, place)
        on = self.day(back)
        values = {"write_off": WriteOff.objects.get(pk=source.key), "on": on, "by": self.decides, "because": BECAUSE}
        fits = not source.is_reversed and on >= source.starts_on
        if self.attempt("reverse write-off", lambda: services.reverse_write_off(**values), fits=fits):
            for line in [line for line in source.lines if line.is_live]:
                self.book.take_back(line, on)
            source.is_reversed = True

    # --- charges ---------------------------------------------------------------------------------

    @rule(place=PLACE, units=st.integers(1, 9_000), kind=st.sampled_from(("interest", "fixed sum", "fee")), back=BACK)
    def claim(self, place, units, kind, back):
        item = self._one(self._items(), place)
        amount, on = LEAST[item.currency] * units, self.day(back)
        due = item.due_on(END)
        again = kind == "fixed sum" and any(
            row.of is item and row.kind == kind and row.taken_back_on is None for row in self._charges()
        )  # fmt: skip
        values = {"due_item": _target(item), "kind": kind, "amount": amount, "basis": "Clause 7", "on": on}
        fits = due is not None and on > due and not again
        charge = self.attempt("claim", lambda: services.claim(**values, by=self.asks), fits=fits)
        if charge:
            self._claimed(charge, item)

    def _claimed(self, charge, item):
        row = Owed(charge.pk, item.customer, item.currency, charge.amount, charge.claimed_on, None, kind=charge.kind)
        row.of = item
        self.book.owe(row)

    @precondition(lambda self: self._charges())
    @rule(place=PLACE, part=PART, back=BACK)
    def waive(self, place, part, back):
        charge = self._one(self._charges(), place)
        amount, on = self.amount(charge.open(), part, charge.currency), self.day(back)
        fits = amount <= charge.open() and on >= charge.starts_on
        values = {"charge": _target(charge), "amount": amount, "because": BECAUSE, "on": on, "by": self.asks}
        if self.attempt("waive", lambda: services.waive(**values), fits=fits):
            row = WriteOff.objects.filter(charge=charge.key).order_by("-pk").first()
            source = Source("write-off", row.pk, charge.customer, charge.currency, amount, on)
            self.book.settle(self.book.receive(source), charge, amount, on)
            self.granted.append(source)

    @precondition(lambda self: self._charges())
    @rule(place=PLACE, back=BACK)
    def reverse_charge(self, place, back):
        charge = self._one(self._charges(), place)
        on = self.day(back)
        fits = charge.taken_back_on is None and on >= max(charge.starts_on, _came_back(charge))
        values = {"charge": _target(charge), "because": BECAUSE, "on": on, "by": self.asks}
        if self.attempt("reverse charge", lambda: services.reverse_charge(**values), fits=fits):
            self.book.unclaim(charge, on)

    @precondition(lambda self: sum(row.booked_on is None for row in self._charges()) > 1)
    @rule()
    def ledger_hears_of_it(self):
        self.attempt("journal", lambda: services.export_journal(up_to=self.today, by=self.asks))
        for charge in self._charges():
            if charge.booked_on is None:
                self.book.book(charge, self.today)

    # --- currencies ------------------------------------------------------------------------------

    @precondition(lambda self: any(one.kind == "payment" and one.left() for one in self.book.sources))
    @rule(place=PLACE, part=PART, other=st.sampled_from((1, 2, 1, 2, 0)), rate=RATE, back=BACK)
    def exchange(self, place, part, other, rate, back):
        source = self._one([one for one in self.book.sources if one.kind == "payment" and one.left()], place)
        amount, on = self.amount(source.left(), part, source.currency), self.day(back)
        currencies = sorted(LEAST)
        into = currencies[(currencies.index(source.currency) + other) % 3]
        result = (amount * Decimal(rate) / LEAST[into] + Decimal("0.5")).to_integral_value(ROUND_DOWN) * LEAST[into]
        fits = (
            into != source.currency and amount <= source.left() and result > ZERO
            and on >= max(source.starts_on, _came_back(source))
        )  # fmt: skip
        values = {"payment": _row(source), "amount": amount, "into": into, "rate": Decimal(rate), "source": "Bank"}
        if row := self.attempt("exchange", lambda: services.exchange(**values, on=on, by=self.asks), fits=fits):
            out = self.book.refund(row.refund_id, source, amount, on)
            out.exchange = row
            made = Source("payment", row.into_id, source.customer, into, result, on, exchanged=True)
            self.exchanges.append((row, out, self.book.receive(made)))

    @precondition(lambda self: self.exchanges)
    @rule(place=PLACE, back=BACK)
    def reverse_exchange(self, place, back):
        row, out, made = self._one(self.exchanges, place)
        on = self.day(back)
        fits = (
            out.is_live and not any(one.is_live for one in made.refunds) and on >= max(made.starts_on, _came_back(made))
        )
        row = FxDifference.objects.get(pk=row.pk)
        values = {"exchange": row, "on": on, "by": self.asks, "because": BECAUSE}
        if self.attempt("reverse exchange", lambda: services.reverse_exchange(**values), fits=fits):
            self.book.cancel(made, on)
            self.book.reverse_refund(out, on)

    # --- the field -------------------------------------------------------------------------------

    @rule(place=PLACE, part=PART, back=BACK)
    def give_receipt(self, place, part, back):
        item = self._one([row for row in self._items() if _may_take(row)] or self._items(), place)
        amount, on = self.amount(_may_take(item), part, item.currency), self.day(back)
        values = {
            "customer": self.customers[item.customer], "rep": self.rep, "method": "cash", "amount": amount,
            "currency": item.currency, "lines": [(item.key, amount)], "received_on": on, "key": f"k{len(self.receipts)}",
        }  # fmt: skip
        row = self.attempt("receipt", lambda: services.record_receipt(**values), fits=amount <= _may_take(item))
        if row:
            self.receipts.append({"row": row, "item": item, "amount": amount, "waits": True})

    @precondition(lambda self: self.receipts)
    @rule(place=PLACE, is_there=MOSTLY)
    def decide_receipt(self, place, is_there):
        one = self._one(self.receipts, place)
        row = Receipt.objects.get(pk=one["row"].pk)
        if not is_there:
            call = lambda: services.refuse_receipt(receipt=row, because=BECAUSE, by=self.asks)  # noqa: E731
            if self.attempt("refuse receipt", call, fits=one["waits"]):
                one["waits"] = False
            return
        call = lambda: services.verify_receipt(receipt=row, by=self.asks)  # noqa: E731
        payment = self.attempt("verify receipt", call, fits=one["waits"])
        if payment:
            one["waits"] = False
            self._received(payment, self._still(one), row.received_on)

    def _still(self, one):
        """What is still open of that for which a receipt or paper was meant."""
        part = min(one["amount"], one["item"].open())
        return [(one["item"], part)] if part > ZERO else []

    @rule(place=PLACE, part=PART, days=st.integers(0, 40), back=BACK)
    def take_paper(self, place, part, days, back):
        item = self._one([row for row in self._items() if _may_take(row)] or self._items(), place)
        amount, on = self.amount(_may_take(item), part, item.currency), self.day(back)
        values = {
            "customer": self.customers[item.customer], "kind": "cheque", "number": f"{len(self.papers)}",
            "drawer": "The shop", "amount": amount, "currency": item.currency, "received_on": on,
            "matures_on": on + timedelta(days=days), "lines": [(item.key, amount)], "by": self.asks,
        }  # fmt: skip
        row = self.attempt("paper", lambda: services.take_paper(**values), fits=amount <= _may_take(item))
        if row:
            self.papers.append({"row": row, "item": item, "amount": amount, "state": "in hand", "money": None})

    @precondition(lambda self: self.papers)
    @rule(place=PLACE, back=BACK)
    def honour_paper(self, place, back):
        one = self._one(self.papers, place)
        on = self.day(back)
        fits = one["state"] == "in hand" and on >= one["row"].received_on
        call = lambda: services.honour_paper(paper=one["row"], on=on, by=self.asks)  # noqa: E731
        payment = self.attempt("honour paper", call, fits=fits)
        if payment:
            one["state"] = "honoured"
            one["money"] = self._received(payment, self._still(one), on)

    @precondition(lambda self: self.papers)
    @rule(place=PLACE, has_fee=st.booleans(), back=BACK)
    def dishonour_paper(self, place, has_fee, back):
        one = self._one(self.papers, place)
        on, item, source = self.day(back), one["item"], one["money"]
        fee = LEAST[item.currency] * 5 if has_fee else ZERO
        due = item.due_on(END)
        fits = one["state"] in ("in hand", "honoured") and on >= one["row"].received_on
        fits = fits and (not has_fee or (due is not None and due < on))
        if source is not None:
            fits = fits and source.cancelled_on is None and not any(row.is_live for row in source.refunds)
            fits = fits and on >= max(source.starts_on, _came_back(source))
        values = {"paper": one["row"], "on": on, "by": self.asks, "because": BECAUSE, "fee": fee, "basis": "Bank"}
        charge = self.attempt("dishonour paper", lambda: services.dishonour_paper(**values), fits=fits)
        if charge:
            one["state"] = "dishonoured"
            if source is not None:
                self.book.cancel(source, on)
            if has_fee:
                self._claimed(charge, item)

    @precondition(lambda self: self.papers)
    @rule(place=PLACE, back=BACK)
    def return_paper(self, place, back):
        one = self._one(self.papers, place)
        on = self.day(back)
        fits = one["state"] == "in hand" and on >= one["row"].received_on
        values = {"paper": one["row"], "on": on, "by": self.asks, "because": BECAUSE}
        if self.attempt("return paper", lambda: services.return_paper(**values), fits=fits):
            one["state"] = "returned"

    # --- what no ledger does ---------------------------------------------------------------------

    @rule(
        place=PLACE, wrong=st.sampled_from(("zero", "below zero", "too fine", "no account", "tomorrow", "a stranger's"))
    )
    def bad_money(self, place, wrong):
        item = self._one(self._items(), place)
        stranger = next(key for key in self.customers if key not in self.family[item.customer])
        values = {
            "zero": {"amount": ZERO},
            "below zero": {"amount": -LEAST[item.currency]},
            "too fine": {"amount": LEAST[item.currency] / 10},
            "no account": {"currency": "CHF"},
            "tomorrow": {"on": self.today + timedelta(days=1)},
            "a stranger's": {"customer": self.customers[stranger], "lines": [(item.key, LEAST[item.currency])]},
        }[wrong]
        usual = {
            "customer": self.customers[item.customer], "amount": LEAST[item.currency], "currency": item.currency,
            "on": self.today, "lines": None, "charges": (),
        }  # fmt: skip
        self.attempt(f"bad money: {wrong}", lambda: self._receive(**usual | values), fits=False)

    # --- days ------------------------------------------------------------------------------------

    @rule(days=st.sampled_from((1, 1, 1, 2, 7, 31)))
    def days_pass(self, days):
        """What the ageing says at the end of this day it says for ever, unless something reaches back."""
        self._note_what_reached_back()
        self.remembered[self.today] = self.book.ageing(self.today)
        self.today += timedelta(days=days)
        done["days pass"] += 1

    def _note_what_reached_back(self):
        for day in self.remembered:
            self.reached_back[day] = min(self.reached_back.get(day, END), self.book.changed_from)
        self.book.changed_from = END

    @precondition(lambda self: self.last_night != self.today)
    @rule()
    def night_falls(self):
        """The night classifies the book; from then on each verb keeps the standings of its customers."""
        night, _ = Night.objects.get_or_create(
            business_date=self.today, defaults={"known_until": clock.now(), "started_at": clock.now()}
        )
        NightStep.objects.get_or_create(
            night=night, name="classify", defaults={"position": 1, "partition": 0, "done_at": clock.now()}
        )
        classification.classify(as_of=self.today)
        self.last_night = self.today
        done["night"] += 1

    # --- what always holds -----------------------------------------------------------------------

    @invariant()
    def every_amount_is_the_expected_one(self):
        stored, balances = _amounts()
        assert stored == self.book.stored()
        assert balances == self.book.balances()
        assert all(amount >= ZERO for amount in stored.values())

    def everything_adds_up_on_every_day(self):
        self._note_what_reached_back()
        days = sorted({self.today, *_spread(sorted(self.remembered))})
        for day in days:
            expected = self.book.ageing(day)
            assert _ageing(day) == expected, f"the ageing of {day}"
            if day in self.remembered and day < self.reached_back.get(day, END):
                assert expected == self.remembered[day], f"{day} has changed, and nothing reached back to it"
        for day in {self.today, days[len(days) // 2]}:
            broken = [one for one in books.check(as_of=day).invariants if one.broken]
            if day < self.today:  # money of later days has classified its customers as of those
                broken = [one for one in broken if not one.name.startswith("I6")]
            assert not broken, f"the books of {day}: {broken}"
        if days[0] in self.remembered:
            assert _ageing(days[0], known_on=days[0]) == self.remembered[days[0]], f"{days[0]} as it was known then"

    def _one(self, rows, place):
        return rows[place % len(rows)]

    def _picked(self, rows, picks):
        """Several of them, each once."""
        found = {}
        for place, part in picks:
            row = self._one(rows, place)
            found[id(row)] = (row, part)
        return list(found.values())


def _may_take(row: Owed) -> Decimal:
    return row.open() + (row.claim if row.is_item else ZERO)


def _came_back(row: Owed | Source) -> date:
    """The last day on which something of it was taken back."""
    rows = [*row.lines, *(row.refunds if isinstance(row, Source) else ())]
    return max((one.on for one in rows if one.amount < ZERO), default=date.min)


def _named(wanted):
    lines = [(row.key, amount) for row, amount in wanted if row.is_item]
    return lines, [(row.key, amount) for row, amount in wanted if not row.is_item]


def _row(source: Source) -> Payment | CreditNote:
    model = Payment if source.kind == "payment" else CreditNote
    return model.objects.select_related("customer").get(pk=source.key)


def _target(row: Owed) -> DueItem | Charge:
    return (DueItem if row.is_item else Charge).objects.get(pk=row.key)


def _allocation(line: Line) -> Allocation:
    """The row of a line: the same ends, day and amount, and of several alike the one as live as it is."""
    ends = {f"{line.source.kind.replace(' ', '_')}": line.source.key}
    ends |= {"due_item" if line.target.is_item else "charge": line.target.key}
    rows = Allocation.objects.filter(**ends, amount=line.amount, applies_on=line.on)
    return rows.filter(reversed_by__isnull=line.back is None).order_by("pk")[0]


def _spread(days: list[date], most: int = 3) -> list[date]:
    return [days[place * (len(days) - 1) // (most - 1)] for place in range(most)] if len(days) > most else days


def _ageing(day: date, **values):
    rows = standings.ageing(as_of=day, by=("bucket", "currency", "customer"), credits_apart=True, **values).rows
    keys = {code: pk for pk, code in _codes()}
    return {(keys[row.customer], row.currency, row.bucket): row.amount for row in rows}


def _codes():
    return Customer.objects.values_list("pk", "code")


AMOUNTS = """
    SELECT 'due item', id, customer_id, currency, open_amount FROM receivables_dueitem
    UNION ALL SELECT 'claim', id, 0, currency, claim_amount FROM receivables_dueitem
    UNION ALL SELECT 'charge', id, customer_id, currency, open_amount FROM receivables_charge WHERE reverses_id IS NULL
    UNION ALL SELECT 'payment', id, customer_id, currency, unapplied_amount FROM receivables_payment
        WHERE reverses_id IS NULL
    UNION ALL SELECT 'credit note', id, customer_id, currency, unapplied_amount FROM receivables_creditnote
        WHERE reverses_id IS NULL"""
SIGNS = {"due item": 1, "charge": 1, "payment": -1, "credit note": -1, "claim": 0}


def _amounts():
    """What the rows say is open or left, and the balances that this makes: Σ open − unapplied − free credits."""
    stored: dict[tuple[str, int], Decimal] = {}
    balances: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    with connection.cursor() as cursor:
        cursor.execute(AMOUNTS)
        for kind, key, customer, currency, amount in cursor.fetchall():
            stored[kind, key] = Decimal(str(amount)).quantize(LEAST["KWD"])
            balances[customer, currency] += SIGNS[kind] * stored[kind, key]
    return stored, {name: amount for name, amount in balances.items() if amount}


# What the amounts do not show: how many rows there are, and the states of those that have one.
DIGEST = " UNION ALL ".join(
    [f"SELECT '{name}' AS what, COUNT(*) AS a, MAX(id) AS b, '' AS c FROM {name}" for name in (
        "receivables_invoice", "receivables_dueitem", "receivables_duedatechange", "receivables_payment",
        "receivables_creditnote", "receivables_allocation", "receivables_refund", "receivables_charge",
        "receivables_writeoff", "receivables_fxdifference", "receivables_receipt", "receivables_receiptline",
        "receivables_paper", "receivables_paperline", "receivables_journalrow", "audit_entry", "customers_mark",
        "standings_night",
    )]
    + [f"SELECT '{name}', id, 0, state FROM receivables_{name}" for name in ("receipt", "paper", "writeoff")]
    + ["SELECT name, last, 0, '' FROM common_series"]
)  # fmt: skip


def _every_row():
    """What a refusal must leave as it was."""
    with connection.cursor() as cursor:
        cursor.execute(DIGEST)
        return sorted(cursor.fetchall(), key=repr), _amounts()
