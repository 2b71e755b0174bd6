"""Acts that a device kept: done once, as the person who did them, when they did them; or refused with the reason."""

import json
import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.actions.store import store_item
from rebond.warehouse.actions.transport import finish_check, leave, plan_transport
from rebond.warehouse.models import Movement
from rebond.workshop.actions.offline import PROOF_LASTS, give_proof, moment_of, purge_kept_acts, read_proof
from rebond.workshop.actions.step import Hands
from rebond.workshop.errors import ProofTooOld, ProofUnknown
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import KeptAct, Step
from rebond.workshop.offline import act_kind
from tests.factories.network import OrganisationFactory, SiteFactory
from tests.factories.workshop import DeviceFactory, StationFactory, WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
URL = "/atelier/envoi/"


@pytest.fixture
def tablet(device):
    browser = Client(headers={"sec-fetch-site": "same-origin"})
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    return browser


@pytest.fixture
def proof(awa, device):
    return give_proof(worker=awa, device=device)


@pytest.fixture
def send(tablet, proof, item, shelf):
    """`send(**changes)`: the same act of putting `item` on `shelf`, with a new operation unless one is given."""

    def post(browser=None, fields=(), raw=None, **changes):
        facts = {
            "operation": str(uuid.uuid4()),
            "act": "warehouse.store",
            "proof": proof,
            "age": "0",
            "fields": raw or json.dumps({"thing": item.code, "code": shelf.code, **dict(fields)}),
            **changes,
        }
        answer = (browser or tablet).post(URL, facts)
        return answer.status_code, answer.json()

    return post


def nothing_happened():
    return Step.objects.count() == 0 and KeptAct.objects.count() == 0


def test_an_act_is_done_as_the_person_who_did_it(send, awa, item, shelf):
    status, told = send()
    assert (status, told["state"]) == (200, "done")
    assert told["words"] == f"{item.title}\u00a0: A-03-2"
    step = Step.objects.get()
    assert (step.worker, step.subject_id, step.data["place"]) == (awa, item.code, shelf.code)


def test_sent_twice_it_is_done_once_and_told_the_same(send):
    operation = str(uuid.uuid4())
    first = send(operation=operation)
    moves = Movement.objects.count()
    assert send(operation=operation) == first
    assert (Step.objects.count(), Movement.objects.count(), KeptAct.objects.count()) == (1, moves, 1)


def test_what_a_page_did_before_the_network_was_lost_is_not_done_again(send, hands, item, shelf):
    mine = hands()
    store_item(item=item, place=shelf, hands=mine)
    assert send(operation=str(mine.operation_id))[1]["state"] == "done"
    assert Step.objects.count() == 1


def test_an_hour_that_a_wrong_clock_gives_stays_between_the_proof_and_now(send, awa):
    before = timezone.now() - timedelta(seconds=2)
    send(age=str(25 * 3600 * 1000))  # the clock was a day behind
    ended = Step.objects.get().ended_at
    assert before <= ended <= timezone.now()


@pytest.mark.parametrize(
    ("age", "expected"),
    [(60_000, -60), (0, 0), (-5_000, 0), (86_400_000, -3600), (10**30, -3600)],
    ids=["a minute ago", "now", "clock set back", "clock set forward", "absurd"],
)
def test_the_moment_is_ours(age, expected):
    now = timezone.now()
    assert moment_of(age, since=now - timedelta(hours=1), now=now) == now + timedelta(seconds=expected)


def test_no_hour_is_kept_of_a_companion(send, jo, device):
    send(proof=give_proof(worker=jo, device=device))
    step = Step.objects.get()
    assert (step.started_at, step.ended_at) == (None, None)
    assert Movement.objects.get(step=step).is_day_only


def test_whoever_is_signed_in_now_the_proof_tells_who_did_it(send, tablet, awa, jo, device, owner):
    from rebond.workshop.actions.worker import issue_badge

    _badge, token = issue_badge(worker=jo, by=owner)
    tablet.post("/atelier/badge/", {"code": token})
    send()
    assert Step.objects.get().worker == awa


def test_another_device_cannot_send_it(send, station, item):
    DeviceFactory(station=station, secret="another-secret")
    other = Client(headers={"sec-fetch-site": "same-origin"})
    other.cookies[COOKIE] = "another-secret"
    status, told = send(browser=other)
    assert (status, told["state"], told["words"]) == (
        422,
        "refused",
        "Une autre tablette l’a gardé. Envoyez-le de là.",
    )
    assert nothing_happened()


