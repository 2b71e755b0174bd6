"""Payouts: only what may leave, one at a time, by two people, and the books follow each move."""

import datetime
import json

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.core.models import Job
from rebond.ledger import providers
from rebond.ledger.actions import payout as actions
from rebond.ledger.actions.amounts import post_service
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.night import check_at_night
from rebond.ledger.actions.refund import open_dispute, post_refund
from rebond.ledger.actions.sale import post_sale, set_payable
from rebond.ledger.errors import (
    AboveLimit,
    BooksWrong,
    LedgerError,
    NeedsReason,
    NoProvider,
    NothingDue,
    PayoutUnderWay,
    SamePerson,
    SellerHeld,
    WrongState,
)
from rebond.ledger.events import DisputeEvent
from rebond.ledger.models import Account, Balance, Payout
from rebond.ledger.queries.payouts import dues_of, last_day, next_day
from rebond.ledger.tasks import resume_payouts, send_one_payout
from rebond.network.models import TraderFile
from tests.factories.ledger import amount_event, refund_event, sale_event, subject
from tests.factories.network import MembershipFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
LONG_AGO = datetime.date(2020, 1, 1)


@pytest.fixture(autouse=True)
def provider(settings):
    settings.PAYOUT_PROVIDER = "test"


@pytest.fixture
def chief(operator):
    return MembershipFactory(organisation=operator, role="coordinator", user__name="Chloé Chef").user


@pytest.fixture
def sale(payable, agreement):
    """20 € sold, 17,20 € owed, its delay over."""
    made = post_sale(sale=sale_event(payable, [2_000], key="so-a"))
    set_payable(sale_key="so-a", on=LONG_AGO)
    return made


@pytest.fixture
def account(sale):
    return Account.objects.get(kind="seller")


def sent(payout):
    return actions.send_payout(payout=Payout.objects.get(pk=payout.pk))


def moved():
    """What the operator's transit and provider accounts hold."""
    found = {"transit": 0, "provider": 0}
    for row in Account.objects.filter(kind__in=found):
        found[row.kind] = sum(row.postings.values_list("cents", flat=True))
    return found


@pytest.mark.parametrize(
    ("day", "days", "last", "following"),
    [
        ("2026-11-26", (1,), "2026-11-01", "2026-12-01"),
        ("2026-12-01", (1,), "2026-12-01", "2027-01-01"),
        ("2026-11-26", (1, 15), "2026-11-15", "2026-12-01"),
        ("2026-03-03", (15, 28), "2026-02-28", "2026-03-15"),
        ("2026-01-05", (20,), "2025-12-20", "2026-01-20"),
    ],
)
def test_the_calendar(day, days, last, following):
    day = datetime.date.fromisoformat(day)
    assert last_day(day, days).isoformat() == last
    assert next_day(day, days).isoformat() == following


def test_a_payout_from_the_question_to_the_bank(account, treasurer, chief):
    payout = actions.ask_payout(account=account, by=treasurer)
    assert (payout.cents, payout.state, payout.asked_by) == (1_720, "asked", "Tina Trésor")
    assert moved() == {"transit": 0, "provider": 2_000}

    actions.grant_payout(payout=payout, by=chief)
    assert sent(payout).state == "paid"

    payout.refresh_from_db()
    assert (payout.reference, payout.granted_by) == (f"test_{payout.public_id}", "Chloé Chef")
    assert moved() == {"transit": 0, "provider": 280}
    assert Balance.objects.get(account=account).cents == 0
    assert sent(payout).state == "paid"
    assert moved()["provider"] == 280
    assert check_ledger().is_right


def test_what_waits_does_not_leave(account, payable, treasurer):
    later = timezone.localdate() + datetime.timedelta(days=1)
    for key, day in (("so-b", None), ("so-c", later), ("so-d", LONG_AGO)):
        post_sale(sale=sale_event(payable, [1_000], key=key))
        if day:
            set_payable(sale_key=key, on=day)
    open_dispute(dispute=DisputeEvent(key="d", sale_key="so-d", cents=1, subject=subject()))
    post_refund(refund=refund_event("so-c", {"l0": 300}))

    due = dues_of(account.operator)[0]

    assert (due.owed_cents, due.waiting_cents, due.cents) == (1_720 + 860 + 602 + 860, 860 + 602 + 860, 1_720)


