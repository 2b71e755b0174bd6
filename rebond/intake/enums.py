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
