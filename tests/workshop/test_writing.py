"""Writing and reviewing, as actions: what goes on sale, who reads it, what training never does."""

import datetime
import uuid

import pytest

from rebond.catalogue.actions.item import begin_item, change_item
from rebond.catalogue.models import Item
from rebond.workshop.actions import chain
from rebond.workshop.actions.listing import is_reviewed, obstacles_of, send_listing
from rebond.workshop.actions.review import accept_listing, differences, may_review, read_notes, return_listing
from rebond.workshop.actions.step import Hands, can_undo, undo_step
from rebond.workshop.actions.task import save_answers, take_task
from rebond.workshop.data.chain import REVIEW, WRITE
from rebond.workshop.errors import (
    FieldInvalid,
    ListingIncomplete,
    NotUndoable,
    NotYourReview,
    NowhereToGo,
    ObjectGone,
    TaskStateForbids,
)
from rebond.workshop.kinds import all_kinds
from rebond.workshop.models import ReviewNote, Step, Task, WorkerSkill
from rebond.workshop.queries.listing import answers_in, drafted, texts_of
from rebond.workshop.queries.questions import hops_of, is_answered, next_question, question_before, questions_of
from rebond.workshop.queries.skills import is_supervisor, kinds_open_to
from tests.factories.network import MembershipFactory
from tests.factories.workshop import WorkerFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
ANSWERS = {
    "condition": "good",
    "flaws": [{"kind": "scratch", "part": "Dessus", "detail": "", "photo_position": None}],
    "attr.wood": "beech",
    "attr.style": "",
    "attr.flat-pack": "no",
    "attr.seats": "",
    "color": "Bleu",
    "brand": "Baumann",
    "measures": {"length_mm": 450},
    "weight": 4_200,
    "text": {"is_own": False},
    "price": 2_500,
}


@pytest.fixture
def chair(seller, site, categories, owner):
    return begin_item(seller=seller, category=categories["chairs"], site=site, by=owner)


@pytest.fixture
def task(chair, owner, awa):
    made = chain.send_to_writing(item=chair, by=owner)
    return save_answers(task=take_task(task=made, worker=awa), worker=awa, **ANSWERS)


@pytest.fixture
def trusted(awa):
    """Awa's listings are no longer reviewed."""
    awa.reviewed_percent = 0
    awa.save()
    return awa


@pytest.fixture
def supervisor(seller):
    user = MembershipFactory(organisation=seller, role="supervisor").user
    return WorkerFactory(organisation=seller, user=user, first_name="Inès", status="staff")


def sent(task, chair, worker, **more):
    return send_listing(task=task, item=chair, hands=Hands(worker=worker), **more)


def reviewed_task(chair, worker):
    return take_task(task=Task.objects.open().get(kind=REVIEW, subject_id=chair.code), worker=worker)


class TestChain:
    def test_the_next_step_passes_over_rooms_that_are_not_there(self, chair, site, owner):
        assert chain.next_step(chair, after="workshop.photograph", site=site, by=owner).kind == WRITE
        assert chain.next_step(chair, after=WRITE, site=site, by=owner).kind == REVIEW
        with pytest.raises(ValueError, match="not in tuple"):
            chain.next_step(chair, after="unheard-of", by=owner)

    def test_twice_is_one_task(self, chair, owner):
        assert chain.send_to_writing(item=chair, by=owner) == chain.send_to_writing(item=chair, by=owner)

    def test_the_first_step_that_is_missing(self, chair, owner):
        chair.photo_count = 1
        assert chain.missing_step(chair) == WRITE
        chair.condition, chair.price_cents, chair.description = "good", 100, "Chaise."
        assert chain.missing_step(chair) == REVIEW
        chair.state = "on_sale"
        assert chain.missing_step(chair) == ""
        with pytest.raises(NowhereToGo):
            chain.send_to_workshop(item=chair, by=owner)
        with pytest.raises(NowhereToGo):
            chain.send_to_writing(item=chair, by=owner)


