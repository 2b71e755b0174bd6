"""The photo table: scan, shoot, finish, undo; codes of others; the same upload twice; no hours for a companion."""

import io
import re
import uuid

import pytest
import pyvips
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from rebond.catalogue.actions.photo import add_photo_from_bytes
from rebond.catalogue.models import Item
from rebond.core.codes import make_code
from rebond.core.images.check import doubt_on
from rebond.workshop.actions.photograph import begin_photos, finish_photos, take_photo
from rebond.workshop.actions.step import undo_step
from rebond.workshop.actions.task import open_task
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.data.chain import PHOTOGRAPH, STORE, WRITE
from rebond.workshop.data.shots import BY_UNIVERSE, OTHERS, OUTLINES, shots_of
from rebond.workshop.errors import (
    AlreadyPhotographed,
    BookBarcode,
    CodeUnknown,
    NoPicture,
    NotALabel,
    NotUndoable,
    OfSomebodyElse,
    SoldAlready,
    TaskStateForbids,
    TaskTaken,
)
from rebond.workshop.kinds import StepKind, is_known, kind_of, register_kind
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Step, Task
from tests.factories.catalogue import CategoryFactory, ItemFactory
from tests.factories.warehouse import PlaceFactory
from tests.factories.workshop import WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def picture(seed=0, *, level=1.0):
    """A sharp striped thing on a plain ground; `seed` makes it another picture."""
    rows = pyvips.Image.xyz(300, 400)[1]
    box = ((rows % (24 + seed)) < 10).ifthenelse([190, 120, 60], [90, 60, 40])
    image = pyvips.Image.black(600, 800).new_from_image([170, 162, 150]).insert(box, 150, 200) * level
    return bytes(image.cast("uchar").copy(interpretation="srgb").jpegsave_buffer(Q=90))


def upload(seed=0, **more):
    return SimpleUploadedFile("photo.jpg", picture(seed, **more), "image/jpeg")


@pytest.fixture
def item(seller, site):
    category = CategoryFactory(key="clothes", path="clothes", slug="vetements")
    return ItemFactory(seller=seller, site=site, category=category, title="Veste en jean")


@pytest.fixture
def hands(hands_of, awa):
    return lambda **more: hands_of(awa, **more)


@pytest.fixture
def task(item, hands):
    return begin_photos(code=item.code, hands=hands())


@pytest.fixture
def table(device, awa, owner):
    """A tablet of the photo table where Awa is signed in."""
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    _badge, token = issue_badge(worker=awa, by=owner)
    browser.post(reverse("workshop:badge"), {"code": token})
    return browser


@pytest.fixture
def writing():
    """The step that follows, whether its screens are there or not."""
    if not is_known(WRITE):
        register_kind(
            StepKind(
                code=WRITE,
                label="Écrire",
                done="%(name)s",
                icon="x",
                tint="ciel",
                stations=frozenset(),
                screen="workshop:kiosk",
            )
        )


def test_the_kind_is_registered_with_its_rome_code():
    kind = kind_of(PHOTOGRAPH)
    assert kind.rome == ("E1201",)
    assert kind.starts_alone
    assert kind.undo is not None


def test_every_universe_begins_with_the_front_and_has_known_outlines():
    for shots in (*BY_UNIVERSE.values(), OTHERS):
        assert shots[0].key == "front"
        assert shots[-1].key == "flaw"
        assert len({shot.key for shot in shots}) == len(shots)
        assert all(shot.outline in OUTLINES for shot in shots)
        assert all(len(str(shot.hint).split()) <= 12 for shot in shots)
    assert [shot.key for shot in shots_of("shoes/boots", 1)] == ["front", "soles", "label", "flaw", "flaw-2"]


def test_a_label_opens_the_objects_photos_once(item, hands, awa):
    first = begin_photos(code=item.display_code, hands=hands())
    again = begin_photos(code=f"https://rebond.example/o/{item.code}/", hands=hands())
    assert first == again
    assert (first.kind, first.worker, first.state) == (PHOTOGRAPH, awa, "taken")


