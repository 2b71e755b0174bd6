"""The openings of places that hand parcels over, and of a seller's own rounds."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.catalogue.enums import DeliveryMode
from rebond.core.access import requires
from rebond.core.once import made_once
from rebond.core.web import act_of, page
from rebond.network.models import Site
from rebond.shop.actions.agenda import close_agenda, save_agenda
from rebond.shop.errors import AgendaChangedError, AgendaKnownError
from rebond.shop.models import Agenda
from rebond.shop.slot_enums import SLOT_MODES
from rebond.shop.web.slot_forms import AgendaForm, initial_of

VIEW, CHANGE = "shop.appointment.view", "shop.agenda.change"
TITLES = {
    DeliveryMode.PICKUP.value: gettext_lazy("Receive buyers by appointment"),
    DeliveryMode.LOCAL.value: gettext_lazy("A round of deliveries"),
}


def _mine(request: HttpRequest) -> Any:
    rows = Agenda.objects.visible_to(request.user).filter(
        organisation=request.access.organisation  # type: ignore[attr-defined]
    )
    return rows.select_related("site", "organisation").prefetch_related("windows")


def _free_sites(request: HttpRequest) -> Any:
    """Those that have no agenda yet."""
    return Site.objects.filter(organisation=request.access.organisation, agenda=None)  # type: ignore[attr-defined]


@requires(VIEW)
@never_cache
@require_safe
def agenda_list(request: HttpRequest) -> HttpResponse:
    context = {
        "agendas": list(_mine(request).order_by("mode", "name", "pk")),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
        "may_add_site": _free_sites(request).exists(),
    }
    return page(request, "shop/agenda_list.html", context)


def _edit(request: HttpRequest, mode: str, agenda: Agenda | None) -> HttpResponse:
    initial = initial_of(agenda) if agenda is not None else {}
    form: Any = AgendaForm(request.POST or None, initial=initial, mode=mode, sites=_free_sites(request), agenda=agenda)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, form, mode, agenda)
        except AgendaKnownError:
            form.add_error("site", _("This place has its hours already."))
        except AgendaChangedError:
            form.add_error(None, _("Somebody else changed these hours meanwhile. Look at them again."))
        else:
            messages.success(request, _("%(name)s: the hours are saved, and offered to buyers.") % {"name": saved})
            return redirect("shop:agendas")
    context = {
        "form": form,
        "agenda": agenda,
        "is_collected": mode == DeliveryMode.PICKUP,
        "title": str(agenda) if agenda is not None else TITLES[mode],
    }
    return page(request, "shop/agenda_form.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: AgendaForm, mode: str, agenda: Agenda | None) -> Agenda:
    data, organisation = form.cleaned_data, request.access.organisation  # type: ignore[attr-defined]

    def save() -> Agenda:
        return save_agenda(
            organisation=organisation,
            mode=mode,
            site=data.get("site"),
            agenda=agenda,
            version=data["version"] or 0,
            fields=form.fields_of_action,
            windows=data["windows"],
            by=request.user,
        )

    return save() if agenda is not None else made_once(Agenda, act_of(request), save)


@requires(CHANGE)
@never_cache
@require_http_methods(["GET", "POST"])
def agenda_add(request: HttpRequest, mode: str) -> HttpResponse:
    if mode not in dict(SLOT_MODES):
        raise Http404
    if mode == DeliveryMode.PICKUP and request.method == "GET" and not _free_sites(request).exists():
        messages.error(request, _("Every place has its hours already."))
        return redirect("shop:agendas")
    return _edit(request, mode, None)


@requires(CHANGE)
@never_cache
@require_http_methods(["GET", "POST"])
def agenda_change(request: HttpRequest, public_id: str) -> HttpResponse:
    agenda: Agenda = get_object_or_404(_mine(request), public_id=public_id)
    return _edit(request, agenda.mode, agenda)


@requires(CHANGE)
@require_POST
def agenda_close(request: HttpRequest, public_id: str) -> HttpResponse:
    """Offer no more appointments; those that were taken stay."""
    agenda: Agenda = get_object_or_404(_mine(request), public_id=public_id)
    close_agenda(agenda=agenda, by=request.user)
    messages.success(request, _("Nothing more is offered there. Appointments that were taken stay."))
    return redirect("shop:agendas")