def test_another_organisation_s_device_cannot_send_it(send):
    elsewhere = StationFactory(site__organisation=OrganisationFactory(admitted=True))
    DeviceFactory(station=elsewhere, secret="another-secret")
    other = Client(headers={"sec-fetch-site": "same-origin"})
    other.cookies[COOKIE] = "another-secret"
    assert send(browser=other)[0] == 422
    assert nothing_happened()


def test_no_device_at_all_cannot_send_it(send):
    assert send(browser=Client(headers={"sec-fetch-site": "same-origin"}))[0] == 422
    assert nothing_happened()


def test_a_blocked_tablet_is_told_so(send, device):
    device.revoked_at = timezone.now()
    device.save()
    status, told = send()
    assert (status, told["words"]) == (422, "Cette tablette est bloquée. Appelez à l’aide.")
    assert nothing_happened()


def test_a_proof_is_good_for_three_days(awa, device):
    then = timezone.now() - PROOF_LASTS
    facts = {"device": device, "user": None, "is_blocked": False}
    assert (
        read_proof(text=give_proof(worker=awa, device=device, now=then + timedelta(minutes=1)), **facts).worker == awa
    )
    with pytest.raises(ProofTooOld):
        read_proof(text=give_proof(worker=awa, device=device, now=then - timedelta(minutes=1)), **facts)
    with pytest.raises(ProofUnknown):
        read_proof(text="made-up", **facts)


def test_somebody_who_left_can_send_nothing(send, awa):
    awa.ended_on = timezone.localdate()
    awa.save()
    assert send()[0] == 422
    assert nothing_happened()


def test_an_account_sends_its_own_from_its_own_device(awa, item, shelf, send, as_user):
    proof = give_proof(worker=awa, device=None)
    own = as_user(awa.user, headers={"sec-fetch-site": "same-origin"})
    assert send(browser=own, proof=proof)[0] == 200
    assert send(browser=Client(headers={"sec-fetch-site": "same-origin"}), proof=proof)[0] == 422


def test_another_site_cannot_send_anything(send, tablet):
    tablet.defaults["HTTP_SEC_FETCH_SITE"] = "cross-site"
    assert tablet.post(URL, {}).status_code == 403
    assert nothing_happened()


@pytest.mark.parametrize(
    "changes",
    [
        {"operation": "not-an-operation"},
        {"act": "nothing.known"},
        {"raw": "{"},
        {"raw": "[1]"},
        {"proof": "x"},
    ],
    ids=["operation", "act", "broken JSON", "no object", "proof"],
)
def test_what_cannot_be_read_is_refused(send, changes):
    status, told = send(**changes)
    assert (status, told["state"]) == (422, "refused")
    assert told["words"]
    assert nothing_happened()


@pytest.mark.parametrize("thing", ["", "CF2222222", "RBSOMEBODY", "9782070360024", "P2222222"])
def test_an_unknown_thing_says_why(send, thing):
    status, told = send(fields={"thing": thing})
    assert (status, told["state"]) == (422, "refused")
    assert nothing_happened()


def test_a_refused_act_may_be_sent_again(send, shelf, item, make_item, hands):
    operation = str(uuid.uuid4())
    shelf.capacity = 1
    shelf.save()
    store_item(item=make_item(title="Autre"), place=shelf, hands=hands())
    status, told = send(operation=operation)
    assert (status, told["words"]) == (422, "A-03-2 est pleine. Choisissez une autre place.")
    shelf.capacity = 5
    shelf.save()
    assert send(operation=operation)[0] == 200


def test_what_moved_meanwhile_is_told_and_not_undone(send, item, other_shelf, station, seller):
    colleague = WorkerFactory(organisation=seller, first_name="Nour", status="cddi")
    proof_first = send  # the proof was given before what follows
    store_item(item=item, place=other_shelf, hands=Hands(worker=colleague, station=station))
    step = Step.objects.get()
    status, told = proof_first(age="600000")
    assert (status, told["state"]) == (409, "conflict")
    hour = timezone.localtime(step.ended_at)
    said = f"Nour l’a mis en A-04-1, aujourd’hui à {hour.hour}\u00a0h\u00a0{hour:%M}. Regardez où il est."
    assert told["words"] == said
    assert (Step.objects.count(), KeptAct.objects.count()) == (1, 0)


def test_the_person_may_want_it_all_the_same(send, item, other_shelf, station, seller, shelf):
    colleague = WorkerFactory(organisation=seller, first_name="Nour", status="cddi")
    store_item(item=item, place=other_shelf, hands=Hands(worker=colleague, station=station))
    assert send(age="600000", forced="1")[0] == 200
    assert Step.objects.order_by("-pk").first().data["place"] == shelf.code


