"""Settings start with no environment; a wrong value stops the start with its name and what is expected."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from rebond.config.database import parse_database_url
from rebond.config.env import env_bool, env_choice, env_int, env_secret, env_services, env_url, load_env_file

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parent.parent


def test_starts_with_no_environment(tmp_path):
    environment = {"PATH": os.environ["PATH"], "REBOND_ENV": "", "REBOND_VAR": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--system-only"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("DEBUG", "maybe", "DEBUG='maybe': expected 1, 0, true"),
        ("SMTP_PORT", "twenty", "SMTP_PORT='twenty': expected a whole number"),
        ("MAIL", "pigeon", "MAIL='pigeon': expected one of file, smtp"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL: expected sqlite:///"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL: expected a value that begins with redis://…"),
        ("SITE_URL", "foo", "SITE_URL='foo': expected an address like https://rebond.example"),
    ],
)
def test_wrong_value_stops_the_start(tmp_path, name, value, expected):
    environment = {"PATH": os.environ["PATH"], "REBOND_ENV": "", "REBOND_VAR": str(tmp_path), name: value}

    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--system-only"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith(f"rebond: {expected}")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [False, False, False]),
        ({"SITE_URL": "https://rebond.example"}, [False, True, True]),
        ({"SITE_URL": "https://rebond.example", "BEHIND_PROXY": "1"}, [True, True, True]),
        ({"SITE_URL": "https://rebond.example", "BEHIND_PROXY": "1", "SSL_REDIRECT": "0"}, [False, True, True]),
    ],
)
def test_https_follows_the_public_address_and_the_proxy(tmp_path, given, expected):
    names = ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    code = f"from rebond.config import settings as s; print([getattr(s, n) for n in {names}])"
    environment = {"PATH": os.environ["PATH"], "REBOND_VAR": str(tmp_path), "REBOND_ENV": ""} | given

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == str(expected)


def test_every_variable_is_documented():
    code = "".join((ROOT / "rebond" / "config" / name).read_text() for name in ("settings.py", "database.py"))
    read = set(re.findall(r'(?:env_\w+|os\.environ\.get)\(\s*"([A-Z_]+)"', code))
    told = set(re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert read - told == set()
    assert told - read == {"SECRET_KEY_FILE"}


def test_readers(monkeypatch, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("quiet\n")
    monkeypatch.setenv("A", "yes")
    monkeypatch.setenv("B", "7")
    monkeypatch.setenv("C_FILE", str(secret))

    assert env_bool("A", default=False) is True
    assert env_int("B", default=1) == 7
    assert env_secret("C") == "quiet"
    assert env_choice("D", choices=("x", "y"), default="x") == "x"


def test_database_addresses():
    sqlite = parse_database_url("sqlite:////srv/rebond.sqlite3")
    postgresql = parse_database_url("postgresql://me:p%40ss@db:5433/shop")

    assert sqlite["NAME"] == "/srv/rebond.sqlite3"
    assert sqlite["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert [postgresql[k] for k in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == ["shop", "me", "p@ss", "db", "5433"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://me:quiet@db:many/shop", "DATABASE_URL: the host or its port"),
        ("postgresql://me:quiet@db:70000/shop", "DATABASE_URL: the host or its port"),
        ("postgresql://me:quiet/pass@db:5432/shop", "DATABASE_URL: the host or its port"),
        ("postgresql://me:12/quiet@db:5432/shop", "DATABASE_URL: expected one name after the host"),
        ("postgresql://me:[quiet@db/shop", "DATABASE_URL: the host or its port"),
        ("sqlite:", "DATABASE_URL: expected the file's path"),
        ("sqlite:///", "DATABASE_URL: expected the file's path"),
        ("sqlite://quiet.sqlite3", "DATABASE_URL: expected the file's path"),
        ("sqlite:quiet.sqlite3", "DATABASE_URL: expected the file's path"),
    ],
)
def test_wrong_database_address_is_refused_without_showing_it(url, expected):
    with pytest.raises(ImproperlyConfigured, match=f"^{re.escape(expected)}") as refused:
        parse_database_url(url)

    assert "quiet" not in str(refused.value)


@pytest.mark.parametrize(("value", "expected"), [("", False), ("0", False), ("1", True), ("yes", True), ("on", True)])
def test_pgbouncer_is_read_like_every_switch(monkeypatch, value, expected):
    monkeypatch.setenv("PGBOUNCER", value)

    assert parse_database_url("postgresql://db/shop")["DISABLE_SERVER_SIDE_CURSORS"] is expected

    monkeypatch.setenv("PGBOUNCER", "maybe")
    with pytest.raises(ImproperlyConfigured, match="PGBOUNCER='maybe': expected 1, 0"):
        parse_database_url("postgresql://db/shop")


@pytest.mark.parametrize("value", ["quiet", "http://quiet", "redis://:quiet/a@db:6379/0", "redis://a,quiet"])
def test_wrong_cache_address_is_refused_without_showing_it(monkeypatch, value):
    begins = ("redis://", "rediss://", "unix://")
    monkeypatch.setenv("REDIS_URL", value)

    with pytest.raises(ImproperlyConfigured, match=r"^REDIS_URL: ") as refused:
        env_services("REDIS_URL", begins=begins)

    assert "quiet" not in str(refused.value)

    for good in ("", "redis://:p%2Fss@db:6379/0", "unix:///run/redis.sock?db=1", "rediss://a:1,rediss://b:2"):
        monkeypatch.setenv("REDIS_URL", good)
        assert env_services("REDIS_URL", begins=begins) == good


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "REBOND_ENV": ""} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_env_file_is_read_as_it_is_written(monkeypatch, tmp_path):
    file = tmp_path / ".env"
    file.write_text(
        "# a comment\n\nREBOND_T_KEY=abc#def$ghi\nexport REBOND_T_FROM=Rebond <a@b.example>\n"
        "REBOND_T_QUOTED=' spaced '\nREBOND_T_GIVEN=file\nREBOND_T_EMPTY=\n"
    )
    monkeypatch.setattr(os, "environ", {"REBOND_T_GIVEN": "environment"})

    load_env_file(file)
    load_env_file(tmp_path / "absent")

    assert os.environ == {
        "REBOND_T_KEY": "abc#def$ghi",
        "REBOND_T_FROM": "Rebond <a@b.example>",
        "REBOND_T_QUOTED": " spaced ",
        "REBOND_T_GIVEN": "environment",
        "REBOND_T_EMPTY": "",
    }


@pytest.mark.parametrize("line", ["SECRET", "MY KEY=1", "1A=2"])
def test_wrong_line_of_the_env_file_stops_the_start(monkeypatch, tmp_path, line):
    file = tmp_path / ".env"
    file.write_text(f"# here\n{line}\n")
    monkeypatch.setattr(os, "environ", {})

    with pytest.raises(ImproperlyConfigured, match=r"\.env, line 2: expected NAME=value"):
        load_env_file(file)


def test_every_command_reads_the_env_file_and_make_does_not(tmp_path):
    file = tmp_path / "env"
    file.write_text(f"SECRET_KEY=abc#def$ghi-long-enough-for-the-checks-of-django\nREBOND_VAR={tmp_path}/var\n")
    shown = "from django.conf import settings as s; print(s.SECRET_KEY, s.VAR_DIR)"

    told = run("shell", "-v0", "--no-imports", "-c", shown, REBOND_ENV=str(file)).stdout

    assert told == f"abc#def$ghi-long-enough-for-the-checks-of-django {tmp_path}/var\n"
    assert 'os.environ.get("REBOND_ENV", str(BASE_DIR / ".env"))' in (ROOT / "rebond/config/settings.py").read_text()
    assert ".env\n" not in (ROOT / "Makefile").read_text()


@pytest.mark.parametrize(
    "value", ["foo", "ftp://a.example", "https://", "https://a.example/shop", "https://a.example:port", "http://a b"]
)
def test_address_of_the_site_is_checked(monkeypatch, value):
    monkeypatch.setenv("SITE_URL", value)

    with pytest.raises(ImproperlyConfigured, match="expected an address like"):
        env_url("SITE_URL", "http://localhost:8000")

    for good in ("https://a.example/", "http://localhost:8000", "http://192.168.1.4:8443"):
        monkeypatch.setenv("SITE_URL", good)
        assert env_url("SITE_URL", "") == good.rstrip("/")


def test_folder_that_cannot_be_written_is_told_in_one_line(tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")

    for command in (("migrate",), ("worker", "--batch"), ("reindex",), ("backup", str(in_the_way / "b"))):
        done = run(*command, REBOND_VAR=str(in_the_way / "var"), SITE_URL="http://localhost:8000")

        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith(("rebond: ", "CommandError: ")), done.stderr
        assert "Traceback" not in done.stderr
        assert str(in_the_way) in done.stderr


def test_error_is_shown_whole_where_asked(tmp_path):
    done = run("check", "--system-only", "--traceback", REBOND_VAR=str(tmp_path), MAIL="pigeon")

    assert "Traceback" in done.stderr
    assert "MAIL='pigeon'" in done.stderr.splitlines()[-1]
