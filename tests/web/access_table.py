"""Who may open what. One line for every address; an address without a line fails the test beside it.

Roles in `reads` get the page of their own object, roles in `writes` may send it. Everybody else of the staff gets
403, somebody else's object and a missing one 404, nobody signed in the sign-in page.
"""

from dataclasses import dataclass, field

ALL = {"rep", "manager", "finance", "auditor", "admin"}
DESK = ALL - {"rep"}
OFFICE = {"finance", "auditor", "admin"}
STORES = {"finance", "admin"}
MONEY = {"finance"}
DECIDES = {"finance", "manager"}
ASKS = {"rep", "manager", "finance"}
GRANTS = {"manager", "finance", "admin"}
HANDLES = ALL - {"auditor"}


@dataclass(frozen=True)
class Line:
    """Rights at an address; `of` names the object its arguments point to, `is_scoped` that reps have their own."""

    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    of: str = ""
    is_scoped: bool = True
    is_public: bool = False


TABLE = {
    # open to everybody
    "health-live": Line(is_public=True),
    "health-ready": Line(is_public=True),
    "login": Line(is_public=True),
    "set_language": Line(is_public=True),
    # oneself
    "home": Line(reads=ALL),
    "logout": Line(writes=ALL),
    "profile": Line(reads=ALL, writes=ALL),
    # the rep's day
    "visits:today": Line(reads=ALL),
    "visits:stop": Line(reads=ALL, of="stop"),
    "visits:outcome": Line(reads={"rep"}, writes={"rep"}, of="stop"),
    "visits:receipt": Line(reads=ALL, of="receipt"),
    # lists and the board
    "desk:ageing": Line(reads=DESK),
    "desk:receivables": Line(reads=ALL),
    "desk:customers": Line(reads=ALL),
    "desk:customer": Line(reads=ALL, of="customer"),
    "desk:invoices": Line(reads=ALL),
    "desk:invoice": Line(reads=ALL, of="invoice"),
    "desk:health": Line(reads=DESK),
    "desk:credit": Line(reads=DESK),
    "desk:credit-of": Line(reads=ALL, of="customer"),
    "desk:grant-limit": Line(writes=GRANTS, of="customer"),
    "desk:told-insurer": Line(writes=GRANTS, of="customer"),
    "desk:decide-check": Line(writes=GRANTS, of="credit check"),
    "desk:ladder": Line(reads=ALL),
    "desk:ladder-of": Line(reads=ALL, of="customer"),
    "desk:climb": Line(writes=GRANTS, of="customer"),
    "desk:step-down": Line(writes=GRANTS, of="customer"),
    "desk:ladder-notice": Line(reads=ALL, of="ladder step"),
    "desk:print-ladder-notice": Line(writes=GRANTS, of="ladder step"),
    "desk:to-dos": Line(reads=ALL),
    "desk:to-do": Line(reads=ALL, of="to do"),
    "desk:to-do-done": Line(writes=ALL - {"auditor"}, of="to do"),
    # contracts, shipments and what waits at the gate
    "desk:contracts": Line(reads=ALL),
    "desk:new-contract": Line(reads=GRANTS, writes=GRANTS),
    "desk:contract": Line(reads=ALL, of="contract"),
    "desk:edit-contract": Line(reads=GRANTS, writes=GRANTS, of="contract"),
    "desk:contract-file": Line(reads=ALL, of="contract"),
    "desk:execute-contract": Line(writes=GRANTS, of="contract"),
    "desk:accept-terms": Line(writes=GRANTS, of="contract"),
    "desk:activate-contract": Line(writes=GRANTS, of="contract"),
    "desk:end-contract": Line(writes=GRANTS, of="contract"),
    "desk:attach-contract": Line(writes=GRANTS, of="contract"),
    "desk:set-price": Line(writes=GRANTS, of="contract"),
    "desk:plan-shipment": Line(reads=HANDLES, writes=HANDLES, of="contract"),
    "desk:shipments": Line(reads=ALL),
    "desk:shipment": Line(reads=ALL, of="shipment"),
    "desk:proof-file": Line(reads=ALL, of="shipment"),
    "desk:release-shipment": Line(writes=GRANTS, of="shipment"),
    "desk:release-part": Line(writes=GRANTS, of="shipment"),
    "desk:decide-hold": Line(writes=GRANTS, of="shipment"),
    "desk:deliver-shipment": Line(writes=HANDLES, of="shipment"),
    "desk:file-proof": Line(writes=HANDLES, of="shipment"),
    "desk:take-back-goods": Line(writes=HANDLES, of="shipment"),
    "desk:cancel-shipment": Line(writes=HANDLES, of="shipment"),
    "desk:record-count": Line(writes=HANDLES, of="shipment"),
    "desk:invoice-shipment": Line(writes=MONEY, of="shipment"),
    "desk:book-counted": Line(writes=MONEY, of="shipment"),
    "desk:holds": Line(reads=ALL),
    "desk:observed-holds": Line(reads=ALL),
    "desk:gate-settings": Line(reads=DESK, writes={"manager", "admin"}),
    # money
    "receivables:payments": Line(reads=DESK),
    "receivables:match": Line(reads=DESK),
    "receivables:payment": Line(reads=DESK, of="payment"),
    "receivables:accept": Line(writes=MONEY, of="payment"),
    "receivables:allocate": Line(writes=MONEY, of="payment"),
    "receivables:reverse-payment": Line(writes=MONEY, of="payment"),
    "receivables:refund": Line(writes=MONEY, of="payment"),
    "receivables:exchange": Line(writes=MONEY, of="payment"),
    "receivables:take-back": Line(reads=MONEY, writes=MONEY, of="allocation", is_scoped=False),
    "receivables:reverse-refund": Line(reads=MONEY, writes=MONEY, of="refund", is_scoped=False),
    "receivables:credit-notes": Line(reads=DESK),
    "receivables:record-credit-note": Line(reads=MONEY, writes=MONEY),
    "receivables:credit-note": Line(reads=DESK, of="credit note"),
    "receivables:accept-credit": Line(writes=MONEY, of="credit note"),
    "receivables:refund-credit": Line(writes=MONEY, of="credit note"),
    "receivables:allocate-credit": Line(writes=MONEY, of="credit note"),
    "receivables:reverse-credit-note": Line(writes=MONEY, of="credit note"),
    "receivables:write-offs": Line(reads=DESK),
    "receivables:claims": Line(reads=DESK),
    "receivables:write-off": Line(reads=DESK, of="write-off"),
    "receivables:grant": Line(writes=DECIDES, of="write-off"),
    "receivables:decline": Line(writes=DECIDES, of="write-off"),
    "receivables:reverse-write-off": Line(writes=DECIDES, of="write-off"),
    "receivables:waive-claim": Line(reads=DECIDES, writes=DECIDES, of="due item"),
    "receivables:ask-write-off": Line(reads=MONEY, writes=MONEY, of="due item", is_scoped=False),
    "receivables:claim": Line(reads=MONEY, writes=MONEY, of="due item", is_scoped=False),
    "receivables:more-time": Line(reads=ALL),
    "receivables:ask-extension": Line(reads=ASKS, writes=ASKS, of="due item"),
    "receivables:ask-plan": Line(reads=ASKS, writes=ASKS),
    "receivables:extension": Line(reads=ALL, of="extension"),
    "receivables:grant-extension": Line(writes=GRANTS, of="extension"),
    "receivables:decline-extension": Line(writes=GRANTS, of="extension"),
    "receivables:plan": Line(reads=ALL, of="plan"),
    "receivables:grant-plan": Line(writes=GRANTS, of="plan"),
    "receivables:decline-plan": Line(writes=GRANTS, of="plan"),
    "receivables:charges": Line(reads=DESK),
    "receivables:charge": Line(reads=DESK, of="charge"),
    "receivables:waive": Line(writes=MONEY, of="charge"),
    "receivables:reverse-charge": Line(writes=MONEY, of="charge"),
    "receivables:record-payment": Line(reads=MONEY, writes=MONEY),
    "receivables:receipts": Line(reads=DESK),
    "receivables:receipt": Line(reads=DESK, of="receipt"),
    "receivables:keep-paper": Line(reads=MONEY, writes=MONEY, of="receipt", is_scoped=False),
    "receivables:papers": Line(reads=DESK),
    "receivables:take-paper": Line(reads=MONEY, writes=MONEY),
    "receivables:paper": Line(reads=DESK, of="paper"),
    "receivables:present-paper": Line(writes=MONEY, of="paper"),
    "receivables:honour-paper": Line(writes=MONEY, of="paper"),
    "receivables:dishonour-paper": Line(writes=MONEY, of="paper"),
    "receivables:return-paper": Line(writes=MONEY, of="paper"),
    "receivables:cash": Line(reads=ALL),
    "receivables:count-cash": Line(reads={"rep"}, writes={"rep"}),
    "receivables:hand-ins": Line(reads=ALL),
    "receivables:hand-in": Line(reads=ALL, of="hand in"),
    "receivables:slip": Line(reads=ALL, of="hand in"),
    "receivables:receive": Line(writes=MONEY, of="hand in"),
    "receivables:close-hand-in": Line(writes=MONEY, of="hand in"),
    "receivables:send-back": Line(writes=MONEY, of="hand in"),
    "receivables:numbers": Line(reads=ALL),
    "receivables:void-number": Line(reads={"rep", "finance"}, writes={"rep", "finance"}),
    "receivables:verify": Line(writes=MONEY, of="receipt"),
    "receivables:refuse": Line(writes=MONEY, of="receipt"),
    # the company's ledger
    "receivables:journal": Line(reads=OFFICE),
    "receivables:export": Line(writes=MONEY),
    "receivables:rates": Line(reads=OFFICE),
    "receivables:state-rate": Line(writes=MONEY),
    "receivables:accounts": Line(reads=OFFICE, writes=STORES),
    "receivables:batch": Line(reads=OFFICE, of="batch", is_scoped=False),
    "receivables:batch-file": Line(reads=OFFICE, of="batch", is_scoped=False),
    "receivables:reverse-batch": Line(writes=MONEY, of="batch", is_scoped=False),
    "desk:control-totals": Line(reads=OFFICE),
    "desk:state-total": Line(writes=MONEY),
    "desk:import-totals": Line(writes=MONEY),
    "desk:payer": Line(reads=OFFICE, writes=MONEY, of="customer", is_scoped=False),
    # letters
    "letters:account": Line(reads=ALL, of="customer"),
    "letters:account-pdf": Line(reads=ALL, of="customer"),
    "letters:dunning": Line(reads=OFFICE),
    "letters:review": Line(reads=MONEY, writes=MONEY),
    "letters:run": Line(reads=OFFICE, of="run", is_scoped=False),
    "letters:letters": Line(reads=ALL),
    "letters:letter": Line(reads=ALL, of="letter"),
    # files
    "intake:files": Line(reads=OFFICE),
    "intake:upload": Line(reads=STORES, writes=STORES),
    "intake:differences": Line(reads=OFFICE),
    "intake:difference": Line(reads=OFFICE, of="difference", is_scoped=False),
    "intake:accept": Line(writes=STORES, of="difference", is_scoped=False),
    "intake:keep": Line(writes=STORES, of="difference", is_scoped=False),
    "intake:file": Line(reads=OFFICE, of="file", is_scoped=False),
    "intake:confirm": Line(writes=STORES, of="file", is_scoped=False),
    "intake:drop": Line(writes=STORES, of="file", is_scoped=False),
    "intake:refused_rows": Line(reads=OFFICE, of="file", is_scoped=False),
}
