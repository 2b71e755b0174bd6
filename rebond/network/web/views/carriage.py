"""Delivery prices of an agreement: write, look at what they give, save."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.web import act_of, page
from rebond.network.actions.carriage import remove_carriage, save_carriage
from rebond.network.errors import NetworkError, StaleError
from rebond.network.models import Agreement, Carriage
from rebond.network.queries.carriage import Load, Table, stack
from rebond.network.web.carriage_forms import CarriageForm, initial_of, write_steps
from rebond.network.web.loading import is_staff, load_organisation

CHANGE = "network.carriage.change"
# What the preview carries: a book, a lamp, both in one parcel, a chair.
BOOK, LAMP, CHAIR = Load(400, (210, 140, 20)), Load(1_800, (450, 250, 250)), Load(6_000, (900, 450, 450))


def may_change(request: HttpRequest, agreement: Agreement) -> bool:
    """The network's coordinators; the seller's manager where the agreement has the seller ship."""
    if not request.access.can(CHANGE):  # type: ignore[attr-defined]
        return False
    return is_staff(request, CHANGE) or agreement.scope.get("shipping") == "seller"


def _load(request: HttpRequest, public_id: str) -> Agreement:
    rows = Agreement.objects.select_related("organisation", "operator")
    agreement = get_object_or_404(rows, public_id=public_id)
    load_organisation(request, agreement.organisation.public_id, CHANGE)  # or 404
    if not may_change(request, agreement):
        raise Http404
    return agreement


def preview(table: Table) -> list[tuple[str, int, int | None]]:
    """What some parcels would cost: label, grams, cents (None where the carrier does not take it)."""
    loads = [
        (_("A book"), BOOK),
        (_("A lamp"), LAMP),
        (_("Both in one parcel"), stack([BOOK, LAMP])),
        (_("A chair"), CHAIR),
    ]
    return [(label, load.weight_g, table.price(load)) for label, load in loads]


def _read(form: CarriageForm) -> Table:
    fields = form.fields_of_action
    return Table(
        fields["mode"],
        fields["carrier"],
        tuple(form.cleaned_data["steps"]),
        tuple(fields["zone"]),
        fields["max_length_mm"],
        fields["max_sum_mm"],
    )


def _edit(request: HttpRequest, agreement: Agreement, table: Carriage | None) -> HttpResponse:
    form: Any = CarriageForm(request.POST or None, request.FILES or None, initial=initial_of(table))
    shown: Table | None = None
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            shown = _read(form)
            form.data = form.data.copy()
            form.data["steps"] = write_steps(shown.steps)  # a file's lines are kept for the next send
        elif _save(request, agreement, table, form):
            messages.success(request, _("The delivery prices of %(name)s are saved.") % {"name": _read(form).carrier})
            return redirect("network:agreement-detail", agreement.public_id)
    context = {
        "form": form,
        "agreement": agreement,
        "organisation": agreement.organisation,
        "table": table,
        "shown": shown,
        "rows": preview(shown) if shown else [],
    }
    return page(request, "network/carriage_form.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, agreement: Agreement, table: Carriage | None, form: Any) -> Any:
    def save() -> Carriage:
        try:
            return save_carriage(
                agreement=agreement,
                table=table,
                fields=form.fields_of_action,
                steps=form.cleaned_data["steps"],
                version=form.cleaned_data["version"] or 0,
                by=request.user,
            )
        except StaleError:
            form.data = form.data.copy()
            form.data["version"] = Carriage.objects.values_list("version", flat=True).get(pk=table.pk) if table else 0
            raise

    return bind_errors(form, save if table else lambda: made_once(Carriage, act_of(request), save), NetworkError)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def carriage_add(request: HttpRequest, public_id: str) -> HttpResponse:
    return _edit(request, _load(request, public_id), None)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def carriage_change(request: HttpRequest, public_id: str, table_id: str) -> HttpResponse:
    agreement = _load(request, public_id)
    return _edit(request, agreement, get_object_or_404(agreement.carriages, public_id=table_id))


@requires(CHANGE)
@require_POST
def carriage_remove(request: HttpRequest, public_id: str, table_id: str) -> HttpResponse:
    agreement = _load(request, public_id)
    table = get_object_or_404(agreement.carriages, public_id=table_id)
    remove_carriage(table=table, by=request.user)
    messages.success(request, _("The delivery prices of %(name)s are removed.") % {"name": table.carrier})
    return redirect("network:agreement-detail", agreement.public_id)
