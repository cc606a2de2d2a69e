"""What another policy would change, beside the rules read item by item in Python; and that a look leaves nothing."""

import json
import random
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from audit.models import Entry
from collections_app.cases.models import Dispute
from collections_app.desk.policies import simulation
from collections_app.policy import services as policies
from collections_app.policy.models import Simulation, Version
from collections_app.policy.thresholds import Policy
from collections_app.standings.models import Standing
from collections_app.standings.rules import Facts, standing_of
from common import clock
from customers.models import Customer
from customers.queries import CONDITION_COLUMNS
from receivables import services as receivables
from receivables.models import DueItem
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.TODAY
AS_OF = date(2026, 6, 30)
EDGES = (-1, 0, 1, 29, 30, 31, 59, 60, 61, 119, 120, 121, 179, 180, 181, 239, 240)
AFTER = replace(
    Policy()
    .having("thresholds", quasi_bad=30, bad=120, dormant=200)
    .having("efforts.bad", channel="visit", visitor="rep", rhythm=21),
    segments={"Key accounts": {"thresholds": {"bad": 240}, "efforts.quasi_bad": {"channel": "call"}}},
)


@pytest.fixture(autouse=True)
def house(db):
    make.business()


def random_book(seed):
    """Customers of two reps and of nobody, in three segments and two currencies, around every threshold."""
    dice = random.Random(seed)
    reps = [make.rep("carmen"), make.rep("tom"), None]
    for _ in range(14):
        fate = dice.choice(["", "", "", "", *CONDITION_COLUMNS.values()])
        values = {fate: AS_OF + timedelta(days=dice.choice([-5, 0, 1]))} if fate else {}
        segment = dice.choice(["", "Shops", "Key accounts"])
        customer = make.customer(dice.choice(reps), segment=segment, **values)
        silent = dice.choice([0, 150, 199, 200, 201, 366])
        for _ in range(4):
            late = dice.choice(EDGES)
            due_date = AS_OF - timedelta(days=late) if dice.random() < 0.95 else None
            issued_on = AS_OF - timedelta(days=max(silent, late))
            item = make.due_item(
                customer,
                dice.randint(1, 9999),
                due_date=due_date,
                issued_on=issued_on,
                currency=dice.choice(["EUR", "USD"]),
            )
            if dice.random() < 0.2:
                Dispute.objects.create(
                    customer=customer, due_item=item, amount=item.open_amount, reason="price", opened_on=issued_on,
                    review_on=TODAY, entered_at=clock.now(),
                )  # fmt: skip


def befallen(customer):
    return {one.kind for one in customer.conditions.filter(starts_on__lte=AS_OF)}


def by_hand(policy):
    """Standing of each open item, by the rules."""
    found = {}
    for item in DueItem.objects.open().select_related("customer", "invoice"):
        customer = item.customer
        fate = befallen(customer)
        moves = [invoice.issued_on for invoice in customer.invoices.filter(issued_on__lte=AS_OF)]
        facts = Facts(
            due_date=item.due_date,
            last_movement_on=max(moves),
            is_insolvent="insolvent" in fate,
            is_closed="closed" in fate,
            is_in_court="in court" in fate,
            is_handed_over="handed over" in fate,
        )
        thresholds = policy.for_segment(customer.segment).thresholds
        found[item.pk] = standing_of(facts, as_of=AS_OF, thresholds=thresholds).standing.value
    return found


WORST = ("bad", "quasi-bad", "dormant", "overdue", "unpaid")


def lists_by_hand(policy, standings):
    """By rep: the customers that the efforts of a policy send the rep to."""
    lists = defaultdict(set)
    for customer in Customer.objects.exclude(owner=None):
        if befallen(customer) & {"insolvent", "closed", "handed over", "assigned"}:
            continue
        asked = [
            standings[item.pk]
            for item in DueItem.objects.open().filter(customer=customer, due_date__lte=AS_OF)
            if sum(dispute.amount for dispute in item.disputes.all()) < item.open_amount
        ]
        if not asked:
            continue
        effort = policy.for_segment(customer.segment).efforts.of(min(asked, key=WORST.index))
        if effort.channel == "visit" and effort.visitor == "rep":
            lists[customer.owner.username].add(customer.code)
    return lists


def sums(rows, *names):
    return {tuple(row[name] for name in names): (row["count"], Decimal(row["amount"])) for row in rows}


