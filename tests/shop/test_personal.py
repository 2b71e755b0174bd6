"""A person takes their data along, or has it erased: what the law keeps stays without a name."""

import datetime
import io
import json
import uuid
import zipfile

import pytest
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from rebond.accounts.models import User
from rebond.catalogue.models import Item
from rebond.core.models import Job
from rebond.journal.actions.files import store_file
from rebond.journal.actions.forget import forget_name
from rebond.journal.models import Entry, OutgoingMail, StoredFile
from rebond.ledger.models import BilledSale
from rebond.shop.actions.address import add_address
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.conversation import Written, write_to_seller
from rebond.shop.actions.erasure import erase_old_orders, erase_person
from rebond.shop.actions.invoices import ask_invoices
from rebond.shop.actions.personal_export import ask_export, make_export
from rebond.shop.errors import ErasureStoppedError
from rebond.shop.models import (
    Alert,
    BasketLine,
    CheckPhoto,
    Conversation,
    Dispute,
    DisputeAnswer,
    DisputeProof,
    Message,
    Order,
    OrderLine,
    Rating,
    Return,
    ReturnCheck,
    ReturnLine,
    SavedAddress,
    SellerOrder,
    Withdrawal,
)
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.person import Person
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
HOME = {"name": "Camille Vasseur", "phone": "", "address": "18 rue du Port", "postal_code": "47200", "city": "Marmande"}


@pytest.fixture
def buyer(db):
    made = UserFactory(name="Camille Vasseur", email="camille@example.org")
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


@pytest.fixture
def chair(chairs, seller, index):
    return ItemFactory(seller=seller, category=chairs, on_sale=True, price_cents=2500, title="Chaise en hêtre")


def received(order, days=30):
    day = timezone.now() - datetime.timedelta(days=days)
    SellerOrder.objects.filter(order=order).update(state="delivered", shipped_at=day, delivered_at=day)
    return order


def signed_in(as_user, user):
    """A client who has just given the password."""
    client = as_user(user)
    answer = client.post(reverse("account_reauthenticate"), {"password": "un mot de passe long"})
    assert answer.status_code == 302
    return client


def text(response):
    return BeautifulSoup(response.content, "html.parser").main.get_text(" ", strip=True)


def said(part):
    written = Written("Où est ma chaise ? Camille", uuid.uuid4())
    return write_to_seller(part=part, reason="question", line=None, written=written, name="Camille")


def test_the_file_holds_what_is_mine_and_nothing_of_anybody_else(buyer, chair, chairs, seller):
    mine = paid_order(chair, user=buyer)
    guest = paid_order(ItemFactory(seller=seller, category=chairs, on_sale=True), email="Camille@Example.org")
    theirs = paid_order(ItemFactory(seller=seller, category=chairs, on_sale=True), email="b@example.org")
    add_address(user=buyer, fields=HOME)
    job = ask_export(person=Person(user=buyer))
    assert ask_export(person=Person(user=buyer)) == job  # asked twice, made once
    make_export(job_id=job.pk)
    make_export(job_id=job.pk)

    stored = StoredFile.objects.get()
    with stored.file.open("rb") as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        data = json.loads(archive.read("donnees.json"))
        page = archive.read("lisez-moi.html").decode()
    assert [row["order"] for row in data["orders"]] == [mine.public_id, guest.public_id]
    assert data["objects"][0]["title"] == "Chaise en hêtre"
    assert [row["address"] for row in data["addresses"]] == ["18 rue du Port"]
    assert "Chaise en hêtre" in page
    assert theirs.public_id not in page
    job.refresh_from_db()
    assert (job.state, job.percent) == ("done", 100)
    assert OutgoingMail.objects.filter(kind="shop.person", to=buyer.email).count() == 1
    assert stored.delete_after == timezone.localdate() + datetime.timedelta(days=7)


