"""Public forms that write mail or rows are slowed down per network address."""

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

from rebond.config import settings as real
from rebond.core.table_cache import TableCache
from rebond.core.throttle import address_key, purge_expired, throttled
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


@pytest.fixture
def database_cache():
    """The cache of the real settings, in a table of its own: the tests' own is in memory."""
    call_command("createcachetable", "kept_counters", verbosity=0)
    configured = {name: value for name, value in real.CACHES["default"].items() if name not in {"BACKEND", "LOCATION"}}
    return TableCache("kept_counters", configured)


def test_a_counter_survives_five_hundred_others(database_cache):
    database_cache.set("zz-attempts", [1, 2, 3], 600)  # the last by key: culling takes the first ones
    database_cache.set("aa-attempts", [1, 2, 3], 600)
    for n in range(500):
        database_cache.set(f"other-{n}", [n], 600)

    assert database_cache.get("aa-attempts") == [1, 2, 3]
    assert database_cache.get("zz-attempts") == [1, 2, 3]


def test_expired_counters_are_purged(database_cache):
    database_cache.set("old", 1, -60)
    database_cache.set("live", 1, 60)
    database_cache.set("for-ever", 1, None)

    assert purge_expired(database_cache) == 1

    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM kept_counters")
        assert cursor.fetchone() == (2,)
    assert database_cache.get("for-ever") == 1


def test_a_cache_in_memory_needs_no_purge():
    assert purge_expired(caches["local"]) == 0


def test_a_line_of_ipv6_is_one_address_and_two_lines_are_two(rf):
    def key(ip):
        return address_key(rf.get("/", REMOTE_ADDR=ip))

    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff::9")
    assert key("2001:db8:1:2::1") != key("2001:db8:1:3::1")
    assert key("192.0.2.1") != key("192.0.2.2")
