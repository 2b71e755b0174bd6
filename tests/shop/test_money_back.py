"""What goes back of an order in several parcels, and what waits for it: the delivery, the days, the seller's money."""

import datetime
import uuid

import pytest
from django.db.models import Sum
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.legal_rate import ask_rate, decide_rate
from rebond.ledger.models import Posting, Sale
from rebond.shop.actions.delivery_said import say_never_came, say_received_on
from rebond.shop.actions.late import correct_surcharges
from rebond.shop.actions.part import (
    PRESUMED,
    CancelLine,
    LowerPrice,
    change_part,
    deliver_part,
    make_part_ready,
    ship_part,
)
from rebond.shop.actions.part_request import ask_change, grant_change, needs_another
from rebond.shop.actions.presumed import presume_delivered
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.returning import note_arrival, note_surcharge_paid, refund_return
from rebond.shop.actions.settlement import Decision, settle
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.errors import LimitError, PartStateError, ReturnStateForbidsError, WithdrawnStaysError
from rebond.shop.models import Conversation, OrderLine, Refund, Return, SellerOrder
from rebond.shop.queries.checkout import ParcelWays, ShownWay
from rebond.shop.queries.conversations import help_path
from rebond.shop.queries.orders import order_path
from rebond.shop.queries.returns import Late, surcharge_of
from rebond.shop.queries.withdrawal import contracts_of, withdrawal_path
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
PARIS = timezone.get_default_timezone()


def at(day, month=11):
    return datetime.datetime(2026, month, day, 12, tzinfo=PARIS)


@pytest.fixture
def chair(seller, index):
    return ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2500)


@pytest.fixture
def lamp(chair):
    return ItemFactory(seller=chair.seller, on_sale=True, title="Lampe", price_cents=1200)


@pytest.fixture
def order(chair, lamp):
    """One seller, two places: a chair whose parcel costs 5 €, a lamp whose parcel costs 6 €."""
    return paid_order(chair, lamp, parcels=[500, 600], now=at(1))


def the_part():
    return SellerOrder.objects.select_related("order", "seller").get()


def line(item):
    return OrderLine.objects.select_related("part").get(item=item)


def send(owner, day=2):
    ship_part(part=the_part(), carrier="", tracking="", by=owner, now=at(day))


def deliver(owner, day=3):
    send(owner)
    return deliver_part(part=the_part(), by=owner, now=at(day))


def withdraw(order, item, now):
    said = Declaration([line(item).pk], "Camille", "camille@example.org", uuid.uuid4())
    return declare_withdrawal(order=order, said=said, now=now)[0].back


def give_back(back, owner, now, *, arrived=True):
    if arrived:
        note_arrival(back=back, by=owner, now=now)
    return refund_return(back=back, by=owner, operation=uuid.uuid4(), now=now)


def delivery_back():
    """Of each parcel, what was given back of its delivery."""
    return dict(OrderLine.objects.values_list("title", "shipping_refunded_cents"))


def test_each_parcel_gives_back_its_own_delivery(order, chair, lamp, owner):
    deliver(owner)
    give_back(withdraw(order, lamp, at(5)), owner, at(8))
    assert (Refund.objects.get().amount_cents, delivery_back()) == (1800, {"Chaise": 0, "Lampe": 600})

    back = give_back(withdraw(order, chair, at(6)), owner, at(9))

    assert (back.refund.amount_cents, delivery_back()) == (3000, {"Chaise": 500, "Lampe": 600})
    assert check_ledger().is_right


def test_a_line_cancelled_takes_the_delivery_of_its_parcel_whatever_else_costs_less(order, chair, lamp, owner):
    changes = [LowerPrice(line(chair).pk, 100), CancelLine(line(lamp).pk, "other")]
    change_part(part=the_part(), changes=changes, by=owner, operation=uuid.uuid4())
    assert (Refund.objects.get().amount_cents, delivery_back()) == (1900, {"Chaise": 0, "Lampe": 600})
    assert check_ledger().is_right


