"""Scales: what their reports mean, read by the very module in a real browser; then a false USB scale on the dock's page."""

import json
from pathlib import Path

import pytest

from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Station, Worker
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory
from tests.factories.workshop import DeviceFactory, StationFactory, TaskFactory, WorkerFactory

pytestmark = [pytest.mark.journey]
MODULE = Path("rebond/core/static/rebond/js/scale-read.js")
REPORTS = [
    # status, unit, power of ten, weight (little end first) → what is said
    ([4, 2, 0, 0xF4, 0x01], {"status": "stable", "grams": 500}),  # 500 g
    ([4, 3, 254, 0xD8, 0x04], {"status": "stable", "grams": 12_400}),  # 1240 × 10⁻² kg
    ([3, 3, 253, 0x70, 0x30], {"status": "moving", "grams": 12_400}),  # 12400 × 10⁻³ kg, still moving
    ([4, 11, 255, 0x7B, 0x00], {"status": "stable", "grams": 349}),  # 12.3 oz = 348.70 g
    ([4, 12, 255, 0x19, 0x00], {"status": "stable", "grams": 1_134}),  # 2.5 lb = 1133.98 g
    ([4, 2, 1, 0x32, 0x00], {"status": "stable", "grams": 500}),  # 50 × 10 g
    ([4, 2, 255, 0x0A, 0x00, 0x01, 0x00], {"status": "stable", "grams": 6_555}),  # four bytes: 65546 × 10⁻¹ g
    ([2, 2, 0, 0, 0], {"status": "zero", "grams": 0}),
    ([5, 2, 0, 0x0A, 0x00], {"status": "under", "grams": None}),
    ([6, 2, 0, 0xFF, 0xFF], {"status": "over", "grams": None}),
    ([1, 2, 0, 0, 0], {"status": "fault", "grams": None}),
    ([7, 2, 0, 0, 0], {"status": "calibrate", "grams": None}),
    ([8, 2, 0, 0, 0], {"status": "rezero", "grams": None}),
    ([4, 5, 0, 1, 0], {"status": "stable", "grams": None}),  # taels are not read
    ([4, 2, 100, 1, 0], {"status": "stable", "grams": None}),  # no scale says 10¹⁰⁰
    ([0, 2, 0, 1, 0], None),
    ([9, 2, 0, 1, 0], None),
    ([4, 2, 0], None),
]
LINES = [("ST,GS,  12.40kg", 12_400), ("  0,850 kg", 850), ("S S 350 g", 350), ("-0.2kg", -200), ("ERROR", None)]


@pytest.fixture
def module(browser):
    """Calls a function of the module on the given arguments; no server, no page of ours."""
    page = browser.new_page()
    source = MODULE.read_text(encoding="utf-8")
    page.evaluate(
        "async (text) => { window.m = await import(`data:text/javascript,${encodeURIComponent(text)}`); }", source
    )
    yield page
    page.close()


def test_reports_of_usb_scales_become_grams(module):
    read = "(rows) => rows.map((row) => m.readReport(new DataView(Uint8Array.from(row).buffer)))"
    assert module.evaluate(read, [row for row, _said in REPORTS]) == [said for _row, said in REPORTS]


def test_lines_of_serial_scales_become_grams(module):
    assert module.evaluate("(rows) => rows.map(m.gramsOfLine)", [line for line, _g in LINES]) == [g for _l, g in LINES]


def test_the_report_of_the_weight_is_found_by_its_usage(module):
    weight, status = (0x8D << 16) | 0x40, (0x8D << 16) | 0x70
    report = lambda number, usage: {"reportId": number, "items": [{"usages": [usage]}]}  # noqa: E731 -- a short name
    inner = {"children": [{"inputReports": [report(4, status), report(3, weight)]}]}
    find = "(collections) => m.dataReportOf(collections)"
    assert module.evaluate(find, [{"inputReports": []}, inner]) == 3
    assert module.evaluate(find, [{"inputReports": [{"reportId": 1}]}]) is None


FALSE_SCALE = """
const device = new EventTarget();
Object.assign(device, { opened: false, open: async () => { device.opened = true; },
  collections: [{ usagePage: 0x8D, inputReports: [{ reportId: 3, items: [{ usages: [(0x8D << 16) | 0x40] }] }] }] });
const hid = new EventTarget();
hid.getDevices = async () => [];
hid.requestDevice = async ({ filters }) => (filters[0].usagePage === 0x8D ? [device] : []);
Object.defineProperty(navigator, "hid", { value: hid });
window.weigh = (reportId, ...bytes) => device.dispatchEvent(
  Object.assign(new Event("inputreport"), { reportId, data: new DataView(Uint8Array.from(bytes).buffer) }));
"""


