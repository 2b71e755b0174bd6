"""After-sales by people: one conversation for each seller order, read by its sides only, decided once."""

import datetime
import io
import uuid

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from rebond.core.images import render_picture
from rebond.journal.models import Entry, OutgoingMail
from rebond.ledger.actions.money_request import withdraw_money
from rebond.ledger.models import MoneyRequest
from rebond.shop.actions.conversation import (
    Written,
    answer_buyer,
    call_conciliator,
    close_conversation,
    hand_over,
    write_to_seller,
)
from rebond.shop.actions.repair import Gone, end_repair
from rebond.shop.actions.settlement import Decision, settle
from rebond.shop.errors import ConversationStateError, RefundInvalidError, TooSoonError
from rebond.shop.models import Attachment, Conversation, Message, OrderLine, Refund, Return, SellerOrder, Settlement
from rebond.shop.queries.conversations import help_path, rights_of, waiting_conversations
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, SiteFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
PARIS = timezone.get_default_timezone()


def at(day, hour=12):
    return datetime.datetime(2026, 11, day, hour, tzinfo=PARIS)


@pytest.fixture
def part(seller, index):
    SiteFactory(organisation=seller, is_main=True)
    seller.email = "atelier@example.org"
    seller.save()
    radio = ItemFactory(seller=seller, on_sale=True, title="Radio", price_cents=3200)
    return paid_order(radio, shipping=500, now=at(2)).parts.get()


@pytest.fixture
def moderator(operator):
    return MembershipFactory(organisation=operator, role="moderator").user


def ask(part, text="La radio ne s’allume plus.", now=None, operation=None, **more):
    written = Written(text, operation or uuid.uuid4(), more.pop("upload", None))
    return write_to_seller(part=part, reason="not_working", line=None, written=written, name="Camille", now=now, **more)


def answer(conversation, by, text="Nous regardons.", now=None, **more):
    return answer_buyer(conversation=conversation, written=Written(text, uuid.uuid4()), by=by, now=now, **more)


def sent():
    """What has not left yet cannot come back: it has."""
    SellerOrder.objects.filter(state="to_prepare").update(state="shipped", shipped_at=at(3))


def decide(conversation, by, outcome, words="", cents=0, operation=None):
    sent()
    line = OrderLine.objects.get(part=conversation.part)
    decision = Decision(outcome, line, words, operation or uuid.uuid4(), cents)
    return settle(conversation=conversation, decision=decision, by=by)


def words(response):
    return BeautifulSoup(response.content, "html.parser").main.get_text(" ", strip=True)


def desk(conversation):
    return f"/bureau/apres-vente/{conversation.public_id}/"


def test_the_seller_has_two_working_days_and_a_mail(part):
    conversation = ask(part, now=at(6))  # a Friday; 11 November is far enough
    assert (conversation.state, conversation.due_on) == ("to_answer", datetime.date(2026, 11, 10))
    mail = OutgoingMail.objects.get(kind="shop.conversation.desk")
    assert (mail.to, "La radio ne s’allume plus." in mail.text) == ("atelier@example.org", True)


def test_sent_twice_it_is_one_message_and_one_conversation(part):
    operation = uuid.uuid4()
    ask(part, operation=operation)
    ask(part, operation=operation)
    ask(part, "Autre chose.")
    assert (Conversation.objects.count(), Message.objects.count()) == (1, 2)


def test_an_answer_gives_the_turn_to_the_buyer_and_their_message_gives_it_back(part, owner):
    conversation = ask(part, now=at(6))
    answer(conversation, owner, now=at(9))
    conversation.refresh_from_db()
    assert (conversation.state, conversation.answered_at) == ("waiting", at(9))
    assert help_path(part) in OutgoingMail.objects.get(kind="shop.conversation").text
    assert ask(part, "Merci", now=at(10)).state == "to_answer"
    close_conversation(conversation=conversation, by=owner)
    with pytest.raises(ConversationStateError):
        close_conversation(conversation=conversation, by=owner)
    assert ask(part, "Encore", now=at(12)).state == "to_answer"


def test_an_internal_note_moves_nothing_and_the_buyer_never_sees_it(part, owner, client):
    conversation = ask(part)
    answer(conversation, owner, "Testée deux heures", is_internal=True)
    conversation.refresh_from_db()
    assert (conversation.state, conversation.answered_at) == ("to_answer", None)
    assert not OutgoingMail.objects.filter(kind="shop.conversation").exists()
    assert "Testée" not in words(client.get(help_path(part)))


