"""The site as it is served in production (`rebond serve`'s own command line), with the floors beside it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Self

from rebond.front.management.commands.serve import Command
from tools.bench.report import ROOT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def leave_on_signal() -> None:
    """A bench that is told to stop stops its servers too: they have sessions of their own."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


class Server:
    """`with Server(var, …) as server`: up when its first page was answered."""

    def __init__(
        self,
        var: Path,
        *,
        workers: int,
        page_seconds: int = 0,
        fragments: bool = False,
        threads: int = 0,
        first: str = "/recherche/",
    ) -> None:
        self.port, self.first = free_port(), first
        asked = ["--port", str(self.port), "--workers", str(workers), "--no-worker"]
        asked += ["--threads", str(threads)] if threads else []  # another number than production's
        options = vars(Command().create_parser("rebond", "serve").parse_args(asked))
        commands, _ = Command._commands("127.0.0.1", options)  # noqa: SLF001 -- the very command of production
        self.command = [*commands[0][:-1], "tools.bench.wsgi:application"]
        self.environment = os.environ | {
            "REBOND_VAR": str(var),
            "DJANGO_SETTINGS_MODULE": "tools.bench.settings",
            "PUBLIC_CACHE_SECONDS": str(page_seconds),
            "BENCH_FRAGMENTS": "1" if fragments else "0",
            "SITE_URL": f"http://localhost:{self.port}",
        }
        self.start_s = 0.0

    def __enter__(self) -> Self:
        start = time.perf_counter()
        # a group to be ended as one, in the same session: Linux shares the processor by session
        self.process = subprocess.Popen(self.command, env=self.environment, cwd=ROOT, process_group=0)
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self.first}", timeout=30):
                    break
            except (urllib.error.URLError, ConnectionError):
                if self.process.poll() is not None or time.perf_counter() - start > 60:
                    self.__exit__()
                    sys.exit("bench: the server does not answer")
                time.sleep(0.02)
        self.start_s = time.perf_counter() - start
        return self

    def __exit__(self, *exc: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
