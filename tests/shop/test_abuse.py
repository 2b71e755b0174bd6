"""What somebody may try against the shop, kind by kind, over the network as they would, and what they get.

The finer cases of each stand beside its subject: holds (test_basket.py), races (test_race.py, test_at_once.py), files
(test_conversations.py), links of guests (test_guest_data.py), any parameters (test_fuzz.py), forms sent twice
(test_forms_sent_twice.py, test_kept_forms.py).
"""

import datetime
import io
import re
import time
import uuid
import zipfile
import zlib
from html import unescape

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from rebond.catalogue.models import Item
from rebond.journal.models import OutgoingMail
from rebond.network.models import Agreement
from rebond.shop.actions import basket as holding
from rebond.shop.actions.conversation import Written, answer_buyer
from rebond.shop.actions.order_mail import write_order_mail
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.links import GUEST, token_for
from rebond.shop.models import (
    Attachment,
    BasketLine,
    Conversation,
    Message,
    Order,
    OrderLine,
    OrderParcel,
    Payment,
    Rating,
    SellerOrder,
)
from rebond.shop.queries.conversations import help_path
from rebond.shop.queries.orders import order_path, token_of
from rebond.shop.queries.slips import slips_pdf
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory
from tests.factories.papers import PLAIN_PDF, refused_pdfs
from tests.factories.shop import paid_order
from tests.walking import addresses

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}{% now %} #panic() $x$"
BUYER = {
    "name": "Camille Vasseur",
    "email": "camille@example.org",
    "phone": "",
    "address": "18 rue de la Libération",
    "postal_code": "47200",
    "city": "Marmande",
    "parcel_1": "home",
    "has_read": "on",
    "total": "3190",
}


@pytest.fixture
def chair(chairs, seller, index, settings):
    settings.PAYMENT_PROVIDER = "test"
    SiteFactory(organisation=seller, is_main=True, city="Marmande", department="47")
    seller.delivery_modes = ["home"]
    seller.save()
    Agreement.objects.create(
        organisation=seller,
        operator=OrganisationFactory(kind="operator"),
        kind="brick",
        starts_on=datetime.date(2024, 1, 1),
        signed_on=datetime.date(2023, 12, 1),
        shipping={"home_cents": 690},
    )
    return ItemFactory(seller=seller, category=chairs, on_sale=True, title="Chaise en hêtre", price_cents=2500)


@pytest.fixture
def buyer(client, chair):
    client.post("/panier/ajout/", {"code": chair.code}, headers=HERE)
    return client


@pytest.fixture
def part(seller, index):
    if not seller.sites.exists():
        SiteFactory(organisation=seller, is_main=True)
    radio = ItemFactory(seller=seller, on_sale=True, title="Radio", price_cents=3200)
    part = paid_order(radio, shipping=500).parts.get()
    SellerOrder.objects.filter(pk=part.pk).update(
        state="delivered", shipped_at=part.created_at, delivered_at=part.created_at
    )
    return SellerOrder.objects.select_related("order", "seller").get(pk=part.pk)


def send(client, **changes):
    return client.post("/commande/", BUYER | changes, headers=HERE)


def body(response):
    """What the page says, without what each drawing of it makes anew."""
    return re.sub(r'(nonce|value|name="csrf[^"]*" value)="[^"]*"', "", response.content.decode())


# Keeping objects from others -----------------------------------------------------------------------------------------


def test_a_new_cookie_for_each_object_stops_at_the_cap_of_one_address(seller, monkeypatch):
    monkeypatch.setattr(holding, "ADDRESS_LIMIT", 3)
    monkeypatch.setattr(holding, "PERSON_LIMIT", 1)
    items = [ItemFactory(seller=seller, on_sale=True) for _ in range(5)]

    answers = [Client().post("/panier/ajout/", {"code": item.code}, headers=HERE, follow=True) for item in items]

    assert BasketLine.objects.count() == 3
    assert Item.objects.filter(reserved=1).count() == 3
    assert "Beaucoup d’objets sont déjà gardés" in unescape(answers[-1].content.decode())


