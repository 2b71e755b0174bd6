"""Public forms that write mail or rows are slowed down per network address."""

import pytest

from rebond.core.throttle import throttled
from rebond.journal.models import OutgoingMail
from rebond.network.actions.admission import start_admission
from rebond.network.models import Admission
from rebond.shop.actions.notice import PER_DAY, create_notice
from rebond.shop.models import Alert, Notice
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
NOTICE = {"reason": "dangerous", "name": "Léa", "email": "lea@example.org", "is_good_faith": "on"}


@pytest.fixture(autouse=True)
def two_an_hour(settings):
    settings.ACCOUNT_RATE_LIMITS = dict.fromkeys(settings.ACCOUNT_RATE_LIMITS, "2/h/ip")


def test_notices_are_slowed_down_but_the_form_stays_readable(client, seller):
    item = ItemFactory(on_sale=True, seller=seller)
    path = f"/objet/{item.code.lower()}/signalement/"
    for n in range(2):
        sent = NOTICE | {"explanation": f"Le casque numéro {n} est fendu."}
        assert client.post(path, sent, headers=HERE).status_code == 302

    refused = client.post(path, NOTICE | {"explanation": "Le casque est encore fendu."}, headers=HERE)

    assert refused.status_code == 429
    assert "Trop d’essais" in refused.text
    assert Notice.objects.count() == 2
    assert client.get(path).status_code == 200
    other = NOTICE | {"explanation": "Vu d’une autre adresse."}
    assert client.post(path, other, headers=HERE, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_alerts_and_applications_are_slowed_down(client):
    for n, status in enumerate((302, 302, 429)):
        alert = {"email": f"a{n}@example.org", "frequency": "daily"}
        assert client.post("/alertes/nouvelle/?q=lampe", alert, headers=HERE).status_code == status
        application = {"name": "Cimes", "email": f"a{n}@example.org"}
        assert client.post("/vendre/", application).status_code == status
    assert (Alert.objects.count(), Admission.objects.count()) == (2, 2)


def test_a_rate_that_is_not_set_is_refused_at_import():
    with pytest.raises(KeyError):
        throttled("dance")


def test_an_address_typed_by_somebody_else_is_not_flooded(seller):
    item = ItemFactory(on_sale=True, seller=seller)
    for n in range(PER_DAY + 1):
        create_notice(item=item, reason="other", explanation=f"Texte numéro {n}", name="X", email="lea@example.org")
        start_admission(name="Cimes", email="lea@example.org")
    kinds = OutgoingMail.objects.values_list("kind", flat=True)
    assert Notice.objects.count() == PER_DAY + 1
    assert sorted(kinds) == ["network.admission.started"] * 5 + ["shop.notice.received"] * PER_DAY