def test_a_later_act_follows_an_earlier_one_of_a_colleague(send, item, other_shelf, station, seller):
    colleague = WorkerFactory(organisation=seller, first_name="Nour", status="cddi")
    store_item(
        item=item,
        place=other_shelf,
        hands=Hands(worker=colleague, station=station),
        now=timezone.now() - timedelta(minutes=30),
    )
    assert send(age="0")[0] == 200


def test_without_hours_a_colleague_s_act_of_meanwhile_is_asked_about(send, item, other_shelf, station, jo):
    store_item(item=item, place=other_shelf, hands=Hands(worker=jo, station=station))
    status, told = send(age="0")
    assert (status, told["words"]) == (409, "Jo l’a mis en A-04-1, aujourd’hui. Regardez où il est.")


def test_a_box_goes_by_two_scans_too(send, box, shelf):
    assert send(fields={"thing": box.code})[0] == 200
    box.refresh_from_db()
    assert box.parent == shelf


def test_traces_are_forgotten_after_a_month(send):
    send()
    assert purge_kept_acts(now=timezone.now() + timedelta(days=29)) == 0
    assert purge_kept_acts(now=timezone.now() + timedelta(days=31)) == 1
    assert Step.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_four_at_once_are_one(proof, item, shelf):
    facts = {
        "operation": str(uuid.uuid4()),
        "act": "warehouse.store",
        "proof": proof,
        "age": "0",
        "fields": json.dumps({"thing": item.code, "code": shelf.code}),
    }
    told = []

    def post():
        browser = Client(headers={"sec-fetch-site": "same-origin"})
        browser.cookies[COOKIE] = "secret-of-the-cookie"
        try:
            told.append(browser.post(URL, facts).json()["state"])
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["done"] * 4
    assert (Step.objects.count(), KeptAct.objects.count(), Movement.objects.filter(step__isnull=False).count()) == (
        1,
        1,
        1,
    )


@pytest.fixture
def transport(site, seller, owner):
    shop = SiteFactory(organisation=seller, name="Le magasin", is_main=False)
    return plan_transport(from_site=site, to_site=shop, planned_on=timezone.localdate(), by=owner)


@pytest.fixture
def carry(send, item, transport):
    """`carry(way="in")`: the item was scanned into the vehicle, or out of it."""

    def post(way="in", code="", **more):
        fields = {"transport": transport.public_id, "way": way, "code": code or item.code}
        return send(act="warehouse.cargo", raw=json.dumps(fields), **more)

    return post


def test_a_vehicle_is_loaded_then_checked_by_scans_that_were_kept(carry, item, transport, owner):
    operation = str(uuid.uuid4())
    answers = [carry(operation=operation) for _n in range(2)]
    assert answers[0] == answers[1]
    assert answers[0][1]["words"] == f"{item.title}\u00a0: Transport 001"
    assert carry()[0] == 200  # scanned again
    assert transport.lines.count() == 1
    assert Step.objects.filter(kind="warehouse.load").count() == 1
    assert carry("out")[0] == 422  # it has not left yet
    leave(transport=transport, by=owner)
    status, told = carry("in")  # the vehicle is gone: what was meant for it is never taken for its arrival
    assert (status, told["state"], transport.lines.get().state) == (422, "refused", "loaded")
    assert carry("out")[0] == 200
    assert transport.lines.get().state == "arrived"
    finish_check(transport=transport, by=owner)
    assert check_stock().is_right


def test_what_is_no_cargo_is_refused_with_its_reason(carry, shelf, transport):
    for way, code in (("in", shelf.code), ("in", "unknown"), ("round", "")):
        status, told = carry(way, code)
        assert (status, told["state"], bool(told["words"])) == (422, "refused", True)
    assert not transport.lines.exists()
    assert nothing_happened()


def test_the_transports_of_the_site_are_taken_along(awa, site, transport, owner):
    luggage = act_kind("warehouse.cargo").luggage
    assert [(one["value"], one["way"]) for one in luggage(awa, site)["transports"]] == [(transport.public_id, "in")]
    assert luggage(awa, transport.to_site)["transports"] == []
    leave_it = transport.lines.model.objects.create
    leave_it(transport=transport, item_id=1, item_code="X", title="X", units=1)
    leave(transport=transport, by=owner)
    assert [one["way"] for one in luggage(awa, transport.to_site)["transports"]] == ["out"]
