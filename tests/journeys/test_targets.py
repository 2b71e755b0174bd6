"""Every screen of the kiosk, at phone and tablet width: whatever can be touched is 64 px or more each way (ui.md 4).

The addresses come from the walk of all URLs, the data from `tests/samples.py`; the templates that were drawn are compared
with those on the disk, so that a new screen is measured or fails here.
"""

import datetime
from pathlib import Path

import pytest
from django.test.signals import template_rendered
from django.urls import reverse
from django.utils import timezone

from rebond.catalogue.models import Book, Item
from rebond.warehouse.actions.count import start_bin
from rebond.workshop.actions.camera import offer_camera
from rebond.workshop.actions.step import Hands
from rebond.workshop.actions.task import take_task
from rebond.workshop.actions.worker import issue_badge, set_pin
from rebond.workshop.data.chain import WRITE
from rebond.workshop.middleware import COOKIE, STATION_PERMISSION
from rebond.workshop.models import SecurityEvent, SiteOptions, Step
from rebond.workshop.queries.questions import questions_of
from tests import samples_picking
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory
from tests.factories.workshop import TaskFactory, WorkerFactory
from tests.journeys.steps import enter
from tests.samples import World, arguments_of
from tests.walking import addresses

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LEAST = 64
ANSWERS = {"condition": "good"}
SIZES = ({"width": 390, "height": 844}, {"width": 820, "height": 1180})
ROOMS = Path(__file__).resolve().parents[2] / "rebond"
MEASURE = """(least) => {
  const wanted = 'a[href], button, summary, select, textarea, input:not([type=hidden]), [role=button], [tabindex="0"]';
  const box = (one) => {
    const label = one.matches('input[type=radio], input[type=checkbox], input[type=file]') && one.closest('label');
    return (label || one).getBoundingClientRect();
  };
  const seen = (one) => {
    if (!(one.closest('label') || one).checkVisibility({ visibilityProperty: true })) return false;
    const { width, height, bottom } = box(one);
    return width > 1 && height > 1 && bottom > 0;
  };
  return [...document.querySelectorAll(wanted)].filter(seen).map((one) => [one, box(one)])
    .filter(([, { width, height }]) => Math.min(width, height) < least - 0.5)
    .map(([one, { width, height }]) =>
      `${one.outerHTML.slice(0, 90).replace(/\\s+/g, ' ')} ${Math.round(width)} × ${Math.round(height)}`);
}"""


@pytest.fixture
def drawn():
    """Names of the templates that the server drew."""
    names = set()

    def note(template, **_more):
        names.add(str(template.name).partition("#")[0])

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


@pytest.fixture
def small(browser, live_server):
    """`small(page)`: what is too small on the page in view, at both widths."""

    def find(page):
        found = []
        for size in SIZES:
            page.set_viewport_size(size)
            found += [
                f"{page.url.removeprefix(live_server.url)} {size['width']}: {one}"
                for one in page.evaluate(MEASURE, LEAST)
            ]
        return found

    return find


def test_the_measure_sees_what_is_small(browser, small):
    page = browser.new_page()
    box = "display:inline-block;box-sizing:border-box;padding:0;height:{}px;width:{}px"
    page.set_content(f"<a href='#' style='{box.format(40, 64)}'>x</a><button style='{box.format(64, 64)}'>y</button>")
    assert [line[-7:] for line in small(page)] == ["64 × 40", "64 × 40"]
    page.close()


@pytest.fixture
def world(categories):
    made = World()
    made.category = categories["polos"]
    return made


def of_kiosk():
    """Addresses of the stations, each once."""
    return [one for one in addresses() if one.permission == STATION_PERMISSION and "lire" not in one.route]


def asked(world):
    """Screens that an address shows by what it is asked: an arrival, a sorting, a book, what was just done."""
    Book.objects.create(isbn="9782070409228", title="Le Père Goriot", source="t", authors="Balzac", language="fre")
    receive, sort, book = reverse("intake:receive"), reverse("intake:sort"), reverse("intake:book")
    yield from (f"{receive}?de=drop_off", f"{receive}?de=structure", f"{receive}?de=drop_off&quoi=textile")
    yield from (f"{sort}?u=fashion", f"{sort}?c=polos", f"{sort}?c=polos&weight_g=0,2&quantity=1")
    yield f"{book}?isbn=9782070409228"
    Step.objects.filter(pk=world.stored_step.pk).update(data={"label": "A-03"})
    yield reverse("warehouse:store") + f"?fait={world.stored_step.public_id}"
    yield reverse("warehouse:transport-scan", args=[world.transport.public_id]) + "?fin=1"
    yield reverse("workshop:photograph-shoot", args=[world.photo_task.public_id]) + "?shot=done"
    start_bin(bin=world.count.bins.get(), hands=Hands(worker=world.worker))
    yield reverse("warehouse:count-bin", args=[world.count.place.code])


