"""Static files with hashed names; files that appear whole or not at all; private files."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage, Storage, storages
from whitenoise.storage import CompressedManifestStaticFilesStorage

TEMPORARY = ".part"  # what a kill or a power cut may leave; the clean-up of orphans takes it away


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed and compressed; a missing entry is a plain address rather than a broken page.

    Modules import one another by their hashed names too: after an update no browser mixes old and new ones.
    """

    manifest_strict = False
    support_js_module_import_aggregation = True


class WholeFileStorage(FileSystemStorage):
    """Write beside, then rename: a full disk, a kill or a power cut leaves no half file under a real name.

    `durable` also waits until the disk holds it (originals: nothing can make them again).
    """

    def __init__(self, *args: Any, durable: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.durable = durable

    def _save(self, name: str, content: Any) -> str:
        full = Path(self.path(name))
        full.parent.mkdir(parents=True, exist_ok=True)
        part = full.with_name(f"{full.name}.{secrets.token_hex(4)}{TEMPORARY}")
        try:
            with part.open("xb") as file:
                for chunk in content.chunks():
                    file.write(chunk.encode() if isinstance(chunk, str) else chunk)
                if self.durable:
                    file.flush()
                    os.fsync(file.fileno())
            if self.file_permissions_mode is not None:
                part.chmod(self.file_permissions_mode)
            return self._put(part, full, name)
        finally:
            part.unlink(missing_ok=True)

    def _put(self, part: Path, full: Path, name: str) -> str:
        if self._allow_overwrite:  # type: ignore[attr-defined]
            part.replace(full)
            return name
        while True:
            try:
                os.link(part, full)
            except FileExistsError:
                name = self.get_available_name(name)
                full = Path(self.path(name))
            else:
                return name.replace("\\", "/")


def private_storage() -> Storage:
    """Where originals, proofs and imports lie: never public."""
    return storages["private"]
