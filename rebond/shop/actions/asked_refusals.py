"""Refusals of the shop in an act that waits for a second person: said as refusals of the books, with a sentence."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from rebond.ledger.errors import ActRefused
from rebond.shop.errors import ShopError


def told_as[**P, T](words: Mapping[type[Exception], Any]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A plan or an act whose ShopError becomes ActRefused with the sentence that `words` has for it, if any."""

    def decorate(act: Callable[P, T]) -> Callable[P, T]:
        @wraps(act)
        def told(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return act(*args, **kwargs)
            except ShopError as refused:
                raise ActRefused(words.get(type(refused))) from refused

        return told

    return decorate
