from django.contrib import admin

from common.admin import ReadOnlyAdmin
from contracts.models import (
    Contract,
    Count,
    CountLine,
    PriceLine,
    Product,
    Proof,
    Reading,
    Release,
    Shipment,
    ShipmentLine,
)

admin.site.register(
    [Contract, Reading, PriceLine, Product, Shipment, ShipmentLine, Release, Proof, Count, CountLine], ReadOnlyAdmin
)
