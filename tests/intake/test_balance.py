"""The mass balance closes, or shows its gap (rules.md E1; L, vector 32)."""

import datetime
import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from rebond.catalogue.actions.item import sell_item
from rebond.catalogue.actions.item_back import take_back
from rebond.intake.actions.balance import note_count, note_exit, set_flows
from rebond.intake.data.flows import flow
from rebond.intake.errors import FieldInvalid
from rebond.intake.models import CategoryFlow, Exit, FlowName, StockCount
from rebond.intake.queries.balance import Balance, Moves, balances, moves_of, total
from tests.factories.catalogue import ItemFactory
from tests.factories.intake import DonationFactory, SortingFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
KG = 1_000
START, END = datetime.date(2026, 11, 2), datetime.date(2026, 11, 20)
BEFORE, WITHIN = START - datetime.timedelta(days=5), datetime.date(2026, 11, 10)


def vector(**changes):
    facts = {
        "collected_g": 900 * KG,
        "sold_g": 420 * KG,
        "given_g": 60 * KG,
        "recycled_g": 300 * KG,
        "waste_g": 90 * KG,
    }
    return Balance(flow("textile"), 100 * KG, Moves(**(facts | changes)), 130 * KG)


def test_vector_32_balances():
    row = vector()
    assert (row.gap_g, row.closes, row.reuse_per_mille) == (0, True, 533)


@pytest.mark.parametrize(("collected", "closes"), [(930, True), (931, False), (873, True), (869, False)])
def test_the_tolerance_is_three_percent_of_what_there_was(collected, closes):
    assert vector(collected_g=collected * KG).closes is closes


@pytest.fixture
def counted(site, owner):
    """100 kg of textiles counted before the period, 130 kg at its end."""
    for day, kilos in ((BEFORE, 100), (END, 130)):
        note_count(site=site, flow="textile", day=day, weight_g=kilos * KG, by=owner)


def test_everything_that_moved_is_found(site, owner, counted, categories):
    DonationFactory(site=site, day=WITHIN, flow="textile", flow__net_g=900 * KG)
    sold_at = timezone.make_aware(datetime.datetime(2026, 11, 12, 23, 30))
    coats = categories["coats"]
    ItemFactory(sold=True, site=site, seller=site.organisation, category=coats, weight_g=400 * KG, sold_at=sold_at)
    note_exit(site=site, flow="textile", kind="sold", day=WITHIN, weight_g=20 * KG, by=owner)
    for outcome, kilos in (("give", 60), ("recycle", 300), ("waste", 90), ("online", 5), ("repair", 5)):
        SortingFactory(site=site, day=WITHIN, flow="textile", outcome=outcome, weight_g=kilos * KG, category=coats)
    (row,) = balances(site, START, END)
    moves = row.moves
    assert (row.opening_g, moves.collected_g, moves.sold_g) == (100 * KG, 900 * KG, 420 * KG)
    assert (moves.given_g, moves.recycled_g, moves.waste_g) == (60 * KG, 300 * KG, 90 * KG)
    assert (row.closing_g, row.gap_g, row.is_counted, row.closes) == (130 * KG, 0, True, True)
    assert total([row]).gap_g == 0


def test_what_is_missing_is_the_gap(site, counted):
    DonationFactory(site=site, day=WITHIN, flow="textile", flow__net_g=80 * KG)
    (row,) = balances(site, START, END)
    assert (row.gap_g, row.closes) == (50 * KG, False)


def test_without_a_count_the_books_say_the_stock_and_no_gap_is_told(site):
    DonationFactory(site=site, day=BEFORE, flow="books", flow__net_g=10 * KG)
    DonationFactory(site=site, day=WITHIN, flow="books", flow__net_g=5 * KG)
    (row,) = balances(site, START, END)
    assert (row.opening_g, row.closing_g, row.is_counted) == (10 * KG, 15 * KG, False)


def test_mixed_things_change_flow_and_the_whole_does_not_move(site):
    donation = DonationFactory(site=site, day=WITHIN, flow="mixed", flow__net_g=10 * KG)
    SortingFactory(site=site, day=WITHIN, donation=donation, from_flow="mixed", flow="electrical", weight_g=4 * KG)
    rows = {row.flow.key: row for row in balances(site, START, END)}
    assert (rows["mixed"].moves.moved_g, rows["electrical"].moves.moved_g) == (-4 * KG, 4 * KG)
    assert (rows["mixed"].closing_g, rows["electrical"].closing_g) == (6 * KG, 0)
    assert total(list(rows.values())).moves.moved_g == 0


