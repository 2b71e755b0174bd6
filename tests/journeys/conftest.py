"""A real browser on a live server: Debian's Chromium driven by Playwright, by role and label.

Skipped, with the reason, where no Chromium is found; with CI=true that is a failure.
"""

import os
import shutil

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # seen only by pages that a test lets see the camera
]


def pytest_collection_modifyitems(items):
    """With CI=true a journey that fails is tried once more, and the summary tells of it (RERUN): a browser on a
    loaded machine has its own moods, and one of them in 3,000 tests says nothing of the work that it would refuse.
    A fault fails twice. At a developer's desk the first failure counts, so that an unreliable test is mended there.
    """
    if os.environ.get("CI") != "true":
        return
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def chromium_path():
    given = os.environ.get("CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return given or next((found for name in names if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser():
    path = chromium_path()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium was found, and CI allows no skip")
        pytest.skip("no Chromium on this machine")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop lives in this thread; the tests are not async
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


def _pages(browser, live_server, **options):
    context = browser.new_context(base_url=live_server.url, locale="fr-FR", **options)
    context.set_default_timeout(60_000)
    return context


@pytest.fixture
def phone(browser, live_server):
    """A page at phone width; any error of the console or request to another host fails the test."""
    context = _pages(browser, live_server, viewport={"width": 390, "height": 844}, has_touch=True)
    yield from _watched(context, live_server)


@pytest.fixture
def desk(browser, live_server):
    """A page at desk width, watched in the same way."""
    context = _pages(browser, live_server, viewport={"width": 1440, "height": 900})
    yield from _watched(context, live_server)


@pytest.fixture
def without_js(browser, live_server):
    """A page at phone width in a browser without JavaScript."""
    context = _pages(browser, live_server, viewport={"width": 390, "height": 844}, java_script_enabled=False)
    yield from _watched(context, live_server)


def _watched(context, live_server):
    wrong = []
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on(
        "request", lambda r: wrong.append(r.url) if not r.url.startswith((live_server.url, "data:", "blob:")) else None
    )
    page.wrong = wrong
    yield page
    context.close()
    assert [text for text in wrong if "status of 4" not in text] == []


@pytest.fixture
def axe():
    """`axe(page)` → the violations that axe-core finds, as sentences."""
    from axe_playwright_python.sync_playwright import Axe

    def run(page):
        found = Axe().run(page).response["violations"]
        return [f"{v['id']}: {v['nodes'][0]['target']}" for v in found]

    return run


@pytest.fixture
def sound(axe):
    """`sound(page)`: the page in view has no axe violation and nothing wider than the window."""

    def check(page):
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (page.url, axe(page), max(wide, 0)) == (page.url, [], 0)

    return check


@pytest.fixture
def index(transactional_db, categories, settings, tmp_path):
    """The real engine, empty, and the tree of categories; `work()` of tests.journeys.steps feeds it."""
    from rebond.catalogue.actions.index import rebuild_index
    from rebond.catalogue.search.suggestions import forget_places

    settings.INDEX_DIR = tmp_path / "index"
    settings.INDEX_HEAP_MB = 30
    settings.INDEX_THREADS = 1
    forget_places()
    rebuild_index()
    yield
    forget_places()
