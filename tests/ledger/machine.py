"""Money in random order against the real database, beside a book kept by hand (`expected.py`).

A step knows beforehand whether the ledger must do it or refuse it. What it refuses changes no row. After every step
each stored amount is the expected one; at the end every past day is, too.
"""

import sys
from datetime import date, timedelta

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from collections_app import books
from collections_app.standings import services as classification
from collections_app.standings.models import Night, NightStep
from common import clock
from receivables import services
from tests.ledger import rows
from tests.ledger.claim_steps import ClaimSteps
from tests.ledger.expected import END, ZERO
from tests.ledger.steps import LEAST, PLACE, done


class MoneyMachine(ClaimSteps):
    @rule(
        place=PLACE, wrong=st.sampled_from(("zero", "below zero", "too fine", "no account", "tomorrow", "a stranger's"))
    )
    def bad_money(self, place, wrong):
        item = self.one(self.items(), place)
        stranger = next(key for key in self.customers if key not in self.family[item.customer])
        values = {
            "zero": {"amount": ZERO},
            "below zero": {"amount": -LEAST[item.currency]},
            "too fine": {"amount": LEAST[item.currency] / 10},
            "no account": {"currency": "CHF"},
            "tomorrow": {"received_on": self.today + timedelta(days=1)},
            "a stranger's": {"customer": self.customers[stranger], "lines": [(item.key, LEAST[item.currency])]},
        }[wrong]
        usual = self.money(self.customers[item.customer], LEAST[item.currency], item.currency, self.today)
        self.attempt(f"bad money: {wrong}", services.record_payment, fits=False, **usual | values)

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
        stored, balances = rows.amounts()
        assert stored == self.book.stored()
        assert balances == self.book.balances()
        assert rows.given_up() == self.book.given_up()
        assert all(amount >= ZERO for amount in stored.values())

    def everything_adds_up_on_every_day(self):
        self._note_what_reached_back()
        days = sorted({self.today, *spread(sorted(self.remembered))})
        for day in days:
            expected = self.book.ageing(day)
            assert rows.ageing(day) == expected, f"the ageing of {day}"
            if day in self.remembered and day < self.reached_back.get(day, END):
                assert expected == self.remembered[day], f"{day} has changed, and nothing reached back to it"
        for day in {self.today, days[len(days) // 2] if len(self.book.moves) % 2 else self.today}:
            broken = [one for one in books.check(as_of=day).invariants if one.broken]
            if day < self.today:  # money of later days has classified its customers as of those
                broken = [one for one in broken if not one.name.startswith("I6")]
            assert not broken, f"the books of {day}: {broken}"
        customer = self.one(list(self.customers.values()), len(self.book.moves))
        for day in {self.today, days[0]}:
            expected = rows.by_currency(self.book.ageing(day), customer.pk)
            assert rows.account(customer, day) == expected, f"the account of {customer} on {day}"
            assert rows.moved(customer, day) == expected, f"the movements of {customer} until {day}"
        if days[0] in self.remembered:
            assert rows.ageing(days[0], known_on=days[0]) == self.remembered[days[0]], f"{days[0]} as it was known then"

    def teardown(self):
        try:
            if sys.exc_info()[0] is None:
                self.everything_adds_up_on_every_day()
        finally:
            transaction.set_rollback(True)
            self._example.__exit__(None, None, None)
            self._clock.stop()


def spread(days: list[date], most: int = 3) -> list[date]:
    return [days[place * (len(days) - 1) // (most - 1)] for place in range(most)] if len(days) > most else days
