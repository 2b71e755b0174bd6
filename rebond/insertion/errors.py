"""What the room of insertion refuses, each with the sentence for the person who asked."""

from django.utils.translation import gettext_lazy as _

from rebond.core.refusals import RefusalError


class InsertionError(RefusalError):
    """Base of all refusals of this room."""

    message = _("This cannot be done.")


class PassRefused(InsertionError):  # noqa: N818 -- named by what happened
    message = _("The PASS cannot be written so.")


class SuspensionRefused(InsertionError):  # noqa: N818 -- named by what happened
    message = _("The PASS cannot be suspended so.")


class ProlongationRefused(InsertionError):  # noqa: N818 -- named by what happened
    message = _("The PASS cannot be prolonged so.")


class ReasonRefused(InsertionError):  # noqa: N818 -- named by what happened
    message = _("This reason cannot be written so.")


class ExitRefused(InsertionError):  # noqa: N818 -- named by what happened
    message = _("This exit cannot be written so.")


class ContractRefused(InsertionError):  # noqa: N818 -- named by what happened
    message = _("The contract cannot be written so.")


class NewsRefused(InsertionError):  # noqa: N818 -- named by what happened
    message = _("This cannot be noted so.")
