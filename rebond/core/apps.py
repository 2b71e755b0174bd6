from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "rebond.core"
