"""Who works when, who stands in for whom, and what customers say about the days on which somebody may come."""

from datetime import time

from django.db import transaction

from audit.services import COMMAND
from collections_app.visits import appointments, learning
from collections_app.visits import habits as stated
from common import clock
from customers import habits
from customers.models import Contact, Habit
from demo.lately.shelf import Shelf
from staff import working_time
from staff.models import Team, User
from staff.working_time import Shift

WORKDAYS = range(5)
Kind = Habit.Kind


@transaction.atomic
def share_the_week(shelf: Shelf) -> None:
    """Everybody has a lunch; the second rep starts early and has every Friday afternoon free."""
    for place, rep in enumerate(User.objects.reps().order_by("pk")):
        starts_at = time(8, 30) if place == 1 else time(9)
        rows = []
        for weekday in WORKDAYS:
            ends_at = time(14) if place == 1 and weekday == 4 else time(17, 30)
            lunch = (None, None) if ends_at == time(14) else (time(13), time(13, 45))
            rows.append(Shift(weekday, starts_at, ends_at, *lunch))
        working_time.set_days(rep=rep, rows=rows, by=shelf.manager)


@transaction.atomic
def stand_in(shelf: Shelf) -> None:
    """Of the first team with two reps, one is away for two days of the next week, and some customers are visited by
    whoever is nearest.
    """
    for team in Team.objects.order_by("pk"):
        reps = list(User.objects.reps().filter(team=team).order_by("-pk")[:2])
        if len(reps) == 2:
            first = shelf.ahead(7)
            working_time.note_absence(
                rep=reps[0], starts_on=first, ends_before=shelf.ahead(9), because="Trade fair", deputy=reps[1],
                by=shelf.manager,
            )  # fmt: skip
            for customer in shelf.customers(3, owner__team=team, due_items__open_amount__gt=0):
                habits.set_pool(customer=customer, team=team, by=shelf.manager)
            return


@transaction.atomic
def state(shelf: Shelf) -> None:
    """One reconciles before it pays, one has a procedure in steps, of one the signatory is on holiday."""
    for customer in shelf.customers(1, due_items__due_date__gt=shelf.as_of):
        stated.state_habit(
            customer=customer, kind=Kind.RECONCILIATION, rule="every month", days_before=3, by=COMMAND,
            stated_by="Accounts", stated_on=shelf.ago(60),
        )  # fmt: skip
    for customer in shelf.customers(1, due_items__open_amount__gt=0):
        for rule, note in (("weekly mon", "the counter checks the delivery notes"), ("weekly wed", "the owner signs")):
            stated.state_habit(
                customer=customer, kind=Kind.STEP, rule=rule, note=note, by=COMMAND, stated_on=shelf.ago(60)
            )
    signs = Contact.Kind.SIGNATORY
    for customer in shelf.customers(1, due_items__open_amount__gt=0, contacts__role=signs):
        habits.note_absence(
            customer=customer, contact=customer.contacts.filter(role=signs).first(), starts_on=shelf.ago(1),
            ends_before=shelf.ahead(9), note="on holiday", by=COMMAND,
        )  # fmt: skip


@transaction.atomic
def agree_hours(shelf: Shelf) -> None:
    """A time was agreed with one customer for the next working day."""
    late = {"due_items__open_amount__gt": 0, "due_items__due_date__lt": shelf.as_of}
    for customer in shelf.customers(1, sites__latitude__isnull=False, **late):
        appointments.make_appointment(
            customer=customer, on=shelf.ahead(1), starts_at=time(11), ends_at=time(11, 30), with_whom="the owner",
            today=clock.business_today(), by=customer.owner or shelf.manager, confirmed=True,
        )  # fmt: skip


def learn(shelf: Shelf) -> None:
    """What the customers have always done, before the first night asks."""
    learning.learn(as_of=shelf.as_of)


STATED = (share_the_week, stand_in, state, learn)
TODAY = (agree_hours,)
