"""Anonymous pages kept for a few seconds, in the process (architecture.md, "CSP").

A view marked `@cached_page` answers the same to everybody: no token, no cookie, no personal part. Its
answer is then served from memory before sessions and users are even looked at, for
`settings.PUBLIC_CACHE_SECONDS`. What is sold is thus shown for that long at most.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from rebond.core.middleware import language_of
from rebond.core.web import wants_fragment

LIMIT = 300  # pages per process: some 60 kB each
_pages: OrderedDict[tuple[str, ...], tuple[float, HttpResponse]] = OrderedDict()
_lock = threading.Lock()


def cached_page[V: Callable[..., Any]](view: V) -> V:
    """Mark a view's 200 answers as the same for everybody for a few seconds."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = view(request, *args, **kwargs)
        if request.method in {"GET", "HEAD"} and response.status_code == 200 and not response.cookies:
            seconds = settings.PUBLIC_CACHE_SECONDS
            response.is_same_for_all = True
            response.headers.setdefault("Cache-Control", f"public, max-age={seconds}" if seconds else "no-cache")
            response.headers["Vary"] = "HX-Request, HX-History-Restore-Request, Cookie"
        return response

    return marked  # type: ignore[return-value]


def clear_pages() -> None:
    """Forget every page (tests, and the demo's end)."""
    with _lock:
        _pages.clear()


class PageCacheMiddleware:
    """Serve and keep the answers of `@cached_page` views; `Set-Cookie` and errors are never kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seconds = settings.PUBLIC_CACHE_SECONDS
        query = request.META.get("QUERY_STRING", "")
        if not seconds or request.method != "GET" or len(query) > 500 or "langue=" in query:
            return self.get_response(request)
        key = (request.path_info, query, language_of(request), "part" if wants_fragment(request) else "page")
        now = time.monotonic()
        found = _pages.get(key)
        if found is not None and found[0] > now:
            return _copy(found[1])
        response = self.get_response(request)
        if getattr(response, "is_same_for_all", False) and not response.cookies and not response.streaming:
            with _lock:
                _pages[key] = (now + seconds, _copy(response))
                _pages.move_to_end(key)
                while len(_pages) > LIMIT:
                    _pages.popitem(last=False)
        return response


def _copy(response: HttpResponse) -> HttpResponse:
    """A fresh answer with the same body: outer middleware adds its headers to each one apart."""
    made = HttpResponse(response.content, status=response.status_code)
    made.headers = type(response.headers)(dict(response.headers.items()))
    return made
