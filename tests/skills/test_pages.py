"""Pages of badges: verifying, one's own, the desk; who sees what."""

import json

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rebond.skills.actions.award import issue_award, revoke_award, share_award
from rebond.skills.actions.badge import Words, make_badge
from rebond.skills.credentials.strict import read_object
from rebond.skills.enums import VerdictState
from rebond.skills.models import Award, Badge, IssuerKey
from rebond.skills.queries.files import file_of
from rebond.skills.queries.verdict import Papers, verify_badge
from tests.factories.network import MembershipFactory
from tests.factories.skills import WORDS, badge_of, given_badge

pytestmark = [pytest.mark.page, pytest.mark.django_db]
VERIFY, MINE, DESK, MODELS = "/badges/", "/compte/badges/", "/bureau/badges/", "/bureau/badges/modeles/"
ORIGIN = {"origin": "http://testserver"}


@pytest.fixture
def award(seller):
    return given_badge(seller, proof="Douze colis en janvier")


@pytest.fixture
def supervisor(seller):
    return MembershipFactory(organisation=seller, role="supervisor", user__name="Sonia Supervision").user


def verdict_on(client, **sent):
    return client.post(VERIFY, sent, headers=ORIGIN)


def shown(answer):
    page = BeautifulSoup(answer.text, "html.parser")
    head = page.select_one("#verdict [role=status]")
    return head and head.get_text(strip=True), [row.get_text(strip=True) for row in page.select("#verdict .tag")]


def test_a_picture_is_verified_without_an_account(client, award):
    name = "badge.png"
    file = SimpleUploadedFile(name, file_of(award, "png").data, "image/png")

    answer = verdict_on(client, file=file, email="amina@example.org")

    assert answer.status_code == 200
    assert shown(answer) == ("Ce badge est authentique", ["En ordre"] * 7)
    for words in (WORDS.name, WORDS.criteria, "Douze colis en janvier", award.organisation.name):
        assert words in answer.text
    assert shown(verdict_on(client, text=award.credential, email="jo@example.org"))[0] == "Ce badge n’est pas valable"


def test_what_is_wrong_is_said_in_plain_words_and_what_was_typed_stays(client, award):
    changed = award.credential.replace("Douze", "Vingt")

    answer = verdict_on(client, text=changed, email="amina@example.org")

    assert shown(answer)[0] == "Ce badge n’est pas valable"
    assert "le badge a été modifié" in answer.text
    assert 'value="amina@example.org"' in answer.text
    assert verdict_on(client, text="").status_code == 422
    assert "Choisissez un fichier" in verdict_on(client).text
    assert client.post(VERIFY, {"text": "x"}, headers={"origin": "https://ailleurs.example"}).status_code == 403
    assert client.get(VERIFY).status_code == 200


def test_words_of_a_stranger_never_become_markup(client):
    from tests.skills.making import signed

    hostile = signed(evidence=[{"type": ["Evidence"], "id": "javascript:alert(1)", "name": "<script>x</script>"}])

    answer = verdict_on(client, text=json.dumps(hostile))

    assert "<script>x" not in answer.text
    assert "javascript:alert" not in answer.text.split('id="id_text"')[0]


def test_address_of_a_shown_badge_is_a_page_for_people_and_a_file_for_programs(client, award):
    address = reverse("skills:award", args=[award.token])
    assert client.get(address).status_code == 404
    assert client.get(f"{address}json/").status_code == 404

    share_award(award=award, is_shared=True, by=award.user)

    assert read_object(award.credential)["id"] == f"http://testserver{address}"
    assert shown(client.get(address))[0] == "Ce badge est authentique"
    assert client.get(address, headers={"accept": "application/vc+ld+json"}).content.decode() == award.credential
    assert client.get(f"{address}png/")["Content-Type"] == "image/png"
    assert client.get(f"{address}exe/").status_code == 404
    sent = verdict_on(client, text=f" http://testserver{address} ")
    assert (sent.status_code, sent.url) == (302, address)
    revoke_award(award=award, reason="Erreur de personne", by=None)
    page = client.get(address)
    assert shown(page)[0] == "Ce badge n’est pas valable"
    assert "Erreur de personne" not in page.text  # between the organisation and the person


