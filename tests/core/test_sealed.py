import pytest
from django.core.exceptions import FieldError
from django.db import connection

from rebond.core.sealed import SealBrokenError, seal, unseal
from rebond.network.models import TraderFile
from tests.factories.admission import make_admission

pytestmark = pytest.mark.unit


def test_seal_opens_again_and_never_looks_the_same():
    first, second = seal(b"FR76"), seal(b"FR76")
    assert first != second
    assert b"FR76" not in first
    assert unseal(first) == unseal(second) == b"FR76"


def test_a_changed_key_opens_through_its_fallback_only(settings):
    settings.SEALED_KEY = ""
    sealed = seal(b"secret")
    old = settings.SECRET_KEY
    settings.SECRET_KEY = settings.SEALED_KEY = "another key that is long enough to be a secret of a site"
    with pytest.raises(SealBrokenError):
        unseal(sealed)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(sealed) == b"secret"


@pytest.mark.django_db
def test_the_column_holds_sealed_text_only():
    admission = make_admission()
    with connection.cursor() as cursor:
        cursor.execute("SELECT iban, representative, account_holder, address FROM network_traderfile")
        row = cursor.fetchone()
    trader = TraderFile.objects.get(admission=admission)
    assert trader.iban == "FR7630006000011234567890189"
    assert all("FR76" not in text and "Sabine" not in text and text.startswith("gAAAA") for text in row)
    with trader.document.open("rb") as file:
        assert b"Sabine" not in file.read()


@pytest.mark.django_db
def test_sealed_text_cannot_be_searched():
    with pytest.raises(FieldError):
        TraderFile.objects.filter(iban="FR7630006000011234567890189").exists()
