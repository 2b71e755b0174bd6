"""Fair holds: one takes, others know until when; nothing blocks for ever (commerce.md 3 A and B)."""

import datetime

import pytest
from django.contrib.auth.signals import user_logged_in
from django.test import RequestFactory
from django.utils import timezone

from rebond.catalogue.actions.item import sell_item, withdraw_item
from rebond.catalogue.errors import NotEnoughLeft
from rebond.catalogue.models import Item
from rebond.journal.models import OutgoingMail
from rebond.shop.actions import basket as holding
from rebond.shop.actions.alert import confirm_alert, create_alert
from rebond.shop.actions.basket import merge_baskets, prolong_line, remove_line, take_item
from rebond.shop.actions.basket_ends import mend_reserved, sweep_ended
from rebond.shop.actions.freed import send_freed
from rebond.shop.actions.matching import forget_old_hits, match_alerts
from rebond.shop.actions.retention import forget_old_traces
from rebond.shop.enums import AlertKind
from rebond.shop.errors import (
    AddressHoldsTooMuchError,
    BasketFullError,
    HeldLongEnoughError,
    HoldOverError,
    ItemTakenError,
)
from rebond.shop.models import Alert, Basket, BasketLine
from rebond.shop.queries.basket import availability, basket_page
from rebond.shop.queries.keeper import COOKIE, Keeper, signed
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory
from tests.racing import race

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
NOW = timezone.now()
AMINA, BEN = Keeper(visitor="amina"), Keeper(visitor="ben")


def after(minutes):
    return NOW + datetime.timedelta(minutes=minutes)


def units(item):
    return Item.objects.values_list("quantity", "reserved").get(pk=item.pk)


@pytest.fixture
def chair(seller):
    return ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2500)


def test_what_one_takes_the_other_cannot(chair):
    line = take_item(keeper=AMINA, item=chair, now=NOW)

    assert (line.state, line.ends_at, line.limit_at, line.price_cents) == ("held", after(20), after(30), 2500)
    with pytest.raises(ItemTakenError):
        take_item(keeper=BEN, item=chair, now=after(19))
    assert units(chair) == (1, 1)
    assert availability(Item.objects.get(pk=chair.pk), after(19)).until == after(30)


def test_a_double_click_is_one_line_with_the_hour_it_had(chair):
    take_item(keeper=AMINA, item=chair, now=NOW)
    line = take_item(keeper=AMINA, item=chair, now=after(5))

    assert line.ends_at == after(20)
    assert (BasketLine.objects.count(), units(chair)) == (1, (1, 1))


def test_taking_an_item_whose_hold_is_over_frees_it_without_any_worker(chair):
    take_item(keeper=AMINA, item=chair, now=NOW)
    assert availability(Item.objects.get(pk=chair.pk), after(20)).is_free

    take_item(keeper=BEN, item=chair, now=after(20))

    assert list(BasketLine.objects.order_by("pk").values_list("state", "ended_at")) == [
        ("lapsed", after(20)),
        ("held", None),
    ]
    assert units(chair) == (1, 1)


def test_the_seller_s_own_gestures_free_what_is_over_too(chair, owner):
    take_item(keeper=AMINA, item=chair, now=after(-21))
    assert withdraw_item(item=chair, reason="damaged", by=owner).state == "withdrawn"
    other = ItemFactory(seller=chair.seller, on_sale=True)
    take_item(keeper=AMINA, item=other, now=after(-5))
    with pytest.raises(NotEnoughLeft):
        sell_item(item=other, by=owner, is_held=False)
    BasketLine.objects.update(ends_at=after(-1))
    assert sell_item(item=other, by=owner, is_held=False).state == "sold"


def test_more_time_is_given_once_and_within_the_limit(chair):
    take_item(keeper=AMINA, item=chair, now=NOW)

    assert prolong_line(keeper=AMINA, item=chair, now=after(19)).ends_at == after(30)
    for keeper, at in [(AMINA, after(29)), (AMINA, after(31)), (BEN, after(19))]:
        with pytest.raises(HoldOverError):
            prolong_line(keeper=keeper, item=chair, now=at)
    assert BasketLine.objects.get().ends_at == after(30)


