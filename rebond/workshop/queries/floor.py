"""Who a device's cookie, a badge's session or an account stands for."""

from typing import Any

from django.utils import timezone

from rebond.core.ids import hash_secret
from rebond.workshop.models import Device, Worker


def device_of_cookie(text: str) -> Device | None:
    """The working device whose secret the cookie holds, with its station and site; None for any other text."""
    rows = Device.objects.working().filter(secret_hash=hash_secret(text))
    found: Device | None = rows.select_related("station__site__kiosk_options", "organisation").first()
    today = timezone.localdate()
    if found is not None and found.seen_on != today:
        Device.objects.filter(pk=found.pk).update(seen_on=today)
    return found


def worker_of_session(worker_id: Any, device: Device) -> Worker | None:
    """The person of a badge session: still here, of the device's organisation."""
    rows = Worker.objects.present().filter(pk=worker_id, organisation_id=device.organisation_id, user__is_active=True)
    found: Worker | None = rows.select_related("user", "organisation").first()
    return found


def worker_of_user(user: Any, organisation: Any) -> Worker | None:
    """The same for an account on a device of the person's own (a phone, a desk, home)."""
    rows = Worker.objects.present().filter(user=user, organisation=organisation)
    found: Worker | None = rows.select_related("user", "organisation").first()
    return found
