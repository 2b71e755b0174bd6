"""How often a badge or a code may be wrong at a station."""

import contextlib
from collections.abc import Iterator

from allauth.core.internal.ratelimit import consume
from django.http import HttpRequest

from rebond.workshop.errors import TooManyTries


@contextlib.contextmanager
def tries(request: HttpRequest, **keys: str) -> Iterator[None]:
    """Count what is refused inside, by each key of its action; what is right counts for nothing. Raise TooManyTries.

    Each try is counted before it is made and given back where it was right: many at once are no way round.
    """
    counted = [consume(request=request, app="allauth.account", action=action, key=key) for action, key in keys.items()]
    given = [usage for usage in counted if usage is not None]
    is_allowed = len(given) == len(counted)
    if is_allowed:
        yield
    for usage in given:
        usage.rollback()
    if not is_allowed:
        raise TooManyTries
