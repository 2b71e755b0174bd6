"""Translation catalogues compiled with Babel: no system package is needed at installation."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent


def catalogue_paths() -> list[Path]:
    """Every `django.po` of the project, one per app and language."""
    return sorted(PACKAGE.glob("*/locale/*/LC_MESSAGES/django.po"))


def compile_catalogues() -> int:
    """Write the `.mo` of each catalogue that changed since; return how many. Atomic: a reader sees old or new."""
    written = 0
    for path in catalogue_paths():
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        with path.open("rb") as source:
            catalogue = read_po(source, locale=path.parts[-3])
        part = target.with_suffix(".mo.part")
        with part.open("wb") as file:
            write_mo(file, catalogue)
        part.replace(target)
        written += 1
    return written
