"""One table of permissions, filled by each room's `perms.py` when it loads."""

_TABLE: dict[str, frozenset[str]] = {}


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
