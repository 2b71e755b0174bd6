import contextlib
import datetime
import uuid

import pytest
from django.db import connection, transaction
from django.db.models import Count

from rebond.core.locks import PreparedLock, lock_keys
from rebond.core.prepared import Prepared, PreparedIds, PreparedIn
from rebond.network.models import Organisation, Site
from rebond.workshop.models import Step
from tests.factories.network import SiteFactory
from tests.factories.workshop import WorkerFactory

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


def test_several_values_of_several_kinds(db):
    worker, today = WorkerFactory(), datetime.date(2026, 11, 26)
    facts = {"kind": "x", "organisation": worker.organisation, "worker": worker, "status": "cddi", "day": today}
    first, _other = (Step.objects.create(**facts) for _ in range(2))
    prepared = Prepared(
        lambda operation, day: Step.objects.filter(operation_id=operation, day=day, result="done").order_by("pk"),
        uuid.UUID(int=0),
        datetime.date(1900, 1, 1),
    )

    assert prepared.first(first.operation_id, first.day) == first
    assert prepared.first(first.operation_id, datetime.date(2000, 1, 1)) is None
    assert prepared.run(uuid.uuid4(), first.day) == []


def test_values_and_annotations(db):
    organisation = SiteFactory(city="Nantes", name="a").organisation
    SiteFactory(city="Nantes", name="b 50 %", organisation=organisation, is_main=False)
    values = Prepared(
        lambda city: Site.objects.filter(city=city, name__contains="%").order_by("pk").values_list("name", "city"),
        "(city)",
    )
    counted = Prepared(lambda pk: Organisation.objects.filter(pk=pk).annotate(n=Count("sites")).order_by(), -1)

    assert values.run("Nantes") == [("b 50 %", "Nantes")]
    assert counted.first(organisation.pk).n == 2


def test_a_rolled_back_change_leaves_the_statement_usable(db):
    prepared = Prepared(of_city, "(city)")
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        SiteFactory(city="Nantes")
        assert len(prepared.run("Nantes")) == 1
        raise ZeroDivisionError
    assert prepared.run("Nantes") == []


@pytest.mark.django_db(transaction=True)
def test_the_first_query_of_a_connection_may_be_a_prepared_one():
    SiteFactory(city="Nantes")
    prepared = Prepared(of_city, "(city)")
    connection.close()
    assert len(prepared.run("Nantes")) == 1
    connection.close()  # the next request may find another one
    assert len(prepared.run("Nantes")) == 1


def test_ids_are_asked_with_one_query_written_once_for_each_number(db, django_assert_num_queries):
    sites = [SiteFactory(name=name, city=city) for name, city in (("a", "Nantes"), ("b", "Nantes"), ("c", "Brest"))]
    asked = PreparedIds(lambda ids: Site.objects.filter(city="Nantes", pk__in=ids).values_list("pk", "name"))
    pks = [site.pk for site in sites]

    with django_assert_num_queries(2):
        assert sorted(asked.run(pks)) == [(pks[0], "a"), (pks[1], "b")]
        assert asked.run([pks[1], pks[2], 0]) == [(pks[1], "b")]
        assert asked.run([]) == []
    assert asked._compiled.cache_info().currsize == 1


def test_keys_in_a_list_give_the_queryset_s_objects(db, django_assert_num_queries):
    sites = [SiteFactory(name=name, city=city) for name, city in (("b", "Nantes"), ("a", "Nantes"), ("c", "Brest"))]
    pks = [site.pk for site in sites]
    asked = PreparedIn(
        lambda ids, city: Site.objects.filter(city=city, pk__in=ids).select_related("organisation").order_by("name"),
        "(city)",
    )

    with django_assert_num_queries(3):
        assert asked.run(pks, "Nantes") == [sites[1], sites[0]]
        assert asked.run([*pks, pks[2]], "Brest") == [sites[2]]  # a key told twice is one
        assert asked.run([pks[1], 0], "Nantes")[0].organisation.name
        assert asked.run([], "Nantes") == []
    assert asked._compiled.cache_info().currsize == 2


def test_names_in_a_list_and_more_of_them_than_are_compiled(db):
    sites = [SiteFactory(name=f"n{n}") for n in range(3)]
    asked = PreparedIn(lambda names: Site.objects.filter(name__in=names).order_by("pk"), kind=str)

    assert asked.run(["n2", "n0", "' OR 1=1 --"]) == [sites[0], sites[2]]
    assert asked.run([f"n{n}" for n in range(asked.MANY + 10)]) == sites
    assert asked._compiled.cache_info().currsize == 1


@pytest.mark.django_db(transaction=True)
def test_locks_want_a_transaction_and_give_fresh_rows():
    site, lock = SiteFactory(city="Nantes"), PreparedLock(lambda city: Site.objects.filter(city=city), "(city)")
    for act in (lambda: lock.run("Nantes"), lambda: lock_keys(Site, [site.pk])):
        with pytest.raises(transaction.TransactionManagementError):
            act()
    Site.objects.filter(pk=site.pk).update(name="fresh")
    with transaction.atomic():
        assert [row.name for row in lock.run("Nantes")] == ["fresh"]
        assert [row.name for row in lock_keys(Site, [site.pk, 0])] == ["fresh"]
        assert lock_keys(Site, []) == []
