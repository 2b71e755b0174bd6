"""Contracts by their last day: what comes after is to be decided before."""

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.web import page
from rebond.insertion.queries.contracts import ending, ending_after, urgency_of
from rebond.insertion.web.exports import CONTRACTS
from rebond.people.actions.reading import read_list

PER_PAGE = 50


@requires("insertion.contract.view")
@require_safe
@never_cache
def contract_list(request: HttpRequest) -> HttpResponseBase:
    """The list is one entry of the journal, and so is a download."""
    organisation, today = request.access.organisation, timezone.localdate()  # type: ignore[attr-defined]
    rows = ending(organisation)
    if "export" in request.GET:
        read_list(organisation=organisation, number=rows.count(), by=request.user)
    if (download := wanted_export(request, rows, CONTRACTS, _("contracts"))) is not None:
        return download
    after = request.GET.get("apres", "")
    found, next_key = ending_after(rows, after, PER_PAGE)
    read_list(organisation=organisation, number=len(found), by=request.user)
    context = {"rows": [(one, *urgency_of(one, today)) for one in found], "next_key": next_key, "is_first": not after}
    return page(request, "insertion/contract_list.html", context)
