"""Counts by facet against counting by hand, on random objects and random searches."""

import datetime
import random
from collections import Counter

import pytest

from rebond.catalogue.search import SearchQuery, Sort, facets, writer
from rebond.catalogue.search.base import PRICE_STEPS, IndexDocument
from rebond.catalogue.search.clauses import sample_number
from rebond.catalogue.search.schema import HALVINGS, samples_of
from rebond.catalogue.search.tantivy_index import TantivyIndex

pytestmark = pytest.mark.unit

WORDS = ("chaise", "table", "lampe", "rouge", "vieux")
PATHS = (("maison",), ("maison", "salon"), ("maison", "salon", "sieges"), ("livres",), ("livres", "romans"))
VALUES = {
    "condition": ("good", "like_new", "to_repair"),
    "seller": ("atelier", "boutique"),
    "department": ("", "44", "75"),
    "brand": ("", "Baumann", "Ercol"),
    "size": ("", "M"),
    "color": ("", "bleu", "vert"),
}
ATTRIBUTES = {"wood": ("chene", "pin"), "style": ("ancien", "moderne")}
NOW = datetime.datetime(2026, 11, 26, tzinfo=datetime.UTC)


def a_document(draw, pk):
    attributes = {
        key: tuple(draw.sample(values, draw.randint(1, len(values))))
        for key, values in ATTRIBUTES.items()
        if draw.random() < 0.5
    }
    words = draw.sample(WORDS, draw.randint(1, 4))
    return IndexDocument(
        id=pk, code=f"C{pk}", title=words[0], description=" ".join(words[1:]), categories=draw.choice(PATHS),
        category_names="", seller_name="", gtin="", attributes=attributes, price_cents=draw.choice((1, 499, 500, 9999, 10_000)),
        delivery=tuple(draw.sample(("relay", "home", "pickup"), draw.randint(0, 3))), published_at=NOW - datetime.timedelta(hours=pk * 7_919 % 300),
        **{key: draw.choice(values) for key, values in VALUES.items()},
    )  # fmt: skip


def values_of(document, key):
    if key == "price":
        above = max((step for step in PRICE_STEPS if step <= document.price_cents), default=0)
        below = next((str(step) for step in PRICE_STEPS if step > document.price_cents), "")
        return (f"{above}-{below}",)
    if key.startswith("attr."):
        return document.attributes.get(key.removeprefix("attr."), ())
    if key in {"category", "delivery"}:
        return {"category": document.categories, "delivery": document.delivery}[key]
    value = getattr(document, key)
    return (value,) if value else ()


def a_query(draw):
    filters = {
        key: tuple(draw.sample([v for v in values if v], 1 if draw.random() < 0.6 else min(2, len(set(values) - {""}))))
        for key, values in (VALUES | {"category": ("maison", "salon", "livres"), "delivery": ("home", "relay")}).items()
        if draw.random() < 0.2
    }
    if draw.random() < 0.2:
        filters["attr.wood"] = ("chene",)
    return SearchQuery(
        text=" ".join(draw.sample(WORDS, draw.choice((0, 0, 1, 2)))),
        filters=filters,
        price_min=draw.choice((None, None, 500)),
        price_max=draw.choice((None, None, None, 9_999)),
        within="" if "category" in filters else draw.choice(("", "", "maison", "salon")),
    )


def matches(document, query, *, without=""):
    words = {document.title, *document.description.split()}
    bounds = (query.price_min or 0, query.price_max if query.price_max is not None else 10**9)
    return (
        words.issuperset(query.text.split())
        and (not query.within or query.within in document.categories)
        and (without == "price" or bounds[0] <= document.price_cents <= bounds[1])
        and all(set(values) & set(values_of(document, key)) for key, values in query.filters.items() if key != without)
    )


def by_hand(documents, query):
    keys = ["category", "price", "delivery", *VALUES]
    one = query.within or len(query.filters.get("category", ())) == 1 or "attr.wood" in query.filters
    keys += [f"attr.{key}" for key in ATTRIBUTES] if one else []
    found = {
        key: Counter(v for d in documents if matches(d, query, without=key) for v in values_of(d, key)) for key in keys
    }
    return {key: dict(counter) for key, counter in found.items() if counter}


