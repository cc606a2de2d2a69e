from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "collections_app.visits"
    label = "visits"
