"""What the way in adds to the desk: its entry of the rail, and what the register says on an object's page."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.panels import ItemPanel, add_item_panel
from rebond.core.rail import RailEntry, add_rail_entry


def register_of_item(request: HttpRequest, item: Any) -> dict[str, Any] | None:
    """Its line, or what publishing waits for; nothing where the register is not kept, or for what was made before."""
    from rebond.intake.enums import DonorKind  # noqa: PLC0415 -- app registry
    from rebond.intake.queries.register import group_limit_of, register_of, said_of  # noqa: PLC0415 -- app registry

    access = request.access  # type: ignore[attr-defined]
    organisation = access.organisation
    if organisation.pk != item.seller_id or not organisation.is_register_kept:
        return None
    said, register = said_of(organisation, item.code), register_of(organisation)
    if said is None and (register is None or timezone.localdate(item.created_at) < register.opened_on):
        return None
    limit = group_limit_of(organisation)
    return {
        "said": said,
        "code": item.code.lower(),
        "limit": limit,
        "is_too_dear": said is not None and said.donor_kind == DonorKind.GROUPED and item.price_cents >= limit,
        "may_note": access.can("intake.register.change"),
    }


def register() -> None:
    """Called when the app is ready."""
    add_rail_entry(
        RailEntry(_("Workshop"), 10, _("Arrivals"), "inbox", "intake-desk:donation-list", "intake.donation.view")
    )
    add_item_panel(ItemPanel(20, "intake.register.view", "intake/desk/panel_register.html", register_of_item))
