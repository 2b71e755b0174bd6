"""The one writer: small commits to the live index, or a whole new index beside it."""

import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tantivy
from django.conf import settings

from rebond.catalogue.search import store
from rebond.catalogue.search.base import IndexDocument
from rebond.catalogue.search.facets import precompute
from rebond.catalogue.search.reader import COUNTS_FILE, damage_is_unavailable, open_folder
from rebond.catalogue.search.schema import as_json, build_schema, prepare

_SMALL_HEAP = 30_000_000
_COUNTS_AGE_S = 600


def _put(writer: Any, schema: tantivy.Schema, documents: Iterable[IndexDocument], delete_ids: Iterable[int]) -> None:
    """One commit. Deleting by query: deleting by term takes an unsigned key for a signed one, and finds nothing."""
    found = list(documents)
    gone = [*delete_ids, *(document.id for document in found)]
    if gone:
        writer.delete_documents_by_query(tantivy.Query.term_set_query(schema, "id", gone))
    for document in found:
        writer.add_json(as_json(document))
    writer.commit()


class Session:
    """Commits to a folder, under the writer's lock that the caller holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._schema = build_schema()
        self._writer: Any = None

    def write(self, documents: Iterable[IndexDocument], *, delete_ids: Iterable[int] = ()) -> None:
        with damage_is_unavailable():
            if self._writer is None:
                self._writer = open_folder(self.folder).writer(_SMALL_HEAP, 1)
            _put(self._writer, self._schema, documents, delete_ids)

    def close(self) -> None:
        """Let merges end, and renew the counts of large categories where they are old."""
        if self._writer is None:
            return
        with damage_is_unavailable():
            self._writer.wait_merging_threads()
            self._writer = None
            counts = self.folder / COUNTS_FILE
            if not counts.exists() or time.time() - counts.stat().st_mtime > _COUNTS_AGE_S:
                write_counts(self.folder)


def write_counts(folder: Path) -> None:
    """Precompute the facets of large categories beside the index."""
    index = open_folder(folder)
    draft = folder / f".{COUNTS_FILE}-{os.getpid()}"
    draft.write_text(json.dumps(precompute(index.searcher(), index.schema)), encoding="utf-8")
    draft.replace(folder / COUNTS_FILE)


class Builder:
    """A new index in its own folder; `publish` makes it the live one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = store.new_folder(root)
        self.is_published = False
        self._schema = build_schema()
        index = prepare(tantivy.Index(self._schema, str(self.folder)))
        threads = max(1, settings.INDEX_THREADS)
        self._writer: Any = index.writer(settings.INDEX_HEAP_MB * 1_000_000, threads)

    def add(self, documents: Iterable[IndexDocument]) -> None:
        """Add documents that the new index has not."""
        for document in documents:
            self._writer.add_json(as_json(document))

    def replace(self, documents: Iterable[IndexDocument], *, delete_ids: Iterable[int]) -> None:
        """Catch up what changed since."""
        _put(self._writer, self._schema, documents, delete_ids)

    def commit(self) -> None:
        """Write what was added to disk, merges included."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._writer = open_folder(self.folder).writer(_SMALL_HEAP, 1)

    def discard(self) -> None:
        """Forget an index that will not be published: its threads end first, so that no file comes back."""
        if self._writer is not None:
            self._writer.rollback()
            self._writer.wait_merging_threads()
            self._writer = None
        store.remove_folder(self.folder)

    def publish(self) -> None:
        """Commit, precompute and swap: the last moment at which a kill leaves the old index."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._writer = None
        write_counts(self.folder)
        store.point_to(self.root, self.folder)
        self.is_published = True
        store.remove_others(self.root, self.folder)
