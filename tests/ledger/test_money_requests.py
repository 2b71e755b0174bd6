"""One asks, another grants: the limits of each role, one effect, who may; at the desk too."""

import uuid
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from rebond.accounts.models import User
from rebond.core.permissions import roles_of
from rebond.journal.models import Entry as Line
from rebond.ledger.actions.asked_books import RULE_SET, RULE_STOP, UNDO, EntryUndo, RuleEnd, rule_terms
from rebond.ledger.actions.asked_payments import RELEASE, TERMS, NewTerms, Release
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.correction import reverse_entry
from rebond.ledger.actions.money_limits import LIMIT_SET, LimitTerms
from rebond.ledger.actions.money_request import ask_money, grant_money, refuse_money, withdraw_money
from rebond.ledger.actions.payout import hold_payouts
from rebond.ledger.actions.rule import set_rule
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.errors import (
    AboveLimit,
    AlreadyReversed,
    EventDiffers,
    LedgerError,
    NeedsReason,
    RequestInvalid,
    RequestWaits,
    SamePerson,
    WrongState,
)
from rebond.ledger.models import Account, Entry, FeeRule, MoneyLimit, MoneyRequest, PayoutHold, PayoutTerms, TaxFile
from rebond.ledger.money_acts import Limit, act_named, all_acts
from rebond.ledger.queries.money_requests import limits_of, number_to_grant, requests_of, to_grant, what_waits
from rebond.network.models import Membership, Organisation
from tests.factories.ledger import sale_event
from tests.factories.network import AgreementFactory, MembershipFactory, OrganisationFactory
from tests.racing import race

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST = "/bureau/double-regard/"


@pytest.fixture
def bursar(operator):
    """A second treasurer."""
    return MembershipFactory(organisation=operator, role="finance", user__name="Boris Bourse").user


@pytest.fixture
def sale(seller, agreement):
    """60 €: above the 50 € that a treasurer undoes alone in a day."""
    return post_sale(sale=sale_event(seller, [6_000], key="so-a"))


@pytest.fixture
def ask(operator):
    def asked(data, by, *, act=UNDO, operation=None, **more):
        return ask_money(act=act, organisation=operator, data=data, by=by, operation=operation or uuid.uuid4(), **more)

    return asked


@pytest.fixture
def waiting(sale, ask, treasurer, bursar):
    return ask(EntryUndo(sale.entry.pk, "Sold twice."), treasurer).request


def _rule(operator):
    return set_rule(operator=operator, fields={"name": "R", "part": "listing"}, by=None)


# --- asking


def test_above_the_limit_it_waits_and_nothing_is_done(waiting, sale, operator):
    row = waiting
    assert (row.state, row.act, row.cents, row.alone) == ("asked", UNDO, 6_000, "")
    assert (row.label, row.asked_by, row.organisation) == (str(sale.entry), "Tina Trésor", operator)
    assert row.data == {"number": sale.entry.pk, "reason": "Sold twice."}
    assert not Entry.objects.filter(reverses=sale.entry).exists()
    assert list(Line.objects.filter(action="ledger.request.asked").values_list("subject_id", flat=True)) == [
        row.public_id
    ]


def test_within_the_limit_of_a_day_one_person_does_it(ask, treasurer, bursar, seller, agreement):
    small = [post_sale(sale=sale_event(seller, [2_500], key=f"so-{n}")) for n in range(3)]

    done = [ask(EntryUndo(one.entry.pk, "Twice."), treasurer) for one in small]

    # 25 € and 25 € are the day's 50 €: the third waits, and counts for nothing of it.
    assert [(one.request.state, one.request.alone) for one in done] == [
        ("granted", "limit"),
        ("granted", "limit"),
        ("asked", ""),
    ]
    assert [one.made.reverses for one in done[:2]] == [one.entry for one in small[:2]]


def test_another_day_is_another_limit(ask, treasurer, bursar, seller, agreement):
    first, second = (post_sale(sale=sale_event(seller, [4_000], key=f"so-{n}")) for n in range(2))
    yesterday = timezone.now() - timezone.timedelta(days=1)

    assert ask(EntryUndo(first.entry.pk, "x"), treasurer, now=yesterday).request.alone == "limit"
    assert ask(EntryUndo(second.entry.pk, "x"), treasurer).request.alone == "limit"


