from django.contrib import admin

from common.admin import ReadOnlyAdmin
from contracts.models import Contract, PriceLine, Product, Release, Shipment

admin.site.register([Contract, PriceLine, Product, Shipment, Release], ReadOnlyAdmin)
