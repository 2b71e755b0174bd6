"""Whose tasks a station reaches: its site's, and where photos and answers are enough, those of others.

Remote writers (another site, home) see the listings of their own organisation, or of those whose signed agreement
has theirs do it; nothing else of them.
"""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from rebond.core.prepared import Prepared
from rebond.network.queries.agreements import entrusting
from rebond.workshop.enums import StationReach
from rebond.workshop.kinds import StepKind
from rebond.workshop.models import Station, Task


def _entrusted(organisation_id: int, kinds: Iterable[StepKind]) -> Q:
    """Tasks of other organisations, of the kinds that their agreement gives to this one; nothing without."""
    today, found = timezone.localdate(), Q(pk__in=[])
    for kind in kinds:
        if kind.remote and (keys := entrusting(organisation_id, kind.remote, today)):
            found |= Q(kind=kind.code, organisation_id__in=keys)
    return found


def may_open(organisation_id: int, station: Station | None) -> Q:
    """Tasks that a person of this organisation may open here, by address: their own organisation's, or entrusted."""
    own = Q(organisation_id=organisation_id)
    if station is None or station.reach != StationReach.NETWORK:
        return own
    return own | _entrusted(organisation_id, station.step_kinds)


_TASK: Prepared[Task] = Prepared(
    lambda public_id: Task.objects.filter(public_id=public_id).select_related("site", "worker", "partner").order_by(),
    "(task)",
)


def task_to_open(public_id: str, *, organisation_id: int, station: Station | None) -> Task | None:
    """The task of this public id, where `may_open` lets a person of this organisation open it here."""
    found = _TASK.first(public_id)
    if found is None or found.organisation_id == organisation_id:
        return found
    return found if Task.objects.filter(may_open(organisation_id, station), pk=found.pk).exists() else None


def waits_here(site: object, kinds: Iterable[StepKind], station: Station | None) -> Q:
    """Tasks of these kinds that are in the queue of a station; `site` is where it stands."""
    kinds = list(kinds)
    here = Q(site=site, kind__in=[kind.code for kind in kinds])
    if station is None or station.reach == StationReach.SITE:
        return here
    organisation_id = station.site.organisation_id
    remote = [kind for kind in kinds if kind.remote]
    here |= Q(organisation_id=organisation_id, kind__in=[kind.code for kind in remote])
    if station.reach == StationReach.NETWORK:
        here |= _entrusted(organisation_id, remote)
    return here
