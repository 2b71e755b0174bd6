"""What stays unsold gets cheaper as agreed, then leaves; prices obey the law; each thing may be undone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rebond.catalogue.actions.item import change_price
from rebond.catalogue.actions.item_stock import reserve
from rebond.catalogue.models import Item, PriceChange
from rebond.warehouse.actions.markdown import (
    apply_markdown,
    put_off_markdown,
    run_rules,
    set_rule,
    stop_rule,
    undo_markdown,
)
from rebond.warehouse.actions.night import check_at_night
from rebond.warehouse.errors import FieldInvalid, MarkdownTooLate
from rebond.warehouse.models import Holding, Markdown, MarkdownRule
from rebond.warehouse.queries.markdowns import cut_price, effect_of
from tests.factories.catalogue import CategoryFactory, ItemFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
DAY = timedelta(days=1)


@pytest.fixture
def old(seller, category, site):
    """`old(days, price)`: on sale for so many days, at this price since then."""

    def make(days, price=1_000, **fields):
        since = timezone.now() - days * DAY
        item = ItemFactory(
            seller=seller,
            site=site,
            on_sale=True,
            weight_g=500,
            price_cents=price,
            category=fields.pop("category", category),
            **fields,
        )
        Item.objects.filter(pk=item.pk).update(published_at=since)
        PriceChange.objects.filter(item=item).delete()
        PriceChange.objects.create(item=item, price_cents=price, at=since)
        item.refresh_from_db()
        return item

    return make


@pytest.fixture
def agree(seller, owner):
    """`agree(percent=…)`: a rule for all goods."""

    def make(**fields):
        numbers = {"after_days": 60, "percent": 20, "cuts": 2, "every_days": 30, "floor_cents": 200, "mode": "apply"}
        given = {"category": None, "agreed_with": "Lucie Martel", "agreed_on": timezone.localdate()}
        return set_rule(organisation=seller, by=owner, **(given | numbers | fields))

    return make


@pytest.mark.parametrize(
    ("price", "percent", "floor", "new"),
    [(1_000, 20, 200, 800), (999, 20, 200, 790), (210, 20, 200, 200), (150, 20, 200, 150), (1_000, 90, 1, 100)],
)
def test_a_price_is_cut_to_a_tenth_of_a_euro_and_never_below_its_floor(price, percent, floor, new):
    assert cut_price(price, percent=percent, floor_cents=floor) == new


def test_what_is_old_enough_gets_cheaper_and_shows_its_price_before(old, agree):
    item, young, cheap = old(61), old(59), old(200, price=200)
    agree()
    assert run_rules() == {"proposed": 1, "done": 1}
    assert run_rules() == {"proposed": 0, "done": 0}
    item.refresh_from_db()
    young.refresh_from_db()
    cheap.refresh_from_db()
    assert (item.price_cents, item.previous_price_cents) == (800, 1_000)  # rules.md F4: lowest of 30 days before
    assert (young.price_cents, cheap.price_cents) == (1_000, 200)


def test_the_next_cut_waits_thirty_days(old, agree):
    item = old(95)
    agree()
    run_rules()
    run_rules(now=timezone.now() + 29 * DAY)
    item.refresh_from_db()
    assert item.price_cents == 800
    run_rules(now=timezone.now() + 31 * DAY)
    run_rules(now=timezone.now() + 90 * DAY)  # two cuts at most
    item.refresh_from_db()
    assert (item.price_cents, item.previous_price_cents) == (640, 800)


def test_a_price_changed_by_hand_is_left_alone_for_thirty_days(old, agree, owner):
    item = old(100)
    change_price(item=item, price_cents=900, by=owner)
    agree()
    assert run_rules()["proposed"] == 0


def test_a_rule_that_proposes_waits_for_somebody(old, agree, owner):
    item, other = old(61), old(61)
    agree(mode="propose")
    assert run_rules() == {"proposed": 2, "done": 0}
    first, second = Markdown.objects.order_by("item_id")
    put_off_markdown(markdown=second, by=owner)
    apply_markdown(markdown=first, by=owner)
    apply_markdown(markdown=first, by=owner)
    item.refresh_from_db()
    other.refresh_from_db()
    assert (item.price_cents, other.price_cents) == (800, 1_000)
    assert PriceChange.objects.filter(item=item).count() == 2
    with pytest.raises(MarkdownTooLate):
        put_off_markdown(markdown=first, by=owner)


def test_a_cut_is_undone_and_not_proposed_again_at_once(old, agree, owner):
    item = old(61)
    agree()
    run_rules()
    done = Markdown.objects.get()
    undo_markdown(markdown=done, by=owner)
    undo_markdown(markdown=done, by=owner)
    item.refresh_from_db()
    assert (item.price_cents, item.previous_price_cents) == (1_000, None)
    assert run_rules()["proposed"] == 0


def test_what_was_held_or_priced_meanwhile_is_not_touched(old, agree, owner):
    held, priced = old(61), old(61)
    agree(mode="propose")
    run_rules()
    reserve(held)
    change_price(item=priced, price_cents=700, by=owner)
    for markdown in Markdown.objects.order_by("pk"):
        with pytest.raises(MarkdownTooLate):
            apply_markdown(markdown=markdown, by=owner)


def test_at_the_end_it_leaves_the_sale_and_comes_back_by_undo(old, agree, owner):
    item = old(181)
    agree(end="recycle", end_days=180)
    run_rules()
    item.refresh_from_db()
    assert (item.state, item.withdraw_reason) == ("withdrawn", "recycled")
    undo_markdown(markdown=Markdown.objects.get(), by=owner)
    item.refresh_from_db()
    assert item.state == "on_sale"
    assert run_rules()["proposed"] == 0


def test_the_nearest_rule_counts(old, agree, category):
    parent = CategoryFactory(key="maison", slug="maison", name="Maison")
    child = CategoryFactory(
        key="tables", slug="tables", name="Tables", parent=parent, path=f"{parent.path}/tables", depth=1
    )
    item, other = old(61, category=child), old(61, category=category)
    agree()
    agree(category=child, percent=50)
    run_rules()
    item.refresh_from_db()
    other.refresh_from_db()
    assert (item.price_cents, other.price_cents) == (500, 800)


def test_the_effect_is_told_before_the_rule_is_set(old, seller):
    old(61)
    old(61, price=500)
    old(400, price=3_000)
    rule = MarkdownRule(
        organisation=seller, after_days=60, percent=20, cuts=1, every_days=30, floor_cents=100, end="gift", end_days=365
    )
    effect = effect_of(rule)
    assert (effect.cuts, effect.before_cents, effect.after_cents, effect.less_cents) == (2, 1_500, 1_200, 300)
    assert (effect.ends, effect.ended_cents) == (1, 3_000)
    assert not Markdown.objects.exists()


def test_a_new_rule_takes_the_place_of_the_one_before(old, agree, owner):
    old(61)
    first = agree(mode="propose")
    run_rules()
    second = agree(percent=10)
    first.refresh_from_db()
    assert first.stopped_on
    assert not Markdown.objects.exists()  # what it had proposed is gone
    stop_rule(rule=second, by=owner)
    assert run_rules()["proposed"] == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"after_days": 29}, "after_days"),
        ({"every_days": 10}, "every_days"),
        ({"percent": 95}, "percent"),
        ({"cuts": 9}, "cuts"),
        ({"end": "gift"}, "end_days"),
        ({"end": "gift", "end_days": 40}, "end_days"),
        ({"agreed_with": " "}, "agreed_with"),
        ({"agreed_on": timezone.localdate() + timedelta(days=2)}, "agreed_on"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(agree, wrong, field):
    with pytest.raises(FieldInvalid) as refused:
        agree(**wrong)
    assert refused.value.field == field


@pytest.mark.page
def test_the_desk_shows_the_effect_sets_confirms_and_undoes(as_user, owner, reader, stranger, old):
    item = old(61, title="Lampe orange")
    desk = as_user(owner)
    fields = {
        "category": "", "after_days": 60, "percent": 20, "cuts": 1, "every_days": 30, "floor_cents": "2",
        "end": "none", "end_days": "", "mode": "propose", "agreed_with": "Lucie", "agreed_on": "2026-01-02",
    }  # fmt: skip
    assert as_user(reader).post("/bureau/stock/invendus/regle/", fields).status_code == 403
    seen = desk.post("/bureau/stock/invendus/regle/", fields)
    assert "1 objet baisse" in seen.text
    assert not MarkdownRule.objects.exists()
    assert desk.post("/bureau/stock/invendus/regle/", {**fields, "percent": "95"}).status_code == 422
    desk.post("/bureau/stock/invendus/regle/", {**fields, "do": "1"})
    run_rules()
    assert "1 baisse" in desk.get("/bureau/").text
    assert "Lampe orange" in desk.get("/bureau/stock/invendus/").text
    markdown = Markdown.objects.get()
    assert as_user(stranger).post(f"/bureau/stock/invendus/{markdown.pk}/confirmation/").status_code == 404
    desk.post(f"/bureau/stock/invendus/{markdown.pk}/confirmation/")
    item.refresh_from_db()
    assert item.price_cents == 800
    sheet = b"".join(desk.get("/bureau/stock/invendus/?export=csv").streaming_content).decode("utf-8-sig")
    assert "8,00" in sheet
    desk.post(f"/bureau/stock/invendus/{markdown.pk}/annulation/")
    item.refresh_from_db()
    assert item.price_cents == 1_000
    rule = MarkdownRule.objects.get()
    assert as_user(stranger).post(f"/bureau/stock/invendus/regles/{rule.public_id}/fin/").status_code == 404
    desk.post(f"/bureau/stock/invendus/regles/{rule.public_id}/fin/")
    rule.refresh_from_db()
    assert rule.stopped_on


@pytest.mark.page
@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_any_number(as_user, owner, old, agree, number, django_assert_max_num_queries):
    for n in range(number):
        old(61, title=f"Lampe {n}")
    agree(mode="propose")
    run_rules()
    desk = as_user(owner)
    desk.get("/bureau/stock/invendus/")
    with django_assert_max_num_queries(16):
        assert f"Lampe {number - 1}" in desk.get("/bureau/stock/invendus/").text


@pytest.mark.page
def test_the_night_tells_the_desk_whose_stock_does_not_add_up(as_user, owner, stranger, make_item):
    item, _good = make_item(title="Lampe orange"), make_item()
    assert check_at_night()["catalogue"] == 0
    assert "Vérification de nuit" not in as_user(owner).get("/bureau/").text
    Holding.objects.filter(item=item).update(units=5)  # what no action does
    assert check_at_night() == {"items": 2, "cache": 1, "catalogue": 1, "uncounted": 0, "cartons": 0}
    told = as_user(owner).get("/bureau/").text
    assert "Le stock de 1 objet" in told
    assert "Lampe orange" in as_user(owner).get("/bureau/stock/verification/").text
    assert "Lampe orange" not in as_user(stranger).get("/bureau/stock/verification/").text
    Holding.objects.filter(item=item).update(units=1)
    check_at_night()
    assert "Le stock de 1 objet" not in as_user(owner).get("/bureau/").text
