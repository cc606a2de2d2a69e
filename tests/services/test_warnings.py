"""Early warnings: computed once, lasting while they hold, dismissed, seen, seconded, and in a circle."""

from datetime import timedelta

import pytest

from audit.models import Entry
from collections_app.cases import services as cases
from collections_app.cases import warnings
from collections_app.cases.models import EarlyWarning, ToDo
from collections_app.cases.warning_rules import counts_fully
from collections_app.cases.warning_watch import Watch
from common.refusals import Refused
from customers.models import Mark
from receivables.models import Extension
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
DAY = timedelta(days=1)


@pytest.fixture
def carmen():
    make.business()
    return make.rep("carmen")


@pytest.fixture
def maria(carmen):
    return make.manager("maria")


@pytest.fixture
def silent(carmen):
    """Owes, was always reached, and does not answer any more."""
    customer = make.customer(owner=carmen, code="SILENT")
    make.due_item(customer, 500, due_date=TODAY - 40 * DAY)
    for ago in range(60, 360, 30):
        reach(customer, ago, reached=True)
    for ago in (30, 20, 10):
        reach(customer, ago, reached=False)
    return customer


def reach(customer, ago, *, reached):
    cases.made_contact(customer=customer, channel="call", reached=reached, on=TODAY - ago * DAY, by=make.BY)


def compute(as_of=TODAY, **values):
    return warnings.compute(as_of=as_of, by=make.BY, **values)


def rows(customer):
    return list(EarlyWarning.objects.filter(customer=customer).order_by("reported_on", "pk"))


def marks(customer, because="warning"):
    return Mark.objects.filter(customer=customer, because=because).count()


def test_the_night_finds_a_sign_and_leaves_its_evidence_a_mark_and_a_line_of_the_trail(silent):
    assert compute() == 1

    [row] = rows(silent)
    assert (row.kind, row.source, row.reported_on) == ("unanswered", "book", TODAY)
    assert row.evidence["times"] == 3
    assert row.evidence["since"] == (TODAY - 30 * DAY).isoformat()
    assert marks(silent) == 1
    assert Entry.objects.filter(verb="cases.warned", subject_key=str(row.pk)).count() == 1


def test_the_night_run_twice_changes_nothing_more(silent):
    compute()
    before = list(EarlyWarning.objects.values())

    assert compute() == 0

    assert list(EarlyWarning.objects.values()) == before
    assert marks(silent) == 1


def test_a_sign_that_still_holds_lasts_longer_and_is_no_news(silent):
    compute()

    compute(TODAY + 5 * DAY)

    [row] = rows(silent)
    assert row.expires_on == TODAY + 5 * DAY + timedelta(days=Watch().lasts["unanswered"])
    assert marks(silent) == 1


def test_a_sign_that_is_gone_ends_by_itself(silent):
    compute()
    [row] = rows(silent)
    make.payment(silent, 500, received_on=TODAY)

    compute(TODAY + DAY)

    row.refresh_from_db()
    assert row.expires_on == TODAY + timedelta(days=Watch().lasts["unanswered"])


def test_a_dismissed_one_does_not_come_back_before_it_would_have_ended(silent, maria):
    compute()
    [row] = rows(silent)
    warnings.dismiss(warning=row, because="Moved to a new number", on=TODAY, by=maria)
    row.refresh_from_db()

    for ahead in (0, 1, 10, 29):
        assert compute(TODAY + ahead * DAY) == 0

    for ago in (-26, -27, -28):
        reach(silent, ago, reached=False)
    assert compute(row.expires_on) == 1
    assert [one.reported_on for one in rows(silent)] == [TODAY, row.expires_on]


def test_looking_at_an_earlier_day_afterwards_does_not_repeat_what_a_later_one_found(silent):
    compute()

    assert compute(TODAY - DAY) == 0
    assert len(rows(silent)) == 1


def test_what_comes_after_the_day_is_no_evidence_of_it(silent):
    assert compute(TODAY - 21 * DAY) == 0  # the second call was made later


def test_only_the_customers_that_were_named_are_looked_at(silent):
    assert compute(customers=[make.customer().pk]) == 0
    assert compute(customers=[silent.pk]) == 1


def test_a_larger_book_takes_no_more_statements(silent, count_queries):
    compute()
    owes_and_is_not_there()
    few = count_queries(compute)
    for _ in range(20):
        owes_and_is_not_there()

    assert count_queries(compute) == few


def owes_and_is_not_there():
    other = make.customer()
    make.due_item(other, 100, due_date=TODAY - 10 * DAY)
    reach(other, 2, reached=False)


