import datetime
import re

import pytest
from django.utils import timezone

from rebond.journal.models import OutgoingMail, SuppressedAddress
from rebond.shop.actions.alert import create_alert, delete_alert, stop_alert
from rebond.shop.actions.matching import forget_old_hits, match_alerts, send_alert, send_alerts
from rebond.shop.enums import AlertState
from rebond.shop.models import Alert, AlertHit
from rebond.shop.queries.alerts import params_of, token_of
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
NOW = timezone.now()


def soon(minutes):
    return NOW + datetime.timedelta(minutes=minutes)


def path_in(mail, name):
    return re.search(rf"http://testserver(/alertes/\S+/{name}/)", mail.text).group(1)


@pytest.fixture
def lamp_alert(index):
    user = UserFactory(email="camille@example.org")
    return create_alert(email=user.email, by=user, params=params_of([["q", "lampe"]]), frequency="at_once", now=NOW)


def test_a_guest_confirms_by_mail_before_anything_is_sent(client, index, chairs):
    page = client.get("/alertes/nouvelle/?q=lampe&etat=bon-etat")
    assert "«\u00a0lampe\u00a0», Bon état" in page.content.decode()

    answer = client.post(
        "/alertes/nouvelle/?q=lampe&etat=bon-etat", {"email": "Lea@Example.org", "frequency": "daily"}, headers=HERE
    )

    assert (answer.status_code, answer.url) == (302, "/alertes/presque/")
    alert = Alert.objects.get()
    assert (alert.email, alert.state, alert.user) == ("lea@example.org", "pending", None)
    assert alert.query == [["q", "lampe"], ["etat", "bon-etat"]]
    path = path_in(OutgoingMail.objects.get(), "confirmation")
    client.get(path)
    alert.refresh_from_db()
    assert alert.state == AlertState.PENDING  # a mail scanner's GET confirms nothing
    for _ in range(2):
        client.post(path)
    alert.refresh_from_db()
    assert alert.state == AlertState.ACTIVE


def test_asking_again_tells_nothing_and_floods_nobody(client, index):
    for _ in range(8):
        answer = client.post("/alertes/nouvelle/?q=x", {"email": "a@example.org", "frequency": "daily"}, headers=HERE)
        assert answer.url == "/alertes/presque/"

    assert Alert.objects.count() == 1
    assert OutgoingMail.objects.filter(to="a@example.org").count() == 5


def test_a_bad_address_comes_back_with_what_was_typed(client, index):
    answer = client.post("/alertes/nouvelle/?q=x", {"email": "pas une adresse", "frequency": "daily"}, headers=HERE)

    assert answer.status_code == 422
    assert "pas une adresse" in answer.content.decode()
    assert Alert.objects.count() == 0


def test_another_site_makes_no_alert(client, index):
    answer = client.post("/alertes/nouvelle/?q=x", {"email": "a@example.org", "frequency": "daily"})

    assert answer.status_code == 403
    assert Alert.objects.count() == 0


def test_a_signed_in_person_s_alert_is_on_at_once(as_user, index):
    user = UserFactory(email="camille@example.org")

    as_user(user).post("/alertes/nouvelle/?q=lampe", {"frequency": "daily"}, headers=HERE)

    alert = Alert.objects.get()
    assert (alert.user, alert.email, alert.state) == (user, "camille@example.org", "active")
    assert OutgoingMail.objects.count() == 0


def test_what_arrives_is_told_once(lamp_alert, chairs, index):
    ItemFactory(on_sale=True, category=chairs, title="Lampe d’avant", published_at=soon(-60))
    lamp = ItemFactory(on_sale=True, category=chairs, title="Lampe rouge", published_at=soon(5), price_cents=1250)
    ItemFactory(on_sale=True, category=chairs, title="Chaise", published_at=soon(5))

    assert match_alerts(now=soon(10)) == 1
    assert match_alerts(now=soon(11)) == 0
    assert send_alerts(now=soon(12)) == 1
    assert send_alerts(now=soon(13)) == 0

    mail = OutgoingMail.objects.get()
    assert mail.to == "camille@example.org"
    assert "Lampe rouge, 12,50\u00a0€" in mail.text
    assert f"-{lamp.code.lower()}/" in mail.text
    assert "Lampe d’avant" not in mail.text
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.headers["List-Unsubscribe"] == f"<http://testserver{path_in(mail, 'arret')}>"