def test_each_wrong_code_has_its_own_words(item, hands, seller):
    letters = seller.letters
    stranger, sold = ItemFactory(), ItemFactory(seller=seller, sold=True)
    for code, error in (
        ("9782070360024", BookBarcode),
        ("bonjour", NotALabel),
        (item.code[:-1] + ("2" if item.code[-1] != "2" else "3"), NotALabel),
        (make_code(letters, "ZZZZZZ"), CodeUnknown),
        (stranger.code, OfSomebodyElse),
        (sold.code, SoldAlready),
    ):
        with pytest.raises(error):
            begin_photos(code=code, hands=hands())
    assert not Task.objects.exists()


def test_a_place_and_a_badge_are_told_as_such(hands, site, seller):
    shelf = PlaceFactory(site=site, label="A-03-2")
    box = PlaceFactory(site=site, box=True, label="Carton 7")
    foreign = PlaceFactory(label="B-01")
    for code, words in (
        (f"https://rebond.example/l/{shelf.code.lower()}/", "This is A-03-2. Scan an object."),
        (box.code, "This is Carton 7. Scan an object."),
        ("RBABCDEFGHJKMNPQRSTUVWXYZ23456", "This is a badge. Scan a label."),
    ):
        with pytest.raises(NotALabel) as refused:
            begin_photos(code=code, hands=hands())
        with override("en"):
            assert str(refused.value) == words
    with pytest.raises(NotALabel) as refused:
        begin_photos(code=foreign.code, hands=hands())
    assert "B-01" not in str(refused.value)


def test_a_photographed_object_asks_before_it_takes_more(item, hands, awa):
    add_photo_from_bytes(item=item, data=picture(), name="a.jpg", by=awa.user)
    with pytest.raises(AlreadyPhotographed) as refused:
        begin_photos(code=item.code, hands=hands())
    assert refused.value.count == 1
    assert begin_photos(code=item.code, hands=hands(), again=True).state == "taken"


def test_a_colleague_who_has_it_is_named(task, item, hands_of, seller):
    with pytest.raises(TaskTaken):
        begin_photos(code=item.code, hands=hands_of(WorkerFactory(organisation=seller)))


def test_the_same_upload_adds_one_picture(task, item, hands):
    operation = uuid.uuid4()
    first = take_photo(task=task, shot="front", data=picture(), name="a.jpg", hands=hands(operation_id=operation))
    again = take_photo(task=task, shot="front", data=picture(7), name="b.jpg", hands=hands(operation_id=operation))
    assert first == again
    assert first.faults == ()
    assert item.photos.count() == 1


def test_a_picture_taken_again_takes_the_place_of_the_first(task, item, hands):
    take_photo(task=task, shot="front", data=picture(1), name="a.jpg", hands=hands())
    take_photo(task=task, shot="back", data=picture(2), name="b.jpg", hands=hands())
    front = take_photo(task=task, shot="front", data=picture(3), name="c.jpg", hands=hands())
    item.refresh_from_db()
    assert item.photo_count == 2
    assert item.cover == front.sha256


def test_a_dark_picture_is_kept_with_what_was_said(task, hands):
    taken = take_photo(task=task, shot="front", data=picture(level=0.2), name="a.jpg", hands=hands())
    assert "dark" in taken.faults
    step = finish_photos(task=task, hands=hands())
    assert "dark" in step.data["kept_anyway"]


def test_finishing_records_the_step_and_opens_the_next_one(task, item, hands, writing):
    with pytest.raises(NoPicture):
        finish_photos(task=task, hands=hands())
    take_photo(task=task, shot="front", data=picture(), name="a.jpg", hands=hands())
    operation = uuid.uuid4()
    step = finish_photos(task=task, hands=hands(operation_id=operation))
    assert finish_photos(task=task, hands=hands(operation_id=operation)) == step
    assert Step.objects.count() == 1
    assert Task.objects.open().get(subject_id=item.code).kind == WRITE
    task.refresh_from_db()
    with pytest.raises(TaskStateForbids):
        finish_photos(task=task, hands=hands())


