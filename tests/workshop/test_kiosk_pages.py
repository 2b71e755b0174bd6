"""The kiosk and the supervisor's desk, as pages."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from rebond.workshop.actions.task import take_task
from rebond.workshop.actions.worker import issue_badge, set_pin
from rebond.workshop.middleware import COOKIE, SESSION_KEY
from rebond.workshop.models import Badge, Device, HelpCall, SignInRequest, SiteOptions, Station, Worker
from tests.factories.workshop import DeviceFactory, StationFactory, TaskFactory, WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def tablet(device):
    """A browser that holds the device's cookie."""
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    return browser


@pytest.fixture
def at_work(tablet, awa, owner):
    """Awa signed in with her badge."""
    _badge, token = issue_badge(worker=awa, by=owner)
    tablet.post(reverse("workshop:badge"), {"code": token})
    return tablet


def test_an_unknown_tablet_is_told_what_to_do():
    assert "nouvelle ici" in Client().get("/atelier/").content.decode()


def test_a_tablet_enrols_by_one_button(station, owner, as_user):
    desk = as_user(owner)
    shown = desk.post(reverse("workshop-desk:device-invite", args=[station.public_id]), {"device_name": "Bleue"})
    path = re.search(r"/atelier/appareil/[\w-]+/", shown.content.decode())[0]
    tablet = Client()
    assert "Bleue" in tablet.get(path).content.decode()
    tablet.post(path)
    assert Device.objects.working().get().name == "Bleue"
    assert "badge" in tablet.get("/atelier/").content.decode()
    assert tablet.post(path).status_code == 422


def test_the_badge_opens_my_task(at_work, awa, site, photograph):
    TaskFactory(site=site, subject_label="Chaise en hêtre")
    text = at_work.get("/atelier/").content.decode()
    assert "Bonjour Awa" in text
    assert "Chaise en hêtre" in text
    assert at_work.get("/atelier/").headers["Cache-Control"] == "no-store"


def test_an_unknown_badge_says_so_and_stays(tablet):
    answer = tablet.post(reverse("workshop:badge"), {"code": "RBNOBODY"})
    assert answer.status_code == 422
    assert "pas connu ici" in answer.content.decode()
    assert SESSION_KEY not in tablet.session


def test_too_many_badges_are_slowed_down(tablet):
    for _n in range(10):
        tablet.post(reverse("workshop:badge"), {"code": "RBNOBODY"})
    assert "Trop d’essais" in tablet.post(reverse("workshop:badge"), {"code": "RBNOBODY"}).content.decode()


def test_good_badges_are_not_counted(tablet, awa, owner):
    _badge, token = issue_badge(worker=awa, by=owner)
    for _n in range(11):
        answer = tablet.post(reverse("workshop:badge"), {"code": token})
        assert (answer.status_code, answer.url) == (302, reverse("workshop:kiosk"))
        tablet.post(reverse("workshop:leave"))


def test_wrong_codes_of_a_person_are_counted_on_all_tablets(tablet, awa, jo, owner, site):
    SiteOptions.objects.create(site=site, is_pin_asked=True)
    tokens = {}
    for person in (awa, jo):
        set_pin(worker=person, pin="4321", by=owner)
        _badge, tokens[person] = issue_badge(worker=person, by=owner)
    other = Client()
    DeviceFactory(station=StationFactory(site=site, name="Quai du fond"), secret="another")
    other.cookies[COOKIE] = "another"

    def code(browser, person, pin):
        browser.post(reverse("workshop:badge"), {"code": tokens[person]})
        return browser.post(reverse("workshop:pin"), {"pin": pin})

    for browser in (tablet, other):
        for _n in range(5):
            assert "Trop d’essais" not in code(browser, awa, "1111").content.decode()
    assert "Trop d’essais" in code(other, awa, "4321").content.decode()
    assert code(other, jo, "4321").url == reverse("workshop:kiosk")


def test_the_code_is_asked_where_the_site_wants_it(tablet, awa, owner, site):
    SiteOptions.objects.create(site=site, is_pin_asked=True)
    set_pin(worker=awa, pin="4321", by=owner)
    _badge, token = issue_badge(worker=awa, by=owner)
    answer = tablet.post(reverse("workshop:badge"), {"code": token})
    assert answer.url == reverse("workshop:pin")
    assert SESSION_KEY not in tablet.session
    assert tablet.post(reverse("workshop:pin"), {"pin": "1111"}).status_code == 422
    assert tablet.post(reverse("workshop:pin"), {"pin": "4321"}).url == reverse("workshop:kiosk")
    assert tablet.session[SESSION_KEY]["worker"] == awa.pk


