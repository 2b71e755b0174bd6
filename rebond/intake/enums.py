"""Where things come from, where they go. French official terms: docs/glossary.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Source(models.TextChoices):
    """Origins that eco-organisations ask for (rules.md E2, "tonnes collected by origin")."""

    DROP_OFF = "drop_off", _("Brought to us")
    HOME = "home", _("Collected at a home")
    WASTE_SITE = "waste_site", _("Waste site, reuse zone")
    RETAILER = "retailer", _("Taken back by a shop")
    UNSOLD = "unsold", _("Unsold goods")
    STRUCTURE = "structure", _("From another workshop")


SOURCE_ICONS = {
    Source.DROP_OFF: ("door-open", "ciel"),
    Source.HOME: ("truck", "peche"),
    Source.WASTE_SITE: ("recycle", "menthe"),
    Source.RETAILER: ("store", "lilas"),
    Source.UNSOLD: ("package", "sable"),
    Source.STRUCTURE: ("users", "rose"),
}


# What is asked of each origin beside its weight (rules.md E2: origin, geography, slips): fields of Donation.
SOURCE_FACTS: dict[str, tuple[str, ...]] = {
    Source.DROP_OFF: ("postcode",),
    Source.HOME: ("postcode",),
    Source.WASTE_SITE: ("place", "slip"),
    Source.RETAILER: ("place", "slip"),
    Source.UNSOLD: ("place", "slip"),
    Source.STRUCTURE: ("place", "slip"),
}


# Those that the dock asks at once; the postcode of who comes to the door is said at the desk, if at all.
ASKED_AT_DOCK: dict[str, tuple[str, ...]] = {
    source: facts for source, facts in SOURCE_FACTS.items() if source != Source.DROP_OFF
}


class Outcome(models.TextChoices):
    """Where a thing goes from the sorting table."""

    ONLINE = "online", _("Online")
    SHOP = "shop", pgettext_lazy("outcome", "In the shop")
    REPAIR = "repair", _("To repair")
    GIVE = "give", _("To give")
    DISMANTLE = "dismantle", _("To take apart")
    RECYCLE = "recycle", _("To recycle")
    WASTE = "waste", _("To the bin")
    REFUSED = "refused", _("Not for us")


OUTCOME_ICONS = {
    Outcome.ONLINE: ("globe", "ciel"),
    Outcome.SHOP: ("store", "peche"),
    Outcome.REPAIR: ("wrench", "rose"),
    Outcome.GIVE: ("heart-handshake", "menthe"),
    Outcome.DISMANTLE: ("puzzle", "sable"),
    Outcome.RECYCLE: ("recycle", "lilas"),
    Outcome.WASTE: ("trash-2", "sable"),
    Outcome.REFUSED: ("undo-2", "rose"),
}
# A thing that the safety rules stop may still leave by these ways (rules.md F6).
SAFE_OUTCOMES = frozenset({Outcome.DISMANTLE, Outcome.RECYCLE, Outcome.WASTE, Outcome.REFUSED})


class ExitKind(models.TextChoices):
    """What left without the sorting table: weighed at the door, noted at the desk (rules.md E1)."""

    SOLD = "sold", pgettext_lazy("exit", "Sold in the shop")
    GIVEN = "given", pgettext_lazy("exit", "Given")
    RECYCLED = "recycled", pgettext_lazy("exit", "Handed to a recycler")
    WASTE = "waste", pgettext_lazy("exit", "Taken to the waste site")


class DonorKind(models.TextChoices):
    """Who brought it, as the register of objects asks (rules.md F6)."""

    PERSON = "person", _("A person")
    COMPANY = "company", _("A company or an association")
    GROUPED = "grouped", _("Small things, together")
    ABANDONED = "abandoned", _("Nobody: it was left")


DONOR_ICONS = {
    DonorKind.PERSON: ("id-card", "ciel"),
    DonorKind.COMPANY: ("building-2", "peche"),
    DonorKind.GROUPED: ("shapes", "menthe"),
    DonorKind.ABANDONED: ("circle-question-mark", "sable"),
}


class DocumentKind(models.TextChoices):
    """The document that a person shows; its number is noted, never its copy."""

    IDENTITY_CARD = "id_card", _("Identity card")
    PASSPORT = "passport", _("Passport")
    RESIDENCE = "residence", _("Residence permit")
    LICENCE = "licence", _("Driving licence")
    OTHER = "other", pgettext_lazy("document", "Another one")


class Abandoned(models.TextChoices):
    """Why nobody can be named."""

    DOOR = "door", _("Left at our door")
    BOX = "box", _("In a collection box")
    WASTE_SITE = "waste_site", _("In the zone of the waste site")
    GONE = "gone", _("The person left too early")


class EntryKind(models.TextChoices):
    """Lines of the register. Each restates what it says: an older line is never changed."""

    OPENED = "opened", _("The register opens")
    CLOSED = "closed", _("The register closes")
    LOT = "lot", _("Lot received")
    OBJECT = "object", pgettext_lazy("register", "Object")
    PRECISION = "precision", _("Precision")
    CORRECTION = "correction", _("Correction")
    CANCELLED = "cancelled", _("Line cancelled")
    ERASED = "erased", _("Identities deleted")
