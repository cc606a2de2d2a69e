"""Who writes and who is written to: read once for all letters of a run, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db.models import Q

from collections_app.letters.address import Person
from collections_app.letters.queries import Proposed
from collections_app.letters.sheet import Agreement, Credited, Letterhead, Recipient
from common import postal
from common.money import ZERO
from common.postal import Place
from contracts.models import Contract
from customers import addressed
from customers.models import Customer
from receivables.models import Allocation
from staff.models import BankAccount, Business

AT_ONCE = 500


def letterheads() -> dict[str, Letterhead]:
    """By currency: the business with its bank account. Empty where the business has not been entered."""
    business = Business.objects.order_by("pk").first()
    if business is None:
        return {}
    place = Place(business.street, business.postcode, business.city, business.country)
    return {
        account.currency: Letterhead(
            name=business.name,
            tagline=business.tagline,
            place=place,
            country_name=postal.country_name(business.country),
            registration=business.registration,
            vat_id=business.vat_id,
            phone=business.phone,
            email=business.email,
            contact=business.contact_name,
            bank_name=account.bank_name,
            iban=account.iban,
            bic=account.bic,
            calendar=business.calendar,
        )
        for account in BankAccount.objects.order_by("pk")
    }


def of(letters: Sequence[Proposed], *, as_of: date) -> dict[tuple[int, str], Recipient]:
    """By customer and currency."""
    found = {}
    for at in range(0, len(letters), AT_ONCE):
        some = letters[at : at + AT_ONCE]
        customers = {
            customer.pk: customer
            for customer in Customer.objects.filter(pk__in={letter.customer_id for letter in some})
            .select_related("owner")
            .prefetch_related("sites", "contacts", "contracts")
        }
        credited = _credited(some, as_of)
        for letter in some:
            customer = customers[letter.customer_id]
            key = (letter.customer_id, letter.currency)
            found[key] = _recipient(customer, letter, as_of, credited.get(key))
    return found


def of_customer(customer: Customer, *, as_of: date) -> Recipient:
    """One customer, without a contract named: for statements."""
    contact = addressed.contact(customer, as_of)
    return Recipient(
        code=customer.code,
        name=customer.name,
        place=addressed.place(customer),
        person=Person(contact.name, contact.salutation) if contact else Person(),
        rep=customer.owner.get_full_name() if customer.owner else "",
        rep_phone=customer.owner.phone if customer.owner else "",
        agreement=None,
        credited=None,
    )


def _recipient(customer: Customer, letter: Proposed, as_of: date, credited: Credited | None) -> Recipient:
    return replace(
        of_customer(customer, as_of=as_of),
        agreement=_agreement(customer.contracts.all(), letter, as_of),
        credited=credited,
    )


def _agreement(contracts: Iterable[Contract], letter: Proposed, as_of: date) -> Agreement | None:
    """The one contract of all items; without deliveries the one active contract in the currency. Else none is named."""
    every = list(contracts)
    named = {item.contract_id for item in letter.items}
    of_items = [one for one in every if one.pk in named]
    if named and None not in named:
        chosen = of_items
    else:
        chosen = [
            one
            for one in every
            if one.state == Contract.State.ACTIVE and one.currency == letter.currency and one.starts_on <= as_of
        ]
        if of_items and of_items != chosen:
            return None
    if len(chosen) != 1:
        return None
    [contract] = chosen
    days = contract.parameters.get("days")
    return Agreement(
        number=contract.number,
        signed_on=contract.signed_on,
        clause=contract.settlement_clause,
        method=contract.method,
        days=days if isinstance(days, int) else None,
        counted_from=str(contract.parameters.get("from", "")),
    )


def _credited(letters: Sequence[Proposed], as_of: date) -> dict[tuple[int, str], Credited]:
    """What had come in on the part-paid items of each letter by the day, and when the last of it came."""
    of_letter = {
        item.due_item_id: (letter.customer_id, letter.currency)
        for letter in letters
        for item in letter.items
        if item.paid > ZERO
    }
    sums: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    days: dict[tuple[int, str], list[date]] = defaultdict(list)
    sources: dict[tuple[int, str], set[tuple[int | None, Decimal | None]]] = defaultdict(set)
    keys = list(of_letter)
    for at in range(0, len(keys), AT_ONCE):
        live = Allocation.objects.filter(
            Q(reversed_by=None) | Q(reversed_by__applies_on__gt=as_of),
            due_item__in=keys[at : at + AT_ONCE],
            write_off=None,
            reverses=None,
            applies_on__lte=as_of,
        ).select_related("payment", "due_item")
        for row in live.order_by("pk"):
            if row.due_item is None:
                continue
            key = of_letter[row.due_item.pk]
            sums[key] += row.amount
            days[key].append(row.payment.received_on if row.payment else row.applies_on)
            sources[key].add((row.payment_id, row.payment.amount if row.payment else None))
    return {
        key: Credited(
            amount=amount,
            last_on=max(days[key]),
            is_one_payment=len(sources[key]) == 1 and next(iter(sources[key]))[1] == amount,
        )
        for key, amount in sums.items()
    }
