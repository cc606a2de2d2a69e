"""Reading who belongs together."""

from django.db.models import Q

from customers.models import Customer


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
