"""A process's open index: follows the writer's commits and the swaps by itself, looking once a second at most."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import tantivy

from rebond.catalogue.models import Category
from rebond.catalogue.search import store
from rebond.catalogue.search.base import IndexUnavailable, Sort
from rebond.catalogue.search.facets import RANKS_KEY, Counts
from rebond.catalogue.search.schema import build_schema, prepare
from rebond.catalogue.search.words import Dictionary

logger = logging.getLogger("rebond.search")
LOOK_EVERY_S = 1.0
COUNTS_FILE = "counts.json"
AMPLE = 4  # times as many items are looked at, in an order, as a page should need


@contextmanager
def damage_is_unavailable() -> Iterator[None]:
    """Turn what a damaged index raises (errors, and panics of the library) into IndexUnavailable."""
    try:
        yield
    except (ValueError, OSError, KeyError) as error:
        raise IndexUnavailable(f"the index cannot be read: {error}") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the library's own, not an Exception
            raise IndexUnavailable("the index is damaged") from None
        raise


class Snapshot:
    """One commit of one folder: everything a request reads comes from the same one."""

    def __init__(self, folder: Path, index: tantivy.Index, stamp: int, before: "Snapshot | None" = None) -> None:
        self.folder = folder
        self.index = index
        self.stamp = stamp
        self.schema = index.schema
        self.searcher: Any = index.searcher()
        self.counted: dict[Any, Any] = {}  # facets counted on this snapshot, by what was searched
        self.counts: dict[str, Counts]
        self.facets: dict[Any, Any]  # ready-made facets of `counts`, by category
        self.counts_stamp = _stamp(folder / COUNTS_FILE)
        if before is not None and before.folder == folder and before.counts_stamp == self.counts_stamp:
            self.counts, self.facets = before.counts, before.facets  # the writer renews them now and then only
        else:
            self.counts, self.facets = _read_counts(folder), {}

    def edge(self, sort: Sort, needed: int) -> int | None:
        """A date or price that `needed` of all items or more do not go beyond, where one is known."""
        known = self.counts.get(RANKS_KEY, {}).get(str(sort), {})
        return next((edge for rank, edge in known.items() if int(rank) >= needed), None)


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _read_counts(folder: Path) -> dict[str, Counts]:
    try:
        found: dict[str, Counts] = json.loads((folder / COUNTS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


class Reader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._snapshot: Snapshot | None = None
        self._dictionary: tuple[Path, Dictionary] | None = None
        self._looked_at = 0.0
        self._lock = threading.Lock()
        self._making = threading.Lock()  # of the dictionary

    def snapshot(self) -> Snapshot:
        """The newest commit seen; raise IndexUnavailable where none can be opened."""
        now = time.monotonic()
        if self._snapshot is not None and now - self._looked_at < LOOK_EVERY_S:
            return self._snapshot
        with self._lock:
            if self._snapshot is None or now - self._looked_at >= LOOK_EVERY_S:
                self._snapshot = self._look()
                self._looked_at = time.monotonic()
            return self._snapshot

    def forget(self) -> None:
        """Look again at the next read (after a write of this very process)."""
        self._looked_at = 0.0

    def _look(self) -> Snapshot:
        current = self._snapshot
        folder = store.live_folder(self.root)
        with damage_is_unavailable():
            stamp = (folder / "meta.json").stat().st_mtime_ns
            if current is not None and current.folder == folder and current.stamp == stamp:
                return current
            if current is not None and current.folder == folder:
                index = current.index
                index.reload()
            else:
                index = open_folder(folder)
                index.config_reader("manual")
                index.reload()
            return Snapshot(folder, index, stamp, current)

    def dictionary(self, snapshot: Snapshot) -> Dictionary:
        """Words of the titles, and of the categories for typos, some ten minutes old at most.

        A new one takes a second or more on a large index: one thread makes it, the others go on with the last.
        """
        kept = self._dictionary
        is_ours = kept is not None and kept[0] == snapshot.folder
        if kept is not None and is_ours and not kept[1].is_old:
            return kept[1]
        if not self._making.acquire(blocking=not is_ours):
            return cast("tuple[Path, Dictionary]", kept)[1]
        try:
            newest = self._dictionary
            if newest is not None and newest is not kept and newest[0] == snapshot.folder:
                return newest[1]
            names = Category.objects.active().order_by("pk").values_list("name", flat=True)
            made = Dictionary(snapshot.searcher, names)
            self._dictionary = (snapshot.folder, made)
        finally:
            self._making.release()
        return made


def open_folder(folder: Path) -> tantivy.Index:
    """The folder's index with its tokenizer; raise IndexUnavailable where it is damaged."""
    with damage_is_unavailable():
        return prepare(tantivy.Index(build_schema(), str(folder), reuse=True))
