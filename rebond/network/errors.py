"""Why an action of the network refuses: each says it in a sentence for the person at the desk."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class NetworkError(Exception):
    """`text` is the sentence; `params` fill its placeholders; `field` is the form's field it speaks of."""

    text: str | Promise = _("This cannot be done.")
    field: str | None = None

    def __init__(self, text: str | Promise | None = None, *, field: str | None = None, **params: Any) -> None:
        self.params = params
        if text is not None:
            self.text = text
        if field is not None:
            self.field = field
        super().__init__(str(self.text))

    def __str__(self) -> str:
        return str(self.text) % self.params if self.params else str(self.text)


class WrongStateError(NetworkError):
    text = _("This is no longer possible: the state has changed meanwhile. Look at the page again.")


class StaleError(NetworkError):
    text = _("Somebody changed this while you were writing. Nothing was lost: check below, then save again.")


class OverlapError(NetworkError):
    text = _("These dates overlap another period, from %(start)s to %(end)s. End the other one first.")


class DatesError(NetworkError):
    text = _("The end comes before the start.")


class RoleNotAllowedError(NetworkError):
    text = _("This role does not exist in this kind of organisation.")
    field = "role"


class AlreadyMemberError(NetworkError):
    text = _("This person already has this role here.")
    field = "email"


class LastManagerError(NetworkError):
    text = _("This is the last manager. Name another one first.")


class InvitationClosedError(NetworkError):
    text = _("This invitation can no longer be used. Ask for a new one.")


class WrongRecipientError(NetworkError):
    text = _("This invitation is for another e-mail address. Sign in with that one.")


class SiteInUseError(NetworkError):
    text = _("Objects or stations are still at this place. Move them first.")


class TooEarlyError(NetworkError):
    text = _("Too early: %(earliest)s at the earliest.")


class NotAllowedError(NetworkError):
    text = _("You cannot do this here.")
