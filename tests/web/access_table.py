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
    # money
    "receivables:payments": Line(reads=DESK),
    "receivables:record-payment": Line(reads=MONEY, writes=MONEY),
    "receivables:receipts": Line(reads=DESK),
    "receivables:receipt": Line(reads=DESK, of="receipt"),
    "receivables:verify": Line(writes=MONEY, of="receipt"),
    "receivables:refuse": Line(writes=MONEY, of="receipt"),
    # letters
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
