"""What the sorting table did is taken back: a thing, a known book down to its shelf, the end of a donation."""

import uuid

import pytest
from django.urls import reverse

from rebond.catalogue.models import Book, Item
from rebond.intake.actions.book import keep_book, send_book
from rebond.intake.actions.donation import receive_donation
from rebond.intake.actions.sorting import finish_sorting
from rebond.intake.data.steps import SORT
from rebond.intake.models import Sorting
from rebond.warehouse.actions.store import store_item
from rebond.warehouse.queries.places import lying
from rebond.workshop.actions.step import can_undo, undo_step
from rebond.workshop.actions.task import take_task
from rebond.workshop.data.chain import PHOTOGRAPH, STORE, WRITE
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step, Task
from tests.catalogue.pictures import picture_bytes
from tests.factories.warehouse import PlaceFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
ISBN = "9782070409228"


@pytest.fixture
def awa(awa):
    awa.reviewed_percent = 0
    awa.save()
    return awa


@pytest.fixture
def kept(categories, site, hands):
    """The book in hand: its cover taken, its condition not said."""
    facts = {"authors": "Honoré de Balzac", "year": 1999, "language": "fre"}
    Book.objects.create(isbn=ISBN, title="Le Père Goriot", source="t", **facts)
    return keep_book(isbn=ISBN, price_cents=400, site=site, hands=hands(), cover=picture_bytes(1))


def last(kind):
    return Step.objects.real().filter(kind=kind).latest("pk")


def undo(kind, hands):
    step = last(kind)
    assert can_undo(step)
    undo_step(step=step, hands=hands())


def test_a_book_taken_for_another_leaves_with_its_cover(kept, hands):
    undo(SORT, hands)
    item = Item.objects.get()
    assert (item.state, item.photo_count) == ("withdrawn", 0)
    assert Sorting.objects.get().cancelled_on is not None
    assert not Task.objects.open().exists()


def test_a_book_that_a_colleague_took_over_stays(kept, hands, jo):
    Task.objects.filter(pk=kept.pk).update(worker=jo)
    with pytest.raises(NotUndoable):
        undo_step(step=last(SORT), hands=hands())
    item = Item.objects.get()
    assert (item.state, item.photo_count, Sorting.objects.get().cancelled_on) == ("draft", 1, None)


def test_a_draft_changed_at_the_desk_stays(kept, hands):
    Task.objects.filter(pk=kept.pk).update(state="cancelled", lease_until=None, ended_on=last(SORT).day)
    Item.objects.get().photos.all().delete()
    Item.objects.update(photo_count=0)  # its version tells that somebody changed it
    with pytest.raises(NotUndoable):
        undo_step(step=last(SORT), hands=hands())
    assert Item.objects.get().state == "draft"


def test_pictures_of_nobodys_act_stay(kept, hands):
    Task.objects.filter(pk=kept.pk).update(data={"book": kept.data["book"]})  # the cover is not this task's
    with pytest.raises(NotUndoable):
        undo_step(step=last(SORT), hands=hands())
    assert (Item.objects.get().state, Item.objects.get().photo_count) == ("draft", 1)


def test_a_shelved_book_is_undone_step_by_step(kept, site, hands, awa):
    send_book(task=kept, condition="good", hands=hands())
    place = PlaceFactory(site=site, kind="shelf", label="A-03")
    item = Item.objects.get()
    store_item(item=item, place=place, hands=hands())
    assert not can_undo(last(WRITE))  # it lies on its shelf
    undo(STORE, hands)
    undo(WRITE, hands)  # its condition may be said again
    item.refresh_from_db()
    again = Task.objects.open().get(kind=WRITE)
    assert (item.state, again.proposed_to, again.data["condition"]) == ("withdrawn", awa, "good")
    undo(PHOTOGRAPH, hands)
    undo(SORT, hands)
    item.refresh_from_db()
    assert (item.state, item.photo_count, Sorting.objects.get().cancelled_on is None) == ("withdrawn", 0, False)
    assert not Task.objects.open().exists()
    assert [one.place.label for one in lying(item)] != ["A-03"]


def test_the_condition_screen_takes_the_book_back(kept, at_dock, hands, awa):
    page = at_dock.get(reverse("intake:book-condition", args=[kept.public_id])).content.decode()
    step = last(SORT)
    address = reverse("intake:undo", args=[step.public_id])
    assert address in page
    answer = at_dock.post(address, {"next": "intake:book", "operation": str(uuid.uuid4())})
    assert answer.url == reverse("intake:book")
    assert Item.objects.get().state == "withdrawn"


def test_all_is_sorted_said_too_early_opens_the_donation_again(site, hands, awa):
    donation = receive_donation(site=site, source="drop_off", flow="textile", gross_g=4000, hands=hands())
    task = take_task(task=Task.objects.get(kind=SORT), worker=awa)
    finish_sorting(task=task, donation=donation, hands=hands())
    assert not Task.objects.open().exists()
    undo(SORT, hands)
    again = Task.objects.open().get()
    assert (again.kind, again.subject_id, again.proposed_to) == (SORT, donation.public_id, awa)
