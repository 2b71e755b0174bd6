"""How allauth speaks and counts here.

Attempts are counted in the shared cache (`ACCOUNT_RATE_LIMITS`), whatever the number of front servers.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.template.context import make_context
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _

from rebond.journal.actions.mail import queue_mail


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Mail through the journal's queue; errors that say what to write."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed. Write to us if you think that it should not be."),
        "duplicate_email": _("This is already your address."),
        "email_password_mismatch": _("The address or the password is wrong. Check both: capitals count."),
        "email_taken": _("An account already has this address."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This code is wrong or too old. Copy the newest one."),
        "incorrect_password": _("This is not your password."),
        "invalid_or_expired_key": _("This link is too old. Ask for a new one."),
        "invalid_password_reset": _("This link is too old, or it was used already. Ask for a new one."),
        "same_as_current": _("This is already your address: write the new one."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, or ask for a code by mail."),
        "rate_limited": _("Too many tries. Wait a few minutes."),
        "unverified_primary_email": _("Confirm your address first, with the link that we sent."),
    }

    def get_user_display(self, user: Any) -> str:
        return str(user.display_name)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": _("With my password"),
            "reauthenticate_by_code": _("With a code by mail"),
            "mfa_reauthenticate": _("With a code of my application"),
            "mfa_reauthenticate:webauthn": _("With my passkey"),
        }
        return [way | {"description": words[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail in the caller's transaction; its body holds secrets, so it is forgotten once sent."""
        words = {"user": None, "email": email, "code": "", "activate_url": ""} | context
        plain: Any = get_template(f"{template_prefix}_subject.txt")
        subject = plain.template.render(make_context(words, None, autoescape=False))
        queue_mail(
            kind=template_prefix.replace("/email/", ".").replace("/", "."),
            to=email,
            subject=subject,
            template=f"{template_prefix}_message",
            context=words,
            is_secret=True,
        )


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second step in our words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is wrong or too old. Copy the newest one."),
        "unverified_email": _("Confirm your address first: a key protects an account that has one."),
        "rate_limited": _("Too many tries. Wait a few minutes."),
    }

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 -- allauth's signature
        return str(_("My passkey"))