def test_a_companions_step_has_no_hour(item, jo, hands_of):
    task = begin_photos(code=item.code, hands=hands_of(jo))
    take_photo(task=task, shot="front", data=picture(), name="a.jpg", hands=hands_of(jo))
    step = finish_photos(task=task, hands=hands_of(jo))
    assert (step.started_at, step.ended_at) == (None, None)
    assert step.status == "companion"


def test_undo_takes_back_the_pictures_of_this_step_only(task, item, hands, awa, writing):
    add_photo_from_bytes(item=item, data=picture(9), name="old.jpg", by=awa.user)
    take_photo(task=task, shot="front", data=picture(), name="a.jpg", hands=hands())
    step = finish_photos(task=task, hands=hands())
    operation = uuid.uuid4()
    for _ in range(2):
        undo_step(step=step, hands=hands(operation_id=operation))
    assert item.photos.count() == 1
    assert Task.objects.open().get(subject_id=item.code).kind == PHOTOGRAPH


def test_undo_is_refused_once_somebody_writes(task, item, hands, awa, writing):
    take_photo(task=task, shot="front", data=picture(), name="a.jpg", hands=hands())
    step = finish_photos(task=task, hands=hands())
    next_one = Task.objects.open().get(subject_id=item.code)
    Task.objects.filter(pk=next_one.pk).update(state="taken", worker=awa, lease_until="2099-01-01T00:00:00Z")
    with pytest.raises(NotUndoable):
        undo_step(step=step, hands=hands())
    assert item.photos.count() == 1


def photographed(item, hands, seed=0):
    task = begin_photos(code=item.code, hands=hands(), again=True)
    take_photo(task=task, shot="front", data=picture(seed), name="a.jpg", hands=hands())
    return finish_photos(task=task, hands=hands())


def test_undoing_more_photos_of_an_object_on_sale_leaves_its_other_work(item, hands, site, owner, awa):
    add_photo_from_bytes(item=item, data=picture(9), name="old.jpg", by=awa.user)
    Item.objects.filter(pk=item.pk).update(state="on_sale", published_at=item.created_at, price_cents=1)
    store = open_task(kind=STORE, subject=item, site=site, by=owner)
    step = photographed(item, hands)
    undo_step(step=step, hands=hands())
    assert set(Task.objects.open().values_list("kind", flat=True)) == {PHOTOGRAPH, STORE}
    store.refresh_from_db()
    assert store.state == "waiting"


def test_undoing_photos_keeps_the_answers_of_the_writer(item, hands, writing):
    step = photographed(item, hands)
    Task.objects.filter(kind=WRITE).update(data={"condition": "good"})
    undo_step(step=step, hands=hands())
    assert Task.objects.open().get(kind=WRITE).data == {"condition": "good"}
    photographed(item, hands, seed=3)
    assert Task.objects.open().get().data == {"condition": "good"}


def test_a_listing_taken_back_may_have_its_pictures_taken_again(item, hands):
    facts = {"state": "withdrawn", "published_at": item.created_at, "price_cents": 1}
    Item.objects.filter(pk=item.pk).update(**facts, withdraw_reason="error")
    assert photographed(item, hands).data["photos"]
    Item.objects.filter(pk=item.pk).update(withdraw_reason="lost")
    with pytest.raises(SoldAlready):
        begin_photos(code=item.code, hands=hands(), again=True)


def operation_of(text):
    return re.search(r'name="operation" value="([^"]+)"', text)[1]