def test_asking_again_and_again_is_slowed_down_and_keeps_nothing_longer(client, seller, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"basket": "3/h/ip"}
    item = ItemFactory(seller=seller, on_sale=True)
    client.post("/panier/ajout/", {"code": item.code}, headers=HERE)
    first = BasketLine.objects.get()

    statuses = [client.post("/panier/ajout/", {"code": item.code}, headers=HERE).status_code for _ in range(4)]

    assert statuses == [302, 302, 429, 429]
    line = BasketLine.objects.get()
    assert (line.ends_at, line.limit_at) == (first.ends_at, first.limit_at)


# Finding what is somebody else's -------------------------------------------------------------------------------------


def test_a_wrong_link_says_the_same_of_an_order_that_is_and_of_one_that_is_not(client, part):
    order, token = part.order, token_of(part.order)
    other = "A" * len(token)
    names = ("order", "order-pay", "order-withdraw", "help", "rating", "help-mediation")
    paths = [
        reverse(
            f"shop:{name}", args=["N", "T", *([part.public_id] if name in {"help", "rating", "help-mediation"} else [])]
        )
        for name in names
    ]
    for path in paths:
        here = path.replace("/N/", "/{}/").replace("/T/", "/{}/")
        known = client.get(here.format(order.public_id, other))
        unknown = client.get(here.format("z" * 12, other))
        moved = client.get(here.format("z" * 12, token))  # a true link's signature on another number
        assert {known.status_code, unknown.status_code, moved.status_code} == {404}, path
        assert body(known).replace(order.public_id, "") == body(unknown).replace("z" * 12, ""), path


@pytest.mark.parametrize("path", ["retours", "retractations", "mes-donnees/sans-compte"])
def test_links_of_other_kinds_say_nothing_either(client, path):
    answers = [client.get(f"/{path}/{name}/{'A' * 43}/") for name in ("z" * 12, "y" * 12)]
    assert {answer.status_code for answer in answers} == {404}


def test_the_link_of_one_thing_opens_no_other(client, part):
    """Each kind of link is signed for itself: an order's token is no token of its return or withdrawal."""
    token = token_of(part.order)
    assert client.get(f"/retours/{part.order.public_id}/{token}/").status_code == 404
    assert client.get(f"/retractations/{part.order.public_id}/{token}/").status_code == 404
    second = paid_order(ItemFactory(seller=part.seller, on_sale=True))
    assert client.get(f"/commandes/{second.public_id}/{token}/").status_code == 404


def test_links_are_not_guessed_and_every_address_with_one_counts(client, part, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"wrong-link": "3/h/ip"}
    right, paper = order_path(part.order), f"/retours/{part.public_id}/{'a' * 32}/"
    assert [client.get(right).status_code for _n in range(5)] == [200] * 5
    wrong = [f"/commandes/{part.order.public_id}/{n * 32}/" for n in "abcd"]

    assert [client.get(path).status_code for path in (wrong[0], wrong[1], paper, wrong[2])] == [404, 404, 404, 429]
    assert client.get(right).status_code == 429  # else the right guess would be told from the others
    assert client.get(right, REMOTE_ADDR="192.0.2.7").status_code == 200
    signed = [a for a in addresses() if {"token", "guest"} & set(a.parameters) and a.name.startswith("shop:")]
    assert len(signed) > 20
    assert "shop:guest-erase" in {one.name for one in signed}
    for one in signed:
        kinds = {"number": 1, "verb": "arret"}
        path = reverse(one.name, args=[kinds.get(name, "x") for name in one.parameters])
        assert client.get(path).status_code == 429, one.name


