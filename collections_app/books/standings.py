"""Standings beside the rules: I6, I7."""

from collections.abc import Iterator
from datetime import date
from itertools import chain

from collections_app.books.invariants import Invariant, looked
from collections_app.standings import proof, statement
from collections_app.standings.models import Night, Standing
from common import broken_rows, clock

# A due date that was moved since the newest night is another than its item was classified by: until the next one it
# proves nothing.
MOVED_SINCE = """SELECT due_item_id FROM receivables_duedatechange
        WHERE applies_on > %(night)s OR entered_at >= %(known_until)s"""
WORSE = "CASE s.standing WHEN 'unpaid' THEN 0 WHEN 'overdue' THEN 1 WHEN 'quasi-bad' THEN 2 ELSE 3 END"
BETTER_THOUGH_OLDER = f"""
    SELECT customer_id, due_item_id, standing FROM (
        SELECT s.customer_id, s.due_item_id, s.standing, {WORSE} AS worse,
            LAG({WORSE}) OVER (PARTITION BY s.customer_id ORDER BY di.due_date DESC, s.due_item_id) AS of_later
        FROM standings_standing s JOIN receivables_dueitem di ON di.id = s.due_item_id
        WHERE s.standing <> 'dormant' AND s.rule <> 'override' AND di.due_date IS NOT NULL
            AND di.id NOT IN ({MOVED_SINCE})
    ) ordered WHERE worse < of_later"""  # noqa: S608  our own words


def standings_follow_from_the_rules(as_of: date) -> Invariant:
    """I6: the newest night until the day, and one before it in turn, are what the rules give of their day by what
    was known when they closed.
    """
    closed = Night.objects.filter(classified_at__isnull=False, business_date__lte=as_of).order_by("-business_date")
    nights = list(closed.filter(steps__name="totals")[:1])
    if not nights:
        return Invariant("I6 standings follow from the rules", 0, [], "no night has classified yet")
    earlier = closed.exclude(pk=nights[0].pk)
    nights += earlier[(turn := as_of.toordinal() % max(earlier.count(), 1)) : turn + 1]
    found = [proof.prove(night) for night in nights]
    broken = chain.from_iterable(one.broken for one in found)
    return looked("I6 standings follow from the rules", sum(one.checked for one in found), broken)


def age_never_improves_a_standing() -> Invariant:
    """I7: of two items of one customer, the later one is never in the better standing (dormant has its own rule)."""
    rows = Standing.objects.exclude(standing="dormant").exclude(rule="override")
    checked = rows.filter(due_item__due_date__isnull=False).count()
    return looked("I7 age never improves a standing", checked, _better_though_older())


def _better_though_older() -> Iterator[str]:
    night = Night.objects.filter(classified_at__isnull=False).order_by("-business_date").first()
    since = {
        "night": night.business_date if night else date.max,
        "known_until": statement.as_stored(night.known_until if night else clock.now()),
    }
    for customer, key, standing in broken_rows.rows(BETTER_THOUGH_OLDER, since):
        yield f"due item {key} of customer {customer} is older and in the better standing {standing}"
