"""Reads for the pages and reports of imports."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import Count

from rebond.connect.enums import ImportState, Outcome, PhotoState
from rebond.connect.live import NAMES
from rebond.connect.models import ImportRow, ImportRun
from rebond.connect.phrases import reason

LINES = 20  # of a group, those that may be corrected one by one
LISTED = 500  # refusals in a JSON report


def digest(path: Path) -> str:
    """sha256 of a file, in constant memory; raise OSError where it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unfinished_import(seller: Any, sha256: str, target: str) -> ImportRun | None:
    """The seller's import of the very same file that was killed or stopped before its end."""
    rows = ImportRun.objects.select_related("seller", "file").filter(
        seller=seller,
        file__sha256=sha256,
        target=target,
        state__in=[ImportState.RUNNING, ImportState.PAUSED, ImportState.FAILED],
    )
    found: ImportRun | None = rows.order_by("-pk").first()
    return found


def report_of(run: ImportRun) -> dict[str, Any]:
    """The report of scripts: counts, the first refusals one by one, and how many more there are."""
    ended = run.ended_at or run.touched_at
    seconds = (ended - run.started_at).total_seconds() if run.started_at else 0
    pictures = run.pictures.filter(state=PhotoState.REFUSED).count()
    return {
        "id": run.public_id,
        "format": run.format,
        "state": run.state,
        "rows_read": run.rows_read,
        **{o.value: getattr(run, o.value) for o in Outcome},
        "incomplete": run.incomplete,
        "seconds": round(seconds, 2),
        "problems": list(problems(run, limit=LISTED)),
        "problems_left_out": max(0, run.refused - LISTED) + max(0, pictures - LISTED),
    }


def problems(run: ImportRun, *, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """Each mistake: line, column, value, reason (in the current language), in the order of the file."""
    rows = run.rows.filter(outcome=Outcome.REFUSED).order_by("line", "pk")
    for row in rows[:limit] if limit else rows.iterator(chunk_size=1_000):
        yield {"line": row.line, "column": row.column, "value": row.value, "code": row.code, "reason": row.reason}
    pictures = run.pictures.filter(state=PhotoState.REFUSED).order_by("line", "pk")
    for picture in pictures[:limit] if limit else pictures.iterator(chunk_size=1_000):
        yield {
            "line": picture.line,
            "column": "images",
            "value": picture.source[:200],
            "code": picture.code,
            "reason": picture.reason,
        }


def grouped_problems(run: ImportRun, *, limit: int = 60) -> list[dict[str, Any]]:
    """Mistakes gathered by column, value and reason, the most frequent first, with some of their lines.

    `shown` are three of them, `more` how many others there are.
    """
    groups: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    fields = ("line", "column", "value", "code", "params")
    for line, column, value, code, params in (
        run.rows.filter(outcome=Outcome.REFUSED).order_by("line", "pk").values_list(*fields)[:20_000]
    ):
        sentence = reason(code, params)
        key = (
            column,
            value if len(groups) < 2_000 else "…",
            code,
            sentence if code not in {"duplicate", "duplicate_text"} else code,
        )
        group = groups.setdefault(
            key, {"column": column, "value": value, "code": code, "reason": sentence, "lines": [], "count": 0}
        )
        group["count"] += 1
        if len(group["lines"]) < LINES:
            group["lines"].append(line)
    found = sorted(groups.values(), key=lambda g: (-g["count"], g["lines"][0]))
    for group in found:
        group["shown"] = group["lines"][:3]
        group["more"] = group["count"] - len(group["shown"])
    return found[:limit]


def skipped_reasons(run: ImportRun) -> list[tuple[str, int]]:
    """Why lines were left out, with how many of each."""
    counts: dict[str, int] = {}
    for code in (
        ImportRow.objects.filter(run=run, outcome=Outcome.SKIPPED).order_by().values_list("code", flat=True)[:50_000]
    ):
        counts[code] = counts.get(code, 0) + 1
    return [(reason(code), n) for code, n in sorted(counts.items())]


def photo_counts(run: ImportRun) -> dict[str, int]:
    """How many pictures wait, came in, were refused."""
    rows = run.pictures.order_by().values_list("state").annotate(n=Count("pk"))
    return {state.value: dict(rows).get(state.value, 0) for state in PhotoState}


def remaining_minutes(run: ImportRun) -> int | None:
    """Minutes left at the pace so far, at least one; None where nothing can be said yet."""
    if run.state != ImportState.RUNNING or not run.checkpoint or not run.rows_total or run.started_at is None:
        return None
    spent = (run.touched_at - run.started_at).total_seconds()
    left = spent * (run.rows_total - run.checkpoint) / run.checkpoint
    return max(1, round(left / 60))


def shop_step(run: ImportRun) -> str:
    """What is being asked of the shop now (a word of live.NAMES), "" where it is not known yet."""
    message = run.job.message if run.job else ""
    return str(NAMES.get(message, ""))
