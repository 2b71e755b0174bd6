"""The engine on small catalogues: what is found, in what order, with what counts."""

import datetime
import subprocess
import sys
import time

import pytest
import tantivy
from django.utils import timezone

from rebond.catalogue.enums import AttributeType
from rebond.catalogue.models import CategoryAttribute
from rebond.catalogue.search import IndexUnavailable, Likeness, SearchQuery, Sort, store
from rebond.catalogue.search.analysis import stem
from rebond.catalogue.search.ranking import ranking_criteria
from tests.factories.catalogue import CategoryFactory, ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory

pytestmark = pytest.mark.unit


def on_sale(title="Chaise en hêtre", **kwargs):
    return ItemFactory(on_sale=True, title=title, **kwargs)


def counts(result, key):
    return {v.value: v.count for v in result.facets[key].values}


@pytest.mark.parametrize(
    "typed",
    ["chaise", "CHAISES", "hetre", "hêtres", "la chaise de hêtre", "l’chaise", "chiase", "chaisse hêtre", "chaies"],
)
def test_search_forgives_how_words_are_written(indexed, find, typed):
    chair = on_sale("Chaise en hêtre")
    on_sale("Assiettes creuses")
    indexed(chair, on_sale("Vase d’opaline"))

    assert find(typed) == [chair.pk]


def test_search_finds_behind_an_elision(indexed, find):
    wardrobe = on_sale("L’armoire d’époque")
    indexed(wardrobe)

    assert find("armoire") == find("époque") == find("d'epoque") == [wardrobe.pk]


def test_short_words_and_numbers_are_not_corrected(indexed, find):
    indexed(on_sale("Bol 1920"))

    assert find("pol") == []
    assert find("1921") == []


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("asiette", "assiettes"),  # titles have plurals only
        ("asiettes", "assiettes"),
        ("fourchete", ""),  # understood as it is: not a much more usual "fourche"
        ("fourches", ""),
        ("horloje", "horloges"),  # a word of the category's name
        ("chevla", "chevaux"),
        ("chiases", "chaise"),  # the title has the singular
        ("eponje", "éponge"),
        ("horlogerie", ""),
    ],
)
def test_typos_meet_singulars_plurals_and_categories(indexed, index, monkeypatch, typed, shown):
    monkeypatch.setattr("rebond.catalogue.search.tantivy_index.MUCH_MORE_USUAL", 3)
    clocks = CategoryFactory(key="horloges", path="horloges", name="Horloges et réveils")
    indexed(
        on_sale("Assiettes creuses"),
        on_sale("Fourchettes"),
        *(on_sale("Fourche") for _ in range(3)),
        on_sale("Pendule", category=clocks),
        on_sale("Deux chevaux de bois"),
        on_sale("Chaise"),
        on_sale("Éponge"),
    )

    result = index.search(SearchQuery(text=typed))

    assert result.corrected == shown
    assert result.total == (0 if typed == "horlogerie" else 3 if typed == "fourches" else 1)


def test_a_singular_that_no_title_has_is_not_suggested(indexed, index):
    indexed(on_sale("Tapis d’orient"))

    assert [s.label for s in index.suggest("tap")] == ["tapis"]
    assert index.search(SearchQuery(text="tappi")).corrected == "tapis"


def test_correction_is_told(indexed, index):
    indexed(on_sale("Canapé d’angle"))

    result = index.search(SearchQuery(text="cannape angle"))

    assert (result.total, result.corrected) == (1, "canapé angle")


def test_right_words_are_not_corrected(indexed, index):
    indexed(on_sale("Lampe"), on_sale("Rampe"))

    result = index.search(SearchQuery(text="rampe"))

    assert (result.total, result.corrected) == (1, "")


def test_rare_word_beside_a_usual_one_is_a_typo_when_little_is_found(indexed, index):
    items = [on_sale("Fauteuil") for _ in range(25)]
    indexed(*items, on_sale("Fauteil"))

    result = index.search(SearchQuery(text="fauteil"))

    assert (result.total, result.corrected) == (25, "fauteuil")


