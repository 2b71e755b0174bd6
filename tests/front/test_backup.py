"""A backup restored into an empty site gives the same site back; a damaged one is refused."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from rebond.accounts.models import User
from rebond.front.actions import backup

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.unit

SEED = """
from rebond.accounts.models import User
from contextlib import closing
from pathlib import Path
from django.conf import settings
User.objects.create_user("ada@example.org", "un mot de passe long", name="Ada")
folder = Path(settings.PRIVATE_ROOT) / "originals"; folder.mkdir(parents=True); (folder / "a.jpg").write_bytes(b"picture")
"""


def rebond(var, *arguments, stdin="", **given):
    environment = {"PATH": os.environ["PATH"], "REBOND_ENV": "", "REBOND_VAR": str(var), **given}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        input=stdin,
        check=False,
    )


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A small SQLite site, and its backup."""
    var = tmp_path_factory.mktemp("site")
    assert rebond(var, "migrate", "-v0").returncode == 0
    assert rebond(var, "shell", "-v0", stdin=SEED).returncode == 0
    folder = tmp_path_factory.mktemp("backups") / "monday"
    done = rebond(var, "backup", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    return var, folder, json.loads(done.stdout)


def test_restore_gives_the_same_site_back(saved, tmp_path):
    var, folder, manifest = saved

    done = rebond(tmp_path, "restore", str(folder))

    assert done.returncode == 0, done.stderr
    assert manifest["rows"]["accounts_user"] == 1
    assert (tmp_path / "private" / "originals" / "a.jpg").read_bytes() == b"picture"
    assert (tmp_path / "secret_key").read_text() == (var / "secret_key").read_text()
    query = "from rebond.accounts.models import User; print(User.objects.get().name)"
    assert rebond(tmp_path, "shell", "-v0", "-c", query).stdout.strip() == "Ada"


def test_backup_folder_is_its_owners_only(saved):
    assert saved[1].stat().st_mode & 0o777 == 0o700


def test_backup_never_writes_over_another(saved):
    var, folder, _ = saved

    done = rebond(var, "backup", str(folder))

    assert done.returncode != 0
    assert "is not empty" in done.stderr


def test_restore_keeps_a_site_that_holds_people(saved):
    var, folder, _ = saved

    done = rebond(var, "restore", str(folder))

    assert done.returncode != 0
    assert "--force" in done.stderr


def test_damaged_backup_is_refused(saved, tmp_path):
    _, folder, _ = saved
    copy = tmp_path / "copy"
    copy.mkdir()
    for part in folder.iterdir():
        (copy / part.name).write_bytes(part.read_bytes())
    (copy / "files.tar").write_bytes((copy / "files.tar").read_bytes() + b"x")

    done = rebond(tmp_path / "site", "restore", str(copy))

    assert done.returncode != 0
    assert "files.tar is missing or was changed" in done.stderr
    with closing(sqlite3.connect(tmp_path / "site" / "rebond.sqlite3")) as database:
        assert database.execute("SELECT COUNT(*) FROM sqlite_master").fetchone() == (0,)


@pytest.fixture
def busy(monkeypatch, settings, tmp_path):
    """A site on which somebody signs up before, during and after the copy of the database."""
    settings.VAR_DIR = tmp_path / "var"
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "var" / "media", tmp_path / "var" / "private"
    settings.VAR_DIR.mkdir()

    def sign_up():
        User.objects.create_user(f"u{User.objects.count()}@example.org", "un mot de passe long")
        connection.close()

    def meanwhile(call):
        def wrapped(*args, **kwargs):
            for_a_moment = threading.Thread(target=sign_up)
            for_a_moment.start()
            for_a_moment.join()
            return call(*args, **kwargs)

        return wrapped

    for name in ("_dump_database", "_pg_tool", "_pack_files"):
        monkeypatch.setattr(backup, name, meanwhile(getattr(backup, name)))
    return monkeypatch


@pytest.mark.django_db(transaction=True)
def test_backup_of_a_site_that_is_written_to_is_good(busy, tmp_path):
    User.objects.create_user("ada@example.org", "un mot de passe long")
    manifest = backup.make_backup(folder=tmp_path / "monday")
    saved = manifest["rows"]["accounts_user"]
    assert User.objects.count() > saved  # who came after the copy
    busy.undo()

    restored = backup.restore_backup(folder=tmp_path / "monday", force=True)

    assert restored == manifest
    assert User.objects.count() == saved == 2


def test_keys_of_the_environment_are_saved_and_put_back(saved, tmp_path):
    key = tmp_path / "key"
    key.write_text("a key in a file that is quite long enough to sign\n")
    given = {"SECRET_KEY_FILE": str(key), "SEALED_KEY": "sealed#with$this", "SECRET_KEY_FALLBACKS": "old,older"}
    var, folder, new = tmp_path / "site", tmp_path / "backup", tmp_path / "new"
    shutil.copytree(saved[0], var)
    assert rebond(var, "backup", str(folder), **given).returncode == 0

    done = rebond(new, "restore", str(folder))
    other = rebond(tmp_path / "third", "restore", str(folder), SEALED_KEY="another")

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    shown = "from django.conf import settings as s; print(s.SECRET_KEY, s.SEALED_KEY, s.SECRET_KEY_FALLBACKS)"
    told = rebond(new, "shell", "-v0", "-c", shown).stdout.strip()
    assert told == "a key in a file that is quite long enough to sign sealed#with$this ['old', 'older']"
    assert (new / "sealed_key").stat().st_mode & 0o777 == 0o600
    assert (
        f"SEALED_KEY of this environment is not the backup's: give it what {folder}/sealed_key holds." in other.stderr
    )