def test_no_gesture_extends_the_limit(chair):
    """Out and in again, or once more after its end: what was used stays used, until others had their turn."""
    take_item(keeper=AMINA, item=chair, now=NOW)
    remove_line(keeper=AMINA, item=chair, now=after(18))
    assert take_item(keeper=AMINA, item=chair, now=after(19)).limit_at == after(31)  # 12 of its 30 minutes are left
    assert take_item(keeper=AMINA, item=chair, now=after(25)).ends_at == after(31)

    with pytest.raises(HeldLongEnoughError) as caught:
        take_item(keeper=AMINA, item=chair, now=after(35))

    assert caught.value.free_at == after(41)
    assert availability(Item.objects.get(pk=chair.pk), after(35)).is_free  # for others
    assert take_item(keeper=AMINA, item=chair, now=after(41)).limit_at == after(71)


def test_a_new_cookie_at_the_same_address_begins_no_new_time(chair):
    take_item(keeper=AMINA, item=chair, address="here", now=NOW)
    prolong_line(keeper=AMINA, item=chair, now=after(1))

    with pytest.raises(HeldLongEnoughError):
        take_item(keeper=BEN, item=chair, address="here", now=after(31))
    assert take_item(keeper=BEN, item=chair, address="elsewhere", now=after(31)).limit_at == after(61)


def test_a_basket_and_an_address_are_capped(chair, seller, monkeypatch):
    monkeypatch.setattr(holding, "PERSON_LIMIT", 2)
    monkeypatch.setattr(holding, "ADDRESS_LIMIT", 3)
    items = [ItemFactory(seller=seller, on_sale=True) for _ in range(4)]
    for item in items[:2]:
        take_item(keeper=AMINA, item=item, address="here", now=NOW)
    with pytest.raises(BasketFullError):
        take_item(keeper=AMINA, item=items[2], address="here", now=NOW)
    take_item(keeper=BEN, item=items[2], address="here", now=NOW)
    with pytest.raises(AddressHoldsTooMuchError):
        take_item(keeper=BEN, item=items[3], address="here", now=NOW)
    assert units(items[3]) == (1, 0)
    take_item(keeper=BEN, item=items[3], address="there", now=NOW)
    assert take_item(keeper=AMINA, item=chair, address="here", now=after(20)).state == "held"  # the two others are over


def test_the_caps_count_units_also_of_one_batch(seller, monkeypatch):
    monkeypatch.setattr(holding, "PERSON_LIMIT", 5)
    monkeypatch.setattr(holding, "ADDRESS_LIMIT", 7)
    batch = ItemFactory(seller=seller, on_sale=True, quantity=500)
    with pytest.raises(BasketFullError):
        take_item(keeper=AMINA, item=batch, n=6, now=NOW)
    take_item(keeper=AMINA, item=batch, n=4, address="here", now=NOW)
    with pytest.raises(BasketFullError):
        take_item(keeper=AMINA, item=batch, n=6, address="here", now=NOW)
    take_item(keeper=AMINA, item=batch, n=5, address="here", now=NOW)
    with pytest.raises(AddressHoldsTooMuchError):
        take_item(keeper=BEN, item=batch, n=3, address="here", now=NOW)
    take_item(keeper=BEN, item=batch, n=2, address="here", now=NOW)
    with pytest.raises(AddressHoldsTooMuchError):
        take_item(keeper=BEN, item=batch, n=3, address="here", now=NOW)
    assert units(batch) == (500, 7)


@pytest.mark.django_db(transaction=True)
def test_new_cookies_at_one_address_never_pass_its_cap_together(seller, monkeypatch):
    monkeypatch.setattr(holding, "ADDRESS_LIMIT", 3)
    items = [ItemFactory(seller=seller, on_sale=True) for _ in range(6)]

    def take(item):
        return lambda: take_item(keeper=Keeper(visitor=f"v{item.pk}"), item=item, address="here", now=NOW)

    raised = race([take(item) for item in items])

    assert [type(error) for error in raised] == [AddressHoldsTooMuchError] * 3
    assert sum(units(item)[1] for item in items) == 3