def test_without_all_words_most_words_are_shown_and_told(indexed, index):
    lamp = on_sale("Lampe de bureau")
    indexed(lamp)

    result = index.search(SearchQuery(text="lampe bureau zzzz"))

    assert (result.ids, result.is_partial) == ((lamp.pk,), True)


def test_relevance_puts_the_title_before_the_description(indexed, find):
    now = timezone.now()
    described = on_sale("Meuble bas", description="Va avec un buffet", published_at=now)
    titled = on_sale("Buffet", published_at=now)
    indexed(described, titled)

    assert find("buffet") == [titled.pk, described.pk]


def test_relevance_puts_the_newest_and_photographed_first(indexed, find):
    now = timezone.now()
    old = on_sale("Buffet", published_at=now - datetime.timedelta(days=700), cover="a" * 64)
    bare = on_sale("Buffet", published_at=now)
    shown = on_sale("Buffet", published_at=now, cover="b" * 64)
    indexed(old, bare, shown)

    assert find("buffet") == [shown.pk, bare.pk, old.pk]


def test_score_is_multiplied_by_the_factors_told(indexed, index):
    """One of last year counts for half of one of today, one without a photo for four fifths: as the public page says."""
    now = timezone.now()
    days = {"today": 0, "last year": 365, "two years ago": 730}
    items = {
        key: on_sale("Buffet", published_at=now - datetime.timedelta(days=n), cover="a" * 64) for key, n in days.items()
    }
    items["bare"] = on_sale("Buffet", published_at=now)
    indexed(*items.values())

    searcher, schema = index.reader.snapshot().searcher, index.reader.snapshot().schema
    query = tantivy.Query.term_query(schema, "title", stem("buffet"), "position")
    found = searcher.search(query, 10, weight_by_field="weight").hits
    scores = dict(zip(searcher.fast_field_values("id", [a for _, a in found]), (s for s, _ in found), strict=True))
    shares = {key: scores[item.pk] / scores[items["today"].pk] for key, item in items.items()}

    assert shares == pytest.approx({"today": 1, "last year": 0.5, "two years ago": 0.25, "bare": 0.8}, rel=1e-3)


def test_ranking_criteria_are_in_order_of_weight():
    words = [c.weight for c in ranking_criteria() if not c.is_factor]
    assert words == sorted(words, reverse=True)
    assert {c.key for c in ranking_criteria()} == {
        "title", "phrase", "brand", "category", "text", "freshness", "photo",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sort", "order"),
    [(Sort.PRICE_ASC, [0, 1, 2]), (Sort.PRICE_DESC, [2, 1, 0]), (Sort.NEWEST, [1, 2, 0]), (Sort.RELEVANCE, [1, 2, 0])],
)
def test_sorts(indexed, find, sort, order):
    now = timezone.now()
    days = (9, 1, 5)
    items = [
        on_sale(price_cents=price, published_at=now - datetime.timedelta(days=ago))
        for price, ago in zip((100, 200, 300), days, strict=True)
    ]
    indexed(*items)

    assert find(sort=sort) == [items[n].pk for n in order]


def test_filters_and_prices_narrow(indexed, find):
    cheap = on_sale(price_cents=500, condition="good", color="bleu")
    dear = on_sale(price_cents=900, condition="like_new", color="rouge")
    indexed(cheap, dear)

    assert find(filters={"color": ("rouge",)}) == [dear.pk]
    assert sorted(find(filters={"color": ("rouge", "bleu")})) == [cheap.pk, dear.pk]
    assert find(filters={"color": ("rouge",), "condition": ("good",)}) == []
    assert find(price_max=500) == [cheap.pk]
    assert find(price_min=501, price_max=900) == [dear.pk]
    assert find(price_min=900, price_max=1) == []
    assert find(exclude_ids=(dear.pk,)) == [cheap.pk]


def test_published_after_is_strict(indexed, find):
    now = timezone.now().replace(microsecond=0)
    before = on_sale(published_at=now - datetime.timedelta(seconds=1))
    after = on_sale(published_at=now + datetime.timedelta(seconds=1))
    indexed(before, after)

    assert find(published_after=now) == [after.pk]


