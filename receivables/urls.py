from django.urls import path

from receivables import views

app_name = "receivables"
urlpatterns = [
    path("payments/", views.payments, name="payments"),
    path("payments/new/", views.record_payment, name="record-payment"),
    path("payments/receipts/", views.receipts, name="receipts"),
    path("payments/receipts/<int:pk>/", views.receipt, name="receipt"),
    path("payments/receipts/<int:pk>/verify/", views.verify, name="verify"),
    path("payments/receipts/<int:pk>/refuse/", views.refuse, name="refuse"),
]
