"""Backup and restore of everything that cannot be rebuilt: database, media, originals, keys; verified.

A backup is a folder: `manifest.json` (version, date, engine, SHA-256 of each file, rows per table),
`database.sqlite3` or `database.dump`, `files.tar` (media and private), and the keys in use wherever they come
from (`secret_key`; `sealed_key` and `secret_key_fallbacks` where there are). The search index is derived data:
it is rebuilt. It holds secrets and people's data: the folder is made readable by its owner only.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, connections, transaction

from rebond.front.errors import BackupError

VERSION = 1
CHUNK = 1 << 20
KEY_FILES = ("secret_key", "sealed_key", "secret_key_fallbacks")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _rows(cursor: Any) -> dict[str, int]:
    """Rows per table of the project's own models, as `cursor` sees them."""
    found: dict[str, int] = {}
    for model in apps.get_models():
        if model.__module__.startswith("rebond."):
            table = model._meta.db_table  # noqa: SLF001 -- Django's documented name
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 -- our own table names
            found[table] = cursor.fetchone()[0]
    return dict(sorted(found.items()))


def _pg_tool(name: str, *arguments: str) -> None:
    """Run pg_dump or pg_restore on the configured database; raise BackupError with its own words."""
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is missing: install PostgreSQL's client tools (apt install postgresql-client).")
    values = connection.settings_dict
    environment = {"PGPASSWORD": str(values["PASSWORD"])} if values["PASSWORD"] else {}
    target = [
        f"--host={values['HOST']}" if values["HOST"] else "",
        f"--port={values['PORT']}" if values["PORT"] else "",
    ]
    target += [f"--username={values['USER']}" if values["USER"] else "", f"--dbname={values['NAME']}"]
    command = [found, *(part for part in target if part), *arguments]
    safe = {"PATH": "/usr/bin:/bin", **environment}
    done = subprocess.run(command, capture_output=True, text=True, env=safe, check=False)  # noqa: S603 -- fixed program, own settings
    if done.returncode != 0:
        raise BackupError(f"{name}: {done.stderr.strip()[:500]}")


def _dump_database(folder: Path) -> tuple[Path, dict[str, int]]:
    """A consistent copy while the site runs (SQLite's own backup, or pg_dump), and the rows of that very copy."""
    if connection.vendor == "sqlite":
        target = folder / "database.sqlite3"
        connection.ensure_connection()
        copy = sqlite3.connect(target)
        try:
            connection.connection.backup(copy)
            if copy.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                raise BackupError("the copy of the database is not whole")
            return target, _rows(copy.cursor())
        finally:
            copy.close()
    target = folder / "database.dump"
    with transaction.atomic(), connection.cursor() as cursor:  # one snapshot for the counts and for pg_dump
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        _pg_tool("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}")
        return target, _rows(cursor)


def _keys() -> dict[str, str]:
    """The keys in use by the name of their file: they may come from the environment, or from a file of its own."""
    sealed = settings.SEALED_KEY if settings.SEALED_KEY != settings.SECRET_KEY else ""
    found = {
        "secret_key": settings.SECRET_KEY,
        "sealed_key": sealed,
        "secret_key_fallbacks": ",".join(settings.SECRET_KEY_FALLBACKS),
    }
    return {name: key for name, key in found.items() if key}


def _write_key(path: Path, key: str) -> Path:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(key, encoding="utf-8")
    return path


def _put_keys(folder: Path) -> None:
    """The keys of the backup where settings look for them; a key that it has not is left: it opens what is older."""
    for name in KEY_FILES:
        if (folder / name).exists():
            _write_key(settings.VAR_DIR / name, (folder / name).read_text(encoding="utf-8").strip())


def keys_that_differ(*, folder: Path) -> list[str]:
    """Variables of this environment that hide another key of the backup: what that key sealed cannot be read here."""
    used = _keys()
    kept = {name: (folder / name).read_text(encoding="utf-8").strip() for name in KEY_FILES if (folder / name).exists()}
    given = [name for name in kept if os.environ.get(name.upper()) or os.environ.get(f"{name.upper()}_FILE")]
    return [name.upper() for name in given if used.get(name) != kept[name]]


