"""Small lists that every page asks: read once per process, and read again when their stamp changes.

The stamp is in the shared cache and is looked at once a second at most, so that a change is seen by all processes
about a second later.
"""

import threading
import time
from collections.abc import Callable

from django.core.cache import caches
from django.db import transaction

from rebond.core.ids import public_id

CHECK_SECONDS = 1


class Stamped[Value]:
    """One copy per process of what `read` gives, replaced as a whole; `key` is the stamp's in the shared cache."""

    def __init__(self, key: str, read: Callable[[], Value]) -> None:
        self._key, self._read = key, read
        self._held: tuple[str, Value] | None = None
        self._fresh_until = 0.0  # monotonic: till then the stamp is not looked at
        self._lock = threading.Lock()

    def get(self) -> Value:
        """The value, at most about a second old."""
        held, now = self._held, time.monotonic()
        if held is not None and now < self._fresh_until:
            return held[1]
        stamp = self._stamp()
        with self._lock:
            if self._held is None or self._held[0] != stamp:
                self._held = (stamp, self._read())
            held = self._held
            self._fresh_until = now + CHECK_SECONDS
        return held[1]

    def _stamp(self) -> str:
        stamp: str | None = caches["default"].get(self._key)
        if stamp is None:
            caches["default"].add(self._key, public_id(), timeout=None)
            stamp = caches["default"].get(self._key, "")
        return stamp or ""

    def look_again(self) -> None:
        """Look at the stamp at the next reading."""
        self._fresh_until = 0.0

    def forget(self) -> None:
        """Read again at the next reading, whatever the stamp."""
        with self._lock:
            self._held = None
        self.look_again()

    def did_change(self) -> None:
        """Make every process read again; called inside the transaction that changed the rows.

        Stamped once more after the commit: a process may have read the old rows in between, under the new stamp.
        """
        self._write_stamp()
        transaction.on_commit(self._write_stamp)

    def _write_stamp(self) -> None:
        self.look_again()
        caches["default"].set(self._key, public_id(), timeout=None)
