"""The ground of the money machine: a small company, a clock that it moves itself, and how a step is tried."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from unittest import mock

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from common import clock
from common.refusals import Refused
from customers.models import Group
from receivables import book, services
from receivables.models import DueItem, FxDifference
from tests import factories as make
from tests.ledger import rows
from tests.ledger.expected import ZERO, Expected, Owed, Refund, Source

START = date(2026, 1, 5)
LEAST = {"EUR": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}  # 2, 0 and 3 minor digits
BECAUSE = "It happened"
TOLERANCE = 3  # of the least amount
IN_TIME, DISCOUNT = timedelta(days=40), Decimal("0.02")  # of each bill with an even amount

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


class Steps(RuleBasedStateMachine):
    """The company of the examples, and how a step is done in it."""

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
        self.granted: list[Source] = []
        self.receipts: list[dict] = []
        self.papers: list[dict] = []
        self.exchanges: list[tuple[FxDifference, Refund, Source]] = []
        self._open_the_business()

    def _now(self):
        return datetime.combine(self.today, time(9), tzinfo=UTC)

    def _open_the_business(self):
        make.business()
        for currency, least in LEAST.items():
            account = make.account(currency)
            account.tolerance = TOLERANCE * least
            account.save()
        payer = make.customer()
        group = Group.objects.create(name="Cafés of the harbour")
        found = [payer, make.customer(payer=payer), make.customer(group=group), make.customer(group=group)]
        self.customers = {one.pk: one for one in found}
        first, branch, third, fourth = self.customers
        self.family = {first: [first, branch], branch: [first, branch], third: [third, fourth], fourth: [third, fourth]}
        self.pays_for = {first: [first, branch], branch: [branch], third: [third], fourth: [fourth]}
        self.rep, self.asks, self.decides = make.rep(), make.finance(), make.manager()
        self.bill([
            (found[place % 4], currency, START, [(START - timedelta(days=20 * place), 600)])
            for place, currency in enumerate([*LEAST, *LEAST])
        ])  # fmt: skip

    # --- how a step is done ----------------------------------------------------------------------

    def attempt(self, verb, service, /, *, fits=True, **values):
        """The verb's result where it must be done; None where it must be refused, and is."""
        before = None if fits else rows.everything()
        try:
            result = service(**values)
        except Refused as refusal:
            self.was_refused(verb, str(refusal), fits, before)
            return None
        assert fits, f"{verb} should have been refused"
        done[verb] += 1
        return True if result is None else result

    def was_refused(self, verb, refusal, fits, before):
        assert not fits, f"{verb} was refused: {refusal}"
        assert rows.everything() == before, f"a refused {verb} changed something"
        refused[verb] += 1

    def day(self, back):
        return self.today - timedelta(days=back)

    def amount(self, limit, part, currency):
        """Of what there is: all of it, half, the least amount, or too much."""
        least = LEAST[currency]
        if part == "half":
            return max((limit / 2).quantize(least, rounding=ROUND_DOWN), least)
        return {"all": max(limit, least), "least": least, "over": limit + least}[part]

    def sources(self):
        return [one for one in self.book.sources if one.kind != "write-off"]

    def charges(self):
        return [row for row in self.book.owed if not row.is_item]

    def items(self):
        return [row for row in self.book.owed if row.is_item]

    def within_reach(self, customer, currency):
        """What this customer's money may settle; where that is nothing, everything: then it must be refused."""
        near = [
            row for row in self.book.owed
            if row.customer in self.family[customer] and row.currency == currency and may_take(row)
        ]  # fmt: skip
        return near or self.book.owed

    def fits(self, source_customer, currency, wanted, left, on, not_before):
        in_reach = all(
            row.customer in self.family[source_customer] and row.currency == currency for row, _amount in wanted
        )
        covered = all(
            ZERO < sum(part for other, part in wanted if other is row) <= may_take(row) for row, _amount in wanted
        )
        return in_reach and covered and sum(part for _, part in wanted) <= left and not_before <= on <= self.today

    def bill(self, bills):
        """Each a customer, a currency, a day, and parts of so many of the least amounts with their due dates."""
        rows = [
            book.NewInvoice(
                customer=customer.pk, number=f"INV-{len(self.book.owed)}-{place}", currency=currency, issued_on=issued,
                amount=sum(LEAST[currency] * units for _due, units in parts),
                parts=tuple(part(due, currency, units, issued) for due, units in parts),
            )
            for place, (customer, currency, issued, parts) in enumerate(bills)
        ]  # fmt: skip
        services.record_book(rows=book.Book(invoices=rows), on=self.today, by=self.asks)
        added = DueItem.objects.filter(invoice__number__in=[row.number for row in rows]).select_related("invoice")
        for item in added.order_by("pk"):
            issued = item.invoice.issued_on
            row = Owed(item.pk, item.customer_id, item.currency, item.amount, issued, item.due_date, item.invoice_id)
            if item.discount_share is not None:
                row.discount = rounded(item.amount * DISCOUNT, item.currency)
                row.discount_until = issued + IN_TIME
            self.book.owe(row)

    def one(self, found, place):
        return found[place % len(found)]

    def picked(self, candidates, picks):
        """Several of them, each once."""
        found = {}
        for place, part in picks:
            row = self.one(candidates, place)
            found[id(row)] = (row, part)
        return list(found.values())


def part(due, currency, units, issued):
    until, share = (issued + IN_TIME, DISCOUNT) if units % 2 == 0 else (None, None)
    return book.Part(due, LEAST[currency] * units, until, share)


def rounded(amount, currency):
    return amount.quantize(LEAST[currency], rounding=ROUND_HALF_UP)


def may_take(row: Owed) -> Decimal:
    return row.open() + (row.claim if row.is_item else ZERO)


def came_back(row: Owed | Source) -> date:
    """The last day on which something of it was taken back."""
    ends = [*row.lines, *(row.refunds if isinstance(row, Source) else ())]
    return max((one.on for one in ends if one.amount < ZERO), default=date.min)


def named(wanted):
    lines = [(row.key, amount) for row, amount in wanted if row.is_item]
    return lines, [(row.key, amount) for row, amount in wanted if not row.is_item]
