"""What the privacy page promises is deleted in time, and nothing else is."""

import datetime

import pytest
from django.utils import timezone

from rebond.accounts.actions.retention import erase_idle_accounts
from rebond.accounts.models import User
from rebond.journal.actions.retention import forget_old_mail
from rebond.journal.models import OutgoingMail
from rebond.shop.actions.retention import forget_old_traces
from rebond.shop.models import Favourite
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def ago(days):
    return timezone.now() - datetime.timedelta(days=days)


def test_mail_is_deleted_after_a_year():
    for days in (364, 366):
        OutgoingMail.objects.create(kind="x", to="a@example.org", subject=str(days), text="", created_at=ago(days))

    assert forget_old_mail() == 1
    assert [mail.subject for mail in OutgoingMail.objects.all()] == ["364"]
    assert forget_old_mail() == 0


def test_visitors_favourites_live_as_long_as_their_cookie():
    item, user = ItemFactory(on_sale=True), UserFactory()
    Favourite.objects.create(visitor="old", item=item, created_at=ago(367))
    Favourite.objects.create(visitor="new", item=item, created_at=ago(300))
    Favourite.objects.create(user=user, item=item, created_at=ago(2000))

    assert forget_old_traces() == 1
    assert sorted(f.visitor for f in Favourite.objects.all()) == ["", "new"]


def test_idle_buyer_is_erased_and_a_member_never(owner):
    User.objects.filter(pk=owner.pk).update(created_at=ago(3000), last_login=ago(2000))
    UserFactory(name="Idle", created_at=ago(3000), last_login=ago(1097))
    UserFactory(name="Never came", created_at=ago(1097))
    UserFactory(name="Came back", created_at=ago(3000), last_login=ago(1000))

    assert erase_idle_accounts() == 2
    assert sorted(u.name for u in User.objects.all()) == ["Came back", "Olivia Owner"]