def test_who_is_alone_does_it_and_it_is_written_down(ask, treasurer, sale):
    done = ask(EntryUndo(sale.entry.pk, "Sold twice."), treasurer)

    assert (done.request.state, done.request.alone, done.made.reverses) == ("granted", "sole", sale.entry)
    assert Line.objects.filter(action="ledger.request.sole", subject_id=done.request.public_id).count() == 1


@pytest.mark.parametrize("gone", ["ended", "inactive"])
def test_a_colleague_who_left_is_nobody(gone, ask, treasurer, bursar, sale):
    if gone == "ended":
        Membership.objects.filter(user=bursar).update(ended_at=timezone.now())
    else:
        User.objects.filter(pk=bursar.pk).update(is_active=False)

    assert ask(EntryUndo(sale.entry.pk, "x"), treasurer).request.alone == "sole"


def test_a_role_that_grants_nothing_is_never_alone(ask, operator, sale):
    """Somebody without a role of the act, in an organisation where nobody has one, waits for ever."""
    other = MembershipFactory(organisation=operator, role="moderator").user

    assert ask(EntryUndo(sale.entry.pk, "x"), other).waits


def test_a_form_sent_twice_is_one_and_anothers_is_refused(ask, treasurer, bursar, sale):
    operation, data = uuid.uuid4(), EntryUndo(sale.entry.pk, "x")
    first = ask(data, treasurer, operation=operation)

    assert ask(data, treasurer, operation=operation).request == first.request
    with pytest.raises(EventDiffers):
        ask(data, bursar, operation=operation)
    with pytest.raises(EventDiffers):
        ask(replace(data, reason="y"), treasurer, operation=operation)
    assert MoneyRequest.objects.count() == 1


def test_one_request_of_a_thing_waits_at_a_time(ask, waiting, bursar, sale):
    with pytest.raises(RequestWaits):
        ask(EntryUndo(sale.entry.pk, "Me too"), bursar)
    assert MoneyRequest.objects.get() == waiting


def test_what_cannot_be_done_is_not_asked(ask, treasurer, bursar, sale, seller):
    with pytest.raises(NeedsReason):
        ask(EntryUndo(sale.entry.pk, "  "), treasurer)
    with pytest.raises(RequestInvalid):
        ask(EntryUndo(10**9, "x"), treasurer)
    reverse_entry(entry=sale.entry, reason="x", by=bursar)
    with pytest.raises(AlreadyReversed):
        ask(EntryUndo(sale.entry.pk, "x"), treasurer)
    assert not MoneyRequest.objects.exists()


def test_an_entry_of_other_books_is_not_reached(ask, treasurer, sale):
    other = OrganisationFactory(kind="operator", name="X", slug="x")
    with pytest.raises(RequestInvalid):
        ask_money(
            act=UNDO,
            organisation=other,
            data=EntryUndo(sale.entry.pk, "x"),
            by=treasurer,
            operation=uuid.uuid4(),
        )


def test_data_of_another_shape_are_refused():
    act = act_named(UNDO)
    for wrong in ({}, {"number": 1}, {"number": "1", "reason": "x"}, {"number": True, "reason": "x"}):
        with pytest.raises(RequestInvalid):
            act.read(wrong)
    with pytest.raises(RequestInvalid):
        act.read({"number": 1, "reason": "x", "more": 1})
    assert act.read({"number": 1, "reason": "x"}) == EntryUndo(1, "x")


# --- deciding


def test_another_person_grants_and_it_is_done_once(waiting, sale, treasurer, bursar):
    with pytest.raises(SamePerson):
        grant_money(request=waiting, by=treasurer)

    done = grant_money(request=waiting, by=bursar)

    assert (done.made.reverses, done.made.reason, done.made.by_label) == (sale.entry, "Sold twice.", "Boris Bourse")
    assert (done.request.state, done.request.decided_by, done.request.alone) == ("granted", "Boris Bourse", "")
    with pytest.raises(WrongState):
        grant_money(request=waiting, by=bursar)
    assert Entry.objects.filter(kind="correction").count() == 1
    assert check_ledger().is_right


