"""Flows of matter: the extended producer responsibility schemes of rules.md E2, as a file that holds the defaults.

A flow's key never changes; its body and the body's own word are edited by each organisation (FlowName).
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

MIXED = "mixed"  # weighed before it was sorted: its grams change flow as things are taken out of it
OTHER = "household"  # no scheme: where nothing says otherwise


@dataclass(frozen=True, slots=True)
class Flow:
    """`body` and `nomenclature` are "" where no scheme exists (books)."""

    key: str
    name: str
    name_en: str
    body: str
    nomenclature: str
    icon: str
    tint: str

    @property
    def label(self) -> str:
        """The name in the page's language."""
        return self.name_en if get_language() == "en" else self.name


@cache
def _file() -> dict[str, Any]:
    text = Path(__file__).with_name("flows.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def flows() -> dict[str, Flow]:
    """By key, in the order of the file."""
    return {row["key"]: Flow(**row) for row in _file()["flows"]}


def flow(key: str) -> Flow:
    """Raise KeyError for a flow that the file does not know."""
    return flows()[key]


def default_flow(category_key: str) -> str | None:
    """The flow that the file gives to a category of the catalogue, None where it says nothing of it."""
    found: str | None = _file()["categories"].get(category_key)
    return found
