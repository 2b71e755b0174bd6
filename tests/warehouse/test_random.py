"""Whatever people do in whatever order, the ledger, its cache and the catalogue agree with a simple model."""

from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from rebond.catalogue.actions.item import (
    begin_item,
    change_item,
    change_price,
    publish_item,
    restock_item,
    sell_item,
    withdraw_item,
)
from rebond.catalogue.errors import CatalogueError, ItemStateForbids
from rebond.catalogue.models import Item, PriceChange
from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.actions.count import close_count, count_object, finish_bin, open_count, start_bin
from rebond.warehouse.actions.difference import settle_difference
from rebond.warehouse.actions.store import move_item, store_item
from rebond.warehouse.errors import PlaceFull, WarehouseError
from rebond.warehouse.models import Holding, Movement
from rebond.workshop.actions.step import Hands
from rebond.workshop.actions.task import open_task, take_task
from rebond.workshop.data.chain import STORE
from rebond.workshop.errors import TaskTaken
from rebond.workshop.models import Task
from tests.factories.warehouse import PlaceFactory
from tests.racing import race

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
PLACES = 3
ITEMS = 3
some_item = st.integers(0, ITEMS - 1)
some_place = st.integers(0, PLACES - 1)
some_person = st.integers(0, 1)


@dataclass
class Thing:
    """What the model knows of one object: where its units lie, its state and prices, who has its task."""

    held: dict
    state: str = "on_sale"
    prices: list = field(default_factory=list)
    taker: int | None = None
    is_lost: bool = False  # withdrawn from sale because a count did not find it


class Warehouse(RuleBasedStateMachine):
    """Its own world each run: a savepoint, rolled back at its end. `make_item`, `site`… are the test's fixtures."""

    world: dict = {}

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.savepoint_create()
        self.places = [
            PlaceFactory(site=self.world["site"], label=f"X-{n}", capacity=[None, 4, 6][n]) for n in range(PLACES)
        ]
        self.items, self.model = [], []
        for n in range(ITEMS):
            item = self.world["make_item"](quantity=n + 1)
            Item.objects.filter(pk=item.pk).update(
                state="on_sale", published_at=item.created_at, price_cents=500, condition="good"
            )
            self.items.append(item.pk)
            self.model.append(Thing({"waiting": n + 1}))

    def teardown(self):
        transaction.savepoint_rollback(self.savepoint)

    def item(self, n):
        return Item.objects.select_related("seller", "category", "site").get(pk=self.items[n])

    def fits(self, place, coming):
        capacity = self.places[place].capacity
        there = sum(thing.held.get(f"X-{place}", 0) for thing in self.model)
        return capacity is None or there + coming <= capacity

    def go(self, n, place, act):
        held = self.model[n].held
        coming = sum(units for label, units in held.items() if label != f"X-{place}")
        try:
            act()
        except PlaceFull:
            assert not self.fits(place, coming)
        except WarehouseError:
            assert not held
        else:
            assert held
            assert not coming or self.fits(place, coming)
            thing = self.model[n]
            if coming and thing.is_lost:
                thing.state, thing.is_lost = "on_sale", False  # whoever puts it away has found it
            thing.held = {f"X-{place}": sum(held.values())}
            return True
        return False

    @rule(n=some_item, who=some_person)
    def take(self, n, who):
        item, worker, thing = self.item(n), self.world["people"][who], self.model[n]
        task = open_task(kind=STORE, subject=item, site=item.site, by=worker.user)
        if thing.taker in {None, who}:
            take_task(task=task, worker=worker)
            thing.taker = who
        else:
            with pytest.raises(TaskTaken):
                take_task(task=task, worker=worker)

    @rule(n=some_item, place=some_place)
    def miss_at_a_count(self, n, place):
        """Two people count a place and see all that lies there but one object; the supervisor says that it is lost."""
        label, thing = f"X-{place}", self.model[n]
        units = thing.held.get(label, 0)
        if not units:
            return
        bin_ = open_count(place=self.places[place], by=self.world["owner"]).bins.get()
        for worker in self.world["people"]:
            start_bin(bin=bin_, hands=Hands(worker=worker))
            seen = [m for m, other in enumerate(self.model) if m != n and label in other.held]
            for m in seen:
                there = self.model[m].held[label]
                count_object(bin=bin_, item=self.item(m), hands=Hands(worker=worker), units=there)
            bin_ = finish_bin(bin=bin_, hands=Hands(worker=worker), is_empty=not seen)
        settle_difference(difference=bin_.differences.get(), reason="not_found", by=self.world["owner"])
        close_count(count=bin_.count, by=self.world["owner"])
        if units == sum(thing.held.values()):
            thing.held = {"lost": units}
            if thing.state == "on_sale":
                thing.state, thing.is_lost = "withdrawn", True
        else:
            del thing.held[label]

    @rule(n=some_item, place=some_place, who=some_person)
    def store(self, n, place, who):
        hands = Hands(worker=self.world["people"][who], station=self.world["station"])
        if self.go(n, place, lambda: store_item(item=self.item(n), place=self.places[place], hands=hands)):
            self.model[n].taker = None  # the task is done, whoever had it

    @rule(n=some_item, place=some_place)
    def move(self, n, place):
        self.go(n, place, lambda: move_item(item=self.item(n), place=self.places[place], by=self.world["owner"]))

    @rule(n=some_item, cents=st.sampled_from([100, 500, 900]))
    def price(self, n, cents):
        thing = self.model[n]
        if thing.state == "sold":
            with pytest.raises(ItemStateForbids):
                change_price(item=self.item(n), price_cents=cents, by=self.world["owner"])
            return
        change_price(item=self.item(n), price_cents=cents, by=self.world["owner"])
        if cents != (thing.prices or [500])[-1]:
            thing.prices.append(cents)

    @rule(n=some_item)
    def withdraw(self, n):
        self.turn(n, "on_sale", "withdrawn", lambda item, by: withdraw_item(item=item, reason="other", by=by))

    @rule(n=some_item)
    def publish(self, n):
        self.turn(n, "withdrawn", "on_sale", lambda item, by: publish_item(item=item, by=by))

    def turn(self, n, start, end, act):
        """A state moves from its start only; from any other one it is refused and nothing changes."""
        if self.model[n].state == start:
            act(self.item(n), self.world["owner"])
            self.model[n].state, self.model[n].is_lost = end, False
        else:
            with pytest.raises(ItemStateForbids):
                act(self.item(n), self.world["owner"])

    @rule(n=some_item, units=st.integers(1, 3))
    def sell(self, n, units):
        item, thing = self.item(n), self.model[n]
        if thing.state != "on_sale" or units > item.quantity:
            with pytest.raises(CatalogueError):
                sell_item(item=item, n=units, is_held=False, by=self.world["owner"])
            return
        thing.state = "sold" if units == item.quantity else "on_sale"
        sell_item(item=item, n=units, is_held=False, by=self.world["owner"])
        held = thing.held
        for label in sorted(held, key=lambda label: (label != "waiting", held[label], label)):
            taken = min(units, held[label])
            held[label] -= taken
            units -= taken
        thing.held = {label: left for label, left in held.items() if left}

    @rule(n=some_item)
    def restock(self, n):
        item = self.item(n)
        self.turn(n, "sold", "withdrawn", lambda item, by: restock_item(item=item, by=by))
        if item.state == "sold":
            self.model[n].held = {"waiting": item.quantity}

    @rule(n=some_item, more=st.integers(1, 4))
    def receive_more(self, n, more):
        item = self.item(n)
        if item.state == "sold":
            return
        change_item(item=item, changes={"quantity": item.quantity + more}, by=self.world["owner"])
        self.model[n].held["waiting"] = self.model[n].held.get("waiting", 0) + more

    @invariant()
    def agrees(self):
        for pk, thing in zip(self.items, self.model, strict=True):
            rows = Holding.objects.filter(item_id=pk).select_related("place")
            assert {row.place.label: row.units for row in rows} == thing.held
            item = Item.objects.get(pk=pk)
            assert (item.state, item.price_cents) == (thing.state, (thing.prices or [500])[-1])
            prices = PriceChange.objects.filter(item=item).order_by("pk")
            assert list(prices.values_list("price_cents", flat=True)) == thing.prices
            tasks = Task.objects.open().filter(subject_id=item.code)
            taker = None if thing.taker is None else self.world["people"][thing.taker].pk
            assert [task.worker_id for task in tasks] == ([] if thing.taker is None else [taker])
        report = check_stock()
        assert report.is_right, report


