"""What the room of people refuses, each with the sentence for the person who asked."""

from django.utils.translation import gettext_lazy as _

from rebond.core.refusals import RefusalError


class PeopleError(RefusalError):
    """Base of all refusals of this room."""

    message = _("This cannot be done.")


class PersonInvalid(PeopleError):  # noqa: N818 -- named by what happened
    message = _("This cannot be written so.")


class StatusRefused(PeopleError):  # noqa: N818 -- named by what happened
    message = _("This status cannot be given so.")


class ConsentRefused(PeopleError):  # noqa: N818 -- named by what happened
    message = _("This agreement cannot be written so.")


class NeedRefused(PeopleError):  # noqa: N818 -- named by what happened
    message = _("This cannot be noted so.")


class CorrectionRefused(PeopleError):  # noqa: N818 -- named by what happened
    message = _("This correction was answered already.")


class WrittenSince(PeopleError):  # noqa: N818 -- named by what happened
    message = _("Somebody wrote in this file meanwhile. Look at it again.")
