from django.apps import AppConfig


class CollectionsConfig(AppConfig):
    name = "collections_app"
    label = "collections_app"

    def ready(self) -> None:
        from collections_app import after_money
        from receivables import consequences

        consequences.install(after_money.act)
