"""The way in: a file, a shop, and the imports so far."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from rebond.connect.actions.intake import start_shop
from rebond.connect.actions.uploads import upload_import
from rebond.connect.errors import ImportRefused
from rebond.connect.formats.template import dictionary
from rebond.connect.models import ImportRun
from rebond.connect.web.forms import ShopForm, UploadForm
from rebond.core.access import requires
from rebond.core.web import page

RUN = "connect.import.run"
PER_PAGE = 25


def _organisation(request: HttpRequest) -> Any:
    return request.access.organisation  # type: ignore[attr-defined]


def _list(request: HttpRequest, upload: forms.Form, shop: forms.Form) -> HttpResponse:
    seller = _organisation(request)
    rows = ImportRun.objects.filter(seller=seller).select_related("by")
    context = {
        "upload": upload,
        "shop": shop,
        "seller": seller,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "dictionary": dictionary(),
        "is_open": bool(seller.letters),
    }
    status = 422 if upload.is_bound or shop.is_bound else 200
    return page(request, "connect/import_list.html", context, status=status)


@requires(RUN)
@require_http_methods(["GET", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """The imports of the organisation; a file that is sent opens a new one."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            run = upload_import(seller=_organisation(request), upload=form.cleaned_data["file"], by=request.user)
            return redirect("connect:import-detail", run.public_id)
        except ImportRefused as refused:
            form.add_error("file", str(refused))
    return _list(request, form, ShopForm())


@sensitive_post_parameters("key")
@requires(RUN)
@require_POST
def shop_read(request: HttpRequest) -> HttpResponse:
    """A PrestaShop shop is read by its webservice, by a task."""
    form = ShopForm(request.POST)
    if form.is_valid():
        try:
            data = form.cleaned_data
            run = start_shop(seller=_organisation(request), address=data["address"], key=data["key"], by=request.user)
            return redirect("connect:import-detail", run.public_id)
        except ImportRefused as refused:
            form.add_error("address", str(refused))
    return _list(request, UploadForm(), form)
