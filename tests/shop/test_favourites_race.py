"""Two browsers of one person sign in at once: nothing is lost, nothing fails."""

import itertools

import pytest

from rebond.shop.actions.favourite import add_favourite, merge_favourites
from rebond.shop.models import Favourite
from rebond.shop.queries.keeper import Keeper
from tests.catalogue.test_never_sold_twice import race
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db(transaction=True)]


def kept_by(visitors, items):
    for visitor, item in itertools.product(visitors, items):
        Favourite.objects.create(visitor=visitor, item=item)


def test_eight_browsers_that_sign_in_at_once_give_each_favourite_once():
    user, items = UserFactory(), ItemFactory.create_batch(12, on_sale=True)
    visitors = [f"visitor-{n}" for n in range(8)]
    kept_by(visitors, items)
    names = iter(visitors)

    assert race(8, lambda: merge_favourites(visitor=next(names), user=user)) == 8

    assert sorted(Favourite.objects.values_list("user", "visitor", "item")) == [
        (user.pk, "", item.pk) for item in items
    ]


def test_what_the_user_keeps_during_the_merge_is_kept_once():
    user, items = UserFactory(), ItemFactory.create_batch(12, on_sale=True)
    kept_by(["lea"], items)
    work = iter([lambda: merge_favourites(visitor="lea", user=user)])

    def keep():
        for item in reversed(items):
            add_favourite(keeper=Keeper(user=user), item=item)

    def merge_then_keep():
        next(work, keep)()

    assert race(4, merge_then_keep) == 4

    assert sorted(Favourite.objects.values_list("user", "visitor", "item")) == [
        (user.pk, "", item.pk) for item in items
    ]


def test_the_merge_tells_how_many_were_new_and_keeps_when():
    user, (one, other) = UserFactory(), ItemFactory.create_batch(2, on_sale=True)
    kept_by(["lea"], [one, other])
    moments = dict(Favourite.objects.values_list("item", "created_at"))
    Favourite.objects.create(user=user, item=one)

    assert merge_favourites(visitor="lea", user=user) == 1
    assert merge_favourites(visitor="lea", user=user) == 0
    assert Favourite.objects.get(item=other).created_at == moments[other.pk]
