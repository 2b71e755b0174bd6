import datetime

import factory
from django.utils import timezone

from rebond.warehouse.codes import CONTAINER, PLACE, make_place_code
from rebond.warehouse.models import Parcel, PickLine, Place
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory


class PlaceFactory(factory.django.DjangoModelFactory):
    """A level with room for things; `box=True` is a box that stands nowhere."""

    class Meta:
        model = Place
        skip_postgeneration_save = True

    class Params:
        box = factory.Trait(
            kind="box",
            code=factory.LazyFunction(lambda: make_place_code(CONTAINER)),
            label=factory.Sequence(lambda n: f"Carton {n:03}"),
        )

    code = factory.LazyFunction(lambda: make_place_code(PLACE))
    site = factory.SubFactory(SiteFactory)
    organisation = factory.SelfAttribute("site.organisation")
    kind = "shelf"
    name = "1"
    label = factory.Sequence(lambda n: f"A-{n:03}-1")
    path = factory.LazyAttribute(lambda o: f"{o.code}/")
    is_storage = True


class ParcelFactory(factory.django.DjangoModelFactory):
    """A parcel of an order, to prepare by tomorrow; `PickLineFactory` puts an object in it."""

    class Meta:
        model = Parcel

    site = factory.SubFactory(SiteFactory)
    organisation = factory.SelfAttribute("site.organisation")
    order_code = factory.Sequence(lambda n: f"ordre{n:07}")
    number = 1
    mode = "home"
    leave_by = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=1))


class PickLineFactory(factory.django.DjangoModelFactory):
    """One object of a parcel, at a shelf of its site."""

    class Meta:
        model = PickLine

    parcel = factory.SubFactory(ParcelFactory)
    item = factory.SubFactory(ItemFactory, seller=factory.SelfAttribute("..parcel.organisation"))
    item_code = factory.SelfAttribute("item.code")
    title = factory.SelfAttribute("item.title")
    owner = factory.SelfAttribute("item.seller")
    place = factory.SubFactory(PlaceFactory, site=factory.SelfAttribute("..parcel.site"))
