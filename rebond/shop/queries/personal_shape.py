"""How a person's data is laid out: sections with their columns, as JSON holds them and as a person reads them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise

from rebond.core.money import format_cents
from rebond.shop.queries.person import Person

type Rows = Iterable[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Section:
    """`columns` are (key of the JSON file, label of the readable one); amounts are cents, moments in ISO form.

    `of_account`: hangs on the account itself, a guest has none.
    """

    key: str
    label: Promise
    columns: tuple[tuple[str, Promise], ...]
    rows: Callable[[Person], Rows]
    of_account: bool = False

    def records(self, person: Person) -> Iterator[dict[str, Any]]:
        """Its rows for the JSON file."""
        for row in self.rows(person):
            yield {key: plain(value) for (key, _label), value in zip(self.columns, row, strict=True)}


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def shown(key: str, value: Any) -> str:
    """A value as a person reads it."""
    if value is None or value == "":
        return "–"
    if key.endswith("_cents"):
        return format_cents(value)
    if hasattr(value, "hour"):
        return date_format(timezone.localtime(value), "j F Y, G:i")
    return date_format(value, "j F Y") if hasattr(value, "isoformat") else str(value)
