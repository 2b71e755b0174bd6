"""The supervisor's desk: the board, today, an object's file, the flows. Who sees what, and at which cost."""

import datetime

import pytest
from django.db.models import Sum
from django.utils import timezone

from rebond.core.dates import midnight
from rebond.journal.models import Entry
from rebond.network.models import Membership
from rebond.workshop.actions.closing import close_days
from rebond.workshop.actions.step import Hands, record_step
from rebond.workshop.actions.supervise import free_task, put_first, set_limits, undo_from_desk
from rebond.workshop.actions.task import open_task, take_task
from rebond.workshop.enums import TaskState
from rebond.workshop.errors import FieldInvalid, NotUndoable, TaskStateForbids
from rebond.workshop.models import (
    DayFlow,
    HelpCall,
    LeadTime,
    SecurityEvent,
    Step,
    Task,
    WeekWork,
    Worker,
    WorkerSkill,
)
from rebond.workshop.queries.board import bottleneck, stages_of
from rebond.workshop.queries.today import people_at, posts_of
from tests.factories.catalogue import ItemFactory
from tests.factories.intake import DonationFactory, SortingFactory
from tests.factories.network import MembershipFactory, SiteFactory
from tests.factories.workshop import DeviceFactory, StationFactory, TaskFactory, WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
PHOTO, WRITE, REVIEW = "workshop.photograph", "workshop.write", "workshop.review"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def boss(seller):
    return MembershipFactory(organisation=seller, role="supervisor", user__name="Solène Kerbrat").user


@pytest.fixture
def item(seller, site, categories):
    return ItemFactory(seller=seller, site=site, category=categories["chairs"], title="Chaise paillée")


@pytest.fixture
def waiting(site):
    """`waiting(kind, days)`: a task open for so long."""
    return lambda kind=PHOTO, days=1, **more: TaskFactory(
        site=site, kind=kind, created_at=timezone.now() - DAY * days, **more
    )


def stage(site, code):
    return next(one for one in stages_of(site) if one.kind.code == code)


# The board


def test_a_stage_counts_what_waits_since_when_and_what_is_blocked(site, station, waiting, awa, jo):
    station.limit = 4
    station.save()
    StationFactory(site=site, kind="photo", limit=1)
    for days in (1, 2, 4, 9, 30):
        waiting(days=days)
    waiting(days=0.1, state="taken", worker=awa, lease_until=timezone.now() + DAY)
    waiting(days=0.1, state="paused", worker=jo)
    waiting(days=0.1, return_reason="broken")
    waiting(days=3, is_training=True)
    waiting(days=3, state="done", ended_on=timezone.localdate())
    HelpCall.objects.create(worker=awa)

    found = stage(site, PHOTO)

    assert (found.total, found.waiting, found.taken, found.paused, found.returned, found.helped) == (8, 6, 1, 1, 1, 1)
    assert (found.fresh, found.middling, found.late, found.blocked) == (5, 1, 2, 3)
    assert (timezone.now() - found.oldest).days == 30
    assert (timezone.now() - found.median).days == 2
    assert (found.limit, found.is_over) == (5, True)
    assert [(timezone.now() - task.created_at).days for task in found.cards] == [30, 9, 4]


def test_stages_without_station_or_work_are_left_out(site, station):
    assert [one.kind.code for one in stages_of(site)] == [PHOTO]
    TaskFactory(site=site, kind=WRITE)
    assert [one.kind.code for one in stages_of(site)] == [PHOTO, WRITE]


def test_work_that_nobody_was_asked_for_has_no_column_beside_its_stations_own(site):
    StationFactory(site=site, kind="sorting")
    codes = [one.kind.code for one in stages_of(site)]
    assert codes == ["intake.sort"]


def flows(site, code, came, left):
    yesterday = timezone.localdate() - DAY
    DayFlow.objects.create(site=site, day=yesterday, stage=code, came=came, left=left)


