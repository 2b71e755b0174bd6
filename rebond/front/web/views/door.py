"""Where one comes in, and where one goes next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from rebond.core.access import public, signed_in
from rebond.network.queries.invitations import find_waiting_invitation


@public
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """The short address of the sign-in page; where to go afterwards is kept."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("account_login") + (f"?{query}" if query else ""))


@public
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Kept on the device, shown when the connection is cut: nothing personal, no database."""
    return render(request, "errors/offline.html", {"failure_code": ""})


@signed_in
@require_safe
def after_login(request: HttpRequest) -> HttpResponse:
    """The desk for those who act for an organisation; else the invitation that waits for them, or their account."""
    if request.access.organisation:  # type: ignore[attr-defined]
        return redirect("/bureau/")
    waiting = find_waiting_invitation(request.user)  # type: ignore[arg-type]
    return redirect("joining:invitation", waiting.token) if waiting else redirect("accounts:home")