def test_the_conciliator_comes_after_the_answer_or_its_day_and_not_before(part, owner):
    conversation = ask(part, now=at(6))
    with pytest.raises(TooSoonError):
        call_conciliator(conversation=conversation, now=at(10))
    call_conciliator(conversation=conversation, now=at(12))
    conversation.refresh_from_db()
    assert (conversation.state, conversation.due_on) == ("conciliation", datetime.date(2026, 11, 19))
    with pytest.raises(ConversationStateError):
        call_conciliator(conversation=conversation, now=at(13))


def test_the_seller_may_call_the_conciliator_once_it_answered(part, as_user, owner, reader, moderator):
    conversation, client = ask(part, now=at(6)), as_user(owner)
    act = {"why": "Nous ne sommes pas d’accord sur la panne.", "operation": uuid.uuid4().hex}
    client.post(desk(conversation) + "conciliation/", act)
    conversation.refresh_from_db()
    assert (conversation.state, Message.objects.count()) == ("to_answer", 1)  # the buyer has no answer yet
    answer(conversation, owner)
    assert as_user(reader).post(desk(conversation) + "conciliation/", act).status_code == 403
    client.post(desk(conversation) + "conciliation/", {"why": " "})
    assert Message.objects.count() == 2
    for _time in range(2):
        client.post(desk(conversation) + "conciliation/", act)
    conversation.refresh_from_db()
    assert (conversation.state, Message.objects.count()) == ("conciliation", 3)
    assert "pas d’accord sur la panne" in words(as_user(moderator).get(desk(conversation)))
    assert OutgoingMail.objects.filter(kind="shop.conversation", text__contains="sur la panne").count() == 1


def test_the_conciliator_may_come_by_the_number_of_the_order(part, as_user, owner, moderator):
    conversation, path = ask(part), "/bureau/apres-vente/entree/"
    act = {"order": part.order.public_id.upper(), "why": "Camille a téléphoné.", "operation": uuid.uuid4().hex}
    assert as_user(owner).post(path, act).status_code == 403
    assert as_user(moderator).get(desk(conversation)).status_code == 404
    as_user(moderator).post(path, act | {"why": ""})
    assert Conversation.objects.get().state == "to_answer"
    as_user(moderator).post(path, act)
    as_user(moderator).post(path, act)
    assert (Conversation.objects.get().state, Message.objects.count()) == ("conciliation", 2)
    assert "Camille a téléphoné." in words(as_user(moderator).get(desk(conversation)))
    told = OutgoingMail.objects.filter(text__contains="Camille a téléphoné.").values_list("kind", flat=True)
    assert sorted(told) == ["shop.conversation", "shop.conversation.desk"]


def test_each_side_reads_its_own_and_the_network_only_what_called_it(part, as_user, owner, reader, stranger, moderator):
    conversation = ask(part)
    answer(conversation, owner, "Une note", is_internal=True)
    assert "Une note" in words(as_user(owner).get(desk(conversation)))
    assert as_user(reader).get(desk(conversation)).status_code == 200
    assert as_user(reader).post(desk(conversation) + "reponse/", {"text": "x"}).status_code == 403
    for person in (stranger, moderator):
        assert as_user(person).get(desk(conversation)).status_code == 404
        assert as_user(person).post(desk(conversation) + "reponse/", {"text": "x"}).status_code == 404
    answer(conversation, owner)
    call_conciliator(conversation=conversation)
    shown = words(as_user(moderator).get(desk(conversation)))
    assert "La radio ne s’allume plus." in shown
    assert "Une note" not in shown
    as_user(moderator).post(desk(conversation) + "reponse/", {"text": "Je propose une réparation."})
    assert Message.objects.get(text="Je propose une réparation.").author == "conciliator"
    assert as_user(moderator).post(desk(conversation) + "decision/", {}).status_code == 403


def test_a_lower_price_gives_these_cents_back_once(part, owner):
    conversation, operation = ask(part), uuid.uuid4()
    decide(conversation, owner, "gesture", cents=1200, operation=operation)
    decide(conversation, owner, "gesture", cents=1200, operation=operation)
    assert (Refund.objects.get().amount_cents, Refund.objects.get().reason) == (1200, "gesture")
    assert Settlement.objects.get().cents == 1200
    with pytest.raises(RefundInvalidError):
        decide(conversation, owner, "gesture", cents=2001)
    assert Refund.objects.count() == 1