def test_published_documents_are_enough_for_anybody_to_verify(client, award):
    document = read_object(award.credential)
    status, method = document["credentialStatus"], document["proof"]["verificationMethod"]

    def fetched(address):
        answer = client.get(address.removeprefix("http://testserver").partition("#")[0])
        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")
        return json.loads(answer.content)

    profile, listed = fetched(method), fetched(status["statusListCredential"])
    achievement = fetched(document["credentialSubject"]["achievement"]["id"])
    assert {name: achievement[name] for name in ("id", "name")} == {
        name: document["credentialSubject"]["achievement"][name] for name in ("id", "name")
    }
    IssuerKey.objects.all().delete()  # another site, that knows nothing
    papers = Papers(profile=profile, status_list=listed)
    assert verify_badge(award.credential.encode(), papers=papers).state == VerdictState.VALID
    picture = client.get(f"/badges/modeles/{award.badge.public_id}/image/")
    assert picture["Content-Type"] == "image/svg+xml"
    for missing in ("emetteurs/aaa/", "listes/aaa/", "modeles/aaa/", "modeles/aaa/image/"):
        assert client.get(f"/badges/{missing}").status_code == 404


def test_a_person_takes_along_and_shows_their_own_badges_only(as_user, award, owner, stranger):
    amina = as_user(award.user)
    share = f"{MINE}{award.public_id}/partage/"

    page = amina.get(MINE)
    assert WORDS.name in page.text
    assert f"/badges/{award.token}/" not in page.text
    for form, content_type in (("png", "image/png"), ("svg", "image/svg+xml"), ("json", "application/vc+ld+json")):
        answer = amina.get(f"{MINE}{award.public_id}/fichier/{form}/")
        assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
        assert verify_badge(b"".join(answer.streaming_content)).state == VerdictState.VALID
    assert amina.get(f"{MINE}{award.public_id}/fichier/pdf/").status_code == 404
    assert amina.post(share, {"shown": "1"}).status_code == 302
    assert f"http://testserver/badges/{award.token}/" in amina.get(MINE).text
    for other in (owner, stranger):
        assert as_user(other).post(share, {"shown": "0"}).status_code == 404
        assert as_user(other).get(f"{MINE}{award.public_id}/fichier/png/").status_code == 404
        assert WORDS.name not in as_user(other).get(MINE).text
    assert as_user(None).get(MINE).status_code == 302
    award.refresh_from_db()
    assert award.is_shared
    amina.post(share, {"shown": "0"})
    assert as_user(None).get(f"/badges/{award.token}/").status_code == 404


def test_a_supervisor_writes_gives_and_takes_back(as_user, seller, supervisor):
    client, amina = as_user(supervisor), MembershipFactory(organisation=seller, role="worker", user__name="Amina").user
    typed = {"name": "Trier", "description": "Trier un don.", "criteria": "Dix.", "kind": "Competency", "sign": "scale"}

    assert client.post(f"{MODELS}nouveau/", typed).status_code == 422
    wrong = client.post(f"{MODELS}nouveau/", typed | {"criteria": ""})
    assert "Trier un don." in wrong.text
    assert client.post(f"{MODELS}nouveau/", typed | {"tint": "anis"}).status_code == 302
    badge = Badge.objects.get()
    give = f"{DESK}remise/{amina.public_id}/"
    assert amina.name in client.get(f"{DESK}remise/?q=ami").text
    assert client.get(give).status_code == 200
    refused = client.post(give, {"badge": badge.pk, "url": "http://x.example", "name": "Dix sacs"})
    assert (refused.status_code, "Dix sacs" in refused.text, Award.objects.count()) == (422, True, 0)
    sent = {"badge": badge.pk, "name": "Dix sacs", "valid_until": "2999-01-01", "operation": "8d1f" * 8}
    assert client.post(give, sent).status_code == 302
    assert client.post(give, sent).status_code in {302, 422}
    award = Award.objects.get()
    detail = f"{DESK}{award.public_id}/"
    assert "Dix sacs" in client.get(detail).text
    assert client.post(f"{detail}retrait/", {"reason": ""}).status_code == 422
    assert client.post(f"{detail}retrait/", {"reason": "Erreur"}).status_code == 302
    assert "Erreur" in client.get(detail).text
    assert "Erreur" in as_user(amina).get(MINE).text
    again = client.post(f"{detail}retrait/", {"reason": "Encore"})
    assert (again.status_code, Award.objects.get().revoked_reason) == (422, "Erreur")
    assert client.post(f"{MODELS}{badge.public_id}/", typed | {"tint": "rose"}).status_code == 302
    assert Badge.objects.count() == 2
    later = Badge.objects.get(version=2)
    assert client.post(f"{MODELS}{later.public_id}/fin/").status_code == 302
    assert client.get(f"{MODELS}{badge.public_id}/").status_code == 200


