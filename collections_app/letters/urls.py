from django.urls import path

from collections_app.letters import views
from collections_app.letters.accounts import views as accounts
from collections_app.letters.copies import views as copies

app_name = "letters"
urlpatterns = [
    path("dunning/", views.dunning, name="dunning"),
    path("dunning/review/", views.review, name="review"),
    path("dunning/runs/<int:pk>/", views.run, name="run"),
    path("accounts/<path:code>/statement.pdf", accounts.account_pdf, name="account-pdf"),
    path("accounts/<path:code>/", accounts.account, name="account"),
    path("invoices/<int:pk>/copy.pdf", copies.invoice_copy, name="invoice-copy"),
    path("letters/", views.letters, name="letters"),
    path("letters/<int:pk>.pdf", views.letter, name="letter"),
]
