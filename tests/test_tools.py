"""The shell tools say in one clear sentence what is missing on a machine, and what to do."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BASICS = ("bash", "env", "dirname", "cat", "cksum", "ls", "sort", "sed", "tail", "mkdir", "chmod", "grep", "readlink")

pytestmark = pytest.mark.unit


@pytest.fixture
def clone(tmp_path):
    """The tools in a folder of their own, with a PATH that holds only what a test puts there."""
    folder = tmp_path / "clone"
    (folder / "tools").mkdir(parents=True)
    (folder / "requirements").mkdir()
    for path in (ROOT / "tools").glob("*.sh"):
        shutil.copy2(path, folder / "tools" / path.name)
    for name in ("run", "dev", "uv"):
        (folder / "requirements" / f"{name}.txt").write_text("")
    (folder / "pyproject.toml").write_text("")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in BASICS:
        (programs / name).symlink_to(shutil.which(name))
    return folder


def program(clone, name, text):
    path = clone.parent / "bin" / name
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)


def run(clone, tool, *arguments, **environment):
    given = {"PATH": str(clone.parent / "bin"), "HOME": str(clone.parent)} | environment
    return subprocess.run(
        [shutil.which("bash"), str(clone / "tools" / tool), *arguments],
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_missing_git_is_told(clone):
    done = run(clone, "setup.sh", "run")

    assert done.returncode == 1
    assert done.stderr.startswith("rebond: git is missing. Install it")


def test_missing_python_is_told(clone):
    program(clone, "git", "true")

    done = run(clone, "setup.sh", "run")

    assert done.returncode == 1
    assert "python3 is missing. Install Python 3.12 or newer" in done.stderr


def test_python_without_venv_is_told(clone):
    program(clone, "git", "true")
    program(clone, "python3", "exit 1")

    done = run(clone, "setup.sh", "run")

    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr


def test_old_python_only_lets_uv_fetch_one_and_says_so(clone):
    program(clone, "git", "true")
    program(clone, "python3", "exit 1")
    program(clone, "uv", 'echo "uv $*" >> "$HOME/calls"; exit 1')

    done = run(clone, "setup.sh", "run")

    assert done.returncode == 1
    assert "which needs the internet" in done.stdout
    assert "venv --quiet --clear --python 3.13 .venv" in (clone.parent / "calls").read_text()


def test_best_python_is_pyenvs_when_path_has_none(clone):
    program(clone, "git", "true")
    program(clone, "python3", "exit 1")
    program(clone, "uv", 'echo "uv $*" >> "$HOME/calls"; exit 1')
    for version in ("3.12.1", "3.13.0", "3.11.7"):
        folder = clone.parent / ".pyenv" / "versions" / version / "bin"
        folder.mkdir(parents=True)
        (folder / "python").write_text(f"#!/bin/bash\ncase $1 in --version) echo Python {version};; esac\n")
        (folder / "python").chmod(0o755)

    run(clone, "setup.sh", "run")

    assert f"--python {clone.parent}/.pyenv/versions/3.13.0/bin/python .venv" in (clone.parent / "calls").read_text()


@pytest.fixture
def console_script(clone):
    """`.venv/bin/rebond` as setup makes it, in a folder with a space in its name, with a python that tells its call."""
    spaced = clone.rename(clone.parent / "a clone")
    program(spaced, "git", "true")
    program(spaced, "uv", "true")
    folder = spaced / ".venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").write_text('#!/bin/bash\n[ "$1" = -c ] || printf "%s\\n" "$@"\n')
    (folder / "python").chmod(0o755)
    done = run(spaced, "setup.sh", "run")
    assert done.returncode == 0, done.stderr
    return folder / "rebond"


@pytest.mark.parametrize("way", ["itself", "moved", "link"])
def test_the_console_script_survives_spaces_moves_and_links(console_script, tmp_path, way):
    script, root = console_script, console_script.parents[2]
    if way == "moved":
        root = root.rename(tmp_path / "another place")
        script = root / ".venv" / "bin" / "rebond"
    elif way == "link":
        script = tmp_path / "link to it"
        script.symlink_to(console_script)

    done = subprocess.run([str(script), "check", "two words"], capture_output=True, text=True, check=True, cwd="/")

    called, *arguments = done.stdout.splitlines()
    assert Path(called).resolve() == root / "manage.py"
    assert arguments == ["check", "two words"]


@pytest.mark.parametrize(
    ("port", "given", "told"),
    [
        ("8001", {}, "http://localhost:8001"),
        ("8000", {}, "none"),
        ("8001", {"HTTPS": "1"}, "none"),
        ("8001", {"SITE_URL": "http://box:8001"}, "http://box:8001"),
    ],
)
def test_the_demo_tells_the_address_of_its_port(clone, port, given, told):
    (clone / ".venv" / "bin").mkdir(parents=True)
    python = clone / ".venv" / "bin" / "python"
    python.write_text('#!/bin/bash\n[ "$1" = - ] || echo "$2 ${SITE_URL:-none}"\n')
    python.chmod(0o755)

    done = run(clone, "demo.sh", PORT=port, SERVE="1", **given)

    assert done.stdout.splitlines() == [f"{verb} {told}" for verb in ("prepare", "demo", "serve")]


def test_the_demo_leaves_the_address_of_the_settings_file(clone):
    (clone / ".venv" / "bin").mkdir(parents=True)
    python = clone / ".venv" / "bin" / "python"
    python.write_text('#!/bin/bash\n[ "$1" = - ] || echo "${SITE_URL:-none}"\n')
    python.chmod(0o755)
    (clone / ".env").write_text("SITE_URL=https://rebond.example\n")

    assert set(run(clone, "demo.sh", PORT="8001", SERVE="1").stdout.split()) == {"none"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder_is_told(clone):
    clone.chmod(0o555)

    done = run(clone, "setup.sh", "run")
    clone.chmod(0o755)

    assert "cannot be written to" in done.stderr


def test_port_in_use_is_told_before_anything_is_done(clone):
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to(shutil.which("python3"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run(clone, "demo.sh", PORT=port, SERVE="1")

    assert done.returncode == 1
    assert f"port {port} is in use" in done.stderr
    assert "make demo PORT=8001" in done.stderr


def test_ci_allows_no_silent_skip(clone):
    (clone / ".venv" / "bin").mkdir(parents=True)
    program(clone, "true", "exit 0")
    (clone / ".venv" / "bin" / "python").symlink_to(clone.parent / "bin" / "true")

    done = run(clone, "test.sh", CI="true")

    assert done.returncode == 1
    assert "no Chromium was found, and CI allows no skip" in done.stderr
