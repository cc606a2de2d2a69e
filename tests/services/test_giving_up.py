"""Write-offs by two persons, claims that outlive them, and charges: claimed, paid, waived, reversed."""

from datetime import date
from decimal import Decimal

import pytest

from audit.models import Entry
from collections_app import books
from contracts.models import Contract
from receivables import services
from receivables.models import Allocation, Charge, DueItem, WriteOff
from staff.models import Business
from tests import factories as make

pytestmark = pytest.mark.django_db
DUE, DAY, LATER = date(2026, 1, 10), date(2026, 3, 2), date(2026, 4, 1)


@pytest.fixture
def customer(db):
    make.business()
    return make.customer()


@pytest.fixture
def item(customer):
    return make.due_item(customer, 100, due_date=DUE)


@pytest.fixture
def niamh(db):
    return make.finance("niamh")


def ask(item, niamh, amount=100, code="bad debt"):
    return services.ask_write_off(
        target=item, amount=Decimal(amount), code=code, because="Insolvent, letter of the court", on=DAY, by=niamh
    )


def fee(item, amount=40, kind="fee", on=DAY):
    return services.claim(
        due_item=item, kind=kind, amount=Decimal(amount), basis="Act of 2002, section 5", on=on, by=make.BY
    )


def now(row):
    return type(row).objects.get(pk=row.pk)


def in_order():
    report = books.check(as_of=LATER)
    return {one.name: one.broken for one in report.invariants if one.broken} == {}


def test_asking_changes_nothing_until_another_person_grants_it(item, niamh):
    asked = ask(item, niamh)
    assert now(item).open_amount == Decimal(100)

    for refused in (services.grant_write_off, services.decline_write_off):
        said = {} if refused is services.grant_write_off else {"because": "No"}
        with pytest.raises(services.NotPermitted, match="second person"):
            refused(write_off=asked, on=DAY, by=niamh, **said)
    assert (now(asked).state, now(item).open_amount) == ("asked", Decimal(100))

    services.grant_write_off(write_off=asked, on=LATER, by=make.manager())

    assert (now(item).open_amount, now(item).claim_amount, now(item).settled_on) == (0, Decimal(100), LATER)
    assert in_order()


def test_what_was_decided_stays_decided(item, niamh):
    asked = ask(item, niamh)
    services.decline_write_off(write_off=asked, on=DAY, by=make.manager(), because="They promised to pay")

    with pytest.raises(services.AlreadyDone, match="decided already"):
        services.grant_write_off(write_off=asked, on=DAY, by=make.manager())
    with pytest.raises(services.AlreadyDone, match="Only a granted"):
        services.reverse_write_off(write_off=asked, on=DAY, by=niamh, because="?")
    assert now(item).open_amount == Decimal(100)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"amount": Decimal("100.01")}, services.OverAllocated),
        ({"amount": Decimal(0)}, services.NotAnAmount),
        ({"because": " "}, services.NoReason),
        ({"on": date(2100, 1, 1)}, services.NotYet),
    ],
)
def test_a_bad_request_is_refused(item, niamh, values, refusal):
    good = {"amount": Decimal(100), "code": "bad debt", "because": "Insolvent", "on": DAY, "by": niamh}

    with pytest.raises(refusal):
        services.ask_write_off(target=item, **good | values)

    assert not WriteOff.objects.exists()


def test_what_was_paid_meanwhile_is_not_written_off(item, niamh):
    asked = ask(item, niamh)
    make.payment(item.customer, 60, received_on=DAY)

    with pytest.raises(services.OverAllocated, match="Less is open now"):
        services.grant_write_off(write_off=asked, on=LATER, by=make.manager())

    assert now(item).open_amount == Decimal(40)


def test_money_on_a_claim_takes_the_write_off_back_by_that_amount_first(item, niamh):
    services.grant_write_off(write_off=ask(item, niamh), on=DAY, by=make.manager())

    payment = make.payment(item.customer, 30, received_on=LATER, lines=[(item.pk, Decimal(30))])

    assert (now(item).open_amount, now(item).claim_amount, payment.unapplied_amount) == (0, Decimal(70), 0)
    assert sorted(Allocation.objects.filter(write_off__isnull=False).values_list("amount", flat=True)) == [
        -100,
        70,
        100,
    ]
    with pytest.raises(services.OverAllocated, match=r"owes only €70\.00"):
        make.payment(item.customer, 71, received_on=LATER, lines=[(item.pk, Decimal(71))])
    assert in_order()


def test_a_price_difference_leaves_no_claim_and_its_reversal_opens_the_item(item, niamh):
    asked = ask(item, niamh, amount=10, code="price")
    services.grant_write_off(write_off=asked, on=DAY, by=make.manager())
    assert (now(item).open_amount, now(item).claim_amount) == (Decimal(90), 0)

    services.reverse_write_off(write_off=asked, on=LATER, by=make.manager(), because="They pay the full price")

    assert (now(item).open_amount, now(asked).state) == (Decimal(100), "reversed")
    assert in_order()


