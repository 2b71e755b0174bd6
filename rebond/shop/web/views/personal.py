"""A person's own data: take it along, or have it erased (rules.md F8)."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import same_origin_post, signed_in
from rebond.core.progress import is_worker_silent
from rebond.core.seo import Seo
from rebond.core.throttle import throttled
from rebond.core.web import page, private_file
from rebond.journal.actions.files import open_file
from rebond.shop.actions.erasure import erase_person
from rebond.shop.actions.personal_export import ask_export, current_export, file_of
from rebond.shop.errors import ErasureStoppedError
from rebond.shop.queries.erasure import what_stops
from rebond.shop.queries.person import Person


def _urls() -> dict[str, str]:
    names = {"data": "personal", "export": "personal-ask", "file": "personal-file", "erase": "personal-erase"}
    return {key: reverse(f"shop:{name}") for key, name in names.items()}


@signed_in
@require_safe
@never_cache
def personal(request: HttpRequest) -> HttpResponse:
    """The file under way or ready, and the way to erasure."""
    user: Any = request.user
    job = current_export(Person(user=user))
    context = {
        "job": job,
        "url": request.path,
        "urls": _urls(),
        "guest": None,
        "is_worker_silent": job is not None and not job.is_over and is_worker_silent(),
        "ready": file_of(job) if job is not None and job.is_over else None,
        "seo": Seo(title=_("My data"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/personal.html", context, partial="state")


@signed_in
@require_POST
@same_origin_post
@throttled("personal")
def personal_ask(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    ask_export(person=Person(user=user))
    messages.success(request, _("We gather your data. You get a mail when it is ready."))
    return HttpResponseRedirect(reverse("shop:personal"))


@signed_in
@require_safe
@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]
def personal_file(request: HttpRequest) -> HttpResponseBase:
    """The ZIP, for its owner only, who has just shown again that it is them."""
    user: Any = request.user
    job = current_export(Person(user=user))
    stored = file_of(job) if job is not None else None
    if stored is None:
        raise Http404
    try:
        file = open_file(stored=stored, by=user)
    except FileNotFoundError:
        raise Http404 from None
    return private_file(file, name=stored.name, content_type=stored.content_type)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@reauthentication_required  # type: ignore[untyped-decorator]
def personal_erase(request: HttpRequest) -> HttpResponse:
    """What goes, what stays and why; then, ticked, it is done at once."""
    user: Any = request.user
    is_ticked = request.POST.get("is_sure") == "on"
    if request.method == "POST" and is_ticked:
        try:
            erase_person(user=user, by=user)
        except ErasureStoppedError:
            messages.error(request, _("Something is still under way: nothing was erased."))
            return HttpResponseRedirect(request.path)
        logout(request)
        messages.success(request, _("Your account and its data are erased. Goodbye, and thank you."))
        return HttpResponseRedirect(reverse("front:home"))
    context = {
        "stops": what_stops(Person(user=user)),
        "orders": Person(user=user).orders().count(),
        "urls": _urls(),
        "guest": None,
        "is_missed": request.method == "POST",
        "seo": Seo(title=_("Erase my data"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/personal_erase.html", context, status=422 if request.method == "POST" else 200)
