"""What the after-sales station adds to the workshop: look at what came back, repair it; the words of its choices."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.shop.data.steps import CHECK, REPAIR
from rebond.shop.enums import Fate, Found
from rebond.workshop.enums import StationKind
from rebond.workshop.kinds import StepKind, register_kind

# value: (words, pictogram, tint, one more line)
FOUND = {
    Found.WHOLE: (_("The object, as it left"), "package-check", "menthe", _("I see nothing new.")),
    Found.DAMAGED: (_("The object, damaged"), "heart-crack", "rose", _("Broken, stained, or a part is missing.")),
    Found.OTHER: (_("Another thing"), "package-x", "lilas", _("It is not the object of the list.")),
    Found.NOTHING: (_("Nothing"), "package-open", "sable", _("The parcel is empty.")),
}
FATES = {
    Fate.RESTOCK: (_("Back on the shelf"), "warehouse", "menthe", _("Somebody else can buy it.")),
    Fate.REPAIR: (_("To repair"), "wrench", "peche", _("It can be mended.")),
    Fate.RECYCLE: (_("To recycle"), "recycle", "lilas", _("It is too damaged.")),
}


def register() -> None:
    """Called when the app is ready."""
    register_kind(
        StepKind(
            code=CHECK,
            label=pgettext_lazy("task", "Returns"),
            done=_("Looked at on its return by %(name)s"),
            icon="undo-2",
            tint="ciel",
            stations=frozenset({StationKind.AFTER_SALES}),
            screen="shop:kiosk-returns",
            start="shop:kiosk-returns",
            order=800,
            is_public=False,
            rome=("N1103",),
        )
    )
    register_kind(
        StepKind(
            code=REPAIR,
            label=pgettext_lazy("task", "Repair"),
            done=_("Repaired by %(name)s"),
            icon="wrench",
            tint="peche",
            stations=frozenset({StationKind.AFTER_SALES}),
            screen="shop:kiosk-repair",
            order=810,
            rome=("I1402", "I1401"),
        )
    )
