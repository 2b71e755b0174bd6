"""Pictures and answers that a device kept, and what it takes along for when there is no network."""

import json
import re
import uuid
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rebond.catalogue.actions.item import begin_item
from rebond.core.images.check import judge
from rebond.workshop.actions.offline import give_proof
from rebond.workshop.actions.photograph import begin_photos, take_photo
from rebond.workshop.actions.step import Hands
from rebond.workshop.actions.task import take_task
from rebond.workshop.data.chain import PHOTOGRAPH, WRITE
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import KeptAct, Step, Task
from rebond.workshop.queries.questions import mark_of
from rebond.workshop.web.offline_words import WORDS
from rebond.workshop.web.shell import ICONS, PICTOGRAMS, SHELL
from tests.catalogue.pictures import picture_bytes
from tests.factories.catalogue import CategoryFactory
from tests.factories.workshop import TaskFactory, WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
URL = "/atelier/envoi/"
GOOD = {
    "width": 640,
    "height": 480,
    "blur": 0.1,
    "light": {"mean": 120, "high": 220, "low": 20, "blown": 0},
    "tilt": {"angle": 0, "agree": 0},
    "cut": 0,
    "glare": 0,
    "turned": 0,
}


@pytest.fixture
def looks(monkeypatch):
    """What the checks find in each picture: nothing, unless a test changes it."""
    found = {"measured": GOOD}
    monkeypatch.setattr("rebond.workshop.actions.photograph.check_picture", lambda _data: judge(found["measured"]))
    return found


@pytest.fixture
def item(seller, site, owner):
    category = CategoryFactory(key="lampes", path="lampes", slug="lampes", name="Lampes")
    return begin_item(seller=seller, category=category, site=site, by=owner, weight_g=500, title="Lampe orange")


@pytest.fixture
def tablet(device):
    browser = Client(headers={"sec-fetch-site": "same-origin"})
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    return browser


@pytest.fixture
def send(tablet, awa, device):
    """`send(act, fields, files, **changes)` → (status, what the device is told)."""

    def post(act, fields, files=(), **changes):
        facts = {
            "operation": str(uuid.uuid4()),
            "act": act,
            "proof": give_proof(worker=awa, device=device),
            "age": "0",
            "fields": json.dumps(fields),
            **dict(files),
            **changes,
        }
        answer = tablet.post(URL, facts)
        return answer.status_code, answer.json()

    return post


@pytest.fixture
def shots(looks):
    """`shots("front", "back")`: fields and files as the device sends them, each picture another one."""

    def make(*names):
        rows = [{"shot": name, "operation": str(uuid.uuid4())} for name in names]
        files = {
            f"photo-{n}": SimpleUploadedFile("photo.jpg", picture_bytes(n + 1), "image/jpeg") for n in range(len(names))
        }
        return rows, files

    return make


def rewound(files):
    for file in files.values():
        file.seek(0)
    return files


def test_pictures_of_an_object_end_as_one_step(send, shots, item, awa):
    rows, files = shots("front", "back")
    status, told = send("workshop.photos", {"item": item.code, "shots": json.dumps(rows)}, files)
    assert (status, told["words"]) == (200, "Lampe orange\u00a0: 2 photos gardées.")
    step = Step.objects.get()
    assert (step.kind, step.worker, item.photos.count()) == (PHOTOGRAPH, awa, 2)


def test_pictures_sent_twice_are_there_once(send, shots, item):
    rows, files = shots("front", "back")
    fields = {"item": item.code, "shots": json.dumps(rows)}
    operation = str(uuid.uuid4())
    first = send("workshop.photos", fields, files, operation=operation)
    assert send("workshop.photos", fields, rewound(files), operation=operation) == first
    assert (Step.objects.count(), item.photos.count(), KeptAct.objects.count()) == (1, 2, 1)


def test_pictures_that_are_being_done_at_this_moment_wait(send, shots, item):
    rows, files = shots("front")
    operation = str(uuid.uuid4())
    cache.add(f"kept-act:{operation}", 1)
    fields = {"item": item.code, "shots": json.dumps(rows)}
    assert send("workshop.photos", fields, files, operation=operation)[0] == 503
    assert item.photos.count() == 0
    cache.delete(f"kept-act:{operation}")
    assert send("workshop.photos", fields, rewound(files), operation=operation)[0] == 200


