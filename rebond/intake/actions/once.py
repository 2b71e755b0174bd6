"""One operation of a device is one act, however often and however close together it is sent."""

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError


def once[**P, T](find: Callable[[uuid.UUID], T | None]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Decorate an action that takes `hands` and writes a row whose `operation_id` is unique.

    `find` gives back what the operation made the first time. Two requests at once: the database lets one pass, the
    other gets what that one made. The action is atomic by itself.
    """

    def decorate(action: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(action)
        def act(*args: P.args, **kwargs: P.kwargs) -> T:
            hands: Any = kwargs["hands"]
            if (known := find(hands.operation_id)) is not None:
                return known
            try:
                return action(*args, **kwargs)
            except IntegrityError:
                if (known := find(hands.operation_id)) is None:
                    raise
                return known

        return act

    return decorate
