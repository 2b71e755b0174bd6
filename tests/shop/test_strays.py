"""A parcel that nobody expected is noted at the station with its pictures, and cleared up at the desk, once."""

import datetime
import uuid

import pytest
from django.utils import timezone

from rebond.journal.actions.files import sweep_stored_files
from rebond.journal.models import Entry, StoredFile
from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.part import deliver_part, ship_part
from rebond.shop.actions.returning import refund_return
from rebond.shop.actions.stray import KEPT, Seen, Tie, end_stray, note_stray, tie_stray
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.errors import NothingToWithdrawError, StrayKnownError, StrayStateError
from rebond.shop.models import OrderLine, Refund, Return, ReturnLine, StrayParcel, StrayPhoto
from rebond.shop.queries.strays import unclaimed
from rebond.warehouse.models import CarrierAccount, Shipment
from rebond.workshop.models import Step
from tests.factories.catalogue import ItemFactory
from tests.factories.shop import paid_order
from tests.shop.test_arrivals import at_work, awa, back, jpeg, lamp, site, words  # noqa: F401 -- fixtures

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST_QUERIES = 5
HOME, STRAY, DESK = "/atelier/retours/", "/atelier/colis-inconnu/", "/bureau/colis-inconnus/"


@pytest.fixture
def sent(lamp, owner):  # noqa: F811
    """A lamp of 25 € that left for Marmande and was never delivered."""
    order = paid_order(lamp, shipping=500)
    return ship_part(part=order.parts.get(), carrier="Relais", tracking="", by=owner)


@pytest.fixture
def returning(sent):
    """Its carrier brings it back."""
    account = CarrierAccount.objects.create(organisation=sent.seller, carrier="test")
    return Shipment.objects.create(
        organisation=sent.seller,
        account=account,
        mode="relay",
        grams=900,
        reference=f"{sent.order.public_id}-1",
        subject=sent.order.public_id,
        number="RL123456",
        state="returning",
    )


def noted(seller, by, number="6A999", **more):
    return note_stray(seller=seller, site=None, seen=Seen(number, **more), by=by, operation=uuid.uuid4())


def line_of(part):
    return part.lines.get().pk


def test_a_worker_notes_it_one_screen_after_the_other_and_the_desk_finds_its_order(
    sent,
    at_work,  # noqa: F811
    awa,  # noqa: F811
    as_user,
    owner,
    reader,
    stranger,
):
    unknown = at_work.post(HOME, {"code": "6A99988"})
    assert unknown.status_code == 422
    assert "6A99988" in unknown.text
    act = {"code": "6A99988", "operation": uuid.uuid4().hex}
    first = at_work.post(STRAY, act).url
    assert at_work.post(STRAY, act).url == first  # sent twice
    one = first.removesuffix("photo/")
    assert at_work.get(f"{one}rangement/").url == first  # no picture yet
    assert at_work.post(first, {"operation": uuid.uuid4().hex}).status_code == 422
    for _kind in ("parcel", "label"):
        assert at_work.post(first, {"photo": jpeg(), "operation": uuid.uuid4().hex}).url == first
    assert at_work.get(first).url == f"{one}note/"
    assert at_work.post(f"{one}note/", {"note": "Une lampe, de Marmande"}).url == f"{one}rangement/"
    assert at_work.post(f"{one}rangement/", {"place": " ", "operation": uuid.uuid4().hex}).status_code == 422
    act = {"place": "Étagère du fond", "operation": uuid.uuid4().hex}
    for _time in range(2):
        assert at_work.post(f"{one}rangement/", act).url == f"{one}fait/"
    assert "Étagère du fond" in words(at_work.get(f"{one}fait/"))
    again = at_work.post(STRAY, {"code": "6A99988", "operation": uuid.uuid4().hex}, follow=True)
    assert "Étagère du fond" in again.text
    stray = StrayParcel.objects.get()
    step = Step.objects.get()
    assert (step.worker, step.subject_id, step.data["place"]) == (awa, stray.public_id, "Étagère du fond")
    assert [photo.kind for photo in stray.photos.order_by("pk")] == ["parcel", "label"]

    path = f"{DESK}{stray.public_id}/"
    assert "Une lampe, de Marmande" in words(as_user(owner).get(DESK))
    for typed in ("vasseur", "marmande", sent.order.public_id, sent.lines.get().item.display_code):
        assert "Camille Vasseur" in words(as_user(owner).get(path, {"q": typed})), typed
    assert "Camille Vasseur" not in words(as_user(owner).get(path, {"q": "Brest"}))
    assert "Lampe orange" in words(as_user(owner).get(path, {"commande": sent.public_id}))
    tie = {"part": sent.public_id, "lines": [line_of(sent)]}
    for person, status in ((reader, 403), (stranger, 404)):
        assert as_user(person).post(f"{path}commande/", tie).status_code == status
    assert as_user(owner).post(f"{path}commande/", {"part": sent.public_id}).status_code == 422
    answer = as_user(owner).post(f"{path}commande/", tie)
    made = Return.objects.get()
    assert answer.url == f"/bureau/apres-vente/retours/{made.public_id}/"
    assert (made.state, made.objects_cents, made.shipping_cents) == ("arrived", 2500, 0)
    assert at_work.post(HOME, {"code": "6A99988"}).url == f"{HOME}{sent.lines.get().item.code.lower()}/"
    picture = f"{path}photos/{stray.photos.first().public_id}/"
    assert b"".join(as_user(reader).get(picture).streaming_content)[:4] == b"RIFF"
    assert as_user(stranger).get(picture).status_code == 404


