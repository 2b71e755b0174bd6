"""A migration's operation that creates many tables at once.

Django renders all related models again after each `CreateModel`: with some 200 tables that is a minute of processor
time for every new database. Here the state is rendered once, when all the tables are in it.
"""

from collections.abc import Sequence
from typing import Any, override

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Create the tables of `models`, which may refer to each other in a circle."""

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = models

    @override
    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, [], {"models": self.models})

    @override
    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # rendered anew, once, when it is asked for
        for model in self.models:
            model.state_forwards(app_label, state)

    @override
    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    @override
    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    @override
    def describe(self) -> str:
        return f"Create {len(self.models)} models"

    @property
    @override
    def migration_name_fragment(self) -> str:
        return "tables"
