from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "collections_app.cases"
    label = "cases"
