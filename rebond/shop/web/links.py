"""Signed links are not guessed: every address with one counts what is not found (core/throttle.py), unless we signed
it: its thing is gone, and nobody guessed anything.

A link is the parameter `token`, or the `guest` of somebody without an account, whose pages count it themselves: they
answer with a redirect.
"""

from collections.abc import Iterable

from django.urls import URLPattern, URLResolver

from rebond.core.throttle import guarded
from rebond.shop.links import is_signed

LINKS = frozenset({"token", "guest"})


def guard_links(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Guard each pattern that has a signed link, at any depth: a new one cannot be forgotten."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            guard_links(pattern.url_patterns)
        elif LINKS & pattern.pattern.converters.keys():
            pattern.callback = guarded("wrong-link", is_right=is_signed)(pattern.callback)
