"""The desk of disputes: prepared by one, sent by another, within the bank's delay."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from rebond.journal.models import Entry
from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.dispute_answer import ask_answer, grant_answer, refuse_answer, resume_answers, send_answer
from rebond.shop.actions.order import place_order
from rebond.shop.actions.trial import charge_card, contest_payment
from rebond.shop.enums import TrialCard
from rebond.shop.errors import (
    AnswerWaitsError,
    AttachmentRefusedError,
    DisputeStateError,
    ProviderAwayError,
    SamePersonError,
)
from rebond.shop.models import Dispute, DisputeAnswer, SellerOrder
from rebond.shop.queries.keeper import Keeper
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def treasurer(operator):
    return MembershipFactory(organisation=operator, role="finance", user__name="Tina Trésor").user


@pytest.fixture
def chief(operator):
    return MembershipFactory(organisation=operator, role="coordinator", user__name="Chloé Chef").user


@pytest.fixture
def dispute(seller, operator, index, settings):
    settings.PAYMENT_PROVIDER = "test"
    return contested(seller, "amina")


def contested(seller, name):
    keeper, now = Keeper(visitor=name), timezone.now()
    take_item(keeper=keeper, item=ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2500), now=now)
    made = place_order(keeper=keeper, email="c@example.org", operation=uuid.uuid4(), provider="test", now=now)
    charge_card(payment=made, card=TrialCard.ACCEPTED)
    return contest_payment(payment=made)


def pdf(name="preuve.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7 essai", content_type="application/pdf")


def ask(dispute, by, choice="defend", text="Envoyée le 3.", files=None, operation=None):
    return ask_answer(
        dispute=dispute, choice=choice, text=text, files=files or {}, by=by, operation=operation or uuid.uuid4()
    )


def test_one_prepares_another_sends_and_the_bank_decides(dispute, treasurer, chief):
    operation = uuid.uuid4()
    answer = ask(dispute, treasurer, files={"delivery": pdf()}, operation=operation)
    assert ask(dispute, treasurer, operation=operation) == answer
    with pytest.raises(AnswerWaitsError):
        ask(dispute, chief)
    with pytest.raises(SamePersonError):
        grant_answer(answer=answer, by=treasurer)
    grant_answer(answer=answer, by=chief)
    with pytest.raises(DisputeStateError):
        grant_answer(answer=answer, by=chief)
    assert [send_answer(number=answer.pk) for _n in range(2)] == ["sent", "sent"]
    dispute.refresh_from_db()
    assert (dispute.state, dispute.money) == ("won", "back")
    assert check_ledger().is_right
    with pytest.raises(DisputeStateError):
        ask(dispute, treasurer)


def test_to_accept_is_to_lose_and_the_books_follow(dispute, treasurer, chief):
    answer = ask(dispute, treasurer, choice="accept", files={"delivery": pdf()})
    assert (answer.text, answer.proofs.count()) == ("", 0)
    grant_answer(answer=answer, by=chief)
    send_answer(number=answer.pk)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.money) == ("lost", "gone")
    assert check_ledger().is_right


def test_a_refused_answer_leaves_room_for_another(dispute, treasurer, chief):
    refuse_answer(answer=ask(dispute, treasurer), by=chief)
    assert ask(dispute, treasurer).state == "asked"


def test_alone_in_the_office_one_person_is_enough(dispute, treasurer, settings):
    assert grant_answer(answer=ask(dispute, treasurer), by=treasurer).state == "granted"


def test_nothing_said_or_a_file_that_is_something_else_is_refused(dispute, treasurer):
    with pytest.raises(DisputeStateError):
        ask(dispute, treasurer, text="  ")
    with pytest.raises(AttachmentRefusedError):
        ask(dispute, treasurer, files={"other": SimpleUploadedFile("x.pdf", b"MZ...")})
    assert not DisputeAnswer.objects.exists()


@pytest.fixture
def by_stripe(settings, stub, dispute):
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    Dispute.objects.update(provider="stripe", provider_id="dp_1")
    return stub


def test_stripe_is_given_the_files_then_the_text_once(by_stripe, dispute, treasurer, chief):
    dispute.refresh_from_db()
    answer = ask(dispute, treasurer, files={"delivery": pdf(), "exchange": pdf("mails.pdf")})
    grant_answer(answer=answer, by=chief)
    by_stripe.down = True
    with pytest.raises(ProviderAwayError):
        send_answer(number=answer.pk)
    by_stripe.down = False
    by_stripe.asked.clear()
    assert resume_answers() == 1
    assert send_answer(number=answer.pk) == "sent"
    assert [row[1] for row in by_stripe.asked] == ["files", "files", "disputes/dp_1"]
    evidence = by_stripe.asked[-1][2]["evidence"]
    assert evidence["uncategorized_text"] == "Envoyée le 3."
    assert evidence["shipping_documentation"].startswith("file_")
    assert evidence["customer_communication"].startswith("file_")
    assert by_stripe.asked[-1][2]["submit"] == "true"
    assert by_stripe.asked[-1][3] == f"dispute-{answer.public_id}"


def test_what_stripe_refuses_is_said_and_another_answer_may_be_made(by_stripe, dispute, treasurer, chief):
    dispute.refresh_from_db()
    answer = ask(dispute, treasurer)
    grant_answer(answer=answer, by=chief)
    by_stripe.refuse["disputes/dp_1"] = "Too late"
    assert send_answer(number=answer.pk) == "failed"
    answer.refresh_from_db()
    assert (answer.state, answer.note) == ("failed", "Too late")
    assert ask(dispute, treasurer).state == "asked"


# --- pages


@pytest.mark.page
def test_the_desk_shows_says_and_sends(as_user, dispute, treasurer, chief, owner, reader, stranger):
    path = reverse("shop:dispute-detail", args=[dispute.public_id])
    page = as_user(treasurer).get(path)
    assert "L’acheteur dit n’avoir rien reçu" in page.text
    assert "25,00" in page.text
    for user in (owner, reader, stranger):
        assert as_user(user).get(path).status_code in {403, 404}
    data = {"choice": "defend", "text": "Un fait.", "operation": str(uuid.uuid4()), "file_delivery": pdf()}
    send = reverse("shop:dispute-answer", args=[dispute.public_id])
    assert as_user(treasurer).post(send, {"choice": "defend", "text": ""}).status_code == 422
    assert as_user(treasurer).get(send).status_code == 405
    wrong = as_user(treasurer).post(send, data | {"file_delivery": SimpleUploadedFile("preuve.pdf", b"<html>")})
    assert (wrong.status_code, DisputeAnswer.objects.exists()) == (422, False)
    assert "Un fait." in wrong.text  # what was written is not lost
    assert as_user(treasurer).post(send, data)["Location"] == path
    answer = DisputeAnswer.objects.get()
    assert "L’envoyer à la banque" not in as_user(treasurer).get(path).text
    assert "L’envoyer à la banque" in as_user(chief).get(path).text
    file = reverse("shop:dispute-file", args=[dispute.public_id, answer.proofs.get().public_id])
    sent = as_user(chief).get(file)
    assert (sent["Content-Type"], b"".join(sent.streaming_content)) == ("application/pdf", b"%PDF-1.7 essai")
    assert Entry.objects.filter(action="journal.file.read", actor_id=chief.public_id).count() == 1
    assert as_user(owner).get(file).status_code in {403, 404}
    decide = reverse("shop:dispute-decide", args=[dispute.public_id, answer.public_id])
    as_user(treasurer).post(decide, {"decision": "envoi"})
    assert DisputeAnswer.objects.get().state == "asked"
    as_user(chief).post(decide, {"decision": "envoi"})
    assert DisputeAnswer.objects.get().state == "granted"


@pytest.mark.page
def test_today_says_by_when_and_the_seller_sees_why_it_waits(as_user, dispute, treasurer, owner, seller):
    assert "1 banque attend une réponse" in as_user(treasurer).get("/bureau/").text
    assert "attend une réponse" not in as_user(owner).get("/bureau/").text
    part = SellerOrder.objects.get()
    page = as_user(owner).get(reverse("shop:part-detail", args=[part.public_id]))
    assert "conteste ce paiement" in page.text
    answer = as_user(owner).post(reverse("shop:part-ready", args=[part.public_id]), follow=True)
    assert "gardez les objets" in answer.text


@pytest.mark.page
@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    as_user, dispute, seller, treasurer, number, django_assert_num_queries
):
    for n in range(number - 1):
        contested(seller, f"b{n}")
    path = reverse("shop:dispute-list")
    client = as_user(treasurer)
    client.get(path)
    with django_assert_num_queries(5):
        page = client.get(path)
    assert page.text.count("Retenu par la banque") == number
    assert "Rien ici" in client.get(f"{path}?etat=fermees").text
