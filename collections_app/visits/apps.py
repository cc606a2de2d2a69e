from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "collections_app.visits"
    label = "visits"

    def ready(self) -> None:
        from collections_app.visits import checks  # noqa: F401  (registers the system checks)
