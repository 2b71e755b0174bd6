"""When carriers come, said at the desk: parcels that have not left follow."""

from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.journal.actions.record import record
from rebond.network.models import Site
from rebond.warehouse.errors import FieldInvalid
from rebond.warehouse.models import CutOff, Parcel
from rebond.warehouse.models.cut_off import AT

LONGEST_MIN = 720


@transaction.atomic
def set_cut_off(*, site: Site, carrier: str, at: time, before_min: int, by: Any, now: datetime | None = None) -> CutOff:
    """The carrier ("": all the others) comes to the site at this hour; said again, it replaces what was said.

    Open parcels that leave later than now with it leave on the same day at this hour. Raise FieldInvalid.
    """
    if not 0 <= before_min <= LONGEST_MIN:
        raise FieldInvalid("before_min", _("From 0 to 720 minutes."))
    name = " ".join(carrier.split())[:60]
    known = CutOff.objects.filter(site=site, carrier__iexact=name).first()
    facts = {"at": at, "before_min": before_min}
    cut_off, _is_new = CutOff.objects.update_or_create(
        site=site, carrier=known.carrier if known else name, defaults=facts | {"organisation_id": site.organisation_id}
    )
    _follow(cut_off, at, now)
    said = {"carrier": cut_off.carrier, "at": f"{at:%H:%M}", "site": site.name}
    record("warehouse.cut_off.set", subject=cut_off, by=by, organisation=site.organisation, **said)
    found: CutOff = cut_off
    return found


@transaction.atomic
def remove_cut_off(*, cut_off: CutOff, by: Any, now: datetime | None = None) -> None:
    """Its parcels follow the hour of all the others again, or the usual one. Twice is once."""
    fresh = CutOff.objects.filter(pk=cut_off.pk).select_related("site__organisation").first()
    if fresh is None:
        return
    others = CutOff.objects.filter(site=fresh.site, carrier="").exclude(pk=fresh.pk).first()
    _follow(fresh, others.at if others is not None else AT, now)
    said = {"carrier": fresh.carrier, "at": f"{fresh.at:%H:%M}", "site": fresh.site.name}
    record("warehouse.cut_off.removed", subject=fresh, by=by, organisation=fresh.site.organisation, **said)
    fresh.delete()


def _follow(cut_off: CutOff, at: time, now: datetime | None) -> None:
    """Open parcels of this site and carrier, day by day; what should have left already keeps its hour."""
    rows = Parcel.objects.open().filter(site=cut_off.site_id, leave_by__gt=now or timezone.now())
    if cut_off.carrier:
        rows = rows.filter(carrier__iexact=cut_off.carrier)
    else:
        named = CutOff.objects.filter(site=cut_off.site_id).exclude(carrier="").values_list("carrier", flat=True)
        own = Q(pk__in=[])
        for carrier in named:
            own |= Q(carrier__iexact=carrier)
        rows = rows.exclude(own)
    for leave_by in sorted(set(rows.order_by().values_list("leave_by", flat=True))):
        there = timezone.localtime(leave_by)
        moved = timezone.make_aware(datetime.combine(there.date(), at))
        if moved != leave_by:
            rows.filter(leave_by=leave_by).update(leave_by=moved)
