"""Spreadsheets of lists that tell numbers: right, and asked with the list, not row by row."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from rebond.warehouse.enums import BinState
from rebond.warehouse.models import Count, Transport, TransportLine, Wave
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, SiteFactory
from tests.factories.warehouse import ParcelFactory, PlaceFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def wave(site, number):
    made = Wave.objects.create(organisation=site.organisation, site=site, leave_by=timezone.now(), slots=4)
    for _time in range(number):
        ParcelFactory(site=site, wave=made)
    made.rounds.create(number=1, length_cm=100, alone_cm=200)


def count(site, number):
    made = Count.objects.create(organisation=site.organisation, site=site, place=PlaceFactory(site=site), name="Allée")
    for place in range(number):
        made.bins.create(place=PlaceFactory(site=site), state=BinState.TO_COUNT if place else BinState.DIFFERS)


def transport(site, number):
    made = Transport.objects.create(
        organisation=site.organisation,
        place=PlaceFactory(site=site),
        from_site=site,
        to_site=SiteFactory(organisation=site.organisation, is_main=False),
        planned_on=timezone.localdate(),
    )
    for line in range(number):
        item = ItemFactory(seller=site.organisation)
        said = {"item": item, "item_code": item.code, "title": item.title, "units": 1}
        TransportLine.objects.create(transport=made, state="loaded" if line else "missing", **said)


LISTS = {"wave-list": (wave, 1), "count-list": (count, 1), "transport-list": (transport, 1)}  # the last column's number


@pytest.mark.parametrize("name", LISTS)
def test_numbers_are_right_and_cost_the_same_for_one_row_and_for_three(as_user, seller, name):
    make, last = LISTS[name]
    site = SiteFactory(organisation=seller)
    browser = as_user(MembershipFactory(organisation=seller, role="supervisor").user)
    costs = []
    for number in (2, 3, 4):
        make(site, number)
        if number == 3:
            continue
        with CaptureQueriesContext(connection) as asked:
            text = b"".join(browser.get(reverse(f"warehouse-desk:{name}"), {"export": "csv"})).decode("utf-8-sig")
        costs.append(len(asked))

    rows = list(csv.reader(io.StringIO(text), delimiter=";"))[1:]
    assert sorted(row[-2] for row in rows) == ["2", "3", "4"]
    assert {row[-1] for row in rows} == {str(last)}
    assert costs[0] == costs[1]
