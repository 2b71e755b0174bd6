"""The address of an account's alerts: it refuses mail, it works again, it is another one."""

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.urls import reverse
from django.utils import timezone

from rebond.journal.actions.mail import mark_bounced
from rebond.journal.models import Entry, OutgoingMail, SuppressedAddress
from rebond.shop.actions.alert import create_alert
from rebond.shop.actions.alert_address import follow_address, retry_address
from rebond.shop.enums import AlertState
from rebond.shop.models import Alert
from rebond.shop.queries.alerts import params_of
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
LAMP = [["q", "lampe"]]


@pytest.fixture
def camille():
    user = UserFactory(email="camille@example.org")
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


@pytest.fixture
def alert(camille, index):
    return create_alert(email=camille.email, by=camille, params=params_of(LAMP), frequency="at_once")


def bounce(to):
    mail = OutgoingMail.objects.create(kind="shop.alert", to=to, subject="Lampe", text="Une lampe")
    mark_bounced(mail=mail, reason="5.1.1 no such user")


def test_the_page_says_at_once_that_mails_come_back_and_what_to_do(as_user, camille, alert):
    before = as_user(camille).get(reverse("shop:alerts")).text
    bounce(camille.email)
    after = as_user(camille).get(reverse("shop:alerts")).text

    assert "reviennent" not in before
    assert "Nos mails à camille@example.org reviennent" in after
    assert "l’adresse refuse nos mails" in after
    assert f'href="{reverse("account_email")}"' in after
    assert reverse("shop:alert-change", args=[alert.public_id, "reprise"]) not in after


def test_the_owner_has_the_address_tried_again(as_user, camille, alert):
    bounce(camille.email)
    Alert.objects.update(state=AlertState.BOUNCED)

    answer = as_user(camille).post(reverse("shop:alert-retry"), headers=HERE, follow=True)

    alert.refresh_from_db()
    assert alert.state == AlertState.ACTIVE
    assert not SuppressedAddress.objects.exists()
    assert "Nous écrivons de nouveau à camille@example.org" in answer.text
    assert Entry.objects.filter(action="journal.address.trusted").count() == 1
    assert retry_address(user=camille) is False


def test_another_s_address_and_alerts_stay_as_they_are(as_user, camille, alert):
    bounce(camille.email)
    Alert.objects.update(state=AlertState.BOUNCED)

    as_user(UserFactory(email="lea@example.org")).post(reverse("shop:alert-retry"), headers=HERE)
    as_user(None).post(reverse("shop:alert-retry"), headers=HERE)

    alert.refresh_from_db()
    assert alert.state == AlertState.BOUNCED
    assert SuppressedAddress.objects.count() == 1
    assert as_user(camille).get(reverse("shop:alert-retry")).status_code == 405


def test_alerts_follow_the_confirmed_address_and_wake(as_user, camille, alert):
    bounce(camille.email)
    Alert.objects.update(state=AlertState.BOUNCED)
    browser = as_user(camille)
    new = EmailAddress.objects.create(user=camille, email="camille@exemple.fr", verified=False, primary=False)
    alert.refresh_from_db()
    assert alert.email == "camille@example.org"  # not confirmed yet

    browser.post(reverse("account_confirm_email", args=[EmailConfirmationHMAC(new).key]))

    camille.refresh_from_db()
    alert.refresh_from_db()
    assert (camille.email, alert.email) == ("camille@exemple.fr", "camille@exemple.fr")
    assert alert.state == AlertState.ACTIVE
    assert "reviennent" not in browser.get(reverse("shop:alerts")).text


def test_the_account_s_alert_stays_where_a_guest_s_one_was(camille, alert, index):
    create_alert(email="camille@exemple.fr", by=None, params=params_of(LAMP))
    other = create_alert(email="camille@exemple.fr", by=None, params=params_of([["q", "table"]]))
    camille.email = "camille@exemple.fr"
    camille.save(update_fields=["email"])

    assert follow_address(user=camille) == 1
    assert follow_address(user=camille) == 0

    kept = Alert.objects.filter(email="camille@exemple.fr").order_by("pk")
    assert list(kept.values_list("pk", flat=True)) == [alert.pk, other.pk]
    assert Entry.objects.filter(action="shop.alerts.followed").count() == 1


def test_what_the_owner_turned_off_stays_off(camille, alert):
    Alert.objects.update(state=AlertState.PAUSED)
    camille.email = "camille@exemple.fr"
    camille.save(update_fields=["email"])

    follow_address(user=camille, now=timezone.now())

    alert.refresh_from_db()
    assert (alert.email, alert.state) == ("camille@exemple.fr", AlertState.PAUSED)