def test_a_refund_gives_all_that_is_left_with_the_delivery(part, owner):
    conversation = ask(part)
    decide(conversation, owner, "gesture", cents=1200)
    decide(conversation, owner, "refund")
    assert sorted(Refund.objects.values_list("amount_cents", flat=True)) == [1200, 2500]
    with pytest.raises(RefundInvalidError):
        decide(conversation, owner, "refund")


def test_a_return_waits_for_the_object_then_gives_all_back(part, owner):
    conversation = ask(part)
    decide(conversation, owner, "return")
    back = Return.objects.get()
    assert (back.state, back.cents, back.withdrawal, Refund.objects.count()) == ("awaited", 3700, None, 0)
    with pytest.raises(RefundInvalidError):
        decide(conversation, owner, "return")
    assert Return.objects.count() == 1


@pytest.mark.parametrize(
    ("reason", "first", "never"),
    [
        ("not_received", "refund", {"return", "repair"}),
        ("broken", "repair", set()),
        ("not_as_said", "return", set()),
        ("missing", "gesture", set()),
        ("other", "refund", set()),
    ],
)
def test_a_reason_leads_to_its_outcomes(part, owner, as_user, reason, first, never):
    sent()
    conversation = ask(part)
    Conversation.objects.filter(pk=conversation.pk).update(reason=reason)
    conversation.refresh_from_db()
    page = BeautifulSoup(as_user(owner).get(desk(conversation)).content, "html.parser")
    shown = [radio["value"] for radio in page.select("input[name=outcome]")]
    assert shown[0] == first
    assert not never & set(shown)
    for outcome in never:
        with pytest.raises(RefundInvalidError):
            decide(conversation, owner, outcome)
        form = {"line": OrderLine.objects.get(part=part).pk, "outcome": outcome}
        assert as_user(owner).post(desk(conversation) + "decision/", form).status_code == 422
    assert not Settlement.objects.exists()


def test_a_repair_is_due_in_thirty_days_and_a_refusal_needs_words(part, owner):
    conversation = ask(part)
    made = decide(conversation, owner, "repair")
    assert made.due_on == timezone.localdate(made.decided_at) + datetime.timedelta(days=30)
    with pytest.raises(RefundInvalidError):
        decide(conversation, owner, "refused", "  ")
    decide(conversation, owner, "refused", "Cassée par une chute.")
    assert "Cassée par une chute." in OutgoingMail.objects.filter(kind="shop.conversation").order_by("pk").last().text
    assert Refund.objects.count() == 0


def test_another_place_of_the_seller_takes_over(part, owner, stranger):
    conversation = ask(part)
    there = SiteFactory(organisation=part.seller, name="Agen", is_main=False)
    hand_over(conversation=conversation, site=there, by=owner)
    conversation.refresh_from_db()
    assert conversation.site == there
    foreign = SiteFactory(organisation=stranger.memberships.get().organisation)
    with pytest.raises(ConversationStateError):
        hand_over(conversation=conversation, site=foreign, by=owner)


def test_an_operator_that_sells_reads_its_own_buyers_too_and_counts_them(operator, index, as_user, moderator):
    operator.seller_state, operator.letters = "admitted", operator.letters or "RB"
    operator.save()
    both = MembershipFactory(organisation=operator, role="coordinator").user
    MembershipFactory(organisation=operator, role="seller", user=both)
    lamp = ItemFactory(seller=operator, on_sale=True, title="Lampe", price_cents=1500)
    conversation = ask(paid_order(lamp).parts.get(), "La lampe clignote.")

    assert conversation.part.order.public_id in words(as_user(both).get("/bureau/apres-vente/"))
    assert "La lampe clignote." in words(as_user(both).get(desk(conversation)))
    assert as_user(moderator).get(desk(conversation)).status_code == 404  # a conciliator reads what called it
    assert waiting_conversations(operator, frozenset({"coordinator", "seller"})) == 1
    assert waiting_conversations(operator, frozenset({"moderator"})) == 0
    answer(conversation, both)
    call_conciliator(conversation=conversation)
    assert waiting_conversations(operator, frozenset({"moderator"})) == 1


def picture():
    data = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(data, "JPEG", exif=Image.Exif())
    return SimpleUploadedFile("IMG_1.jpg", data.getvalue() + b"<script>alert(1)</script>", "image/jpeg")


