"""Buyers' opinions: given by who bought only, once for each seller order, published, replied to, reported."""

import datetime
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.journal.models import Entry, OutgoingMail
from rebond.shop.actions.notice import create_notice, decide_notice
from rebond.shop.actions.part import deliver_part, ship_part
from rebond.shop.actions.rating import Opinion, ask_ratings, rate_part, reply_to_rating, take_down_comment
from rebond.shop.actions.removal import answer_contest, contest_removal
from rebond.shop.actions.retention import forget_old_traces
from rebond.shop.errors import ContestOverError, RatingOverError, RepliedError
from rebond.shop.models import CommentRemoval, Notice, Rating, RatingAsked
from rebond.shop.queries.orders import order_path
from rebond.shop.queries.ratings import published, rating_path
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
DAY = datetime.timedelta(days=1)
REASONS = "Le commentaire donne le nom et l’adresse d’une personne."
NOTICE = {
    "reason": "privacy",
    "explanation": "Mon adresse y est écrite en entier.",
    "name": "Léa",
    "email": "lea@example.org",
}


@pytest.fixture
def part(seller, owner, index):
    """Received an hour ago."""
    made = paid_order(ItemFactory(seller=seller, on_sale=True, title="Radio", price_cents=3200)).parts.get()
    ship_part(part=made, carrier="", tracking="", by=owner)
    return deliver_part(part=made, by=owner, now=timezone.now() - DAY / 24)


@pytest.fixture
def moderator(operator):
    return MembershipFactory(organisation=operator, role="moderator", user__name="Mona Modération").user


@pytest.fixture
def removal(part, moderator):
    rating = rate_part(part=part, opinion=Opinion(2, "Léa Roy, 3 rue Basse, est une voleuse."))
    notice = create_notice(rating=rating, **NOTICE)
    decide_notice(notice=notice, decision="withdrawn", ground="law", statement=REASONS, by=moderator)
    return notice.removal


def words(response):
    return response.content.decode()


def test_a_guest_answers_by_the_signed_link(client, part):
    path = rating_path(part)
    assert 'value="9" required checked' in words(client.get(f"{path}?note=9"))
    assert Rating.objects.count() == 0  # a link opened by a mail's scanner answers nothing

    data = {"score": "9", "comment": "Bien emballé.", "is_signed": "on"}
    answer = client.post(path, data, headers=HERE)

    assert (answer.status_code, answer.url) == (302, path)
    rating = Rating.objects.get()
    assert (rating.score, rating.comment, rating.byline) == (9, "Bien emballé.", "Camille V.")
    assert (rating.part, rating.seller) == (part, part.seller)
    assert rating.experienced_on == timezone.localdate(part.delivered_at)
    assert Entry.objects.filter(action="shop.rating.given").count() == 1
    assert "Bien emballé." in words(client.get(path))


@pytest.mark.parametrize("score", ["", "11", "-1", "neuf", "9.5"])
def test_a_note_is_a_whole_number_from_0_to_10(client, part, score):
    for extra in ({}, {"quick": "1"}):
        assert client.post(rating_path(part), {"score": score} | extra, headers=HERE).status_code == 422
    assert Rating.objects.count() == 0


