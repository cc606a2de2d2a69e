from django.apps import AppConfig


class StandingsConfig(AppConfig):
    name = "collections_app.standings"
    label = "standings"
