import pytest

from rebond.catalogue.models import Hold, Item
from rebond.journal.models import Entry, OutgoingMail, Transition
from rebond.shop.actions.notice import create_notice, decide_notice
from rebond.shop.errors import NoticeDecidedError
from rebond.shop.models import Notice
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
FILLED = {
    "reason": "dangerous",
    "explanation": "Le casque est fendu et a été rappelé.",
    "name": "Léa",
    "email": "lea@example.org",
    "is_good_faith": "on",
}
REASONS = "Ce casque a été rappelé en 2025 (règlement 2023/988). Il est retiré."


@pytest.fixture
def item(seller, chairs):
    seller.email = "bonjour@confluent.example"
    seller.save()
    return ItemFactory(on_sale=True, seller=seller, category=chairs, title="Casque")


@pytest.fixture
def moderator(operator):
    return MembershipFactory(organisation=operator, role="moderator", user__name="Mona Modération").user


@pytest.fixture
def notice(item):
    data = {k: v for k, v in FILLED.items() if k != "is_good_faith"}
    return create_notice(item=item, **data)


def path_of(item):
    return f"/objet/{item.code.lower()}/signalement/"


def test_anybody_reports_and_gets_a_receipt(client, item):
    assert client.get(path_of(item)).status_code == 200

    for _ in range(2):
        answer = client.post(path_of(item), FILLED, headers=HERE)
        assert (answer.status_code, answer.url) == (302, "/signalement/merci/")

    notice = Notice.objects.get()
    assert (notice.reason, notice.item, notice.state) == ("dangerous", item, "received")
    mail = OutgoingMail.objects.get()
    assert mail.to == "lea@example.org"
    assert notice.public_id in mail.text
    assert client.get("/signalement/merci/").status_code == 200


@pytest.mark.parametrize("missing", ["reason", "explanation", "name", "email", "is_good_faith"])
def test_each_part_is_required(client, item, missing):
    answer = client.post(path_of(item), {k: v for k, v in FILLED.items() if k != missing}, headers=HERE)

    assert answer.status_code == 422
    assert Notice.objects.count() == 0


def test_another_site_reports_nothing(client, item):
    assert client.post(path_of(item), FILLED).status_code == 403
    assert Notice.objects.count() == 0


def test_a_withdrawal_takes_the_object_out_and_tells_both(as_user, moderator, notice, item):
    client = as_user(moderator)
    assert "Casque" in client.get("/bureau/signalements/").content.decode()
    path = f"/bureau/signalements/{notice.public_id}/"
    assert FILLED["explanation"] in client.get(path).content.decode()

    answer = client.post(path, {"decision": "withdrawn", "ground": "law", "statement": REASONS})

    assert (answer.status_code, answer.url) == (302, "/bureau/signalements/")
    notice.refresh_from_db()
    item.refresh_from_db()
    assert (notice.state, notice.decided_by) == ("decided", "Mona Modération")
    assert (item.state, item.withdraw_reason) == ("withdrawn", "unsafe")
    decided = OutgoingMail.objects.filter(kind__in=["shop.notice.decided", "shop.notice.reasons"])
    assert sorted(decided.values_list("to", flat=True)) == ["bonjour@confluent.example", "lea@example.org"]
    assert all(REASONS in mail.text for mail in decided)
    assert "lea@example.org" not in decided.get(kind="shop.notice.reasons").text
    assert Entry.objects.filter(action="shop.notice.decided").count() == 1
    assert Transition.objects.filter(verb="decide", to_state="decided").count() == 1


def test_the_reasons_reach_the_seller_in_its_language_with_the_way_to_contest(notice, item, owner, moderator):
    owner.language = "en"
    owner.save()

    decide_notice(notice=notice, decision="withdrawn", ground="law", statement=REASONS, by=moderator)

    hold = Hold.objects.get()
    assert (hold.item, hold.source, hold.statement) == (item, notice.public_id, REASONS)
    mail = OutgoingMail.objects.get(kind="shop.notice.reasons")
    assert mail.subject == "Our decision on “Casque”"
    assert f"/bureau/decisions/{hold.public_id}/" in mail.text
    assert "within six months" in mail.text
    to_notifier = OutgoingMail.objects.get(kind="shop.notice.decided")
    assert to_notifier.subject == "Notre décision sur «\u00a0Casque\u00a0»"
    assert hold.public_id not in to_notifier.text


def test_no_action_leaves_the_object_and_its_seller_alone(moderator, notice, item):
    decide_notice(notice=notice, decision="no_action", ground="none", statement=REASONS, by=moderator)

    item.refresh_from_db()
    assert item.state == "on_sale"
    assert not OutgoingMail.objects.filter(to="bonjour@confluent.example").exists()


def test_twice_is_refused_and_changes_nothing(as_user, moderator, notice, item):
    decide_notice(notice=notice, decision="no_action", ground="none", statement=REASONS, by=moderator)

    with pytest.raises(NoticeDecidedError):
        decide_notice(notice=notice, decision="withdrawn", ground="law", statement=REASONS, by=moderator)
    answer = as_user(moderator).post(
        f"/bureau/signalements/{notice.public_id}/", {"decision": "withdrawn", "ground": "law", "statement": REASONS}
    )

    assert answer.status_code == 422
    assert Item.objects.get(pk=item.pk).state == "on_sale"


def test_an_object_being_bought_is_not_withdrawn_under_its_buyer(as_user, moderator, notice, item):
    Item.objects.filter(pk=item.pk).update(reserved=1)

    answer = as_user(moderator).post(
        f"/bureau/signalements/{notice.public_id}/", {"decision": "withdrawn", "ground": "law", "statement": REASONS}
    )

    assert answer.status_code == 422
    notice.refresh_from_db()
    assert notice.state == "received"


def test_a_withdrawal_needs_a_ground(as_user, moderator, notice):
    answer = as_user(moderator).post(
        f"/bureau/signalements/{notice.public_id}/", {"decision": "withdrawn", "ground": "none", "statement": REASONS}
    )

    assert answer.status_code == 422


def test_only_moderators_read_notices(as_user, client, notice, owner, stranger, reader):
    path = f"/bureau/signalements/{notice.public_id}/"
    for user in (owner, stranger, reader):
        assert as_user(user).get("/bureau/signalements/").status_code == 403
        assert as_user(user).post(path, {"decision": "no_action"}).status_code == 403
    assert client.get(path).status_code == 302
    notice.refresh_from_db()
    assert notice.state == "received"
    assert list(Notice.objects.visible_to(owner)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_the_same_whatever_the_number(as_user, moderator, item, count, django_assert_num_queries):
    for n in range(count):
        create_notice(item=item, reason="other", explanation=f"numéro {n}", name="L", email="l@example.org")
    client = as_user(moderator)
    client.get("/bureau/signalements/")

    with django_assert_num_queries(8):
        page = client.get("/bureau/signalements/").content.decode()

    assert page.count('scope="row"') == count
