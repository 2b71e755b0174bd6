"""What came back is opened once: what it is, its photos, what becomes of it; a refund is lowered by two people only."""

import io
import uuid

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from rebond.catalogue.models import Item
from rebond.intake.errors import FieldInvalid
from rebond.intake.models import Exit, PartSale
from rebond.journal.models import Entry
from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.arrival import Decided, add_check_photo, decide_check, open_check
from rebond.shop.actions.attachment import ready_attachment
from rebond.shop.actions.loss import ask_loss, decide_loss
from rebond.shop.actions.part import deliver_part, ship_part
from rebond.shop.actions.returning import refund_return
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.errors import (
    LossForbiddenError,
    LossWaitsError,
    PhotoMissingError,
    ReturnStateForbidsError,
    SamePersonError,
)
from rebond.shop.models import CheckPhoto, OrderLine, Refund, Return, ReturnCheck, ReturnLine, ReturnLoss
from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.models import Holding
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Step, Task
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, SiteFactory
from tests.factories.shop import paid_order
from tests.factories.workshop import DeviceFactory, StationFactory, WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def jpeg(colour="red"):
    data = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(data, "JPEG")
    return SimpleUploadedFile("IMG_2.jpg", data.getvalue(), "image/jpeg")


@pytest.fixture
def site(seller):
    return SiteFactory(organisation=seller, is_main=True, name="L’entrepôt")


@pytest.fixture
def lamp(seller, site, operator, index):
    return ItemFactory(
        seller=seller,
        site=site,
        on_sale=True,
        title="Lampe orange",
        price_cents=2500,
        condition="very_good",
        weight_g=900,
    )


@pytest.fixture
def back(lamp, owner):
    """A lamp of 25 € that its buyer withdrew from after it was delivered."""
    order = paid_order(lamp, shipping=500)
    part = order.parts.get()
    ship_part(part=part, carrier="", tracking="", by=owner)
    deliver_part(part=part, by=owner)
    said = Declaration([line.pk for line in OrderLine.objects.all()], "Camille", "camille@example.org", uuid.uuid4())
    declare_withdrawal(order=order, said=said)
    return Return.objects.select_related("part__seller", "part__order", "withdrawal").get()


def opened(back, owner, found="whole"):
    check = open_check(returned=ReturnLine.objects.get(back=back), found=found, by=owner)
    if found != "nothing":
        add_check_photo(check=check, upload=ready_attachment(upload=jpeg()), operation=uuid.uuid4(), by=owner)
    return check


def decide(check, by, fate, operation=None, **more):
    return decide_check(check=check, decided=Decided(fate, **more), by=by, operation=operation or uuid.uuid4())


def the_item():
    return Item.objects.get()


def test_an_object_as_it_was_is_on_sale_again_under_its_code_and_waits_for_its_shelf(back, lamp, owner, site):
    check, operation = opened(back, owner), uuid.uuid4()
    back.refresh_from_db()
    assert back.state == "arrived"
    decide(check, owner, "restock", operation)
    decide(check, owner, "restock", operation)

    item = the_item()
    assert (item.code, item.state, item.quantity, item.reserved, item.price_cents) == (lamp.code, "on_sale", 1, 0, 2500)
    assert Holding.objects.get(item=item).place.kind == "waiting"
    assert list(Task.objects.open().values_list("kind", "subject_id")) == [("warehouse.store", lamp.code)]
    assert Entry.objects.filter(action="shop.return.checked").count() == 1
    assert check_stock().is_right
    paid_order(item)  # and it may be bought again
    assert the_item().state == "sold"


def test_a_worse_condition_is_written_anew_before_anybody_buys_it(back, lamp, owner):
    decide(opened(back, owner, "damaged"), owner, "restock", condition="good", price_cents=1500)
    item = the_item()
    assert (item.state, item.condition, item.price_cents) == ("withdrawn", "good", 1500)
    kinds = Task.objects.open().order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["warehouse.store", "workshop.write"]


def test_a_repair_has_its_task_and_its_end(back, lamp, owner):
    check = decide(opened(back, owner, "damaged"), owner, "repair")
    assert (check.state, the_item().state) == ("repair", "withdrawn")
    assert Task.objects.open().get(kind="shop.repair").subject_id == lamp.code
    with pytest.raises(ReturnStateForbidsError):
        decide(check, owner, "repair")
    check = decide(check, owner, "restock", condition="good")
    assert (check.state, check.fate, the_item().quantity) == ("done", "restock", 1)
    assert check_stock().is_right


