"""What this site knows of badges that it signed itself."""

from collections.abc import Mapping
from typing import Any

from rebond.skills.addresses import award_address, issuer_address
from rebond.skills.models import Award, IssuerKey


def own_key(issuer: str, method: str) -> str | None:
    """The Multikey at the address `method` of an organisation of ours; "" for one that it never had.

    None where `issuer` is nobody of ours.
    """
    multikey = method.rpartition("#")[2]
    key = IssuerKey.objects.select_related("organisation").filter(multikey=multikey).first()
    if key is not None and issuer_address(key.organisation) == issuer and method == f"{issuer}#{multikey}":
        return key.multikey
    last = issuer.rstrip("/").rpartition("/")[2]
    known = IssuerKey.objects.select_related("organisation").filter(organisation__public_id=last).first()
    return "" if known is not None and issuer_address(known.organisation) == issuer else None


def own_award(document: dict[str, Any]) -> Award | None:
    """The award whose credential this is, by its address and its number in the list."""
    token = str(document.get("id", "")).rstrip("/").rpartition("/")[2]
    award = Award.objects.select_related("status_list").filter(token=token).first()
    entry = document.get("credentialStatus")
    if award is None or award_address(award.token) != document.get("id") or not isinstance(entry, dict):
        return None
    return award if entry.get("statusListIndex") == str(award.status_index) else None


def is_given(parameters: Mapping[str, Any]) -> bool:
    """Whether an address (its parameters) is that of a badge, shown or hidden: no guess then."""
    return Award.objects.filter(token=parameters["token"]).exists()