@pytest.fixture
def at_the_scale(phone, live_server):
    """The dock's tablet, with a person, on the screen of the weight."""
    site = SiteFactory(organisation=OrganisationFactory(admitted=True))
    DeviceFactory(station=StationFactory(site=site, kind="dock"))
    _badge, token = issue_badge(worker=WorkerFactory(organisation=site.organisation, status="cddi"), by=None)
    phone.context.add_cookies([{"name": COOKIE, "value": "secret-of-the-cookie", "url": live_server.url}])
    phone.goto("/atelier/")
    phone.fill("[name=code]", token)
    phone.press("[name=code]", "Enter")
    phone.wait_for_url("**/atelier/**")
    return phone


@pytest.mark.django_db(transaction=True)
def test_a_usb_scale_fills_the_weight_once_still(at_the_scale):
    page = at_the_scale
    page.add_init_script(FALSE_SCALE)
    page.goto("/atelier/arrivage/?de=drop_off&quoi=textile")
    button = page.locator("[data-scale-connect-hid]")
    button.click()
    page.wait_for_function("document.querySelector('[data-scale-connect-hid]').hidden")
    field, go = page.locator("#id_gross_g"), page.locator("[form=weigh]")
    page.evaluate("weigh(3, 3, 3, 254, 0xD8, 0x04)")  # moving: seen, not taken
    assert page.locator("[data-scale-output]").inner_text() == "12,4\u00a0kg"
    assert (field.input_value(), go.is_disabled()) == ("", True)
    page.evaluate("weigh(4, 4, 3, 254, 0, 0)")  # another report is none of ours
    page.evaluate("weigh(3, 4, 3, 254, 0xD8, 0x04)")
    assert (field.input_value(), go.is_disabled()) == ("12,4", False)
    page.evaluate("weigh(3, 6, 3, 254, 0, 0)")
    assert page.locator("[data-scale-over]").is_visible()
    assert not page.locator("[data-scale-view]").is_visible()
    page.evaluate("weigh(3, 5, 3, 254, 1, 0)")
    assert page.locator("[data-scale-under]").is_visible()
    page.evaluate("weigh(3, 4, 3, 254, 0xD8, 0x04)")
    assert not page.locator("[data-scale-under]").is_visible()


@pytest.mark.django_db(transaction=True)
def test_a_usb_scale_fills_the_weight_of_a_listing(at_the_scale, categories):
    """The same button while writing; the question may be skipped however the scale moves."""
    page, worker = at_the_scale, Worker.objects.get()
    item = ItemFactory(seller=worker.organisation, category=categories["polos"], weight_g=None)
    task = TaskFactory(
        site=Station.objects.get().site, worker=worker, state="paused", kind="workshop.write", subject_id=item.code
    )
    page.add_init_script(FALSE_SCALE)
    page.goto(f"/atelier/annonces/{task.public_id}/weight/")
    page.locator("[data-scale-connect-hid]").click()
    page.wait_for_function("document.querySelector('[data-scale-connect-hid]').hidden")
    field, go = page.locator("#answer"), page.get_by_role("button", name="Suivant")
    skip = page.get_by_role("button", name="Je ne sais pas")
    page.evaluate("weigh(3, 3, 2, 0, 0xB4, 0x00)")  # moving
    assert (field.input_value(), go.is_disabled(), skip.is_disabled()) == ("", True, False)
    page.evaluate("weigh(3, 4, 2, 0, 0xB4, 0x00)")
    assert (field.input_value(), go.is_disabled()) == ("0,18", False)
    go.click()
    page.wait_for_url(lambda url: "/weight/" not in url)
    task.refresh_from_db()
    assert task.data["weight"] == 180


@pytest.mark.django_db(transaction=True)
def test_without_the_means_no_button_is_shown(at_the_scale):
    page = at_the_scale
    page.add_init_script(
        "for (const name of ['hid', 'serial']) Object.defineProperty(navigator, name, { value: undefined });"
    )
    page.goto("/atelier/arrivage/?de=drop_off&quoi=textile")
    page.wait_for_load_state("networkidle")
    assert not page.locator("[data-scale-connect], [data-scale-connect-hid]").filter(visible=True).count()
    assert json.loads(page.evaluate("JSON.stringify(!document.querySelector('[form=weigh]').disabled)"))
