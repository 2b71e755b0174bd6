"""The sorting table: one thing, its weight, where it goes; a suggestion from real sales or none."""

import datetime
import html
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.intake.actions.sorting import Thing, sort_thing
from rebond.intake.data.sorting import figure
from rebond.intake.enums import Outcome
from rebond.intake.errors import FieldInvalid, ThingStopped
from rebond.intake.models import CategoryFlow, Sorting
from rebond.intake.queries.flows import chosen_flows, flow_of
from rebond.intake.queries.suggestion import Terms, advise, floor_price, online_gain, shop_gain
from rebond.journal.models import Entry
from rebond.network.models import Agreement
from rebond.workshop.actions.step import undo_step
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step, Task
from rebond.workshop.queries.listing import seed_of
from rebond.workshop.queries.questions import is_answered, questions_of
from tests.factories.catalogue import ItemFactory
from tests.factories.intake import DonationFactory, SortingFactory

LONG_AGO = timezone.now() - datetime.timedelta(days=200)
pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def sort(site, hands, categories):
    def act(key="vases", *, weight_g=800, outcome="online", hands=hands, operation_id=None, worker=None, **given):
        thing_facts = {name: given.pop(name) for name in ("quantity", "is_proven") if name in given}
        thing = Thing(category=categories[key], weight_g=weight_g, **thing_facts)
        return sort_thing(site=site, thing=thing, outcome=outcome, hands=hands(worker, operation_id), **given)

    return act


@pytest.fixture
def photographs(monkeypatch):
    """The kind of step that follows, whether its room is there or not."""
    from rebond.workshop import kinds
    from rebond.workshop.data.chain import PHOTOGRAPH

    facts = {"label": "Photos", "done": "x", "icon": "camera", "tint": "peche", "stations": frozenset({"photo"})}
    kind = kinds.StepKind(code=PHOTOGRAPH, screen="workshop:kiosk", **facts)
    monkeypatch.setattr(kinds, "_KINDS", {**kinds._KINDS, PHOTOGRAPH: kind})
    return PHOTOGRAPH


def test_online_makes_a_draft_with_its_code_and_its_measured_weight(sort, photographs, seller):
    row = sort(weight_g=2_400, quantity=3)
    item = row.item
    assert (item.state, item.weight_g, item.quantity, item.seller) == ("draft", 800, 3, seller)
    assert item.code.startswith("CF")
    step = Step.objects.get()
    assert (step.kind, step.subject_id, step.data["grams"]) == ("intake.sort", item.code, 2_400)
    assert Task.objects.get().kind == photographs


@pytest.mark.parametrize("outcome", [o for o in Outcome.values if o != "online"])
def test_the_other_ways_make_no_object(sort, outcome):
    row = sort(outcome=outcome)
    assert (row.item, row.flow, row.outcome) == (None, "household", outcome)
    assert not Item.objects.exists()


def test_the_same_operation_is_one_thing(sort):
    operation = uuid.uuid4()
    first, second = (sort(operation_id=operation) for _n in range(2))
    assert first == second
    assert (Sorting.objects.count(), Item.objects.count(), Step.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"weight_g": 0}, "weight_g"), ({"weight_g": 3_000_000}, "weight_g"), ({"quantity": 501}, "quantity"), ({"outcome": "x"}, "outcome")],
)  # fmt: skip
def test_what_cannot_be_is_refused(sort, given, field):
    with pytest.raises(FieldInvalid) as refused:
        sort(**given)
    assert refused.value.field == field
    assert not Sorting.objects.exists()


def test_a_companion_keeps_no_hour(sort, jo):
    sort(worker=jo)
    step = Step.objects.get()
    assert (step.started_at, step.ended_at) == (None, None)


def test_a_helmet_is_stopped_until_its_proof_is_there(sort):
    for outcome in ("online", "shop", "give", "repair"):
        with pytest.raises(ThingStopped):
            sort("bike-helmets", outcome=outcome)
    assert sort("bike-helmets", outcome="waste").outcome == "waste"
    assert sort("bike-helmets", outcome="online", is_proven=True).item is not None


