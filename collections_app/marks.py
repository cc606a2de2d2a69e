"""Fetching the marks that the lower floors left: the standings of those customers are looked at again."""

from django.db import transaction

from audit.services import NIGHT
from collections_app.cases import services as cases
from collections_app.gate import ladder_services as ladder
from collections_app.gate import services as gate
from collections_app.standings import services as standings
from collections_app.standings.models import Night
from collections_app.visits import services as visits
from common import clock
from customers import services as customers
from customers.models import Mark
from receivables import services as receivables

AT_ONCE = 500  # marks in one task; the rest stays in the table for the next


def fetch() -> int:
    """Look again at the customers of the oldest marks; returns how many marks were done away with.

    The keys are copied before any fact is read, and exactly those are deleted: a mark that comes in between
    stays for the next time. Before the first night there is nothing to look at again.
    """
    if not Night.objects.filter(done_at__isnull=False).exists():
        return 0
    with transaction.atomic():
        seen = list(Mark.objects.order_by("pk").values_list("pk", "customer_id")[:AT_ONCE])
        keys = sorted({customer for _, customer in seen})
        customers.lock(keys)
        today = clock.business_today()
        receivables.void_missed(as_of=today, customers=keys)
        receivables.keep_plans(as_of=today, customers=keys)
        cases.settle_promises(as_of=today, customers=keys)
        cases.close_settled_disputes(customers=keys, on=today)
        standings.classify(as_of=today, customers=keys)
        visits.cancel_settled(customers=keys, on=today)
        ladder.leave_settled(customers=keys, on=today, by=NIGHT)
        gate.look_again(customers=keys, on=today, by=NIGHT)
        Mark.objects.filter(pk__in=[pk for pk, _ in seen]).delete()
    return len(seen)