def test_the_database_refuses_a_second_answer_and_a_note_above_10(part):
    rate_part(part=part, opinion=Opinion(8))
    kept = {"seller": part.seller, "experienced_on": timezone.localdate()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(part=part, score=3, **kept)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.update(score=11)


def test_the_page_of_the_order_asks_and_a_quick_note_keeps_the_words(client, part):
    shown = words(client.get(order_path(part.order)))
    assert 'name="quick"' in shown

    client.post(rating_path(part), {"score": "7", "comment": "Une rayure."}, headers=HERE)
    client.post(rating_path(part), {"score": "8", "quick": "1"}, headers=HERE)  # a tab that was still open

    rating = Rating.objects.get()
    assert (rating.score, rating.comment, rating.byline) == (8, "Une rayure.", "")
    assert rating.changed_at is not None
    assert 'name="quick"' not in words(client.get(order_path(part.order)))


def test_nobody_answers_before_the_delivery_nor_without_the_link(client, seller, index):
    waiting = paid_order(ItemFactory(seller=seller, on_sale=True)).parts.get()

    assert client.post(rating_path(waiting), {"score": "9"}, headers=HERE).status_code == 404
    with pytest.raises(RatingOverError):
        rate_part(part=waiting, opinion=Opinion(9))
    wrong = rating_path(waiting).replace(rating_path(waiting).split("/")[3], "x" * 43)
    assert client.get(wrong).status_code == 404
    assert 'name="quick"' not in words(client.get(order_path(waiting.order)))


def test_an_answer_changes_for_30_days_and_comes_within_90(part):
    start = part.delivered_at
    with pytest.raises(RatingOverError):
        rate_part(part=part, opinion=Opinion(9), now=start + 91 * DAY)
    rate_part(part=part, opinion=Opinion(9), now=start + 89 * DAY)
    rate_part(part=part, opinion=Opinion(4), now=start + 118 * DAY)
    with pytest.raises(RatingOverError):
        rate_part(part=part, opinion=Opinion(0), now=start + 120 * DAY)
    assert Rating.objects.get().score == 4


def test_words_and_name_are_taken_down_the_note_stays(client, part, owner):
    signed = rate_part(part=part, opinion=Opinion(9, "Merci à vous", is_signed=True))
    reply_to_rating(rating=signed, text="Merci Camille", by=owner)

    for _ in range(2):
        client.post(f"{rating_path(part)}retrait/", headers=HERE)

    rating = Rating.objects.get()
    assert (rating.score, rating.comment, rating.byline, rating.reply) == (9, "", "", "")
    assert Entry.objects.filter(action="shop.rating.taken_down").count() == 1
    assert take_down_comment(rating=rating).score == 9


def test_another_site_writes_nothing(client, part):
    rate_part(part=part, opinion=Opinion(9, "Merci"))
    for end in ("", "retrait/", "contestation/"):
        assert client.post(f"{rating_path(part)}{end}", {"score": "1"}).status_code == 403
    assert Rating.objects.get().score == 9


def test_buyers_are_asked_once_five_days_after(part):
    assert ask_ratings(now=part.delivered_at + 4 * DAY) == 0
    assert [ask_ratings(now=part.delivered_at + 5 * DAY) for _ in range(2)] == [1, 0]

    mail = OutgoingMail.objects.get(kind="shop.rating.asked")
    assert mail.to == part.order.email
    assert f"{rating_path(part)}?note=10" in mail.text
    assert RatingAsked.objects.get().part == part


def test_who_answered_by_themselves_and_old_deliveries_are_not_asked(seller, owner, part):
    rate_part(part=part, opinion=Opinion(10))
    assert ask_ratings(now=part.delivered_at + 6 * DAY) == 0
    RatingAsked.objects.all().delete()
    assert ask_ratings(now=part.delivered_at + 31 * DAY) == 0
    assert OutgoingMail.objects.filter(kind="shop.rating.asked").count() == 0


def test_everybody_reads_opinions_escaped_and_in_pages(client, seller, part, monkeypatch):
    rate_part(part=part, opinion=Opinion(3, "<script>alert(1)</script> http://spam.example"))
    monkeypatch.setattr("rebond.shop.web.views.ratings.PAGE", 1)
    seller_path = f"/vendeurs/{seller.slug}/avis/"

    shown = words(client.get(seller_path))

    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown
    assert 'href="http://spam' not in shown
    assert "Un acheteur identifié" in shown
    assert "avant=" not in shown
    other = ItemFactory(seller=seller, on_sale=True)
    newer = paid_order(other, email="b@example.org").parts.get()
    type(newer).objects.filter(pk=newer.pk).update(state="delivered", delivered_at=timezone.now())
    newer.refresh_from_db()
    rating = rate_part(part=newer, opinion=Opinion(10, "Parfait"))
    first = words(client.get(f"{seller_path}?x=1"))  # another address: the page is kept for a while
    assert ("Parfait" in first, "alert(1)" in first) == (True, False)
    assert "alert(1)" in words(client.get(f"{seller_path}?avant={rating.pk}"))
    assert "Parfait" in words(client.get(f"/vendeurs/{seller.slug}/"))


def test_the_seller_replies_once(as_user, owner, reader, stranger, part):
    rating = rate_part(part=part, opinion=Opinion(5, "Un peu long"))
    path = f"/bureau/avis/{rating.public_id}/reponse/"

    assert as_user(stranger).post(path, {"reply": "Non"}).status_code in {403, 404}
    assert as_user(reader).post(path, {"reply": "Non"}).status_code == 403
    client = as_user(owner)
    assert client.get(f"/bureau/avis/{rating.public_id}/").status_code == 200
    assert client.post(path, {"reply": " "}).status_code == 422
    assert Rating.objects.get().replied_at is None
    for text in ("Merci de l’avoir dit.", "Une autre"):
        assert client.post(path, {"reply": text}).status_code == 302

    rating.refresh_from_db()
    assert rating.reply == "Merci de l’avoir dit."
    assert OutgoingMail.objects.filter(kind="shop.rating.reply").count() == 1
    with pytest.raises(RepliedError):
        reply_to_rating(rating=rating, text="Encore", by=owner)


def test_a_moderator_reads_all_but_replies_to_none(as_user, moderator, stranger, part):
    rating = rate_part(part=part, opinion=Opinion(5, "Un peu long"))

    assert as_user(moderator).get(f"/bureau/avis/{rating.public_id}/").status_code == 200
    assert as_user(moderator).post(f"/bureau/avis/{rating.public_id}/reponse/", {"reply": "x"}).status_code == 403
    assert as_user(stranger).get(f"/bureau/avis/{rating.public_id}/").status_code == 404


def test_anybody_reports_a_comment(client, part):
    rating = rate_part(part=part, opinion=Opinion(2, "Léa Roy, 3 rue Basse, est une voleuse."))
    path = f"/avis/{rating.public_id}/signalement/"
    assert "Léa Roy" in words(client.get(path))

    for _ in range(2):
        assert client.post(path, NOTICE | {"is_good_faith": "on"}, headers=HERE).status_code == 302

    notice = Notice.objects.get()
    assert (notice.rating, notice.item, notice.comment) == (rating, None, rating.comment)
    assert part.seller.name in OutgoingMail.objects.get(kind="shop.notice.received").text
    assert client.post(path, NOTICE | {"reason": "dangerous", "is_good_faith": "on"}, headers=HERE).status_code == 422
    Rating.objects.update(comment="")
    assert client.get(path).status_code == 404  # a note alone says nothing to report


def test_a_moderator_withdraws_words_never_the_note(client, as_user, moderator, part, owner):
    rating = rate_part(part=part, opinion=Opinion(2, "Léa Roy, 3 rue Basse, est une voleuse."))
    reply_to_rating(rating=rating, text="Léa Roy, du 3 rue Basse, n’a rien volé.", by=owner)
    notice = create_notice(rating=rating, **NOTICE)
    desk = as_user(moderator)
    path = f"/bureau/signalements/{notice.public_id}/"
    assert "3 rue Basse" in words(desk.get(path))
    assert desk.get("/bureau/signalements/").status_code == 200

    assert desk.post(path, {"decision": "withdrawn", "ground": "law", "statement": REASONS}).status_code == 302

    rating.refresh_from_db()
    assert (rating.score, rating.removed_at is not None) == (2, True)
    shown = words(client.get(f"/vendeurs/{part.seller.slug}/avis/"))
    assert "3 rue Basse" not in shown
    assert "2<small>/10" in shown
    told = OutgoingMail.objects.get(kind="shop.rating.removal")
    assert (told.to, REASONS in told.text, rating_path(part) in told.text) == (part.order.email, True, True)
    assert OutgoingMail.objects.filter(kind="shop.notice.decided", to="lea@example.org").count() == 1
    with pytest.raises(RatingOverError):
        rate_part(part=part, opinion=Opinion(0, "Encore elle"))


def test_a_second_report_finds_the_words_withdrawn(removal, moderator):
    rating = removal.rating
    again = create_notice(rating=rating, **NOTICE | {"email": "autre@example.org"})
    decide_notice(notice=again, decision="withdrawn", ground="law", statement=REASONS, by=moderator)

    assert CommentRemoval.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="shop.rating.removal").count() == 1


