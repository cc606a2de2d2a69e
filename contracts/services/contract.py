"""A contract's way: drafted, active once a due date follows from it, ended; executed, accepted and filed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.services import Actor
from common.days import ONE_DAY
from common.models import Document
from common.refusals import Refused
from common.templatetags import ui
from contracts import terms
from contracts.models import Contract, Method, PriceLine
from contracts.services import checks, consignment, prices, readings
from customers import services as customers

# What can be changed while a contract is a draft; execution and acceptance have verbs of their own.
DRAFTED = frozenset({
    "number", "language", "starts_on", "ends_before", "currency", "settlement_clause", "settlement_text", "method",
    "parameters", "charges_first", "rest_callable", "benefits_while_current", "interest_clause", "title",
    "title_agreed_on", "title_registered_on", "consignment_rest", *consignment.CLAUSE,
})  # fmt: skip
LONGEST_NUMBER = 40


class NotAContract(Refused):
    """A number, a day or a clause is missing or contradicts another."""


class CannotBecomeActive(Refused):
    """No due date can be computed from the contract, or its wording leaves the day open."""


@transaction.atomic
def agree(*, contract: Contract, price_lines: Sequence[PriceLine] = (), by: Actor) -> Contract:
    """Store a contract in the state it is in elsewhere; refuse an active one from which no due date follows."""
    customers.lock([contract.customer_id])
    if contract.state == Contract.State.ACTIVE:
        check_can_be_active(contract)
    _store(contract, price_lines)
    _tell("contracts.agreed", contract, by, state=contract.state, method=contract.method)
    return contract


@transaction.atomic
def draft(*, contract: Contract, price_lines: Sequence[PriceLine] = (), by: Actor) -> Contract:
    """A new contract on which both sides still work: its terms may be missing."""
    customers.lock([contract.customer_id])
    contract.state = Contract.State.DRAFT
    _store(contract, price_lines)
    _tell("contracts.drafted", contract, by, method=contract.method)
    return contract


@transaction.atomic
def change_draft(*, contract: Contract, by: Actor, **values: Any) -> Contract:
    """Other terms for a contract that is still a draft; what is agreed changes by a new contract."""
    if unknown := values.keys() - DRAFTED:
        raise TypeError(f"not part of a draft: {', '.join(sorted(unknown))}")
    row = _locked(contract)
    if row.state != Contract.State.DRAFT:
        raise checks.NotInState(
            _("Contract %(number)s is no draft any more. Other terms need a new contract.") % {"number": row.number}
        )
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    _check(row)
    row.save(update_fields=values.keys())
    audit.record(verb="contracts.changed", subject=row, by=by, before=before, after=values)
    return row


@transaction.atomic
def activate(*, contract: Contract, on: date, by: Actor) -> Contract:
    """From now on goods can be asked for under it, and its terms decide what is due."""
    row = _locked(contract)
    if row.state == Contract.State.DRAFT:
        check_can_be_active(row)
        if row.ends_before is not None and row.ends_before <= on:
            raise CannotBecomeActive(
                _("Contract %(number)s ended before %(day)s. Extend its validity first.")
                % {"number": row.number, "day": ui.day(row.ends_before)}
            )
    if not Contract.objects.filter(pk=row.pk, state=Contract.State.DRAFT).update(state=Contract.State.ACTIVE):
        raise checks.NotInState(
            _("Contract %(number)s is no draft any more. Only a draft becomes active.") % {"number": row.number}
        )
    row.state = Contract.State.ACTIVE
    customers.mark([row.customer_id], because="contract", on=on)
    _tell("contracts.activated", row, by, on=on, method=row.method)
    return row


@transaction.atomic
def end(*, contract: Contract, on: date, by: Actor) -> Contract:
    """This is the last day on which anything can be asked for under it; what was delivered stays due as agreed."""
    row = _locked(contract)
    if on < row.starts_on:
        raise checks.TooEarly(
            _("Contract %(number)s starts on %(first)s and cannot end on %(day)s. Choose a later day.")
            % {"number": row.number, "first": ui.day(row.starts_on), "day": ui.day(on)}
        )
    before = row.ends_before
    row.ends_before = min(before or on + ONE_DAY, on + ONE_DAY)
    active = Contract.objects.filter(pk=row.pk, state=Contract.State.ACTIVE)
    if not active.update(state=Contract.State.ENDED, ends_before=row.ends_before):
        raise checks.NotInState(
            _("Contract %(number)s is not active. Only an active contract is ended.") % {"number": row.number}
        )
    row.state = Contract.State.ENDED
    customers.mark([row.customer_id], because="contract", on=on)
    audit.record(
        verb="contracts.ended",
        subject=row,
        by=by,
        before={"ends_before": before},
        after={"ends_before": row.ends_before},
    )
    return row


@transaction.atomic
def execute(
    *, contract: Contract, execution: str, signed_by: str, has_authority: bool, on: date, by: Actor
) -> Contract:
    """Note how it was signed or sealed, by whom and when. Whether that suffices is a rule: `contracts.execution`."""
    if execution not in Contract.Execution.values:
        raise NotAContract(_('"%(way)s" is no way to execute a contract.') % {"way": execution})
    checks.check_has_come(on)
    row = _open(contract)
    before = {name: getattr(row, name) for name in ("execution", "signed_by", "has_authority", "signed_on")}
    row.execution, row.has_authority, row.signed_on = execution, has_authority, on
    if execution == Contract.Execution.NONE:
        row.signed_by, row.signed_on = "", None
    else:
        row.signed_by = checks.check_name(signed_by, _("Say who signed or sealed the contract."))
    row.save(update_fields=before.keys())
    customers.mark([row.customer_id], because="contract", on=on)
    after = {name: getattr(row, name) for name in before}
    audit.record(verb="contracts.executed", subject=row, by=by, before=before, after=after)
    return row


@transaction.atomic
def accept_terms(*, contract: Contract, accepted_by: str, on: date, by: Actor) -> Contract:
    """The customer was told the terms and accepted them: needed before the first release."""
    accepted_by = checks.check_name(accepted_by, _("Say who accepted the terms."))
    checks.check_has_come(on)
    row = _open(contract)
    before = {"accepted_by": row.terms_accepted_by, "on": row.terms_accepted_on}
    row.terms_accepted_by, row.terms_accepted_on = accepted_by, on
    row.save(update_fields=["terms_accepted_by", "terms_accepted_on"])
    customers.mark([row.customer_id], because="contract", on=on)
    after = {"accepted_by": accepted_by, "on": on}
    audit.record(verb="contracts.terms_accepted", subject=row, by=by, before=before, after=after)
    return row


@transaction.atomic
def attach(*, contract: Contract, document: Document, by: Actor) -> Contract:
    """File the signed paper; an earlier one stays stored, and the trail names both by their hash."""
    row = _locked(contract)
    before = {"sha256": row.document.sha256 if row.document else None}
    row.document = document
    row.save(update_fields=["document"])
    after = {"sha256": document.sha256, "name": document.name}
    audit.record(verb="contracts.filed", subject=row, by=by, before=before, after=after)
    return row


def check_can_be_active(contract: Contract) -> None:
    if not terms.is_computable(contract.method, contract.parameters):
        raise CannotBecomeActive(
            _("Contract %(number)s has no computable due date. State a settlement method with its days or dates.")
            % {"number": contract.number}
        )
    if terms.is_due_before(contract.method, contract.parameters, contract.starts_on):
        raise CannotBecomeActive(
            _("Contract %(number)s starts on %(first)s; its fixed date is before that. Correct one of the two days.")
            % {"number": contract.number, "first": ui.day(contract.starts_on)}
        )
    if words := readings.open_words(contract):
        raise CannotBecomeActive(
            _("Contract %(number)s does not say when payment is due: %(words)s. Agree on a day that can be computed.")
            % {"number": contract.number, "words": words}
        )
    if contract.method == Method.CONSIGNMENT:
        consignment.check_clause(contract, CannotBecomeActive)


def _store(contract: Contract, price_lines: Sequence[PriceLine]) -> None:
    _check(contract)
    prices.check_lines(price_lines, contract.currency)
    contract.save(force_insert=True)
    for line in price_lines:
        line.contract = contract
    PriceLine.objects.bulk_create(price_lines, batch_size=1000)


def _check(contract: Contract) -> None:
    """What every contract has, a draft included."""
    contract.number = contract.number.strip()
    if not contract.number or len(contract.number) > LONGEST_NUMBER:
        raise NotAContract(_("A contract has a number of at most 40 characters."))
    same = Contract.objects.filter(customer=contract.customer_id, number=contract.number).exclude(pk=contract.pk)
    if same.exists():
        raise NotAContract(
            _("%(customer)s has a contract %(number)s already. Choose another number.")
            % {"customer": contract.customer.name, "number": contract.number}
        )
    checks.check_currency(contract.currency)
    if contract.starts_on is None:
        raise NotAContract(_("Say from which day contract %(number)s holds.") % {"number": contract.number})
    if contract.ends_before is not None and contract.ends_before <= contract.starts_on:
        raise NotAContract(
            _("Contract %(number)s would end before it starts. Correct one of the two days.")
            % {"number": contract.number}
        )
    if contract.title != Contract.Title.NONE and contract.title_agreed_on is None:
        raise NotAContract(_("Say on which day the retention of title was agreed."))


def _locked(contract: Contract) -> Contract:
    """Without the bytes of its file, which no verb reads."""
    customers.lock([contract.customer_id])
    rows = Contract.objects.select_related("customer", "document").defer("document__content")
    return rows.get(pk=contract.pk)


def _open(contract: Contract) -> Contract:
    row = _locked(contract)
    if row.state == Contract.State.ENDED:
        raise checks.NotInState(
            _("Contract %(number)s has ended. Nothing about it can be made good any more.") % {"number": row.number}
        )
    return row


def _tell(verb: str, contract: Contract, by: Actor, **after: Any) -> None:
    audit.record(verb=verb, subject=contract, by=by, after={"number": contract.number, **after})
