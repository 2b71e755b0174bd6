"""Storing agreements: offered, answered, ended; where another seller's objects may lie meanwhile."""

import datetime
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from rebond.catalogue.actions.hosting import (
    accept_hosting,
    end_hosting,
    offer_hosting,
    refuse_hosting,
    take_back_hosting,
)
from rebond.catalogue.actions.item import begin_item, change_item, create_item
from rebond.catalogue.actions.item_write import duplicate_item
from rebond.catalogue.errors import FieldInvalid, HostingStateForbids
from rebond.catalogue.models import Hosting
from rebond.catalogue.queries.hosting import first_site, may_lie_at, sites_for
from rebond.journal.models import Entry
from tests.factories.catalogue import CategoryFactory, ItemFactory
from tests.factories.hosting import hosted
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def day(number=0):
    return timezone.localdate() + datetime.timedelta(days=number)


@pytest.fixture
def site(seller):
    """Of the organisation that keeps."""
    return SiteFactory(organisation=seller, name="Quai 3", city="Agen")


@pytest.fixture
def guest():
    """The seller whose objects are kept."""
    return OrganisationFactory(admitted=True, name="Le Vide-Grenier", letters="VG", siren="732829320")


@pytest.fixture
def keeper(guest):
    return MembershipFactory(organisation=guest, role="manager", user__name="Gus Guest").user


@pytest.fixture
def category():
    return CategoryFactory(key="lampes", slug="lampes", name="Lampes")


def offer(site, guest, by, **more):
    return offer_hosting(**{"site": site, "seller": guest, "starts_on": day(), "by": by} | more)


def url(name, *args):
    return reverse(f"catalogue:hosting-{name}", args=args)


def test_nothing_comes_in_before_the_seller_accepts_nor_after_the_end(site, guest, owner, keeper, category):
    made = offer(site, guest, owner)
    given = {"seller": guest, "category": category, "by": keeper, "site": site}
    with pytest.raises(FieldInvalid):
        begin_item(**given)
    accept_hosting(hosting=made, by=keeper)
    item = begin_item(**given)
    created = create_item(
        seller=guest, category=category, title="Lampe", condition="good", price_cents=900, by=keeper,
        fields={"site": site},
    )  # fmt: skip
    assert (item.site, created.site, created.place) == (site, site, site.place)
    end_hosting(hosting=made, on=day(), organisation=guest, by=keeper)
    assert may_lie_at(guest, site), "its last day is part of it"
    Hosting.objects.update(starts_on=day(-9), ends_on=day(-1))
    with pytest.raises(FieldInvalid):
        begin_item(**given)
    change_item(item=item, changes={"site": site, "title": "Lampe bleue"}, by=keeper)
    item.refresh_from_db()
    assert (item.title, item.site) == ("Lampe bleue", site), "what lies there stays"
    assert duplicate_item(item=created, by=keeper).site is None
    verbs = Entry.objects.filter(action__startswith="catalogue.hosting").order_by("pk").values_list("action", flat=True)
    assert list(verbs) == [f"catalogue.hosting.{verb}" for verb in ("offered", "accepted", "ended")]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"starts_on": -1}, "starts_on"),
        ({"starts_on": 3, "ends_on": 2}, "ends_on"),
        ({"starts_on": 10}, "starts_on"),
        ({"starts_on": 0, "ends_on": 5}, "starts_on"),
    ],
)
def test_wrong_days_are_refused_beside_their_field(site, guest, owner, given, field):
    offer(site, guest, owner, starts_on=day(5), ends_on=day(20))
    days = {name: day(number) for name, number in given.items()}
    with pytest.raises(FieldInvalid) as refused:
        offer(site, guest, owner, **days)
    assert (refused.value.field, Hosting.objects.count()) == (field, 1)


def test_only_another_seller_of_the_platform_is_kept_for(site, seller, owner):
    for wrong in (seller, OrganisationFactory()):
        with pytest.raises(FieldInvalid) as refused:
            offer(site, wrong, owner)
        assert refused.value.field == "seller"


