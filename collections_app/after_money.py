"""What follows money, in its own transaction and in this order. Installed in the one port of `receivables`.

It books no money. A defect in here rolls the money back with it.
"""

from collections.abc import Sequence
from datetime import date

from audit.services import Actor
from collections_app.cases import services as cases
from collections_app.gate import ladder_services as ladder
from collections_app.gate import services as gate
from collections_app.standings import services as standings
from collections_app.standings.models import Night
from collections_app.visits import services as visits
from common import clock
from customers import services as customers
from receivables import services as receivables

SET_BASED_FROM = 500  # so many customers at once are left to the next night or minute: they came with a file


def act(*, customers: Sequence[int], on: date, by: Actor) -> None:
    """Extensions, plans, promises, disputes, stops, held goods and standings of these customers, as of today."""
    today = clock.business_today()
    if len(customers) >= SET_BASED_FROM:
        _leave_marks(customers, on)
        return
    receivables.void_missed(as_of=today, customers=customers, by=by)
    receivables.keep_plans(as_of=today, customers=customers, by=by)
    cases.settle_promises(as_of=today, customers=customers)
    cases.close_settled_disputes(customers=customers, on=on)
    visits.cancel_settled(customers=customers, on=today)
    ladder.leave_settled(customers=customers, on=today, by=by)
    gate.look_again(customers=customers, on=today, by=by)
    gate.look_at_relatives(customers=customers, on=today, by=by)
    if Night.objects.exists():  # before the first night there are no standings to keep
        standings.classify(as_of=today, customers=customers)


def _leave_marks(keys: Sequence[int], on: date) -> None:
    customers.mark(keys, because="book", on=on)
