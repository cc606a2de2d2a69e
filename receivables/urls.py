from django.urls import path

from receivables import views
from receivables.clearing import views as clearing
from receivables.giving_up import views as giving_up
from receivables.journal import views as journal

app_name = "receivables"
urlpatterns = [
    path("payments/", views.payments, name="payments"),
    path("payments/new/", views.record_payment, name="record-payment"),
    path("payments/match/", clearing.match, name="match"),
    path("payments/<int:pk>/", clearing.payment, name="payment"),
    path("payments/<int:pk>/accept/", clearing.accept, name="accept"),
    path("payments/<int:pk>/allocate/", clearing.allocate, name="allocate"),
    path("payments/<int:pk>/reverse/", clearing.reverse_payment, name="reverse-payment"),
    path("payments/<int:pk>/refund/", clearing.refund, name="refund"),
    path("payments/<int:pk>/exchange/", clearing.exchange, name="exchange"),
    path("allocations/<int:pk>/take-back/", clearing.take_back, name="take-back"),
    path("credit-notes/", clearing.credit_notes, name="credit-notes"),
    path("credit-notes/new/", clearing.record_credit_note, name="record-credit-note"),
    path("credit-notes/<int:pk>/", clearing.credit_note, name="credit-note"),
    path("credit-notes/<int:pk>/allocate/", clearing.allocate_credit, name="allocate-credit"),
    path("credit-notes/<int:pk>/reverse/", clearing.reverse_credit_note, name="reverse-credit-note"),
    path("write-offs/", giving_up.write_offs, name="write-offs"),
    path("write-offs/claims/", giving_up.claims, name="claims"),
    path("write-offs/<int:pk>/", giving_up.write_off, name="write-off"),
    path("write-offs/<int:pk>/grant/", giving_up.grant, name="grant"),
    path("write-offs/<int:pk>/decline/", giving_up.decline, name="decline"),
    path("write-offs/<int:pk>/reverse/", giving_up.take_back, name="reverse-write-off"),
    path("due-items/<int:pk>/write-off/", giving_up.ask, name="ask-write-off"),
    path("due-items/<int:pk>/charge/", giving_up.claim, name="claim"),
    path("charges/", giving_up.charges, name="charges"),
    path("charges/<int:pk>/", giving_up.charge, name="charge"),
    path("charges/<int:pk>/waive/", giving_up.waive, name="waive"),
    path("charges/<int:pk>/reverse/", giving_up.reverse_charge, name="reverse-charge"),
    path("payments/receipts/", views.receipts, name="receipts"),
    path("payments/receipts/<int:pk>/", views.receipt, name="receipt"),
    path("payments/receipts/<int:pk>/verify/", views.verify, name="verify"),
    path("payments/receipts/<int:pk>/refuse/", views.refuse, name="refuse"),
    path("journal/", journal.journal, name="journal"),
    path("journal/export/", journal.export, name="export"),
    path("journal/accounts/", journal.accounts, name="accounts"),
    path("journal/<int:pk>/", journal.batch, name="batch"),
    path("journal/<int:pk>/file/", journal.file, name="batch-file"),
    path("journal/<int:pk>/reverse/", journal.reverse_batch, name="reverse-batch"),
]
