"""Badges given, taken back, shown, forgotten; keys renewed; what verifiers and a second opinion say of all that."""

import datetime
import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from openbadgeslib.ob3 import OB3LdpVerifier, OB3Verifier, OpenBadgeCredential, decode_encoded_list

from rebond.journal.models import Entry, OutgoingMail
from rebond.skills.actions.award import forget_awards, issue_award, revoke_award, share_award
from rebond.skills.actions.badge import Words, close_badge, make_badge, rewrite_badge
from rebond.skills.actions.key import ensure_key, renew_key
from rebond.skills.credentials import keys
from rebond.skills.credentials.baking import unbake_png, unbake_svg
from rebond.skills.credentials.integrity import add_proof
from rebond.skills.credentials.statuslist import is_set
from rebond.skills.enums import VerdictState
from rebond.skills.errors import (
    AlreadyAwarded,
    AwardInvalid,
    BadgeClosed,
    BadgeInvalid,
    NeedsReason,
    NotOfTheTeam,
    WrongState,
)
from rebond.skills.models import Award, Badge, IssuerKey, StatusList
from rebond.skills.queries.documents import Proof, active_key, issuer_profile, signed_list
from rebond.skills.queries.files import file_of
from rebond.skills.queries.verdict import Papers, verify_badge
from tests.factories.accounts import UserFactory
from tests.factories.network import MembershipFactory
from tests.factories.skills import WORDS, badge_of, given_badge

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def badge(seller):
    return badge_of(seller)


@pytest.fixture
def amina(seller):
    return MembershipFactory(
        organisation=seller, role="worker", user__name="Amina Diallo", user__email="Amina@example.org"
    ).user


@pytest.fixture
def award(badge, amina, owner):
    proofs = [Proof("Douze colis en janvier", "Aucun retour.", "https://labascule.example/colis")]
    return issue_award(badge=badge, user=amina, proofs=proofs, by=owner)


def verdict_of(award, **kwargs):
    return verify_badge(award.credential.encode(), **kwargs)


def codes(verdict):
    return {check.key: check.code or check.result.value for check in verdict.checks}