def test_a_role_grants_up_to_its_limit(ask, treasurer, bursar, coordinator, seller, agreement, operator):
    large = post_sale(sale=sale_event(seller, [1_000_001], key="so-large"))
    row = ask(EntryUndo(large.entry.pk, "x"), treasurer).request

    with pytest.raises(AboveLimit):
        grant_money(request=row, by=bursar)
    row.refresh_from_db()
    assert (row.state, Entry.objects.filter(reverses=large.entry).count()) == ("asked", 0)
    assert not to_grant(bursar, operator, {"finance"}).exists()
    assert list(to_grant(coordinator, operator, {"coordinator"})) == [row]
    grant_money(request=row, by=coordinator)


def test_an_act_that_is_refused_leaves_the_request(waiting, sale, bursar):
    reverse_entry(entry=sale.entry, reason="Another way", by=bursar)

    with pytest.raises(AlreadyReversed):
        grant_money(request=waiting, by=bursar)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_at) == ("asked", None)
    refuse_money(request=waiting, reason="Done already.", by=bursar)
    assert (waiting.state, waiting.reason) == ("refused", "Done already.")


def test_refused_and_withdrawn_do_nothing(ask, waiting, sale, treasurer, bursar, owner):
    with pytest.raises(NeedsReason):
        refuse_money(request=waiting, reason=" ", by=bursar)
    with pytest.raises(AboveLimit):
        refuse_money(request=waiting, reason="x", by=owner)
    with pytest.raises(WrongState):
        withdraw_money(request=waiting, by=bursar)

    withdraw_money(request=waiting, by=treasurer)

    for late in (
        lambda: grant_money(request=waiting, by=bursar),
        lambda: refuse_money(request=waiting, reason="x", by=bursar),
        lambda: withdraw_money(request=waiting, by=treasurer),
    ):
        with pytest.raises(WrongState):
            late()
    assert (waiting.state, Entry.objects.filter(kind="correction").count()) == ("withdrawn", 0)
    assert ask(EntryUndo(sale.entry.pk, "Again"), treasurer).waits


def test_left_alone_with_their_own_request_they_may_grant_it(waiting, sale, treasurer, bursar):
    Membership.objects.filter(user=bursar).update(ended_at=timezone.now())

    done = grant_money(request=waiting, by=treasurer)

    assert (done.request.alone, done.made.reverses) == ("sole", sale.entry)
    assert Line.objects.filter(action="ledger.request.sole").count() == 1


def test_a_stranger_grants_nothing(waiting, sale, stranger, owner):
    for user in (stranger, owner):
        with pytest.raises(AboveLimit):
            grant_money(request=waiting, by=user)
    assert not Entry.objects.filter(reverses=sale.entry).exists()


def test_the_database_refuses_one_person_for_two(waiting, treasurer):
    with pytest.raises(IntegrityError), transaction.atomic():
        MoneyRequest.objects.filter(pk=waiting.pk).update(
            state="granted", decided_by_id=treasurer.public_id, decided_at=timezone.now()
        )


# --- rules of fees


def test_a_rule_is_set_and_stopped_by_two(ask, treasurer, bursar, operator, seller, agreement):
    fields = {
        "name": "Photos", "part": "listing", "base": "goods", "rate_bp": 250, "fixed_cents": 30, "min_cents": 10,
        "max_cents": None, "vat_bp": 2000, "is_refunded": True, "category": "home", "sale_kind": "online",
        "agreement_kind": "", "agreement": agreement, "payee": seller, "priority": 7,
        "valid_from": timezone.localdate(), "valid_to": timezone.localdate(),
    }  # fmt: skip
    row = ask(rule_terms(fields), treasurer, act=RULE_SET).request
    assert (row.state, FeeRule.objects.count()) == ("asked", 0)

    rule = grant_money(request=row, by=bursar).made

    assert {name: getattr(rule, name) for name in fields} == fields
    assert (rule.operator, rule.created_by) == (operator, bursar)
    running = _rule(operator)
    stopping = ask(RuleEnd(running.public_id), bursar, act=RULE_STOP).request
    grant_money(request=stopping, by=treasurer)
    running.refresh_from_db()
    assert running.valid_to == timezone.localdate()


