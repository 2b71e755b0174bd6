"""What to say of a scan that is not what the present task waits for (12 words at most)."""

from typing import Literal

from django.utils.translation import gettext as _

from rebond.workshop.scan import ScanKind, Scanned

Wanted = Literal["thing", "place", "shelf"]


def words_for(found: Scanned, *, wanted: Wanted) -> str:
    """One precise sentence. `thing`: an object or a box; `place`: where an object goes; `shelf`: where a box goes."""
    named = {"label": found.label}
    if found.kind == ScanKind.PLACE:
        return _("This is place %(label)s. Scan the object first.") % named
    if found.kind == ScanKind.BADGE:
        return _("This is a badge. Scan a label.")
    if found.kind in {ScanKind.ISBN, ScanKind.EAN}:
        return _("This is the maker’s barcode. Scan our label.")
    if found.kind == ScanKind.ITEM:
        return _("This is “%(label)s”. Now scan the place.") % {"label": found.label[:40]}
    if found.kind == ScanKind.BOX and wanted == "shelf":
        return _("This is %(label)s itself. Scan a shelf.") % named
    return _("This code is not known here. Scan it again.")
