import datetime

import pytest
from django.utils import timezone

from rebond.catalogue.actions import hold as actions
from rebond.catalogue.actions.item import bulk_publish, duplicate_item, publish_item, withdraw_item
from rebond.catalogue.errors import FieldInvalid, HoldChangedMeanwhile, HoldTooOld, ItemHeld, NotEnoughLeft
from rebond.catalogue.models import Hold, Item
from rebond.journal.models import Entry, OutgoingMail, Transition
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
WHY = "Ce casque a été rappelé en 2025 (règlement 2023/988)."
TEXT = "Le rappel vise un autre modèle : voici la photo de l’étiquette."
ANSWER = "L’étiquette montre bien un autre modèle que celui du rappel."


@pytest.fixture
def item(seller, categories):
    seller.email = "bonjour@confluent.example"
    seller.save()
    return ItemFactory(on_sale=True, seller=seller, category=categories["chairs"], title="Casque")


@pytest.fixture
def moderator(operator):
    return MembershipFactory(organisation=operator, role="moderator", user__name="Mona Modération").user


@pytest.fixture
def hold(item, moderator):
    return actions.hold_item(item=item, ground="law", statement=WHY, by=moderator)


@pytest.fixture
def contested(hold, owner):
    return actions.complain_about_hold(hold=hold, text=TEXT, by=owner)


def state(item):
    return Item.objects.values_list("state", flat=True).get(pk=item.pk)


def test_a_held_item_may_not_be_put_on_sale_again(hold, item, owner, as_user):
    item.refresh_from_db()
    with pytest.raises(ItemHeld, match="rappelé"):
        publish_item(item=item, by=owner)
    result = bulk_publish(ids=[item.pk], by=owner)
    assert (result.done, result.refused) == (0, 1)
    answer = as_user(owner).post(f"/bureau/objets/{item.code.lower()}/mise-en-vente/", follow=True)

    assert WHY in answer.content.decode()
    assert state(item) == "withdrawn"
    assert Entry.objects.filter(action="catalogue.item.held").count() == 1


def test_a_copy_is_no_way_around(hold, item, owner, as_user):
    with pytest.raises(ItemHeld):
        duplicate_item(item=item, by=owner)
    as_user(owner).post(f"/bureau/objets/{item.code.lower()}/copie/")
    assert Item.objects.count() == 1


def test_an_item_withdrawn_before_stays_so_and_is_held_too(item, owner, moderator):
    withdraw_item(item=item, reason="damaged", by=owner)
    item.refresh_from_db()

    actions.hold_item(item=item, ground="terms", statement=WHY, by=moderator, source="abc")
    actions.hold_item(item=item, ground="terms", statement=WHY, by=moderator, source="abc")

    assert Hold.objects.count() == 1
    item.refresh_from_db()
    assert item.withdraw_reason == "damaged"
    with pytest.raises(ItemHeld):
        publish_item(item=item, by=owner)


def test_an_item_being_bought_is_not_held_under_its_buyer(item, moderator):
    Item.objects.filter(pk=item.pk).update(reserved=1)
    item.refresh_from_db()

    with pytest.raises(NotEnoughLeft):
        actions.hold_item(item=item, ground="law", statement=WHY, by=moderator)

    assert Hold.objects.count() == 0
    assert state(item) == "on_sale"


def test_lifting_lets_the_seller_publish_again(hold, item, owner, moderator, as_user):
    owner.language = "en"
    owner.save()
    path = f"/bureau/decisions/{hold.public_id}/levee/"
    assert as_user(moderator).post(path, {"reason": "trop"}).status_code == 422

    answer = as_user(moderator).post(path, {"reason": "Erreur de notre part."})

    assert answer.status_code == 302
    item.refresh_from_db()
    assert publish_item(item=item, by=owner).state == "on_sale"
    mail = OutgoingMail.objects.get(kind="catalogue.hold_lifted")
    assert mail.subject == "“Casque” may be sold again"
    assert "Erreur de notre part." in mail.text
    assert f"/bureau/decisions/{hold.public_id}/" in mail.text
    with pytest.raises(HoldChangedMeanwhile):
        actions.lift_hold(hold=hold, reason="Encore une fois.", by=moderator)
    assert Transition.objects.filter(verb="lift").count() == 1


def test_of_two_decisions_both_must_end(hold, item, owner, moderator):
    other = actions.hold_item(item=item, ground="terms", statement="Autre.", by=moderator)
    actions.lift_hold(hold=hold, reason="Erreur.", by=moderator)
    item.refresh_from_db()
    with pytest.raises(ItemHeld, match="Autre"):
        publish_item(item=item, by=owner)
    actions.lift_hold(hold=other, reason="Erreur.", by=moderator)
    assert publish_item(item=item, by=owner).state == "on_sale"


def test_the_desk_shows_the_decision_and_the_way_to_contest(hold, item, owner, reader, as_user):
    page = as_user(owner).get(f"/bureau/objets/{item.code.lower()}/").content.decode()
    assert "Retiré par la modération" in page
    assert WHY in page
    assert "mise-en-vente" not in page
    detail = as_user(owner).get(f"/bureau/decisions/{hold.public_id}/").content.decode()
    assert "Contester la décision" in detail
    assert "Mona" not in detail
    assert "1 objet retiré par décision" in as_user(owner).get("/bureau/").content.decode()
    assert "Contester la décision" not in as_user(reader).get(f"/bureau/decisions/{hold.public_id}/").content.decode()


