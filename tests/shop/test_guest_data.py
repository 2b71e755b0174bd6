"""A guest reads, takes along and erases their data by a link that comes by mail; nobody learns whose address is known."""

import datetime
import io
import json
import re
import zipfile

import pytest
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup
from django.utils import timezone

from rebond.core.models import Job
from rebond.journal.models import Entry, OutgoingMail, StoredFile
from rebond.shop.actions.guest_data import erase_guest, send_data_link
from rebond.shop.actions.personal_export import make_export
from rebond.shop.errors import ErasureStoppedError
from rebond.shop.models import Alert, Order, OrderLine, SellerOrder
from rebond.shop.queries.guest_data import LINK_KEPT, find_guest, guest_path
from rebond.shop.queries.person import Person
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
ASK = "/mes-donnees/sans-compte/"
GUEST = Person(email="lea@example.org")


@pytest.fixture
def order(seller, chairs, index):
    """Of a guest, received a month ago."""
    made = paid_order(
        ItemFactory(seller=seller, category=chairs, on_sale=True, title="Chaise"), email="Lea@example.org"
    )
    day = timezone.now() - datetime.timedelta(days=30)
    made.parts.update(state="delivered", shipped_at=day, delivered_at=day)
    OutgoingMail.objects.all().delete()
    return made


def text(response):
    return BeautifulSoup(response.content, "html.parser").main.get_text(" ", strip=True)


def link(mail):
    return re.search(r"https?://[^/]+(/mes-donnees/sans-compte/\S+)", mail.text)[1]


def test_the_page_answers_the_same_whoever_is_known_and_the_mail_says_the_rest(client, order):
    UserFactory(email="compte@example.org")
    EmailAddress.objects.create(
        user=UserFactory(email="c@example.org"), email="compte@example.org", verified=True, primary=True
    )
    said = set()
    for email in ("lea@example.org", "compte@example.org", "inconnue@example.org"):
        answer = client.post(ASK, {"email": email}, headers=HERE, follow=True)
        said.add(text(answer).replace(email, ""))
    assert len(said) == 1
    mails = {mail.to: mail for mail in OutgoingMail.objects.filter(kind="shop.guest_data")}
    assert len(mails) == 3
    assert {mail.is_secret for mail in mails.values()} == {True}
    assert text(client.get(link(mails["lea@example.org"]))).startswith("Mes données")
    assert "lea@example.org" not in link(mails["lea@example.org"])
    assert "sans-compte" not in mails["compte@example.org"].text
    assert "/mes-donnees/" in mails["compte@example.org"].text
    assert "http" not in mails["inconnue@example.org"].text


def test_three_mails_a_day_and_no_link_in_a_fourth(order):
    assert [send_data_link(email="LEA@example.org ") for _n in range(4)] == [True, True, True, False]
    assert OutgoingMail.objects.filter(kind="shop.guest_data").count() == 3


def test_a_wrong_address_is_typed_again(client, db):
    answer = client.post(ASK, {"email": "lea"}, headers=HERE)
    assert (answer.status_code, 'value="lea"' in answer.content.decode()) == (422, True)
    assert client.post(ASK, {"email": "lea@example.org"}).status_code == 403  # from another site
    assert not OutgoingMail.objects.exists()


def test_asking_is_slowed_down(client, db, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"guest-data": "2/h/ip"}
    codes = [client.post(ASK, {"email": f"{n}@example.org"}, headers=HERE).status_code for n in range(3)]
    assert codes == [302, 302, 429]


def test_a_link_is_ours_young_and_of_no_account(client, order, monkeypatch):
    path = guest_path(GUEST)
    token = path.rstrip("/").rpartition("/")[2]
    assert find_guest(token) == GUEST
    for wrong in (f"{token}x", "c-" + order.public_id, order.public_id, token.replace("c-", "a-", 1)):
        assert find_guest(wrong) is None
        assert client.get(f"{ASK}{wrong}/")["Location"] == ASK
        assert client.post(f"{ASK}{wrong}/effacement/", {"is_sure": "on"}, headers=HERE)["Location"] == ASK
    with monkeypatch.context() as later:
        at = timezone.now() + LINK_KEPT + datetime.timedelta(minutes=1)
        later.setattr("django.core.signing.time.time", at.timestamp)
        assert find_guest(token) is None
    EmailAddress.objects.create(user=UserFactory(email="z@example.org"), email="Lea@example.org", verified=True)
    assert find_guest(token) is None  # an account has it now, behind its password
    order.refresh_from_db()
    assert order.email == "Lea@example.org"


