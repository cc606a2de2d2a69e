from django.urls import path

from collections_app.desk import views
from collections_app.desk.control_totals import views as control_totals
from collections_app.desk.payers import views as payers

app_name = "desk"
urlpatterns = [
    path("ageing/", views.ageing, name="ageing"),
    path("receivables/", views.receivables, name="receivables"),
    path("customers/", views.customer_list, name="customers"),
    path("customers/<path:code>/payer/", payers.payer, name="payer"),
    path("customers/<path:code>/", views.customer, name="customer"),
    path("invoices/", views.invoice_list, name="invoices"),
    path("invoices/<int:pk>/", views.invoice_page, name="invoice"),
    path("control-totals/", control_totals.control_totals, name="control-totals"),
    path("control-totals/state/", control_totals.state, name="state-total"),
    path("control-totals/import/", control_totals.import_totals, name="import-totals"),
    path("health/", views.health, name="health"),
]
