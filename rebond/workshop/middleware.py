"""Who stands at the station: the enrolled device, the person whose badge was read, and what may be noted of them."""

import time
from collections.abc import Callable
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from rebond.core.web import redirect_whole
from rebond.journal.actions.record import day_only
from rebond.network.models import Organisation, Site
from rebond.workshop.enums import WITHOUT_HOURS
from rebond.workshop.models import CameraPair, Device, SiteOptions, Station, Worker
from rebond.workshop.queries.floor import device_of_cookie, worker_of_session, worker_of_user

COOKIE = "rebond_station"
SITE_COOKIE = "rebond_place"  # the site that a person with an account of their own chose on this device
SESSION_KEY = "kiosk"
STATION_PERMISSION = "workshop.step.do"
LONGEST = 12 * 3600  # seconds: a badge opens a day's work at most
SAFE = {"GET", "HEAD", "OPTIONS"}


class Floor:
    """`device` and `worker` of a request, lazy. On an enrolled device the badge decides, never the account.

    `worker` is None before the badge, after the idle time of the site, and for accounts that do not work here.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def device(self) -> Device | None:
        text = self._request.COOKIES.get(COOKIE, "")
        return device_of_cookie(text) if text else None

    @cached_property
    def options(self) -> SiteOptions:
        """The site's choices, or the defaults."""
        found: SiteOptions | None = getattr(self.site, "kiosk_options", None)  # none: the row is not there
        return found or SiteOptions()

    @cached_property
    def worker(self) -> Worker | None:
        if self.device is not None:
            return self._of_badge(self.device)
        if COOKIE in self._request.COOKIES:  # revoked: its badge sessions end with it
            return None
        return self._of_account()

    def _of_badge(self, device: Device) -> Worker | None:
        kept = self._request.session.get(SESSION_KEY)
        if not isinstance(kept, dict) or kept.get("device") != device.pk:
            return None
        now = int(time.time())
        is_idle = now - kept["seen"] > self.options.idle_minutes * 60
        if is_idle or now - kept["since"] > LONGEST:
            return None
        worker = worker_of_session(kept["worker"], device)
        if worker is not None and now - kept["seen"] >= 30:  # a write at most each half minute
            self._request.session[SESSION_KEY] = {**kept, "seen": now}
        return worker

    def _of_account(self) -> Worker | None:
        user = self._request.user
        if not user.is_authenticated:
            return None
        organisation = self._request.access.organisation  # type: ignore[attr-defined]
        return worker_of_user(user, organisation) if organisation is not None else None

    @property
    def station(self) -> Station | None:
        return self.device.station if self.device else None

    @cached_property
    def sites(self) -> list[Site]:
        """Where a person may work with an account of their own; a tablet stands at one site."""
        if self.device is not None or self.worker is None:
            return []
        return list(self.worker.organisation.sites.all())

    @cached_property
    def chosen_site(self) -> Site | None:
        """The one that the person chose on this device, or the only one."""
        if len(self.sites) == 1:
            return self.sites[0]
        kept = self._request.COOKIES.get(SITE_COOKIE, "")
        return next((site for site in self.sites if site.public_id == kept), None)

    @cached_property
    def site(self) -> Site | None:
        """Where the work is done; before a choice among several, the main one."""
        if self.device is not None:
            return self.device.station.site
        return self.chosen_site or next(iter(self.sites), None)

    @property
    def asks_site(self) -> bool:
        """Whether the person must say where they work."""
        return len(self.sites) > 1 and self.chosen_site is None

    @property
    def organisation(self) -> Organisation | None:
        return self.worker.organisation if self.worker else None


def sign_in_at_station(request: HttpRequest, worker: Worker, device: Device) -> None:
    """The badge was read: a fresh session of this device, with nothing of the person before."""
    request.session.flush()
    now = int(time.time())
    request.session[SESSION_KEY] = {"worker": worker.pk, "device": device.pk, "since": now, "seen": now}


def sign_out_of_station(request: HttpRequest) -> None:
    """Nothing of the person stays on the device, and no phone is its camera any more."""
    worker = request.floor.worker  # type: ignore[attr-defined]
    if worker is not None:
        CameraPair.objects.filter(worker=worker).delete()
    request.session.flush()


def station_door(request: HttpRequest, permission: str) -> HttpResponse | bool | None:
    """The way in of enrolled devices: their badge session opens the stations' pages and nothing else.

    An account without a Worker's row keeps the ordinary rule (its role's permission).
    """
    floor: Floor = request.floor  # type: ignore[attr-defined]
    if permission != STATION_PERMISSION or floor.device is None:
        return None
    if floor.worker is not None:
        return True
    return redirect_whole(request, reverse("workshop:kiosk"))


class FloorMiddleware:
    """Adds `request.floor`; what a companion does is recorded without hours, whichever room records it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        floor = Floor(request)
        request.floor = floor  # type: ignore[attr-defined]
        if request.method in SAFE or not self._has_somebody(request):
            return self.get_response(request)
        worker = floor.worker
        with day_only(is_on=worker is not None and worker.status in WITHOUT_HOURS):
            return self.get_response(request)

    @staticmethod
    def _has_somebody(request: HttpRequest) -> bool:
        return COOKIE in request.COOKIES or request.user.is_authenticated
