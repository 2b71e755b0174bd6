"""An order's number scanned at a station: the seller's own is named, another one's does not exist."""

import pytest

from rebond.shop.models import Order, SellerOrder
from rebond.warehouse.web.saying import words_for
from rebond.workshop.queries.scan import resolve
from rebond.workshop.scan import ScanKind

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def part(seller):
    order = Order.objects.create(email="camille@example.org", name="Camille Vasseur", total_cents=2_500)
    return SellerOrder.objects.create(order=order, seller=seller, state="to_prepare")


def test_both_numbers_are_the_sellers_order(part, seller):
    order = part.order.public_id
    for text in (order, part.public_id, part.public_id.upper(), f"https://rebond.example/bureau/commandes/{order}/"):
        found = resolve(text, seller)
        assert (found.kind, found.label, found.subject) == (ScanKind.ORDER, order, part)
        assert (found.state, "Camille" in repr(found)) == (part.get_state_display(), False)


def test_anothers_order_and_no_order_are_told_alike(part, stranger):
    other = stranger.memberships.get().organisation
    for text in (part.public_id, part.order.public_id, "abcdefghjkmn"):
        found = resolve(text, other)
        assert (found.kind, found.label, found.subject, found.state) == (ScanKind.UNKNOWN, text, None, "")


def test_other_texts_cost_no_query(seller, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert resolve("036000291452", seller).kind == ScanKind.EAN
        assert resolve("deux mots ici", seller).kind == ScanKind.UNKNOWN


@pytest.mark.parametrize(("wanted", "next_scan"), [("thing", "an object"), ("place", "a place"), ("bin", "a place")])
def test_the_words_fit_the_present_task(part, seller, wanted, next_scan):
    from django.utils import translation

    with translation.override("en"):
        said = words_for(resolve(part.public_id, seller), wanted=wanted)
    assert said == f"This is order {part.order.public_id} (To prepare). Scan {next_scan}."
