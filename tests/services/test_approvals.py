"""Who may approve how much: the rows that the business states, else the policy; and at whose customers."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from collections_app.cases import deciding
from collections_app.gate import credit_services as credit
from collections_app.gate import ladder_services as ladder
from collections_app.gate import services as gate
from collections_app.policy.thresholds import Policy
from collections_app.standings import policies
from collections_app.standings.models import Standing
from customers import services as customers
from receivables import services as receivables
from staff import approving
from staff import queries as staff
from staff.models import Approval
from staff.queries import who_decides_instead
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY


def may_approve(somebody, kind, amount, *, customers=(), on=TODAY):
    return staff.may_approve(somebody, kind, amount, customers=customers, on=on)


@pytest.mark.parametrize(
    ("role", "amount", "allowed"),
    [
        ("rep", "0.01", False),
        ("rep", None, False),
        ("manager", "5000.00", True),
        ("manager", "5000.01", False),
        ("manager", None, False),
        ("finance", "1000000.00", True),
        ("finance", None, True),
        ("admin", None, True),
        ("auditor", "0.01", False),
    ],
)
@pytest.mark.parametrize("kind", Approval.Kind.values)
def test_without_rows_and_versions_each_role_approves_what_the_product_says(kind, role, amount, allowed):
    somebody = make.person(role)

    assert may_approve(somebody, kind, amount and Decimal(amount)) is allowed


def test_a_row_of_the_business_replaces_what_the_product_says_for_its_role_and_kind_alone():
    Approval.objects.create(role="manager", kind="limit", up_to=Decimal(20000))
    Approval.objects.create(role="finance", kind="limit", up_to=Decimal(100))
    Approval.objects.create(role="rep", kind="extension", up_to=Decimal(50))
    manager, finance, rep = make.manager(), make.finance(), make.rep()

    assert may_approve(manager, "limit", Decimal(20000))
    assert not may_approve(manager, "limit", Decimal("20000.01"))
    assert not may_approve(manager, "override", Decimal(20000))
    assert may_approve(finance, "limit", Decimal(100))
    assert not may_approve(finance, "limit", None)
    assert may_approve(rep, "extension", Decimal(50))
    assert not may_approve(rep, "limit", Decimal(1))


def test_a_row_without_an_amount_allows_any_and_an_auditor_approves_nothing_even_with_one():
    Approval.objects.create(role="manager", kind="ladder", up_to=None)
    Approval.objects.create(role="auditor", kind="ladder", up_to=None)

    assert may_approve(make.manager(), "ladder", None)
    assert not may_approve(make.auditor(), "ladder", Decimal(1))


# What the policy says


def in_force(policy: Policy) -> None:
    boss = make.admin_user()
    policies.activate(version=make.policy_version(policy, by=boss), starts_on=TODAY, on=TODAY, by=boss)


def late_in(standing: str, *, days: int, amount: int = 100, segment: str = ""):
    """An item of a customer of its own, whose present standing is this one."""
    item = make.due_item(make.customer(segment=segment), amount, due_date=TODAY - timedelta(days=days))
    Standing.objects.create(
        due_item=item, customer=item.customer, standing=standing, rule="late", since=TODAY, from_night=TODAY,
        open_amount=amount,
    )  # fmt: skip
    return item


def test_the_policy_says_how_much_a_manager_decides_and_a_row_excepts_from_it():
    in_force(Policy().having("approvals", manager_up_to="200"))
    Approval.objects.create(role="manager", kind="limit", up_to=Decimal(900))
    manager = make.manager()

    assert may_approve(manager, "extension", Decimal(200))
    assert not may_approve(manager, "extension", Decimal("200.01"))
    assert may_approve(manager, "limit", Decimal(900))
    assert may_approve(make.finance(), "extension", Decimal(10**9))


def test_a_limit_counts_from_the_day_of_its_version():
    boss, manager = make.admin_user(), make.manager()
    version = make.policy_version(Policy().having("approvals", manager_up_to="200"), by=boss)
    policies.activate(version=version, starts_on=TODAY + timedelta(days=7), on=TODAY, by=boss)

    assert may_approve(manager, "override", Decimal(5000), on=TODAY)
    assert not may_approve(manager, "override", Decimal(5000), on=TODAY + timedelta(days=7))


@pytest.mark.parametrize(
    ("named", "allowed"),
    [("manager", {"manager", "finance", "admin"}), ("finance", {"finance", "admin"}), ("admin", {"admin"})],
)
def test_the_approver_of_the_worst_standing_is_the_lowest_role_that_decides(named, allowed):
    make.business()
    in_force(Policy().having("efforts.bad", approver=named))
    bad, overdue = late_in("bad", days=200), late_in("overdue", days=5)
    late_in("unpaid", days=-5)
    roles = ("rep", "manager", "finance", "auditor", "admin")

    def deciders(*items):
        keys = [item.customer_id for item in items]
        return {role for role in roles if may_approve(make.person(role), "override", Decimal(1), customers=keys)}

    assert deciders(bad) == allowed
    assert deciders(overdue) == {"manager", "finance", "admin"}
    assert deciders(overdue, bad) == allowed  # of a group: whoever is worst


def test_the_worst_item_of_a_customer_and_the_policy_of_its_segment_decide():
    make.business()
    own = {"Key accounts": {"efforts.bad": {"approver": "admin"}}}
    in_force(replace(Policy(), segments=own))
    usual, key_account = late_in("bad", days=200), late_in("bad", days=200, segment="Key accounts")
    make.due_item(key_account.customer, 5, due_date=TODAY)
    finance = make.finance()

    assert may_approve(finance, "limit", Decimal(1), customers=[usual.customer_id])
    assert not may_approve(finance, "limit", Decimal(1), customers=[key_account.customer_id])


def test_a_row_of_the_rights_does_not_get_past_the_approver_of_a_standing():
    make.business()
    Approval.objects.create(role="manager", kind="extension", up_to=None)
    in_force(Policy().having("efforts.bad", approver="finance"))
    item = late_in("bad", days=200)

    assert not may_approve(make.manager(), "extension", Decimal(1), customers=[item.customer_id])


def test_more_time_and_overrides_go_by_it_and_say_who_decides_instead():
    make.business()
    in_force(Policy().having("efforts.bad", approver="finance"))
    item = late_in("bad", days=200)
    asked = make.extension(item, until=TODAY + timedelta(days=9))
    plan = make.instalment_plan([late_in("bad", days=200)])
    manager, finance = make.manager("maria"), make.finance("finn")
    said = "About a customer in this standing finance or an admin decides."

    for deed in (
        lambda: receivables.grant_extension(extension=asked, on=TODAY, by=manager),
        lambda: receivables.decline_extension(extension=asked, on=TODAY, by=manager, because="No"),
        lambda: receivables.grant_plan(plan=plan, on=TODAY, by=manager),
    ):
        with pytest.raises(receivables.NotPermitted, match=said):
            deed()
    with pytest.raises(deciding.NotYours, match=said):
        deciding.override_standing(
            due_item=item, standing="overdue", because="So", ends_before=TODAY + timedelta(days=9), on=TODAY,
            by=manager,
        )  # fmt: skip

    assert receivables.grant_extension(extension=asked, on=TODAY, by=finance).approved_by == "finn"
    assert who_decides_instead(finance, customers=[item.customer_id], on=TODAY) == ""


def test_the_page_of_an_extension_says_who_decides_instead_of_offering_a_button(client):
    make.business()
    in_force(Policy().having("efforts.bad", approver="finance"))
    item = late_in("bad", days=200)
    manager = make.manager()
    customers.hand_to(customer=item.customer, rep=make.rep(), on=TODAY, by=make.BY)
    asked = make.extension(item, until=TODAY + timedelta(days=9))
    client.force_login(manager)

    page = client.get(f"/more-time/extensions/{asked.pk}/").content.decode()

    assert "About a customer in this standing finance or an admin decides." in page
    assert "/grant/" not in page


def test_a_policy_without_higher_approvers_reads_no_standing(count_queries):
    item = make.due_item(make.customer(), 100, due_date=TODAY)

    few = count_queries(lambda: approving.terms(customers=[], on=TODAY))

    assert count_queries(lambda: approving.terms(customers=[item.customer_id], on=TODAY)) == few == 1


def test_an_empty_slot_refuses(monkeypatch):
    monkeypatch.setattr(approving, "_installed", [])

    with pytest.raises(approving.NothingInstalled):
        may_approve(make.manager(), "limit", Decimal(1))


def test_the_gate_its_limits_and_its_ladder_go_by_it_too():
    make.business()
    in_force(Policy().having("efforts.bad", approver="finance"))
    item = late_in("bad", days=200, amount=900)
    shipment = make.shipment(make.contract(item.customer))
    manager, said = make.manager(), "About a customer in this standing finance or an admin decides."
    how = {"on": TODAY, "by": manager}

    with pytest.raises(gate.NotPermitted, match=said):
        gate.override(shipment=shipment, reason="So", ends_before=TODAY + timedelta(days=2), **how)
    with pytest.raises(credit.NotGranted, match=said):
        credit.grant_limit(
            customer=item.customer, amount=Decimal(5), currency="EUR", starts_on=TODAY, because="So", **how
        )
    with pytest.raises(ladder.NotApproved, match=said):
        ladder.climb(customer=item.customer, rung=1, because="So", clause="clause 7", lost_margin=Decimal(0), **how)