def play(world, *, lives, acts, part=None):
    machine = type("Run", (Warehouse,), {"world": world})
    run_state_machine_as_test(
        machine if part is None else seed(part)(machine),
        settings=settings(
            max_examples=lives, stateful_step_count=acts, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.fixture
def world(make_item, site, owner, awa, jo, station):
    return {"make_item": make_item, "site": site, "owner": owner, "people": [awa, jo], "station": station}


def test_the_ledger_balances_whatever_happens(world):
    play(world, lives=12, acts=16)


@pytest.mark.proof
@pytest.mark.parametrize("part", range(10))
def test_the_ledger_balances_in_three_hundred_lives(world, part):
    """The full size of the proof above, thirty lives at a time: other ones in each part."""
    play(world, lives=30, acts=40, part=part)


@pytest.mark.django_db(transaction=True)
def test_two_people_moving_and_a_sale_of_the_same_object(seller, site, category, owner, awa, station):
    item = begin_item(seller=seller, category=category, site=site, by=owner, quantity=6)
    Item.objects.filter(pk=item.pk).update(
        state="on_sale", published_at=item.created_at, price_cents=500, condition="good"
    )
    places = [PlaceFactory(site=site, label=f"X-{n}") for n in range(3)]

    def fresh():
        return Item.objects.select_related("seller").get(pk=item.pk)

    def move(place):
        return lambda: store_item(item=fresh(), place=place, hands=Hands(worker=awa, station=station))

    def sell():
        sell_item(item=fresh(), n=1, is_held=False, by=owner)

    assert race([move(places[0]), sell, move(places[1]), sell, move(places[2])]) == []
    assert [row.units for row in Holding.objects.filter(item=item)] == [4]
    assert Movement.objects.filter(item=item, reason="sold").count() == 2
    assert check_stock().is_right


@pytest.mark.django_db(transaction=True)
def test_the_same_operation_sent_by_two_devices_at_once(seller, site, category, owner, awa, station):
    item = begin_item(seller=seller, category=category, site=site, by=owner)
    place = PlaceFactory(site=site, label="X-0")
    hands = Hands(worker=awa, station=station)
    same = [lambda: store_item(item=Item.objects.get(pk=item.pk), place=place, hands=hands)] * 4
    assert race(same) == []
    assert Movement.objects.filter(reason="stored").count() == 1
    assert check_stock().is_right
