"""E5: the ageing board from the night's totals against the live query, and the questions of a rep's page.

    .venv/bin/python -m tests.on_services .venv/bin/python -m benchmarks.boards --open 200000 --json

Makes a database of its own with the book of `benchmarks.book`, does the night as far as its totals, and drops it.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from benchmarks import own_database
from benchmarks.own_database import timed

Sums = dict[tuple[str, str, str], tuple[int, Decimal]]  # by currency, standing and bucket


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--open", type=int, default=200_000, help="open due items (default 200000)")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(measure(options.open)))
        return
    with own_database.own_database("boards") as stage:
        found = stage(["--open", str(options.open)])
    print(json.dumps(found, indent=2) if options.json else as_text(found))
    sys.exit(0 if found["results_equal"] else "The totals and the live query say two things.")


def as_text(found: dict[str, Any]) -> str:
    lines = [f"{found['open']:,} open due items; {found['machine']}"]
    lines += [f"{name:45} {seconds * 1000:10.2f} ms" for name, seconds in found["seconds"].items()]
    lines.append(f"the live query costs {found['live_to_board']} times as much; equal: {found['results_equal']}")
    lines += [f"{name:45} {count:7} queries" for name, count in found["queries"].items()]
    return "\n".join(lines)


def measure(open_items: int) -> dict[str, Any]:
    own_database.ready(is_new=True)
    from django.test.utils import setup_test_environment

    from benchmarks import book, filling  # models need Django first

    setup_test_environment()
    filling.fill(open_items)
    with own_database.day(book.DAY):
        return {"open": open_items, "machine": own_database.machine()} | _boards()


def _boards() -> dict[str, Any]:
    from django.urls import reverse

    from benchmarks import book
    from collections_app.desk import board as boards
    from collections_app.desk import position
    from collections_app.desk.scope import Scope
    from collections_app.policy import queries as policy
    from collections_app.standings import queries as standings
    from collections_app.standings.models import NightTotal
    from staff.models import Role, User

    night = _night()
    own_database.settle()
    finance = User.objects.create(username="finance", role=Role.FINANCE)
    rep = User.objects.get(username="rep1")
    scope, bounds = Scope(as_of=book.DAY), policy.in_force(book.DAY).buckets
    reading = position.reading_of(scope)
    assert reading.night == night, "the board must be the night's"

    def company() -> list[Any]:
        columns = ("currency", "standing", "bucket", "count", "open_amount", "disputed_amount")
        return list(NightTotal.objects.filter(night=night).values_list(*columns))

    def groups(reading: position.Reading) -> list[Any]:
        return position.groups(scope, user=finance, bounds=bounds, reading=reading)

    def live() -> list[Any]:
        return standings.ageing(as_of=book.DAY, buckets=bounds, by=("standing", "bucket", "currency", "rep")).rows

    page, planned = _page(finance, reverse("desk:ageing")), _page(rep, reverse("visits:today"))
    seconds = {
        "board of the company, from its totals": timed(company, 9),
        "board by rep, from totals of groups": timed(lambda: groups(reading), 9),
        "board by rep, live with stored standings": timed(lambda: groups(position.PRESENT)),
        "board by rep, live from the facts": timed(live),
        "whole board with everything on it": timed(
            lambda: boards.board(scope, user=finance, bounds=bounds, reading=reading, month_ago=None)
        ),
        "page of the board": timed(page),
        "page of the rep's day": timed(planned),
    }
    slow, quick = "board by rep, live with stored standings", "board by rep, from totals of groups"
    stored = _sums((row[0], row[1], row[2], row[3], row[4]) for row in company())
    ways = [((one.currency, one.standing, one.bucket, one.count, one.amount) for one in groups(way)) for way in
            (reading, position.PRESENT)]  # fmt: skip
    ruled = ((one.currency, one.standing, one.bucket, one.count, one.amount) for one in live())
    return {
        "seconds": {name: round(took, 6) for name, took in seconds.items()},
        "live_to_board": round(seconds[slow] / seconds[quick], 1),
        "live_to_company_totals": round(seconds[slow] / seconds["board of the company, from its totals"], 1),
        "facts_to_board": round(seconds["board by rep, live from the facts"] / seconds[quick], 1),
        "queries": {
            "board's groups": _count(lambda: groups(reading)),
            "page of the board": _count(page),
            "page of the rep's day": _count(planned),
            "page of the rep's day, without session and user": _count(_day_of(rep)),
        },
        "results_equal": all(_items(_sums(one)) == _items(stored) for one in (*ways, ruled)),
        "peak_megabytes": own_database.peak_megabytes(),
    }


def _night() -> Any:
    """As far as its totals, and the first rep's round."""
    from audit.services import COMMAND
    from benchmarks import book
    from benchmarks.classifying import full_run
    from collections_app.standings import nightly, totals
    from collections_app.standings.models import Night, NightStep
    from collections_app.visits import services as visits
    from common import clock
    from staff.models import User

    full_run(book.DAY)
    night = Night.objects.get(business_date=book.DAY)
    nightly.close(night)
    totals.store(night)
    NightStep.objects.create(night=night, name="totals", position=7, done_at=clock.now())
    visits.plan_day(on=book.DAY, rep=User.objects.get(username="rep1"), by=COMMAND)
    return night


def _sums(rows: Iterable[tuple[str, str, str, int, Decimal]]) -> Sums:
    found: dict[tuple[str, str, str], tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for currency, standing, bucket, count, amount in rows:
        before = found[currency, standing, bucket]
        found[currency, standing, bucket] = (before[0] + count, before[1] + amount)
    return found


def _items(sums: Sums) -> Sums:
    """Credit notes lie in the bucket of their age on one board and in one of their own on another: summed together."""
    return _sums(
        (currency, standing, "" if standing == "credit" else bucket, count, amount)
        for (currency, standing, bucket), (count, amount) in sums.items()
    )


def _page(user: Any, url: str) -> Callable[[], None]:
    from django.test import Client

    client = Client()
    client.force_login(user)

    def read() -> None:
        answer = client.get(url, secure=True)
        if answer.status_code != 200:
            raise RuntimeError(f"{url}: {answer.status_code}")

    return read


def _day_of(rep: Any) -> Callable[[], Any]:
    from benchmarks import book
    from collections_app.visits import queries

    return lambda: queries.today(rep=rep, on=book.DAY, user=rep)


def _count(deed: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        deed()
    return len(captured)


if __name__ == "__main__":
    main()
