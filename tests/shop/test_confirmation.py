"""What a buyer may read again after the order: where the money went, what was shown, all that the law asks by mail."""

import datetime
import uuid

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from rebond.catalogue.actions.photo import add_photos, remove_photo
from rebond.catalogue.actions.photo_asset import remove_orphans
from rebond.catalogue.models import Photo, PhotoAsset
from rebond.journal.models import OutgoingMail
from rebond.ledger.models import Sale
from rebond.ledger.queries.shares import shares_of
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.order_mail import write_order_mail
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.models import Order, OrderLine
from rebond.shop.queries.cards import item_url
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.orders import order_page, order_path, token_of
from rebond.shop.queries.seen import read_seen, seen_in_words
from rebond.shop.queries.seller_facts import forget_seller_facts
from tests.catalogue.pictures import upload
from tests.factories.catalogue import ItemFactory
from tests.factories.network import AgreementFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
NOW = timezone.now()


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def buy(*items, keeper="amina"):
    who = Keeper(visitor=keeper)
    for item in items:
        take_item(keeper=who, item=item, now=NOW)
    total = sum(item.price_cents for item in items) + 490 * len(items)
    agreed = Agreed(
        {item.pk: Way(n, "home", 490) for n, item in enumerate(items, 1)}, total, {"name": "Amina", "city": "Agen"}
    )
    payment = place_order(
        keeper=who, email="a@example.org", operation=uuid.uuid4(), provider="test", agreed=agreed, now=NOW
    )
    receive_event(told=Told("test", f"e-{payment.pk}", "paid", payment.public_id, total), now=NOW)
    return Order.objects.get(pk=payment.order_id)


@pytest.fixture
def chair(seller, operator, index, chairs):
    AgreementFactory(organisation=seller, operator=operator, commission_bp=1_200, solidarity_bp=200)
    seller.legal_name, seller.mediator, seller.phone = "SCIC Les Ateliers", "Médiation du réemploi", "05 53 00 00 00"
    seller.save()
    forget_seller_facts()
    return ItemFactory(seller=seller, category=chairs, on_sale=True, title="Chaise", slug="chaise", price_cents=2_500)


def told_shares(page):
    fold = next(one for one in page.select("details.fold") if "Où va votre argent" in one.summary.get_text())
    return [dd.get_text(" ", strip=True) for dd in fold.select("dd")]


def test_the_page_of_an_object_says_where_its_price_goes(client, chair):
    page = soup(client.get(item_url(chair.slug, chair.code)))

    assert told_shares(page) == ["21,50\u00a0€ · 86\u00a0%", "3,00\u00a0€ · 12\u00a0%", "0,50\u00a0€ · 2\u00a0%"]


def test_nothing_is_said_of_a_sold_object_or_where_nobody_keeps_the_books(client, seller, chairs, index):
    alone = ItemFactory(seller=seller, category=chairs, on_sale=True, slug="lampe", price_cents=700)

    assert "Où va votre argent" not in client.get(item_url(alone.slug, alone.code)).content.decode()


def test_the_page_of_an_order_says_it_for_each_seller_in_the_same_number_of_queries(client, chair, operator, stranger):
    other = stranger.memberships.get().organisation
    AgreementFactory(organisation=other, operator=operator)
    lamp = ItemFactory(seller=other, on_sale=True, title="Lampe", price_cents=1_200)
    alone = buy(ItemFactory(seller=chair.seller, on_sale=True, price_cents=900), keeper="ben")
    order = buy(chair, lamp)
    sales = list(Sale.objects.order_by("pk"))

    page = soup(client.get(order_path(order)))

    folds = [one for one in page.select("details.fold") if "Où va votre argent" in one.summary.get_text()]
    assert len(folds) == 2
    assert [sum(share.cents for share in shares_of(sale)) for sale in sales] == [1_390, 2_990, 1_690]
    assert folds[0].select("dd")[0].get_text().startswith("26,40")  # 29,90 less 12 % and 2 % of 25,00
    numbers = []
    for one in (alone, order):
        with CaptureQueriesContext(connection) as asked:
            order_page(one)
        numbers.append(len(asked))
    assert numbers == [7, 7]


def test_what_was_shown_is_read_again_by_the_buyer_and_the_seller(client, as_user, owner, stranger, chair):
    chair.flaws.create(kind="scratch", part="un pied", detail="Une rayure de 6 cm")
    order = buy(chair)
    chair.flaws.all().delete()
    type(chair).objects.filter(pk=chair.pk).update(title="Autre chose", description="Changé depuis.")
    url = reverse("shop:order-seen", args=[order.public_id, token_of(order), chair.code.lower()])
    part = order.parts.get()
    desk = reverse("shop:part-seen", args=[part.public_id, chair.code.lower()])

    assert url in client.get(order_path(order)).content.decode()
    for response in (client.get(url), as_user(owner).get(desk)):
        page = soup(response)
        assert page.h1.get_text(strip=True) == "Chaise"
        text = page.main.get_text(" ", strip=True)
        assert "Une rayure de 6 cm" in text
        assert "Changé depuis" not in text
        assert page.select_one("main .price").get_text(strip=True).startswith("25")

    assert client.get(url.replace(token_of(order), "x" * 43)).status_code == 404
    assert (
        client.get(reverse("shop:order-seen", args=[order.public_id, token_of(order), "aa222222"])).status_code == 404
    )
    assert as_user(stranger).get(desk).status_code == 404


def test_an_order_of_before_says_what_it_kept(client, chair):
    order = buy(chair)
    OrderLine.objects.update(seen={"title": "Chaise", "condition": "good"})

    url = reverse("shop:order-seen", args=[order.public_id, token_of(order), chair.code.lower()])

    assert "Bon état" in soup(client.get(url)).main.get_text(" ", strip=True)
    write_order_mail(order_id=order.pk)


def test_the_pictures_of_what_was_bought_stay_for_the_guarantee(chair, folders):
    add_photos(item=chair, files=[upload(0)], by=None)
    order = buy(chair)
    write_order_mail(order_id=order.pk)
    remove_photo(photo=Photo.objects.get(), by=None, now=NOW)

    remove_orphans(now=NOW + datetime.timedelta(days=2 * 366))

    asset = PhotoAsset.objects.get()
    assert [photo.cover for photo in read_seen(OrderLine.objects.get()).photos] == [asset.sha256]
    remove_orphans(now=NOW + datetime.timedelta(days=4 * 366))
    assert not PhotoAsset.objects.exists()


def test_the_mail_holds_all_that_the_law_asks_of_a_confirmation(chair):
    order = buy(chair)

    write_order_mail(order_id=order.pk)

    text = OutgoingMail.objects.get(kind="shop.order").text
    for words in (
        "SCIC Les Ateliers",
        "Médiation du réemploi",
        "05 53 00 00 00",
        "Colis 1 : Livraison à domicile, 4,90\u00a0€. Expédie en",
        "Total, toutes taxes comprises : 29,90\u00a0€",
        "Je/nous (*) vous notifie/notifions (*) par la présente ma/notre (*) rétractation",
    ):
        assert words in text


def test_the_paper_of_the_mediator_tells_what_was_shown(chair):
    chair.flaws.create(kind="scratch", detail="Une rayure")
    buy(chair)

    words = seen_in_words(OrderLine.objects.get())

    assert "Une rayure" in words
    assert chair.description in words
