"""A person's own account: profile, and the way out of every device."""

from typing import cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rebond.accounts.actions.user import change_profile, end_all_sessions
from rebond.accounts.models import User
from rebond.accounts.web.forms import ProfileForm
from rebond.core.access import public, signed_in


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    user = cast("User", request.user)
    form = ProfileForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        change_profile(user=user, by=user, **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:home")
    kinds = Authenticator.objects.filter(user=user).values_list("type", flat=True)
    context = {
        "form": form,
        "address": EmailAddress.objects.filter(user=user, primary=True).first(),
        "passkeys": sum(kind == Authenticator.Type.WEBAUTHN for kind in kinds),
        "has_totp": Authenticator.Type.TOTP in kinds,
    }
    return render(request, "accounts/home.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    user = cast("User", request.user)
    end_all_sessions(user=user, by=user)
    logout(request)
    messages.success(request, _("You are signed out on all your devices."))
    return redirect("account_login")


@public
@require_safe
def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Short addresses of the sign-in page; where to go afterwards is kept."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("account_login") + (f"?{query}" if query else ""))