class TestQuestions:
    def test_they_follow_the_category_and_the_answers(self, chair):
        keys = [q.key for q in questions_of(chair, {})]
        assert keys[:2] == ["category", "condition"]
        assert "attr.wood" in keys
        assert "size" not in keys
        assert "flaws" not in keys
        assert "flaws" in [q.key for q in questions_of(chair, {"condition": "good"})]
        assert "flaws" not in [q.key for q in questions_of(chair, {"condition": "like_new"})]
        assert "size" in [q.key for q in questions_of(chair, {"category": "dresses"})]
        assert "name" in [q.key for q in questions_of(chair, {"category": "novels"})]
        assert "gtin" in [q.key for q in questions_of(chair, {"category": "novels"})]

    def test_a_measured_weight_is_not_asked_again(self, chair):
        assert "weight" in [q.key for q in questions_of(chair, {})]
        chair.weight_g = 4_000
        assert "weight" not in [q.key for q in questions_of(chair, {})]

    def test_a_toy_without_ce_mark_is_asked_whether_it_is_a_collectors(self, chair):
        asked = [q.key for q in questions_of(chair, {"category": "dolls"})]
        assert "attr.ce-mark" in asked
        assert "attr.collectible" not in asked
        assert "attr.collectible" in [q.key for q in questions_of(chair, {"category": "dolls", "attr.ce-mark": "no"})]

    def test_where_one_is(self, chair):
        answers = {"condition": "like_new"}
        questions = questions_of(chair, answers)
        assert next_question(questions, {}).key == "condition"
        assert next_question(questions, answers, after="condition").key == questions[2].key
        assert question_before(questions, "condition").key == "category"
        assert question_before(questions, "category") is None
        states = [hop.state for hop in hops_of(questions, answers, "details")]
        assert states == ["done", "done", "current", "todo", "todo", "todo"]

    def test_one_s_own_words_hold_against_later_answers(self, chair):
        assert texts_of(chair, ANSWERS)[0] == "Chaise bleue en hêtre Baumann"
        own = ANSWERS | {"text": {"is_own": True, "title": "Ma chaise", "description": "Belle."}}
        assert texts_of(chair, own | {"color": "Vert"}) == ("Ma chaise", "Belle.")
        assert texts_of(chair, ANSWERS | {"color": "Vert"})[0] == "Chaise verte en hêtre Baumann"

    def test_what_the_object_says_already_is_not_asked_again(self, task, chair, owner):
        changes = {
            "condition": "like_new",
            "price_cents": 900,
            "description": "Belle chaise.",
            "title": "Chaise Thonet",
        }
        chair = change_item(item=chair, changes=changes | {"attributes": {"wood": "oak"}, "brand": "Thonet"}, by=owner)
        task.data = {}
        answers = answers_in(task, chair)
        open_ones = [q.key for q in questions_of(chair, answers) if not is_answered(q, answers)]
        assert {"condition", "price", "text", "brand", "attr.wood"} & set(open_ones) == set()
        assert texts_of(chair, answers) == ("Chaise Thonet", "Belle chaise.")
        task.data = {"condition": "good", "text": {"is_own": False}}
        assert texts_of(chair, answers_in(task, chair))[0] == "Chaise en chêne Thonet"
        assert drafted(chair, answers_in(task, chair)).condition == "good"