def test_category_counts_itself_and_all_below(indexed, index, find):
    home = CategoryFactory(key="maison", path="maison", name="Maison")
    chairs = CategoryFactory(key="chaises", path="maison/chaises", parent=home, depth=1, name="Chaises")
    low, high = on_sale(category=home), on_sale(category=chairs)
    indexed(low, high)

    assert sorted(find(filters={"category": ("maison",)})) == [low.pk, high.pk]
    assert find(filters={"category": ("chaises",)}) == [high.pk]
    assert counts(index.search(SearchQuery()), "category") == {"maison": 2, "chaises": 1}


def test_chosen_values_do_not_narrow_their_own_facet(indexed, index):
    indexed(
        on_sale(color="bleu", condition="good"),
        on_sale(color="rouge", condition="good"),
        on_sale(color="rouge", condition="like_new"),
    )

    result = index.search(SearchQuery(filters={"color": ("rouge",), "condition": ("good",)}))

    assert result.total == 1
    assert counts(result, "color") == {"bleu": 1, "rouge": 1}
    assert counts(result, "condition") == {"good": 1, "like_new": 1}


def test_above_the_bound_counts_are_lower_bounds_of_a_sample(indexed, index, monkeypatch):
    from rebond.catalogue.search import facets

    monkeypatch.setattr(facets, "EXACT_UP_TO", 50)
    monkeypatch.setattr(facets, "SAMPLE", 40)
    indexed(*[on_sale(color="bleu" if n % 4 else "rouge", condition="good") for n in range(120)])

    result = index.search(SearchQuery(text="chaise"))

    assert result.total == 120
    assert not result.facets["color"].is_exact
    assert 0 < counts(result, "color")["bleu"] <= 90
    assert counts(result, "color").get("rouge", 0) <= 30


def test_precomputed_counts_of_large_categories_are_exact(indexed, index, monkeypatch):
    from rebond.catalogue.search import facets, tantivy_index, writer

    for module in (facets, tantivy_index):
        monkeypatch.setattr(module, "EXACT_UP_TO", 3)
    shelf, other = CategoryFactory(key="grand", path="grand"), CategoryFactory(key="petit", path="petit")
    items = [on_sale(category=shelf, color="bleu") for _ in range(4)] + [on_sale(category=other, color="rouge")]
    indexed(*items)
    writer.write_counts(store.live_folder(index.root))
    index.reader = type(index.reader)(index.root)

    whole = index.search(SearchQuery())
    one = index.search(SearchQuery(filters={"category": ("grand",)}))

    assert (whole.total, one.total) == (5, 4)
    assert counts(whole, "color") == {"bleu": 4, "rouge": 1}
    assert counts(one, "color") == {"bleu": 4}
    assert counts(one, "category") == {"grand": 4, "petit": 1}
    assert whole.facets["color"].is_exact


def test_counts_of_chosen_values_stay_exact_where_the_rest_is_sampled(indexed, index, monkeypatch):
    from rebond.catalogue.search import facets

    monkeypatch.setattr(facets, "EXACT_UP_TO", 20)
    monkeypatch.setattr(facets, "SAMPLE", 20)
    monkeypatch.setattr(facets, "WIDER_EXACT_UP_TO", 20)
    home = CategoryFactory(key="maison", path="maison")
    chairs = CategoryFactory(key="chaises", path="maison/chaises", parent=home, depth=1)
    books = CategoryFactory(key="livres", path="livres")
    indexed(*[on_sale(category=chairs) for _ in range(5)], *[on_sale("Chaise", category=books) for _ in range(60)])

    facet = index.search(SearchQuery(text="chaise", filters={"category": ("maison",)})).facets["category"]

    assert {v.value: v.count for v in facet.values if v.is_exact} == {"maison": 5}
    assert all(v.count <= {"livres": 60, "chaises": 5}[v.value] for v in facet.values if not v.is_exact)