def pem_of(award):
    """The public key in the form that other libraries take."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    method = json.loads(award.credential)["proof"]["verificationMethod"]
    raw = keys.from_multibase(method.partition("#")[2])[2:]
    public = Ed25519PublicKey.from_public_bytes(raw)
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_given_badge_is_signed_journalled_and_hidden(award, amina, owner, seller):
    said = json.loads(award.credential)

    assert verdict_of(award).state == VerdictState.VALID
    assert codes(verdict_of(award, papers=Papers(email="amina@example.org")))["recipient"] == "ok"
    assert (award.state, award.is_shared, award.organisation) == ("issued", False, seller)
    assert said["issuer"]["name"] == seller.name
    assert said["credentialSubject"]["achievement"]["criteria"] == {"narrative": WORDS.criteria}
    assert said["evidence"][0]["id"] == "https://labascule.example/colis"
    for personal in ("amina", "diallo", amina.public_id, "worker"):
        assert personal not in award.credential.lower()
    assert Entry.objects.filter(action="skills.award.issued", actor_id=owner.public_id).count() == 1
    assert Entry.objects.filter(action="skills.key.made").count() == 1


def test_the_person_is_written_to_when_it_is_given_and_taken_back(award, amina, owner, badge, seller):
    jo = MembershipFactory(organisation=seller, role="worker", user__email=None).user
    issue_award(badge=badge, user=jo, by=owner)  # without an address, without a mail
    revoke_award(award=award, reason="Donné par erreur", by=owner)

    given, taken = OutgoingMail.objects.order_by("pk")
    assert [(mail.kind, mail.to, mail.organisation_id) for mail in (given, taken)] == [
        ("skills.award.given", amina.email, seller.public_id),
        ("skills.award.taken_back", amina.email, seller.public_id),
    ]
    assert (badge.name in given.subject, badge.name in given.text, WORDS.criteria in given.text) == (True, True, True)
    assert "Donné par erreur" in taken.text
    assert all(mail.text.rstrip().endswith("/compte/badges/") for mail in (given, taken))
    with pytest.raises(WrongState):
        revoke_award(award=award, reason="Encore", by=owner)
    assert OutgoingMail.objects.count() == 2


def test_an_independent_library_accepts_ours_and_refuses_what_we_refuse(award):
    pem, document = pem_of(award), json.loads(award.credential)

    found = OB3LdpVerifier(pubkey_pem=pem).verify(document)
    assert isinstance(found, OpenBadgeCredential)
    assert (found.achievement.name, found.issuer.name) == (WORDS.name, award.organisation.name)
    token = file_of(award, "jeton").data.decode()
    assert OB3Verifier(pem).verify(token).id == found.id
    assert verify_badge(token.encode()).state == VerdictState.VALID
    for change in ({"name": "Cariste"}, {"rebondHours": "9999"}):
        with pytest.raises(Exception, match=r"."):
            OB3LdpVerifier(pubkey_pem=pem).verify(document | change)
        assert verify_badge(json.dumps(document | change).encode()).state == VerdictState.REFUSED


def test_the_files_hold_the_very_bytes_that_were_signed(award):
    assert unbake_png(file_of(award, "png").data) == award.credential
    assert json.loads(unbake_svg(file_of(award, "svg").data)) == json.loads(award.credential)
    assert file_of(award, "json").data == award.credential.encode()
    assert file_of(award, "pdf") is None
    for form in ("png", "svg", "json", "jeton"):
        assert verify_badge(file_of(award, form).data).state == VerdictState.VALID
    changed = award.credential.replace("Douze", "Vingt")
    baked = file_of(Award(badge=award.badge, organisation=award.organisation, credential=changed), "png")
    assert codes(verify_badge(baked.data))["signature"] == "bad_signature"


def test_person_without_e_mail_receives_one_too(badge, seller, owner):
    jo = MembershipFactory(organisation=seller, role="worker", user__email=None, user__name="Jo").user

    made = issue_award(badge=badge, user=jo, by=owner)

    identity = json.loads(made.credential)["credentialSubject"]["identifier"][0]
    assert identity["identityType"] == "systemId"
    assert verdict_of(made).state == VerdictState.VALID


@pytest.mark.parametrize(
    ("proofs", "field"),
    [
        ([Proof("")], "name"),
        ([Proof("x" * 201)], "name"),
        ([Proof("x", "", "http://clair.example")], "url"),
        ([Proof("x", "", "https://a b.example")], "url"),
        ([Proof("x", "", "https://[::1")], "url"),
        ([Proof("x")] * 21, "proofs"),
    ],
)
def test_evidence_that_cannot_be_told_is_refused(badge, amina, owner, proofs, field):
    with pytest.raises(AwardInvalid) as refused:
        issue_award(badge=badge, user=amina, proofs=proofs, by=owner)

    assert (refused.value.field, Award.objects.count()) == (field, 0)


def test_badge_is_given_once_to_the_team_while_it_is_given(award, badge, amina, owner, seller, stranger):
    with pytest.raises(AlreadyAwarded):
        issue_award(badge=badge, user=amina, by=owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.create(
            badge=badge, organisation=seller, user=amina, credential="{}", status_list=award.status_list, status_index=1
        )
    for outside in (stranger, UserFactory()):
        with pytest.raises(NotOfTheTeam):
            issue_award(badge=badge, user=outside, by=owner)
    left = MembershipFactory(organisation=seller, role="worker", ended_at=timezone.now()).user
    with pytest.raises(NotOfTheTeam):
        issue_award(badge=badge, user=left, by=owner)
    with pytest.raises(AwardInvalid):
        issue_award(
            badge=badge_of(seller), user=amina, valid_until=timezone.now() - datetime.timedelta(seconds=1), by=owner
        )
    close_badge(badge=badge, by=owner)
    with pytest.raises(BadgeClosed):
        issue_award(badge=badge, user=owner, by=owner)
    assert Award.objects.count() == 1
    with pytest.raises(BadgeClosed):
        close_badge(badge=badge, by=owner)


def test_taken_back_badge_is_refused_by_everybody(award, owner):
    listed = json.loads(award.credential)["credentialStatus"]
    before = signed_list(award.status_list, now=timezone.now())
    papers = Papers(profile=issuer_profile(award.organisation), status_list=before)
    assert not is_set(before["credentialSubject"]["encodedList"], award.status_index)
    for reason in ("", "  "):
        with pytest.raises(NeedsReason):
            revoke_award(award=award, reason=reason, by=owner)

    revoke_award(award=award, reason="Donné par erreur", by=owner)

    after = signed_list(award.status_list, now=timezone.now())
    bits = after["credentialSubject"]["encodedList"]
    assert (listed["statusListCredential"], listed["statusListIndex"]) == (after["id"], str(award.status_index))
    assert is_set(bits, award.status_index)
    assert sum(byte.bit_count() for byte in decode_encoded_list(bits)) == 1
    assert codes(verdict_of(award))["revoked"] == "revoked"
    assert codes(verdict_of(award, papers=papers))["revoked"] == "revoked"  # our registry knows better than a copy
    with pytest.raises(WrongState):
        revoke_award(award=award, reason="Encore", by=owner)
    award.refresh_from_db()
    assert award.revoked_reason == "Donné par erreur"
    again = issue_award(badge=award.badge, user=award.user, by=owner)
    assert (verdict_of(again).state, again.status_index != award.status_index) == (VerdictState.VALID, True)


def test_badge_that_expires_says_so_after_its_day(badge, amina, owner):
    until = timezone.now() + datetime.timedelta(days=1)
    made = issue_award(badge=badge, user=amina, valid_until=until, by=owner)

    assert verdict_of(made).state == VerdictState.VALID
    late = verdict_of(made, now=until + datetime.timedelta(seconds=1))
    assert (late.state, codes(late)["period"]) == (VerdictState.REFUSED, "expired")


def test_renewed_key_signs_and_the_old_one_only_verifies(award, badge, seller, owner, reader):
    old = active_key(seller)

    new = renew_key(organisation=seller, by=owner)

    old.refresh_from_db()
    assert (old.private, old.retired_at is None) == (None, False)
    assert verdict_of(award).state == VerdictState.VALID
    later = issue_award(badge=badge, user=reader, by=owner)
    assert json.loads(later.credential)["proof"]["verificationMethod"].endswith(new.multikey)
    assert verdict_of(later).state == VerdictState.VALID
    profile = issuer_profile(seller)
    assert [method["publicKeyMultibase"] for method in profile["verificationMethod"]] == [new.multikey, old.multikey]
    assert verdict_of(award, papers=Papers(profile=profile)).state == VerdictState.VALID
    assert ensure_key(organisation=seller, by=owner) == new
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuerKey.objects.create(organisation=seller, multikey="z1", private="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuerKey.objects.create(organisation=seller, multikey="z2", private="x", retired_at=timezone.now())


def test_a_copy_of_the_database_holds_no_private_key(award, seller):
    key = active_key(seller)
    with connection.cursor() as cursor:
        cursor.execute("SELECT private FROM skills_issuerkey")
        stored = cursor.fetchone()[0]

    assert key.private.startswith("z3u2")
    assert key.private not in stored
    assert keys.public_of(key.private) == key.multikey


def test_badge_that_our_key_signed_and_our_registry_does_not_know_is_refused(award, seller):
    key, document = active_key(seller), json.loads(award.credential)
    method = document.pop("proof")["verificationMethod"]

    for change in (
        {"id": document["id"].replace(award.token, "a" * 24)},
        {"credentialStatus": document["credentialStatus"] | {"statusListIndex": "1"}},
    ):
        forged = add_proof(document | change, private=key.private, method=method, created=timezone.now())
        verdict = verify_badge(json.dumps(forged).encode())
        assert (verdict.state, codes(verdict)["revoked"]) == (VerdictState.REFUSED, "unknown_award")


def test_key_of_another_organisation_does_not_sign_for_us(award, stranger):
    other = ensure_key(organisation=stranger.memberships.get().organisation, by=None)
    document = json.loads(award.credential)
    issuer = document.pop("proof")["verificationMethod"].partition("#")[0]

    forged = add_proof(document, private=other.private, method=f"{issuer}#{other.multikey}", created=timezone.now())

    assert codes(verify_badge(json.dumps(forged).encode()))["issuer"] == "foreign_key"


def test_words_of_a_badge_never_change_a_next_version_does(award, badge, owner):
    later = rewrite_badge(badge=badge, words=Words("Préparer un colis", "Mieux.", "Vingt colis."), by=owner)

    badge.refresh_from_db()
    assert (badge.closed_at is None, later.version, later.earlier) == (False, 2, badge)
    assert json.loads(award.credential)["credentialSubject"]["achievement"]["name"] == WORDS.name
    assert verdict_of(award).state == VerdictState.VALID
    with pytest.raises(WrongState):
        rewrite_badge(badge=badge, words=WORDS, by=owner)
    for words, field in (
        (Words("", "x", "x"), "name"),
        (Words("x" * 81, "x", "x"), "name"),
        (Words("x", "x", " "), "criteria"),
        (Words("x", "x", "x", kind="Diploma"), "kind"),
        (Words("x", "x", "x", tint="#fff"), "tint"),
    ):
        with pytest.raises(BadgeInvalid) as refused:
            make_badge(organisation=badge.organisation, words=words, by=owner)
        assert refused.value.field == field
    assert Badge.objects.count() == 2


def test_the_person_alone_shows_it_and_is_forgotten_but_for_a_number(award, amina, owner):
    share_award(award=award, is_shared=True, by=amina)
    share_award(award=award, is_shared=True, by=amina)
    assert Entry.objects.filter(action="skills.award.shown").count() == 1
    kept, number = award.credential, award.status_index

    assert forget_awards(user=amina) == 1

    award.refresh_from_db()
    assert (award.user, award.credential, award.is_shared, award.status_index) == (None, "", False, number)
    assert verify_badge(kept.encode()).state == VerdictState.VALID  # what they took along
    revoke_award(award=award, reason="Donné par erreur", by=owner)
    assert codes(verify_badge(kept.encode()))["revoked"] == "revoked"
    assert forget_awards(user=amina) == 0


def test_numbers_are_drawn_and_a_half_full_list_is_followed_by_another(seller, owner):
    first = given_badge(seller)
    StatusList.objects.update(used=65_536)
    second = issue_award(badge=badge_of(seller), user=owner, by=owner)

    assert second.status_list != first.status_list
    assert StatusList.objects.get(pk=second.status_list.pk).used == 1


def paper(tmp_path, data):
    path = tmp_path / "ordre.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)


def test_the_command_issues_verifies_and_revokes(tmp_path, badge, amina):
    def run(*args):
        out = io.StringIO()
        call_command("badge", *args, "--json", stdout=out)
        return json.loads(out.getvalue())

    order = paper(tmp_path, {"badge": badge.public_id, "person": "amina@EXAMPLE.org", "evidence": [{"name": "Douze"}]})
    made = run("issue", order, "--output", str(tmp_path / "amina.png"))
    assert run("verify", str(tmp_path / "amina.png"))["id"] == made["id"]
    with pytest.raises(CommandError) as refused:
        run("issue", order)
    assert refused.value.returncode == 1
    back = paper(tmp_path, {"award": made["id"], "reason": "Erreur"})
    assert run("revoke", back)["state"] == "revoked"
    with pytest.raises(CommandError) as refused:
        run("revoke", back)
    assert refused.value.returncode == 1
    with pytest.raises(SystemExit):
        run("verify", str(tmp_path / "amina.png"))


@pytest.mark.parametrize(
    ("verb", "data", "said"),
    [
        ("issue", {}, "`badge`: expected a text."),
        ("issue", {"badge": "x", "person": "y"}, "`badge`: no badge has this identifier."),
        ("issue", {"badge": None, "person": "y@example.org"}, "`person`: nobody of the organisation's team."),
        ("issue", {"badge": None, "person": "amina@example.org", "evidence": {}}, "`evidence`: expected a list."),
        ("issue", {"badge": None, "person": "amina@example.org", "valid_until": "2027"}, "`valid_until`: expected"),
        ("issue", {"hours": 1}, "`hours`: no such member"),
        ("revoke", {"award": "x", "reason": "y"}, "`award`: no badge was given"),
        ("revoke", {"award": "x", "reason": ""}, "`award`: no badge was given"),
    ],
)
def test_a_wrong_order_says_which_member_is_wrong(tmp_path, badge, amina, verb, data, said):
    data = {name: badge.public_id if value is None else value for name, value in data.items()}

    with pytest.raises(CommandError) as refused:
        call_command("badge", verb, paper(tmp_path, data))

    assert said in str(refused.value)
    assert (refused.value.returncode, Award.objects.count()) == (2, 0)