def test_a_return_never_gives_back_the_delivery_of_what_is_kept(order, chair, owner):
    """The chair was refunded by the after-sales desk while it was coming back: nothing is left to give for it."""
    deliver(owner)
    back = withdraw(order, chair, at(5))
    ask_refund(
        part=the_part(),
        lines={line(chair).pk: 2500},
        shipping_cents=500,
        reason="flawed",
        by=owner,
        operation=uuid.uuid4(),
    )
    closed = give_back(back, owner, at(8))
    assert (closed.refund, closed.state) == (None, "closed")
    assert delivery_back() == {"Chaise": 500, "Lampe": 0}


def test_a_return_of_which_only_the_delivery_is_left_gives_back_its_own(order, lamp, owner):
    deliver(owner)
    back = withdraw(order, lamp, at(5))
    ask_refund(part=the_part(), lines={line(lamp).pk: 1200}, reason="flawed", by=owner, operation=uuid.uuid4())
    assert give_back(back, owner, at(8)).refund.amount_cents == 600
    assert delivery_back() == {"Chaise": 0, "Lampe": 600}
    assert check_ledger().is_right


def test_what_the_buyer_withdrew_from_does_not_leave_before_it_is_refunded(order, lamp, owner):
    back = withdraw(order, lamp, at(2))
    for act in (lambda: send(owner), lambda: make_part_ready(part=the_part(), by=owner)):
        with pytest.raises(WithdrawnStaysError):
            act()
    assert the_part().state == "to_prepare"

    give_back(back, owner, at(3), arrived=False)
    send(owner)

    assert (the_part().state, line(lamp).state) == ("shipped", "cancelled")
    assert delivery_back() == {"Chaise": 0, "Lampe": 600}


def test_what_waits_at_the_seller_s_is_not_handed_over_once_withdrawn(order, chair, owner):
    make_part_ready(part=the_part(), by=owner)
    withdraw(order, chair, at(3))
    with pytest.raises(WithdrawnStaysError):
        deliver_part(part=the_part(), by=owner)
    assert the_part().state == "ready"


def test_what_was_withdrawn_on_its_way_may_still_arrive(order, chair, owner):
    send(owner)
    withdraw(order, chair, at(3))
    assert deliver_part(part=the_part(), by=owner, now=at(4)).state == "delivered"


def test_the_desk_shows_what_was_withdrawn_and_says_why_it_stays(order, chair, owner, as_user):
    withdraw(order, chair, at(2))
    path = f"/bureau/commandes/{the_part().public_id}/"
    answer = (
        as_user(owner).post(f"{path}envoi/", {"carrier": "Colissimo", "tracking": "8L1"}, follow=True).content.decode()
    )
    assert "rétractation déjà faite" in answer
    assert "L’acheteur s’est rétracté" in answer
    assert the_part().state == "to_prepare"


def payable_on():
    return Sale.objects.get().payable_on


def test_the_money_of_the_sale_waits_for_what_comes_back(order, chair, lamp, owner):
    deliver(owner)
    usual = datetime.date(2026, 11, 21)
    assert payable_on() == usual

    back = withdraw(order, chair, at(17))  # sent back until 1 December, refunded within 14 days
    assert payable_on() == datetime.date(2026, 12, 15)
    give_back(back, owner, at(1, 12))
    assert payable_on() == usual


def test_what_was_withdrawn_on_its_way_holds_the_money_from_its_delivery(order, chair, owner):
    send(owner)
    withdraw(order, chair, at(16))
    deliver_part(part=the_part(), by=owner, now=at(17))
    assert payable_on() == datetime.date(2026, 12, 14)


def test_a_return_for_a_defect_holds_the_money_too_and_a_sale_from_before_the_books_none(order, chair, owner):
    deliver(owner)
    open_defect(chair, owner, at(16))
    assert payable_on() == datetime.date(2026, 12, 14)
    Sale.objects.update(key="before")
    assert note_arrival(back=Return.objects.get(), by=owner, now=at(17)).state == "arrived"


