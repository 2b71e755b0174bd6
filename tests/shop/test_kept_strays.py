"""A parcel that nobody expects, kept by a device without network with its pictures, and done once when it is sent."""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rebond.shop.actions.stray import Seen, end_stray, note_stray, put_stray
from rebond.shop.models import StrayParcel, StrayPhoto
from rebond.workshop.actions.offline import give_proof
from rebond.workshop.actions.step import Hands
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import KeptAct, Step
from tests.factories.workshop import DeviceFactory, StationFactory
from tests.shop.test_arrivals import awa, jpeg, site  # noqa: F401 -- fixtures

pytestmark = [pytest.mark.page, pytest.mark.django_db]
URL = "/atelier/envoi/"


@pytest.fixture
def device(site):  # noqa: F811
    return DeviceFactory(station=StationFactory(site=site, kind="after_sales", name="Les retours"))


@pytest.fixture
def send(device, awa):  # noqa: F811
    """`send(fields, kinds, operation)` → (status, words), as the device sends them."""
    tablet = Client(headers={"sec-fetch-site": "same-origin"})
    tablet.cookies[COOKIE] = "secret-of-the-cookie"

    def post(fields, kinds=("parcel", "label"), operation=None, rows=None, pictures=None):
        shots = rows or [{"kind": kind, "operation": str(uuid.uuid4())} for kind in kinds]
        files = {
            f"photo-{n}": pictures or SimpleUploadedFile("p.jpg", jpeg().read(), "image/jpeg")
            for n in range(len(shots))
        }
        facts = {
            "operation": operation or str(uuid.uuid4()),
            "act": "shop.stray",
            "proof": give_proof(worker=awa, device=device),
            "age": "60000",
            "fields": json.dumps({"shots": json.dumps(shots), **fields}),
        }
        answer = tablet.post(URL, facts | files)
        return answer.status_code, answer.json()["words"].replace("\xa0", " ")

    return post


FIELDS = {"code": "6A99988", "note": "Une lampe, de Marmande", "place": "Étagère du fond"}


def test_it_is_noted_whole_with_its_pictures_and_sent_again_it_is_one(send, awa):  # noqa: F811
    operation = str(uuid.uuid4())
    rows = [{"kind": kind, "operation": str(uuid.uuid4())} for kind in ("parcel", "label")]
    for _time in range(2):
        assert send(FIELDS, operation=operation, rows=rows) == (200, "C’est noté. Merci.")
    KeptAct.objects.all().delete()  # killed before its trace was written: every part knows that it was done
    assert send(FIELDS, operation=operation, rows=rows)[0] == 200
    stray, step = StrayParcel.objects.get(), Step.objects.get()
    assert (stray.number, stray.note, stray.put_at, stray.noted_by) == (*FIELDS.values(), awa.user.display_name)
    assert [photo.kind for photo in StrayPhoto.objects.order_by("pk")] == ["parcel", "label"]
    assert (step.worker, step.subject_id) == (awa, stray.public_id)


def test_half_of_it_arrived_before_and_the_rest_follows(send, seller, site, awa):  # noqa: F811
    """The page had noted it, then the network went."""
    begun = note_stray(seller=seller, site=site, seen=Seen(""), by=awa.user, operation=uuid.uuid4())
    assert send(FIELDS | {"code": begun.public_id}, kinds=("parcel",))[0] == 200
    begun.refresh_from_db()
    assert (begun.put_at, begun.photos.count(), StrayParcel.objects.count()) == ("Étagère du fond", 1, 1)


def test_what_a_colleague_noted_is_told_with_its_place(send, seller, site, awa, owner):  # noqa: F811
    theirs = note_stray(seller=seller, site=site, seen=Seen("6A99988"), by=owner, operation=uuid.uuid4())
    put_stray(stray=theirs, put_at="Étagère 3", hands=Hands(awa))
    status, words = send(FIELDS)
    assert (status, "Étagère 3" in words, StrayParcel.objects.count()) == (422, True, 1)
    end_stray(stray=theirs, verb="drop", reason="Essai", by=owner)
    assert send(FIELDS)[0] == 200  # noted by mistake: it is another one


def test_what_cannot_be_read_is_refused_and_stays_on_the_device(send):
    picture = SimpleUploadedFile("p.jpg", b"no picture", "image/jpeg")
    status, words = send(FIELDS, kinds=("parcel",), pictures=picture)
    assert (status, "reprenez" in words.lower() or "photo" in words.lower()) == (422, True)
    one = {"kind": "parcel", "operation": str(uuid.uuid4())}
    for fields, rows in (
        (FIELDS | {"place": " "}, [one]),
        (FIELDS, [one, one]),
        (FIELDS, [one | {"kind": "person"}]),
        (FIELDS | {"shots": "[]"}, None),
        (FIELDS | {"shots": "{"}, None),
    ):
        assert send(fields, rows=rows)[0] == 422
    assert Step.objects.count() == 0
