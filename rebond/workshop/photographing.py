"""The kind of step of this room's photo table; its screen is `web/views/photo.py`."""

from django.utils.translation import gettext_lazy as _

from rebond.workshop.actions.photograph import undo_photos
from rebond.workshop.data.chain import PHOTOGRAPH
from rebond.workshop.enums import StationKind
from rebond.workshop.kinds import StepKind, register_kind


def register() -> None:
    register_kind(
        StepKind(
            code=PHOTOGRAPH,
            label=_("Photos"),
            done=_("Photographed by %(name)s"),
            icon="camera",
            tint="peche",
            stations=frozenset({StationKind.PHOTO}),
            screen="workshop:photograph-shoot",
            start="workshop:photograph",
            order=30,
            rome=("E1201",),
            undo=undo_photos,
        )
    )
