"""What the workshop adds to the desk: entries of the rail, people who wait for a supervisor."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebond.catalogue.panels import ItemPanel, add_item_panel
from rebond.core.desk import Waiting, add_waiting
from rebond.core.rail import RailEntry, add_rail_entry

WORKSHOP = gettext_lazy("Workshop")
RAIL = (
    (5, gettext_lazy("Chain"), "square-kanban", "board", "chain.view"),
    (30, gettext_lazy("Team"), "users", "worker-list", "worker.change"),
)


def waiting_people(request: HttpRequest) -> Iterable[Waiting]:
    """Who asked for help, and who waits at a tablet without a badge."""
    from rebond.workshop.queries.desk import open_calls, open_requests  # noqa: PLC0415 -- app registry

    organisation: Any = request.access.organisation  # type: ignore[attr-defined]
    for call in open_calls(organisation):
        yield Waiting(
            icon="hand",
            tint="peche",
            title=_("%(name)s asks for help") % {"name": call.worker.first_name},
            text=call.device.station.name if call.device else call.task_label or _("On a device of their own"),
            url=reverse("workshop-desk:call-list"),
            action=_("Answer"),
            urgent=True,
        )
    for asked in open_requests(organisation):
        yield Waiting(
            icon="id-card",
            tint="ciel",
            title=_("%(name)s has no badge today") % {"name": asked.worker.first_name},
            text=_("Waits at %(station)s. Do you see this person there?") % {"station": asked.device.station.name},
            url=reverse("workshop-desk:call-list"),
            action=_("Look and confirm"),
            urgent=True,
        )


def way_of_item(request: HttpRequest, item: Any) -> dict[str, Any] | None:
    """The link to an object's file, for those of its seller."""
    organisation: Any = request.access.organisation  # type: ignore[attr-defined]
    return {"code": item.code.lower()} if organisation is not None and organisation.pk == item.seller_id else None


def register() -> None:
    """Called when the app is ready."""
    add_item_panel(ItemPanel(20, "workshop.chain.view", "workshop/desk/panel_item.html", way_of_item))
    for order, label, icon, name, permission in RAIL:
        add_rail_entry(RailEntry(WORKSHOP, order, label, icon, f"workshop-desk:{name}", f"workshop.{permission}"))
    add_waiting(10, "workshop.task.change", waiting_people)
