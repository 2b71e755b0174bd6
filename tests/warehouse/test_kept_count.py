"""A bin counted without network: one act, blind, done once; what changed meanwhile is asked about."""

import json
import uuid

import pytest
from django.test import Client

from rebond.warehouse.actions.count import count_object, finish_bin, open_count, start_bin
from rebond.warehouse.actions.store import store_item
from rebond.warehouse.models import CountLine
from rebond.workshop.actions.offline import give_proof
from rebond.workshop.actions.step import Hands
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import KeptAct, Step
from rebond.workshop.offline import act_kind
from tests.factories.catalogue import ItemFactory
from tests.factories.workshop import WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
URL = "/atelier/envoi/"


@pytest.fixture
def stored(item, shelf, hands):
    store_item(item=item, place=shelf, hands=hands())
    return item


@pytest.fixture
def bin_(stored, shelf, owner):
    return open_count(place=shelf, by=owner).bins.get()


@pytest.fixture
def bob(seller, station):
    """A colleague: `bob()` is a gesture of his."""
    worker = WorkerFactory(organisation=seller, first_name="Bob", status="cddi")
    return lambda: Hands(worker=worker, station=station)


@pytest.fixture
def send(awa, device, shelf):
    """`send({code: units})`: Awa's tablet brings what she counted on the shelf."""
    browser = Client(headers={"sec-fetch-site": "same-origin"})
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    proof = give_proof(worker=awa, device=device)

    def post(seen, *, fields=(), **changes):
        told = {"place": shelf.code, "round": "0", "seen": json.dumps(seen), "spent": "60000", **dict(fields)}
        facts = {"operation": str(uuid.uuid4()), "act": "warehouse.count", "proof": proof, "age": "0"}
        answer = browser.post(URL, {**facts, "fields": json.dumps(told), **changes})
        return answer.status_code, answer.json()

    return post


def test_a_bin_that_is_as_the_ledger_says_is_right(send, bin_, stored, awa):
    status, told = send({stored.code: 1})
    assert (status, told["state"], told["words"]) == (200, "done", "A-03-2\u00a0: c’est compté. Merci.")
    bin_.refresh_from_db()
    assert (bin_.state, bin_.rounds, bin_.last_by, bin_.counting_by) == ("right", 1, awa, None)
    assert Step.objects.filter(kind="warehouse.count").get().worker == awa


def test_sent_twice_it_is_one_round(send, bin_, stored):
    operation = str(uuid.uuid4())
    first = send({stored.code: 1}, operation=operation)
    assert send({stored.code: 1}, operation=operation) == first
    bin_.refresh_from_db()
    assert (bin_.rounds, KeptAct.objects.count()) == (1, 1)


def test_what_its_page_had_finished_before_the_cut_is_not_done_again(send, bin_, stored, awa, station):
    operation = uuid.uuid4()
    hands = Hands(worker=awa, station=station, operation_id=operation)
    start_bin(bin=bin_, hands=hands)
    count_object(bin=bin_, item=stored, hands=hands)
    finish_bin(bin=bin_, hands=hands)
    assert send({stored.code: 1}, operation=str(operation))[1]["state"] == "done"
    bin_.refresh_from_db()
    assert bin_.rounds == 1


def test_what_differs_is_counted_again_and_nothing_says_so(send, bin_, make_item, stored):
    other = make_item()
    status, told = send({stored.code: 1, other.code: 1})
    assert (status, told["words"]) == (200, "A-03-2\u00a0: c’est compté. Merci.")
    bin_.refresh_from_db()
    assert (bin_.state, bin_.rounds) == ("recount", 1)


def test_an_empty_bin_is_counted_too(send, bin_):
    assert send({})[1]["state"] == "done"
    bin_.refresh_from_db()
    assert bin_.state == "recount"


def test_lines_of_a_page_give_way_to_the_whole_list(send, bin_, stored, make_item, awa, station):
    hands = Hands(worker=awa, station=station)
    start_bin(bin=bin_, hands=hands)
    count_object(bin=bin_, item=make_item(), hands=hands)
    send({stored.code: 1})
    assert [line.item_code for line in CountLine.objects.filter(bin=bin_, round=1)] == [stored.code]


