"""The category editor, for the network's catalogue managers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.catalogue.actions import category as actions
from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Category, CategoryAttribute
from rebond.catalogue.queries import categories
from rebond.catalogue.web.exports import CATEGORIES
from rebond.catalogue.web.forms.category import (
    AttributeForm,
    CategoryAddForm,
    CategoryForm,
    CategoryMoveForm,
    initial_of,
)
from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.web import act_of, page

CHANGE = "catalogue.category.change"


@requires(CHANGE)
@require_GET
def category_list(request: HttpRequest) -> HttpResponseBase:
    tree = categories.tree()
    numbers = categories.item_numbers()
    lines = ((row, numbers.get(row.pk, 0), len(tree.own_attributes.get(row.pk, ()))) for row in tree.nodes)
    if (download := wanted_export(request, lines, CATEGORIES, _("categories"))) is not None:
        return download
    branches = [
        {
            "universe": universe,
            "rows": [
                (row, numbers.get(row.pk, 0), len(tree.own_attributes.get(row.pk, ())))
                for row in tree.nodes
                if row.pk in tree.descendants(universe) and row.pk != universe.pk
            ],
            "number": sum(numbers.get(pk, 0) for pk in tree.descendants(universe)),
        }
        for universe in tree.children.get(None, ())
    ]
    opened = request.GET.get("ouvert", "")
    context = {"branches": branches, "opened": opened, "leaves": len(categories.leaves()), "nodes": len(tree.nodes)}
    return page(request, "catalogue/category_list.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def category_add(request: HttpRequest) -> HttpResponse:
    form = CategoryAddForm(request.POST or None, initial={"parent": request.GET.get("sous", "")})
    if form.is_bound and form.is_valid():
        made = bind_errors(
            form,
            lambda: made_once(
                Category, act_of(request), lambda: actions.add_category(by=request.user, **form.cleaned_data)
            ),
            CatalogueError,
        )
        if made is not None:
            messages.success(request, _("The category is there. Say now what it asks of its items."))
            return redirect("catalogue:category-change", made.key)
    context = {"form": form, "title": _("Add a category"), "category": None}
    return page(request, "catalogue/category_form.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def category_change(request: HttpRequest, key: str) -> HttpResponse:
    category = get_object_or_404(Category, key=key)
    form = CategoryForm(request.POST or None, initial=initial_of(category))
    if form.is_bound and form.is_valid():
        version = form.cleaned_data["version"]
        changes = form.changes()
        if bind_errors(
            form,
            lambda: actions.change_category(category=category, changes=changes, version=version, by=request.user),
            CatalogueError,
        ):
            messages.success(request, _("Saved. The shop follows within seconds."))
            return redirect("catalogue:category-change", category.key)
    tree_row = categories.get(category.pk)
    own = list(category.own_attributes.order_by("position", "pk"))
    own_keys = {attribute.key for attribute in own}
    context = {
        "form": form,
        "category": category,
        "path": categories.ancestors_of(category),
        "own": own,
        "inherited": [a for a in categories.attributes_of(tree_row) if a.key not in own_keys],
        "move_form": CategoryMoveForm(
            category=category, initial={"parent": category.parent.key if category.parent else ""}
        ),
        "former": list(category.former_slugs.order_by("slug")),
        "number": categories.item_number(category),
    }
    return page(request, "catalogue/category_detail.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_POST
def category_move(request: HttpRequest, key: str) -> HttpResponse:
    """`step` moves it among its siblings; `parent` puts it elsewhere."""
    category = get_object_or_404(Category, key=key)
    if request.POST.get("step") in {"1", "-1"}:
        actions.order_category(category=category, step=int(request.POST["step"]), by=request.user)
        universe = categories.ancestors_of(category)[0]
        return redirect(f"{reverse('catalogue:category-list')}?ouvert={universe.key}#c-{category.key}")
    form = CategoryMoveForm(request.POST, category=category)
    if form.is_valid():
        try:
            actions.move_category(category=category, parent=form.cleaned_data["parent"], by=request.user)
            messages.success(request, _("Moved, with all that is below."))
        except CatalogueError as error:
            messages.error(request, str(error))
    else:
        messages.error(request, _("A category cannot be put under itself."))
    return redirect("catalogue:category-change", category.key)


@requires(CHANGE)
@require_POST
def category_open(request: HttpRequest, key: str) -> HttpResponse:
    category = get_object_or_404(Category, key=key)
    is_active = request.POST.get("active") == "1"
    actions.open_category(category=category, is_active=is_active, by=request.user)
    messages.success(request, _("Open again.") if is_active else _("Closed: no new item, no place in the menus."))
    return redirect("catalogue:category-change", category.key)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def attribute_write(request: HttpRequest, key: str, pk: int | None = None) -> HttpResponse:
    category = get_object_or_404(Category, key=key)
    attribute = get_object_or_404(CategoryAttribute, category=category, pk=pk) if pk else None
    form = AttributeForm(request.POST or None, attribute=attribute)
    if form.is_bound and form.is_valid():
        fields = form.cleaned_data
        if bind_errors(
            form,
            lambda: actions.write_attribute(category=category, attribute=attribute, fields=fields, by=request.user),
            CatalogueError,
        ):
            messages.success(request, _("Saved: the form of items asks it from now on."))
            return redirect("catalogue:category-change", category.key)
    title = attribute.label if attribute else _("Ask something more")
    context = {"form": form, "category": category, "title": title, "attribute": attribute}
    return page(request, "catalogue/category_form.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_POST
def attribute_remove(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    attribute = get_object_or_404(CategoryAttribute, category__key=key, pk=pk)
    actions.remove_attribute(attribute=attribute, by=request.user)
    messages.success(request, _("It is asked no more. What items answered is kept."))
    return redirect("catalogue:category-change", key)
