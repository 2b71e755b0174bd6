"""Folders of the index: which one is live, who writes.

`INDEX_DIR/current` names the live folder; a rebuild fills another and replaces this file in one step, so a
kill at any moment leaves the old index serving. Locks are `flock`: the system frees them when a process dies.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rebond.catalogue.search.base import IndexBusy, IndexUnavailable
from rebond.core.ids import public_id

FORMAT = 4  # of the schema and the analysis: another number asks for a rebuild
POINTER = "current"
WRITER_LOCK = "writer.lock"
REBUILD_LOCK = "rebuild.lock"
PREFIX = f"items-{FORMAT}-"


def live_folder(root: Path) -> Path:
    """The folder that serves; raise IndexUnavailable where there is none of this format."""
    try:
        name = (root / POINTER).read_text(encoding="utf-8").strip()
    except OSError:
        raise IndexUnavailable("no index yet") from None
    folder = root / name
    if not name.startswith(PREFIX) or "/" in name or not (folder / "meta.json").exists():
        raise IndexUnavailable(f"the index {name!r} is missing or of another format")
    return folder


def new_folder(root: Path) -> Path:
    """An empty folder for a rebuild."""
    folder = root / f"{PREFIX}{time.strftime('%Y%m%d-%H%M%S')}-{public_id()}"
    folder.mkdir(parents=True)
    return folder


def point_to(root: Path, folder: Path) -> None:
    """Make `folder` the live one, in one step that survives a power cut."""
    draft = root / f".{POINTER}-{os.getpid()}"
    with draft.open("w", encoding="utf-8") as file:
        file.write(folder.name)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(root / POINTER)


def remove_others(root: Path, keep: Path) -> None:
    """Delete what older and interrupted rebuilds left; readers that still have them open keep them until then."""
    for folder in root.glob("items-*"):
        if folder != keep:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def lock(root: Path, name: str, *, wait_s: float) -> Iterator[None]:
    """Hold a lock file; raise IndexBusy where somebody else still has it after `wait_s` seconds."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / name).open("a", encoding="utf-8") as file:
        end = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise IndexBusy(f"{name} is held by another process") from None
                time.sleep(0.05)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)


def is_locked(root: Path, name: str) -> bool:
    """Whether a process holds this lock now."""
    try:
        with lock(root, name, wait_s=0):
            return False
    except IndexBusy:
        return True


def remove_folder(folder: Path) -> None:
    """Delete an index that never served."""
    shutil.rmtree(folder, ignore_errors=True)
