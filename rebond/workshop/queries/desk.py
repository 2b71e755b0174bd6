"""What supervisors read: stations, people, who waits for them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from rebond.workshop.enums import RequestState
from rebond.workshop.models import Badge, Device, HelpCall, SignInRequest, Station, Worker

MOST_WAITING = 20


def stations_of(organisation: Any) -> Sequence[Station]:
    """Open stations with their site and how many tablets work there, by site."""
    rows: Any = Station.objects.open().filter(site__organisation=organisation).select_related("site")
    counted = rows.annotate(tablets=Count("devices", filter=Q(devices__revoked_at__isnull=True)))
    return list(counted.order_by("site__name", "position", "pk"))


def devices_at(station: Station) -> Sequence[Device]:
    """The working tablets of a station."""
    return list(Device.objects.working().filter(station=station).order_by("name", "pk"))


def workers_of(organisation: Any, *, words: str = "", is_present: bool = True) -> Any:
    """People of the workshop by first name, with their working badge (`badge_now`: a list of one or none)."""
    rows = Worker.objects.filter(organisation=organisation, ended_on__isnull=is_present).select_related("user")
    if words.strip():
        rows = rows.filter(Q(first_name__icontains=words.strip()) | Q(user__name__icontains=words.strip()))
    now = Badge.objects.filter(ended_on__isnull=True)
    return rows.prefetch_related(Prefetch("badges", queryset=now, to_attr="badge_now")).order_by("first_name", "pk")


def open_calls(organisation: Any) -> Sequence[HelpCall]:
    """People who asked for help, longest first."""
    rows = HelpCall.objects.filter(worker__organisation=organisation).select_related("worker", "device__station")
    return list(rows.order_by("at", "pk")[:MOST_WAITING])


def open_requests(organisation: Any) -> Sequence[SignInRequest]:
    """Sign-ins without a badge that nobody answered yet."""
    rows = SignInRequest.objects.filter(
        worker__organisation=organisation, state=RequestState.WAITING, expires_at__gt=timezone.now()
    )
    return list(rows.select_related("worker", "device__station").order_by("expires_at", "pk")[:MOST_WAITING])
