"""The demo's after-sales are made once, and whatever late parcels opened."""

import pytest
from django.utils import timezone

from rebond.front.demo.aftersales import is_made
from rebond.shop.models import Conversation
from tests.factories.catalogue import ItemFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.mark.parametrize(("reason", "made"), [("not_received", False), ("broken", True)])
def test_what_a_late_parcel_opened_is_not_the_demo_s(seller, reason, made):
    part = paid_order(ItemFactory(seller=seller, on_sale=True)).parts.get()
    Conversation.objects.create(part=part, reason=reason, language="fr", due_on=timezone.localdate())
    assert is_made() is made