def open_defect(item, owner, now):
    """The after-sales desk lets the object come back, for its defect."""
    found = Conversation.objects.create(part=the_part(), reason="broken", due_on=now.date())
    settle(conversation=found, decision=Decision("return", line(item), "Renvoyez-la.", uuid.uuid4()), by=owner, now=now)
    return Return.objects.get()


def test_a_defect_is_refunded_14_days_after_it_came_and_the_law_adds_nothing(order, chair, owner, as_user):
    deliver(owner)
    back = open_defect(chair, owner, at(4))
    note_arrival(back=back, by=owner, now=at(17))
    assert back.due_on == datetime.date(2026, 12, 1)
    assert surcharge_of(back, datetime.date(2026, 12, 31)) == Late(0, 0)
    page = as_user(owner).get(f"/bureau/apres-vente/retours/{back.public_id}/").content.decode()
    assert "Avant le 1" in page
    assert "L242-4" not in page


def test_the_books_refuse_in_words_at_each_desk(order, chair, owner, as_user):
    """A sale from before the books: what needs them is refused, nothing is changed, no page breaks."""
    deliver(owner)
    talk = Conversation.objects.create(part=the_part(), reason="broken", due_on=at(5).date())
    back = withdraw(order, lamp_of(order), at(5))
    note_arrival(back=back, by=owner, now=at(6))
    Sale.objects.update(key="before")
    client, key = as_user(owner), line(chair).pk
    posts = {
        f"/bureau/commandes/{the_part().public_id}/modification/": {f"lower_{key}": "1", "reason": "other"},
        f"/bureau/apres-vente/retours/{back.public_id}/remboursement/": {},
        f"/bureau/apres-vente/{talk.public_id}/decision/": {"outcome": "refund", "line": key, "words": "Oui."},
    }
    for path, data in posts.items():
        answer = client.post(path, data | {"operation": str(uuid.uuid4())}, follow=True)
        assert "Cette vente n’est pas dans les comptes" in answer.content.decode(), path
    assert Refund.objects.count() == 0


def lamp_of(order):
    return order.parts.get().lines.get(title="Lampe").item


def test_one_parcel_that_the_books_do_not_know_stops_no_other(order, chair, owner):
    send(owner)
    other = paid_order(ItemFactory(seller=chair.seller, on_sale=True), now=at(1)).parts.get()
    ship_part(part=other, carrier="", tracking="", by=owner, now=at(3))
    first = SellerOrder.objects.exclude(pk=other.pk).get()
    Sale.objects.filter(key=first.public_id).update(key="before")
    assert presume_delivered(now=at(20)) == 1
    first.refresh_from_db()
    other.refresh_from_db()
    assert (first.state, other.state) == ("shipped", "delivered")


def test_the_law_adds_to_what_is_left_to_refund_only(order, chair, owner):
    """Of the 25 € and 5 € of delivery, 15 € went back before: 10 % of 15 € after 21 days."""
    back = withdraw(order, chair, at(1))  # to refund by the 15th
    ask_refund(part=the_part(), lines={line(chair).pk: 1500}, reason="gesture", by=owner, operation=uuid.uuid4())
    give_back(back, owner, at(6, 12), arrived=False)
    assert (back.refund.amount_cents, back.surcharge_cents) == (1500, 150)


def cents_on(kind):
    return Posting.objects.filter(account__kind=kind).aggregate(n=Sum("cents"))["n"] or 0


def test_what_the_law_adds_is_in_the_books_until_the_seller_paid_it(order, chair, owner, seller):
    back = withdraw(order, chair, at(1))  # to refund by the 15th: 30 €, 5 % after 12 days
    give_back(back, owner, at(27), arrived=False)
    assert back.surcharge_cents == 150
    kept = cents_on("seller")
    assert cents_on("buyer") == -150  # owed to her
    assert check_ledger().is_right
    with pytest.raises(ReturnStateForbidsError):
        note_surcharge_paid(back=back, reference="VIR 1", by=owner, on=at(30).date(), now=at(28))
    note_surcharge_paid(back=back, reference="VIR 1", by=owner, on=at(28).date(), now=at(28))
    with pytest.raises(ReturnStateForbidsError):
        note_surcharge_paid(back=back, reference="VIR 2", by=owner, on=at(28).date(), now=at(28))
    assert (cents_on("buyer"), cents_on("seller") - kept) == (0, -150)
    assert check_ledger().is_right


