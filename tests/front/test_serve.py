"""`rebond serve` answers, says its address, refuses a busy port, and stops web and worker together."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from rebond.front.management.commands.serve import Command

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.unit


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(var):
    return {"PATH": os.environ["PATH"], "REBOND_ENV": "", "REBOND_VAR": str(var)}


def test_serves_and_stops_on_a_signal(tmp_path):
    port = free_port()
    subprocess.run(
        [sys.executable, "manage.py", "prepare"], cwd=ROOT, env=environment(tmp_path), check=True, capture_output=True
    )
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--workers", "1"]
    running = subprocess.Popen(
        command, cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        status = wait_for(f"http://localhost:{port}/static/rebond/css/tokens.css", running)
        running.send_signal(signal.SIGTERM)
        told, _ = running.communicate(timeout=120)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()

    assert status == 200
    assert f"http://localhost:{port}" in told
    assert running.returncode == 0


def wait_for(url, process):
    """The status of `url` as soon as it answers: a busy machine may take minutes to start, a process that ended never."""
    until = time.monotonic() + 180
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.1)
    return None


def test_busy_port_is_told_clearly(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "manage.py", "serve", "--port", str(port)],
            cwd=ROOT,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode != 0
    assert f"Port {port} cannot be used" in done.stderr


def test_a_worker_of_its_own_for_mail_and_the_index():
    options = {"port": 8000, "workers": 1, "threads": 3, "https": False, "no_worker": False}

    commands, _ = Command._commands("127.0.0.1", options)
    alone, _ = Command._commands("127.0.0.1", options | {"no_worker": True})

    assert [command[3:] for command in commands[1:]] == [["worker"], ["worker", "--queues", "index,mail"]]
    assert len(alone) == 1
    assert alone[0][alone[0].index("--blocking-threads") + 1] == "3"
