"""Putting away and carrying without network: scans that the device kept (docs/decisions/0013)."""

from typing import Any

from django.utils.translation import gettext as _

from rebond.catalogue.errors import CatalogueError
from rebond.warehouse.actions.arriving import check_box, check_object
from rebond.warehouse.actions.loading import load_box, load_object
from rebond.warehouse.actions.store import Stored, store_box, store_item
from rebond.warehouse.data import LOAD
from rebond.warehouse.enums import TransportState
from rebond.warehouse.errors import TransportStateForbids, WarehouseError
from rebond.warehouse.models import Transport
from rebond.warehouse.queries.transports import for_site
from rebond.warehouse.web import kept_count, kept_pick
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


def carry(kept: Kept) -> Told:
    """`code` (an object or a box) went into `transport`, or came out of it, as `way` (in, out) says.

    Refused once the vehicle is closed, or checked: the way that the person meant is never taken for the other one.
    """
    organisation = kept.hands.worker.organisation
    rows = Transport.objects.filter(organisation=organisation).select_related("place", "from_site", "to_site")
    transport: Transport | None = rows.filter(public_id=kept.fields.get("transport", "")).first()
    is_out = kept.fields.get("way") == "out"
    if transport is None or not (is_out or kept.fields.get("way") == "in"):
        raise TransportStateForbids
    thing = resolve(kept.fields.get("code", ""), organisation)
    facts: dict[str, Any] = {"transport": transport, "hands": kept.hands, "now": kept.at}
    if thing.kind == ScanKind.ITEM:
        (check_object if is_out else load_object)(item=thing.subject, **facts)
    elif thing.kind == ScanKind.BOX:
        (check_box if is_out else load_box)(box=thing.subject, **facts)
    else:
        raise CodeRefused(words_for(thing, wanted="cargo"))
    return Told(_("%(name)s: %(place)s") % {"name": thing.label, "place": str(transport)})


def _transports(worker: Any, site: Any) -> dict[str, Any]:
    """Those that people of the site load, and those that they check."""
    found = []
    for one in for_site(site):
        is_in = one.state == TransportState.PLANNED
        words = _("Load for %(site)s") if is_in else _("Comes from %(site)s")
        label = words % {"site": (one.to_site if is_in else one.from_site).name}
        found.append({"value": one.public_id, "label": label, "hint": str(one), "way": "in" if is_in else "out"})
    return {"transports": found}


def register() -> None:
    """Called when the addresses load."""
    refusals = (WarehouseError, CatalogueError)
    register_act(ActKind(code="warehouse.cargo", apply=carry, step=LOAD, refusals=refusals, luggage=_transports))
    register_act(ActKind(code="warehouse.store", apply=store, step=STORE, refusals=(WarehouseError,)))
    kept_count.register()
    kept_pick.register()
