"""Figures of what left: worked by hand on a few parcels; one page, its spreadsheet, nothing of a person."""

import csv
import datetime
import html
import io

import pytest
from django.utils import timezone

from rebond.core.exports import write_xlsx
from rebond.journal.actions.record import record
from rebond.warehouse.actions.carton import Kind, add_carton
from rebond.warehouse.models import Packing, Shipment, TrackingEvent
from rebond.warehouse.queries.arrivals import arrivals_of
from rebond.warehouse.queries.departures import (
    by_site,
    carriers_of,
    costs_of,
    departures_of,
    lead_days,
    missed_of,
    period,
)
from rebond.warehouse.web.figure_exports import FIGURES, columns_of
from tests.factories.carriers import account_of
from tests.factories.network import OrganisationFactory, SiteFactory
from tests.factories.warehouse import ParcelFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
PAGE = "/bureau/stock/colis/chiffres/"
NOW = datetime.datetime(2026, 11, 20, 11, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 20)


def at(days_ago):
    return NOW - datetime.timedelta(days=days_ago)


def left(site, *, asked, promised, ended):
    """Days before today."""
    return ParcelFactory(
        site=site, state="left", created_at=at(asked), leave_by=at(promised), ended_on=at(ended).date()
    )


def box(site, name, cost_cents):
    return add_carton(site=site, kind=Kind(name, 400, 300, 250, cost_cents=cost_cents), number=5, by=None)


@pytest.fixture
def shop(seller):
    return SiteFactory(organisation=seller, is_main=False, name="Un magasin")


@pytest.fixture
def days():
    return period(NOW)


def test_departures_are_counted_by_day_and_site_against_the_promised_day(site, shop, seller, days):
    left(site, asked=3, promised=2, ended=2)
    left(site, asked=3, promised=1, ended=2)  # before
    left(site, asked=4, promised=3, ended=2)  # one day late
    left(shop, asked=9, promised=6, ended=2)  # more
    left(site, asked=0, promised=0, ended=0)
    left(site, asked=40, promised=39, ended=28)  # before the period
    ParcelFactory(site=site)
    left(SiteFactory(name="Ailleurs"), asked=1, promised=1, ended=1)
    rows = departures_of(seller, days)
    assert [(row.day, row.site, row.left, row.on_time, row.one_late, row.more_late) for row in rows] == [
        (TODAY, "L’entrepôt", 1, 1, 0, 0),
        (at(2).date(), "L’entrepôt", 3, 2, 1, 0),
        (at(2).date(), "Un magasin", 1, 0, 0, 1),
    ]
    assert [(one.site, one.left, one.percent) for one in by_site(rows)] == [("L’entrepôt", 4, 75), ("Un magasin", 1, 0)]
    assert lead_days(seller, days) == [(0, 1), (1, 2), (2, 1), (7, 1)]


def test_causes_come_from_the_journal_where_they_stay(site, seller, stranger, item, owner, days):
    for reason in ("missing", "missing", "damaged"):
        record("warehouse.pick.missing", subject=item, by=owner, organisation=seller, place="A", reason=reason)
    other = stranger.memberships.get().organisation
    record("warehouse.pick.missing", subject=item, by=owner, organisation=other, place="A", reason="missing")
    record("warehouse.parcel.left", subject=item, by=owner, organisation=seller)
    assert missed_of(seller, period()) == [("Trouvé abîmé", 1), ("Introuvable", 2)]
    assert missed_of(seller, days) == []


def test_carriers_are_told_with_their_health(seller, days):
    account, letter = account_of(seller), account_of(seller, "letter")
    facts = {"organisation": seller, "account": account, "subject": "x", "mode": "home", "grams": 1}
    for n, more in enumerate((
        {"state": "delivered", "delivered_at": NOW, "labelled_at": NOW, "cents": 600},
        {"state": "moving", "late_at": NOW, "labelled_at": NOW, "cents": 635},
        {"state": "lost", "labelled_at": NOW},
        {"state": "refused", "cents": 100},
        {"state": "ready", "labelled_at": NOW, "created_at": at(60)},
    )):  # fmt: skip
        Shipment.objects.create(reference=f"x-{n}", **{"created_at": NOW, **facts, **more})
    letters, test = carriers_of(seller, days)
    assert (letters.account, letters.labels) == (letter, 0)
    assert (test.labels, test.delivered, test.late, test.lost, test.refused) == (3, 1, 1, 1, 1)
    assert (letters.mean_cents, test.mean_cents) == (None, 618)


def test_what_left_is_costed_by_site_carton_and_label(site, shop, seller, days):
    account, carton = account_of(seller), box(site, "M", 79)
    free = box(site, "Caisse", 0)
    facts = {"organisation": seller, "account": account, "subject": "x", "mode": "home", "grams": 1}
    for n, (where, carton_of, cents, state) in enumerate((
        (site, carton, 600, "moving"), (site, free, 635, "moving"), (site, None, None, "queued"),
        (site, carton, 9_999, "cancelled"), (shop, None, 480, "moving"),
    )):  # fmt: skip
        parcel = left(where, asked=3, promised=2, ended=2)
        Packing.objects.create(parcel=parcel, carton=carton_of)
        Shipment.objects.create(reference=f"x-{n}", parcel=parcel, cents=cents, state=state, **facts)
    other = left(site, asked=60, promised=59, ended=59)
    Packing.objects.create(parcel=other, carton=carton)
    Packing.objects.create(parcel=left(site, asked=1, promised=1, ended=1), carton=carton, undone_on=TODAY)
    here, there = costs_of(seller, days)
    assert (here.site, here.packed, here.carton_mean, here.labels, here.label_mean) == ("L’entrepôt", 3, 53, 2, 618)
    assert here.parcel_mean == 671
    assert (there.label_mean, there.carton_mean, there.parcel_mean) == (480, None, None)
    assert costs_of(OrganisationFactory(), days) == []