def picking(world):
    """A round that the person has, then over; each stage of packing its parcel: one is looked at before the next."""
    task, pack = samples_picking.task_of(world), samples_picking.pack_task_of(world)
    type(task).objects.filter(pk=task.pk).update(
        state="taken", worker=world.worker, lease_until=timezone.now() + datetime.timedelta(hours=1)
    )
    round_page = reverse("warehouse:pick", args=[task.public_id])
    yield round_page
    yield reverse("warehouse:pick-find", args=[task.public_id, world.pick_line.pk])
    yield reverse("warehouse:pick-full", args=[task.public_id, world.pick_line.pk])
    said = {"seen": {str(world.pick_line.pk): world.pick_line.units}}
    for more in ({}, {"carton": "alone"}, {"photo": ""}):
        said |= more
        type(pack).objects.filter(pk=pack.pk).update(data=said)
        yield reverse("warehouse:pack-task", args=[pack.public_id])
    type(world.pick_line).objects.filter(pk=world.pick_line.pk).update(state="picked")
    yield round_page
    Step.objects.filter(pk=samples_picking.step_of(world).pk).update(data={"line": world.pick_line.pk, "slot": 1})
    yield f"{round_page}?fait={samples_picking.step_of(world).public_id}"
    packed = samples_picking.packed_of(world)
    for state in ("queued", "refused", "ready"):
        samples_picking.label_of(world, state)
        yield reverse("warehouse:packed", args=[packed])
    yield reverse("warehouse:pack")


def questions(world, categories):
    """A question of each form, of whichever category asks it."""
    seen = set()
    for category in categories.values():
        new = {one.form for one in questions_of(Item(category=category), ANSWERS)} - seen
        if not new:
            continue
        item = ItemFactory(seller=world.seller, category=category, site=world.site, weight_g=None)
        task = TaskFactory(
            site=world.site, worker=world.worker, state="paused", kind=WRITE, subject_id=item.code, data=ANSWERS
        )
        for one in questions_of(item, ANSWERS):
            if one.form not in seen:
                seen.add(one.form)
                yield reverse("workshop:write-question", args=[task.public_id, one.path])
        yield reverse("workshop:write-check", args=[task.public_id])


def look(page, address, small):
    """What is too small there; nothing where the address takes no reader."""
    answer = page.goto(address)
    assert (address, answer.status in {200, 405}) == (address, True)
    return small(page) if answer.status == 200 else []


@pytest.fixture
def open_page(browser, live_server):
    """`open_page(cookie)`: a browser of its own, a tablet where it holds the device's cookie."""
    made = []

    def start(secret=""):
        context = browser.new_context(base_url=live_server.url, locale="fr-FR", viewport=SIZES[0])
        if secret:
            context.add_cookies([{"name": COOKIE, "value": secret, "url": live_server.url}])
        made.append(context)
        return context.new_page()

    yield start
    for context in made:
        context.close()


@pytest.fixture
def person(open_page, live_server, world):
    """Somebody with an account of their own, who works at the stations."""
    page = open_page()
    assert world.worker
    enter(page, world.user("manager"), live_server)
    return page


def test_every_screen_has_large_targets(person, open_page, world, categories, small, drawn):
    found = look(person, "/atelier/", small)
    for address in of_kiosk():
        found += look(
            person, reverse(address.name, kwargs=arguments_of(address.name, address.parameters, world)), small
        )
    for address in (*asked(world), *questions(world, categories)):
        found += look(person, address, small)
    for address in picking(world):
        found += look(person, address, small)
    found += _of_two(person, world, small)
    found += _of_donor(person, world, small)
    found += _of_help(person, small)
    found += _of_sites(person, world, small)
    found += _before_the_badge(open_page, world, small)
    found += _of_camera(open_page, world, small)
    rooms = ("workshop", "intake", "warehouse")
    known = {
        f"{room}/{path.name}" for room in rooms for path in (ROOMS / room / "templates" / room).glob("[a-z]*.html")
    }
    assert (sorted(set(found)), sorted(known - drawn)) == ([], [])


def drawn_by(page, act):
    """The next screen of the page that works without network, once its script has drawn it."""
    page.evaluate("document.querySelector('#stage h1')?.setAttribute('data-old', '')")
    act()
    page.locator("#stage h1:not([data-old])").wait_for()