def told(result):
    return {key: {v.value: v.count for v in facet.values} for key, facet in result.facets.items()}


@pytest.fixture
def documents():
    draw = random.Random(5)
    return [a_document(draw, pk) for pk in range(1, 301)]


@pytest.fixture
def filled(db, settings, tmp_path, documents):
    """An index of three commits, one of them with objects replaced."""
    settings.INDEX_HEAP_MB, settings.INDEX_THREADS = 30, 1
    index = TantivyIndex(tmp_path / "index")
    with index.rebuilding() as builder:
        builder.add(documents[:200])
        builder.commit()
        builder.publish()
    index.write(documents[150:])
    index.write([], delete_ids=[documents[0].id])
    del documents[0]
    return index


def test_counts_are_those_made_by_hand(filled, documents):
    draw = random.Random(6)
    for _ in range(250):
        query = a_query(draw)
        result = filled.search(query)

        wanted = [d for d in documents if matches(d, query)]
        if wanted:  # where nothing has all words, most of them are enough: other counts
            assert result.total == len(wanted)
            assert told(result) == by_hand(documents, query), query
            assert all(facet.is_exact for facet in result.facets.values())


def test_counts_of_large_results_are_exact_or_no_more_than_by_hand(filled, documents, monkeypatch):
    monkeypatch.setattr(facets, "EXACT_UP_TO", 40)
    monkeypatch.setattr(facets, "SAMPLE", 40)
    monkeypatch.setattr(facets, "WIDER_EXACT_UP_TO", 60)
    draw = random.Random(7)
    sampled = off = 0
    for _ in range(150):
        query = a_query(draw)
        result = filled.search(query)
        right = by_hand(documents, query)
        if not any(matches(d, query) for d in documents):
            continue
        for key, facet in result.facets.items():
            for value in facet.values:
                assert not value.is_exact or value.count == right[key][value.value], (query, key, value)
                off += value.count > right[key][value.value]
            sampled += not facet.is_exact
    assert sampled > 100
    assert off < sampled / 20  # lower bounds of a sample: wrong now and then


def test_precomputed_counts_are_those_made_by_hand(filled, documents, monkeypatch):
    from rebond.catalogue.search import store, tantivy_index

    for module in (facets, tantivy_index):
        monkeypatch.setattr(module, "EXACT_UP_TO", 40)
    monkeypatch.setattr(facets, "SAMPLE", 40)
    monkeypatch.setattr(facets, "WIDER_EXACT_UP_TO", 40)
    writer.write_counts(store.live_folder(filled.root))
    index = TantivyIndex(filled.root)

    whole = SearchQuery(within="maison")
    assert told(index.search(whole)) == by_hand(documents, whole)
    own = SearchQuery(within="maison", filters={"condition": ("good",)})
    result = index.search(own)
    assert told(result)["condition"] == by_hand(documents, own)["condition"]
    assert result.facets["condition"].is_exact
    assert not result.facets["seller"].is_exact


def test_samples_are_halves_of_each_other():
    found = {n: {pk for pk in range(1, 40_001) if n in samples_of(pk)} for n in range(1, HALVINGS + 1)}

    for n in range(2, HALVINGS + 1):
        assert found[n] < found[n - 1]
        assert len(found[n]) == pytest.approx(40_000 / 2**n, rel=0.1)
    assert [sample_number(n, 20_000) for n in (0, 20_000, 20_001, 40_000, 40_001, 10**9)] == [0, 0, 1, 1, 2, HALVINGS]


def test_very_usual_words_give_the_same_results_when_titles_are_sought_first(filled, monkeypatch):
    from rebond.catalogue.search import tantivy_index

    queries = [
        SearchQuery(text=word, page=page, size=5, filters=filters, with_facets=False)
        for word in WORDS
        for page in (1, 2, 20)
        for filters in ({}, {"condition": ("good",)}, {"seller": ("atelier",), "size": ("M",)})
    ]
    taken = []
    seek = tantivy_index._Search._likeliest
    monkeypatch.setattr(
        tantivy_index._Search, "_likeliest", lambda self, words: taken.append(seek(self, words)) or taken[-1]
    )

    plain = [(r.ids, r.total) for r in map(filled.search, queries)]
    assert not any(taken)
    monkeypatch.setattr(tantivy_index, "EXACT_UP_TO", 10)
    monkeypatch.setattr(tantivy_index, "MUCH_RARER", 1)
    assert [(r.ids, r.total) for r in map(filled.search, queries)] == plain
    assert sum(found is not None for found in taken) > 10


