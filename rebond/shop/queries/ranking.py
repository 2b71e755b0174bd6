"""The ranking page: what decides the order, in order of importance (rules.md F4; D111-6, D111-7)."""

from importlib import import_module
from typing import Any


def ranking_page() -> dict[str, Any]:
    """`criteria` come from the very constants of the query (`catalogue.search.ranking`)."""
    try:
        criteria = import_module("rebond.catalogue.search.ranking").ranking_criteria()
    except ImportError:
        criteria = []
    return {"criteria": criteria}