def test_a_link_that_we_signed_is_no_guess_though_its_thing_is_gone(client, part, settings, monkeypatch):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"wrong-link": "2/h/ip"}
    gone, salts = "z" * 12, ("rebond.shop.order", "rebond.shop.withdrawal", "rebond.shop.return", "rebond.shop.alert")
    order, withdrawal, back, alert = (token_for(salt, gone) for salt in salts)
    paths = [
        f"/commandes/{gone}/{order}/", f"/commandes/{gone}/{order}/retractation/", f"/retractations/{gone}/{withdrawal}/",
        f"/retours/{gone}/{back}/", f"/alertes/{gone}/{alert}/arret/",
        f"/commandes/{part.order.public_id}/{token_of(part.order)}/factures/{gone}/",
    ]  # fmt: skip
    assert [client.get(path).status_code for path in paths] == [404] * len(paths)
    then = time.time() - 9 * 86_400
    for at in (then, time.time()):  # too old, then of a thing that is gone
        with monkeypatch.context() as patch:
            patch.setattr(signing.time, "time", lambda at=at: at)
            link = signing.TimestampSigner(salt=GUEST).sign(f"c-{gone}")
        assert client.get(reverse("shop:guest-data", args=[link])).status_code == 302
    assert client.get(order_path(part.order)).status_code == 200
    assert [client.get(f"/retractations/{gone}/{n * 32}/").status_code for n in "abc"] == [404, 404, 429]
    with pytest.raises(KeyError):
        token_for("rebond.shop.other", gone)


def test_asking_for_a_link_by_mail_never_says_what_exists_and_is_slowed_down(client, part, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"order-link": "3/h/ip"}
    asked = [
        {"number": part.order.public_id, "email": part.order.email},
        {"number": part.order.public_id, "email": "mallory@example.org"},
        {"number": "z" * 12, "email": part.order.email},
    ]
    answers = [client.post("/retractation/", one, headers=HERE, follow=True) for one in asked]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({body(answer) for answer in answers}) == 1
    assert set(OutgoingMail.objects.filter(kind__startswith="shop.order").values_list("to", flat=True)) <= {
        part.order.email
    }
    assert client.post("/retractation/", asked[1], headers=HERE).status_code == 429


# Paying another price ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("total", ["1", "0", "-3190", "3189", "", "31.90", "3190.0", "99999999999999999999"])
def test_another_total_orders_nothing(buyer, total):
    assert send(buyer, total=total).status_code == 422
    assert not Order.objects.exists()


def test_prices_that_a_form_brings_are_read_by_nobody(buyer, chair):
    lies = {"price": "1", "price_cents": "1", "unit_cents": "1", "shipping_cents": "0", "shipping": "0"}
    lies |= {"parcel_1_cents": "0", "amount": "1", "cents": "1", "objects": "2500", "discount": "100"}

    assert send(buyer, **lies).status_code == 302

    line, payment = OrderLine.objects.get(), Payment.objects.get()
    assert (line.unit_cents, line.shipping_cents, payment.amount_cents) == (2500, 690, 3190)
    buyer.post(order_path(payment.order, "order-pay"), {"card": "accepted", "amount": "1", "total": "1"}, headers=HERE)
    assert Order.objects.get().total_cents == 3190


@pytest.mark.parametrize("n", ["-1", "0", "1e3", "9999", "²", "1.5"])
def test_a_number_of_objects_is_what_the_seller_has(client, seller, n):
    batch = ItemFactory(seller=seller, on_sale=True, quantity=3)
    client.post("/panier/ajout/", {"code": batch.code, "n": n, "price_cents": "1"}, headers=HERE)
    for line in BasketLine.objects.filter(state="held"):
        assert 1 <= line.quantity <= 3
        assert line.price_cents == batch.price_cents


@pytest.mark.parametrize("way", ["relay", "express", "free", "", "pickup"])
def test_a_delivery_that_is_not_offered_orders_nothing(buyer, way):
    assert send(buyer, parcel_1=way).status_code == 422
    assert not Order.objects.exists()


# Sending a form again, or from elsewhere -----------------------------------------------------------------------------


