"""Packing slips: what is in each parcel, for whom, without prices in a gift; a few at once, many by a task."""

import io
import uuid

import pytest
from django.urls import reverse
from pypdf import PdfReader

from rebond.core.models import Job
from rebond.journal.models import StoredFile
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.slips import build_slips, start_slips
from rebond.shop.models import SellerOrder
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.slips import parcel_slips, slips_pdf
from rebond.warehouse.models import PickLine
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory
from tests.factories.shop import CONTACT, paid_order
from tests.factories.slots import make_agenda, offers, pay, placed_with
from tests.factories.warehouse import PickLineFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def pages(body):
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(body)).pages]


def item(seller, title="Lampe", cents=1250):
    return ItemFactory(seller=seller, on_sale=True, title=title, price_cents=cents)


def order_of(seller, *ways):
    """A paid order of one object for each way."""
    OrganisationFactory(kind="operator")
    keeper, found = Keeper(visitor=uuid.uuid4().hex), {}
    for n, way in enumerate(ways):
        one = item(seller, f"Objet {n}")
        take_item(keeper=keeper, item=one)
        found[one.pk] = way
    agreed = Agreed(found, 1250 * len(ways), CONTACT)
    pay(place_order(keeper=keeper, email="a@example.org", operation=uuid.uuid4(), provider="test", agreed=agreed))
    return SellerOrder.objects.select_related("order", "seller").get()


def test_a_slip_says_what_for_whom_and_at_what_price(seller):
    SiteFactory(organisation=seller, address="12 rue des Ateliers")
    part = order_of(seller, Way(1, "home", 0, carrier="Colis Tranquille"))

    (text,) = pages(slips_pdf([part]))

    for expected in (
        "Objet 0", "12,50", "Camille Vasseur", "18 rue de la Libération", "12 rue des Ateliers", part.public_id,
        "Colis Tranquille",
    ):  # fmt: skip
        assert expected in text


def test_a_gift_has_its_words_and_no_price(seller):
    part = order_of(seller, Way(1, "home", 0, gift="Joyeux anniversaire, mamie"))

    (text,) = pages(slips_pdf([part]))

    assert "Joyeux anniversaire, mamie" in text
    assert "12,50" not in text
    assert "€" not in text


def test_each_parcel_has_its_page_and_only_a_gift_hides_its_prices(seller):
    part = order_of(seller, Way(1, "home", 0, gift="Pour toi"), Way(2, "home", 0))

    first, second = pages(slips_pdf([part]))

    assert "Objet 0" in first
    assert "Objet 1" not in first
    assert "€" not in first
    assert "Objet 1" in second
    assert "Pour toi" not in second
    assert "12,50" in second


def test_a_pick_up_point_s_address_is_the_one_to_write(seller):
    point = {"code": "X1", "name": "Tabac du Pont", "address": "3 rue Haute", "postal_code": "47000", "city": "Agen"}
    part = order_of(seller, Way(1, "relay", 0, carrier="Relais", point=point | {"hours": ""}))

    (text,) = pages(slips_pdf([part]))

    assert "Tabac du Pont" in text
    assert "18 rue de la Libération" not in text


def test_an_appointment_is_on_it(seller):
    OrganisationFactory(kind="operator")
    agenda = make_agenda(SiteFactory(organisation=seller))
    order = pay(placed_with(item(seller), offers(agenda)[-1]))
    code = order.parcels.get().appointments.get().code.upper()

    (text,) = pages(slips_pdf(list(order.parts.select_related("order", "seller"))))

    assert code in text