def test_a_parcel_that_its_carrier_brings_back_is_expected_at_the_station(
    returning,
    sent,
    at_work,  # noqa: F811
    as_user,
    owner,
):
    item = sent.lines.get().item
    assert "RL123456" in words(at_work.get(HOME))
    for code in ("rl123456", sent.order.public_id, item.display_code):
        page = at_work.post(HOME, {"code": code})
        assert (page.status_code, "Lampe orange" in words(page)) == (200, True), code
    at_work.post(STRAY, {"code": "RL123456", "operation": uuid.uuid4().hex})
    stray = StrayParcel.objects.get()
    assert (stray.shipment, stray.part) == (returning, sent)
    assert unclaimed(sent.seller) == []
    with pytest.raises(StrayKnownError):
        noted(sent.seller, owner, "RL123456", shipment=returning, part=sent)

    page = as_user(owner).get(f"{DESK}{stray.public_id}/")
    assert f'value="{line_of(sent)}"' in page.text  # its order and its objects are there already
    act = {"part": sent.public_id, "lines": [line_of(sent)], "with_delivery": "on"}
    as_user(owner).post(f"{DESK}{stray.public_id}/commande/", act)
    made = Return.objects.get()
    assert (made.cents, made.tracking) == (3000, "RL123456")
    refund_return(back=made, by=owner, operation=uuid.uuid4())
    assert Refund.objects.get().amount_cents == 3000
    assert check_ledger().is_right


def test_what_was_announced_goes_on_in_its_own_return(back, seller, owner):  # noqa: F811
    stray, part = noted(seller, owner), back.part
    found = tie_stray(stray=stray, tie=Tie(part, [line_of(part)]), by=owner)
    back.refresh_from_db()
    assert (found.pk, back.state, back.cents, Return.objects.count()) == (back.pk, "arrived", 3000, 1)
    stray.refresh_from_db()
    for verb in (
        lambda: tie_stray(stray=stray, tie=Tie(part, [line_of(part)]), by=owner),
        lambda: end_stray(stray=stray, verb="sort", reason="Rien dedans", by=owner),
    ):
        with pytest.raises(StrayStateError):
            verb()
    assert Entry.objects.filter(action="shop.stray.tied").count() == 1


def test_an_object_that_is_here_is_not_withdrawn_from_again(sent, seller, owner):
    tie_stray(stray=noted(seller, owner), tie=Tie(sent, [line_of(sent)]), by=owner)
    deliver_part(part=sent, by=owner)
    said = Declaration([line_of(sent)], "Camille", "camille@example.org", uuid.uuid4())
    with pytest.raises(NothingToWithdrawError):
        declare_withdrawal(order=sent.order, said=said)
    assert ReturnLine.objects.count() == 1


def test_only_an_order_of_the_house_that_left_is_tied(sent, seller, owner, stranger, index):
    stray, other = noted(seller, owner), stranger.memberships.get().organisation
    here = paid_order(ItemFactory(seller=seller, on_sale=True)).parts.get()
    elsewhere = paid_order(ItemFactory(seller=other, on_sale=True)).parts.get()
    for tie in (Tie(here, [line_of(here)]), Tie(elsewhere, [line_of(elsewhere)]), Tie(sent, [line_of(here)])):
        with pytest.raises(StrayStateError):
            tie_stray(stray=stray, tie=tie, by=owner)
    assert not Return.objects.exists()
    assert OrderLine.objects.filter(coming_back=None).count() == 3


def test_without_an_order_somebody_says_what_becomes_of_it(seller, as_user, owner, reader):
    stray = noted(seller, owner)
    path = f"{DESK}{stray.public_id}/suite/"
    assert as_user(reader).post(path, {"verb": "sort", "reason": "x"}).status_code == 403
    assert as_user(owner).post(path, {"verb": "sort", "reason": " "}).status_code == 422
    assert as_user(owner).post(path, {"verb": "tie", "reason": "x"}).status_code == 422
    assert as_user(owner).post(path, {"verb": "sort", "reason": "Des livres, sans nom"}).status_code == 302
    assert as_user(owner).post(path, {"verb": "drop", "reason": "Encore"}).status_code == 302
    stray.refresh_from_db()
    assert (stray.state, stray.reason, stray.closed_on) == ("sorting", "Des livres, sans nom", timezone.localdate())
    assert "Des livres" in words(as_user(reader).get(f"{DESK}{stray.public_id}/"))
    noted(seller, owner)  # the same number may come again


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_much_for_three_rows_as_for_one(
    seller, sent, as_user, owner, reader, stranger, rows, django_assert_num_queries
):
    for number in range(rows):
        noted(seller, owner, f"6A{number}", part=sent)
    client = as_user(reader)
    client.get(DESK)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(DESK)
    assert "6A0" not in as_user(stranger).get(DESK).text
    assert as_user(owner).get(f"{DESK}?format=csv").status_code == 200


def test_pictures_of_a_label_are_kept_a_year(seller, owner, at_work):  # noqa: F811
    stray = noted(seller, owner)
    at_work.post(f"{STRAY}{stray.public_id}/photo/", {"photo": jpeg(), "operation": uuid.uuid4().hex})
    assert StrayPhoto.objects.count() == 1
    assert StoredFile.objects.get().delete_after == stray.noted_on + KEPT
    assert sweep_stored_files(today=stray.noted_on + KEPT + datetime.timedelta(days=1)) == 1
    assert not StrayPhoto.objects.exists()
