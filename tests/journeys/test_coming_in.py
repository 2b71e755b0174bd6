"""The door with a second step, and the way back when the phone is lost."""

import pytest
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time

from rebond.accounts.actions.user import create_user
from tests.journeys.steps import PASSWORD, Door, ErrorSummary

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_code_is_asked_and_a_recovery_code_opens(phone, sound):
    create_user(email="lea@example.org", password=PASSWORD, name="Léa Petit", is_verified=True)
    phone.goto("/connexion/?next=/compte/securite/")
    sound(phone)
    Door(phone).sign_in("lea@example.org", "un autre mot de passe")
    ErrorSummary(phone).wait()
    sound(phone)
    Door(phone).sign_in("lea@example.org")
    phone.get_by_role("heading", name="Connexion et sécurité").wait_for()
    sound(phone)
    phone.get_by_role("link", name="Mettre en place l’application").click()
    phone.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    sound(phone)
    phone.get_by_role("button", name="C’est bien moi").click()
    phone.get_by_label("Code de l’application").fill("000000")
    phone.get_by_role("button", name="Demander un code à partir de maintenant").click()
    ErrorSummary(phone).wait()
    sound(phone)
    secret = phone.locator(".code--wrap").inner_text()
    phone.get_by_label("Code de l’application").fill(f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06}")
    phone.get_by_role("button", name="Demander un code à partir de maintenant").click()
    phone.get_by_role("heading", name="Codes de secours").wait_for()
    sound(phone)
    codes = phone.locator(".codes").get_by_role("listitem").all_inner_texts()
    assert len(codes) == 10

    phone.context.clear_cookies()
    phone.goto("/connexion/?next=/compte/securite/")
    Door(phone).sign_in("lea@example.org")
    phone.get_by_role("heading", name="La deuxième étape").wait_for()
    sound(phone)
    phone.get_by_label("Code").fill(codes[0])
    phone.get_by_role("button", name="Entrer", exact=True).click()
    phone.get_by_role("heading", name="Connexion et sécurité").wait_for()
    phone.get_by_role("link", name="Voir mes codes").click()
    phone.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="C’est bien moi").click()
    phone.get_by_text("9 codes restants sur 10").wait_for()