@pytest.mark.django_db(transaction=True)
def test_numbers_that_change_and_new_takes_at_one_address_never_wait_for_each_other(seller, monkeypatch):
    """Near the cap of an address both wait for its name and for the item: in one order, or PostgreSQL ends one."""
    monkeypatch.setattr(holding, "ADDRESS_LIMIT", 30)  # from the first unit on
    batch = ItemFactory(seller=seller, on_sale=True, quantity=99)
    kept = [Keeper(visitor=f"kept-{n}") for n in range(3)]
    for keeper in kept:
        take_item(keeper=keeper, item=batch, address="here", now=NOW)

    for turn in range(3):
        changes = [
            lambda keeper=keeper, n=2 + turn: take_item(keeper=keeper, item=batch, n=n, address="here", now=NOW)
            for keeper in kept
        ]
        new = [
            lambda name=f"{turn}-{n}": take_item(keeper=Keeper(visitor=name), item=batch, address="here", now=NOW)
            for n in range(3)
        ]
        assert race([act for pair in zip(changes, new, strict=True) for act in pair]) == []

    assert units(batch) == (99, 3 * 4 + 3 * 3)


def test_signing_in_again_and_again_keeps_no_more_than_one_basket(seller, monkeypatch):
    monkeypatch.setattr(holding, "PERSON_LIMIT", 3)
    user = UserFactory()
    mine = ItemFactory(seller=seller, on_sale=True, quantity=2)
    small, large = ItemFactory(seller=seller, on_sale=True), ItemFactory(seller=seller, on_sale=True, quantity=2)
    take_item(keeper=Keeper(user=user), item=mine, n=2, now=NOW)
    take_item(keeper=AMINA, item=small, now=NOW)
    take_item(keeper=AMINA, item=large, n=2, now=NOW)

    merge_baskets(visitor="amina", user=user, now=after(1))

    lines = {line.item_id: line.state for line in Keeper(user=user).lines()}
    assert lines == {mine.pk: "held", small.pk: "held", large.pk: "lapsed"}
    assert (units(mine), units(small), units(large)) == ((2, 2), (1, 1), (2, 0))


def test_several_of_a_batch_are_taken_and_their_number_changes(seller):
    batch = ItemFactory(seller=seller, on_sale=True, quantity=5)
    take_item(keeper=AMINA, item=batch, n=3, now=NOW)
    with pytest.raises(ItemTakenError):
        take_item(keeper=BEN, item=batch, n=3, now=NOW)
    take_item(keeper=BEN, item=batch, n=2, now=NOW)
    with pytest.raises(ItemTakenError):
        take_item(keeper=AMINA, item=batch, n=4, now=NOW)
    assert take_item(keeper=AMINA, item=batch, n=1, now=after(3)).ends_at == after(20)
    assert units(batch) == (5, 3)
    for n in (0, -1):
        with pytest.raises(ItemTakenError):
            take_item(keeper=AMINA, item=batch, n=n, now=NOW)
    assert units(batch) == (5, 3)


@pytest.mark.parametrize("state", ["draft", "sold", "withdrawn"])
def test_what_is_not_on_sale_is_not_taken(chair, state):
    Item.objects.filter(pk=chair.pk).update(state=state)
    with pytest.raises(ItemTakenError):
        take_item(keeper=AMINA, item=chair, now=NOW)
    assert BasketLine.objects.count() == 0


def test_a_seller_that_no_longer_sells_gives_nothing(chair, seller):
    seller.seller_state = "suspended"
    seller.save()
    with pytest.raises(ItemTakenError):
        take_item(keeper=AMINA, item=Item.objects.get(pk=chair.pk), now=NOW)


def test_removing_twice_frees_once(seller):
    batch = ItemFactory(seller=seller, on_sale=True, quantity=2)
    take_item(keeper=AMINA, item=batch, now=NOW)
    take_item(keeper=BEN, item=batch, now=NOW)

    assert remove_line(keeper=AMINA, item=batch, now=after(1))
    assert not remove_line(keeper=AMINA, item=batch, now=after(1))
    assert units(batch) == (2, 1)


@pytest.fixture
def meanwhile(monkeypatch):
    """Run an act of another process just after a line was read for the first time, before anything is locked."""

    def let(act):
        real, acts = holding._LINE, [act]

        class Late:
            def first(self, *keys):
                row = real.first(*keys)
                for one in acts[:]:
                    acts.remove(one)
                    one()
                return row

        monkeypatch.setattr(holding, "_LINE", Late())

    return let