def test_a_picture_that_had_arrived_before_the_cut_is_not_added_again(send, shots, item, awa, station):
    rows, files = shots("front", "back")
    hands = Hands(worker=awa, station=station)
    task = begin_photos(code=item.code, hands=hands)
    arrived = Hands(worker=awa, station=station, operation_id=uuid.UUID(rows[0]["operation"]))
    take_photo(task=task, shot="front", data=picture_bytes(1), name="a.jpg", hands=arrived)
    assert send("workshop.photos", {"item": item.code, "shots": json.dumps(rows)}, files)[0] == 200
    assert item.photos.count() == 2


def test_a_view_that_the_category_has_not_finds_another_place(send, shots, item):
    rows, files = shots("soles", "front", "front")
    assert send("workshop.photos", {"item": item.code, "shots": json.dumps(rows)}, files)[0] == 200
    assert item.photos.count() == 3


def test_what_the_checks_find_is_told(send, shots, looks, item):
    looks["measured"] = {**GOOD, "light": {"mean": 10, "high": 20, "low": 2, "blown": 0}}
    rows, files = shots("front")
    told = send("workshop.photos", {"item": item.code, "shots": json.dumps(rows)}, files)[1]
    assert told["state"] == "done"
    assert "sombre" in told["words"]


def test_pictures_that_are_there_already_are_asked_about(send, shots, item):
    rows, files = shots("front")
    send("workshop.photos", {"item": item.code, "shots": json.dumps(rows)}, files)
    Task.objects.filter(kind=PHOTOGRAPH).delete()
    rows, files = (
        [{"shot": "back", "operation": str(uuid.uuid4())}],
        {"photo-0": SimpleUploadedFile("b", picture_bytes(7))},
    )
    fields = {"item": item.code, "shots": json.dumps(rows)}
    status, told = send("workshop.photos", fields, files)
    assert (status, told["state"], item.photos.count()) == (409, "conflict", 1)
    assert send("workshop.photos", fields, rewound(files), forced="1")[0] == 200
    assert item.photos.count() == 2


@pytest.mark.parametrize("broken", ["[", "[{}]", '[{"shot": "front", "operation": "x"}]', "{}"])
def test_pictures_that_cannot_be_read_are_refused(send, item, broken, looks):
    status, told = send("workshop.photos", {"item": item.code, "shots": broken})
    assert (status, told["state"]) == (422, "refused")
    assert (Step.objects.count(), item.photos.count(), KeptAct.objects.count()) == (0, 0, 0)


def test_a_file_that_is_no_picture_is_refused(send, item):
    rows = [{"shot": "front", "operation": str(uuid.uuid4())}]
    status, told = send(
        "workshop.photos", {"item": item.code, "shots": json.dumps(rows)}, {"photo-0": SimpleUploadedFile("a", b"no")}
    )
    assert (status, told["state"]) == (422, "refused")
    assert (item.photos.count(), KeptAct.objects.count()) == (0, 0)


def test_another_organisation_s_object_is_refused(send, shots):
    from tests.factories.catalogue import ItemFactory

    rows, files = shots("front")
    other = ItemFactory()
    assert send("workshop.photos", {"item": other.code, "shots": json.dumps(rows)}, files)[0] == 422
    assert other.photos.count() == 0


@pytest.fixture
def task(item, awa, site):
    made = TaskFactory(
        site=site, kind=WRITE, subject_id=item.code, subject_kind="catalogue.item", subject_label=item.title
    )
    return take_task(task=made, worker=awa)


@pytest.fixture
def answer(send, task):
    def give(value="good", **more):
        fields = {"task": task.public_id, "path": "condition", "answer": value, "seen": mark_of(None)}
        changes = {key: more.pop(key) for key in ("operation", "forced") if key in more}
        return send("workshop.answer", {**fields, **more}, **changes)

    return give


def test_an_answer_is_kept_in_the_task(answer, task):
    status, told = answer()
    assert (status, told["state"]) == (200, "done")
    task.refresh_from_db()
    assert task.data["condition"] == "good"


def test_i_do_not_know_is_an_answer_too(answer, task):
    assert answer(path="brand", do="skip")[0] == 200
    task.refresh_from_db()
    assert task.data["brand"] == ""


def test_an_answer_sent_twice_is_one(answer, task):
    operation = str(uuid.uuid4())
    first = answer(operation=operation)
    assert answer(operation=operation) == first
    assert KeptAct.objects.count() == 1


def test_another_answer_given_meanwhile_is_not_written_over(answer, task):
    answer("very_good")
    status, told = answer("good")
    assert (status, told["state"]) == (409, "conflict")
    task.refresh_from_db()
    assert task.data["condition"] == "very_good"
    assert answer("good", forced="1")[0] == 200
    task.refresh_from_db()
    assert task.data["condition"] == "good"


def test_an_answer_that_is_none_is_refused(answer, task):
    assert answer("splendid")[0] == 422
    task.refresh_from_db()
    assert "condition" not in task.data


