"""Who decides about a customer, as the policy says for its worst standing. Installed in the port of `staff`."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from collections_app.policy import queries as policy
from collections_app.policy.keys import APPROVERS, STANDINGS
from collections_app.policy.thresholds import Policy
from collections_app.standings.models import Standing
from collections_app.standings.rules import WORST_FIRST
from customers.models import Customer
from staff.approving import Terms
from staff.models import Role

LOWEST = APPROVERS[0]
NOTHING_OPEN = "unpaid"


def terms(*, customers: Collection[int], on: date) -> Terms:
    """By the policy in force on the day and the present standings; of several customers the highest role decides."""
    rules = policy.in_force(on)
    named = _approvers(rules, customers) if customers and _asks_for_more(rules) else [LOWEST]
    least = max(named, key=APPROVERS.index, default=LOWEST)
    return Terms(Decimal(rules.approvals.manager_up_to), Role(least))


def _asks_for_more(rules: Policy) -> bool:
    """Does any standing, of any segment, ask for more than the lowest role? Else nobody's standing has to be read."""
    several = (rules, *(rules.for_segment(name) for name in rules.segments))
    return any(one.section(f"efforts.{name}").approver != LOWEST for one in several for name in STANDINGS)


def _approvers(rules: Policy, customers: Collection[int]) -> list[str]:
    worst: dict[int, str] = {}
    for key, standing in Standing.objects.filter(customer__in=customers).values_list("customer", "standing"):
        worst[key] = min(worst.get(key, standing), standing, key=WORST_FIRST.index)
    segments = Customer.objects.filter(pk__in=customers).values_list("pk", "segment")
    return [rules.for_segment(name).efforts.of(worst.get(key, NOTHING_OPEN)).approver for key, name in segments]