def test_a_picture_is_made_again_and_only_its_sides_see_it(part, client, as_user, owner, stranger):
    data = {"text": "Voici", "reason": "broken", "upload": picture()}
    assert client.post(help_path(part), data, headers=HERE).status_code == 302
    made = Attachment.objects.select_related("stored").get()
    answer = client.get(f"{help_path(part)}fichiers/{made.public_id}/")
    content = b"".join(answer.streaming_content)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert content[:4] == b"RIFF"
    assert b"script" not in content
    path = f"{desk(Conversation.objects.get())}fichiers/{made.public_id}/"
    assert b"".join(as_user(owner).get(path).streaming_content) == content
    read = Entry.objects.filter(action="journal.file.read", subject_id=made.stored.public_id)
    assert list(read.order_by("pk").values_list("actor_id", flat=True)) == ["", owner.public_id]
    assert as_user(stranger).get(path).status_code == 404


def test_a_picture_is_read_before_anything_is_locked(part, client, as_user, owner, monkeypatch):
    outside, seen = len(connection.savepoint_ids), []

    def read(*args):
        seen.append(len(connection.savepoint_ids))
        return render_picture(*args)

    monkeypatch.setattr("rebond.shop.actions.attachment.render_picture", read)
    client.post(help_path(part), {"text": "Voici", "reason": "broken", "upload": picture()}, headers=HERE)
    as_user(owner).post(f"{desk(Conversation.objects.get())}reponse/", {"text": "Voilà", "upload": picture()})

    assert seen == [outside, outside]
    assert Attachment.objects.count() == 2


@pytest.mark.parametrize("name", ["page.html", "image.svg", "photo.jpg", "papier.pdf"])
def test_what_is_no_picture_and_no_paper_is_refused_and_nothing_is_written(part, client, name):
    upload = SimpleUploadedFile(name, b"<svg onload=alert(1)>" * 10)
    response = client.post(help_path(part), {"text": "x", "reason": "other", "upload": upload}, headers=HERE)
    assert response.status_code == 422
    assert (Message.objects.count(), Attachment.objects.count()) == (0, 0)


def test_words_are_never_code(part, client, as_user, owner):
    client.post(help_path(part), {"text": "<img src=x onerror=alert(1)>", "reason": "other"}, headers=HERE)
    conversation = Conversation.objects.get()
    for response in (client.get(help_path(part)), as_user(owner).get(desk(conversation))):
        html = response.content.decode()
        assert "<img src=x" not in html
        assert "&lt;img src=x" in html


