"""What may be corrected in the report of a trial, and what was."""

import hashlib
from typing import Any

from rebond.connect.correcting import Corrections
from rebond.connect.models import ImportRun

# A value cannot mend these: the line itself is wrong, or no object, or its category is chosen beside.
NOT_BY_VALUE = frozenset(
    {
        *("too_many_cells", "virtual", "grouped", "external", "parent_unknown", "links_only", "sold", "unsafe"),
        *("category_unknown", "category_required"),
    }
)
ALONE = frozenset({"duplicate", "duplicate_text"})  # each line needs a value of its own


def corrections_of(run: ImportRun) -> Corrections:
    """All corrections of an import, as its reader needs them."""
    found = Corrections()
    for row in run.corrections.values_list("line", "column", "before", "after"):
        found.add(*row)
    return found


def correctable(run: ImportRun, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The groups of the report that a value may mend, each with a `token` that names it from page to page.

    `field` is where its column goes; `is_whole` where one value may be given for all its lines.
    """
    columns = set(run.columns)
    found = []
    for group in groups:
        if group["column"] not in columns or group["code"] in NOT_BY_VALUE:
            continue
        words = "\x1f".join((group["column"], group["value"], group["code"], group["reason"]))
        token = hashlib.sha1(words.encode(), usedforsecurity=False).hexdigest()[:12]
        found.append(
            {
                **group,
                "token": token,
                "field": run.mapping.get(group["column"], ""),
                "is_whole": group["code"] not in ALONE and group["count"] > 1,
            }
        )
    return found
