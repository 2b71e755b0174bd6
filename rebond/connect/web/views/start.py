"""The way in: a file, a shop, and the imports so far."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from rebond.connect.actions.intake import start_shop
from rebond.connect.actions.uploads import upload_import
from rebond.connect.errors import ImportRefused
from rebond.connect.formats.template import dictionary
from rebond.connect.models import ImportRun
from rebond.connect.web.forms import ShopForm, UploadForm
from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.once import made_once
from rebond.core.web import act_of, page

RUN = "connect.import.run"
PER_PAGE = 25
COLUMNS = [
    Column(gettext_lazy("Received on"), "created_at", "datetime"),
    Column(gettext_lazy("File"), "name"),
    Column(gettext_lazy("Format"), "format_label"),
    Column(gettext_lazy("By"), "by.display_name"),
    Column(gettext_lazy("State"), "get_state_display"),
    Column(gettext_lazy("Lines"), "rows_read", "number"),
    Column(gettext_lazy("Created"), "created", "number"),
    Column(gettext_lazy("Updated"), "updated", "number"),
    Column(gettext_lazy("Unchanged"), "unchanged", "number"),
    Column(gettext_lazy("Refused lines"), "refused", "number"),
    Column(gettext_lazy("Ended on"), "ended_at", "datetime"),
    Column(gettext_lazy("What went wrong"), "error"),
]


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
def import_list(request: HttpRequest) -> HttpResponseBase:
    """The imports of the organisation; a file that is sent opens a new one."""
    rows = ImportRun.objects.filter(seller=_organisation(request)).select_related("by").defer("key", "findings")
    if (download := wanted_export(request, rows, COLUMNS, _("imports"))) is not None:
        return download
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            upload = form.cleaned_data["file"]
            run = made_once(
                ImportRun,
                act_of(request),
                lambda: upload_import(seller=_organisation(request), upload=upload, by=request.user),
            )
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
            asked = {"seller": _organisation(request), "address": data["address"], "key": data["key"]}
            run = made_once(ImportRun, act_of(request), lambda: start_shop(by=request.user, **asked))
            return redirect("connect:import-detail", run.public_id)
        except ImportRefused as refused:
            form.add_error("address", str(refused))
    return _list(request, UploadForm(), form)