@pytest.mark.parametrize("seed", range(5))
def test_the_simulation_says_to_the_cent_what_the_rules_say_item_by_item(seed):
    random_book(seed)

    found = simulation.outlook(AFTER, as_of=AS_OF)

    was, becomes = by_hand(Policy()), by_hand(AFTER)
    counts, amounts = Counter(), Counter()
    for item in DueItem.objects.open():
        group = (was[item.pk], becomes[item.pk], item.currency)
        counts[group] += 1
        amounts[group] += item.open_amount
    every = {group: (counts[group], amounts[group]) for group in counts}
    assert sums(found["moves"], "from", "to", "currency") == {
        group: row for group, row in every.items() if group[0] != group[1]
    }
    assert sums(found["stays"], "from", "to", "currency") == {
        group: row for group, row in every.items() if group[0] == group[1]
    }
    assert found["moves"], "a seed without a move tests nothing"


@pytest.mark.parametrize("seed", range(5))
def test_each_reps_visit_list_before_and_after_is_that_of_the_efforts(seed):
    random_book(seed)

    found = simulation.outlook(AFTER, as_of=AS_OF)

    before, after = lists_by_hand(Policy(), by_hand(Policy())), lists_by_hand(AFTER, by_hand(AFTER))
    for row in found["worklists"]:
        was, becomes = before[row["rep"]], after[row["rep"]]
        figures = (len(was), len(becomes), len(becomes - was), len(was - becomes))
        assert (row["before"], row["after"], row["enter"], row["leave"]) == figures
    named = {(row["rep"], row["customer"], row["change"]) for row in found["worklist_changes"]}
    assert named == {
        (rep, code, change)
        for rep in ("carmen", "tom")
        for change, codes in (("enters", after[rep] - before[rep]), ("leaves", before[rep] - after[rep]))
        for code in codes
    }


@pytest.mark.parametrize("seed", range(2))
def test_money_per_standing_ties_to_the_moves_and_to_the_whole_book(seed):
    random_book(seed)

    found = simulation.outlook(AFTER, as_of=AS_OF)

    everything = [*found["moves"], *found["stays"]]
    for row in found["standings"]:
        for side, name in (("from", "before"), ("to", "after")):
            own = [one for one in everything if (one[side], one["currency"]) == (row["standing"], row["currency"])]
            assert row[f"count_{name}"] == sum(one["count"] for one in own)
            assert Decimal(row[f"amount_{name}"]) == sum(Decimal(one["amount"]) for one in own)
    for name in ("before", "after"):
        assert sum(row[f"count_{name}"] for row in found["standings"]) == DueItem.objects.open().count()


def late_by(days, amount, rep=None, *, currency="EUR", **values):
    customer = values.pop("customer", None) or make.customer(rep, **values)
    due_date = TODAY - timedelta(days=days)
    return make.due_item(customer, amount, due_date=due_date, issued_on=due_date, currency=currency)


def test_the_largest_move_in_base_currency_comes_first():
    receivables.state_rate(currency="USD", on=TODAY, rate=Decimal("0.5"), source="test", by=make.BY)
    middle, largest, small = late_by(130, 700, currency="USD"), late_by(130, 400), late_by(130, 300)

    found = simulation.outlook(Policy().having("thresholds", bad=120), as_of=TODAY)

    codes = [item.customer.code for item in (largest, middle, small)]
    assert [row["customer"] for row in found["movers"]] == codes
    assert [(row["from"], row["to"], row["count"], row["amount"]) for row in found["movers"]] == [
        ("quasi-bad", "bad", 1, "400.00"),
        ("quasi-bad", "bad", 1, "700.00"),
        ("quasi-bad", "bad", 1, "300.00"),
    ]


def test_customers_beyond_those_named_are_counted(monkeypatch):
    monkeypatch.setattr(simulation, "MOST", 2)
    carmen = make.rep("carmen")
    for amount in (100, 200, 300, 400, 500):
        late_by(130, amount, carmen)

    found = simulation.outlook(Policy().having("thresholds", bad=120), as_of=TODAY)

    assert [row["amount"] for row in found["movers"]] == ["500.00", "400.00"]
    assert (found["movers_left_out"], len(found["worklist_changes"]), found["worklist_changes_left_out"]) == (3, 2, 3)


def test_a_customer_whose_debt_turns_bad_leaves_the_list_of_the_rep():
    item = late_by(130, 100, make.rep("carmen"))

    found = simulation.outlook(Policy().having("thresholds", bad=120), as_of=TODAY)

    assert [(row["customer"], row["change"], row["to"]) for row in found["worklist_changes"]] == [
        (item.customer.code, "leaves", "bad")
    ]
    [row] = found["worklists"]
    assert (row["before"], row["after"], row["leave"]) == (1, 0, 1)
    assert (row["visits_per_week_before"], row["visits_per_week_after"]) == ("1.0", "0.0")


def test_a_quicker_rhythm_alone_moves_nobody_and_makes_more_visits():
    late_by(10, 100, make.rep("carmen"))

    found = simulation.outlook(Policy().having("efforts.overdue", rhythm=2), as_of=TODAY)

    [row] = found["worklists"]
    assert (found["moves"], row["enter"], row["leave"]) == ([], 0, 0)
    assert (row["visits_per_week_before"], row["visits_per_week_after"]) == ("0.5", "3.5")


