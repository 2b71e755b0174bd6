"""Each verb of an item: works, wrong state, bad input, run twice."""

import datetime

import pytest
from django.utils import timezone

from rebond.catalogue.actions.item import (
    change_item,
    change_price,
    create_item,
    duplicate_item,
    end_old_reductions,
    publish_item,
    release,
    reserve,
    restock_item,
    sell_item,
    send_back_item,
    submit_item,
    withdraw_item,
)
from rebond.catalogue.errors import (
    FieldInvalid,
    ItemChangedMeanwhile,
    ItemIncomplete,
    ItemStateForbids,
    ItemUnsafe,
    NotEnoughLeft,
    PriceInvalid,
    SellerNotSelling,
)
from rebond.catalogue.models import Item, ItemSlug, PriceChange
from rebond.catalogue.signals import items_changed
from rebond.core.codes import make_code, parse_code
from rebond.core.locks import lock_row, lock_rows
from rebond.journal.models import Entry, Transition
from tests.factories.catalogue import CategoryFactory, ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def told():
    """Ids announced to the search and the shop."""
    heard = []

    def listen(*, ids, **kwargs):
        heard.append(sorted(ids))

    items_changed.connect(listen)
    yield heard
    items_changed.disconnect(listen)


@pytest.fixture
def draft(seller):
    return ItemFactory(seller=seller, weight_g=4200)


@pytest.fixture
def on_sale(seller):
    return ItemFactory(seller=seller, on_sale=True, weight_g=4200)


def create(seller, by, **given):
    given = {"title": "Chaise", "condition": "good", "price_cents": 2500, "category": None} | given
    given["category"] = given["category"] or CategoryFactory()
    return create_item(seller=seller, by=by, **given)


# --- create


def test_create_makes_a_draft_with_code_price_and_entry(seller, owner, categories, told):
    SiteFactory(organisation=seller, city="Marmande", department="47")
    item = create(
        seller,
        owner,
        title="  Chaise  en hêtre ",
        category=categories["chairs"],
        fields={"weight_g": 4200, "attributes": {"wood": "Hêtre", "nope": "x"}, "gtin": ""},
        flaws=[{"kind": "scratch", "part": "Assise", "detail": "6 cm"}, {"kind": "", "part": ""}],
    )
    item.refresh_from_db()
    assert item.state == "draft"
    assert parse_code(item.code) == item.code
    assert item.code.startswith("CF")
    assert (item.title, item.slug, item.place) == ("Chaise en hêtre", "chaise-en-hetre", "Marmande (47)")
    assert item.attributes == {"wood": "beech"}
    assert [(f.kind, f.part, f.detail) for f in item.flaws.all()] == [("scratch", "Assise", "6 cm")]
    assert list(item.prices.values_list("price_cents", "by_label")) == [(2500, "Olivia Owner")]
    entry = Entry.objects.get()
    assert (entry.action, entry.subject_kind, entry.subject_id) == (
        "catalogue.item.created",
        "catalogue.item",
        item.code,
    )
    assert told == []  # the shop shows no draft


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "x" * 5000}, "title"),
        ({"title": "   "}, "title"),
        ({"condition": "perfect"}, "condition"),
        ({"fields": {"gtin": "4006381333930"}}, "gtin"),
        ({"fields": {"delivery_modes": ["drone"]}}, "delivery_modes"),
        ({"fields": {"weight_g": -1}}, "weight_g"),
        ({"fields": {"quantity": 0}}, "quantity"),
        ({"flaws": [{"kind": "ugly"}]}, "flaws"),
    ],
)
def test_create_refuses_bad_input(seller, owner, given, field):
    with pytest.raises(FieldInvalid) as caught:
        create(seller, owner, **given)
    assert caught.value.field == field
    assert Item.objects.count() == 0


@pytest.mark.parametrize("price", [0, -5, 100_000_001, 12.5, True])
def test_create_refuses_a_price_that_is_none(seller, owner, price):
    with pytest.raises(PriceInvalid):
        create(seller, owner, price_cents=price)


def test_create_refuses_another_organisations_place(seller, owner):
    with pytest.raises(FieldInvalid) as caught:
        create(seller, owner, fields={"site": SiteFactory()})
    assert caught.value.field == "site"


def test_create_needs_the_letters_of_a_seller(owner):
    with pytest.raises(SellerNotSelling):
        create(OrganisationFactory(letters=None), owner)