def test_a_surcharge_older_than_its_entry_gives_the_seller_nothing(order, chair, owner, monkeypatch):
    back = withdraw(order, chair, at(1))
    with monkeypatch.context() as before:
        before.setattr("rebond.shop.actions.returning.post_late", lambda **_told: None)
        give_back(back, owner, at(27), arrived=False)
    kept = cents_on("seller")
    note_surcharge_paid(back=back, reference="VIR 1", by=owner, on=at(28).date(), now=at(28))
    assert (cents_on("buyer"), cents_on("seller")) == (0, kept)


# --- the legal rate, of a half-year that nobody knew


def enter_rate(points, operator, owner):
    """The rate of the second half of 2026, entered by one and granted by another; its task run."""
    asker = UserFactory(name="Tina Trésor")
    rate = ask_rate(
        organisation=operator,
        starts_on=datetime.date(2026, 7, 1),
        basis_points=points,
        source="JO",
        by=asker,
        now=at(28),
    )
    decide_rate(rate=rate, is_granted=True, by=owner)
    return correct_surcharges(starts_on=rate.starts_on, now=at(29))


def late_by(order, chair, owner, days):
    back = withdraw(order, chair, at(1))  # to refund by the 15th: 30 €
    give_back(back, owner, at(15 + days), arrived=False)
    return back


def test_a_surcharge_is_never_nothing_because_the_rate_is_not_known(order, chair, owner):
    back = late_by(order, chair, owner, 7)
    assert (back.surcharge_cents, back.surcharge_rate_bp, back.surcharge_is_provisional) == (200, 667, True)  # 6.67 %
    assert cents_on("buyer") == -200


@pytest.mark.parametrize(("points", "cents"), [(800, 240), (667, 200), (500, 200)])
def test_the_true_rate_raises_a_surcharge_and_never_lowers_it(order, chair, owner, operator, points, cents):
    back = late_by(order, chair, owner, 7)
    assert enter_rate(points, operator, owner) == (cents > 200)
    back.refresh_from_db()
    assert (back.surcharge_cents, back.surcharge_is_provisional, cents_on("buyer")) == (cents, False, -cents)
    assert correct_surcharges(starts_on=datetime.date(2026, 7, 1), now=at(29)) == 0
    back.refresh_from_db()
    assert (back.surcharge_cents, cents_on("buyer")) == (cents, -cents)
    assert check_ledger().is_right


def test_what_was_paid_before_the_true_rate_is_completed(order, chair, owner, operator):
    back = late_by(order, chair, owner, 7)
    kept = cents_on("seller")
    note_surcharge_paid(back=back, reference="VIR 1", by=owner, on=at(28).date(), now=at(28))
    enter_rate(800, operator, owner)
    back.refresh_from_db()
    assert (back.surcharge_left_cents, cents_on("buyer")) == (40, -40)
    note_surcharge_paid(back=back, reference="VIR 2", by=owner, on=at(29).date(), now=at(29))
    with pytest.raises(ReturnStateForbidsError):
        note_surcharge_paid(back=back, reference="VIR 3", by=owner, on=at(29).date(), now=at(29))
    assert (back.surcharge_left_cents, cents_on("buyer"), cents_on("seller")) == (0, 0, kept - 200)
    assert check_ledger().is_right


def test_a_rate_corrected_twice_raises_what_counted_with_less(order, chair, owner, operator):
    back = late_by(order, chair, owner, 7)
    assert [enter_rate(points, operator, owner) for points in (700, 690, 800)] == [1, 0, 1]
    back.refresh_from_db()
    assert (back.surcharge_cents, cents_on("buyer")) == (240, -240)


