"""An import whose objects lie at another organisation's site that keeps them (decision 56)."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from rebond.catalogue.models import Hosting, Item
from rebond.connect.actions.running import run_batches, start_import
from rebond.connect.actions.trial import run_trial
from rebond.connect.actions.uploads import set_columns, set_target, upload_import
from rebond.connect.models import ImportRun
from tests.factories.connect import line, template
from tests.factories.hosting import hosted
from tests.factories.network import OrganisationFactory, SiteFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def own(seller):
    return SiteFactory(organisation=seller, is_main=True, name="La boutique")


@pytest.fixture
def theirs(operator):
    host = OrganisationFactory(admitted=True, name="Le Grand Entrepôt", letters="GE")
    return SiteFactory(organisation=host, name="Quai 3", city="Agen")


def run_to_its_end(run, by):
    set_target(run=run, target="draft", by=by)
    start_import(run=run, by=by, enqueue=False)
    run_batches(run_id=run.pk)


def lies_at(seller, ref, site, by):
    """Where the object of an import for this site lies."""
    run = upload_import(seller=seller, upload=template(line(ref)), by=by)
    set_columns(run=run, mapping=run.mapping, defaults={"site": site.public_id}, by=by, keep=False)
    run_to_its_end(run, by)
    return Item.objects.get(external_ref=ref).site


def test_it_is_chosen_on_the_page_of_the_columns_with_whose_it_is(seller, owner, novels, own, theirs, as_user):
    client, run = as_user(owner), upload_import(seller=seller, upload=template(line("A"), line("B")), by=owner)
    page = reverse("connect:import-detail", args=[run.public_id])
    assert "Quai 3" not in client.get(page).text
    hosted(seller, theirs)
    assert "Le Grand Entrepôt, Quai 3 (Agen)" in client.get(page).text
    data = {f"c{n}": run.mapping[column] for n, column in enumerate(run.columns)}
    data |= {"condition": "good", "origin": "gift", "site": theirs.public_id}
    answer = client.post(reverse("connect:import-columns", args=[run.public_id]), data)
    assert answer.status_code == 302, answer.text
    run_trial(run_id=run.pk)  # the page asked for it
    run_to_its_end(ImportRun.objects.get(pk=run.pk), owner)
    found = Item.objects.order_by("external_ref").values_list("external_ref", "seller", "site")
    assert list(found) == [("A", seller.pk, theirs.pk), ("B", seller.pk, theirs.pk)]


def test_only_while_it_keeps_them_else_they_lie_at_the_seller_s_own(seller, owner, novels, own, theirs):
    assert lies_at(seller, "A", theirs, owner) == own
    agreement = hosted(seller, theirs, is_accepted=False)
    assert lies_at(seller, "B", theirs, owner) == own
    Hosting.objects.filter(pk=agreement.pk).update(accepted_at=timezone.now())
    assert lies_at(seller, "C", theirs, owner) == theirs
    Hosting.objects.filter(pk=agreement.pk).update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    assert lies_at(seller, "D", theirs, owner) == own
    assert Item.objects.get(external_ref="C").site == theirs, "what lies there stays"


def test_a_column_form_of_a_site_that_keeps_nothing_is_refused(seller, owner, novels, own, theirs, as_user):
    SiteFactory(organisation=seller, is_main=False, name="L’annexe")
    run = upload_import(seller=seller, upload=template(line("A")), by=owner)
    data = {f"c{n}": run.mapping[column] for n, column in enumerate(run.columns)}
    data |= {"condition": "good", "origin": "gift", "site": theirs.public_id}
    answer = as_user(owner).post(reverse("connect:import-columns", args=[run.public_id]), data)
    assert answer.status_code == 422
    assert "site" not in ImportRun.objects.get(pk=run.pk).defaults