def test_the_author_contests_and_the_comment_comes_back(client, as_user, removal, part, moderator):
    path = rating_path(part)
    assert REASONS in words(client.get(path))
    assert client.post(f"{path}contestation/", {"text": "court"}, headers=HERE).status_code == 422
    client.post(f"{path}contestation/", {"text": "Cette adresse est la mienne."}, headers=HERE)

    desk = as_user(moderator)
    assert "adresse est la mienne" in words(desk.get(f"/bureau/signalements/{removal.notice.public_id}/"))
    assert part.seller.name in words(desk.get("/bureau/signalements/?etat=contestes"))
    answer = {"outcome": "upheld", "answer": "C’est bien votre adresse."}
    desk.post(f"/bureau/signalements/{removal.notice.public_id}/contestation/", answer)

    removal.refresh_from_db()
    assert (removal.complaint_state, removal.ended_at is not None) == ("upheld", True)
    assert Rating.objects.get().removed_at is None
    assert OutgoingMail.objects.filter(kind="shop.rating.removal").count() == 2


def test_a_contest_is_made_once_answered_once_and_in_time(removal, moderator):
    with pytest.raises(ContestOverError):
        contest_removal(removal=removal, text="Trop tard", now=removal.contest_until + DAY)
    contest_removal(removal=removal, text="Pourquoi ?")
    with pytest.raises(ContestOverError):
        contest_removal(removal=removal, text="Encore")
    answer_contest(removal=removal, is_upheld=False, answer="La décision reste.", by=moderator)
    with pytest.raises(ContestOverError):
        answer_contest(removal=removal, is_upheld=True, answer="Finalement", by=moderator)
    assert Rating.objects.get().removed_at is not None


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_has_the_same_queries_however_long(as_user, owner, seller, index, django_assert_num_queries, number):
    for n in range(number):
        made = paid_order(ItemFactory(seller=seller, on_sale=True), email=f"{n}@example.org").parts.get()
        type(made).objects.filter(pk=made.pk).update(state="delivered", delivered_at=timezone.now())
        made.refresh_from_db()
        rate_part(part=made, opinion=Opinion(n, "Bien"))
    client = as_user(owner)
    client.get("/bureau/avis/")
    with django_assert_num_queries(5):
        shown = words(client.get("/bureau/avis/"))
    assert shown.count("/bureau/avis/") > number


