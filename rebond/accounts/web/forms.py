"""allauth's forms in our words: no placeholder, one typing of a password (the eye shows it), hints that help."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rebond.core.forms import WordsField

LENGTH = _("At least 10 characters. A short sentence works well.")
WORDS: dict[str, tuple[Any, Any]] = {
    "login": (_("E-mail address"), ""),
    "email": (_("E-mail address"), ""),
    "password": (_("Password"), ""),
    "password1": (_("Password"), LENGTH),
    "oldpassword": (_("Present password"), ""),
    "code": (_("Code"), ""),
}


class Worded(forms.Form):
    """First among the bases of an allauth form: takes our labels once its fields are made."""

    words: dict[str, tuple[Any, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label, field.help_text = (WORDS | self.words).get(name, (field.label, field.help_text))
        if "code" in self.fields:
            self.fields["code"].widget.attrs |= {"autocapitalize": "off", "spellcheck": "false"}


class LoginForm(Worded, account.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"


class SignupForm(Worded, account.SignupForm):  # type: ignore[misc]
    words = {"name": (_("Your name"), _("As sellers should call you.")), "password1": (_("Choose a password"), LENGTH)}
    field_order = ["name", "email", "password1"]
    name = WordsField(max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    def save(self, request: Any) -> Any:
        user = super().save(request)
        user.name = " ".join(self.cleaned_data["name"].split())
        user.language = get_language() or "fr"
        user.save(update_fields=["name", "language"])
        return user


class ChangeEmailForm(Worded, account.AddEmailForm):  # type: ignore[misc]
    words = {"email": (_("New e-mail address"), _("We write to it. It replaces the present one once you confirm it."))}


class ChangePasswordForm(Worded, account.ChangePasswordForm):  # type: ignore[misc]
    words = {"password1": (_("New password"), LENGTH)}


class SetPasswordForm(Worded, account.SetPasswordForm):  # type: ignore[misc]
    words = {"password1": (_("Choose a password"), LENGTH)}


class ResetPasswordForm(Worded, account.ResetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordKeyForm(Worded, account.ResetPasswordKeyForm):  # type: ignore[misc]
    words = {"password1": (_("New password"), LENGTH)}


class ReauthenticateForm(Worded, account.ReauthenticateForm):  # type: ignore[misc]
    pass


class RequestLoginCodeForm(Worded, account.RequestLoginCodeForm):  # type: ignore[misc]
    pass


class ConfirmLoginCodeForm(Worded, account.ConfirmLoginCodeForm):  # type: ignore[misc]
    words = {"code": (_("Code"), _("It is in the mail that we have just sent."))}


class ConfirmReauthenticationCodeForm(ConfirmLoginCodeForm):
    pass


class AuthenticateForm(Worded, mfa.AuthenticateForm):  # type: ignore[misc]
    words = {"code": (_("Code"), _("The 6 figures of your application, or one of your recovery codes."))}


class MFAReauthenticateForm(Worded, mfa.ReauthenticateForm):  # type: ignore[misc]
    words = AuthenticateForm.words


class ActivateTOTPForm(Worded, totp.ActivateTOTPForm):  # type: ignore[misc]
    words = {"code": (_("Code of the application"), _("6 figures, renewed every 30 seconds."))}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AddWebAuthnForm(Worded, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    words = {
        "name": (_("Name of this key"), _("To know it again: “My phone”, “Key of the workshop”.")),
        "passwordless": (
            _("This key is enough, without a password"),
            _("It then asks for your finger, your face or the code of the device."),
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class EditWebAuthnForm(Worded, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    words = {"name": (_("Name of this key"), _("To know it again: “My phone”, “Key of the workshop”."))}


class ProfileForm(forms.Form):
    name = WordsField(
        label=_("Your name"),
        help_text=_("As sellers and colleagues should call you."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language of mails"), choices=lambda: settings.LANGUAGES)
