"""Load what a request may see and change (house style, rules 14 to 16)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.html import format_html

from rebond.catalogue.errors import PublishRefused
from rebond.catalogue.models import Item
from rebond.catalogue.perms import NETWORK
from rebond.core.permissions import roles_of


def is_staff(request: HttpRequest, permission: str = "catalogue.item.view") -> bool:
    """Whether a role of the network, in the organisation acted for, holds `permission` on every seller's items."""
    return bool(request.access.roles & roles_of(permission) & NETWORK)  # type: ignore[attr-defined]


def holds(request: HttpRequest, item: Item, permission: str) -> bool:
    """Whether one of the user's roles at the item's own seller, or in the network, holds `permission`."""
    roles = roles_of(permission)
    network = roles & NETWORK
    memberships = request.access.memberships  # type: ignore[attr-defined]
    return any((m.organisation_id == item.seller_id and m.role in roles) or m.role in network for m in memberships)


def load_item(request: HttpRequest, code: str, permission: str = "catalogue.item.view") -> Item:
    """The item of this code; raise Http404 where it is invisible, PermissionDenied where it is only visible."""
    rows = Item.objects.visible_to(request.user).select_related("seller", "site", "category")
    found: Item = get_object_or_404(rows, code=code.upper())
    if not holds(request, found, permission):
        raise PermissionDenied
    return found


def list_scope(request: HttpRequest, permission: str = "catalogue.item.view") -> QuerySet[Item]:
    """What the list may do `permission` on: the current organisation's items, or all for the network's staff.

    A manager at the network's operator holds `change` as a manager only: never on other sellers' items.
    """
    rows: Any = Item.objects.visible_to(request.user)
    if not is_staff(request, permission):
        rows = rows.filter(seller=request.access.organisation)  # type: ignore[attr-defined]
    found: QuerySet[Item] = rows
    return found


def with_link(refused: PublishRefused) -> str:
    """Why it is not published, with the link to where what lacks is done."""
    if not refused.url:
        return str(refused)
    return format_html('{} <a href="{}">{}</a>', str(refused), refused.url, refused.action)
