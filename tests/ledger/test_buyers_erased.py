"""Ten full years after the year of a sale, its buyer's name and addresses go; what was sold, and the money, stay."""

import datetime

import pytest

from rebond.journal.models import Entry
from rebond.ledger.actions import buyer_contact
from rebond.ledger.actions.buyer_contact import forget_buyers
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.invoicing import Party
from rebond.ledger.models import BilledSale, Sale
from rebond.ledger.tasks import ask_for_tax_data
from tests.factories.invoices import billed_sale

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def sold_on(seller, on, **more):
    sale = billed_sale(seller, delivery=Party(name="Voisine", address="5 rue des Lilas"), **more)
    Sale.objects.filter(pk=sale.pk).update(on=on)
    return sale


def named():
    return [bool(row.buyer and row.delivery) for row in BilledSale.objects.order_by("sale_id")]


def test_names_go_ten_years_after_the_end_of_the_year_and_stay_until_then(seller, agreement, monkeypatch):
    monkeypatch.setattr(buyer_contact, "BATCH", 2)
    for on in ((2015, 1, 4), (2015, 12, 31), (2015, 12, 31), (2016, 1, 1), (2026, 11, 27)):
        sold_on(seller, datetime.date(*on))
    assert forget_buyers(today=datetime.date(2025, 12, 31)) == 0
    assert forget_buyers(today=datetime.date(2026, 1, 1)) == 3
    assert named() == [False, False, False, True, True]
    assert forget_buyers(today=datetime.date(2026, 1, 1)) == 0
    row = BilledSale.objects.order_by("sale_id").first()
    assert (row.buyer, row.delivery, row.erased_on) == ({}, {}, datetime.date(2026, 1, 1))
    assert list(
        Entry.objects.filter(action="ledger.buyers.forgotten").order_by("pk").values_list("data", flat=True)
    ) == [
        {"number": 2},
        {"number": 1},
    ]
    assert check_ledger().is_right


def test_the_nightly_task_does_it(seller, agreement):
    sold_on(seller, datetime.date(2014, 5, 5))
    ask_for_tax_data.call()
    assert named() == [False]
