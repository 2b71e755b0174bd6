"""What to say of a scan that is not what the present task waits for (12 words at most)."""

from typing import Literal

from django.utils.translation import gettext as _

from rebond.workshop.scan import ScanKind, Scanned

Wanted = Literal["thing", "place", "shelf", "bin", "seen", "cargo"]


def words_for(found: Scanned, *, wanted: Wanted) -> str:
    """One precise sentence. `thing`: an object or a box; `place`: where an object goes; `shelf`: where a box goes.

    `bin`: the place to count; `seen`: an object that lies in it.
    """
    said = _in_a_count(found, wanted) if wanted in {"bin", "seen"} else ""
    if found.kind == ScanKind.ORDER:
        is_place = wanted in {"place", "shelf", "bin"}
        to_object = _("This is order %(label)s (%(state)s). Scan an object.")
        said = _("This is order %(label)s (%(state)s). Scan a place.") if is_place else to_object
    return (said or _said(found, wanted)) % {"label": found.label[:40], "state": found.state}


def _said(found: Scanned, wanted: Wanted) -> str:
    """The sentence, with `%(label)s` where what was scanned is named."""
    if found.kind == ScanKind.PLACE and wanted == "cargo":
        return _("This is a place. Scan an object or a box.")
    if found.kind == ScanKind.PLACE:
        return _("This is place %(label)s. Scan the object first.")
    if found.kind == ScanKind.BADGE:
        return _("This is a badge. Scan a label.")
    if found.kind in {ScanKind.ISBN, ScanKind.EAN}:
        return _("This is the maker’s barcode. Scan our label.")
    if found.kind == ScanKind.ITEM:
        return _("This is “%(label)s”. Now scan the place.")
    is_box = found.kind == ScanKind.BOX and wanted == "shelf"
    return _("This is %(label)s itself. Scan a shelf.") if is_box else _("This code is not known here. Scan it again.")


def _in_a_count(found: Scanned, wanted: Wanted) -> str:
    """What only a count says, or ""."""
    is_place = found.kind in {ScanKind.PLACE, ScanKind.BOX}
    if is_place:
        return _("%(label)s is not to be counted now.") if wanted == "bin" else _("First finish your place.")
    is_object = found.kind == ScanKind.ITEM and wanted == "bin"
    return _("This is an object. Scan the label of the place.") if is_object else ""
