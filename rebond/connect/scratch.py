"""A folder for the copies that an import reads: under REBOND_VAR, swept of what a killed process left."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

OLD = 86_400  # seconds: an import reads its copy for minutes


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new empty folder, taken away at the end; those older than a day go too."""
    top = Path(settings.VAR_DIR) / "scratch"
    top.mkdir(parents=True, exist_ok=True)
    _sweep(top)
    with tempfile.TemporaryDirectory(prefix="import-", dir=top) as folder:
        yield Path(folder)


def _sweep(top: Path) -> None:
    limit = time.time() - OLD
    for left in top.glob("import-*"):
        try:
            if left.stat().st_mtime < limit:
                shutil.rmtree(left, ignore_errors=True)
        except FileNotFoundError:  # taken away by its own process meanwhile
            continue