def test_the_seller_complains_once_and_a_moderator_is_told(hold, owner, moderator, as_user):
    path = f"/bureau/decisions/{hold.public_id}/contestation/"
    assert as_user(owner).post(path, {"complaint": "court"}).status_code == 422

    answer = as_user(owner).post(path, {"complaint": TEXT})
    again = as_user(owner).post(path, {"complaint": TEXT})

    assert (answer.status_code, again.status_code) == (302, 422)
    assert TEXT in again.content.decode()
    hold.refresh_from_db()
    assert (hold.complaint_state, hold.complained_by) == ("received", "Olivia Owner")
    assert "1 réclamation à traiter" in as_user(moderator).get("/bureau/").content.decode()
    assert OutgoingMail.objects.get(kind="catalogue.complaint_received").to == "bonjour@confluent.example"


def test_after_six_months_it_is_too_late(hold, owner):
    late = timezone.now() + datetime.timedelta(days=185)
    with pytest.raises(HoldTooOld):
        actions.complain_about_hold(hold=hold, text=TEXT, by=owner, now=late)
    with pytest.raises(FieldInvalid):
        actions.complain_about_hold(hold=hold, text="  ", by=owner)
    hold.refresh_from_db()
    assert hold.complaint_state == ""


def test_a_complaint_that_succeeds_ends_the_decision(contested, item, owner, moderator, as_user):
    path = f"/bureau/decisions/{contested.public_id}/reponse/"

    assert as_user(moderator).post(path, {"outcome": "upheld", "answer": ANSWER}).status_code == 302

    contested.refresh_from_db()
    assert (contested.complaint_state, contested.is_open, contested.lift_reason) == ("upheld", False, ANSWER)
    item.refresh_from_db()
    assert item.state == "withdrawn"
    assert publish_item(item=item, by=owner).state == "on_sale"
    assert ANSWER in OutgoingMail.objects.get(kind="catalogue.complaint_answered").text


def test_a_complaint_that_fails_leaves_the_decision(contested, item, owner, moderator):
    with pytest.raises(FieldInvalid):
        actions.answer_complaint(hold=contested, is_upheld=False, answer=" ", by=moderator)
    actions.answer_complaint(hold=contested, is_upheld=False, answer=ANSWER, by=moderator)

    with pytest.raises(HoldChangedMeanwhile):
        actions.answer_complaint(hold=contested, is_upheld=True, answer=ANSWER, by=moderator)
    item.refresh_from_db()
    with pytest.raises(ItemHeld):
        publish_item(item=item, by=owner)
    assert "tribunal" in OutgoingMail.objects.get(kind="catalogue.complaint_answered").text


def test_a_waiting_complaint_is_answered_rather_than_lifted_in_silence(contested, moderator):
    with pytest.raises(HoldChangedMeanwhile):
        actions.lift_hold(hold=contested, reason="Erreur de notre part.", by=moderator)
    contested.refresh_from_db()
    assert contested.is_open


def test_the_seller_cannot_end_the_decision_nor_a_stranger_see_it(contested, owner, stranger, as_user):
    path = f"/bureau/decisions/{contested.public_id}/"
    assert as_user(owner).post(f"{path}levee/", {"reason": "Je le veux bien."}).status_code == 403
    assert as_user(owner).post(f"{path}reponse/", {"outcome": "upheld", "answer": ANSWER}).status_code == 403
    assert as_user(stranger).get(path).status_code == 404
    assert as_user(stranger).post(f"{path}contestation/", {"complaint": TEXT}).status_code == 404
    assert as_user(owner).get(f"{path}levee/").status_code == 403
    contested.refresh_from_db()
    assert (contested.complaint_state, contested.is_open) == ("received", True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_whatever_the_number(
    seller, item, owner, moderator, count, as_user, django_assert_num_queries
):
    for n in range(count):
        actions.hold_item(item=item, ground="law", statement=f"Numéro {n}", by=moderator)
    client = as_user(owner)
    client.get("/bureau/decisions/")

    with django_assert_num_queries(7):
        page = client.get("/bureau/decisions/").content.decode()

    assert page.count("fs-m") == count
    assert "Aucune décision" in client.get("/bureau/decisions/?etat=levees").content.decode()
    part = client.get("/bureau/decisions/?etat=contestees", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="results"')


def test_the_network_takes_off_sale_by_a_decision_with_reasons(item, owner, moderator, as_user):
    path = f"/bureau/objets/{item.code.lower()}/retrait/"
    desk = as_user(moderator)
    assert "Motifs, pour le vendeur" in desk.get(path).content.decode()
    refused = desk.post(path, {"ground": "law", "reason": "unsafe", "statement": " "})
    assert (refused.status_code, state(item)) == (422, "on_sale")

    desk.post(path, {"ground": "law", "reason": "unsafe", "statement": WHY})

    assert state(item) == "withdrawn"
    mail = OutgoingMail.objects.get(kind="catalogue.hold_placed")
    assert (mail.to, WHY in mail.text) == ("bonjour@confluent.example", True)
    item.refresh_from_db()
    with pytest.raises(ItemHeld):
        publish_item(item=item, by=owner)


def test_the_network_decides_one_by_one(item, moderator, as_user):
    answer = as_user(moderator).post("/bureau/objets/lot/withdraw/", {"ids": [item.pk], "do": "1", "reason": "lost"})
    assert (answer.status_code, state(item)) == (403, "on_sale")