def test_an_order_brought_back_and_sent_again_is_one_order(buyer):
    operation = str(uuid.uuid4())
    first = send(buyer, operation=operation)
    assert {send(buyer, operation=operation)["Location"] for _ in range(2)} <= {first["Location"], "/panier/"}
    assert (Order.objects.count(), Payment.objects.count()) == (1, 1)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_forms_of_another_site_change_nothing(buyer, part, site):
    elsewhere = {"Sec-Fetch-Site": site, "Origin": "https://mallory.example"}
    item = ItemFactory(seller=part.seller, on_sale=True)
    lines = BasketLine.objects.count()
    tries = (
        ("/panier/ajout/", {"code": item.code}),
        ("/commande/", BUYER),
        (help_path(part), {"text": "x", "reason": "other"}),
        (order_path(part.order, "order-withdraw"), {"confirm": "1"}),
        ("/retractation/", {"number": part.order.public_id, "email": part.order.email}),
        ("/mes-donnees/sans-compte/", {"email": "camille@example.org"}),
    )
    for path, data in tries:
        assert buyer.post(path, data, headers=elsewhere).status_code == 403, path
    assert (BasketLine.objects.count(), Order.objects.count(), Message.objects.count()) == (lines, 1, 0)


# Words that would be code --------------------------------------------------------------------------------------------


def assert_inert(response, words=EVIL):
    html = response.content.decode()
    page = BeautifulSoup(html, "html.parser")
    assert not [tag for tag in page.find_all("script") if "alert(1)" in tag.get_text()]
    assert not page.select("img[src=x], [onerror], [onload]")
    assert "<script>alert(1)" not in html
    assert "{{7*7}}" in page.get_text(), "the words are shown, as words"


def test_words_of_a_conversation_stay_words_in_pages_mails_and_papers(client, as_user, owner, part):
    assert client.post(help_path(part), {"text": EVIL, "reason": "other"}, headers=HERE).status_code == 302
    talk = Conversation.objects.get()
    answer_buyer(conversation=talk, written=Written(EVIL, uuid.uuid4(), None), by=owner)

    assert_inert(client.get(help_path(part)))
    assert_inert(as_user(owner).get(reverse("shop:conversation-detail", args=[talk.public_id])))
    paper = client.get(help_path(part) + "mediation.pdf")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
    assert "#panic()" in text
    assert "/JavaScript" not in paper.content.decode("latin-1")
    mails = list(OutgoingMail.objects.order_by("pk"))
    assert mails
    for mail in mails:
        assert "<script" not in (getattr(mail, "html", "") or "")
        assert "\n" not in mail.subject


def test_words_of_an_opinion_stay_words(client, as_user, owner, part):
    path = reverse("shop:rating", args=[part.order.public_id, token_of(part.order), part.public_id])
    answer = client.post(path, {"score": "8", "comment": EVIL}, headers=HERE)
    assert answer.status_code == 302
    rating = Rating.objects.get()
    assert rating.comment.startswith("<script>")

    assert_inert(client.get(f"/vendeurs/{part.seller.slug}/avis/"))
    assert_inert(client.get(path))
    assert_inert(as_user(owner).get(f"/bureau/avis/{rating.public_id}/"))


def test_words_of_a_gift_and_of_an_address_stay_words(buyer, as_user, owner):
    evil = EVIL[:180]
    answer = send(buyer, name=f"{evil[:100]}", address=evil[:150], gift_1=evil)
    assert answer.status_code == 302, "names are free; pages must not care"
    payment = Payment.objects.select_related("order").get()
    receive_event(told=Told("test", "e-1", "paid", payment.public_id, payment.amount_cents))
    order = Order.objects.get()
    assert OrderParcel.objects.get().gift
    client = Client()

    assert_inert(client.get(order_path(order)))
    part = SellerOrder.objects.select_related("order", "seller").get()
    assert_inert(as_user(owner).get(f"/bureau/commandes/{part.public_id}/"))
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(slips_pdf([part]))).pages)
    assert "alert(1)" in text
    write_order_mail(order_id=order.pk)
    mail = OutgoingMail.objects.filter(kind="shop.order").latest("pk")
    assert "\n" not in mail.subject
    assert "\n" not in mail.to


