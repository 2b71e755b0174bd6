"""Make and keep the demo's pictures: originals and the two first sizes at once, the other sizes by the worker.

A file beside the data (`demo-pictures.json`) remembers which picture has which content, so that a run after a
`--reset` renders nothing again.
"""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from rebond.catalogue.models import PhotoAsset
from rebond.catalogue.tasks import make_renditions
from rebond.core.images import FIRST_FILES, render_picture
from rebond.core.images.store import original_name, rendition_name, save_original, save_renditions
from rebond.core.storage import private_storage
from rebond.front.demo.pictures import Shot, render

PROCESSES = 2
COLUMNS = ("sha256", "width", "height", "color", "placeholder", "original_suffix", "original_bytes", "renditions")


def _memory() -> Path:
    return Path(settings.VAR_DIR) / "demo-pictures.json"


def _remembered() -> dict[str, dict[str, Any]]:
    try:
        found: dict[str, dict[str, Any]] = json.loads(_memory().read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found


def _is_kept(facts: dict[str, Any], files: tuple[tuple[int, str], ...]) -> bool:
    sha256 = facts["sha256"]
    return private_storage().exists(original_name(sha256, facts["original_suffix"])) and all(
        default_storage.exists(rendition_name(sha256, width, fmt)) for width, fmt in files
    )


def _make(shot: Shot, files: tuple[tuple[int, str], ...]) -> dict[str, Any]:
    data = render(shot)
    picture = render_picture(data, files)
    save_original(picture.sha256, picture.suffix, data)
    return {
        "sha256": picture.sha256,
        "width": picture.width,
        "height": picture.height,
        "color": picture.color,
        "placeholder": picture.placeholder,
        "original_suffix": picture.suffix,
        "original_bytes": len(data),
        "renditions": save_renditions(picture.sha256, picture.renditions),
    }


def make_pictures(
    shots: Iterable[Shot], *, files: tuple[tuple[int, str], ...] = FIRST_FILES, tick: Callable[[], None] = lambda: None
) -> dict[Shot, PhotoAsset]:
    """The stored asset of every shot, made where it is new; `tick` is called once per shot.

    Files come before the rows. The rows and the tasks for the other sizes are one transaction.
    """
    memory = _remembered()
    wanted = sorted(set(shots))

    def one(shot: Shot) -> tuple[Shot, dict[str, Any]]:
        facts = memory.get(shot.key)
        return shot, facts if facts is not None and _is_kept(facts, files) else _make(shot, files)

    made: dict[Shot, dict[str, Any]] = {}
    with ThreadPoolExecutor(PROCESSES) as pool:  # decoding is done by child processes, drawing outside the GIL
        for shot, facts in pool.map(one, wanted):
            made[shot] = facts
            tick()
    _memory().write_text(json.dumps(memory | {shot.key: facts for shot, facts in made.items()}), encoding="utf-8")
    return _rows(made)


@transaction.atomic
def _rows(made: dict[Shot, dict[str, Any]]) -> dict[Shot, PhotoAsset]:
    hashes = {facts["sha256"]: facts for facts in made.values()}
    known = _known(hashes)
    new = [PhotoAsset(**{name: facts[name] for name in COLUMNS}) for sha, facts in hashes.items() if sha not in known]
    PhotoAsset.objects.bulk_create(new, batch_size=500)
    for asset in new:
        make_renditions.enqueue(asset.sha256)
    known = _known(hashes)
    return {shot: known[facts["sha256"]] for shot, facts in made.items()}


def _known(hashes: Iterable[str]) -> dict[str, PhotoAsset]:
    wanted = list(hashes)
    found: dict[str, PhotoAsset] = {}
    for start in range(0, len(wanted), 500):
        for asset in PhotoAsset.objects.filter(sha256__in=wanted[start : start + 500]).order_by("pk"):
            found[asset.sha256] = asset
    return found