def test_facets_of_seller_place_price_delivery_and_attributes(indexed, index):
    shelf = CategoryFactory(key="tables", path="tables")
    CategoryAttribute.objects.create(
        category=shelf, key="wood", name="Bois", name_en="Wood", type=AttributeType.CHOICE, is_filterable=True,
        choices=[{"key": "oak", "fr": "Chêne", "en": "Oak"}],
    )  # fmt: skip
    seller = OrganisationFactory(admitted=True, slug="atelier", name="L’Atelier", delivery_modes=["pickup"])
    SiteFactory(organisation=seller, department="47")
    item = on_sale(
        "Guéridon", seller=seller, category=shelf, attributes={"wood": "oak", "secret": "acajou"}, price_cents=1500,
        brand="Baumann", size="M",
    )  # fmt: skip
    indexed(item)

    result = index.search(SearchQuery(within="tables"))

    assert "attr.wood" not in index.search(SearchQuery()).facets
    assert {key: counts(result, key) for key in sorted(result.facets)} == {
        "attr.wood": {"oak": 1},
        "brand": {"Baumann": 1},
        "category": {"tables": 1},
        "condition": {"good": 1},
        "delivery": {"pickup": 1},
        "department": {"47": 1},
        "price": {"1000-2000": 1},
        "seller": {"atelier": 1},
        "size": {"M": 1},
    }
    assert index.search(SearchQuery(text="chêne")).ids == (item.pk,)
    assert index.search(SearchQuery(text="acajou")).ids == (item.pk,)
    assert index.search(SearchQuery(filters={"attr.wood": ("oak",)})).ids == (item.pk,)
    assert index.search(SearchQuery(filters={"attr.wood": ("pine",)})).ids == ()


def test_pages_follow_each_other_and_are_bounded(indexed, index):
    items = [on_sale(price_cents=100 + n) for n in range(7)]
    indexed(*items)

    pages = [index.search(SearchQuery(sort=Sort.PRICE_ASC, page=n, size=3)) for n in (1, 2, 3, 4, 10_000_000)]

    assert [list(p.ids) for p in pages[:3]] == [[i.pk for i in items[n : n + 3]] for n in (0, 3, 6)]
    assert [p.max_page for p in pages] == [3] * 5
    assert pages[3].ids == pages[4].ids == ()
    assert pages[4].total == 7


def test_similar_prefers_words_of_the_title_then_the_category(indexed, index):
    home = CategoryFactory(key="maison", path="maison")
    chairs = CategoryFactory(key="chaises", path="maison/chaises", parent=home, depth=1)
    sold = ItemFactory(sold=True, title="Chaise bistrot", category=chairs)
    alike = on_sale("Chaise de bistrot noire", category=chairs)
    other = on_sale("Tabouret", category=chairs)
    above = on_sale("Commode", category=home)
    indexed(sold, alike, other, above, on_sale("Chaise bistrot"))

    assert index.similar(sold.pk) == [alike.pk, other.pk, above.pk]
    like = Likeness("Chaise bistrot", ("maison", "chaises"))
    assert index.similar(alike.pk, like=like, limit=1) == [other.pk]
    assert index.similar(0) == []


def test_similar_to_usual_words_prefers_those_that_have_several(indexed, index, monkeypatch):
    from rebond.catalogue.search import similar

    chairs = CategoryFactory(key="chaises", path="chaises")
    rare, both, others, usual = (
        on_sale(title, category=chairs)
        for title in ("Fauteuil Ercol", "Ercol en chêne", "Table ronde en chêne", "Chêne")
    )
    indexed(rare, both, others, usual, on_sale("Table"), on_sale("Table ronde", category=chairs))
    like = Likeness("Ercol table chêne ronde", ("chaises",))
    monkeypatch.setattr(similar, "EXACT_UP_TO", 0)

    assert index.similar(0, like=like, limit=2) == [both.pk, others.pk]
    found = index.similar(0, like=like, limit=4)
    assert set(found[:3]) == {both.pk, others.pk, rare.pk}
    assert len(found) == 4


