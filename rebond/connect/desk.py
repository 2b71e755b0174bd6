"""What imports add to the desk: an entry of the rail, and imports that wait for their owner."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rebond.core.desk import Action, Waiting, add_action, add_waiting
from rebond.core.rail import RailEntry, add_rail_entry


def stopped_imports(request: HttpRequest) -> Iterable[Waiting]:
    """Imports that stopped, are paused, were not read, or were tried and never run."""
    from rebond.connect.enums import ImportState  # noqa: PLC0415 -- app registry
    from rebond.connect.models import ImportRun  # noqa: PLC0415 -- app registry

    organisation = request.access.organisation  # type: ignore[attr-defined]
    states = [ImportState.PAUSED, ImportState.FAILED, ImportState.TRIED, ImportState.UNREAD]
    for run in ImportRun.objects.filter(seller=organisation, state__in=states)[:3]:
        yield Waiting(
            icon="file-spreadsheet",
            tint="ciel",
            title=run.name,
            text=str(run.get_state_display()),
            url=reverse("connect:import-detail", args=[run.public_id]),
            action=_("Go on"),
        )


def register() -> None:
    add_rail_entry(
        RailEntry(
            gettext_lazy("Sale"), 40, gettext_lazy("Import"), "upload", "connect:import-list", "connect.import.run"
        )
    )
    add_action(Action(10, "connect.import.run", "upload", pgettext_lazy("button", "Import"), "connect:import-list"))
    add_waiting(300, "connect.import.run", stopped_imports)