def test_a_rule_of_an_agreement_that_left_is_not_set(ask, treasurer, bursar, operator):
    agreement = AgreementFactory(operator=operator)
    fields = dict.fromkeys(("category", "sale_kind", "agreement_kind"), "") | {
        "name": "R", "part": "listing", "base": "goods", "rate_bp": 1, "fixed_cents": 0, "min_cents": 0,
        "max_cents": None, "vat_bp": 0, "is_refunded": True, "agreement": agreement, "payee": None, "priority": 1,
        "valid_from": timezone.localdate(), "valid_to": None,
    }  # fmt: skip
    row = ask(rule_terms(fields), treasurer, act=RULE_SET).request
    agreement.delete()

    with pytest.raises(RequestInvalid):
        grant_money(request=row, by=bursar)
    assert not FeeRule.objects.exists()


# --- payouts and contests


def test_a_hold_is_released_by_two(ask, treasurer, bursar, sale):
    account = Account.objects.get(kind="seller")
    hold_payouts(account=account, reason="Des plaintes.", by=treasurer)
    row = ask(Release(account.public_id), treasurer, act=RELEASE).request
    assert (row.state, row.cents) == ("asked", 5_160)  # 60 € less 12 % and 2 %

    grant_money(request=row, by=bursar)

    assert PayoutHold.objects.get().lifted_on == timezone.localdate()
    with pytest.raises(WrongState):
        ask(Release(account.public_id), treasurer, act=RELEASE)


def test_terms_are_set_by_two(ask, treasurer, bursar, agreement):
    row = ask(NewTerms(agreement.public_id, "x", [15, 1], 3, 500), treasurer, act=TERMS).request
    assert not PayoutTerms.objects.exists()

    grant_money(request=row, by=bursar)

    terms = PayoutTerms.objects.get()
    assert (terms.days, terms.extra_days, terms.min_cents) == ([1, 15], 3, 500)
    for wrong in ([], [0], [29], ["1"]):
        with pytest.raises(LedgerError):
            ask(NewTerms(agreement.public_id, "x", wrong, 0, 0), treasurer, act=TERMS)


# --- limits


def test_limits_are_changed_by_two_and_count_at_once(ask, treasurer, bursar, operator, sale):
    usual = {role: [one.alone, one.grant] for role, one in act_named(UNDO).limits().items()}
    terms = LimitTerms(UNDO, usual | {"finance": [6_000, 0]})
    row = ask(terms, treasurer, act=LIMIT_SET).request
    assert (row.state, MoneyLimit.objects.count()) == ("asked", 0)

    grant_money(request=row, by=bursar)

    assert limits_of(operator, [act_named(UNDO)])[UNDO]["finance"] == Limit(6_000, 0)
    assert ask(EntryUndo(sale.entry.pk, "x"), treasurer).request.alone == "limit"


@pytest.mark.parametrize(
    "wrong",
    [
        LimitTerms(LIMIT_SET, {"finance": [None, None], "coordinator": [None, None], "manager": [None, None]}),
        LimitTerms("nothing", {}),
        LimitTerms(UNDO, {"finance": [0, 0]}),
        LimitTerms(UNDO, {"finance": [0, 0], "coordinator": [0, 0]}),
        LimitTerms(UNDO, {"finance": [-1, 0], "coordinator": [0, None]}),
        LimitTerms(UNDO, {"finance": [0], "coordinator": [0, None]}),
        LimitTerms(UNDO, {"finance": [0, None], "reader": [None, None]}),
    ],
)
def test_impossible_limits_are_refused(wrong, ask, treasurer, bursar):
    with pytest.raises(RequestInvalid):
        ask(wrong, treasurer, act=LIMIT_SET)
    assert not MoneyLimit.objects.exists()


def test_each_act_is_asked_by_roles_that_have_limits():
    """Whoever may ask has a line of limits; somebody grants; the page can name each act."""
    for act in all_acts():
        limits = act.limits()
        assert roles_of(act.permission) <= set(limits), act.key
        assert set(limits) <= roles_of("ledger.request.decide"), act.key
        assert any(limit.grant != 0 for limit in limits.values()), act.key
        assert str(act.words)
        if not act.has_amount:
            assert {one for limit in limits.values() for one in (limit.alone, limit.grant)} <= {0, None}, act.key


# --- at once


