"""The register's pages: one question a screen at the dock, the list and the lines at the desk, identities kept apart."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from rebond.intake.actions.register import Bringer
from rebond.intake.actions.register_keep import switch_register
from rebond.intake.actions.register_lines import note_donor
from rebond.intake.models import Donor, RegisterEntry
from rebond.intake.queries.register import identity_of
from rebond.journal.models import Entry
from tests.factories.catalogue import ItemFactory
from tests.factories.intake import DonationFactory
from tests.factories.network import MembershipFactory
from tests.intake.test_register import LEA, PERSON

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST = "/bureau/registre/"


@pytest.fixture
def supervisor(seller):
    return MembershipFactory(organisation=seller, role="supervisor", user__name="Sacha").user


@pytest.fixture
def kept(seller, owner):
    switch_register(organisation=seller, is_on=True, by=owner)
    seller.refresh_from_db()
    return seller


@pytest.fixture
def arrival(kept, site):
    return DonationFactory(site=site, organisation=kept, flow="textile")


@pytest.fixture
def named(arrival, owner):
    """Line 2: an arrival of Léa Martin."""
    note_donor(donation=arrival, bringer=PERSON, by=owner)
    return RegisterEntry.objects.get(number=2)


def hidden(page):
    """What the page carries to the next one."""
    return dict(re.findall(r'<input type="hidden" name="(a-[a-z_]+|asked)" value="([^"]*)"', page.text))


def say(client, path, page, answer, do="next"):
    return client.post(path, {**hidden(page), "answer": answer, "do": do})


def test_the_dock_asks_one_question_a_screen(at_dock, kept):
    page = at_dock.post("/atelier/arrivage/?de=drop_off&quoi=textile", {"gross_g": "12,4"})
    path = page["Location"]
    assert path.endswith("/apporteur/")
    page = at_dock.get(path)
    assert "Qui l’apporte" in page.text
    page = say(at_dock, path, page, "person")
    for answer in (LEA.name, LEA.address, "id_card", LEA.document_number, LEA.document_on, LEA.document_by):
        page = say(at_dock, path, page, answer)
        assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    assert "Léa Martin" in page.text
    assert "5 mars 2024" in page.text
    assert not Donor.objects.exists()
    done = at_dock.post(path, {**hidden(page), "do": "record"})
    assert done["Location"] == path.removesuffix("apporteur/")
    assert identity_of(Donor.objects.get()) == LEA
    assert RegisterEntry.objects.latest("number").weight_g == 12_400
    assert at_dock.post(path, {**hidden(page), "do": "record"}).status_code == 302  # sent twice is once
    assert Donor.objects.count() == 1
    assert "qui l’apporte" not in at_dock.get(path.removesuffix("apporteur/")).text


def test_the_dock_says_what_is_wrong_and_goes_back(at_dock, arrival):
    path = f"/atelier/arrivage/{arrival.public_id}/apporteur/"
    page = say(at_dock, path, at_dock.get(path), "person")
    page = say(at_dock, path, page, "  ")
    assert (page.status_code, hidden(page)) == (422, {"asked": "name", "a-kind": "person"})
    page = say(at_dock, path, page, "Léa Martin")
    page = say(at_dock, path, page, "", do="back")
    assert hidden(page)["asked"] == "name"
    assert 'value="Léa Martin"' in page.text
    page = say(at_dock, path, page, "", do="back")
    assert hidden(page) == {"asked": "kind"}
    page = say(at_dock, path, page, "abandoned")
    assert say(at_dock, path, page, "moon").status_code == 422
    page = say(at_dock, path, page, "door")
    assert "Laissé devant chez nous" in page.text
    page = say(at_dock, path, page, "", do="back")
    assert hidden(page) == {"asked": "reason", "a-kind": "abandoned"}


def test_a_forged_last_screen_is_judged_whole(at_dock, arrival):
    path = f"/atelier/arrivage/{arrival.public_id}/apporteur/"
    answers = {"a-kind": "person", "a-name": "Léa", "a-address": "", "a-document_kind": "id_card"}
    more = {"a-document_number": "1", "a-document_on": "2999-01-01", "a-document_by": "x", "asked": "", "do": "record"}
    assert at_dock.post(path, answers | more).status_code == 422
    assert not Donor.objects.exists()


def test_the_dock_asks_nothing_while_the_register_is_off(at_dock, site, seller):
    page = at_dock.post("/atelier/arrivage/?de=drop_off&quoi=textile", {"gross_g": "12,4"})
    assert not page["Location"].endswith("/apporteur/")
    assert at_dock.get(f"{page['Location']}apporteur/").status_code == 404


@pytest.mark.parametrize("extra", [0, 2])
def test_the_list_asks_the_same_number_of_queries(as_user, owner, named, site, extra, django_assert_num_queries):
    for _n in range(extra):
        note_donor(donation=DonationFactory(site=site, organisation=site.organisation), bringer=PERSON, by=owner)
    client = as_user(owner)
    client.get(LIST)
    with django_assert_num_queries(5):
        page = client.get(LIST)
    assert "Textiles" in page.text
    assert "Martin" not in page.text


def test_the_list_finds_by_number_code_words_and_days(as_user, reader, named):
    client = as_user(reader)
    for query in ("q=2", f"q={named.code}", "q=textile", f"du={timezone.localdate()}", "sorte=lot"):
        assert f'href="{LIST}2/"' in client.get(f"{LIST}?{query}").text, query
    tomorrow = timezone.localdate() + timedelta(days=1)
    for query in ("q=9", "q=99999999999999999999", "q=guitare", f"du={tomorrow}", "sorte=object"):
        assert f'href="{LIST}2/"' not in client.get(f"{LIST}?{query}").text, query
    fragment = client.get(f"{LIST}?q=2", headers={"HX-Request": "true"})
    assert "<html" not in fragment.text


def test_identities_leave_only_with_the_right_and_are_noted(as_user, owner, supervisor, reader, stranger, named):
    plain = as_user(reader).get(f"{LIST}?export=csv").getvalue().decode()
    assert "Martin" not in plain
    assert as_user(supervisor).get(f"{LIST}?export=csv&avec=identites").status_code == 404
    assert not Entry.objects.filter(action="intake.donor.exported").exists()
    given = as_user(owner).get(f"{LIST}?export=csv&avec=identites").getvalue().decode()
    assert "Léa Martin" in given
    assert "Carte d’identité" in given
    entry = Entry.objects.get(action="intake.donor.exported")
    assert (entry.data["rows"], entry.data["number"], entry.data["hash"]) == (2, 2, named.hash)
    assert as_user(stranger).get(f"{LIST}2/").status_code == 404


def test_a_line_shows_its_seal_and_not_its_donor(as_user, owner, supervisor, reader, named):
    for user in (reader, supervisor):
        page = as_user(user).get(f"{LIST}2/")
        assert named.hash in page.text
        assert "Martin" not in page.text
        assert as_user(user).get(f"{LIST}2/apporteur/").status_code == 403
    page = as_user(owner).get(f"{LIST}2/apporteur/")
    assert "Léa Martin" in page.text
    assert "05/03/2024" in page.text
    assert "no-store" in page["Cache-Control"]
    looked = Entry.objects.get(action="intake.donor.looked")
    assert looked.actor_label == "Olivia Owner"
    assert as_user(owner).get(f"{LIST}1/apporteur/").status_code == 404  # nobody brought the opening


def test_a_correction_is_made_at_the_desk(as_user, supervisor, reader, named):
    client, path = as_user(supervisor), f"{LIST}2/correction/"
    assert client.get(path).status_code == 200
    fields = {"nature": "Linge", "weight_g": "12 kg", "why": "Mal lu", "value_cents": "30"}
    assert as_user(reader).post(path, fields).status_code == 403
    assert client.post(path, fields | {"why": ""}).status_code == 422
    assert client.post(path, fields)["Location"] == f"{LIST}3/"
    new = RegisterEntry.objects.get(number=3)
    assert (new.nature, new.weight_g, new.value_cents, new.commitment) == ("Linge", 12_000, 3_000, named.commitment)
    assert client.post(path, fields).status_code == 422  # a newer line replaces it
    assert client.post(f"{LIST}3/correction/", fields | {"kind": "abandoned"}).status_code == 422  # no reason
    left = fields | {"kind": "abandoned", "reason": "gone"}
    assert client.post(f"{LIST}3/correction/", left).status_code == 302
    assert RegisterEntry.objects.get(number=4).donor_kind == "abandoned"
    assert client.get(f"{LIST}1/correction/").status_code == 404
    assert "remplace" in client.get(f"{LIST}2/").text


def test_an_object_of_the_desk_is_entered_from_its_page(as_user, supervisor, kept):
    item = ItemFactory(seller=kept, title="Vase bleu")
    client, path = as_user(supervisor), f"{LIST}objet/{item.code.lower()}/"
    assert path in client.get(f"/bureau/objets/{item.code.lower()}/").text
    assert client.post(path, {"kind": "person", "origin": "home"}).status_code == 422
    assert client.post(path, {"kind": "grouped", "origin": "home"}).status_code == 302
    assert RegisterEntry.objects.get(code=item.code).origin == "home"
    assert client.get(path)["Location"] == f"{LIST}2/"
    assert f"{LIST}2/" in client.get(f"/bureau/objets/{item.code.lower()}/").text


def test_publishing_at_the_desk_says_what_it_waits_for(as_user, owner, kept):
    item = ItemFactory(seller=kept, title="Vase", condition="good", price_cents=900, weight_g=500)
    page = as_user(owner).post(f"/bureau/objets/{item.code.lower()}/mise-en-vente/", follow=True)
    assert "Le registre attend" in page.text
    assert f'href="{LIST}objet/{item.code.lower()}/"' in page.text


def test_an_arrival_is_noted_at_the_desk(as_user, supervisor, arrival):
    client, path = as_user(supervisor), f"{LIST}arrivage/{arrival.public_id}/"
    assert path in client.get(f"/bureau/arrivages/{arrival.public_id}/").text
    company = {"kind": "company", "name": "Le Grand Magasin", "address": "Nantes", "represented_by": "Ali"}
    assert client.post(path, company).status_code == 302
    assert identity_of(Donor.objects.get()).represented_by == "Ali"
    assert client.get(path)["Location"] == f"{LIST}2/"


def test_the_settings_open_and_close(as_user, owner, supervisor, seller):
    client, path = as_user(owner), f"{LIST}reglages/"
    assert as_user(supervisor).get(path).status_code == 403
    assert as_user(supervisor).get(LIST).status_code == 200
    client.post(path, {"do": "open", "declaration": "2026-44-0173"})
    seller.refresh_from_db()
    assert seller.is_register_kept
    assert "Fermer le registre" in client.get(path).text
    client.post(path, {"do": "close"})
    seller.refresh_from_db()
    assert not seller.is_register_kept
    assert RegisterEntry.objects.count() == 2


def test_the_check_page_proves_and_compares(as_user, reader, named):
    from django.db import connection

    client, path = as_user(reader), f"{LIST}verification/"
    assert "Rien n’a été changé" in client.get(path).text
    assert "est toujours là" in client.get(f"{path}?numero=2&empreinte={named.hash}").text
    assert "n’est pas la ligne imprimée" in client.get(f"{path}?numero=2&empreinte={'0' * 64}").text
    assert "64 signes" in client.get(f"{path}?numero=2&empreinte=abc").text
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_registerentry SET nature = 'Or' WHERE number = 2")
    assert "Ce qu’elle dit a été changé" in client.get(path).text


def test_the_paper_holds_identities_and_the_end_of_the_chain(as_user, owner, supervisor, named):
    path = f"{LIST}papier/"
    assert as_user(supervisor).get(path).status_code == 403
    answer = as_user(owner).get(path)
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert Entry.objects.filter(action="intake.donor.exported").count() == 1


def test_the_paper_of_too_many_lines_asks_for_a_shorter_period(as_user, owner, named, monkeypatch):
    monkeypatch.setattr("rebond.intake.web.views.desk_register.MOST_ON_PAPER", 1)
    answer = as_user(owner).get(f"{LIST}papier/?du=2026-01-01")
    assert answer["Location"] == f"{LIST}?du=2026-01-01"


def test_a_seller_without_register_is_led_to_the_list(as_user, owner, seller):
    for page in ("verification/", "papier/"):
        assert as_user(owner).get(f"{LIST}{page}")["Location"] == LIST
    assert "Pas encore de registre" in as_user(owner).get(LIST).text


def test_grouped_lines_carry_no_name(arrival, owner):
    donor = note_donor(donation=arrival, bringer=Bringer("grouped", LEA), by=owner)
    assert (donor.identity, donor.commitment) == ("", "")


def test_a_manager_sets_the_threshold_and_says_who_gave_it(as_user, owner, supervisor, kept):
    page = as_user(owner).get("/bureau/registre/reglages/")
    assert "à vérifier auprès de votre préfecture" in page.text
    path = "/bureau/registre/seuil/"
    refused = as_user(owner).post(path, {"limit_cents": "40", "source": ""})
    assert refused.status_code == 422
    assert as_user(owner).post(path, {"limit_cents": "40", "source": "Courrier du 4 mars"}).status_code == 302
    page = as_user(owner).get("/bureau/registre/reglages/").text
    assert "40,00\u00a0€" in page or "40\u00a0€" in page
    assert "Source\u00a0: Courrier du 4 mars." in page
    assert as_user(supervisor).get(path).status_code == 403
    assert as_user(owner).delete(path).status_code == 405
