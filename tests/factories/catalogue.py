import datetime

import factory
from django.utils import timezone

from rebond.catalogue.models import Category, Item
from rebond.core.codes import make_code
from tests.factories.network import OrganisationFactory


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category
        skip_postgeneration_save = True

    key = factory.Sequence(lambda n: f"category-{n}")
    path = factory.SelfAttribute("key")
    slug = factory.SelfAttribute("key")
    name = factory.Sequence(lambda n: f"Rayon {n}")
    name_en = factory.Sequence(lambda n: f"Category {n}")


class ItemFactory(factory.django.DjangoModelFactory):
    """A draft; `on_sale=True` and `sold=True` are its traits."""

    class Meta:
        model = Item
        skip_postgeneration_save = True

    class Params:
        on_sale = factory.Trait(state="on_sale", published_at=factory.LazyFunction(timezone.now))
        sold = factory.Trait(
            state="sold",
            reserved=1,
            published_at=factory.LazyFunction(lambda: timezone.now() - datetime.timedelta(days=20)),
            sold_at=factory.LazyFunction(timezone.now),
        )

    seller = factory.SubFactory(OrganisationFactory, admitted=True)
    category = factory.SubFactory(CategoryFactory)
    code = factory.LazyAttribute(lambda o: make_code(o.seller.letters))
    title = factory.Sequence(lambda n: f"Chaise en hêtre {n}")
    slug = factory.Sequence(lambda n: f"chaise-en-hetre-{n}")
    condition = "good"
    price_cents = 2500
