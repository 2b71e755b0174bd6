"""What other rooms ask before an object goes on sale; a lower room knows nothing of a higher one.

From its AppConfig.ready a room calls `add_publish_rule`. `check` reads and refuses; `done` writes what must be written
once the object is on sale, in the same transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PublishRule:
    """`check(item)` raises errors.PublishRefused: asked of the desk, the kiosk, bulk and imports (an item without key).

    `done(item, by)` runs after each first or later publication by `publish_item`; not after imports.
    """

    check: Callable[[Any], None]
    done: Callable[[Any, Any], None] | None = None


_RULES: list[PublishRule] = []


def add_publish_rule(rule: PublishRule) -> None:
    """Called by an app's `ready`; twice the same is one."""
    if rule not in _RULES:
        _RULES.append(rule)


def check_publishing(item: Any) -> None:
    """Raise errors.PublishRefused where a room still waits for something."""
    for rule in _RULES:
        rule.check(item)


def tell_published(item: Any, by: Any) -> None:
    """The object is on sale: each room writes what it must."""
    for rule in _RULES:
        if rule.done is not None:
            rule.done(item, by)