class TestSending:
    def test_the_draw_is_the_same_each_time_and_follows_the_share(self):
        codes = [f"CF{n:06d}" for n in range(2_000)]
        assert [is_reviewed(code, 30) for code in codes] == [is_reviewed(code, 30) for code in codes]
        assert 500 < sum(is_reviewed(code, 30) for code in codes) < 700
        assert all(is_reviewed(code, 100) for code in codes)
        assert not any(is_reviewed(code, 0) for code in codes)

    def test_a_trusted_writer_s_listing_is_on_sale(self, task, chair, trusted):
        step = sent(task, chair, trusted)
        chair.refresh_from_db()
        assert (chair.state, chair.title, chair.price_cents) == ("on_sale", "Chaise bleue en hêtre Baumann", 2_500)
        assert (chair.weight_g, chair.is_weight_estimated, chair.length_mm) == (4_200, False, 450)
        assert chair.attributes == {"wood": "beech", "flat-pack": False}
        assert [(f.kind, f.part) for f in chair.flaws.all()] == [("scratch", "Dessus")]
        assert step.data["outcome"] == "published"
        task.refresh_from_db()
        assert task.state == "done"
        assert not Task.objects.open().filter(kind=REVIEW).exists()

    def test_the_others_wait_for_a_reviewer(self, task, chair, awa):
        assert sent(task, chair, awa).data["outcome"] == "to_review"
        chair.refresh_from_db()
        assert chair.state == "in_review"
        waiting = Task.objects.open().get(kind=REVIEW)
        assert waiting.data["writer"] == awa.pk

    def test_sent_twice_is_done_once(self, task, chair, trusted):
        hands = Hands(worker=trusted, operation_id=uuid.uuid4())
        first = send_listing(task=task, item=chair, hands=hands)
        assert send_listing(task=task, item=chair, hands=hands) == first
        assert Step.objects.count() == 1
        with pytest.raises(TaskStateForbids):
            sent(task, chair, trusted)

    def test_what_lacks_is_told_and_nothing_is_written(self, task, chair, trusted):
        save_answers(task=task, worker=trusted, price=None)
        with pytest.raises(ListingIncomplete) as told:
            sent(task, chair, trusted)
        assert told.value.missing[0][0] == "price"
        chair.refresh_from_db()
        assert (chair.state, chair.condition) == ("draft", "")

    def test_unsafe_goods_go_to_a_reviewer_with_the_reason(self, task, chair, trusted):
        own = {"is_own": True, "title": "Fusil de chasse", "description": ""}
        save_answers(task=task, worker=trusted, text=own)
        assert obstacles_of(chair, task.data).unsafe
        assert sent(task, chair, trusted).data["outcome"] == "to_review"
        assert Task.objects.open().get(kind=REVIEW).data["why"]

    def test_an_object_on_sale_meanwhile_is_not_written(self, task, chair, trusted):
        Item.objects.filter(pk=chair.pk).update(
            state="on_sale", price_cents=1, published_at=datetime.datetime.now(datetime.UTC)
        )
        chair.refresh_from_db()
        with pytest.raises(ObjectGone):
            sent(task, chair, trusted)

    def test_somebody_else_cannot_send_it(self, task, chair, jo):
        with pytest.raises(TaskStateForbids):
            sent(task, chair, jo)

    def test_it_can_be_taken_back(self, task, chair, trusted):
        step = sent(task, chair, trusted)
        assert can_undo(step)
        undo_step(step=step, hands=Hands(worker=trusted))
        chair.refresh_from_db()
        assert chair.state == "withdrawn"
        again = Task.objects.open().get(kind=WRITE)
        assert (again.data["price"], again.proposed_to) == (2_500, trusted)
        taken = take_task(task=again, worker=trusted)
        assert sent(taken, chair, trusted).data["outcome"] == "published"

    def test_from_the_reviewer_too_but_not_once_begun(self, task, chair, awa, supervisor):
        step = sent(task, chair, awa)
        waiting = reviewed_task(chair, supervisor)
        with pytest.raises(NotUndoable):
            undo_step(step=step, hands=Hands(worker=awa))
        Task.objects.filter(pk=waiting.pk).update(worker=None, state="waiting", lease_until=None)
        undo_step(step=step, hands=Hands(worker=awa))
        chair.refresh_from_db()
        assert chair.state == "draft"


