"""The shots of the object at hand, as the photo table and the phone that is its camera both show them."""

import uuid
from typing import Any

from rebond.catalogue.models import Item
from rebond.core.images.check import advice_on, doubt_on
from rebond.workshop.models import Task
from rebond.workshop.queries.photograph import after, doubtful, places_of


def shots_shown(task: Task, item: Item, wanted: str, *, here: str, is_asking: bool, error: str) -> dict[str, Any]:
    """The context of `_shot_*.html`: `wanted` is the shot's key ("" for the first that lacks), `here` the address.

    `is_asking`: the picture was just taken; what the checks found is said, and whether to keep it. `unsure` is the
    shot before, where something may be wrong with it: that is said in passing.
    """
    places = places_of(task, item, wanted)
    current = next((place for place in places if place.is_current), None)
    picture = current.picture if current else None
    faults = picture.faults if picture and is_asking else []
    unsure = doubtful(places)
    return {
        "task": task,
        "item": item,
        "here": here,
        "places": places,
        "current": current,
        "picture": picture,
        "next_shot": after(places),
        "advice": [advice_on(fault) for fault in faults],
        "is_asking": bool(faults),
        "unsure": unsure,
        "doubts": [doubt_on(fault) for fault in unsure.picture.doubts] if unsure and unsure.picture else [],
        "operation": uuid.uuid4(),
        "error": error,
    }
