"""Counting a bin without network: the whole bin is one act, sent with all that was seen (docs/decisions/0013).

What is blind stays blind: the device takes along which places to count, never what the ledger has there.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rebond.catalogue.models import Item
from rebond.warehouse.actions.count import MOST_SEEN, MOST_UNITS, fill_bin, finish_bin, start_bin
from rebond.warehouse.data import COUNT
from rebond.warehouse.enums import COUNTABLE
from rebond.warehouse.errors import CountClosed, NotToCount, WarehouseError
from rebond.warehouse.models import CountBin, Holding, Movement
from rebond.warehouse.queries.counts import bin_of_place, bins_to_count
from rebond.warehouse.web.saying import words_for
from rebond.workshop.actions.step import already_done
from rebond.workshop.errors import ActConflict, ActUnreadable
from rebond.workshop.offline import ActKind, Kept, Told, register_act
from rebond.workshop.queries.meanwhile import when
from rebond.workshop.queries.scan import is_here, resolve
from rebond.workshop.scan import ScanKind

LONGEST = timedelta(hours=12)  # between the label of the place and the end of its count
CARRIED = 400  # places of a luggage: some 30 kB


class SeenRefused(WarehouseError):  # noqa: N818 -- named by what happened
    """Something on the list cannot be counted."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.message = words


def count(kept: Kept) -> Told:
    """`place` holds `seen` (JSON: code to units), counted as round `round` + 1, begun `spent` ms before its end.

    Raise ActConflict where somebody counts there now, counted it meanwhile, or moved what lies there.
    """
    place = resolve(kept.fields.get("place", ""), kept.hands.worker.organisation)
    if place.kind not in {ScanKind.PLACE, ScanKind.BOX}:
        raise SeenRefused(words_for(place, wanted="bin"))
    told = Told(_("%(place)s: counted. Thank you.") % {"place": str(place.subject)})
    if already_done(kept.hands.operation_id) is not None:  # its page had done it before the answer was lost
        return told
    bin_ = bin_of_place(place.subject)
    if bin_ is None:
        raise CountClosed
    if bin_.state not in COUNTABLE:
        raise NotToCount
    seen = _seen(kept)
    if not kept.is_forced:
        _check_still(kept, bin_, seen)
    start_bin(bin=bin_, hands=kept.hands)
    fill_bin(bin=bin_, seen=seen, hands=kept.hands)
    finish_bin(bin=bin_, hands=kept.hands, is_empty=not seen, now=kept.at)
    return told


def _seen(kept: Kept) -> dict[Item, int]:
    """{object: units}; raise ActUnreadable, SeenRefused for what is none of the organisation's objects."""
    try:
        told = json.loads(kept.fields.get("seen", ""))
        wanted = {str(code).upper(): int(units) for code, units in told.items()}
    except (ValueError, TypeError, AttributeError):
        raise ActUnreadable from None
    if len(wanted) > MOST_SEEN or any(not 0 < units <= MOST_UNITS for units in wanted.values()):
        raise ActUnreadable
    rows = Item.objects.filter(code__in=wanted).select_related("site")
    found = {item.code: item for item in rows if is_here(item, kept.hands.worker.organisation_id)}
    for code in wanted:
        if code not in found:
            raise SeenRefused(words_for(resolve(code, kept.hands.worker.organisation), wanted="seen"))
    return {found[code]: units for code, units in wanted.items()}


def _check_still(kept: Kept, bin_: CountBin, seen: Mapping[Item, int]) -> None:
    me = kept.hands.worker.pk
    if bin_.counting_by is not None and bin_.counting_by_id != me:
        words = _("%(name)s counts this place now. Talk together before you send it.")
        raise ActConflict(words % {"name": bin_.counting_by.first_name})
    known = kept.fields.get("round", "")
    if bin_.last_by is not None and bin_.last_by_id != me and known != str(bin_.rounds):
        words = _("%(name)s counted this place meanwhile. Sent, yours is the count after.")
        raise ActConflict(words % {"name": bin_.last_by.first_name})
    moved = _moved_since(kept, bin_, seen)
    if moved is not None:
        facts = {"name": moved.item_code, "place": str(bin_.place), "when": _when(moved)}
        raise ActConflict(_("%(name)s moved at %(place)s, %(when)s. Better count again.") % facts)


def _moved_since(kept: Kept, bin_: CountBin, seen: Mapping[Item, int]) -> Movement | None:
    """What came, or left although it was seen, after the person had begun; None where all lies as it lay.

    Steps that the device's proof knew of came before, and one's own (a device sends in order). A movement without an
    hour (rules.md B9) counts as later.
    """
    began = kept.at - _spent(kept)
    held = Holding.objects.filter(place=bin_.place_id).order_by().values_list("item_id", flat=True)
    here = Q(from_place=bin_.place_id) | Q(to_place=bin_.place_id)
    rows = Movement.objects.filter(here, item_id__in={*held, *(item.pk for item in seen)})
    later = (Q(is_day_only=True) | Q(at__gt=began)) & ~Q(step__worker=kept.hands.worker)
    unknown = Q(step=None) | Q(step__gt=kept.after)
    found: Movement | None = rows.filter(later, unknown).select_related("step").order_by("-pk").first()
    return found


def _spent(kept: Kept) -> timedelta:
    text = kept.fields.get("spent", "")
    return min(timedelta(milliseconds=int(text[:12])), LONGEST) if text.isdecimal() and text.isascii() else timedelta()


def _when(moved: Movement) -> str:
    return when(moved.step) if moved.step is not None else _day(moved.at)


def _day(moment: datetime) -> str:
    return date_format(moment, "j F")


def _places(worker: Any, site: Any) -> dict[str, Any]:
    """Where this person may count at the site, in the order of a walk: names only."""
    rows = bins_to_count(worker).filter(count__site=site).filter(Q(counting_by=None) | Q(counting_by=worker))
    found = rows.select_related("place").order_by("count__created_at", "place__label", "pk")[:CARRIED]
    return {"bins": [{"value": one.place.code, "label": str(one.place), "round": one.rounds} for one in found]}


def register() -> None:
    """Called when the addresses load."""
    register_act(ActKind(code="warehouse.count", apply=count, step=COUNT, refusals=(WarehouseError,), luggage=_places))
