"""Gift cards sold: off until two people name an issuer; paid once, owed once, given back once; nothing is forgotten."""

import datetime
import re
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.timezone import localdate

from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.money_request import ask_money, grant_money
from rebond.ledger.enums import AccountKind
from rebond.ledger.models import Account, Entry
from rebond.ledger.queries.accounts import balance_now
from rebond.shop.actions.asked_gift_cards import END, NAME, IssuerEnded, IssuerNamed
from rebond.shop.actions.gift_card import Wish, buy_card, give_card_back
from rebond.shop.actions.gift_issuer import IssuerTerms, end_issuer, name_issuer
from rebond.shop.actions.gift_mail import send_gift_card, send_gift_cards, write_gift_receipt
from rebond.shop.actions.part import lapse_order
from rebond.shop.actions.reconcile import reconcile_day
from rebond.shop.actions.trial import charge_card, contest_payment, decide_dispute
from rebond.shop.enums import TrialCard
from rebond.shop.errors import GiftCardInvalidError, GiftCardStateError, GiftIssuerStateError
from rebond.shop.models import GiftCard, GiftIssuer, Order, Payment, Refund
from rebond.shop.queries.gift_cards import find_card, hash_of, is_sold, parse_card
from tests.factories.gift_cards import TERMS, issue, paid, sold_card
from tests.factories.network import MembershipFactory, OrganisationFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
NOW = timezone.now()


@pytest.fixture(autouse=True)
def trial(settings):
    settings.PAYMENT_PROVIDER = settings.PAYOUT_PROVIDER = "test"


def bought(cents=5_000, operation=None, **wish):
    wished = Wish(amount_cents=cents, **({"email": "camille@example.org"} | wish))
    return buy_card(wish=wished, user=None, operation=operation or uuid.uuid4(), provider="test")


def owed(operator, kind=AccountKind.GIFT_CARD):
    account = Account.objects.filter(owner=operator, kind=kind).first()
    return balance_now(account) if account else 0


def books_are_right():
    report = check_ledger()
    return report.is_right or report.told


def two_people(operator):
    return [MembershipFactory(organisation=operator, role=role).user for role in ("finance", "coordinator")]


# The issuer


def test_two_people_name_the_issuer_and_two_end_it(operator):
    tina, cora = two_people(operator)
    data = IssuerNamed("CMF L525-5", "Partout", 24, 1_000, 15_000)
    asked = ask_money(act=NAME, organisation=operator, data=data, by=tina, operation=uuid.uuid4())
    assert (asked.waits, is_sold(), GiftIssuer.objects.count()) == (True, False, 0)
    with pytest.raises(GiftCardInvalidError):
        bought()
    grant_money(request=asked.request, by=cora)
    assert is_sold()
    issuer = GiftIssuer.objects.get()

    asked = ask_money(
        act=END, organisation=operator, data=IssuerEnded(issuer.public_id), by=cora, operation=uuid.uuid4()
    )
    assert asked.waits
    grant_money(request=asked.request, by=tina)
    issuer.refresh_from_db()
    assert (issuer.state, is_sold()) == ("ended", False)
    with pytest.raises(GiftCardInvalidError):
        bought()
    with pytest.raises(GiftIssuerStateError):
        end_issuer(issuer=issuer, by=None)


def test_one_issuer_sells_at_a_time_and_its_terms_make_sense(operator):
    issue(operator)
    with pytest.raises(GiftIssuerStateError):
        name_issuer(organisation=OrganisationFactory(), terms=TERMS, by=None)
    values = {"legal_basis": "x", "conditions": "x", "months": 1, "min_cents": 1, "max_cents": 2}
    with pytest.raises(IntegrityError), transaction.atomic():
        GiftIssuer.objects.create(organisation=operator, **values)
    GiftIssuer.objects.update(state="ended", ended_at=NOW)
    for wrong in ({"legal_basis": " "}, {"months": 0}, {"min_cents": 0}, {"min_cents": 3}):
        with pytest.raises(GiftCardInvalidError):
            name_issuer(organisation=operator, terms=IssuerTerms(**values | wrong), by=None)


# Ordered and paid


@pytest.mark.parametrize(
    "wrong", [{"cents": 999}, {"cents": 15_001}, {"send_on": localdate() - datetime.timedelta(days=1)}]
)
def test_only_what_the_issuer_sells_is_ordered(operator, wrong):
    issue(operator)
    with pytest.raises(GiftCardInvalidError):
        bought(**wrong)
    assert not Order.objects.exists()


def test_a_card_is_owed_once_it_is_paid_and_once_only(operator):
    issue(operator)
    operation = uuid.uuid4()
    payment = bought(operation=operation)
    assert bought(operation=operation) == payment
    card = GiftCard.objects.get()
    assert (card.state, card.balance_cents, owed(operator)) == ("waiting", 0, 0)
    assert books_are_right() is True

    paid(payment, event="once")
    paid(payment, event="once")  # the same message again
    paid(payment)  # another message of the same payment
    card.refresh_from_db()
    assert (card.state, card.balance_cents, owed(operator)) == ("live", 5_000, 5_000)
    assert owed(operator, AccountKind.PROVIDER) == -5_000
    assert owed(operator, AccountKind.VAT) == owed(operator, AccountKind.COMMISSION) == 0
    assert Entry.objects.filter(kind="gift_card").count() == 1
    assert payment.order.parts.count() == 0
    assert books_are_right() is True


