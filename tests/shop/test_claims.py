"""One conversation, several claims: each has its reason, its day and what it may end in; who has to answer is told."""

import datetime
import uuid
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from rebond.journal.models import OutgoingMail
from rebond.shop.actions.carried_case import open_case
from rebond.shop.actions.conversation import (
    Written,
    answer_buyer,
    call_conciliator,
    close_conversation,
    write_to_seller,
)
from rebond.shop.actions.settlement import Decision, settle
from rebond.shop.models import Conversation, OrderLine, SellerOrder, Settlement
from rebond.shop.queries.conversations import asks_reason, help_path, outcomes_for
from rebond.shop.queries.delays import working_days_after
from rebond.shop.queries.mediation import _data
from rebond.shop.queries.quality_facts import facts_between
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, SiteFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def part(seller, operator, index):
    SiteFactory(organisation=seller, is_main=True)
    for organisation, email in ((seller, "atelier@example.org"), (operator, "reseau@example.org")):
        type(organisation).objects.filter(pk=organisation.pk).update(email=email)
    order = paid_order(ItemFactory(seller=seller, on_sale=True, title="Radio"), shipping=490)
    SellerOrder.objects.update(state="shipped", shipped_at=order.paid_at)
    return SellerOrder.objects.select_related("order", "seller").get()


@pytest.fixture
def moderator(operator):
    return MembershipFactory(organisation=operator, role="moderator", user__name="Mona Modération").user


def arrive(part):
    SellerOrder.objects.update(state="delivered", delivered_at=timezone.now())
    part.refresh_from_db()


def ask(part, reason="not_received", line=None, now=None):
    written = Written("Bonjour.", uuid.uuid4())
    return write_to_seller(part=part, reason=reason, line=line, written=written, name="Ana", now=now)


def answer(by, **more):
    said = Written("Nous regardons.", uuid.uuid4())
    return answer_buyer(conversation=Conversation.objects.get(), written=said, by=by, **more)


def case(part, shipment):
    return open_case(part=part, shipment=shipment, why="lost")


@pytest.fixture
def shipment(part):
    return SimpleNamespace(number="8R1", account="La Poste", public_id="s" * 12)


def told_to_mediator():
    return [value for _label, value in _data(Conversation.objects.select_related("part__seller").get())["facts"]]


def told(kind="shop.conversation.desk"):
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk").values_list("to", flat=True))


def test_what_had_not_arrived_and_is_broken_now_may_be_repaired(part, owner, client):
    found = ask(part)
    assert (outcomes_for(found)[0].value, asks_reason(found, part)) == ("refund", False)
    answer(owner)
    arrive(part)
    found.refresh_from_db()
    line, page = OrderLine.objects.get(), help_path(part)
    assert "repair" in {one.value for one in outcomes_for(Conversation.objects.get())}
    assert 'name="reason"' in client.get(page).text
    said = {"reason": "broken", "line": line.pk, "text": "L’anse est cassée.", "operation": str(uuid.uuid4())}
    assert client.post(page, said, headers=HERE).status_code == 302
    found = Conversation.objects.get()
    assert (found.reason, found.line, found.state, found.answered_at) == ("broken", line, "to_answer", None)
    assert asks_reason(found, part) is False
    decision = Decision("repair", line, "Nous réparons.", uuid.uuid4())
    assert settle(conversation=found, decision=decision, by=owner).reason == "broken"


def test_figures_keep_the_reason_of_what_was_decided(part, owner):
    found, line = ask(part), OrderLine.objects.get()
    settle(conversation=found, decision=Decision("gesture", line, "", uuid.uuid4(), 100), by=owner)
    close_conversation(conversation=Conversation.objects.get(), by=owner)
    arrive(part)
    ask(part, "broken", line)
    assert Conversation.objects.get().reason == "broken"
    today = timezone.localdate()
    facts = [fact for fact in facts_between(today, today) if fact.reason]
    assert [fact.reason for fact in facts] == ["c.not_received"]


@pytest.mark.parametrize("state", ["waiting", "closed"])
def test_a_lost_parcel_opens_again_what_its_buyer_had_written(part, owner, shipment, state):
    ask(part, "question")
    answer(owner)
    if state == "closed":
        close_conversation(conversation=Conversation.objects.get(), by=owner)
    found = case(part, shipment)
    found.refresh_from_db()
    due_on = working_days_after(timezone.localdate(), 2)
    assert (found.state, found.reason, found.due_on, found.closed_at) == ("to_answer", "not_received", due_on, None)
    assert case(part, shipment).messages.filter(author="site").count() == 1


def test_a_lost_parcel_leaves_a_claim_with_its_reason(part, owner, shipment):
    ask(part, "missing")
    answer(owner)
    found = case(part, shipment)
    found.refresh_from_db()
    assert (found.state, found.reason) == ("to_answer", "missing")


def test_the_mediator_s_file_tells_the_buyer_s_own_claim(part, owner, shipment):
    ago = timezone.now() - datetime.timedelta(days=300)
    found = open_case(part=part, shipment=shipment, why="late", now=ago)
    assert found.claimed_at is None
    assert any(value.startswith("Aucune pour") for value in told_to_mediator())
    arrive(part)
    ask(part, "not_working", OrderLine.objects.get())
    found = Conversation.objects.get()
    assert timezone.localdate(found.claimed_at) == timezone.localdate()
    assert {date_format(timezone.localdate(), "j F Y"), str(found.get_reason_display())} <= set(told_to_mediator())


def test_with_the_conciliator_each_side_is_told_and_the_day_moves(part, owner, moderator):
    ask(part, "broken")
    answer(owner)
    long_ago = timezone.now() - datetime.timedelta(days=30)
    call_conciliator(conversation=Conversation.objects.get(), now=long_ago)
    assert told() == ["atelier@example.org", "reseau@example.org"]
    five = working_days_after(timezone.localdate(), 5)
    ask(part, "broken")
    assert (told()[2:], Conversation.objects.get().due_on) == (["atelier@example.org", "reseau@example.org"], five)
    answer(moderator, author="conciliator")
    later = timezone.localdate() + datetime.timedelta(days=14)
    assert (told()[4:], Conversation.objects.get().due_on) == (["atelier@example.org"], later)
    answer(owner)
    found = Conversation.objects.get()
    assert (told()[5:], found.due_on, found.state) == (["reseau@example.org"], five, "conciliation")
    answer(owner, is_internal=True)
    assert len(told()) == 6


def test_called_a_second_time_the_network_is_told_again(part, owner):
    for _time in range(2):
        ask(part, "broken")
        answer(owner)
        call_conciliator(conversation=Conversation.objects.get())
        close_conversation(conversation=Conversation.objects.get(), by=owner)
    assert told().count("reseau@example.org") == 2


def test_the_desk_offers_what_the_claim_may_end_in(part, owner, as_user):
    found = ask(part)
    page = reverse("shop:conversation-detail", args=[found.public_id])
    assert 'value="repair"' not in as_user(owner).get(page).text
    arrive(part)
    assert 'value="repair"' in as_user(owner).get(page).text
    assert not Settlement.objects.exists()
