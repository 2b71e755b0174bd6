import pytest
from django.db import IntegrityError, transaction

from rebond.accounts.actions.user import change_profile, create_user, end_all_sessions
from rebond.accounts.models import User
from rebond.journal.models import Entry
from rebond.journal.sentences import sentence

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def test_user_is_created_with_a_verified_address():
    user = create_user(email="Lea@Example.org", name="Léa", is_verified=True)

    address = user.emailaddress_set.get()
    assert (address.email, address.verified, address.primary) == ("lea@example.org", True, True)
    assert user.has_usable_password() is False
    with pytest.raises(IntegrityError), transaction.atomic():
        create_user(email="LEA@example.org")
    assert User.objects.count() == 1


def test_unknown_language_is_refused_and_nothing_changes():
    user = create_user(email="lea@example.org", name="Léa")
    before = user.language

    with pytest.raises(ValueError, match="xx"):
        change_profile(user=user, name="Zoé", language="xx", by=user)

    user.refresh_from_db()
    assert (user.name, user.language) == ("Léa", before)


def test_seal_of_sessions_breaks_and_the_password_stays():
    user = create_user(email="lea@example.org", password="un mot de passe long")
    seal = user.get_session_auth_hash()

    end_all_sessions(user=user, by=user)

    assert user.get_session_auth_hash() != seal
    assert user.check_password("un mot de passe long")
    assert sentence(Entry.objects.get(action="accounts.sessions.ended")) == "lea signed lea out everywhere"
