"""What the load asks for: addresses, a signed-in seller, floors in this very process. Run under the site's settings.

python -m tools.bench.prepare plan | bare | plans
"""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from rebond.accounts.models import User
from rebond.catalogue.models import Category, Item
from rebond.catalogue.search import SearchQuery, Sort, get_index, tantivy_index
from rebond.network.models import Membership, Organisation
from rebond.shop.enums import CONDITION_SLUGS
from rebond.shop.queries.params import read_params

HERE = Path(__file__).parent
CONDITIONS = ("new_unsold", "like_new", "very_good", "good", "to_repair")
SORTS = ("recents", "prix-croissant", "prix-decroissant")


def queries() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (HERE / "queries.txt").read_text(encoding="utf-8").splitlines():
        kind, _, text = line.partition("\t")
        found.setdefault(kind, []).append(text)
    return found


def plan() -> dict[str, Any]:
    """Addresses by measure, seeded: the same for the same catalogue."""
    draw = random.Random(11)
    counts = get_index().search(SearchQuery()).facets["category"].values
    slugs = dict(Category.objects.values_list("key", "slug"))
    large = [slugs[v.value] for v in counts if v.value in slugs]
    aisles = []
    for _ in range(200):
        query = urlencode({"etat": draw.choice(list(CONDITION_SLUGS)), "tri": draw.choice(SORTS)})
        if not read_params(QueryDict(query)).is_filtered:
            raise ValueError(f"the site does not understand {query!r}")  # it leaves such words out, and is quicker
        aisles.append(f"{reverse('shop:aisle', args=[draw.choice(large)])}?{query}")
    last = Item.objects.order_by("-pk").values_list("pk", flat=True)[0]
    some = Item.objects.on_sale().filter(pk__in=[draw.randint(1, last) for _ in range(400)]).order_by("pk")
    items = [f"/objet/{slug}-{code.lower()}/" for slug, code in some.values_list("slug", "code")[:300]]
    draw.shuffle(items)
    texts = queries()
    search = {kind: [f"{reverse('shop:search')}?{urlencode({'q': t})}" for t in some] for kind, some in texts.items()}
    prefixes = sorted({text[:n] for some in texts.values() for text in some for n in (2, 3, 5, 8)})
    draw.shuffle(prefixes)
    suggestions = [f"{reverse('shop:suggestions')}?{urlencode({'q': p})}" for p in prefixes[:300]]
    return {
        "aisles": aisles,
        "items": items,
        "search": search,
        "suggestions": suggestions,
        "desk": desk_address(),
        "cookie": f"{settings.SESSION_COOKIE_NAME}={seller_session()}",
        "import_seller": Organisation.objects.selling().order_by("pk")[1].slug,
    }


def desk_address() -> str:
    try:
        return reverse("catalogue:item-list")
    except NoReverseMatch:
        return ""


