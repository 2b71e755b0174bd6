"""The collections' editor, for the network's catalogue managers."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.catalogue.actions import collection as actions
from rebond.catalogue.enums import ItemState
from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Collection, Item
from rebond.catalogue.search import IndexUnavailable, SearchQuery, get_index
from rebond.catalogue.web.exports import COLLECTIONS
from rebond.catalogue.web.forms.collection import CodesForm, CollectionForm
from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.web import act_of, page

CHANGE = "catalogue.collection.change"
FOUND = 24


@requires(CHANGE)
@require_GET
def collection_list(request: HttpRequest) -> HttpResponseBase:
    on_sale = Q(entries__item__state=ItemState.ON_SALE)
    rows = Collection.objects.annotate(
        number=Count("entries"), number_on_sale=Count("entries", filter=on_sale)
    ).order_by("position", "title", "pk")
    if (download := wanted_export(request, rows, COLLECTIONS, _("collections"))) is not None:
        return download
    return page(request, "catalogue/collection_list.html", {"collections": list(rows)})


def _bound(request: HttpRequest, form: Any, call: Any) -> Any:
    """Run an action on a valid form; its refusal becomes an error of the form. None then."""
    if not (form.is_bound and form.is_valid()):
        return None
    return bind_errors(form, call, CatalogueError)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def collection_create(request: HttpRequest) -> HttpResponse:
    form = CollectionForm(request.POST or None)
    made = _bound(
        request,
        form,
        lambda: made_once(
            Collection,
            act_of(request),
            lambda: actions.create_collection(fields=form.cleaned_data, by=request.user),
        ),
    )
    if made is not None:
        messages.success(request, _("The collection is there. Choose its items."))
        return redirect("catalogue:collection-change", made.public_id)
    context = {"form": form, "collection": None}
    return page(request, "catalogue/collection_form.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def collection_change(request: HttpRequest, public_id: str) -> HttpResponse:
    collection = get_object_or_404(Collection, public_id=public_id)
    names = CollectionForm.base_fields
    form = CollectionForm(request.POST or None, initial={name: getattr(collection, name) for name in names})
    changed = _bound(
        request,
        form,
        lambda: actions.change_collection(collection=collection, fields=form.cleaned_data, by=request.user),
    )
    if changed is not None:
        messages.success(request, _("Saved."))
        return redirect("catalogue:collection-change", collection.public_id)
    return _editor(request, collection, form=form, status=422 if form.is_bound else 200)


def _editor(request: HttpRequest, collection: Collection, *, form: Any, status: int = 200) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:150]
    entries = list(collection.entries.select_related("item__seller").order_by("position", "pk"))
    held = {entry.item_id for entry in entries}
    context = {
        "collection": collection,
        "form": form,
        "codes_form": CodesForm(),
        "entries": entries,
        "words": words,
        "found": [(item, item.pk in held) for item in _search(words)],
    }
    return page(request, "catalogue/collection_detail.html", context, partial="found", status=status)


def _search(words: str) -> list[Item]:
    """What the shop finds, in its order; nothing while the index is being rebuilt."""
    if not words:
        return []
    try:
        ids = get_index().search(SearchQuery(text=words, size=FOUND, with_facets=False)).ids
    except IndexUnavailable:
        return []
    rows = {row.pk: row for row in Item.objects.filter(pk__in=ids).select_related("seller")}
    return [rows[pk] for pk in ids if pk in rows]


@requires(CHANGE)
@require_POST
def collection_items(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add by `codes`, or act on one `item`: `add`, `remove`, `first`, `earlier`, `later`."""
    collection = get_object_or_404(Collection, public_id=public_id)
    verb = request.POST.get("verb", "codes")
    try:
        if verb == "codes":
            _add_codes(request, collection)
        else:
            _act(request, collection, verb)
    except CatalogueError as error:
        messages.error(request, str(error))
    return redirect("catalogue:collection-change", collection.public_id)


def _add_codes(request: HttpRequest, collection: Collection) -> None:
    form = CodesForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Write at least one code."))
        return
    items, unknown = form.found()
    number = actions.add_to_collection(collection=collection, items=items, by=request.user)
    text = ngettext("%(n)s item added.", "%(n)s items added.", number)
    messages.success(request, text % {"n": number})
    if unknown:
        messages.warning(request, _("No item has this code: %(codes)s.") % {"codes": ", ".join(unknown[:20])})


def _act(request: HttpRequest, collection: Collection, verb: str) -> None:
    item = get_object_or_404(Item, code=request.POST.get("item", "")[:12])
    steps = {"first": 0, "earlier": -1, "later": 1}
    if verb == "add":
        actions.add_to_collection(collection=collection, items=[item], by=request.user)
        messages.success(request, _("Added: %(title)s.") % {"title": item.title})
    elif verb == "remove":
        actions.remove_from_collection(collection=collection, item=item, by=request.user)
        messages.success(request, _("Taken out: %(title)s.") % {"title": item.title})
    elif verb in steps:
        actions.order_in_collection(collection=collection, item=item, step=steps[verb], by=request.user)


@requires(CHANGE)
@require_POST
def collection_move(request: HttpRequest, public_id: str) -> HttpResponse:
    collection = get_object_or_404(Collection, public_id=public_id)
    step = -1 if request.POST.get("step") == "-1" else 1
    actions.order_collection(collection=collection, step=step, by=request.user)
    return redirect("catalogue:collection-list")


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def collection_delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """A page of its own: it cannot be undone."""
    collection = get_object_or_404(Collection, public_id=public_id)
    if request.method == "POST":
        actions.delete_collection(collection=collection, by=request.user)
        messages.success(request, _("The collection is removed. Its items are untouched."))
        return redirect("catalogue:collection-list")
    return page(request, "catalogue/collection_delete.html", {"collection": collection})
