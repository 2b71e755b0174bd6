"""What a person changes on their own account, and how all their sessions end."""

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import get_language

from rebond.accounts.models import User
from rebond.journal.actions.record import record


@transaction.atomic
def change_profile(*, user: User, name: str, language: str, by: Any) -> User:
    """Set the name shown to colleagues and the language of mails. Raise ValueError for an unknown language."""
    if language not in dict(settings.LANGUAGES):
        raise ValueError(language)
    name = " ".join(name.split())
    if (user.name, user.language) == (name, language):
        return user
    user.name, user.language = name, language
    user.save(update_fields=["name", "language"])
    record("accounts.profile.changed", subject=user, by=by)
    return user


@transaction.atomic
def end_all_sessions(*, user: User, by: Any) -> User:
    """Sign the user out on every device at once, whatever the session store: their sessions' seal changes."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    record("accounts.sessions.ended", subject=user, by=by)
    return user


@transaction.atomic
def create_user(
    *, email: str, password: str | None = None, name: str = "", is_verified: bool = False, by: Any = None
) -> User:
    """A user with their e-mail address, written to in the language of the moment.

    `is_verified` where the address was proved otherwise (an invitation).
    Raise IntegrityError where the address is taken.
    """
    user = User.objects.create_user(email, password, name=name, language=get_language() or "fr")
    EmailAddress.objects.create(user=user, email=user.email, verified=is_verified, primary=True)
    record("accounts.user.created", subject=user, by=by)
    return user
