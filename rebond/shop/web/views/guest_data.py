"""Data of people without an account: a link comes by mail, then the same page and the same limits (rules.md F8)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import public, same_origin_post
from rebond.core.progress import is_worker_silent
from rebond.core.seo import Seo
from rebond.core.throttle import may_go_on, throttled
from rebond.core.web import page, private_file
from rebond.journal.actions.files import open_file
from rebond.shop.actions.guest_data import erase_guest, send_data_link
from rebond.shop.actions.personal_export import ask_export, current_export, file_of
from rebond.shop.errors import ErasureStoppedError
from rebond.shop.links import is_signed
from rebond.shop.queries.erasure import what_stops
from rebond.shop.queries.guest_data import find_guest
from rebond.shop.queries.person import Person
from rebond.shop.web.guest_forms import AddressForm


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("guest-data")
def guest_ask(request: HttpRequest) -> HttpResponse:
    """One address; the answer is the same whatever is known of it."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        send_data_link(email=form.cleaned_data["email"])
        messages.success(request, _("A mail is on its way to this address. It says what you can do."))
        return HttpResponseRedirect(request.path)
    context = {"form": form, "seo": Seo(title=_("My data, without an account"), path=request.path, robots="noindex")}
    return page(request, "shop/guest_ask.html", context, status=422 if form.errors else 200)


def _over(request: HttpRequest, guest: str) -> HttpResponse:
    """The same for a link that ended and for one that never was, which counts as a guess (shop/web/links.py)."""
    if not is_signed({"guest": guest}):
        may_go_on(request, "wrong-link")
    messages.error(request, _("This link is over. Ask for another one: it comes by mail."))
    return HttpResponseRedirect(reverse("shop:guest-ask"))


def urls_of(guest: str) -> dict[str, str]:
    """The addresses of the pages that an account has too."""
    return {name: reverse(f"shop:guest-{name}", args=[guest]) for name in ("data", "export", "file", "erase")}


@public
@require_safe
@never_cache
def guest_data(request: HttpRequest, guest: str) -> HttpResponse:
    person = find_guest(guest)
    if person is None:
        return _over(request, guest)
    job = current_export(person)
    context = {
        "job": job,
        "url": request.path,
        "urls": urls_of(guest),
        "guest": person,
        "is_worker_silent": job is not None and not job.is_over and is_worker_silent(),
        "ready": file_of(job) if job is not None and job.is_over else None,
        "seo": Seo(title=_("My data"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/personal.html", context, partial="state")


@public
@require_POST
@same_origin_post
@throttled("guest-data")
def guest_export(request: HttpRequest, guest: str) -> HttpResponse:
    person = find_guest(guest)
    if person is None:
        return _over(request, guest)
    ask_export(person=person)
    messages.success(request, _("We gather your data. You get a mail when it is ready."))
    return HttpResponseRedirect(urls_of(guest)["data"])


@public
@require_safe
@never_cache
def guest_file(request: HttpRequest, guest: str) -> HttpResponseBase:
    """The ZIP, for whoever reads the mails of this address."""
    person = find_guest(guest)
    if person is None:
        return _over(request, guest)
    job = current_export(person)
    stored = file_of(job) if job is not None else None
    if stored is None:
        return HttpResponseRedirect(urls_of(guest)["data"])
    try:
        file = open_file(stored=stored, by=None)
    except FileNotFoundError:
        raise Http404 from None
    return private_file(file, name=stored.name, content_type=stored.content_type)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("guest-data")
def guest_erase(request: HttpRequest, guest: str) -> HttpResponse:
    """What goes, what stays and why; then, ticked, it is done at once."""
    person = find_guest(guest)
    if person is None:
        return _over(request, guest)
    if request.method == "POST" and request.POST.get("is_sure") == "on":
        return _erase(request, person, guest)
    context: dict[str, Any] = {
        "stops": what_stops(person),
        "orders": person.orders().count(),
        "urls": urls_of(guest),
        "guest": person,
        "is_missed": request.method == "POST",
        "seo": Seo(title=_("Erase my data"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/personal_erase.html", context, status=422 if request.method == "POST" else 200)


def _erase(request: HttpRequest, person: Person, guest: str) -> HttpResponse:
    try:
        erase_guest(person=person)
    except ErasureStoppedError:
        messages.error(request, _("Something is still under way: nothing was erased."))
        return HttpResponseRedirect(urls_of(guest)["erase"])
    messages.success(request, _("Your data is erased. Goodbye, and thank you."))
    return HttpResponseRedirect(reverse("front:home"))
