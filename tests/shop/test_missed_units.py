"""Units of a batch that nobody found, or found broken, are not sold a second time; the others stay where they are."""

import uuid

import pytest
from django.urls import reverse

from rebond.catalogue.actions.item import withdraw_item
from rebond.catalogue.models import Item
from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.parcel_out import cancel_missing
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.part import CancelLine, change_part
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.returning import refund_return
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.models import Order, OrderLine, Refund, Return
from rebond.shop.queries.keeper import Keeper
from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.actions.label import cancel_label
from rebond.warehouse.actions.stock_out import note_missing
from rebond.warehouse.actions.stock_out_end import find_stock_out, lose_stock_out
from rebond.warehouse.errors import StockOutAwaited
from rebond.warehouse.models import Holding, Packing, PickLine, StockOut
from tests.factories.carriers import account_of, labelled
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory
from tests.factories.shop import CONTACT
from tests.factories.warehouse import PlaceFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def glasses(seller, operator, index):
    site = SiteFactory(organisation=seller, name="L’entrepôt")
    return ItemFactory(
        seller=seller, site=site, on_sale=True, title="Verres", price_cents=300, quantity=5, weight_g=200
    )


def bought(item, units):
    """A paid order of so many, asked of its site."""
    keeper = Keeper(visitor=uuid.uuid4().hex)
    take_item(keeper=keeper, item=item, n=units)
    agreed = Agreed({item.pk: Way(1, "home", 490)}, item.price_cents * units + 490, CONTACT)
    payment = place_order(keeper=keeper, email="a@b.org", operation=uuid.uuid4(), provider="test", agreed=agreed)
    receive_event(told=Told("test", uuid.uuid4().hex, "paid", payment.public_id, payment.amount_cents))
    announce_parcels(order_id=payment.order_id)
    return payment.order


def missed(order, item, by, state="missing", *, units, is_refunded=True):
    """A picker says so of so many; the others of the line were found, at another place."""
    (row,) = PickLine.objects.filter(parcel__order_code=order.public_id)
    if row.units > units:
        PickLine.objects.create(
            parcel=row.parcel,
            item=item,
            item_code=row.item_code,
            title=row.title,
            owner_id=row.owner_id,
            units=row.units - units,
            state="picked",
        )
    PickLine.objects.filter(pk=row.pk).update(state=state, units=units)
    fresh = PickLine.objects.select_related("item", "place", "parcel__organisation").get(pk=row.pk)
    note_missing(fresh, fresh.parcel, by=by)
    if not is_refunded:
        return
    facts = {"order_code": order.public_id, "item_id": item.pk, "state": state, "by_id": by.pk}
    assert (cancel_missing(**facts), cancel_missing(**facts)) == (True, False)


def stock(item):
    """Its state and number, and where its units lie by the kind of their place."""
    item.refresh_from_db()
    held = Holding.objects.filter(item=item).order_by("place__kind").values_list("place__kind", "units")
    return item.state, item.quantity, dict(held)


@pytest.mark.parametrize("state", ["missing", "damaged"])
def test_what_was_missing_is_not_on_sale_again(glasses, owner, state):
    order = bought(glasses, 2)
    assert stock(glasses) == ("on_sale", 3, {"waiting": 3})
    missed(order, glasses, owner, state, units=2)
    assert stock(glasses) == ("on_sale", 3, {"waiting": 3})
    assert (Refund.objects.get().amount_cents, order.parts.get().state) == (2 * 300 + 490, "cancelled")
    assert (check_ledger().is_right, check_stock().is_right) == (True, True)


def test_what_was_found_of_the_same_line_is_on_sale_again(glasses, owner):
    missed(bought(glasses, 3), glasses, owner, units=1)
    assert stock(glasses) == ("on_sale", 4, {"waiting": 4})


def test_somebody_else_may_hold_all_that_is_left(glasses, owner):
    order = bought(glasses, 2)
    take_item(keeper=Keeper(visitor=uuid.uuid4().hex), item=glasses, n=3)
    missed(order, glasses, owner, units=2)
    glasses.refresh_from_db()
    assert (glasses.state, glasses.quantity, glasses.reserved) == ("on_sale", 3, 3)


def test_of_what_is_off_sale_only_what_was_missing_is_kept_among_the_lost(glasses, owner):
    order = bought(glasses, 1)
    withdraw_item(item=glasses, reason="other", by=owner)
    missed(order, glasses, owner, units=1)
    assert stock(glasses) == ("withdrawn", 5, {"lost": 1, "waiting": 4})
    assert check_stock().is_right


