"""The sample company itself: letterhead, accounts, people, goods, rates. Stored before the first customer.

Written directly: the floors below have no verb that founds a company.
"""

from datetime import date

from contracts.models import Product
from customers.models import Customer
from demo import company, people
from demo.people import Person
from demo.places import Region, region_of
from demo.sales import HISTORY
from receivables.models import Rate
from staff.models import BankAccount, Business, Role, Team, User


def found(*, as_of: date) -> Business:
    """The business with its accounts; a database that has a business keeps its letterhead."""
    business = Business.objects.order_by("pk").first()
    if business is None:
        business = Business.objects.create(**company.LETTERHEAD, opening_on=as_of - HISTORY)
    have = set(BankAccount.objects.values_list("currency", flat=True))
    BankAccount.objects.bulk_create(
        [
            BankAccount(business=business, currency=currency, bank_name=bank, iban=iban, bic=bic)
            for currency, bank, iban, bic in company.BANK_ACCOUNTS
            if currency not in have
        ]
    )
    return business


def hire(count: int) -> tuple[list[User], User]:
    """Reps with their teams, the office, and the rep who left; returns the reps in order and the one who left."""
    reps = [_employ(person, region_of(place)) for place, person in enumerate(people.reps(count))]
    former = _employ(people.FORMER_REP, region_of(0), has_left=True)
    for person in people.OFFICE:
        user = _employ(person)
        if user.role == Role.MANAGER:
            user.led_teams.set(Team.objects.all())
    return reps, former


def _employ(person: Person, region: Region | None = None, *, has_left: bool = False) -> User:
    known = User.objects.filter(username=person.username).first()
    if known is not None:
        return known
    user = User(
        username=person.username,
        first_name=person.first_name,
        last_name=person.last_name,
        email=f"{person.username}@brightwater.example",
        role=person.role,
        language=person.language,
        phone=person.phone,
        is_active=not has_left,
        is_staff=person.role == Role.ADMIN,
        is_superuser=person.role == Role.ADMIN,
    )
    if region is not None:
        user.team, _ = Team.objects.get_or_create(name=region.team)
        user.latitude, user.longitude = region.towns[0].latitude, region.towns[0].longitude
    if has_left:
        user.set_unusable_password()
    else:
        user.set_password(people.PASSWORD)
    user.save()
    return user


def stock() -> dict[str, int]:
    """Products by code, as keys."""
    Product.objects.bulk_create(
        [Product(code=good.code, name=good.name, unit=good.unit) for good in company.GOODS], ignore_conflicts=True
    )
    return dict(Product.objects.values_list("code", "pk"))


def state_rates(*, as_of: date) -> None:
    Rate.objects.bulk_create(
        [
            Rate(currency=currency, on=on, rate=rate, source=company.RATE_SOURCE)
            for currency, on, rate in company.rates(since=as_of - HISTORY, until=as_of)
        ],
        ignore_conflicts=True,
    )


def has_customers() -> bool:
    return Customer.objects.exists()
