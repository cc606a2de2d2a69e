"""The night reads the same facts from the database as the measured lives have: otherwise their figures say nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from benchmarks.warnings import Seen
from collections_app.cases import warning_facts
from collections_app.cases.models import ContactMade
from collections_app.cases.warning_watch import Facts, Watch
from common import clock
from demo.lives import lives
from receivables import book, services
from receivables.models import DueItem, Extension
from tests import factories as make

pytestmark = pytest.mark.django_db
LIVES = 8
SINCE = make.TODAY - timedelta(days=3 * 365)


@pytest.fixture
def lived():
    """Customers with what their lives brought, as files and reps would have entered it."""
    make.business()
    found = [(make.customer(channel=life.channel), life) for life in lives(5, LIVES, until=make.TODAY)]
    invoices = [
        book.NewInvoice(
            customer=customer.pk, number=f"{customer.pk}-{place}", amount=Decimal(one.amount), currency="EUR",
            issued_on=one.on, parts=(book.Part(one.due_on, Decimal(one.amount)),),
            paid=tuple(book.Paid(Decimal(amount), day) for day, amount in one.paid if day <= make.TODAY),
        )
        for customer, life in found
        for place, one in enumerate(life.bought)
    ]  # fmt: skip
    services.record_book(rows=book.Book(invoices=invoices), on=make.TODAY, by=make.BY)
    for customer, life in found:
        ContactMade.objects.bulk_create(
            ContactMade(customer=customer, channel="call", reached=reached, made_on=day, entered_at=clock.now())
            for day, reached in life.contacts
        )
        items = dict(DueItem.objects.filter(customer=customer).values_list("invoice__number", "pk"))
        Extension.objects.bulk_create(
            Extension(
                due_item_id=items[f"{customer.pk}-{place}"], customer=customer, until=one.due_on + timedelta(days=60),
                because="Asked", cost_amount=0, state="declined", asked_by="carmen", asked_on=one.asked_time_on,
                decided_on=one.asked_time_on, entered_at=clock.now(),
            )
            for place, one in enumerate(life.bought)
            if one.asked_time_on is not None
        )  # fmt: skip
    return found


@pytest.mark.parametrize("ago", [0, 45, 200, 364])
def test_the_night_reads_what_was_lived(lived, ago):
    as_of = make.TODAY - timedelta(days=ago)
    keys = [customer.pk for customer, _life in lived]

    [some] = warning_facts.ranges(keys, 100)
    read = warning_facts.facts(some, as_of=as_of, watch=Watch())

    for customer, life in lived:
        expected = Seen(life, {}, SINCE).on(as_of)
        found = read.get(customer.pk, Facts(as_of))  # who came later is not in it
        assert [(row.sums, row.orders) for row in found.purchases] == [
            (row.sums, row.orders) for row in expected.purchases if sum(row.orders)
        ]
        assert sorted(map(repr, found.due)) == sorted(map(repr, expected.due))
        assert found.in_parts == tuple(expected.in_parts)
        assert found.asked == tuple(sorted(set(expected.asked)))
        assert (found.unreached, found.contacts, found.reached) == (
            tuple(expected.unreached),
            expected.contacts,
            expected.reached,
        )