def test_taking_back_withdraws_the_draft_and_its_tasks(sort, photographs, hands):
    row = sort()
    undo_step(step=Step.objects.get(), hands=hands())
    row.refresh_from_db()
    row.item.refresh_from_db()
    assert row.cancelled_on is not None
    assert row.item.state == "withdrawn"
    assert Task.objects.get().state == "cancelled"


def test_nothing_is_taken_back_once_somebody_else_went_on(sort, photographs, hands, jo):
    from rebond.workshop.actions.task import take_task

    row = sort()
    take_task(task=Task.objects.get(), worker=jo)
    with pytest.raises(NotUndoable):
        undo_step(step=Step.objects.get(), hands=hands())
    row.item.refresh_from_db()
    assert row.item.state == "draft"


# flows


def test_the_flow_is_the_nearest_answer(categories, seller):
    assert flow_of(categories["coats"], {}) == "textile"
    assert flow_of(categories["table-lamps"], {}) == "electrical"
    CategoryFlow.objects.create(organisation=seller, category=categories["vases"], flow="mixed")
    chosen = chosen_flows(seller)
    assert flow_of(categories["vases"], chosen) == "mixed"
    assert flow_of(categories["clocks"], chosen) == "household"


@pytest.mark.parametrize(
    ("weighed", "origin"), [("household", "household"), ("mixed", "mixed"), ("textile", "textile")]
)
def test_a_thing_remembers_under_which_flow_it_was_weighed(sort, site, weighed, origin):
    assert sort(donation=DonationFactory(site=site, flow=weighed)).from_flow == origin
    assert sort().from_flow == ""


# suggestion


def sold(category, number, price_cents=3_400, **more):
    return ItemFactory.create_batch(
        number, category=category, price_cents=price_cents, sold=True, published_at=LONG_AGO, **more
    )


def test_few_sales_say_nothing(categories):
    sold(categories["vases"], figure("few_sales") - 1)
    found = advise(categories["vases"], weight_g=800)
    assert (found.best, found.gains, found.is_known) == ("", {}, False)


def test_online_is_advised_from_what_was_really_sold(categories):
    sold(categories["vases"], 5)
    found = advise(categories["vases"], weight_g=800)
    assert found.sales.median_cents == 3_400
    # 34 € - 3.40 € of commission - 0.80 € of packaging, always sold, less 12 minutes at 0.20 €
    assert found.gains["online"] == 2_740
    assert found.best == "online"
    assert not found.is_below_floor


def test_below_the_floor_it_is_not_worth_it_online(categories):
    sold(categories["vases"], 5, price_cents=400)
    found = advise(categories["vases"], weight_g=800)
    assert found.is_below_floor
    assert found.best == "shop"


def test_at_the_floor_price_the_floor_is_left():
    facts = {"weight_g": 800, "minutes": 12, "is_bulky": False}
    for percent in (30, 60, 100):
        price = floor_price(percent, **facts)
        assert abs(online_gain(price, percent, **facts) - figure("floor_gain_cents")) <= 1
    assert floor_price(0, **facts) is None


def test_what_is_taken_is_what_the_agreement_says(categories, seller, operator):
    """34 €: 12 % and 2.5 % taken by agreement (4.93 €), 10 % by estimate without one (3.40 €)."""
    sold(categories["vases"], 5)
    without = advise(categories["vases"], weight_g=800, organisation=seller)
    assert (without.gains["online"], without.made_of.terms) == (2_740, Terms(1_000))
    agreed = {"kind": "brick", "commission_bp": 1_200, "solidarity_bp": 250}
    today = timezone.localdate()
    Agreement.objects.create(organisation=seller, operator=operator, starts_on=today, signed_on=today, **agreed)
    found = advise(categories["vases"], weight_g=800, organisation=seller)
    assert (found.gains["online"], found.made_of.terms) == (2_587, Terms(1_450, is_agreed=True))
    assert found.floor_cents > without.floor_cents
    assert floor_price(100, weight_g=800, minutes=12, is_bulky=False, terms=Terms(10_000)) is None


