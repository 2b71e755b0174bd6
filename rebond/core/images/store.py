"""Where pictures lie: named by their content, through Django's storages.

`originals/ab/cd/<sha256><suffix>` in the private storage, `ab/cd/<sha256>-<width>.<format>` in the public one.
Each file appears whole or not at all (`core.storage.WholeFileStorage`), so a full disk leaves nothing half-written.
"""

import re
from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from rebond.core.images import Rendition
from rebond.core.storage import private_storage

RENDITION = re.compile(r"^[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})-(\d{2,4})\.(avif|webp|jpg)$")


def rendition_name(sha256: str, width: int, fmt: str) -> str:
    """The name of a public file, under MEDIA_URL."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}-{width}.{fmt}"


def original_name(sha256: str, suffix: str) -> str:
    """The name of a private original."""
    return f"originals/{sha256[:2]}/{sha256[2:4]}/{sha256}{suffix}"


def save_original(sha256: str, suffix: str, data: bytes) -> None:
    """Keep the bytes as they came. Written anew even where the name exists: same name, same content."""
    storage = private_storage()
    name = original_name(sha256, suffix)
    if not storage.exists(name):
        storage.save(name, ContentFile(data))


def read_original(sha256: str, suffix: str) -> bytes:
    """The bytes as they came; raise FileNotFoundError where they are gone."""
    with private_storage().open(original_name(sha256, suffix)) as file:
        data: bytes = file.read()
    return data


def save_renditions(sha256: str, renditions: Iterable[Rendition]) -> list[int]:
    """Write the public files, over those of an earlier making; return their widths, ascending."""
    widths = set()
    for made in renditions:
        name = rendition_name(sha256, made.width, made.format)
        default_storage.save(name, ContentFile(made.data))
        widths.add(made.width)
    return sorted(widths)
