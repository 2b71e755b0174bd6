"""A return as its buyer follows it, by a signed link: agreed after the sale, or after a withdrawal."""

import uuid

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from rebond.catalogue.queries.labels import qr_svg
from rebond.shop.actions.conversation import Written, write_to_seller
from rebond.shop.actions.settlement import Decision, settle
from rebond.shop.models import OrderLine, Return
from rebond.shop.queries import buyer_return as paper
from rebond.shop.queries.buyer_return import return_path
from rebond.shop.queries.conversations import help_path
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def part(seller, index):
    SiteFactory(
        organisation=seller,
        is_main=True,
        address="2 route de Paris",
        city="Marmande",
        postal_code="47200",
        hours="9-12",
    )
    radio = ItemFactory(seller=seller, on_sale=True, title="Radio", price_cents=3_200)
    return paid_order(radio, shipping=500).parts.get()


@pytest.fixture
def back(part, owner):
    written = Written("Elle ne s’allume plus.", uuid.uuid4(), None)
    conversation = write_to_seller(part=part, reason="not_working", line=None, written=written, name="Camille")
    type(part).objects.update(state="shipped", shipped_at=part.created_at)
    decision = Decision("return", OrderLine.objects.get(part=part), "Nous payons le retour.", uuid.uuid4(), 0)
    settle(conversation=conversation, decision=decision, by=owner)
    return Return.objects.get()


def main(response):
    return BeautifulSoup(response.content, "html.parser").main


def words(response):
    return main(response).get_text(" ", strip=True)


def test_the_conversation_leads_to_the_return_and_it_says_all(client, part, back):
    link = main(client.get(help_path(part))).select_one(f'a[href="{return_path(back)}"]')
    assert link is not None

    text = words(client.get(return_path(back)))

    for expected in ("Radio", "2 route de Paris", "47200", "9-12", "Nous payons le retour.", "32,00\u00a0€"):
        assert expected in text, expected
    assert "ne vous coûte rien" in text


def test_the_buyer_tells_that_it_is_on_its_way_once(client, back):
    path = reverse("shop:return-sent", args=return_path(back).strip("/").split("/")[1:3])
    wrong = client.post(path, {"way": "", "tracking": "LP1"}, headers=HERE)
    assert (wrong.status_code, main(wrong).select_one("input[name=tracking]")["value"]) == (422, "LP1")

    for _ in range(2):
        client.post(path, {"way": "parcel", "tracking": "LP123"}, headers=HERE)

    back.refresh_from_db()
    assert (back.state, back.way, back.tracking) == ("sent", "parcel", "LP123")
    assert not main(client.get(return_path(back))).select("form")
    assert client.post(path, {"way": "parcel"}).status_code == 403


def test_the_label_is_a_paper_with_the_place_and_a_code_that_the_station_reads(client, back, part, monkeypatch):
    kept, read = {}, []
    real = paper.render_pdf
    monkeypatch.setattr(paper, "render_pdf", lambda name, data, **more: kept.update(data) or real(name, data, **more))
    monkeypatch.setattr(paper, "qr_svg", lambda text: read.append(text) or qr_svg(text))

    answer = client.get(return_path(back, "return-label"))

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert kept["to"][1:] == ["2 route de Paris", "47200 Marmande"]
    assert kept["rows"] == [["Radio", part.lines.get().item.display_code]]
    assert read == [part.public_id]


@pytest.mark.parametrize("name", ["return-back", "return-label"])
def test_nobody_finds_a_return_without_its_link(client, back, name):
    assert client.get(reverse(f"shop:{name}", args=[back.public_id, "x" * 43])).status_code == 404
