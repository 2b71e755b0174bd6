"""The demo's gift cards: an issuer, some that were given, one that paid an order, one whose code anybody may try."""

import datetime
import random
import uuid

from rebond.front.demo.buying import buy, invoice, known_buyers, on_sale, without_tasks
from rebond.front.demo.network import Network
from rebond.journal.models import OutgoingMail
from rebond.shop.actions.gift_card import Wish, buy_card
from rebond.shop.actions.gift_issuer import IssuerTerms, name_issuer
from rebond.shop.actions.gift_mail import send_gift_card, write_gift_receipt
from rebond.shop.actions.payment import pay_by_card
from rebond.shop.actions.trial import charge_card
from rebond.shop.enums import TrialCard
from rebond.shop.models import GiftCard, GiftIssuer
from rebond.shop.queries.gift_cards import are_known, display_card, find_card, hash_of

CODE = "CADEAUCADEAUCADE"  # told on the page where one chooses a person; only in the demonstration
TERMS = IssuerTerms(
    legal_basis="Exemple : réseau limité (code monétaire et financier, articles L521-3 et L525-5), à faire vérifier.",
    conditions=(
        "La carte paie les objets et la livraison chez tous les vendeurs de ce site, en une ou plusieurs fois, pendant "
        "24 mois. Ce qui reste demeure sur la carte. Elle ne s’échange pas contre de l’argent, sauf rétractation. "
        "Une question, un code perdu ? Écrivez-nous."
    ),
    months=24,
    min_cents=1_000,
    max_cents=15_000,
)
# (days ago, cents, from whom, words, whether somebody else receives it)
GIVEN = (
    (90, 3_000, "Noé Lacombe", "Pour ta nouvelle cuisine !", True),
    (40, 5_000, "Inès Roy", "Bon anniversaire, papi.", True),
    (12, 2_000, "", "", False),
    (5, 10_000, "L’équipe du lundi", "Bonne retraite, tu l’as bien méritée.", True),
    (2, 10_000, "", "", False),  # the one to try
)
SINCE = datetime.timedelta(days=100)
USED, SHIPPING = datetime.timedelta(days=2), 690
DOMAIN = "exemple.rebond.localhost"


def make_gift_cards(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """By the shop's own actions, paid with the trial's card; how many cards there are."""
    if GiftCard.objects.exists() or network.operator is None:
        return GiftCard.objects.count()
    issuer = name_issuer(organisation=network.operator, terms=TERMS, by=None)
    GiftIssuer.objects.filter(pk=issuer.pk).update(started_at=now - SINCE)
    with without_tasks():
        for number, (days, cents, sender, words, is_given) in enumerate(GIVEN, start=1):
            _give(
                number,
                Wish(
                    amount_cents=cents,
                    email=f"offre{number}@{DOMAIN}",
                    recipient_email=f"recoit{number}@{DOMAIN}" if is_given else "",
                    sender_name=sender,
                    message=words,
                ),
                now - datetime.timedelta(days=days),
            )
        _use(now)
    last = GiftCard.objects.order_by("-pk").first()
    if last is not None:
        GiftCard.objects.filter(pk=last.pk).update(code_hash=hash_of(CODE))
    return GiftCard.objects.count()


def _give(number: int, wish: Wish, when: datetime.datetime) -> None:
    operation = uuid.uuid5(uuid.NAMESPACE_URL, f"demo gift card {number}")
    payment = buy_card(wish=wish, user=None, operation=operation, provider="test", now=when)
    charge_card(payment=payment, card=TrialCard.ACCEPTED, now=when)
    card = GiftCard.objects.get(order=payment.order_id)
    write_gift_receipt(card_id=card.pk)
    send_gift_card(card_id=card.pk, now=when)
    OutgoingMail.objects.filter(kind__startswith="shop.gift_card", created_at__gt=when).update(created_at=when)


def _use(now: datetime.datetime) -> None:
    """One of the buyers pays with the second card: all that it can of one object, sent home."""
    card, buyers, when = GiftCard.objects.order_by("pk")[1], known_buyers(), now - USED
    items = on_sale("les-ateliers-du-confluent", 1, cents=(900, 4_000), since=when - datetime.timedelta(days=1))
    if not buyers or not items:
        return
    payment = buy(buyers[-1], items, shipping=SHIPPING, card=card, now=when).payments.get()
    if payment.amount_cents:
        charge_card(payment=payment, card=TrialCard.ACCEPTED, now=when)
    else:
        pay_by_card(payment=payment, now=when)
    invoice(payment.order)


def code_to_try() -> str:
    """The code of the card that anybody may use, as it is typed; "" where there is none, or nothing is left on it."""
    card = find_card(CODE) if are_known() else None
    return display_card(CODE) if card is not None and card.balance_cents else ""
