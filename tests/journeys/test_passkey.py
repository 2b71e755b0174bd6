import pytest

from rebond.accounts.actions.user import create_user

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def virtual_key(page):
    """Chromium's own test device: it makes keys and agrees to use them, as a finger would."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_passkey_is_added_then_opens_the_door(desk):
    create_user(email="lea@example.org", password="un mot de passe long", name="Léa Petit", is_verified=True)
    virtual_key(desk)
    desk.goto("/connexion/?next=/compte/securite/cles/ajouter/")
    desk.get_by_label("Adresse mail").fill("lea@example.org")
    desk.get_by_label("Mot de passe", exact=True).fill("un mot de passe long")
    desk.get_by_role("button", name="Entrer avec le mot de passe").click()
    desk.get_by_label("Mot de passe", exact=True).fill("un mot de passe long")
    desk.get_by_role("button", name="C’est bien moi").click()

    desk.get_by_label("Nom de cette clé").fill("Mon téléphone")
    desk.get_by_role("button", name="Faire la clé").click()
    desk.get_by_role("heading", name="Codes de secours").wait_for()
    desk.goto("/compte/appareils/")
    desk.get_by_role("button", name="Tout déconnecter, ici aussi").click()
    desk.get_by_role("heading", name="Entrer").wait_for()

    desk.goto("/connexion/?next=/compte/securite/")
    desk.get_by_role("button", name="Entrer avec ma clé d’accès").click()

    desk.get_by_role("heading", name="Connexion et sécurité").wait_for()
    assert desk.get_by_role("link", name="Renommer Mon téléphone").count() == 1
    assert desk.wrong == []