def test_a_wrong_link_or_another_part_finds_nothing(part, client, stranger):
    other = paid_order(ItemFactory(seller=part.seller, on_sale=True)).parts.get()
    ask(part)
    assert client.get(help_path(part)).status_code == 200
    assert client.get(help_path(part).replace(part.public_id, other.public_id)).status_code == 404
    assert client.post(help_path(part), {"text": "x"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_the_mediator_s_file_is_a_pdf_without_the_notes(part, client, owner):
    conversation = ask(part)
    answer(conversation, owner, "Une note", is_internal=True)
    response = client.get(help_path(part) + "mediation.pdf")
    assert response.content.startswith(b"%PDF-")


def test_the_rights_have_their_dates(part):
    assert rights_of(part).guarantee_until is None
    part.delivered_at = at(6)
    rights = rights_of(part, datetime.date(2027, 11, 7))
    assert (rights.withdrawal_until, rights.presumed_until, rights.guarantee_until) == (
        datetime.date(2026, 11, 20),
        datetime.date(2027, 11, 6),
        datetime.date(2028, 11, 6),
    )
    assert (rights.is_presumed, rights.is_guaranteed) == (False, True)


def test_new_and_repaired_objects_have_more_and_a_late_repair_opens_the_choice(part, owner, client):
    line, conversation = OrderLine.objects.get(part=part), ask(part)
    part.delivered_at = at(6)
    part.save()
    OrderLine.objects.filter(pk=line.pk).update(seen={"condition": "new_unsold"})
    [new] = rights_of(part, datetime.date(2028, 11, 6)).others
    assert (new.presumed_until, new.guarantee_until, new.is_new) == (
        datetime.date(2028, 11, 6), datetime.date(2028, 11, 6), True,
    )  # fmt: skip
    assert rights_of(part, datetime.date(2028, 11, 6)).is_presumed
    OrderLine.objects.filter(pk=line.pk).update(seen={})
    assert rights_of(part).others == ()

    made = decide(conversation, owner, "repair")

    assert rights_of(part).others == ()
    end_repair(repair=made.repair, gone=Gone("mend"), by=owner)
    rights = rights_of(part, datetime.date(2029, 5, 6))
    assert (rights.others[0].guarantee_until, rights.is_guaranteed) == (datetime.date(2029, 5, 6), True)
    made = decide(conversation, owner, "repair")
    assert not rights_of(part, made.due_on).is_repair_late
    assert rights_of(part, made.due_on + datetime.timedelta(days=1)).is_repair_late
    Settlement.objects.update(due_on=datetime.date(2026, 1, 1))
    assert "30 jours pour réparer sont passés" in words(client.get(help_path(part)))
    decide(conversation, owner, "gesture", cents=100)
    assert not rights_of(part).is_repair_late


def test_the_desk_answers_decides_and_closes(part, as_user, owner):
    conversation, client = ask(part), as_user(owner)
    assert "Camille Vasseur" in words(client.get("/bureau/apres-vente/"))
    assert "supposé d’origine" in client.get(desk(conversation) + "?reponse=panne").content.decode()
    client.post(desk(conversation) + "reponse/", {"text": "Bonjour"})
    line = OrderLine.objects.get(part=part)
    wrong = client.post(desk(conversation) + "decision/", {"line": line.pk, "outcome": "refused"})
    assert wrong.status_code == 422
    client.post(desk(conversation) + "decision/", {"line": line.pk, "outcome": "gesture", "amount": "12,00"})
    assert Refund.objects.get().amount_cents == 1200
    client.post(desk(conversation) + "fermeture/")
    assert Conversation.objects.get().state == "closed"


def test_a_long_conversation_shows_its_newest_messages_and_a_link_to_the_older_ones(part, client, as_user, owner):
    conversation = ask(part, "Message 1.")
    for n in range(2, 36):
        ask(part, f"Message {n}.")
    for browser, path in ((client, help_path(part)), (as_user(owner), desk(conversation))):
        said = words(browser.get(path))
        assert ("Message 35." in said, "Message 6." in said, "Message 5." in said) == (True, True, False)
        assert said.index("Message 6.") < said.index("Message 35.")
        older = BeautifulSoup(browser.get(path).content, "html.parser").select_one('a[href^="?avant="]')
        said = words(browser.get(path + older["href"]))
        assert ("Message 1." in said, "Message 5." in said, "Message 6." in said) == (True, True, False)
        assert browser.get(path + "?avant=x").status_code == 200


def test_the_list_takes_as_many_queries_for_three_as_for_one(part, as_user, owner, django_assert_num_queries):
    client = as_user(owner)
    ask(part)
    client.get("/bureau/apres-vente/")
    with django_assert_num_queries(5):
        client.get("/bureau/apres-vente/")
    for _n in range(2):
        ask(paid_order(ItemFactory(seller=part.seller, on_sale=True)).parts.get())
    with django_assert_num_queries(5):
        assert words(client.get("/bureau/apres-vente/")).count("Camille Vasseur") == 3


def test_nobody_gives_back_alone_more_than_their_role_may(part, as_user, owner, settings):
    settings.REFUND_LIMIT_CENTS = 1000
    sent()
    clerk = MembershipFactory(organisation=part.seller, role="seller").user
    conversation, line = ask(part), OrderLine.objects.get(part=part)
    for data in ({"outcome": "refund"}, {"outcome": "return"}, {"outcome": "gesture", "amount": "10,01"}):
        as_user(clerk).post(desk(conversation) + "decision/", {"line": line.pk} | data)
        withdraw_money(request=MoneyRequest.objects.get(state="asked"), by=clerk)
    assert (Refund.objects.count(), Return.objects.count()) == (0, 0)
    as_user(clerk).post(desk(conversation) + "decision/", {"line": line.pk, "outcome": "gesture", "amount": "10,00"})
    assert Refund.objects.get().amount_cents == 1000
    as_user(owner).post(desk(conversation) + "decision/", {"line": line.pk, "outcome": "refund"})
    assert Refund.objects.count() == 2


def test_words_that_are_refused_are_still_there(as_user, owner, moderator, part):
    talk = ask(part)
    words = "Nous ne tombons pas d’accord"
    call = reverse("shop:conversation-call", args=[talk.public_id])
    refused = [
        as_user(owner).post(call, {"why": words, "operation": str(uuid.uuid4())}),  # before any answer
        as_user(moderator).post(reverse("shop:conversation-join"), {"why": words, "order": "inconnue"}),
    ]
    assert [(page.status_code, words in page.content.decode()) for page in refused] == [(422, True)] * 2
    assert Message.objects.count() == 1
