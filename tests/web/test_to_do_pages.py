"""What is to do about customers: who sees it, and what is done."""

from datetime import timedelta

import pytest
from django.urls import reverse

from collections_app.cases import services
from collections_app.cases.models import ToDo
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    make.business()
    return make.rep("carmen")


def task(customer, about="SH-1", **values):
    values = {"because": "slow batch", "due_on": make.TODAY, "on": make.TODAY, "by": make.BY} | values
    return services.open_to_do(customer=customer, about=about, **values)


def test_a_rep_sees_what_is_to_do_about_the_own_customers_soonest_first(client, rep):
    own = make.customer(owner=rep)
    task(own, "SH-2", due_on=make.TODAY + timedelta(days=3))
    task(own, "SH-1")
    task(make.customer(owner=make.rep("other")), "SH-9")
    client.force_login(rep)

    page = client.get(reverse("desk:to-dos")).content.decode()

    assert page.index("SH-1") < page.index("SH-2")
    assert "SH-9" not in page


def test_what_is_done_leaves_the_list_and_says_who_did_it(client, rep):
    row = task(make.customer(owner=rep))
    client.force_login(rep)

    client.post(reverse("desk:to-do-done", args=[row.pk]))

    assert "SH-1" not in client.get(reverse("desk:to-dos")).content.decode()
    assert "SH-1" in client.get(reverse("desk:to-dos"), {"state": "done"}).content.decode()
    assert "24 Nov 2026, Carmen" in client.get(reverse("desk:to-do", args=[row.pk])).content.decode()


def test_done_twice_is_done_once(client, rep):
    row = task(make.customer(owner=rep))
    client.force_login(rep)

    for _ in range(2):
        client.post(reverse("desk:to-do-done", args=[row.pk]))

    assert ToDo.objects.get().done_by == "carmen"
    page = client.get(reverse("desk:to-dos")).content.decode()
    assert "It was done before; nothing was changed." in page
