"""The one verb of this floor: fill an empty database with the sample book."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import COMMAND
from common.refusals import Refused
from customers.models import Customer
from demo import generator, lately, people, setting_up, storing, telling
from demo.cards import Story
from demo.generator import Wanted
from staff.models import User

SALES_AT_ONCE = 500  # so many invoices share a transaction: well below the five seconds of the write lock
CUSTOMERS_AT_ONCE = 50


class NotEmpty(Refused):
    """The database has customers already."""


class NotABook(Refused):
    """Numbers from which no book can be made."""


@dataclass(frozen=True, slots=True)
class Seeded:
    customers: int
    invoices: int
    promises: int
    disputes: int
    receipts: int


def seed(wanted: Wanted) -> Seeded:
    """Store the sample book in short transactions, split by customers. Stopped half-way: start from an empty database.

    Refuses a database with customers, and a book without a rep or a customer.
    """
    _check(wanted)
    with transaction.atomic():
        business = setting_up.found(as_of=wanted.as_of)
        reps, former = setting_up.hire(wanted.reps)
        products = setting_up.stock()
        setting_up.state_rates(as_of=wanted.as_of)
    finance = User.objects.get(username=people.FINANCE.username)
    done = Seeded(0, 0, 0, 0, 0)
    for stories in _chunks(wanted):
        with transaction.atomic():
            told = storing.add_customers(stories, reps=reps, former=former, as_of=wanted.as_of)
            storing.sign_contracts(told, products=products)
            shipments = storing.deliver(told, products=products)
        storing.book_sales(told, shipments=shipments, as_of=wanted.as_of)
        with transaction.atomic():
            items = telling.due_items(told)
            storing.settle_from_credit(told, items)
            telling.remember(told, items)
            telling.say_what_is_going_on(told, items, finance=finance)
        done = _count(done, stories)
    lately.go_on(wanted.as_of)
    audit.record(
        verb="demo.seeded",
        subject=business,
        by=COMMAND,
        after={"customers": done.customers, "invoices": done.invoices, "seed": wanted.seed, "as_of": wanted.as_of},
    )
    return done


def _check(wanted: Wanted) -> None:
    if wanted.customers < 1 or wanted.reps < 1 or wanted.invoices < 0:
        raise NotABook(_("The sample needs at least one customer and one rep, and no negative number of invoices."))
    if setting_up.has_customers():
        raise NotEmpty(
            _(
                "This database has %(count)d customers already, and the sample company is never mixed with others. "
                "Nothing was changed. Point PAYROUND_DATA_DIR or DATABASE_URL to an empty database, migrate it, "
                "and run seed_demo again."
            )
            % {"count": Customer.objects.count()}
        )


def _chunks(wanted: Wanted) -> Iterator[list[Story]]:
    chunk: list[Story] = []
    for story in generator.stories(wanted):
        chunk.append(story)
        if len(chunk) >= CUSTOMERS_AT_ONCE or sum(len(one.sales) for one in chunk) >= SALES_AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _count(before: Seeded, stories: list[Story]) -> Seeded:
    return Seeded(
        customers=before.customers + len(stories),
        invoices=before.invoices + sum(len(story.sales) for story in stories),
        promises=before.promises + sum(len(story.promises) for story in stories),
        disputes=before.disputes + sum(len(story.disputes) for story in stories),
        receipts=before.receipts + sum(len(story.receipts) for story in stories),
    )
