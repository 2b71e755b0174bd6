"""Agreements: what may be written, signed, ended, and who reads them."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from rebond.network.actions.agreement import (
    change_agreement,
    end_agreement,
    remove_draft,
    sign_agreement,
    write_agreement,
)
from rebond.network.errors import DatesError, NetworkError, OverlapError, StaleError, TooEarlyError, WrongStateError
from rebond.network.models import Agreement, Carriage
from rebond.network.queries.agreements import DEFAULT_SCOPES, PARTIES, TASKS, agreement_for, share_of, state_of
from rebond.network.web.agreement_forms import KINDS, PercentField
from tests.factories.network import OrganisationFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
DAY = datetime.date
START = DAY(2027, 3, 1)


def terms(operator, **changed):
    return {
        "operator": operator,
        "kind": "franchise",
        "scope": dict(DEFAULT_SCOPES["franchise"]),
        "commission_bp": 900,
        "solidarity_bp": 200,
        "monthly_fee_cents": 24000,
        "entry_fee_cents": 0,
        "shipping": {"relay_cents": 490},
        "brand": "Deux Rives",
        "starts_on": START,
        "ends_on": DAY(2030, 2, 28),
        "document_given_on": DAY(2027, 1, 10),
    } | changed


def url(name, *args):
    return reverse(f"network:{name}", args=args)


@pytest.fixture
def draft(seller, operator, coordinator):
    return write_agreement(organisation=seller, fields=terms(operator), by=coordinator)


def test_every_kind_has_a_picture_and_a_whole_scope():
    keys = {key for key, _label, _icon in TASKS}
    for kind, scope in DEFAULT_SCOPES.items():
        assert set(scope) == keys
        assert set(scope.values()) <= {key for key, _label in PARTIES}
        assert kind in KINDS
    assert set(KINDS) == set(DEFAULT_SCOPES)


@pytest.mark.parametrize(
    ("price", "commission", "solidarity", "parts"),
    [
        (2500, 900, 200, (225, 50, 2225)),
        (333, 1250, 50, (42, 2, 289)),
        (0, 900, 200, (0, 0, 0)),
        (1, 9999, 1, (1, 0, 0)),
    ],
)
def test_share_adds_up_to_the_price(price, commission, solidarity, parts):
    share = share_of(price, commission_bp=commission, solidarity_bp=solidarity)
    assert (share.commission_cents, share.solidarity_cents, share.organisation_cents) == parts
    assert sum(parts) == price


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"ends_on": DAY(2027, 1, 1)}, DatesError),
        ({"commission_bp": 9900, "solidarity_bp": 200}, NetworkError),
        ({"scope": {"photo": "seller"}}, NetworkError),
        ({"scope": dict(DEFAULT_SCOPES["brick"]) | {"photo": "nobody"}}, NetworkError),
    ],
)
def test_wrong_terms_are_refused(seller, operator, coordinator, changed, error):
    with pytest.raises(error):
        write_agreement(organisation=seller, fields=terms(operator, **changed), by=coordinator)
    assert not Agreement.objects.exists()


def test_the_other_party_is_an_operator(seller, operator, coordinator):
    other = OrganisationFactory()
    for wrong in (other, seller):
        with pytest.raises(NetworkError):
            write_agreement(organisation=seller, fields=terms(wrong), by=coordinator)


def test_agreements_do_not_overlap(draft, seller, operator, coordinator):
    for start, end in ((DAY(2026, 1, 1), None), (DAY(2030, 2, 28), None), (DAY(2028, 1, 1), DAY(2028, 2, 1))):
        with pytest.raises(OverlapError):
            write_agreement(organisation=seller, fields=terms(operator, starts_on=start, ends_on=end), by=coordinator)
    write_agreement(
        organisation=seller, fields=terms(operator, starts_on=DAY(2030, 3, 1), ends_on=None), by=coordinator
    )
    assert Agreement.objects.count() == 2


def test_a_franchise_is_signed_twenty_days_after_its_document(draft, coordinator):
    with pytest.raises(TooEarlyError):
        sign_agreement(agreement=draft, on=DAY(2027, 1, 29), by=coordinator)
    sign_agreement(agreement=draft, on=DAY(2027, 1, 30), by=coordinator)
    assert draft.signed_on == DAY(2027, 1, 30)
    with pytest.raises(WrongStateError):
        sign_agreement(agreement=draft, on=DAY(2027, 1, 30), by=coordinator)


def test_a_franchise_without_document_is_not_signed(seller, operator, coordinator):
    made = write_agreement(organisation=seller, fields=terms(operator, document_given_on=None), by=coordinator)
    with pytest.raises(NetworkError):
        sign_agreement(agreement=made, on=DAY(2027, 2, 1), by=coordinator)
    made.refresh_from_db()
    assert made.signed_on is None


def test_a_signed_agreement_is_neither_changed_nor_removed(draft, operator, coordinator):
    sign_agreement(agreement=draft, on=DAY(2027, 2, 1), by=coordinator)
    with pytest.raises(WrongStateError):
        change_agreement(agreement=draft, fields=terms(operator, brand="X"), version=draft.version, by=coordinator)
    with pytest.raises(WrongStateError):
        remove_draft(agreement=draft, by=coordinator)
    draft.refresh_from_db()
    assert draft.brand == "Deux Rives"


def test_a_second_editor_of_a_draft_is_told(draft, operator, coordinator):
    change_agreement(agreement=draft, fields=terms(operator, brand="Un"), version=1, by=coordinator)
    with pytest.raises(StaleError):
        change_agreement(agreement=draft, fields=terms(operator, brand="Deux"), version=1, by=coordinator)
    draft.refresh_from_db()
    assert (draft.brand, draft.version) == ("Un", 2)


def test_the_agreement_of_a_day(draft, seller, coordinator):
    assert agreement_for(seller, DAY(2028, 1, 1)) is None
    sign_agreement(agreement=draft, on=DAY(2027, 2, 1), by=coordinator)
    assert agreement_for(seller, DAY(2028, 1, 1)) == draft
    assert agreement_for(seller, DAY(2027, 2, 28)) is None
    assert [state_of(draft, day) for day in (DAY(2027, 1, 1), DAY(2028, 1, 1), DAY(2031, 1, 1))] == [
        "coming",
        "current",
        "over",
    ]
    end_agreement(agreement=draft, on=DAY(2028, 6, 30), by=coordinator)
    assert agreement_for(seller, DAY(2028, 7, 1)) is None
    with pytest.raises(WrongStateError):
        end_agreement(agreement=draft, on=DAY(2028, 6, 30), by=coordinator)
    with pytest.raises(DatesError):
        end_agreement(agreement=draft, on=DAY(2026, 6, 30), by=coordinator)


@pytest.mark.parametrize(("typed", "found"), [("12", 1200), ("12,5", 1250), ("0.05 %", 5), ("100", 10000)])
def test_a_percentage_is_kept_in_basis_points(typed, found):
    assert PercentField().clean(typed) == found
    assert PercentField().prepare_value(1250) == "12,5"


def form_of(operator, **changed):
    return (
        {f"scope_{key}": party for key, party in DEFAULT_SCOPES["brick"].items()}
        | {
            "kind": "brick",
            "operator": operator.pk,
            "commission_bp": "9",
            "solidarity_bp": "2,5",
            "entry_fee_cents": "0",
            "monthly_fee_cents": "240",
            "starts_on": "2026-01-01",
        }
        | changed
    )


def test_a_draft_is_written_changed_signed_and_ended_on_the_pages(as_user, coordinator, operator, seller):
    browser = as_user(coordinator)
    write = url("agreement-write", seller.public_id)
    assert browser.get(write).status_code == 200
    assert browser.get(f"{write}?forme=franchise").status_code == 200
    assert browser.post(write, form_of(operator, commission_bp="beaucoup")).status_code == 422
    assert browser.post(write, form_of(operator)).status_code == 302
    made = Agreement.objects.get()
    assert (made.commission_bp, made.solidarity_bp, made.monthly_fee_cents) == (900, 250, 24000)
    change = url("agreement-change", made.public_id)
    assert browser.get(change).status_code == 200
    assert browser.post(change, form_of(operator, version=1, brand="Un")).status_code == 302
    answer = browser.post(change, form_of(operator, version=1, brand="Deux"))
    assert answer.status_code == 422
    assert 'value="Deux"' in answer.text
    assert "22,25" not in browser.get(url("agreement-detail", made.public_id)).text
    assert "22,12" in browser.get(url("agreement-detail", made.public_id)).text
    assert browser.post(url("agreement-sign", made.public_id), {"on": "2025-12-20"}).status_code == 302
    assert browser.get(change).status_code == 302
    assert browser.post(url("agreement-end", made.public_id), {"on": "2020-01-01"}).status_code == 422
    assert browser.post(url("agreement-end", made.public_id), {"on": "2026-06-30"}).status_code == 302
    browser.post(url("agreement-remove", made.public_id))
    assert Agreement.objects.filter(pk=made.pk).exists()


def test_a_draft_is_removed(as_user, coordinator, draft):
    assert as_user(coordinator).post(url("agreement-remove", draft.public_id)).status_code == 302
    assert not Agreement.objects.exists()


def test_a_manager_reads_theirs_and_no_other(as_user, owner, reader, stranger, draft):
    browser = as_user(owner)
    assert browser.get(url("agreement-detail", draft.public_id)).status_code == 200
    assert "Les Ateliers du Confluent" in browser.get(url("agreement-list")).text
    assert browser.post(url("agreement-sign", draft.public_id), {"on": "2027-02-01"}).status_code == 403
    assert as_user(reader).get(url("agreement-detail", draft.public_id)).status_code == 403
    assert as_user(stranger).get(url("agreement-detail", draft.public_id)).status_code == 404
    assert "Les Ateliers du Confluent" not in as_user(stranger).get(url("agreement-list")).text


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_more_rows(as_user, coordinator, operator, rows, django_assert_num_queries):
    for n in range(rows):
        write_agreement(organisation=OrganisationFactory(name=f"Nom {n}"), fields=terms(operator), by=coordinator)
    browser = as_user(coordinator)
    with django_assert_num_queries(7):
        assert browser.get(url("agreement-list")).status_code == 200
    fragment = browser.get(url("agreement-list"), headers={"HX-Request": "true"}).text.strip()
    assert fragment in browser.get(url("agreement-list")).text


def test_a_way_with_a_table_asks_and_shows_no_price_of_its_own(as_user, coordinator, draft):
    Agreement.objects.filter(pk=draft.pk).update(shipping={"relay_cents": 490, "home_cents": 690})
    Carriage.objects.create(agreement=draft, mode="relay", carrier="Relais Voisins").steps.create(
        up_to_g=500, cents=410
    )
    client = as_user(coordinator)

    def shown(name):
        return BeautifulSoup(client.get(reverse(f"network:{name}", args=[draft.public_id])).content, "html.parser").main

    prices = [tag.get_text() for tag in shown("agreement-detail").select("dl.kv dd.num")]
    assert "6,90\u00a0€" in prices
    assert "4,90\u00a0€" not in prices
    form = shown("agreement-change")
    assert form.select_one("[name=relay_cents]") is None
    assert "facultatif" not in form.select_one("label[for=id_home_cents]").get_text()
    table = shown("carriage-add")
    assert "facultatif" not in table.select_one("label[for=id_steps]").get_text()
