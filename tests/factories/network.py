import datetime

import factory

from rebond.network.models import Agreement, Membership, Organisation, Site
from tests.factories.accounts import UserFactory


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    class Params:
        admitted = factory.Trait(
            seller_state="admitted",
            admitted_on=datetime.date(2024, 3, 1),
            certified_at=datetime.datetime(2024, 2, 1, 9, tzinfo=datetime.UTC),
        )

    kind = "recycling_shop"
    name = factory.Sequence(lambda n: f"Ressourcerie {n}")
    slug = factory.Sequence(lambda n: f"ressourcerie-{n}")
    letters = factory.Sequence(lambda n: f"{chr(65 + n // 26 % 26)}{chr(65 + n % 26)}Q")  # tests name "ZZZ" and pairs


class SiteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Site
        skip_postgeneration_save = True

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Atelier {n}")
    postal_code = "47200"
    city = "Marmande"
    department = "47"
    is_main = True


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = "manager"


class AgreementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Agreement

    organisation = factory.SubFactory(OrganisationFactory)
    operator = factory.SubFactory(OrganisationFactory, kind="operator")
    kind = "integrated"
    starts_on = datetime.date(2024, 3, 1)
    signed_on = datetime.date(2024, 3, 1)