def test_extra_days_and_least_amount_are_of_the_agreement(account, agreement, treasurer):
    today = timezone.localdate()
    set_payable(sale_key="so-a", on=today - datetime.timedelta(days=5))
    actions.set_terms(agreement=agreement, days=[15, 1, 15], extra_days=6, min_cents=1, by=treasurer)
    due = dues_of(account.operator)[0]
    assert (due.terms.days, due.waiting_cents, due.cents) == ((1, 15), 1_720, 0)

    actions.set_terms(agreement=agreement, days=[1], extra_days=5, min_cents=1_721, by=treasurer)
    with pytest.raises(NothingDue):
        actions.ask_payout(account=account, by=treasurer)
    actions.set_terms(agreement=agreement, days=[1], extra_days=5, min_cents=1_720, by=treasurer)
    assert actions.ask_payout(account=account, by=treasurer).cents == 1_720
    with pytest.raises(LedgerError):
        actions.set_terms(agreement=agreement, days=[29], extra_days=0, min_cents=0, by=treasurer)


def test_one_payout_at_a_time(account, treasurer):
    actions.ask_payout(account=account, by=treasurer)
    with pytest.raises(PayoutUnderWay):
        actions.ask_payout(account=account, by=treasurer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.create(account=account, cents=1, asked_on=LONG_AGO)
    assert Payout.objects.count() == 1


def test_the_next_one_waits_for_the_calendar(account, payable, treasurer, chief):
    first = actions.ask_payout(account=account, by=treasurer)
    actions.grant_payout(payout=first, by=chief)
    sent(first)
    post_sale(sale=sale_event(payable, [5_000], key="so-b"))
    set_payable(sale_key="so-b", on=LONG_AGO)
    today = timezone.localdate()

    assert dues_of(account.operator)[0].next_on == next_day(today, (1,))
    with pytest.raises(NothingDue):
        actions.ask_payout(account=account, by=treasurer)
    assert actions.ask_payout(account=account, by=treasurer, day=next_day(today, (1,))).cents == 4_300


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda o: TraderFile.objects.all().delete(), "no_file"),
        (lambda o: TraderFile.objects.update(verified_at=None), "not_verified"),
        (lambda o: type(o).objects.filter(pk=o.pk).update(siren=""), "no_siren"),
        (lambda o: o.sites.update(address=""), "no_address"),
    ],
)
def test_missing_data_hold_the_payout_and_are_said(account, payable, treasurer, harm, reason):
    harm(payable)
    assert dues_of(account.operator)[0].held == [reason]
    with pytest.raises(SellerHeld):
        actions.ask_payout(account=account, by=treasurer)
    assert actions.ask_due_payouts(operator=account.operator, by=treasurer) == []
    assert not Payout.objects.exists()


def test_a_hold_by_hand_is_placed_and_lifted_once(account, treasurer):
    with pytest.raises(NeedsReason):
        actions.hold_payouts(account=account, reason=" ", by=treasurer)
    actions.hold_payouts(account=account, reason="Police inquiry", by=treasurer)
    with pytest.raises(WrongState):
        actions.hold_payouts(account=account, reason="Again", by=treasurer)
    due = dues_of(account.operator)[0]
    assert (due.held, due.note) == (["by_hand"], "Police inquiry")
    actions.lift_hold(account=account, by=treasurer)
    with pytest.raises(WrongState):
        actions.lift_hold(account=account, by=treasurer)
    assert dues_of(account.operator)[0].held == []


def test_two_people_and_a_limit(account, treasurer, chief, settings):
    payout = actions.ask_payout(account=account, by=treasurer)
    with pytest.raises(SamePerson):
        actions.grant_payout(payout=payout, by=treasurer)
    settings.PAYOUT_GRANT_LIMIT_CENTS = 1_719
    with pytest.raises(AboveLimit):
        actions.grant_payout(payout=payout, by=chief)
    actions.grant_payout(payout=payout, by=chief, may_grant_any=True)
    with pytest.raises(WrongState):
        actions.grant_payout(payout=payout, by=chief, may_grant_any=True)


def test_a_small_payout_needs_one_person(account, treasurer, settings):
    settings.PAYOUT_FOUR_EYES_CENTS = 1_721
    assert actions.ask_payout(account=account, by=treasurer).state == "granted"


def test_a_refused_payout_stays_owed_and_may_be_asked_again(account, treasurer, chief):
    payout = actions.ask_payout(account=account, by=treasurer)
    with pytest.raises(NeedsReason):
        actions.refuse_payout(payout=payout, reason="", by=chief)
    actions.refuse_payout(payout=payout, reason="Not this month", by=chief)
    assert moved()["provider"] == 2_000
    assert actions.ask_payout(account=account, by=treasurer).cents == 1_720