# Files that are not what they say ------------------------------------------------------------------------------------


def jpeg(tail=b""):
    data = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(data, "JPEG")
    return data.getvalue() + tail


def zipped():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.html", "<script>alert(1)</script>" + "0" * 5_000_000)
    return data.getvalue()


def bomb():
    """A PNG of 60,000 × 60,000 points in a few kilobytes."""

    def chunk(kind, data):
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = (60_000).to_bytes(4) * 2 + bytes([8, 2, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 9_000_000, 9))
        + chunk(b"IEND", b"")
    )


REFUSED = {
    "a page": ("photo.html", b"<script>alert(1)</script>" * 20),
    "a drawing with a script": ("image.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "the same, called a photo": ("photo.jpg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "the same, called a paper": ("facture.pdf", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "an archive that swells": ("photos.zip", zipped()),
    "the same, called a photo ": ("photo.png", zipped()),
    "a picture that swells": ("photo.png", bomb()),
    "half a picture": ("photo.jpg", jpeg()[:80]),
    "a photo called a paper": ("photo.pdf", jpeg()),
    "a program": ("photo.exe", b"MZ" + b"\0" * 400),
    "nothing": ("photo.jpg", b""),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_is_kept(client, part, kind):
    name, data = REFUSED[kind]
    upload = SimpleUploadedFile(name, data, "image/jpeg")

    answer = client.post(help_path(part), {"text": "Voici", "reason": "other", "upload": upload}, headers=HERE)

    assert answer.status_code == 422
    assert "Voici" in answer.content.decode(), "the words are still there"
    assert (Message.objects.count(), Attachment.objects.count()) == (0, 0)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(client, part, monkeypatch):
    monkeypatch.setattr("rebond.shop.actions.attachment.render_picture", lambda *_a: pytest.fail("it was read"))
    upload = SimpleUploadedFile("photo.jpg", jpeg() + b"\0" * 10_000_001, "image/jpeg")

    answer = client.post(help_path(part), {"text": "Voici", "reason": "other", "upload": upload}, headers=HERE)

    assert answer.status_code == 422
    assert Message.objects.count() == 0


@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"%PDF-1.4 /JavaScript", zipped()[:50_000]])
def test_a_photo_with_something_else_behind_it_is_made_again_without_it(client, part, tail):
    upload = SimpleUploadedFile("photo.jpg", jpeg(tail), "text/html")

    client.post(help_path(part), {"text": "Voici", "reason": "other", "upload": upload}, headers=HERE)

    made = Attachment.objects.get()
    answer = client.get(f"{help_path(part)}fichiers/{made.public_id}/")
    content = b"".join(answer.streaming_content)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert tail[:20] not in content


def test_a_paper_that_is_also_a_page_is_only_ever_a_download(client, part):
    paper = PLAIN_PDF.replace(b"trailer", b"% <script>alert(1)</script>\ntrailer")
    upload = SimpleUploadedFile("../../<script>.pdf", paper, "text/html")

    client.post(help_path(part), {"text": "Voici", "reason": "other", "upload": upload}, headers=HERE)

    made = Attachment.objects.get()
    answer = client.get(f"{help_path(part)}fichiers/{made.public_id}/")
    b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "<script>" not in client.get(help_path(part)).content.decode()


def test_a_paper_that_could_run_is_locked_or_is_none_is_refused_with_its_reason(client, part):
    for paper, words in refused_pdfs():
        upload = SimpleUploadedFile("facture.pdf", paper, "application/pdf")
        answer = client.post(help_path(part), {"text": "Voici", "reason": "other", "upload": upload}, headers=HERE)
        assert (answer.status_code, words in answer.content.decode()) == (422, True)

    assert (Message.objects.count(), Attachment.objects.count()) == (0, 0)
