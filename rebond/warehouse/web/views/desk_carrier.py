"""Accounts at carriers: which there are, their credentials, whether they answer."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.catalogue.enums import DeliveryMode
from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.web import page
from rebond.warehouse.actions import carrier as actions
from rebond.warehouse.carriers.contract import CarrierError, Kind
from rebond.warehouse.carriers.registry import CARRIERS
from rebond.warehouse.errors import FieldInvalid
from rebond.warehouse.models import CarrierAccount
from rebond.warehouse.queries.shipments import is_paused
from rebond.warehouse.web.carrier_forms import AccountForm
from rebond.warehouse.web.exports import ACCOUNTS

VIEW, CHANGE = "warehouse.carrier.view", "warehouse.carrier.change"


def _load(request: HttpRequest, account_id: str) -> CarrierAccount:
    """An account of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = CarrierAccount.objects.visible_to(request.user).filter(organisation=organisation)
    found: CarrierAccount = get_object_or_404(rows.select_related("organisation"), public_id=account_id)
    return found


def _ways(kind: Kind) -> str:
    return ", ".join(str(mode.label) for mode in DeliveryMode if mode.value in kind.modes)


@requires(VIEW)
@never_cache
@require_safe
def carrier_list(request: HttpRequest) -> HttpResponseBase:
    """One row for each carrier: the account, or the way to make one."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    mine = CarrierAccount.objects.filter(organisation=organisation).order_by("carrier")
    if (download := wanted_export(request, mine, ACCOUNTS, _("carriers"))) is not None:
        return download
    accounts = {row.carrier: row for row in mine}
    kinds = [one.kind for one in CARRIERS.values()]
    rows = [(kind, _ways(kind), accounts.get(kind.key)) for kind in kinds]
    context = {
        "accounts": [(kind, ways, row, is_paused(row)) for kind, ways, row in rows if row is not None],
        "others": [(kind, ways) for kind, ways, row in rows if row is None],
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "warehouse/desk/carrier_list.html", context)


@requires(CHANGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def carrier_add(request: HttpRequest, carrier: str) -> HttpResponse:
    if carrier not in CARRIERS:
        raise Http404
    kind = CARRIERS[carrier].kind
    form = AccountForm(request.POST if request.method == "POST" else None, kind=kind)
    if request.method == "POST" and form.is_valid():
        organisation: Any = request.access.organisation  # type: ignore[attr-defined]
        try:
            account = actions.add_account(
                organisation=organisation, carrier=carrier, secrets=form.secrets, by=request.user
            )
        except FieldInvalid as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("Saved. Its connection is being tried: look again in a moment."))
            return redirect("warehouse-desk:carrier-detail", account.public_id)
    context = {"form": form, "kind": kind, "ways": _ways(kind)}
    return page(request, "warehouse/desk/carrier_add.html", context, status=422 if form.is_bound else 200)


def _points(request: HttpRequest, account: CarrierAccount) -> tuple[list[Any], str]:
    """Pick-up points near the postal code of the address, and why there is none."""
    code = request.GET.get("code_postal", "").strip()[:5]
    if not code or not account.kind.has_points:
        return [], ""
    try:
        found = account.connect().points(code)
    except CarrierError as refused:
        return [], str(refused)
    return list(found[:20]), "" if found else _("No pick-up point near this postal code.")


def _initial(account: CarrierAccount) -> dict[str, Any]:
    """What the form may show of an account: what is chosen, never what is secret."""
    secrets = account.secrets
    chosen = {one.key: secrets.get(one.key, one.choices[0][0]) for one in account.kind.secrets if one.choices}
    return chosen | {"is_active": account.is_active}


@requires(VIEW)
@never_cache
@require_safe
def carrier_detail(request: HttpRequest, account_id: str) -> HttpResponse:
    return _page(request, _load(request, account_id))


def _page(request: HttpRequest, account: CarrierAccount, form: AccountForm | None = None) -> HttpResponse:
    kept = frozenset(key for key, value in account.secrets.items() if value)
    points, why = _points(request, account)
    context = {
        "account": account,
        "kind": account.kind,
        "ways": _ways(account.kind),
        "is_paused": is_paused(account),
        "form": form or AccountForm(kind=account.kind, kept=kept, initial=_initial(account)),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
        "hook": request.build_absolute_uri(reverse("warehouse-short:carrier-hook", args=[account.public_id])),
        "has_hook": any(secret.key == "webhook" for secret in account.kind.secrets),
        "points": points,
        "why": why,
        "code": request.GET.get("code_postal", "")[:5],
    }
    return page(request, "warehouse/desk/carrier_detail.html", context, status=422 if form is not None else 200)


@requires(CHANGE)
@require_POST
def carrier_change(request: HttpRequest, account_id: str) -> HttpResponse:
    account = _load(request, account_id)
    kept = frozenset(key for key, value in account.secrets.items() if value)
    form = AccountForm(request.POST, kind=account.kind, kept=kept, initial=_initial(account))
    if not form.is_valid():
        return _page(request, account, form)
    is_active = form.cleaned_data["is_active"]
    actions.change_account(account=account, secrets=form.secrets, is_active=is_active, by=request.user)
    messages.success(request, _("Saved. Its connection is being tried: look again in a moment."))
    return redirect("warehouse-desk:carrier-detail", account_id)


@requires(CHANGE)
@require_POST
def carrier_try(request: HttpRequest, account_id: str) -> HttpResponse:
    actions.ask_to_try(account=_load(request, account_id), by=request.user)
    messages.success(request, _("Asked. Look again in a moment."))
    return redirect("warehouse-desk:carrier-detail", account_id)
