"""Who runs this site, for the legal notice."""

from typing import Any

from rebond.network.enums import OrganisationKind
from rebond.network.models import Organisation, Site
from rebond.shop.queries.item_page import trader_file


def operator_facts() -> dict[str, Any] | None:
    """Name and public facts of the network's operator; None where none is recorded."""
    found = Organisation.objects.filter(kind=OrganisationKind.OPERATOR).order_by("pk").first()
    if found is None:
        return None
    sites = list(Site.objects.filter(organisation=found).order_by("-is_main", "pk")[:1])
    kept = frozenset({"register", "address", "telephone", "email"})
    return {"name": found.legal_name or found.name, "facts": trader_file(found, sites, only=kept)}
