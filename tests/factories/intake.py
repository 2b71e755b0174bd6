import factory
from django.utils import timezone

from rebond.intake.models import Container, Donation, Sorting, Weighing
from tests.factories.catalogue import CategoryFactory
from tests.factories.network import SiteFactory


class ContainerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Container
        skip_postgeneration_save = True

    site = factory.SubFactory(SiteFactory)
    organisation = factory.SelfAttribute("site.organisation")
    name = factory.Sequence(lambda n: f"Chariot {n}")
    tare_g = 8_000


class DonationFactory(factory.django.DjangoModelFactory):
    """One weighing of 12.4 kg, in the flow `flow`."""

    class Meta:
        model = Donation
        skip_postgeneration_save = True

    site = factory.SubFactory(SiteFactory)
    organisation = factory.SelfAttribute("site.organisation")
    source = "drop_off"
    day = factory.LazyFunction(timezone.localdate)

    @factory.post_generation
    def flow(self, create, extracted, net_g=12_400, **kwargs):
        Weighing.objects.create(donation=self, flow=extracted or "mixed", gross_g=net_g, net_g=net_g)


class SortingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Sorting
        skip_postgeneration_save = True

    site = factory.SubFactory(SiteFactory)
    organisation = factory.SelfAttribute("site.organisation")
    day = factory.LazyFunction(timezone.localdate)
    category = factory.SubFactory(CategoryFactory)
    category_label = "Lampes"
    flow = "electrical"
    weight_g = 800
    outcome = "recycle"