def test_another_organisation_and_those_who_only_read_see_nothing(as_user, award, reader, colleague, stranger):
    addresses = [DESK, f"{DESK}remise/", MODELS]
    own = [f"{DESK}{award.public_id}/", f"{MODELS}{award.badge.public_id}/"]
    for user in (reader, colleague):
        assert {as_user(user).get(address).status_code for address in addresses + own} == {403}
    client = as_user(stranger)
    assert {client.get(address).status_code for address in own} == {404}
    assert client.get(f"{DESK}remise/{award.user.public_id}/").status_code == 404
    for address in addresses:
        page = client.get(address)
        assert page.status_code == 200
        assert "Amina" not in page.text
        assert WORDS.name not in page.text
    assert client.post(f"{DESK}{award.public_id}/retrait/", {"reason": "x"}).status_code == 404
    award.refresh_from_db()
    assert award.state == "issued"


def test_only_managers_renew_the_key_and_once_for_two_clicks(as_user, award, owner, supervisor):
    assert as_user(supervisor).post(f"{MODELS}cle/").status_code == 403
    sent = {"operation": "9c2e" * 8}
    for _click in range(2):
        assert as_user(owner).post(f"{MODELS}cle/", sent).status_code == 302

    assert IssuerKey.objects.count() == 2
    assert "Signe depuis le" in as_user(owner).get(MODELS).text


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_the_same_number_of_questions(as_user, seller, owner, django_assert_num_queries, count):
    badge = badge_of(seller)
    for number in range(count):
        person = MembershipFactory(organisation=seller, role="worker", user__name=f"Personne {number}").user
        issue_award(badge=badge, user=person, by=owner)
        made = make_badge(organisation=seller, words=Words(f"Badge {number}", "x", "x"), by=owner)
        issue_award(badge=made, user=owner, by=owner)
    client = as_user(owner)
    client.get(MINE)
    for address, number in ((DESK, 4), (f"{DESK}remise/", 4), (MODELS, 5), (MINE, 3)):
        with django_assert_num_queries(number):
            client.get(address)


def test_search_and_pages_of_the_desk(as_user, seller, owner, monkeypatch):
    monkeypatch.setattr("rebond.skills.web.views.desk_awards.PER_PAGE", 2)
    badge = badge_of(seller)
    for number in range(5):
        person = MembershipFactory(organisation=seller, role="worker", user__name=f"Personne {number}").user
        issue_award(badge=badge, user=person, by=owner)
    client = as_user(owner)

    first = client.get(DESK)
    names = [row.get_text(strip=True) for row in BeautifulSoup(first.text, "html.parser").select("tbody th")]
    assert names == ["Personne 4", "Personne 3"]
    older = client.get(f"{DESK}?avant={first.context['next_key']}")
    assert "Personne 2" in older.text
    found = client.get(f"{DESK}?q=fragile+personne+1", headers={"HX-Request": "true"})
    assert [award.user.name for award in found.context["awards"]] == ["Personne 1"]
    assert "<html" not in found.text
    assert list(client.get(f"{DESK}?etat=retires").context["awards"]) == []
    assert client.get(f"{DESK}?q=%00a&avant=x").status_code == 200