def test_create_refuses_a_reference_used_twice(seller, owner):
    create(seller, owner, fields={"external_ref": "A-1"})
    with pytest.raises(FieldInvalid) as caught:
        create(seller, owner, fields={"external_ref": "A-1"})
    assert caught.value.field == "external_ref"
    assert Item.objects.count() == 1


def test_create_draws_another_code_where_one_is_taken(seller, owner, monkeypatch):
    taken = ItemFactory(seller=seller).code
    codes = iter([taken, taken, make_code("CF", "234567")])
    monkeypatch.setattr("rebond.catalogue.actions.item_shared.make_code", lambda letters: next(codes))
    assert create(seller, owner).code == make_code("CF", "234567")


# --- change


def test_change_writes_only_what_differs(draft, owner, told):
    changed = change_item(item=draft, changes={"title": draft.title, "brand": "Thonet"}, by=owner, version=1)
    assert (changed.brand, changed.version) == ("Thonet", 2)
    entry = Entry.objects.get()
    assert entry.data == {"version": 2, "changes": {"brand": ["", "Thonet"]}}
    assert told == []


def test_change_of_nothing_writes_nothing(draft, owner):
    assert change_item(item=draft, changes={"title": draft.title}, flaws=[], by=owner).version == 1
    assert Entry.objects.count() == 0


def test_change_on_an_old_version_says_who_and_what(draft, owner, colleague):
    change_item(item=draft, changes={"brand": "Thonet", "color": "noir"}, by=colleague, version=1)
    with pytest.raises(ItemChangedMeanwhile) as caught:
        change_item(item=draft, changes={"brand": "Ikea"}, by=owner, version=1)
    assert (caught.value.by, caught.value.fields) == ("Colin Colleague", ["brand", "color"])
    draft.refresh_from_db()
    assert draft.brand == "Thonet"


def test_change_of_an_item_on_sale_keeps_the_old_slug_and_tells(on_sale, owner, told):
    old = on_sale.slug
    change_item(item=on_sale, changes={"title": "Fauteuil"}, by=owner)
    on_sale.refresh_from_db()
    assert on_sale.slug == "fauteuil"
    assert list(ItemSlug.objects.values_list("item_id", "slug")) == [(on_sale.pk, old)]
    assert told == [[on_sale.pk]]


def test_change_may_not_make_an_item_on_sale_unsafe(on_sale, owner, told):
    with pytest.raises(ItemUnsafe) as caught:
        change_item(item=on_sale, changes={"title": "Fusil de chasse"}, by=owner)
    assert caught.value.rules == ["weapon"]
    on_sale.refresh_from_db()
    assert on_sale.title.startswith("Chaise")
    assert told == []


@pytest.mark.parametrize(
    ("title", "description", "rule"),
    [
        ("Carabine 22LR", "Bon état, livrée avec son étui.", "weapon"),
        ("Doliprane 1000 mg", "Boîte à peine entamée", "medicine"),
        ("Siège auto bébé", "Housse lavable", "car-seat"),
        ("Lit parapluie", "Vendu avec drap", "cot"),
        ("iPhone 8 avec chargeur", "", "data"),
        ("Statuette", "En vrai ivoire. Une imitation ? Non.", "species"),
    ],
)
def test_no_ordinary_word_puts_a_dangerous_thing_on_sale(seller, owner, categories, title, description, rule):
    """rules.md F6, in a category that asks for nothing: a vase is no place for a rifle."""
    item = ItemFactory(seller=seller, category=categories["vases"], title=title, description=description)
    with pytest.raises(ItemUnsafe) as caught:
        publish_item(item=item, by=owner)
    assert caught.value.rules == [rule]
    item.refresh_from_db()
    assert item.state == "draft"


def test_change_of_category_drops_foreign_attributes(seller, owner, categories):
    item = ItemFactory(seller=seller, category=categories["chairs"], attributes={"wood": "oak", "seats": 1})
    change_item(item=item, changes={"category": categories["vases"]}, by=owner)
    item.refresh_from_db()
    assert (item.category.key, item.attributes) == ("vases", {})


def test_change_of_price_goes_through_the_history(on_sale, owner):
    PriceChange.objects.create(item=on_sale, price_cents=2500, at=timezone.now() - datetime.timedelta(days=3))
    Item.objects.update(published_at=timezone.now() - datetime.timedelta(days=3))
    change_item(item=on_sale, changes={"price_cents": 2000}, by=owner)
    on_sale.refresh_from_db()
    assert (on_sale.price_cents, on_sale.previous_price_cents) == (2000, 2500)
    assert list(on_sale.prices.values_list("price_cents", flat=True)) == [2500, 2000]