def _pack_files(folder: Path) -> Path:
    target = folder / "files.tar"
    with tarfile.open(target, "w") as tar:
        for name, root in (("media", Path(settings.MEDIA_ROOT)), ("private", Path(settings.PRIVATE_ROOT))):
            if root.exists():
                tar.add(root, arcname=name)
    return target


def make_backup(*, folder: Path) -> dict[str, Any]:
    """Write a backup into `folder` (made; must be empty) and return its manifest.

    The database is copied before the files, so that every picture a row names is in the archive: files are
    named by content and never change. Raise BackupError where the folder is not empty or a copy is not whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty: name a new folder.")
    folder.chmod(0o700)
    database, rows = _dump_database(folder)
    parts = [database, _pack_files(folder)]
    parts += [_write_key(folder / name, key) for name, key in _keys().items()]
    manifest: dict[str, Any] = {
        "version": VERSION,
        "made_at": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "engine": connection.vendor,
        "rows": rows,
        "files": {part.name: {"sha256": _sha256(part), "bytes": part.stat().st_size} for part in parts},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return manifest


def read_manifest(*, folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose every file is there and unchanged; else BackupError."""
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackupError(f"{folder} holds no readable backup ({error}).") from error
    if manifest.get("version") != VERSION:
        raise BackupError(f"this backup is of version {manifest.get('version')}, and {VERSION} is expected.")
    for name, told in manifest["files"].items():
        path = folder / name
        if not path.exists() or _sha256(path) != told["sha256"]:
            raise BackupError(f"{name} is missing or was changed since the backup.")
    return manifest


def _is_empty() -> bool:
    tables = set(connection.introspection.table_names())
    if "accounts_user" not in tables:
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM accounts_user")
        return bool(cursor.fetchone()[0] == 0)


def _load_database(folder: Path) -> None:
    if connection.vendor == "sqlite":
        target = Path(connection.settings_dict["NAME"])
        connections.close_all()
        target.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        part = target.with_suffix(".restoring")
        shutil.copy2(folder / "database.sqlite3", part)
        part.replace(target)
        return
    connections.close_all()
    _pg_tool(
        "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(folder / "database.dump")
    )


def _unpack_files(folder: Path) -> None:
    """Unpack beside the live folders, then swap: a kill in between leaves the former files."""
    staging = settings.VAR_DIR / "restoring"
    shutil.rmtree(staging, ignore_errors=True)
    with tarfile.open(folder / "files.tar") as tar:
        tar.extractall(staging, filter="data")
    for name, root in (("media", Path(settings.MEDIA_ROOT)), ("private", Path(settings.PRIVATE_ROOT))):
        if (staging / name).exists():
            former = root.with_name(root.name + ".former")
            shutil.rmtree(former, ignore_errors=True)
            if root.exists():
                root.replace(former)
            (staging / name).replace(root)
            shutil.rmtree(former, ignore_errors=True)
    shutil.rmtree(staging, ignore_errors=True)


def restore_backup(*, folder: Path, force: bool = False) -> dict[str, Any]:
    """Put a verified backup in place, then check every table's rows against its manifest.

    Raise BackupError where the backup is damaged, of another engine, where this site already holds people
    (unless `force`), or where the rows differ afterwards.
    """
    manifest = read_manifest(folder=folder)
    if manifest["engine"] != connection.vendor:
        raise BackupError(f"this backup is of {manifest['engine']}, and the site runs on {connection.vendor}.")
    if not force and not _is_empty():
        raise BackupError("this site is not empty. Add --force to replace what it holds.")
    _load_database(folder)
    _unpack_files(folder)
    _put_keys(folder)
    with connection.cursor() as cursor:
        found = _rows(cursor)
    differing = [table for table, count in manifest["rows"].items() if found.get(table) != count]
    if differing:
        raise BackupError(f"rows differ after the restore in: {', '.join(differing)}.")
    return manifest
