"""Reading the gate: the answer for a batch, its holds in force, and whether somebody has overridden them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F

from collections_app.gate import facts, grounds, rules, words
from collections_app.gate.grounds import Ground
from collections_app.gate.models import GateOverride, Hold, LadderStep, ModeChoices
from collections_app.gate.modes import modes_on
from collections_app.gate.rules import Held
from collections_app.policy import queries as policies
from common import money
from contracts.models import Shipment
from customers.models import Customer
from receivables import queries as ledger
from staff.models import Business


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause with its ground. An observed one would keep the batch, were it on."""

    cause: str
    kind: str
    amount: Decimal | None
    currency: str
    facts: dict[str, str]
    ground: Ground
    is_observed: bool

    @property
    def sentence(self) -> str:
        return words.cause(self.kind, self.amount, self.currency, self.facts)

    @property
    def way_out(self) -> str:
        return words.way_out(self.kind, self.amount, self.currency, self.facts)

    @property
    def ground_words(self) -> str:
        return words.ground(self.ground.kind, self.ground.text)


@dataclass(frozen=True, slots=True)
class Answer:
    """May this batch leave? `causes` keep it or are observed; an override in force lets it go all the same."""

    causes: tuple[Cause, ...]
    override: str = ""  # the reason

    @property
    def holds(self) -> list[Cause]:
        return [cause for cause in self.causes if not cause.is_observed]

    @property
    def observed(self) -> list[Cause]:
        return [cause for cause in self.causes if cause.is_observed]

    @property
    def may_leave(self) -> bool:
        return not self.holds or bool(self.override)

    def as_json(self) -> dict[str, Any]:
        """What is kept with the release: the answer as it was given."""
        return {
            "causes": [
                {
                    "cause": cause.cause,
                    "kind": cause.kind,
                    "amount": str(cause.amount) if cause.amount is not None else None,
                    "currency": cause.currency,
                    "observed": cause.is_observed,
                }
                for cause in self.causes
            ],
            "override": self.override,
        }


def answers(shipments: Sequence[Shipment], *, as_of: date) -> dict[int, Answer]:
    """By key of the shipment: what the gate says on this day. Changes nothing."""
    policy = policies.in_force(as_of)
    thresholds = rules.Thresholds(policy.gate.late_from, Decimal(policy.gate.tolerance))
    mode = modes_on(as_of)
    overridden = _overrides([shipment.pk for shipment in shipments], as_of)
    by_customer: dict[int, list[Shipment]] = defaultdict(list)
    for shipment in shipments:
        by_customer[shipment.customer_id].append(shipment)
    found = {}
    for key, rows in by_customer.items():
        grounded = _grounded(Customer.objects.get(pk=key))
        known = facts.facts_of(rows, as_of=as_of, policy=policy)
        for shipment in rows:
            held = rules.causes(known[shipment.pk], thresholds, as_of)
            causes = [_cause(one, shipment, grounded, mode(one.cause, grounded.segment)) for one in held]
            kept = tuple(cause for cause in causes if cause is not None)
            found[shipment.pk] = Answer(kept, overridden.get(shipment.pk, ""))
    return found


@dataclass(frozen=True, slots=True)
class Grounded:
    """What the grounds of a customer's holds refer to, read once."""

    segment: str
    country: str
    ladder_clause: str


def _grounded(customer: Customer) -> Grounded:
    step = LadderStep.objects.filter(customer=customer, left_on=None).first()
    country = customer.country or Business.objects.values_list("country", flat=True).first() or ""
    return Grounded(customer.segment, country, step.clause if step else "-")


def _cause(held: Held, shipment: Shipment, of: Grounded, mode: str) -> Cause | None:
    if mode == ModeChoices.OFF:
        return None
    contract = shipment.contract
    ground = grounds.ground_of(
        held.cause,
        contract=contract.number if contract else "",
        clause=contract.settlement_clause if contract else "",
        country=of.country,
        ladder_clause=of.ladder_clause,
    )
    is_observed = mode == ModeChoices.OBSERVE
    return Cause(held.cause.value, held.kind, held.amount, held.currency, held.facts, ground, is_observed)


def _overrides(keys: Sequence[int], as_of: date) -> dict[int, str]:
    rows = GateOverride.objects.filter(shipment__in=keys, starts_on__lte=as_of, ends_before__gt=as_of)
    return dict(rows.order_by("pk").values_list("shipment", "reason"))


def in_base(shipment: Shipment, on: date) -> Decimal | None:
    """The amount of a shipment in base currency; None without a rate."""
    base = ledger.base_currency()
    rate = ledger.rates_on(on, base=base).get(shipment.currency)
    return money.rounded(shipment.amount * rate.rate, base) if rate else None


def cause_of(hold: Hold) -> Cause:
    """A stored hold as the gate said it."""
    known = dict(hold.facts)
    kind, ground = known.pop("kind"), known.pop("ground")
    return Cause(hold.cause, kind, hold.amount, hold.currency, known, Ground(ground, hold.ground), hold.is_observed)


def holding(customers: Sequence[int]) -> dict[int, list[Hold]]:
    """By customer: the holds in force, observed ones left out, oldest shipment first."""
    rows = Hold.objects.filter(customer__in=customers, cleared_at=None, is_observed=False)
    found: dict[int, list[Hold]] = defaultdict(list)
    for hold in rows.select_related("shipment").order_by(F("shipment__asked_on"), "shipment", "pk"):
        found[hold.customer_id].append(hold)
    return found