def test_what_was_taken_back_or_refused_does_not_count(site):
    donation = DonationFactory(site=site, day=WITHIN, flow="toys", flow__net_g=10 * KG)
    SortingFactory(
        site=site, day=WITHIN, donation=donation, from_flow="toys", flow="toys", outcome="refused", weight_g=3 * KG
    )
    SortingFactory(site=site, day=WITHIN, flow="toys", outcome="waste", weight_g=2 * KG, cancelled_on=WITHIN)
    taken_back = DonationFactory(site=site, day=WITHIN, flow="toys")
    taken_back.weighings.update(cancelled_on=WITHIN)
    (row,) = balances(site, START, END)
    assert (row.moves.collected_g, row.moves.waste_g) == (7 * KG, 0)


def test_the_edges_of_the_period_and_other_sites_are_kept_apart(site):
    for day in (START - datetime.timedelta(days=1), START, END, END + datetime.timedelta(days=1)):
        DonationFactory(site=site, day=day, flow="books", flow__net_g=KG)
    DonationFactory(day=WITHIN, flow="books", flow__net_g=KG)
    (row,) = balances(site, START, END)
    assert (row.opening_g, row.moves.collected_g) == (KG, 2 * KG)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"flow": "gold"}, "flow"), ({"weight_g": 0}, "weight_g"), ({"kind": "lost"}, "kind"), ({"day": datetime.date(2100, 1, 1)}, "day")],
)  # fmt: skip
def test_exits_are_checked(site, owner, given, field):
    facts = {"site": site, "flow": "books", "kind": "sold", "day": WITHIN, "weight_g": KG, "by": owner}
    with pytest.raises(FieldInvalid) as refused:
        note_exit(**(facts | given))
    assert refused.value.field == field


# pages and command


def address(site, **more):
    query = {"site": site.public_id, "start": START, "end": END, **more}
    return reverse("intake-desk:balance") + "?" + "&".join(f"{key}={value}" for key, value in query.items())


def test_the_page_shows_the_gap_and_downloads(owner, reader, stranger, as_user, site, counted):
    DonationFactory(site=site, day=WITHIN, flow="textile", flow__net_g=80 * KG)
    text = as_user(owner).get(address(site)).content.decode().replace("\u00a0", " ")
    assert "50 kg" in text
    assert "is-bad" in text
    given = as_user(owner).get(address(site, export="csv")).getvalue().decode()
    assert "Refashion;TLC;100,000;80,000" in given
    assert "Compter le stock" in text
    assert "Compter le stock" not in as_user(reader).get(address(site)).text
    assert as_user(stranger).get(address(site)).status_code == 422


def test_an_impossible_period_is_said(owner, as_user, site):
    answer = as_user(owner).get(address(site, end="2026-01-01"))
    assert answer.status_code == 422
    assert "avant le début" in answer.content.decode()


@pytest.mark.parametrize(("name", "model"), [("count-add", StockCount), ("exit-add", Exit)])
def test_noting_twice_is_noting_once(owner, reader, stranger, as_user, site, name, model):
    url = reverse(f"intake-desk:{name}")
    form = {"operation": "7e1d4b1e-0b0c-4b57-8f54-0f7c6a4d9a11", "site": site.pk, "flow": "books"}
    form |= {"day": str(WITHIN), "weight_g": "12 500", "kind": "waste", "reference": "BSD 12"}
    assert as_user(reader).post(url, form).status_code == 403
    assert as_user(stranger).post(url, form).status_code == 422
    desk = as_user(owner)
    assert desk.post(url, form | {"weight_g": "x"}).status_code == 422
    for _n in range(2):
        assert desk.post(url, form).status_code == 302
    assert model.objects.get().weight_g == 12_500 * KG


def test_the_flows_are_edited_without_code(owner, as_user, seller, categories):
    url = reverse("intake-desk:flow-map")
    assert "Refashion" in as_user(owner).get(url).content.decode()
    as_user(owner).post(url, {"c-decoration": "furniture", "b-textile": "Autre", "n-textile": "T1"})
    assert CategoryFlow.objects.get().flow == "furniture"
    assert FlowName.objects.get(flow="textile").body == "Autre"
    as_user(owner).post(url, {"c-decoration": "", "b-textile": "Autre"})
    assert not CategoryFlow.objects.exists()


def test_an_unknown_flow_changes_nothing(seller, owner, categories):
    with pytest.raises(FieldInvalid):
        set_flows(organisation=seller, of_categories={categories["decoration"]: "gold"}, names={}, by=owner)
    assert not CategoryFlow.objects.exists()


