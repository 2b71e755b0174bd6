"""What older keys sealed, sealed anew by the key of today: columns of every room, and what rooms add (files, marks).

It may be stopped and begun again: each row is looked at alone, and one that the key of today sealed stays as it is. A
row that somebody writes meanwhile is theirs: its new text is sealed by the key of today anyway.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import TextField, Value
from django.db.models.functions import Cast

from rebond.core.sealed import EncryptedTextField, SealBrokenError, is_current, seal, unseal

BATCH = 200


@dataclass(slots=True)
class Count:
    """Of one table or step: what there is, what was sealed anew, what no known key opens."""

    name: str
    rows: int = 0
    resealed: int = 0
    broken: int = 0


Step = Callable[[Count], None]
_STEPS: dict[str, Step] = {}


def add_step(name: str, step: Step) -> None:
    """Called by an app's `ready`: `step(count)` seals anew what is no column, and counts."""
    _STEPS[name] = step


def reseal_all() -> Iterator[Count]:
    """Each table with sealed columns, then each step of a room, as it is done."""
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label_lower):  # noqa: SLF001 -- Django's documented name
        fields = [f.name for f in model._meta.concrete_fields if isinstance(f, EncryptedTextField)]  # noqa: SLF001
        if fields:
            yield _reseal_table(model, fields)
    for name, step in sorted(_STEPS.items()):
        count = Count(name)
        step(count)
        yield count


def batches(rows: "models.QuerySet[Any]") -> Iterator[list[Any]]:
    """The rows by key, 200 at a time, each time read in a transaction that holds while they are worked on."""
    last: Any = None
    while True:
        with transaction.atomic():
            asked = rows.order_by("pk") if last is None else rows.filter(pk__gt=last).order_by("pk")
            found = list(asked[:BATCH])
            if not found:
                return
            yield found
        last = found[-1].pk


def _reseal_table(model: type[models.Model], fields: list[str]) -> Count:
    count = Count(model._meta.label_lower)  # noqa: SLF001 -- Django's documented name
    stored = {f"stored_{name}": Cast(name, TextField()) for name in fields}
    rows = model._default_manager.annotate(**stored).only("pk")  # noqa: SLF001 -- Django's documented name
    for batch in batches(rows):
        for row in batch:
            count.rows += 1
            for name in fields:
                _reseal(model, row, name, count)
    return count


def _reseal(model: type[models.Model], row: Any, name: str, count: Count) -> None:
    token = getattr(row, f"stored_{name}")
    if not token or is_current(token.encode()):
        return
    try:
        anew = seal(unseal(token.encode())).decode()
    except SealBrokenError:
        count.broken += 1
        return
    same = model._default_manager.alias(stored=Cast(name, TextField())).filter(pk=row.pk, stored=token)  # noqa: SLF001
    count.resealed += same.update(**{name: Value(anew, output_field=TextField())})
