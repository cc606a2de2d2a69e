"""What keeps a customer from being visited although something is asked for: our own homework, the rhythm, the cap."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Max

from collections_app.cases.models import ContactMade, ToDo
from collections_app.policy.thresholds import Policy
from collections_app.standings.models import Standing
from collections_app.visits import asking
from collections_app.visits.conduct import may_contact
from collections_app.visits.contacts import begun
from customers.models import Customer

#: What has to be done before the visit, and what it is called as a reason.
HOMEWORK = {ToDo.Because.RECONCILE: "reconciliation first", ToDo.Because.SEND_INVOICE: "invoice first"}


@dataclass(frozen=True, slots=True)
class Obstacles:
    homework: Mapping[int, str]
    unwelcome: Mapping[int, str]
    resting: Mapping[int, date]

    def why_not(self, customer: int, *, is_commitment: bool, is_asked_for: bool) -> dict[str, Any]:
        """Our homework stands before every visit. Cap and quiet days give way to what the customer asked for alone, the
        rhythm to every commitment: a pin or a due day is ours. Empty: nothing keeps us away.
        """
        if customer in self.homework:
            return {"because": self.homework[customer]}
        if customer in self.unwelcome and not is_asked_for:
            return {"because": self.unwelcome[customer]}
        if customer in self.resting and not (is_commitment or is_asked_for):
            return {"because": "visited lately", "until": self.resting[customer].isoformat()}
        return {}


def read(*, on: date, customers: Collection[int], rules: Policy, calendar: str) -> Obstacles:
    """Of these customers, on a day. Five statements at any number."""
    waiting = ToDo.objects.filter(customer__in=customers, because__in=HOMEWORK, done_on=None, opened_on__lte=on)
    return Obstacles(
        homework={row.customer_id: HOMEWORK[ToDo.Because(row.because)] for row in waiting},
        unwelcome=_unwelcome(on, customers, rules, calendar),
        resting=_resting(on, customers, rules),
    )


def _unwelcome(on: date, customers: Collection[int], rules: Policy, calendar: str) -> dict[int, str]:
    """Whom we may not approach of our own accord: too many contacts in a week, or a quiet day."""
    contacts = begun(on=on, customers=customers)
    said = {key: may_contact(contacts.get(key, 0), on, calendar=calendar, rules=rules.conduct) for key in customers}
    return {key: why for key, why in said.items() if why}


def _resting(on: date, customers: Collection[int], rules: Policy) -> dict[int, date]:
    """Until when the rhythm of its standing leaves a customer alone whom a visit has reached."""
    met = ContactMade.objects.filter(customer__in=customers, channel="visit", reached=True, made_on__lt=on)
    last = dict(met.order_by().values_list("customer").annotate(Max("made_on")))
    worst: dict[int, str] = {}
    for key, standing in Standing.objects.filter(customer__in=last).values_list("customer", "standing").order_by():
        worst[key] = min(worst.get(key, standing), standing, key=asking.WORST_FIRST.index)
    segments = dict(Customer.objects.filter(pk__in=worst).values_list("pk", "segment"))
    found = {}
    for key, standing in worst.items():
        rhythm = rules.for_segment(segments[key]).efforts.of(standing).rhythm
        until = last[key] + timedelta(days=rhythm)
        if until > on:
            found[key] = until
    return found
