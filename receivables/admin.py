from django.contrib import admin

from common.admin import ReadOnlyAdmin
from receivables.models import Allocation, ControlTotal, CreditNote, DueItem, Invoice, Payment, Rate, Receipt, Refund

admin.site.register(
    [Invoice, DueItem, Receipt, Payment, CreditNote, Refund, Allocation, Rate, ControlTotal], ReadOnlyAdmin
)
