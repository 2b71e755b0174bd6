from pathlib import Path

import allauth
import pytest
from django.conf import settings
from django.template.loader import get_template

from rebond.journal.mailtext import render_mail

pytestmark = pytest.mark.unit
THEIRS = Path(allauth.__file__).parent / "templates"
# Ways in that are off (settings), and frames that ours replace.
UNREACHED = {
    "account/confirm_email_verification_code.html",
    "account/confirm_password_reset_code.html",
    "account/confirm_phone_verification_code.html",
    "account/phone_change.html",
    "account/signup_by_passkey.html",
    "account/email/password_reset_code_message.txt",
    "account/email/password_reset_code_subject.txt",
    "account/messages/phone_verification_sent.txt",
    "account/messages/phone_verified.txt",
    "account/snippets/already_logged_in.html",
    "account/snippets/warn_no_email.html",
    "mfa/trust.html",
    "mfa/webauthn/signup_form.html",
    "mfa/webauthn/snippets/login_script.html",
    "mfa/webauthn/snippets/scripts.html",
}


def names(pattern):
    found = sorted(p.relative_to(THEIRS).as_posix() for p in THEIRS.rglob(pattern))
    rooms = ("account/", "mfa/", "usersessions/")
    return [n for n in found if n.startswith(rooms) and "/base" not in n and n not in UNREACHED]


@pytest.mark.parametrize("name", [*names("*.html"), *names("*.txt")])
def test_every_page_mail_and_message_of_allauth_is_ours(name):
    origin = Path(get_template(name).origin.name)

    assert origin.is_relative_to(settings.BASE_DIR / "rebond"), origin


@pytest.mark.parametrize(
    "name", sorted({n.removesuffix("_message.txt") for n in names("*_message.txt") if "/email/" in n})
)
def test_every_mail_is_written_in_two_forms(name):
    words = {
        "email": "lea@example.org",
        "code": "ABC123",
        "activate_url": "https://x.example/a",
        "password_reset_url": "https://x.example/b",
        "signup_url": "https://x.example/c",
        "from_email": "a@example.org",
        "to_email": "b@example.org",
        "deleted_email": "c@example.org",
        "ip": "127.0.0.1",
        "user_agent": "Firefox/130.0 Linux",
        "timestamp": None,
        "user": None,
    }

    text, html = render_mail(f"{name}_message", words, subject="Objet")

    assert text.startswith("Hello,\n\n")
    assert "The Rebond team" in text
    assert "<h1>Objet</h1>" in html
