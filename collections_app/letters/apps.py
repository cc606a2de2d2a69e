from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "collections_app.letters"
    label = "letters"
