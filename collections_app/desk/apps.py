from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "collections_app.desk"
    label = "desk"
