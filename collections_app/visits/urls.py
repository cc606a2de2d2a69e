from django.urls import path

from collections_app.visits import views

app_name = "visits"
urlpatterns = [
    path("today/", views.today, name="today"),
    path("stops/<int:pk>/", views.stop, name="stop"),
    path("stops/<int:pk>/outcome/", views.outcome, name="outcome"),
    path("receipts/<int:pk>/", views.receipt, name="receipt"),
]