def test_one_thread_makes_a_new_dictionary_and_the_others_go_on_with_the_last(indexed, index, monkeypatch):
    import threading

    from rebond.catalogue.search import reader as reading

    indexed(on_sale("Canapé"))
    index.reader.forget()
    snapshot = index.reader.snapshot()
    last = index.reader.dictionary(snapshot)
    monkeypatch.setattr(reading.Dictionary, "is_old", property(lambda self: self is last))
    began, go_on = threading.Event(), threading.Event()
    make = reading.Dictionary

    def slowly(*args):
        began.set()
        assert go_on.wait(10)
        return make(*args)

    monkeypatch.setattr(reading, "Dictionary", slowly)
    monkeypatch.setattr(reading.Category.objects, "active", reading.Category.objects.none)
    found = []
    maker = threading.Thread(target=lambda: found.append(index.reader.dictionary(snapshot)))
    maker.start()
    assert began.wait(10)
    assert index.reader.dictionary(snapshot) is last
    go_on.set()
    maker.join(10)
    assert found[0] is not last
    assert index.reader.dictionary(snapshot) is found[0]


def test_a_category_is_suggested_by_its_english_name(index):
    CategoryFactory(key="chaises", path="chaises", name="Chaises", name_en="Chairs")

    assert [(s.kind, s.key) for s in index.suggest("chair")] == [("category", "chaises")]


def test_suggestions_are_categories_sellers_and_words(indexed, index):
    CategoryFactory(key="canapes", path="canapes", name="Canapés et fauteuils")
    OrganisationFactory(admitted=True, slug="cantine", name="La Cantine des objets")
    indexed(on_sale("Canapé d’angle", category=CategoryFactory(name="Divers")), on_sale("CANAPE convertible"))

    found = [(s.kind, s.label, s.key) for s in index.suggest("can")]

    assert found == [
        ("category", "Canapés et fauteuils", "canapes"),
        ("seller", "La Cantine des objets", "cantine"),
        ("title", "canapé", ""),
    ]
    assert [s.label for s in index.suggest("canapé con")] == ["canapé convertible"]
    assert [s.label for s in index.suggest("cnapé")] == ["canapé"]
    assert index.suggest("  ") == index.suggest("’") == []


def test_items_are_suggested_by_their_titles(indexed, index):
    one, two = on_sale("Canapé convertible gris"), on_sale("Canapé d’angle")
    chair = on_sale("Chaise en hêtre", description="Va avec un canapé.")
    indexed(one, two, chair)

    def items(text, number=6):
        return {int(s.key) for s in index.suggest(text, items=number) if s.kind == "item"}

    assert items("can") == {one.pk, two.pk}
    assert items("canapé con") == {one.pk}
    assert items("cnapé") == {one.pk, two.pk}  # a typo, where nothing begins so
    assert len(items("can", 1)) == 1
    assert items("can", 0) == items("zzzz") == items("  ") == set()
    assert [s.kind for s in index.suggest("can", items=6)][-2:] == ["item", "item"]


@pytest.mark.parametrize("text", ["", "   ", "!!!", "a" * 5_000, "😀", '"', "AND OR NOT", "x:y", "(", "\x00", "le la"])
def test_any_text_is_answered(indexed, index, text):
    indexed(on_sale())

    assert index.search(SearchQuery(text=text)).total in {0, 1}
    assert isinstance(index.suggest(text, items=6), list)


def test_strange_filters_are_answered(indexed, find):
    item = on_sale()
    indexed(item)

    assert find(filters={"unknown": ("x",), "color": ()}) == [item.pk]
    assert find(filters={"attr.": ("",), "brand": ("\x00" * 10,)}) == []
    assert find(price_min=-5, price_max=2**70) == [item.pk]
    assert find(page=-3, size=-1) == [item.pk]


def test_missing_index_says_so_and_asks_once_for_its_rebuild(db, settings, tmp_path):
    from django_tasks_db.models import DBTaskResult

    from rebond.catalogue.actions.index import repair_index
    from rebond.catalogue.search import get_index

    settings.INDEX_DIR = tmp_path / "nothing"
    item = on_sale()
    for _ in range(3):
        with pytest.raises(IndexUnavailable):
            get_index().search(SearchQuery())
    assert DBTaskResult.objects.filter(task_path__endswith="rebuild_search_index").count() == 1

    assert repair_index() is True
    assert repair_index() is False
    assert get_index().search(SearchQuery()).ids == (item.pk,)