def held_units(item):
    return sum(BasketLine.objects.held().filter(item=item).values_list("quantity", flat=True))


@pytest.mark.parametrize("verb", ["sell", "release"])
@pytest.mark.parametrize("n", [1, 3])
def test_a_number_changed_while_its_line_ends_reserves_what_is_kept(seller, meanwhile, verb, n):
    """What was read is no longer so once the item is ours: a payment sold the line, or it was put back."""
    batch = ItemFactory(seller=seller, on_sale=True, quantity=9)
    line = take_item(keeper=AMINA, item=batch, n=2, now=NOW)

    def end():
        holding.move_line(line, verb, after(1))
        Item.objects.filter(pk=batch.pk).update(reserved=0, quantity=9 - 2 * (verb == "sell"))

    meanwhile(end)
    take_item(keeper=AMINA, item=batch, n=n, now=after(2))

    assert units(batch)[1] == held_units(batch) == n


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(3))
def test_one_basket_changed_and_emptied_at_once_keeps_what_is_reserved(seller, seed):
    batch = ItemFactory(seller=seller, on_sale=True, quantity=9)
    take_item(keeper=AMINA, item=batch, n=2, now=NOW)
    acts = [
        lambda: take_item(keeper=AMINA, item=batch, n=3, now=after(1)),
        lambda: remove_line(keeper=AMINA, item=batch, now=after(1)),
        lambda: take_item(keeper=AMINA, item=batch, n=5, now=after(1)),
        lambda: remove_line(keeper=AMINA, item=batch, now=after(1)),
    ]

    assert race(acts[seed:] + acts[:seed]) == []
    assert units(batch)[1] == held_units(batch)


def test_what_no_basket_keeps_is_free_again_at_night_and_told(seller, caplog):
    stuck, right = [ItemFactory(seller=seller, on_sale=True, quantity=5) for _ in range(2)]
    sold = ItemFactory(seller=seller, on_sale=True)
    for item in (stuck, right):
        take_item(keeper=AMINA, item=item, n=2, now=NOW)
    sell_item(item=sold, by=None, is_held=False)
    Item.objects.filter(pk=stuck.pk).update(reserved=3)

    assert (mend_reserved(), mend_reserved()) == (1, 0)

    assert (units(stuck), units(right), units(sold)) == ((5, 2), (5, 2), (1, 1))
    assert f"item {stuck.code}: 3 units were reserved, baskets keep 2" in caplog.text


def test_removing_what_is_over_but_not_swept_frees_it_once(chair):
    take_item(keeper=AMINA, item=chair, now=NOW)
    assert remove_line(keeper=AMINA, item=chair, now=after(25))
    assert sweep_ended(now=after(26)) == 0
    assert (units(chair), BasketLine.objects.get().ended_at) == ((1, 0), after(20))


def test_the_sweep_frees_what_is_over_and_nothing_else(seller):
    items = [ItemFactory(seller=seller, on_sale=True, quantity=3) for _ in range(3)]
    for item in items:
        take_item(keeper=AMINA, item=item, n=2, now=NOW)
    take_item(keeper=BEN, item=items[0], now=after(10))

    assert sweep_ended(now=after(20)) == 6
    assert sweep_ended(now=after(20)) == 0
    assert [units(item) for item in items] == [(3, 1), (3, 0), (3, 0)]


def test_a_guest_who_signs_in_keeps_the_basket_and_its_hours(chair, seller, client):
    user = UserFactory()
    both = ItemFactory(seller=seller, on_sale=True, quantity=5)
    take_item(keeper=AMINA, item=chair, now=NOW)
    take_item(keeper=AMINA, item=both, n=2, now=NOW)
    take_item(keeper=Keeper(user=user), item=both, n=1, now=after(5))
    request = RequestFactory().get("/")
    request.COOKIES[COOKIE] = signed("amina")

    user_logged_in.send(sender=type(user), request=request, user=user)

    lines = Keeper(user=user).lines().order_by("item_id")
    assert [(line.item_id, line.quantity, line.ends_at) for line in lines] == [
        (chair.pk, 1, after(20)),
        (both.pk, 3, after(20)),
    ]
    assert (units(both), Basket.objects.count()) == ((5, 3), 1)
    assert merge_baskets(visitor="amina", user=user) == 0
    line = take_item(keeper=Keeper(user=user), item=chair, now=after(6))  # nobody is blocked by an own hold
    assert line.ends_at == after(20)


