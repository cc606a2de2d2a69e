"""Up to which amount somebody may approve: the rows that the business states, else the product's own."""

from decimal import Decimal

import pytest

from staff.models import Approval
from staff.queries import may_approve
from tests import factories as make

pytestmark = pytest.mark.django_db


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
def test_without_rows_each_role_approves_what_the_product_says(kind, role, amount, allowed):
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
