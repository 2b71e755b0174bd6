"""Settings start with no environment; a wrong value stops the start with its name and what is expected."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rebond.config.database import parse_database_url
from rebond.config.env import env_bool, env_choice, env_int, env_secret

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parent.parent


def test_starts_with_no_environment(tmp_path):
    environment = {"PATH": os.environ["PATH"], "REBOND_VAR": str(tmp_path)}

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
    ],
)
def test_wrong_value_stops_the_start(tmp_path, name, value, expected):
    environment = {"PATH": os.environ["PATH"], "REBOND_VAR": str(tmp_path), name: value}

    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--system-only"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert expected in done.stderr


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
