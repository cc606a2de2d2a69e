from django.apps import AppConfig


class CollectionsConfig(AppConfig):
    name = "collections_app"
    label = "collections_app"

    def ready(self) -> None:
        from collections_app import after_money
        from collections_app.standings import approving as standings
        from receivables import consequences
        from staff import approving

        consequences.install(after_money.act)
        approving.install(standings.terms)