def test_change_refuses_fewer_than_held(seller, owner):
    item = ItemFactory(seller=seller, on_sale=True, quantity=5, reserved=3, weight_g=1)
    with pytest.raises(FieldInvalid) as caught:
        change_item(item=item, changes={"quantity": 2}, by=owner)
    assert caught.value.field == "quantity"


def test_change_of_flaws_replaces_them(draft, owner):
    change_item(item=draft, changes={}, flaws=[{"kind": "scratch", "detail": "a"}, {"kind": "stain"}], by=owner)
    change_item(item=draft, changes={}, flaws=[{"kind": "stain"}], by=owner)
    assert [f.kind for f in draft.flaws.all()] == ["stain"]
    assert [e.data["changes"] for e in Entry.objects.order_by("pk")] == [{"flaws": [0, 2]}, {"flaws": [2, 1]}]


def test_unknown_columns_are_a_mistake_of_the_caller(draft, owner):
    with pytest.raises(TypeError):
        change_item(item=draft, changes={"state": "on_sale"}, by=owner)


# --- states


def test_publish_puts_on_sale_with_date_transition_and_entry(draft, owner, told):
    item = publish_item(item=draft, by=owner)
    assert item.state == "on_sale"
    assert item.published_at is not None
    move = Transition.objects.get()
    assert (move.verb, move.from_state, move.to_state) == ("publish", "draft", "on_sale")
    assert [e.action for e in Entry.objects.all()] == ["catalogue.item.published"]
    assert told == [[draft.pk]]


def test_publish_twice_is_refused_the_second_time(draft, owner):
    publish_item(item=draft, by=owner)
    with pytest.raises(ItemStateForbids):
        publish_item(item=draft, by=owner)
    assert Transition.objects.count() == 1


def test_publish_estimates_a_missing_weight_from_the_category(seller, owner, categories):
    item = ItemFactory(seller=seller, category=categories["chairs"])
    item = publish_item(item=item, by=owner)
    assert (item.weight_g, item.is_weight_estimated) == (4200, True)


def test_publish_refuses_a_seller_who_is_not_admitted(draft, owner, told):
    draft.seller.seller_state = "suspended"
    draft.seller.save()
    with pytest.raises(SellerNotSelling):
        publish_item(item=Item.objects.get(pk=draft.pk), by=owner)
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert told == []


def test_publish_asks_for_the_weight_and_what_the_category_requires(seller, owner, categories):
    bare = ItemFactory(seller=seller)  # a category without a usual weight
    with pytest.raises(ItemIncomplete) as caught:
        publish_item(item=bare, by=owner)
    assert [key for key, _ in caught.value.missing] == ["weight_g"]
    bike = ItemFactory(seller=seller, category=categories["adult-bikes"])
    with pytest.raises(ItemIncomplete) as caught:
        publish_item(item=bike, by=owner)
    assert [key for key, _ in caught.value.missing] == ["attributes.bike-check"]


def test_publish_of_something_to_repair_asks_what_is_wrong(seller, owner, categories):
    item = ItemFactory(seller=seller, category=categories["chairs"], condition="to_repair")
    with pytest.raises(ItemIncomplete):
        publish_item(item=item, by=owner)
    change_item(item=item, changes={}, flaws=[{"kind": "crack", "part": "Pied"}], by=owner)
    assert publish_item(item=item, by=owner).state == "on_sale"


def test_publish_is_held_back_by_a_safety_rule_until_proved(seller, owner, categories):
    item = ItemFactory(seller=seller, category=categories["board-games"], attributes={"complete": "yes"})
    with pytest.raises(ItemUnsafe) as caught:
        publish_item(item=item, by=owner)
    assert caught.value.rules == ["toy"]
    assert "CE" in str(caught.value)
    change_item(item=item, changes={"attributes": {"complete": "yes", "ce-mark": True}}, by=owner)
    assert publish_item(item=item, by=owner).state == "on_sale"


def test_withdraw_then_publish_keeps_the_first_date(on_sale, owner, told):
    first = on_sale.published_at
    item = withdraw_item(item=on_sale, reason="damaged", by=owner, note="pied cassé")
    assert (item.state, item.withdraw_reason) == ("withdrawn", "damaged")
    assert Transition.objects.get().reason == "pied cassé"
    again = publish_item(item=item, by=owner)
    assert (again.state, again.withdraw_reason, again.published_at) == ("on_sale", "", first)
    assert told == [[on_sale.pk], [on_sale.pk]]


