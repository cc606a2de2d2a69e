"""Contracts of a file beside those that are here: new ones, drafts that moved on, and agreed terms that stay."""

from copy import copy
from typing import Any

from contracts import terms
from contracts.consigned import Unsaid
from contracts.models import Contract, Method
from contracts.services import consignment, readings
from contracts.services.consignment import CLAUSE
from contracts.services.contract import DRAFTED
from intake.agreed import here
from intake.agreed.contract_row import LACKS
from intake.agreed.plan import ContractChange, Plan, check_customer
from intake.agreed.reading import AgreedReading, said
from intake.agreed.rows import ContractRow

EXECUTED = ("execution", "signed_on", "signed_by", "has_authority")
ACCEPTED = ("terms_accepted_on", "terms_accepted_by")
OTHERWISE = "other terms need a new contract"
OTHER_WORDS = "agree on a day that can be computed"
READER = ", or import a draft and have somebody answer for the clause"


def compare(read: AgreedReading) -> Plan:
    plan = Plan(read, here.of_contracts(read))
    for row in read.contracts:
        if not check_customer(row, plan) or not plan.is_good(row):
            continue
        contract = plan.here.contract(row.customer, row.number)
        if contract is None:
            _add(row, plan)
        else:
            _compare(row, contract, plan)
    return plan


def _add(row: ContractRow, plan: Plan) -> None:
    now = Contract(number=row.number, **row.stated)
    if row.state != Contract.State.DRAFT:
        _check_wording(row, now, plan)
    if row.state == Contract.State.ACTIVE:
        _check_clause(row, now, plan)
    if plan.is_good(row):
        plan.new_contracts.append(row)


def _compare(row: ContractRow, contract: Contract, plan: Plan) -> None:
    is_draft = contract.state == Contract.State.DRAFT
    differing = [name for name, value in row.stated.items() if _differs(row, contract, name, value)]
    clause = [name for name in differing if name in CLAUSE and _lacks_clause(contract)]
    drafted = [name for name in differing if name in DRAFTED and name not in clause]
    executed = [name for name in differing if name in EXECUTED]
    accepted = [name for name in differing if name in ACCEPTED]
    if not is_draft:
        for name in drafted:
            _changed(row, contract, name, OTHERWISE, plan)
    _check_state(row, contract, plan)
    now = _with(contract, row.stated)
    executes = bool(executed) and now.execution != Contract.Execution.NONE
    if executes:
        _check_execution(row, contract, now, executed, plan)
    if accepted:
        _check_acceptance(row, contract, now, accepted, plan)
    activates = is_draft and row.state == "active"
    if activates and not now.method:
        plan.wrong(row, "state", f"contract {now.number} has no settlement method yet; only a draft may leave it open")
    if activates:
        _check_wording(row, now, plan)
    if activates or clause:
        _check_clause(row, now, plan)
    change = ContractChange(
        contract=contract,
        row=row,
        drafted={name: row.stated[name] for name in drafted},
        clause={name: row.stated[name] for name in clause},
        executes=executes,
        accepts=bool(accepted),
        activates=activates,
    )
    if not plan.is_good(row):
        return
    if drafted or clause or executes or accepted or activates:
        plan.contract_changes.append(change)
    else:
        plan.unchanged += 1


def _differs(row: ContractRow, contract: Contract, name: str, value: Any) -> bool:
    ours = getattr(contract, name)
    is_guess = name == "title_agreed_on" and not row.cells.get(name)  # from the day of the signature
    if isinstance(ours, str) and isinstance(value, str):
        return ours.split() != value.split()  # a clause typed here has its own line breaks
    return bool(ours != value and not (is_guess and ours is not None))


def _with(contract: Contract, stated: Any) -> Contract:
    """The contract as it would be, not stored."""
    now = copy(contract)
    for name, value in stated.items():
        setattr(now, name, value)
    return now