def test_signing_in_gives_no_new_time(chair):
    user = UserFactory()
    take_item(keeper=AMINA, item=chair, now=NOW)
    prolong_line(keeper=AMINA, item=chair, now=after(1))
    remove_line(keeper=AMINA, item=chair, now=after(30))
    merge_baskets(visitor="amina", user=user, now=after(30))
    with pytest.raises(HeldLongEnoughError):
        take_item(keeper=Keeper(user=user), item=chair, now=after(31))


def test_signing_in_forgets_neither_the_time_nor_the_address_of_what_ended_last(chair):
    user = UserFactory()
    take_item(keeper=Keeper(user=user), item=chair, now=after(-90))
    sweep_ended(now=after(-60))
    take_item(keeper=AMINA, item=chair, address="here", now=NOW)
    prolong_line(keeper=AMINA, item=chair, now=after(1))
    remove_line(keeper=AMINA, item=chair, now=after(30))

    merge_baskets(visitor="amina", user=user, now=after(30))

    for keeper, address in ((Keeper(user=user), ""), (BEN, "here")):
        with pytest.raises(HeldLongEnoughError):
            take_item(keeper=keeper, item=chair, address=address, now=after(31))


def test_an_hour_that_is_over_ends_no_live_hold_at_sign_in(seller):
    """What the account kept is over, and nobody swept it: the visitor's goes on with its own hour."""
    user, batch = UserFactory(), ItemFactory(seller=seller, on_sale=True, quantity=9)
    take_item(keeper=Keeper(user=user), item=batch, n=2, now=NOW)
    take_item(keeper=AMINA, item=batch, n=3, now=after(15))

    merge_baskets(visitor="amina", user=user, now=after(25))

    line = Keeper(user=user).lines().get()
    assert (line.state, line.quantity, line.ends_at) == ("held", 3, after(35))
    assert (units(batch), sweep_ended(now=after(26))) == ((9, 3), 0)


# --- who waits for it


def test_those_who_wait_are_told_once_when_it_is_free(chair):
    user = UserFactory(email="lea@example.org")
    take_item(keeper=AMINA, item=chair, now=NOW)
    create_alert(email=user.email, by=user, item=chair, kind=AlertKind.FREED, now=NOW)
    assert send_freed(item_id=chair.pk, now=after(1)) == 0  # not free yet

    remove_line(keeper=AMINA, item=chair, now=after(2))

    assert (send_freed(item_id=chair.pk, now=after(2)), send_freed(item_id=chair.pk, now=after(2))) == (1, 0)
    mail = OutgoingMail.objects.get(kind="shop.freed")
    assert (mail.to, Alert.objects.get().state) == ("lea@example.org", "paused")
    assert f"/objet/{chair.slug}-{chair.code.lower()}/" in mail.text


def queued_for(item):
    from django_tasks_db.models import DBTaskResult

    rows = DBTaskResult.objects.filter(task_path__endswith="tell_freed")
    return sum(row.args_kwargs["args"] == [item.pk] for row in rows)


def test_a_task_tells_them_only_where_somebody_asked(chair):
    from django_tasks_db.models import DBTaskResult

    def queued():
        return DBTaskResult.objects.filter(task_path__endswith="tell_freed").count()

    take_item(keeper=AMINA, item=chair, now=NOW)
    sweep_ended(now=after(20))
    assert queued() == 0
    user = UserFactory(email="lea@example.org")
    take_item(keeper=BEN, item=chair, now=after(21))
    create_alert(email=user.email, by=user, item=chair, kind=AlertKind.FREED, now=after(22))
    before = queued()  # it may be free by then: the task looks
    sweep_ended(now=after(41))
    assert (before, queued()) == (1, 2)