def test_answers_count_once_and_the_database_keeps_one_without_end(site, guest, owner, keeper):
    made = offer(site, guest, owner)
    with pytest.raises(HostingStateForbids):
        end_hosting(hosting=made, on=day(1), organisation=guest, by=keeper)
    refuse_hosting(hosting=made, by=keeper)
    for act in (accept_hosting, refuse_hosting, take_back_hosting):
        with pytest.raises(HostingStateForbids):
            act(hosting=made, by=keeper)
    second = offer(site, guest, owner)
    take_back_hosting(hosting=second, by=owner)
    third = accept_hosting(hosting=offer(site, guest, owner), by=keeper)
    with pytest.raises(HostingStateForbids):
        take_back_hosting(hosting=third, by=owner)
    end_hosting(hosting=third, on=day(3), organisation=site.organisation, by=owner)
    for on, error in ((day(-1), FieldInvalid), (day(3), HostingStateForbids), (day(9), HostingStateForbids)):
        with pytest.raises(error):
            end_hosting(hosting=third, on=on, organisation=guest, by=keeper)
    Hosting.objects.filter(pk=third.pk).update(ends_on=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        hosted(guest, site)


def test_an_offer_is_over_with_its_last_day(site, guest, keeper):
    made = hosted(guest, site, starts_in=-5, ends_in=-1, is_accepted=False)
    with pytest.raises(HostingStateForbids):
        accept_hosting(hosting=made, by=keeper)
    assert made.state_on(day()) == "over"


def test_the_pickers_offer_the_place_with_whose_it_is(site, guest, as_user, keeper):
    own = SiteFactory(organisation=guest, name="Boutique")
    hosted(guest, site)
    named = "Les Ateliers du Confluent, Quai 3 (Agen)"
    assert sites_for(guest) == [(own, "Boutique"), (site, named)]
    assert first_site(guest) == own
    assert named in as_user(keeper).get("/bureau/objets/nouveau/").text
    item = ItemFactory(seller=guest, site=site)
    Hosting.objects.all().delete()
    own.delete()
    assert sites_for(guest) == []
    assert sites_for(guest, site) == [(site, named)], "where it lies now it may stay"
    assert as_user(keeper).get(f"/bureau/objets/{item.code.lower()}/modification/").status_code == 200


def test_offered_on_the_page_once_and_accepted_on_the_other_desk(site, guest, as_user, owner, keeper):
    form = {
        "seller": "le vide-grenier", "site": site.public_id, "starts_on": day().isoformat(), "words": "10 € par mois",
        "operation": str(uuid.uuid4()),
    }  # fmt: skip
    host = as_user(owner)
    for _twice in range(2):
        sent = host.post(url("offer"), form)
    made = Hosting.objects.get()
    assert (sent.url, made.seller, made.words) == (url("detail", made.public_id), guest, "10 € par mois")
    browser = as_user(keeper)
    assert "1 offre pour garder vos objets" in browser.get("/bureau/").text
    assert "10 € par mois" in browser.get(url("detail", made.public_id)).text
    assert host.post(url("answer", made.public_id), {"verb": "accept"}).status_code == 404, "not the host's to say"
    browser.post(url("answer", made.public_id), {"verb": "accept"})
    made.refresh_from_db()
    assert made.accepted_at is not None
    ItemFactory(seller=guest, site=site, on_sale=True)
    ItemFactory(seller=guest, site=site, sold=True)
    over = browser.post(url("end", made.public_id), {"on": day(-2).isoformat()})
    assert (over.status_code, "Aujourd’hui au plus tôt" in over.text) == (422, True)
    browser.post(url("end", made.public_id), {"on": day().isoformat()})
    Hosting.objects.update(starts_on=day(-3), ends_on=day(-1))
    assert "1 objet y est encore" in host.get(url("detail", made.public_id)).text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"seller": "Personne"}, "Aucun vendeur de la plateforme"),
        ({"seller": "Les Ateliers du Confluent"}, "votre propre organisation"),
        ({"starts_on": "2020-01-01"}, "Aujourd’hui au plus tôt"),
        ({"site": "autre"}, "choix"),
    ],
)
def test_a_wrong_offer_is_said_beside_its_field_and_kept(site, guest, as_user, owner, changed, says):
    form = {"seller": "732 829 320", "site": site.public_id, "starts_on": day().isoformat(), "words": "Au sec"}
    sent = as_user(owner).post(url("offer"), form | changed)
    assert (sent.status_code, says in sent.text, "Au sec" in sent.text) == (422, True, True)
    assert not Hosting.objects.exists()


def test_the_two_read_it_managers_act_and_strangers_see_nothing(site, guest, as_user, owner, reader, keeper, stranger):
    made = hosted(guest, site, is_accepted=False)
    for user in (owner, reader, keeper):
        assert as_user(user).get(url("detail", made.public_id)).status_code == 200
    assert as_user(reader).post(url("end", made.public_id), {"on": day().isoformat()}).status_code == 403
    assert as_user(reader).get(url("offer")).status_code == 403
    browser = as_user(stranger)
    assert browser.get(url("detail", made.public_id)).status_code == 404
    for name in ("answer", "end"):
        assert browser.post(url(name, made.public_id), {"verb": "accept"}).status_code == 404
    assert "Quai 3" not in browser.get(url("list")).text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_the_same_for_one_and_three(site, seller, as_user, owner, django_assert_num_queries, number):
    for n in range(number):
        guest = OrganisationFactory(admitted=True, name=f"Vendeur {n}")
        hosted(guest, site)
        ItemFactory.create_batch(n + 1, seller=guest, site=site)
    client = as_user(owner)
    client.get(url("list"))
    with django_assert_num_queries(7):
        page = client.get(url("list"))
    assert [row.number for row in page.context["page"]] == list(range(number, 0, -1))
    assert "Vendeur 0" not in client.get(f"{url('list')}?cote=ailleurs").text
