"""The guided listing and the review, as pages, without JavaScript."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from rebond.catalogue.actions.item import begin_item
from rebond.catalogue.models import Book
from rebond.workshop.actions.chain import send_to_writing
from rebond.workshop.actions.listing import send_listing
from rebond.workshop.actions.step import Hands
from rebond.workshop.actions.task import save_answers, take_task
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.data.chain import REVIEW, WRITE
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import ReviewNote, Step, Task, WorkerSkill
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory
from tests.factories.workshop import DeviceFactory, StationFactory, WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
CHAIR = {
    "condition": "good",
    "flaws": [],
    "attr.wood": "beech",
    "attr.style": "",
    "attr.flat-pack": "",
    "attr.seats": "",
    "color": "Bleu",
    "brand": "",
    "measures": {},
    "weight": 4_200,
    "text": {"is_own": False},
    "price": 2_500,
}


@pytest.fixture
def chair(seller, site, categories, owner):
    return begin_item(seller=seller, category=categories["chairs"], site=site, by=owner)


@pytest.fixture
def at_work(site, owner):
    """`at_work(worker, "writing")`: the person signed in at a station of this kind."""

    def browser(worker, kind="writing"):
        device = DeviceFactory(
            station=StationFactory(site=site, kind=kind, name=f"{kind} {worker.pk}"), secret=f"s{worker.pk}{kind}"
        )
        made = Client()
        made.cookies[COOKIE] = f"s{worker.pk}{kind}"
        _badge, token = issue_badge(worker=worker, by=owner)
        made.post(reverse("workshop:badge"), {"code": token})
        assert device.pk
        return made

    return browser


@pytest.fixture
def waiting(chair, owner):
    return send_to_writing(item=chair, by=owner)


@pytest.fixture
def task(waiting, awa):
    return take_task(task=waiting, worker=awa)


@pytest.fixture
def answer(at_work, awa, task):
    """`answer("condition", answer="good")`: post one screen; the answer's response."""
    browser = at_work(awa)

    def post(path, **data):
        return browser.post(reverse("workshop:write-question", args=[task.public_id, path]), data)

    post.browser = browser
    return post


@pytest.fixture
def supervisor(seller):
    user = MembershipFactory(organisation=seller, role="supervisor").user
    return WorkerFactory(organisation=seller, user=user, first_name="Inès", status="staff")


def text_of(response):
    return response.content.decode().replace("\xa0", " ")


def operation_of(response):
    return re.search(r'name="operation" value="([\w-]+)"', response.content.decode())[1]


def test_from_the_task_to_the_sale_without_javascript(at_work, awa, waiting, chair):
    awa.reviewed_percent = 0
    awa.save()
    browser = at_work(awa)
    assert "Annonces" in text_of(browser.get("/atelier/"))
    shown = browser.post(reverse("workshop:task-open", args=[waiting.public_id]), follow=True)
    seen = []
    given = {
        "condition": {"answer": "good"},
        "flaws": {"do": "next", "kind": "scratch", "part": "Dessus"},
        "attr-wood": {"answer": "beech"},
        "color": {"answer": "Bleu"},
        "brand": {"answer": "Baumann", "do": "next"},
        "measures": {"length_mm": "45", "width_mm": "40,2", "height_mm": "", "do": "next"},
        "weight": {"answer": "4,2", "do": "next"},
        "text": {"do": "next"},
        "price": {"price": "25", "do": "next"},
    }
    while "relire" not in shown.request["PATH_INFO"]:
        path = shown.request["PATH_INFO"].rstrip("/").rpartition("/")[2]
        seen.append(path)
        data = given.get(path, {"do": "skip"})
        if path == "text":
            data |= {
                "title": re.search(r'<textarea[^>]*name="title"[^>]*>([^<]*)<', shown.content.decode())[1],
                "description": re.search(r'<textarea[^>]*name="description"[^>]*>([^<]*)<', shown.content.decode())[
                    1
                ].strip(),
            }
        shown = browser.post(shown.request["PATH_INFO"], data, follow=True)
        assert shown.status_code == 200
    assert seen[0] == "condition"
    assert seen[-1] == "price"
    assert "Chaise bleue en hêtre Baumann" in text_of(shown)
    send = {"operation": operation_of(shown)}
    done = browser.post(reverse("workshop:write-send", args=[waiting.public_id]), send, follow=True)
    assert "C’est en vente" in text_of(done)
    chair.refresh_from_db()
    assert (chair.state, chair.price_cents, chair.width_mm, chair.brand) == ("on_sale", 2_500, 402, "Baumann")
    again = browser.post(reverse("workshop:write-send", args=[waiting.public_id]), send, follow=True)
    assert "C’est en vente" in text_of(again)
    assert Step.objects.filter(kind=WRITE).count() == 1


