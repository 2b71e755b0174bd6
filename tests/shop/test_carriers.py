"""A parcel is followed on its carrier's own site, where we know the page; our page asks nothing of anybody else."""

import re

import pytest
from bs4 import BeautifulSoup

from rebond.journal.models import OutgoingMail
from rebond.shop.actions.part import ship_part
from rebond.shop.actions.part_mail import write_part_mail
from rebond.shop.data.carriers import TRACKING, tracking_url
from rebond.shop.queries.orders import order_path
from tests.factories.catalogue import ItemFactory
from tests.factories.shop import paid_order

LA_POSTE = "https://www.laposte.fr/outils/suivre-vos-envois?code="


@pytest.mark.unit
@pytest.mark.parametrize(
    ("carrier", "number", "url"),
    [
        ("Colissimo", "6A 12345 678901", f"{LA_POSTE}6A12345678901"),
        ("LA POSTE – colis", "6A12345678901", f"{LA_POSTE}6A12345678901"),
        ("Mondial Relay", "87654321", "https://www.mondialrelay.fr/suivi-de-colis/?numeroExpedition=87654321"),
        (
            "Chronopost",
            "XW123456789FR",
            "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT=XW123456789FR",
        ),
        ("dpd Relais", "25012345678901", "https://trace.dpd.fr/fr/trace/25012345678901"),
        ("GLS", "12345678901", "https://gls-group.eu/FR/fr/suivi-colis?match=12345678901"),
        ("Vélo du quartier", "12345678901", ""),
        ("Anglskold", "12345678901", ""),  # "gls" inside another word is another carrier
        ("Colissimo", "", ""),
        ("Colissimo", "voir mail", ""),
        ("Colissimo", "javascript:alert(1)", ""),
        ("Colissimo", "é" * 12, ""),
        ("", "6A12345678901", ""),
    ],
)
def test_a_number_leads_to_its_carriers_page_or_to_none(carrier, number, url):
    assert tracking_url(carrier, number) == url


@pytest.mark.unit
def test_each_carrier_has_a_safe_address_of_its_own():
    names = [name for words, _url in TRACKING for name in words]
    assert len(names) == len(set(names))
    for words, url in TRACKING:
        assert re.fullmatch(r"https://[a-z.-]+/[\w/?=.-]*", url), words


@pytest.mark.page
@pytest.mark.django_db
def test_the_buyers_page_and_mail_have_the_link_and_nothing_of_the_carrier_is_loaded(client, seller, owner, index):
    order = paid_order(ItemFactory(seller=seller, on_sale=True))
    part = ship_part(part=order.parts.get(), carrier="Colissimo", tracking="6A12345678901", by=owner)
    write_part_mail(part_id=part.pk, state="shipped")
    url = f"{LA_POSTE}6A12345678901"

    page = BeautifulSoup(client.get(order_path(order)).content, "html.parser")

    link = page.find("a", href=url)
    assert "6A12345678901" in link.get_text()
    assert {"noreferrer", "external"} <= set(link["rel"])  # the address of our page opens the order
    loaded = page.select("img[src], script[src], link[href], iframe[src], source[srcset]")
    assert not [tag for tag in loaded if "laposte" in str(tag)]
    assert url in OutgoingMail.objects.filter(kind__startswith="shop.part").latest("pk").text


@pytest.mark.page
@pytest.mark.django_db
def test_an_unknown_carrier_shows_the_number_without_a_link(client, seller, owner, index):
    order = paid_order(ItemFactory(seller=seller, on_sale=True))
    ship_part(part=order.parts.get(), carrier="Vélo du quartier", tracking="VQ-12345", by=owner)

    main = BeautifulSoup(client.get(order_path(order)).content, "html.parser").main

    assert "VQ-12345" in main.get_text()
    assert not main.find("a", string=lambda text: text and "VQ-12345" in text)
