"""Sellers' accounts at Stripe, and the way of a payout: transfer, bank, and back where something fails."""

import datetime
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.payout import ask_payout, grant_payout, resume_unanswered, send_payout
from rebond.ledger.actions.refund import post_refund
from rebond.ledger.actions.sale import post_sale, set_payable
from rebond.ledger.enums import AccountKind
from rebond.ledger.events import RefundEvent
from rebond.ledger.models import Account, Payout, Posting
from rebond.ledger.queries.payouts import dues_of
from rebond.network.models import Admission, TraderFile
from rebond.shop import stripe_api
from rebond.shop.actions.follow import follow_accounts
from rebond.shop.actions.reconcile import reconcile_day
from rebond.shop.actions.stripe_account import onboarding_page
from rebond.shop.errors import ProviderAwayError
from rebond.shop.models import ProviderMessage, ProviderTransfer, SellerAccount, TransferReversal
from tests.conftest import SHARED, needs_shared
from tests.factories.ledger import sale_event
from tests.factories.network import MembershipFactory, SiteFactory
from tests.racing import race
from tests.shop.stripe_shapes import SECRET, event, send

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def by_stripe(settings):
    settings.PAYMENT_PROVIDER = settings.PAYOUT_PROVIDER = "stripe"
    settings.PAYOUT_FOUR_EYES_CENTS = 10**9
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    settings.STRIPE_API_URL = "http://127.0.0.1:9"  # nothing answers there: a test that calls says so


@pytest.fixture
def account(seller):
    return SellerAccount.objects.create(
        organisation=seller, provider="stripe", account_id="acct_1", is_complete=True, may_be_paid=True
    )


@pytest.fixture
def owed(seller, operator):
    """A seller whose sale may be paid out today, with all that a payout needs but the account at Stripe."""
    type(seller).objects.filter(pk=seller.pk).update(siren="732829320")
    seller.refresh_from_db()
    admission = Admission.objects.create(
        name=seller.name, email="a@example.org", grid_version=1, state="draft", organisation=seller
    )
    now = timezone.now()
    TraderFile.objects.create(
        admission=admission, organisation=seller, legal_name=seller.name, representative="R", address="A",
        phone="0199000000", email="a@example.org", identity_kind="passport", account_holder="H", iban="I",
        iban_end="0189", register="rna", register_number="W1", certified_at=now, verified_at=now,
    )  # fmt: skip
    SiteFactory(organisation=seller, address="1 rue du Port", postal_code="47200")
    sale = post_sale(sale=sale_event(seller, [4_000], key="so-a"))
    set_payable(sale_key=sale.key, on=datetime.date(2020, 1, 1))
    return Account.objects.get(owner=seller, kind="seller")


def told(client, envelope):
    answer = send(client, envelope)
    assert answer.status_code == 200, answer.content
    return answer.json()["state"]


def payout_event(kind, payout, **more):
    subject = {"id": "po_9", "object": "payout", "amount": payout.cents, "currency": "eur", "status": kind,
               "metadata": {"rebond_payout": payout.public_id, "rebond_transfer": "tr_1"}} | more  # fmt: skip
    return event(f"payout.{kind}", subject, account="acct_1")


def held(kind=AccountKind.PROVIDER):
    return sum(Posting.objects.filter(account__kind=kind).values_list("cents", flat=True))


def sent(account):
    payout = ask_payout(account=account, by=None)
    payout.refresh_from_db()
    return send_payout(payout=payout)


def right():
    report = check_ledger()
    assert report.is_right, report.told


# --- the account


def test_an_account_is_opened_once_and_completed_there(stub, seller, owner):
    first, again = (onboarding_page(organisation=seller, by=owner) for _n in range(2))
    assert first == again == "https://connect.stripe.com/setup/e/x"
    (made,) = [row for row in stub.asked if row[1] == "accounts"]
    assert made[2]["metadata"] == {"rebond_organisation": seller.public_id}
    assert made[2]["settings"]["payouts"]["schedule"]["interval"] == "manual"
    assert SellerAccount.objects.get().may_be_paid is False


