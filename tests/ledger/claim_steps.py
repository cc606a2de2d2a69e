"""Steps with amounts given up, charges, receipts of reps and paper in hand."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from receivables import services
from receivables.models import Receipt, WriteOff
from tests.ledger import rows
from tests.ledger.expected import END, ZERO, Asked, Owed, Source
from tests.ledger.money_steps import MoneySteps
from tests.ledger.steps import (
    BACK,
    BECAUSE,
    LEAST,
    MOSTLY,
    PART,
    PLACE,
    TOLERANCE,
    came_back,
    may_take,
    named,
)

SHORT = st.sampled_from(("discount", "rounding", "price"))


class ClaimSteps(MoneySteps):
    # --- giving up -------------------------------------------------------------------------------

    @rule(place=PLACE, part=PART, code=st.sampled_from(("bad debt", "bad debt", "price")), back=BACK)
    def ask_write_off(self, place, part, code, back):
        target = self.one([row for row in self.book.owed if row.open()] or self.book.owed, place)
        amount, on = self.amount(target.open(), part, target.currency), self.day(back)
        waiting = any(one.target is target and one.code == code for one in self.book.asked)
        values = {"target": rows.target(target), "amount": amount, "code": code, "because": BECAUSE, "on": on}
        fits = amount <= target.open() and not waiting
        row = self.attempt("ask write-off", services.ask_write_off, fits=fits, **values, by=self.asks)
        if row:
            self.book.asked.append(Asked(row, row.pk, target, code))

    @precondition(lambda self: any(row.open() for row in self.items()))
    @rule(place=PLACE, code=SHORT, fits_well=MOSTLY, is_new=st.booleans(), back=BACK)
    def settle(self, place, code, fits_well, is_new, back):
        """Money on an item and a word on its rest: a rule closes it, or a second person is asked."""
        item, on = self.one([row for row in self.items() if row.open()], place), self.day(back)
        source = self.new_money(item, on) if is_new else self.one(self.sources() or [self.new_money(item, on)], place)
        limit = self.by_rule(source, item, code)
        short = min(limit or LEAST[item.currency], item.open()) if fits_well else limit + LEAST[item.currency]
        amount = max(item.open() - short, ZERO)
        wanted = [(item, amount)] if amount else []
        fits = self.fits(source.customer, source.currency, wanted, source.left(), on, source.starts_on)
        fits = fits and item.customer in self.family[source.customer] and item.currency == source.currency
        if code == "price":
            fits = fits and not any(one.target is item and one.code == code for one in self.book.asked)
        else:
            fits = fits and short <= limit
        fits = fits and short == item.open() - amount
        values = {"source": rows.of(source), "lines": named(wanted)[0], "shorts": [(item.key, short, code)], "on": on}
        verb = "settle and ask" if code == "price" else "settle by rule"
        if given := self.attempt(verb, services.settle, fits=fits, **values, by=self.asks):
            self.book.pay(source, wanted, on)
            self.came_short(given[0], source, item, code, on)

    def new_money(self, item, on):
        """A payment of what the item owes that settles nothing yet."""
        customer = self.customers[item.customer]
        values = self.money(customer, item.open(), item.currency, on, lines=[])
        return self.received(self.attempt("payment", services.record_payment, **values), [], on)

    def came_short(self, row, source, item, code, on):
        if code == "price":
            self.book.asked.append(Asked(row, row.pk, item, code, source))
            return
        facts = {"money": source, "code": code, "by_rule": True}
        off = Source("write-off", row.pk, item.customer, item.currency, row.amount, on, **facts)
        self.book.settle(self.book.receive(off), item, row.amount, on)
        self.granted.append(off)

    def by_rule(self, source, item, code):
        """How much of the item a rule may still close."""
        taken = sum(
            one.amount for one in self.granted
            if one.code == code and not one.is_reversed and one.lines[0].target is item
        )  # fmt: skip
        if code == "discount":
            is_late = item.discount_until is None or (source.received_on or source.starts_on) > item.discount_until
            return max((ZERO if is_late else item.discount) - taken, ZERO)
        return max(TOLERANCE * LEAST[item.currency] - taken, ZERO) if code == "rounding" else ZERO

    @precondition(lambda self: self.book.asked)
    @rule(place=PLACE, by_the_second=MOSTLY, back=BACK)
    def grant_write_off(self, place, by_the_second, back):
        waiting = self.one(self.book.asked, place)
        row, target = waiting.row, waiting.target
        on, by = self.day(back), self.decides if by_the_second else self.asks
        fits = by_the_second and row.amount <= target.open() and row.asked_on <= on
        if self.attempt("grant write-off", services.grant_write_off, fits=fits, write_off=row, on=on, by=by):
            self.book.asked.remove(waiting)
            keeps = waiting.code == "bad debt" and target.is_item
            facts = {"keeps_claim": keeps, "money": waiting.money, "code": waiting.code}
            source = Source("write-off", row.pk, target.customer, target.currency, row.amount, on, **facts)
            self.book.settle(self.book.receive(source), target, row.amount, on)
            self.granted.append(source)

    @precondition(lambda self: self.book.asked)
    @rule(place=PLACE, by_the_second=MOSTLY, back=BACK)
    def decline_write_off(self, place, by_the_second, back):
        waiting = self.one(self.book.asked, place)
        row = waiting.row
        on, by = self.day(back), self.decides if by_the_second else self.asks
        values = {"write_off": row, "on": on, "by": by, "because": BECAUSE}
        fits = by_the_second and row.asked_on <= on
        if self.attempt("decline write-off", services.decline_write_off, fits=fits, **values):
            self.book.asked.remove(waiting)

    @precondition(lambda self: self.granted)
    @rule(place=PLACE, back=BACK)
    def reverse_write_off(self, place, back):
        source = self.one(self.granted, place)
        on = self.day(back)
        values = {"write_off": WriteOff.objects.get(pk=source.key), "on": on, "by": self.decides, "because": BECAUSE}
        fits = not source.is_reversed and on >= source.starts_on
        if self.attempt("reverse write-off", services.reverse_write_off, fits=fits, **values):
            self.book.undo(source, on)

    @precondition(lambda self: any(row.claim for row in self.items()))
    @rule(place=PLACE, by_the_second=MOSTLY, back=BACK)
    def waive_claim(self, place, by_the_second, back):
        item = self.one([row for row in self.items() if row.claim], place)
        on, by = self.day(back), self.decides if by_the_second else self.asks
        offs = self.book.claimed_by(item)
        values = {"due_item": rows.target(item), "because": BECAUSE, "on": on, "by": by}
        fits = by_the_second and on >= max(off.starts_on for off in offs)
        if self.attempt("waive claim", services.waive_claim, fits=fits, **values):
            for off in offs:
                off.keeps_claim = False

    # --- charges ---------------------------------------------------------------------------------

    @rule(place=PLACE, units=st.integers(1, 9_000), kind=st.sampled_from(("interest", "fixed sum", "fee")), back=BACK)
    def claim(self, place, units, kind, back):
        item = self.one(self.items(), place)
        amount, on = LEAST[item.currency] * units, self.day(back)
        due = item.due_on(END)
        again = kind == "fixed sum" and any(
            row.of is item and row.kind == kind and row.taken_back_on is None for row in self.charges()
        )  # fmt: skip
        values = {"due_item": rows.target(item), "kind": kind, "amount": amount, "basis": "Clause 7", "on": on}
        fits = due is not None and on > due and not again
        charge = self.attempt("claim", services.claim, fits=fits, **values, by=self.asks)
        if charge:
            self.claimed(charge, item)

    def claimed(self, charge, item):
        row = Owed(charge.pk, item.customer, item.currency, charge.amount, charge.claimed_on, None, kind=charge.kind)
        row.of = item
        self.book.owe(row)

    @precondition(lambda self: self.charges())
    @rule(place=PLACE, part=PART, back=BACK)
    def waive(self, place, part, back):
        charge = self.one(self.charges(), place)
        amount, on = self.amount(charge.open(), part, charge.currency), self.day(back)
        fits = amount <= charge.open() and on >= charge.starts_on
        values = {"charge": rows.target(charge), "amount": amount, "because": BECAUSE, "on": on, "by": self.asks}
        if self.attempt("waive", services.waive, fits=fits, **values):
            row = WriteOff.objects.filter(charge=charge.key).order_by("-pk").first()
            source = Source("write-off", row.pk, charge.customer, charge.currency, amount, on)
            self.book.settle(self.book.receive(source), charge, amount, on)
            self.granted.append(source)

    @precondition(lambda self: self.charges())
    @rule(place=PLACE, back=BACK)
    def reverse_charge(self, place, back):
        charge = self.one(self.charges(), place)
        on = self.day(back)
        fits = charge.taken_back_on is None and on >= max(charge.starts_on, came_back(charge))
        values = {"charge": rows.target(charge), "because": BECAUSE, "on": on, "by": self.asks}
        if self.attempt("reverse charge", services.reverse_charge, fits=fits, **values):
            self.book.unclaim(charge, on)

    @precondition(lambda self: sum(row.booked_on is None for row in self.charges()) > 2)
    @rule()
    def ledger_hears_of_it(self):
        self.attempt("journal", services.export_journal, up_to=self.today, by=self.asks)
        for charge in self.charges():
            if charge.booked_on is None:
                self.book.book(charge, self.today)

    # --- the field -------------------------------------------------------------------------------

    @rule(place=PLACE, part=PART, back=BACK)
    def give_receipt(self, place, part, back):
        item = self.one([row for row in self.items() if may_take(row)] or self.items(), place)
        amount, on = self.amount(may_take(item), part, item.currency), self.day(back)
        values = {
            "customer": self.customers[item.customer], "rep": self.rep, "method": "cash", "amount": amount,
            "currency": item.currency, "lines": [(item.key, amount)], "received_on": on,
            "key": f"k{len(self.receipts)}", "sure": True,
        }  # fmt: skip
        row = self.attempt("receipt", services.record_receipt, fits=amount <= may_take(item), **values)
        if row:
            self.receipts.append({"row": row, "item": item, "amount": amount, "waits": True})

    @precondition(lambda self: self.receipts)
    @rule(place=PLACE, is_there=MOSTLY)
    def decide_receipt(self, place, is_there):
        one = self.one(self.receipts, place)
        row = Receipt.objects.get(pk=one["row"].pk)
        if not is_there:
            values = {"receipt": row, "because": BECAUSE, "by": self.asks}
            if self.attempt("refuse receipt", services.refuse_receipt, fits=one["waits"], **values):
                one["waits"] = False
            return
        payment = self.attempt("verify receipt", services.verify_receipt, fits=one["waits"], receipt=row, by=self.asks)
        if payment:
            one["waits"] = False
            self.received(payment, self.still(one), row.received_on)

    def still(self, one):
        """What is still open of that for which a receipt or paper was meant."""
        part = min(one["amount"], one["item"].open())
        return [(one["item"], part)] if part > ZERO else []

    @rule(place=PLACE, part=PART, days=st.integers(0, 40), back=BACK)
    def take_paper(self, place, part, days, back):
        item = self.one([row for row in self.items() if may_take(row)] or self.items(), place)
        amount, on = self.amount(may_take(item), part, item.currency), self.day(back)
        values = {
            "customer": self.customers[item.customer], "kind": "cheque", "number": f"{len(self.papers)}",
            "drawer": "The shop", "amount": amount, "currency": item.currency, "received_on": on,
            "matures_on": on + timedelta(days=days), "lines": [(item.key, amount)], "by": self.asks,
        }  # fmt: skip
        row = self.attempt("paper", services.take_paper, fits=amount <= may_take(item), **values)
        if row:
            self.papers.append({"row": row, "item": item, "amount": amount, "state": "in hand", "money": None})

    @precondition(lambda self: self.papers)
    @rule(place=PLACE, back=BACK)
    def honour_paper(self, place, back):
        one = self.one(self.papers, place)
        on = self.day(back)
        fits = one["state"] == "in hand" and on >= one["row"].received_on
        payment = self.attempt("honour paper", services.honour_paper, fits=fits, paper=one["row"], on=on, by=self.asks)
        if payment:
            one["state"] = "honoured"
            one["money"] = self.received(payment, self.still(one), on)

    @precondition(lambda self: self.papers)
    @rule(place=PLACE, has_fee=st.booleans(), back=BACK)
    def dishonour_paper(self, place, has_fee, back):
        one = self.one(self.papers, place)
        on, item, source = self.day(back), one["item"], one["money"]
        fee = LEAST[item.currency] * 5 if has_fee else ZERO
        due = item.due_on(END)
        fits = one["state"] in ("in hand", "honoured") and on >= one["row"].received_on
        fits = fits and (not has_fee or (due is not None and due < on))
        if source is not None:
            fits = fits and source.cancelled_on is None and not any(row.is_live for row in source.refunds)
            fits = fits and on >= max(source.starts_on, came_back(source))
        values = {"paper": one["row"], "on": on, "by": self.asks, "because": BECAUSE, "fee": fee, "basis": "Bank"}
        charge = self.attempt("dishonour paper", services.dishonour_paper, fits=fits, **values)
        if charge:
            one["state"] = "dishonoured"
            if source is not None:
                self.book.cancel(source, on)
            if has_fee:
                self.claimed(charge, item)

    @precondition(lambda self: self.papers)
    @rule(place=PLACE, back=BACK)
    def return_paper(self, place, back):
        one = self.one(self.papers, place)
        on = self.day(back)
        fits = one["state"] == "in hand" and on >= one["row"].received_on
        values = {"paper": one["row"], "on": on, "by": self.asks, "because": BECAUSE}
        if self.attempt("return paper", services.return_paper, fits=fits, **values):
            one["state"] = "returned"
