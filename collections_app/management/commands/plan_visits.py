"""Plan the visits of a day, or of several working days, for one rep or all: who, when, in what order, and who not."""

import time
from datetime import date
from datetime import time as time_of_day
from decimal import Decimal
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.db.models import Prefetch

from audit.services import COMMAND
from collections_app.visits import plan_services, planning, proof, sentences
from collections_app.visits.models import LeftOut, Plan, Stop
from collections_app.visits.solver.solve import Effort
from common import clock, console, money
from common.console import JsonCommand
from common.refusals import Refused
from staff.models import Business, User

MOST_DAYS = 10
MOST_ITERATIONS = 100_000
LAST_SEED = 2**31 - 1  # as far as the column reaches


class NotARound(Refused):
    """More days than a round may have, a rep whom nobody knows, or a search without an end."""


class Command(JsonCommand):
    help = "Plan visits. Exit 1: refused, or a stored plan breaks a rule; 2: wrong call."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--on", help="first day, YYYY-MM-DD; default today. A day off gives an empty plan")
        parser.add_argument("--rep", help="user name of one rep; default all")
        parser.add_argument("--days", type=int, default=1, help="so many working days as one round (default 1)")
        parser.add_argument(
            "--iterations",
            type=int,
            default=plan_services.USUAL.iterations,
            help=f"of the search, at most {MOST_ITERATIONS}; 0: none, the best of the simple lists",
        )
        parser.add_argument("--seed", type=int, default=0, help="of the search, at least 0")

    def answer(self, **options: Any) -> dict[str, Any]:
        on = console.day(options["on"]) if options["on"] else clock.business_today()
        reps = _reps(options["rep"])
        for name, least, most in (("days", 1, MOST_DAYS), ("iterations", 0, MOST_ITERATIONS), ("seed", 0, LAST_SEED)):
            if not least <= options[name] <= most:
                raise NotARound(f"--{name} {options[name]} is not between {least} and {most}.")
        days = [on] if options["days"] == 1 else _working_days(on, options["days"])
        effort = Effort(iterations=options["iterations"], seed=options["seed"])
        started = time.perf_counter()
        if on >= clock.business_today():
            return _document(_planned(days, reps, effort), started)
        # A day that has passed is planned with what is open now, and its own plan stays as it was.
        with transaction.atomic():
            document = _document(_planned(days, reps, effort), started)
            transaction.set_rollback(True)
        return document

    def is_broken(self, document: dict[str, Any]) -> bool:
        return bool(document["checks"]["violations"])

    def tell(self, document: dict[str, Any]) -> None:
        for plan in document["plans"]:
            self.stdout.write(f"{plan['rep']} {plan['on']}: {len(plan['stops'])} stops, worth {plan['value']}")
            for stop in plan["stops"]:
                must = " (commitment)" if stop["commitment"] else ""
                self.stdout.write(f"  {stop['position']}. {stop['start']} {stop['customer']} {stop['worth']}{must}")
            for out in plan["left_out"]:
                self.stdout.write(f"  – {out['customer']} {out['worth']}: {out['reason']}")
        for line in document["checks"]["violations"]:
            self.stderr.write(line)


def _planned(days: list[date], reps: list[User], effort: Effort) -> list[Plan]:
    made = [
        plan.pk
        for group in plan_services.grouped(reps)
        for plan in plan_services.plan_round(on=days, reps=group, by=COMMAND, effort=effort)
    ]
    stops = Stop.objects.exclude(state=Stop.State.CANCELLED).select_related("customer").order_by("position")
    left_out = LeftOut.objects.select_related("customer").order_by("-worth", "pk")
    return list(
        Plan.objects.filter(pk__in=made)
        .select_related("rep")
        .prefetch_related(Prefetch("stops", stops), Prefetch("left_out", left_out))
        .order_by("on", "rep__username")
    )


def _document(plans: list[Plan], started: float) -> dict[str, Any]:
    base = Business.objects.values_list("base_currency", flat=True).first() or Business().base_currency
    return {
        "plans": [_plan(plan, base) for plan in plans],
        "checks": {"violations": proof.violations(plans)},
        "seconds": round(time.perf_counter() - started, 3),
    }


def _plan(plan: Plan, base: str) -> dict[str, Any]:
    return {
        "rep": plan.rep.username,
        "on": plan.on.isoformat(),
        "value": money.as_text(plan.value, base),
        "currency": base,
        "stops": [_stop(stop, base) for stop in plan.stops.all()],
        "left_out": [
            {
                "customer": row.customer.code,
                "worth": money.as_text(row.worth, base),
                "reason": sentences.left_out(row.reason),
            }
            for row in plan.left_out.all()
        ],
    }


def _stop(stop: Stop, base: str) -> dict[str, Any]:
    return {
        "position": stop.position,
        "customer": stop.customer.code,
        "arrive": _time(stop.arrive_at),
        "start": _time(stop.start_at),
        "leave": _time(stop.leave_at),
        "worth": money.as_text(stop.worth, base),
        "reasons": [{"term": row["term"], "amount": money.as_text(Decimal(row["amount"]), base)} for row in stop.terms],
        "commitment": stop.is_commitment,
    }


def _time(moment: time_of_day | None) -> str | None:
    return moment.strftime("%H:%M") if moment else None


def _reps(name: str | None) -> list[User]:
    if name is None:
        return list(User.objects.reps().order_by("team", "pk"))
    found = User.objects.reps().filter(username=name).first()
    if found is None:
        raise NotARound(f"No active rep has the user name {name!r}.")
    return [found]


def _working_days(on: date, count: int) -> list[date]:
    calendar = Business.objects.values_list("calendar", flat=True).first() or ""
    return planning.working_days(on, count, calendar)
