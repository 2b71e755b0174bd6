"""Reference data of the catalogue: the first tree of categories, and the rules of product safety."""

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=1)
def categories_file() -> dict[str, Any]:
    """`categories.json`: `attributes` and `size_guides` by key, and the `tree` that names them."""
    found: dict[str, Any] = json.loads(files(__name__).joinpath("categories.json").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def leaf_of_art() -> dict[str, str]:
    """For each drawing of the kit, the key of the category that it belongs to (demo data)."""
    return {
        art: leaf["key"]
        for universe in categories_file()["tree"]
        for leaf in universe["children"]
        for art in leaf.get("arts", [])
    }