def test_a_question_that_is_not_asked_any_more_is_told(answer):
    assert answer(path="nothing")[1]["state"] == "conflict"


def test_a_listing_that_a_colleague_has_now_is_refused(answer, task, seller):
    Task.objects.filter(pk=task.pk).update(worker=WorkerFactory(organisation=seller, first_name="Nour"))
    status, told = answer()
    assert (status, told["words"]) == (422, "Nour s’en occupe déjà.")


def test_a_task_that_nobody_knows_is_refused(answer):
    assert answer(task="nobody")[0] == 422


@pytest.fixture
def at_work(tablet, awa, owner):
    from rebond.workshop.actions.worker import issue_badge

    _badge, token = issue_badge(worker=awa, by=owner)
    tablet.post("/atelier/badge/", {"code": token})
    return tablet


def test_the_luggage_holds_what_this_station_does(at_work, station):
    bag = at_work.get("/atelier/bagages/").json()
    assert bag["acts"] == ["workshop.photos"]
    assert bag["hours"] is True
    station.kind = "writing"
    station.save()
    assert at_work.get("/atelier/bagages/").json()["acts"] == ["workshop.answer"]


def test_the_luggage_of_a_writer_holds_the_questions_of_the_listing_in_hand(at_work, station, task):
    station.kind = "writing"
    station.save()
    (packed,) = at_work.get("/atelier/bagages/").json()["writing"]
    assert packed["task"] == task.public_id
    condition = next(one for one in packed["questions"] if one["path"] == "condition")
    assert [one["value"] for one in condition["choices"]] == [
        "new_unsold",
        "like_new",
        "very_good",
        "good",
        "to_repair",
    ]


def test_no_luggage_without_a_badge(tablet):
    assert tablet.get("/atelier/bagages/").status_code == 302


def test_the_page_without_network_is_the_same_for_everybody(at_work):
    plain = Client().get("/atelier/en-attente/")
    assert at_work.get("/atelier/en-attente/").content == plain.content
    assert "Awa" not in plain.content.decode()
    assert "csrfmiddlewaretoken" not in plain.content.decode()


def _text(name):
    return Path(finders.find(name)).read_text(encoding="utf-8")


def _modules(path):
    """The modules that one imports, as names under static."""
    text = _text(path)
    here = path.rsplit("/", 1)[0]
    for found in re.findall(r'(?:from|import) "(\.[^"]+)"', text):
        parts = f"{here}/{found}".split("/")
        kept = []
        for part in parts:
            if part == "..":
                kept.pop()
            elif part != ".":
                kept.append(part)
        yield "/".join(kept)


def test_the_device_keeps_all_that_its_page_needs():
    page = Client().get("/atelier/en-attente/").content.decode()
    named = set(re.findall(r'(?:src|href)="/static/([^"]+)"', page))
    ahead = [name for name in named if name.endswith(".js")]
    while ahead:
        for name in _modules(ahead.pop()):
            if name not in named:
                named.add(name)
                ahead.append(name)
    assert named - set(SHELL) == set()
    assert [name for name in (*SHELL, *(icon for icon, _size, _use in ICONS)) if finders.find(name) is None] == []


def test_the_service_worker_names_its_files(settings):
    answer = Client().get("/atelier/service.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    facts = json.loads(re.search(r"self\.REBOND = (\{.*\});", answer.content.decode())[1])
    assert facts["shell"] == "/atelier/en-attente/"
    assert len(facts["files"]) == len(SHELL)


def test_the_manifest_installs_the_stations_pages():
    facts = Client().get("/atelier/application.webmanifest").json()
    assert (facts["start_url"], facts["scope"], facts["display"], facts["lang"]) == (
        "/atelier/",
        "/atelier/",
        "standalone",
        "fr",
    )
    assert {(icon["sizes"], icon["purpose"]) for icon in facts["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("192x192", "maskable"),
        ("512x512", "maskable"),
    }


def test_every_sentence_and_pictogram_of_the_scripts_is_there():
    """`say("name")`, `words: "name"` and `icon: "name"` of the scripts have their sentence and their drawing."""
    text = "\n".join(_text(name) for name in SHELL if name.startswith("rebond/js/offline/"))
    said = set(re.findall(r'say\("([\w.]+)"', text)) | set(re.findall(r'words: "(\w+)"', text))
    assert said - set(WORDS) == set()
    drawn = set(re.findall(r'(?:icon|pictogram): "([\w-]+)"', text)) | set(re.findall(r'\bicon\("([\w-]+)"', text))
    assert drawn - set(PICTOGRAMS) == set()
