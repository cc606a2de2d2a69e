"""The consignment clause: how often goods at the customer's are counted, by whom, and whose they are meanwhile."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common.refusals import Refused
from contracts import consigned, wording
from contracts.models import Contract, Method
from contracts.services import checks, readings
from customers import services as customers

# Its columns. Until when goods that are not sold may stay are terms, as they decide when something is due.
CLAUSE = ("consignment_clause", "consignment_text", "count_every", "counter", "consigned_title")


class NoClause(Refused):
    """The clause leaves open what everybody has to know as soon as goods stand at the customer's."""


@transaction.atomic
def state_clause(*, contract: Contract, on: date, by: Actor, **values: Any) -> Contract:
    """Write down the clause of a contract that became active before it had to have one; once, as it was signed.

    A draft is changed, and what was agreed otherwise needs a new contract.
    """
    if unknown := values.keys() - set(CLAUSE):
        raise TypeError(f"not part of the clause: {', '.join(sorted(unknown))}")
    customers.lock([contract.customer_id])
    row = Contract.objects.get(pk=contract.pk)
    facts = {"number": row.number}
    if row.method != Method.CONSIGNMENT:
        raise NoClause(_("Contract %(number)s is not on consignment: it needs no such clause.") % facts)
    if row.state != Contract.State.ACTIVE:
        raise checks.NotInState(
            _("Contract %(number)s is not active. The clause of a draft is filled in there.") % facts
        )
    if not unsaid(row):
        raise checks.NotInState(
            _("Contract %(number)s has its consignment clause. Other terms need a new contract.") % facts
        )
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    check_clause(row, NoClause)
    row.save(update_fields=values.keys())
    customers.mark([row.customer_id], because="contract", on=on)
    audit.record(verb="contracts.consignment_stated", subject=row, by=by, before=before, after=values)
    return row


def unsaid(contract: Contract) -> list[consigned.Unsaid]:
    """What the clause of a consignment contract leaves open; its terms are computable."""
    return consigned.unsaid(
        count_every=contract.count_every,
        counter=contract.counter,
        title=contract.consigned_title,
        max_days=int(contract.parameters["max_days"]),
    )


def check_clause(contract: Contract, refusal: type[Refused]) -> None:
    """Everything is said, and nothing in words from which no day follows."""
    if missing := unsaid(contract):
        raise refusal(
            _("Contract %(number)s is on consignment. Fill in its consignment clause: %(missing)s.")
            % {"number": contract.number, "missing": wording.unsaid(missing)}
        )
    if words := readings.open_words(contract, is_beside=True):
        raise refusal(
            _("The consignment clause of contract %(number)s leaves days open: %(words)s. Agree on ones that count.")
            % {"number": contract.number, "words": words}
        )
