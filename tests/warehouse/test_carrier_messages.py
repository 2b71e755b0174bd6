"""What carriers send by themselves: signed, unique, and harmless where it is not."""

import datetime
import json
import time

import pytest
from django.test import Client

from rebond.warehouse.actions.label import ask_label, make_label
from rebond.warehouse.actions.webhook import sign
from rebond.warehouse.carriers.contract import Address, Wanted
from rebond.warehouse.models import CarrierAccount, Shipment, TrackingEvent
from tests.factories.carriers import CAMILLE, account_of

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
BEFORE = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=2)


@pytest.fixture
def account(seller, folders):
    return account_of(seller, "plain", webhook="shared")


@pytest.fixture
def shipment(account):
    wanted = Wanted("abc-1", "home", 900, Address("A", "1 rue B", "47000", "Agen"), Address(**CAMILLE))
    return make_label(
        shipment=ask_label(account=account, wanted=wanted, subject="abc", by=None, now=BEFORE), now=BEFORE
    )


def event(shipment, **fields):
    at = (BEFORE + datetime.timedelta(hours=3)).isoformat()
    return {"number": shipment.number, "id": "ride-1", "step": "delivered", "at": at} | fields


def send(account, *events, secret="shared", moment=None, body=None, header=None):
    body = json.dumps({"events": events}).encode() if body is None else body
    header = sign(secret, int(moment or time.time()), body) if header is None else header
    return Client().post(
        f"/transporteurs/{account.public_id}/evenements/",
        body,
        content_type="application/json",
        headers={"Rebond-Signature": header},
    )


def test_a_signed_message_moves_the_parcel_and_twice_is_once(account, shipment):
    assert send(account, event(shipment)).json() == {"read": 1, "new": 1, "unknown": 0}
    assert send(account, event(shipment)).json() == {"read": 1, "new": 0, "unknown": 0}
    assert (Shipment.objects.get().state, TrackingEvent.objects.count()) == ("delivered", 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "other"},
        {"moment": time.time() - 3_600},
        {"moment": time.time() + 3_600},
        {"header": ""},
        {"header": "t=x,v1=y"},
        {"header": "t=1,v1=é".encode().decode("latin-1")},
    ],
)
def test_what_is_not_signed_as_agreed_is_refused(account, shipment, wrong):
    assert send(account, event(shipment), **wrong).status_code == 400
    assert TrackingEvent.objects.count() == 0


def test_an_account_without_a_secret_or_switched_off_hears_nothing(account, shipment):
    CarrierAccount.objects.update(credentials='{"webhook": ""}')
    assert send(account, event(shipment), secret="").status_code == 400
    CarrierAccount.objects.update(credentials='{"webhook": "shared"}', is_active=False)
    assert send(account, event(shipment)).status_code == 400
    assert TrackingEvent.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"events": []}',
        b'{"events": [3]}',
        b"[" * 5_000,
        b"\xff",
        json.dumps({"events": [{}] * 201}).encode(),
    ],
)
def test_what_cannot_be_read_is_refused_whole(account, shipment, body):
    assert send(account, body=body).status_code == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"step": "eaten"},
        {"at": "yesterday"},
        {"at": "2026-11-02T10:00:00"},
        {"id": ""},
        {"id": 3},
        {"words": "x" * 201},
    ],
)
def test_one_wrong_event_keeps_none(account, shipment, fields):
    assert send(account, event(shipment), event(shipment, **{"id": "2"} | fields)).status_code == 400
    assert TrackingEvent.objects.count() == 0


def test_a_clock_that_is_a_little_ahead_tells_of_now_and_one_far_ahead_is_told_to_send_again(account, shipment):
    ahead = lambda seconds: (datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)).isoformat()  # noqa: E731
    assert send(account, event(shipment, at=ahead(600))).json()["error"] == "events[0].at"
    assert send(
        account, event(shipment, step="taken", id="1", at=ahead(120)), event(shipment, at=ahead(60))
    ).json() == {
        "read": 2,
        "new": 2,
        "unknown": 0,
    }
    shipment.refresh_from_db()
    assert (shipment.state, shipment.delivered_at <= datetime.datetime.now(datetime.UTC)) == ("delivered", True)


def test_parcels_of_another_account_are_unknown(account, shipment, stranger):
    other = account_of(stranger.memberships.get().organisation, "plain", webhook="theirs")
    assert send(other, event(shipment), secret="theirs").json() == {"read": 1, "new": 0, "unknown": 1}
    assert Shipment.objects.get().state == "ready"


def test_a_body_too_long_is_not_read(account):
    assert send(account, body=b" " * 262_145).status_code == 413