@needs_shared
def test_the_published_message_of_an_account_is_understood(client, account):
    envelope = json.loads((SHARED / "data/payments/stripe-objects/event_account_updated_express.json").read_text())
    account.account_id = envelope["data"]["object"]["id"]
    account.may_be_paid, account.told_at = False, datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    account.save()
    assert told(client, envelope) == "applied"
    account.refresh_from_db()
    assert (account.may_be_paid, account.is_complete, account.missing) == (True, True, [])
    body = json.dumps(ProviderMessage.objects.get().body)
    assert "djstripe@example.com" not in body
    assert "6789" not in body


def test_what_the_provider_asks_is_mirrored_and_an_older_message_changes_nothing(client, account):
    now = int(timezone.now().timestamp()) + 10
    asked = {"currently_due": ["external_account"], "past_due": ["company.tax_id"], "current_deadline": now}
    body = {"id": "acct_1", "object": "account", "details_submitted": True, "payouts_enabled": False}
    assert told(client, event("account.updated", body | {"requirements": asked}, created=now)) == "applied"
    assert told(client, event("account.updated", body | {"payouts_enabled": True}, created=now - 60)) == "applied"
    account.refresh_from_db()
    assert (account.may_be_paid, account.missing) == (False, ["company.tax_id", "external_account"])
    assert told(client, event("account.updated", {"id": "acct_other", "object": "account"})) == "kept"


def test_an_account_taken_away_is_paid_no_more(client, account):
    envelope = event("account.application.deauthorized", {"id": "ca_1", "object": "application"}, account="acct_1")
    assert told(client, envelope) == "applied"
    account.refresh_from_db()
    assert (account.may_be_paid, account.refused_for) == (False, "deauthorized")


def test_without_an_account_nothing_is_paid_out_and_the_reason_is_said(owed, operator, account):
    assert not next(iter(dues_of(operator))).held
    SellerAccount.objects.update(may_be_paid=False)
    assert next(iter(dues_of(operator))).held == ["no_account"]


@pytest.mark.page
def test_the_sellers_page(stub, as_user, owner, reader, stranger, seller, account, settings):
    path = reverse("shop:payment-account")
    answer = as_user(owner).get(path)
    assert answer.status_code == 200
    assert "form-action 'self' https://connect.stripe.com" in answer["Content-Security-Policy"]
    assert "Votre compte est complet" in answer.text
    SellerAccount.objects.update(may_be_paid=False, missing=["external_account", "company.tax_id", "odd.thing"])
    shown = as_user(owner).get(path).text
    assert "Le compte bancaire" in shown
    assert "odd.thing" in shown
    stub.things["acct_1"] = {"id": "acct_1", "object": "account", "payouts_enabled": True, "details_submitted": True}
    assert "Votre compte est complet" in as_user(owner).get(f"{path}?retour=1").text
    assert as_user(owner).post(path)["Location"] == "https://connect.stripe.com/setup/e/x"
    stub.down = True
    assert as_user(owner).post(path)["Location"] == path
    assert as_user(reader).get(path).status_code == 403
    assert "Votre compte est complet" not in as_user(stranger).get(path).text  # its own organisation's
    settings.PAYOUT_PROVIDER = "test"
    assert "rien à régler ici" in as_user(owner).get(path).text


@pytest.mark.page
def test_an_account_that_is_missing_waits_on_today(as_user, owner, seller):
    assert "compte de paiement" in as_user(owner).get("/bureau/").text


# --- payouts


def test_a_payout_is_a_transfer_then_a_payout_and_the_books_moved_before(stub, owed, account, client):
    payout = sent(owed)
    assert payout.state == "sent"
    transfers = [row for row in stub.asked if row[:2] == ("POST", "transfers")]
    assert [(row[2]["amount"], row[2]["destination"], row[3]) for row in transfers] == [
        ("4000", "acct_1", f"transfer-{payout.public_id}")
    ]
    (bank,) = [row for row in stub.asked if row[:2] == ("POST", "payouts")]
    assert (bank[3], bank[4]) == (f"payout-{payout.public_id}", "acct_1")
    assert held(AccountKind.TRANSIT) == -4_000
    assert told(client, payout_event("paid", payout)) == "applied"
    assert told(client, payout_event("paid", payout)) == "applied"
    payout.refresh_from_db()
    assert (payout.state, held(AccountKind.TRANSIT)) == ("paid", 0)
    right()