def seller_session() -> str:
    """A session of somebody who sells for the largest seller."""
    seller = Organisation.objects.selling().order_by("pk")[0]
    user, _ = User.objects.get_or_create(email="mesures@rebond.localhost", defaults={"name": "Mesures"})
    Membership.objects.get_or_create(user=user, organisation=seller, role="seller", ended_at=None)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def timed(calls: list[Callable[[], Any]], seconds: float = 2.0, beside: str = "") -> dict[str, Any]:
    """Milliseconds of each call, in turn, after one round (100 at most) to warm up; `cpu` the mean of this thread's.

    `beside` names the measure that is its floor.
    """
    for call in calls[:100]:
        call()
    times: list[float] = []
    cpu = time.thread_time()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        calls[len(times) % len(calls)]()
        times.append((time.perf_counter() - start) * 1000)
    cpu = (time.thread_time() - cpu) * 1000 / len(times)
    times.sort()
    percents = {f"p{p}": times[min(len(times) - 1, len(times) * p // 100)] for p in (50, 95, 99)}
    return {"n": len(times), "beside": beside, **percents, "mean CPU": cpu}


def aisle_queries() -> list[SearchQuery]:
    """As the load's aisles: a category that has items, a condition, a sort."""
    draw = random.Random(3)
    keys = [value.value for value in get_index().search(SearchQuery()).facets["category"].values]
    sorts = (Sort.NEWEST, Sort.PRICE_ASC, Sort.PRICE_DESC)
    return [
        SearchQuery(
            within=draw.choice(keys), filters={"condition": (draw.choice(CONDITIONS),)}, sort=draw.choice(sorts)
        )
        for _ in range(200)
    ]


def bare() -> dict[str, Any]:
    """The index and the database without a page around them, nothing kept from one search to the next."""
    tantivy_index.KEPT_COUNTS, kept = 0, tantivy_index.KEPT_COUNTS
    index = get_index()
    texts = queries()
    asked = {kind: [SearchQuery(text=text) for text in some] for kind, some in texts.items()}
    asked["aisle with a facet and a sort"] = aisle_queries()
    found: dict[str, Any] = {}
    for kind, some in asked.items():
        bare_ones = [replace(query, with_facets=False) for query in some]
        floor = f"index, {kind}, without facets"
        found[floor] = timed([lambda q=q: index.search(q) for q in bare_ones])
        found[f"index, {kind}, with facets"] = timed([lambda q=q: index.search(q) for q in some], beside=floor)
        tantivy_index.KEPT_COUNTS = kept
        found[f"index, {kind}, counts kept"] = timed([lambda q=q: index.search(q) for q in some], beside=floor)
        tantivy_index.KEPT_COUNTS = 0
    found["index, suggestions"] = timed([lambda t=t: index.suggest(t[:4]) for some in texts.values() for t in some])
    ids = [list(index.search(SearchQuery(text=t, with_facets=False)).ids) for t in texts["two-word"]]
    found["SQL, 24 cards"] = timed([lambda i=i: _fetch(_cards_sql(i)) for i in ids if i])
    seller = Organisation.objects.selling().order_by("pk")[0].pk
    found["SQL, desk list"] = timed([lambda: _fetch(_desk_sql(seller))])
    return found


def _fetch(query: tuple[str, list[Any]]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(*query)
        rows: list[Any] = cursor.fetchall()
        return rows


def _cards_sql(ids: list[int]) -> tuple[str, list[Any]]:
    marks = ", ".join(["%s"] * len(ids))
    return (
        f"SELECT id, code, slug, title, price_cents, condition, place FROM catalogue_item WHERE id IN ({marks})",
        list(ids),
    )


def _desk_sql(seller: int) -> tuple[str, list[Any]]:
    columns = "id, code, title, state, price_cents, updated_at"
    order = "ORDER BY updated_at DESC, id DESC LIMIT 50"
    return (f"SELECT {columns} FROM catalogue_item WHERE seller_id = %s {order}", [seller])


def plans() -> dict[str, str]:
    """The plans of the lists' SQL: each must follow an index, so that its cost does not grow with the catalogue."""
    seller = Organisation.objects.selling().order_by("pk")[0].pk
    item = Item.objects.order_by("pk")[0]
    lists = {
        "24 cards by key": Item.objects.on_sale().filter(pk__in=range(1, 25)).order_by(),
        "desk list": Item.objects.filter(seller_id=seller).order_by("-updated_at", "-id")[:50],
        "desk list of one state": Item.objects.filter(seller_id=seller, state="on_sale").order_by("-updated_at", "-id")[
            :50
        ],
        "newest": Item.objects.filter(state="on_sale").order_by("-published_at", "-id")[:24],
        "item by code": Item.objects.filter(code=item.code),
        "item by ISBN": Item.objects.filter(gtin="9782000000006").exclude(gtin=""),
        "rebuild, next batch": Item.objects.filter(pk__gt=1000).order_by("pk")[:2000],
    }
    return {name: query.explain() for name, query in lists.items()}


def seller_slug() -> str:
    return Organisation.objects.selling().order_by("pk")[0].slug
