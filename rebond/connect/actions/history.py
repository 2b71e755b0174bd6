"""What an import leaves in the history of items: the entries and moves that the desk's actions would have left."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rebond.catalogue.enums import ITEM_TRANSITIONS, ItemState
from rebond.catalogue.models import Item
from rebond.connect.models import ImportRun
from rebond.journal.actions.record import Recorder

BORN = {ItemState.ON_SALE: ("publish", "published"), ItemState.IN_REVIEW: ("submit", "submitted")}


class History:
    """Gathered per batch and written in a few statements by `write`, inside the batch's transaction (rule 26)."""

    def __init__(self, *, run: ImportRun, now: datetime) -> None:
        self._recorder = Recorder(kind=Item, by=run.by, organisation=run.seller, at=now)
        self._source: dict[str, Any] = {"import": run.public_id, "file": run.name}
        self._entries: dict[str, list[tuple[Item, dict[str, Any]]]] = {}
        self._moves: dict[str, list[tuple[Item, str, str, str]]] = {}

    def write(self) -> None:
        """Write what was gathered: entries first by action, then moves by verb."""
        for action, pairs in self._entries.items():
            self._recorder.record(action, pairs)
        for verb, moves in self._moves.items():
            self._recorder.move(verb, moves)
        self._entries, self._moves = {}, {}

    def created(self, items: Iterable[Item]) -> None:
        """New items: where they come from, then what `publish_item` or `submit_item` would have left."""
        for item in items:
            self._note("imported", item, {"price_cents": item.price_cents, **self._source})
            if item.state in BORN:
                verb, action = BORN[ItemState(item.state)]
                self._note(action, item, {"version": item.version})
                self._moves.setdefault(verb, []).append((item, ItemState.DRAFT, item.state, ""))

    def changed(self, item: Item, changes: dict[str, list[Any]]) -> None:
        """A known item: {column: [before, after]}, as `change_item` would have left it."""
        facts = {name.removesuffix("_id"): [_fact(old), _fact(new)] for name, (old, new) in changes.items()}
        if facts:
            self._note("changed", item, {"version": item.version, "changes": facts, **self._source})

    def moved(self, item: Item, before: str, reason: str = "") -> None:
        """A move of state with its entry; one that goes back on a withdrawal is a `publish`, or an `undo`."""
        if item.state == ItemState.WITHDRAWN:
            data = {"version": item.version, "reason": str(item.withdraw_reason), "note": reason, **self._source}
            self._note("withdrawn", item, data)
            self._moves.setdefault("withdraw", []).append((item, before, item.state, reason or item.withdraw_reason))
            return
        is_known = before in ITEM_TRANSITIONS["publish"][0] and item.state == ItemState.ON_SALE
        if is_known:
            self._note("published", item, {"version": item.version, **self._source})
        self._moves.setdefault("publish" if is_known else "undo", []).append((item, before, item.state, reason))

    def deleted(self, items: Iterable[Item]) -> None:
        """Items that an undo takes away: their codes stay in the journal."""
        for item in items:
            self._note("deleted", item, self._source)

    def _note(self, action: str, item: Item, data: dict[str, Any]) -> None:
        self._entries.setdefault(f"catalogue.item.{action}", []).append((item, data))


def _fact(value: Any) -> Any:
    """A value as the journal keeps it: JSON, and short."""
    if isinstance(value, bool | int | dict | list) or value is None:
        return value
    return str(value)[:200]