def test_each_answer_is_kept_at_once_and_going_back_keeps_all(answer, task):
    assert answer("condition", answer="very_good").status_code == 302
    task.refresh_from_db()
    assert task.data["condition"] == "very_good"
    back = answer.browser.get(reverse("workshop:write-question", args=[task.public_id, "condition"]))
    assert 'value="very_good" aria-pressed="true"' in back.content.decode()
    assert 'class="done"' in back.content.decode()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("condition", {}),
        ("condition", {"answer": "perfect"}),
        ("attr-wood", {"answer": "gold"}),
        ("attr-seats", {"answer": "many", "do": "next"}),
        ("measures", {"length_mm": "long"}),
        ("measures", {"length_mm": "99999"}),
        ("weight", {"answer": "heavy"}),
        ("weight", {"answer": "0"}),
        ("text", {"title": "", "description": "x"}),
        ("price", {"price": "cheap"}),
        ("price", {"price": "0"}),
        ("category", {"answer": "furniture"}),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_is_kept(answer, task, path, data):
    refused = answer(path, **data)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()
    task.refresh_from_db()
    assert task.data == {}


def test_flaws_are_noted_one_by_one_and_once(answer, task):
    answer("condition", answer="to_repair")
    assert answer("flaws", do="next").status_code == 422  # to repair: say what
    assert answer("flaws", do="add").status_code == 422
    for _n in range(2):
        answer("flaws", do="add", kind="crack", part="Bord", photo="1")
    answer("flaws", do="add", kind="rust")
    task.refresh_from_db()
    assert [(f["kind"], f["part"], f["photo_position"]) for f in task.data["flaws"]] == [
        ("crack", "Bord", 1),
        ("rust", "", None),
    ]
    shown = answer.browser.get(reverse("workshop:write-question", args=[task.public_id, "flaws"]))
    assert "Une fêlure sur le bord" in text_of(shown)
    answer("flaws", do="remove-1")
    task.refresh_from_db()
    assert len(task.data["flaws"]) == 1


def test_another_kind_of_object_forgets_what_does_not_hold(answer, task):
    save_answers(task=task, worker=task.worker, **CHAIR)
    shown = answer.browser.get(reverse("workshop:write-question", args=[task.public_id, "category"]) + "?rayon=clothes")
    assert "Robes" in text_of(shown)
    answer("category", answer="dresses")
    task.refresh_from_db()
    assert task.data["category"] == "dresses"
    assert not any(key.startswith("attr.") for key in task.data)
    assert task.data["price"] == 2_500


def test_a_known_book_fills_itself(answer, task):
    Book.objects.create(
        isbn="9782070409228", title="Le Père Goriot", authors="Honoré de Balzac", language="fre", source="t"
    )
    answer("category", answer="novels")
    shown = answer.browser.get(reverse("workshop:write-question", args=[task.public_id, "gtin"]))
    assert "data-rebond-scan" in shown.content.decode()
    assert answer("gtin", code="9782070409229").status_code == 422
    answer("gtin", code="978-2-07-040922-8", do="next")
    task.refresh_from_db()
    assert (task.data["name"], task.data["attr.author"]) == ("Le Père Goriot", "Honoré de Balzac")
    text = answer.browser.get(reverse("workshop:write-question", args=[task.public_id, "text"]))
    assert "Le Père Goriot, Honoré de Balzac" in text_of(text)


def test_one_s_own_words_and_back_to_the_composed_ones(answer, task):
    save_answers(task=task, worker=task.worker, **CHAIR)
    answer("text", title="Ma chaise", description="Belle.\r\nBleue.", do="next")
    task.refresh_from_db()
    assert task.data["text"] == {"is_own": True, "title": "Ma chaise", "description": "Belle.\nBleue."}
    assert "Ma chaise" in text_of(answer.browser.get(reverse("workshop:write-check", args=[task.public_id])))
    answer("text", do="again")
    shown = answer.browser.get(reverse("workshop:write-question", args=[task.public_id, "text"]))
    assert "Chaise bleue en hêtre" in text_of(shown)