@pytest.mark.django_db(transaction=True)
def test_two_who_grant_at_once_have_one_effect(operator, treasurer, bursar, coordinator, seller, agreement, sale, ask):
    row = ask(EntryUndo(sale.entry.pk, "x"), treasurer).request

    def granting(by):
        return lambda: grant_money(request=MoneyRequest.objects.get(pk=row.pk), by=User.objects.get(pk=by.pk))

    raised = race([granting(bursar), granting(coordinator)])

    assert [type(one) for one in raised] == [WrongState]
    assert Entry.objects.filter(reverses=sale.entry).count() == 1
    assert check_ledger().is_right


@pytest.mark.django_db(transaction=True)
def test_granted_while_it_is_taken_back_is_one_of_the_two(operator, treasurer, bursar, seller, agreement, sale, ask):
    row = ask(EntryUndo(sale.entry.pk, "x"), treasurer).request

    raised = race(
        [
            lambda: grant_money(request=MoneyRequest.objects.get(pk=row.pk), by=bursar),
            lambda: withdraw_money(request=MoneyRequest.objects.get(pk=row.pk), by=treasurer),
        ]
    )

    row.refresh_from_db()
    assert [type(one) for one in raised] == [WrongState]
    assert Entry.objects.filter(reverses=sale.entry).count() == (row.state == "granted")


@pytest.mark.django_db(transaction=True)
def test_two_small_ones_at_once_are_as_one(operator, treasurer, bursar, seller, agreement):
    """30 € and 30 € by one person at once: the second goes beyond the day's 50 €, and waits."""
    sales = [post_sale(sale=sale_event(seller, [3_000], key=f"so-{n}")) for n in range(2)]

    def undo(one):
        return lambda: ask_money(
            act=UNDO,
            organisation=Organisation.objects.get(pk=operator.pk),
            data=EntryUndo(one.entry.pk, "x"),
            by=User.objects.get(pk=treasurer.pk),
            operation=uuid.uuid4(),
        )

    assert race([undo(one) for one in sales]) == []
    assert sorted(MoneyRequest.objects.values_list("state", flat=True)) == ["asked", "granted"]


# --- at the desk


def test_an_entry_is_asked_at_the_desk_and_granted_by_another(as_user, treasurer, bursar, sale):
    url = reverse("ledger:entry-reverse", args=[sale.entry.pk])
    asker = as_user(treasurer)
    said = asker.post(url, {"reason": "Vendu deux fois."}, follow=True).text

    assert "Vous l’avez demandé : une autre personne doit dire oui." in said.replace("\u00a0", " ")
    assert "Annuler cette écriture" not in said
    row = MoneyRequest.objects.get()
    detail = reverse("ledger:request-detail", args=[row.public_id])
    assert detail in said
    mine = asker.get(detail).text
    assert reverse("ledger:request-grant", args=[row.public_id]) not in mine
    assert reverse("ledger:request-withdraw", args=[row.public_id]) in mine
    asker.post(reverse("ledger:request-grant", args=[row.public_id]))
    assert not Entry.objects.filter(reverses=sale.entry).exists()

    other = as_user(bursar)
    assert "1 demande attend votre oui ou votre non" in other.get("/bureau/").text
    assert detail in other.get(LIST).text
    shown = other.get(detail).text
    assert "60,00\u00a0€" in shown
    assert "Vendu deux fois." in shown
    done = other.post(reverse("ledger:request-grant", args=[row.public_id]), follow=True).text
    assert "Accordé, et fait." in done
    assert Entry.objects.get(reverses=sale.entry).reason == "Vendu deux fois."
    assert "attend votre oui" not in other.get("/bureau/").text


def test_a_refusal_needs_its_reason(as_user, waiting, bursar, treasurer):
    url = reverse("ledger:request-refuse", args=[waiting.public_id])
    client = as_user(bursar)
    assert client.post(url, {"reason": ""}).status_code == 422
    client.post(url, {"reason": "Elle est juste."})

    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("refused", "Elle est juste.")
    assert "Elle est juste." in as_user(treasurer).get(f"{LIST}?etat=les-miennes").text


def test_others_do_not_see_it(as_user, waiting, stranger, owner, reader):
    detail = reverse("ledger:request-detail", args=[waiting.public_id])
    for user, status in ((stranger, 404), (owner, 404), (reader, 403)):
        assert as_user(user).get(detail).status_code == status
    assert waiting.label not in as_user(owner).get(f"{LIST}?etat=en-attente").text


