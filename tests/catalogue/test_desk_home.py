"""The seller's home at the desk: what waits, how many items, what was sold this week."""

import datetime

import pytest
from django.utils import timezone

from rebond.catalogue.actions.item import send_back_item
from rebond.catalogue.queries.desk_home import aging, sold_by_day
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
NOON = datetime.datetime(2026, 3, 28, 12, tzinfo=timezone.get_default_timezone())  # the night before the hour changes


@pytest.fixture
def waiting(seller):
    """The things to do of the home, as the page has them: title → address."""

    def read(client):
        page = client.get("/bureau/")
        assert page.status_code == 200
        return {str(line.title).replace("\xa0", " "): line.url for line in page.context["waiting"]}

    return read


def test_seller_without_items_is_told_how_to_begin(as_user, owner, waiting):
    assert waiting(as_user(owner))["Mettez vos premiers objets en vente"] == "/bureau/objets/nouveau/"


def test_what_waits_is_said_and_each_line_leads_to_it(as_user, owner, seller, waiting, django_assert_max_num_queries):
    ItemFactory(seller=seller, state="in_review", title="Lampe")
    ItemFactory.create_batch(2, seller=seller, state="draft")
    back = ItemFactory(seller=seller, state="in_review", title="Vase")
    send_back_item(item=back, reason="Photo floue", by=owner)
    ItemFactory(seller=seller, on_sale=True, photo_count=0)
    browser = as_user(owner)

    found = waiting(browser)

    assert found["1 objet renvoyé"] == f"/bureau/objets/{back.code}/"
    assert found["1 objet à relire"] == "/bureau/objets/?etat=in_review&tri=oldest"
    assert found["2 brouillons à finir"] == "/bureau/objets/?etat=draft&tri=oldest"
    assert found["1 objet en vente sans photo"] == "/bureau/objets/?etat=on_sale&photo=non"
    assert all(browser.get(url).status_code == 200 for url in found.values())
    with django_assert_max_num_queries(31):
        browser.get("/bureau/")


def test_reader_sees_figures_but_nothing_to_do_on_items(as_user, reader, seller, waiting):
    ItemFactory(seller=seller, state="in_review")
    browser = as_user(reader)

    assert waiting(browser) == {}
    page = browser.get("/bureau/")
    assert "Vos objets" in page.text
    assert "Ajouter un objet" not in page.text


def test_another_seller_s_items_are_not_counted(as_user, owner, waiting):
    ItemFactory(state="in_review")
    assert "1 objet à relire" not in waiting(as_user(owner))


def test_network_sees_everybody_s_items_and_no_one_s_sales(as_user, catalogue_manager, seller):
    ItemFactory(seller=seller, on_sale=True)
    ItemFactory(seller=seller, sold=True)

    page = as_user(catalogue_manager).get("/bureau/")

    assert "Le catalogue" in page.text
    assert "vendu en sept jours" not in page.text


def test_sales_are_counted_by_local_day_over_seven_days(seller):
    midnight = NOON.replace(hour=0)
    for at in (midnight, midnight - datetime.timedelta(minutes=1), midnight - datetime.timedelta(days=6)):
        ItemFactory(seller=seller, sold=True, sold_at=at)
    ItemFactory(seller=seller, sold=True, sold_at=midnight - datetime.timedelta(days=6, minutes=1))
    ItemFactory(sold=True, sold_at=midnight)

    chart = sold_by_day(seller, now=NOON)

    assert [point.value for point in chart.points] == [1, 0, 0, 0, 0, 1, 1]
    assert str(chart.title) == "3 objets vendus en sept jours"
    assert chart.now == 6


def test_no_chart_for_who_never_sold(as_user, owner, seller):
    assert sold_by_day(seller) is None
    ItemFactory(seller=seller, on_sale=True)
    assert "vendu en sept jours" not in as_user(owner).get("/bureau/").text


def test_aging_counts_as_the_list_s_filter(as_user, owner, seller):
    ItemFactory(seller=seller, on_sale=True, published_at=timezone.now() - datetime.timedelta(days=91))
    ItemFactory(seller=seller, on_sale=True, published_at=timezone.now() - datetime.timedelta(days=89))

    assert aging(seller) == 1
    assert as_user(owner).get("/bureau/objets/?depuis=90").context["page"].total == 1


def test_home_is_marked_in_the_rail_on_its_own_page_only(as_user, owner):
    browser = as_user(owner)
    here = '<a href="/bureau/" aria-current="page">'
    assert here in browser.get("/bureau/").text
    assert here not in browser.get("/bureau/objets/").text


def test_reports_wait_for_the_moderator(as_user, operator, seller, waiting):
    from rebond.shop.actions.notice import create_notice

    moderator = MembershipFactory(organisation=operator, role="moderator").user
    item = ItemFactory(seller=seller, on_sale=True, title="Casque")
    create_notice(item=item, reason="dangerous", explanation="Fendu.", name="Léa", email="lea@example.org")

    assert waiting(as_user(moderator)) == {"1 signalement à décider": "/bureau/signalements/"}