def test_what_holds_the_chain_up(site, waiting, seller):
    """The queue that grows comes first, then the one whose last task waits longest."""
    waiting()
    close_days(organisation=seller, until=timezone.localdate() - DAY)
    DayFlow.objects.all().delete()
    for _n in range(9):
        waiting(WRITE)
    for _n in range(3):
        waiting(REVIEW)
    flows(site, PHOTO, 20, 20)
    flows(site, WRITE, 14, 14)
    flows(site, REVIEW, 28, 14)
    slow = bottleneck(stages_of(site))
    assert (slow.kind.code, slow.days_to_empty, str(slow.came_a_day), str(slow.left_a_day)) == (REVIEW, 3, "2.0", "1.0")

    DayFlow.objects.filter(stage=REVIEW).update(came=14)
    assert bottleneck(stages_of(site)).kind.code == WRITE
    DayFlow.objects.filter(stage=WRITE).update(left=0)
    slow = bottleneck(stages_of(site))
    assert (slow.kind.code, slow.days_to_empty) == (WRITE, None)
    Task.objects.exclude(kind=PHOTO).delete()
    assert bottleneck(stages_of(site)) is None


def test_the_board_shows_counts_cards_and_what_blocks(as_user, boss, site, station, item, waiting, awa):
    waiting(days=9, subject_id=item.code, subject_label=item.title)
    close_days(organisation=site.organisation, until=timezone.localdate() - DAY)
    text = as_user(boss).get("/bureau/atelier/").content.decode()
    assert "Ce qui retient la chaîne" in text
    assert "Chaise paillée" in text
    assert "Limite" in text or "Sans limite" in text
    assert f"/bureau/atelier/objet/{item.code.lower()}/" in text


@pytest.mark.parametrize("number", [1, 3])
def test_the_board_asks_as_much_for_three_rows_as_for_one(
    as_user, boss, site, station, categories, seller, waiting, awa, django_assert_num_queries, number
):
    for n in range(number):
        thing = ItemFactory(seller=seller, site=site, category=categories["chairs"])
        state = {"state": "taken", "worker": awa, "lease_until": timezone.now() + DAY} if n == 0 else {}
        waiting(subject_id=thing.code, days=n + 1, **state)
    client = as_user(boss)
    client.get("/bureau/atelier/")
    with django_assert_num_queries(15):
        assert client.get("/bureau/atelier/").status_code == 200


def test_the_board_looks_again_by_its_own_part(as_user, boss, site, station, waiting, django_assert_num_queries):
    waiting(days=2)
    client = as_user(boss)
    whole = client.get("/bureau/atelier/").text
    assert 'hx-trigger="rebond-refresh"' in whole
    assert "Regarder à nouveau" in whole  # without JavaScript
    asked = {"headers": {"HX-Request": "true"}}
    part = client.get("/bureau/atelier/", **asked).text
    assert part.strip().startswith('<div id="chain"')
    assert part.strip() in whole
    with django_assert_num_queries(12):  # what came and went is not counted anew
        client.get("/bureau/atelier/", **asked)


