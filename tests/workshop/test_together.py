"""One task and two people: shared, left to the other, handed over, taken back."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rebond.journal.models import Entry
from rebond.workshop.actions import task as tasks
from rebond.workshop.actions import together
from rebond.workshop.actions.step import record_step
from rebond.workshop.actions.worker import end_worker, issue_badge
from rebond.workshop.data.chain import REVIEW
from rebond.workshop.errors import FieldInvalid, NotUndoable, TaskStateForbids
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import SecurityEvent, Task, WorkerSkill
from rebond.workshop.queries.queue import own_task, own_tasks, proposed_task
from rebond.workshop.queries.together import colleagues_at
from tests.factories.network import SiteFactory
from tests.factories.workshop import TaskFactory, WorkerFactory

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def mine(site, awa, photograph):
    """Awa has it."""
    return tasks.take_task(task=TaskFactory(site=site), worker=awa)


def by_two(task, one, other):
    return together.share_task(task=task, worker=one, partner=other, by=one.user)


@pytest.mark.unit
def test_both_have_a_shared_task_and_either_pauses_it(mine, awa, jo):
    task = by_two(mine, awa, jo)
    assert (own_task(awa), own_task(jo)) == (task, task)
    assert tasks.pause_task(task=task, worker=jo).state == "paused"
    assert tasks.take_task(task=task, worker=awa).state == "taken"
    by_two(task, awa, jo)  # sent twice
    assert Entry.objects.filter(action="workshop.task.shared").count() == 1


@pytest.mark.unit
def test_sharing_with_oneself_or_another_team_is_refused(mine, awa):
    gone = WorkerFactory(organisation=awa.organisation, ended_on=timezone.localdate())
    for wrong in (WorkerFactory(), awa, gone):
        with pytest.raises(FieldInvalid):
            by_two(mine, awa, wrong)
    mine.refresh_from_db()
    assert mine.partner is None


@pytest.mark.unit
def test_a_third_person_and_who_has_it_not_are_refused(mine, awa, jo):
    kim = WorkerFactory(organisation=awa.organisation)
    with pytest.raises(TaskStateForbids):
        by_two(mine, kim, jo)
    by_two(mine, awa, jo)
    with pytest.raises(FieldInvalid):
        by_two(mine, awa, kim)
    mine.refresh_from_db()
    assert (mine.worker, mine.partner) == (awa, jo)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("who", "is_leaving", "left"), [("awa", False, "awa"), ("awa", True, "jo"), ("jo", True, "awa")]
)
def test_one_of_the_two_goes_on_alone(mine, awa, jo, who, is_leaving, left):
    people = {"awa": awa, "jo": jo}
    task = by_two(mine, awa, jo)
    for _n in range(2):  # sent twice
        task = together.part_task(task=task, worker=people[who], is_leaving=is_leaving, by=people[who].user)
    assert (task.state, task.worker, task.partner) == ("taken", people[left], None)
    assert Entry.objects.filter(action="workshop.task.parted").count() == 1


@pytest.mark.unit
def test_who_joined_does_not_put_the_other_out(mine, awa, jo):
    task = by_two(mine, awa, jo)
    with pytest.raises(TaskStateForbids):
        together.part_task(task=task, worker=jo, is_leaving=False, by=jo.user)
    with pytest.raises(TaskStateForbids):
        together.part_task(task=TaskFactory(site=mine.site, worker=awa, state="paused"), worker=awa, is_leaving=True,
                           by=awa.user)  # fmt: skip


@pytest.mark.unit
def test_what_two_have_stays_with_the_colleague_of_who_leaves(mine, awa, jo, owner):
    task = by_two(mine, awa, jo)
    assert tasks.release_task(task=task, worker=awa)
    task.refresh_from_db()
    assert (task.state, task.worker, task.partner) == ("taken", jo, None)
    by_two(task, jo, awa)
    end_worker(worker=jo, by=owner)
    task.refresh_from_db()
    assert (task.state, task.worker, task.partner) == ("taken", awa, None)
    by_two(task, awa, kim := WorkerFactory(organisation=awa.organisation))
    end_worker(worker=kim, by=owner)
    task.refresh_from_db()
    assert (task.state, task.worker, task.partner) == ("taken", awa, None)


@pytest.mark.unit
def test_a_supervisor_hands_over_what_two_had(mine, awa, jo, owner):
    task = by_two(mine, awa, jo)
    task = together.hand_over_task(task=task, to=jo, by=owner)
    assert (task.state, task.worker, task.partner, task.proposed_to) == ("waiting", None, None, jo)


@pytest.mark.unit
def test_handing_over_keeps_the_answers_and_proposes_it_first(mine, site, awa, jo, photograph):
    tasks.save_answers(task=mine, worker=awa, condition="good")
    for _n in range(2):  # sent twice
        task = together.hand_over_task(task=mine, worker=awa, to=jo, by=awa.user)
    assert (task.state, task.worker, task.proposed_to, task.data) == ("waiting", None, jo, {"condition": "good"})
    assert Entry.objects.filter(action="workshop.task.handed_over").count() == 1
    older = TaskFactory(site=site, created_at=timezone.now() - datetime.timedelta(days=9))
    assert proposed_task(jo, site=site, kinds=[photograph], station=None) == task
    assert proposed_task(awa, site=site, kinds=[photograph], station=None) == older
    assert own_tasks(jo) == [task]
    assert own_task(jo) is None  # not begun


@pytest.mark.unit
def test_only_who_has_it_alone_hands_it_over(mine, awa, jo):
    kim = WorkerFactory(organisation=awa.organisation)
    with pytest.raises(TaskStateForbids):
        together.hand_over_task(task=mine, worker=jo, to=kim, by=jo.user)
    with pytest.raises(FieldInvalid):
        together.hand_over_task(task=mine, worker=awa, to=WorkerFactory(), by=awa.user)
    by_two(mine, awa, jo)
    with pytest.raises(TaskStateForbids):
        together.hand_over_task(task=mine, worker=awa, to=kim, by=awa.user)
    mine.refresh_from_db()
    assert (mine.state, mine.worker, mine.partner) == ("taken", awa, jo)


@pytest.mark.unit
@pytest.mark.parametrize("how", ["handed", "returned"])
def test_what_was_passed_on_is_taken_back_while_it_waits(mine, awa, jo, how):
    if how == "handed":
        together.hand_over_task(task=mine, worker=awa, to=jo, by=awa.user)
    else:
        tasks.return_task(task=mine, worker=awa, reason="too_heavy", by=awa.user)
    with pytest.raises(NotUndoable):
        together.take_back_task(task=mine, worker=jo, by=jo.user)
    for _n in range(2):  # sent twice
        task = together.take_back_task(task=mine, worker=awa, by=awa.user)
    assert (task.state, task.worker, task.proposed_to, task.return_reason) == ("taken", awa, None, "")
    assert Entry.objects.filter(action="workshop.task.taken_back").count() == 1


@pytest.mark.unit
def test_it_is_too_late_once_the_colleague_began_or_the_day_is_over(mine, awa, jo):
    together.hand_over_task(task=mine, worker=awa, to=jo, by=awa.user)
    Entry.objects.update(at=timezone.now() - datetime.timedelta(days=1, hours=1))
    with pytest.raises(NotUndoable):
        together.take_back_task(task=mine, worker=awa, by=awa.user)
    Entry.objects.update(at=timezone.now())
    tasks.take_task(task=mine, worker=jo)
    with pytest.raises(NotUndoable):
        together.take_back_task(task=mine, worker=awa, by=awa.user)
    mine.refresh_from_db()
    assert mine.worker == jo


@pytest.mark.unit
def test_colleagues_are_those_of_today_at_this_site(mine, site, awa, jo, device, hands_of, photograph):
    elsewhere = WorkerFactory(organisation=awa.organisation, first_name="Zoé")
    record_step(
        kind="test.photograph",
        subject=site,
        hands=hands_of(elsewhere),
        site=SiteFactory(organisation=awa.organisation, is_main=False),
    )
    WorkerFactory(organisation=awa.organisation)  # not here today
    assert colleagues_at(site, worker=awa, task=mine) == []
    SecurityEvent.objects.create(kind="badge.read", device=device, worker=jo)
    kim = WorkerFactory(organisation=awa.organisation, first_name="Kim")
    record_step(kind="test.photograph", subject=site, hands=hands_of(kim))
    record_step(kind="test.photograph", subject=site, hands=hands_of(awa))
    assert colleagues_at(site, worker=awa, task=mine) == [jo, kim]


@pytest.mark.unit
def test_a_review_is_for_who_knows_how_but_its_writer(
    site, awa, jo, seller, hands_of, photograph, monkeypatch, supervisor
):
    from dataclasses import replace

    from rebond.workshop import kinds

    monkeypatch.setitem(kinds._KINDS, REVIEW, replace(photograph, code=REVIEW, asks_skill=True))
    kim = WorkerFactory(organisation=seller, first_name="Kim")
    for one in (jo, kim, supervisor):
        record_step(kind="test.photograph", subject=site, hands=hands_of(one))
    task = TaskFactory(site=site, kind=REVIEW, worker=awa, state="paused", data={"writer": jo.pk})
    assert colleagues_at(site, worker=awa, task=task) == [supervisor]
    for one in (jo, kim):
        WorkerSkill.objects.create(worker=one, kind=REVIEW, level="able")
    assert colleagues_at(site, worker=awa, task=task) == [kim, supervisor]


@pytest.fixture
def supervisor(seller):
    from tests.factories.network import MembershipFactory

    user = MembershipFactory(organisation=seller, role="supervisor").user
    return WorkerFactory(organisation=seller, user=user, first_name="Samia", status="staff")


@pytest.fixture
def at_work(device, awa, owner):
    """Awa signed in with her badge on the tablet."""
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    _badge, token = issue_badge(worker=awa, by=owner)
    browser.post(reverse("workshop:badge"), {"code": token})
    return browser


def address(name, task):
    return reverse(f"workshop:task-{name}", args=[task.public_id])


@pytest.mark.page
def test_a_badge_shown_makes_it_a_task_of_two(at_work, mine, awa, jo, owner):
    page = at_work.get(address("share", mine)).content.decode()
    assert "Avec qui\u00a0?" in page
    assert "Personne d’autre" in page
    _badge, token = issue_badge(worker=jo, by=owner)
    answer = at_work.post(address("share", mine), {"code": token})
    assert (answer.status_code, answer.url) == (302, address("share", mine))
    assert "Vous et Jo" in at_work.get(address("share", mine)).content.decode()
    home = at_work.get("/atelier/").content.decode()
    assert "À deux, avec Jo" in home
    assert "Passer à" not in home
    assert at_work.post(address("share", mine), {"code": token}).status_code == 302  # sent twice
    assert SecurityEvent.objects.get(worker=jo).kind == "badge.shown"  # it signed nobody in
    at_work.post(address("part", mine), {"leave": "no"})
    mine.refresh_from_db()
    assert (mine.worker, mine.partner) == (awa, None)
    assert "Vous continuez" in at_work.get("/atelier/").content.decode()


@pytest.mark.page
@pytest.mark.parametrize("name", ["share", "hand-over"])
def test_a_wrong_badge_or_nobody_changes_nothing(at_work, mine, awa, jo, owner, name):
    for wrong in ({}, {"code": "RBNOBODY"}, {"person": jo.public_id}):  # Jo did not sign in today
        assert at_work.post(address(name, mine), wrong).status_code == 422
    _badge, token = issue_badge(worker=awa, by=owner)
    assert at_work.post(address(name, mine), {"code": token}).status_code == 422  # my own
    mine.refresh_from_db()
    assert (mine.state, mine.worker, mine.partner) == ("taken", awa, None)


@pytest.mark.page
def test_badges_shown_are_slowed_down_too(at_work, mine):
    for _n in range(10):
        at_work.post(address("share", mine), {"code": "RBNOBODY"})
    assert "Trop d’essais" in at_work.post(address("share", mine), {"code": "RBNOBODY"}).content.decode()


@pytest.mark.page
def test_handed_over_to_somebody_of_the_list_then_taken_back(at_work, mine, awa, jo, device):
    SecurityEvent.objects.create(kind="badge.read", device=device, worker=jo)
    assert jo.public_id in at_work.get(address("hand-over", mine)).content.decode()
    at_work.post(address("hand-over", mine), {"person": jo.public_id})
    mine.refresh_from_db()
    assert (mine.state, mine.proposed_to) == ("waiting", jo)
    assert at_work.post(address("hand-over", mine), {"person": jo.public_id}).status_code == 302  # sent twice
    assert "Elle attend Jo" in at_work.get(address("hand-over", mine)).content.decode()
    at_work.post(address("take-back", mine))
    mine.refresh_from_db()
    assert (mine.state, mine.worker) == ("taken", awa)


@pytest.mark.page
def test_what_a_colleague_has_is_not_mine_to_share(at_work, site, jo, photograph):
    theirs = tasks.take_task(task=TaskFactory(site=site), worker=jo)
    for name in ("share", "hand-over"):
        assert at_work.get(address(name, theirs)).url == "/atelier/"
        assert at_work.post(address(name, theirs), {"person": jo.public_id}).url == "/atelier/"
    for name in ("part", "take-back"):
        at_work.post(address(name, theirs))
    theirs.refresh_from_db()
    assert (theirs.state, theirs.worker, theirs.partner) == ("taken", jo, None)


@pytest.mark.page
def test_what_waits_for_me_by_name_is_on_my_screen(at_work, mine, site, awa):
    given = TaskFactory(site=site, proposed_to=awa, subject_label="Lampe de bureau")
    home = at_work.get("/atelier/").content.decode()
    assert "Lampe de bureau" in home
    assert "Elle est pour vous" in home
    Task.objects.filter(pk=mine.pk).update(state="done", lease_until=None, ended_on=timezone.localdate())
    home = at_work.get("/atelier/").content.decode()
    assert home.count("Lampe de bureau") == 1
    assert given.public_id in home


@pytest.mark.page
def test_what_was_given_back_may_be_taken_back(at_work, mine, awa):
    answer = at_work.post(address("return", mine), {"reason": "too_heavy"})
    assert "Je la reprends" in at_work.get(answer.url).content.decode()
    at_work.post(address("take-back", mine))
    mine.refresh_from_db()
    assert (mine.state, mine.worker, mine.return_reason) == ("taken", awa, "")