def test_the_price_says_what_it_rests_on(answer, task, chair, seller):
    for cents in (1_500, 2_000, 2_500, 3_000, 3_500):
        ItemFactory(seller=seller, category=chair.category, price_cents=cents, on_sale=True)
    answer("condition", answer="good")
    page = reverse("workshop:write-question", args=[task.public_id, "price"])
    shown = text_of(answer.browser.get(page))
    assert "Pourquoi 25 €" in shown
    assert "5 objets pareils, 0 vendus. La plupart : de 20 € à 30 €." in shown
    assert shown.count("<circle") >= 5
    assert 'name="price" value="25"' in shown
    stepped = answer.browser.post(page, {"price": "25", "step": "100"})
    assert 'name="price" value="26"' in stepped.content.decode()
    task.refresh_from_db()
    assert "price" not in task.data


def test_without_comparables_no_number_is_made_up(answer, task):
    shown = text_of(answer.browser.get(reverse("workshop:write-question", args=[task.public_id, "price"])))
    assert "Trop peu d’objets pareils" in shown
    assert 'r="7.5"' not in shown  # no dot of a price
    assert 'name="price" value=""' in shown


def test_what_lacks_is_told_beside_what_it_is_about(answer, task):
    save_answers(task=task, worker=task.worker, **CHAIR | {"price": None})
    shown = text_of(answer.browser.get(reverse("workshop:write-check", args=[task.public_id])))
    assert "Il manque" in shown
    assert "j’envoie" not in shown
    refused = answer.browser.post(reverse("workshop:write-send", args=[task.public_id]))
    assert refused.status_code == 422


def test_nobody_else_reads_or_sends_it(at_work, jo, task, stranger, as_user):
    browser = at_work(jo)
    for name in ("write", "write-check"):
        assert browser.get(reverse(f"workshop:{name}", args=[task.public_id])).status_code == 404
    assert browser.post(reverse("workshop:write-send", args=[task.public_id])).status_code == 404
    assert as_user(stranger).get(reverse("workshop:write", args=[task.public_id])).status_code in {403, 404}


def test_a_finished_task_leads_home(answer, task):
    Task.objects.filter(pk=task.pk).update(state="cancelled", lease_until=None, ended_on="2026-11-26")
    assert answer.browser.get(reverse("workshop:write", args=[task.public_id])).url == "/atelier/"
    assert answer("condition", answer="good").url == "/atelier/"


def test_it_can_be_taken_back_by_its_writer(answer, task, chair):
    save_answers(task=task, worker=task.worker, **CHAIR)
    done = answer.browser.post(reverse("workshop:write-send", args=[task.public_id]), follow=True)
    assert "C’est envoyé" in text_of(done)
    step = Step.objects.get()
    undone = answer.browser.post(reverse("workshop:write-undo", args=[step.public_id]), follow=True)
    assert "C’est annulé" in text_of(undone)
    chair.refresh_from_db()
    assert chair.state == "draft"


def _listing(task, chair, awa):
    save_answers(task=task, worker=awa, **CHAIR)
    send_listing(task=task, item=chair, hands=Hands(worker=awa))
    chair.refresh_from_db()
    return Task.objects.open().get(kind=REVIEW)


def test_a_reviewer_corrects_and_the_writer_sees_it(at_work, answer, task, chair, awa, supervisor):
    review = _listing(task, chair, awa)
    browser = at_work(supervisor, "review")
    shown = browser.post(reverse("workshop:task-open", args=[review.public_id]), follow=True)
    assert "Chaise bleue en hêtre" in text_of(shown)
    correct = reverse("workshop:review-correct", args=[review.public_id])
    form = browser.get(correct)
    fields = {"title": "Chaise bistrot", "description": chair.description, "condition": "good", "price_cents": "30"}
    assert browser.post(correct, {**fields, "title": ""}).status_code == 422
    done = browser.post(correct, {**fields, "operation": operation_of(form)}, follow=True)
    assert "C’est en vente" in text_of(done)
    chair.refresh_from_db()
    assert (chair.state, chair.title, chair.price_cents) == ("on_sale", "Chaise bistrot", 3_000)
    assert "a été corrigée" in text_of(answer.browser.get("/atelier/"))
    notes = answer.browser.get(reverse("workshop:review-notes"))
    assert "<del>Chaise bleue en hêtre</del>" in text_of(notes)
    assert "<ins>Chaise bistrot</ins>" in text_of(notes)
    assert "Chaise bistrot" not in text_of(browser.get(reverse("workshop:review-notes")))
    answer.browser.post(reverse("workshop:review-note-read", args=[ReviewNote.objects.get().public_id]))
    assert not ReviewNote.objects.exists()


