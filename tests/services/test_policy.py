"""A version of the policy: drafted, tried, put in force from a day, and never changed again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from collections_app.desk.policies import simulation
from collections_app.policy import queries, services
from collections_app.policy.models import Simulation, Version
from collections_app.policy.thresholds import Policy
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
STRICT = Policy().having("thresholds", bad=120)
STRICTER = Policy().having("thresholds", bad=90)


@pytest.fixture(autouse=True)
def house(db):
    make.business()


@pytest.fixture
def maria():
    return make.manager("maria")


def drafted(by, policy=STRICT):
    return services.draft(policy=policy, title="Stricter", by=by)


def in_force_from(day, by, policy=STRICT):
    return services.activate(version=make.policy_version(policy, by=by), starts_on=day, on=TODAY, by=by)


def state(version):
    return Version.objects.get(pk=version.pk).state


def test_without_a_version_the_defaults_of_the_product_count():
    assert queries.in_force(TODAY) == Policy()
    assert queries.version_in_force(TODAY) is None


def test_a_draft_changes_nothing(maria):
    version = make.policy_version(STRICT, by=maria)

    assert state(version) == "simulated"
    assert queries.in_force(TODAY + timedelta(days=400)) == Policy()


def test_a_version_counts_from_its_day_until_a_later_one_starts(maria):
    first = in_force_from(TODAY, maria)
    second = in_force_from(TODAY + timedelta(days=10), maria, STRICTER)

    def on(days):
        return queries.version_in_force(TODAY + timedelta(days=days))

    assert [on(-1), on(0), on(9), on(10), on(400)] == [None, first, first, second, second]
    assert queries.in_force(TODAY) == STRICT
    assert queries.in_force(TODAY - timedelta(days=1)) == Policy()
    found = queries.versions(TODAY)
    assert (found.in_force, found.coming, found.past, found.drafts) == (first, [second], [], [])
    found = queries.versions(TODAY + timedelta(days=10))
    assert (found.in_force, found.coming, found.past, found.drafts) == (second, [], [first], [])


def test_a_version_with_segments_is_in_force_with_them(maria):
    own = replace(STRICT, segments={"Key accounts": {"thresholds": {"bad": 240}}})
    in_force_from(TODAY, maria, own)

    assert queries.in_force(TODAY) == own
    assert queries.in_force(TODAY).thresholds_by_segment()["Key accounts"].bad == 240


def test_nothing_is_put_in_force_that_nobody_has_tried(maria):
    version = drafted(maria)

    with pytest.raises(services.NotSimulated, match="Try this version first"):
        services.activate(version=version, starts_on=TODAY, on=TODAY, by=maria)

    assert (state(version), queries.in_force(TODAY)) == ("draft", Policy())


def test_a_draft_that_was_changed_after_its_try_must_be_tried_again(maria):
    version = make.policy_version(STRICT, by=maria)

    services.revise(version=version, policy=STRICTER, title="Stricter", by=maria)

    assert state(version) == "draft"
    with pytest.raises(services.NotSimulated):
        services.activate(version=version, starts_on=TODAY, on=TODAY, by=maria)


def test_a_draft_that_says_again_what_was_tried_needs_no_other_try(maria):
    version = make.policy_version(STRICT, by=maria)
    services.revise(version=version, policy=STRICTER, title="Stricter", by=maria)

    services.revise(version=version, policy=STRICT, title="Stricter", by=maria)

    assert state(version) == "simulated"
    assert services.activate(version=version, starts_on=TODAY, on=TODAY, by=maria).state == "active"


def test_a_new_name_keeps_what_was_tried(maria):
    version = make.policy_version(STRICT, by=maria)

    services.revise(version=version, policy=STRICT, title="Stricter from December", by=maria)

    assert (state(version), Version.objects.get(pk=version.pk).title) == ("simulated", "Stricter from December")


def test_what_was_found_of_another_document_is_not_kept(maria):
    version = drafted(maria)
    before = version.digest
    services.revise(version=version, policy=STRICTER, title="Stricter", by=maria)

    with pytest.raises(services.NotSimulated, match="changed while it was tried"):
        services.keep_simulation(version=version, digest=before, as_of=TODAY, result={}, by=maria)

    assert not Simulation.objects.exists()


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "starts today or later"), (0, None), (1, None), (80_000, "starts on a day up to")]
)
def test_a_version_starts_today_or_later(maria, days, said):
    version = make.policy_version(STRICT, by=maria)
    starts_on = TODAY + timedelta(days=days)

    if said is None:
        assert services.activate(version=version, starts_on=starts_on, on=TODAY, by=maria).starts_on == starts_on
        return
    with pytest.raises(services.WrongStart, match=said):
        services.activate(version=version, starts_on=starts_on, on=TODAY, by=maria)
    assert state(version) == "simulated"


def test_two_versions_do_not_start_on_one_day(maria):
    in_force_from(TODAY, maria)
    second = make.policy_version(STRICTER, by=maria)

    with pytest.raises(services.WrongStart, match="Another version starts on 24 Nov 2026"):
        services.activate(version=second, starts_on=TODAY, on=TODAY, by=maria)

    assert queries.in_force(TODAY) == STRICT


def test_the_database_lets_no_two_active_versions_start_on_one_day(maria):
    in_force_from(TODAY, maria)

    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=make.policy_version(by=maria).pk).update(state="active", starts_on=TODAY)


def test_the_database_lets_no_version_be_active_without_a_day(maria):
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=drafted(maria).pk).update(state="active")


@pytest.mark.parametrize(
    "deed",
    [
        lambda version, by: services.revise(version=version, policy=STRICTER, title="Other", by=by),
        lambda version, by: services.discard(version=version, by=by),
        lambda version, by: services.activate(version=version, starts_on=date(2027, 1, 1), on=TODAY, by=by),
        lambda version, by: simulation.simulate(version=version, as_of=TODAY, by=by),
    ],
    ids=["revise", "discard", "activate again", "try again"],
)
def test_an_active_version_is_left_alone(maria, deed):
    version = in_force_from(TODAY, maria)
    before = Version.objects.values().get(pk=version.pk)

    with pytest.raises(services.IsActive, match="An active version never changes"):
        deed(version, maria)

    assert Version.objects.values().get(pk=version.pk) == before
    assert version.simulations.count() == 1


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "change",
    [
        lambda version: Version.objects.filter(pk=version.pk).update(document={}),
        lambda version: Version.objects.filter(pk=version.pk).update(starts_on=date(2027, 1, 1)),
        lambda version: Version.objects.filter(pk=version.pk).update(state="draft"),
        lambda version: Version.objects.filter(pk=version.pk).update(title="Other"),
        lambda version: Version.objects.filter(pk=version.pk).delete(),
        lambda version: version.simulations.update(result={}),
        lambda version: version.simulations.all().delete(),
    ],
)
def test_the_database_itself_keeps_an_active_version_and_its_try(maria, change):
    version = in_force_from(TODAY, maria)

    with pytest.raises(IntegrityError), transaction.atomic():
        change(version)


@pytest.mark.postgresql
def test_the_database_lets_nobody_touch_up_what_a_try_found(maria):
    version = make.policy_version(by=maria)

    with pytest.raises(IntegrityError), transaction.atomic():
        version.simulations.update(result={"moves": []})


def test_a_draft_is_discarded_with_its_tries_and_the_trail_keeps_it(maria):
    version = make.policy_version(by=maria)

    services.discard(version=version, by=maria)

    assert not Version.objects.exists() and not Simulation.objects.exists()
    assert Entry.objects.get(verb="policy.discarded").before["title"] == "Stricter"
    with pytest.raises(services.IsActive, match="was discarded"):
        services.revise(version=version, policy=STRICTER, title="Other", by=maria)


@pytest.mark.parametrize("person", [make.rep, make.finance, make.auditor])
def test_only_a_manager_or_an_admin_changes_the_policy(maria, person):
    somebody, version = person(), make.policy_version(by=maria)

    for deed in (
        lambda: drafted(somebody),
        lambda: services.revise(version=version, policy=STRICTER, title="Other", by=somebody),
        lambda: simulation.simulate(version=version, as_of=TODAY, by=somebody),
        lambda: services.activate(version=version, starts_on=TODAY, on=TODAY, by=somebody),
        lambda: services.discard(version=version, by=somebody),
    ):
        with pytest.raises(services.NoRight):
            deed()

    assert queries.in_force(TODAY) == Policy()
    assert (Version.objects.count(), Simulation.objects.count()) == (1, 1)


def test_an_admin_may_put_it_in_force():
    assert in_force_from(TODAY, make.admin_user()).state == "active"


def test_the_command_line_puts_nothing_in_force(maria):
    with pytest.raises(services.NoRight):
        services.activate(version=make.policy_version(by=maria), starts_on=TODAY, on=TODAY, by=make.BY)


def test_the_trail_has_every_step_with_what_was_changed(maria):
    version = make.policy_version(STRICT, by=maria)
    services.revise(version=version, policy=STRICTER, title="Stricter", by=maria)
    simulation.simulate(version=version, as_of=TODAY, by=maria)
    services.activate(version=version, starts_on=TODAY, on=TODAY, by=maria)

    steps = Entry.objects.filter(subject_type="policy.version", subject_key=str(version.pk)).order_by("pk")
    assert [step.verb for step in steps] == [
        "policy.drafted",
        "policy.simulated",
        "policy.revised",
        "policy.simulated",
        "policy.activated",
    ]
    assert (steps[2].before, steps[2].after) == ({"thresholds.bad": "120"}, {"thresholds.bad": "90"})
    assert (steps[4].actor_key, steps[4].after["starts_on"]) == ("maria", "2026-11-24")


def test_a_draft_saved_as_it_was_leaves_no_line_in_the_trail(maria):
    version = drafted(maria)

    services.revise(version=version, policy=STRICT, title="Stricter", by=maria)

    assert not Entry.objects.filter(verb="policy.revised").exists()