def test_withdraw_refuses_no_reason_a_second_time_and_a_held_item(on_sale, owner):
    with pytest.raises(FieldInvalid):
        withdraw_item(item=on_sale, reason="because", by=owner)
    reserve(on_sale)
    with pytest.raises(NotEnoughLeft):
        withdraw_item(item=on_sale, reason="damaged", by=owner)
    release(on_sale)
    withdraw_item(item=on_sale, reason="damaged", by=owner)
    with pytest.raises(ItemStateForbids):
        withdraw_item(item=on_sale, reason="damaged", by=owner)


def test_submit_and_send_back(draft, owner, colleague):
    assert submit_item(item=draft, by=colleague).state == "in_review"
    with pytest.raises(ItemStateForbids):
        submit_item(item=draft, by=colleague)
    with pytest.raises(FieldInvalid):
        send_back_item(item=draft, reason=" ", by=owner)
    assert send_back_item(item=draft, reason="Mesurez l’assise", by=owner).state == "draft"
    assert Transition.objects.order_by("pk").last().reason == "Mesurez l’assise"
    with pytest.raises(ItemStateForbids):
        send_back_item(item=draft, reason="encore", by=owner)


# --- stock


def test_reserve_and_release(on_sale, told):
    reserve(on_sale)
    assert (on_sale.reserved, on_sale.is_available) == (1, False)
    with pytest.raises(NotEnoughLeft):
        reserve(on_sale)
    release(on_sale)
    assert on_sale.is_available
    with pytest.raises(NotEnoughLeft):
        release(on_sale)
    assert told == []  # a hold changes nothing of what the search finds


@pytest.mark.parametrize("n", [0, -1, 2])
def test_reserve_refuses_a_number_that_is_not_there(on_sale, n):
    with pytest.raises(NotEnoughLeft):
        reserve(on_sale, n)


def test_reserve_refuses_a_draft(draft):
    with pytest.raises(NotEnoughLeft):
        reserve(draft)


def test_sell_of_the_last_unit_sells_the_item(on_sale, owner):
    with pytest.raises(NotEnoughLeft):
        sell_item(item=on_sale, by=owner)
    reserve(on_sale)
    item = sell_item(item=on_sale, by=owner)
    assert (item.state, item.quantity, item.reserved) == ("sold", 1, 1)
    assert item.sold_at is not None
    with pytest.raises(ItemStateForbids):
        sell_item(item=item, by=owner)


def test_sell_of_some_units_leaves_the_others(seller, owner):
    item = ItemFactory(seller=seller, on_sale=True, quantity=10)
    reserve(item, 3)
    item = sell_item(item=item, by=owner, n=2)
    assert (item.state, item.quantity, item.reserved) == ("on_sale", 8, 1)
    item = sell_item(item=item, by=owner, n=3, is_held=False)
    assert (item.quantity, item.reserved) == (5, 1)
    with pytest.raises(NotEnoughLeft):
        sell_item(item=item, by=owner, n=5, is_held=False)


def test_sell_at_the_workshop_takes_what_nobody_holds(seller, owner):
    item = ItemFactory(seller=seller, on_sale=True, quantity=4)
    reserve(item)
    item = sell_item(item=item, by=owner, n=None, is_held=False, note="Ticket 12")
    assert (item.state, item.quantity, item.reserved) == ("on_sale", 1, 1)
    with pytest.raises(NotEnoughLeft):
        sell_item(item=item, by=owner, n=None, is_held=False)
    data = Entry.objects.get(action="catalogue.item.sold").data
    assert (data["n"], data["at_workshop"], data["note"]) == (3, True, "Ticket 12")


def test_restock_brings_a_sold_item_back_out_of_sale(seller, owner):
    item = ItemFactory(seller=seller, sold=True, weight_g=1)
    item = restock_item(item=item, by=owner, reason="rétractation")
    assert (item.state, item.quantity, item.reserved, item.sold_at) == ("withdrawn", 1, 0, None)
    assert publish_item(item=item, by=owner).is_available
    with pytest.raises(ItemStateForbids):
        restock_item(item=item, by=owner)


# --- price


