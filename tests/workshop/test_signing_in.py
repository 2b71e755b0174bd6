"""Devices, badges, and what a badge session opens."""

import datetime

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.utils import timezone

from rebond.workshop.actions import sign_in, station, worker
from rebond.workshop.errors import BadgeEnded, BadgeUnknown, EnrolmentClosed, FieldInvalid, PinWrong, RequestClosed
from rebond.workshop.middleware import COOKIE, SESSION_KEY, Floor, sign_in_at_station, station_door
from rebond.workshop.models import Badge, Device, SecurityEvent
from tests.factories.workshop import DeviceFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
NOW = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=datetime.UTC)


def test_a_device_is_enrolled_once_within_ten_minutes(station, owner):
    from rebond.workshop.actions.station import enrol_device, start_enrolment

    invitation = start_enrolment(station=station, name="Tablette bleue", by=owner, now=NOW)
    made, secret = enrol_device(code=invitation.code, now=NOW)
    assert made.secret_hash != secret
    assert Device.objects.working().get() == made
    with pytest.raises(EnrolmentClosed):
        enrol_device(code=invitation.code, now=NOW)
    late = start_enrolment(station=station, name="Autre", by=owner, now=NOW)
    with pytest.raises(EnrolmentClosed):
        enrol_device(code=late.code, now=NOW + datetime.timedelta(minutes=10))
    with pytest.raises(EnrolmentClosed):
        enrol_device(code="x", now=NOW)


def test_a_new_badge_stops_the_old_one(awa, owner, device):
    _first, old = worker.issue_badge(worker=awa, by=owner)
    _second, new = worker.issue_badge(worker=awa, by=owner, reason="lost")
    assert sign_in.worker_of_badge(device=device, token=f" {new.lower()} ") == awa
    with pytest.raises(BadgeEnded):
        sign_in.worker_of_badge(device=device, token=old)
    assert Badge.objects.filter(ended_on__isnull=True).count() == 1
    assert not Badge.objects.filter(token_hash__in=[old, new]).exists()


def test_another_organisations_badge_tells_nothing(awa, owner):
    elsewhere = DeviceFactory(secret="other")
    _badge, token = worker.issue_badge(worker=awa, by=owner)
    with pytest.raises(BadgeUnknown):
        sign_in.worker_of_badge(device=elsewhere, token=token)
    assert SecurityEvent.objects.get().worker is None


def test_a_person_who_left_opens_nothing(awa, owner, device):
    _badge, token = worker.issue_badge(worker=awa, by=owner)
    worker.end_worker(worker=awa, by=owner)
    worker.end_worker(worker=awa, by=owner)
    with pytest.raises(BadgeEnded):
        sign_in.worker_of_badge(device=device, token=token)


@pytest.mark.parametrize("pin", ["123", "1234567", "12a4", "١٢٣٤"])
def test_a_pin_is_four_to_six_figures(awa, owner, pin):
    with pytest.raises(FieldInvalid):
        worker.set_pin(worker=awa, pin=pin, by=owner)


def test_the_pin_is_hashed_and_checked(awa, owner, device):
    worker.set_pin(worker=awa, pin="4321", by=owner)
    assert "4321" not in awa.pin
    sign_in.check_pin(device=device, worker=awa, pin="4321")
    with pytest.raises(PinWrong):
        sign_in.check_pin(device=device, worker=awa, pin="1234")


def test_without_a_badge_a_supervisor_confirms_once(awa, owner, device):
    asked = sign_in.ask_without_badge(device=device, worker=awa, now=NOW)
    with pytest.raises(RequestClosed):
        sign_in.use_request(request=asked, now=NOW)
    sign_in.decide_request(request=asked, is_confirmed=True, by=owner, now=NOW)
    assert sign_in.use_request(request=asked, now=NOW) == awa
    with pytest.raises(RequestClosed):
        sign_in.use_request(request=asked, now=NOW)
    with pytest.raises(RequestClosed):
        sign_in.decide_request(request=asked, is_confirmed=True, by=owner, now=NOW)


def test_an_old_request_cannot_be_confirmed(awa, owner, device):
    asked = sign_in.ask_without_badge(device=device, worker=awa, now=NOW)
    with pytest.raises(RequestClosed):
        sign_in.decide_request(request=asked, is_confirmed=True, by=owner, now=NOW + datetime.timedelta(minutes=5))


def test_the_security_log_lives_thirty_days(device):
    for days in (29, 31):
        SecurityEvent.objects.create(kind="badge.read", at=NOW - datetime.timedelta(days=days))
    assert sign_in.purge_security_log(now=NOW) == 1


def _request(secret=None, path="/atelier/"):
    request = RequestFactory().get(path)
    request.session = SessionStore()
    request.user = None
    if secret:
        request.COOKIES[COOKIE] = secret
    request.floor = Floor(request)
    return request


def test_a_badge_session_holds_on_its_device_only(awa, device, station):
    request = _request("secret-of-the-cookie")
    sign_in_at_station(request, awa, device)
    assert request.floor.worker == awa
    other = DeviceFactory(station=station, secret="another")
    stolen = _request("another")
    stolen.session = request.session
    assert stolen.floor.device == other
    assert stolen.floor.worker is None


@pytest.mark.parametrize(
    ("key", "seconds", "is_in"), [("seen", 290, True), ("seen", 310, False), ("since", 43_300, False)]
)
def test_it_ends_when_nobody_touches_it(awa, device, key, seconds, is_in):
    request = _request("secret-of-the-cookie")
    sign_in_at_station(request, awa, device)
    kept = request.session[SESSION_KEY]
    request.session[SESSION_KEY] = {**kept, key: kept[key] - seconds}
    assert (Floor(request).worker == awa) is is_in


def test_a_revoked_device_opens_nothing(awa, device, owner):
    request = _request("secret-of-the-cookie")
    sign_in_at_station(request, awa, device)
    station.revoke_device(device=device, by=owner)
    station.revoke_device(device=device, by=owner)
    fresh = _request("secret-of-the-cookie")
    fresh.session = request.session
    assert fresh.floor.device is None
    assert fresh.floor.worker is None


def test_the_door_opens_the_stations_and_nothing_else(awa, device):
    request = _request("secret-of-the-cookie")
    assert station_door(request, "workshop.step.do").status_code == 302
    sign_in_at_station(request, awa, device)
    request.floor = Floor(request)
    assert station_door(request, "workshop.step.do") is True
    assert station_door(request, "catalogue.item.change") is None
    assert station_door(_request(), "workshop.step.do") is None


def test_a_badge_session_is_a_stranger_at_the_desk(awa, device):
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    session = browser.session
    now = int(timezone.now().timestamp())
    session[SESSION_KEY] = {"worker": awa.pk, "device": device.pk, "since": now, "seen": now}
    session.save()
    assert browser.get("/atelier/").status_code == 200
    assert "/connexion/" in browser.get("/bureau/").url
    assert "/connexion/" in browser.get("/compte/").url
