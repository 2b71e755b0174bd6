"""Whatever happens to sales in whatever order, the books agree with a simple model that knows only sums."""

import datetime
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from rebond.ledger.actions.amounts import (
    post_gesture,
    post_gesture_back,
    post_gift_card,
    post_gift_card_back,
    post_round_up,
    post_service,
    post_surcharge,
)
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.correction import reverse_entry
from rebond.ledger.actions.payout import ask_payout, grant_payout, refuse_payout, send_payout, settle_payout
from rebond.ledger.actions.refund import close_dispute, open_dispute, post_refund, refund_whole_sale
from rebond.ledger.actions.sale import post_sale, set_payable
from rebond.ledger.errors import (
    AlreadyReversed,
    BadAmount,
    EventDiffers,
    LedgerError,
    NothingDue,
    NotReversible,
    TooMuch,
)
from rebond.ledger.events import DisputeEvent
from rebond.ledger.models import Account, Balance, Entry, FeeLine, Payout, Posting, RefundLine, Sale
from rebond.ledger.queries.payouts import next_day
from tests.factories.ledger import amount_event, refund_event, sale_event, subject
from tests.racing import race

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
cents = st.integers(1, 3_000)
which = st.integers(0, 30)


@dataclass
class Known:
    """What the model knows of one sale: prices by line, what was given back of each, what is disputed."""

    key: str
    prices: dict
    fees: int
    back: dict = field(default_factory=dict)
    card: int = 0  # of what is left, paid with a gift card: it goes back there first
    disputed: int = 0
    dispute: object = None
    is_over: bool = False

    @property
    def left(self):
        return sum(self.prices.values()) - sum(self.back.values()) - self.disputed