def test_delivered_is_told_against_the_day_told_to_the_buyer(site, shop, seller, days):
    account, letter = account_of(seller), account_of(seller, "letter")
    facts = {"organisation": seller, "subject": "x", "mode": "home", "grams": 1, "labelled_at": at(9)}

    def brought(where, by, promised, ended, *, state="delivered", point=None):
        parcel = ParcelFactory(site=where, promised_on=at(promised).date() if promised is not None else None)
        made = Shipment.objects.create(
            reference=f"r-{parcel.pk}", parcel=parcel, account=by, state=state,
            delivered_at=None if ended is None else at(ended), **facts
        )  # fmt: skip
        if point is not None:
            TrackingEvent.objects.create(shipment=made, carrier_id="p", step="at_point", at=at(point))

    brought(site, account, 5, 5)
    brought(site, account, 5, 6)
    brought(site, account, 5, 4)  # one day late
    brought(site, account, 9, 2)  # more
    brought(site, account, 5, 1, point=5)  # its buyer fetched it late, its carrier was there
    brought(site, account, 1, None, state="moving")  # late and still on the way
    brought(site, account, 0, None, state="moving")  # promised for today
    brought(site, account, 1, None, state="at_point")
    brought(site, account, None, 3)  # nothing was promised
    brought(site, account, 40, 40)  # before the period
    brought(shop, letter, 3, 3)
    found = arrivals_of(seller, days)
    assert [(one.site, one.came, one.on_time, one.one_late, one.more_late, one.waited) for one in found] == [
        ("Un magasin", 1, 1, 0, 0, 0),
        ("L’entrepôt", 5, 3, 1, 1, 1),
    ]
    assert [(one.carrier, one.percent) for one in found] == [(str(letter), 100), (str(account), 60)]
    assert arrivals_of(OrganisationFactory(), days) == []


@pytest.mark.parametrize("key", sorted(FIGURES))
def test_each_figure_is_a_spreadsheet_that_says_its_period_and_formula(key, as_user, owner, reader, seller, site):
    today = timezone.localdate()
    parcel = ParcelFactory(site=site, state="left", ended_on=today, promised_on=today)
    account, carton = account_of(seller), box(site, "M", 79)
    record("warehouse.pick.missing", subject=parcel, by=owner, organisation=seller, place="A", reason="missing")
    Packing.objects.create(parcel=parcel, carton=carton)
    Shipment.objects.create(
        reference="r", parcel=parcel, account=account, state="delivered", delivered_at=timezone.now(), cents=600,
        labelled_at=timezone.now(), organisation=seller, subject="x", mode="home", grams=1,
    )  # fmt: skip
    page = as_user(reader)
    told = page.get(f"{PAGE}?tableau={key}&export=csv").getvalue().decode()
    head, first, *_rest = csv.reader(io.StringIO(told), delimiter=";")
    starts, ends = period()
    assert head[-3:] == ["Du", "Au", "Comment c’est compté"]
    assert first[-3:] == [starts.isoformat(), ends.isoformat(), str(FIGURES[key].said)]
    sheet = write_xlsx(io.BytesIO(), FIGURES[key].rows(seller, period()), columns_of(FIGURES[key], period()))
    assert sheet == len(list(csv.reader(io.StringIO(told)))) - 1
    shown = page.get(PAGE).text
    assert str(FIGURES[key].said) in html.unescape(shown)
    assert f"tableau={key}&amp;export=xlsx" in shown or f"tableau={key}&export=xlsx" in html.unescape(shown)


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(number, as_user, owner, site, django_assert_num_queries):
    for n in range(number):
        ParcelFactory(site=site, state="left", ended_on=timezone.localdate() - datetime.timedelta(days=n))
    desk = as_user(owner)
    desk.get(PAGE)
    with django_assert_num_queries(13):
        text = desk.get(PAGE).text
    assert text.count('<th scope="row">') == number


def test_the_page_is_a_spreadsheet_and_of_one_organisation(as_user, owner, reader, stranger, site):
    ParcelFactory(site=site, state="left", ended_on=timezone.localdate())
    assert "L’entrepôt" in as_user(reader).get(PAGE).text
    assert "L’entrepôt" not in as_user(stranger).get(PAGE).text
    told = as_user(owner).get(f"{PAGE}?export=csv").getvalue().decode().split("\r\n")
    assert (told[0].split(";")[1:3], told[1].split(";")[1:3]) == (["Site", "Colis"], ["L’entrepôt", "1"])
    assert as_user(None).get(PAGE).status_code == 302
