"""Create and change an item."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rebond.catalogue.actions import item as actions
from rebond.catalogue.enums import ItemState
from rebond.catalogue.errors import (
    CatalogueError,
    FieldInvalid,
    ItemChangedMeanwhile,
    ItemIncomplete,
    PriceInvalid,
    PublishRefused,
)
from rebond.catalogue.models import Category, Item
from rebond.catalogue.phrases import FIELD_LABELS
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.books import prefill_from_isbn
from rebond.catalogue.web.forms.item import (
    ATTRIBUTE,
    COLOURS,
    FlawForm,
    FlawFormSet,
    ItemForm,
    OneMoreFlaw,
    flaws_initial,
    initial_of,
    typed_initial,
)
from rebond.catalogue.web.loading import load_item, with_link
from rebond.core.access import requires
from rebond.core.once import made_once
from rebond.core.web import act_of, page

CHANGE = "catalogue.item.change"
MAX_FLAWS = 30


class Editing:
    """The form and its flaws for one request: fresh, typed again after a change of category, or sent."""

    def __init__(self, request: HttpRequest, item: Item | None) -> None:
        self.request, self.item = request, item
        self.seller = item.seller if item else request.access.organisation  # type: ignore[attr-defined]
        self.conflict: ItemChangedMeanwhile | None = None
        self.book: Any = None
        sent = request.method == "POST"
        self.is_reload = sent and "reload" in request.POST
        if sent and not self.is_reload:
            self.form = ItemForm(request.POST, category=self._category(request.POST), **self._of_seller())
            self.flaws = FlawFormSet(request.POST, prefix="flaw")
        elif sent:
            self.form = ItemForm(
                initial=typed_initial(ItemForm, request.POST),
                category=self._category(request.POST),
                **self._of_seller(),
            )
            more = OneMoreFlaw if request.POST["reload"] == "flaw" else FlawFormSet
            self.flaws = more(initial=self._typed_flaws(), prefix="flaw")
        else:
            self._start()

    def _of_seller(self) -> dict[str, Any]:
        return {"seller": self.seller, "kept": self.item.site if self.item else None}

    def _category(self, data: Any) -> Category | None:
        return categories.by_key(data.get("category", "")) or (
            categories.get(self.item.category_id) if self.item else None
        )

    def _start(self) -> None:
        if self.item is not None:
            initial, flaws = initial_of(self.item), flaws_initial(self.item)
            category: Category | None = categories.get(self.item.category_id)
        else:
            initial, self.book = prefill_from_isbn(self.request.GET.get("isbn", "")[:20])
            initial.setdefault("category", self.request.GET.get("categorie", ""))
            flaws, category = [], categories.by_key(initial["category"])
        self.form = ItemForm(initial=initial, category=category, **self._of_seller())
        self.flaws = FlawFormSet(initial=flaws, prefix="flaw")

    def _typed_flaws(self) -> list[dict[str, Any]]:
        total = self.request.POST.get("flaw-TOTAL_FORMS", "0")
        number = min(int(total) if total.isdecimal() and len(total) < 4 else 0, MAX_FLAWS)
        rows = [typed_initial(FlawForm, self.request.POST, prefix=f"flaw-{place}-") for place in range(number)]
        return [row for row in rows if any(row.values())]

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.flaws.is_valid()])

    def save(self) -> Item | None:
        """The saved item; None where it was refused: the reasons are then on the form."""
        values = self.form.values()
        flaws = [row for row in self.flaws.cleaned_data if row]
        try:
            if self.item is None:
                columns = ("category", "title", "condition", "price_cents")
                given = {name: values.pop(name) for name in columns}
                by = self.request.user
                return made_once(
                    Item,
                    act_of(self.request, "publish"),
                    lambda: actions.create_item(seller=self.seller, by=by, fields=values, flaws=flaws, **given),
                )
            version = self.form.cleaned_data["version"]
            if version is None:
                self._unread()
                return None
            return actions.change_item(
                item=self.item, changes=values, flaws=flaws, version=version, by=self.request.user
            )
        except ItemChangedMeanwhile as error:
            self._conflict(error)
        except CatalogueError as error:
            self.refuse(error)
        return None

    def _unread(self) -> None:
        """Without the version that was read, a colleague's change would be written over unseen."""
        assert self.item is not None  # noqa: S101 -- only an item that exists has a version
        data = self.request.POST.copy()
        data["version"] = str(self.item.version)
        self.form.data = data
        self.form.add_error(None, _("This page lost which version you read. Nothing was lost: check, then save again."))

    def _conflict(self, error: ItemChangedMeanwhile) -> None:
        self.conflict = error
        data = self.request.POST.copy()
        data["version"] = str(error.current.version)
        self.form.data = data

    def refuse(self, error: CatalogueError) -> None:
        """Put a refusal on the field that it names."""
        named = [key for key, _label in error.missing] if isinstance(error, ItemIncomplete) else []
        if isinstance(error, FieldInvalid):
            named = [error.field]
        elif isinstance(error, PriceInvalid):
            named = ["price_cents"]
        fields = [name.replace("attributes.", ATTRIBUTE) for name in named]
        known = [name for name in fields if name in self.form.fields]
        for name in known:
            self.form.add_error(name, _("Asked before it goes on sale.") if len(fields) > 1 else str(error))
        if not known:
            self.form.add_error(None, str(error))

    def answer(self, status: int = 200) -> HttpResponse:
        category = self.form.category_row
        context = {
            "editing": self,
            "form": self.form,
            "flaws": self.flaws,
            "item": self.item,
            "seller": self.seller,
            "has_sites": "site" in self.form.fields,
            "book": self.book,
            "isbn": self.request.GET.get("isbn", ""),
            "category": category,
            "category_path": categories.path_label(category) if category else "",
            "drawing": f"catalogue/measures/{categories.measuring_of(category)}.html" if category else "",
            "size_guide": categories.size_guide_of(category) if category else {},
            "default_weight": categories.default_weight_g(category) if category else None,
            "colours": COLOURS,
            "conflict": _differences(self.conflict) if self.conflict else [],
            "conflict_text": str(self.conflict) if self.conflict else "",
        }
        return page(self.request, "catalogue/item_form.html", context, partial="item-fields", status=status)