def test_change_price_shows_the_reference_and_ends_it_after_30_days(on_sale, owner, told):
    start = timezone.now() - datetime.timedelta(days=60)
    Item.objects.update(published_at=start)
    PriceChange.objects.create(item=on_sale, price_cents=2500, at=start)
    cut = timezone.now() - datetime.timedelta(days=31)
    item = change_price(item=on_sale, price_cents=2000, by=owner, reason="30 jours en ligne", now=cut)
    assert (item.price_cents, item.previous_price_cents) == (2000, 2500)
    assert change_price(item=item, price_cents=2000, by=owner).version == item.version
    assert end_old_reductions() == 1
    on_sale.refresh_from_db()
    assert (on_sale.price_cents, on_sale.previous_price_cents) == (2000, None)
    assert end_old_reductions() == 0
    assert told == [[on_sale.pk], [on_sale.pk]]


@pytest.mark.parametrize("action", ["change_price", "change_item"])
def test_a_price_has_the_hour_at_which_its_item_was_locked(on_sale, owner, monkeypatch, action):
    """Who waited for another's price comes after it, whatever hour the waiting began at."""
    locked = []

    def lock(row, **kwargs):
        found = lock_row(row, **kwargs)
        locked.append(timezone.now())
        return found

    monkeypatch.setattr("rebond.catalogue.actions.item_shared.lock_row", lock)
    given = {"price_cents": 700} if action == "change_price" else {"changes": {"price_cents": 700}}
    {"change_price": change_price, "change_item": change_item}[action](item=on_sale, by=owner, **given)

    assert PriceChange.objects.get(item=on_sale, price_cents=700).at >= locked[0]


def test_a_cut_made_while_old_reductions_end_keeps_its_reference(on_sale, owner, monkeypatch):
    start = timezone.now() - datetime.timedelta(days=60)
    Item.objects.update(published_at=start)
    PriceChange.objects.create(item=on_sale, price_cents=2500, at=start)
    change_price(item=on_sale, price_cents=2000, by=owner, now=timezone.now() - datetime.timedelta(days=31))

    def cut_meanwhile(rows):
        change_price(item=on_sale, price_cents=1500, by=owner)
        return lock_rows(rows)

    monkeypatch.setattr("rebond.catalogue.actions.item_price.lock_rows", cut_meanwhile)

    assert end_old_reductions() == 0
    on_sale.refresh_from_db()
    assert (on_sale.price_cents, on_sale.previous_price_cents) == (1500, 2000)


def test_change_price_refuses_nothing_and_a_sold_item(on_sale, seller, owner):
    with pytest.raises(PriceInvalid):
        change_price(item=on_sale, price_cents=0, by=owner)
    with pytest.raises(ItemStateForbids):
        change_price(item=ItemFactory(seller=seller, sold=True), price_cents=100, by=owner)


def test_change_price_of_a_draft_announces_no_reduction(draft, owner):
    PriceChange.objects.create(item=draft, price_cents=2500, at=timezone.now() - datetime.timedelta(days=3))
    assert change_price(item=draft, price_cents=2000, by=owner).previous_price_cents is None


# --- duplicate


def test_duplicate_copies_texts_not_what_belongs_to_one_object(seller, owner, categories):
    item = ItemFactory(
        seller=seller,
        category=categories["board-games"],
        on_sale=True,
        brand="Djeco",
        external_ref="A-1",
        weight_g=900,
        attributes={"complete": "yes", "proof-recall": "vu le 3"},
    )
    item.flaws.create(kind="scratch")
    copy = duplicate_item(item=item, by=owner)
    assert copy.pk != item.pk
    assert copy.code != item.code
    assert (copy.title, copy.brand, copy.state, copy.external_ref) == (item.title, "Djeco", "draft", "")
    assert copy.attributes == {"complete": "yes"}
    assert (copy.weight_g, copy.is_weight_estimated) == (900, True)
    assert copy.flaws.count() == 0
    assert Entry.objects.get().data["source"] == item.display_code


def test_a_flaw_has_its_spot_on_its_photo_and_nowhere_else(draft, owner):
    spot = {"kind": "stain", "photo_position": 1, "spot_x": 250, "spot_y": 800}
    change_item(item=draft, changes={}, flaws=[spot, {**spot, "photo_position": None}], by=owner)
    assert [(f.spot_x, f.spot_y) for f in draft.flaws.all()] == [(250, 800), (None, None)]
    with pytest.raises(FieldInvalid):
        change_item(item=draft, changes={}, flaws=[{**spot, "spot_x": 1001}], by=owner)
