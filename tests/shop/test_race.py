"""Promise 1 with real processes: sold = paid = items, whatever is killed (rebond race)."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from rebond.catalogue.models import Item
from rebond.shop.management.racing import Outcome, Race, _measure, run_race
from rebond.shop.models import OrderLine
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db(transaction=True)]


def items(n):
    OrganisationFactory(kind="operator")
    seller = OrganisationFactory(admitted=True)
    first = ItemFactory(seller=seller, on_sale=True)
    return [first.pk, *(ItemFactory(seller=seller, category=first.category, on_sale=True).pk for _ in range(n - 1))]


def figures(outcome):
    return (outcome.sold, outcome.paid, outcome.oversold, outcome.lost, outcome.stuck, outcome.deadlocks)


def test_twenty_buyers_in_two_processes_one_of_them_killed():
    outcome = run_race(Race(items=items(10), buyers=20, processes=2, kills=1))

    assert (figures(outcome), outcome.kills, outcome.errors) == ((10, 10, 0, 0, 0, 0), 1, [])
    assert outcome.is_right


def test_the_measure_sees_what_would_be_wrong():
    """Two paid lines of one unique object, and one that nobody frees, are told."""
    first, second = items(2)
    outcome = run_race(Race(items=[first], buyers=1, processes=1))
    line = OrderLine.objects.get()
    line.pk, line.part = None, line.part
    other = ItemFactory(on_sale=True)
    part = line.part
    part.pk, part.public_id, part.seller = None, "x" * 12, other.seller
    part.save(force_insert=True)
    line.part = part
    line.save(force_insert=True)
    Item.objects.filter(pk=second).update(reserved=1)

    outcome = _measure(Race(items=[first, second], buyers=1, processes=1), kills=0, seconds=1, lines=[], errors=[])

    assert figures(outcome) == (1, 2, 1, 1, 1, 0)
    assert not outcome.is_right


@pytest.mark.parametrize(
    "wrong",
    [{"sold": 9}, {"paid": 11}, {"oversold": 1}, {"lost": 1}, {"stuck": 1}, {"deadlocks": 1}, {"books_wrong": 1}],
)
def test_one_wrong_figure_makes_the_race_wrong(wrong):
    right = {"database": "sqlite", "buyers": 20, "items": 10, "processes": 2, "sold": 10, "paid": 10}
    assert Outcome(**right).is_right
    assert not Outcome(**(right | wrong)).is_right


def test_the_command_refuses_a_race_of_nobody():
    with pytest.raises(CommandError):
        call_command("race", "--buyers", "0", stdout=StringIO())


@pytest.mark.proof
@pytest.mark.parametrize("kills", [0, 8])
def test_two_hundred_buyers_and_a_hundred_objects(kills):
    outcome = run_race(Race(items=items(100), buyers=200, processes=4, kills=kills, seed=kills + 1))
    assert (figures(outcome), outcome.errors) == ((100, 100, 0, 0, 0, 0), [])
