"""Reading who belongs together."""

from django.db.models import Q

from audit.models import Entry
from customers.models import Customer

PAYER_SET = "customers.payer_set"  # the verb of the trail


def pays_for(customer: Customer) -> list[int]:
    """Keys of the accounts whose money this customer sends: its own and those that name it as their payer."""
    return sorted({customer.pk, *Customer.objects.filter(payer=customer).values_list("pk", flat=True)})


def family(customer: Customer) -> list[int]:
    """Keys of the accounts between which money may go: one payer, or one group."""
    root = customer.payer_id or customer.pk
    together = Q(pk=root) | Q(payer=root) | Q(pk=customer.pk)
    if customer.group_id is not None:
        together |= Q(group=customer.group_id)
    return sorted(Customer.objects.filter(together).values_list("pk", flat=True))


def paid_for_ever() -> set[tuple[int, int]]:
    """Pairs of a payer and an account it pays for, or has paid for: money that went between them stays right."""
    now = Customer.objects.exclude(payer=None).values_list("payer", "pk")
    then = Entry.objects.filter(verb=PAYER_SET).values_list("before", "subject_key")
    return {*now, *((before["payer"], int(key)) for before, key in then if before.get("payer"))}
