"""The desk's frame and the pages of organisations, as people see them."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rebond.catalogue.enums import DeliveryMode
from rebond.journal.models import Entry
from rebond.network.actions.membership import invite_member
from rebond.network.models import Invitation, Membership, Organisation, OrganisationAttribute, Site
from rebond.network.web.forms import DELIVERY, SiteForm
from tests.factories.accounts import UserFactory
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory
from tests.factories.papers import PLAIN_PDF, refused_pdfs

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def url(name, *args):
    return reverse(f"network:{name}", args=args)


def test_home_says_what_waits(as_user, owner, seller):
    answer = as_user(owner).get(url("home"))
    assert answer.status_code == 200
    assert "Bonjour Olivia" in answer.text
    assert "Complétez votre page publique" in answer.text


def test_home_of_the_network_shows_its_figures(as_user, coordinator, seller):
    answer = as_user(coordinator).get(url("home"))
    assert "vendeur en ligne" in answer.text


def test_home_without_organisation_says_what_to_do(as_user):
    answer = as_user(UserFactory()).get(url("home"))
    assert answer.status_code == 200
    assert "Vous n’êtes pas encore dans une structure" in answer.text


def test_home_of_a_visitor_is_the_sign_in_page(client):
    assert client.get(url("home")).status_code == 302


def test_switch_changes_the_organisation_acted_for(as_user, owner, seller):
    other = MembershipFactory(user=owner, role="reader", organisation__name="Zèbre").organisation
    browser = as_user(owner)
    assert "Olivia Owner" in browser.get(url("home")).text
    answer = browser.post(url("organisation-switch"), {"organisation": other.public_id}, follow=True)
    assert "Vous agissez maintenant pour Zèbre" in answer.text
    assert browser.get(url("organisation-change", other.public_id)).status_code == 403


def test_switch_to_a_stranger_s_is_refused(as_user, owner, stranger):
    other = stranger.memberships.get().organisation
    browser = as_user(owner)
    assert browser.post(url("organisation-switch"), {"organisation": other.public_id}).status_code == 404
    assert browser.get(url("organisation-switch")).status_code == 405


def test_rights_of_one_organisation_do_not_reach_another(as_user, owner, seller):
    """A manager here who only reads there changes nothing there without the right."""
    there = MembershipFactory(user=owner, role="reader").organisation
    answer = as_user(owner).post(url("organisation-change", there.public_id), {"name": "Pris", "version": 1})
    assert answer.status_code in {403, 404}
    there.refresh_from_db()
    assert there.name != "Pris"


def test_rights_page_describes_every_permission(as_user, reader):
    answer = as_user(reader).get(url("rights"))
    assert answer.status_code == 200
    assert "Ouvrir le bureau" in answer.text


@pytest.mark.parametrize("rows", [1, 3])
def test_directory_costs_the_same_for_more_rows(as_user, coordinator, rows, django_assert_num_queries):
    for _ in range(rows):
        SiteFactory()
    browser = as_user(coordinator)
    with django_assert_num_queries(10):
        assert browser.get(url("organisation-list")).status_code == 200


def test_directory_finds_by_town_kind_state_and_department(as_user, coordinator):
    found = SiteFactory(organisation__name="La Malle").organisation
    OrganisationFactory(name="Ailleurs", kind="school")
    browser = as_user(coordinator)
    for query in ("q=marmande", "q=malle", "department=47", "kind=recycling_shop&q=malle"):
        answer = browser.get(f"{url('organisation-list')}?{query}")
        assert "La Malle" in answer.text, query
        assert "Ailleurs" not in answer.text, query
    assert found.name not in browser.get(f"{url('organisation-list')}?state=suspended").text


def test_directory_fragment_is_in_the_page(as_user, coordinator):
    SiteFactory()
    browser = as_user(coordinator)
    fragment = browser.get(url("organisation-list"), headers={"HX-Request": "true"})
    assert fragment.text.strip().startswith("<div")
    assert fragment.text.strip() in browser.get(url("organisation-list")).text


def test_directory_is_downloaded_with_its_filters(as_user, coordinator):
    SiteFactory(organisation__name="La Malle", organisation__siren="732829320")
    OrganisationFactory(name="Ailleurs")
    answer = as_user(coordinator).get(f"{url('organisation-list')}?q=malle&export=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 2
    assert "La Malle" in text
    assert "732829320" in text
    assert "Marmande" in text


def test_directory_is_for_the_network(as_user, owner, reader):
    assert as_user(owner).get(url("organisation-list")).status_code == 403
    assert as_user(reader).get(url("organisation-list")).status_code == 403


def test_create_checks_the_siren(as_user, coordinator):
    browser = as_user(coordinator)
    fields = {"kind": "school", "name": "L’École du Quai", "siren": "732829321"}
    answer = browser.post(url("organisation-create"), fields)
    assert answer.status_code == 422
    assert "Ce SIREN n’existe pas" in answer.text
    answer = browser.post(url("organisation-create"), fields | {"siren": "732829320"})
    assert answer.status_code == 302
    made = Organisation.objects.get(siren="732829320")
    assert made.slug == "l-ecole-du-quai"
    answer = browser.post(url("organisation-create"), fields | {"siren": "732829320", "name": "Bis"})
    assert answer.status_code == 422
    assert "Déjà pris par L’École du Quai" in answer.text


def test_second_editor_keeps_their_words(as_user, coordinator, seller):
    browser = as_user(coordinator)
    fields = {"kind": seller.kind, "name": seller.name, "letters": "CF", "version": seller.version}
    address = url("organisation-change", seller.public_id)
    assert browser.post(address, fields | {"email": "un@example.org"}).status_code == 302

    answer = browser.post(address, fields | {"email": "deux@example.org"})

    assert answer.status_code == 422
    assert "Quelqu’un a modifié" in answer.text
    assert "un@example.org" in answer.text
    assert 'value="deux@example.org"' in answer.text
    seller.refresh_from_db()
    assert seller.email == "un@example.org"
    assert browser.post(address, fields | {"email": "deux@example.org", "version": seller.version}).status_code == 302


def test_a_manager_cannot_change_what_codes_hang_on(as_user, owner, seller):
    fields = {"name": "Nouveau nom", "kind": "operator", "letters": "ZZ", "slug": "autre", "version": 1}
    assert as_user(owner).post(url("organisation-change", seller.public_id), fields).status_code == 302
    seller.refresh_from_db()
    assert (seller.name, seller.kind, seller.letters) == ("Nouveau nom", "recycling_shop", "CF")
    assert seller.slug == "ateliers-du-confluent"


def test_profile_leaves_the_register_to_its_own_page(as_user, owner, seller):
    page = as_user(owner).get(url("profile-change", seller.public_id)).text
    assert "R321-3" not in page
    fields = {"version": 1, "tint": "rose", "ships_in_days": 2}
    assert as_user(owner).post(url("profile-change", seller.public_id), fields).status_code == 302
    seller.refresh_from_db()
    assert not seller.is_register_kept


def test_profile_is_changed(as_user, owner, seller):
    fields = {"version": 1, "story": "Née en 2009.", "tint": "rose", "delivery_modes": ["relay"], "ships_in_days": 2}
    assert as_user(owner).post(url("profile-change", seller.public_id), fields).status_code == 302
    seller.refresh_from_db()
    assert (seller.story, seller.tint, seller.delivery_modes, seller.ships_in_days) == (
        "Née en 2009.",
        "rose",
        ["relay"],
        2,
    )


def test_delivery_keys_are_those_of_the_catalogue():
    assert [key for key, _ in DELIVERY] == list(DeliveryMode.values)


def test_a_proof_that_could_run_is_locked_or_is_none_is_refused(as_user, owner, seller):
    fields = {"kind": "vat_regime", "value": "margin", "valid_from": "2026-01-01"}
    for content, words in refused_pdfs():
        proof = SimpleUploadedFile("regime.pdf", content, "application/pdf")
        answer = as_user(owner).post(url("attribute-add", seller.public_id), fields | {"proof": proof})
        assert (answer.status_code, words in answer.content.decode()) == (422, True)

    assert not OrganisationAttribute.objects.exists()


def test_attribute_with_its_proof_is_added_read_and_verified(as_user, owner, reader, coordinator, seller):
    fields = {"kind": "vat_regime", "value": "margin", "valid_from": "2026-01-01"}
    proof = SimpleUploadedFile("regime.pdf", PLAIN_PDF, "application/pdf")
    browser = as_user(owner)
    assert browser.post(url("attribute-add", seller.public_id), fields | {"proof": proof}).status_code == 302
    made = OrganisationAttribute.objects.get()
    answer = as_user(reader).get(url("attribute-file", seller.public_id, made.pk))
    assert b"".join(answer.streaming_content) == PLAIN_PDF
    assert Entry.objects.filter(action="journal.file.read").count() == 1
    assert browser.post(url("attribute-verify", seller.public_id, made.pk)).status_code == 403
    assert as_user(coordinator).post(url("attribute-verify", seller.public_id, made.pk)).status_code == 302
    made.refresh_from_db()
    assert made.verified_at is not None
    assert "Régime particulier – Biens d’occasion" in browser.get(url("organisation-detail", seller.public_id)).text


def test_overlapping_regimes_are_told_on_the_form(as_user, owner, seller):
    browser = as_user(owner)
    fields = {"kind": "vat_regime", "value": "margin", "valid_from": "2026-01-01"}
    browser.post(url("attribute-add", seller.public_id), fields)
    answer = browser.post(url("attribute-add", seller.public_id), fields | {"value": "standard"})
    assert answer.status_code == 422
    assert "chevauchent" in answer.text
    assert OrganisationAttribute.objects.count() == 1


def test_a_false_proof_is_refused_and_nothing_is_added(as_user, owner, seller):
    fields = {"kind": "esus", "number": "A-1", "valid_from": "2026-01-01"}
    proof = SimpleUploadedFile("proof.pdf", b"MZ not a pdf", "application/pdf")
    answer = as_user(owner).post(url("attribute-add", seller.public_id), fields | {"proof": proof})
    assert answer.status_code == 422
    assert not OrganisationAttribute.objects.exists()


def test_attribute_is_ended(as_user, owner, seller):
    made = OrganisationAttribute.objects.create(
        organisation=seller, kind="esus", value="A-1", valid_from=datetime.date(2026, 1, 1)
    )
    address = url("attribute-end", seller.public_id, made.pk)
    assert as_user(owner).post(address, {"valid_to": "2025-01-01"}).status_code == 422
    assert as_user(owner).post(address, {"valid_to": "2026-06-30"}).status_code == 302
    made.refresh_from_db()
    assert made.valid_to == datetime.date(2026, 6, 30)


SITE = {"name": "La boutique", "kind": "shop", "postal_code": "47200", "commune": "47157"}


def test_site_is_placed_by_its_postal_code(as_user, owner, seller):
    browser = as_user(owner)
    address = url("site-add", seller.public_id)
    answer = browser.post(address, SITE | {"find": "1", "commune": ""})
    assert answer.status_code == 200
    assert "Marmande (47)" in answer.text
    assert not Site.objects.exists()
    assert browser.post(address, SITE).status_code == 302
    site = Site.objects.get()
    assert (site.city, site.department) == ("Marmande", "47")
    change = url("site-change", seller.public_id, site.public_id)
    assert browser.get(change).status_code == 200
    assert browser.post(change, SITE | {"name": "Le grand hall", "version": "1"}).status_code == 302
    site.refresh_from_db()
    assert site.name == "Le grand hall"
    assert browser.post(url("site-remove", seller.public_id, site.public_id)).status_code == 302
    assert not Site.objects.exists()


def test_a_second_editor_of_a_place_is_told(as_user, owner, seller):
    browser = as_user(owner)
    browser.post(url("site-add", seller.public_id), SITE)
    site = Site.objects.get()
    change = url("site-change", seller.public_id, site.public_id)
    assert 'name="version" value="1"' in browser.get(change).text
    assert browser.post(change, SITE | {"name": "Le hall", "version": "1"}).status_code == 302
    for version in ({"version": "1"}, {}):
        answer = browser.post(change, SITE | {"name": "La halle", "hours": "Lundi", **version})
        assert answer.status_code == 422
        assert "Le hall</dd>" in answer.text
        assert 'value="La halle"' in answer.text
        assert 'name="version" value="2"' in answer.text
        site.refresh_from_db()
        assert (site.name, site.hours) == ("Le hall", "")
    assert browser.post(change, SITE | {"name": "La halle", "version": "2"}).status_code == 302
    site.refresh_from_db()
    assert (site.name, site.version) == ("La halle", 3)


def test_site_with_an_unknown_postal_code_is_refused(as_user, owner, seller):
    answer = as_user(owner).post(url("site-add", seller.public_id), SITE | {"postal_code": "99999"})
    assert answer.status_code == 422
    assert "Aucune commune" in answer.text


def test_days_off_are_announced_and_taken_back(as_user, owner, seller):
    browser = as_user(owner)
    fields = {"starts_on": "2999-08-01", "ends_on": "2999-08-15", "hides_items": "1"}
    assert browser.post(url("closure-add", seller.public_id), fields).status_code == 302
    closure = seller.closures.get()
    assert closure.hides_items
    assert "Objets masqués" in browser.get(url("organisation-detail", seller.public_id)).text
    assert browser.post(url("closure-remove", seller.public_id, closure.pk)).status_code == 302
    assert not seller.closures.exists()


def test_members_are_invited_and_ended(as_user, owner, colleague, seller):
    browser = as_user(owner)
    answer = browser.post(url("member-invite", seller.public_id), {"email": "n@example.org", "role": "coordinator"})
    assert answer.status_code == 422
    answer = browser.post(url("member-invite", seller.public_id), {"email": "n@example.org", "role": "seller"})
    assert answer.status_code == 302
    invitation = Invitation.objects.get()
    page = browser.get(url("member-list", seller.public_id))
    assert "n@example.org" in page.text
    assert browser.post(url("invitation-resend", seller.public_id, invitation.public_id)).status_code == 302
    assert browser.post(url("invitation-cancel", seller.public_id, invitation.public_id)).status_code == 302
    membership = Membership.objects.get(user=colleague)
    assert browser.post(url("member-end", seller.public_id, membership.pk)).status_code == 302
    membership.refresh_from_db()
    assert membership.ended_at is not None


def test_a_reader_sees_members_and_changes_nothing(as_user, reader, colleague, seller):
    browser = as_user(reader)
    assert browser.get(url("member-list", seller.public_id)).status_code == 200
    membership = Membership.objects.get(user=colleague)
    assert browser.post(url("member-end", seller.public_id, membership.pk)).status_code == 403
    assert browser.get(url("my-members")).status_code == 302


def test_invitation_page_for_a_visitor_for_another_and_for_its_owner(client, as_user, owner, stranger, seller):
    made = invite_member(organisation=seller, email="nadia@example.org", role="seller", by=owner)
    address = reverse("joining:invitation", args=[made.token])
    assert "Créer mon compte" in client.get(address).text
    answer = as_user(stranger).get(address)
    assert "nadia@example.org" in answer.text
    as_user(stranger).post(address)
    assert not Membership.objects.filter(user=stranger, organisation=seller).exists()
    nadia = UserFactory(email="nadia@example.org")
    browser = as_user(nadia)
    assert "Accepter" in browser.get(address).text
    answer = browser.post(address, follow=True)
    assert "Bienvenue chez Les Ateliers du Confluent" in answer.text
    assert browser.get(address).status_code == 410
    assert client.get(reverse("joining:invitation", args=["nothing"])).status_code == 404


def test_new_organisation_comes_from_the_directory_and_goes_back_to_it(as_user, coordinator):
    page = as_user(coordinator).get(url("organisation-create")).text
    assert f'<li><a href="{url("organisation-list")}">Annuaire</a></li>' in page
    assert "Quitter sans enregistrer" in page


def test_commune_of_another_postal_code_is_asked_again_in_words(seller):
    form = SiteForm({"name": "Dépôt", "postal_code": "", "commune": "14366"}, organisation=seller)
    assert form.errors["commune"] == ["Choisissez la commune."]
