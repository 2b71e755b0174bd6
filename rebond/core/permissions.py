"""One table of permissions, filled by each room's `perms.py` when it loads."""

from django.utils.functional import Promise

_TABLE: dict[str, frozenset[str]] = {}
_SENTENCES: dict[str, str | Promise] = {}


def register(permissions: dict[str, frozenset[str]]) -> None:
    """Add `{"room.noun.verb": roles}`; raise ValueError where a name is taken with other roles."""
    for name, roles in permissions.items():
        if _TABLE.get(name, roles) != roles:
            raise ValueError(f"permission {name} is registered twice with different roles")
        _TABLE[name] = roles


def roles_of(permission: str) -> frozenset[str]:
    """The roles that hold `permission`; raise KeyError where nobody registered it."""
    return _TABLE[permission]


def all_permissions() -> dict[str, frozenset[str]]:
    """A copy of the whole table (for tests and the rights page)."""
    return dict(_TABLE)


def describe(sentences: dict[str, str | Promise]) -> None:
    """Add `{"room.noun.verb": "Change an item"}`: what the rights page says, lazy and translated."""
    _SENTENCES.update(sentences)


def description_of(permission: str) -> str:
    """The sentence of a permission for people; its name where no room described it (a test refuses that)."""
    return str(_SENTENCES.get(permission, permission))


def is_described(permission: str) -> bool:
    """Whether a room gave a sentence for this permission."""
    return permission in _SENTENCES
