"""Promise 1, with real threads on a real database: 20 buyers, one unit."""

import threading

import pytest
from django.db import connection

from rebond.catalogue.actions.item import release, reserve
from rebond.catalogue.errors import NotEnoughLeft
from rebond.catalogue.models import Item
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.django_db(transaction=True)]


def race(n, work):
    """Run `work` in `n` threads let loose together; return how many times it succeeded."""
    gate = threading.Barrier(n)
    won, broken = [], []

    def run():
        try:
            gate.wait()
            work()
        except NotEnoughLeft:
            pass
        except Exception as error:  # noqa: BLE001 -- the test says what broke in a thread
            broken.append(error)
        else:
            won.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    return len(won)


@pytest.mark.unit
def test_twenty_buyers_and_one_unit():
    item = ItemFactory(on_sale=True)
    assert race(20, lambda: reserve(Item.objects.get(pk=item.pk))) == 1
    item.refresh_from_db()
    assert (item.quantity, item.reserved) == (1, 1)


@pytest.mark.unit
def test_twenty_buyers_and_a_batch_of_seven():
    item = ItemFactory(on_sale=True, quantity=7)
    assert race(20, lambda: reserve(Item.objects.get(pk=item.pk))) == 7
    assert race(20, lambda: release(Item.objects.get(pk=item.pk))) == 7
    item.refresh_from_db()
    assert (item.quantity, item.reserved) == (7, 0)


@pytest.mark.proof
@pytest.mark.parametrize("turn", range(20))
def test_sixty_buyers_twenty_times(turn):
    """The full size of the proof above: no turn sells one unit too many, none is left behind."""
    item = ItemFactory(on_sale=True, quantity=7)
    assert race(60, lambda: reserve(Item.objects.get(pk=item.pk))) == 7
    item.refresh_from_db()
    assert (item.quantity, item.reserved) == (7, 7)