def test_many_alerts_of_one_query_cost_one_search(index, chairs, django_assert_num_queries):
    params = params_of([["q", "lampe"]])
    for n in range(5):
        user = UserFactory(email=f"p{n}@example.org")
        create_alert(email=user.email, by=user, params=params, now=NOW)
    ItemFactory(on_sale=True, category=chairs, title="Lampe", published_at=soon(1))
    index.queries.clear()

    assert match_alerts(now=soon(2)) == 5

    assert len(index.queries) == 1


def test_a_great_arrival_is_told_whole_in_one_mail(lamp_alert, chairs, index):
    for n in range(50):
        ItemFactory(on_sale=True, category=chairs, title=f"Lampe {n}", published_at=soon(1))

    assert match_alerts(now=soon(2)) == 50
    assert send_alerts(now=soon(3)) == 1
    assert send_alerts(now=soon(4)) == 0

    mail = OutgoingMail.objects.get()
    assert "50" in mail.subject
    assert "44" in mail.text  # six are shown, the others counted


def test_what_was_sold_meanwhile_is_not_told(lamp_alert, chairs, index):
    lamp = ItemFactory(on_sale=True, category=chairs, title="Lampe", published_at=soon(5))
    match_alerts(now=soon(10))
    type(lamp).objects.filter(pk=lamp.pk).update(state="sold", reserved=1)

    assert send_alerts(now=soon(11)) == 0
    assert OutgoingMail.objects.count() == 0
    assert AlertHit.objects.filter(sent_at__isnull=True).count() == 0


def test_daily_waits_a_day(lamp_alert, chairs, index):
    Alert.objects.update(frequency="daily")
    for minutes in (5, 30):
        ItemFactory(on_sale=True, category=chairs, title="Lampe", published_at=soon(minutes))
        match_alerts(now=soon(minutes + 1))
        send_alerts(now=soon(minutes + 2))

    assert OutgoingMail.objects.count() == 1
    send_alerts(now=soon(24 * 60 + 10))
    assert OutgoingMail.objects.count() == 2


def test_what_was_stopped_while_mails_were_written_stays_stopped(lamp_alert, chairs, index):
    index.ids = [ItemFactory(on_sale=True, category=chairs, published_at=soon(5)).pk]
    match_alerts(now=soon(6))
    listed = Alert.objects.get()
    stop_alert(alert=lamp_alert)

    assert send_alert(alert=listed, now=soon(7)) is False

    listed.refresh_from_db()
    assert (listed.state, OutgoingMail.objects.filter(kind="shop.alert").count()) == (AlertState.PAUSED, 0)
    delete_alert(alert=lamp_alert, by=None)
    assert send_alert(alert=listed, now=soon(8)) is False


def test_a_stranger_who_types_an_address_changes_nothing_of_its_alert(client, lamp_alert, index):
    sent = {"email": lamp_alert.email, "frequency": "daily"}
    client.post("/alertes/nouvelle/?q=lampe", sent, headers=HERE)
    lamp_alert.refresh_from_db()
    assert (lamp_alert.frequency, lamp_alert.state) == ("at_once", AlertState.ACTIVE)

    stop_alert(alert=lamp_alert)
    client.post("/alertes/nouvelle/?q=lampe", sent, headers=HERE)
    forget_old_hits(now=soon(60 * 24 * 30))
    lamp_alert.refresh_from_db()
    assert lamp_alert.state == AlertState.PENDING  # asked again by mail; kept, whoever typed it


def test_objects_like_one(index, chairs):
    user = UserFactory(email="camille@example.org")
    sold = ItemFactory(sold=True, category=chairs, title="Fauteuil")
    create_alert(email=user.email, by=user, item=sold, now=NOW)
    ItemFactory(on_sale=True, category=chairs, title="Fauteuil proche", published_at=soon(5))

    assert match_alerts(now=soon(6)) == 1


def test_a_guest_is_told_at_once_that_the_address_refuses_our_mails(client, index):
    SuppressedAddress.objects.create(email="loin@example.org", reason="bounce")
    url = "/alertes/nouvelle/?q=lampe"
    answer = client.post(url, {"email": "Loin@example.org", "frequency": "daily"}, headers=HERE)
    assert (answer.status_code, Alert.objects.count(), OutgoingMail.objects.count()) == (422, 0, 0)
    assert "nous reviennent" in answer.text
    near = client.post(url, {"email": "pres@example.org", "frequency": "daily"}, headers=HERE)
    assert (near.status_code, OutgoingMail.objects.get().to) == (302, "pres@example.org")


