"""A desk's button: the action, then a sentence, whatever came of it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from rebond.ledger.asking import ask_and_say
from rebond.ledger.errors import LedgerError
from rebond.shop.errors import ShopError
from rebond.shop.queries.gestures import is_in_books


def ask_and_tell(request: HttpRequest, act: str, data: Any, *, done: str) -> None:
    """An act on money in the organisation acted for: done, asked, or refused in words."""
    try:
        ask_and_say(request, act, data, organisation=request.access.organisation, done=done)  # type: ignore[attr-defined]
    except LedgerError as refused:
        messages.error(request, str(refused))


def may_give(access: Any, order: int) -> bool:
    """Whether a gesture of the network may be given from here: for an order in the books of who acts."""
    return bool(access.can("shop.gesture.give")) and is_in_books(access.organisation, order)


type Words = Mapping[type[Exception], Any]


def act_and_say(
    request: HttpRequest,
    act: Callable[[], object],
    said: str,
    words: Words,
    *,
    unless: tuple[type[Exception], ...] | type[Exception] = (),
) -> None:
    """Run `act` and say `said`; where it is refused, say why in `words`, or in the refusal's own.

    A refusal of the kinds of `unless` is the caller's to show.
    """
    try:
        act()
    except unless:
        raise
    except (ShopError, LedgerError) as refused:
        messages.error(request, str(words.get(type(refused), refused)))
    else:
        messages.success(request, said)
