"""The hour by which a parcel has to be ready, by site and carrier."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from rebond.network.models import Site
from rebond.warehouse.models import CarrierAccount, CutOff, Parcel

NAMES = 500  # the last parcels, for the names of carriers that they bear


def cut_off_for(site: Site, carrier: str) -> CutOff:
    """The carrier's own at this site, else that of all the others, else the usual one (not saved): one query."""
    named = Q(carrier="") | Q(carrier__iexact=carrier) if carrier else Q(carrier="")
    rows = sorted(CutOff.objects.filter(named, site=site), key=lambda one: not one.carrier)
    return rows[0] if rows else CutOff(site=site, organisation_id=site.organisation_id)


def cut_offs_of(organisation: Any) -> Sequence[CutOff]:
    """All of the organisation's sites, by site and carrier."""
    rows = CutOff.objects.filter(organisation=organisation).select_related("site")
    return list(rows.order_by("site__name", "carrier"))


def carriers_known(organisation: Any) -> list[str]:
    """Names of carriers as parcels bear them: of accounts, and of the last parcels."""
    accounts = CarrierAccount.objects.filter(organisation=organisation, is_active=True)
    last = Parcel.objects.filter(organisation=organisation).order_by("-leave_by", "-pk")
    seen = set(last.values_list("carrier", flat=True)[:NAMES])
    return sorted({name for name in {str(one) for one in accounts} | seen if name})
