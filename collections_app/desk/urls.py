from django.urls import path

from collections_app.desk import views

app_name = "desk"
urlpatterns = [
    path("ageing/", views.ageing, name="ageing"),
    path("receivables/", views.receivables, name="receivables"),
    path("customers/", views.customer_list, name="customers"),
    path("customers/<path:code>/", views.customer, name="customer"),
    path("invoices/", views.invoice_list, name="invoices"),
    path("invoices/<int:pk>/", views.invoice_page, name="invoice"),
    path("health/", views.health, name="health"),
]
