"""Payments that buyers' banks contest: one that was won, one that was lost, one to answer."""

import datetime
import random

import pyvips
from django.core.files.base import ContentFile

from rebond.accounts.models import User
from rebond.front.demo.admissions import Cast
from rebond.front.demo.buying import operation, team_of, without_tasks
from rebond.front.demo.network import Network
from rebond.shop.actions.dispute_answer import ask_answer, grant_answer, send_answer
from rebond.shop.actions.trial import Trial, contest_payment
from rebond.shop.enums import PaymentState, SellerOrderState
from rebond.shop.models import Dispute, DisputeAnswer, Order
from rebond.shop.money_enums import DisputeChoice, ProofKind
from rebond.shop.queries.disputes import dispute_page, facts_of

DAY = datetime.timedelta(days=1)
WON, LOST, OPEN = 80, 47, 3  # days since the bank took the money
WORTH_CENTS = 2_500
SELLER = "recyclerie-du-grand-bain"  # the open one is of a seller whose people one may be, where it has an order


def make_disputes(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Three orders that were received, of one seller each; the treasurer prepares, the coordinator sends."""
    team = team_of(network.operator)
    if Dispute.objects.exists() or not {"finance", "coordinator"} <= set(team):
        return Dispute.objects.count()
    cast = Cast(team["coordinator"], [], now)
    with without_tasks():
        for days, proof in ((WON, _proof()), (LOST, None), (OPEN, None)):
            order = _received(now - days * DAY, is_open=days == OPEN)
            if order is None:
                continue
            with cast.at(days) as when:
                dispute = contest_payment(payment=order.payments.get(), now=when)
            if days != OPEN:
                _answer(cast, team["finance"], dispute, days, proof)
    return Dispute.objects.count()


def _received(before: datetime.datetime, *, is_open: bool) -> Order | None:
    """The latest order of one seller that was received a week before, and of which nothing was asked."""
    rows = Order.objects.filter(
        payments__state=PaymentState.PAID, payments__provider=Trial.name, payments__disputes=None,
        parts__state=SellerOrderState.DELIVERED, parts__delivered_at__lt=before - 6 * DAY,
        parts__withdrawals=None, parts__conversation=None, parts__refunds=None,
    ).order_by("-paid_at", "pk")  # fmt: skip
    one = [order for order in rows.distinct()[:80] if order.parts.count() == 1]
    wanted = [order for order in one if (order.parts.get().seller.slug == SELLER) is is_open]
    worth = [order for order in wanted if order.total_cents >= WORTH_CENTS]
    return next(iter(worth or wanted or one), None)


def _answer(cast: Cast, treasurer: User, dispute: Dispute, days: float, proof: bytes | None) -> None:
    """The facts that are known; with a proof the trial's bank gives right, without one it does not."""
    with cast.at(days - 3) as when:
        answer = ask_answer(
            dispute=dispute,
            choice=DisputeChoice.DEFEND,
            text=facts_of(dispute, dispute_page(dispute)),
            files={ProofKind.DELIVERY: ContentFile(proof, name="preuve-de-depot.jpg")} if proof else {},
            by=treasurer,
            operation=operation("answer", dispute.provider_id),
        )
        DisputeAnswer.objects.filter(pk=answer.pk).update(asked_at=when)
    with cast.at(days - 4) as when:
        grant_answer(answer=answer, by=cast.coordinator)
        send_answer(number=answer.pk, now=when)


def _proof() -> bytes:
    """A receipt of deposit that says that it is none."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="860" height="540"><rect width="860" height="540" fill="#f6f1e4"/>'
        '<g font-family="sans-serif" font-size="40"><text x="60" y="150">Preuve de dépôt (exemple)</text>'
        '<text x="60" y="250">Relais Voisins, un colis de 1,2 kg</text>'
        '<text x="60" y="430" font-size="54" fill="#a63815">SPÉCIMEN</text></g></svg>'
    )
    data: bytes = pyvips.Image.svgload_buffer(svg.encode()).flatten(background=[255, 255, 255]).jpegsave_buffer(Q=80)
    return data
