"""Tables of what was agreed and delivered, by noun."""

from contracts.models.contract import Contract, ContractQuerySet, Method, PriceLine, Product, Reading
from contracts.models.shipment import Count, CountLine, Proof, Release, Shipment, ShipmentLine, ShipmentQuerySet

__all__ = [
    "Contract",
    "ContractQuerySet",
    "Count",
    "CountLine",
    "Method",
    "PriceLine",
    "Product",
    "Proof",
    "Reading",
    "Release",
    "Shipment",
    "ShipmentLine",
    "ShipmentQuerySet",
]
