"""The demo's contested payments, on orders of factories: a small demo has too few that were received long ago."""

import datetime
import random
from types import SimpleNamespace

import pytest
from django.utils import timezone

from rebond.front.demo.disputes import make_disputes
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.models import Entry
from rebond.shop.actions.part import deliver_part, ship_part
from rebond.shop.models import Dispute
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, OrganisationFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.unit, pytest.mark.django_db]

NOW = timezone.make_aware(datetime.datetime(2026, 11, 26, 10, 30))


def test_a_bank_contested_three_payments(seller):
    operator, orders = OrganisationFactory(kind="operator"), []
    team = [MembershipFactory(organisation=operator, role=role).user for role in ("finance", "coordinator")]
    for days in (100, 70, 20):
        when = NOW - datetime.timedelta(days=days)
        orders.append(paid_order(ItemFactory(seller=seller, on_sale=True, price_cents=4_000), now=when))
        part = ship_part(part=orders[-1].parts.get(), carrier="", tracking="", by=team[1], now=when)
        deliver_part(part=part, by=team[1], now=when)

    for _run in range(2):
        assert make_disputes(random.Random(1), SimpleNamespace(operator=operator), NOW) == 3

    told = Dispute.objects.order_by("opened_at").values_list("state", "money", "payment__order")
    states = [("won", "back"), ("lost", "gone"), ("to_answer", "taken")]
    assert list(told) == [(*state, order.pk) for state, order in zip(states, orders, strict=True)]
    last = Dispute.objects.get(state="to_answer")
    assert last.due_at > NOW
    assert not last.answers.exists()
    for dispute in Dispute.objects.exclude(state="to_answer"):
        answer = dispute.answers.get()
        assert (answer.state, answer.asked_by, answer.decided_by) == ("sent", *(user.display_name for user in team))
        assert dispute.opened_at < answer.asked_at < answer.sent_at == dispute.closed_at < NOW
    assert Entry.objects.filter(at__gt=NOW).count() == 0
    assert check_ledger().is_right