def test_the_screens_drawn_without_network_have_large_targets(person, world, small):
    """`/atelier/en-attente/`: each screen that its scripts draw, with work to do and something in its list."""
    item, bin_ = world.photo_task.subject_id, world.count.bins.get()
    assert world.transport
    person.goto("/atelier/")
    person.evaluate("""async () => {
      while (!navigator.serviceWorker.controller || !(await rebondKept.get('luggage'))) await new Promise((go) => setTimeout(go, 50));
    }""")
    person.goto("/atelier/en-attente/")
    person.locator("#stage h1").wait_for()
    found, titles = small(person), set()

    def at(name):
        drawn_by(person, lambda: person.evaluate("name => { location.hash = name; }", name))

    def seen():
        titles.add(person.locator("#stage h1").inner_text())
        return small(person)

    def choose(number=0):
        drawn_by(person, lambda: person.locator("#stage .choice").nth(number).click())

    def send(label, text):
        person.get_by_label(label).fill(text)
        drawn_by(person, lambda: person.keyboard.press("Enter"))

    for name in ("travail", "ranger", f"ranger={item}", "transport", "annonces", "reseau", "plein", "parti"):
        at(name)
        found += seen()
    at("transport")
    if person.locator("#stage .choice").count():
        choose()
        found += seen()
    at(f"photos={item}")
    found += seen()
    at("peser")
    choose()
    found += seen()
    at("trier")
    while person.locator("#stage .choice").count():
        choose()
        found += seen()
    send("Écrivez le poids", "1,2")
    found += seen()
    at("compter")
    found += seen()
    send("Code", bin_.place.code)
    found += seen()
    send("Code", item)
    found += seen()
    choose()
    found += seen()
    drawn_by(person, lambda: person.get_by_role("button", name="C’est bon").click())
    person.evaluate("""async () => {
      const act = { act: "warehouse.store", fields: {}, label: "Lampe", detail: "A-03", hours: true, proof: "" };
      for (const state of ["saved", "conflict", "refused"]) {
        await rebondKept.add({ ...act, operation: crypto.randomUUID(), state, words: "Bob" });
      }
    }""")
    operation = person.evaluate("rebondKept.all().then((acts) => acts.at(-1).operation)")
    at("")
    found += seen()
    at(f"jeter={operation}")
    found += seen()
    assert (sorted(set(found)), len(titles) > 15) == ([], True), titles


def _of_two(page, world, small):
    """A task of two, one handed over, one given back, then my acts."""
    jo = WorkerFactory(organisation=world.seller, first_name="Maryvonne")
    SecurityEvent.objects.create(kind="badge.read", device=world.device, worker=jo)
    made = [TaskFactory(site=world.site, worker=world.worker, state="paused") for _n in range(3)]
    found = []
    for task, name, button in zip(
        made, ("share", "hand-over", "return"), ("À deux", "Passer à", "Rendre"), strict=True
    ):
        address = reverse(f"workshop:task-{name}", args=[task.public_id])
        found += look(page, address, small)
        page.get_by_role("radio").last.check()
        with page.expect_navigation():
            page.get_by_role("button", name=button).click()
        found += look(page, address, small)
    return found + look(page, reverse("workshop:gestures"), small)


def _of_donor(page, world, small):
    """Who brings an arrival: one question after the other, to the last screen."""
    assert world.register_entry
    found = look(page, reverse("intake:donor", args=[world.donation.public_id]), small)
    while not page.locator("[name=do][value=record]").count():
        field = page.locator("#answer")
        if field.count():
            field.fill("2020-02-01" if field.get_attribute("type") == "date" else "Nantes 44")
        button = page.get_by_role("button", name="Suivant") if field.count() else page.locator("button.choice").first
        with page.expect_navigation():
            button.click()
        assert not page.get_by_role("alert").count()
        found += small(page)
    return found


def _of_sites(page, world, small):
    """Where somebody with an account of their own works, among several."""
    SiteFactory(organisation=world.seller, is_main=False)
    found = look(page, reverse("workshop:site"), small)
    with page.expect_navigation():
        page.locator("button.choice").first.click()
    return found + small(page)


def _of_help(page, small):
    """Called without htmx: its own page."""
    page.goto("/atelier/")
    with page.expect_navigation():
        page.get_by_role("button", name="Aide").evaluate("one => one.form.submit()")
    return small(page)


def _before_the_badge(open_page, world, small):
    """The badge reader, the list of names, the wait, the code; a tablet that nobody knows, and one that is enrolled."""
    jo, asked_one = WorkerFactory(organisation=world.seller, first_name="Jo"), world.sign_in_request
    SiteOptions.objects.create(site=world.site, is_pin_asked=True)
    set_pin(worker=jo, pin="4321", by=None)
    _badge, token = issue_badge(worker=jo, by=None)
    tablet, new = open_page("secret-of-the-cookie"), open_page()
    found = look(tablet, "/atelier/", small)
    tablet.locator("details").evaluate("one => { one.open = true; }")
    found += small(tablet)
    found += look(tablet, reverse("workshop:without-badge"), small)
    found += look(tablet, reverse("workshop:request-wait", args=[asked_one.public_id]), small)
    tablet.goto("/atelier/")
    tablet.locator("[name=code]").evaluate("(one, code) => { one.value = code; one.form.requestSubmit(); }", token)
    tablet.wait_for_url("**/code/")
    found += small(tablet)
    return (
        found + look(new, "/atelier/", small) + look(new, reverse("workshop:enrol", args=[world.enrolment.code]), small)
    )


def _of_camera(open_page, world, small):
    """A phone that lends its camera: nothing yet, the one button, no object, the object."""
    phone = open_page()
    found = look(phone, reverse("workshop:camera"), small)
    token = offer_camera(worker=world.worker, device=None)
    found += look(phone, reverse("workshop:camera-join", args=[token]), small)
    with phone.expect_navigation():
        phone.get_by_role("button", name="Oui").click()
    found += small(phone)
    take_task(task=world.photo_task, worker=world.worker)
    return found + look(phone, reverse("workshop:camera"), small)
