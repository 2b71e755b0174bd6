"""The migrated test database, kept between runs: the migrations of all rooms take longer than most runs of one file.

Never with CI=true: there every migration runs, on both databases. The kept copy is of exactly these migrations,
settings and libraries; anything else has another name. SQLite's is a file in build/tests, PostgreSQL's a template.
"""

import hashlib
import os
import shutil
import sqlite3
from pathlib import Path

from django.db import Error, connection
from django.db.backends.sqlite3.creation import DatabaseCreation

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "tests"
DATA = {".py", ".json", ".toml", ".csv"}


def digest():
    """Of the migrations, all data that they may read, and the versions of the libraries."""
    found = hashlib.sha256(sqlite3.sqlite_version.encode())
    paths = [*ROOT.glob("rebond/*/migrations/*.py"), *ROOT.glob("rebond/*/data/**/*"), *ROOT.glob("rebond/*/guards.py")]
    for path in [*sorted(p for p in paths if p.suffix in DATA), ROOT / "requirements" / "run.txt"]:
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def wanted():
    return os.environ.get("CI") != "true"


def start_from_kept():
    """Before the test database is made: have it begin as the kept one. Return whether there is one."""
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_template()])
            if cursor.fetchone() is None:
                return False
        connection.settings_dict["TEST"]["TEMPLATE"] = _template()
        return True
    kept = _file()
    if not kept.exists():
        return False
    made = DatabaseCreation._create_test_db

    def copy(self, *args, **kwargs):
        name = made(self, *args, **kwargs)
        for rest in ("-wal", "-shm"):  # of a run that was killed: SQLite would play it into the copy
            Path(f"{name}{rest}").unlink(missing_ok=True)
        shutil.copyfile(kept, name)
        return name

    DatabaseCreation._create_test_db = copy
    return True


def keep():
    """Just migrated, still empty: keep a copy. Several processes may do so at once; one copy stays."""
    if connection.vendor == "postgresql":
        name = connection.settings_dict["NAME"]
        connection.close()
        with connection._nodb_cursor() as cursor:
            try:
                cursor.execute(f'CREATE DATABASE "{_template()}" TEMPLATE "{name}"')
            except Error:
                return  # another process was first
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    half = FOLDER / f"{os.getpid()}.half"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(half)])
    half.replace(_file())


def _file():
    return FOLDER / f"{digest()}.sqlite3"


def _template():
    return f"rebond_kept_{digest()}"
