"""The desk's home, the organisation acted for, and the rights of each role."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rebond.core.access import requires, signed_in
from rebond.core.desk import actions_for, panels_for, waiting_for
from rebond.core.permissions import all_permissions, description_of
from rebond.core.web import page
from rebond.network.enums import Role
from rebond.network.middleware import SESSION_KEY


@signed_in
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the role; for somebody without organisation, what to do next."""
    context = {
        "today": timezone.localdate(),
        "actions": actions_for(request),
        "waiting": waiting_for(request),
        "panels": panels_for(request),
    }
    return page(request, "network/home.html", context)


@signed_in
@require_POST
def organisation_switch(request: HttpRequest) -> HttpResponse:
    """Act for another of one's organisations, until sign-out; 404 for one that is not."""
    chosen = request.POST.get("organisation", "")
    organisations = request.access.organisations  # type: ignore[attr-defined]
    found = next((o for o in organisations if o.public_id == chosen), None)
    if found is None:
        raise Http404
    request.session[SESSION_KEY] = found.public_id
    messages.success(request, _("You now act for %(name)s.") % {"name": found.name})
    return redirect("network:home")


@requires("network.desk.view")
@require_GET
def rights(request: HttpRequest) -> HttpResponse:
    """The table of permissions, as the code checks it: generated, so true."""
    rooms: dict[str, list[dict[str, Any]]] = {}
    for name, roles in sorted(all_permissions().items()):
        row = {"sentence": description_of(name), "marks": [role.value in roles for role in Role]}
        rooms.setdefault(name.split(".", 1)[0], []).append(row)
    context = {"roles": list(Role), "rooms": rooms, "mine": request.access.roles}  # type: ignore[attr-defined]
    return page(request, "network/rights.html", context)