def test_the_command_speaks_json_and_says_what_does_not_close(site, counted, capsys):
    DonationFactory(site=site, day=WITHIN, flow="textile", flow__net_g=80 * KG)
    arguments = ["--site", site.public_id, "--from", str(START), "--to", str(END)]
    with pytest.raises(SystemExit) as ended:
        call_command("mass_balance", *arguments, "--json")
    assert ended.value.code == 1
    report = json.loads(capsys.readouterr().out)
    assert report["flows"][0]["gap_g"] == 50 * KG
    assert report["total"]["counted"] is True


def test_a_wrong_request_is_no_gap(site):
    for arguments in (["--site", "nowhere"], ["--site", site.public_id, "--from", str(END), "--to", str(START)]):
        given = arguments if len(arguments) > 2 else [*arguments, "--from", str(START), "--to", str(END)]
        with pytest.raises(CommandError) as refused:
            call_command("mass_balance", *given)
        assert refused.value.returncode == 2


def test_units_of_a_batch_sold_one_by_one_leave_the_stock(site, categories):
    """Three of five sold today, then the last two: each gram leaves once."""
    item = ItemFactory(
        on_sale=True, seller=site.organisation, site=site, category=categories["vases"], quantity=5, weight_g=400
    )
    day = timezone.localdate()
    item = sell_item(item=item, by=None, n=3, is_held=False)
    assert (item.quantity, item.state) == (2, "on_sale")
    assert moves_of(site, day, day)["household"].sold_g == 1_200
    sell_item(item=item, by=None, n=2, is_held=False)
    moves = moves_of(site, day, day)["household"]
    assert (moves.sold_g, moves.estimated_g) == (2_000, 0)
    yesterday = day - datetime.timedelta(days=1)
    assert moves_of(site, yesterday, yesterday) == {}


def test_an_estimated_weight_stays_one_when_a_part_is_sold(site, categories):
    item = ItemFactory(
        on_sale=True,
        seller=site.organisation,
        site=site,
        category=categories["vases"],
        quantity=2,
        weight_g=400,
        is_weight_estimated=True,
    )
    sell_item(item=item, by=None, n=1, is_held=False)
    day = timezone.localdate()
    assert moves_of(site, day, day)["household"].estimated_g == 400


def test_a_sale_that_fails_leaves_no_part(site, categories):
    from rebond.catalogue.errors import NotEnoughLeft
    from rebond.intake.models import PartSale

    item = ItemFactory(on_sale=True, seller=site.organisation, site=site, quantity=2, weight_g=400)
    with pytest.raises(NotEnoughLeft):
        sell_item(item=item, by=None, n=3, is_held=False)
    sell_item(item=ItemFactory(on_sale=True, site=None, quantity=2, weight_g=400), by=None, n=1, is_held=False)
    assert not PartSale.objects.exists()


def sold_grams(site):
    day = timezone.localdate()
    found = moves_of(site, day, day).get("household")
    return found.sold_g if found else 0


@pytest.fixture
def batch(site, categories):
    """Five vases of 400 g."""
    return ItemFactory(
        on_sale=True, seller=site.organisation, site=site, category=categories["vases"], quantity=5, weight_g=400
    )


def test_units_of_a_batch_that_come_back_are_sold_no_more(site, batch):
    sell_item(item=batch, by=None, n=3, is_held=False)
    assert sold_grams(site) == 1_200
    take_back(item=batch, by=None, n=1)
    assert sold_grams(site) == 800
    take_back(item=batch, by=None, n=2)
    assert sold_grams(site) == 0


@pytest.mark.parametrize(("back", "grams"), [(1, 1_600), (2, 1_200), (3, 800), (5, 0)])
def test_units_that_come_back_after_the_last_one_was_sold_leave_the_others_sold(site, batch, back, grams):
    """Three are sold, then the last two: the row of the object told of these two only."""
    sell_item(item=batch, by=None, n=3, is_held=False)
    sell_item(item=batch, by=None, n=2, is_held=False)
    assert sold_grams(site) == 2_000
    take_back(item=batch, by=None, n=back)
    assert sold_grams(site) == grams


def test_a_part_is_undone_on_its_own_object_only(site, batch, categories):
    other = ItemFactory(
        on_sale=True, seller=site.organisation, site=site, category=categories["vases"], quantity=5, weight_g=100
    )
    for item in (batch, other):
        sell_item(item=item, by=None, n=2, is_held=False)
    take_back(item=other, by=None, n=2)
    assert sold_grams(site) == 800
