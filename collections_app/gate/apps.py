from django.apps import AppConfig


class GateConfig(AppConfig):
    name = "collections_app.gate"
    label = "gate"
