"""My last acts: one's own, of today and here, each with its way back or why there is none."""

import datetime
import re
import uuid
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rebond.journal.models import Entry
from rebond.workshop import kinds
from rebond.workshop.actions import task as tasks
from rebond.workshop.actions.step import record_step, undo_step
from rebond.workshop.actions.together import hand_over_task, share_task
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Step
from tests.factories.workshop import StationFactory, TaskFactory, WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
URL = "/atelier/gestes/"
QUERIES = 8


@pytest.fixture
def at_work(device, awa, owner, photograph):
    """Awa signed in with her badge on the tablet."""
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    _badge, token = issue_badge(worker=awa, by=owner)
    browser.post(reverse("workshop:badge"), {"code": token})
    return browser


@pytest.fixture
def did(site, hands_of):
    """`did(worker, label)`: a step on an object of its own, or on `subject`."""

    def make(worker, label="Chaise en hêtre", subject=None, **more):
        task = subject or TaskFactory(site=site, subject_label=label)
        return record_step(kind="test.photograph", subject=task, hands=hands_of(worker), **more)

    return make


def buttons(page):
    return re.findall(r"/atelier/gestes/(\w+)/annuler/", page.content.decode())


def undo(browser, step):
    fields = {"operation": str(uuid.uuid4())}
    return browser.post(reverse("workshop:gesture-undo", args=[step.public_id]), fields, follow=True)


def test_nothing_yet_says_what_comes_here(at_work):
    assert "Rien ici aujourd’hui" in at_work.get(URL).content.decode()
    assert URL in at_work.get("/atelier/").content.decode()


def test_an_act_is_undone_by_one_button(at_work, awa, did, undone):
    step = did(awa)
    page = at_work.get(URL)
    assert buttons(page) == [step.public_id]
    answer = undo(at_work, step)
    assert "c’est annulé" in answer.content.decode()
    assert (undone, buttons(answer)) == ([step.pk], [])
    assert "trop tard" in undo(at_work, step).content.decode()
    assert undone == [step.pk]


def test_the_last_one_first_with_the_word_why(at_work, awa, jo, did, site):
    chair, lamp = TaskFactory(site=site, subject_label="Chaise"), TaskFactory(site=site, subject_label="Lampe")
    did(awa, subject=chair)
    later = did(awa, subject=chair)
    did(awa, subject=lamp)
    did(jo, subject=lamp)
    page = at_work.get(URL)
    text = page.content.decode()
    assert buttons(page) == [later.public_id]
    assert ("Annulez d’abord" in text, "a continué" in text) == (True, True)
    assert text.count("kgesture") == 3  # Jo's is not mine


def test_a_kind_that_cannot_be_undone_says_so(at_work, awa, did, photograph, monkeypatch):
    step = did(awa)
    monkeypatch.setitem(kinds._KINDS, photograph.code, replace(photograph, undo=None))
    page = at_work.get(URL)
    assert (buttons(page), "ne s’annule pas" in page.content.decode()) == ([], True)
    assert "Demandez de l’aide" in undo(at_work, step).content.decode()


def test_another_day_station_or_person_is_not_here(at_work, awa, jo, did, site, hands_of):
    Step.objects.filter(pk=did(awa).pk).update(day=timezone.localdate() - datetime.timedelta(days=1))
    Step.objects.filter(pk=did(awa).pk).update(station=StationFactory(site=site, name="Quai du fond"))
    theirs = did(jo)
    assert "Rien ici" in at_work.get(URL).content.decode()
    assert undo(at_work, theirs).status_code == 404
    assert not Step.objects.filter(undoes=theirs).exists()


def test_what_two_did_is_undone_by_either(at_work, awa, jo, site, did, hands_of, undone):
    task = tasks.take_task(task=TaskFactory(site=site), worker=jo)
    task = share_task(task=task, worker=jo, partner=awa, by=jo.user)
    step = did(jo, subject=task, task=task)
    assert buttons(at_work.get(URL)) == [step.public_id]
    undo(at_work, step)
    assert undone == [step.pk]


def test_a_task_passed_on_is_taken_back_from_here(at_work, awa, jo, site):
    given = tasks.take_task(task=TaskFactory(site=site, subject_label="Armoire"), worker=awa)
    tasks.return_task(task=given, worker=awa, reason="too_heavy", by=awa.user)
    handed = tasks.take_task(task=TaskFactory(site=site, subject_label="Lampe"), worker=awa)
    hand_over_task(task=handed, worker=awa, to=jo, by=awa.user)
    text = at_work.get(URL).content.decode()
    assert ("Passée à Jo" in text, "Rendue" in text) == (True, True)
    for task in (given, handed):
        address = reverse("workshop:task-take-back", args=[task.public_id])
        assert address in text
        at_work.post(address)
        task.refresh_from_db()
        assert (task.state, task.worker) == ("taken", awa)
    assert "Passée à" not in at_work.get(URL).content.decode()


def test_what_a_colleague_began_is_no_longer_offered(at_work, awa, jo, site):
    task = tasks.take_task(task=TaskFactory(site=site), worker=awa)
    hand_over_task(task=task, worker=awa, to=jo, by=awa.user)
    tasks.take_task(task=task, worker=jo)
    assert "Rien ici" in at_work.get(URL).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_queries_for_one_as_for_three(
    at_work, awa, jo, site, did, django_assert_num_queries, number
):
    for _n in range(number):
        did(awa)
        task = tasks.take_task(task=TaskFactory(site=site), worker=awa)
        hand_over_task(task=task, worker=awa, to=jo, by=awa.user)
    at_work.get(URL)
    with django_assert_num_queries(QUERIES):
        assert at_work.get(URL).content.decode().count("kgesture") == 2 * number


def test_an_undone_step_stays_in_the_list_as_undone(at_work, awa, did, hands_of):
    step = did(awa)
    undo_step(step=step, hands=hands_of(awa))
    page = at_work.get(URL)
    assert (buttons(page), "C’est annulé" in page.content.decode()) == ([], True)


def test_a_visitor_of_the_tablet_is_shown_the_badge_reader(device):
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    assert browser.get(URL).url == "/atelier/"


def test_nobody_but_the_person_reads_what_they_passed_on(at_work, jo, site):
    kim = WorkerFactory(organisation=jo.organisation)
    task = tasks.take_task(task=TaskFactory(site=site), worker=jo)
    hand_over_task(task=task, worker=jo, to=kim, by=jo.user)
    assert Entry.objects.filter(action="workshop.task.handed_over").exists()
    assert "Rien ici" in at_work.get(URL).content.decode()
