import pytest

from rebond.core.prepared import Prepared
from rebond.network.models import Site
from tests.factories.network import SiteFactory

pytestmark = pytest.mark.unit


def of_city(city):
    return Site.objects.filter(city=city).select_related("organisation").order_by("name", "pk")


def test_it_reads_the_same_objects_as_the_queryset(db, django_assert_num_queries):
    nantes = [SiteFactory(city="Nantes", name=name) for name in ("b", "a")]
    SiteFactory(city="Brest")
    prepared = Prepared(of_city, mark="(city)")

    for _ in range(2):
        with django_assert_num_queries(1):
            found = prepared.run("Nantes")
            names = [site.organisation.name for site in found]
        assert found == [nantes[1], nantes[0]]
        assert names == [nantes[1].organisation.name, nantes[0].organisation.name]
    for field in Site._meta.concrete_fields:
        assert getattr(found[0], field.attname) == getattr(nantes[1], field.attname), field
    assert [site.city for site in prepared.run("Brest")] == ["Brest"]
    assert prepared.run("' OR 1=1 --") == []


def test_what_it_read_can_be_saved_again(db):
    SiteFactory(city="Nantes")
    site = Prepared(of_city, mark="(city)").run("Nantes")[0]

    site.city = "Rennes"
    site.save()

    assert Site.objects.get(pk=site.pk).city == "Rennes"


def test_a_query_without_the_mark_is_refused(db):
    with pytest.raises(ValueError, match="not among"):
        Prepared(lambda city: Site.objects.filter(city="x"), mark="(city)").run("Nantes")
