"""Account events told by allauth, written in the journal: a person can be told what happened to their account."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.dispatch import receiver

from rebond.journal.actions.record import record


@receiver(account.user_signed_up, dispatch_uid="accounts.signed_up")
def note_sign_up(*, user: Any, **kwargs: Any) -> None:
    record("accounts.user.signed_up", subject=user, by=user)


@receiver(account.password_changed, dispatch_uid="accounts.password_changed")
@receiver(account.password_set, dispatch_uid="accounts.password_set")
def note_password_change(*, user: Any, **kwargs: Any) -> None:
    record("accounts.password.changed", subject=user, by=user)


@receiver(account.password_reset, dispatch_uid="accounts.password_reset")
def note_password_reset(*, user: Any, **kwargs: Any) -> None:
    record("accounts.password.reset", subject=user, by=user)


@receiver(account.email_changed, dispatch_uid="accounts.email_changed")
def note_email_change(*, user: Any, **kwargs: Any) -> None:
    record("accounts.email.changed", subject=user, by=user)


@receiver(mfa.authenticator_added, dispatch_uid="accounts.key_added")
def note_key_added(*, user: Any, authenticator: Any, **kwargs: Any) -> None:
    record("accounts.key.added", subject=user, by=user, type=authenticator.type)


@receiver(mfa.authenticator_removed, dispatch_uid="accounts.key_removed")
def note_key_removed(*, user: Any, authenticator: Any, **kwargs: Any) -> None:
    record("accounts.key.removed", subject=user, by=user, type=authenticator.type)


@receiver(mfa.authenticator_reset, dispatch_uid="accounts.key_reset")
def note_codes_renewed(*, user: Any, **kwargs: Any) -> None:
    record("accounts.codes.renewed", subject=user, by=user)