def test_an_address_that_refuses_mail_is_paused(lamp_alert, chairs, index):
    SuppressedAddress.objects.create(email=lamp_alert.email, reason="550")
    ItemFactory(on_sale=True, category=chairs, title="Lampe", published_at=soon(5))
    match_alerts(now=soon(6))

    send_alerts(now=soon(7))

    lamp_alert.refresh_from_db()
    assert lamp_alert.state == AlertState.BOUNCED


def test_index_away_loses_nothing(lamp_alert, chairs, index):
    ItemFactory(on_sale=True, category=chairs, title="Lampe", published_at=soon(5))
    index.is_away = True
    assert match_alerts(now=soon(6)) == 0

    index.is_away = False
    assert match_alerts(now=soon(60)) == 1


def test_one_click_stops_without_cookie_nor_origin(client, lamp_alert):
    path = f"/alertes/{lamp_alert.public_id}/{token_of(lamp_alert)}/arret/"

    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    lamp_alert.refresh_from_db()
    assert lamp_alert.state == AlertState.PAUSED
    assert client.post(path).status_code == 200
    assert client.post(f"/alertes/{lamp_alert.public_id}/faux/arret/").status_code == 404
    assert client.get(f"/alertes/inconnue/{token_of(lamp_alert)}/arret/").status_code == 404


def test_only_the_owner_changes_an_alert(as_user, client, lamp_alert, stranger):
    path = f"/alertes/{lamp_alert.public_id}/suppression/"

    assert as_user(stranger).post(path, headers=HERE).status_code == 404
    assert client.post(path, headers=HERE).status_code == 302  # to sign in
    assert Alert.objects.count() == 1
    owner = as_user(lamp_alert.user)
    assert owner.get(path).status_code == 405
    assert owner.post(path).status_code == 403
    owner.post(f"/alertes/{lamp_alert.public_id}/arret/", headers=HERE)
    lamp_alert.refresh_from_db()
    assert lamp_alert.state == AlertState.PAUSED
    owner.post(f"/alertes/{lamp_alert.public_id}/reprise/", headers=HERE)
    lamp_alert.refresh_from_db()
    assert lamp_alert.state == AlertState.ACTIVE
    assert owner.post(f"/alertes/{lamp_alert.public_id}/rien/", headers=HERE).status_code == 404
    owner.post(path, headers=HERE)
    assert Alert.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_alerts_page_asks_the_same_whatever_the_number(as_user, index, count, django_assert_num_queries):
    user = UserFactory(email="c@example.org")
    for n in range(count):
        create_alert(email=user.email, by=user, params=params_of([["q", f"mot{n}"]]))
    client = as_user(user)
    client.get("/alertes/")

    with django_assert_num_queries(4):  # session, user, refusal, alerts
        page = client.get("/alertes/").content.decode()

    assert page.count("«\u00a0mot") >= count


def test_alerts_never_confirmed_are_forgotten(index):
    create_alert(email="x@example.org", by=None, params=params_of([["q", "a"]]), now=NOW - datetime.timedelta(days=8))
    create_alert(email="y@example.org", by=None, params=params_of([["q", "a"]]), now=NOW)

    forget_old_hits(now=NOW)

    assert [a.email for a in Alert.objects.all()] == ["y@example.org"]


def test_a_search_sorted_another_way_is_the_same_alert(client, index):
    page = client.get("/recherche/?q=lampe&tri=prix-croissant")
    assert "/alertes/nouvelle/?q=lampe&quot;" in page.text or '/alertes/nouvelle/?q=lampe"' in page.text

    for query in ("q=lampe", "q=lampe&tri=prix-croissant"):
        sent = {"email": "lea@example.org", "frequency": "daily"}
        assert client.post(f"/alertes/nouvelle/?{query}", sent, headers=HERE).status_code == 302

    assert Alert.objects.get().query == [["q", "lampe"]]


def test_alert_form_keeps_what_was_typed(client, index):
    assert 'data-rebond-keep="alert"' in client.get("/alertes/nouvelle/?q=lampe").text