def test_a_refund_between_the_grant_and_the_sending_stops_it(account, treasurer, chief):
    payout = actions.ask_payout(account=account, by=treasurer)
    actions.grant_payout(payout=payout, by=chief)
    post_refund(refund=refund_event("so-a", {"l0": 500}))

    assert sent(payout).state == "refused"
    assert moved() == {"transit": 0, "provider": 1_500}


def test_what_the_provider_refuses_is_owed_again(account, payable, treasurer, chief):
    post_service(event=amount_event(7, owner=payable))  # 17,13 €: the trial provider refuses these
    payout = actions.ask_payout(account=account, by=treasurer)
    actions.grant_payout(payout=payout, by=chief)

    back = sent(payout)

    assert (back.state, back.reason) == ("failed", "The bank account is closed.")
    assert Balance.objects.get(account=account).owed_cents == 1_713
    assert moved() == {"transit": 0, "provider": 2_000}
    assert check_ledger().is_right


def test_a_payout_under_way_arrives_then_comes_back(account, payable, treasurer, chief):
    post_service(event=amount_event(6, owner=payable))  # 17,14 €: under way for a while
    payout = actions.ask_payout(account=account, by=treasurer)
    actions.grant_payout(payout=payout, by=chief)
    payout = sent(payout)
    assert (payout.state, moved()) == ("sent", {"transit": -1_714, "provider": 2_000})

    actions.settle_payout(payout=payout)
    assert actions.settle_payout(payout=payout).state == "paid"
    assert moved() == {"transit": 0, "provider": 286}
    actions.fail_payout(payout=payout, reason="returned")
    assert actions.fail_payout(payout=payout, reason="returned").state == "failed"
    assert moved() == {"transit": 0, "provider": 2_000}
    assert check_ledger().is_right


def test_a_process_killed_between_the_books_and_the_provider_pays_once(account, treasurer, chief, monkeypatch):
    payout = actions.ask_payout(account=account, by=treasurer)
    actions.grant_payout(payout=payout, by=chief)
    asked = []

    def killed(payout):
        asked.append(payout.public_id)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(actions, "pay_out", killed)
        with pytest.raises(SystemExit):
            sent(payout)
    assert moved()["transit"] == -1_720

    assert resume_payouts.func() == 1
    assert send_one_payout.func(payout.pk) == "paid"
    assert send_one_payout.func(payout.pk) == "paid"
    assert send_one_payout.func(0) == "gone"
    assert asked == [payout.public_id]
    assert moved() == {"transit": 0, "provider": 280}
    assert resume_payouts.func() == 0


def test_nothing_leaves_without_provider_or_with_wrong_books(account, treasurer, settings):
    Balance.objects.update(cents=-99_999)
    check_at_night()
    with pytest.raises(BooksWrong):
        actions.ask_payout(account=account, by=treasurer)
    Job.objects.all().delete()
    settings.PAYOUT_PROVIDER = "none"
    with pytest.raises(NoProvider):
        actions.ask_due_payouts(operator=account.operator, by=treasurer)
    assert not Payout.objects.exists()


def test_a_provider_is_registered_once():
    with pytest.raises(ValueError, match="twice"):
        providers.register_provider("test", lambda payout: providers.Answer())


def test_the_command_says_who_is_due_and_prepares(account, payable, capsys):
    call_command("payouts", "--due", "--json")
    said = json.loads(capsys.readouterr().out)["due"][0]
    assert (said["seller"], said["cents"], said["is_ready"], said["held"]) == (payable.name, 1_720, True, [])
    call_command("payouts", "--ask", "--json")
    assert json.loads(capsys.readouterr().out)["asked"][0]["cents"] == 1_720
    call_command("payouts", "--due")
    assert "17,20\u00a0€" in capsys.readouterr().out


@pytest.mark.parametrize("number", [1, 3])
def test_dues_cost_the_same_for_any_number(operator, number, django_assert_num_queries):
    from tests.factories.network import OrganisationFactory

    for n in range(number):
        key = f"s{n}"
        post_sale(sale=sale_event(OrganisationFactory(admitted=True, name=key), [1_000], key=key))
    with django_assert_num_queries(12):
        assert len(dues_of(operator)) == number
