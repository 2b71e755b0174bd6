"""Putting away without network: two scans that the device kept (docs/decisions/0013)."""

from django.utils.translation import gettext as _

from rebond.warehouse.actions.store import Stored, store_box, store_item
from rebond.warehouse.errors import WarehouseError
from rebond.warehouse.web.saying import words_for
from rebond.workshop.data.chain import STORE
from rebond.workshop.errors import ActConflict
from rebond.workshop.offline import ActKind, Kept, Told, register_act
from rebond.workshop.queries.meanwhile import step_after, when
from rebond.workshop.queries.scan import resolve
from rebond.workshop.scan import ScanKind, Scanned


class CodeRefused(WarehouseError):  # noqa: N818 -- named by what happened
    """A code that was kept is not what it was taken for."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.message = words


def store(kept: Kept) -> Told:
    """`thing` (an object or a box) went to `code` (a place, or a box). Raise ActConflict where it moved since."""
    organisation = kept.hands.worker.organisation
    thing = resolve(kept.fields.get("thing", ""), organisation)
    place = resolve(kept.fields.get("code", ""), organisation)
    is_box = thing.kind == ScanKind.BOX
    if thing.kind not in {ScanKind.ITEM, ScanKind.BOX}:
        raise CodeRefused(words_for(thing, wanted="thing"))
    if place.kind not in {ScanKind.PLACE, ScanKind.BOX} or (is_box and place.subject.pk == thing.subject.pk):
        raise CodeRefused(words_for(place, wanted="shelf" if is_box else "place"))
    _check_still(kept, thing, place)
    done = _stored(kept, thing, place)
    named = {"name": thing.label, "place": str(done.place)}
    return Told(_("%(name)s: %(place)s") % named)


def _stored(kept: Kept, thing: Scanned, place: Scanned) -> Stored:
    if thing.kind == ScanKind.BOX:
        return store_box(box=thing.subject, place=place.subject, hands=kept.hands, now=kept.at)
    return store_item(item=thing.subject, place=place.subject, hands=kept.hands, now=kept.at)


def _check_still(kept: Kept, thing: Scanned, place: Scanned) -> None:
    """Raise ActConflict where somebody put it elsewhere after this act: who, where, when."""
    if kept.is_forced:
        return
    kind = "warehouse.place" if thing.kind == ScanKind.BOX else "catalogue.item"
    later = step_after(kept, kind=STORE, subject_kind=kind, subject_id=thing.subject.code)
    if later is None or later.data.get("place") == place.subject.code:
        return
    facts = {"name": later.worker.first_name, "place": later.data.get("label", ""), "when": when(later)}
    raise ActConflict(_("%(name)s put it at %(place)s, %(when)s. Look where it is.") % facts)


def register() -> None:
    """Called when the addresses load."""
    register_act(ActKind(code="warehouse.store", apply=store, step=STORE, refusals=(WarehouseError,)))
