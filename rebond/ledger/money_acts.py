"""Acts that move money or change what moves it: who does them alone, who grants them. A table that each room fills.

A room registers an act with its data (a dataclass of plain values), how to read it for a person (`plan`), how to do it
(`run`), and the usual limits of each role. `actions.money_request` asks, grants, refuses.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from types import UnionType
from typing import Any, get_origin, get_type_hints

from django.utils.functional import Promise

from rebond.ledger.errors import RequestInvalid

Text = str | Promise
OPERATOR, SELLER = "operator", "seller"  # whose people: those who keep the books, or those who sell


@dataclass(frozen=True, slots=True)
class Limit:
    """What a role does alone in a day, and what it grants to others, in cents; None: any amount; 0: never."""

    alone: int | None = 0
    grant: int | None = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done: `subject` names it (one request of it waits at a time), `label` and `lines` say it to a
    person, `cents` is what it moves, `page` where to look at it (the name of an address and its arguments).
    """

    subject: str
    label: str
    cents: int = 0
    page: tuple[str, tuple[Any, ...]] = ("", ())
    lines: tuple[tuple[Text, Text], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class MoneyAct:
    """`key` is its stable name, `permission` who may ask. `plan(data, organisation)` raises where it cannot be done.

    `run(data, organisation, by, now)` does it, in the caller's transaction, under its own checks. Without an amount
    (`has_amount`), a limit is None (yes) or 0 (no). Of a `is_fixed` act, nobody changes the limits.
    """

    key: str
    permission: str
    words: Text
    data: type[Any]
    plan: Callable[[Any, Any], Plan]
    run: Callable[[Any, Any, Any, datetime.datetime], object]
    limits: Callable[[], Mapping[str, Limit]]
    scope: str = OPERATOR
    has_amount: bool = True
    is_fixed: bool = False

    @property
    def slug(self) -> str:
        """Its key in an address."""
        return self.key.replace(".", "-").replace("_", "-")

    def covers(self, limit: int | None, cents: int) -> bool:
        """Whether these cents are within `limit`."""
        return limit is None or (self.has_amount and limit > 0 and cents <= limit)

    def read(self, values: Mapping[str, Any]) -> Any:
        """The act's data of a row's JSON; raise RequestInvalid where a name or a kind of value is another.

        A row from before a field with a default was added has none of it.
        """
        hints = get_type_hints(self.data)
        needed = {one.name for one in fields(self.data) if one.default is MISSING}
        if not needed <= set(values) <= hints.keys():
            raise RequestInvalid
        for name, value in values.items():
            hint = hints[name]
            kind = hint if isinstance(hint, UnionType) else get_origin(hint) or hint
            if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
                raise RequestInvalid
        return self.data(**values)


_ACTS: dict[str, MoneyAct] = {}


def register_act(act: MoneyAct) -> None:
    """Add an act; raise ValueError where its key is another's."""
    if _ACTS.get(act.key, act).run is not act.run:
        raise ValueError(f"the act {act.key} is registered twice")
    _ACTS[act.key] = act


def act_named(key: str) -> MoneyAct:
    """Raise KeyError where nobody registered it."""
    return _ACTS[key]


def all_acts() -> list[MoneyAct]:
    """In the order in which the rooms registered them."""
    return list(_ACTS.values())