class Books(RuleBasedStateMachine):
    """Its own world each run: a savepoint, rolled back at its end."""

    world: dict = {}

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.savepoint_create()
        self.sales: list[Known] = []
        self.seen = set()
        self.provider = 0  # what the provider should hold
        self.extra = 0  # what else was taken from the seller
        self.service = 0  # of which services
        self.cards = 0  # what gift cards hold
        self.number = 0
        self.day = datetime.date(2027, 1, 1)

    def teardown(self):
        transaction.savepoint_rollback(self.savepoint)

    def key(self):
        self.number += 1
        return f"k{self.number}"

    def pick(self, n):
        return self.sales[n % len(self.sales)] if self.sales else None

    @rule(prices=st.lists(cents, min_size=1, max_size=3), shipping=st.integers(0, 900), card=st.integers(0, 3_000))
    def sell(self, prices, shipping, card):
        card = min(card, self.cards, sum(prices) + shipping)
        paid = {"gift_cents": card, "issuer": self.world["fund"]} if card else {}
        event = sale_event(self.world["seller"], prices, key=self.key(), shipping_cents=shipping, **paid)
        sale = post_sale(sale=event)
        assert post_sale(sale=event) == sale
        known = {f"l{n}": price for n, price in enumerate(prices)} | ({"shipping": shipping} if shipping else {})
        fees = sum(FeeLine.objects.filter(line__sale=sale).values_list("cents", flat=True))
        self.sales.append(Known(event.key, known, fees, card=card))
        self.provider += sum(known.values()) - card
        self.cards -= card

    @rule(amount=cents, back=cents)
    def buy_card(self, amount, back):
        """A gift card is sold; a part of what all hold may go back to who paid one."""
        event = amount_event(amount, key=self.key(), owner=self.world["fund"])
        assert post_gift_card(event=event) == post_gift_card(event=event)
        gone = back if back <= self.cards else 0
        if gone:
            post_gift_card_back(event=amount_event(gone, key=self.key(), owner=self.world["fund"]))
        self.provider += amount - gone
        self.cards += amount - gone

    @rule(n=which, line=st.integers(0, 3), amount=cents)
    def refund(self, n, line, amount):
        known = self.pick(n)
        if known is None:
            return
        key = list(known.prices)[line % len(known.prices)]
        parts = {"shipping_cents": amount} if key == "shipping" else {"cents": {key: amount}}
        card = min(amount, known.card)
        event = refund_event(known.key, key=self.key(), gift_cents=card, **parts)
        fits = amount <= known.prices[key] - known.back.get(key, 0) and amount <= known.left
        if not fits:
            with pytest.raises(TooMuch):
                post_refund(refund=event)
            return
        assert post_refund(refund=event) == post_refund(refund=event)
        known.back[key] = known.back.get(key, 0) + amount
        self.give_back(known, amount, card)

    def give_back(self, known, amount, card):
        self.provider -= amount - card
        self.cards += card
        known.card -= card

    @rule(n=which)
    def cancel(self, n):
        known = self.pick(n)
        if known is None:
            return
        if known.disputed or not known.left:
            with pytest.raises((LedgerError, BadAmount)):
                refund_whole_sale(sale_key=known.key, key=self.key(), reason="x")
            return
        self.give_back(known, known.left, known.card)
        refund_whole_sale(sale_key=known.key, key=self.key(), reason="x")
        known.back = dict(known.prices)

    @rule(n=which, amount=cents)
    def dispute(self, n, amount):
        known = self.pick(n)
        if known is None or known.dispute is not None:
            return
        if known.left >= amount > known.left - known.card:
            return  # a bank takes only what it paid
        event = DisputeEvent(key=self.key(), sale_key=known.key, cents=amount, subject=subject())
        if amount > known.left:
            with pytest.raises(TooMuch):
                open_dispute(dispute=event)
            return
        open_dispute(dispute=event)
        known.disputed, known.dispute = amount, event
        self.provider -= amount

    @rule(n=which, is_won=st.booleans())
    def decide(self, n, is_won):
        known = self.pick(n)
        if known is None or known.dispute is None:
            return
        close_dispute(dispute=known.dispute, is_won=is_won)
        with pytest.raises(EventDiffers):
            close_dispute(dispute=known.dispute, is_won=not is_won)
        if is_won:
            self.provider += known.disputed
        else:
            rows = Sale.objects.get(key=known.key).lines.values_list("key", "refunded_cents")
            after = dict(rows)
            assert sum(after.values()) - sum(known.back.values()) == known.disputed
            known.back = after
        known.disputed, known.dispute = 0, None

    @rule(amount=cents, kind=st.sampled_from(["gesture", "surcharge", "service", "round_up"]), undo=st.booleans())
    def amount(self, amount, kind, undo):
        seller, fund = self.world["seller"], self.world["fund"]
        act = {"gesture": post_gesture, "surcharge": post_surcharge, "service": post_service, "round_up": post_round_up}
        event = amount_event(amount, key=self.key(), owner=fund if kind == "round_up" else seller)
        entry = act[kind](event=event)
        if undo and kind == "gesture":  # nobody undoes it alone: it counts in a later refund
            with pytest.raises(NotReversible):
                reverse_entry(entry=entry, reason="x", by=None)
            assert post_gesture_back(event=event) == post_gesture_back(event=event)
            return
        if undo:
            reverse_entry(entry=entry, reason="x", by=None)
            with pytest.raises(AlreadyReversed):
                reverse_entry(entry=entry, reason="x", by=None)
            return
        self.extra += amount if kind != "round_up" else 0
        self.service += amount if kind == "service" else 0
        self.provider += {"gesture": -amount, "surcharge": -amount, "service": 0, "round_up": amount}[kind]

    @rule(n=which)
    def reverse_sale(self, n):
        known = self.pick(n)
        if known is None:
            return
        entry = Sale.objects.get(key=known.key).entry
        if any(known.back.values()) or known.disputed or known.card:
            with pytest.raises((NotReversible, AlreadyReversed)):
                reverse_entry(entry=entry, reason="x", by=None)
            return
        reverse_entry(entry=entry, reason="x", by=None)
        self.provider -= sum(known.prices.values())
        known.back = dict(known.prices)

    @rule(n=which)
    def deliver(self, n):
        """The withdrawal delay of a sale is over."""
        known = self.pick(n)
        if known is not None:
            set_payable(sale_key=known.key, on=datetime.date(2020, 1, 1))
            known.is_over = True

    @rule(is_sent=st.booleans())
    def pay_out(self, is_sent):
        """Ask, grant, send; what the trial provider refuses comes back. No calendar: each day is a new month."""
        self.day = next_day(self.day, (1,))
        account = Account.objects.filter(owner=self.world["seller"]).first()
        if account is None:
            return
        owed = self.owed()
        free = owed - sum(self.left_to_seller(k) for k in self.sales if not k.is_over or k.disputed)
        if free < 1_000:
            with pytest.raises(NothingDue):
                ask_payout(account=account, by=None, day=self.day)
            return
        payout = ask_payout(account=account, by=None, day=self.day)
        assert payout.cents == free
        if not is_sent:
            refuse_payout(payout=payout, reason="x", by=None)
            return
        grant_payout(payout=payout, by=self.world["chief"], may_grant_any=True)
        payout = send_payout(payout=Payout.objects.get(pk=payout.pk))
        if payout.state == "sent":
            payout = settle_payout(payout=payout)
        assert payout.state == ("failed" if free % 100 == 13 else "paid")
        if payout.state == "paid":
            self.provider -= free
            self.extra += free

    def owed(self):
        balance = Balance.objects.filter(account__owner=self.world["seller"]).first()
        return balance.owed_cents if balance else 0

    def left_to_seller(self, known):
        """What the entries of one sale left to the seller, read from the postings and not from the frozen lines."""
        rows = Posting.objects.filter(account__kind="seller", entry__in=self.entries_of(known))
        return -sum(rows.values_list("cents", flat=True))

    def entries_of(self, known):
        sale = Sale.objects.get(key=known.key)
        refunds = RefundLine.objects.filter(line__sale=sale).values_list("entry_id", flat=True)
        return {sale.entry_id, *refunds}

    @invariant()
    def every_entry_balances_and_the_proof_agrees(self):
        assert sum(Posting.objects.values_list("cents", flat=True)) == 0
        report = check_ledger()
        wrong = {
            key for key, number in report.wrong.items() if number and key != "gift-cards"
        }  # no card of the shop here
        assert (report.guards, report.balances, wrong) == ([], 0, set()), report.told

    @invariant()
    def the_issuer_owes_what_the_cards_hold(self):
        owed = Posting.objects.filter(account__kind="gift_card").values_list("cents", flat=True)
        assert -sum(owed) == self.cards

    @invariant()
    def the_provider_holds_what_the_model_says(self):
        held = Posting.objects.filter(account__kind="provider").values_list("cents", flat=True)
        assert sum(held) == self.provider

    @invariant()
    def the_seller_is_owed_the_sales_less_refunds_less_fees(self):
        gross = sum(sum(k.prices.values()) - sum(k.back.values()) for k in self.sales)
        balance = Balance.objects.filter(account__owner=self.world["seller"]).first()
        taken = Posting.objects.filter(account__kind__in=["commission", "vat", "solidarity"])
        fees = -sum(taken.values_list("cents", flat=True)) - self.service
        assert 0 <= fees <= sum(k.fees for k in self.sales)
        assert (balance.owed_cents if balance else 0) == gross - self.extra - fees

    @invariant()
    def what_is_all_given_back_leaves_no_fee(self):
        if all(sum(k.back.values()) == sum(k.prices.values()) for k in self.sales):
            left = Posting.objects.filter(account__kind__in=["solidarity", "vat"]).values_list("cents", flat=True)
            assert sum(left) == 0