def test_what_is_recycled_leaves_the_stock_and_is_weighed_once(back, lamp, owner, site):
    check, operation = opened(back, owner, "damaged"), uuid.uuid4()
    with pytest.raises(FieldInvalid):
        decide(check, owner, "recycle")
    assert the_item().state == "sold"
    for _time in range(2):
        decide(check, owner, "recycle", operation, weight_g=850)
    left = Exit.objects.get()
    assert (left.kind, left.weight_g, left.site, left.reference) == ("recycled", 850, site, back.public_id)
    assert (the_item().state, the_item().quantity) == ("withdrawn", 0)
    assert not Holding.objects.exists()
    assert check_stock().is_right


@pytest.mark.parametrize("found", ["other", "nothing"])
def test_what_is_not_the_object_is_put_aside_and_nothing_is_restocked(back, owner, found):
    check = opened(back, owner, found)
    back.refresh_from_db()
    assert back.state == "awaited"
    with pytest.raises(ReturnStateForbidsError):
        decide(check, owner, "restock")
    assert decide(check, owner, "aside").state == "done"
    assert the_item().state == "sold"


def test_an_object_is_looked_at_once_with_a_picture(back, owner):
    check = open_check(returned=ReturnLine.objects.get(), found="damaged", by=owner)
    with pytest.raises(PhotoMissingError):
        decide(check, owner, "restock")
    assert open_check(returned=ReturnLine.objects.get(), found="whole", by=owner).pk == check.pk
    operation = uuid.uuid4()
    for _time in range(2):
        add_check_photo(check=check, upload=ready_attachment(upload=jpeg()), operation=operation, by=owner)
    assert CheckPhoto.objects.count() == 1
    decide(ReturnCheck.objects.get(), owner, "restock")
    for act in (
        lambda: open_check(returned=ReturnLine.objects.get(), found="damaged", by=owner),
        lambda: decide(ReturnCheck.objects.get(), owner, "recycle", weight_g=900),
        lambda: add_check_photo(check=check, upload=ready_attachment(upload=jpeg()), operation=uuid.uuid4(), by=owner),
    ):
        with pytest.raises(ReturnStateForbidsError):
            act()
    assert (the_item().quantity, Exit.objects.count()) == (1, 0)


def test_units_of_a_batch_come_back_to_it(seller, site, operator, index, owner):
    item = ItemFactory(
        seller=seller, site=site, on_sale=True, quantity=3, price_cents=500, condition="good", weight_g=100
    )
    order = paid_order(item)
    part = order.parts.get()
    ship_part(part=part, carrier="", tracking="", by=owner)
    deliver_part(part=part, by=owner)
    declare_withdrawal(
        order=order, said=Declaration([OrderLine.objects.get().pk], "Camille", "c@example.org", uuid.uuid4())
    )
    assert the_item().quantity == 2
    assert PartSale.objects.get().weight_g == 100
    decide(opened(Return.objects.get(), owner), owner, "restock")
    assert (the_item().quantity, the_item().state) == (3, "on_sale")
    assert check_stock().is_right
    assert not PartSale.objects.exists()  # in the mass balance too: nothing of it is sold


# --- a refund that is lowered


def refund(back, by):
    return refund_return(back=Return.objects.get(), by=by, operation=uuid.uuid4())


def test_a_loss_is_granted_by_another_person_and_told_with_its_reason(back, owner, seller):
    check = opened(back, owner, "damaged")
    loss = ask_loss(check=check, cents=700, reason="L’abat-jour est brûlé.", by=owner, operation=uuid.uuid4())
    with pytest.raises(LossWaitsError):
        refund(back, owner)
    with pytest.raises(SamePersonError):
        decide_loss(loss=loss, is_granted=True, by=owner)
    other = MembershipFactory(organisation=seller, role="manager").user
    decide_loss(loss=loss, is_granted=True, by=other)
    with pytest.raises(ReturnStateForbidsError):
        decide_loss(loss=loss, is_granted=False, by=other)
    refund(back, owner)

    made = Refund.objects.get()
    assert (made.amount_cents, "L’abat-jour est brûlé." in made.note) == (2300, True)  # 25 € and 5 €, less 7 €
    assert check_ledger().is_right