def _differences(error: ItemChangedMeanwhile) -> list[tuple[str, str]]:
    """What is saved now, for the fields that the other person changed."""
    found = []
    for name in error.fields:
        value = getattr(error.current, name, "") if name != "flaws" else ""
        found.append((str(FIELD_LABELS.get(name, name)), str(value)[:300]))
    return found


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def item_create(request: HttpRequest) -> HttpResponse:
    if not request.access.organisation.letters:  # type: ignore[attr-defined]
        raise PermissionDenied
    editing = Editing(request, None)
    if request.method == "GET" or editing.is_reload:
        return editing.answer()
    item = editing.save() if editing.is_valid() else None
    return _after(request, editing, item)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def item_change(request: HttpRequest, code: str) -> HttpResponse:
    editing = Editing(request, load_item(request, code, CHANGE))
    if request.method == "GET" or editing.is_reload:
        return editing.answer()
    item = editing.save() if editing.is_valid() else None
    return _after(request, editing, item)


def _after(request: HttpRequest, editing: Editing, item: Item | None) -> HttpResponse:
    """The item's page; with `publish`, on sale at once where it may be, else its page says what lacks."""
    if item is None:
        return editing.answer(409 if editing.conflict else 422)
    if "publish" in request.POST and item.state != ItemState.ON_SALE:
        try:
            actions.publish_item(item=item, by=request.user)
            messages.success(request, _("Saved, and on sale."))
        except PublishRefused as error:
            messages.warning(request, format_html("{} {}", _("Saved as a draft."), with_link(error)))
        except CatalogueError as error:
            messages.warning(request, _("Saved as a draft. %(reason)s") % {"reason": error})
    else:
        messages.success(request, _("Saved."))
    return redirect("catalogue:item-detail", item.code.lower())