def test_a_rule_is_asked_at_the_desk(as_user, treasurer, bursar, operator):
    today = timezone.localdate().isoformat()
    form = {"name": "Photos", "part": "listing", "base": "goods", "rate_bp": "2,5", "valid_from": today, "priority": 1}
    client = as_user(treasurer)
    client.post(reverse("ledger:rule-set"), form | {"operation": str(uuid.uuid4())})

    row = MoneyRequest.objects.get()
    assert (row.act, row.label, FeeRule.objects.count()) == (RULE_SET, "Photos", 0)
    assert "2,5" in as_user(bursar).get(reverse("ledger:request-detail", args=[row.public_id])).text
    as_user(bursar).post(reverse("ledger:request-grant", args=[row.public_id]))
    rule = FeeRule.objects.get()
    client.post(reverse("ledger:rule-stop", args=[rule.public_id]))
    assert FeeRule.objects.get().valid_to is None
    assert client.post(reverse("ledger:rule-set"), form | {"rate_bp": "101"}).status_code == 422


def test_limits_are_shown_and_asked_for(as_user, treasurer, bursar, operator):
    client, url = as_user(treasurer), reverse("ledger:limit-change", args=["ledger-entry-undo"])
    assert "50,00\u00a0€" in client.get(reverse("ledger:limits")).text
    assert client.get(reverse("ledger:limit-change", args=["ledger-limit-set"])).status_code == 404
    form = {
        "finance_alone": "upto", "finance_alone_cents": "80", "finance_grant": "any",
        "coordinator_alone": "no", "coordinator_grant": "any",
    }  # fmt: skip
    assert client.post(url, form | {"finance_alone_cents": ""}).status_code == 422
    assert client.post(url, form | {"finance_grant": "no", "coordinator_grant": "no"}).status_code == 422
    assert client.post(url, form).status_code == 302

    row = MoneyRequest.objects.get()
    assert row.data["limits"] == {"finance": [8_000, None], "coordinator": [0, None]}
    as_user(bursar).post(reverse("ledger:request-grant", args=[row.public_id]))
    assert "80,00\u00a0€" in client.get(reverse("ledger:limits")).text


def test_a_seller_s_manager_sets_the_limits_of_selling_only(as_user, owner):
    client = as_user(owner)
    assert client.get(reverse("ledger:limit-change", args=["ledger-entry-undo"])).status_code == 404
    assert client.get(reverse("ledger:limits")).status_code == 200


@pytest.mark.parametrize("tab", ["", "les-miennes", "en-attente", "decidees"])
def test_the_list_reads_by_key(tab, operator, treasurer, bursar, ask, as_user):
    row = ask(RuleEnd(_rule(operator).public_id), treasurer, act=RULE_STOP).request
    client = as_user(treasurer if tab == "les-miennes" else bursar)
    if tab == "decidees":
        refuse_money(request=row, reason="x", by=bursar)
    client.get(LIST)
    counts = []
    for number in (1, 3):
        while MoneyRequest.objects.count() < number:
            MoneyRequest.objects.create(
                **{
                    name: getattr(row, name)
                    for name in ("organisation", "act", "label", "asked_by_id", "state", "decided_at", "reason")
                },
                subject=uuid.uuid4().hex,
                operation=uuid.uuid4(),
            )
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"{LIST}?etat={tab}").text.count('<h2 class="fs-m">') == number
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_what_waits_costs_the_home_one_query(operator, bursar, waiting, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert what_waits(bursar, operator) == (True, False, False)
    assert number_to_grant(bursar, operator, {"finance"}) == 1
    TaxFile.objects.create(organisation=operator, asked_at=timezone.now())
    MoneyRequest.objects.update(asked_by_id=bursar.public_id)
    assert what_waits(bursar, operator) == (False, True, False)


def test_the_indexes_serve_the_lists(operator, treasurer):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a table of a few rows whole")
    waits = to_grant(treasurer, operator, {"finance"}).explain()
    mine = requests_of(treasurer, operator, {"finance"}, "les-miennes").explain()
    assert "money_request_state" in waits
    assert "money_request_asker" in mine
    assert "TEMP B-TREE" not in waits + mine
