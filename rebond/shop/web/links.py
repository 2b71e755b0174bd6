"""Signed links are not guessed: every address with a token counts what is not found (core/throttle.py)."""

from collections.abc import Iterable

from django.urls import URLPattern, URLResolver

from rebond.core.throttle import guarded


def guard_links(patterns: Iterable[URLPattern | URLResolver]) -> None:
    """Guard each pattern that has a token, at any depth: a new one cannot be forgotten."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            guard_links(pattern.url_patterns)
        elif "token" in pattern.pattern.converters:
            pattern.callback = guarded("wrong-link")(pattern.callback)