def test_it_counts_what_is_in_this_parcel_and_not_what_was_missed_or_leaves_from_another_site(seller):
    here, there = SiteFactory(organisation=seller), SiteFactory(organisation=seller, is_main=False)
    glasses = ItemFactory(seller=seller, site=here, on_sale=True, title="Verres", price_cents=335, quantity=5)
    vase = ItemFactory(seller=seller, site=there, on_sale=True, title="Vase", price_cents=900)
    OrganisationFactory(kind="operator")
    keeper = Keeper(visitor=uuid.uuid4().hex)
    take_item(keeper=keeper, item=glasses, n=3)
    take_item(keeper=keeper, item=vase)
    agreed = Agreed({one.pk: Way(1, "home", 0) for one in (glasses, vase)}, 3 * 335 + 900, CONTACT)
    paid = place_order(keeper=keeper, email="a@example.org", operation=uuid.uuid4(), provider="test", agreed=agreed)
    announce_parcels(order_id=pay(paid).pk)
    row = PickLine.objects.get(item=glasses)
    PickLineFactory(parcel=row.parcel, item=glasses, units=1, state="missing")
    PickLine.objects.filter(pk=row.pk).update(units=2)

    (first,) = pages(parcel_slips(row.parcel))
    (second,) = pages(parcel_slips(PickLine.objects.get(item=vase).parcel))
    (whole,) = pages(slips_pdf(list(SellerOrder.objects.select_related("order", "seller"))))

    assert ("2 sur 3 6,70" in first, "Vase" in first) == (True, False)
    assert ("Vase" in second, "Verres" in second, "9,00" in second) == (True, False, True)
    assert ("2 sur 3 6,70" in whole, "15,70" in whole) == (True, True)


def test_what_the_buyer_wrote_is_never_code(seller):
    part = order_of(seller, Way(1, "home", 0, gift="#panic() $x$ ] \\ <b>"))
    assert "#panic()" in pages(slips_pdf([part]))[0]


def test_the_desk_prints_one_order_while_it_is_open(as_user, colleague, stranger, seller):
    order = paid_order(item(seller))
    part = order.parts.get()
    path = reverse("shop:part-slip", args=[part.public_id])

    answer = as_user(colleague).get(path)

    assert answer["Content-Type"] == "application/pdf"
    assert len(pages(answer.content)) == 1
    assert as_user(stranger).get(path).status_code == 404
    SellerOrder.objects.update(state="delivered", delivered_at=part.created_at)
    assert as_user(colleague).get(path).status_code == 404


def test_a_few_are_printed_at_once_the_oldest_first(as_user, colleague, reader, seller, stranger):
    path = reverse("shop:slips")
    assert as_user(colleague).post(path).status_code == 302  # nothing waits
    orders = [paid_order(item(seller, f"Numéro {n}")) for n in range(3)]
    paid_order(item(OrganisationFactory(admitted=True, letters="ZZ"), "D’ailleurs"))

    answer = as_user(reader).post(path)

    found = pages(answer.content)
    assert [order.public_id in text for order, text in zip(orders, found, strict=True)] == [True] * 3
    assert as_user(stranger).post(path).status_code == 302
    assert as_user(colleague).get(path).status_code == 405


def test_more_than_twenty_are_a_task_s_once(as_user, colleague, stranger, seller):
    OrganisationFactory(kind="operator")
    for _n in range(21):
        paid_order(item(seller))
    client = as_user(colleague)

    first, second = client.post(reverse("shop:slips")), client.post(reverse("shop:slips"))

    job = Job.objects.get(kind="shop.slips")
    assert first.url == second.url == reverse("shop:slips-job", args=[job.public_id])
    job.refresh_from_db()
    if not job.is_over:
        build_slips(job_id=job.pk)
    assert build_slips(job_id=job.pk) == ""
    job.refresh_from_db()
    file = StoredFile.objects.get(public_id=job.result["file"])
    with file.file.open() as opened:
        assert len(pages(opened.read())) == 21
    assert file.public_id in client.get(first.url).content.decode()
    assert as_user(stranger).get(first.url).status_code == 404


def test_a_file_that_cannot_be_made_says_so_and_is_made_again(seller, owner, monkeypatch):
    paid_order(item(seller))
    job = Job.objects.create(kind="shop.slips", result={"by": owner.pk, "organisation": seller.pk, "language": "fr"})
    with monkeypatch.context() as broken:
        broken.setattr("rebond.shop.actions.slips.slips_pdf", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            build_slips(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.message
    assert start_slips(organisation=seller, by=owner).pk != job.pk


def test_a_page_of_slips_costs_the_same_for_any_number(seller, django_assert_num_queries):
    OrganisationFactory(kind="operator")
    for _n in range(3):
        paid_order(item(seller))
    parts = list(SellerOrder.objects.select_related("order", "seller"))
    for some in (parts[:1], parts):
        with django_assert_num_queries(5):
            slips_pdf(some)