def test_the_last_units_are_off_sale(glasses, owner):
    missed(bought(glasses, 5), glasses, owner, units=2)
    assert stock(glasses) == ("withdrawn", 5, {"lost": 2, "waiting": 3})


@pytest.mark.parametrize(("reason", "left"), [("not_found", 3), ("damaged", 3), ("other", 5), ("buyer_asked", 5)])
def test_a_person_who_cancels_says_whether_they_may_be_sold(glasses, owner, reason, left):
    order, operation = bought(glasses, 2), uuid.uuid4()
    for _twice in range(2):
        changes = [CancelLine(OrderLine.objects.get().pk, reason)]
        change_part(part=order.parts.get(), changes=changes, by=owner, operation=operation)
    assert stock(glasses) == ("on_sale", left, {"waiting": left})
    assert check_stock().is_right


@pytest.mark.parametrize(("units", "left"), [(2, 3), (1, 4)])
@pytest.mark.parametrize("state", ["missing", "damaged"])
def test_what_was_missed_and_withdrawn_from_before_its_refund_is_not_on_sale_again(glasses, owner, state, units, left):
    order = bought(glasses, 2)
    missed(order, glasses, owner, state, units=units, is_refunded=False)
    said = Declaration({OrderLine.objects.get().pk}, "Ana", "ana@example.org", uuid.uuid4())
    declare_withdrawal(order=Order.objects.get(pk=order.pk), said=said)
    waiting = StockOut.objects.get()
    with pytest.raises(StockOutAwaited):  # nothing is said of it before: its units would leave the stock twice
        lose_stock_out(stock_out=waiting, why="not_found", by=owner)
    operation = uuid.uuid4()
    for _twice in range(2):
        refund_return(back=Return.objects.get(), by=owner, operation=operation)
    assert stock(glasses) == ("on_sale", left, {"waiting": left})
    assert (Refund.objects.get().amount_cents, StockOut.objects.get().is_out) == (2 * 300 + 490, True)
    assert (check_ledger().is_right, check_stock().is_right) == (True, True)


def refused_label(shipment, owner):
    cancel_label(shipment=shipment, by=owner)


def packed_anew(shipment, _owner):
    """Its parcel was opened since, and closed again without what is bought no more."""
    Packing.objects.create(parcel=shipment.parcel, undone_on=None)


def nothing(_shipment, _owner):
    """Its label is on it: its driver may have taken it, and no scan tells yet."""


@pytest.mark.parametrize(
    ("happens", "left"), [(nothing, 3), (refused_label, 5), (packed_anew, 5)], ids=["labelled", "cancelled", "packed"]
)
def test_what_may_be_with_its_carrier_is_on_sale_once_it_is_found(
    glasses, owner, as_user, seller, folders, happens, left
):
    order = bought(glasses, 2)
    part = order.parts.select_related("order", "seller").get()
    shipment = labelled(part, account_of(seller))
    said = Declaration({OrderLine.objects.get().pk}, "Ana", "ana@example.org", uuid.uuid4())
    declare_withdrawal(order=Order.objects.get(pk=order.pk), said=said)
    happens(shipment, owner)
    page = as_user(owner).get(reverse("shop:return-detail", args=[Return.objects.get().public_id])).text
    assert ("porte encore son étiquette" in page) == (left == 3)
    operation = uuid.uuid4()
    for _twice in range(2):
        refund_return(back=Return.objects.get(), by=owner, operation=operation)
    assert stock(glasses) == ("on_sale", left, {"waiting": left})
    kept = StockOut.objects.values_list("state", "units", "is_out")
    assert list(kept) == ([("open", 2, True)] if left == 3 else [])
    if left == 3:
        shelf = PlaceFactory(site=glasses.site)
        find_stock_out(stock_out=StockOut.objects.get(), place=shelf, is_on_sale=True, by=owner)
        assert stock(glasses) == ("on_sale", 5, {"shelf": 2, "waiting": 3})
    assert check_stock().is_right


def test_so_is_what_its_seller_cancels_and_no_site_was_asked(glasses, owner, seller, folders):
    Item.objects.filter(pk=glasses.pk).update(site=None)
    glasses.refresh_from_db()
    order = bought(glasses, 2)
    labelled(order.parts.select_related("order", "seller").get(), account_of(seller))
    changes = [CancelLine(OrderLine.objects.get().pk, "other")]
    change_part(part=order.parts.get(), changes=changes, by=owner, operation=uuid.uuid4())
    assert (stock(glasses)[:2], StockOut.objects.count()) == (("on_sale", 3), 0)
