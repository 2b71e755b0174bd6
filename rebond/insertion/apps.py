from django.apps import AppConfig


class InsertionConfig(AppConfig):
    name = "rebond.insertion"
