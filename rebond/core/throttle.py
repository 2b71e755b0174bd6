"""Public forms are slowed down: so many posts per network address, counted in the cache that all processes share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest


def throttled[V: Callable[..., Any]](action: str) -> Callable[[V], V]:
    """Answer 429 to posts above the rate of `action` in settings.ACCOUNT_RATE_LIMITS; reading is free.

    Raise KeyError at import where no rate of this name is set: a typing error must not open the door.
    """
    if action not in settings.ACCOUNT_RATE_LIMITS:
        raise KeyError(action)

    def wrap(view: V) -> V:
        @wraps(view)
        def slowed(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method == "POST" and not ratelimit.consume(request, action=action):
                return ratelimit.respond_429(request)
            return view(request, *args, **kwargs)

        return slowed  # type: ignore[return-value]

    return wrap
