import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from rebond.accounts.actions.user import create_user
from rebond.accounts.models import User
from rebond.journal.models import Entry, OutgoingMail
from rebond.network.actions.membership import cancel_invitation, invite_member

pytestmark = [pytest.mark.page, pytest.mark.django_db]
PASSWORD = "un mot de passe long"


@pytest.fixture
def lea(db):
    return create_user(email="lea@example.org", password=PASSWORD, name="Léa Petit", is_verified=True)


@pytest.fixture
def signed(lea):
    client = Client()
    answer = client.post("/compte/connexion/", {"login": "lea@example.org", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/entree/")
    return client


@pytest.fixture
def sure(signed):
    """Signed in, and asked once more who it is."""
    assert signed.get("/compte/securite/application/")["Location"].startswith("/compte/verifier/")
    assert signed.get("/compte/verifier/").status_code == 200
    assert signed.post("/compte/verifier/", {"password": "non"}).status_code == 422
    assert signed.post("/compte/verifier/", {"password": PASSWORD}).status_code == 302
    return signed


def link_of(mail):
    return re.search(r"http://testserver(/\S+)", mail.text)[1]


def test_sign_in_page_and_its_short_addresses(client):
    assert client.get("/connexion/?next=/bureau/")["Location"] == "/compte/connexion/?next=/bureau/"
    assert client.get("/compte/login/")["Location"] == "/compte/connexion/"
    page = client.get("/compte/connexion/?next=/bureau/").content.decode()
    assert "Entrer avec ma clé d’accès" in page
    assert '<input type="hidden" name="next" value="/bureau/">' in page
    assert "/connexion/demo/" not in page


def test_demo_door_is_there_only_in_the_demonstration(client, settings):
    settings.DEMO = True
    assert 'href="/connexion/demo/"' in client.get("/compte/connexion/").content.decode()


def test_sign_in_leads_to_the_desk_or_to_the_account(signed, owner, as_user):
    assert signed.get("/entree/")["Location"] == "/compte/"
    assert as_user(owner).get("/entree/")["Location"] == "/bureau/"


@pytest.mark.parametrize("address", ["lea@example.org", "nobody@example.org"])
def test_wrong_password_and_unknown_address_say_the_same(client, lea, address):
    answer = client.post("/compte/connexion/", {"login": address, "password": "faux mot de passe"})

    assert answer.status_code == 422
    assert "L’adresse ou le mot de passe ne va pas." in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_sign_in_is_slowed_down_after_five_failures(client, lea):
    for _ in range(5):
        client.post("/compte/connexion/", {"login": "lea@example.org", "password": "faux mot de passe"})

    answer = Client().post("/compte/connexion/", {"login": "lea@example.org", "password": PASSWORD})

    assert answer.status_code == 422
    assert "Trop d’essais." in answer.content.decode()


def test_sign_up_writes_a_mail_and_waits_for_the_address(client):
    answer = client.post(
        "/compte/inscription/", {"name": " Zoé  Marin ", "email": "Zoe@Example.org", "password1": PASSWORD}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/compte/confirmer/")
    user = User.objects.get()
    assert (user.email, user.name, user.has_usable_password()) == ("zoe@example.org", "Zoé Marin", True)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.is_secret) == (
        "account.email_confirmation_signup",
        "zoe@example.org",
        True,
    )
    assert mail.subject == "Bienvenue à Rebond\u00a0: confirmez votre adresse"
    assert client.get("/compte/confirmer/").status_code == 200
    page = client.get(link_of(mail)).content.decode()
    assert "zoe@example.org est-elle bien votre adresse" in page
    assert EmailAddress.objects.get().verified is False  # opening a link (a mail scanner does) confirms nothing
    client.post(link_of(mail))
    assert EmailAddress.objects.get().verified is True
    assert list(Entry.objects.order_by("pk").values_list("action", flat=True)) == [
        "accounts.user.signed_up",
        "accounts.email.changed",
    ]


def test_sign_up_with_a_known_address_says_nothing_but_writes_to_it(client, lea):
    answer = client.post("/compte/inscription/", {"name": "", "email": "lea@example.org", "password1": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/compte/confirmer/")
    assert User.objects.count() == 1
    assert OutgoingMail.objects.get().kind == "account.account_already_exists"


@pytest.mark.parametrize(("password", "error"), [("court", "10 caractères"), ("1234567890", "courant")])
def test_sign_up_refuses_a_weak_password(client, password, error):
    answer = client.post("/compte/inscription/", {"name": "", "email": "a@example.org", "password1": password})

    assert answer.status_code == 422
    assert error in answer.content.decode()
    assert User.objects.count() == 0


@pytest.mark.parametrize("address", ["lea@example.org", "nobody@example.org"])
def test_reset_says_the_same_for_every_address(client, lea, address):
    answer = client.post("/compte/mot-de-passe/oublie/", {"email": address})

    assert (answer.status_code, answer["Location"]) == (302, "/compte/mot-de-passe/oublie/envoye/")
    assert client.get(answer["Location"]).status_code == 200
    kinds = {"lea@example.org": "account.password_reset_key", "nobody@example.org": "account.unknown_account"}
    assert OutgoingMail.objects.get().kind == kinds[address]


def test_reset_link_changes_the_password_once_and_ends_other_sessions(client, signed, lea):
    client.post("/compte/mot-de-passe/oublie/", {"email": "lea@example.org"})
    link = link_of(OutgoingMail.objects.get())

    answer = client.get(link, follow=True)
    action = answer.request["PATH_INFO"]
    assert client.post(action, {"password1": "court"}).status_code == 422
    answer = client.post(action, {"password1": "une autre phrase longue"}, follow=True)

    assert "Votre mot de passe a changé" in answer.content.decode()
    lea.refresh_from_db()
    assert lea.check_password("une autre phrase longue")
    assert signed.get("/compte/").status_code == 302
    assert "Ce lien est trop ancien" in Client().get(link, follow=True).content.decode()


def test_code_by_mail_opens_the_door(client, lea):
    client.post("/compte/connexion/code/", {"email": "lea@example.org"})
    code = OutgoingMail.objects.get().text.split("\n\n")[2].strip()

    assert client.post("/compte/connexion/code/saisir/", {"code": "AAAAAA"}).status_code == 422
    answer = client.post("/compte/connexion/code/saisir/", {"code": code})

    assert (answer.status_code, answer["Location"]) == (302, "/entree/")


def test_secret_mail_is_forgotten_once_sent(client, lea):
    from rebond.journal.actions.mail import deliver_mail

    client.post("/compte/mot-de-passe/oublie/", {"email": "lea@example.org"})
    mail = OutgoingMail.objects.get()
    assert "/compte/mot-de-passe/nouveau/" in mail.text

    deliver_mail(mail_id=mail.pk)

    mail.refresh_from_db()
    assert (mail.state, mail.text, mail.html) == ("sent", "", "")


def test_profile_is_changed_once(signed, lea):
    assert signed.get("/compte/").status_code == 200
    for _ in range(2):
        assert signed.post("/compte/", {"name": " Léa  Martin ", "language": "en"}).status_code == 302
    answer = signed.post("/compte/", {"name": "x" * 121, "language": "xx"})

    assert answer.status_code == 422
    lea.refresh_from_db()
    assert (lea.name, lea.language) == ("Léa Martin", "en")
    assert Entry.objects.filter(action="accounts.profile.changed").count() == 1


def test_account_pages_ask_for_a_person(client):
    for path in ("/compte/", "/compte/securite/", "/compte/appareils/", "/compte/adresse/", "/compte/mot-de-passe/"):
        assert client.get(path)["Location"] == f"/compte/connexion/?next={path.replace('/', '%2F')}"


def test_every_device_is_signed_out(signed, lea):
    other = Client()
    other.post("/compte/connexion/", {"login": "lea@example.org", "password": PASSWORD})
    assert signed.get("/compte/appareils/").content.decode().count('<th scope="row">') == 2

    assert signed.get("/compte/appareils/tout-deconnecter/").status_code == 405
    assert signed.post("/compte/appareils/tout-deconnecter/")["Location"] == "/compte/connexion/"

    assert [c.get("/compte/").status_code for c in (signed, other)] == [302, 302]
    assert Entry.objects.filter(action="accounts.sessions.ended").count() == 1


def test_other_devices_are_signed_out(signed, lea):
    other = Client()
    other.post("/compte/connexion/", {"login": "lea@example.org", "password": PASSWORD})

    signed.post("/compte/appareils/")

    assert [c.get("/compte/").status_code for c in (signed, other)] == [200, 302]


def test_password_is_changed_with_the_present_one(signed, lea):
    wrong = signed.post("/compte/mot-de-passe/", {"oldpassword": "non", "password1": "une autre phrase longue"})
    assert wrong.status_code == 422
    assert "Ce n’est pas votre mot de passe actuel." in wrong.content.decode()

    signed.post("/compte/mot-de-passe/", {"oldpassword": PASSWORD, "password1": "une autre phrase longue"})

    lea.refresh_from_db()
    assert lea.check_password("une autre phrase longue")
    assert OutgoingMail.objects.get().kind == "account.password_changed"
    assert Entry.objects.filter(action="accounts.password.changed").count() == 1


def test_address_is_replaced_once_the_new_one_is_confirmed(signed, lea):
    assert signed.post("/compte/adresse/", {"action_add": "", "email": "pas une adresse"}).status_code == 422
    signed.post("/compte/adresse/", {"action_add": "", "email": "lea.petit@example.org"})
    lea.refresh_from_db()
    assert lea.email == "lea@example.org"
    assert "Attend votre confirmation" in signed.get("/compte/adresse/").content.decode()

    signed.post(link_of(OutgoingMail.objects.get(to="lea.petit@example.org")))

    lea.refresh_from_db()
    assert lea.email == "lea.petit@example.org"
    assert OutgoingMail.objects.filter(kind="account.email_changed").exists()


def test_application_code_protects_the_door_and_recovery_codes_open_it(
    signed, sure, lea, django_capture_on_commit_callbacks
):
    commits = django_capture_on_commit_callbacks
    page = signed.get("/compte/securite/application/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    assert signed.post("/compte/securite/application/", {"code": "000000"}).status_code == 422
    code = f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06}"

    with commits(execute=True):
        answer = signed.post("/compte/securite/application/", {"code": code}, follow=True)

    assert answer.request["PATH_INFO"] == "/compte/securite/codes/"
    codes = re.findall(r'<span class="code">(\w+)</span>', answer.content.decode())
    assert len(codes) == 10
    assert signed.get("/compte/securite/").status_code == 200
    assert signed.get("/compte/securite/codes/fichier/").content.decode().split() == codes
    assert signed.get("/compte/securite/codes/nouveaux/").status_code == 200
    assert signed.get("/compte/securite/application/retirer/").status_code == 200
    other = Client()
    answer = other.post("/compte/connexion/", {"login": "lea@example.org", "password": PASSWORD}, follow=True)
    assert answer.request["PATH_INFO"] == "/compte/securite/etape/"
    assert other.get("/compte/")["Location"].startswith("/compte/connexion/")
    other.post("/compte/securite/etape/", {"code": codes[0]})
    assert other.get("/compte/").status_code == 200
    actions = set(Entry.objects.values_list("action", flat=True))
    assert "accounts.key.added" in actions


def test_passkey_pages_show(signed, sure, lea):
    assert signed.get("/compte/securite/cles/ajouter/").status_code == 200
    key = Authenticator.objects.create(
        user=lea, type=Authenticator.Type.WEBAUTHN, data={"name": "Mon téléphone", "credential": {}}
    )
    for path in (
        "/compte/securite/cles/",
        "/compte/securite/",
        f"/compte/securite/cles/{key.pk}/nom/",
        f"/compte/securite/cles/{key.pk}/retirer/",
    ):
        answer = signed.get(path)
        assert answer.status_code == 200, path
    signed.post(f"/compte/securite/cles/{key.pk}/nom/", {"name": "Clé de l’atelier"})
    key.refresh_from_db()
    assert key.data["name"] == "Clé de l’atelier"
    challenge = Client().get("/compte/connexion/cle/", headers={"Accept": "application/json"}).json()
    assert set(challenge["request_options"]["publicKey"]) >= {"challenge", "rpId"}
    assert Client().post("/compte/connexion/cle/", {"credential": "{}"})["Location"] == "/compte/connexion/"


def test_key_of_somebody_else_is_not_found(signed, sure, owner):
    key = Authenticator.objects.create(user=owner, type=Authenticator.Type.WEBAUTHN, data={"name": "x"})

    assert signed.post(f"/compte/securite/cles/{key.pk}/retirer/").status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_sign_out(signed):
    assert signed.get(reverse("account_logout")).status_code == 200
    assert signed.post(reverse("account_logout"))["Location"] == "/"
    assert signed.get("/compte/").status_code == 302


def test_too_many_requests_have_a_page(client, lea):
    for _ in range(6):
        answer = client.post("/compte/mot-de-passe/oublie/", {"email": "lea@example.org"})

    assert answer.status_code == 429
    assert "Trop d’essais" in answer.content.decode()


def test_a_new_person_is_led_to_the_invitation_that_waits_for_them(signed, lea, seller, owner):
    invitation = invite_member(organisation=seller, email="Lea@example.org", role="seller", by=owner)

    assert signed.get("/entree/")["Location"] == f"/invitation/{invitation.token}/"

    cancel_invitation(invitation=invitation, by=owner)
    assert signed.get("/entree/")["Location"] == "/compte/"