def test_a_process_that_dies_between_pays_once(stub, owed, account):
    payout = ask_payout(account=owed, by=None)
    stub.refuse["payouts"] = "later"
    stub.down = False
    payout.refresh_from_db()
    stub.refuse.clear()
    send_payout(payout=payout)
    Payout.objects.update(reference="", state="sent")  # killed before the answers were kept
    ProviderTransfer.objects.all().delete()
    stub.known.clear()  # Stripe forgets its keys after a day
    assert resume_unanswered() == 1
    send_payout(payout=Payout.objects.get())
    send_payout(payout=Payout.objects.get())
    made = [row["object"] for row in stub.things.values()]
    assert made.count("transfer") == 1
    assert Payout.objects.get().reference


def killed_after_sending(stub, account):
    """Stripe made the transfer and the payout; the process died before it kept the answers."""
    payout = ask_payout(account=account, by=None)
    payout.refresh_from_db()
    send_payout(payout=payout)
    Payout.objects.update(reference="", state="sent")
    return Payout.objects.get()


@pytest.mark.parametrize("look", ["GET payouts", "GET transfers"])
def test_a_look_that_stripe_refuses_is_no_proof_that_nothing_left(stub, owed, account, operator, look):
    payout = killed_after_sending(stub, owed)
    if look == "GET transfers":
        ProviderTransfer.objects.all().delete()
        SellerAccount.objects.update(may_be_paid=False)
    stub.refuse[look] = "Not allowed"
    with pytest.raises(ProviderAwayError):
        send_payout(payout=payout)
    assert (Payout.objects.get().state, reversed_at_stripe(stub)) == ("sent", 0)
    assert held(AccountKind.TRANSIT) == -4_000  # it may be on its way: not owed again
    stub.refuse.clear()
    assert send_payout(payout=Payout.objects.get()).reference
    assert [row["object"] for row in stub.things.values()].count("payout") == 1
    right()


def test_a_payout_refused_to_one_process_and_made_for_another_is_on_its_way(stub, owed, account, monkeypatch):
    payout = killed_after_sending(stub, owed)
    looks = iter([[]])
    shown = stripe_api.payouts_of
    stub.refuse["payouts"] = "Insufficient funds"
    monkeypatch.setattr(stripe_api, "payouts_of", lambda *args: next(looks, shown(*args)))
    assert send_payout(payout=payout).reference
    assert (Payout.objects.get().state, reversed_at_stripe(stub)) == ("sent", 0)


def test_what_the_bank_refuses_comes_back_and_is_owed_again(stub, owed, account, operator):
    stub.refuse["payouts"] = "No bank account"
    payout = sent(owed)
    assert (payout.state, payout.reason) == ("failed", "No bank account")
    assert ProviderTransfer.objects.get().state == "returned"
    assert next(iter(dues_of(operator))).cents == 4_000
    stub.refuse.clear()
    again = sent(owed)
    assert (again.state, again.pk) != ("failed", payout.pk)
    right()


def test_what_failed_later_comes_back_when_it_can(stub, owed, account, client, operator):
    payout = sent(owed)
    told(client, payout_event("paid", payout))
    path = f"transfers/{ProviderTransfer.objects.get().transfer_id}/reversals"
    stub.refuse[path] = "Insufficient funds"
    failed = payout_event("failed", payout, failure_message="Account closed")
    assert [told(client, failed) for _n in range(2)] == ["applied"] * 2
    payout.refresh_from_db()
    assert (payout.state, payout.reason) == ("failed", "Account closed")
    assert ProviderTransfer.objects.get().state == "returning"
    stub.refuse.clear()
    later = timezone.now() + datetime.timedelta(hours=1)
    assert follow_accounts(now=later)["returned"] == 1
    assert follow_accounts(now=later)["returned"] == 0
    assert told(client, payout_event("paid", payout)) == "kept"  # late: it came back
    assert next(iter(dues_of(operator))).cents == 4_000
    right()


