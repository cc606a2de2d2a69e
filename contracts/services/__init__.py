"""Verbs of what was agreed and delivered. Each is one transaction; the modules hold them by noun."""

from contracts.services.books import record_contracts, record_goods, record_planned, record_prices, record_products
from contracts.services.checks import NotACurrency, NotInState, NotNamed, NotYet, TooEarly
from contracts.services.consignment import NoClause, state_clause
from contracts.services.contract import (
    CannotBecomeActive,
    NotAContract,
    accept_terms,
    activate,
    agree,
    attach,
    change_draft,
    draft,
    end,
    execute,
)
from contracts.services.counts import NotACount, record_count
from contracts.services.prices import NotAPrice, set_price
from contracts.services.proofs import file_proof
from contracts.services.readings import NotARead, read_clause
from contracts.services.shipment import (
    NotAnOrder,
    NotASplit,
    cancel,
    deliver,
    plan_shipment,
    split,
    take_back_goods,
)
from contracts.services.title import NotATitle, register_title

__all__ = [
    "CannotBecomeActive",
    "NoClause",
    "NotAContract",
    "NotACount",
    "NotACurrency",
    "NotAPrice",
    "NotARead",
    "NotASplit",
    "NotATitle",
    "NotAnOrder",
    "NotInState",
    "NotNamed",
    "NotYet",
    "TooEarly",
    "accept_terms",
    "activate",
    "agree",
    "attach",
    "cancel",
    "change_draft",
    "deliver",
    "draft",
    "end",
    "execute",
    "file_proof",
    "plan_shipment",
    "read_clause",
    "record_contracts",
    "record_count",
    "record_goods",
    "record_planned",
    "record_prices",
    "record_products",
    "register_title",
    "set_price",
    "split",
    "state_clause",
    "take_back_goods",
]