def _changed(row: ContractRow, contract: Contract, name: str, otherwise: str, plan: Plan) -> None:
    plan.wrong(
        row,
        row.column_of(name),
        f"changed: contract {contract.number} is here already and {contract.state}, with "
        f'"{said(getattr(contract, name))}"; {otherwise}',
    )


def _check_state(row: ContractRow, contract: Contract, plan: Plan) -> None:
    """A draft may become active. What has ended by its last day is told by that day."""
    here_is = contract.state
    forward = here_is == row.state or (here_is, row.state) in {("draft", "active"), ("active", "ended")}
    if not forward:
        otherwise = "activate and end it on its page" if here_is == "draft" else "it does not go back"
        plan.wrong(row, "state", f"changed: contract {contract.number} is here already and {here_is}; {otherwise}")


def _check_execution(row: ContractRow, contract: Contract, now: Contract, differing: list[str], plan: Plan) -> None:
    """A contract that was not executed is cured; a signature that is here stays."""
    if contract.state != Contract.State.DRAFT and contract.execution != Contract.Execution.NONE:
        for name in differing:
            _changed(row, contract, name, "a signature stays as it was given", plan)
    elif contract.state == Contract.State.ENDED:
        plan.wrong(
            row, "execution", f"contract {contract.number} has ended; nothing about it can be made good any more"
        )
    elif not now.signed_by or now.signed_on is None:
        plan.wrong(row, "execution", "signed or sealed by whom, and on which day? State signed_by and signed_on")


def _check_acceptance(row: ContractRow, contract: Contract, now: Contract, differing: list[str], plan: Plan) -> None:
    if contract.state != Contract.State.DRAFT and contract.terms_accepted_on is not None:
        for name in differing:
            _changed(row, contract, name, "what was accepted stays", plan)
    elif contract.state == Contract.State.ENDED:
        plan.wrong(row, differing[0], f"contract {contract.number} has ended; its terms cannot be accepted any more")
    elif not now.terms_accepted_by or now.terms_accepted_on is None:
        plan.wrong(row, differing[0], "accepted by whom, and when? State terms_accepted_by and terms_accepted_on")


def _check_wording(row: ContractRow, now: Contract, plan: Plan) -> None:
    """Marked words for which nobody has answered, in the file or in the draft that it would make active."""
    if now.method and terms.is_due_before(now.method, now.parameters, now.starts_on):
        plan.wrong(row, row.column_of("parameters"), f"due before the contract starts, on {now.starts_on.isoformat()}")
    for name, lacks in LACKS.items():
        is_beside = name == "consignment_text"
        words = readings.open_words(now, is_beside=is_beside)
        if words and name in row.stated:
            otherwise = READER if readings.can_be_read(now, is_beside=is_beside) else ""
            plan.wrong(row, name, f"{lacks}: {words}; {OTHER_WORDS}{otherwise}")
        elif words:
            plan.wrong(row, "state", f"contract {now.number} {lacks}: {words}; correct it first")


def _lacks_clause(contract: Contract) -> bool:
    """On consignment since before that needed a clause: a later file may bring the one that was signed."""
    is_active = contract.state == Contract.State.ACTIVE
    return is_active and contract.method == Method.CONSIGNMENT and bool(consignment.unsaid(contract))


def _check_clause(row: ContractRow, now: Contract, plan: Plan) -> None:
    """Everybody has to know how goods at the customer's are counted, as soon as the first of them stand there."""
    if now.method != Method.CONSIGNMENT:
        return
    for missing in consignment.unsaid(now):
        name, words = _UNSAID[missing]
        plan.wrong(row, name, f"contract {now.number} is on consignment; {words}")


_UNSAID = {
    Unsaid.COUNT: ("count_every", "after how many days are the goods counted each time?"),
    Unsaid.TOO_LATE: ("count_every", "its goods have to go back before they would be counted; count them earlier"),
    Unsaid.COUNTER: ("counter", "who counts the goods: us, customer or together?"),
    Unsaid.TITLE: ("consigned_title", "whose are the goods meanwhile: ours until sold, or until paid?"),
}