def test_ten_gestures_without_javascript(table, item, writing):
    shown = table.get(reverse("workshop:photograph")).content.decode()
    assert "Scannez l’étiquette" in shown
    answer = table.post(reverse("workshop:photograph"), {"code": item.code, "operation": operation_of(shown)})
    address = answer.url
    shown = table.get(address).content.decode()
    assert "Veste en jean" in shown
    answer = table.post(address, {"shot": "front", "operation": operation_of(shown), "photo": upload()})
    assert answer.url.endswith("shot=back")
    table.post(address, {"shot": "front", "operation": operation_of(shown), "photo": upload(5)})
    assert item.photos.count() == 1
    done = table.post(reverse("workshop:photograph-finish", args=[address.strip("/").split("/")[-1]]))
    assert done.url == reverse("workshop:photograph")
    text = table.get(done.url).content.decode()
    assert "1 photo" in text
    step = Step.objects.get()
    table.post(reverse("workshop:photograph-undo", args=[step.public_id]))
    assert item.photos.count() == 0


def test_a_weak_picture_asks_and_is_kept_anyway(table, item):
    address = table.post(reverse("workshop:photograph"), {"code": item.code}).url
    answer = table.post(address, {"shot": "front", "photo": upload(level=0.2)})
    assert answer.url.endswith("shot=front&look=1")
    text = table.get(answer.url).content.decode()
    assert "Trop sombre : allumez la lampe." in text.replace("\u00a0", " ")
    assert "shot=back" in text


def test_a_doubt_is_said_beside_the_next_shot(table, item):
    """Where the check is not sure, nothing is asked: the next shot comes, with one line and a way back."""
    image = pyvips.Image.new_from_buffer(picture(), "")
    arm = pyvips.Image.black(300, 160).new_from_image([90, 60, 40])
    data = bytes(image.insert(arm, 0, 320).jpegsave_buffer(Q=90))
    address = table.post(reverse("workshop:photograph"), {"code": item.code}).url
    answer = table.post(address, {"shot": "front", "photo": SimpleUploadedFile("a.jpg", data, "image/jpeg")})
    assert answer.url.endswith("shot=back")
    shown = table.get(answer.url)
    assert not shown.context["is_asking"]
    assert (shown.context["unsure"].shot.key, shown.context["doubts"]) == ("front", [doubt_on("cut")])
    assert f'href="{address}?shot=front"' in shown.content.decode()
    table.post(address, {"shot": "back", "photo": upload(5)})
    assert table.get(f"{address}?shot=done").context["unsure"] is None


def test_the_next_label_finishes_this_object_and_opens_the_next(table, item, seller, site):
    other = ItemFactory(seller=seller, site=site, category=item.category)
    address = table.post(reverse("workshop:photograph"), {"code": item.code}).url
    finish = reverse("workshop:photograph-finish", args=[address.strip("/").split("/")[-1]])
    assert table.post(finish).status_code == 422
    table.post(address, {"shot": "front", "photo": upload()})
    assert table.post(finish, {"code": "9782070360024"}).status_code == 422
    assert table.post(finish, {"code": item.code}).url == address
    assert not Step.objects.exists()
    answer = table.post(finish, {"code": other.code})
    assert Task.objects.get(public_id=answer.url.strip("/").split("/")[-1]).subject_id == other.code
    assert Step.objects.get().subject_id == item.code


def test_a_picture_is_retouched_and_comes_back(table, item):
    address = table.post(reverse("workshop:photograph"), {"code": item.code}).url
    public_id = address.strip("/").split("/")[-1]
    retouch = reverse("workshop:photograph-retouch", args=[public_id])
    assert table.post(retouch, {"shot": "front", "way": "crop"}).status_code == 422
    table.post(address, {"shot": "front", "photo": upload()})
    first = item.photos.get().asset
    assert table.post(retouch, {"shot": "front", "way": "crop"}).url.endswith("shot=front")
    cut = item.photos.get().asset
    assert (first.width, first.height) == (600, 800)
    assert cut.width < 450
    assert cut.height < 560
    assert 'aria-pressed="true"' in table.get(f"{address}?shot=front").content.decode()
    table.post(retouch, {"shot": "front", "way": "crop"})
    assert item.photos.get().asset == first


