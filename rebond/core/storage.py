"""Static files with hashed names; private files."""

from django.core.files.storage import Storage, storages
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed and compressed; a missing entry is a plain address rather than a broken page."""

    manifest_strict = False


def private_storage() -> Storage:
    """Where originals, proofs and imports lie: never public."""
    return storages["private"]
