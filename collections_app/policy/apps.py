from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "collections_app.policy"
    label = "policy"