def test_the_file_holds_what_is_of_the_address_and_of_no_account(client, order, seller, chairs):
    someone = UserFactory(email="autre@example.org")
    theirs = paid_order(
        ItemFactory(seller=seller, category=chairs, on_sale=True), user=someone, email="lea@example.org"
    )
    other = paid_order(ItemFactory(seller=seller, category=chairs, on_sale=True), email="b@example.org")
    for email in ("Lea@example.org", "b@example.org"):
        Alert.objects.create(email=email, digest="d", label=f"lampe de {email}")
    path = guest_path(GUEST)
    assert "Rassembler mes données" in text(client.get(path))
    for _n in range(2):
        assert client.post(f"{path}demande/", headers=HERE)["Location"].startswith(ASK)
    job = Job.objects.get()
    assert "lea" not in job.owner_id
    assert "progressbar" in client.get(path).content.decode()
    make_export(job_id=job.pk)
    mail = OutgoingMail.objects.get(kind="shop.person")
    assert (mail.to, mail.is_secret) == ("lea@example.org", True)
    answer = client.get(f"{link(mail)}fichier/")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        data = json.loads(archive.read("donnees.json"))
        whole = archive.read("lisez-moi.html").decode() + json.dumps(data)
    assert [row["order"] for row in data["orders"]] == [order.public_id]
    assert [row["email"] for row in data["alerts"]] == ["Lea@example.org"]
    assert not {"account", "basket", "favourites", "journal"} & set(data)
    for stranger in (theirs.public_id, other.public_id, "b@example.org"):
        assert stranger not in whole


def test_signs_that_nobody_sees_break_no_file(client, order):
    Order.objects.filter(pk=order.pk).update(name="Lé\x01a\x0b", address="1 rue\x02 Neuve")
    OrderLine.objects.update(title="Chaise\x01")
    make_export(job_id=ask(client).pk)
    answer = client.get(f"{link(OutgoingMail.objects.get(kind='shop.person'))}fichier/")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        (kept,) = json.loads(archive.read("donnees.json"))["orders"]
        papers = [archive.read(name) for name in archive.namelist() if name.endswith(".pdf")]
    assert (kept["order"], [paper[:5] for paper in papers]) == (order.public_id, [b"%PDF-"] * len(papers))


def test_erasing_has_the_limits_of_an_account(client, order, seller, chairs):
    other = paid_order(ItemFactory(seller=seller, category=chairs, on_sale=True), email="b@example.org")
    for email in ("lea@example.org", "b@example.org"):
        Alert.objects.create(email=email, digest="d", label="lampe")
    make_export(job_id=ask(client).pk)
    path = f"{guest_path(GUEST)}effacement/"
    assert "10\u00a0ans" in text(client.get(path))
    assert client.post(path, headers=HERE).status_code == 422
    assert client.post(path, {"is_sure": "on"}).status_code == 403
    SellerOrder.objects.filter(order=order).update(state="shipped")
    assert order.public_id in text(client.get(path))
    assert client.post(path, {"is_sure": "on"}, headers=HERE)["Location"] == path
    with pytest.raises(ErasureStoppedError):
        erase_guest(person=GUEST)
    order.refresh_from_db()
    assert order.email == "Lea@example.org"

    SellerOrder.objects.filter(order=order).update(state="delivered")
    assert client.post(path, {"is_sure": "on"}, headers=HERE)["Location"] == "/"

    order.refresh_from_db()
    assert (order.name, order.email, order.total_cents > 0, order.erased_at is not None) == ("", "", True, True)
    assert list(Alert.objects.values_list("email", flat=True)) == ["b@example.org"]
    assert Order.objects.get(pk=other.pk).email == "b@example.org"
    assert not OutgoingMail.objects.filter(to__iexact="lea@example.org").exists()
    assert (StoredFile.objects.exists(), Job.objects.exists()) == (False, False)
    assert Entry.objects.filter(action="shop.guest.erased", subject_id=order.public_id).count() == 1
    assert client.get(path)["Location"] == ASK  # the link names nobody any more


def ask(client):
    client.post(f"{guest_path(GUEST)}demande/", headers=HERE)
    return Job.objects.get()


def test_a_file_made_while_the_guest_was_erased_is_kept_nowhere(client, order, monkeypatch):
    job = ask(client)
    monkeypatch.setattr(
        "rebond.shop.actions.personal_export._write_files", lambda archive, person: erase_guest(person=person)
    )
    make_export(job_id=job.pk)
    assert not StoredFile.objects.exists()
    assert not OutgoingMail.objects.filter(to__iexact="lea@example.org").exists()


def test_a_wrong_link_counts_as_a_guess(client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"wrong-link": "2/h/ip"}
    answers = [client.get(f"{ASK}{name}/").status_code for name in ("a", "b", "c")]
    assert answers == [302, 302, 429]
    assert client.get(guest_path(GUEST), REMOTE_ADDR="192.0.2.7").status_code == 200