def test_the_table_says_what_its_figure_is_made_of(at_dock, categories, seller, operator):
    sold(categories["vases"], 5)
    path = "/atelier/tri/?c=vases&weight_g=800 g&quantity=1"
    text = at_dock.get(path).text
    assert "10 % · estimation" in text
    today = timezone.localdate()
    agreed = {"kind": "brick", "commission_bp": 1_250, "solidarity_bp": 0}
    Agreement.objects.create(organisation=seller, operator=operator, starts_on=today, signed_on=today, **agreed)
    text = at_dock.get(path).text
    assert "12,5 % · selon votre accord" in text
    assert "0,80 € · estimation".replace(" €", "\u00a0€") in text


def test_unsold_things_lower_the_gain(categories):
    sold(categories["vases"], 5)
    ItemFactory.create_batch(5, category=categories["vases"], on_sale=True, published_at=LONG_AGO)
    ItemFactory.create_batch(5, category=categories["vases"], on_sale=True)  # today: they have not had their chance
    assert advise(categories["vases"], weight_g=800).gains["online"] == 1_250
    assert shop_gain(3_400) == 1_368


def test_advice_takes_few_queries(categories, django_assert_num_queries):
    sold(categories["vases"], 8)
    with django_assert_num_queries(3):
        advise(categories["vases"], weight_g=800)


def test_advice_in_a_condition_takes_few_queries(categories, django_assert_num_queries):
    sold(categories["vases"], 8, condition="good")
    with django_assert_num_queries(3):
        assert advise(categories["vases"], weight_g=800, condition="good").sales.is_own_price
    with django_assert_num_queries(6):  # what it would be once repaired
        advise(categories["vases"], weight_g=800, condition="to_repair")


def test_what_is_broken_is_no_gift(categories):
    sold(categories["vases"], 8, price_cents=300, condition="good")
    found = advise(categories["vases"], weight_g=800, condition="to_repair")
    assert (found.best, "give" in found.gains, found.sales.is_own_price) == ("recycle", False, False)


def test_the_condition_said_at_sorting_is_not_asked_again_by_who_writes(sort, site, categories, hands):
    thing = Thing(category=categories["vases"], weight_g=800, condition="good")
    item = sort_thing(site=site, thing=thing, outcome="online", hands=hands()).item
    item.refresh_from_db()
    assert item.condition == "good"
    answers = seed_of(item)
    question = next(one for one in questions_of(item, answers) if one.key == "condition")
    assert is_answered(question, answers)
    nobody_said = sort().item
    question = next(one for one in questions_of(nobody_said, {}) if one.key == "condition")
    assert not is_answered(question, seed_of(nobody_said))


def test_an_unknown_condition_is_refused(site, categories, hands):
    thing = Thing(category=categories["vases"], weight_g=800, condition="so-so")
    with pytest.raises(FieldInvalid) as refused:
        sort_thing(site=site, thing=thing, outcome="shop", hands=hands())
    assert refused.value.field == "condition"
    assert not Sorting.objects.exists()


# pages


def test_the_condition_is_one_touch_and_changes_the_advice(at_dock, site, categories):
    sold(categories["vases"], 5, price_cents=6_000, condition="like_new")
    sold(categories["vases"], 5, price_cents=400, condition="good")
    where = "/atelier/tri/?c=vases&weight_g=800 g&quantity=1"
    page = at_dock.get(where).text
    links = [html.unescape(link) for link in re.findall(r'href="(\?[^"]*etat=[^"]*)"', page)]
    assert [link.split("etat=")[1] for link in links] == ["like_new", "very_good", "good", "to_repair"]
    assert "aria-current" not in page[page.index("kstates") :]
    like_new, good = (at_dock.get("/atelier/tri/" + link).text for link in (links[0], links[2]))
    assert re.findall(r'value="(\w+)" required checked', like_new) == ["online"]
    assert "5 vendus" in like_new
    assert re.findall(r'value="(\w+)" required checked', good) == ["shop"]
    assert "Prix probable\u00a0: 4\u00a0€. En ligne, pas la peine sous 6\u00a0€." in good
    answer = at_dock.post("/atelier/tri/" + links[2], {"outcome": "shop", "operation": str(uuid.uuid4())})
    assert answer.status_code == 302
    row = Sorting.objects.get()
    assert (row.condition, row.suggested, row.outcome) == ("good", "shop", "shop")
    assert Step.objects.get().data["condition"] == "good"


