"""The gallery of an item's page: without JavaScript its links are anchors and pictures."""

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string

from rebond.catalogue.actions.photo import add_photos
from tests.catalogue.pictures import upload
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db, pytest.mark.usefixtures("folders")]


def drawn(owner, seller, count, django_assert_num_queries):
    item = ItemFactory(seller=seller)
    add_photos(item=item, files=[upload(i) for i in range(count)], by=owner)
    photos = list(item.photos.select_related("asset"))
    photos[0].alt = 'Le "dos" <b>'
    with django_assert_num_queries(0):
        html = render_to_string("catalogue/_gallery.html", {"photos": photos, "flaw_marks": {}})
    return BeautifulSoup(html, "html.parser"), photos


def test_thumbnails_are_anchors_of_the_strip(owner, seller, django_assert_num_queries):
    page, photos = drawn(owner, seller, 3, django_assert_num_queries)
    anchors = [a["href"] for a in page.select(".gallery-thumbs a")]
    assert anchors == ["#photo-1", "#photo-2", "#photo-3"]
    assert [li["id"] for li in page.select(".strip-photos > li")] == ["photo-1", "photo-2", "photo-3"]
    assert [a.get("aria-current") for a in page.select(".gallery-thumbs a")] == ["true", None, None]
    sha256 = photos[0].asset.sha256
    assert page.select_one(".photo-open")["href"] == f"/media/{sha256[:2]}/{sha256[2:4]}/{sha256}-1600.webp"


def test_texts_are_read_and_escaped(owner, seller, django_assert_num_queries):
    page, _photos = drawn(owner, seller, 2, django_assert_num_queries)
    images = page.select(".strip-photos img")
    assert [i["alt"] for i in images] == ['Le "dos" <b>', "Photo 2 sur 2"]
    assert [i.get("loading") for i in images] == [None, "lazy"]
    assert page.select_one(".photo-open")["aria-label"] == 'Photo 1 sur 2: Le "dos" <b>. Agrandir'


def test_one_photo_has_no_thumbnails_and_no_arrows(owner, seller, django_assert_num_queries):
    page, _photos = drawn(owner, seller, 1, django_assert_num_queries)
    assert page.select_one(".gallery-thumbs") is None
    assert page.select_one(".zoom-after") is None
