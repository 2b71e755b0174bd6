"""An application sent with the SIREN of an organisation: one of its managers answers, at the organisation's page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rebond.core.access import requires
from rebond.network.actions.claim import confirm_claim, disown_claim
from rebond.network.errors import NetworkError
from rebond.network.web.loading import load_organisation

CONFIRM = "network.admission.confirm"


def _answer(request: HttpRequest, public_id: str, claim_id: str, action: Any, said: str) -> HttpResponse:
    organisation = load_organisation(request, public_id, CONFIRM)
    admission = get_object_or_404(organisation.claims.received(), public_id=claim_id)
    try:
        action(admission=admission, by=request.user)
        messages.success(request, said)
    except NetworkError as refused:
        messages.error(request, str(refused))
    return redirect("network:organisation-detail", organisation.public_id)


@requires(CONFIRM)
@require_POST
def claim_confirm(request: HttpRequest, public_id: str, claim_id: str) -> HttpResponse:
    return _answer(request, public_id, claim_id, confirm_claim, _("Thank you: the committee can read the application."))


@requires(CONFIRM)
@require_POST
def claim_disown(request: HttpRequest, public_id: str, claim_id: str) -> HttpResponse:
    return _answer(
        request, public_id, claim_id, disown_claim, _("The application is closed. Nothing has changed here.")
    )
