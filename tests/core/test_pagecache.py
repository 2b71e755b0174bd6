import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from rebond.core import pagecache
from rebond.core.pagecache import PageCacheMiddleware, cached_page, clear_pages

pytestmark = pytest.mark.unit


@pytest.fixture
def serve(settings):
    settings.PUBLIC_CACHE_SECONDS = 5
    clear_pages()
    calls = []

    def make(view):
        middleware = PageCacheMiddleware(lambda request: calls.append(request) or cached_page(view)(request))

        def get(path="/", method="get", cookies=None, **headers):
            request = getattr(RequestFactory(), method)(path, headers=headers)
            request.COOKIES.update(cookies or {})
            return middleware(request)

        return get, calls

    yield make
    clear_pages()


def test_the_same_page_is_built_once(serve):
    get, calls = serve(lambda request: HttpResponse("page"))

    assert [get("/a?b=1").content for _ in range(3)] == [b"page"] * 3
    assert len(calls) == 1
    assert get("/a?b=1")["Cache-Control"] == "public, max-age=5"


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/a?b=2"},
        {"path": "/z?b=1"},
        {"cookies": {"langue": "en"}},
        {"HX-Request": "true"},
        {"method": "post"},
    ],
)
def test_another_address_language_or_method_is_another_page(serve, other):
    get, calls = serve(lambda request: HttpResponse("page"))
    get("/a?b=1")

    get(**({"path": "/a?b=1"} | other))

    assert len(calls) == 2


def test_it_ends_by_itself(serve, monkeypatch):
    get, calls = serve(lambda request: HttpResponse("page"))
    get()
    monkeypatch.setattr(pagecache.time, "monotonic", lambda: 1e12)

    get()

    assert len(calls) == 2


def test_cookies_and_errors_are_never_kept(serve):
    def with_cookie(request):
        response = HttpResponse("mine")
        response.set_cookie("a", "b")
        return response

    for view in (with_cookie, lambda request: HttpResponse("no", status=404)):
        get, calls = serve(view)
        get("/x")
        get("/x")
        assert len(calls) in {2, 4}


def test_memory_is_bounded(serve, monkeypatch):
    monkeypatch.setattr(pagecache, "LIMIT", 3)
    get, _ = serve(lambda request: HttpResponse("page"))

    for n in range(10):
        get(f"/{n}")

    assert len(pagecache._pages) == 3