@pytest.mark.parametrize(
    ("found", "cents", "reason"), [("whole", 700, "x"), ("damaged", 2501, "x"), ("damaged", 1, " ")]
)
def test_no_loss_without_damage_reason_or_above_the_price(back, owner, found, cents, reason):
    with pytest.raises(LossForbiddenError):
        ask_loss(check=opened(back, owner, found), cents=cents, reason=reason, by=owner, operation=uuid.uuid4())
    assert not ReturnLoss.objects.exists()


def test_a_refused_loss_leaves_the_refund_whole(back, owner):
    check = opened(back, owner, "damaged")
    loss = ask_loss(check=check, cents=700, reason="Rayée", by=owner, operation=uuid.uuid4())
    with pytest.raises(LossForbiddenError):
        ask_loss(check=check, cents=300, reason="Encore", by=owner, operation=uuid.uuid4())
    decide_loss(loss=loss, is_granted=False, by=owner)
    refund(back, owner)
    assert Refund.objects.get().amount_cents == 3000


@pytest.mark.parametrize("is_granted", [True, False])
def test_an_object_found_whole_after_all_is_refunded_whole(back, owner, seller, is_granted):
    """The loss was asked, or granted, before the check was corrected: it counts no more."""
    check = opened(back, owner, "damaged")
    loss = ask_loss(check=check, cents=700, reason="Rayée", by=owner, operation=uuid.uuid4())
    if is_granted:
        decide_loss(loss=loss, is_granted=True, by=MembershipFactory(organisation=seller, role="manager").user)
    open_check(returned=check.returned, found="whole", by=owner)
    loss.refresh_from_db()
    assert loss.state == "refused"
    refund(back, owner)
    assert Refund.objects.get().amount_cents == 3000


def test_what_was_kept_goes_back_once_where_the_refund_was_made_before(back, owner, seller):
    check = opened(back, owner, "damaged")
    loss = ask_loss(check=check, cents=700, reason="Rayée", by=owner, operation=uuid.uuid4())
    decide_loss(loss=loss, is_granted=True, by=MembershipFactory(organisation=seller, role="manager").user)
    refund(back, owner)
    for found in ("whole", "whole", "damaged", "whole"):
        open_check(returned=check.returned, found=found, by=owner)
    assert list(Refund.objects.order_by("pk").values_list("amount_cents", flat=True)) == [2300, 700]
    assert check_ledger().is_right


# --- the desk


def desk(back, lamp, more=""):
    return f"/bureau/apres-vente/retours/{back.public_id}/objets/{lamp.code.lower()}/{more}"


def words(response):
    return BeautifulSoup(response.content, "html.parser").main.get_text(" ", strip=True)


def test_the_desk_checks_with_a_photo_that_only_its_sides_see(back, lamp, as_user, owner, reader, stranger):
    client, path = as_user(owner), desk(back, lamp)
    assert "Lampe orange" in words(client.get(path))
    act = {"found": "damaged", "fate": "restock", "condition": "good", "price": "15,00", "operation": uuid.uuid4().hex}
    assert client.post(path, act).status_code == 422  # no picture
    assert (ReturnCheck.objects.count(), the_item().state) == (0, "sold")
    for person, status in ((reader, 403), (stranger, 403 if stranger is None else 404)):
        assert as_user(person).post(path, act | {"photo": jpeg()}).status_code == status
    for _time in range(2):
        assert client.post(path, act | {"photo": jpeg()}).status_code == 302
    assert (CheckPhoto.objects.count(), the_item().price_cents, the_item().condition) == (1, 1500, "good")
    detail = f"/bureau/apres-vente/retours/{back.public_id}/"
    assert 'width="96"' in client.get(detail).text
    picture = desk(back, lamp, f"photos/{CheckPhoto.objects.get().public_id}/")
    assert b"".join(as_user(reader).get(picture).streaming_content)[:4] == b"RIFF"
    assert as_user(stranger).get(picture).status_code == 404
    assert Entry.objects.filter(action="journal.file.read", actor_id=reader.public_id).count() == 1