@pytest.mark.parametrize("number", [1, 3])
def test_replies_cost_the_public_page_nothing_more(client, owner, seller, index, django_assert_num_queries, number):
    for n in range(number):
        made = paid_order(ItemFactory(seller=seller, on_sale=True), email=f"{n}@example.org").parts.get()
        type(made).objects.filter(pk=made.pk).update(state="delivered", delivered_at=timezone.now())
        made.refresh_from_db()
        reply_to_rating(rating=rate_part(part=made, opinion=Opinion(n, "Bien")), text="Merci", by=owner)
    with django_assert_num_queries(1):
        assert [row.seller.name for row in published(seller)] == [seller.name] * number


def test_opinions_go_after_five_years(part, removal):
    rating = removal.rating
    forget_old_traces(now=timezone.now() + 1824 * DAY)
    assert Rating.objects.filter(pk=rating.pk).exists()
    forget_old_traces(now=timezone.now() + 1828 * DAY)
    assert (Rating.objects.count(), Notice.objects.count(), CommentRemoval.objects.count()) == (0, 0, 0)


def test_nobody_writes_to_who_was_erased(part, owner):
    rating = rate_part(part=part, opinion=Opinion(9, "Merci"))
    type(part.order).objects.filter(pk=part.order_id).update(email="", name="", erased_at=timezone.now())
    reply_to_rating(rating=Rating.objects.get(pk=rating.pk), text="Merci à vous", by=owner)
    Rating.objects.all().delete()

    assert ask_ratings(now=part.delivered_at + 6 * DAY) == 0
    assert OutgoingMail.objects.filter(kind__startswith="shop.rating").count() == 0


def test_operations_of_two_forms_are_one_opinion(part):
    for score in (6, 7):
        rate_part(part=part, opinion=Opinion(score, str(uuid.uuid4())))
    assert Rating.objects.count() == 1