def test_a_message_before_our_own_answer_waits_and_one_of_another_account_is_kept(stub, owed, account, client):
    payout = ask_payout(account=owed, by=None)
    assert told(client, payout_event("paid", payout)) == "waiting"
    payout.refresh_from_db()
    send_payout(payout=payout)
    envelope = payout_event("paid", payout) | {"account": "acct_2"}
    assert told(client, envelope) == "kept"
    assert told(client, payout_event("paid", payout, amount=1)) == "kept"
    payout.refresh_from_db()
    assert payout.state == "sent"


def test_a_provider_that_is_away_is_asked_again(stub, owed, account):
    stub.down = True
    payout = ask_payout(account=owed, by=None)
    payout.refresh_from_db()
    with pytest.raises(ProviderAwayError):
        send_payout(payout=payout)
    assert Payout.objects.get().state == "sent"
    stub.down = False
    assert send_payout(payout=Payout.objects.get()).reference


# --- debts


@pytest.fixture
def debt(stub, owed, account, client, seller):
    """A seller that was paid 40 € and of whose sale 15 € were given back since."""
    payout = sent(owed)
    told(client, payout_event("paid", payout))
    post_refund(refund=RefundEvent(key="r1", sale_key="so-a", cents={"l0": 1_500}))
    return payout


def test_what_a_seller_owes_comes_back_from_its_account_once(stub, debt, seller):
    assert follow_accounts()["taken"] == 1
    assert follow_accounts()["taken"] == 0
    row = TransferReversal.objects.get()
    assert (row.state, row.cents) == ("made", 1_500)
    (call,) = [row for row in stub.asked if row[0] == "POST" and row[1].endswith("/reversals")]
    assert call[2] == {"amount": "1500", "metadata": {"rebond_reversal": row.public_id}}
    assert ProviderTransfer.objects.get().reversed_cents == 1_500
    assert Account.objects.get(owner=seller, kind="seller").balance.cents == 0
    right()


@pytest.mark.parametrize("is_kept", [True, False])
def test_what_came_back_before_the_payout_failed_is_not_owed_twice(stub, debt, client, seller, is_kept):
    """Paid 40 €, 15 € given back since and taken from the account; then the bank sends the payout back."""
    if is_kept:
        assert follow_accounts()["taken"] == 1
    else:  # Stripe took it, and the process died before it kept the answer
        transfer = ProviderTransfer.objects.get()
        TransferReversal.objects.create(transfer=transfer, cents=1_500)
    told(client, payout_event("failed", debt, failure_message="Account closed"))
    for _n in range(2):
        follow_accounts()
    assert TransferReversal.objects.get().state == "made"
    assert ProviderTransfer.objects.get().reversed_cents == 4_000
    assert Account.objects.get(owner=seller, kind="seller").balance.cents == -2_500
    assert held(AccountKind.TRANSIT) == 0
    right()


def test_a_debt_that_stripe_refuses_stays_and_is_asked_again_a_week_later(stub, debt, seller):
    path = f"transfers/{ProviderTransfer.objects.get().transfer_id}/reversals"
    stub.refuse[path] = "Insufficient funds"
    assert follow_accounts()["taken"] == 0
    stub.refuse.clear()
    assert follow_accounts()["taken"] == 0
    assert TransferReversal.objects.get().state == "refused"
    assert Account.objects.get(owner=seller, kind="seller").balance.cents == 1_500
    assert follow_accounts(now=timezone.now() + datetime.timedelta(days=8))["taken"] == 1
    right()


def test_a_reversal_whose_answer_was_lost_is_the_same_one(stub, debt):
    stub.down = True
    assert follow_accounts()["taken"] == 0
    assert TransferReversal.objects.get().state == "asked"
    stub.down = False
    assert follow_accounts()["taken"] == 1
    assert TransferReversal.objects.count() == 1


