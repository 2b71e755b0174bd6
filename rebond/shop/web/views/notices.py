"""Report an object (DSA art. 16): open to everybody, without an account."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from rebond.core.access import public, same_origin_post, visitor
from rebond.core.codes import parse_code
from rebond.core.seo import Seo
from rebond.core.throttle import throttled
from rebond.core.web import page
from rebond.shop.actions.notice import create_notice
from rebond.shop.queries.cards import item_url
from rebond.shop.queries.item_page import find_item
from rebond.shop.web.forms import NoticeForm


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("notice")
def create(request: HttpRequest, code: str) -> HttpResponse:
    parsed = parse_code(code)
    item = find_item(parsed) if parsed else None
    if item is None:
        raise Http404
    return notice_page(
        request, NoticeForm, {"item": item}, back=item_url(item.slug, item.code), title=_("Report this object")
    )


def notice_page(
    request: HttpRequest, form_class: type[forms.Form], about: dict[str, Any], *, back: str, title: str
) -> HttpResponse:
    """The form of a report and what it does; `about` is what is reported, by the name that `create_notice` gives it."""
    user = visitor(request)
    initial = {"name": user.name, "email": user.email} if user else {}
    form = form_class(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = {key: value for key, value in form.cleaned_data.items() if key != "is_good_faith"}
        create_notice(by=user, **about, **data)
        return HttpResponseRedirect(reverse("shop:notice-sent"))
    seo = Seo(title=title, path=request.path, robots="noindex")
    context = about | {"form": form, "back": back, "seo": seo}
    return page(request, "shop/notice_form.html", context, status=422 if form.errors else 200)


@public
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    seo = Seo(title=_("Your report is with us"), path=request.path, robots="noindex")
    return page(request, "shop/notice_sent.html", {"seo": seo})