def test_a_worse_sign_takes_the_place_of_the_lesser_one_and_the_past_stays_as_it_was(carmen):
    customer = make.customer(owner=carmen)
    for ago in (9, 5):
        ask_for_time(customer, ago=ago)
    compute()
    [marked] = rows(customer)
    for ago in (1, 0):
        ask_for_time(customer, ago=ago)

    compute(TODAY + DAY)

    marked.refresh_from_db()
    [_, severe] = rows(customer)
    assert (marked.severity, marked.reported_on, marked.expires_on) == ("marked", TODAY, TODAY + DAY)
    assert (severe.severity, severe.reported_on) == ("severe", TODAY + DAY)
    assert marks(customer) == 2


def ask_for_time(customer, *, ago):
    item = make.due_item(customer, 100, due_date=TODAY + 9 * DAY)
    asked = make.extension(item, until=TODAY + 30 * DAY)
    Extension.objects.filter(pk=asked.pk).update(asked_on=TODAY - ago * DAY)


# Seen in the field


def test_a_severe_sighting_counts_fully_only_once_somebody_else_has_seen_it(carmen):
    customer = make.customer(owner=carmen)
    [row] = warnings.see(customer=customer, kind="closing", on=TODAY, by=carmen)
    assert row.source == "field"
    assert not fully(row)

    warnings.see(customer=customer, kind="closing", on=TODAY, by=carmen)
    row.refresh_from_db()
    assert not fully(row)

    warnings.see(customer=customer, kind="closing", on=TODAY + 30 * DAY, by=make.rep("tom"))
    row.refresh_from_db()

    assert len(rows(customer)) == 1
    assert (row.seconded_on, row.seconded_by) == (TODAY + 30 * DAY, "tom")
    assert fully(row, TODAY + 30 * DAY)
    assert not fully(row, TODAY + 29 * DAY)
    assert marks(customer, "warning seconded") == 1


def fully(row, as_of=TODAY):
    return counts_fully(source=row.source, severity=row.severity, seconded_on=row.seconded_on, as_of=as_of)


def test_a_second_sighting_after_thirty_days_is_no_second_source(carmen):
    customer = make.customer(owner=carmen)
    [row] = warnings.see(customer=customer, kind="closing", on=TODAY, by=carmen)

    warnings.see(customer=customer, kind="closing", on=TODAY + 31 * DAY, by=make.rep("tom"))

    row.refresh_from_db()
    assert row.seconded_on is None


def test_a_manager_confirms_and_nobody_confirms_the_own_sighting(carmen, maria):
    customer = make.customer(owner=carmen)
    [row] = warnings.see(customer=customer, kind="dumping", on=TODAY, by=carmen)
    with pytest.raises(Refused, match="A manager confirms"):
        warnings.second(warning=row, on=TODAY, by=carmen)

    warnings.second(warning=row, on=TODAY, by=maria)

    row.refresh_from_db()
    assert fully(row)
    assert row.seconded_by == "maria"
    with pytest.raises(Refused, match="counts fully already"):
        warnings.second(warning=row, on=TODAY, by=maria)


def test_what_a_manager_was_told_counts_at_once(maria):
    [row] = warnings.see(customer=make.customer(), kind="closing", on=TODAY, by=maria)

    assert row.source == "desk"
    assert fully(row)


def test_finance_and_auditor_enter_no_sighting(carmen):
    for person in (make.finance("niamh"), make.auditor("audrey")):
        with pytest.raises(Refused, match="enters what was seen"):
            warnings.see(customer=make.customer(), kind="closing", on=TODAY, by=person)


def test_what_is_computed_can_not_be_seen(carmen):
    with pytest.raises(Refused, match="from the list"):
        warnings.see(customer=make.customer(owner=carmen), kind="drifting", on=TODAY, by=carmen)


@pytest.mark.parametrize(("metres", "flagged"), [(100, 1), (300, 2), (1000, 3)])
def test_a_demolition_flags_every_customer_in_the_circle(carmen, metres, flagged):
    here, near, far = (make.customer(code=code) for code in ("HERE", "NEAR", "FAR"))
    make.site(here, "39.470000", "-0.376000")
    make.site(near, "39.470000", "-0.378300")  # about 198 m to the west
    make.site(far, "39.475000", "-0.376000")  # about 556 m to the north

    made = warnings.see(customer=here, kind="demolition", on=TODAY, by=carmen, metres=metres)

    assert [row.customer.code for row in made] == ["HERE", "NEAR", "FAR"][:flagged]
    assert len({row.sighting for row in made}) == 1
    assert made[0].sighting
    assert Mark.objects.filter(because="warning").count() == flagged


def test_the_edge_of_the_circle_is_in_it(carmen):
    here, north = make.customer(), make.customer()
    make.site(here, "0.000000", "0.000000")
    make.site(north, "0.001799", "0.000000")  # 200.04 m

    inside = warnings.see(customer=here, kind="demolition", on=TODAY, by=carmen, metres=201)
    outside = warnings.see(customer=north, kind="demolition", on=TODAY + 200 * DAY, by=carmen, metres=200)

    assert (len(inside), len(outside)) == (2, 1)


