"""Why an item is in its standing: each rule with its facts and pages, and a way out that really leads out."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from collections_app import night
from collections_app.cases import deciding
from collections_app.cases import services as cases
from collections_app.cases.models import EarlyWarning, Promise
from collections_app.desk.explained import explained
from collections_app.policy.thresholds import Thresholds
from collections_app.standings.explaining import explain, facts_of
from collections_app.standings.rules import Rule, Standing
from collections_app.standings.ways_out import Step, is_better
from common import clock
from receivables import services as receivables
from receivables.models import DueItem
from tests import factories as make

pytestmark = pytest.mark.django_db
TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _book():
    make.business()


def ago(days):
    return TUESDAY - timedelta(days=days)


def item_of(late, customer=None, *, issued=None, **values):
    due_date = None if late is None else ago(late)
    issued_on = issued or ago(max(late or 0, 0) + 30)
    return make.due_item(customer or make.customer(), 3200, due_date=due_date, issued_on=issued_on, **values)


def told(item, on=TUESDAY, **values):
    item.refresh_from_db()
    [found] = explain([item], as_of=on, **values)
    return found


def texts(found):
    return [said.text for said in found.facts]


def broken_promise(customer, on):
    return Promise.objects.create(
        customer=customer, amount=500, currency="EUR", made_on=on, promised_on=on, grace_until=on, state="broken",
        settled_on=on, settled_at=clock.now(), entered_at=clock.now(),
    )  # fmt: skip


def warned(customer, *, on, source="desk", **values):
    return EarlyWarning.objects.create(
        customer=customer, kind="closing", source=source, severity="severe", reported_on=on,
        expires_on=on + timedelta(days=60), note="shelves are empty", entered_at=clock.now(), **values,
    )  # fmt: skip


def refused(customer, *, on, answer="refused"):
    return deciding.record_confirmation(
        customer=customer, balance_on=on - timedelta(days=5), currency="EUR", amount=Decimal(3200), answer=answer,
        answered_on=on, answered_by="Lucía Ortega", note="knows of no delivery", by=make.BY,
    )  # fmt: skip


def override(item, standing="bad", *, last=9, by=None):
    return deciding.override_standing(
        due_item=item, standing=standing, because="Its shop burnt down", ends_before=TUESDAY + timedelta(days=last),
        on=TUESDAY, by=by or make.manager("maria"),
    )  # fmt: skip


# Each rule


def overridden():
    item = item_of(5)
    override(item)
    return item


def asleep():
    return item_of(400, issued=ago(430))


def failed():
    item = item_of(5)
    make.befall(item.customer, "in court", on=ago(9), reference="3 O 211/26")
    return item


def broke_its_promises():
    item = item_of(5)
    broken_promise(item.customer, ago(40))
    broken_promise(item.customer, ago(12))
    return item


def with_a_warning():
    item = item_of(5)
    warned(item.customer, on=ago(4))
    return item


def that_refused_its_balance():
    item = item_of(5)
    refused(item.customer, on=ago(3))
    return item


@pytest.mark.parametrize(
    ("made", "rule", "standing", "fact", "way"),
    [
        (overridden, "override", "bad", "Maria decided “Bad” until 2 Dec 2026: Its shop burnt down", "override ends"),
        (asleep, "no movement", "dormant", "an invoice on 20 Sept 2025, 430 days ago", "Any movement"),
        (failed, "customer failed", "bad", "In court since 15 Nov 2026 (3 O 211/26)", "Wait for its end: In court"),
        (lambda: item_of(200), "late bad", "bad", "Due on 8 May 2026. 200 days late.", "Pay €3,200.00."),
        (lambda: item_of(70), "late quasi-bad", "quasi-bad", "70 days late.", "Pay €3,200.00 by 13 Mar 2027"),
        (
            broke_its_promises, "broken promises", "quasi-bad",
            "€500.00 was promised for 12 Nov 2026; the promise was broken on 12 Nov 2026.", "Pay €3,200.00 by",
        ),
        (with_a_warning, "severe warning", "quasi-bad", "shelves are empty", "Clear the severe warning up"),
        (
            that_refused_its_balance, "refused confirmation", "quasi-bad",
            "The balance of 16 Nov 2026, €3,200.00, was refused on 21 Nov 2026 by Lucía Ortega: knows of no delivery",
            "Get the balance confirmed.",
        ),
        (lambda: item_of(1), "late", "overdue", "1 day late.", "Pay €3,200.00 by 21 Jan 2027; from the next day on"),
        (lambda: item_of(-3), "not late", "unpaid", "Due on 27 Nov 2026.", "Pay €3,200.00 by 27 Nov 2026"),
        (lambda: item_of(None), "no due date", "unpaid", "It has no due date yet.", ""),
    ],
    ids=[rule.value for rule in Rule],
)  # fmt: skip
def test_each_rule_is_told_with_its_facts_and_its_way_out(made, rule, standing, fact, way):
    found = told(made())

    assert (found.rule, found.standing) == (rule, standing)
    assert found.why and any(fact in text for text in texts(found)), texts(found)
    assert texts(found)[0] == "€3,200.00 is open."
    assert all(said.url.startswith("/") for said in found.facts)
    ways = " ".join(one.text for one in found.ways)
    assert way in ways if way else ways == ""


def take(step, item, way):
    """Do in the book what the way out says."""
    customer = item.customer
    if step is Step.PAY:
        make.payment(customer, way.amount, received_on=TUESDAY)
    elif step is Step.MOVE:
        make.payment(customer, 1, received_on=TUESDAY)
    elif step is Step.CONFIRM:
        refused(customer, on=TUESDAY, answer="agreed")
    elif step is Step.CLEAR_WARNING:
        EarlyWarning.objects.update(
            dismissed_on=TUESDAY, dismissed_at=clock.now(), dismissed_because="A new shelf was built"
        )
    elif step is Step.END_CONDITION:
        for row in customer.conditions.filter(ends_before=None):
            deciding.end_condition(condition=row, ends_before=TUESDAY, on=TUESDAY, by=make.BY)
    else:
        assert step is Step.WAIT


@pytest.mark.parametrize(
    "made",
    [
        overridden, asleep, failed, broke_its_promises, with_a_warning, that_refused_its_balance,
        lambda: item_of(200), lambda: item_of(70), lambda: item_of(1), lambda: item_of(-3),
    ],
)  # fmt: skip
def test_a_way_out_that_is_taken_leads_out(made):
    item = made()
    before = told(item)
    assert before.ways

    for way in [one.found for one in before.ways]:
        unchanged = transaction.savepoint()
        for done in way.steps:
            take(done.step, item, way)
        after = told(item, way.on or TUESDAY)
        transaction.savepoint_rollback(unchanged)

        assert after.standing == (way.gives.value if way.gives else "")
        assert is_better(Standing(after.standing) if after.standing else None, Standing(before.standing))


def test_two_causes_are_taken_away_together():
    item = item_of(5)
    warned(item.customer, on=ago(4))
    refused(item.customer, on=ago(3))

    found = told(item)
    first = found.ways[0]

    assert {"warning", "refused balance"} <= {said.kind for said in found.facts}
    assert first.text == (
        "Clear the severe warning up: whoever finds it wrong dismisses it with a reason. "
        "Get the balance confirmed. Then it is overdue."
    )


def test_a_promise_of_all_that_is_open_is_the_nearest_way():
    item = item_of(5)
    cases.promise(
        customer=item.customer, amount=Decimal(3200), currency="EUR", promised_on=TUESDAY + timedelta(days=3),
        method="transfer", lines=[(item.pk, Decimal(3200))], on=TUESDAY, by=make.BY,
    )  # fmt: skip

    found = told(item)

    assert found.ways[0].text == "Keep the promise: pay €3,200.00 by 27 Nov 2026."
    assert [said.text for said in found.tried] == ["Promise of €3,200.00 for 27 Nov 2026: open"]


# The facts


def test_a_field_warning_counts_once_somebody_else_has_seen_it():
    item = item_of(5)
    warning = warned(item.customer, on=ago(4), source="field")
    assert told(item).rule == "late"

    warning.seconded_on, warning.seconded_at = ago(1), clock.now()
    warning.save()

    assert told(item).rule == "severe warning"
    assert told(item, ago(2)).rule == "late"


@pytest.mark.parametrize(("days", "rule"), [(4, "severe warning"), (-55, "severe warning"), (-56, "late quasi-bad")])
def test_a_warning_is_active_until_it_expires(days, rule):
    item = item_of(5)
    warned(item.customer, on=ago(4))

    assert told(item, ago(days)).rule == (rule if days != -55 else "late quasi-bad")
    assert facts_of(item, as_of=ago(days), thresholds=Thresholds()).has_severe_warning == (days != -56)


def test_only_the_newest_answer_to_a_balance_counts():
    item = item_of(9)
    refused(item.customer, on=ago(5))
    refused(item.customer, on=ago(2), answer="agreed")

    assert (told(item, ago(3)).rule, told(item).rule) == ("refused confirmation", "late")


def test_a_due_date_that_was_moved_says_why():
    item = item_of(5)
    longer = make.extension(item, until=TUESDAY + timedelta(days=10))
    receivables.grant_extension(extension=longer, on=TUESDAY, by=make.finance())

    found = told(item)

    assert found.rule == "not late"
    assert any("moved from 19 Nov 2026" in text for text in texts(found)), texts(found)


def test_the_last_movement_leads_to_the_money_and_a_rep_is_not_sent_there():
    item = item_of(5)
    make.payment(item.customer, 200, received_on=ago(2))

    found = told(item)
    [said] = [said for said in found.facts if said.kind == "last movement"]

    assert said.text == "Last movement of the customer: a payment on 22 Nov 2026, 2 days ago."
    assert said.url.startswith("/payments/")
    assert texts(found)[0] == "€3,000.00 of €3,200.00 is open."
    assert [one.url for one in found.for_reps().facts if one.kind == "last movement"] == [""]


def test_what_is_disputed_is_said():
    item = item_of(5)
    cases.open_dispute(due_item=item, amount=Decimal(200), reason="price", on=ago(3), by=make.BY)

    assert "€200.00 of it is disputed." in texts(told(item))
    assert "€200.00 of it is disputed." not in texts(told(item, ago(4)))


def test_who_collects_is_said_of_an_assigned_item():
    item = item_of(5)
    make.befall(item.customer, "assigned", on=ago(3), reference="Factoria SA")

    assert "Assigned since 21 Nov 2026: the assignee collects (Factoria SA)" in texts(told(item))


def test_what_is_settled_has_no_standing_and_says_when():
    item = item_of(70)
    make.payment(item.customer, 3200, received_on=ago(2))

    found = told(item)

    assert (found.standing, found.rule, found.since, found.ways) == ("", "", None, ())
    assert texts(found) == ["Settled on 22 Nov 2026: what is settled has no standing."]
    assert told(item, ago(3)).standing == "quasi-bad"


def test_what_was_tried_since_it_became_due_is_newest_first():
    item = item_of(20)
    for days, reached, note in ((30, True, "before it was due"), (12, False, ""), (3, True, "promised nothing")):
        cases.made_contact(
            customer=item.customer, channel="visit", reached=reached, on=ago(days), by=make.BY, note=note
        )
    cases.say_excuse(customer=item.customer, kind="no money", on=ago(5), by=make.BY)

    [found] = explained([item], as_of=TUESDAY)

    assert [said.text for said in found.tried] == [
        "Visit: promised nothing", "Excuse: No money", "Visit, nobody reached",
    ]  # fmt: skip


# Since when


def test_since_is_what_the_nights_have_noted():
    item = item_of(70)
    night.run(as_of=TUESDAY, by=make.BY)

    assert told(item).since == item.standing.since


def test_since_of_a_past_day_is_what_the_night_of_that_day_knew():
    item = item_of(59)
    night.run(as_of=TUESDAY, by=make.BY)
    with time_machine.travel(datetime(2026, 11, 25, 10, tzinfo=UTC)):
        night.run(as_of=TUESDAY + timedelta(days=1), by=make.BY)

        assert (told(item, TUESDAY + timedelta(days=1)).standing, item.standing.standing) == ("quasi-bad", "quasi-bad")
        before = told(item, TUESDAY)

    past = item.past_standings.get()
    assert (before.standing, before.since) == (past.standing, past.since) == ("overdue", TUESDAY)


def test_since_of_a_day_without_a_night_is_walked_by_the_rows():
    item = item_of(70)

    assert told(item).since == ago(10)
    assert told(item, ago(11)).since == ago(69)


# Two clocks


def test_what_was_not_known_then_is_not_told():
    with time_machine.travel(datetime(2026, 11, 10, 10, tzinfo=UTC)):
        item = item_of(20)
    make.befall(item.customer, "insolvent", on=ago(12), reference="IN 77/26")
    warned(item.customer, on=ago(12))

    assert told(item, ago(10)).rule == "customer failed"
    then = told(item, ago(10), known_on=ago(10))
    assert then.rule == "late"
    assert not any("IN 77/26" in text for text in texts(then))
    assert not facts_of(item, as_of=ago(10), known_on=ago(10), thresholds=Thresholds()).has_severe_warning


def test_an_end_that_was_not_known_then_had_not_happened():
    with time_machine.travel(datetime(2026, 11, 10, 10, tzinfo=UTC)):
        item = item_of(20)
        row = make.befall(item.customer, "closed", on=date(2026, 11, 10))
    deciding.end_condition(condition=row, ends_before=ago(10), on=TUESDAY, by=make.BY)

    assert told(item, ago(8)).rule == "late"
    assert told(item, ago(8), known_on=ago(8)).rule == "customer failed"


def test_a_lifted_override_still_held_as_it_was_known():
    with time_machine.travel(datetime(2026, 11, 10, 10, tzinfo=UTC)):
        item = item_of(20)
        decided = deciding.override_standing(
            due_item=item, standing="unpaid", because="Goods came late", on=date(2026, 11, 10),
            ends_before=TUESDAY, by=make.manager(),
        )  # fmt: skip
    deciding.lift_override(override=decided, on=ago(0) - timedelta(days=5), by=make.manager())

    assert told(item, ago(3)).rule == "late"
    assert told(item, ago(3), known_on=ago(3)).rule == "override"


# The command


def run(*args, **options):
    out = StringIO()
    call_command("explain", *args, stdout=out, **options)
    return json.loads(out.getvalue())


def test_the_command_prints_one_document():
    customer = make.customer()
    item = item_of(70, customer, number="2026-0815")

    document = run("2026-0815", json=True)

    assert (document["invoice"], document["customer"], document["as_of"]) == ("2026-0815", customer.code, "2026-11-24")
    [row] = document["items"]
    assert (row["due_on"], row["open"], row["currency"]) == (item.due_date.isoformat(), "3200.00", "EUR")
    assert (row["standing"], row["rule"], row["since"]) == ("quasi-bad", "late quasi-bad", "2026-11-14")
    assert row["way_out"] == ["Pay €3,200.00 by 13 Mar 2027; from the next day on it is bad."]
    assert (row["steps"][0]["amount"], row["steps"][0]["by"]) == ("3200.00", "2027-03-13")
    assert row["facts"][0] == "€3,200.00 is open."
    assert row["evidence"][1]["url"] == f"/invoices/{item.invoice_id}/#due-{item.pk}"


def test_the_command_answers_of_a_past_day_and_by_what_was_known():
    with time_machine.travel(datetime(2026, 11, 10, 10, tzinfo=UTC)):
        item = item_of(70, number="A-1")
    make.payment(item.customer, 3200, received_on=ago(12))

    past = run("A-1", json=True, as_of="2026-11-23")["items"][0]
    known = run("A-1", json=True, as_of="2026-11-23", known_on="2026-11-23")["items"][0]
    assert (past["standing"], past["open"]) == (None, "0.00")
    assert (known["standing"], known["open"]) == ("quasi-bad", "3200.00")


def test_the_command_explains_each_due_item_of_an_invoice(capsys):
    customer = make.customer()
    make.invoice(customer, 100, parts=[(ago(200), "60"), (ago(-5), "40")], issued_on=ago(230), number="P-1")

    rows = run("P-1", json=True)["items"]
    call_command("explain", "P-1")

    assert [row["standing"] for row in rows] == ["bad", "unpaid"]
    assert "→ Pay €60.00." in capsys.readouterr().out


def test_a_number_of_two_customers_asks_for_the_customer():
    for code in ("C-A", "C-B"):
        item_of(5, make.customer(code=code), number="SAME")

    with pytest.raises(CommandError, match="C-A, C-B. Name one with --customer") as refusal:
        run("SAME", json=True)
    assert refusal.value.returncode == 2
    assert run("SAME", json=True, customer="C-B")["customer"] == "C-B"


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        ({"invoice": "NONE"}, "There is no invoice NONE", 2),
        ({"invoice": "A-1", "customer": "NOBODY"}, "Customer NOBODY has no invoice A-1", 2),
        ({"invoice": "A-1", "as_of": "2026-09-01"}, "was issued on 20 Oct 2026", 1),
        ({"invoice": "A-1", "known_on": "2026-11-01"}, "was entered on 24 Nov 2026", 1),
        ({"invoice": "A-1", "as_of": "2026-13-01"}, "is not a date", 2),
    ],
)
def test_what_cannot_be_explained_is_refused(arguments, said, code):
    item_of(5, number="A-1")

    with pytest.raises(CommandError, match=said) as refusal:
        call_command("explain", arguments.pop("invoice"), **arguments)
    assert refusal.value.returncode == code


def test_many_items_cost_no_more_statements_than_one(count_queries):
    customer = make.customer()
    for late in (70, 1, 80, 200, 300):
        item_of(late, customer)
    items = DueItem.objects.select_related("invoice", "customer").order_by("pk")

    few, many = (count_queries(lambda rows=rows: explained(rows, as_of=TUESDAY)) for rows in (items[:1], items[:6]))

    assert many == few
