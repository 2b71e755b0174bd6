"""The directory, and one organisation's page."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import TINTS, bind_errors, count_chosen
from rebond.core.once import made_once
from rebond.core.web import act_of, page
from rebond.network.actions.organisation import change_organisation, create_organisation
from rebond.network.enums import SellerState
from rebond.network.errors import NetworkError
from rebond.network.models import Organisation
from rebond.network.queries.admissions import claims_on
from rebond.network.queries.agreements import state_of
from rebond.network.queries.directory import export_columns, find_organisations, map_points, shape_of, with_main_site
from rebond.network.queries.vat import MENTIONS, value_label
from rebond.network.web.forms import ListFilterForm, OrganisationForm, OrganisationStaffForm, ProfileForm, in_conflict
from rebond.network.web.loading import is_staff, load_organisation

PER_PAGE = 24


@requires("network.organisation.list")
@require_GET
def organisation_list(request: HttpRequest) -> HttpResponseBase:
    """Search, filters, pages, map."""
    form = ListFilterForm(request.GET)
    picked = form.cleaned_data if form.is_valid() else {}
    rows = find_organisations(
        Organisation.objects.visible_to(request.user),
        words=picked.get("q", ""),
        kind=picked.get("kind", ""),
        state=picked.get("state", ""),
        department=picked.get("department", ""),
    )
    download = wanted_export(request, with_main_site(rows), export_columns(), "annuaire")
    if download is not None:
        return download
    shown: Any = Paginator(with_main_site(rows), PER_PAGE).get_page(request.GET.get("page"))
    points = map_points(rows)
    for organisation in shown:
        organisation.shape = shape_of(organisation)
    context = {
        "form": form,
        "chosen": count_chosen(form),
        "page": shown,
        "points": points,
        "states": _state_legend(),
        "may_create": request.access.can("network.organisation.create"),  # type: ignore[attr-defined]
    }
    return page(request, "network/organisation_list.html", context, partial="results")


def _state_legend() -> list[tuple[int, str]]:
    return [
        (1, str(SellerState.ADMITTED.label)),
        (2, str(SellerState.CANDIDATE.label)),
        (3, str(SellerState.SUSPENDED.label)),
        (4, _("Other organisations")),
    ]


def _claims(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    """Applications sent with its SIREN, and whether the reader may answer: its managers only."""
    access = request.access  # type: ignore[attr-defined]
    is_own = getattr(access.organisation, "pk", None) == organisation.pk
    return {"claims": claims_on(organisation), "may_confirm": is_own and access.can("network.admission.confirm")}


@requires("network.organisation.view")
@require_GET
def organisation_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """All that the network knows of an organisation, and the ways to change it."""
    organisation = load_organisation(request, public_id, "network.organisation.view")
    counts = organisation.memberships.filter(ended_at__isnull=True).aggregate(
        members=Count("user", distinct=True), managers=Count("user", distinct=True, filter=Q(role="manager"))
    )
    today = timezone.localdate()
    attributes: list[Any] = list(organisation.attributes.all())
    for attribute in attributes:
        attribute.is_current = attribute.valid_from <= today and (attribute.valid_to or today) >= today
        attribute.label = value_label(attribute)
        attribute.mention = MENTIONS.get(attribute.value, "") if attribute.kind == "vat_regime" else ""
    measures = list(organisation.measures.all()[:10])
    agreements: list[Any] = []
    may_see_agreements = request.access.can("network.agreement.view")  # type: ignore[attr-defined]
    if may_see_agreements:
        agreements = list(organisation.agreements.all()[:10])
        for agreement in agreements:
            agreement.now = state_of(agreement, today)
    context: dict[str, Any] = {
        "organisation": organisation,
        "is_staff": is_staff(request, "network.organisation.change"),
        "may_change": request.access.can("network.organisation.change"),  # type: ignore[attr-defined]
        "may_verify": request.access.can("network.attribute.verify"),  # type: ignore[attr-defined]
        "attributes": attributes,
        "sites": list(organisation.sites.all()),
        "closures": list(organisation.closures.filter(ends_on__gte=today)),
        "counts": counts,
        "may_see_members": request.access.can("network.membership.view"),  # type: ignore[attr-defined]
        "today": today,
        "measures": measures,
        **_claims(request, organisation),
        "agreements": agreements,
        "may_see_agreements": may_see_agreements,
        "may_write_agreement": request.access.can("network.agreement.change")  # type: ignore[attr-defined]
        and organisation.kind != "operator",
        "has_open_end": any(m.kind == "ending" and not m.lifted_at and not m.done_at for m in measures),
        "may_decide": request.access.can("network.admission.decide")  # type: ignore[attr-defined]
        and organisation.seller_state in {SellerState.ADMITTED, SellerState.SUSPENDED},
    }
    return page(request, "network/organisation_detail.html", context)


@requires("network.organisation.view")
@require_GET
def my_organisation(request: HttpRequest) -> HttpResponse:
    """The page of the organisation acted for: the rail's entry."""
    return redirect("network:organisation-detail", request.access.organisation.public_id)  # type: ignore[attr-defined]


@requires("network.organisation.create")
@require_http_methods(["GET", "POST"])
def organisation_create(request: HttpRequest) -> HttpResponse:
    """A new organisation, by a coordinator."""
    form = OrganisationStaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fields = {k: v for k, v in form.cleaned_data.items() if k != "version" and v not in {"", None}}
        made = made_once(Organisation, act_of(request), lambda: create_organisation(by=request.user, **fields))
        messages.success(request, _("%(name)s is in the directory.") % {"name": made.name})
        return redirect("network:organisation-detail", made.public_id)
    context: dict[str, Any] = {"form": form, "organisation": None, "conflict": {}}
    return page(request, "network/organisation_form.html", context, status=422 if form.is_bound else 200)


@requires("network.organisation.change")
@require_http_methods(["GET", "POST"])
def organisation_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Identity: all of it for coordinators, how to reach it for its managers."""
    organisation = load_organisation(request, public_id, "network.organisation.change")
    kind = OrganisationStaffForm if is_staff(request, "network.organisation.change") else OrganisationForm
    return _change(request, organisation, kind, "network/organisation_form.html")


@requires("network.organisation.change")
@require_http_methods(["GET", "POST"])
def profile_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the shop tells of the organisation."""
    organisation = load_organisation(request, public_id, "network.organisation.change")
    return _change(request, organisation, ProfileForm, "network/profile_form.html")


def _change(request: HttpRequest, organisation: Organisation, form_class: Any, template: str) -> HttpResponse:
    """Bind, save with the version that was read; a second editor sees both values and keeps what they typed."""
    names = [name for name in form_class.base_fields if name != "version"]
    initial = {name: getattr(organisation, name) for name in names} | {"version": organisation.version}
    extra = {} if form_class is ProfileForm else {"organisation": organisation}
    form = form_class(request.POST or None, initial=initial, **extra)
    conflict: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in names}
        changes = {k: v for k, v in changes.items() if k != "slug" or v}
        version = form.cleaned_data["version"] or 0
        saved = bind_errors(
            form,
            lambda: change_organisation(organisation=organisation, changes=changes, version=version, by=request.user),
            NetworkError,
        )
        if saved:
            messages.success(request, _("Saved."))
            return redirect("network:organisation-detail", organisation.public_id)
        if form.has_error("__all__"):
            conflict = in_conflict(form, organisation, changes)
    context = {"form": form, "organisation": organisation, "conflict": conflict, "tints": TINTS}
    return page(request, template, context, status=422 if form.is_bound else 200)