def test_a_reversal_that_a_killed_process_made_is_not_made_again(stub, debt):
    """Stripe took it back, the process died before it kept the answer, and Stripe forgot the key since."""
    transfer = ProviderTransfer.objects.get()
    row = TransferReversal.objects.create(transfer=transfer, cents=1_500)
    stripe_api.reverse_transfer(
        transfer.transfer_id, cents=1_500, names={"rebond_reversal": row.public_id}, key=f"reversal-{row.public_id}"
    )
    stub.known.clear()
    stub.refuse[f"GET transfers/{transfer.transfer_id}/reversals"] = "Not now"
    assert (follow_accounts()["taken"], TransferReversal.objects.get().state) == (0, "asked")
    stub.refuse.clear()
    assert follow_accounts()["taken"] == 1
    assert reversed_at_stripe(stub) == 1_500
    right()


@pytest.mark.django_db(transaction=True)
def test_a_debt_asked_back_by_several_workers_at_once_comes_back_once(stub, debt, seller):
    assert race([follow_accounts] * 4) == []
    assert list(TransferReversal.objects.values_list("state", "cents")) == [("made", 1_500)]
    assert reversed_at_stripe(stub) == ProviderTransfer.objects.get().reversed_cents == 1_500
    assert Account.objects.get(owner=seller, kind="seller").balance.cents == 0
    right()


def reversed_at_stripe(stub):
    return sum(row["amount"] for row in stub.things.values() if row["object"] == "transfer_reversal")


def test_a_transfer_that_came_back_before_it_was_kept_is_seen_as_back(stub, owed, account, client):
    payout = sent(owed)
    told(client, payout_event("paid", payout))
    transfer = ProviderTransfer.objects.get()
    stub.refuse[f"transfers/{transfer.transfer_id}/reversals"] = "Insufficient funds"
    told(client, payout_event("failed", payout, failure_message="Account closed"))
    stub.refuse.clear()
    stripe_api.reverse_transfer(transfer.transfer_id, key="by a process that died")
    stub.refuse[f"transfers/{transfer.transfer_id}/reversals"] = "Already reversed"
    assert follow_accounts(now=timezone.now() + datetime.timedelta(hours=1))["returned"] == 1
    assert (ProviderTransfer.objects.get().state, reversed_at_stripe(stub)) == ("returned", 4_000)


def test_a_day_with_transfers_reversals_and_disputes_is_compared(stub, debt, settings):
    follow_accounts()
    row, transfer = TransferReversal.objects.get(), ProviderTransfer.objects.get()
    now = int(timezone.now().timestamp())
    base = {"object": "balance_transaction", "currency": "eur", "created": now, "fee": 0}
    stub.things["movements"] = [
        base | {"id": "t1", "type": "transfer", "amount": -4_000,
                "source": {"id": transfer.transfer_id, "metadata": {"rebond_payout": debt.public_id}}},
        base | {"id": "t2", "type": "transfer_refund", "amount": 1_500,
                "source": {"id": "trr_1", "metadata": {"rebond_reversal": row.public_id}}},
        base | {"id": "t3", "type": "adjustment", "reporting_category": "dispute", "amount": -900,
                "source": {"id": "dp_unknown", "object": "dispute"}},
        base | {"id": "t4", "type": "transfer_refund", "amount": 700, "source": {"id": "trr_2", "metadata": {}}},
    ]  # fmt: skip
    done = reconcile_day(day=timezone.localdate(), provider="stripe")
    assert (done.payouts, done.reversals, done.disputes, done.others) == (1, 1, 1, 1)
    assert (done.payouts_cents, done.reversals_cents, done.disputes_cents) == (4_000, 1_500, 900)
    gaps = list(done.gaps.values_list("kind", "what", "reference", "there_cents"))
    assert gaps == [("missing_here", "disputed", "dp_unknown", 900)]


def test_two_people_for_a_big_payout(stub, owed, account, settings, operator):
    settings.PAYOUT_FOUR_EYES_CENTS = 0
    first, second = (MembershipFactory(organisation=operator, role="finance").user for _n in range(2))
    payout = ask_payout(account=owed, by=first)
    assert stub.asked == []
    grant_payout(payout=payout, by=second, may_grant_any=True)
    assert Payout.objects.get().granted_by == second.display_name
