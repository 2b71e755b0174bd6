import factory

from rebond.warehouse.codes import CONTAINER, PLACE, make_place_code
from rebond.warehouse.models import Place
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
