"""Learning at picking and packing: one thing at a time with its why; mentors see what to show, nobody is counted."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from rebond.warehouse.actions.packing import begin_packing
from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.wave import make_wave
from rebond.workshop.actions.learning import forget_caught, note_caught
from rebond.workshop.actions.task import take_task
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Caught, Task, WorkerSkill
from rebond.workshop.queries.learning import learners_at, lessons_of
from rebond.workshop.tasks import purge_security_log
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory
from tests.factories.warehouse import ParcelFactory, PickLineFactory, PlaceFactory
from tests.factories.workshop import WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
DESK = reverse("workshop-desk:learning")
PACK, PICK = "warehouse.pack", "warehouse.pick"


def signed(worker, owner):
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    browser.post(reverse("workshop:badge"), {"code": issue_badge(worker=worker, by=owner)[1]})
    return browser


@pytest.fixture
def at_work(device, awa, owner):
    return signed(awa, owner)


@pytest.fixture
def parcel(site, category):
    made = ParcelFactory(site=site)
    for title in ("Radio", "Vase"):
        PickLineFactory(parcel=made, item__category=category, item__title=title, place=None)
    return made


@pytest.fixture
def task(parcel, hands):
    return begin_packing(parcel=parcel, hands=hands())


@pytest.fixture
def screen(task):
    return reverse("warehouse:pack-task", args=[task.public_id])


def able(worker, kind, level="able"):
    WorkerSkill.objects.update_or_create(worker=worker, kind=kind, defaults={"level": level})


def test_who_learns_packing_sees_one_object_and_why_and_who_knows_sees_all(at_work, awa, screen):
    text = at_work.get(screen).text
    assert ("Pourquoi" in text, "Une erreur s’arrête ici" in text) == (True, True)
    assert [text.count(f"<b>{title}</b>") for title in ("Radio", "Vase")] == [0, 0]
    assert sum(f'<p class="fs-l strong">{title}</p>' in text for title in ("Radio", "Vase")) == 1
    assert "Prenez une case du chariot" in at_work.get(reverse("warehouse:pack")).text
    able(awa, PACK)
    text = at_work.get(screen).text
    assert ("Pourquoi" in text, "<b>Radio</b>" in text, "<b>Vase</b>" in text) == (False, True, True)
    assert "Prenez une case du chariot" not in at_work.get(reverse("warehouse:pack")).text


def test_each_step_of_packing_says_how_and_why(at_work, parcel, screen, task):
    for line in parcel.lines.all():
        at_work.post(screen, {"code": line.item_code})
    assert "ils sont écrasés" in at_work.get(f"{screen}?pas=carton").text
    at_work.post(reverse("warehouse:pack-carton", args=[task.public_id]), {"carton": "alone"})
    assert "on doit tout voir" in at_work.get(screen).text
    at_work.post(reverse("warehouse:pack-photo", args=[task.public_id]), {"without": "1"})
    assert "rien ne bouge" in at_work.get(screen).text
    done = at_work.post(reverse("warehouse:pack-finish", args=[task.public_id]), {"weight": ""}, follow=True)
    assert "pas de ruban dessus" in done.text


def test_what_the_scan_stops_is_kept_once_without_hour_or_number(at_work, awa, make_item, parcel, screen, site):
    other = make_item(title="Un autre")
    for _time in range(3):
        assert at_work.post(screen, {"code": other.code}).status_code == 422
    assert at_work.post(screen, {"code": "rien"}).status_code == 422
    line = parcel.lines.first()
    for _time in range(2):
        at_work.post(screen, {"code": line.item_code})
    assert at_work.post(reverse("warehouse:pack"), {"code": other.code}).status_code == 422
    assert list(Caught.objects.values_list("code", flat=True)) == ["label", "nobody", "not-in", "twice"]
    assert {field.name for field in Caught._meta.concrete_fields} == {"id", "worker", "kind", "code", "day"}
    mine = at_work.get(reverse("workshop:me")).text
    assert ("Un objet d’un autre colis" in mine, "effacé cette nuit" in mine) == (True, True)


def test_of_who_knows_the_work_nothing_is_kept(at_work, awa, make_item, screen):
    able(awa, PACK, "teaches")
    assert at_work.post(screen, {"code": make_item().code}).status_code == 422
    assert not note_caught(worker=awa, kind=PACK, code="twice")
    assert not Caught.objects.exists()
    assert "arrêté pour vous" not in at_work.get(reverse("workshop:me")).text


@pytest.fixture
def round_task(site, owner, category, awa):
    for title, label in (("Lampe", "A-01-1"), ("Livre", "A-02-1")):
        place = PlaceFactory(site=site, label=label)
        PickLineFactory(parcel=ParcelFactory(site=site), item__category=category, item__title=title, place=place)
    leave_by = timezone.now() + datetime.timedelta(days=2)
    plan_wave(wave_id=make_wave(site=site, leave_by=leave_by, slots=8, weight_g=None, by=owner).pk)
    return take_task(task=Task.objects.get(), worker=awa)


def test_picking_keeps_what_the_scan_stops_too(at_work, awa, round_task, site, item):
    screen = reverse("warehouse:pick", args=[round_task.public_id])
    first, second = (line for parcel in site.parcels.order_by("slot") for line in parcel.lines.all())
    at_work.post(screen, {"code": item.code})
    at_work.post(screen, {"code": second.place.code})
    at_work.post(screen, {"code": first.place.code})  # the right one: nothing to show
    at_work.post(screen, {"code": first.item_code, "slot": "7"})
    assert list(Caught.objects.values_list("code", flat=True)) == ["object", "place", "slot"]
    with translation.override("en"):
        (one,) = learners_at(site)
    assert (one.worker, one.stands, one.about, len(one.lessons)) == (awa, "Object 1 of 2", round_task.subject_label, 3)


def test_the_mentors_page_says_who_learns_where_and_what_to_show(
    at_work, awa, jo, station, parcel, screen, site, owner, as_user, make_item
):
    at_work.post(screen, {"code": make_item().code})
    at_work.post(screen, {"code": parcel.lines.first().item_code})
    text = as_user(owner).get(DESK).text
    said = ("Awa", station.name, "Objets\u00a0: 1 sur 2 dedans", "Un objet d’un autre colis", "une seule case")
    assert [word for word in said if word not in text] == []
    assert ">Jo<" not in text
    able(awa, PACK)
    assert [one.stands for one in learners_at(site)] == [""], "what the scan stopped before stays for the day"


def test_between_two_parcels_a_learner_stays_on_the_page(at_work, awa, screen, site, task, make_item, owner, as_user):
    at_work.post(screen, {"code": make_item().code})
    at_work.post(reverse("workshop:task-pause", args=[task.public_id]))
    (one,) = learners_at(site)
    assert (one.worker, one.stands, [lesson.code for lesson in one.lessons]) == (awa, "", ["not-in"])
    assert "Entre deux tâches" in as_user(owner).get(DESK).text
    assert learners_at(SiteFactory(organisation=site.organisation, is_main=False)) == []


def test_who_can_show_a_work_sees_its_learners_at_the_station(at_work, awa, jo, device, owner, screen, make_item):
    at_work.post(screen, {"code": make_item().code})
    mentor, page = signed(jo, owner), reverse("workshop:learners")
    assert "Awa" not in mentor.get(page).text
    able(jo, PICK, "teaches")
    assert "Personne n’apprend votre travail" in mentor.get(page).text
    able(jo, PACK, "teaches")
    text = mentor.get(page).text
    assert ("Awa" in text, "Un objet d’un autre colis" in text) == (True, True)
    assert page in mentor.get(reverse("workshop:me")).text
    assert page not in at_work.get(reverse("workshop:me")).text


def test_others_see_nothing(task, site, seller, as_user, owner):
    stranger = MembershipFactory(organisation=OrganisationFactory(admitted=True), role="manager").user
    assert as_user(stranger).get(f"{DESK}?site={site.public_id}").status_code == 404
    assert "Awa" not in as_user(stranger).get(DESK).text
    for role in ("reader", "seller"):
        person = MembershipFactory(organisation=seller, role=role).user
        assert as_user(person).get(DESK).status_code in {403, 404}


def test_the_next_day_nothing_is_left(awa, jo):
    assert note_caught(worker=awa, kind=PACK, code="twice")
    assert note_caught(worker=awa, kind=PACK, code="twice")
    assert [lesson.code for lesson in lessons_of(awa)] == ["twice"]
    Caught.objects.update(day=timezone.localdate() - datetime.timedelta(days=1))
    assert lessons_of(awa) == []
    assert note_caught(worker=jo, kind=PACK, code="weight")
    assert forget_caught() == 1
    assert [one.worker for one in Caught.objects.all()] == [jo]
    assert purge_security_log.func() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_are_the_same_for_any_number(number, site, seller, category, station, django_assert_num_queries):
    from rebond.workshop.actions.step import Hands

    for n in range(number):
        worker = WorkerFactory(organisation=seller, first_name=f"Personne {n}")
        parcel = ParcelFactory(site=site)
        PickLineFactory(parcel=parcel, item__category=category, place=None)
        begin_packing(parcel=parcel, hands=Hands(worker=worker, station=station))
        note_caught(worker=worker, kind=PACK, code="twice")
    with django_assert_num_queries(5):
        assert len(learners_at(site)) == number
