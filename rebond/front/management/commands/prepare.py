"""`rebond prepare`: what must be done before a start: catalogues, database, cache table, static files."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from rebond.core.statistics import renew_statistics
from rebond.core.translations import compile_catalogues


class Command(BaseCommand):
    help = "Translations compiled, database migrated, categories loaded, cache table made, static files collected."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
            (settings.VAR_DIR / ".probe").write_bytes(b"")
        except OSError as error:
            raise CommandError(f"{settings.VAR_DIR} cannot be written to ({error.strerror}).") from error
        compile_catalogues()
        call_command("migrate", verbosity=0, interactive=False)
        renew_statistics()
        call_command("createcachetable", verbosity=0)
        call_command("load_categories", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        self.stdout.write("Database, translations and static files are ready.")