def test_a_lot_of_unsold_goods_is_known_to_be_new(at_dock, site, categories, hands):
    from rebond.intake.actions.donation import receive_donation

    receive_donation(site=site, source="unsold", flow="household", gross_g=5_000, hands=hands())
    table = reverse("intake:sort-task", args=[Task.objects.get(kind="intake.sort").public_id])
    answer = at_dock.post(f"{table}?c=vases", {"weight_g": "0,8"})
    assert answer.url.endswith("&etat=new_unsold")
    assert 'aria-current="true"' in at_dock.get(answer.url).text
    at_dock.post(answer.url, {"outcome": "give"})
    assert Sorting.objects.get().condition == "new_unsold"


BARCODE = "3017800238592"


@pytest.fixture
def recalled(coordinator):
    from rebond.catalogue.actions.recall import add_recall

    facts = {"label": "Jeu de bowling", "risk": "Une pièce se détache.", "source": "rappelconso", "gtin": BARCODE}
    return add_recall(fields=facts, by=coordinator)


def test_a_known_barcode_leads_to_its_kind_and_stays_on_the_object(at_dock, site, categories):
    ItemFactory(gtin=BARCODE, category=categories["vases"])
    answer = at_dock.post("/atelier/tri/code/", {"code": "3 017800 238592"})
    assert answer.url == f"/atelier/tri/?ean={BARCODE}&c=vases"
    where = at_dock.post(answer.url, {"weight_g": "0,8"}).url
    assert f"ean={BARCODE}" in where
    at_dock.post(where, {"outcome": "online", "operation": str(uuid.uuid4())})
    assert Sorting.objects.get().item.gtin == BARCODE


def test_an_unknown_barcode_goes_on_by_hand(at_dock, site, categories):
    answer = at_dock.post("/atelier/tri/code/", {"code": BARCODE})
    assert answer.url == f"/atelier/tri/?ean={BARCODE}"
    page = at_dock.get(answer.url).text
    assert "pas encore ce code" in page
    assert f"?u=decoration&amp;ean={BARCODE}" in page


def test_a_recalled_barcode_stops_at_the_table(at_dock, site, categories, recalled):
    answer = at_dock.post("/atelier/tri/code/", {"code": BARCODE})
    page = at_dock.get(answer.url).text
    assert "Une pièce se détache." in page
    where = f"/atelier/tri/?c=vases&weight_g=0,8&ean={BARCODE}"
    for proof in ("", "&preuve=oui"):
        page = at_dock.get(where + proof).text
        assert "Une pièce se détache." in page
        offered = set(re.findall(r'name="outcome" value="(\w+)"', page))
        assert offered == {"dismantle", "recycle", "waste", "refused"}
        assert at_dock.post(where + proof, {"outcome": "online"}).status_code == 422
    assert "Vendre en ligne" not in at_dock.get(f"/atelier/tri/?c=vases&ean={BARCODE}").text
    assert not Sorting.objects.exists()
    assert at_dock.post(where, {"outcome": "refused"}).status_code == 302


def test_another_code_is_named_at_the_table(at_dock, site, categories, seller):
    label = ItemFactory(seller=seller, title="Vase bleu").code
    for code, words in ((label, "Vase bleu"), ("bonjour", "pas un code-barres")):
        answer = at_dock.post("/atelier/tri/code/", {"code": code})
        assert (answer.status_code, words in answer.text) == (422, True)


