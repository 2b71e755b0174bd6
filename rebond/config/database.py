"""DATABASE_URL to Django's setting: `sqlite:///path` or `postgresql://user:secret@host:port/name`."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from django.core.exceptions import ImproperlyConfigured

from rebond.config.env import env_bool, split_secret_url

SQLITE_INIT = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
    "PRAGMA temp_store=MEMORY;PRAGMA mmap_size=268435456;PRAGMA cache_size=-32768;"
    "PRAGMA journal_size_limit=67108864;"
)


def sqlite(path: Path | str) -> dict[str, Any]:
    """SQLite as architecture.md asks: WAL, IMMEDIATE, busy timeout (20 s)."""
    return {
        "ENGINE": "rebond.core.sqlite",
        "NAME": str(path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_INIT},
        "CONN_MAX_AGE": None,
    }


def parse_database_url(url: str) -> dict[str, Any]:
    """Raise ImproperlyConfigured, naming the variable and showing no piece of it, on any address not understood."""
    parts = split_secret_url("DATABASE_URL", url)
    if parts.scheme == "sqlite":
        if parts.netloc or not parts.path.startswith("/") or not parts.path.strip("/"):
            raise ImproperlyConfigured("DATABASE_URL: expected the file's path after sqlite:///")
        return sqlite(parts.path[1:])
    if parts.scheme in {"postgresql", "postgres"}:
        name = parts.path.strip("/")
        if not name:
            raise ImproperlyConfigured("DATABASE_URL: expected the database's name after the host")
        if "/" in name or "@" in name:
            raise ImproperlyConfigured(
                "DATABASE_URL: expected one name after the host; in a password, write / as %2F, in a name @ as %40"
            )
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(name),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or options.pop("host", ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": options,
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "DISABLE_SERVER_SIDE_CURSORS": env_bool("PGBOUNCER", default=False),
        }
    raise ImproperlyConfigured(
        "DATABASE_URL: expected sqlite:///path/file.sqlite3 or postgresql://user:secret@host:port/name"
    )