def test_the_desk_lowers_a_refund_by_two_people(back, lamp, as_user, owner, seller):
    clerk = MembershipFactory(organisation=seller, role="seller").user
    opened(back, owner, "damaged")
    act = {"cents": "7,00", "reason": "Brûlée", "operation": uuid.uuid4().hex}
    as_user(clerk).post(desk(back, lamp, "valeur/"), act)
    path = desk(back, lamp, f"valeur/{ReturnLoss.objects.get().public_id}/")
    assert as_user(clerk).post(path, {"decision": "accord"}).status_code == 403
    as_user(owner).post(path, {"decision": "accord"})
    page = words(as_user(clerk).get(f"/bureau/apres-vente/retours/{back.public_id}/"))
    assert "Rembourser\u00a023,00" in page
    as_user(clerk).post(f"/bureau/apres-vente/retours/{back.public_id}/remboursement/", {"operation": uuid.uuid4().hex})
    assert Refund.objects.get().amount_cents == 2300


# --- the station


@pytest.fixture
def awa(seller):
    return WorkerFactory(organisation=seller, first_name="Awa", status="cddi")


@pytest.fixture
def at_work(seller, site, awa, owner):
    """Awa signed in with her badge on the tablet of after-sales."""
    DeviceFactory(station=StationFactory(site=site, kind="after_sales", name="Les retours"))
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    _badge, token = issue_badge(worker=awa, by=owner)
    browser.post(reverse("workshop:badge"), {"code": token})
    return browser


def test_a_worker_takes_a_return_from_the_scan_to_its_shelf(back, lamp, at_work, awa):
    home = "/atelier/retours/"
    one = f"{home}{lamp.code.lower()}/"
    for code in (lamp.display_code, back.public_id, back.withdrawal.public_id, back.part.order.public_id):
        assert at_work.post(home, {"code": code}).url == one
    assert "Lampe orange" in words(at_work.get(one))
    assert at_work.post(one, {"found": "whole"}).url == f"{one}photos/"
    assert at_work.post(f"{one}suite/", {"fate": "restock"}).url == f"{one}etat/"
    assert at_work.post(f"{one}etat/", {"condition": "very_good"}).url == f"{one}photos/"  # no picture yet
    act = {"photo": jpeg(), "operation": uuid.uuid4().hex}
    assert at_work.post(f"{one}photos/", act).url == f"{one}photos/"
    for address in ("photos/", "suite/", "etat/", "poids/"):
        assert at_work.get(one + address).status_code == 200
    act = {"condition": "very_good", "operation": uuid.uuid4().hex}
    for _time in range(2):
        assert at_work.post(f"{one}etat/", act).url == f"{one}fait/"
    done = at_work.get(f"{one}fait/")
    assert f"/atelier/ranger/objet/{lamp.code.lower()}/" in done.text
    assert done.headers["Cache-Control"] == "no-store"
    step = Step.objects.get()
    assert (step.kind, step.subject_id, step.worker, step.data["fate"]) == (
        "shop.return-check",
        lamp.code,
        awa,
        "restock",
    )
    assert the_item().state == "on_sale"


def test_a_repair_is_ended_at_the_station_by_its_task(back, lamp, at_work, awa, owner):
    decide(opened(back, owner, "damaged"), owner, "repair")
    task = Task.objects.open().get(kind="shop.repair")
    at_work.post(reverse("workshop:task-open", args=[task.public_id]))
    one = f"/atelier/retours/{lamp.code.lower()}/"
    assert at_work.get(reverse("shop:kiosk-repair", args=[task.public_id])).url == f"{one}suite/"
    assert 'value="repair"' not in at_work.get(f"{one}suite/").text
    assert at_work.post(f"{one}suite/", {"fate": "recycle"}).url == f"{one}poids/"
    assert at_work.post(f"{one}poids/", {"weight_g": ""}).status_code == 422
    assert at_work.post(f"{one}poids/", {"weight_g": "0,85"}).url == f"{one}fait/"
    task.refresh_from_db()
    assert (task.state, Exit.objects.get().weight_g, Step.objects.get().kind) == ("done", 850, "shop.repair")


@pytest.mark.parametrize("code", ["CF999999", "nothing", "  "])
def test_what_nobody_sends_back_is_told_in_one_sentence(back, at_work, code):
    answer = at_work.post("/atelier/retours/", {"code": code})
    assert answer.status_code == 422
    assert "Scannez" in answer.text


def test_another_workshop_s_return_does_not_exist_there(back, at_work, stranger):
    other = stranger.memberships.get().organisation
    item = ItemFactory(seller=other, on_sale=True)
    assert at_work.get(f"/atelier/retours/{item.code.lower()}/").status_code == 404
    assert at_work.get("/atelier/retours/").status_code == 200
    assert timezone.localdate() >= back.created_at.date()