def test_paid_twice_the_second_payment_goes_back(operator):
    issue(operator)
    payment = paid(bought())
    second = Payment.objects.create(order=payment.order, provider="test", amount_cents=5_000)
    paid(second)
    assert Refund.objects.get().payment == second
    assert (owed(operator), books_are_right()) == (5_000, True)


def test_a_payment_that_comes_after_the_order_lapsed_still_buys_the_card(operator):
    issue(operator)
    payment = bought()
    lapse_order(order=payment.order)
    paid(payment)
    assert (GiftCard.objects.get().state, owed(operator), books_are_right()) == ("live", 5_000, True)


def test_the_day_of_the_payment_is_like_the_providers(operator):
    issue(operator)
    payment = bought()
    charge_card(payment=payment, card=TrialCard.TWICE)
    done = reconcile_day(day=localdate(), provider="test")
    assert (done.open_gaps, done.paid_cents, books_are_right()) == (0, 5_000, True)


# The mail


def test_the_code_leaves_once_by_mail_and_is_kept_nowhere(operator):
    issue(operator)
    paid(bought(recipient_email="lou@example.org", sender_name="Camille", message="Joyeux anniversaire"))
    card = GiftCard.objects.get()
    send_gift_card(card_id=card.pk)
    assert not send_gift_card(card_id=card.pk)
    mail = OutgoingMail.objects.get(kind="shop.gift_card")
    assert (mail.to, mail.is_secret) == ("lou@example.org", True)
    card.refresh_from_db()
    assert card.code == ""
    code = re.search(r"\b\w{4}-\w{4}-\w{4}-\w{4}\b", mail.text)[0]
    assert find_card(code.lower()) == card
    assert "Camille gives you a gift card of 50,00" in mail.text
    assert "Joyeux anniversaire" in mail.text
    write_gift_receipt(card_id=card.pk)
    write_gift_receipt(card_id=card.pk)
    receipt = OutgoingMail.objects.get(kind="shop.gift_card.paid")
    assert receipt.to == "camille@example.org"
    assert code not in receipt.text


def test_a_code_waits_for_its_day_sealed(operator):
    issue(operator)
    day = localdate() + datetime.timedelta(days=10)
    paid(bought(send_on=day))
    card = GiftCard.objects.get()
    assert not send_gift_card(card_id=card.pk)
    assert (send_gift_cards(), card.sent_at) == (0, None)
    assert hash_of(card.code) == card.code_hash
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT code FROM shop_giftcard")
        assert card.code not in cursor.fetchone()[0]
    assert card.expires_on >= day + datetime.timedelta(days=729)
    later = NOW + datetime.timedelta(days=11)
    assert send_gift_cards(now=later) == 1
    assert send_gift_cards(now=later) == 0


@pytest.mark.parametrize("text", ["", "ABCD", "ABCD-EFGH-JKMN-PQR0", "ABCD-EFGH-JKMN-PQRTT", "o" * 16])
def test_what_cannot_be_a_code_is_none(db, text):
    assert parse_card(text) == ""
    assert find_card(text) is None


def test_a_code_is_read_however_it_is_typed():
    assert parse_card(" abcd efgh–jkmn.pqrt ") == "ABCDEFGHJKMNPQRT"


# Given back


def test_who_paid_withdraws_within_14_days_and_once(operator):
    card = sold_card(operator)
    refund = give_card_back(order=card.order)
    assert give_card_back(order=card.order) == refund
    card.refresh_from_db()
    assert (card.state, card.balance_cents, refund.amount_cents) == ("back", 0, 5_000)
    assert (owed(operator), books_are_right()) == (0, True)
    assert not send_gift_card(card_id=card.pk)


def test_a_used_or_old_card_does_not_go_back(operator):
    card = sold_card(operator)
    with pytest.raises(GiftCardStateError):
        give_card_back(order=card.order, now=NOW + datetime.timedelta(days=20))
    GiftCard.objects.update(balance_cents=4_999)
    with pytest.raises(GiftCardStateError):
        give_card_back(order=card.order)
    assert not Refund.objects.exists()


def test_a_bank_that_contests_blocks_the_card_until_it_decides(operator):
    card = sold_card(operator)
    dispute = contest_payment(payment=card.order.payments.get())
    card.refresh_from_db()
    assert (card.state, card.balance_cents, books_are_right()) == ("blocked", 5_000, True)
    decide_dispute(dispute=dispute, is_won=True)
    card.refresh_from_db()
    assert (card.state, owed(operator), books_are_right()) == ("live", 5_000, True)


def test_a_lost_dispute_takes_what_the_card_holds(operator):
    card = sold_card(operator)
    dispute = contest_payment(payment=card.order.payments.get())
    decide_dispute(dispute=dispute, is_won=False)
    card.refresh_from_db()
    assert (card.state, card.balance_cents, owed(operator)) == ("blocked", 0, 0)
    assert (owed(operator, AccountKind.LOSS), books_are_right()) == (0, True)


# What the database refuses


@pytest.mark.parametrize(
    "wrong", [{"balance_cents": 5_001}, {"state": "back"}, {"expires_on": None}, {"state": "waiting"}]
)
def test_the_database_refuses_what_cannot_be(operator, wrong):
    card = sold_card(operator)
    with pytest.raises(IntegrityError), transaction.atomic():
        GiftCard.objects.filter(pk=card.pk).update(**wrong)


def test_check_ledger_finds_a_card_that_the_books_do_not_owe(operator):
    card = sold_card(operator)
    GiftCard.objects.filter(pk=card.pk).update(balance_cents=4_000)
    report = check_ledger()
    assert report.wrong["gift-cards"] == 2  # the card, and the account of its issuer