@pytest.mark.parametrize("damage", ["emptied", "cut", "pointer", "meta"])
def test_damaged_index_is_unavailable_then_repaired(indexed, index, damage):
    from rebond.catalogue.actions.index import repair_index

    item = on_sale()
    indexed(item)
    folder = store.live_folder(index.root)
    for file in folder.iterdir():
        if damage == "emptied" and file.suffix in {".idx", ".term", ".fast"}:
            file.write_bytes(b"")
        if damage == "cut" and file.suffix in {".idx", ".term", ".fast", ".pos"}:
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    if damage == "pointer":
        (index.root / store.POINTER).write_text("../../etc")
    if damage == "meta":
        (folder / "meta.json").write_text("{")
    index.reader = type(index.reader)(index.root)

    with pytest.raises(IndexUnavailable):
        index.search(SearchQuery())
    assert repair_index() is True
    assert index.search(SearchQuery()).ids == (item.pk,)


def test_index_of_another_format_is_unavailable(index):
    (index.root / store.POINTER).write_text("items-0-old")
    index.reader.forget()

    with pytest.raises(IndexUnavailable):
        index.search(SearchQuery())


def test_another_process_sees_a_commit_within_a_second(indexed, index):
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from rebond.catalogue.search.reader import Reader\n"
        "reader = Reader(Path(sys.argv[1]))\n"
        "print(reader.snapshot().searcher.num_docs, flush=True)\n"
        "input()\n"
        "time.sleep(1.05)\n"
        "print(reader.snapshot().searcher.num_docs, flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup()\n{code}", str(index.root)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout.readline() == "0\n"
        indexed(on_sale(), on_sale())
        other.stdin.write("\n")
        other.stdin.flush()
        assert other.stdout.readline() == "2\n"


def test_writer_killed_in_the_middle_leaves_the_last_commit(indexed, index):
    item = on_sale()
    indexed(item)
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from rebond.catalogue.search import store\n"
        "from rebond.catalogue.search.reader import open_folder\n"
        "root = Path(sys.argv[1])\n"
        "with store.lock(root, store.WRITER_LOCK, wait_s=1):\n"
        "    writer = open_folder(store.live_folder(root)).writer(15_000_000, 1)\n"
        "    writer.delete_all_documents()\n"
        "    print('writing', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup()\n{code}", str(index.root)],
        stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout.readline() == "writing\n"
        assert store.is_locked(index.root, store.WRITER_LOCK)
        other.kill()
        other.wait()

    second = on_sale()
    indexed(second)
    index.reader.forget()
    assert sorted(index.search(SearchQuery()).ids) == [item.pk, second.pk]


def test_answers_are_quick_on_a_small_index(indexed, index):
    """A bound of processor time, not a bench: the search itself must not read the whole index again at each request."""
    indexed(*[on_sale(f"Chaise {n}") for n in range(10)])
    index.search(SearchQuery(text="chaise"))

    start = time.process_time()
    for _ in range(20):
        index.search(SearchQuery(text="chaise"))
    assert time.process_time() - start < 2


def test_counts_are_kept_for_the_same_search_until_the_next_commit(indexed, index):
    indexed(on_sale("Chaise rouge", color="rouge"))
    first = index.search(SearchQuery(text="chaise"))

    assert index.search(SearchQuery(text="chaise", sort=Sort.PRICE_ASC, page=2)).facets is first.facets
    assert index.search(SearchQuery(text="chaise", price_max=1)).facets is not first.facets
    assert index.search(SearchQuery(text="chaise", filters={"color": ("rouge",)})).facets is not first.facets

    indexed(on_sale("Chaise rouge", color="rouge"))
    assert counts(index.search(SearchQuery(text="chaise")), "color") == {"rouge": 2}


def test_one_facet_comes_whole_where_it_is_asked(indexed, index):
    indexed(*(on_sale(f"Chaise {n}", brand=f"Marque {n:02d}") for n in range(45)))

    shown = counts(index.search(SearchQuery(text="chaise")), "brand")
    whole = counts(index.search(SearchQuery(text="chaise", whole="brand")), "brand")

    assert (len(shown), len(whole)) == (40, 45)