def test_a_claim_that_is_waived_by_a_second_person_is_gone_for_good(item, niamh):
    asked = ask(item, niamh)
    services.grant_write_off(write_off=asked, on=DAY, by=make.manager())

    assert services.waive_claim(due_item=item, because="Settled in court", on=LATER, by=make.manager()) == 100

    assert (now(item).claim_amount, now(item).open_amount, now(asked).claim_waived_on) == (0, 0, LATER)
    said = Entry.objects.get(verb="receivables.claim_waived")
    assert (said.subject_key, said.after["because"]) == (str(asked.pk), "Settled in court")
    with pytest.raises(services.ForeignItem, match="settled"):
        make.payment(item.customer, 30, received_on=LATER, lines=[(item.pk, Decimal(30))])
    with pytest.raises(services.AlreadyDone, match="Nothing is claimed"):
        services.waive_claim(due_item=item, because="Again", on=LATER, by=make.manager())
    assert in_order()


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"because": " "}, services.NoReason),
        ({"on": DUE}, services.TooEarly),
        ({"on": date(2100, 1, 1)}, services.NotYet),
    ],
)
def test_a_claim_is_waived_with_a_reason_and_not_before_it_was_written_off(item, niamh, values, refusal):
    services.grant_write_off(write_off=ask(item, niamh), on=DAY, by=make.manager())
    good = {"because": "Settled in court", "on": LATER, "by": make.manager()}

    with pytest.raises(refusal):
        services.waive_claim(due_item=item, **good | values)

    assert now(item).claim_amount == Decimal(100)


def test_whoever_asked_for_the_write_off_does_not_waive_its_claim(item, niamh):
    services.grant_write_off(write_off=ask(item, niamh), on=DAY, by=make.manager())

    with pytest.raises(services.NotPermitted, match="second person"):
        services.waive_claim(due_item=item, because="Let it be", on=LATER, by=niamh)

    assert now(item).claim_amount == Decimal(100)


def test_a_write_off_reversed_after_its_claim_was_waived_opens_the_item_and_no_claim(item, niamh):
    asked = ask(item, niamh)
    services.grant_write_off(write_off=asked, on=DAY, by=make.manager())
    services.waive_claim(due_item=item, because="Settled in court", on=LATER, by=make.manager())

    services.reverse_write_off(write_off=asked, on=LATER, by=make.manager(), because="They pay after all")

    assert (now(item).open_amount, now(item).claim_amount) == (Decimal(100), 0)
    assert in_order()


def test_money_settles_cost_then_interest_then_principal_of_what_is_due(item):
    cost, interest = fee(item, 40), fee(item, 7, kind="interest")

    make.payment(item.customer, 50, received_on=LATER)

    assert (now(cost).open_amount, now(interest).open_amount, now(item).open_amount) == (0, 0, Decimal(97))
    assert in_order()


def test_the_place_or_the_contract_may_say_principal_first(item):
    cost = fee(item, 40)
    Business.objects.update(charges_first=False)
    make.payment(item.customer, 60, received_on=LATER)
    assert (now(item).open_amount, now(cost).open_amount) == (Decimal(40), Decimal(40))

    Contract.objects.create(
        customer=item.customer, number="K-1", state=Contract.State.ACTIVE, starts_on=DUE, charges_first=True,
        method="net", parameters={"days": 30},
    )  # fmt: skip
    make.payment(item.customer, 30, received_on=LATER)
    assert (now(item).open_amount, now(cost).open_amount) == (Decimal(40), Decimal(10))


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"basis": " "}, services.NoBasis),
        ({"on": DUE}, services.NoBasis),
        ({"amount": Decimal("-1")}, services.NotAnAmount),
        ({"amount": Decimal("0.001")}, services.NotAnAmount),
        ({"on": date(2100, 1, 1)}, services.NotYet),
    ],
)
def test_a_charge_without_a_ground_or_before_the_item_is_late_is_refused(item, values, refusal):
    good = {"kind": "interest", "amount": Decimal(5), "basis": "Clause 7", "on": DAY, "by": make.BY}

    with pytest.raises(refusal):
        services.claim(due_item=item, **good | values)

    assert not Charge.objects.exists()


def test_the_fixed_sum_is_due_once_and_again_only_after_it_was_reversed(item):
    first = fee(item, kind="fixed sum")
    with pytest.raises(services.AlreadyDone, match="due once"):
        fee(item, kind="fixed sum")

    services.reverse_charge(charge=first, because="Claimed too early", on=LATER, by=make.BY)

    assert fee(item, kind="fixed sum", on=LATER).open_amount == Decimal(40)


def test_a_waived_part_is_no_longer_open_and_more_than_is_open_cannot_be_waived(item):
    charge = fee(item)
    services.waive(charge=charge, amount=Decimal(15), because="Good customer", on=LATER, by=make.BY)
    assert now(charge).open_amount == Decimal(25)

    with pytest.raises(services.OverAllocated):
        services.waive(charge=charge, amount=Decimal(26), because="All of it", on=LATER, by=make.BY)

    waiver = WriteOff.objects.get()
    assert (waiver.code, waiver.state, waiver.by_rule) == ("waived", "granted", "Good customer")
    assert in_order()


def test_a_reversed_charge_gives_its_money_back_and_is_reversed_once(item):
    charge = fee(item)
    payment = make.payment(item.customer, 40, received_on=DAY, charges=[(charge.pk, Decimal(40))])

    services.reverse_charge(charge=charge, because="No basis", on=LATER, by=make.BY)

    assert (now(charge).open_amount, now(payment).unapplied_amount) == (0, Decimal(40))
    with pytest.raises(services.AlreadyDone, match="reversed already"):
        services.reverse_charge(charge=charge, because="Again", on=LATER, by=make.BY)
    with pytest.raises(services.ForeignItem):
        services.allocate(source=payment, lines=[], charges=[(charge.pk, Decimal(1))], on=LATER, by=make.BY)
    assert in_order()


def test_a_charge_bears_no_interest_and_stays_out_of_what_the_item_owes(item):
    fee(item)

    assert DueItem.objects.get().open_amount == Decimal(100)
    with pytest.raises(services.OverAllocated, match=r"owes only €100\.00"):
        make.payment(item.customer, 140, received_on=DAY, lines=[(item.pk, Decimal(140))])
