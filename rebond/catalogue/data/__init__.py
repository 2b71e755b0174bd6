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