class TestReviewing:
    @pytest.fixture
    def listing(self, task, chair, awa):
        sent(task, chair, awa)
        chair.refresh_from_db()
        return chair

    def test_who_may(self, listing, awa, jo, supervisor):
        waiting = Task.objects.open().get(kind=REVIEW)
        assert may_review(waiting, supervisor)
        assert not may_review(waiting, jo)
        for worker in (jo, awa):
            WorkerSkill.objects.create(worker=worker, kind=REVIEW, level="able")
        assert may_review(waiting, jo)
        assert not may_review(waiting, awa)  # her own
        with pytest.raises(NotYourReview):
            accept_listing(task=take_task(task=waiting, worker=awa), item=listing, hands=Hands(worker=awa))

    def test_it_is_proposed_to_who_knows_how(self, awa, jo, supervisor):
        WorkerSkill.objects.create(worker=jo, kind=REVIEW, level="learning")
        told = [{kind.code for kind in kinds_open_to(worker, all_kinds())} for worker in (awa, jo, supervisor)]
        assert [REVIEW in codes for codes in told] == [False, False, True]
        assert all(WRITE in codes for codes in told)
        assert [is_supervisor(worker) for worker in (awa, supervisor)] == [False, True]

    def test_accepted_it_is_on_sale(self, listing, supervisor):
        hands = Hands(worker=supervisor)
        task = reviewed_task(listing, supervisor)
        step = accept_listing(task=task, item=listing, hands=hands)
        listing.refresh_from_db()
        assert (listing.state, step.data["outcome"]) == ("on_sale", "accepted")
        assert accept_listing(task=task, item=listing, hands=hands) == step
        assert not ReviewNote.objects.exists()

    def test_the_writer_reads_what_was_corrected_then_nothing_is_kept(self, listing, awa, jo, supervisor):
        task = reviewed_task(listing, supervisor)
        changes = {"title": "Chaise bleue", "price_cents": 3_000, "condition": "good", "description": "Courte."}
        step = accept_listing(task=task, item=listing, hands=Hands(worker=supervisor), changes=changes)
        listing.refresh_from_db()
        assert (listing.title, listing.price_cents, step.data["outcome"]) == ("Chaise bleue", 3_000, "corrected")
        note = ReviewNote.objects.get()
        assert (note.writer, note.reviewer) == (awa, supervisor)
        told = {change["field"]: (change["old"], change["new"]) for change in note.changes}
        assert told["title"] == ("Chaise bleue en hêtre Baumann", "Chaise bleue")
        assert told["price_cents"] == ("25,00\u00a0€", "30,00\u00a0€")
        assert "condition" not in told
        assert read_notes(worker=jo, public_id=note.public_id) == 0
        assert read_notes(worker=awa, public_id=note.public_id) == 1
        assert not ReviewNote.objects.exists()

    def test_differences_are_in_words(self, listing):
        assert differences(listing, {"condition": "like_new"}) == [
            {"field": "condition", "old": "Good", "new": "Like new"}
        ]
        assert differences(listing, {"title": listing.title}) == []

    def test_given_back_it_waits_for_its_writer_with_the_reason(self, listing, awa, supervisor):
        task = reviewed_task(listing, supervisor)
        hands = Hands(worker=supervisor)
        with pytest.raises(FieldInvalid):
            return_listing(task=task, item=listing, hands=hands, reason="")
        step = return_listing(task=task, item=listing, hands=hands, reason="photos", note="Trop sombre")
        assert return_listing(task=task, item=listing, hands=hands, reason="photos") == step
        listing.refresh_from_db()
        task.refresh_from_db()
        again = Task.objects.open().get(kind=WRITE)
        assert (listing.state, task.state, again.proposed_to) == ("draft", "done", awa)
        assert again.data["returned"] == {"reason": "photos", "note": "Trop sombre"}
        assert again.data["price"] == 2_500

    def test_what_was_given_back_is_read_again(self, listing, trusted, supervisor):
        task = reviewed_task(listing, supervisor)
        return_listing(task=task, item=listing, hands=Hands(worker=supervisor), reason="text")
        listing.refresh_from_db()
        again = take_task(task=Task.objects.open().get(kind=WRITE), worker=trusted)
        assert sent(again, listing, trusted).data["outcome"] == "to_review"

    @pytest.mark.parametrize("how", ["accept", "return"])
    def test_a_review_can_be_taken_back(self, listing, supervisor, how):
        task, hands = reviewed_task(listing, supervisor), Hands(worker=supervisor)
        if how == "accept":
            step = accept_listing(task=task, item=listing, hands=hands, changes={"title": "Autre"})
        else:
            step = return_listing(task=task, item=listing, hands=hands, reason="price")
        undo_step(step=step, hands=Hands(worker=supervisor))
        listing.refresh_from_db()
        assert listing.state == ("withdrawn" if how == "accept" else "in_review")
        assert not ReviewNote.objects.exists()
        assert not Task.objects.open().filter(kind=WRITE).exists()
        accept_listing(task=reviewed_task(listing, supervisor), item=listing, hands=Hands(worker=supervisor))
        listing.refresh_from_db()
        assert listing.state == "on_sale"


class TestTraining:
    @pytest.fixture
    def exercise(self, chair, owner, trusted):
        made = chain.send_to_writing(item=chair, by=owner, is_training=True)
        return save_answers(task=take_task(task=made, worker=trusted), worker=trusted, **ANSWERS)

    def test_nothing_is_written_and_nothing_goes_on_sale(self, exercise, chair, trusted, supervisor):
        assert sent(exercise, chair, trusted).data["outcome"] == "exercise"
        task = reviewed_task(chair, supervisor)
        assert task.is_training
        step = accept_listing(task=task, item=chair, hands=Hands(worker=supervisor), changes={"title": "Chaise, bleue"})
        before = (chair.title, chair.state, chair.version)
        chair.refresh_from_db()
        assert (chair.title, chair.state, chair.version) == before
        assert chair.state == "draft"
        assert step.is_training
        assert not Step.objects.real().exists()
        assert not Task.objects.open().exists()
        note = ReviewNote.objects.get()
        assert note.changes[0]["old"] == "Chaise bleue en hêtre Baumann"

    def test_an_exercise_given_back_stays_one(self, exercise, chair, trusted, supervisor):
        sent(exercise, chair, trusted)
        return_listing(task=reviewed_task(chair, supervisor), item=chair, hands=Hands(worker=supervisor), reason="text")
        assert Task.objects.open().get(kind=WRITE).is_training
        chair.refresh_from_db()
        assert chair.state == "draft"


def test_the_draft_in_memory_is_never_saved(chair):
    draft = drafted(chair, ANSWERS)
    assert draft.price_cents == 2_500
    assert chair.price_cents == 0
    assert chair.attributes == {}