def test_who_confirms_after_it_was_freed_is_told_all_the_same(chair):
    """A hold lasts 20 minutes; a mail may be read later."""
    take_item(keeper=AMINA, item=chair, now=NOW)
    alert = create_alert(email="lea@example.org", by=None, item=chair, kind=AlertKind.FREED, now=after(1))
    remove_line(keeper=AMINA, item=chair, now=after(2))
    assert (alert.state, queued_for(chair)) == ("pending", 0)
    confirm_alert(alert=alert, now=after(30))
    confirm_alert(alert=alert, now=after(31))
    assert (queued_for(chair), send_freed(item_id=chair.pk, now=after(31))) == (1, 1)


def test_fewer_of_a_batch_tells_those_who_wait(seller, chairs):
    batch = ItemFactory(seller=seller, category=chairs, on_sale=True, quantity=3)
    user = UserFactory(email="lea@example.org")
    take_item(keeper=AMINA, item=batch, n=3, now=NOW)
    create_alert(email=user.email, by=user, item=batch, kind=AlertKind.FREED, now=after(1))
    take_item(keeper=AMINA, item=batch, n=1, now=after(2))
    assert (queued_for(batch), send_freed(item_id=batch.pk, now=after(3))) == (2, 1)


def test_waiting_for_an_object_is_no_search(chair, monkeypatch):
    user = UserFactory(email="lea@example.org")
    create_alert(email=user.email, by=user, item=chair, kind=AlertKind.FREED, now=NOW)
    assert match_alerts(now=after(5)) == 0
    assert forget_old_hits(now=after(5)) == 0
    Item.objects.filter(pk=chair.pk).update(state="sold", reserved=1)
    assert forget_old_hits(now=after(5)) == 1


def test_old_baskets_and_addresses_are_forgotten(chair):
    take_item(keeper=AMINA, item=chair, address="here", now=NOW)
    forget_old_traces(now=NOW + datetime.timedelta(hours=23))
    assert BasketLine.objects.get().address == "here"
    forget_old_traces(now=NOW + datetime.timedelta(hours=25))
    assert BasketLine.objects.get().address == ""
    a_year = NOW + datetime.timedelta(days=400)
    forget_old_traces(now=a_year)
    assert Basket.objects.count() == 1  # its item still counts as held
    sweep_ended(now=a_year)
    forget_old_traces(now=a_year)
    assert (Basket.objects.count(), units(chair)) == (0, (1, 0))


# --- what the page shows


def test_the_page_groups_by_place_and_tells_what_was_lost(chair, seller, stranger):
    other = stranger.memberships.get().organisation
    shared = SiteFactory(organisation=seller, city="Marmande", department="47")
    near = [ItemFactory(seller=org, site=shared, on_sale=True, weight_g=500) for org in (seller, other)]
    for item in (*near, chair):
        take_item(keeper=AMINA, item=item, now=NOW)
    gone = ItemFactory(seller=seller, on_sale=True)
    take_item(keeper=AMINA, item=gone, now=after(-25))
    take_item(keeper=BEN, item=gone, now=after(-5))
    Item.objects.filter(pk=chair.pk).update(price_cents=2000)

    page = basket_page(AMINA, now=after(1))

    assert [(p.number, p.place, [s.name for s in p.sellers], len(p.lines)) for p in page.parcels] == [
        (1, "Marmande (47)", [seller.name, other.name], 2),
        (2, "", [seller.name], 1),
    ]
    assert (page.units, page.cents, page.weight_g) == (3, 2500 + 2500 + 2000, 1000)
    assert page.parcels[1].lines[0].was_cents == 2500
    assert [(lost.item, lost.state, lost.until, lost.was_kept) for lost in page.lost] == [
        (gone, "held", after(25), True)
    ]


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_costs_a_fixed_number_of_queries(seller, n, django_assert_num_queries):
    for _ in range(n):
        take_item(keeper=AMINA, item=ItemFactory(seller=seller, on_sale=True), now=NOW)
        lost = ItemFactory(seller=seller, on_sale=True)
        take_item(keeper=AMINA, item=lost, now=after(-25))
        take_item(keeper=BEN, item=lost, now=after(-5))
    with django_assert_num_queries(2):
        assert len(basket_page(AMINA, now=after(1)).lost) == n