def test_few_matches_of_usual_words_are_counted_by_their_ids(filled, documents, monkeypatch):
    from rebond.catalogue.search import tantivy_index

    draw = random.Random(8)
    queries = [SearchQuery(text=text) for text in ("chaise table", "lampe rouge vieux")]
    queries += [query for _ in range(150) if len((query := a_query(draw)).text.split()) > 1]
    plain = [(r.ids, r.total, told(r)) for r in map(filled.search, queries)]
    counted = []
    count = tantivy_index.count_facets
    monkeypatch.setattr(
        tantivy_index, "count_facets", lambda *args: counted.append(args[2].found is not None) or count(*args)
    )
    monkeypatch.setattr(tantivy_index, "KEPT_COUNTS", 0)
    monkeypatch.setattr(tantivy_index, "MANY_SOUGHT", 5)
    monkeypatch.setattr(tantivy_index, "FEW_FOUND", 20)
    filled.reader.snapshot().counted.clear()

    assert [(r.ids, r.total, told(r)) for r in map(filled.search, queries)] == plain
    assert 10 < sum(counted) < len(queries)  # some have more than FEW_FOUND


def test_optional_words_looked_up_one_by_one_give_the_same_scores(filled):
    from tantivy import Occur, Query

    from rebond.catalogue.search import clauses

    snapshot = filled.reader.snapshot()
    one_by_one = clauses.word_clauses(snapshot.schema, ["chaise", "table"], snapshot.searcher.doc_freq)[0][1]
    flat = [(Occur.Must, Query.term_query(snapshot.schema, "text", s, "freq")) for s in ("chais", "tabl")]
    for field, weight in clauses.ranking.FIELDS.items():
        terms = (Query.term_query(snapshot.schema, field, s, clauses._OPTION[field]) for s in ("chais", "tabl"))
        flat += [(Occur.Should, Query.boost_query(term, weight)) for term in terms]
    phrase = Query.phrase_query(snapshot.schema, "title", ["chais", "tabl"], slop=1)
    flat.append((Occur.Should, Query.boost_query(phrase, clauses.ranking.PHRASE)))

    def scores(query):
        hits = snapshot.searcher.search(query, 500, weight_by_field="weight").hits
        return {(a.segment_ord, a.doc): score for score, a in hits}

    assert scores(one_by_one) == pytest.approx(scores(Query.boolean_query(flat)))
    assert len(set(scores(one_by_one).values())) > 5


def test_large_sorted_results_are_the_same_when_the_foremost_are_sought_first(filled, monkeypatch):
    from rebond.catalogue.search import store, tantivy_index

    filters = (
        {},
        {"condition": ("good",)},
        {"condition": ("good", "like_new")},
        {"seller": ("atelier",), "size": ("M",)},
    )
    queries = [
        SearchQuery(text=text, page=page, size=5, filters=some, sort=sort, within=within, with_facets=False)
        for text in ("", "chaise")
        for page in (1, 3, 20)
        for within in ("", "maison")
        for sort in (Sort.NEWEST, Sort.PRICE_ASC, Sort.PRICE_DESC)
        for some in filters
    ]
    plain = [(r.ids, r.total) for r in map(filled.search, queries)]

    for module in (facets, tantivy_index):
        monkeypatch.setattr(module, "EXACT_UP_TO", 40)
    monkeypatch.setattr(facets, "RANKS", (10, 40, 160))
    writer.write_counts(store.live_folder(filled.root))
    index = TantivyIndex(filled.root)
    taken = []
    seek = tantivy_index._Search._foremost
    monkeypatch.setattr(
        tantivy_index._Search, "_foremost", lambda self, *rest: taken.append(seek(self, *rest)) or taken[-1]
    )
    for query, right in zip(queries, plain, strict=True):
        result = index.search(query)
        assert (result.ids, result.total) == right, query
    assert sum(found is not None for found in taken) > 20