def test_another_object_on_the_table_before_any_picture_gives_this_one_back(table, item, seller, site):
    other = ItemFactory(seller=seller, site=site, category=item.category)
    address = table.post(reverse("workshop:photograph"), {"code": item.code}).url
    finish = reverse("workshop:photograph-finish", args=[address.strip("/").split("/")[-1]])
    answer = table.post(finish, {"code": other.code})
    assert Task.objects.get(public_id=answer.url.strip("/").split("/")[-1]).subject_id == other.code
    given_back = Task.objects.get(subject_id=item.code)
    assert (given_back.state, given_back.worker) == ("waiting", None)
    assert not Step.objects.exists()


def test_what_is_no_picture_is_said_and_adds_nothing(table, item):
    address = table.post(reverse("workshop:photograph"), {"code": item.code}).url
    torn = SimpleUploadedFile("a.jpg", b"hello", "image/jpeg")
    assert table.post(address, {"shot": "front", "photo": torn}).status_code == 422
    assert table.post(address, {"shot": "front"}).status_code == 422
    assert table.post(address, {"shot": "moon", "photo": upload()}).status_code == 422
    assert item.photos.count() == 0


def test_wrong_codes_are_told_on_the_page(table):
    answer = table.post(reverse("workshop:photograph"), {"code": ItemFactory().code})
    assert answer.status_code == 422
    assert "autre structure" in answer.content.decode()


def test_a_strangers_task_and_step_are_nowhere(task, item, hands, stranger, as_user):
    take_photo(task=task, shot="front", data=picture(), name="a.jpg", hands=hands())
    step = finish_photos(task=task, hands=hands())
    browser = as_user(stranger)
    for name, public_id in (("photograph-shoot", task.public_id), ("photograph-finish", task.public_id)):
        assert browser.post(reverse(f"workshop:{name}", args=[public_id])).status_code in {403, 404}
    assert browser.post(reverse("workshop:photograph-undo", args=[step.public_id])).status_code in {403, 404}
    assert item.photos.count() == 1


def test_the_fragment_is_the_table_alone(table, item):
    address = table.post(reverse("workshop:photograph"), {"code": item.code}).url
    text = table.get(address, headers={"HX-Request": "true"}).content.decode()
    assert text.lstrip().startswith("<div")
    assert "<html" not in text


def frame(content=None):
    return SimpleUploadedFile("frame.jpg", content or picture(), "image/jpeg")


def test_a_frame_is_read_for_devices_and_workers_only(device, item):
    made = io.BytesIO()
    segno.make(item.code, error="m").save(made, kind="png", scale=8)
    image = pyvips.Image.new_from_buffer(made.getvalue(), "").colourspace("srgb")
    data = bytes((image.flatten() if image.hasalpha() else image).jpegsave_buffer(Q=80))
    address = reverse("workshop:read-frame")
    assert Client().post(address, {"frame": frame(data)}).status_code == 403
    tablet = Client()
    tablet.cookies[COOKIE] = "secret-of-the-cookie"
    assert tablet.post(address, {"frame": frame(data)}).json()["codes"] == [{"text": item.code, "format": "qr"}]
    assert tablet.post(address, {"frame": frame()}).json() == {"codes": []}
    assert tablet.post(address, {"frame": frame(b"\x89PNG")}).status_code == 415
    assert tablet.post(address, {"frame": frame(b"\xff\xd8\xff" + b"x" * 400_000)}).status_code == 413
    assert tablet.post(address).status_code == 413


def test_a_device_that_asks_too_often_waits(device, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "frame": "2/m/key"}
    tablet = Client()
    tablet.cookies[COOKIE] = "secret-of-the-cookie"
    statuses = [tablet.post(reverse("workshop:read-frame"), {"frame": frame()}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
