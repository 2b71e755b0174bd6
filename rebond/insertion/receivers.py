"""What the room does after migrations: a new site knows the State's reasons of exits."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from rebond.insertion.actions.exit_reason import install_reasons


def install_table(*, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`."""
    if using == DEFAULT_DB_ALIAS and "insertion_exitreason" in connections[using].introspection.table_names():
        install_reasons()
