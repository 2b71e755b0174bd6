"""Every view is private unless it says otherwise, and names one permission (house style, rule 14).

`@public` marks a page for everybody, `@signed_in` one for any user, `@requires("catalogue.item.change")`
one for the roles that hold this permission in the organisation the user acts for. A view that says
nothing fails at its first request, and a test walks all URLs.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.views.decorators.csrf import csrf_exempt

PUBLIC = "public"
SIGNED_IN = "signed-in"
View = Callable[..., Any]

# Libraries' views, by module: their own rules hold (sign-in needs no sign-in; allauth checks the rest).
LIBRARIES = ("allauth.", "django.contrib.staticfiles.", "django.views.i18n", "django.contrib.sitemaps.")


def _mark[V: View](view: V, permission: str) -> V:
    view.permission = permission  # type: ignore[attr-defined]
    return view


def public[V: View](view: V) -> V:
    """Mark `view` as open to everybody."""
    return _mark(view, PUBLIC)


def signed_in[V: View](view: V) -> V:
    """Mark `view` as open to any signed-in user, whatever the organisation."""
    return _mark(view, SIGNED_IN)


def requires[V: View](permission: str) -> Callable[[V], V]:
    """Mark a view as open to those who hold `permission` in their current organisation."""
    return lambda view: _mark(view, permission)


def permission_of(view: Any) -> str | None:
    """The permission that `view` (function or class-based) declares, or None."""
    found = getattr(view, "permission", None) or getattr(getattr(view, "view_class", None), "permission", None)
    if found is None and (getattr(view, "__module__", "") or "").startswith(LIBRARIES):
        return PUBLIC
    return found


Door = Callable[[HttpRequest, str], HttpResponse | bool | None]
_DOORS: list[Door] = []


def add_door(door: Door) -> None:
    """Another way in than a user's session (an enrolled device and a badge), asked before sign-in is.

    `door(request, permission)` answers None where this permission is none of its business, True to let in,
    False to refuse (403), or a response of its own.
    """
    if door not in _DOORS:
        _DOORS.append(door)


class AccessMiddleware:
    """Refuse what the view's permission does not allow: sign-in for strangers, 403 for the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        permission = permission_of(view)
        if permission == PUBLIC:
            return None
        if permission is None:
            raise ImproperlyConfigured(f"{view.__module__}.{view.__qualname__} declares no permission")
        for door in _DOORS:
            answer = door(request, permission)
            if answer is False:
                raise PermissionDenied
            if answer is not None:
                return answer if isinstance(answer, HttpResponse) else None
        if not request.user.is_authenticated:
            return sign_in_redirect(request)
        if permission != SIGNED_IN and not request.access.can(permission):  # type: ignore[attr-defined]
            raise PermissionDenied
        return None


def page_of(request: HttpRequest) -> str:
    """The page that the person had before them: this one, or the one whose form was sent; a path of ours."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    back: str = request.META.get("HTTP_REFERER", "/").removeprefix(f"{request.scheme}://{request.get_host()}")
    return back if back.startswith("/") and not back.startswith("//") else "/"


def sign_in_redirect(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, coming back here after; htmx gets a full-page redirect.

    What a form held when the session ended is kept by the page itself (`keep.js`, session storage) and
    put back after sign-in.
    """
    target = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page_of(request)})}"
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def visitor(request: HttpRequest) -> Any:
    """Who acts on a public page: the person signed in, or None for a guest."""
    return request.user if request.user.is_authenticated else None


def is_same_origin(request: HttpRequest) -> bool:
    """Whether a browser says that the request comes from a page of ours.

    `Sec-Fetch-Site` where the browser sends it (all current ones do; no page can forge it), else `Origin`,
    else `Referer`. With none of the three the answer is no: a form of ours always sends one.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    parts = urlsplit(source)
    if not parts.netloc:
        return False
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin == f"{request.scheme}://{request.get_host()}" or origin in settings.CSRF_TRUSTED_ORIGINS


def same_origin_post[V: View](view: V) -> V:
    """For forms on cached pages, which carry no token (architecture.md, "CSP"): the origin is checked instead.

    Any method but GET, HEAD and OPTIONS from another site, or from nowhere, is refused with 403.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method not in {"GET", "HEAD", "OPTIONS"} and not is_same_origin(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return csrf_exempt(checked)  # type: ignore[return-value]