def test_a_surcharge_of_the_law_s_own_percentages_waits_for_no_rate(order, chair, owner, operator):
    back = late_by(order, chair, owner, 12)
    assert (back.surcharge_cents, back.surcharge_rate_bp, back.surcharge_is_provisional) == (150, None, False)
    assert enter_rate(5_000, operator, owner) == 0
    assert cents_on("buyer") == -150


def test_both_sides_read_that_a_surcharge_is_provisional(order, chair, owner, as_user):
    back = late_by(order, chair, owner, 7)
    assert "provisoire" in as_user(owner).get(f"/bureau/apres-vente/retours/{back.public_id}/").text
    assert "peut augmenter" in as_user().get(withdrawal_path(back.withdrawal)).text


def test_the_grant_of_a_rate_has_the_refunds_counted_again(operator, owner):
    enter_rate(700, operator, owner)
    task = DBTaskResult.objects.get(task_path__endswith="correct_surcharges")
    assert task.args_kwargs["args"] == ["2026-07-01"]


# --- the extra of a dearer delivery (L221-24)


@pytest.fixture
def dearer(order, chair):
    """2 € of the 5 € of the chair's delivery are what the standard way would not have cost."""
    OrderLine.objects.filter(item=chair).update(extra_shipping_cents=200)


def test_the_standard_way_is_the_lowest_price_of_those_offered():
    ways = [ShownWay(mode, mode, "", "", cents) for mode, cents in (("pickup", 0), ("relay", 390), ("home", 690))]
    shown = ParcelWays(None, ways)
    assert [shown.standard_cents(mode) for mode in ("pickup", "relay", "home")] == [0, 390, 390]


def test_what_a_dearer_way_added_stays_paid_by_who_withdraws(dearer, order, chair, owner):
    deliver(owner)
    back = withdraw(order, chair, at(4))
    assert (back.objects_cents, back.shipping_cents) == (2500, 300)
    give_back(back, owner, at(5))
    assert back.refund.amount_cents == 2800
    assert check_ledger().is_right


def test_before_it_left_all_the_delivery_goes_back(dearer, order, chair):
    assert withdraw(order, chair, at(2)).shipping_cents == 500


def test_for_a_defect_all_the_delivery_goes_back(dearer, order, chair, owner):
    deliver(owner)
    conversation = Conversation.objects.create(part=the_part(), reason="broken", due_on=at(5).date())
    decision = Decision("refund", line(chair), "", uuid.uuid4())
    assert settle(conversation=conversation, decision=decision, by=owner).cents == 3000


# --- a parcel that nobody saw arrive


def presumed(owner):
    send(owner, 2)
    assert presume_delivered(now=at(13)) == 1
    return the_part()


def test_a_buyer_s_word_ends_a_presumption_and_the_delays_count_from_it(order, owner):
    part = presumed(owner)
    assert (part.delivered_at, part.presumed_at) == (at(13), at(13))
    for day in (1, 13, 21):  # before it left, the presumed one, still to come
        with pytest.raises(PartStateError):
            say_received_on(part=part, day=at(day).date(), now=at(20))
    say_received_on(part=part, day=at(18).date(), now=at(20))
    part = the_part()
    assert (part.delivered_at, part.presumed_at, part.state) == (at(18), None, "delivered")
    assert contracts_of(order, at(20))[0].last_day == datetime.date(2026, 12, 2)
    assert Sale.objects.get().payable_on == datetime.date(2026, 12, 6)
    with pytest.raises(PartStateError):
        say_received_on(part=part, day=at(19).date(), now=at(20))  # it is no presumption any more


def test_a_parcel_that_never_came_has_no_delay_and_is_presumed_no_more(order, owner):
    part, operation = presumed(owner), uuid.uuid4()
    for _time in range(2):
        conversation = say_never_came(part=part, operation=operation, now=at(20))
    part = the_part()
    assert (part.state, part.delivered_at, part.contested_at) == ("shipped", None, at(20))
    assert (conversation.reason, conversation.messages.count()) == ("not_received", 1)
    assert Sale.objects.get().payable_on is None
    assert contracts_of(order, at(20))[0].last_day is None
    assert presume_delivered(now=at(6, 12)) == 0
    say_received_on(part=part, day=at(25).date(), now=at(26))
    assert the_part().delivered_at == at(25)


