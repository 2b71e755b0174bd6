"""Load what the request may act on (rule 15): invisible is 404."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from rebond.core.permissions import roles_of
from rebond.network.enums import NETWORK_ROLES
from rebond.network.models import Organisation


def is_staff(request: HttpRequest, permission: str) -> bool:
    """Whether a role of the network, in the organisation acted for, holds `permission` on everybody's data."""
    access = request.access  # type: ignore[attr-defined]
    return bool(access.roles & roles_of(permission) & NETWORK_ROLES)


def load_organisation(request: HttpRequest, public_id: str, permission: str) -> Organisation:
    """The organisation of an address: any for the network's staff, else only the one acted for.

    Rights are those of the current organisation: a manager of A who reads at B must switch to B, where
    these rights are not theirs. Raise Http404.
    """
    rows = Organisation.objects.visible_to(request.user)
    found: Organisation = get_object_or_404(rows, public_id=public_id)
    current = request.access.organisation  # type: ignore[attr-defined]
    if found.pk != getattr(current, "pk", None) and not is_staff(request, permission):
        raise Http404
    return found
