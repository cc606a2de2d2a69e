"""Steps with what is owed and the money that settles it."""

from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from receivables import services
from receivables.models import DueItem, FxDifference
from receivables.models import Refund as RefundRow
from tests.ledger import rows
from tests.ledger.expected import ZERO, Source
from tests.ledger.steps import (
    BACK,
    BECAUSE,
    CURRENCY,
    LEAST,
    PART,
    PLACE,
    RATE,
    START,
    UNITS,
    Steps,
    came_back,
    done,
    may_take,
    named,
)


class MoneySteps(Steps):
    @rule(place=PLACE, currency=CURRENCY, units=UNITS, parts=st.integers(1, 3), back=BACK, terms=st.integers(-90, 40))
    def invoice(self, place, currency, units, parts, back, terms):
        issued = self.day(back)
        due = issued + timedelta(days=max(terms, 0))
        amounts = [(due + timedelta(days=30 * number), units + number) for number in range(parts)]
        if terms == -90:
            amounts = [(None, units)]
        self.bill([(self.one(list(self.customers.values()), place), currency, issued, amounts)])
        done["invoice"] += 1

    @rule(place=PLACE, days=st.integers(-10, 60))
    def due_date_moves(self, place, days):
        item = self.one(self.items(), place)
        due = self.today + timedelta(days=days)
        row = DueItem.objects.get(pk=item.key)
        values = {"due_item": row, "due_date": due, "on": self.today, "by": self.asks, "because": BECAUSE}
        self.attempt("due date moves", services.move_due_date, **values)
        self.book.move_due_date(item, due, self.today)

    # --- money in --------------------------------------------------------------------------------

    @rule(place=PLACE, currency=CURRENCY, units=UNITS, back=BACK)
    def payment_that_names_nothing(self, place, currency, units, back):
        customer = self.one(list(self.customers.values()), place)
        amount, on = LEAST[currency] * units, self.day(back)
        wanted = self.book.in_order(self.pays_for[customer.pk], currency, amount, on)
        payment = self.attempt("payment", services.record_payment, **self.money(customer, amount, currency, on))
        self.received(payment, wanted, on)

    @rule(place=PLACE, picks=st.lists(st.tuples(PLACE, PART), max_size=3), more=st.booleans(), back=BACK)
    def payment_that_names_items(self, place, picks, more, back):
        first = self.one([row for row in self.book.owed if may_take(row)] or self.book.owed, place)
        payer = self.one(self.family[first.customer], place)
        near = self.within_reach(payer, first.currency)
        wanted = [(row, self.amount(may_take(row), part, row.currency)) for row, part in self.picked(near, picks)]
        amount = sum((part for _, part in wanted), ZERO) or LEAST[first.currency]
        amount += LEAST[first.currency] * 7 if more else ZERO
        on = self.day(back)
        fits = self.fits(payer, first.currency, wanted, amount, on, START - timedelta(days=999))
        lines, charges = named(wanted)
        payment = self.attempt(
            "named payment",
            services.record_payment,
            fits=fits,
            **self.money(self.customers[payer], amount, first.currency, on, lines=lines, charges=charges),
        )
        if payment:
            self.received(payment, wanted, on)

    @precondition(lambda self: any(row.claim for row in self.book.owed))
    @rule(place=PLACE, part=PART, back=BACK)
    def money_on_a_claim(self, place, part, back):
        item = self.one([row for row in self.book.owed if row.claim], place)
        amount = item.open() + self.amount(item.claim, part, item.currency)
        on = self.day(back)
        customer = self.customers[item.customer]
        payment = self.attempt(
            "money on a claim",
            services.record_payment,
            fits=amount <= may_take(item),
            **self.money(customer, amount, item.currency, on, lines=[(item.key, amount)]),
        )
        if payment:
            self.received(payment, [(item, amount)], on)

    def money(self, customer, amount, currency, on, **named):
        values = {"customer": customer, "amount": amount, "currency": currency, "received_on": on, "by": self.asks}
        return values | {"method": "transfer"} | named

    def received(self, payment, wanted, on):
        source = self.book.receive(
            Source("payment", payment.pk, payment.customer_id, payment.currency, payment.amount, on)
        )
        self.book.pay(source, wanted, on)
        return source

    @rule(place=PLACE, currency=CURRENCY, units=UNITS, is_linked=st.booleans(), back=BACK)
    def credit_note(self, place, currency, units, is_linked, back):
        item = self.one(self.items(), place)
        amount, on = LEAST[item.currency] * units, self.day(back)
        wanted, left = [], amount
        for row in self.items():
            part = min(left, row.open())
            if is_linked and row.invoice == item.invoice and part > ZERO:
                wanted.append((row, part))
                left -= part
        note = self.attempt(
            "credit note",
            services.record_credit_note,
            customer=self.customers[item.customer], number=f"CN{len(self.book.sources)}", amount=amount,
            currency=item.currency, issued_on=on, by=self.asks, invoice=item.invoice if is_linked else None,
        )  # fmt: skip
        source = self.book.receive(Source("credit note", note.pk, item.customer, item.currency, amount, on))
        self.book.pay(source, wanted, on)

    # --- what it settles -------------------------------------------------------------------------

    @precondition(lambda self: any(one.left() for one in self.sources()))
    @rule(place=PLACE, picks=st.lists(st.tuples(PLACE, PART), min_size=1, max_size=3), back=BACK)
    def allocate(self, place, picks, back):
        source = self.one([one for one in self.sources() if one.left()], place)
        left, wanted = source.left(), []
        for row, part in self.picked(self.within_reach(source.customer, source.currency), picks):
            amount = self.amount(min(may_take(row), left), part, row.currency)
            wanted.append((row, amount))
            left = max(left - amount, ZERO)
        on = self.day(back)
        lines, charges = named(wanted)
        fits = self.fits(source.customer, source.currency, wanted, source.left(), on, source.starts_on)
        values = {"source": rows.of(source), "lines": lines, "charges": charges, "on": on, "by": self.asks}
        if self.attempt("allocate", services.allocate, fits=fits, **values):
            self.book.pay(source, wanted, on)

    @precondition(lambda self: any(line.source.kind != "write-off" for line in self.book.lines))
    @rule(place=PLACE, back=BACK)
    def take_back(self, place, back):
        line = self.one([one for one in self.book.lines if one.amount > ZERO and one.source.kind != "write-off"], place)
        row = rows.allocation(line)
        on = self.day(back)
        values = {"allocation": row, "on": on, "by": self.asks, "because": BECAUSE}
        if self.attempt("take back", services.take_back, fits=line.is_live and on >= line.on, **values):
            self.book.go_back(line, on)

    @precondition(lambda self: self.sources())
    @rule(place=PLACE, back=BACK)
    def reverse_money(self, place, back):
        source = self.one(self.sources(), place)
        on = self.day(back)
        fits = (
            source.cancelled_on is None and not source.exchanged and not any(row.is_live for row in source.refunds)
            and on >= max(source.starts_on, came_back(source))
        )  # fmt: skip
        values = {"on": on, "by": self.asks, "because": BECAUSE}
        if source.kind == "payment":
            service, values["payment"] = services.reverse_payment, rows.of(source)
        else:
            service, values["note"] = services.reverse_credit_note, rows.of(source)
        if self.attempt(f"reverse {source.kind}", service, fits=fits, **values):
            self.book.cancel(source, on)

    # --- money out -------------------------------------------------------------------------------

    @precondition(lambda self: any(one.left() for one in self.sources()))
    @rule(place=PLACE, part=PART, back=BACK)
    def refund(self, place, part, back):
        source = self.one([one for one in self.sources() if one.left()], place)
        amount, on = self.amount(source.left(), part, source.currency), self.day(back)
        fits = amount <= source.left() and on >= max(source.starts_on, came_back(source))
        values = {"source": rows.of(source), "amount": amount, "paid_on": on, "by": self.asks, "because": BECAUSE}
        if row := self.attempt("refund", services.refund, fits=fits, **values):
            self.book.refund(row.pk, source, amount, on)

    @precondition(lambda self: self.book.refunds)
    @rule(place=PLACE, back=BACK)
    def reverse_refund(self, place, back):
        row = self.one([one for one in self.book.refunds if one.amount > ZERO], place)
        on = self.day(back)
        fits = row.is_live and not row.exchange and on >= row.on
        values = {"refund": RefundRow.objects.get(pk=row.key), "on": on, "by": self.asks, "because": BECAUSE}
        if self.attempt("reverse refund", services.reverse_refund, fits=fits, **values):
            self.book.reverse_refund(row, on)

    # --- currencies ------------------------------------------------------------------------------

    @precondition(lambda self: any(one.kind == "payment" and one.left() for one in self.book.sources))
    @rule(place=PLACE, part=PART, other=st.sampled_from((1, 2, 1, 2, 0)), rate=RATE, back=BACK)
    def exchange(self, place, part, other, rate, back):
        source = self.one([one for one in self.book.sources if one.kind == "payment" and one.left()], place)
        amount, on = self.amount(source.left(), part, source.currency), self.day(back)
        currencies = sorted(LEAST)
        into = currencies[(currencies.index(source.currency) + other) % 3]
        result = (amount * Decimal(rate) / LEAST[into] + Decimal("0.5")).to_integral_value(ROUND_DOWN) * LEAST[into]
        fits = (
            into != source.currency and amount <= source.left() and result > ZERO
            and on >= max(source.starts_on, came_back(source))
        )  # fmt: skip
        values = {"payment": rows.of(source), "amount": amount, "into": into, "rate": Decimal(rate), "source": "Bank"}
        if row := self.attempt("exchange", services.exchange, fits=fits, **values, on=on, by=self.asks):
            out = self.book.refund(row.refund_id, source, amount, on)
            out.exchange = row
            received_on = source.received_on or source.starts_on
            made = Source("payment", row.into_id, source.customer, into, result, on, received_on, exchanged=True)
            self.exchanges.append((row, out, self.book.receive(made)))

    @precondition(lambda self: self.exchanges)
    @rule(place=PLACE, back=BACK)
    def reverse_exchange(self, place, back):
        row, out, made = self.one(self.exchanges, place)
        on = self.day(back)
        fits = (
            out.is_live and not any(one.is_live for one in made.refunds) and on >= max(made.starts_on, came_back(made))
        )
        row = FxDifference.objects.get(pk=row.pk)
        values = {"exchange": row, "on": on, "by": self.asks, "because": BECAUSE}
        if self.attempt("reverse exchange", services.reverse_exchange, fits=fits, **values):
            self.book.cancel(made, on)
            self.book.reverse_refund(out, on)
