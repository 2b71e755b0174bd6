"""Organisations, attributes, sites and members: what each action changes, and what it refuses."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from rebond.journal.models import Entry, OutgoingMail
from rebond.network.actions.attribute import add_attribute, attach_proof, end_attribute, verify_attribute
from rebond.network.actions.membership import (
    accept_invitation,
    cancel_invitation,
    end_membership,
    invite_member,
    resend_invitation,
)
from rebond.network.actions.organisation import change_organisation, create_organisation
from rebond.network.actions.site import add_closure, remove_closure, remove_site, save_site
from rebond.network.errors import (
    AlreadyMemberError,
    DatesError,
    InvitationClosedError,
    LastManagerError,
    NetworkError,
    OverlapError,
    RoleNotAllowedError,
    SiteInUseError,
    StaleError,
    WrongRecipientError,
    WrongStateError,
)
from rebond.network.models import Closure, Invitation, Membership, Organisation, OrganisationAttribute, Site
from rebond.network.queries.places import commune, communes_of, department_name, map_paths, point_of
from rebond.network.queries.vat import mention_for
from rebond.network.signals import organisation_changed
from rebond.network.validators import clean_iban, clean_letters, clean_phone, clean_siren, clean_siret
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
DAY = datetime.date(2026, 3, 1)


def test_create_organisation_makes_a_free_address(coordinator):
    first = create_organisation(kind="recycling_shop", name="La Bascule", by=coordinator)
    second = create_organisation(kind="recycling_shop", name="La Bascule", by=coordinator)

    assert (first.slug, second.slug, first.seller_state) == ("la-bascule", "la-bascule-2", "none")
    assert Entry.objects.filter(action="network.organisation.created").count() == 2


def test_change_organisation_tells_the_second_editor(seller, owner, colleague):
    read = seller.version
    change_organisation(organisation=seller, changes={"email": "un@example.org"}, version=read, by=owner)

    with pytest.raises(StaleError):
        change_organisation(organisation=seller, changes={"email": "deux@example.org"}, version=read, by=colleague)

    seller.refresh_from_db()
    assert (seller.email, seller.version) == ("un@example.org", read + 1)
    assert [e.data["changed"] for e in Entry.objects.filter(action="network.organisation.changed")] == [
        {"email": ["", "un@example.org"]}
    ]


def test_change_organisation_sends_what_changed(seller, owner):
    heard = []

    def listen(sender, organisation, fields, **kwargs):
        heard.append((organisation, fields))

    organisation_changed.connect(listen)
    try:
        change_organisation(organisation=seller, changes={"tagline": "Ici", "tint": seller.tint}, version=1, by=owner)
    finally:
        organisation_changed.disconnect(listen)

    assert heard == [(seller, frozenset({"tagline"}))]


def test_change_organisation_refuses_a_state(seller, owner):
    with pytest.raises(ValueError, match="seller_state"):
        change_organisation(organisation=seller, changes={"seller_state": "admitted"}, version=1, by=owner)


def test_two_vat_regimes_at_once_are_refused(seller, owner):
    add_attribute(organisation=seller, kind="vat_regime", value="margin", valid_from=DAY, by=owner)

    with pytest.raises(OverlapError) as refused:
        add_attribute(
            organisation=seller, kind="vat_regime", value="standard", valid_from=datetime.date(2027, 1, 1), by=owner
        )

    assert "1 March 2026" in str(refused.value)
    assert OrganisationAttribute.objects.count() == 1


def test_mention_for_follows_the_day_of_the_invoice(seller, owner):
    old = add_attribute(organisation=seller, kind="vat_regime", value="franchise_293B", valid_from=DAY, by=owner)
    end_attribute(attribute=old, on=datetime.date(2026, 12, 31), by=owner)
    add_attribute(
        organisation=seller, kind="vat_regime", value="margin", valid_from=datetime.date(2027, 1, 1), by=owner
    )

    assert mention_for(seller, datetime.date(2026, 2, 28)) == ""
    assert mention_for(seller, datetime.date(2026, 12, 31)) == "TVA non applicable, article 293 B du CGI"
    assert mention_for(seller, datetime.date(2027, 1, 1)).startswith("Régime particulier – Biens d’occasion")


@pytest.mark.parametrize(
    ("kind", "value", "end", "error"),
    [
        ("vat_regime", "none of these", None, NetworkError),
        ("legal_form", "", None, NetworkError),
        ("esus", "A-12", datetime.date(2026, 2, 1), DatesError),
    ],
)
def test_add_attribute_refuses_bad_input(seller, owner, kind, value, end, error):
    with pytest.raises(error):
        add_attribute(organisation=seller, kind=kind, value=value, valid_from=DAY, valid_to=end, by=owner)
    assert not OrganisationAttribute.objects.exists()


def test_end_attribute_twice_is_refused(seller, owner):
    made = add_attribute(organisation=seller, kind="esus", value="A-12", valid_from=DAY, by=owner)
    end_attribute(attribute=made, on=datetime.date(2026, 6, 30), by=owner)

    with pytest.raises(WrongStateError):
        end_attribute(attribute=made, on=datetime.date(2026, 6, 30), by=owner)
    with pytest.raises(DatesError):
        end_attribute(attribute=made, on=datetime.date(2026, 2, 1), by=owner)


def test_verify_attribute_needs_a_proof_and_a_new_proof_needs_a_new_reading(seller, owner, coordinator):
    class Kept:
        public_id = "abcdefghjkmn"

    made = add_attribute(organisation=seller, kind="rup", valid_from=DAY, by=owner)
    with pytest.raises(NetworkError):
        verify_attribute(attribute=made, by=coordinator)
    attach_proof(attribute=made, stored=Kept, by=owner)
    verify_attribute(attribute=made, by=coordinator)
    assert made.verified_by == "Cora Coordinator"
    with pytest.raises(WrongStateError):
        verify_attribute(attribute=made, by=coordinator)

    attach_proof(attribute=made, stored=Kept, by=owner)

    assert (made.verified_at, made.verified_by) == (None, "")


SITE = {"kind": "shop", "name": "La boutique", "postal_code": "47200", "commune": "47157"}


def test_save_site_takes_place_and_coordinates_from_the_reference(seller, owner):
    made = save_site(organisation=seller, fields=SITE, by=owner)

    made.refresh_from_db()
    assert (made.city, made.department, made.is_main) == ("Marmande", "47", True)
    assert (str(made.latitude), str(made.longitude)) == ("44.50360", "0.16550")


def test_save_site_has_one_main_place(seller, owner):
    first = save_site(organisation=seller, fields=SITE, by=owner)
    second = save_site(organisation=seller, fields=SITE | {"name": "L’atelier", "is_main": True}, by=owner)
    third = save_site(organisation=seller, fields=SITE | {"name": "Le dépôt"}, by=owner)

    assert list(Site.objects.filter(is_main=True)) == [second]
    remove_site(site=second, by=owner)
    assert list(Site.objects.filter(is_main=True)) == [first]
    assert set(Site.objects.all()) == {first, third}


def test_a_place_with_objects_is_not_removed(seller, owner):
    place = SiteFactory(organisation=seller)
    ItemFactory(seller=seller, site=place)
    with pytest.raises(SiteInUseError), transaction.atomic():
        remove_site(site=place, by=owner)
    place.refresh_from_db()


@pytest.mark.parametrize(("postal_code", "insee"), [("47200", "75056"), ("00000", "47157"), ("47200", "")])
def test_save_site_refuses_a_commune_of_elsewhere(seller, owner, postal_code, insee):
    with pytest.raises(NetworkError):
        save_site(organisation=seller, fields=SITE | {"postal_code": postal_code, "commune": insee}, by=owner)
    assert not Site.objects.exists()


def test_closures_are_added_and_taken_back(seller, owner):
    with pytest.raises(DatesError):
        add_closure(organisation=seller, starts_on=DAY, ends_on=DAY - datetime.timedelta(days=1), by=owner)
    made = add_closure(organisation=seller, starts_on=DAY, ends_on=DAY, hides_items=True, by=owner)
    assert Closure.objects.get().hides_items
    remove_closure(closure=made, by=owner)
    assert not Closure.objects.exists()


def test_invitation_leads_to_a_membership_once(seller, owner):
    made = invite_member(organisation=seller, email="Nadia@Example.org ", role="seller", by=owner)
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.kind) == ("nadia@example.org", "network.invitation")
    assert made.token in mail.text
    nadia = UserFactory(email="nadia@example.org")

    membership = accept_invitation(invitation=made, by=nadia)

    assert (membership.user, membership.organisation, membership.role) == (nadia, seller, "seller")
    with pytest.raises(InvitationClosedError):
        accept_invitation(invitation=made, by=nadia)
    assert Membership.objects.filter(user=nadia).count() == 1
    with pytest.raises(AlreadyMemberError):
        invite_member(organisation=seller, email="nadia@example.org", role="seller", by=owner)


def test_an_invitation_works_for_its_address_only(seller, owner, stranger):
    made = invite_member(organisation=seller, email="nadia@example.org", role="manager", by=owner)
    with pytest.raises(WrongRecipientError):
        accept_invitation(invitation=made, by=stranger)
    assert not Membership.objects.filter(user=stranger, organisation=seller).exists()


def test_a_late_cancelled_or_replaced_invitation_is_closed(seller, owner):
    nadia = UserFactory(email="nadia@example.org")
    late = invite_member(organisation=seller, email=nadia.email, role="seller", by=owner)
    with pytest.raises(InvitationClosedError):
        accept_invitation(invitation=late, by=nadia, now=timezone.now() + datetime.timedelta(days=15))
    newer = invite_member(organisation=seller, email=nadia.email, role="seller", by=owner)
    with pytest.raises(InvitationClosedError):
        accept_invitation(invitation=late, by=nadia)
    cancel_invitation(invitation=newer, by=owner)
    for action in (cancel_invitation, resend_invitation):
        with pytest.raises(InvitationClosedError):
            action(invitation=newer, by=owner)
    assert not Membership.objects.filter(user=nadia).exists()


def test_resend_changes_the_link(seller, owner):
    made = invite_member(organisation=seller, email="nadia@example.org", role="seller", by=owner)
    former = made.token
    resend_invitation(invitation=made, by=owner)
    assert made.token != former
    assert OutgoingMail.objects.count() == 2
    assert not Invitation.objects.filter(token=former).exists()


@pytest.mark.parametrize("role", ["coordinator", "committee", "moderator", "catalogue_manager", "emperor"])
def test_network_roles_exist_at_the_operator_only(seller, owner, role):
    with pytest.raises(RoleNotAllowedError):
        invite_member(organisation=seller, email="nadia@example.org", role=role, by=owner)
    assert not Invitation.objects.exists()


def test_the_last_manager_stays(seller, owner, colleague):
    mine = Membership.objects.get(user=owner)
    with pytest.raises(LastManagerError):
        end_membership(membership=mine, by=owner)
    mine.refresh_from_db()
    assert mine.ended_at is None
    theirs = Membership.objects.get(user=colleague)
    end_membership(membership=theirs, by=owner)
    with pytest.raises(WrongStateError):
        end_membership(membership=theirs, by=owner)


@pytest.mark.parametrize(
    ("check", "good", "clean", "bad"),
    [
        (clean_siren, "732 829 320", "732829320", "732829321"),
        (clean_siren, "", "", "73282932"),
        (clean_siret, "732 829 320 00074", "73282932000074", "73282932000075"),
        (clean_iban, "FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189", "FR7630006000011234567890188"),
        (clean_letters, "cf", "CF", "C1"),
        (clean_phone, "05 53 00 00 00", "0553000000", "12"),
    ],
)
def test_identifiers_are_checked(check, good, clean, bad):
    assert check(good) == clean
    with pytest.raises(ValidationError):
        check(bad)


def test_a_siret_must_be_of_the_same_organisation():
    with pytest.raises(ValidationError):
        clean_siret("73282932000074", siren="552100554")


def test_places_of_the_reference_data():
    assert department_name("47") == "Lot-et-Garonne"
    assert department_name("2A") == "Corse-du-Sud"
    assert department_name("999") == "999"
    assert next(c.name for c in communes_of("47200")) == "Marmande"
    assert communes_of("99999") == ()
    assert commune("47157").postal_codes == ("47200",)
    assert commune("00000") is None
    assert len(map_paths()["paths"]) == 101


def test_points_fall_inside_the_map():
    width, height = map_paths()["size"]
    for department in map_paths()["paths"]:
        x, y = point_of(department)
        assert 0 < x < width
        assert 0 < y < height
    assert point_of("988") is None


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Les Amis du livre qui voyage", "AL"), ("L’Atelier de la Plaine", "AP"), ("Bébés", "B"), ("La Le", "LL")],
)
def test_initials_skip_what_says_nothing(name, letters):
    assert Organisation(name=name).initials == letters