def test_the_file_is_for_its_owner_who_gives_the_password_again(as_user, buyer, stranger):
    make_export(job_id=ask_export(person=Person(user=buyer)).pk)
    assert as_user(buyer).get("/mes-donnees/fichier/").status_code == 302  # signed in long ago
    answer = signed_in(as_user, buyer).get("/mes-donnees/fichier/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert signed_in(as_user, stranger).get("/mes-donnees/fichier/").status_code == 404
    StoredFile.objects.update(delete_after=timezone.localdate() - datetime.timedelta(days=1))
    assert signed_in(as_user, buyer).get("/mes-donnees/fichier/").status_code == 404


def test_the_page_asks_follows_and_gives(as_user, buyer):
    client = as_user(buyer)
    assert "Rassembler mes données" in text(client.get("/mes-donnees/"))
    client.post("/mes-donnees/demande/", headers=HERE)
    job = Job.objects.get()
    assert "progressbar" in client.get("/mes-donnees/").content.decode()
    make_export(job_id=job.pk)
    assert "Télécharger mes données" in text(client.get("/mes-donnees/"))
    assert client.get("/mes-donnees/demande/").status_code == 405


def test_erasing_keeps_the_books_without_a_name_and_drops_the_rest(buyer, chair, chairs, seller, owner):
    order = received(paid_order(chair, user=buyer))
    ask_invoices(order_id=order.pk)
    said(order.parts.get())
    Rating.objects.create(
        part=order.parts.get(),
        seller=seller,
        score=9,
        comment="Camille est ravie",
        byline="Camille V.",
        experienced_on=timezone.localdate(),
    )
    Conversation.objects.update(state="closed", closed_at=timezone.now())
    kept = ItemFactory(seller=seller, category=chairs, on_sale=True)
    take_item(keeper=Keeper(user=buyer), item=kept)
    add_address(user=buyer, fields=HOME)
    Alert.objects.create(user=buyer, email=buyer.email, digest="d", label="lampe")
    OutgoingMail.objects.create(kind="x", to="Camille@example.org", subject="Bonjour Camille", text="…")
    public_id = buyer.public_id

    assert erase_person(user=buyer, by=buyer) == 1
    forget_name(public_id=public_id)

    order.refresh_from_db()
    assert (order.user, order.name, order.email, order.address, order.city) == (None, "", "", "", "")
    assert (order.total_cents, order.erased_at is not None) == (2500, True)
    assert OrderLine.objects.get(part__order=order).title == "Chaise en hêtre"
    assert Rating.objects.values_list("score", "comment", "byline").get() == (9, "", "")
    assert Item.objects.get(pk=kept.pk).reserved == 0  # free for others again
    for rows in (User.objects.filter(public_id=public_id), SavedAddress.objects, Alert.objects, Message.objects):
        assert not rows.exists()
    assert not OutgoingMail.objects.filter(to__iexact="camille@example.org").exists()
    assert not BasketLine.objects.exists()
    assert set(BilledSale.objects.values_list("buyer__email", flat=True)) == {""}
    labels = " ".join(Entry.objects.values_list("actor_label", flat=True)) + " ".join(
        Entry.objects.values_list("subject_label", flat=True)
    )
    assert "Camille" not in labels


@pytest.mark.parametrize("state", ["to_prepare", "ready", "shipped"])
def test_an_order_under_way_stops_it_and_nothing_changes(buyer, chair, state):
    order = paid_order(chair, user=buyer)
    now = timezone.now()
    SellerOrder.objects.update(state=state, ready_at=now, shipped_at=now)
    with pytest.raises(ErasureStoppedError):
        erase_person(user=buyer, by=buyer)
    order.refresh_from_db()
    assert (order.name, order.user) == ("Camille Vasseur", buyer)


def test_an_open_conversation_or_a_role_stops_it(buyer, chair, owner):
    order = received(paid_order(chair, user=buyer))
    said(order.parts.get())
    for user in (buyer, owner):
        with pytest.raises(ErasureStoppedError):
            erase_person(user=user, by=user)
    assert User.objects.filter(pk__in=[buyer.pk, owner.pk]).count() == 2


def test_the_page_says_what_stays_then_erases_and_signs_out(as_user, buyer, chair):
    order = received(paid_order(chair, user=buyer))
    assert as_user(buyer).get("/mes-donnees/effacement/").status_code == 302
    client = signed_in(as_user, buyer)
    assert "10\u00a0ans" in text(client.get("/mes-donnees/effacement/"))
    missed = client.post("/mes-donnees/effacement/", headers=HERE)
    assert (missed.status_code, User.objects.filter(pk=buyer.pk).exists()) == (422, True)
    SellerOrder.objects.update(state="shipped")
    page = client.get("/mes-donnees/effacement/")
    assert order.public_id in text(page)
    assert BeautifulSoup(page.content, "html.parser").select_one("[name=is_sure]") is None
    client.post("/mes-donnees/effacement/", {"is_sure": "on"}, headers=HERE)
    assert User.objects.filter(pk=buyer.pk).exists()
    SellerOrder.objects.update(state="delivered")
    assert client.post("/mes-donnees/effacement/", {"is_sure": "on"}, headers=HERE)["Location"] == "/"
    assert not User.objects.filter(pk=buyer.pk).exists()
    assert client.get("/mes-donnees/").status_code == 302


def test_orders_of_long_ago_lose_their_names_by_themselves_and_only_those(chairs, seller, index):
    def item():
        return ItemFactory(seller=seller, category=chairs, on_sale=True)

    old, late, young, running = (received(paid_order(item())) for _ in range(4))
    unpaid = Order.objects.create(email="x@example.org", name="X", total_cents=1, state="lapsed")
    long_ago = timezone.now() - datetime.timedelta(days=5 * 365 + 3)
    Order.objects.filter(pk__in=[old.pk, late.pk, running.pk]).update(created_at=long_ago)
    SellerOrder.objects.filter(order__in=[old.pk, running.pk]).update(delivered_at=long_ago)
    said(running.parts.get())
    Order.objects.filter(pk=unpaid.pk).update(created_at=timezone.now() - datetime.timedelta(days=91))

    assert erase_old_orders() == 2
    assert erase_old_orders() == 0
    assert set(Order.objects.filter(erased_at__isnull=False)) == {old, unpaid}
    assert set(Order.objects.exclude(name="")) == {late, young, running}


def test_an_address_never_confirmed_takes_nothing_of_its_owner(buyer):
    """Added to the account, not confirmed: it may be anybody's."""
    EmailAddress.objects.create(user=buyer, email="lea@example.org", verified=False)
    for email in ("lea@example.org", "camille@example.org"):
        Alert.objects.create(email=email, digest="d", label="lampe")
        OutgoingMail.objects.create(kind="x", to=email, subject="Bonjour", text="…")
    erase_person(user=buyer, by=buyer)
    assert list(Alert.objects.values_list("email", flat=True)) == ["lea@example.org"]
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == ["lea@example.org"]


def test_pictures_of_a_return_and_proofs_for_a_bank_go_too(buyer, chair, owner, operator):
    order = received(paid_order(chair, user=buyer))
    part, said = order.parts.get(), {"part": "x", "buyer_address": "18 rue du Port"}
    withdrawal = Withdrawal.objects.create(part=part, name="Camille", email="c@example.org", said=said)
    back = Return.objects.create(
        part=part,
        withdrawal=withdrawal,
        state="closed",
        tracking="6A1",
        due_on=timezone.localdate(),
        closed_at=timezone.now(),
    )
    returned = ReturnLine.objects.create(back=back, line=OrderLine.objects.get())
    check = ReturnCheck.objects.create(
        returned=returned, found="whole", opened_by="Ana", opened_on=timezone.localdate()
    )
    CheckPhoto.objects.create(check_in=check, stored=kept_file(check, owner))
    dispute = Dispute.objects.create(
        provider="test", provider_id="du_1", payment=order.payments.get(), state="won", cents=2500,
        closed_at=timezone.now(),
    )  # fmt: skip
    answer = DisputeAnswer.objects.create(
        dispute=dispute, choice="defend", text="Livrée à Camille Vasseur", asked_by_id="u", asked_by="Tina"
    )
    DisputeProof.objects.create(answer=answer, kind="delivery", stored=kept_file(dispute, owner))

    erase_person(user=buyer, by=buyer)

    assert not StoredFile.objects.exists()
    answer.refresh_from_db()
    back.refresh_from_db()
    assert (answer.text, back.tracking, DisputeProof.objects.exists(), CheckPhoto.objects.exists()) == (
        "", "", False, False,
    )  # fmt: skip


def kept_file(subject, by):
    upload = SimpleUploadedFile("preuve.pdf", b"%PDF-1.7 essai", content_type="application/pdf")
    return store_file(
        upload=upload, organisation=None, permission="shop.dispute.view", by=by, subject=subject,
        kinds=frozenset({"pdf"}), max_bytes=1000,
    )  # fmt: skip