def test_without_badge_the_supervisor_confirms_on_their_own_device(tablet, awa, owner, as_user):
    page = tablet.get(reverse("workshop:without-badge")).content.decode()
    assert "Awa" in page
    wait = tablet.post(reverse("workshop:without-badge"), {"person": awa.public_id}).url
    assert "Un instant" in tablet.get(wait).content.decode()
    asked = SignInRequest.objects.get()
    desk = as_user(owner)
    assert "n’a pas son badge" in desk.get(reverse("workshop-desk:call-list")).content.decode()
    desk.post(reverse("workshop-desk:request-decide", args=[asked.public_id]), {"answer": "yes"})
    assert tablet.get(wait, headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/atelier/"
    assert tablet.session[SESSION_KEY]["worker"] == awa.pk


def test_without_badge_needs_a_name(tablet, awa):
    assert tablet.post(reverse("workshop:without-badge"), {}).status_code == 422


def test_another_tablet_cannot_take_the_request(awa, tablet):
    tablet.post(reverse("workshop:without-badge"), {"person": awa.public_id})
    asked = SignInRequest.objects.get()
    assert Client().get(reverse("workshop:request-wait", args=[asked.public_id])).url == "/atelier/"


def test_leaving_keeps_nothing(at_work):
    at_work.post(reverse("workshop:leave"))
    assert SESSION_KEY not in at_work.session
    assert "badge" in at_work.get("/atelier/").content.decode()


def test_leaving_with_an_account_does_not_sign_it_out(owner, as_user):
    browser = as_user(owner)
    browser.post(reverse("workshop:leave"))
    assert browser.get("/bureau/").status_code == 200


def test_help_reaches_the_desk_once(at_work, awa, owner, as_user):
    for _n in range(2):
        at_work.post(reverse("workshop:help"))
    call = HelpCall.objects.get()
    desk = as_user(owner)
    assert "Awa demande de l’aide" in desk.get("/bureau/").content.decode()
    desk.post(reverse("workshop-desk:call-answer", args=[call.public_id]))
    assert not HelpCall.objects.exists()


def test_a_call_for_help_is_taken_back_by_who_made_it(at_work, owner, as_user):
    shown = at_work.post(reverse("workshop:help")).content.decode()
    assert 'name="do" value="stop"' in shown
    for _n in range(2):
        said = at_work.post(reverse("workshop:help"), {"do": "stop"}, headers={"hx-request": "true"}).content.decode()
        assert "Plus personne n’est appelé" in said
        assert not HelpCall.objects.exists()
    assert "demande de l’aide" not in as_user(owner).get("/bureau/").content.decode()


def test_nobody_takes_back_the_call_of_a_colleague(at_work, awa, seller):
    other = HelpCall.objects.create(worker=WorkerFactory(organisation=seller))
    at_work.post(reverse("workshop:help"), {"do": "stop"})
    assert HelpCall.objects.get() == other


def test_begin_pause_and_give_back(at_work, awa, site, photograph, monkeypatch):
    task = TaskFactory(site=site)
    monkeypatch.setattr("rebond.workshop.web.views.task.reverse", lambda name, args: f"/atelier/?{args[0]}")
    assert task.public_id in at_work.post(reverse("workshop:task-open", args=[task.public_id])).url
    at_work.post(reverse("workshop:task-pause", args=[task.public_id]))
    task.refresh_from_db()
    assert (task.state, task.worker) == ("paused", awa)
    give_back = reverse("workshop:task-return", args=[task.public_id])
    assert at_work.post(give_back, {}).status_code == 422
    at_work.post(give_back, {"reason": "too_heavy"})
    task.refresh_from_db()
    assert (task.state, task.return_reason) == ("waiting", "too_heavy")


def test_somebody_elses_task_is_told_by_name(at_work, jo, site, photograph):
    task = take_task(task=TaskFactory(site=site), worker=jo)
    at_work.post(reverse("workshop:task-open", args=[task.public_id]))
    assert "Jo s’en occupe déjà" in at_work.get("/atelier/").content.decode()


def test_another_organisations_task_does_not_exist(at_work):
    for name in (
        "task-open",
        "task-pause",
        "task-return",
        "task-share",
        "task-part",
        "task-hand-over",
        "task-take-back",
    ):
        assert at_work.post(reverse(f"workshop:{name}", args=[TaskFactory().public_id])).status_code == 404


def test_a_companion_reads_that_no_hour_is_noted(tablet, jo, owner):
    _badge, token = issue_badge(worker=jo, by=owner)
    tablet.post(reverse("workshop:badge"), {"code": token})
    text = tablet.get(reverse("workshop:me")).content.decode()
    assert text.count("Jamais") >= 3
    tablet.post(reverse("workshop:me"), {"name": "yes"})
    jo.refresh_from_db()
    assert jo.is_name_public
    tablet.post(reverse("workshop:me"), {"name": "no"})
    jo.refresh_from_db()
    assert (jo.is_name_public, jo.consent_at) == (False, None)


def test_a_supervisor_opens_changes_and_closes_a_station(owner, site, as_user):
    desk = as_user(owner)
    fields = {"site": site.pk, "kind": "photo", "name": "Table 9", "hint": "", "limit": "30"}
    assert desk.post(reverse("workshop-desk:station-add"), {**fields, "name": ""}).status_code == 422
    desk.post(reverse("workshop-desk:station-add"), fields)
    station = Station.objects.get()
    again = desk.post(reverse("workshop-desk:station-add"), fields)
    assert "déjà un poste de ce nom" in again.content.decode()
    changed = {"name": "Table 9 bis", "hint": "au fond", "limit": ""}
    desk.post(reverse("workshop-desk:station-change", args=[station.public_id]), changed)
    station.refresh_from_db()
    assert (station.name, station.limit) == ("Table 9 bis", None)
    desk.post(reverse("workshop-desk:station-close", args=[station.public_id]))
    assert desk.get(reverse("workshop-desk:station-detail", args=[station.public_id])).status_code == 404


def test_choices_of_a_site_are_checked(owner, station, as_user):
    desk = as_user(owner)
    url = reverse("workshop-desk:options-change", args=[station.public_id])
    assert desk.post(url, {"idle_minutes": "0"}).status_code == 422
    desk.post(url, {"idle_minutes": "10", "is_pin_asked": "on"})
    assert SiteOptions.objects.get().is_pin_asked


def test_a_person_is_added_and_gets_a_badge_that_is_shown_once(owner, as_user):
    desk = as_user(owner)
    assert desk.post(reverse("workshop-desk:worker-add"), {"first_name": "Léa"}).status_code == 422
    desk.post(reverse("workshop-desk:worker-add"), {"first_name": "Léa", "status": "volunteer"})
    person = Worker.objects.get()
    assert person.user.email is None
    printed = desk.post(reverse("workshop-desk:badge-issue", args=[person.public_id]))
    badge = Badge.objects.get()
    assert badge.number in printed.content.decode()
    assert printed.headers["Cache-Control"] == "no-store"
    desk.post(reverse("workshop-desk:badge-end", args=[person.public_id]), {"reason": "lost"})
    badge.refresh_from_db()
    assert badge.end_reason == "lost"
    assert desk.post(reverse("workshop-desk:pin-set", args=[person.public_id]), {"pin": "12"}).status_code == 422


@pytest.mark.parametrize("number", [1, 3])
def test_the_team_takes_as_many_queries_for_one_as_for_three(owner, seller, as_user, django_assert_num_queries, number):
    for _n in range(number):
        issue_badge(worker=WorkerFactory(organisation=seller), by=owner)
    desk = as_user(owner)
    desk.get(reverse("workshop-desk:worker-list"))
    with django_assert_num_queries(TEAM_QUERIES):
        desk.get(reverse("workshop-desk:worker-list"))


@pytest.mark.parametrize("number", [1, 3])
def test_the_home_takes_as_many_queries_for_one_as_for_three(
    at_work, site, photograph, django_assert_num_queries, number
):
    TaskFactory.create_batch(number, site=site)
    at_work.get("/atelier/")
    with django_assert_num_queries(HOME_QUERIES):
        at_work.get("/atelier/")


TEAM_QUERIES = 6
HOME_QUERIES = 9
