"""Public forms are slowed down: so many posts per network address, counted in the cache that all processes share."""

import ipaddress
import time
from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.core.internal.ratelimit import apply_rate, consume, get_cache_key, parse_rates
from django.conf import settings
from django.core.cache import BaseCache, caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from rebond.core.table_cache import TableCache

APP = "allauth.account"  # whose settings name the rates


def throttled[V: Callable[..., Any]](action: str) -> Callable[[V], V]:
    """Answer 429 to posts above the rate of `action` in settings.ACCOUNT_RATE_LIMITS; reading is free.

    Raise KeyError at import where no rate of this name is set: a typing error must not open the door.
    """
    if action not in settings.ACCOUNT_RATE_LIMITS:
        raise KeyError(action)

    def wrap(view: V) -> V:
        @wraps(view)
        def slowed(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method == "POST" and not may_go_on(request, action):
                return ratelimit.respond_429(request)
            return view(request, *args, **kwargs)

        return slowed  # type: ignore[return-value]

    return wrap


def guarded[V: Callable[..., Any]](action: str, *, is_right: Callable[[Mapping[str, Any]], bool]) -> Callable[[V], V]:
    """For pages of signed links: what is not found counts, and above the rate of `action` nothing is read for a while.

    A right link never counts: `is_right` (of the address's parameters), though what it opened is gone. It waits like
    the others while too many wrong ones came from its address: answered, it would tell a guess from the rest. Raise
    KeyError as `throttled`.
    """
    if action not in settings.ACCOUNT_RATE_LIMITS:
        raise KeyError(action)

    def wrap(view: V) -> V:
        @wraps(view)
        def watched(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if _is_spent(request, action):
                return ratelimit.respond_429(request)
            try:
                return view(request, *args, **kwargs)
            except Http404:
                if not is_right(kwargs):
                    may_go_on(request, action)
                raise

        return watched  # type: ignore[return-value]

    return wrap


def _is_spent(request: HttpRequest, action: str) -> bool:
    """Whether the rate of `action` is reached; nothing is counted."""
    counters = caches["default"]
    if not isinstance(counters, TableCache):
        return consume(request, app=APP, action=action, dry_run=True, limit_get=True) is None
    rates = _rates(settings.ACCOUNT_RATE_LIMITS[action])
    names = ((get_cache_key(request, app=APP, action=action, rate=rate), rate) for rate in rates)
    return not all(apply_rate(counters.read(name)[0] or [], _now(), rate, dry_run=True)[0] for name, rate in names)


def may_go_on(request: HttpRequest, action: str, key: str | None = None) -> bool:
    """Count one act; False where its rate is reached, which counts for nothing. `key`: of a rate per key.

    allauth's own counters, under its own names: where they are in the table, they are read once and written once,
    without its lock, and elsewhere (REDIS_URL) they are left to allauth.
    """
    counters = caches["default"]
    if not isinstance(counters, TableCache):
        return consume(request, app=APP, action=action, key=key, limit_get=True) is not None
    rates = _rates(settings.ACCOUNT_RATE_LIMITS[action])
    return all(_count(counters, get_cache_key(request, app=APP, action=action, rate=r, key=key), r) for r in rates)


@cache
def _rates(text: str) -> list[Any]:
    return list(dict.fromkeys(parse_rates(text)))


def _now() -> float:
    return time.time()


def _count(counters: TableCache, name: str, rate: Any) -> bool:
    """Write the moment where the last ones leave room for it, and nobody wrote meanwhile; else look again.

    Whoever is slower has let another one be counted: after as many as the rate allows, there is no room.
    """
    while True:
        history, mark = counters.read(name)
        is_allowed, history = apply_rate(history or [], _now(), rate)
        if not is_allowed:
            return False
        if counters.swap(name, mark, history, rate.duration):
            return True


def purge_expired(cache: BaseCache | None = None) -> int:
    """Delete the entries of the database cache that expired; return how many. Other caches do it by themselves."""
    kept = cache or caches["default"]
    if not isinstance(kept, DatabaseCache):
        return 0
    name: str = kept.cache_model_class._meta.db_table  # noqa: SLF001 -- Django's documented name
    quote = connection.ops.quote_name
    table, expires = quote(name), quote("expires")
    now = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {expires} < %s", [now])  # noqa: S608 -- our own table's name
        return int(cursor.rowcount)


def address_key(request: HttpRequest) -> str:
    """A keyed hash of the visitor's network address: tells that two requests came from one place, not from which.

    Of an IPv6 address, its network of 64 bits: one line has as many addresses as it likes.
    """
    ip: str = get_adapter().get_client_ip(request)  # the same one as the rates above count
    if ":" in ip:
        ip = str(ipaddress.ip_network((ip.partition("%")[0], 64), strict=False))
    return salted_hmac("rebond.core.address", ip, algorithm="sha256").hexdigest()[:32]