def asked(answer):
    status, told = answer
    assert (status, told["state"]) == (409, "conflict"), told
    return told["words"]


def test_somebody_who_counts_there_now_is_not_pushed_away(send, bin_, stored, bob):
    start_bin(bin=bin_, hands=bob())
    assert asked(send({stored.code: 1})).startswith("Bob compte cette place")
    bin_.refresh_from_db()
    assert (bin_.rounds, bin_.counting_by.first_name) == (0, "Bob")
    assert send({stored.code: 1}, forced="1")[1]["state"] == "done"


def test_a_colleague_s_count_of_meanwhile_is_told_and_mine_may_be_the_next(send, bin_, stored, make_item, bob):
    extra = make_item()
    start_bin(bin=bin_, hands=bob())
    for thing in (stored, extra):
        count_object(bin=bin_, item=thing, hands=bob())
    finish_bin(bin=bin_, hands=bob())
    assert asked(send({stored.code: 1})).startswith("Bob a compté")
    assert send({stored.code: 1}, forced="1")[1]["state"] == "done"
    bin_.refresh_from_db()
    assert (bin_.state, bin_.rounds) == ("right", 2)


def test_a_place_that_is_counted_already_is_refused(send, bin_, stored, bob):
    start_bin(bin=bin_, hands=bob())
    count_object(bin=bin_, item=stored, hands=bob())
    finish_bin(bin=bin_, hands=bob())
    status, told = send({stored.code: 1})
    assert (status, told["state"]) == (422, "refused")
    assert "comptée" in told["words"]


@pytest.mark.parametrize("way", ["left", "came"])
def test_what_moved_after_it_was_seen_is_asked_about(send, bin_, stored, make_item, other_shelf, shelf, bob, way):
    """Counted, then moved by a colleague before the tablet could send: the stock is no longer what was counted."""
    if way == "left":
        store_item(item=stored, place=other_shelf, hands=bob())
        moved = stored
    else:
        moved = make_item()
        store_item(item=moved, place=shelf, hands=bob())
    words = asked(send({stored.code: 1}))
    assert words.startswith(f"{moved.code} a bougé à A-03-2, aujourd’hui")
    bin_.refresh_from_db()
    assert bin_.rounds == 0


def test_what_had_moved_before_is_no_matter(send, bin_, stored, make_item, shelf, bob, awa, device):
    """Steps that the device knew of when it asked for its proof came before the count."""
    late = make_item()
    store_item(item=late, place=shelf, hands=bob())
    proof = give_proof(worker=awa, device=device)
    assert send({stored.code: 1, late.code: 1}, proof=proof)[1]["state"] == "done"
    bin_.refresh_from_db()
    assert bin_.state == "right"


def test_the_round_after_one_s_own_is_somebody_else_s(send, bin_, make_item, stored):
    send({make_item().code: 1})
    status, told = send({stored.code: 1}, fields={"round": "1"})
    assert (status, told["state"]) == (422, "refused")


@pytest.mark.parametrize("seen", ["", "[]", '{"a": "b"}', '{"a": 0}', '{"a": 10000}', "null", '{"a": null}'])
def test_what_cannot_be_read_is_refused(send, bin_, seen):
    status, told = send({}, fields={"seen": seen})
    assert (status, told["state"]) == (422, "refused")
    bin_.refresh_from_db()
    assert bin_.rounds == 0


def test_another_organisation_s_object_and_place_are_unknown(send, bin_, stored):
    assert send({ItemFactory().code: 1})[1]["state"] == "refused"
    assert send({stored.code: 1}, fields={"place": stored.code})[1]["state"] == "refused"
    assert CountLine.objects.count() == 0


def test_a_count_that_is_over_is_refused(send, bin_, stored):
    bin_.count.state = "closed"
    bin_.count.save()
    assert send({stored.code: 1})[1]["words"] == "Ce comptage est terminé."


def test_the_luggage_names_places_and_nothing_of_the_ledger(awa, site, bin_, shelf, stored, bob):
    packed = act_kind("warehouse.count").luggage(awa, site)
    assert packed == {"bins": [{"value": shelf.code, "label": "A-03-2", "round": 0}]}
    start_bin(bin=bin_, hands=bob())
    assert act_kind("warehouse.count").luggage(awa, site) == {"bins": []}
