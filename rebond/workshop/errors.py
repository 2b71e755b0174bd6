"""What the workshop's actions refuse, each with the sentence for the person who asked (12 words at most)."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class WorkshopError(Exception):
    """Base of all refusals. `str()` is a sentence in the reader's language."""

    message: Promise | str = _("This cannot be done.")

    def __str__(self) -> str:
        return str(self.message)


class BadgeUnknown(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This badge is not known here. Ask for help.")


class BadgeEnded(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This badge no longer works. Ask for a new one.")


class PinWrong(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This is not the right code. Try again.")


class TooManyTries(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("Too many tries. Wait five minutes or ask for help.")


class DeviceUnknown(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This device is not known here. Ask your supervisor.")


class EnrolmentClosed(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This code was already used or is too old. Ask for another.")


class RequestClosed(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This request is over. Ask again.")


class TaskTaken(WorkshopError):  # noqa: N818 -- named by what happened
    """Somebody else has it: `name` is their first name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return str(_("%(name)s is doing it already.")) % {"name": self.name or _("Somebody")}


class TaskStateForbids(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This task is over. Choose another one.")


class NotForThem(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This work is not for this person. Choose another one.")


class NotUndoable(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("It is too late to undo this. Ask for help.")


class NowhereToGo(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("The workshop has nothing to do on this object.")


class NotYourReview(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("A colleague reads this one. Choose another task.")


class ListingIncomplete(WorkshopError):  # noqa: N818 -- named by what happened
    """`missing` are (field or attribute key, label) pairs, as ItemIncomplete's."""

    message = _("Something is missing. Answer it, then send.")

    def __init__(self, missing: Sequence[tuple[str, str]]) -> None:
        super().__init__(list(missing))
        self.missing = list(missing)


class ObjectGone(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This object is on sale, sold or gone.")


class NotALabel(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This is not an object’s label. Scan the label of the object.")


class BookBarcode(NotALabel):
    message = _("This is the maker’s barcode. Scan our label on the object.")


class PlaceScanned(NotALabel):
    """A place or a box: `label` is what people read on it."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label

    def __str__(self) -> str:
        return str(_("This is %(label)s. Scan an object.")) % {"label": self.label[:40]}


class OrderScanned(PlaceScanned):
    """An order: `label` is its number."""

    def __str__(self) -> str:
        return str(_("This is order %(label)s. Scan an object.")) % {"label": self.label}


class BadgeScanned(NotALabel):
    message = _("This is a badge. Scan a label.")


class CodeUnknown(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("Nothing has this code. Ask for a new label.")


class OfSomebodyElse(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This object belongs to another organisation. Put it aside, call for help.")


class SoldAlready(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This object is sold or withdrawn. Put it aside.")


class AlreadyPhotographed(WorkshopError):  # noqa: N818 -- named by what happened
    """`count` pictures are there."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count

    def __str__(self) -> str:
        text = ngettext(
            "This object has %(count)s photo already.", "This object has %(count)s photos already.", self.count
        )
        return text % {"count": self.count}


class NotAtASite(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This object is at no site. Call for help.")


class NoPicture(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("Take one picture first.")


class FieldInvalid(WorkshopError):  # noqa: N818 -- named by what happened
    """`field` says where; the message says what to write."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(field, message)
        self.field, self.message = field, message


class ActUnreadable(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This cannot be read. Call for help.")


class ProofUnknown(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("It is not known who did this. Call for help.")


class ProofTooOld(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("It waited more than three days. Do it again.")


class KeptElsewhere(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("It was kept by another device. Send it from there.")


class DeviceBlocked(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This tablet is blocked. Call for help.")


class PersonGone(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This person no longer works here. Call for help.")


class ActConflict(WorkshopError):  # noqa: N818 -- named by what happened
    """Something changed meanwhile; the message says what, who and when, and what may be done."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class CameraClosed(WorkshopError):  # noqa: N818 -- named by what happened
    message = _("This code is no longer good. Show a new one on the screen.")
