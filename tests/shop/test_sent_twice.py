"""A form that leaves twice at once: two clicks, a bad network that tries again."""

import pytest

from rebond.journal.models import OutgoingMail
from rebond.shop.actions.alert import create_alert
from rebond.shop.actions.notice import create_notice
from rebond.shop.models import Alert, Notice
from rebond.shop.queries.params import Params
from tests.catalogue.test_never_sold_twice import race
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db(transaction=True)]


def test_an_alert_asked_eight_times_at_once_is_one():
    asked = race(8, lambda: create_alert(email="lea@exemple.org", by=None, params=Params(text="lampe")))

    assert asked == 8
    assert Alert.objects.count() == 1


def test_a_notice_sent_eight_times_at_once_is_one_with_one_mail():
    item = ItemFactory(on_sale=True)
    facts = {"reason": "dangerous", "explanation": "Le fil est nu.", "name": "Léa", "email": "lea@exemple.org"}

    sent = race(8, lambda: create_notice(item=item, **facts))

    assert sent == 8
    assert Notice.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="shop.notice.received").count() == 1
