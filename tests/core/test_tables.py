"""Many tables created by one operation of a migration."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from rebond.core.db.tables import CreateModels

pytestmark = [pytest.mark.unit, pytest.mark.django_db(transaction=True)]


def circle():
    """A box has a label, a label is of a box: neither can be created before the other."""
    key = [("id", models.BigAutoField(primary_key=True))]
    label = models.ForeignKey("core.CircleLabel", models.SET_NULL, null=True, related_name="+")
    box = models.ForeignKey("core.CircleBox", models.CASCADE, related_name="+")
    return CreateModels(
        models=[
            migrations.CreateModel("CircleBox", [*key, ("label", label)]),
            migrations.CreateModel("CircleLabel", [*key, ("box", box)]),
        ]
    )


def tables():
    return {name for name in connection.introspection.table_names() if name.startswith("core_circle")}


def apply(operation, direction):
    before = ProjectState()
    after = before.clone()
    operation.state_forwards("core", after)
    with connection.schema_editor() as editor:
        if direction == "forwards":
            operation.database_forwards("core", editor, before, after)
        else:
            operation.database_backwards("core", editor, after, before)


def test_tables_in_a_circle_come_and_go():
    apply(circle(), "forwards")
    made = tables()
    apply(circle(), "backwards")

    assert made == {"core_circlebox", "core_circlelabel"}
    assert tables() == set()


def test_a_state_that_was_rendered_knows_the_new_models():
    state = ProjectState()
    assert list(state.apps.get_models()) == []

    circle().state_forwards("core", state)

    assert state.apps.get_model("core", "CircleBox")._meta.get_field("label").related_model._meta.label == (
        "core.CircleLabel"
    )


def test_it_is_written_whole():
    _, _, kwargs = circle().deconstruct()

    assert [model.name for model in kwargs["models"]] == ["CircleBox", "CircleLabel"]
    assert circle().describe() == "Create 2 models"
