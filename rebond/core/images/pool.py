"""Decode in children that may die: at most a few per process, started when needed, killed when too slow."""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rebond.core.images.errors import FORMAT_PIXELS, MAX_PIXELS, MIN_SIDE, ImageRefused, Refusal

CHILD = Path(__file__).with_name("render.py")
CPU_SECONDS = 15  # of the child's processor per picture: a busy machine refuses nobody
SECONDS = 60  # by the clock: only against what neither works nor ends
PICTURES_PER_CHILD = 500  # then a fresh one: no leak of a codec lasts
MAX_CHILDREN = min(2, os.cpu_count() or 1)  # each may hold some hundred megabytes for a second


class ChildGone(Exception):  # noqa: N818 -- a child that had waited did not answer: ask a fresh one
    pass


class Child:
    """One decoding process and its pipes."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 -- our own program, no argument from outside
            [sys.executable, "-I", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"VIPS_CONCURRENCY": "1", "VIPS_DISC_THRESHOLD": "4g", "MALLOC_ARENA_MAX": "2"},
            start_new_session=True,
        )
        self.pictures = 0
        self.killed = False

    @property
    def is_usable(self) -> bool:
        return self.process.poll() is None and self.pictures < PICTURES_PER_CHILD

    def _kill(self) -> None:
        self.killed = True
        self.process.kill()

    def ask(self, request: dict[str, Any], data: bytes, seconds: float) -> tuple[dict[str, Any], list[bytes]]:
        """Send one picture; return the answer and its blobs. Raise ImageRefused or ChildGone."""
        timer = threading.Timer(seconds, self._kill)
        timer.daemon = True
        timer.start()
        try:
            return self._ask(request, data)
        finally:
            timer.cancel()
            self.pictures += 1

    def _ask(self, request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
        head = json.dumps(request | {"size": len(data)}).encode()
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise ChildGone
        try:
            stdin.write(len(head).to_bytes(4) + head)
            stdin.write(data)
            stdin.flush()
        except OSError as error:
            if self.killed:
                raise ImageRefused(Refusal.TIMED_OUT) from error
            raise ChildGone from error
        size = stdout.read(4)
        if len(size) < 4:
            is_late = self.process.wait() == -signal.SIGXCPU or self.killed
            if self.pictures and not is_late:
                raise ChildGone
            raise ImageRefused(Refusal.TIMED_OUT if is_late else Refusal.UNSAFE)
        answer = json.loads(stdout.read(int.from_bytes(size)))
        blobs = [stdout.read(length) for _, _, length in answer.get("files", [])]
        if any(len(blob) != length for blob, (_, _, length) in zip(blobs, answer.get("files", []), strict=True)):
            raise ImageRefused(Refusal.TIMED_OUT if self.killed else Refusal.UNSAFE)
        return answer, blobs

    def close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        self.process.kill()
        self.process.wait()


class Pool:
    """Idle children of this process, and how many may work at once."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.free = threading.BoundedSemaphore(MAX_CHILDREN)
        self.lock = threading.Lock()
        self.idle: list[Child] = []

    def take(self) -> Child:
        with self.lock:
            while self.idle:
                child = self.idle.pop()
                if child.is_usable:
                    return child
                child.close()
        return Child()

    def give_back(self, child: Child) -> None:
        if not child.is_usable or child.killed:
            child.close()
            return
        with self.lock:
            self.idle.append(child)

    def close(self) -> None:
        with self.lock:
            while self.idle:
                self.idle.pop().close()


_pool: Pool | None = None
_pool_lock = threading.Lock()


def _current() -> Pool:
    """The pool of this very process: a fork does not share its parent's children."""
    global _pool  # noqa: PLW0603 -- one pool per process
    with _pool_lock:
        if _pool is None or _pool.pid != os.getpid():
            _pool = Pool()
        return _pool


def close_pool() -> None:
    """End the idle children (at exit, in tests)."""
    if _pool is not None and _pool.pid == os.getpid():
        _pool.close()


atexit.register(close_pool)


def decode(
    data: bytes, *, fmt: str, files: Sequence[tuple[int, str]], placeholder: int, seconds: float = SECONDS
) -> tuple[dict[str, Any], list[bytes]]:
    """Ask a child for `files` (width, format) of the picture `data`, whose format is `fmt`.

    Raise ImageRefused with the child's reason, or unsafe where it died, or timed out after `seconds`.
    """
    request = {
        "work": "render",
        "files": [list(file) for file in files],
        "base": max(width for width, _ in files),  # everything is made from one picture of this width
        "placeholder": placeholder,
    }
    return ask_child(request, data, fmt=fmt, seconds=seconds)


def ask_child(
    request: dict[str, Any], data: bytes, *, fmt: str, seconds: float = SECONDS
) -> tuple[dict[str, Any], list[bytes]]:
    """Let a child do `request["work"]` (render.py's WORK) on `data`, made at most `request["base"]` wide.

    Raise ImageRefused as `decode` does.
    """
    request = {"min_side": MIN_SIDE} | request
    request |= {
        "format": fmt,
        "cpu_seconds": CPU_SECONDS,
        "max_pixels": FORMAT_PIXELS.get(fmt, MAX_PIXELS),
    }
    pool = _current()
    with pool.free:
        try:
            answer, blobs = _ask(pool.take(), pool, request, data, seconds)
        except ChildGone:  # it ended of idleness just now, or of this picture: a fresh one will tell
            try:
                answer, blobs = _ask(Child(), pool, request, data, seconds)
            except ChildGone as error:
                raise ImageRefused(Refusal.UNSAFE) from error
    if "refused" in answer:
        raise ImageRefused(Refusal(answer["refused"]), **answer["details"])
    return answer, blobs


def _ask(
    child: Child, pool: Pool, request: dict[str, Any], data: bytes, seconds: float
) -> tuple[dict[str, Any], list[bytes]]:
    try:
        answer = child.ask(request, data, seconds)
    except BaseException:
        child.close()
        raise
    pool.give_back(child)
    return answer