def test_a_recalled_book_is_no_book_to_keep(at_dock, site, categories, coordinator):
    from rebond.catalogue.actions.recall import add_recall
    from rebond.intake.errors import ThingRecalled
    from rebond.intake.queries.books import known_book

    isbn = "9782070368228"
    facts = {"label": "Livre-jouet", "risk": "Une pile se détache.", "source": "network", "gtin": isbn}
    add_recall(fields=facts, by=coordinator)
    with pytest.raises(ThingRecalled):
        known_book(isbn)
    answer = at_dock.post("/atelier/livres/", {"code": isbn})
    assert (answer.status_code, "Une pile se détache." in answer.text) == (422, True)
    assert at_dock.post("/atelier/tri/code/", {"code": isbn}).url == f"/atelier/tri/?ean={isbn}"


def test_one_thing_from_hand_to_label(at_dock, site, categories):
    sold(categories["vases"], 5)
    assert "?u=decoration" in at_dock.get("/atelier/tri/").content.decode()
    assert "?c=vases" in at_dock.get("/atelier/tri/?u=decoration").content.decode()
    assert "Combien ça pèse" in at_dock.get("/atelier/tri/?c=vases").content.decode()
    where = "/atelier/tri/?c=vases&weight_g=0%2C8&quantity=1"
    page = at_dock.get(where).content.decode().replace("\u00a0", " ")
    assert "Conseillé" in page
    assert "≈ 27 €" in page
    assert "5 vendus" in page
    operation = re.search(r'name="operation" value="([^"]+)"', page)[1]
    answers = [at_dock.post(where, {"outcome": "online", "operation": operation}) for _n in range(2)]
    row = Sorting.objects.get()
    assert {answer.url for answer in answers} == {reverse("intake:sorted", args=[row.public_id]) + "?etiquette=1"}
    assert (row.weight_g, row.suggested, row.gain_cents) == (800, "online", 2_740)
    assert row.item.display_code in at_dock.get(answers[0].url).content.decode()
    label = at_dock.get(reverse("workshop:label", args=[row.item.code.lower()])).content.decode()
    assert "label-code" in label
    assert Entry.objects.filter(action="catalogue.label.made", subject_id=row.item.code).count() == 1
    assert Item.objects.exclude(state="sold").count() == 1


def test_a_stopped_thing_says_why_and_offers_safe_ways_only(at_dock, site, categories):
    where = "/atelier/tri/?c=bike-helmets&weight_g=0,3"
    page = at_dock.get(where).content.decode()
    assert "Stop." in page
    assert set(re.findall(r'name="outcome" value="(\w+)"', page)) == {"dismantle", "recycle", "waste", "refused"}
    assert at_dock.post(where, {"outcome": "online"}).status_code == 422
    assert 'value="online"' in at_dock.get(f"{where}&preuve=oui").content.decode()
    assert at_dock.post(f"{where}&preuve=oui", {"outcome": "shop"}).status_code == 302


@pytest.mark.parametrize("weight", ["", "x", "0"])
def test_a_wrong_weight_is_said_next_to_the_field(at_dock, site, categories, weight):
    answer = at_dock.get(f"/atelier/tri/?c=vases&weight_g={weight}")
    assert answer.status_code == 422
    assert 'id="id_weight_g_error"' in answer.content.decode()


def test_a_donation_is_sorted_then_ended(at_dock, site, categories, hands):
    from rebond.intake.actions.donation import receive_donation

    donation = receive_donation(site=site, source="home", flow="mixed", gross_g=12_400, hands=hands())
    task = Task.objects.get(kind="intake.sort")
    table = at_dock.post(reverse("workshop:task-open", args=[task.public_id])).url
    assert table == reverse("intake:sort-task", args=[task.public_id])
    at_dock.post(f"{table}?c=vases&weight_g=0.8", {"outcome": "give"})
    assert "800 g sur 12,4 kg" in at_dock.get(table).content.decode().replace("\u00a0", " ")
    assert donation.sortings.get().from_flow == "mixed"
    for _n in range(2):
        at_dock.post(reverse("intake:sort-end", args=[task.public_id]))
    task.refresh_from_db()
    assert task.state == "done"