def test_it_is_compared_with_the_version_in_force_on_the_day():
    maria = make.manager("maria")
    late_by(130, 100)
    version = make.policy_version(Policy().having("thresholds", bad=120), by=maria)
    policies.activate(version=version, starts_on=TODAY, on=TODAY, by=maria)

    found = simulation.outlook(Policy(), as_of=TODAY)

    assert found["compared_with"] == {"version": version.pk, "starts_on": TODAY.isoformat()}
    assert found["changes"] == [{"key": "thresholds.bad", "from": "120", "to": "180"}]
    assert [(row["from"], row["to"]) for row in found["moves"]] == [("bad", "quasi-bad")]


def test_a_segment_that_no_longer_differs_is_among_the_changes():
    own = replace(Policy(), segments={"Key accounts": {"thresholds": {"bad": 240}}})

    found = simulation.outlook(own, as_of=TODAY)

    assert found["changes"] == [{"key": 'segments."Key accounts".thresholds.bad', "from": "", "to": "240"}]


def test_an_empty_book_gives_an_empty_answer():
    found = simulation.outlook(AFTER, as_of=TODAY)

    assert (found["moves"], found["stays"], found["standings"], found["movers"], found["worklists"]) == ([],) * 5


def test_a_policy_is_compared_in_as_many_statements_at_any_size(count_queries):
    late_by(130, 100, make.rep("carmen"))
    few = count_queries(lambda: simulation.outlook(AFTER, as_of=TODAY))
    for amount in range(1, 30):
        late_by(130, amount, make.rep())

    assert count_queries(lambda: simulation.outlook(AFTER, as_of=TODAY)) == few


# The command


def run(tmp_path, source, *arguments):
    file, out = tmp_path / "policy.toml", StringIO()
    file.write_text(source)
    call_command("simulate_policy", str(file), *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_one_document_and_stores_nothing(tmp_path):
    item = late_by(130, "1240.50", make.rep("carmen"))
    trail = Entry.objects.count()

    found = json.loads(run(tmp_path, "[thresholds]\nbad = 120\n", "--as-of", TODAY.isoformat(), "--json"))

    assert found["moves"] == [{"from": "quasi-bad", "to": "bad", "count": 1, "currency": "EUR", "amount": "1240.50"}]
    assert (found["as_of"], found["stored"], found["warnings"]) == ("2026-11-24", False, [])
    assert found["movers"][0]["customer"] == item.customer.code
    assert not (Version.objects.exists() or Simulation.objects.exists() or Standing.objects.exists())
    assert Entry.objects.count() == trail


def test_the_command_says_in_words_what_would_change_and_that_nothing_was_stored(tmp_path):
    late_by(130, 100, make.rep("carmen"))

    said = run(tmp_path, "[thresholds]\nbad = 120\n[segments.Nobody.thresholds]\nbad = 90\n")

    assert "thresholds.bad: 180 → 120" in said
    assert "quasi-bad → bad" in said
    assert "Carmen: 0 customers enter the visit list, 1 leave it." in said
    assert "segments.Nobody: no customer has this segment yet." in said
    assert said.endswith("Nothing was stored.\n")


def test_the_command_refuses_a_file_with_all_that_is_wrong_in_it(tmp_path):
    out, file = StringIO(), tmp_path / "policy.toml"
    file.write_text("worse = 1\n[thresholds]\nbad = 0\n")

    with pytest.raises(CommandError) as refused:
        call_command("simulate_policy", str(file), "--json", stdout=out)

    assert refused.value.returncode == 1
    answer = json.loads(out.getvalue())
    assert answer["refused"].startswith("This is not a policy; nothing was tried.")
    assert [(row["key"], row["value"]) for row in answer["problems"]] == [("worse", "1"), ("thresholds.bad", "0")]
    assert answer["problems"][1]["problem"] == "thresholds.bad = 0: expected a whole number of 3 to 3650."


@pytest.mark.parametrize("arguments", [["no-such-file.toml"], ["/"], [__file__, "--as-of", "yesterday"]])
def test_a_wrong_call_of_the_command_is_told_from_a_refusal(arguments):
    with pytest.raises(CommandError) as refused:
        call_command("simulate_policy", *arguments)

    assert refused.value.returncode == 2


def test_the_command_looks_beside_the_policy_of_the_day(tmp_path):
    maria = make.manager("maria")
    version = make.policy_version(Policy().having("thresholds", quasi_bad=45), by=maria)
    policies.activate(version=version, starts_on=TODAY, on=TODAY, by=maria)

    found = json.loads(run(tmp_path, "[thresholds]\nbad = 120\n", "--json"))

    assert found["changes"] == [{"key": "thresholds.bad", "from": "180", "to": "120"}]