@pytest.fixture
def settings_of_trial(settings):
    settings.PAYOUT_PROVIDER = "test"


def test_whatever_happens_the_books_agree_with_the_model(payable, agreement, fund, treasurer, settings_of_trial):
    Books.world = {"seller": payable, "fund": fund, "chief": treasurer}
    run_state_machine_as_test(
        Books,
        settings=hypothesis_settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Entry.objects.count() == 0


# --- at the same moment, from several threads with connections of their own


@pytest.mark.django_db(transaction=True)
def test_the_same_event_told_by_four_processes_at_once_has_one_effect(seller, agreement):
    event = sale_event(seller, [1_000])

    assert race([lambda: post_sale(sale=event)] * 4) == []
    assert (Sale.objects.count(), Entry.objects.count()) == (1, 1)
    assert check_ledger().is_right


@pytest.mark.django_db(transaction=True)
def test_refunds_at_once_never_pass_the_price(seller, agreement):
    sale = post_sale(sale=sale_event(seller, [1_000]))

    raised = race([lambda n=n: post_refund(refund=refund_event(sale.key, {"l0": 400}, key=f"r{n}")) for n in range(5)])

    assert [type(error) for error in raised] == [TooMuch] * 3
    sale.refresh_from_db()
    assert sale.refunded_cents == 800
    assert check_ledger().is_right
