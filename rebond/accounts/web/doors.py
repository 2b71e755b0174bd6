"""allauth's pages under French addresses and their usual names; an invalid form answers 422 (ui.md, section 5)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as sessions
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, re_path

from rebond.core.access import public, signed_in

View = Callable[..., HttpResponseBase]


def answering_422(view: View) -> View:
    """Give the page of an invalid form its status."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == 200 and isinstance(response, TemplateResponse):
            form = (response.context_data or {}).get("form")
            if form is not None and form.errors:
                response.status_code = 422
        return response

    return answer


def entrance(view: View) -> View:
    return public(answering_422(view))


def own(view: View) -> View:
    return signed_in(answering_422(view))


KEY = r"(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)"

urlpatterns = [
    path("connexion/", entrance(account.login), name="account_login"),
    path("deconnexion/", entrance(account.logout), name="account_logout"),
    path("ferme/", entrance(account.account_inactive), name="account_inactive"),
    path("inscription/", entrance(account.signup), name="account_signup"),
    path("connexion/code/", entrance(account.request_login_code), name="account_request_login_code"),
    path("connexion/code/saisir/", entrance(account.confirm_login_code), name="account_confirm_login_code"),
    path("verifier/", own(account.reauthenticate), name="account_reauthenticate"),
    path(
        "verifier/code/",
        own(account.request_reauthentication_code),
        name="account_request_reauthentication_code",
    ),
    path(
        "verifier/code/saisir/",
        own(account.confirm_reauthentication_code),
        name="account_confirm_reauthentication_code",
    ),
    path("adresse/", own(account.email), name="account_email"),
    path("confirmer/", entrance(account.email_verification_sent), name="account_email_verification_sent"),
    re_path(r"^confirmer/(?P<key>[-:\w]+)/$", entrance(account.confirm_email), name="account_confirm_email"),
    path("mot-de-passe/", own(account.password_change), name="account_change_password"),
    path("mot-de-passe/choisir/", own(account.password_set), name="account_set_password"),
    path("mot-de-passe/oublie/", entrance(account.password_reset), name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", entrance(account.password_reset_done), name="account_reset_password_done"),
    re_path(
        rf"^mot-de-passe/nouveau/{KEY}/$",
        entrance(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/change/",
        entrance(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("securite/", own(mfa.index), name="mfa_index"),
    path("securite/etape/", entrance(mfa.authenticate), name="mfa_authenticate"),
    path("verifier/application/", own(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("securite/application/", own(totp.activate_totp), name="mfa_activate_totp"),
    path("securite/application/retirer/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("securite/codes/", own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("securite/codes/nouveaux/", own(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("securite/codes/fichier/", own(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("securite/cles/", own(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("securite/cles/ajouter/", own(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("verifier/cle/", own(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("securite/cles/<int:pk>/retirer/", own(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("securite/cles/<int:pk>/nom/", own(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("connexion/cle/", entrance(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("appareils/", own(sessions.list_usersessions), name="usersessions_list"),
]