def test_another_organisations_things_do_not_exist(at_dock, categories):
    other = SortingFactory(item=ItemFactory())
    assert at_dock.get(reverse("intake:sorted", args=[other.public_id])).status_code == 404
    assert at_dock.get(reverse("workshop:label", args=[other.item.code])).status_code == 404


def test_kiosk_sentences_have_twelve_words_at_most(at_dock, site, categories):
    sold(categories["vases"], 5)
    pages = [
        "/atelier/arrivage/",
        "/atelier/arrivage/?de=home",
        "/atelier/arrivage/?de=home&quoi=textile",
        "/atelier/tri/",
        "/atelier/tri/?c=vases",
        "/atelier/tri/code/",
        "/atelier/tri/?c=vases&weight_g=0.8",
        "/atelier/tri/?c=vases&weight_g=0.8&etat=to_repair",
    ]
    long = []
    for url in pages:
        text = at_dock.get(url).content.decode().replace("\u00a0", " ")
        main = re.sub(r"<[^>]+>", "\n", text[text.index("<main") :])
        for line in main.splitlines():
            sentences = re.split(r"[.?!:]", line)
            long += [(url, one.strip()) for one in sentences if len(re.findall(r"[\w’]+", one)) > 12]
    assert not long


def test_the_table_prints_by_file_and_keeps_the_printer(at_dock, sort):
    row = sort()
    path = reverse("workshop:label", args=[row.item.code.lower()])
    assert at_dock.get(path, {"format": "epl-62"}).content.startswith(b"\nN\n")
    assert "?format=epl-62" not in at_dock.get(path).text  # made once, not chosen
    assert at_dock.get(path, {"format": "epl-62", "choix": "1"}).status_code == 200
    assert "?format=epl-62" in at_dock.get(path).text
    assert Item.objects.count() == 1


def told(item):
    return Entry.objects.filter(action="catalogue.label.made", subject_id=item.code).count()


def test_a_label_leaves_by_itself_where_this_tablet_chose_so(at_dock, sort):
    row = sort()
    fresh = reverse("intake:sorted", args=[row.public_id]) + "?etiquette=1"
    path = reverse("workshop:label", args=[row.item.code.lower()])
    assert "data-rebond-label" not in at_dock.get(fresh).text  # nobody chose
    assert told(row.item) == 0
    at_dock.get(path, {"format": "rouleau", "choix": "1", "seule": "1"})
    page = at_dock.get(fresh).text
    assert ("data-rebond-label" in page, 'class="label-code"' in page, "data-label-file" in page) == (True, True, False)
    assert told(row.item) == 2
    assert "data-rebond-label" not in at_dock.get(fresh.replace("=1", "=0")).text  # read again
    at_dock.get(path, {"format": "zpl-62", "choix": "1", "seule": "1"})
    page = at_dock.get(fresh).text
    assert ("data-label-file" in page, "?format=zpl-62" in page, 'class="label-code"' in page) == (True, True, False)
    assert told(row.item) == 3  # the file is told when it is made
    for choice in ({"format": "zpl-62"}, {"format": "a4", "seule": "1"}):  # an A4 sheet for one label is nobody's wish
        at_dock.get(path, {"choix": "1", **choice})
        assert "data-rebond-label" not in at_dock.get(fresh).text


def test_the_way_back_from_a_label_stays_at_the_stations(at_dock, sort):
    path = reverse("workshop:label", args=[sort().item.code.lower()])
    assert 'href="/atelier/ranger/"' in at_dock.get(path, {"vers": "/atelier/ranger/"}).text
    for elsewhere in ("https://ailleurs.example/", "//ailleurs.example/atelier/", "/bureau/"):
        assert elsewhere not in at_dock.get(path, {"vers": elsewhere}).text