def test_a_reviewer_accepts_or_gives_back_by_a_pictogram(at_work, answer, task, chair, awa, supervisor):
    review = take_task(task=_listing(task, chair, awa), worker=supervisor)
    browser = at_work(supervisor, "review")
    back = reverse("workshop:review-return", args=[review.public_id])
    assert browser.post(back, {}).status_code == 422
    done = browser.post(back, {"reason": "photos", "note": "Trop sombre"}, follow=True)
    assert "repart à corriger" in text_of(done)
    again = Task.objects.open().get(kind=WRITE)
    shown = answer.browser.post(reverse("workshop:task-open", args=[again.public_id]), follow=True)
    assert "À revoir : Les photos" in text_of(shown)
    assert "Trop sombre" in text_of(shown)
    answer.browser.post(reverse("workshop:write-send", args=[again.public_id]))
    second = take_task(task=Task.objects.open().get(kind=REVIEW), worker=supervisor)
    browser.post(reverse("workshop:review", args=[second.public_id]))
    chair.refresh_from_db()
    assert chair.state == "on_sale"


def test_a_review_compares_the_very_words_of_the_listing(at_work, task, chair, awa, supervisor, seller):
    review = take_task(task=_listing(task, chair, awa), worker=supervisor)
    type(chair).objects.filter(pk=chair.pk).update(title="Tabouret Tolix")
    for cents in (4_000, 4_100, 4_200, 4_300, 4_400):
        ItemFactory(seller=seller, category=chair.category, price_cents=cents, on_sale=True, title="Tabouret Tolix H45")
    shown = text_of(at_work(supervisor, "review").get(reverse("workshop:review", args=[review.public_id])))
    assert "Presque le même titre, même état." in shown


def test_nobody_reviews_their_own(at_work, task, chair, awa):
    WorkerSkill.objects.create(worker=awa, kind=REVIEW, level="able")
    review = take_task(task=_listing(task, chair, awa), worker=awa)
    browser = at_work(awa, "review")
    page = reverse("workshop:review", args=[review.public_id])
    assert "collègue relit celle-ci" in text_of(browser.get(page))
    assert browser.post(page).status_code == 422
    chair.refresh_from_db()
    assert chair.state == "in_review"


def test_what_keeps_it_off_sale_is_told_to_the_reviewer(at_work, task, chair, awa, supervisor):
    review = take_task(task=_listing(task, chair, awa), worker=supervisor)
    type(chair).objects.filter(pk=chair.pk).update(title="Fusil de chasse")
    browser = at_work(supervisor, "review")
    refused = browser.post(reverse("workshop:review", args=[review.public_id]))
    assert refused.status_code == 422
    assert "armes" in text_of(refused)


def test_the_desk_sends_an_object_to_the_workshop(owner, chair, as_user, reader, stranger):
    desk = as_user(owner)
    page = reverse("catalogue:item-detail", args=[chair.code.lower()])
    assert "Envoyer à l’atelier" in text_of(desk.get(page))
    assert "Envoyer à l’atelier" not in text_of(as_user(reader).get(page))
    send = reverse("workshop-desk:item-send", args=[chair.code.lower()])
    assert desk.get(send).status_code == 405
    assert as_user(reader).post(send).status_code == 403
    assert as_user(stranger).post(send).status_code == 404
    assert not Task.objects.exists()
    for _n in range(2):
        assert "attend à l’atelier" in text_of(desk.post(send, follow=True))
    assert Task.objects.open().count() == 1


def test_the_desk_gives_an_exercise(owner, chair, as_user):
    url = reverse("workshop-desk:item-exercise", args=[chair.code.lower()])
    assert "exercice" in text_of(as_user(owner).post(url, follow=True))
    assert Task.objects.get().is_training


def test_a_flaw_is_touched_on_its_photo(answer, task):
    answer("condition", answer="good")
    answer("flaws", do="add", kind="stain", part="Bord", photo="1", spot_x="250", spot_y="800")
    answer("flaws", do="add", kind="hole", photo="2", spot_x="far", spot_y="1200")
    answer("flaws", do="add", kind="rust", spot_x="10", spot_y="10")  # on no photo
    task.refresh_from_db()
    spots = [(flaw["photo_position"], flaw.get("spot_x"), flaw.get("spot_y")) for flaw in task.data["flaws"]]
    assert spots == [(1, 250, 800), (2, None, None), (None, None, None)]


def test_a_text_may_be_dictated_where_the_browser_can(answer, task):
    save_answers(task=task, worker=task.worker, **CHAIR)
    shown = answer.browser.get(reverse("workshop:write-question", args=[task.public_id, "text"])).content.decode()
    for field in ("title", "description"):
        assert f'hidden data-rebond-dictate="{field}"' in shown
