"""Sessions in the database, read by a query that is compiled once: every page of a person or a tablet asks it."""

from functools import cache
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from rebond.core.prepared import Prepared


@cache
def _by_key() -> Prepared[Session]:
    return Prepared(lambda key: Session.objects.filter(session_key=key), "(key)")


class SessionStore(DatabaseStore):
    """Django's own, but for how a session is read."""

    def _get_session_from_db(self) -> Any:
        found = _by_key().first(self.session_key) if self.session_key else None
        if found is not None and found.expire_date > timezone.now():
            return found
        self._session_key = None  # unknown or over: a fresh one is made where something is kept
        return None