def test_a_site_of_which_only_the_town_is_known_is_in_no_circle(carmen):
    here, somewhere = make.customer(), make.customer()
    make.site(here)
    make.site(somewhere, precision="city")

    assert len(warnings.see(customer=here, kind="demolition", on=TODAY, by=carmen)) == 1


def test_a_second_person_seconds_the_whole_circle(carmen):
    here, near = make.customer(), make.customer()
    for one in (here, near):
        make.site(one)
    warnings.see(customer=here, kind="demolition", on=TODAY, by=carmen)

    warnings.see(customer=near, kind="demolition", on=TODAY + DAY, by=make.rep("tom"))

    assert list(EarlyWarning.objects.values_list("seconded_by", flat=True)) == ["tom", "tom"]


def test_a_circle_of_a_whole_region_is_refused(carmen):
    customer = make.customer()
    make.site(customer)
    with pytest.raises(Refused, match="metres"):
        warnings.see(customer=customer, kind="demolition", on=TODAY, by=carmen, metres=50_000)


def test_staff_leaving_opens_the_handover_and_warns_when_it_is_missed(carmen):
    customer = make.customer(owner=carmen)
    [seen] = warnings.see(customer=customer, kind="staff leaving", on=TODAY, by=carmen)
    to_do = ToDo.objects.get(customer=customer, because="new contact")
    assert (seen.severity, to_do.owner, to_do.due_on) == ("slight", carmen, TODAY + warnings.HANDOVER)

    assert compute(to_do.due_on) == 0  # the day itself is still in time
    assert compute(to_do.due_on + DAY) == 1

    [_, missed] = rows(customer)
    assert (missed.kind, missed.source, missed.severity) == ("staff leaving", "book", "marked")


def test_a_handover_that_is_done_warns_of_nothing(carmen):
    customer = make.customer(owner=carmen)
    warnings.see(customer=customer, kind="staff leaving", on=TODAY, by=carmen)
    cases.close_to_do(customer=customer, because="new contact", about="", on=TODAY + DAY, by=carmen)

    assert compute(TODAY + 60 * DAY) == 0


# Dismissed


def test_who_entered_it_takes_it_back_on_the_same_day_only(carmen):
    customer = make.customer(owner=carmen)
    [row] = warnings.see(customer=customer, kind="moving", on=TODAY, by=carmen)
    with pytest.raises(Refused, match="A manager dismisses"):
        warnings.dismiss(warning=row, because="The neighbour moves", on=TODAY + DAY, by=carmen)
    with pytest.raises(Refused, match="A manager dismisses"):
        warnings.dismiss(warning=row, because="The neighbour moves", on=TODAY, by=make.rep("tom"))

    warnings.dismiss(warning=row, because="The neighbour moves", on=TODAY, by=carmen)

    row.refresh_from_db()
    assert (row.dismissed_on, row.dismissed_by, row.dismissed_because) == (TODAY, "carmen", "The neighbour moves")
    assert marks(customer, "warning dismissed") == 1
    [entry] = Entry.objects.filter(verb="cases.warning_dismissed")
    assert entry.after == {"because": "The neighbour moves"}


def test_a_computed_one_is_dismissed_by_a_manager_only_and_never_without_a_reason(silent, carmen, maria):
    compute()
    [row] = rows(silent)
    with pytest.raises(Refused, match="A manager dismisses"):
        warnings.dismiss(warning=row, because="Is on holiday", on=TODAY, by=carmen)
    with pytest.raises(Refused, match="Say why"):
        warnings.dismiss(warning=row, because=" ", on=TODAY, by=maria)

    warnings.dismiss(warning=row, because="Is on holiday", on=TODAY, by=maria)

    with pytest.raises(Refused, match="It was dismissed on 24 Nov 2026"):
        warnings.dismiss(warning=row, because="Again", on=TODAY, by=maria)


def test_what_was_seen_and_dismissed_today_is_not_entered_over(carmen):
    customer = make.customer(owner=carmen)
    [row] = warnings.see(customer=customer, kind="moving", on=TODAY, by=carmen)
    warnings.dismiss(warning=row, because="The neighbour moves.", on=TODAY, by=carmen)

    with pytest.raises(Refused, match="The neighbour moves. Enter it tomorrow"):
        warnings.see(customer=customer, kind="moving", on=TODAY, by=carmen)

    assert len(warnings.see(customer=customer, kind="moving", on=TODAY + DAY, by=carmen)) == 1


def test_words_are_added_by_who_saw_it(carmen):
    [row] = warnings.see(customer=make.customer(owner=carmen), kind="moving", on=TODAY, by=carmen)
    with pytest.raises(Refused, match="Whoever entered it"):
        warnings.add_note(warning=row, note="To let", by=make.rep("tom"))

    warnings.add_note(warning=row, note=" A sign says: to let. ", by=carmen)

    row.refresh_from_db()
    assert row.note == "A sign says: to let."
