"""Members of an organisation, invitations, and the page an invitation leads to."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.core.access import public, requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.web import act_of, page
from rebond.network.actions.membership import (
    accept_invitation,
    cancel_invitation,
    end_membership,
    invite_member,
    resend_invitation,
)
from rebond.network.enums import Role, roles_for
from rebond.network.errors import NetworkError
from rebond.network.middleware import SESSION_KEY
from rebond.network.models import Invitation, Organisation
from rebond.network.web.exports import MEMBERS
from rebond.network.web.loading import load_organisation

CHANGE = "network.membership.change"


class InvitationForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = roles_for(kind)
        self.fields["role"].choices = [(r.value, r.label) for r in Role if r.value in allowed]  # type: ignore[attr-defined]


@requires("network.membership.view")
@require_GET
def my_members(request: HttpRequest) -> HttpResponse:
    """The members of the organisation acted for: the rail's entry."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    return redirect("network:member-list", organisation.public_id)


def _context(request: HttpRequest, organisation: Organisation, form: InvitationForm) -> dict[str, Any]:
    rows = organisation.memberships.select_related("user").order_by("user__name", "pk")
    waiting = organisation.invitations.filter(accepted_at__isnull=True, cancelled_at__isnull=True)
    return {
        "organisation": organisation,
        "members": list(rows.filter(ended_at__isnull=True)),
        "former": list(rows.filter(ended_at__isnull=False).order_by("-ended_at")[:20]),
        "invitations": list(waiting.order_by("-created_at")),
        "may_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
        "form": form,
    }


@requires("network.membership.view")
@require_GET
def member_list(request: HttpRequest, public_id: str) -> HttpResponseBase:
    organisation = load_organisation(request, public_id, "network.membership.view")
    rows = organisation.memberships.select_related("user").order_by("user__name", "pk")
    if (download := wanted_export(request, rows, MEMBERS, _("members"))) is not None:
        return download
    context = _context(request, organisation, InvitationForm(kind=organisation.kind))
    return page(request, "network/member_list.html", context)


@requires(CHANGE)
@require_POST
def member_invite(request: HttpRequest, public_id: str) -> HttpResponse:
    organisation = load_organisation(request, public_id, CHANGE)
    form = InvitationForm(request.POST, kind=organisation.kind)
    if form.is_valid():
        fields = form.cleaned_data
        made = bind_errors(
            form,
            lambda: made_once(
                Invitation,
                act_of(request),
                lambda: invite_member(organisation=organisation, by=request.user, **fields),
            ),
            NetworkError,
        )
        if made:
            messages.success(request, _("The invitation leaves for %(email)s.") % {"email": made.email})
            return redirect("network:member-list", organisation.public_id)
    return page(request, "network/member_list.html", _context(request, organisation, form), status=422)


@requires(CHANGE)
@require_POST
def member_end(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    organisation = load_organisation(request, public_id, CHANGE)
    rows = organisation.memberships.select_related("user", "organisation")
    membership = get_object_or_404(rows, pk=pk)
    try:
        end_membership(membership=membership, by=request.user)
        messages.success(request, _("%(name)s no longer has this role.") % {"name": membership.user.display_name})
    except NetworkError as refused:
        messages.error(request, str(refused))
    return redirect("network:member-list", organisation.public_id)


def _on_invitation(request: HttpRequest, public_id: str, invitation_id: str, action: Any, said: str) -> HttpResponse:
    organisation = load_organisation(request, public_id, CHANGE)
    rows = organisation.invitations.select_related("organisation", "invited_by")
    invitation = get_object_or_404(rows, public_id=invitation_id)
    try:
        action(invitation=invitation, by=request.user)
        messages.success(request, said)
    except NetworkError as refused:
        messages.error(request, str(refused))
    return redirect("network:member-list", organisation.public_id)


@requires(CHANGE)
@require_POST
def invitation_cancel(request: HttpRequest, public_id: str, invitation_id: str) -> HttpResponse:
    return _on_invitation(request, public_id, invitation_id, cancel_invitation, _("The invitation is taken back."))


@requires(CHANGE)
@require_POST
def invitation_resend(request: HttpRequest, public_id: str, invitation_id: str) -> HttpResponse:
    return _on_invitation(request, public_id, invitation_id, resend_invitation, _("A new link leaves by mail."))


@public
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where the mail leads: sign in or make an account with that address, then accept."""
    found = Invitation.objects.select_related("organisation", "invited_by").filter(token=token).first()
    if found is None:
        raise Http404
    user = request.user
    is_mine = user.is_authenticated and (user.email or "").lower() == found.email.lower()
    if request.method == "POST":
        if not is_mine:
            return redirect(f"{request.path}")
        try:
            accept_invitation(invitation=found, by=user)
        except NetworkError as refused:
            messages.error(request, str(refused))
            return redirect("joining:invitation", token)
        request.session[SESSION_KEY] = found.organisation.public_id
        messages.success(request, _("Welcome to %(name)s.") % {"name": found.organisation.name})
        return redirect("network:home")
    context = {
        "invitation": found,
        "is_mine": is_mine,
        "role": Role(found.role).label,
        "login_url": settings.LOGIN_URL,
    }
    return page(request, "network/invitation.html", context, status=200 if found.is_open else 410)
