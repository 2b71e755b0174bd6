"""What the catalogue's actions refuse, each with the sentence for the person who asked."""

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext


class CatalogueError(Exception):
    """Base of all refusals. `str()` is a sentence in the reader's language."""

    message: Promise | str = gettext_lazy("This cannot be done.")

    def __str__(self) -> str:
        return str(self.message)


class ItemChangedMeanwhile(CatalogueError):  # noqa: N818 -- named by what happened
    """Somebody else saved the item since it was read: `by` is their name, `fields` what they changed."""

    def __init__(self, *, by: str, fields: Sequence[str], current: Any) -> None:
        super().__init__(by, list(fields))
        self.by, self.fields, self.current = by, list(fields), current

    def __str__(self) -> str:
        return _("%(name)s changed this item meanwhile. Nothing was saved yet: compare, then save again.") % {
            "name": self.by or _("Somebody")
        }


class ItemStateForbids(CatalogueError):  # noqa: N818 -- named by what happened
    def __init__(self, verb: str, state: str) -> None:
        super().__init__(verb, state)
        self.verb, self.state = verb, state

    def __str__(self) -> str:
        return _("The item’s state does not allow this any more. The page shows it as it is now.")


class SellerNotSelling(CatalogueError):  # noqa: N818 -- named by what happened
    message = gettext_lazy("Only admitted organisations sell. This one is not admitted, or no longer.")


class ItemIncomplete(CatalogueError):  # noqa: N818 -- named by what happened
    """`missing` are (field or attribute key, label) pairs."""

    def __init__(self, missing: Sequence[tuple[str, str]]) -> None:
        super().__init__(list(missing))
        self.missing = list(missing)

    def __str__(self) -> str:
        labels = ", ".join(str(label) for _key, label in self.missing)
        text = ngettext(
            "One thing is missing before it can go online: %(labels)s.",
            "Some things are missing before it can go online: %(labels)s.",
            len(self.missing),
        )
        return text % {"labels": labels}


class ItemUnsafe(CatalogueError):  # noqa: N818 -- named by what happened
    """`rules` are the keys of the safety rules that hold the item back (rules.md F6)."""

    def __init__(self, findings: Sequence[Any]) -> None:
        super().__init__([rule.key for rule in findings])
        self.findings = list(findings)
        self.rules = [rule.key for rule in findings]

    def __str__(self) -> str:
        return " ".join(str(rule.message) for rule in self.findings)


class ItemHeld(CatalogueError):  # noqa: N818 -- named by what happened
    """A moderators' decision keeps the item off sale (DSA art. 17): `statement` are its reasons."""

    def __init__(self, statement: str) -> None:
        super().__init__(statement)
        self.statement = statement

    def __str__(self) -> str:
        return _("The moderators withdrew this item: it may not be sold until their decision changes. %(reasons)s") % {
            "reasons": self.statement
        }


class PublishRefused(CatalogueError):  # noqa: N818 -- named by what happened
    """A room above waits for something (publishing.py): a sentence, and the page where it is done ("" for none)."""

    def __init__(self, message: Promise | str, *, url: str = "", action: Promise | str = "") -> None:
        super().__init__(str(message))
        self.message, self.url, self.action = message, url, action


class HoldChangedMeanwhile(CatalogueError):  # noqa: N818 -- named by what happened
    message = gettext_lazy("This decision changed meanwhile. The page shows it as it is now.")


class HoldTooOld(CatalogueError):  # noqa: N818 -- named by what happened
    message = gettext_lazy("The six months to contest this decision are over.")


class RecallEnded(CatalogueError):  # noqa: N818 -- named by what happened
    message = gettext_lazy("This entry is ended: it stops nothing any more. Add a new one.")


class PriceInvalid(CatalogueError):  # noqa: N818 -- named by what happened
    message = gettext_lazy("The price must be between 0.01 and 1,000,000 euros.")


class NotEnoughLeft(CatalogueError):  # noqa: N818 -- named by what happened
    message = gettext_lazy("This item is no longer available in this quantity.")


class FieldInvalid(CatalogueError):  # noqa: N818 -- named by what happened
    """A value that the item cannot hold: `field` and a sentence."""

    def __init__(self, field: str, message: Promise | str) -> None:
        super().__init__(field, str(message))
        self.field, self.message = field, message


class HostingStateForbids(CatalogueError):  # noqa: N818 -- named by what happened
    message = gettext_lazy(
        "This is no longer possible: the agreement changed meanwhile. The page shows it as it is now."
    )


class CategoryInvalid(CatalogueError):  # noqa: N818 -- named by what happened
    def __init__(self, message: Promise | str) -> None:
        super().__init__(str(message))
        self.message = message


class CategoryChangedMeanwhile(CatalogueError):  # noqa: N818 -- named by what happened
    message = gettext_lazy("Somebody changed this category meanwhile. The page shows it as it is now.")


class TooManyPhotos(CatalogueError):  # noqa: N818 -- named by what happened
    code = "too_many_photos"

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit

    def __str__(self) -> str:
        text = _("This item already has %(limit)s photos, the most it can have. Remove one first.")
        return text % {"limit": self.limit}


class PhotoAlreadyThere(CatalogueError):  # noqa: N818 -- named by what happened
    code = "already_there"
    message = gettext_lazy("This item already has this very photo.")