@pytest.mark.parametrize("size", [1, 5_000])
def test_the_size_of_what_is_read_at_once_changes_no_figure(
    monkeypatch, site, station, categories, seller, waiting, awa, owner, size
):
    monkeypatch.setattr("rebond.workshop.queries.closing.ROWS", size)
    day = timezone.localdate() - 2 * DAY
    facts = {"organisation": seller, "site": site, "station": station, "worker": awa, "status": "cddi", "day": day}
    for n in range(3):
        online = midnight(day) if n else midnight(day + DAY)
        facts_of = {"site": site, "category": categories["chairs"], "state": "on_sale", "published_at": online}
        thing = ItemFactory(seller=seller, **facts_of)
        for kind in (PHOTO, WRITE):
            Step.objects.create(
                kind=kind, subject_kind="catalogue.item", subject_id=thing.code, subject_label="x", **facts
            )
    gone = ItemFactory(seller=seller, site=site, category=categories["chairs"], state="draft")
    Step.objects.create(kind=PHOTO, subject_kind="catalogue.item", subject_id=gone.code, subject_label="x", **facts)
    for _twice in range(2):
        Entry.objects.create(
            action="catalogue.item.withdrawn", subject_kind="catalogue.item", subject_id=gone.code,
            organisation_id=seller.public_id, at=midnight(day),
        )  # fmt: skip
    close_days(organisation=seller, until=timezone.localdate() - DAY)
    flow = DayFlow.objects.filter(stage="").aggregate(came=Sum("came"), left=Sum("left"), gone=Sum("gone"))
    assert flow == {"came": 4, "left": 3, "gone": 1}
    assert WeekWork.objects.aggregate(n=Sum("done"))["n"] == 7
    assert LeadTime.objects.aggregate(n=Sum("number"))["n"] == 3


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_much_for_three_rows_as_for_one(
    as_user, boss, site, station, categories, seller, waiting, awa, django_assert_num_queries, number
):
    for n in range(number):
        thing = ItemFactory(seller=seller, site=site, category=categories["chairs"])
        waiting(subject_id=thing.code, days=n + 1, proposed_to=awa)
    client = as_user(boss)
    client.get(f"/bureau/atelier/taches/?etape={PHOTO}")
    with django_assert_num_queries(8):
        assert client.get(f"/bureau/atelier/taches/?etape={PHOTO}").status_code == 200


def test_the_list_filters_by_state_and_pages(as_user, boss, site, waiting, awa):
    for n in range(51):
        waiting(days=n / 10)
    waiting(days=9, return_reason="broken", note="Pied cassé")
    client = as_user(boss)
    back = client.get(f"/bureau/atelier/taches/?etape={PHOTO}&etat=rendues").content.decode()
    assert "Pied cassé" in back
    assert "1 tâche" in back
    assert "52 tâches" in client.get(f"/bureau/atelier/taches/?etape={PHOTO}").content.decode()
    assert client.get(f"/bureau/atelier/taches/?etape={PHOTO}&page=2").content.decode().count("Confier ou") == 2
    assert client.get("/bureau/atelier/taches/?etape=nothing.known").status_code == 404