def test_a_word_said_while_parcels_are_presumed_stands(order, owner):
    send(owner, 2)
    read_before = the_part()
    say_never_came(part=the_part(), operation=uuid.uuid4(), now=at(12))
    with pytest.raises(PartStateError):
        deliver_part(part=read_before, by=None, reason=PRESUMED, now=at(13))
    assert (the_part().state, the_part().delivered_at) == ("shipped", None)


def test_what_was_handed_over_is_not_contested(order, owner):
    part = deliver(owner)
    with pytest.raises(PartStateError):
        say_never_came(part=part, operation=uuid.uuid4(), now=at(20))
    with pytest.raises(PartStateError):
        say_received_on(part=part, day=at(10).date(), now=at(20))
    assert not Conversation.objects.exists()


@pytest.mark.page
def test_the_buyer_says_it_on_the_order_s_page(order, owner, client):
    part = presumed(owner)
    page, here = order_path(order), {"Sec-Fetch-Site": "same-origin"}
    assert f'max="{timezone.localdate():%Y-%m-%d}"' in client.get(page).text
    for day in ("2026-11-01", "x", ""):
        client.post(f"{help_path(part)}reception/", {"day": day}, headers=here)
    assert the_part().presumed_at == at(13)
    assert client.post(f"{help_path(part)}jamais-recu/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    answer = client.post(f"{help_path(part)}jamais-recu/", {"operation": uuid.uuid4().hex}, headers=here)
    assert answer.url == help_path(part)
    assert the_part().state == "shipped"


# --- limits of a person and of an order


def test_two_small_refunds_are_as_one_for_the_limits(order, chair, lamp, owner, seller, settings):
    settings.REFUND_LIMIT_CENTS, settings.REFUND_DAY_TIMES = 1000, 2
    clerk, other = (MembershipFactory(organisation=seller, role="seller").user for _n in range(2))
    change_part(part=the_part(), changes=[LowerPrice(line(chair).pk, 600)], by=clerk, operation=uuid.uuid4())
    assert needs_another(the_part(), 401, by=other, may_grant=False)
    assert not needs_another(the_part(), 400, by=other, may_grant=False)
    conversation = Conversation.objects.create(part=the_part(), reason="broken", due_on=at(5).date())
    decision = Decision("gesture", line(lamp), "", uuid.uuid4(), 401)
    with pytest.raises(LimitError):
        settle(conversation=conversation, decision=decision, by=clerk, may_grant=False)
    assert Refund.objects.count() == 1
    for _n in range(2):  # two other orders, of 7 € each: 20 € are a day's
        item = ItemFactory(seller=seller, on_sale=True, price_cents=2000)
        part = paid_order(item).parts.get()
        change_part(part=part, changes=[LowerPrice(line(item).pk, 700)], by=clerk, operation=uuid.uuid4())
    part = paid_order(ItemFactory(seller=seller, on_sale=True, price_cents=2000)).parts.get()
    assert needs_another(part, 1, by=clerk, may_grant=False)
    assert not needs_another(part, 1000, by=other, may_grant=False)


def test_what_the_law_owes_or_another_granted_does_not_count(order, chair, lamp, owner, seller, settings):
    settings.REFUND_LIMIT_CENTS = 1000
    clerk = MembershipFactory(organisation=seller, role="seller").user
    changes = [LowerPrice(line(lamp).pk, 1100)]
    asked = ask_change(part=the_part(), changes=changes, by=clerk, operation=uuid.uuid4(), may_grant=False)
    grant_change(request=asked, by=owner)
    deliver(owner)
    give_back(withdraw(order, chair, at(4)), clerk, at(5))
    assert Refund.objects.count() == 2
    assert not needs_another(the_part(), 100, by=clerk, may_grant=False)
