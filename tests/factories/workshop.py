import hashlib

import factory

from rebond.workshop.models import Device, Station, Task, Worker
from tests.factories.accounts import UserFactory
from tests.factories.network import OrganisationFactory, SiteFactory


class StationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Station
        skip_postgeneration_save = True

    site = factory.SubFactory(SiteFactory)
    kind = "photo"
    name = factory.Sequence(lambda n: f"Table {n}")


class DeviceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Device
        skip_postgeneration_save = True

    class Params:
        secret = "secret-of-the-cookie"

    station = factory.SubFactory(StationFactory)
    organisation = factory.SelfAttribute("station.site.organisation")
    name = factory.Sequence(lambda n: f"Tablette {n}")
    secret_hash = factory.LazyAttribute(lambda o: hashlib.sha256(o.secret.encode()).hexdigest())
    enrolled_by = factory.SubFactory(UserFactory)


class WorkerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Worker
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory, email=None, password=None)
    organisation = factory.SubFactory(OrganisationFactory)
    first_name = factory.Sequence(lambda n: f"Prénom{n}")
    status = "cddi"


class TaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Task
        skip_postgeneration_save = True

    kind = "test.photograph"
    site = factory.SubFactory(SiteFactory)
    organisation = factory.SelfAttribute("site.organisation")
    subject_kind = "catalogue.item"
    subject_id = factory.Sequence(lambda n: f"CF{n:06d}")
    subject_label = "Chaise en hêtre"
