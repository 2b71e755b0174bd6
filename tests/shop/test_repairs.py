"""A repair after the sale: it comes, is repaired, goes back; the buyer is told, and the guarantee follows the day."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.repair import Gone, end_repair, note_repair_here, repair_of
from rebond.shop.actions.returning import refund_return
from rebond.shop.actions.settlement import Decision, settle
from rebond.shop.actions.stray import Seen, Tie, note_stray, tie_stray
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.errors import MovedMeanwhileError, RefundInvalidError, RepairStateError, UnderRepairError
from rebond.shop.models import Conversation, Message, OrderLine, Refund, Repair, Return, SellerOrder
from rebond.shop.queries.conversations import help_path, rights_of
from rebond.shop.queries.erasure import what_stops
from rebond.shop.queries.person import Person
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def part(seller, operator, index):
    site = SiteFactory(organisation=seller, is_main=True, address="3 quai Nord", city="Agen")
    things = [ItemFactory(seller=seller, site=site, on_sale=True, title=title) for title in ("Radio", "Vase")]
    order = paid_order(*things, shipping=490)
    type(order).objects.update(language="fr")
    SellerOrder.objects.update(state="delivered", shipped_at=order.paid_at, delivered_at=order.paid_at)
    part = SellerOrder.objects.select_related("order", "seller").get()
    Conversation.objects.create(part=part, reason="not_working", language="fr", due_on=timezone.localdate())
    return part


def decide(by, outcome, title="Radio", **more):
    line = OrderLine.objects.get(title=title)
    decision = Decision(outcome, line, "Nous regardons.", uuid.uuid4(), **more)
    return settle(conversation=Conversation.objects.get(), decision=decision, by=by)


def told():
    return list(Message.objects.filter(author="site").order_by("pk").values_list("text", flat=True))


def after(part, days):
    return rights_of(part, timezone.localdate() + datetime.timedelta(days=days))


def test_it_comes_is_repaired_and_goes_back_and_its_guarantee_is_longer_from_then(part, owner):
    repair = decide(owner, "repair").repair
    assert (repair.state, after(part, 0).others, after(part, 31).is_repair_late) == ("awaited", (), True)
    note_repair_here(repair=repair, by=owner)
    with pytest.raises(RepairStateError):
        note_repair_here(repair=repair, by=owner)
    repair.refresh_from_db()
    assert (repair.state, repair.arrived_on, after(part, 0).others) == ("here", timezone.localdate(), ())
    gone = Gone("mend", "La Poste", "8X1", "Le bouton est neuf.")
    end_repair(repair=repair, gone=gone, by=owner)
    with pytest.raises(RepairStateError):
        end_repair(repair=repair, gone=gone, by=owner)
    repair.refresh_from_db()
    (other,) = after(part, 31).others
    assert (repair.state, repair.ended_on) == ("done", timezone.localdate())
    assert (other.title, other.is_repaired, after(part, 31).is_repair_late) == ("Radio", True, False)
    here, back = told()
    assert ("Radio" in here, "8X1" in back, "Le bouton est neuf." in back, "6 mois" in back) == (True, True, True, True)
    assert OutgoingMail.objects.filter(kind="shop.conversation", text__contains="8X1").count() == 1
    assert (Refund.objects.count(), Return.objects.count(), check_ledger().is_right) == (0, 0, True)
    assert decide(owner, "repair").repair.state == "awaited"  # it broke again


def test_what_could_not_be_repaired_goes_back_and_has_no_more_guarantee(part, owner):
    repair = decide(owner, "repair").repair
    with pytest.raises(RepairStateError):
        end_repair(repair=repair, gone=Gone("give_back"), by=owner)  # it never came
    with pytest.raises(RepairStateError):
        end_repair(repair=repair, gone=Gone("drop"), by=owner)
    note_repair_here(repair=repair, by=owner)
    end_repair(repair=repair, gone=Gone("give_back"), by=owner)
    assert (Repair.objects.get().state, after(part, 40).others, after(part, 40).is_repair_late) == ("back", (), False)
    assert "remboursement" in told()[-1]


@pytest.mark.parametrize("is_here", [False, True])
@pytest.mark.parametrize("outcome", ["return", "refund", "gesture", "refused"])
def test_another_decision_ends_it_where_the_object_is(part, owner, outcome, is_here):
    repair = decide(owner, "repair").repair
    with pytest.raises(RefundInvalidError):
        decide(owner, "repair")
    if is_here:
        note_repair_here(repair=repair, by=owner)
    if is_here and outcome == "refund":  # nobody would look at it, nor put it away
        with pytest.raises(UnderRepairError):
            decide(owner, outcome)
        return
    decide(owner, outcome, cents=100 if outcome == "gesture" else 0)
    repair.refresh_from_db()
    still_here = is_here and outcome in {"gesture", "refused"}  # it is the buyer's, and goes back
    assert (repair.state, after(part, 40).is_repair_late) == ("here" if still_here else "dropped", False)
    if outcome == "return":
        back = Return.objects.get()
        assert back.state == ("arrived" if is_here else "awaited")
        if is_here:
            refund_return(back=back, by=owner, operation=uuid.uuid4())
    assert check_ledger().is_right


@pytest.mark.parametrize("verb", ["none", "here", "mend"])
def test_a_refund_that_was_asked_before_a_repair_moved_is_decided_again(part, owner, verb):
    """Who asked saw a repair that waited: the buyer would have the object, repaired, and its money."""
    repair = decide(owner, "repair").repair
    asked = {"is_here": False, "repair": repair_of(repair.line)}
    if verb != "none":
        note_repair_here(repair=repair, by=owner)
    if verb == "mend":
        end_repair(repair=repair, gone=Gone("mend"), by=owner)
    if verb == "none":
        decide(owner, "refund", **asked)
    else:
        with pytest.raises(UnderRepairError if verb == "here" else MovedMeanwhileError):
            decide(owner, "refund", **asked)
    assert Refund.objects.exists() is (verb == "none")


def test_nobody_is_erased_while_their_object_is_repaired(part, owner):
    note_repair_here(repair=decide(owner, "repair").repair, by=owner)
    Conversation.objects.update(state="closed", closed_at=timezone.now())
    who = Person(email=part.order.email)
    assert what_stops(who)
    end_repair(repair=Repair.objects.get(), gone=Gone("mend"), by=owner)
    assert what_stops(who) == []


@pytest.mark.parametrize(("is_here", "state"), [(False, "awaited"), (True, "arrived")])
def test_a_repair_takes_no_right_to_withdraw(part, owner, is_here, state):
    repair = decide(owner, "repair").repair
    if is_here:
        note_repair_here(repair=repair, by=owner)
    line = OrderLine.objects.get(title="Radio")
    said = Declaration({line.pk}, "Ana", "ana@example.org", uuid.uuid4())
    (made,) = declare_withdrawal(order=part.order, said=said)
    assert (made.back.state, Repair.objects.get().state) == (state, "dropped")


def test_a_parcel_at_the_station_is_the_repair_s(part, owner):
    decide(owner, "repair")
    lines = dict(OrderLine.objects.values_list("title", "pk"))
    stray = note_stray(seller=part.seller, site=None, seen=Seen("77"), by=owner, operation=uuid.uuid4())
    assert tie_stray(stray=stray, tie=Tie(part, [lines["Radio"]]), by=owner) is None
    stray.refresh_from_db()
    assert (stray.state, stray.part, Repair.objects.get().state, Return.objects.count()) == ("repair", part, "here", 0)
    other = note_stray(seller=part.seller, site=None, seen=Seen("78"), by=owner, operation=uuid.uuid4())
    back = tie_stray(stray=other, tie=Tie(part, list(lines.values())), by=owner)  # the radio is here already
    assert sorted(back.lines.values_list("line__title", flat=True)) == ["Radio", "Vase"]


def test_the_desk_notes_it_and_the_buyer_reads_where_it_is(part, owner, as_user, client):
    repair, found = decide(owner, "repair").repair, Conversation.objects.get()
    buyer = help_path(part)
    text = client.get(buyer).text
    assert ("3 quai Nord" in text, part.public_id in text) == (True, True)
    desk, page = as_user(owner), reverse("shop:conversation-detail", args=[found.public_id])
    assert ("C’est arrivé" in desk.get(page).text, "Radio" in desk.get("/bureau/apres-vente/?etat=a-reparer").text) == (
        True,
        False,  # the list names orders
    )
    key = [found.public_id, repair.public_id]
    wrong = desk.post(reverse("shop:repair-end", args=key), {"verb": "give_back", "words": "Non."})
    assert (wrong.status_code, "Non." in wrong.text, Repair.objects.get().state) == (422, True, "awaited")
    desk.post(reverse("shop:repair-here", args=key))
    assert "Arrivé" in client.get(buyer).text
    desk.post(reverse("shop:repair-end", args=key), {"verb": "mend", "carrier": "La Poste", "number": "8X1"})
    assert Repair.objects.get().state == "done"
    assert ("Réparé" in client.get(buyer).text, "8X1" in client.get(buyer).text) == (True, True)
    assert part.order.public_id not in desk.get("/bureau/apres-vente/?etat=a-reparer").text
    assert "C’est arrivé" not in desk.get(page).text


def test_a_conciliator_or_a_stranger_repairs_nothing(part, owner, stranger, coordinator, as_user):
    repair, found = decide(owner, "repair").repair, Conversation.objects.get()
    for name in ("repair-here", "repair-end"):
        path = reverse(f"shop:{name}", args=[found.public_id, repair.public_id])
        for by in (stranger, coordinator):
            assert as_user(by).post(path, {"verb": "mend"}).status_code in {403, 404}
    assert Repair.objects.get().state == "awaited"
