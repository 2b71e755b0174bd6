"""When carriers come, by site and carrier: what leaves by when, and what follows when an hour changes."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.warehouse.actions.cut_off import remove_cut_off, set_cut_off
from rebond.warehouse.actions.parcel import Asked, leave_by
from rebond.warehouse.errors import FieldInvalid
from rebond.warehouse.models import CutOff, Parcel
from rebond.warehouse.queries.cut_offs import carriers_known
from rebond.warehouse.queries.waves import next_departure
from tests.factories.carriers import account_of
from tests.factories.network import SiteFactory
from tests.factories.warehouse import ParcelFactory

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = datetime.date(2030, 6, 3), datetime.date(2030, 6, 4)
PAGE = "/bureau/stock/departs/"


def paris(day, hour, minute=0):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, minute)))


def said(site, owner, at, carrier="", before_min=120):
    return set_cut_off(
        site=site, carrier=carrier, at=datetime.time(at), before_min=before_min, by=owner, now=paris(MONDAY, 8)
    )


def leaves(site, paid_at, carrier=""):
    asked = Asked("x", 1, site, "home", carrier, paid_at, (MONDAY, TUESDAY), ())
    return timezone.localtime(leave_by(asked))


def test_the_carrier_s_own_hour_counts_then_that_of_the_others_then_the_usual_one(site, owner):
    other = SiteFactory(organisation=site.organisation, is_main=False)
    assert leaves(site, paris(MONDAY, 14)) == paris(MONDAY, 16)
    said(site, owner, 17)
    said(site, owner, 11, "Colis Doux", before_min=30)
    assert leaves(site, paris(MONDAY, 15)) == paris(MONDAY, 17)
    assert leaves(site, paris(MONDAY, 15, 1), "Vélo") == paris(TUESDAY, 17)
    assert leaves(site, paris(MONDAY, 10, 30), "colis doux") == paris(MONDAY, 11)
    assert leaves(site, paris(MONDAY, 10, 31), "Colis Doux") == paris(TUESDAY, 11)
    assert leaves(other, paris(MONDAY, 14), "Colis Doux") == paris(MONDAY, 16)


def test_said_again_it_replaces_and_open_parcels_follow(site, owner):
    late = ParcelFactory(site=site, carrier="Colis Doux", leave_by=paris(MONDAY, 7))
    mine = ParcelFactory(site=site, carrier="colis doux", leave_by=paris(MONDAY, 16))
    tomorrow = ParcelFactory(site=site, carrier="Colis Doux", leave_by=paris(TUESDAY, 16), state="picked")
    left = ParcelFactory(
        site=site, carrier="Colis Doux", leave_by=paris(MONDAY, 16), state="left", ended_on=timezone.localdate()
    )
    other = ParcelFactory(site=site, leave_by=paris(MONDAY, 16))
    said(site, owner, 12, "Colis Doux")
    said(site, owner, 11, " colis  doux ")
    said(site, owner, 18)
    found = {one.pk: timezone.localtime(one.leave_by) for one in Parcel.objects.all()}
    assert found == {
        late.pk: paris(MONDAY, 7),
        mine.pk: paris(MONDAY, 11),
        tomorrow.pk: paris(TUESDAY, 11),
        left.pk: paris(MONDAY, 16),
        other.pk: paris(MONDAY, 18),
    }
    assert sorted(CutOff.objects.values_list("carrier", flat=True)) == ["", "Colis Doux"]


def test_removed_its_parcels_follow_the_others_and_twice_is_once(site, owner):
    parcel = ParcelFactory(site=site, carrier="Vélo", leave_by=paris(MONDAY, 16))
    cut_off = said(site, owner, 10, "Vélo")
    said(site, owner, 15)
    for _twice in range(2):
        remove_cut_off(cut_off=cut_off, by=owner, now=paris(MONDAY, 8))
    parcel.refresh_from_db()
    assert (parcel.leave_by, CutOff.objects.get().carrier) == (paris(MONDAY, 15), "")
    remove_cut_off(cut_off=CutOff.objects.get(), by=owner, now=paris(MONDAY, 8))
    parcel.refresh_from_db()
    assert parcel.leave_by == paris(MONDAY, 16)


@pytest.mark.parametrize("minutes", [-1, 721])
def test_minutes_out_of_bounds_are_refused(site, owner, minutes):
    with pytest.raises(FieldInvalid) as refused:
        said(site, owner, 15, before_min=minutes)
    assert (refused.value.field, CutOff.objects.exists()) == ("before_min", False)


def test_the_database_keeps_one_hour_for_a_site_and_a_carrier(site, owner):
    said(site, owner, 15)
    with pytest.raises(IntegrityError), transaction.atomic():
        CutOff.objects.create(organisation=site.organisation, site=site)


def test_a_wave_proposes_the_nearest_departure(site, seller, owner):
    now = paris(MONDAY, 9)
    assert next_departure(seller, now) == paris(MONDAY, 16)
    said(site, owner, 17)
    assert next_departure(seller, now) == paris(MONDAY, 17)
    ParcelFactory(site=site, leave_by=paris(TUESDAY, 12))
    assert next_departure(seller, now) == paris(TUESDAY, 12)


def test_names_of_carriers_are_those_of_accounts_and_parcels(site, seller):
    account_of(seller)
    ParcelFactory(site=site, carrier="Vélo du Lot")
    assert carriers_known(seller) == ["Trial carrier", "Vélo du Lot"]


@pytest.mark.page
def test_the_desk_says_hours_keeps_what_was_typed_and_removes(as_user, owner, reader, stranger, site):
    desk = as_user(owner)
    assert "16:00" in desk.get(PAGE).text
    typed = {"site": site.pk, "carrier": "Vélo", "at": "14:30", "before_min": "900"}
    wrong = desk.post(f"{PAGE}heure/", typed)
    assert (wrong.status_code, 'value="Vélo"' in wrong.text, CutOff.objects.exists()) == (422, True, False)
    assert desk.post(f"{PAGE}heure/", typed | {"before_min": "60"}).status_code == 302
    row = CutOff.objects.get()
    assert "14:30" in desk.get(PAGE).text
    assert as_user(reader).post(f"{PAGE}heure/", typed).status_code == 403
    assert as_user(stranger).post(f"{PAGE}{row.public_id}/fin/").status_code == 404
    assert as_user(stranger).post(f"{PAGE}heure/", typed | {"before_min": "60"}).status_code == 422
    assert "14:30" not in as_user(stranger).get(PAGE).text
    desk.post(f"{PAGE}{row.public_id}/fin/")
    assert not CutOff.objects.exists()


@pytest.mark.page
@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(number, as_user, owner, site, django_assert_num_queries):
    for n in range(number):
        said(site, owner, 10 + n, f"Transport {n}")
    desk = as_user(owner)
    desk.get(PAGE)
    with django_assert_num_queries(8):
        assert f"Transport {number - 1}" in desk.get(PAGE).text
