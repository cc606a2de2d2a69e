"""Verbs of what was agreed."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common.refusals import Refused
from contracts import terms
from contracts.models import Contract, PriceLine


class CannotBecomeActive(Refused):
    """No due date can be computed from the contract."""


@transaction.atomic
def agree(*, contract: Contract, price_lines: Sequence[PriceLine] = (), by: Actor) -> Contract:
    """Store a contract, active where its terms give a due date; refuse to activate it where they do not."""
    if contract.state == Contract.State.ACTIVE and not terms.is_computable(contract.method, contract.parameters):
        raise CannotBecomeActive(
            _("Contract %(number)s has no computable due date. State a settlement method with its days or dates.")
            % {"number": contract.number}
        )
    contract.save(force_insert=True)
    for line in price_lines:
        line.contract = contract
    PriceLine.objects.bulk_create(price_lines, batch_size=1000)
    after: dict[str, Any] = {"number": contract.number, "state": contract.state, "method": contract.method}
    audit.record(verb="contracts.agreed", subject=contract, by=by, after=after)
    return contract
