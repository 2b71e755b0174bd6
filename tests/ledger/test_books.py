"""What enters the books: each event once, balanced, for good."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from rebond.core.db import missing
from rebond.ledger.actions.amounts import (
    post_gesture,
    post_gift_card,
    post_payment_fee,
    post_round_up,
    post_service,
    post_surcharge,
)
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.correction import reverse_entry
from rebond.ledger.actions.posting import Move, Told, claim_key, write_entry
from rebond.ledger.actions.refund import close_dispute, open_dispute, post_refund, refund_whole_sale
from rebond.ledger.actions.sale import post_sale, set_payable
from rebond.ledger.errors import (
    AlreadyReversed,
    BadAmount,
    EventDiffers,
    LedgerError,
    NeedsReason,
    NoOperator,
    NotBalanced,
    NotReversible,
    TooMuch,
    UnknownSale,
)
from rebond.ledger.events import Carried, DisputeEvent, SaleEvent
from rebond.ledger.guards import GUARDS
from rebond.ledger.models import Account, Balance, Claim, Entry, FeeLine, Posting, RefundLine, Sale, SaleLine
from tests.factories.ledger import amount_event, refund_event, sale_event, subject

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def standing():
    """The balance of every account that has one, in debit: {(owner's slug, kind): cents}."""
    found = {}
    for posting in Posting.objects.select_related("account__owner"):
        key = (posting.account.owner.slug, posting.account.kind)
        found[key] = found.get(key, 0) + posting.cents
    return {key: cents for key, cents in found.items() if cents}


def parts_of(entry):
    rows = entry.postings.select_related("account__owner").order_by("pk")
    return sorted((row.account.owner.slug, row.account.kind, row.part, row.cents) for row in rows)


def test_a_sale_gives_each_its_part(seller, operator, agreement):
    sale = post_sale(sale=sale_event(seller, [2_000], shipping_cents=490))

    assert parts_of(sale.entry) == [
        ("ateliers-du-confluent", "seller", "commission", 240),
        ("ateliers-du-confluent", "seller", "goods", -2_000),
        ("ateliers-du-confluent", "seller", "shipping", -490),
        ("ateliers-du-confluent", "seller", "solidarity", 40),
        ("rebond", "commission", "commission", -200),
        ("rebond", "provider", "goods", 2_490),
        ("rebond", "solidarity", "solidarity", -40),
        ("rebond", "vat", "commission", -40),
    ]
    assert Balance.objects.get(account__owner=seller).owed_cents == 2_210
    assert check_ledger().is_right


def test_the_platform_that_ships_has_the_shipping(seller, operator, agreement):
    post_sale(sale=sale_event(seller, carried=(Carried(operator, 490),)))

    assert standing()["rebond", "shipping"] == -490
    assert Balance.objects.get(account__owner=seller).owed_cents == 1_720


def test_a_sale_without_agreement_is_all_the_sellers(seller, operator):
    sale = post_sale(sale=sale_event(seller))

    assert (sale.operator, sale.agreement) == (operator, None)
    assert standing() == {("rebond", "provider"): 2_000, ("ateliers-du-confluent", "seller"): -2_000}
    assert not FeeLine.objects.exists()


def test_nobody_keeps_the_books_of_a_network_without_operator(seller):
    with pytest.raises(NoOperator):
        post_sale(sale=sale_event(seller))
    assert not Claim.objects.exists()


def test_the_same_event_told_twice_has_one_effect(seller, agreement):
    event = sale_event(seller, [1_999], key="so-a")

    first, second = post_sale(sale=event), post_sale(sale=event)

    assert first == second
    assert (Entry.objects.count(), Sale.objects.count(), SaleLine.objects.count()) == (1, 1, 1)


def test_a_key_with_other_amounts_is_refused(seller, agreement):
    post_sale(sale=sale_event(seller, [1_999], key="so-a"))
    before = standing()

    with pytest.raises(EventDiffers):
        post_sale(sale=sale_event(seller, [1_998], key="so-a"))
    assert standing() == before


def test_the_label_of_an_event_may_change_between_two_tellings(seller, agreement):
    event = sale_event(seller, key="so-a")
    renamed = SaleEvent(
        key="so-a",
        seller=seller,
        subject=type(event.subject)(event.subject.kind, event.subject.id, "Z"),
        lines=event.lines,
    )

    assert post_sale(sale=event) == post_sale(sale=renamed)


@pytest.mark.parametrize(
    "change",
    [
        {"lines": ()},
        {"shipping_cents": -1},
        {"gift_cents": 100},
        {"gift_cents": 5_000, "issuer": "operator"},
    ],
)
def test_an_impossible_sale_is_refused(seller, operator, change):
    event = sale_event(seller)
    if "issuer" in change:
        change = change | {"issuer": operator}
    told = {name: getattr(event, name) for name in ("key", "seller", "subject", "lines")} | change

    with pytest.raises(LedgerError):
        post_sale(sale=SaleEvent(**told))
    assert not Posting.objects.exists()


def test_a_line_of_zero_is_refused(seller, operator):
    with pytest.raises(BadAmount):
        post_sale(sale=sale_event(seller, [0]))


def test_a_gift_card_pays_a_part_and_gets_it_back(seller, operator, agreement):
    post_gift_card(event=amount_event(3_000, owner=operator))
    sale = post_sale(sale=sale_event(seller, [2_000], gift_cents=1_500, issuer=operator))
    assert standing()["rebond", "gift_card"] == -1_500
    assert standing()["rebond", "provider"] == 3_500

    post_refund(refund=refund_event(sale.key, {"l0": 2_000}, gift_cents=1_500))
    assert standing() == {("rebond", "provider"): 3_000, ("rebond", "gift_card"): -3_000}
    with pytest.raises(TooMuch):
        post_refund(refund=refund_event(sale.key, {"l0": 1}, gift_cents=1))


def test_a_full_refund_brings_everything_to_zero(seller, agreement):
    sale = post_sale(sale=sale_event(seller, [999, 1_201], shipping_cents=490))

    post_refund(refund=refund_event(sale.key, {"l0": 999, "l1": 1_201}, shipping_cents=490))

    sale.refresh_from_db()
    assert standing() == {}
    assert (sale.left_cents, sale.refunded_cents) == (0, 2_690)
    assert check_ledger().is_right


def test_partial_refunds_give_back_the_exact_share(seller, agreement):
    sale = post_sale(sale=sale_event(seller, [1_000]))  # commission 120 (VAT 20), levy 20

    first = post_refund(refund=refund_event(sale.key, {"l0": 333}))

    assert parts_of(first) == [
        ("ateliers-du-confluent", "seller", "commission", -40),
        ("ateliers-du-confluent", "seller", "goods", 333),
        ("ateliers-du-confluent", "seller", "solidarity", -7),
        ("rebond", "commission", "commission", 33),
        ("rebond", "provider", "goods", -333),
        ("rebond", "solidarity", "solidarity", 7),
        ("rebond", "vat", "commission", 7),
    ]
    for cents in (333, 333, 1):
        post_refund(refund=refund_event(sale.key, {"l0": cents}))
    assert standing() == {}
    assert sum(RefundLine.objects.values_list("cents", flat=True)) == 1_000


def test_more_than_what_is_left_is_refused(seller, agreement):
    sale = post_sale(sale=sale_event(seller, [1_000, 500]))
    post_refund(refund=refund_event(sale.key, {"l0": 600}))
    before = standing()

    for cents in ({"l0": 401}, {"l1": 501}, {"l0": 400, "l1": 501}):
        with pytest.raises(TooMuch):
            post_refund(refund=refund_event(sale.key, cents))
    with pytest.raises(UnknownSale):
        post_refund(refund=refund_event(sale.key, {"l7": 1}))
    with pytest.raises(UnknownSale):
        post_refund(refund=refund_event("so-none", {"l0": 1}))
    with pytest.raises(BadAmount):
        post_refund(refund=refund_event(sale.key, {}))
    assert standing() == before
    assert check_ledger().is_right


def test_a_refund_told_twice_gives_back_once(seller, agreement):
    sale = post_sale(sale=sale_event(seller, [1_000]))
    event = refund_event(sale.key, {"l0": 400})

    assert post_refund(refund=event) == post_refund(refund=event)
    sale.refresh_from_db()
    assert sale.refunded_cents == 400


def test_a_cancelled_sale_gives_back_all_that_is_left(seller, agreement):
    sale = post_sale(sale=sale_event(seller, [1_000, 500], shipping_cents=490))
    post_refund(refund=refund_event(sale.key, {"l0": 300}))

    first = refund_whole_sale(sale_key=sale.key, key="cancel", reason="The seller cannot find it.")

    assert refund_whole_sale(sale_key=sale.key, key="cancel", reason="again") == first
    assert standing() == {}


def test_a_negative_balance_is_carried(seller, agreement):
    post_service(event=amount_event(1_500, owner=seller, reason="Monthly fee"))
    assert Balance.objects.get(account__owner=seller).owed_cents == -1_500

    post_sale(sale=sale_event(seller, [1_000]))
    assert Balance.objects.get(account__owner=seller).owed_cents == -640


def test_a_dispute_holds_the_money_then_ends(seller, agreement):
    won, lost = (post_sale(sale=sale_event(seller, [1_000, 501])) for _ in range(2))
    first = DisputeEvent(key="dp1", sale_key=won.key, cents=1_501, subject=subject())
    second = DisputeEvent(key="dp2", sale_key=lost.key, cents=700, subject=subject())
    before = standing()
    open_dispute(dispute=first)
    open_dispute(dispute=second)
    open_dispute(dispute=second)
    assert standing()["rebond", "disputed"] == 2_201
    with pytest.raises(TooMuch):
        post_refund(refund=refund_event(won.key, {"l0": 1}))
    with pytest.raises(LedgerError):
        refund_whole_sale(sale_key=won.key, key="c", reason="x")

    close_dispute(dispute=first, is_won=True)
    assert standing() != before
    close_dispute(dispute=second, is_won=False)
    with pytest.raises(EventDiffers):
        close_dispute(dispute=second, is_won=True)

    lost.refresh_from_db()
    assert (lost.refunded_cents, lost.disputed_cents) == (700, 0)
    assert [line.refunded_cents for line in lost.lines.order_by("number")] == [466, 234]
    assert ("rebond", "disputed") not in standing()
    refund_whole_sale(sale_key=lost.key, key="rest", reason="x")
    refund_whole_sale(sale_key=won.key, key="all", reason="x")
    assert standing() == {}
    assert check_ledger().is_right


def test_a_dispute_that_was_not_opened_does_not_end(seller, agreement):
    sale = post_sale(sale=sale_event(seller))
    with pytest.raises(UnknownSale):
        close_dispute(dispute=DisputeEvent(key="x", sale_key=sale.key, cents=1, subject=subject()), is_won=True)
    assert Claim.objects.count() == 1


def test_events_of_one_amount(seller, operator, fund, agreement):
    post_gesture(event=amount_event(300))
    post_gesture(event=amount_event(200, owner=seller))
    post_surcharge(event=amount_event(243, owner=seller))
    post_surcharge(event=amount_event(100))
    post_round_up(event=amount_event(60, owner=fund))
    post_payment_fee(event=amount_event(55))

    assert standing() == {
        ("rebond", "provider"): -300 - 200 - 243 - 100 + 60 - 55,
        ("rebond", "gesture"): 300,
        ("rebond", "surcharge"): 100,
        ("rebond", "payment_fee"): 55,
        ("ateliers-du-confluent", "seller"): 443,
        ("fonds-ricochet", "round_up"): -60,
    }
    for post in (post_round_up, post_gift_card, post_service):
        with pytest.raises(LedgerError):
            post(event=amount_event(10))
    with pytest.raises(BadAmount):
        post_gesture(event=amount_event(0))


def test_an_entry_is_reversed_once_with_its_reason(seller, agreement, treasurer):
    entry = post_service(event=amount_event(1_500, owner=seller))
    with pytest.raises(NeedsReason):
        reverse_entry(entry=entry, reason="  ", by=treasurer)

    made = reverse_entry(entry=entry, reason="Invoiced twice.", by=treasurer)

    assert (made.reverses, made.reason, made.by_label) == (entry, "Invoiced twice.", "Tina Trésor")
    assert standing() == {}
    with pytest.raises(AlreadyReversed):
        reverse_entry(entry=entry, reason="Again", by=treasurer)
    with pytest.raises(NotReversible):
        reverse_entry(entry=made, reason="Back", by=treasurer)
    assert check_ledger().is_right


def test_a_sale_is_reversed_only_untouched(seller, agreement, treasurer):
    touched, other = (post_sale(sale=sale_event(seller, [1_000])) for _ in range(2))
    refund = post_refund(refund=refund_event(touched.key, {"l0": 1}))
    with pytest.raises(NotReversible):
        reverse_entry(entry=touched.entry, reason="No", by=treasurer)
    with pytest.raises(NotReversible):
        reverse_entry(entry=refund, reason="No", by=treasurer)

    reverse_entry(entry=other.entry, reason="It was a test.", by=treasurer)

    other.refresh_from_db()
    assert other.left_cents == 0
    with pytest.raises(TooMuch):
        post_refund(refund=refund_event(other.key, {"l0": 1}))
    assert check_ledger().is_right


def test_the_day_of_payment_may_be_told_again(seller, agreement):
    sale = post_sale(sale=sale_event(seller))
    for day in (datetime.date(2026, 12, 1), datetime.date(2026, 12, 3)):
        set_payable(sale_key=sale.key, on=day)
        sale.refresh_from_db()
        assert sale.payable_on == day
    with pytest.raises(UnknownSale):
        set_payable(sale_key="none", on=datetime.date(2026, 12, 1))


# --- what the database itself refuses, on SQLite and on PostgreSQL


def refused():
    """A savepoint around what must raise; nothing of it stays."""
    return pytest.raises(IntegrityError), transaction.atomic()


@pytest.mark.parametrize("model", [Claim, Entry, Posting, FeeLine, RefundLine])
def test_what_is_posted_is_neither_changed_nor_deleted(seller, agreement, model):
    sale = post_sale(sale=sale_event(seller))
    post_refund(refund=refund_event(sale.key, {"l0": 100}))
    field = {Claim: "key", Entry: "reason", Posting: "part", FeeLine: "rule_label", RefundLine: "cents"}[model]
    before = list(model.objects.order_by("pk").values())
    assert before

    raised, savepoint = refused()
    with raised, savepoint:
        model.objects.update(**{field: 7 if model is RefundLine else "goods"})
    raised, savepoint = refused()
    with raised, savepoint:
        model.objects.all()._raw_delete(model.objects.db)

    assert list(model.objects.order_by("pk").values()) == before


def test_an_entry_that_does_not_balance_is_refused_by_the_database(seller, operator, agreement):
    sale = post_sale(sale=sale_event(seller))
    claim = Claim.objects.create(key="by-hand")
    account = Account.objects.get(owner=seller)
    entry = Entry(claim=claim, operator=operator, kind="sale", on=sale.on, subject_kind="x", subject_id="x", digest="x")

    raised, savepoint = refused()
    with raised as told, savepoint:
        Posting.objects.create(entry=entry, account=account, part="goods", cents=5, on=sale.on)
        Posting.objects.create(entry=entry, account=account, part="shipping", cents=-4, on=sale.on)
        entry.save(force_insert=True)
    assert "does not balance" in str(told.value)
    raised, savepoint = refused()
    with raised, savepoint:
        entry.save(force_insert=True)  # no posting at all


def test_nothing_is_added_to_an_entry_afterwards(seller, agreement):
    sale = post_sale(sale=sale_event(seller))
    account = Account.objects.get(owner=seller)

    raised, savepoint = refused()
    with raised as told, savepoint:
        Posting.objects.create(entry=sale.entry, account=account, part="gesture", cents=5, on=sale.on)
    assert "closed" in str(told.value)


@pytest.mark.django_db(transaction=True)
def test_a_posting_without_entry_is_refused_at_commit(seller, operator, agreement):
    sale = post_sale(sale=sale_event(seller))
    account = Account.objects.get(owner=seller)

    with pytest.raises(IntegrityError), transaction.atomic():
        claim = Claim.objects.create(key="by-hand")
        Posting.objects.create(entry_id=claim.pk, account=account, part="goods", cents=5, on=sale.on)
    assert check_ledger().is_right


def test_the_action_refuses_before_the_database_does(seller, operator, agreement):
    post_sale(sale=sale_event(seller))
    account = Account.objects.get(owner=seller)
    claim, _known = claim_key(key="by-hand", digest="x")

    for moves in ([], [Move(account, "goods", 5)], [Move(account, "goods", 5), Move(account, "goods", -5)]):
        with pytest.raises(NotBalanced):
            write_entry(claim=claim, told=Told(operator, "sale", subject(), "x"), moves=moves)


def test_all_guards_are_there():
    assert missing(connection, GUARDS) == []
    assert len(GUARDS) == 22
