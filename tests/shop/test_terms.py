"""General terms of sale: draft, versions that stay, what an order accepted, who may write them."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction

from rebond.journal.models import Entry, OutgoingMail
from rebond.network.models import Agreement, Organisation
from rebond.network.queries.agreements import DEFAULT_SCOPES
from rebond.shop.actions.order_mail import write_order_mail
from rebond.shop.actions.terms import publish_terms, save_terms_draft
from rebond.shop.errors import TermsChangedError, TermsSameError
from rebond.shop.models import Order, SellerOrder, TermsDraft, TermsVersion
from rebond.shop.queries.orders import order_path
from rebond.shop.queries.terms import check_terms, current_terms, differences, model_text, seal_of, terms_of_order
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
TEXT = "# 1. Le vendeur\n\n" + "Nous vendons des objets réparés dans notre atelier, à Marmande. " * 5
BUYER = {
    "name": "Camille Vasseur",
    "email": "camille@example.org",
    "phone": "",
    "address": "18 rue de la Libération",
    "postal_code": "47200",
    "city": "Marmande",
    "has_read": "on",
    "parcel_1": "pickup",
    "operation": "7c2b8f52-4a8e-4a4d-9d7e-0d6a3c1c9b21",
}


def published(organisation, text=TEXT, by=None):
    draft = save_terms_draft(organisation=organisation, text=text, version=0, by=by)
    return publish_terms(organisation=organisation, version=draft.version, note="", by=by)


def words(response):
    return BeautifulSoup(response.content, "html.parser").main.get_text(" ", strip=True)


@pytest.fixture(autouse=True)
def trial(settings):
    settings.PAYMENT_PROVIDER = "test"


@pytest.fixture
def chair(chairs, seller, index):
    SiteFactory(organisation=seller, is_main=True, city="Marmande", department="47")
    seller.delivery_modes = ["pickup"]
    seller.save()
    return ItemFactory(seller=seller, category=chairs, on_sale=True, title="Chaise en hêtre", price_cents=2500)


def test_a_draft_then_two_versions_with_one_journal_entry_each(seller, owner):
    first = published(seller, by=owner)
    second = published(seller, TEXT + "\n\nLe retrait se fait le samedi.", by=owner)

    assert (first.number, second.number, second.published_by) == (1, 2, "Olivia Owner")
    assert current_terms([seller.pk]) == {seller.pk: second}
    assert not TermsDraft.objects.exists()
    kinds = list(Entry.objects.order_by("pk").values_list("action", flat=True))
    assert kinds == ["shop.terms.written", "shop.terms.published"] * 2


def test_a_published_version_stays_on_both_databases(seller):
    version = published(seller)
    for change in (lambda rows: rows.update(text="autre"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="published terms stay"), transaction.atomic():
            change(TermsVersion.objects.filter(pk=version.pk))
    assert TermsVersion.objects.get().text == TEXT.strip()


def test_two_people_who_write_do_not_lose_words(seller):
    draft = save_terms_draft(organisation=seller, text=TEXT, version=0, by=None)
    save_terms_draft(organisation=seller, text=TEXT + "A", version=draft.version, by=None)
    with pytest.raises(TermsChangedError):
        save_terms_draft(organisation=seller, text=TEXT + "B", version=draft.version, by=None)
    with pytest.raises(TermsChangedError):
        save_terms_draft(organisation=seller, text=TEXT + "C", version=0, by=None)
    with pytest.raises(TermsChangedError):
        publish_terms(organisation=seller, version=draft.version, by=None)
    assert TermsDraft.objects.get().text == TEXT + "A"


def test_the_same_words_are_no_new_version(seller):
    published(seller)
    with pytest.raises(TermsSameError):
        published(seller)
    assert TermsVersion.objects.count() == 1


def test_the_differences_name_what_came_and_what_went():
    blocks = differences("# Un\n\nVente le samedi.\n\nFin.", "# Un\n\nVente le dimanche.\n\nFin.\n\nPlus.")
    assert [(block.is_heading, block.change) for block in blocks] == [
        (True, ""),
        (False, "changed"),
        (False, ""),
        (False, "new"),
    ]
    assert blocks[1].pieces == (("Vente le ", ""), ("samedi.", "gone"), ("dimanche.", "new"))


def test_the_model_has_the_sellers_facts_and_what_it_must_write(seller):
    SiteFactory(organisation=seller, is_main=True, address="3 rue du Port", city="Marmande")
    seller.mediator = "Médiation Sud, mediation@example.org"
    text = model_text(seller)
    assert "3 rue du Port, 47200 Marmande" in text
    assert "Médiation Sud" in text
    assert "[" in text


def test_the_operators_model_says_that_it_does_not_sell(seller):
    text = model_text(OrganisationFactory(kind="operator", name="Rebond", legal_name="SCIC Rebond"))
    assert "SCIC Rebond" in text
    assert "vendu par la structure solidaire que nomme son annonce" in text
    assert "Nous vendons en notre nom" not in text
    assert "{" not in text


def test_an_order_keeps_the_versions_that_its_buyer_accepted(client, chair, seller):
    operator = OrganisationFactory(kind="operator", name="Rebond")
    accepted, own = published(seller), published(operator)
    client.post("/panier/ajout/", {"code": chair.code}, headers=HERE)
    form = BeautifulSoup(client.get("/commande/").content, "html.parser").main.form
    assert [a["href"] for a in form.select("#id_has_read ~ span a")][1:] == [
        f"/conditions-de-vente/{own.public_id}/",
        f"/conditions-de-vente/{accepted.public_id}/",
    ]
    seal, total = form.select_one("input[name=terms]")["value"], form.select_one("input[name=total]")["value"]
    assert client.post("/commande/", BUYER | {"terms": seal, "total": total}, headers=HERE).status_code == 302
    later = published(seller, TEXT + "\n\nAutre chose.")

    order = Order.objects.get()
    assert (order.terms, order.parts.get().terms) == (own, accepted)
    page = client.get(order_path(order))
    assert f"/conditions-de-vente/{accepted.public_id}/".encode() in page.content
    assert later.public_id.encode() not in page.content


def test_terms_published_meanwhile_stop_the_order_and_say_so(client, chair, seller):
    OrganisationFactory(kind="operator")
    client.post("/panier/ajout/", {"code": chair.code}, headers=HERE)
    published(seller)
    answer = client.post("/commande/", BUYER | {"terms": "", "total": "2500"}, headers=HERE)
    assert answer.status_code == 422
    assert "vient de publier" in words(answer)
    assert not Order.objects.exists()
    again = client.post(
        "/commande/", BUYER | {"terms": seal_of(current_terms([seller.pk])), "total": "2500"}, headers=HERE
    )
    assert (again.status_code, SellerOrder.objects.get().terms.number) == (302, 1)


def test_a_seller_without_terms_sells_under_the_networks_which_are_named_and_kept(client, chair, seller):
    own = published(OrganisationFactory(kind="operator", name="Rebond"))
    client.post("/panier/ajout/", {"code": chair.code}, headers=HERE)
    form = BeautifulSoup(client.get("/commande/").content, "html.parser").main.form
    said = " ".join(form.select_one("#id_has_read ~ span").get_text().split())
    assert f"Celles du réseau valent aussi pour {seller.name}, faute de conditions propres." in said
    typed = {name: form.select_one(f"input[name={name}]")["value"] for name in ("terms", "total")}
    assert client.post("/commande/", BUYER | typed, headers=HERE).status_code == 302

    order = Order.objects.get()
    assert (order.terms, order.parts.get().terms) == (own, own)
    assert terms_of_order(order) == [own]
    later = published(seller)
    assert order.parts.get().terms != later


def test_the_check_warns_where_no_terms_would_be_kept(seller):
    operator = OrganisationFactory(kind="operator", name="Rebond")
    published(seller)
    assert check_terms().is_warning
    published(operator)
    assert not check_terms().is_warning


def test_the_confirmation_holds_the_terms_word_by_word(chair, seller):
    published(seller)
    order = paid_order(chair)
    write_order_mail(order_id=order.pk)
    mail = OutgoingMail.objects.get(kind="shop.order")
    assert TEXT.strip().split("\n\n")[1] in mail.text
    assert "\n# " not in mail.text


def test_the_public_pages_show_versions_changes_and_what_is_in_force(client, seller):
    first = published(seller)
    second = published(seller, TEXT + "\n\n<script>alert(1)</script> Le samedi.")
    old, new = (
        client.get(f"/conditions-de-vente/{first.public_id}/"),
        client.get(f"/conditions-de-vente/{second.public_id}/"),
    )
    assert "n’est plus en vigueur" in words(old)
    assert "n’est plus en vigueur" not in words(new)
    assert b"<script>alert" not in new.content
    changes = client.get(f"/conditions-de-vente/{second.public_id}/changements/")
    assert BeautifulSoup(changes.content, "html.parser").select_one(".diff ins").get_text().startswith("<script>")
    assert client.get(f"/conditions-de-vente/{first.public_id}/changements/").status_code == 404
    assert f"/conditions-de-vente/{second.public_id}/".encode() in client.get(f"/vendeurs/{seller.slug}/").content


def test_the_desk_writes_shows_and_publishes(as_user, owner, seller):
    client = as_user(owner)
    assert "[" in BeautifulSoup(client.get("/bureau/conditions/?modele=1").content, "html.parser").textarea.get_text()
    short = client.post("/bureau/conditions/", {"version": "0", "text": "Trop court."})
    holes = client.post("/bureau/conditions/", {"version": "0", "text": TEXT + "[à compléter]"})
    assert (short.status_code, holes.status_code, TermsDraft.objects.count()) == (422, 422, 0)
    assert client.post("/bureau/conditions/", {"version": "0", "text": TEXT}).status_code == 302
    draft = TermsDraft.objects.get()
    path = f"/bureau/conditions/{seller.public_id}/publication/"
    client.post(path, {"version": str(draft.version), "note": "La première"})
    client.post(path, {"version": str(draft.version), "note": "La première"})  # sent twice
    assert list(TermsVersion.objects.values_list("number", "note")) == [(1, "La première")]
    assert client.get(path).status_code == 405


def test_readers_read_and_strangers_see_nothing(as_user, reader, stranger, seller):
    client = as_user(reader)
    assert client.get("/bureau/conditions/").status_code == 200
    assert client.post("/bureau/conditions/", {"version": "0", "text": TEXT}).status_code == 403
    assert as_user(stranger).get(f"/bureau/conditions/{seller.public_id}/").status_code == 404
    assert (
        as_user(stranger).post(f"/bureau/conditions/{seller.public_id}/publication/", {"version": "1"}).status_code
        == 404
    )
    assert not TermsDraft.objects.exists()


def test_the_operator_writes_those_that_an_agreement_entrusts(as_user, seller):
    operator = OrganisationFactory(kind="operator", name="Rebond")
    coordinator = MembershipFactory(organisation=operator, role="coordinator").user
    client, path = as_user(coordinator), f"/bureau/conditions/{seller.public_id}/"
    assert client.get(path).status_code == 404
    agreement = Agreement.objects.create(
        organisation=seller,
        operator=operator,
        kind="brick",
        starts_on=datetime.date(2024, 1, 1),
        signed_on=datetime.date(2023, 12, 1),
        scope=DEFAULT_SCOPES["brick"],
    )
    assert seller.name in words(client.get("/bureau/conditions/"))
    assert client.post(path, {"version": "0", "text": TEXT}).status_code == 302
    assert TermsDraft.objects.get().organisation == seller
    Agreement.objects.filter(pk=agreement.pk).update(scope=DEFAULT_SCOPES["franchise"])
    assert client.get(path).status_code == 404


def test_the_terms_in_force_cost_one_query(seller, django_assert_num_queries):
    others = [seller, *OrganisationFactory.create_batch(3, admitted=True)]
    for organisation in others:
        published(organisation)
        published(organisation, TEXT + "\n\nPlus.")
    with django_assert_num_queries(1):
        found = current_terms([row.pk for row in others])
    assert {row.number for row in found.values()} == {2}
    assert Organisation.objects.count() == len(found)
