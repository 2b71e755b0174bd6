"""Who a device's cookie, a badge's session or an account stands for. Asked by every screen: compiled once."""

from typing import Any

from django.utils import timezone

from rebond.core.ids import hash_secret
from rebond.core.prepared import Prepared
from rebond.workshop.models import Device, Worker

_DEVICE: Prepared[Device] = Prepared(
    lambda secret: (
        Device.objects.working()
        .filter(secret_hash=secret)
        .select_related("station__site__kiosk_options", "organisation")
        .order_by()
    ),
    "(secret)",
)
_WORKER: Prepared[Worker] = Prepared(
    lambda pk: Worker.objects.present().filter(pk=pk).select_related("user", "organisation").order_by(), -1
)


def device_of_cookie(text: str) -> Device | None:
    """The working device whose secret the cookie holds, with its station and site; None for any other text."""
    found = _DEVICE.first(hash_secret(text))
    if found is None:
        return None
    site, today = found.station.site, timezone.localdate()
    if site.organisation_id == found.organisation_id:
        site.organisation = found.organisation
    if found.seen_on != today:
        Device.objects.filter(pk=found.pk).update(seen_on=today)
    return found


def worker_of_session(worker_id: Any, device: Device) -> Worker | None:
    """The person of a badge session: still here, of the device's organisation."""
    found = _WORKER.first(worker_id)
    if found is None or found.organisation_id != device.organisation_id or not found.user.is_active:
        return None
    return found


def worker_of_user(user: Any, organisation: Any) -> Worker | None:
    """The same for an account on a device of the person's own (a phone, a desk, home)."""
    rows = Worker.objects.present().filter(user=user, organisation=organisation)
    found: Worker | None = rows.select_related("user", "organisation").first()
    return found