def test_a_reader_sees_the_chain_without_names_and_changes_nothing(as_user, reader, site, station, waiting, awa):
    task = waiting(state="taken", worker=awa, lease_until=timezone.now() + DAY)
    client = as_user(reader)
    for path in ("/bureau/atelier/", f"/bureau/atelier/taches/?etape={PHOTO}"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Awa" not in answer.content.decode()
    assert client.get("/bureau/atelier/aujourdhui/").status_code == 403
    assert client.get(f"/bureau/atelier/taches/{task.public_id}/").status_code == 403
    assert client.post(f"/bureau/atelier/taches/{task.public_id}/annulation/").status_code == 403
    assert Task.objects.get().state == TaskState.TAKEN


def test_a_stranger_finds_nothing(as_user, stranger, site, station, item, waiting):
    task = waiting(subject_id=item.code, subject_label="Chaise paillée")
    client = as_user(stranger)
    assert "Chaise" not in client.get("/bureau/atelier/").content.decode()
    for path in (
        f"?site={site.public_id}",
        f"flux/?site={site.public_id}",
        f"aujourdhui/?site={site.public_id}",
        f"taches/?site={site.public_id}",
        f"limites/?site={site.public_id}",
        f"taches/{task.public_id}/",
        f"objet/{item.code.lower()}/",
    ):
        assert client.get(f"/bureau/atelier/{path}").status_code == 404, path


def test_exports_hold_no_person(as_user, boss, site, station, waiting, awa):
    waiting(days=3, state="taken", worker=awa, lease_until=timezone.now() + DAY, subject_label="Chaise")
    client = as_user(boss)
    for path in ("/bureau/atelier/?export=csv", f"/bureau/atelier/taches/?etape={PHOTO}&export=csv"):
        text = client.get(path).getvalue().decode()
        assert len(text.splitlines()) > 1
        assert "Awa" not in text


# Limits


def test_limits_are_set_by_station(as_user, boss, site, station):
    url = f"/bureau/atelier/limites/?site={site.public_id}&etape={PHOTO}"
    client = as_user(boss)
    assert client.get(url).status_code == 200
    assert client.post(url, {"site": site.public_id, station.public_id: "0"}).status_code == 422
    assert client.post(url, {"site": site.public_id, station.public_id: "12"}).status_code == 302
    station.refresh_from_db()
    assert station.limit == 12
    client.post(url, {"site": site.public_id, station.public_id: ""})
    station.refresh_from_db()
    assert station.limit is None


def test_limits_of_another_site_or_out_of_bounds_are_refused(site, station, owner):
    other = StationFactory()
    for limits in ({other.public_id: 3}, {station.public_id: 0}, {station.public_id: 10_001}):
        with pytest.raises(FieldInvalid):
            set_limits(site=site, limits=limits, by=owner)
    assert set_limits(site=site, limits={station.public_id: 5}, by=owner) == 1
    assert set_limits(site=site, limits={station.public_id: 5}, by=owner) == 0


# Tasks


def test_a_task_is_given_put_first_freed_and_cancelled(as_user, boss, site, waiting, awa, jo):
    task = waiting(state="taken", worker=jo, lease_until=timezone.now() + DAY)
    base, client = f"/bureau/atelier/taches/{task.public_id}/", as_user(boss)
    WorkerSkill.objects.create(worker=awa, kind=PHOTO, level="able", wish="more")
    assert (
        "Awa · Sait" in client.get(base).content.decode().replace("\n", " ")
        or "Awa" in client.get(base).content.decode()
    )
    client.post(f"{base}ordre/", {"first": "yes"})
    client.post(f"{base}liberation/")
    task.refresh_from_db()
    assert (task.priority, task.state, task.worker) == (10, "waiting", None)
    client.post(f"{base}proposition/", {"to": awa.public_id})
    task.refresh_from_db()
    assert task.proposed_to == awa
    client.post(f"{base}annulation/")
    task.refresh_from_db()
    assert task.state == "cancelled"
    assert "terminée" in client.get(base).content.decode()
    assert client.get(f"{base}annulation/").status_code == 405


def test_a_task_is_given_to_a_colleague_only(as_user, boss, waiting, stranger):
    task, other = waiting(), WorkerFactory()
    as_user(boss).post(f"/bureau/atelier/taches/{task.public_id}/proposition/", {"to": other.public_id})
    task.refresh_from_db()
    assert task.proposed_to is None


def test_a_task_that_is_over_is_neither_freed_nor_put_first(waiting, owner):
    task = waiting(state="done", ended_on=timezone.localdate())
    with pytest.raises(TaskStateForbids):
        free_task(task=task, by=owner)
    with pytest.raises(TaskStateForbids):
        put_first(task=task, is_first=True, by=owner)
    assert put_first(task=task, is_first=False, by=owner) == task


# Today


def test_today_tells_people_by_first_name_and_station_only(site, station, awa, jo):
    here, there = DeviceFactory(station=station), DeviceFactory(station=StationFactory(site=site), secret="b")
    now = timezone.now()
    SecurityEvent.objects.create(kind="badge.read", device=here, worker=awa, at=now)
    SecurityEvent.objects.create(kind="badge.read", device=there, worker=awa, at=now)
    SecurityEvent.objects.create(kind="badge.read", device=here, worker=jo, at=now - 2 * DAY)
    SecurityEvent.objects.create(kind="badge.ended", device=here, worker=jo, at=now)
    assert people_at(site) == {awa.pk: ("Awa", there.station_id)}
    assert [post.people for post in posts_of(site)] == [[], ["Awa"]]


def test_today_lists_what_needs_a_supervisor(as_user, boss, site, station, waiting, awa):
    DeviceFactory(station=station, name="Tablette bleue", seen_on=timezone.localdate() - 9 * DAY)
    HelpCall.objects.create(worker=awa)
    waiting(REVIEW)
    waiting(days=12)
    waiting(return_reason="broken")
    waiting(state="paused", worker=awa)
    text = as_user(boss).get("/bureau/atelier/aujourdhui/").content.decode()
    for words in (
        "Awa demande de l’aide",
        "1 à relire",
        "depuis plus de 7 jours",
        "1 rendu",
        "1 en pause",
        "Tablette bleue",
    ):
        assert words in text, words


# The object's file


@pytest.fixture
def photographed(item, site, awa, station, boss):
    """Sorted by a companion of the team, then photographed by Awa: today."""
    task = open_task(kind=WRITE, subject=item, site=site, by=boss)
    take_task(task=task, worker=awa)
    return record_step(kind=PHOTO, subject=item, hands=Hands(worker=awa, station=station))


def test_the_story_tells_names_to_supervisors_only(as_user, boss, reader, item, photographed, jo):
    record_step(kind=WRITE, subject=item, hands=Hands(worker=jo))
    url = f"/bureau/atelier/objet/{item.code.lower()}/"
    mine, theirs = (as_user(user).get(url).content.decode() for user in (boss, reader))
    assert "Photographié par Awa" in mine
    assert "Awa" not in theirs
    assert "une personne de l’équipe" in theirs
    assert "Jo" in mine


def test_the_story_tells_donation_places_and_labels(as_user, boss, item, site, categories):
    donation = DonationFactory(site=site, source="home")
    SortingFactory(site=site, donation=donation, item=item, outcome="online", category=categories["chairs"])
    client = as_user(boss)
    assert client.get(f"/bureau/objets/{item.code.lower()}/etiquette/?format=rouleau").status_code == 200
    shown = client.get(f"/bureau/atelier/objet/{item.code.lower()}/")
    titles = [line.title for line in shown.context["lines"]]
    assert any(one.startswith("Entré dans un don") for one in titles)
    small = [words for line in shown.context["lines"] for words in line.small]
    assert any("fait l’étiquette" in words for words in small)


def test_a_companions_step_has_a_day_and_no_hour(as_user, boss, item, site, jo):
    record_step(kind=PHOTO, subject=item, hands=Hands(worker=jo))
    text = as_user(boss).get(f"/bureau/atelier/objet/{item.code.lower()}/").content.decode()
    assert f'<time datetime="{timezone.localdate():%Y-%m-%d}">' in text


@pytest.mark.parametrize("number", [1, 3])
def test_the_story_asks_as_much_for_three_steps_as_for_one(
    as_user, boss, item, awa, station, django_assert_num_queries, number
):
    for _n in range(number):
        record_step(kind=REVIEW, subject=item, hands=Hands(worker=awa, station=station))
    client, url = as_user(boss), f"/bureau/atelier/objet/{item.code.lower()}/"
    client.get(url)
    with django_assert_num_queries(12):
        assert client.get(url).status_code == 200


def test_the_last_step_of_today_is_undone_after_a_question(as_user, boss, item, photographed):
    client, url = as_user(boss), f"/bureau/atelier/objet/{item.code.lower()}/"
    undo = f"{url}annuler/{photographed.public_id}/"
    assert undo in client.get(url).content.decode()
    Task.objects.update(state="waiting", worker=None, lease_until=None)
    asked = client.get(undo)
    assert "Oui, l’annuler" in asked.content.decode()
    assert "pas encore dans l’équipe" in asked.content.decode()
    operation = asked.context["operation"]
    assert client.post(undo, {"operation": operation}).status_code == 302
    assert client.post(undo, {"operation": operation}).status_code == 302
    taken_back = Step.objects.get(undoes=photographed)
    assert taken_back.worker.user == boss
    assert Worker.objects.get(user=boss).status == "staff"
    shown = client.get(url).context["lines"]
    assert [("Annulé depuis" in line.text, line.step.undoes_id is not None) for line in shown if line.step] == [
        (False, True),
        (True, False),
    ]
    assert Membership.objects.filter(user=boss).count() == 1
    assert Task.objects.open().filter(kind=PHOTO).count() == 1


def test_an_undo_that_is_too_late_says_so(as_user, boss, item, photographed):
    """Somebody is writing from these pictures."""
    client, url = as_user(boss), f"/bureau/atelier/objet/{item.code.lower()}/"
    answer = client.post(f"{url}annuler/{photographed.public_id}/", follow=True)
    assert "trop tard" in answer.content.decode()
    assert not Step.objects.filter(undoes=photographed).exists()
    Step.objects.update(day=timezone.localdate() - DAY)
    assert client.get(f"{url}annuler/{photographed.public_id}/").status_code == 302
    with pytest.raises(NotUndoable):
        undo_from_desk(step=Step.objects.get(), by=boss)


def test_an_undo_is_for_supervisors(as_user, reader, stranger, item, photographed):
    undo = f"/bureau/atelier/objet/{item.code.lower()}/annuler/{photographed.public_id}/"
    assert as_user(reader).post(undo).status_code == 403
    assert as_user(stranger).post(undo).status_code == 404


@pytest.mark.parametrize(
    ("typed", "leads"),
    [("code", "objet/"), ("RBSOMEBODY", "atelier/"), ("9782070612758", "atelier/"), ("nothing", "atelier/")],
)
def test_a_scanned_text_finds_its_object_or_says_what_it_is(as_user, boss, item, typed, leads):
    text = item.code if typed == "code" else typed
    answer = as_user(boss).get("/bureau/atelier/objet/", {"code": text})
    assert answer.status_code == 302
    assert leads in answer.url
    if typed != "code":
        shown = as_user(boss).get("/bureau/atelier/objet/", {"code": text}, follow=True).content.decode()
        assert {"RBSOMEBODY": "badge", "9782070612758": "livre", "nothing": "Aucun objet"}[text] in shown


# The flows


def test_flows_before_any_finished_week_say_so(as_user, boss, site, station):
    assert "Pas encore de semaine" in as_user(boss).get("/bureau/atelier/flux/").content.decode()


@pytest.fixture
def worked(site, station, seller, categories, awa, jo):
    """Three weeks of work."""
    for n in range(9):
        day = timezone.localdate() - DAY * (10 + 2 * n)
        published = timezone.now() - DAY * (9 + 2 * n)
        made = ItemFactory(
            seller=seller, site=site, category=categories["chairs"], on_sale=True, published_at=published
        )
        for kind, worker in (("intake.sort", jo), (PHOTO, awa)):
            facts = {"subject_kind": "catalogue.item", "subject_id": made.code, "organisation": seller, "site": site}
            Step.objects.create(kind=kind, worker=worker, status=worker.status, station=station, day=day, **facts)
    close_days(organisation=seller, until=timezone.localdate() - DAY)


def test_flows_show_charts_tables_and_the_law(as_user, boss, worked):
    answer = as_user(boss).get("/bureau/atelier/flux/?semaines=4")
    text = answer.content.decode()
    assert answer.context["lead"].number > 0
    assert text.count('<svg class="chart') == 2
    assert "loi de Little" in text
    assert "Awa" not in text
    assert "Table 2" not in text  # two people only: its figure stands among the others
    assert answer.context["stations"][0].label is None


@pytest.mark.parametrize("table", ["postes", "rayons", "objets", "delais", "little"])
def test_each_table_of_the_flows_is_a_spreadsheet(as_user, reader, stranger, site, worked, table):
    path = f"/bureau/atelier/flux/?semaines=4&tableau={table}&export=csv"
    lines = as_user(reader).get(path).getvalue().decode().splitlines()
    assert len(lines) > 1
    assert "Awa" not in "".join(lines)
    assert as_user(stranger).get(f"{path}&site={site.public_id}").status_code == 404


def test_flows_ask_a_constant_number_of_queries(as_user, boss, worked, django_assert_num_queries):
    client = as_user(boss)
    client.get("/bureau/atelier/flux/")
    with django_assert_num_queries(21):
        client.get("/bureau/atelier/flux/")


def test_another_site_of_the_organisation_is_chosen_by_its_address(as_user, boss, site, station, seller):
    other = SiteFactory(organisation=seller, name="Le dépôt", is_main=False)
    text = as_user(boss).get(f"/bureau/atelier/?site={other.public_id}").content.decode()
    assert "Le dépôt" in text
    assert "Pas encore de poste" in text or "Aucun poste" in text
